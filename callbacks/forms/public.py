"""What citizens fill in who want to be called."""

from functools import cached_property
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from callbacks.forms.promise import Promised, promise
from callbacks.models.slot import Slot
from contacts.channels.arrival import default_team
from contacts.forms.part import WordsField
from contacts.forms.web import PublicForm
from contacts.models import Customer, Question
from contacts.models.question import PublicTopic, callback_questions

ANY = "any"


class CallMeForm(PublicForm):
    """A citizen's own request to be called, about a topic and perhaps in one of the slots that are left."""

    question = WordsField(
        label=_("Waarover wilt u ons spreken?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Schrijf kort waarover u ons wilt spreken.")},
    )
    slot = forms.ChoiceField(
        label=_("Wanneer kunnen wij u het beste bellen?"),
        initial=ANY,
        required=False,
        error_messages={"invalid_choice": _("Dit moment kan niet meer. Kies een ander moment.")},
    )
    phone = forms.CharField(
        label=_("Uw telefoonnummer"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": _("Vul het nummer in waarop wij u kunnen bellen.")},
    )
    language = forms.ChoiceField(
        label=_("In welke taal spreekt u het liefst?"),
        initial=Customer.Language.NL,
        required=False,
        choices=Customer.Language,
    )

    field_order = ("token", "topic", "question", "slot", "name", "phone", "email", "language", "website")

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["email"].help_text = _t("Dan sturen wij u een bevestiging.")
        choice = self.fields["slot"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(ANY, _t("Maakt mij niet uit")), *((one.value, str(one)) for one in self.slots)]

    def questions_about(self, chosen: PublicTopic) -> list[Question]:
        return callback_questions(topic=chosen.topic, team=chosen.topic.team)

    @property
    def team(self) -> Team | None:
        """Give who calls about the chosen topic: its department, else the contact centre."""
        if self.chosen is None:
            return None
        own = self.chosen.topic.team
        return own if own is not None and own.closed_at is None else default_team()

    @cached_property
    def promised(self) -> Promised | None:
        return promise(self.team, self.chosen.topic) if self.chosen else None

    @cached_property
    def slots(self) -> list[Slot]:
        return Slot.offered(due_at=self.promised[1], now=timezone.now()) if self.promised else []

    @property
    def days(self) -> list[tuple[str, list[tuple[Slot, bool]]]]:
        """Give the slots by day, each with whether it was chosen."""
        days: dict[str, list[tuple[Slot, bool]]] = {}
        for slot in self.slots:
            days.setdefault(slot.day, []).append((slot, slot.value == self["slot"].value()))
        return list(days.items())

    @property
    def any_time(self) -> bool:
        """Say whether no slot that is left was chosen."""
        return self["slot"].value() not in {slot.value for slot in self.slots}

    @property
    def chosen_slot(self) -> Slot | None:
        """Give the slot that was chosen, of a form that is valid."""
        return next((one for one in self.slots if one.value == self.cleaned_data["slot"]), None)

    @property
    def is_trap(self) -> bool:
        """Say whether a machine filled this in: no quick one is, for browsers fill in too, and a call is promised."""
        return bool(self.cleaned_data["website"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.chosen and self.promised is None:
            self.add_error(
                None, _t("Wij kunnen u over dit onderwerp nu niet bellen. Stel uw vraag met het contactformulier.")
            )
        return cleaned

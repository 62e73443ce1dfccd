"""A visit to the desk: what is known of it besides what was said, and registering one quickly."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contacts.forms.customer import without_bsn
from contacts.forms.part import TopicField
from contacts.models import Channel, Contact, Outcome
from contacts.models.draft import form_key

LONGEST_WAIT = timedelta(hours=10)  # an opening day
QUICK = [Outcome.ANSWERED, Outcome.CONSULTED, Outcome.REFERRED, Outcome.BROKEN_OFF]  # what needs nothing more


class VisitFields(forms.Form):
    """Whether somebody had an appointment, and how long they waited; fields for any form that registers a visit."""

    by_appointment = forms.TypedChoiceField(
        label=_("Afspraak"),
        choices=[("0", _("Vrije inloop")), ("1", _("Op afspraak"))],
        coerce=lambda chosen: chosen == "1",
        empty_value=None,
        required=False,
        initial="0",
        widget=forms.RadioSelect,
    )
    waited_minutes = forms.IntegerField(
        label=_("Gewacht, in minuten"),
        min_value=0,
        max_value=int(LONGEST_WAIT.total_seconds() // 60),
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    @property
    def visit(self) -> dict[str, Any]:
        """Give what Contact.register wants to know of the visit, of a form that is valid."""
        minutes = self.cleaned_data["waited_minutes"]
        return {
            "by_appointment": self.cleaned_data["by_appointment"],
            "waited_seconds": None if minutes is None else minutes * 60,
        }


class VisitForm(VisitFields):
    """A visit to the desk, registered in a few taps; who it was is left out, or looked up on the agent desktop."""

    use_required_attribute = False

    key = forms.UUIDField(widget=forms.HiddenInput)
    topic = TopicField(label=_("Onderwerp"), required=False)  # tapped
    other = TopicField(label=_("Iets anders"), required=False)  # looked up
    outcome = forms.ChoiceField(
        label=_("Afhandeling"),
        choices=[(one.value, one.label) for one in QUICK],
        initial=Outcome.ANSWERED,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Notitie"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["topic"] = cleaned.get("other") or cleaned.get("topic")
        if cleaned["topic"] is None and "topic" not in self.errors and "other" not in self.errors:
            self.add_error("topic", _t("Kies waar het over ging."))
        return cleaned

    def clean_text(self) -> str:
        return without_bsn(self.cleaned_data["text"])

    def save(self, *, by: User) -> Contact:
        """Give the contact of this visit, closed; the same form twice is one contact."""
        data = self.cleaned_data
        return Contact.register(
            key=form_key(by, data["key"]),
            channel=Channel.DESK,
            by=by,
            topic=data["topic"],
            text=data["text"],
            outcome=data["outcome"],
            **self.visit,
        )

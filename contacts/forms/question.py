"""A question that a form asks besides the message."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import Stamped, UuidChoiceField
from accounts.models import Team
from accounts.widgets import LongSelect, RevealingSelect
from contacts.models import Question, Topic

OPTIONS, LONGEST = 60, 120
FIELDS = ["topic", "team", "place", "label", "hint", "kind", "choices", "is_required"]


class QuestionForm(Stamped, forms.ModelForm):
    """What is asked, of whom it depends, and how it is answered."""

    topic = UuidChoiceField(
        Topic.objects.none(), required=False, label=_("Onderwerp"),
        empty_label=_("Elk onderwerp van de afdeling"), widget=LongSelect,
        error_messages={"invalid_choice": _("Kies een onderwerp uit de lijst.")},
    )  # fmt: skip
    team = UuidChoiceField(
        Team.objects.none(), required=False, label=_("Afdeling"),
        empty_label=_("Elke afdeling"), error_messages={"invalid_choice": _("Kies een afdeling uit de lijst.")},
    )  # fmt: skip
    choices = forms.CharField(
        label=_("Keuzes"), required=False, max_length=OPTIONS * (LONGEST + 2), help_text=_("Eén per regel."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    field_order = ["label", "hint", "topic", "team", "place", "kind", "choices", "is_required"]

    class Meta:
        model = Question
        fields = FIELDS
        widgets = {"kind": RevealingSelect({Question.Kind.CHOICE: "choices"})}
        labels = {"place": _("Waar"), "label": _("Vraag"), "hint": _("Uitleg"), "kind": _("Antwoord"),
                  "is_required": _("Verplicht")}  # fmt: skip

    def __init__(self, data: Any = None, *, instance: Question | None = None) -> None:
        super().__init__(data, instance=instance)
        self.initial.setdefault("place", Question.Place.CALLBACK)
        if instance is None:
            self.initial["place"] = Question.Place.CALLBACK
        for name, rows in (("team", Team.objects.filter(closed_at=None)), ("topic", Topic.objects.choosable())):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
            chosen = getattr(instance, name, None)
            if chosen is not None:
                self.initial[name] = chosen.uuid
                if chosen not in rows:  # a closed department, or a topic that was withdrawn: keep what is there
                    field.queryset = type(chosen).objects.filter(pk__in=[*rows.values_list("pk", flat=True), chosen.pk])
        self.before = (instance.topic_id, instance.team_id) if instance is not None else None

    def known(self) -> Any:
        return list(Question.objects.filter(pk=self.instance.pk).values(*FIELDS)) if self.instance.pk else []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_stamp()
        place, topic, team = data.get("place"), data.get("topic"), data.get("team")
        if "topic" in data and "team" in data:
            if topic is None and team is None:
                self.add_error("topic", _("Kies een onderwerp of een afdeling."))
            elif topic is None and place in (Question.Place.WEB, Question.Place.BOTH):
                self.add_error("topic", _("Het webformulier vraagt per onderwerp. Kies een onderwerp."))
        self._clean_choices(data)
        return data

    def _clean_choices(self, data: dict[str, Any]) -> None:
        if data.get("kind") != Question.Kind.CHOICE or "choices" not in data:
            data["choices"] = "" if "choices" in data else data.get("choices")
            return
        options = Question(choices=data["choices"]).options
        if len(options) < 2:
            self.add_error("choices", _("Schrijf minstens twee keuzes op, elk op een eigen regel."))
        elif len(options) > OPTIONS or max(map(len, options)) > LONGEST:
            self.add_error("choices", _("Hooguit 60 keuzes, elk van hooguit 120 tekens."))
        elif len(set(options)) < len(options):
            self.add_error("choices", _("Een keuze staat er twee keer."))

    def save(self, commit: bool = True) -> Any:
        """Save it; a question that is new here, or asked about something else from now on, comes last."""
        if self.before != (self.instance.topic_id, self.instance.team_id):
            self.instance.place_last()
        return super().save(commit)


class MoveForm(forms.Form):
    """Which way a question goes."""

    to = forms.ChoiceField(choices=[("up", _("Omhoog")), ("down", _("Omlaag"))])

"""Fields that an administrator wrote: what is asked about a topic, or for a department, besides the question itself."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.formats import localize
from django.utils.translation import gettext as _

from contacts.models import Question

BEGIN = "q-"  # of the name of every such field


class Asking(forms.Form):
    """A form to which the fields of a question set can be added."""

    questions: list[Question]

    def ask(self, questions: Iterable[Question], **attributes: str) -> None:
        """Add a field for each of these questions, in this order; its control gets these attributes."""
        self.questions = list(questions)
        for question in self.questions:
            field = field_of(question)
            field.widget.attrs.update(attributes)
            self.fields[name_of(question)] = field

    def asked(self) -> list[forms.BoundField]:
        """Give the fields of the question set."""
        return [self[name_of(question)] for question in self.questions]

    def answers(self) -> list[tuple[str, str]]:
        """Give question and answer, as far as it was answered, of a form that is valid.

        In the language of the office: they are kept for whoever reads them later.
        """
        with translation.override(settings.LANGUAGE_CODE):
            found = [(question.label, said(self.cleaned_data.get(name_of(question)))) for question in self.questions]
        return [(label, words) for label, words in found if words]


def name_of(question: Question) -> str:
    return f"{BEGIN}{question.uuid}"


def field_of(question: Question) -> forms.Field:
    """Give the field in which this question is answered."""
    common: dict[str, Any] = {"label": question.label, "help_text": question.hint, "required": question.is_required}
    kind = question.kind
    if kind == Question.Kind.CHOICE:
        options = [(option, option) for option in question.options]
        return forms.ChoiceField(choices=[("", _("Maak een keuze")), *options], **common)
    if kind == Question.Kind.YES_NO:
        return forms.ChoiceField(choices=[("", "–"), ("ja", _("Ja")), ("nee", _("Nee"))], **common)
    if kind == Question.Kind.DATE:
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **common)
    if kind == Question.Kind.NUMBER:
        return forms.DecimalField(max_digits=12, decimal_places=2, **common)
    if kind == Question.Kind.TEXT:
        return forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 3}), **common)
    return forms.CharField(max_length=200, **common)


def said(value: Any) -> str:
    """Give an answer in words; nothing when it was left open."""
    return str(localize(value)) if value not in (None, "") else ""

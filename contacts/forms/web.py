"""What citizens fill in on the public form."""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.formats import localize
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from contacts.forms.part import WordsField
from contacts.models import Address, Question, Topic
from contacts.models.question import PublicTopic, public_topics

SALT = "kcc.web-form"
FASTEST = 2.0  # seconds in which nobody fills in a form
OLDEST = timedelta(hours=24)
MOST_FILES = 5


def new_token(*, ago: float = 0.0) -> str:
    """Give the signed word that makes this form one arrival, however often it is sent; made so many seconds ago."""
    return signing.dumps([str(uuid4()), time.time() - ago], salt=SALT)


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; gives a list."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, (list, tuple)) else [data] if data else []
        if len(given) > MOST_FILES:
            raise ValidationError(_t("Stuur niet meer dan %(n)d bestanden mee."), params={"n": MOST_FILES})
        return [super(FilesField, self).clean(one, initial) for one in given]


class WebForm(forms.Form):
    """A question to the municipality, with the extra fields of the topic that was chosen."""

    use_required_attribute = False

    token = forms.CharField(widget=forms.HiddenInput, required=False)
    topic = forms.ChoiceField(
        label=_("Waar gaat uw vraag over?"), error_messages={"required": _("Kies waar uw vraag over gaat.")}
    )
    message = WordsField(
        label=_("Uw vraag of melding"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Schrijf wat u wilt vragen of melden.")},
    )
    name = WordsField(
        label=_("Uw naam"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Vul uw naam in.")},
    )
    email = forms.CharField(
        label=_("E-mailadres"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=_("Telefoonnummer"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    files = FilesField(label=_("Foto's of bestanden"), required=False)  # type: ignore[assignment]  # a field by then
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}))

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        self.public = public_topics()
        chosen = str((self.data if self.is_bound else self.initial).get("topic") or "")
        self.chosen = next((one for one in self.public if one.value == chosen), None)
        choice = self.fields["topic"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _t("Kies een onderwerp")), *((one.value, one.topic.public_name) for one in self.public)]
        for question in self.chosen.questions if self.chosen else []:
            self.fields[_name(question)] = _field(question)
        self.stamp: tuple[UUID, float] | None = None

    def asked(self) -> list[forms.BoundField]:
        """Give the fields that belong to the chosen topic."""
        return [self[_name(question)] for question in self.chosen.questions] if self.chosen else []

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_email(self) -> str:
        return self._address(Address.Kind.EMAIL, _t("Dit is geen e-mailadres. Schrijf het als naam@voorbeeld.nl."))

    def clean_phone(self) -> str:
        return self._address(Address.Kind.PHONE, _t("Dit is geen telefoonnummer."))

    def _address(self, kind: Address.Kind, complaint: str) -> str:
        """Give the one form of an address, nothing when it was left out. Raises ValidationError."""
        typed: str = self.cleaned_data[kind]
        value = Address.normalise(kind, typed) if typed else ""
        if value is None:
            raise ValidationError(complaint)
        return value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not {"email", "phone"} & set(self.errors) and not cleaned.get("email") and not cleaned.get("phone"):
            self.add_error("email", _t("Vul een e-mailadres of een telefoonnummer in, dan kunnen wij u antwoorden."))
        try:
            uuid, made = signing.loads(cleaned.get("token", ""), salt=SALT, max_age=OLDEST)
            self.stamp = UUID(uuid), float(made)
        except (signing.BadSignature, ValueError, TypeError):
            self.add_error(None, _t("Dit formulier stond te lang open. Uw tekst staat er nog: verstuur het opnieuw."))
        return cleaned

    @property
    def about(self) -> Topic:
        """Give the topic that was chosen, of a form that is valid."""
        assert self.chosen is not None
        return self.chosen.topic

    @property
    def is_trap(self) -> bool:
        """Say whether a machine filled this in: the field that nobody sees holds something, or it took no time."""
        assert self.stamp is not None
        return bool(self.cleaned_data["website"]) or time.time() - self.stamp[1] < FASTEST

    def answers(self) -> list[tuple[str, str]]:
        """Give question and answer for what was asked about the topic, as far as it was answered."""
        found = [(question.label, _said(self.cleaned_data[_name(question)])) for question in _asked(self.chosen)]
        return [(label, said) for label, said in found if said]


def _asked(chosen: PublicTopic | None) -> list[Question]:
    return chosen.questions if chosen else []


def _name(question: Question) -> str:
    return f"q-{question.uuid}"


def _field(question: Question) -> forms.Field:
    common: dict[str, Any] = {"label": question.label, "help_text": question.hint, "required": question.is_required}
    kind = question.kind
    if kind == Question.Kind.CHOICE:
        options = [(option, option) for option in question.options]
        return forms.ChoiceField(choices=[("", _t("Maak een keuze")), *options], **common)
    if kind == Question.Kind.YES_NO:
        return forms.ChoiceField(choices=[("", "–"), ("ja", _t("Ja")), ("nee", _t("Nee"))], **common)
    if kind == Question.Kind.DATE:
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **common)
    if kind == Question.Kind.NUMBER:
        return forms.DecimalField(max_digits=12, decimal_places=2, **common)
    if kind == Question.Kind.TEXT:
        return forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 3}), **common)
    return forms.CharField(max_length=200, **common)


def _said(value: Any) -> str:
    """Give an answer in the words of the screen; nothing when it was left open."""
    return str(localize(value)) if value not in (None, "") else ""

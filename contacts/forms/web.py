"""What citizens fill in on the public form."""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from contacts.forms.asked import Asking
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


class Proven(forms.Form):
    """What makes a form of a citizen one arrival, however often it is sent, and tells people from machines."""

    use_required_attribute = False

    token = forms.CharField(widget=forms.HiddenInput, required=False)
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}))
    stamp: tuple[UUID, float] | None = None  # which arrival it is, and when the form was made, of a form that is valid

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        try:
            uuid, made = signing.loads(cleaned.get("token", ""), salt=SALT, max_age=OLDEST)
            self.stamp = UUID(uuid), float(made)
        except (signing.BadSignature, ValueError, TypeError):
            self.add_error(None, _t("Dit formulier stond te lang open. Uw tekst staat er nog: verstuur het opnieuw."))
        return cleaned

    @property
    def is_fast(self) -> bool:
        """Say whether it was filled in faster than anybody can."""
        assert self.stamp is not None
        return time.time() - self.stamp[1] < FASTEST

    @property
    def is_trap(self) -> bool:
        """Say whether a machine filled this in: the field that nobody sees holds something, or it took no time."""
        return bool(self.cleaned_data["website"]) or self.is_fast


class PublicForm(Proven, Asking):
    """What every form about a contact has: a topic with its questions, a name, and how to reach somebody."""

    topic = forms.ChoiceField(
        label=_("Waar gaat uw vraag over?"), error_messages={"required": _("Kies waar uw vraag over gaat.")}
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

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        self.public = public_topics()
        chosen = str((self.data if self.is_bound else self.initial).get("topic") or "")
        self.chosen = next((one for one in self.public if one.value == chosen), None)
        choice = self.fields["topic"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _t("Kies een onderwerp")), *((one.value, one.topic.public_name) for one in self.public)]
        self.ask(self.questions_about(self.chosen) if self.chosen else [])

    def questions_about(self, chosen: PublicTopic) -> list[Question]:
        """Give what is asked about this topic here."""
        return chosen.questions

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

    @property
    def about(self) -> Topic:
        """Give the topic that was chosen, of a form that is valid."""
        assert self.chosen is not None
        return self.chosen.topic


class WebForm(PublicForm):
    """A question to the municipality, with the extra fields of the topic that was chosen."""

    message = WordsField(
        label=_("Uw vraag of melding"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Schrijf wat u wilt vragen of melden.")},
    )
    files = FilesField(label=_("Foto's of bestanden"), required=False)  # type: ignore[assignment]  # a field by then

    field_order = ("token", "topic", "message", "name", "email", "phone", "files", "website")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not {"email", "phone"} & set(self.errors) and not cleaned.get("email") and not cleaned.get("phone"):
            self.add_error("email", _t("Vul een e-mailadres of een telefoonnummer in, dan kunnen wij u antwoorden."))
        return cleaned

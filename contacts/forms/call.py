"""What is said of telephone calls: which one, whose, and that somebody dialled."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import phone
from contacts.models import Call, Outcome

MOST = 50  # as many as a page of the list holds


@dataclass(frozen=True)
class Preset:
    """What a call fills in on the desk: of the contact, and of the forms that are saved with it."""

    contact: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, call: Call | None, outcome: str) -> "Preset":
        """Give the number to call back; of a missed call, when it was, with the outcome that was asked for."""
        if call is None or not call.number:
            return cls()
        number = {"number": call.shown_number}
        if not call.is_missed or outcome != Outcome.CALLBACK:
            return cls(parts=number)
        moment = date_format(timezone.localtime(call.began_at), "l j F H:i")
        text = _t("Gemist gesprek van %(moment)s.") % {"moment": moment}
        question = _t("Belde ons op %(moment)s en kreeg niemand te spreken.") % {"moment": moment}
        return cls({"outcome": outcome, "text": text}, number | {"question": question})


class HandleForm(forms.Form):
    """The calls that were ticked in the list."""

    chosen = forms.TypedMultipleChoiceField(choices=[])

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        chosen = self.fields["chosen"]
        assert isinstance(chosen, forms.TypedMultipleChoiceField)
        uuid = forms.UUIDField()
        chosen.coerce = uuid.clean
        chosen.choices = [(one, one) for one in (data.getlist("chosen")[:MOST] if data is not None else [])]


class DialForm(forms.Form):
    """A number that somebody pressed, and with whom it stood."""

    number = forms.CharField(max_length=60)
    customer = forms.UUIDField(required=False)
    call = forms.UUIDField(required=False)

    def clean_number(self) -> str:
        number = phone.normalise(self.cleaned_data["number"])
        if number is None:
            raise forms.ValidationError(_("Dit is geen telefoonnummer."))
        return number


class NumberForm(forms.Form):
    """The customer whose number it turns out to be."""

    customer = forms.UUIDField()

"""What is done with one callback besides calling: put off, given back, ended, a letter instead of a call."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from callbacks.forms.attempt import FAR
from callbacks.models import Callback, Cause, Proposal
from contacts.forms.part import WordsField
from contacts.forms.reply import HeaderField

LETTER = 5000  # characters


class CancelForm(forms.Form):
    """Why a callback ends without a conversation."""

    cause = forms.ChoiceField(
        label=_("Oorzaak"),
        choices=[(cause.value, cause.label) for cause in Cause],
        widget=forms.RadioSelect,
        error_messages={"required": _("Kies waarom dit verzoek vervalt.")},
    )
    reason = WordsField(
        label=_("Toelichting"), max_length=200, error_messages={"required": _("Schrijf waarom dit verzoek vervalt.")}
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="id_cancel-%s", **kwargs)


class PostponeForm(forms.Form):
    """Until when the citizen agreed to wait, and what was said about it."""

    until = forms.CharField(
        label=_("Nieuwe tijd"), max_length=40, error_messages={"required": _("Kies wanneer we uiterlijk bellen.")}
    )
    until_at = forms.DateTimeField(
        label=_("Datum en tijd"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = WordsField(
        label=_("Wat is afgesproken?"),
        max_length=200,
        error_messages={"required": _("Schrijf wat je met de klant hebt afgesproken.")},
    )

    def __init__(self, data: Any = None, *, callback: Callback, now: datetime, **kwargs: Any) -> None:
        super().__init__(data, auto_id="id_postpone-%s", **kwargs)
        self.callback, self.now = callback, now
        self.proposals = [(one.at.isoformat(), one) for one in Proposal.later(callback, now=now)]

    def clean(self) -> dict[str, Any]:
        """Give the moment itself in until_at: the one that was proposed, or one of their own."""
        data = super().clean() or {}
        chosen, name = data.get("until"), "until_at"
        if chosen and chosen != "choose":
            data["until_at"], name = _moment(chosen), "until"
        if chosen and name not in self.errors and (wrong := self._wrong(data.get("until_at"))):
            self.add_error(name, wrong)
        return data

    def _wrong(self, at: datetime | None) -> str:
        """Say what is wrong with a moment; earlier than was promised is no putting off, the same once more is fine."""
        due_at = self.callback.due_at
        if at is None:
            return _t("Kies een datum en tijd.")
        if at <= self.now:
            return _t("Kies een moment dat nog moet komen.")
        if at > self.now + FAR:
            return _t("Kies een moment binnen 90 dagen.")
        if at > due_at or (at == due_at and self.callback.norm_due_at):
            return ""
        due = date_format(timezone.localtime(due_at), _t("D j b H:i"))
        return _t("We bellen al uiterlijk %(due)s. Kies een later moment, of plan een volgende poging.") % {"due": due}


def _moment(text: str) -> datetime | None:
    """Give the moment with its zone that this text is, None when it is something else."""
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None


class GiveBackForm(forms.Form):
    """Why a callback does not belong with the department that got it."""

    reason = WordsField(
        label=_("Waarom hoort dit ergens anders?"),
        max_length=200,
        error_messages={"required": _("Schrijf waarom dit verzoek terug naar het KCC gaat.")},
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="id_give-back-%s", **kwargs)


class MessageForm(forms.Form):
    """The letter that a citizen gets who could not be reached; after it the callback is over."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    subject = HeaderField(label=_("Onderwerp"), max_length=150, error_messages={"required": _("Vul een onderwerp in.")})
    text = WordsField(
        label=_("Bericht"),
        max_length=LETTER,
        widget=forms.Textarea(attrs={"rows": 9}),
        error_messages={"required": _("Schrijf het bericht aan de klant.")},
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="id_message-%s", **kwargs)

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")


class RemindForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)

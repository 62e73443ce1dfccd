"""What citizens fill in on the public site: what they look for, and what is wrong with an article."""

import time
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from contacts.forms.web import FASTEST, OLDEST, SALT
from knowledge.forms.reader import Typed

LONGEST = 1000


class PublicSearchForm(forms.Form):
    """A question, whatever was typed."""

    q = Typed(required=False, label=_("Waar zoekt u naar?"))


class SayForm(forms.Form):
    """What does not help in an article: no name, no address, and a word that makes sending it twice one arrival."""

    use_required_attribute = False

    token = forms.CharField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label=_("Wat klopt er niet, of wat mist u?"),
        help_text=_("Schrijf hier geen naam, telefoonnummer, burgerservicenummer of andere persoonlijke gegevens."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"max_length": _("Uw tekst is te lang. Gebruik hoogstens %(limit_value)d tekens.")},
    )
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stamp: tuple[UUID, float] | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        try:
            uuid, made = signing.loads(cleaned.get("token", ""), salt=SALT, max_age=OLDEST)
            self.stamp = UUID(uuid), float(made)
        except (signing.BadSignature, ValueError, TypeError):
            self.add_error(None, _t("Dit formulier stond te lang open. Uw tekst staat er nog: verstuur het opnieuw."))
        return cleaned

    @property
    def is_trap(self) -> bool:
        """Say whether a machine filled this in: the field that nobody sees holds something, or it took no time."""
        assert self.stamp is not None
        too_fast = bool(self.cleaned_data["text"]) and time.time() - self.stamp[1] < FASTEST
        return bool(self.cleaned_data["website"]) or too_fast

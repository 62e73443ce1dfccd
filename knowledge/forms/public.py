"""What citizens fill in on the public site: what they look for, and what is wrong with an article."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.forms.web import Proven
from knowledge.forms.reader import Typed

LONGEST = 1000
ADDRESS = re.compile(r"://|\bwww\.|</?a\b", re.IGNORECASE)


class PublicSearchForm(forms.Form):
    """A question, whatever was typed."""

    q = Typed(required=False, label=_("Waar zoekt u naar?"))


class SayForm(Proven):
    """What does not help in an article: no name, no address."""

    text = forms.CharField(
        label=_("Wat klopt er niet, of wat mist u?"),
        help_text=_("Schrijf hier geen naam, telefoonnummer, burgerservicenummer of andere persoonlijke gegevens."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"max_length": _("Uw tekst is te lang. Gebruik hooguit %(limit_value)d tekens.")},
    )

    @property
    def is_fast(self) -> bool:
        """Say whether a machine wrote it: with an address on the web in no time. A few words anybody has ready."""
        return bool(ADDRESS.search(self.cleaned_data["text"])) and super().is_fast

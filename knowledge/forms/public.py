"""What citizens fill in on the public site: what they look for, and what is wrong with an article."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.forms.web import Proven
from knowledge.forms.reader import Typed

LONGEST = 1000


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
        """Say whether text was written faster than anybody can; without text it takes no time."""
        return bool(self.cleaned_data["text"]) and super().is_fast

"""What is filled in to read articles out of a file."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from knowledge.exchange.entry import Entry, Mistake, Unusable
from knowledge.exchange.intake import Result, take_in
from knowledge.exchange.reading import read
from knowledge.models import Editorial

MOST_BYTES = 10 * 1024 * 1024
MOST_ARTICLES = 1000  # while somebody waits; import_articles takes more
CONCEPT, PUBLISH = "concept", "publish"


class IntakeForm(forms.Form):
    """A file, and whether readers may read what is in it at once; with four eyes only an administrator may say so."""

    file = forms.FileField(
        label=_("Bestand"),
        help_text=_("JSON of CSV, hooguit 10 MB en 1000 artikelen."),
        max_length=200,
        error_messages={"required": _("Kies een bestand."), "empty": _("Het bestand is leeg.")},
        widget=forms.FileInput(attrs={"accept": ".json,.csv,application/json,text/csv"}),
    )
    way = forms.ChoiceField(label=_("Wat wordt het?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        ways = [(CONCEPT, _("Concepten, om zelf te publiceren"))]
        if user.administers or not Editorial.current().four_eyes:
            ways.append((PUBLISH, _("Meteen te lezen voor iedereen")))
        field = self.fields["way"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = ways
        self.initial.setdefault("way", CONCEPT)
        self.chooses = len(ways) > 1

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("Het bestand is groter dan 10 MB. Vraag de beheerder om het in te lezen."))
        return file

    def take(self, *, dry: bool) -> tuple[int, Result]:
        """Read the file in, or only say what would come of it; give how many articles it holds. Raises Unusable."""
        file = self.cleaned_data["file"]
        entries, warnings = self._read(file)
        concept = self.cleaned_data["way"] == CONCEPT
        result = take_in(entries, source=file.name, by=self.user, concept=concept, dry=dry)
        result.warnings = [*warnings, *result.warnings]
        return len(entries), result

    def _read(self, file: UploadedFile) -> tuple[list[Entry], list[Mistake]]:
        entries, warnings = read(file.read(), name=file.name or "")
        if len(entries) > MOST_ARTICLES:
            words = _("Er staan %(size)s artikelen in, hier hooguit %(most)s. Vraag de beheerder om het in te lezen.")
            raise Unusable([Mistake(str(words) % {"size": len(entries), "most": MOST_ARTICLES})])
        return entries, warnings

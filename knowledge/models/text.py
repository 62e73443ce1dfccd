"""The words of an article, of one version of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from knowledge.models.markup import Section, is_internal, join

EMPTY = models.Value([], models.JSONField())
MOST_WORDS = 60  # of a short answer: what can be read aloud in half a minute


class Text(models.Model):
    """The words of an article, of one version of it: what an editor writes and a reader reads."""

    title = models.CharField(_("titel"), max_length=200)
    short_answer = models.TextField(_("kort antwoord"), help_text=_("Hooguit 60 woorden; een regel per punt."))
    keywords = models.CharField(
        _("trefwoorden"), max_length=500, blank=True, help_text=_("Woorden van de burger die niet in de titel staan.")
    )
    sections = models.JSONField(
        _("delen"), default=list, db_default=EMPTY, blank=True
    )  # list of knowledge.models.markup.Section
    sources = models.JSONField(
        _("bronnen"), default=list, db_default=EMPTY, blank=True
    )  # list of {"title": …, "url": …}

    class Meta:
        abstract = True

    TEXT = ("title", "short_answer", "keywords", "sections", "sources")

    @property
    def points(self) -> list[str]:
        """Give the lines of the short answer, one a point; **words** between stars are the key figures."""
        return [line.strip() for line in self.short_answer.splitlines() if line.strip()]

    @property
    def words(self) -> int:
        """Give how many words the short answer has, as one reads them aloud."""
        return count_words(self.short_answer)

    @property
    def html(self) -> str:
        """Give the whole text under its headings, what is for colleagues included."""
        return join(self.sections)

    @property
    def public_sections(self) -> list[Section]:
        """Give the parts that everybody may read."""
        return [part for part in self.sections if not is_internal(part)]

    @property
    def public_html(self) -> str:
        """Give the text for everybody under its headings."""
        return join(self.public_sections)

    def take(self, text: "Text") -> None:
        """Have the words of the other; nothing is saved."""
        for name in self.TEXT:
            setattr(self, name, getattr(text, name))

    def says_the_same(self, text: "Text") -> bool:
        """Say whether both have the same words."""
        return all(getattr(self, name) == getattr(text, name) for name in self.TEXT)


def count_words(text: str) -> int:
    """Give how many words this is; what holds no letter or figure, as a dash or stars, is none."""
    return sum(any(letter.isalnum() for letter in word) for word in text.split())

"""What was found, and why it stands where it stands."""

from dataclasses import dataclass, field
from html import unescape

from django.utils.translation import gettext_lazy as _

from knowledge.models import Article

START, STOP = "\x02", "\x03"  # around each word that was found, for the template filter marked
NAMES = {
    "title": _("Titel"),
    "asked": _("Precies de vraag"),
    "titled": _("Alle woorden in de titel"),
    "keywords": _("Trefwoorden"),
    "answer": _("Kort antwoord"),
    "text": _("Tekst"),
    "synonym": _("Synoniemen"),
    "meaning": _("Betekenis"),
    "topic": _("Onderwerp van het contact"),
    "ours": _("Eigen artikel"),
    "use": _("Vaak gebruikt"),
    "review": _("Controle verlopen"),
}


@dataclass(frozen=True)
class Part:
    """One part of the sum that says how well an article fits."""

    name: str
    worth: float

    @property
    def label(self) -> str:
        """Give what the screen calls it."""
        return str(NAMES[self.name])


@dataclass(frozen=True)
class Hit:
    """An article that was found, a passage of it with the words between hit markers, and how well it fits."""

    article: Article
    passage: str
    rank: float = 0.0
    parts: list[Part] = field(default_factory=list)
    heading: str = ""  # of the section that the passage is from

    @classmethod
    def of(cls, article: Article) -> "Hit":
        """Give an article as a hit where nothing was asked: its passage is the short answer."""
        return cls(article, tidy(article.short_answer))


def tidy(passage: str) -> str:
    """Give a passage on one line, without marks of emphasis or entities."""
    return unescape(" ".join(passage.replace("**", "").split()))

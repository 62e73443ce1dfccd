"""What a file says of one article, whatever the form of the file, and what is wrong with it."""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from django.utils.translation import gettext as _t

from knowledge.models import Article, Audience, Kind, Language
from knowledge.models.markup import Section


class Standing(Enum):
    """Where an article must stand after the file was read."""

    CURRENT = "current"
    CONCEPT = "concept"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong in a file, and where."""

    message: str
    place: str = ""
    id: str = ""
    field: str = ""

    def __str__(self) -> str:
        known = _t("%(place)s (id %(id)s)") % {"place": self.place, "id": self.id} if self.id else self.place
        named = _t("veld %(field)s") % {"field": self.field} if self.field else ""
        where = ", ".join(part for part in (known, named) if part)
        return f"{where}: {self.message}" if where else self.message


class Unusable(Exception):
    """A file cannot be taken in; it has each mistake, in the order of the file."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


@dataclass
class Findings:
    """What is wrong in a file, and what is only worth knowing."""

    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[Mistake] = field(default_factory=list)


@dataclass(kw_only=True)
class Entry:
    """One article as a file tells it. What is None the file says nothing of, and stays as it is."""

    place: str
    id: str
    title: str
    short_answer: str
    sections: list[Section]
    keywords: str | None = None
    sources: list[dict[str, str]] | None = None
    standing: Standing = Standing.CURRENT
    kind: str = Kind.QUESTION
    audience: str | None = Audience.BOTH
    language: str = Language.DUTCH
    original: str | None = None  # id of the article this is a translation of
    internal: bool | None = None
    teams: list[str] | None = None  # names; the first that is known is it
    topic: str | None = None
    product: str | None = None  # URI
    related: list[str] | None = None  # ids, or addresses that end in one
    valid_from: date | None = None
    valid_until: date | None = None
    says_valid: bool = False  # whether the two days above are said by the file, also when they are empty


def standing_of(article: Article) -> Standing:
    """Give where an article stands, for a file."""
    if article.withdrawn_at is not None:
        return Standing.WITHDRAWN
    return Standing.CONCEPT if article.state == "concept" else Standing.CURRENT

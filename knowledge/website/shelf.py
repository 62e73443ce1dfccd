"""The start page of the public site: the themes with what is in them, and what is read most."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from accounts.memory import remembered
from contacts.models import Topic
from knowledge.models import Article
from knowledge.website import address

LATELY = timedelta(days=30)
MOST_READ = 8
FEW_READ = 3  # fewer than this say nothing about what is read most
TITLES = 3  # below each theme


@dataclass
class Theme:
    """A theme as citizens see it, with how many articles it holds and a few of them."""

    topic: Topic
    count: int = 0
    articles: list[Article] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Give what citizens call it."""
        return address.spoken_name(self.topic)


@dataclass
class Shelf:
    """What the start page shows in one language; read says whether the articles are those that are read most."""

    themes: list[Theme] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    read: bool = False
    count: int = 0

    def holds(self, topic: Topic) -> bool:
        """Say whether anything stands under this theme."""
        return any(theme.topic == topic for theme in self.themes)


def shelf(language: str) -> Shelf:
    """Give what the start page shows in this language, at most five seconds old."""
    return _shelves().get(language, Shelf())


@remembered
def _shelves() -> dict[str, Shelf]:
    since = timezone.localdate() - LATELY
    places = Article.objects.for_public().places()
    read = list(Article.objects.for_public().most_read(since=since).with_address())
    themes = {theme.pk: theme for theme in Topic.objects.filter(pk__in={place[1] for place in places})}
    return {language: _in(language, places, read, themes) for language in ("nl", "en")}


def _in(language: str, places: set[tuple[int, int, str]], read: list[Article], themes: dict[int, Topic]) -> Shelf:
    found = Article.objects.for_public().in_language(language)
    held: dict[int, set[int]] = defaultdict(set)
    for article, theme, spoken in places:
        if spoken == language:
            held[theme].add(article)
    here = [one for one in read if one.language == language]
    shown = Shelf(count=found.count())
    for key, keys in held.items():
        if address.spoken_name(themes[key]):
            shown.themes.append(Theme(themes[key], len(keys), [one for one in here if one.pk in keys][:TITLES]))
    shown.themes.sort(key=lambda theme: theme.name.casefold())
    _fill(shown.themes, held)
    shown.read = len(here) >= FEW_READ
    shown.articles = here[:MOST_READ] if shown.read else list(found.last_changed().with_address()[:MOST_READ])
    return shown


def _fill(themes: list[Theme], held: dict[int, set[int]]) -> None:
    """Show a few titles below each theme, also where hardly anything was read."""
    more = {theme.topic.pk: sorted(held[theme.topic.pk])[: 2 * TITLES] for theme in themes}
    keys = {key for keys in more.values() for key in keys}
    articles = {one.pk: one for one in Article.objects.for_public().with_address().filter(pk__in=keys)}
    for theme in themes:
        known = {one.pk for one in theme.articles}
        theme.articles += [articles[key] for key in more[theme.topic.pk] if key in articles and key not in known]
        del theme.articles[TITLES:]

"""What the articles of a file are connected to: departments, topics, products and each other."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _t

from accounts.models import Team
from contacts.models import Topic
from knowledge.exchange.addresses import ids_of
from knowledge.exchange.entry import Entry, Findings, Mistake
from knowledge.exchange.item import shown
from knowledge.models import Article, Product

AT_ONCE = 1000


class Surroundings:
    """Finds by name or address what the entries of one file name; what is not known is a warning."""

    def __init__(self, entries: list[Entry], findings: Findings) -> None:
        self._findings = findings
        self._teams = {team.name.casefold(): team.pk for team in Team.objects.filter(closed_at=None)}
        topics = Topic.objects.filter(closed_at=None).select_related("parent")
        self._topics = {str(topic).casefold(): topic.pk for topic in topics}
        uris = {entry.product for entry in entries if entry.product}
        self._products = dict(Product.objects.filter(uri__in=uris).values_list("uri", "pk"))

    def of(self, entry: Entry) -> dict[str, Any]:
        """Give the columns of an article that point at what the entry names."""
        found = self._team(entry)
        topic = None if entry.topic is None else entry.topic.casefold()
        for column, name, known, words in (
            ("topic_id", topic, self._topics, _t("onderwerp “%(name)s” bestaat hier niet.")),
            ("product_id", entry.product, self._products, _t("product “%(name)s” staat niet in de UPL-lijst.")),
        ):
            if name and name not in known:
                self._warn(entry, words % {"name": shown(name)})
            elif name is not None:
                found[column] = known.get(name)
        return found

    def _team(self, entry: Entry) -> dict[str, Any]:
        """Give the first department that is known; none for an entry that names only others, or says nothing of it."""
        if entry.teams is None:
            return {}
        for name in entry.teams:
            if name.casefold() not in self._teams:
                self._warn(entry, _t("afdeling “%(name)s” bestaat hier niet.") % {"name": shown(name)})
        known = [self._teams[name.casefold()] for name in entry.teams if name.casefold() in self._teams]
        return {"team_id": known[0] if known else None} if known or not entry.teams else {}

    def connect(self, entries: list[Entry]) -> set[str]:
        """Connect translations to their originals and related articles to each other; give the ids this changed."""
        named = (address for entry in entries for address in (entry.original or "", *(entry.related or [])))
        wanted = {id for address in named for id in ids_of(address)}
        wanted |= {entry.id for entry in entries if entry.original or entry.related}
        if not wanted:
            return set()
        known = _articles(wanted)
        return self._translations(entries, known) | self._relations(entries, known)

    def _translations(self, entries: list[Entry], known: dict[str, Article]) -> set[str]:
        changed: list[Article] = []
        taken = _languages(known.values())
        for entry in entries:
            if not entry.original:
                continue
            article, original = known[entry.id], known.get(entry.original)
            if original is None or original.pk == article.pk or original.original_id is not None:
                words = _t("is een vertaling van “%(id)s”, maar dat is hier geen oorspronkelijk artikel.")
                self._wrong(entry, words % {"id": shown(entry.original)})
            elif taken.setdefault((original.pk, entry.language), article.pk) != article.pk:
                self._wrong(
                    entry, _t("van “%(id)s” is er al een artikel in deze taal.") % {"id": shown(entry.original)}
                )
            elif article.original_id != original.pk:
                article.original = original
                changed.append(article)
        if not self._findings.mistakes:
            Article.objects.bulk_update(changed, ["original"], batch_size=AT_ONCE)
        return {article.external_id for article in changed}

    def _relations(self, entries: list[Entry], known: dict[str, Article]) -> set[str]:
        """Connect what is related; a relation that a file does not name stays."""
        pairs: dict[tuple[int, int], str] = {}
        for entry in entries:
            for address in entry.related or []:
                other = next((known[id] for id in ids_of(address) if id in known), None)
                if other is None:
                    self._warn(entry, _t("gerelateerd artikel “%(id)s” bestaat hier niet.") % {"id": shown(address)})
                elif other.external_id != entry.id:
                    one = known[entry.id].pk
                    pairs |= {(one, other.pk): entry.id, (other.pk, one): entry.id}
        through = Article.related.through
        ids = {one for one, _other in pairs}
        there = set(through.objects.filter(from_article__in=ids).values_list("from_article_id", "to_article_id"))
        new = [pair for pair in pairs if pair not in there]
        rows = (through(from_article_id=one, to_article_id=other) for one, other in new)
        through.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_ONCE)
        return {pairs[pair] for pair in new}

    def _warn(self, entry: Entry, words: str) -> None:
        self._findings.warnings.append(Mistake(words, entry.place, shown(entry.id)))

    def _wrong(self, entry: Entry, words: str) -> None:
        self._findings.mistakes.append(Mistake(words, entry.place, shown(entry.id)))


def _articles(ids: Iterable[str]) -> dict[str, Article]:
    rows = Article.objects.filter(external_id__in=list(ids))
    return {row.external_id: row for row in rows.only("external_id", "original", "language")}


def _languages(articles: Iterable[Article]) -> dict[tuple[int, str], int]:
    """Give which article is the translation of another, by that other and the language."""
    rows = Article.objects.filter(original__in=[article.pk for article in articles])
    return {(row.original_id or 0, row.language): row.pk for row in rows.only("original", "language")}

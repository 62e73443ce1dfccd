"""What the demo tells of its knowledge base beside the articles: kinds, versions, what was asked and said, news."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from accounts.models import User
from accounts.worktime import LOCAL
from kcc.demo.book import Book
from kcc.demo.content import HERE
from kcc.demo.knowledge import Shelf, taken_apart
from kcc.demo.staff import Staff
from knowledge.exchange.products import SHIPPED, read, take_in
from knowledge.models import (
    Article,
    ArticleRead,
    Bulletin,
    BulletinRead,
    Editorial,
    Feedback,
    Gap,
    Link,
    Product,
    Reader,
    ReadingItem,
    ReadingList,
    Reads,
    Searching,
    SectionKind,
    Version,
)
from knowledge.models.indexed import Indexed
from knowledge.models.markup import Section, section
from knowledge.models.terms import fold

SEED = 2001  # its own chances: what is told here changes nothing in the rest of the town
DAYS = 30  # of which the demo knows what was searched for and read
FIXED = {"Uitleg": SectionKind.INTRO, "Kosten en termijnen": SectionKind.COSTS}
PARTS = ("apply", "conditions", "objection", "contact")
AT_ONCE = 200


class Library:
    """Tells the knowledge base of the demo, out of knowledge.json."""

    def __init__(self, book: Book, staff: Staff, shelf: Shelf) -> None:
        self.book, self.staff, self.articles = book, staff, shelf.by_slug
        self.rows, self.clock, self.rng = book.rows, book.clock, Random(SEED)
        self.told: dict[str, Any] = json.loads((HERE / "knowledge.json").read_text())

    def fill(self) -> None:
        """Write it all; what was said of an article comes after its versions."""
        self._describe()
        self._relate()
        announced = [version for article in list(self.articles.values()) for version in self._publish(article)]
        self._translate()
        self._begin()
        self._draft()
        self._say()
        self._ask()
        self._search()
        self._read()
        self._wear()
        self._announce(announced)
        self._teach()

    # What an article is

    def _describe(self) -> None:
        """Give each article its product, and the pages of a product their fixed parts."""
        if not Product.objects.exists():
            take_in(read(SHIPPED.read_bytes()))
        products = {product.name: product for product in Product.objects.choosable()}
        for slug, article in self.articles.items():
            about = self.told["pages"].get(slug, {})
            article.kind, article.audience = about.get("kind", "question"), about.get("audience", "both")
            article.product = products.get(article.topic.upl_name) if article.topic else None
            for name in about.get("more", []):
                topic = self.book.topics[name]
                self.rows.add(Article.more_topics.through(article_id=article.pk, topic_id=topic.pk))
            if article.kind == "product":
                article.sections = self._parts(article, about)
            article.body = article.html

    def _parts(self, article: Article, about: dict[str, str]) -> list[Section]:
        """Give the parts of a product page in their order, those for colleagues last."""
        found = {kind: section(about[kind], kind=kind) for kind in PARTS if kind in about}
        rest = []
        for part in article.sections:
            if part["title"] in FIXED:
                kind = FIXED[part["title"]]
                found[kind] = section(part["html"], kind=kind)
            else:
                rest.append(part)
        order = [kind for kind in SectionKind if kind in found]
        return [*(found[kind] for kind in order), *rest]

    def _relate(self) -> None:
        through = Article.related.through
        for one, other in self.told["related"]:
            pair = self.articles[one].pk, self.articles[other].pk
            for first, second in (pair, pair[::-1]):
                self.rows.add(through(from_article_id=first, to_article_id=second))

    # Versions

    def _publish(self, article: Article) -> list[Version]:
        """Write what an article said from its beginning to now; give what was announced of it."""
        past = self.told["history"].get(article.external_id, [])
        texts: list[Any] = [article]
        for step in reversed(past):
            texts.insert(0, self._changed(texts[0], step["before"]))
        moments = [article.created_at, *(self._ago(step["days"]) for step in past)]
        moments[0] = min(moments[0], moments[1] - timedelta(days=45)) if past else article.checked_at or moments[0]
        article.version, announced = len(texts), []
        for number, (text, moment) in enumerate(zip(texts, moments, strict=True), 1):
            step = past[number - 2] if number > 1 else {"summary": "Eerste versie"}
            version = self._version(article, text, at=moment, by=self._editor(number))
            version.number, version.summary = number, step["summary"]
            version.announced = step.get("announced", False)
            version.published_at, version.published_by = moment, self._editor(number + 1)
            version.approved_at, version.approved_by = moment, self._editor(number + 1)
            announced += [version] if version.announced else []
        article.created_at, article.published_at = min(article.created_at, moments[0]), moments[0]
        article.changed_at = max(article.changed_at, moments[-1])
        article.checked_at = max(article.checked_at or moments[-1], moments[-1])
        article.checked_by = article.owner
        return announced

    def _version(self, article: Article, text: Any, *, at: datetime, by: User) -> Version:
        version = Version(article=article, written_by=by, created_at=at, changed_at=at)
        version.take(text)
        return self.rows.add(version)

    def _changed(self, text: Any, changes: list[list[str]]) -> Version:
        """Give other words: of a text, what is left stands on the right. Raises ValueError when it is not in it."""
        whole = before = json.dumps([text.title, text.short_answer, text.sections], ensure_ascii=False)
        for old, new in changes:
            for space in (" ", "\xa0", "&nbsp;"):  # an amount never breaks off after its sign
                gone, come = (words.strip().replace("€ ", f"€{space}") for words in (old, new))
                whole = whole.replace(in_json(gone), in_json(come))
        if whole == before:
            raise ValueError(f"Nothing of {changes} is in {text.title}")
        changed = Version(keywords=text.keywords, sources=text.sources)
        changed.title, changed.short_answer, changed.sections = json.loads(whole)
        return changed

    def _translate(self) -> None:
        for told in self.told["translations"]:
            original = self.articles[told["of"]]
            article = self.rows.add(Article(title=told["title"], language="en", original=original))
            article.external_id, article.keywords = told["slug"], told["keywords"]
            article.short_answer = "\n".join(told["short"])
            article.sections = [section(html, kind=kind) for kind, html in told["sections"]]
            article.body = article.html
            for name in ("kind", "audience", "topic", "product", "team", "owner", "review_on"):
                setattr(article, name, getattr(original, name))
            article.created_at = article.checked_at = article.published_at = article.changed_at = self._ago(12)
            self.articles[told["slug"]] = article
            self._publish(article)

    def _begin(self) -> None:
        """Write an article that nobody can read yet, because somebody is still writing it."""
        told = self.told["begun"]
        article = self.rows.add(Article(title=told["title"], keywords=told["keywords"], short_answer=told["short"]))
        article.external_id, article.sections = told["slug"], taken_apart(told["body"])[0]
        article.body, article.team = article.html, self.staff.teams[told["team"]]
        article.owner = self.staff.users[told["by"]]
        article.created_at = article.changed_at = self.clock.back(told["minutes"])
        self.articles[told["slug"]] = article
        self._version(article, article, at=article.created_at, by=article.owner)

    def _draft(self) -> None:
        """Write what waits for approval, for its moment or for its writer."""
        for told in self.told["drafts"]:
            article, writer = self.articles[told["slug"]], self.staff.users[told["by"]]
            at = self.clock.back(told["minutes"])
            version = self._version(article, self._changed(article, told["after"]), at=at, by=writer)
            version.summary = told["summary"]
            if told["state"] != "draft":
                version.submitted_at, version.submitted_by = at, writer
            if told["state"] == "scheduled":
                other = self.staff.users["m.devries"]
                version.approved_at, version.approved_by = self.clock.back(told["minutes"] - 200), other
                version.publish_at, version.published_by = self._midnight(days=9), other

    # What was said and asked

    def _say(self) -> None:
        for told in self.told["feedback"]:
            said = self._feedback(told["slug"], told["by"], self.clock.back(told["minutes"]), text=told["text"])
            said.due_at = self.clock.hours.add_days(said.at, Editorial().feedback_days)
            if "answer" in told:
                said.answer, said.handled_at = told["answer"], self.clock.back(told["handled"])
                said.handled_by = said.article.owner
        for _time in range(140):
            article = self._some_article()
            by = self.rng.choice(self.staff.agents).username if self.rng.random() < 0.7 else ""
            self._feedback(article.external_id, by, self._some_moment(), text="", helpful=True)

    def _feedback(self, slug: str, by: str, at: datetime, *, text: str, helpful: bool = False) -> Feedback:
        article = self.articles[slug]
        said = self.rows.add(Feedback(article=article, version=article.version, helpful=helpful, text=text, at=at))
        said.by = self.staff.users[by] if by else None
        return said

    def _ask(self) -> None:
        for told in self.told["gaps"]:
            gap = self.rows.add(Gap(query=told["query"], note=told["note"], asked_by=self.staff.users[told["by"]]))
            gap.asked_at = self.clock.back(told["minutes"])
            if "begun" in told:
                gap.article = self.articles[self.told["begun"]["slug"]]
            if "answer" in told:
                gap.answer, gap.closed_at = told["answer"], self.clock.back(told["handled"])
                gap.closed_by = self.staff.users["m.devries"]

    def _search(self) -> None:
        """Write what was searched for: mostly found, sometimes only with other words, sometimes not at all."""
        for _time in range(420):
            article = self._some_article()
            words = [*filter(None, map(str.strip, article.keywords.split(","))), article.title]
            text = self.rng.choice(words)
            first = None
            if (
                len(words) > 1 and self.rng.random() < 0.15
            ):  # the citizen's own words at first, those of the article after that
                first = self._searched(words[0], found=self.rng.randint(1, 3), opened=None)
                text = words[-1]
            self._searched(text, found=self.rng.randint(2, 14), opened=article, after=first)
        for text, times in self.told["unanswered"]:
            for _time in range(times):
                self._searched(text, found=0, opened=None)

    def _searched(self, text: str, *, found: int, opened: Article | None, after: Searching | None = None) -> Searching:
        """Write one question; after is what the same person searched for just before, in other words."""
        at, chain = self._some_moment(), self._uuid()
        place = self.rng.choices(["page", "desk", "public"], [5, 4, 2])[0]
        row = self.rows.add(Searching(chain=chain, at=at, place=place, text=text.lower()[:200], found=found))
        row.folded = fold(text.lower())[:200]
        if after is not None:
            row.chain, row.place, row.step, row.begun = after.chain, after.place, 2, after.folded
            row.at = at = after.at + timedelta(seconds=self.rng.randint(20, 90))
        if opened is not None and self.rng.random() < 0.8:
            row.opened, row.rank = opened, self.rng.choices([1, 2, 3, 4, 6], [60, 20, 10, 6, 4])[0]
            row.opened_at = at + timedelta(seconds=self.rng.randint(3, 40))
        return row

    def _read(self) -> None:
        """Write how often each article was read on the days behind us; some nobody reads."""
        today = self.clock.now.astimezone(LOCAL).date()
        for place, article in enumerate(self._readable()):
            weight = self._weight(place)
            if not article.internal:
                weight = max(weight, 0.3)  # what answers citizens is read
            if weight < 0.2:
                continue
            for ago in range(DAYS):
                day = today - timedelta(days=ago)
                for public in (False, True):
                    count = int(
                        self.rng.expovariate(1) * weight * (2 if public else 5) * (1 if day.weekday() < 5 else 0.2)
                    )
                    if count:
                        copied = 0 if public else self.rng.randint(0, count // 3)
                        self.rows.add(Reads(article=article, day=day, public=public, count=count, copied=copied))

    def _wear(self) -> None:
        """Write what becomes unreliable by itself: an address at which nothing answers, an article that will be over."""
        for told in self.told["broken"]:
            link = self.rows.add(Link(article=self.articles[told["slug"]], url=told["url"], error=told["error"]))
            link.failures, link.failed_since, link.checked_at = 3, self._ago(told["days"]), self._ago(0.5)
            link.next_check_at = self.clock.now + timedelta(days=1)
        for slug, days in self.told["over"].items():
            self.articles[slug].valid_until = self.clock.now.astimezone(LOCAL).date() + timedelta(days=days)

    # What colleagues must know

    def _announce(self, versions: list[Version]) -> None:
        for told in self.told["bulletins"]:
            begun = (
                self.clock.now - timedelta(minutes=told["begun"]) if "hours" in told else self.clock.back(told["begun"])
            )
            bulletin = self.rows.add(
                Bulletin(kind=told["kind"], title=told["title"], text=told["text"], starts_at=begun)
            )
            bulletin.article = self.articles[told["article"]] if "article" in told else None
            bulletin.important, bulletin.written_by = told.get("important", False), self.staff.users[told["by"]]
            bulletin.ends_at = self.clock.now + timedelta(hours=told["hours"]) if "hours" in told else None
            bulletin.created_at = bulletin.changed_at = begun
            for login in (*told.get("read", []), *told.get("confirmed", [])):
                self._has_read(bulletin, self.staff.users[login], confirmed=login in told.get("confirmed", []))
        for version in versions:
            at = version.published_at or self.clock.now
            bulletin = self.rows.add(Bulletin(kind="change", title=version.title[:150], text=version.summary))
            bulletin.article, bulletin.version, bulletin.written_by = version.article, version, version.written_by
            bulletin.starts_at = bulletin.created_at = bulletin.changed_at = at

    def _has_read(self, bulletin: Bulletin, user: User, *, confirmed: bool) -> None:
        at = min(bulletin.starts_at + timedelta(minutes=self.rng.randint(10, 400)), self.clock.now)
        self.rows.add(BulletinRead(bulletin=bulletin, user=user, read_at=at, confirmed_at=at if confirmed else None))

    def _teach(self) -> None:
        """Write the reading list of a colleague who began this week, and of one who reads it again, both half-way."""
        told, given_at = self.told["reading"], self.clock.back(self.told["reading"]["minutes"])
        lead = self.staff.users[told["by"]]
        readers = [(self.staff.users[login], done) for login, done in told["readers"].items()]
        made = self.rows.add(
            ReadingList(title=told["title"], text=told["text"], created_at=given_at - timedelta(days=90))
        )
        for place, slug in enumerate(told["articles"], 1):
            article = self.articles[slug]
            self.rows.add(ReadingItem(list=made, article=article, place=place))
            at = self.clock.back(told["minutes"] - 120 * place)
            for reader in [reader for reader, done in readers if place <= done]:
                self.rows.add(ArticleRead(article=article, user=reader, version=article.version, at=at))
        due = self.clock.now.astimezone(LOCAL).date() + timedelta(days=4)
        for reader, _done in readers:
            self.rows.add(Reader(list=made, user=reader, given_at=given_at, given_by=lead, due_on=due))

    # Chances

    def _readable(self) -> list[Article]:
        return [article for article in self.articles.values() if article.published_at]

    def _weight(self, place: int) -> float:
        """Give how much the article at this place is asked for: few a lot, most a little, some never."""
        return [3.0, 0.4, 1.0, 0.3, 0.05, 0.6, 2.0, 0.3][place % 8]

    def _some_article(self) -> Article:
        found = self._readable()
        return self.rng.choices(found, [self._weight(place) for place in range(len(found))])[0]

    def _some_moment(self) -> datetime:
        return self.clock.back(self.rng.uniform(5, DAYS * 360))

    def _ago(self, days: float) -> datetime:
        return self.clock.back(60, start=self.clock.now - timedelta(days=days))

    def _midnight(self, *, days: int) -> datetime:
        day = self.clock.now.astimezone(LOCAL) + timedelta(days=days)
        return day.replace(hour=0, minute=0, second=0, microsecond=0)

    def _editor(self, number: int) -> User:
        return self.staff.users["m.devries" if number % 2 else "l.visser"]

    def _uuid(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)


def in_json(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)[1:-1]


def index() -> None:
    """Have the search know every article."""
    found: Iterable[int] = list(Article.objects.order_by("pk").values_list("pk", flat=True))
    pks = list(found)
    for begin in range(0, len(pks), AT_ONCE):
        Indexed.keep(list(Article.objects.filter(pk__in=pks[begin : begin + AT_ONCE])))

"""Articles of a file written into the knowledge base: all of them or none, and nothing when nothing changed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _t

from accounts.models import User
from knowledge.exchange.entry import Entry, Findings, Mistake, Standing, Unusable
from knowledge.exchange.item import UNSTORABLE, shown
from knowledge.exchange.surroundings import Surroundings
from knowledge.models import Article, Editorial, Version
from knowledge.models.indexed import Indexed
from knowledge.models.text import Text

AT_ONCE = 500
ONE_AT_A_TIME = 7_100_531  # of the lock in the database
ABOUT = ("kind", "audience", "language", "internal", "team_id", "topic_id", "product_id", "valid_from", "valid_until")
SAVED = (
    *("title", "short_answer", "keywords", "sections", "sources", "body", "kind", "audience", "language", "internal"),
    *("team_id", "topic_id", "product_id", "valid_from", "valid_until", "version", "review_on"),
    *("published_at", "withdrawn_at", "changed_at"),
)
WORDS = tuple(name.removesuffix("_id") for name in SAVED)


@dataclass
class Result:
    """What reading a file in did, or would do."""

    new: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    unchanged: int = 0
    warnings: list[Mistake] = field(default_factory=list)


class Intake:
    """Takes the entries of one file in."""

    def __init__(self, *, source: str, by: User | None, concept: bool) -> None:
        self.summary = UNSTORABLE.sub("", _t("Ingelezen uit %(source)s") % {"source": source})[:300]
        self.by, self.concept, self.now = by, concept, timezone.now()
        self.review_on = Editorial.current().next_review(timezone.localdate())
        self.findings, self.result = Findings(), Result()

    def take(self, entries: list[Entry], *, dry: bool = False) -> Result:
        """Write them all, and say what changed; a dry run only says it. Raises Unusable."""
        try:
            self._take_all(entries, dry=dry)
        except IntegrityError as error:  # what a constraint says is the last word, and seldom the first
            words = _t("Dit botst met een artikel dat er al is (%(error)s).") % {"error": shown(str(error))}
            raise Unusable([Mistake(words)]) from error
        done = self.result
        done.unchanged = len(entries) - len(done.new | done.changed | done.withdrawn)
        done.warnings = self.findings.warnings
        return done

    def _take_all(self, entries: list[Entry], *, dry: bool) -> None:
        with transaction.atomic():
            _alone()
            self.around = Surroundings(entries, self.findings)
            for begin in range(0, len(entries), AT_ONCE):
                self._take_some(entries[begin : begin + AT_ONCE])
            self.result.changed |= self.around.connect(entries) - self.result.new
            if self.findings.mistakes:
                raise Unusable(self.findings.mistakes)
            if dry:
                transaction.set_rollback(True)

    def _take_some(self, entries: list[Entry]) -> None:
        known = {article.external_id: article for article in _locked([entry.id for entry in entries])}
        drafts, numbers = _drafts(known.values()), _numbers(known.values())
        self.saved: list[Article] = []
        self.versions: list[Version] = []
        self.rewritten: list[Version] = []
        self.gone: list[Article] = []
        made = [self._new(entry) for entry in entries if entry.id not in known]
        Article.objects.bulk_create(made)
        for article in made:
            self.versions.append(self._version(article, number=1 if article.published_at else None))
        for entry in entries:
            old = known.get(entry.id)
            if old is not None:
                self._change(old, entry, drafts.get(old.pk), numbers.get(old.pk, 0))
        Article.objects.bulk_update(self.saved, WORDS)
        Version.objects.bulk_create(self.versions)
        Version.objects.bulk_update(self.rewritten, REWRITTEN)
        Version.objects.scheduled().filter(article__in=self.gone).update(publish_at=None)
        Indexed.keep([*made, *self.saved])

    def _new(self, entry: Entry) -> Article:
        article = Article(external_id=entry.id, review_on=self.review_on, keywords="", sources=[])
        self._describe(article, entry)
        _speak(article, entry)
        article.body = article.html
        if entry.standing == Standing.WITHDRAWN:
            article.withdrawn_at = self.now
        elif entry.standing == Standing.CURRENT and not self.concept:
            article.published_at = self.now
        self.result.new.add(entry.id)
        return article

    def _change(self, article: Article, entry: Entry, draft: Version | None, number: int) -> None:
        """Bring one article that is known to what the file says."""
        before = _picture(article)
        if self.concept and article.published_at is not None:
            self._leave(article, entry)
        else:
            self._describe(article, entry)
        said = Version(article=article)
        said.take(article)
        _speak(said, entry)
        if not _same(said, article) or self._must_publish(article, entry):
            self._write(article, entry, said, draft, number)
        self._stand(article, entry)
        if _picture(article) != before:
            article.body, article.changed_at = article.html, self.now
            self.saved.append(article)
            self.result.changed.add(entry.id)

    def _must_publish(self, article: Article, entry: Entry) -> bool:
        return article.published_at is None and entry.standing == Standing.CURRENT and not self.concept

    def _write(self, article: Article, entry: Entry, said: Version, draft: Version | None, number: int) -> None:
        """Let the article have these words: as its next version, or as a concept that waits for an editor."""
        aside = self.concept or (entry.standing == Standing.CONCEPT and article.published_at is None)
        if aside and draft is None and article.published_at is not None:
            self.versions.append(self._begun(said))
            self.result.changed.add(entry.id)
            return
        if aside:
            self._rewrite(article, entry, said, draft)
            return
        article.take(said)
        article.version = number + 1
        article.published_at = article.published_at or self.now
        if article.review_on is None or article.is_overdue:
            article.review_on = self.review_on
        if draft is not None and (_same(draft, said) or self._is_ours(draft)):
            self._publish(draft, said, number + 1)
        else:
            self.versions.append(self._version(article, number=number + 1))

    def _rewrite(self, article: Article, entry: Entry, said: Version, draft: Version | None) -> None:
        """Have these words in the concept that is open, when it came out of a file too."""
        if draft is None:
            self.versions.append(self._begun(said))
        elif _same(draft, said):
            return
        elif not self._is_ours(draft):
            words = _t("Een collega schrijft aan dit artikel. Vraag om het eerst te publiceren of weg te gooien.")
            self.findings.mistakes.append(Mistake(words, entry.place, entry.id))
            return
        else:
            draft.take(said)
            draft.submitted_at = draft.submitted_by = draft.approved_at = draft.approved_by = draft.publish_at = None
            draft.changed_at, draft.page = self.now, None
            self._sign(draft)
            self.rewritten.append(draft)
        self.result.changed.add(entry.id)
        if article.published_at is None:
            article.take(said)

    def _publish(self, draft: Version, said: Version, number: int) -> None:
        if not _same(draft, said):
            self._sign(draft)
        draft.take(said)
        draft.number, draft.published_at, draft.published_by = number, self.now, self.by
        draft.summary, draft.publish_at = self.summary, None
        self.rewritten.append(draft)

    def _stand(self, article: Article, entry: Entry) -> None:
        """Withdraw the article or bring it back, as the file says."""
        if entry.standing == Standing.CURRENT:
            article.withdrawn_at = article.withdrawn_at if self.concept else None
        elif article.withdrawn_at is None and (
            entry.standing == Standing.WITHDRAWN or (article.published_at and article.published_at <= self.now)
        ):
            article.withdrawn_at = self.now
            self.gone.append(article)
            self.result.withdrawn.add(entry.id)

    def _leave(self, article: Article, entry: Entry) -> None:
        """Leave what readers know besides the words as it is: who may read it is no concept. Say so if it differs."""
        before = [getattr(article, name) for name in ABOUT]
        self._describe(article, entry)
        if before == [getattr(article, name) for name in ABOUT]:
            return
        for name, value in zip(ABOUT, before, strict=True):
            setattr(article, name, value)
        words = _t("Lezers kennen dit artikel al. Alleen de tekst is overgenomen; wijzig de andere gegevens zelf.")
        self.findings.warnings.append(Mistake(words, entry.place, entry.id))

    def _sign(self, draft: Version) -> None:
        """Write down whose words these are now."""
        draft.written_by = self.by
        draft.writers = sorted({*draft.writers} | ({self.by.pk} if self.by is not None else set()))

    def _describe(self, article: Article, entry: Entry) -> None:
        said: dict[str, Any] = {"kind": entry.kind, "language": entry.language}
        if entry.audience is not None:
            said["audience"] = entry.audience
        if entry.internal is not None:
            said["internal"] = entry.internal
        if entry.says_valid:
            said |= {"valid_from": entry.valid_from, "valid_until": entry.valid_until}
        for name, value in (said | self.around.of(entry)).items():
            setattr(article, name, value)

    def _is_ours(self, draft: Version) -> bool:
        return draft.written_by_id in (None, self.by.pk if self.by else None)

    def _version(self, article: Article, *, number: int | None) -> Version:
        version = self._begun(article, article=article)
        version.number = number
        version.published_at, version.published_by = (self.now, self.by) if number else (None, None)
        return version

    def _begun(self, words: Text, *, article: Article | None = None) -> Version:
        of = article or getattr(words, "article", None)
        version = Version(article=of, summary=self.summary, written_by=self.by, created_at=self.now)
        version.changed_at = self.now
        version.take(words)
        self._sign(version)
        return version


REWRITTEN = (
    *("title", "short_answer", "keywords", "sections", "sources", "number", "summary", "changed_at", "page"),
    *("written_by", "writers"),
    *("submitted_at", "submitted_by", "approved_at", "approved_by", "publish_at", "published_at", "published_by"),
)


def _alone() -> None:
    """Take in one file at a time, so that one that was sent twice is taken in once. Raises Unusable."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            raise Unusable([Mistake(_t("Er wordt al een bestand ingelezen. Probeer het straks nog eens."))])


def _locked(ids: list[str]) -> Iterable[Article]:
    return Article.objects.select_for_update(of=("self",)).filter(external_id__in=ids).order_by("pk")


def _drafts(articles: Iterable[Article]) -> dict[int, Version]:
    found = Version.objects.open().filter(article__in=list(articles))
    return {version.article_id: version for version in found}


def _numbers(articles: Iterable[Article]) -> dict[int, int]:
    """Give the last number of each article that was ever published."""
    rows = Version.objects.filter(article__in=list(articles)).exclude(number=None).order_by()
    return dict(rows.values("article").annotate(last=Max("number")).values_list("article", "last"))


def _speak(text: Text, entry: Entry) -> None:
    """Have the words of the entry; what differs in white space only stays as it is."""
    if text.title.split() != entry.title.split():
        text.title = entry.title
    if _lines(text.short_answer) != _lines(entry.short_answer):
        text.short_answer = entry.short_answer
    text.sections = list(entry.sections)
    if entry.keywords is not None and text.keywords.strip() != entry.keywords.strip():
        text.keywords = entry.keywords
    if entry.sources is not None:
        text.sources = entry.sources


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


def _same(one: Text, other: Text) -> bool:
    return one.says_the_same(other)


def _picture(article: Article) -> tuple[Any, ...]:
    return tuple(getattr(article, name) for name in SAVED if name != "changed_at")


def take_in(
    entries: list[Entry], *, source: str, by: User | None = None, concept: bool = False, dry: bool = False
) -> Result:
    """Write the articles of a file; all or nothing. Raises Unusable."""
    return Intake(source=source, by=by, concept=concept).take(entries, dry=dry)

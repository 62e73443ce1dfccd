"""Articles of a file written into the knowledge base: all of them or none, and nothing when nothing changed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import locks
from accounts.models import User
from knowledge.exchange.entry import Entry, Findings, Mistake, Standing, Unusable
from knowledge.exchange.item import UNSTORABLE, shown
from knowledge.exchange.surroundings import Surroundings
from knowledge.models import Article, Editorial, Version
from knowledge.models.bell import tell
from knowledge.models.indexed import Indexed
from knowledge.models.text import Text

AT_ONCE = 500
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

    def told(self, total: int) -> str:
        """Give in a line what was done of so many articles that were read."""
        counts = {
            "total": total, "new": len(self.new), "changed": len(self.changed), "unchanged": self.unchanged,
            "withdrawn": len(self.withdrawn),
        }  # fmt: skip
        words = _t(
            "%(total)s artikelen gelezen: %(new)s nieuw, %(changed)s gewijzigd, "
            "%(unchanged)s ongewijzigd, %(withdrawn)s ingetrokken."
        )
        return words % counts


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
        self.reopened: list[tuple[Article, Version, set[User | None]]] = []
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
        for planned in Version.objects.scheduled().filter(article__in=self.gone):
            planned.hold(by=self.by)
        self._tell()
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
        before, opens, internal = _picture(article), self._opens(article, entry, draft), article.internal
        if self.concept and article.published_at is not None:
            self._leave(article, entry, opens=opens)
        else:
            self._describe(article, entry)
            article.internal = article.internal or opens
        said = Version(article=article, opens=opens)
        said.take(article)
        _speak(said, entry)
        if not _same(said, article) or self._must_publish(article, entry):
            self._write(article, entry, said, draft, number)
        elif opens:
            self._open_up(entry, said, draft)
        if draft is not None and draft.is_open and article.internal != internal:
            self._mind_readers(article, entry, draft)
        self._stand(article, entry)
        if _picture(article) != before:
            article.body, article.changed_at = article.html, self.now
            self.saved.append(article)
            self.result.changed.add(entry.id)

    def _opens(self, article: Article, entry: Entry, draft: Version | None) -> bool:
        """Say whether an article that colleagues have, or are to approve, becomes public with its next version."""
        looked_at = article.published_at is not None or (draft is not None and draft.state != "draft")
        return self.concept and article.internal and entry.internal is False and looked_at

    def _open_up(self, entry: Entry, said: Version, draft: Version | None) -> None:
        """Have the concept make the article public, with the words it has."""
        if draft is not None and draft.opens:
            return
        if draft is None:
            self.versions.append(self._begun(said))
        elif self._may_write_in(draft, entry):
            self._begin_again(said.article, draft, opens=True)
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
            draft.opens = draft.opens and not article.internal
            self._publish(draft, said, number + 1)
        else:
            self.versions.append(self._version(article, number=number + 1))
            if draft is not None:
                self._outdate(article, entry, draft)

    def _outdate(self, article: Article, entry: Entry, draft: Version) -> None:
        """Have a version looked at anew, for readers have something else than it was written over; its words stay."""
        self._reopen(article, draft)
        words = _t("Van dit artikel is ook een versie in bewerking. Die is nu een concept. Wie eraan werkte hoort dat.")
        self.findings.warnings.append(Mistake(words, entry.place, entry.id))

    def _mind_readers(self, article: Article, entry: Entry, draft: Version) -> None:
        """Have nobody act on a version they saw as one for other readers, nor citizens get what was approved so."""
        if draft.state != "draft" and not article.internal:
            self._outdate(article, entry, draft)
            return
        draft.changed_at = self.now
        self.rewritten.append(draft)

    def _rewrite(self, article: Article, entry: Entry, said: Version, draft: Version | None) -> None:
        """Have these words in the concept that is open, when it came out of a file too."""
        there = draft is not None and _same(draft, said) and (draft.opens or not said.opens)
        if draft is None:
            begun = self._begun(said)
            begun.writers = sorted({*begun.writers} | article.authors)
            self.versions.append(begun)
        elif there or not self._may_write_in(draft, entry):
            return
        else:
            draft.take(said)
            self._begin_again(article, draft, opens=said.opens)
        self.result.changed.add(entry.id)
        if article.published_at is None:
            article.take(said)

    def _may_write_in(self, draft: Version, entry: Entry) -> bool:
        """Say whether this concept came out of a file too, or is of who reads this one in; else that is a mistake."""
        if not self._is_ours(draft):
            words = _t("Een collega schrijft aan dit artikel. Vraag om het eerst te publiceren of weg te gooien.")
            self.findings.mistakes.append(Mistake(words, entry.place, entry.id))
        return self._is_ours(draft)

    def _begin_again(self, article: Article, draft: Version, *, opens: bool) -> None:
        """Have what was written in a concept looked at anew."""
        self._reopen(article, draft)
        draft.page, draft.opens = None, draft.opens or opens
        self._sign(draft)

    def _reopen(self, article: Article, draft: Version) -> None:
        """Take back that a version was offered, approved or planned; who wrote, offered or planned it hears that."""
        self.reopened.append((article, draft, {draft.written_by, draft.submitted_by, draft.planner}))
        draft.take_back()
        draft.publish_at, draft.changed_at = None, self.now
        self.rewritten.append(draft)

    def _tell(self) -> None:
        """Tell whose versions were reopened, and lead them to what differs from what readers have."""
        words = _("Een bestand wijzigde “%(title)s”. De versie in bewerking is nu een concept: vergelijk ze.")
        for article, version, people in self.reopened:
            url = reverse("knowledge:versions", args=[article.uuid])
            tell(people, words, title=version.title or article.title, url=url, by=self.by)
            article.stir()

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

    def _leave(self, article: Article, entry: Entry, *, opens: bool) -> None:
        """Leave what readers know besides the words as it is, and say so if it differs; who may read it can wait."""
        before = [getattr(article, name) for name in ABOUT]
        self._describe(article, entry)
        article.internal = article.internal or opens
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
        opens = isinstance(words, Version) and words.opens
        version = Version(article=of, summary=self.summary, written_by=self.by, created_at=self.now, opens=opens)
        version.changed_at = self.now
        version.take(words)
        self._sign(version)
        return version


REWRITTEN = (
    *("title", "short_answer", "keywords", "sections", "sources", "number", "summary", "changed_at", "page"),
    *("written_by", "writers", "opens"),
    *("submitted_at", "submitted_by", "approved_at", "approved_by", "publish_at", "published_at", "published_by"),
)


def _alone() -> None:
    """Take in one file at a time, so that one that was sent twice is taken in once. Raises Unusable."""
    if not locks.take("intake:articles"):
        raise Unusable([Mistake(_t("Er wordt al een bestand ingelezen. Probeer het straks nog eens."))])


def _locked(ids: list[str]) -> Iterable[Article]:
    return Article.objects.select_for_update(of=("self",)).filter(external_id__in=ids).order_by("pk")


def _drafts(articles: Iterable[Article]) -> dict[int, Version]:
    people = ("written_by", "submitted_by", "published_by")
    found = Version.objects.open().filter(article__in=list(articles)).select_related(*people)
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

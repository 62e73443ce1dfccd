"""What stands on the board of the knowledge base: tables that the screen and the files share."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _t

from accounts.models import Role, User
from insights import knowledge_means as means
from insights import searches
from insights.figures import Share
from insights.knowledge_scope import KnowledgeScope
from insights.models import QUESTIONS
from insights.models.week import bounds
from insights.searches import Asked, Chain
from insights.sums import add_up, total
from insights.tables import Cell, Line, Table
from knowledge.models import Article, Feedback, Gap
from knowledge.models.usefulness import FIGURES

TOP = 6  # lines of a panel that shows the most of something
SORTED = 25  # articles on the page; the file has all
MOST = 5_000  # lines of one table in a file


@dataclass(frozen=True)
class Week:
    """What was searched in one week."""

    start: date
    figures: Counter[str]

    @property
    def number(self) -> int:
        return self.start.isocalendar().week

    @property
    def nothing_share(self) -> Share:
        return Share(self.figures["nothing"], self.figures["asked"])

    @property
    def unclicked_share(self) -> Share:
        return Share(self.figures["unclicked"], self.figures["found"])


@dataclass(frozen=True)
class KnowledgeBoard:
    """The figures of one scope, for this colleague."""

    scope: KnowledgeScope
    user: User

    @property
    def edits(self) -> bool:
        return self.user.has_role(Role.EDITOR)

    @cached_property
    def _by_week(self) -> dict[date, Counter[str]]:
        return searches.by_week(self.scope)

    @cached_property
    def weeks(self) -> list[Week]:
        """Give the weeks of the drawings, those without anything too."""
        return [Week(week, self._by_week[week]) for week in self.scope.period.trend]

    @cached_property
    def figures(self) -> Counter[str]:
        return total(self._by_week[week] for week in self.scope.period.weeks)

    @cached_property
    def figures_before(self) -> Counter[str]:
        """Give the same over as many weeks just before."""
        return total(self._by_week[week] for week in self.scope.period.before)

    @cached_property
    def tops(self) -> dict[str, list[Asked]]:
        return searches.tops(self.scope, most=TOP)

    @cached_property
    def chains(self) -> list[Chain]:
        return searches.chains(self.scope, most=TOP)

    @cached_property
    def answered(self) -> tuple[Share, Share]:
        """Give which part of what the contact centre answered itself had an article, in the period and before it."""
        period, known = self.scope.period, self.scope.known
        weeks = add_up(QUESTIONS, sorted({*period.weeks, *period.before}), by=("week",), known=known)
        now, earlier = (
            total(row for (week,), row in weeks.items() if week in set(chosen))["answered"]
            for chosen in (period.weeks, period.before)
        )
        with_before, with_now = searches.answered_with_article(
            self.scope, bounds(period.before[0])[0], self.scope.start
        )
        return Share(min(with_now, now), now), Share(min(with_before, earlier), earlier)

    @cached_property
    def articles(self) -> dict[str, int]:
        """Give how many articles are kept now, and how many of them are overdue for their check."""
        kept = Article.objects.kept(now=self.scope.now)
        late = Article.objects.kept(now=self.scope.now).overdue(today=timezone.localdate(self.scope.now))
        return {"kept": kept.count(), "overdue": late.count()}

    @cached_property
    def feedback(self) -> dict[str, int]:
        """Give how much of what readers said is wrong must still be looked at, and how much of that is late."""
        rows = Feedback.objects.open()
        return rows.aggregate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=self.scope.now)))

    def questions(self, name: str, rows: list[Asked] | None = None) -> Table:
        """Give the questions with the most of one figure: without a result, without a click, or asked at all."""
        title = {
            "nothing": _t("Zonder resultaat"),
            "unclicked": _t("Wel gevonden, niets geopend"),
            "asked": _t("Meest gezocht"),
        }[name]
        shown = self.tops[name] if rows is None else rows
        gaps = Gap.objects.by_words(asked.row.folded for asked in shown) if name == "nothing" and rows is None else {}
        lines = [self._question(name, asked, gaps.get(asked.row.folded)) for asked in shown]
        more = [_t("Zonder resultaat"), _t("Zonder klik")] if name == "asked" else []
        head = [_t("Gezocht op"), _t("Keer"), *more]
        return Table(name, title, head, lines, means.PANELS[name], _t("Niets in deze periode."))

    def followed(self, rows: list[Chain] | None = None) -> Table:
        """Give from which words to which people went on."""
        lines = [
            Line(
                _t("%(begin)s → %(end)s") % {"begin": chain.row.begun, "end": chain.row.text},
                [
                    Cell(chain.times, self.list_url("ended", like=str(chain.row.uuid))),
                    Cell(chain.opened, share=Share(chain.opened, chain.times), is_alone=True),
                ],
                bar=f"{chain.row.begun} | {chain.row.text}",
            )
            for chain in (self.chains if rows is None else rows)
        ]
        head = [_t("Eerste en laatste woorden"), _t("Keer"), _t("Daarna geopend")]
        return Table("chains", _t("Met andere woorden verder"), head, lines, means.PANELS["chains"],
                     _t("Niemand zocht met andere woorden verder."))  # fmt: skip

    def most_used(self) -> Table:
        """Give the articles that answered the most contacts in the period."""
        lines = [
            Line(
                article.title, [Cell(vars(article)["used"]), Cell(vars(article)["read"])], url=self.article_url(article)
            )
            for article in self._useful().most_useful("used")[:TOP]
            if vars(article)["used"]
        ]
        head = [_t("Artikel"), _t("Gebruikt"), _t("Gelezen")]
        return Table("used", _t("Meest gebruikt"), head, lines, means.PANELS["used"], _t("Geen artikel is gebruikt."))

    def never_used(self) -> Table:
        """Give the articles nobody used and hardly anybody read in the period, those published longest ago first."""
        rows = Article.objects.kept(now=self.scope.now).unused(since=self.scope.start).with_card()
        lines = [
            Line(article.title, [Cell(_day(article.published_at))], url=self.article_url(article))
            for article in rows[:TOP]
        ]
        head = [_t("Artikel"), _t("Gepubliceerd")]
        return Table("unused", _t("Nooit gebruikt"), head, lines, means.PANELS["unused"],
                     _t("Elk artikel is gebruikt of gelezen."))  # fmt: skip

    def departments(self) -> Table:
        """Give every department with its articles, those overdue for a check, and what is said to be wrong in them."""
        today = timezone.localdate(self.scope.now)
        kept = Article.objects.kept(now=self.scope.now)
        late = Q(pk__in=Article.objects.kept(now=self.scope.now).overdue(today=today).values("pk"))
        rows = kept.order_by("team__name").values("team__name", "team__uuid")
        rows = rows.annotate(articles=Count("pk"), overdue=Count("pk", filter=late))
        feedback = self._feedback_of_teams()
        lines = []
        for row in rows:
            of_team = feedback.get(row["team__uuid"], {"open": 0, "late": 0})
            url = {name: self._editorial(name, row["team__uuid"]) for name in ("overdue", "feedback", "late")}
            lines.append(
                Line(
                    row["team__name"] or _t("Geen afdeling"),
                    [
                        Cell(row["articles"]),
                        Cell(row["overdue"], url["overdue"] if row["overdue"] else "",
                             state="warn" if row["overdue"] else ""),
                        Cell(of_team["open"], url["feedback"] if of_team["open"] else ""),
                        Cell(of_team["late"], url["late"] if of_team["late"] else "",
                             state="warn" if of_team["late"] else ""),
                    ],
                )
            )  # fmt: skip
        head = [_t("Afdeling"), _t("Artikelen"), _t("Te controleren"), _t("Meldingen open"), _t("Te laat")]
        return Table("departments", _t("Per afdeling"), head, lines, means.PANELS["departments"], _t("Geen artikelen."))

    def usefulness(self, sort: str, *, most: int = SORTED) -> Table:
        """Give what every article was good for, by one of its figures; with a - before it the least first."""
        rows = self._useful().most_useful(sort.lstrip("-"), least=sort.startswith("-")).with_card()
        lines = [self._usefulness(article) for article in rows.select_related("team")[:most]]
        head = [_t("Artikel"), *(str(means.COLUMNS[name]) for name in FIGURES)]
        return Table(
            "articles", _t("Wat artikelen opleveren"), head, lines, means.PANELS["articles"], _t("Geen artikelen.")
        )

    def by_week(self) -> Table:
        """Give every week of the drawings, the last one first."""
        lines = [
            Line(
                _t("Week %(number)d") % {"number": week.number},
                [
                    Cell(week.figures["asked"]),
                    Cell(week.figures["nothing"], share=week.nothing_share),
                    Cell(week.figures["unclicked"], share=week.unclicked_share),
                    Cell(week.figures["again"], share=Share(week.figures["again"], week.figures["chains"])),
                ],
                sub=date_format(week.start, _t("j b Y")),
            )
            for week in reversed(self.weeks)
        ]
        head = [_t("Week"), _t("Gezocht"), _t("Zonder resultaat"), _t("Zonder klik"), _t("Opnieuw gezocht")]
        return Table("weeks", _t("Per week"), head, lines, means.PANELS["weeks"])

    def list_url(self, what: str, **more: str) -> str:
        """Give the address of the questions behind a figure."""
        return f"{reverse('insights:knowledge_list')}?{urlencode({'what': what} | self.scope.query | more)}"

    def article_url(self, article: Article) -> str:
        """Give where this article is looked after, or for who may not do that where it is read."""
        return reverse("knowledge:check", args=[article.uuid]) if self.edits else article.get_absolute_url()

    def _editorial(self, name: str, team: Any = None) -> str:
        """Give the list of the editors that shows these rows, for who sees all of them."""
        if not self.edits:
            return ""
        query = f"?{urlencode({'team': team})}" if team else ""
        return reverse("knowledge:editorial_list", args=[name]) + query

    def _feedback_of_teams(self) -> dict[UUID | None, dict[str, int]]:
        late = Count("pk", filter=Q(due_at__lt=self.scope.now))
        rows = Feedback.objects.open().order_by().values_list("article__team__uuid")
        return {team: {"open": n, "late": of_them} for team, n, of_them in rows.annotate(n=Count("pk"), late=late)}

    def _useful(self) -> Any:
        kept = Article.objects.kept(now=self.scope.now)
        return kept.with_usefulness(since=self.scope.start, until=self.scope.end)

    def _question(self, name: str, asked: Asked, gap: Gap | None) -> Line:
        """Give a question with its figures, and where it stands when its article was asked for already."""
        like, figures = str(asked.row.uuid), asked.figures
        cells = [Cell(figures[name], self.list_url(name, like=like))]
        for what in ("nothing", "unclicked") if name == "asked" else ():
            cells.append(Cell(figures[what], self.list_url(what, like=like) if figures[what] else ""))
        return Line(asked.row.text, cells, url=gap.get_absolute_url() if gap is not None else "", bar=like)

    def _usefulness(self, article: Article) -> Line:
        found = vars(article)
        said = Share(found["helped"], found["helped"] + found["wrong"])
        cells = [Cell(found[name]) for name in ("read", "copied", "used")]
        cells += [Cell(found["helped"], share=said) if said.whole else Cell(0)]
        cells += [Cell(found["wrong"])]
        cells += [Cell(found["pending"], self.article_url(article) if self.edits and found["pending"] else "")]
        return Line(article.title, cells, url=self.article_url(article), sub=article.team.name if article.team else "")


def _day(moment: Any) -> str:
    return date_format(timezone.localtime(moment), _t("j b Y")) if moment else ""

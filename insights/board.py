"""What stands on each page of the board, as tables that the screen and the files share."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _t
from django.utils.translation import pgettext

from accounts.models import Team, User
from contacts.models import Topic
from insights import means
from insights.figures import AGES, Figures, Now, Waiting, standing, waiting
from insights.lists import PAST
from insights.models.facts import CAUSES, TRIES
from insights.scope import Scope, iso
from insights.sums import total
from insights.tables import Cell, Line, Table, Where, count, list_url, share

ON_TIME, ANSWERED, TRANSFERRED = 90, 80, 12  # the office's norms, in percent
TOP = 6  # lines of a panel that shows the most of something
NOTHING: Counter[str] = Counter()


@dataclass(frozen=True)
class Board:
    """The figures of one scope, for who leads these teams."""

    scope: Scope
    user: User

    @cached_property
    def figures(self) -> Figures:
        return Figures(self.scope)

    @cached_property
    def waiting(self) -> list[Waiting]:
        return waiting(self.scope)

    @cached_property
    def standing(self) -> Now:
        return standing(self.scope, self.waiting)

    @cached_property
    def people(self) -> list[User]:
        """Give who this lead sees figures of: the people of the own teams, and the lead."""
        mine = User.objects.filter(is_active=True, teams__in=self.user.team_ids)
        found = {person.pk: person for person in mine.order_by("last_name", "first_name", "pk")}
        found.setdefault(self.user.pk, self.user)
        return list(found.values())

    def age(self) -> Table:
        """Give the open callbacks by their age in working days, and those of nobody."""
        found = total(row.ages for row in self.waiting)
        lines = [Line(_age(name), [count(name, found, self.scope)], bar=name) for name in AGES]
        since = self.standing.unassigned_since
        nobody = Counter({"unassigned": self.standing.unassigned})
        sub = _t("langst sinds %(moment)s") % {"moment": _moment(since)} if since else ""
        lines.append(Line(_t("Niet toegewezen"), [count("unassigned", nobody, self.scope)], sub=sub))
        return Table("age", _t("Hoe lang open"), [_t("Gevraagd"), _t("Open")], lines, means.AGE)

    def why(self) -> Table:
        """Give why callbacks were not in time, and why they ended without an answer."""
        figures = self.figures.promises
        lines = [self._why(name, label, depth) for name, label, depth in WHY_LATE]
        lines += [
            self._why(f"cause_{cause}", str(PAST[f"cause_{cause}"]).partition(": ")[2].capitalize(), 1)
            for cause in (*CAUSES, "unknown")
            if figures[f"cause_{cause}"]
        ]
        head = [_t("Wat er gebeurde"), _t("Aantal"), _t("Deel")]
        return Table("why", _t("Waarom niet op tijd"), head, lines if figures["ended"] else [], means.WHY, _empty())

    def attempts(self) -> Table:
        """Give how often was tried before callbacks ended, and how often their citizens called again."""
        figures, scope = self.figures.promises, self.scope
        names = [*(f"tries_{n}" for n in range(TRIES + 1)), "missed_three", "repeated"]
        lines = [
            Line(str(PAST[name]), [count(name, figures, scope), share(name, "ended", figures, scope).alone()], bar=name)
            for name in names
        ]
        head = [_t("Pogingen"), _t("Aantal"), _t("Deel")]
        return Table(
            "attempts",
            _t("Pogingen en opnieuw bellen"),
            head,
            lines if figures["ended"] else [],
            means.ATTEMPTS,
            _empty(),
        )

    def errors(self, *, most: int | None = TOP) -> Table:
        """Give from which team to which callbacks went because they were with the wrong one, the most first."""
        rows = sorted(self.figures.errors.items(), key=lambda item: (-item[1]["errors"], str(item[0])))[:most]
        teams, topics = (
            self._teams({key[0] for key, _ in rows} | {key[1] for key, _ in rows}),
            self._topics({key[2] for key, _ in rows}),
        )
        lines = []
        for (team, to, topic), figures in rows:
            where = {"team": _uuid(teams.get(team)), "to": _uuid(teams.get(to)), "topic": _uuid(topics.get(topic))}
            names = {"start": _name(teams.get(team)), "end": _name(teams.get(to))}
            cells = [count(what, figures, self.scope, where) for what in ("returned", "forwarded")]
            lines.append(Line(_t("%(start)s → %(end)s") % names, cells, sub=self._topic(topics, topic)))
        head = [_t("Van en naar"), pgettext("terugbelverzoek", "Terug"), _t("Doorgestuurd")]
        return Table(
            "errors", _t("Verkeerd terechtgekomen"), head, lines, means.ERRORS, _t("Niets kwam verkeerd terecht.")
        )

    def passed(self, *, most: int | None = TOP) -> Table:
        """Give the topics of which the most questions ended in a callback."""
        rows = sorted(self.figures.questions_by_topic.items(), key=lambda item: (-item[1]["callbacks"], str(item[0])))
        rows = [item for item in rows if item[1]["callbacks"]][:most]
        topics = self._topics({key for key, _ in rows})
        lines = []
        for key, figures in rows:
            where = {"topic": _uuid(topics.get(key))}
            cells = [
                count("callbacks", figures, self.scope, where),
                share("callbacks", "questions", figures, self.scope, where).alone(),
            ]
            lines.append(Line(self._topic(topics, key), cells))
        head = [_t("Onderwerp"), _t("Aantal"), _t("Deel van de contacten")]
        return Table("passed", _t("Eindigt in een terugbelverzoek"), head, lines, means.PASSED, _empty())

    def by_team(self) -> Table:
        """Give every department with what waits and how promises were kept."""
        promises, questions = self.figures.promises_by_team, self.figures.questions_by_team
        open_now = {row.uuid: row for row in self.waiting}
        teams = self._teams({*promises, *(key for key, row in questions.items() if row["callbacks"])})
        teams |= {team.pk: team for team in Team.objects.filter(uuid__in=open_now)}
        errors = Counter[int]()
        for (team, _to, _topic), row in self.figures.errors.items():
            errors[team] += row["errors"]
        lines = []
        for team in sorted(teams.values(), key=lambda team: team.name):
            now = open_now.get(str(team.uuid))
            where = {"team": str(team.uuid)}
            figures = promises.get(team.pk, NOTHING) + Counter({"errors": errors[team.pk]})
            waits = Counter({"open": now.open, "late": now.late} if now else {})
            asked = questions.get(team.pk, NOTHING)
            cells = [count(what, waits, self.scope, where) for what in ("open", "late")]
            cells += self._kept(figures, where)
            cells.append(count("errors", figures, self.scope, where))
            cells.append(share("callbacks", "questions", asked, self.scope, where))
            lines.append(Line(team.name, cells, url=list_url("open", self.scope, **where)))
        head = [
            _t("Afdeling"),
            _t("Open"),
            _t("Te laat"),
            *_kept_head(),
            _t("Verkeerd"),
            _t("Contacten met terugbelverzoek"),
        ]
        return Table("teams", _t("Per afdeling"), head, lines, means.TEAMS, _empty())

    def by_topic(self) -> Table:
        """Give every topic with how promises were kept and how often a question ends in a callback."""
        promises, questions = self.figures.promises_by_topic, self.figures.questions_by_topic
        keys = {*promises, *(key for key, row in questions.items() if row["callbacks"])}
        topics = self._topics(keys)
        lines = []
        for key in sorted(keys, key=lambda key: (key is None, self._topic(topics, key))):
            where = {"topic": _uuid(topics.get(key))}
            cells = self._kept(promises.get(key, NOTHING), where)
            cells.append(share("callbacks", "questions", questions.get(key, NOTHING), self.scope, where))
            lines.append(Line(self._topic(topics, key), cells, sub=_theme(topics.get(key))))
        head = [_t("Onderwerp"), *_kept_head(), _t("Contacten met terugbelverzoek")]
        return Table("topics", _t("Per onderwerp"), head, lines, means.TOPICS, _empty())

    def by_week(self) -> Table:
        """Give every week of the period with how promises were kept, the last one first."""
        promises, lines = self.figures.promises_by_week, []
        for week in reversed(self.scope.period.weeks):
            where = {"period": "week", "week": iso(week)}
            label = _t("Week %(number)d") % {"number": week.isocalendar().week}
            day = date_format(week, _t("j b Y"))
            lines.append(Line(label, self._kept(promises.get(week, NOTHING), where), sub=day))
        return Table("weeks", _t("Per week"), [_t("Week"), *_kept_head()], lines, means.WEEKS)

    def by_person(self) -> Table:
        """Give the people of the own teams, and oneself, with how they kept promises in those teams."""
        teams, people = list(self.user.team_ids), self.people
        found = self.figures.promises_by_person([person.pk for person in people], teams)
        lines = [
            Line(person.name, self._kept(found.get(person.pk, NOTHING), {"person": str(person.uuid)}))
            for person in people
        ]
        return Table("people", _t("Per medewerker"), [_t("Medewerker"), *_kept_head()], lines, means.PEOPLE)

    def _kept(self, figures: Counter[str], where: Where) -> list[Cell]:
        scope = self.scope
        kept = [
            share(what, "ended", figures, scope, where, norm=ON_TIME) for what in ("tried_in_norm", "spoken_in_norm")
        ]
        rest = ("tried_late", "never_tried", "missed_three", "postponed", "repeated")
        return [
            count("ended", figures, scope, where),
            *kept,
            *(count(what, figures, scope, where) for what in rest),
        ]

    def _why(self, name: str, label: Any, depth: int) -> Line:
        figures = self.figures.promises
        return Line(
            str(label),
            [count(name, figures, self.scope), share(name, "ended", figures, self.scope).alone()],
            depth=depth,
        )

    def _teams(self, ids: set[int | None]) -> dict[int | None, Team]:
        return dict(Team.objects.in_bulk([pk for pk in ids if pk is not None]))

    def _topics(self, ids: set[int | None]) -> dict[int | None, Topic]:
        known = Topic.objects.select_related("parent").in_bulk([pk for pk in ids if pk is not None])
        return dict(known)

    def _topic(self, topics: dict[int | None, Topic], key: int | None) -> str:
        topic = topics.get(key)
        return topic.name[:1].upper() + topic.name[1:] if topic else _t("Geen onderwerp")


WHY_LATE = (
    ("tried_late", PAST["tried_late"], 0),
    ("never_tried", PAST["never_tried"], 0),
    ("late_postponed", PAST["late_postponed"], 0),
    ("cancelled", PAST["cancelled"], 0),
)


def _kept_head() -> list[str]:
    return [
        _t("Afgerond of vervallen"), _t("Eerste poging op tijd"), _t("Gesproken op tijd"), _t("Te laat geprobeerd"),
        _t("Niet geprobeerd"), _t("3× gemist"),
        pgettext("terugbelverzoek", "Uitgesteld"), _t("Belde opnieuw"),
    ]  # fmt: skip


def _age(name: str) -> str:
    return {
        "age_0": _t("minder dan 1 werkdag geleden"),
        "age_1": _t("1 werkdag geleden"),
        "age_2": _t("2 werkdagen geleden"),
        "age_3": _t("3 tot 5 werkdagen geleden"),
        "age_6": _t("langer geleden"),
    }[name].capitalize()


def _moment(moment: datetime) -> str:
    return date_format(localtime(moment), "D j b H:i")


def _name(team: Team | None) -> str:
    return team.name if team else ""


def _uuid(row: Team | Topic | None) -> str:
    """Give the word that leaves the rows of this team or topic; of those that have none when it is None."""
    return str(row.uuid) if row else "none"


def _theme(topic: Topic | None) -> str:
    return topic.parent.name if topic and topic.parent else ""


def _empty() -> str:
    return _t("Geen terugbelverzoeken in deze periode.")

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Max, Min
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.worktime import LOCAL
from contacts.models import Contact, Event
from insights.models.facts import ERRORS, FACTS, PROMISES, QUESTIONS, Fact, monday, week_of
from insights.models.tally import Dimension

PATIENCE = "30s"  # for counting one week
GROUPS: dict[str, dict[Dimension, tuple[str, ...]]] = {  # along what each fact is counted, and by which columns
    PROMISES.name: {
        Dimension.ALL: ("team_id", "channel"),
        Dimension.TOPIC: ("team_id", "channel", "topic_id"),
        Dimension.PERSON: ("team_id", "channel", "person_id"),
    },
    QUESTIONS.name: {
        Dimension.ALL: ("team_id", "channel"),
        Dimension.TOPIC: ("team_id", "channel", "topic_id"),
    },
    ERRORS.name: {Dimension.ALL: ("team_id", "to_team_id", "channel", "topic_id")},
}


class Week(models.Model):
    """A week that is over and whose figures stand in the tallies; a week that is not here is counted from the rows."""

    monday = models.DateField(_("maandag"), primary_key=True)
    counted_at = models.DateTimeField(_("geteld op"))

    class Meta:
        verbose_name = _("getelde week")
        verbose_name_plural = _("getelde weken")

    def __str__(self) -> str:
        year, week, _day = self.monday.isocalendar()
        return f"{year}-W{week:02}"

    @classmethod
    @transaction.atomic
    def count(cls, day: date) -> None:
        """Count this week from the rows and put it in the tallies, in place of what stood there; again is the same.

        Of two who count the same week one waits for the other, and then counts what is there by then.
        """
        now = timezone.now()
        cls.objects.get_or_create(monday=day, defaults={"counted_at": now})
        cls.objects.select_for_update().get(monday=day)
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}'")
            for fact in FACTS:
                cursor.execute(f"DELETE FROM {fact.table} WHERE week = %s", [day])
                cursor.execute(*fill(fact, day))
        cls.objects.filter(monday=day).update(counted_at=now)

    @classmethod
    def missing(cls, *, now: datetime) -> list[date]:
        """Give the weeks that are over and not counted yet, the last one first."""
        first = Contact.objects.aggregate(first=Min("happened_at"))["first"]
        if first is None:
            return []
        day, end = max(monday(first).date(), date(2000, 1, 3)), monday(now).date()
        known = set(cls.objects.values_list("monday", flat=True))
        weeks = [day + timedelta(weeks=n) for n in range((end - day).days // 7)]
        return [week for week in reversed(weeks) if week not in known]


def bounds(day: date) -> tuple[datetime, datetime]:
    """Give when the local week of this Monday begins and ends."""
    after = day + timedelta(days=7)
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL), datetime(
        after.year, after.month, after.day, tzinfo=LOCAL
    )


def ranges(weeks: Iterable[date]) -> list[tuple[datetime, datetime]]:
    """Give these weeks as stretches of time, those that follow each other as one."""
    found: list[tuple[datetime, datetime]] = []
    for week in sorted(set(weeks)):
        start, end = bounds(week)
        if found and found[-1][1] == start:
            start, _end = found.pop()
        found.append((start, end))
    return found


def fill(fact: Fact, day: date) -> tuple[str, list[Any]]:
    """Give the statement that writes the tallies of one fact in one week, and its values."""
    rows, values = fact.between([bounds(day)])
    columns = ["team_id", "channel", "topic_id", *fact.also]
    parts = []
    for dimension, by in GROUPS[fact.name].items():
        shown = [name if name in by else f"NULL::bigint AS {name}" for name in columns]
        some = "WHERE person_id IS NOT NULL" if dimension == Dimension.PERSON else ""
        parts.append(
            f"SELECT week, '{dimension}', {', '.join(shown)}, {fact.counts} FROM facts {some} "
            f"GROUP BY week, {', '.join(by)}"
        )
    statement = (
        f"INSERT INTO {fact.table} (week, dimension, {', '.join(columns)}, {', '.join(fact.names)}) "
        f"WITH facts AS MATERIALIZED ({rows}) {' UNION ALL '.join(parts)}"
    )
    return statement, values


# What an event touches: a question where its contact, or a contact of its case, was changed; a callback that ended and
# its way from team to team then too; what happens to a callback touches that callback alone.
TOUCHED = f"""WITH seen AS MATERIALIZED (SELECT contact_id, case_id, kind LIKE 'callback\\_%%' AS is_callback, at
    FROM contacts_event WHERE id > %s AND (contact_id IS NOT NULL OR case_id IS NOT NULL)),
  changed AS MATERIALIZED (SELECT contact_id AS id FROM seen WHERE contact_id IS NOT NULL AND NOT is_callback
    UNION SELECT c.id FROM seen JOIN contacts_contact c ON c.case_id = seen.case_id WHERE seen.contact_id IS NULL),
  about AS MATERIALIZED (SELECT id FROM changed UNION SELECT contact_id FROM seen WHERE is_callback)
SELECT 'questions', {week_of("c.happened_at")} FROM changed JOIN contacts_contact c ON c.id = changed.id
UNION SELECT 'promises', {week_of("coalesce(b.completed_at, b.cancelled_at)")} FROM about
  JOIN callbacks_callback b ON b.contact_id = about.id WHERE b.completed_at IS NOT NULL OR b.cancelled_at IS NOT NULL
UNION SELECT 'errors', {week_of("h.at")} FROM about JOIN callbacks_callback b ON b.contact_id = about.id
  JOIN callbacks_handover h ON h.callback_id = b.id"""


class Watermark(models.Model):
    """Up to which event the tallies are right: the events after it say which weeks must be counted again.

    An event may be written before another and be seen after it, so the last five minutes are always looked at again:
    `settled` is the highest event that was seen at least so long ago, `noted` the one that will be next, `counted` the
    highest that was ever looked at.
    """

    OVERLAP = timedelta(minutes=5)

    settled = models.BigIntegerField()
    noted = models.BigIntegerField()
    noted_at = models.DateTimeField()
    counted = models.BigIntegerField()

    class Meta:
        verbose_name = _("stand van de tellingen")
        verbose_name_plural = _("stand van de tellingen")

    def __str__(self) -> str:
        return str(self.counted)

    @classmethod
    def current(cls, *, now: datetime) -> "Watermark":
        """Give the one there is; in the beginning it stands at the events of five minutes ago."""
        found = cls.objects.first()
        if found is None:
            old = (
                Event.objects.filter(at__lt=now - cls.OVERLAP).order_by("-pk").values_list("pk", flat=True).first() or 0
            )
            found, _created = cls.objects.get_or_create(
                pk=1, defaults={"settled": old, "noted": old, "noted_at": now, "counted": old}
            )
        return found

    @classmethod
    def highest(cls) -> int:
        last: int | None = Event.objects.aggregate(last=Max("pk"))["last"]
        return last or 0

    def advance(self, *, to: int, now: datetime) -> None:
        """Write down that every event up to this one was looked at; who was overtaken changes nothing."""
        same = Watermark.objects.filter(pk=self.pk)
        same.update(counted=Greatest("counted", to))
        if now - self.noted_at >= self.OVERLAP:
            same.filter(noted_at=self.noted_at).update(settled=self.noted, noted=to, noted_at=now)


def touched(after: int) -> dict[str, set[date]]:
    """Give the weeks of each fact that may have changed by the events after this one."""
    found: dict[str, set[date]] = {fact.name: set() for fact in FACTS}
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, [after])
        for name, week in cursor.fetchall():
            found[name].add(week)
    return found

from datetime import datetime, time, timedelta
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import push
from accounts.models import Absence, Notification, Team, User, office_hours, open_teams
from accounts.worktime import LOCAL
from callbacks.models.callback import Callback
from callbacks.models.policy import Policy
from callbacks.models.quiet import after_quiet, clock_on
from callbacks.models.selection import CallbackQuerySet
from contacts.models import Heartbeat, Leased, LeasedQuerySet, Outgoing
from contacts.models.lease import WAITING

PLANNED = "digests planned"  # the heartbeat that says until when


class DigestQuerySet(LeasedQuerySet["Digest"]):
    def untold(self, *, now: datetime) -> Self:
        """Give the overviews of today that were set aside after errors; tomorrow has its own."""
        return self.filter(day=now.astimezone(LOCAL).date(), done_at=None).exclude(parked_at=None)


class Digest(Leased):
    """The overview of one day for one colleague: what is late and what is due; a row, so that it comes once."""

    recipient = models.ForeignKey(User, models.CASCADE, related_name="digests", verbose_name=_("ontvanger"))
    day = models.DateField(_("dag"))

    objects = DigestQuerySet.as_manager()

    class Meta:
        verbose_name = _("dagelijks overzicht")
        verbose_name_plural = _("dagelijkse overzichten")
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=WAITING, name="digest_due"),
            models.Index(fields=["day"], condition=Q(done_at=None), name="digest_untold"),
        ]
        constraints = [models.UniqueConstraint(fields=["recipient", "day"], name="digest_once")]

    def __str__(self) -> str:
        return f"{self.recipient} {self.day}"

    @classmethod
    @transaction.atomic
    def plan(cls, *, now: datetime) -> None:
        """Write a row for each who has something late or due today, once a working day, at the department's moment.

        A moment that passed while nothing ran is caught up with on the same day.
        """
        row, _made = Heartbeat.objects.get_or_create(name=PLANNED, defaults={"last_begin": now, "last_ok": now})
        if not _reached(row.last_ok, now):
            return
        row = Heartbeat.objects.select_for_update().get(name=PLANNED)
        teams = _reached(row.last_ok, now)
        people = _people(teams, now=now)
        day = now.astimezone(LOCAL).date()
        Digest.objects.bulk_create(
            [Digest(recipient=person, day=day, next_attempt_at=now) for person in people], ignore_conflicts=True
        )
        row.last_begin = row.last_ok = now
        row.save(update_fields=["last_begin", "last_ok"])

    @transaction.atomic
    def send(self, *, now: datetime) -> bool:
        """Put the overview in the bell of its recipient and write the mail, in one transaction.

        Says whether this process still held the row. Nobody is told that there is nothing, nor about a day that is
        over: the next day has its own.
        """
        if not self.finish(now=now):
            return False
        person, rows = self.recipient, _concerning(self.recipient)
        late = rows.overdue(now=now).count()
        today = rows.due_between(now, _midnight(now)).count()
        is_over = self.day != now.astimezone(LOCAL).date()
        if is_over or not person.is_active or not late + today or Absence.objects.now(now=now).of(person).exists():
            return True
        with translation.override(person.language):
            self._tell(late, today, mail_at=_mail_at(person, now))
        return True

    def _tell(self, late: int, today: int, *, mail_at: datetime) -> None:
        text = _t("Terugbelverzoeken: %(late)d te laat, %(today)d vandaag") % {"late": late, "today": today}
        leads = Team.objects.filter(coordinator=self.recipient, closed_at=None).exists()
        url = reverse("callbacks:list") + ("?view=team" if leads else "?view=mine")
        key = f"digest:{self.day}"
        Notification.objects.get_or_create(
            recipient=self.recipient, key=key, defaults={"kind": "digest", "text": text, "url": url}
        )
        push.hint("bell", f"user:{self.recipient_id}")
        if self.recipient.email:
            Outgoing.write(
                key=f"{key}:{self.recipient_id}",
                kind="reminder",
                recipient=self.recipient.email,
                subject=text,
                body=_t("%(subject)s\n\nOpen het overzicht: %(url)s\n")
                % {"subject": text, "url": settings.BASE_URL + url},
                headers={"Auto-Submitted": "auto-generated"},
                not_before=mail_at,
            )


def _reached(since: datetime | None, now: datetime) -> list[Team]:
    """Give the departments whose moment of today came after since, until now; none on a day the office is closed."""
    day = now.astimezone(LOCAL).date()
    if since is None or not office_hours().works_on(day):
        return []
    clocks = [(team, Policy.of(team).digest_at) for team in open_teams()]
    return [team for team, clock in clocks if clock is not None and since < clock_on(day, clock) <= now]


def _people(teams: list[Team], *, now: datetime) -> models.QuerySet[User]:
    """Give who has something of these departments that is late or due today, or coordinates one that has."""
    due = Callback.objects.open().filter(team__in=teams, due_at__lt=_midnight(now))
    concerned = Q(pk__in=due.values("assignee")) | Q(pk__in=due.values("team__coordinator"))
    away = Absence.objects.now(now=now).values("user")
    return User.objects.filter(concerned, is_active=True).exclude(pk__in=away)


def _concerning(person: User) -> CallbackQuerySet:
    return Callback.objects.open().filter(Q(assignee=person) | Q(team__coordinator=person))


def _midnight(now: datetime) -> datetime:
    """Give when the day of the office ends."""
    return clock_on(now.astimezone(LOCAL).date() + timedelta(days=1), time.min)


def _mail_at(person: User, now: datetime) -> datetime:
    """Give when mail may reach somebody: as soon as one of their departments lets it, at once without any."""
    teams = person.teams.filter(closed_at=None)
    return min((after_quiet(Policy.of(team), now) for team in teams), default=now)

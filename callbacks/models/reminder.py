from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import push
from accounts.models import Notification, User, office_hours
from callbacks.models.occurrence import escalated_by
from callbacks.models.policy import Policy
from callbacks.models.quiet import after_quiet
from callbacks.models.recipients import recipients
from contacts.models import Leased, LeasedQuerySet, Outgoing
from contacts.models.lease import WAITING

if TYPE_CHECKING:
    from callbacks.models.callback import Callback
    from callbacks.models.held import Held

NOBODY_YET = timedelta(minutes=5)  # after which it is seen again whether there is somebody to tell
OF_A_TERM = ("half", "almost", "late", "lead")  # kinds that each term has once
TRACKED = {
    "almost": "callback_almost",
    "late": "callback_late",
    "lead": "callback_escalated",
    "repeats": "callback_escalated",
}


class ReminderQuerySet(LeasedQuerySet["Reminder"]):
    def of_terms(self) -> Self:
        """Give those that belong to a term, of which a callback that was postponed has several."""
        return self.filter(occurrence__regex=rf"^({'|'.join(OF_A_TERM)})(:|$)")

    def unsent(self) -> Self:
        return self.filter(WAITING)

    def with_callbacks(self) -> Self:
        """Give the rows with all that telling somebody needs."""
        return self.select_related(
            "callback__team__coordinator", "callback__assignee", "callback__requested_by", "callback__contact__topic"
        )

    def oldest_untold(self, *, now: datetime) -> datetime | None:
        """Give since when something is not told that somebody should have heard, whatever the reason; None when all is.

        It waits, fails, was set aside, or there is nobody to tell. What has ended need not be told any more.
        """
        untold = self.filter(done_at=None, due_at__lte=now)
        untold = untold.filter(callback__completed_at=None, callback__cancelled_at=None)
        return untold.order_by("due_at").values_list("due_at", flat=True).first()


class Reminder(Leased):
    """That somebody must hear about a callback at a moment; a row, so that no crash can forget it."""

    callback = models.ForeignKey(
        "callbacks.Callback",
        models.CASCADE,
        related_name="reminders",
        verbose_name=_("terugbelverzoek"),
        db_index=False,
    )
    occurrence = models.CharField(_("aanleiding"), max_length=60)
    due_at = models.DateTimeField(_("moment"))

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("herinnering")
        verbose_name_plural = _("herinneringen")
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=WAITING, name="reminder_due"),
            models.Index(fields=["due_at"], condition=models.Q(done_at=None), name="reminder_untold"),
        ]
        constraints = [models.UniqueConstraint(fields=["callback", "occurrence"], name="reminder_once")]

    def __str__(self) -> str:
        return self.occurrence

    @property
    def kind(self) -> str:
        return self.occurrence.split(":")[0]

    @property
    def term(self) -> int:
        """Give which promise to the citizen this is about: 1, or more after each time it was postponed."""
        number = self.occurrence.partition(":")[2]
        return int(number) if number.isdecimal() else 1

    def recipients(self, *, now: datetime) -> list[User]:
        """Give who must hear this now."""
        return recipients(self.kind, self.callback, now=now, asked_by=escalated_by(self.occurrence))

    @transaction.atomic
    def send(self, *, now: datetime) -> bool:
        """Put this reminder in the bell of each recipient and write the mails, all in one transaction.

        Says whether this process still held the row; nothing is written when it did not, or when the callback ended.
        With nobody to tell it waits until there is somebody, and the health of the installation says so.
        """
        self.callback.lock()
        people = self.recipients(now=now) if self.callback.is_open else []
        if self.callback.is_open and not people:
            self.wait(_t("niemand om te herinneren"), until=now + NOBODY_YET)
            return False
        if not self.finish(now=now):
            return False
        if people:
            mail_at = after_quiet(self.callback.policy, now)
            Notification.objects.bulk_create([self._line(person) for person in people], ignore_conflicts=True)
            push.hint("bell", *(f"user:{person.pk}" for person in people))
            for person in people:
                self._write(person, not_before=mail_at)
            if self.kind in TRACKED:
                to = [person.short_name for person in people[:3]]
                self.callback.track(TRACKED[self.kind], by=None, to=to, why=self.kind)
        return True

    @property
    def key(self) -> str:
        return f"rem:{self.pk}:{self.occurrence}"

    @property
    def _url(self) -> str:
        return reverse("callbacks:detail", args=[self.callback.uuid])

    def _line(self, recipient: User) -> Notification:
        """Give the line for the bell of this recipient, who has one for each key."""
        with translation.override(recipient.language):
            text = self.text[:200]
        return Notification(recipient=recipient, key=self.key, kind=self.kind, text=text, url=self._url)

    def _write(self, recipient: User, *, not_before: datetime) -> None:
        """Write the mail to this recipient, who gets one for each key."""
        if not recipient.email:
            return
        with translation.override(recipient.language):
            subject = self.subject
            body = _t("%(subject)s\n\nOpen het terugbelverzoek: %(url)s\n")
        Outgoing.write(
            key=f"{self.key}:{recipient.pk}",
            kind="reminder",
            recipient=recipient.email,
            subject=subject,
            body=body % {"subject": subject, "url": settings.BASE_URL + self._url},
            headers={"Auto-Submitted": "auto-generated"},
            not_before=not_before,
        )

    @property
    def subject(self) -> str:
        """Give the sentence for a mail: no personal data, only the reference."""
        texts = {
            "new": _t("Nieuw terugbelverzoek %(reference)s"),
            "half": _t("Terugbelverzoek %(reference)s wacht nog"),
            "almost": _t("Terugbelverzoek %(reference)s is bijna te laat"),
            "late": _t("Terugbelverzoek %(reference)s is te laat"),
            "lead": _t("Terugbelverzoek %(reference)s is veel te laat"),
            "repeat": _t("De klant belde opnieuw over %(reference)s"),
            "repeats": _t("De klant belde al vaker opnieuw over %(reference)s"),
            "returned": _t("Terugbelverzoek %(reference)s is terug bij het KCC"),
            "escalated": _t("Terugbelverzoek %(reference)s vraagt nu je aandacht"),
            "manual": _t("Herinnering: terugbelverzoek %(reference)s"),
        }
        return texts[self.kind] % {"reference": self.callback.reference}

    @property
    def text(self) -> str:
        """Give the line for the bell, which only colleagues who may see the callback read."""
        return f"{self.subject}: {self.callback.title}"


def plan(callback: "Callback") -> None:
    """Write the reminders of what is promised now as rows; a second time changes nothing.

    When each is due is decided here and now, by the policy of the department: a later change of policy or department
    moves none. What an earlier promise still had to come goes, what was sent stays; whoever is sending one right now
    no longer holds it. Raises NeverOpen.
    """
    known = list(callback.reminders.of_terms())
    if any(row.kind == "late" and row.due_at == callback.due_at for row in known):
        return
    term = max((row.term for row in known), default=0) + 1
    start = callback.requested_at if term == 1 else timezone.now()
    planned = moments(callback.policy, start, callback.due_at)
    rows = {f"{kind}:{term}" if term > 1 else kind: moment for kind, moment in planned.items()}
    if known:
        callback.reminders.of_terms().unsent().delete()
    else:
        rows["new"] = callback.requested_at
    Reminder.objects.bulk_create(
        [
            Reminder(callback=callback, occurrence=occurrence, next_attempt_at=moment, due_at=moment)
            for occurrence, moment in rows.items()
        ],
        ignore_conflicts=True,
    )


def keep_mail(callback: "Held") -> None:
    """Keep the reminders by mail in the house that nobody began to send, as those that wait for the morning."""
    for mail in Outgoing.objects.untouched().with_keys(*(f"{row.key}:" for row in callback.reminders.all())):
        mail.withdraw()


def moments(policy: Policy, start: datetime, due_at: datetime) -> dict[str, datetime]:
    """Give when each reminder of a term is due: so many percent of its working time after it began.

    A term without a minute of working time, as over a weekend, is measured by the clock.
    """
    hours = office_hours()
    start, due_at = start.astimezone(UTC), due_at.astimezone(UTC)  # by real time, also in a night the clock is moved
    minutes = hours.minutes_between(start, due_at)

    def after(percent: int) -> datetime:
        if percent == 100:
            return due_at
        if minutes <= 0:
            return start + (due_at - start) * percent / 100
        return hours.add_minutes(start, minutes * percent / 100)

    percents = (policy.first_percent, policy.second_percent, 100, policy.lead_percent)
    return {kind: after(percent) for kind, percent in zip(OF_A_TERM, percents, strict=True) if percent is not None}

from datetime import datetime

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import push
from accounts.models import Notification, Role, User
from callbacks.models.callback import Callback
from contacts.models import Leased, LeasedQuerySet, Outgoing
from contacts.models.lease import WAITING


class Reminder(Leased):
    """That somebody must hear about a callback at a moment; a row, so that no crash can forget it."""

    callback = models.ForeignKey(
        Callback, models.CASCADE, related_name="reminders", verbose_name=_("terugbelverzoek"), db_index=False
    )
    occurrence = models.CharField(_("aanleiding"), max_length=60)
    due_at = models.DateTimeField(_("moment"))

    objects = LeasedQuerySet.as_manager()

    class Meta:
        verbose_name = _("herinnering")
        verbose_name_plural = _("herinneringen")
        indexes = [models.Index(fields=["next_attempt_at"], condition=WAITING, name="reminder_due")]
        constraints = [models.UniqueConstraint(fields=["callback", "occurrence"], name="reminder_once")]

    def __str__(self) -> str:
        return self.occurrence

    @property
    def kind(self) -> str:
        return self.occurrence.split(":")[0]

    def recipients(self) -> list[User]:
        """Give who must act: the assignee, else the coordinator, else the team; the coordinator hears what is late.

        Who no longer works here does not count, so that nothing waits for somebody who left. Where a team has nobody,
        the team leads hear it.
        """
        team, assignee = self.callback.team, self.callback.assignee
        coordinator = team.coordinator if team.coordinator and team.coordinator.is_active else None
        if assignee and assignee.is_active:
            people = {assignee}
        else:
            people = {coordinator} if coordinator else set(team.members.filter(is_active=True))
        if self.kind == "late" and coordinator:
            people.add(coordinator)
        people = people or set(User.objects.filter(is_active=True, groups__name=Role.TEAM_LEAD))
        return sorted(people, key=lambda person: person.pk)

    @transaction.atomic
    def send(self, *, now: datetime) -> bool:
        """Put this reminder in the bell of each recipient and write the mails, all in one transaction.

        Says whether this process still held the row; nothing is written when it did not, or when the callback ended.
        With nobody to tell it is parked, for the administrator to see, and not sent.
        """
        recipients = self.recipients() if self.callback.is_open else []
        if self.callback.is_open and not recipients:
            self.park(_t("niemand om te herinneren"), now=now)
            return False
        if not self.finish(now=now):
            return False
        if recipients:
            for recipient in recipients:
                with translation.override(recipient.language):
                    self._tell(recipient)
            if self.kind in {"almost", "late"}:
                to = [person.short_name for person in recipients[:3]]
                self.callback.track(f"callback_{self.kind}", by=None, to=to)
        return True

    def _tell(self, recipient: User) -> None:
        url = reverse("callbacks:detail", args=[self.callback.uuid])
        key = f"rem:{self.pk}:{self.occurrence}"
        _row, created = Notification.objects.get_or_create(
            recipient=recipient, key=key, defaults={"kind": self.kind, "text": self.text[:200], "url": url}
        )
        if created:
            push.hint("bell", f"user:{recipient.pk}")
        if recipient.email:
            Outgoing.write(
                key=f"{key}:{recipient.pk}",
                kind="reminder",
                recipient=recipient.email,
                subject=self.subject,
                body=_t("%(subject)s\n\nOpen het terugbelverzoek: %(url)s\n")
                % {"subject": self.subject, "url": settings.BASE_URL + url},
                headers={"Auto-Submitted": "auto-generated"},
            )

    @property
    def subject(self) -> str:
        """Give the sentence for a mail: no personal data, only the reference."""
        texts = {
            "new": _t("Nieuw terugbelverzoek %(reference)s"),
            "almost": _t("Terugbelverzoek %(reference)s is bijna te laat"),
            "late": _t("Terugbelverzoek %(reference)s is te laat"),
            "repeat": _t("De klant belde opnieuw over %(reference)s"),
            "manual": _t("Herinnering: terugbelverzoek %(reference)s"),
        }
        return texts[self.kind] % {"reference": self.callback.reference}

    @property
    def text(self) -> str:
        """Give the line for the bell, which only colleagues who may see the callback read."""
        return f"{self.subject}: {self.callback.title}"

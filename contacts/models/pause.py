from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from contacts.models.claim import Claimed
from contacts.models.event import Event

LAID_DOWN: dict[str, Any] = {"held_by": None, "held_since": None, "held_until": None}


class Paused(Claimed):
    """Work that need not be done now: it waits for the customer or for a department, or somebody put it off.

    What was waited for until a moment is back by itself when that has passed, because every list asks for it by the
    clock; resume() then only marks it unread and tells who put it away.
    """

    waiting_until = models.DateTimeField(_("wacht op klant tot"), null=True, blank=True)
    consulted_at = models.DateTimeField(_("wacht op de afdeling sinds"), null=True, blank=True)
    consulted_team = models.ForeignKey(
        Team,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="consulted_cases",
        verbose_name=_("wacht op de afdeling"),
        db_index=False,
    )
    snoozed_until = models.DateTimeField(_("uitgesteld tot"), null=True, blank=True)
    snooze_reason = models.CharField(_("reden van uitstel"), max_length=200, blank=True, default="", db_default="")
    read_at = models.DateTimeField(_("gelezen op"), null=True, blank=True)  # empty again with each new message
    assignee = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="cases", verbose_name=_("behandelaar")
    )

    class Meta:
        abstract = True

    @property
    def is_snoozed(self) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > timezone.now()

    @property
    def is_waiting(self) -> bool:
        return self.waiting_until is not None and self.waiting_until > timezone.now()

    @property
    def came_back(self) -> bool:
        """Say whether this was put off until a moment that has passed."""
        return self.snoozed_until is not None and not self.is_snoozed

    @property
    def waited_in_vain(self) -> bool:
        """Say whether the customer did not write before the moment until which that was waited for."""
        return self.waiting_until is not None and not self.is_waiting

    @property
    def put_off_to(self) -> datetime | None:
        """Give until when this was put off last, so that it can be put off again when a message came in between."""
        last = Event.objects.filter(case_id=self.pk, kind="case_snoozed").order_by("-at", "-pk").first()
        return datetime.fromisoformat(last.data["until"]) if last else None

    @property
    def is_unread(self) -> bool:
        """Say whether nobody looked at this since the customer wrote, or since it came back."""
        back = [moment for moment in (self.snoozed_until, self.waiting_until) if moment and moment <= timezone.now()]
        return self.read_at is None or any(self.read_at < moment for moment in back)

    @transaction.atomic
    def read(self) -> None:
        """Note that somebody looked at this."""
        if self.is_unread:
            self.read_at = timezone.now()
            type(self)._default_manager.filter(pk=self.pk).update(read_at=self.read_at)
            self.hint()

    @transaction.atomic
    def snooze(self, *, until: datetime, by: User | None, reason: str = "") -> bool:
        """Put this off until that moment; say whether it was open. It comes back by itself, with the reason."""
        put = {"snoozed_until": until, "snooze_reason": reason[:200], "waiting_until": None}
        if not self._set_aside(**put):
            return False
        self.track("case_snoozed", by=by, until=until.isoformat(), reason=reason[:200])
        return True

    @transaction.atomic
    def wait(self, *, until: datetime, by: User | None) -> bool:
        """Wait for the customer until that moment; say whether it was open. A message of the customer ends it."""
        if not self._set_aside(waiting_until=until, snoozed_until=None, snooze_reason=""):
            return False
        self.track("case_waited", by=by, until=until.isoformat())
        return True

    @transaction.atomic
    def consult(self, *, team: Team, by: User) -> bool:
        """Wait for this department, which now sees the case too; say whether it was open. Its clock goes on.

        A note of the department ends it.
        """
        if not self._set_aside(consulted_at=timezone.now(), consulted_team=team, snoozed_until=None, snooze_reason=""):
            return False
        event = self.track("case_consulted", by=by, team=team.name)
        if team.coordinator is not None:
            self.tell(team.coordinator, "case_consulted", key=str(event.pk), by=by)
        return True

    def _set_aside(self, **changes: Any) -> bool:
        """Change these in an open case, which lies in nobody's hands then and counts as read."""
        changes |= LAID_DOWN | {"read_at": timezone.now()}
        if type(self)._default_manager.filter(pk=self.pk, closed_at=None).update(**changes) == 0:
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True

    @transaction.atomic
    def resume(self) -> bool:
        """Mark this unread, because what was waited for did not come in time; say whether that was new.

        Who put it away and who has to do it hear of it, once however many ask at the same time.
        """
        unseen = type(self)._default_manager.filter(pk=self.pk, closed_at=None, read_at=self.read_at)
        if self.read_at is None or not self.is_unread or unseen.update(read_at=None) == 0:
            return False
        self.read_at = None
        put = Event.objects.filter(case_id=self.pk, kind__in=["case_snoozed", "case_waited"])
        last = put.select_related("by").order_by("-at", "-pk").first()
        event = self.track("case_resumed", by=None, reason=self.snooze_reason if self.came_back else "")
        for person in {last.by if last else None, self.assignee} - {None}:
            if person is not None and person.is_active:
                self.tell(person, "case_resumed", key=str(event.pk))
        return True

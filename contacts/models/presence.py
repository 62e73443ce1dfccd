from datetime import datetime, timedelta
from typing import Self

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contacts.models.case import Case

VOID = timedelta(seconds=60)  # a page tells every 20 seconds that it is there
TIDIED = 500  # taken away per scan


class PresenceQuerySet(models.QuerySet["Presence"]):
    def now(self, moment: datetime) -> Self:
        """Give who has a case on the screen at that moment."""
        return self.filter(seen_at__gt=moment - VOID).select_related("user").order_by("pk")

    def void(self, moment: datetime) -> Self:
        """Give what pages left behind that went away without a word."""
        return self.filter(seen_at__lte=moment - VOID)


class Presence(models.Model):
    """That a colleague has a case on the screen, is idle there, or is typing an answer; void after a minute."""

    class State(models.TextChoices):
        VIEWING = "viewing", _("bekijkt")
        IDLE = "idle", _("inactief")
        TYPING = "typing", _("typt")

    case = models.ForeignKey(Case, models.CASCADE, related_name="presences")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    state = models.CharField(max_length=7, choices=State, default=State.VIEWING)
    seen_at = models.DateTimeField(default=timezone.now)
    page = models.CharField(max_length=20, blank=True, default="", db_default="")  # which look at it told this last

    objects = PresenceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="presence_once")]

    def __str__(self) -> str:
        return self.state

    @property
    def is_typing(self) -> bool:
        return self.state == self.State.TYPING

    @property
    def is_idle(self) -> bool:
        return self.state == self.State.IDLE

    @property
    def rank(self) -> int:
        """Give the place in a list of who is there: who types first, who is idle last."""
        return [self.State.TYPING, self.State.VIEWING, self.State.IDLE].index(self.State(self.state))

    @classmethod
    @transaction.atomic
    def see(cls, case: Case, *, by: User, state: str = State.VIEWING, page: str = "") -> datetime:
        """Note that this colleague is at this case; give the moment, by which a page later says which visit it ends.

        Others hear of it only when it is new.
        """
        now = timezone.now()
        same = cls.objects.filter(case=case, user=by, state=state, seen_at__gt=now - VOID)
        if same.update(seen_at=now, page=page) == 0:
            cls.objects.update_or_create(case=case, user=by, defaults={"state": state, "seen_at": now, "page": page})
            case.hint()
        return now

    @classmethod
    @transaction.atomic
    def tidy(cls, *, now: datetime) -> int:
        """Take away what pages left behind that went without a word, and tell the lists; say how many that were."""
        rows = list(cls.objects.void(now).select_related("case")[:TIDIED])
        gone = cls.objects.void(now).filter(pk__in=[row.pk for row in rows]).delete()[0] if rows else 0
        for row in {row.case_id: row for row in rows}.values():
            row.case.hint()
        return gone

    @classmethod
    @transaction.atomic
    def leave(cls, case: Case, *, by: User, seen_at: datetime, page: str = "") -> bool:
        """Note that this colleague left and lay the case down; say False when they came back since.

        What the page that was left told last may have been heard later than it knows.
        """
        last = Q(seen_at__lte=seen_at) | Q(page=page) & ~Q(page="")
        if cls.objects.filter(last, case=case, user=by).delete()[0] == 0:
            return False
        if not case.release(by=by):
            case.hint()
        return True

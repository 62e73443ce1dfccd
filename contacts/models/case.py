from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import push
from accounts.models import Role, Team, User
from accounts.worktime import LOCAL
from contacts.models.event import Event
from contacts.models.norm import Norm
from contacts.models.topic import Topic

if TYPE_CHECKING:
    from contacts.models.contact import Contact


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> Self:
        if user.works_at_kcc:
            return self
        return self.filter(team__in=user.team_ids) if user.has_role(Role.SPECIALIST) else self.none()

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def oldest_risk_first(self, *, after: tuple[datetime, int] | None = None) -> Self:
        """Give the cases in the order in which they are due, from the place where the page before ended."""
        rows = self.select_related("customer", "team", "assignee", "topic__parent").order_by("due_at", "pk")
        if after is not None:
            rows = rows.filter(Q(due_at__gt=after[0]) | Q(due_at=after[0], pk__gt=after[1]), due_at__gte=after[0])
        return rows


class Case(models.Model):
    """Work that a contact left behind: it has a reference, an owner, a moment it is due, and an end."""

    class Priority(models.IntegerChoices):
        NORMAL = 0, _("Normaal")
        HIGH = 1, _("Hoog")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    reference = models.CharField(_("kenmerk"), max_length=20)
    title = models.CharField(_("titel"), max_length=200)
    customer = models.ForeignKey(
        "contacts.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("klant"),
        db_index=False,
    )
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("onderwerp")
    )
    team = models.ForeignKey(Team, models.PROTECT, related_name="cases", verbose_name=_("afdeling"))
    assignee = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="cases", verbose_name=_("behandelaar")
    )
    priority = models.PositiveSmallIntegerField(_("prioriteit"), choices=Priority, default=Priority.NORMAL)
    opened_at = models.DateTimeField(_("geopend op"), default=timezone.now)
    due_at = models.DateTimeField(_("uiterlijk"))
    waiting_until = models.DateTimeField(_("wacht op klant tot"), null=True, blank=True)
    closed_at = models.DateTimeField(_("gesloten op"), null=True, blank=True)
    result = models.CharField(_("resultaat"), max_length=200, blank=True)
    external_url = models.URLField(_("adres in het zaaksysteem"), blank=True)
    external_number = models.CharField(_("nummer in het zaaksysteem"), max_length=60, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("zaak")
        verbose_name_plural = _("zaken")
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(closed_at=None), name="case_open_due"),
            models.Index(fields=["team", "due_at", "id"], condition=models.Q(closed_at=None), name="case_open_team"),
            models.Index(fields=["customer", "-opened_at"], name="case_of_customer"),
        ]
        constraints = [models.UniqueConstraint(fields=["reference"], name="case_reference_once")]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @classmethod
    @transaction.atomic
    def open(cls, *, contact: "Contact", title: str, team: Team, by: User | None) -> "Case":
        """Give the case this contact is about: the one it has, else a new one due by the norm. Raises NoNorm."""
        if contact.case is not None:
            return contact.case
        now = timezone.now()
        due_at, _term = Norm.promise(Norm.Kind.EMAIL, team=team, topic=contact.topic, start=now)
        case = cls.objects.create(
            reference=next_reference("Z", now),
            title=title[:200],
            customer=contact.customer,
            topic=contact.topic,
            team=team,
            opened_at=now,
            due_at=due_at,
        )
        contact.join(case, by=by)
        contact.track("case_opened", by=by, case=str(case.uuid), reference=case.reference)
        return case

    @transaction.atomic
    def close(self, *, result: str, by: User | None) -> bool:
        """Close this case with what came of it; say whether it was open. Of two who race, one closes it."""
        now = timezone.now()
        if Case.objects.open().filter(pk=self.pk).update(closed_at=now, result=result) == 0:
            return False
        self.closed_at, self.result = now, result
        self.track("case_closed", by=by, result=result)
        return True

    def track(self, kind: str, *, by: User | None, **data: Any) -> Event:
        push.hint("cases", f"team:{self.team_id}", "kcc")
        return Event.objects.create(case=self, kind=kind, by=by, data=data)


def next_reference(letter: str, now: datetime) -> str:
    """Give the next reference of the year, such as Z-2026-10042; never the same twice, though some are skipped."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('kcc_reference')")
        number = cursor.fetchone()[0]
    return f"{letter}-{now.astimezone(LOCAL).year}-{number}"

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
from contacts.models.connection import Connection
from contacts.models.event import Event
from contacts.models.mailbox import Mailbox
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
    channel = models.CharField(_("kanaal"), max_length=6, blank=True, default="", db_default="")  # by which it came in
    network = models.CharField(_("netwerk"), max_length=9, blank=True, default="", db_default="")
    mailbox = models.ForeignKey(
        Mailbox, models.SET_NULL, null=True, blank=True, related_name="cases", verbose_name=_("mailbox"), db_index=False
    )
    connection = models.ForeignKey(
        Connection,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("koppeling"),
        db_index=False,
    )
    sender = models.CharField(
        _("afzender"), max_length=200, blank=True, default="", db_default=""
    )  # of the last message in, for lists
    snippet = models.CharField(_("begin van het bericht"), max_length=200, blank=True, default="", db_default="")
    priority = models.PositiveSmallIntegerField(_("prioriteit"), choices=Priority, default=Priority.NORMAL)
    opened_at = models.DateTimeField(_("geopend op"), default=timezone.now)
    due_at = models.DateTimeField(_("uiterlijk"))
    last_inbound_at = models.DateTimeField(_("laatste bericht van de klant"), null=True, blank=True)
    answered_at = models.DateTimeField(_("laatste antwoord"), null=True, blank=True)
    read_at = models.DateTimeField(_("gelezen op"), null=True, blank=True)  # empty again with each new message
    held_by = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("wordt behandeld door"),
        db_index=False,
    )
    held_until = models.DateTimeField(_("wordt behandeld tot"), null=True, blank=True)
    waiting_until = models.DateTimeField(_("wacht op klant tot"), null=True, blank=True)
    consulted_at = models.DateTimeField(_("wacht op de afdeling sinds"), null=True, blank=True)
    snoozed_until = models.DateTimeField(_("uitgesteld tot"), null=True, blank=True)
    snooze_reason = models.CharField(_("reden van uitstel"), max_length=200, blank=True, default="", db_default="")
    closed_at = models.DateTimeField(_("gesloten op"), null=True, blank=True)
    result = models.CharField(_("resultaat"), max_length=200, blank=True)
    spam_at = models.DateTimeField(_("spam sinds"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("samengevoegd met"),
        db_index=False,
    )
    external_url = models.URLField(_("adres in het zaaksysteem"), blank=True)
    external_number = models.CharField(_("nummer in het zaaksysteem"), max_length=60, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("zaak")
        verbose_name_plural = _("zaken")
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(closed_at=None), name="case_open_due"),
            models.Index(fields=["team", "due_at", "id"], condition=models.Q(closed_at=None), name="case_open_team"),
            models.Index(
                fields=["assignee", "due_at", "id"], condition=models.Q(closed_at=None), name="case_open_mine"
            ),
            models.Index(fields=["merged_into"], condition=~models.Q(merged_into=None), name="case_merged"),
            models.Index(fields=["customer", "-opened_at"], name="case_of_customer"),
        ]
        constraints = [models.UniqueConstraint(fields=["reference"], name="case_reference_once")]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @classmethod
    @transaction.atomic
    def open(
        cls,
        *,
        contact: "Contact",
        title: str,
        team: Team,
        by: User | None,
        sender: str = "",
        mailbox: Mailbox | None = None,
        connection: Connection | None = None,
    ) -> "Case":
        """Give the case this contact is about: the one it has, else a new one due by the norm. Raises NoNorm."""
        if contact.case is not None:
            return contact.case
        now = timezone.now()
        case = cls(title=title[:200], customer=contact.customer, topic=contact.topic, team=team, opened_at=now)
        case.channel, case.network, case.mailbox, case.connection = (
            contact.channel,
            contact.network,
            mailbox,
            connection,
        )
        case.due_at = case.promise(now)
        case.reference = next_reference("Z", now)
        case.save()
        contact.join(case, by=by)
        case.heard(contact, sender=sender)
        contact.track("case_opened", by=by, case=str(case.uuid), reference=case.reference)
        return case

    def promise(self, start: datetime) -> datetime:
        """Give when what came in at start must be answered, UTC. Raises NoNorm, NeverOpen."""
        kind = Norm.Kind.SOCIAL if self.channel == "social" else Norm.Kind.EMAIL
        return Norm.promise(kind, team=self.team, topic=self.topic, start=start)[0]

    @transaction.atomic
    def heard(self, contact: "Contact", *, sender: str = "") -> None:
        """Put this case back among the work, unread, because the customer wrote or spoke; what was waited for came.

        An answered case gets a new moment at which it is due; an unanswered one keeps the older. Raises NoNorm.
        """
        Case.objects.select_for_update().only("pk").get(pk=self.pk)
        self.refresh_from_db(fields=["answered_at", "last_inbound_at", "due_at"])
        since = self.last_inbound_at or self.opened_at
        if self.answered_at is not None and self.answered_at >= since:
            self.due_at = self.promise(contact.registered_at)
        self.last_inbound_at = max(contact.registered_at, since)
        name = contact.customer.name if contact.customer else sender or contact.party
        self.sender, self.snippet = name[:200], " ".join(contact.text[:600].split())[:200]
        self.read_at = self.waiting_until = self.snoozed_until = None
        self.save(
            update_fields=[
                "due_at", "last_inbound_at", "sender", "snippet", "read_at", "waiting_until", "snoozed_until",
            ]
        )  # fmt: skip
        self.hint()

    @transaction.atomic
    def answered(self, *, at: datetime) -> None:
        """Note that an answer went out, so that nothing is due until the customer writes again."""
        self.answered_at = at
        self.consulted_at = None
        self.save(update_fields=["answered_at", "consulted_at"])
        self.hint()

    @transaction.atomic
    def reopen(self, *, by: User | None) -> bool:
        """Make a closed case work again; say whether it was closed."""
        if (
            Case.objects.filter(pk=self.pk, merged_into=None)
            .exclude(closed_at=None)
            .update(closed_at=None, result="", spam_at=None)
            == 0
        ):
            return False
        self.closed_at, self.result, self.spam_at = None, "", None
        self.track("case_reopened", by=by)
        return True

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
        self.hint()
        return Event.objects.create(case=self, kind=kind, by=by, data=data)

    def hint(self) -> None:
        """Tell the pages that show this case, once this is committed, that they should ask again."""
        push.hint("cases", f"team:{self.team_id}", "kcc")


def next_reference(letter: str, now: datetime) -> str:
    """Give the next reference of the year, such as Z-2026-10042; never the same twice, though some are skipped."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('kcc_reference')")
        number = cursor.fetchone()[0]
    return f"{letter}-{now.astimezone(LOCAL).year}-{number}"

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import push
from accounts.models import Team, User
from accounts.worktime import LOCAL, NeverOpen
from contacts.models.case_selection import CaseQuerySet
from contacts.models.connection import Connection
from contacts.models.mailbox import Mailbox
from contacts.models.norm import NoNorm, Norm
from contacts.models.note import Noted
from contacts.models.pause import LAID_DOWN
from contacts.models.topic import Topic

if TYPE_CHECKING:
    from contacts.models.contact import Contact


class Case(Noted):
    """Work that a contact left behind: it has a reference, an owner, a moment it is due, and an end."""

    class Priority(models.IntegerChoices):
        NORMAL = 0, _("Normaal")
        HIGH = 1, _("Hoog")

    reference = models.CharField(_("kenmerk"), max_length=20)
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
            models.Index(fields=["-closed_at", "-id"], condition=~models.Q(closed_at=None), name="case_closed"),
            models.Index(fields=["-closed_at", "-id"], condition=~models.Q(spam_at=None), name="case_spam"),
        ]
        constraints = [models.UniqueConstraint(fields=["reference"], name="case_reference_once")]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("contacts:case", args=[self.uuid])

    @property
    def is_answered(self) -> bool:
        """Say whether nobody has to answer: the last word was ours."""
        return self.answered_at is not None and self.answered_at >= (self.last_inbound_at or self.opened_at)

    @property
    def place(self) -> str:
        """Give a word that changes when the case goes to another team or colleague, or is about something else."""
        return f"{self.team_id}.{self.assignee_id or ''}.{self.topic_id or ''}"

    @property
    def survivor(self) -> "Case":
        """Give the case this one was merged into, at the end of the line; itself when it was not."""
        found = self
        while found.merged_into is not None:
            found = found.merged_into
        return found

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
        case._take_note_of(contact, sender=sender, since=now)
        case.save()
        contact.join(case, by=by)
        case.hint()
        contact.track("case_opened", by=by, case=str(case.uuid), reference=case.reference)
        return case

    def promise(self, start: datetime) -> datetime:
        """Give when what came in at start must be answered, UTC. Raises NoNorm, NeverOpen."""
        kind = Norm.Kind.SOCIAL if self.channel == "social" else Norm.Kind.EMAIL
        return Norm.promise(kind, team=self.team, topic=self.topic, start=start)[0]

    @property
    def asked_at(self) -> datetime:
        """Give since when the customer waits: the first message after our last answer."""
        unanswered = self.contacts.filter(direction="in")
        if self.answered_at is not None:
            unanswered = unanswered.filter(registered_at__gt=self.answered_at).exclude(message__automatic__gt="")
        first = unanswered.order_by("registered_at").values_list("registered_at", flat=True).first()
        return first or self.opened_at

    @transaction.atomic
    def heard(self, contact: "Contact", *, sender: str = "") -> None:
        """Put this case back among the work, unread, because the customer wrote or spoke; what was waited for came.

        An answered case gets a new moment at which it is due; an unanswered one keeps the older. Raises NoNorm.
        """
        names = ("answered_at", "last_inbound_at", "due_at")
        known = Case.objects.select_for_update().values_list(*names).get(pk=self.pk)
        self.answered_at, self.last_inbound_at, self.due_at = known
        since = self.last_inbound_at or self.opened_at
        if self.answered_at is not None and self.answered_at >= since:
            self.due_at = self.promise(contact.registered_at)
        self._take_note_of(contact, sender=sender, since=since)
        self.read_at = self.waiting_until = self.snoozed_until = None
        self.snooze_reason = ""
        self.save(
            update_fields=[
                "due_at", "last_inbound_at", "sender", "snippet", "read_at", "waiting_until", "snoozed_until",
                "snooze_reason",
            ]
        )  # fmt: skip
        self.hint()

    def _take_note_of(self, contact: "Contact", *, sender: str, since: datetime) -> None:
        """Note, unsaved, who spoke last and how that begins."""
        self.last_inbound_at = max(contact.registered_at, since)
        name = contact.customer.name if contact.customer else sender or contact.party
        self.sender, self.snippet = name[:200], " ".join(contact.text[:600].split())[:200]

    @transaction.atomic
    def answered(self, *, at: datetime) -> None:
        """Note that an answer went out, so that nothing is due until the customer writes again; it is laid down."""
        self.answered_at = at
        self.consulted_at = self.consulted_team = self.snoozed_until = self.waiting_until = None
        self.snooze_reason = ""
        self.held_by = self.held_since = self.held_until = None
        self.save(
            update_fields=[
                "answered_at", "consulted_at", "consulted_team", "snoozed_until", "snooze_reason", "waiting_until",
                *LAID_DOWN,
            ]
        )  # fmt: skip
        self.hint()

    @transaction.atomic
    def reopen(self, *, by: User | None) -> bool:
        """Make a closed case work again, due by the norm from now on; say whether it was closed."""
        now = timezone.now()
        try:
            due_at = self.promise(now)
        except (NoNorm, NeverOpen):
            due_at = self.due_at
        fresh = {"closed_at": None, "result": "", "spam_at": None, "answered_at": None, "due_at": due_at}
        if Case.objects.filter(pk=self.pk, merged_into=None).exclude(closed_at=None).update(**fresh) == 0:
            return False
        for name, value in fresh.items():
            setattr(self, name, value)
        self.track("case_reopened", by=by)
        return True

    @transaction.atomic
    def close(self, *, result: str, by: User | None) -> bool:
        """Close this case with what came of it; say whether it was open. Of two who race, one closes it.

        The contacts in it that nobody closed are closed with it.
        """
        now = timezone.now()
        if Case.objects.open().filter(pk=self.pk).update(closed_at=now, result=result, **LAID_DOWN) == 0:
            return False
        self.closed_at, self.result = now, result
        left = self.contacts.filter(closed_at=None)
        if self.topic is not None:
            left.filter(topic=None).update(topic=self.topic, team=self.topic.team_id)
        left.filter(agent=None).update(agent=by)
        left.update(closed_at=now, outcome="answered" if self.team.is_kcc else "case")
        self.track("case_closed", by=by, result=result)
        return True

    @transaction.atomic
    def assign(self, *, to: User | None, by: User | None) -> bool:
        """Give this to a colleague, or back to the team; say whether it was open."""
        if not self._change(assignee=to):
            return False
        self.track("case_assigned", by=by, to=to.short_name if to else "")
        if to is not None:
            self.tell(to, "case_assigned", key=f"{timezone.now():%Y%m%d%H%M%S}", by=by)
        return True

    @transaction.atomic
    def choose_topic(self, topic: Topic, *, by: User | None) -> bool:
        """Say what this is about; it is due by the norm of that topic from when it was asked. False when closed."""
        self.topic = topic
        if not self._change(topic=topic, due_at=self._due_again()):
            return False
        self.track("case_topic_chosen", by=by, topic=str(topic))
        return True

    @transaction.atomic
    def transfer(self, *, team: Team, note: str, by: User) -> bool:
        """Put this through to another team, due by its norm from when it was asked; say whether it was open.

        Nobody is assigned any more, and the note stands in the thread.
        """
        push.hint("cases", f"team:{self.team_id}")  # the list it leaves
        self.team = team
        gone = {"assignee": None, "consulted_at": None, "consulted_team": None} | LAID_DOWN
        if not self._change(team=team, due_at=self._due_again(), read_at=None, **gone):
            return False
        event = self.track("case_transferred", by=by, to=team.name)
        if note:
            self.note(note, by=by)
        if team.coordinator is not None and not team.is_kcc:
            self.tell(team.coordinator, "case_transferred", key=str(event.pk), by=by)
        return True

    @transaction.atomic
    def prioritise(self, priority: int, *, by: User | None) -> bool:
        if not self._change(priority=priority):
            return False
        self.track("case_prioritised", by=by, priority=priority)
        return True

    @transaction.atomic
    def spam(self, *, by: User | None) -> bool:
        """Close this as something no citizen asked; say whether it was open."""
        now = timezone.now()
        if not self._change(spam_at=now, closed_at=now, **LAID_DOWN):
            return False
        self.track("case_spam", by=by)
        return True

    @transaction.atomic
    def no_spam(self, *, by: User | None) -> bool:
        """Put back what was called spam by mistake, due as it was; say whether it was called so."""
        rows = Case.objects.filter(pk=self.pk, merged_into=None).exclude(spam_at=None)
        if rows.update(spam_at=None, closed_at=None) == 0:
            return False
        self.spam_at = self.closed_at = None
        self.track("case_no_spam", by=by)
        return True

    @transaction.atomic
    def link(self, *, url: str, number: str, by: User | None) -> None:
        """Point to the case in the office's case system."""
        self.external_url, self.external_number = url, number
        self.save(update_fields=["external_url", "external_number"])
        self.track("case_linked", by=by, number=number)

    def is_for(self, user: User) -> bool:
        """Say whether this is work of this colleague: of or for their team, given to them, or in their hands."""
        of_team = self.team_id in user.team_ids or self.consulted_team_id in user.team_ids
        return of_team or self.assignee_id == user.pk or self.holder == user

    def may_be_assigned(self, *, to: User | None, by: User) -> bool:
        """Say whether this user may give it so: an agent takes, and gives back only the own."""
        return by.may_assign or to == by or (to is None and self.assignee_id in (None, by.pk))

    def candidates(self, user: User) -> list[User]:
        """Give the colleagues this user may give it to: those of its team, or only the user."""
        return members([self.team_id], user)

    def _change(self, **changes: Any) -> bool:
        """Change these fields while the case is open; say whether it was."""
        if Case.objects.open().filter(pk=self.pk).update(**changes) == 0:
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True

    def _due_again(self) -> datetime:
        """Give when this is due with the team and topic it has now; as it was where no norm says so."""
        try:
            return self.promise(self.asked_at)
        except (NoNorm, NeverOpen):
            return self.due_at


def members(team_ids: Iterable[int], user: User) -> list[User]:
    """Give who works in these teams, and first the one who asks; that one alone when they may not assign."""
    if not user.may_assign:
        return [user]
    people = User.objects.filter(teams__in=team_ids, is_active=True).exclude(pk=user.pk).distinct()
    return [user, *people.order_by("last_name", "first_name", "pk")]


def next_reference(letter: str, now: datetime) -> str:
    """Give the next reference of the year, such as Z-2026-10042; never the same twice, though some are skipped."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('kcc_reference')")
        number = cursor.fetchone()[0]
    return f"{letter}-{now.astimezone(LOCAL).year}-{number}"

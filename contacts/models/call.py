from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import phone, push
from accounts.memory import remembered
from accounts.models import Team, User
from contacts.models.call_selection import LOST, STALE, WRAP_UP, CallQuerySet
from contacts.models.connection import Connection
from contacts.models.contact import Contact, Direction
from contacts.models.customer import Customer

EXTENSION_DIGITS = 6  # numbers of at most this length are telephones in the house


class Call(models.Model):
    """A telephone call as the exchange told of it; its contact is what was said in it."""

    HELD = "normalClearing"  # the cause of an end after a conversation
    ELSEWHERE = "forwarded"  # the call goes on as another one
    UNANSWERED = {"cancel", "noAnswer", "busy", "congestion", "notFound"}

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="calls", verbose_name=_("koppeling"))
    external_id = models.CharField(_("id bij de centrale"), max_length=200)
    original_id = models.CharField(_("id vóór het doorverbinden"), max_length=200, blank=True)
    direction = models.CharField(_("richting"), max_length=3, choices=Direction, default=Direction.INBOUND)
    number = models.CharField(_("nummer van de klant"), max_length=60, blank=True)  # E.164; empty when anonymous
    sent = models.CharField(_("nummer zoals ontvangen"), max_length=60, blank=True, default="", db_default="")
    dialled = models.CharField(_("gekozen nummer"), max_length=60, blank=True)
    queue = models.CharField(_("wachtrij"), max_length=100, blank=True)
    called = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)  # users it rings for
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+")
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="calls")
    agent = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="calls", verbose_name=_("medewerker")
    )
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="calls")
    began_at = models.DateTimeField(_("begonnen op"), default=timezone.now)
    answered_at = models.DateTimeField(_("opgenomen op"), null=True, blank=True)
    ended_at = models.DateTimeField(_("opgehangen op"), null=True, blank=True)
    cause = models.CharField(_("reden van einde"), max_length=30, blank=True)
    handled_at = models.DateTimeField(_("afgehandeld op"), null=True, blank=True)
    handled_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    is_new = False  # whether nobody told of it before

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("gesprek")
        verbose_name_plural = _("gesprekken")
        constraints = [models.UniqueConstraint(fields=["connection", "external_id"], name="call_once")]
        indexes = [
            models.Index(fields=["began_at"], condition=Q(ended_at=None), name="call_going_on"),
            models.Index(
                fields=["-began_at"],
                condition=Q(answered_at=None, direction="in", ended_at__isnull=False, handled_at=None),
                name="call_missed",
            ),
            models.Index(fields=["agent", "-began_at"], name="call_of_agent"),
            models.Index(fields=["-began_at", "-id"], name="call_newest"),
            models.Index(
                fields=["number", "-began_at"],
                condition=Q(answered_at=None, direction="in", ended_at__isnull=False, handled_at=None),
                name="call_missed_number",
            ),
        ]

    def __str__(self) -> str:
        return self.external_id

    @classmethod
    def told_of(
        cls,
        *,
        connection: Connection,
        external_id: str,
        direction: str,
        number: str = "",
        sent: str = "",
        dialled: str = "",
    ) -> "Call":
        """Give the call with this id; made when nobody told of it before. Call it inside the event's transaction.

        Events of one exchange wait for each other here, so in whatever order they come, none sees another half done.
        """
        connection.worked()
        about = {"number": number, "sent": sent, "dialled": dialled}
        held = cls.objects.select_for_update()  # what a colleague says of it meanwhile waits, and is not written over
        call, is_new = held.get_or_create(
            connection=connection, external_id=external_id, defaults=about | {"direction": direction}
        )
        call.is_new = is_new
        if number and not call.number:
            call.number, call.sent = number, sent
        if call.number and call.customer is None:
            call.customer = Customer.objects.recognise("phone", call.number)
        return call

    @transaction.atomic
    def ring(
        self,
        *,
        queue: str = "",
        team: Team | None = None,
        called: list[int] | None = None,
        agent: User | None = None,
        original_id: str = "",
    ) -> None:
        """Write down for whom it rings, or who dials; what was said before stays, unless it moved to another queue."""
        before = [] if self.is_new else self.channels
        if queue and (self.answered_at is None or not self.queue):
            self.queue, self.team = queue, team
        self.called = list(dict.fromkeys([*self.called, *(called or [])]))
        self.agent = self.agent or agent
        self.original_id = self.original_id or original_id
        self._go_on()
        self._keep(before)

    @transaction.atomic
    def answer(self, *, by: User | None) -> bool:
        """Write down that it was answered, and by whom if that is known; False when that was known already.

        Who really picked up goes before who said they would. What this number missed before is done with.
        """
        fresh = self.answered_at is None
        if fresh or self.agent is None:
            self.agent = by or self.agent
        if fresh:
            self.answered_at = timezone.now()
            if self.cause in self.UNANSWERED:  # that was the end of one telephone of several
                self.ended_at, self.cause = None, ""
            self._reached()
        self._keep()
        return fresh

    @transaction.atomic
    def hang_up(self, *, cause: str, by: User | None = None) -> bool:
        """Write down that it ended; False when it had, or when only one telephone of several stopped ringing."""
        if self.ended_at is not None:
            if self.cause == LOST:
                self.cause = cause[:30]
                self._keep()
            return False
        if self.answered_at is not None and cause in self.UNANSWERED and (by is None or by != self.agent):
            return False
        self.ended_at, self.cause = timezone.now(), cause[:30]
        if self.answered_at is None and cause == self.HELD:
            self.answered_at, self.agent = self.ended_at, by or self.agent  # nobody told us when it began
            self._reached()
        elif self.answered_at is None and cause == self.ELSEWHERE:
            self.handled_at = self.handled_at or self.ended_at
        self._keep()
        self._time_contact()
        return True

    @transaction.atomic
    def take(self, *, by: User) -> bool:
        """Say that this user picks it up; of two who press the first does. The exchange knows better, if it tells."""
        free = Call.objects.filter(pk=self.pk, agent=None, ended_at=None)
        if free.update(agent=by) == 0:
            self.refresh_from_db(fields=["agent", "answered_at", "ended_at"])
            return self.agent == by
        self.agent = by
        self.hint()
        return True

    @transaction.atomic
    def release(self, *, by: User) -> bool:
        """Say that this user does not pick it up after all; False when they are in it, or it is over."""
        if Call.objects.filter(pk=self.pk, agent=by, answered_at=None, ended_at=None).update(agent=None) == 0:
            return False
        before, self.agent = self.channels, None
        self.hint(also=before)
        return True

    @transaction.atomic
    def register(self, contact: Contact, *, by: User) -> None:
        """Tie what an agent wrote down to this call; the first contact is the call's, the next share its conversation.

        An unanswered call is then dealt with, and so is what else this number missed.
        """
        Call.objects.filter(pk=self.pk, contact=None).update(contact=contact)
        Call.objects.filter(pk=self.pk, customer=None).update(customer=contact.customer)
        if self.answered_at is None:
            self.handle(by=by)
        self.hint()

    @transaction.atomic
    def handle(self, *, by: User | None) -> None:
        """Write down that nothing is left to do about this call, nor about what its number missed before."""
        now = timezone.now()
        Call.objects.filter(pk=self.pk, handled_at=None).update(handled_at=now, handled_by=by)
        Call.objects.of_number(self.number).filter(began_at__lte=self.began_at).handle(by=by)
        self.hint()

    @transaction.atomic
    def call_back(self, *, by: User) -> None:
        """Write down who dials the number of this missed call, so that no colleague does the same meanwhile."""
        if self.is_missed and Call.objects.filter(pk=self.pk, handled_at=None).update(handled_by=by):
            self.hint()

    @transaction.atomic
    def belongs_to(self, customer: Customer, *, by: User) -> None:
        """Note the number of this call with the customer whose it turns out to be; a second time changes nothing."""
        Call.objects.filter(pk=self.pk).update(customer=customer)
        if self.number and not customer.addresses.filter(kind="phone", value=self.number).exists():
            customer.add_address("phone", self.number)
            customer.track("number_added", by=by, number=self.number)
        if self.contact is not None:
            self.contact.match(customer, by=by)
        self.hint()

    @property
    def is_inside(self) -> bool:
        """Say whether it is between two telephones in the house, and no business of a citizen."""
        return not self.number and self.sent.isdigit() and len(self.sent) <= EXTENSION_DIGITS and not self.original_id

    @property
    def is_lost(self) -> bool:
        return self.cause == LOST

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None or timezone.now() - self.began_at > STALE

    @property
    def is_missed(self) -> bool:
        over = self.ended_at is not None
        return self.direction == Direction.INBOUND and over and self.answered_at is None

    @property
    def shown_number(self) -> str:
        """Give the number as people read it, or as it came when it is none; empty for an anonymous caller."""
        return phone.display(self.number) if self.number else self.sent

    @property
    def state(self) -> str:
        """Give in a word where an agent is with this call."""
        if self.ended_at is not None:
            return str(_("Nawerk"))
        if self.answered_at is not None:
            return str(_("In gesprek"))
        return str(_("Belt uit") if self.direction == Direction.OUTBOUND else _("Neemt op"))

    @property
    def state_since(self) -> datetime:
        return self.ended_at or self.answered_at or self.began_at

    @property
    def state_span(self) -> timedelta:
        return timezone.now() - self.state_since

    @property
    def waiting(self) -> timedelta:
        """Give how long the citizen waits already, or waited."""
        return self.waited or timezone.now() - self.began_at

    @property
    def waited(self) -> timedelta | None:
        """Give how long the citizen waited, None while that is not over."""
        until = self.answered_at or self.ended_at
        return until - self.began_at if until else None

    @property
    def talked(self) -> timedelta | None:
        """Give how long they spoke so far; None when that is not known."""
        if self.answered_at is None or self.is_lost or self.answered_at == self.ended_at:
            return None
        return (self.ended_at or timezone.now()) - self.answered_at

    @property
    def original(self) -> "Call | None":
        """Give the call that this one was transferred from, with who had it and what was said."""
        if not self.original_id:
            return None
        rows = Call.objects.filter(connection=self.connection_id, external_id=self.original_id)
        return rows.select_related("agent", "contact").first()

    @property
    def conversation(self) -> UUID | None:
        """Give the conversation that a contact about this call belongs to, if something was written down already."""
        said = self.contact or (self.original.contact if self.original else None)
        return said.conversation if said else None

    def told(self, *, now: datetime) -> dict[str, Any]:
        """Give what this call says of the contact that is registered now: its way, number, moment and times."""
        about: dict[str, Any] = {"direction": self.direction, "party": self.number}
        if self.contact_id is not None:
            return about
        about["happened_at"] = self.answered_at or self.began_at
        if self.waited is not None:
            about["waited_seconds"] = _seconds(self.waited)
        if self.talked is not None or self.is_missed:
            about["seconds"] = _seconds(self.talked) if self.talked else None
        if self.ended_at is not None and self.answered_at is not None and now - self.ended_at <= WRAP_UP:
            about["after_seconds"] = _seconds(now - self.ended_at)
        return about

    @property
    def channels(self) -> list[str]:
        """Give where the pages listen that this call concerns."""
        people = [f"user:{pk}" for pk in (*self.called, self.agent_id) if pk]
        if self.team_id:
            return [*people, f"team:{self.team_id}"]
        return people if self.called else [*people, "kcc"]

    def hint(self, *, also: Iterable[str] = ()) -> None:
        """Tell the pages this call concerns, once this is committed, that they should ask again."""
        push.hint("call", *sorted({*self.channels, *also}))

    def _go_on(self) -> None:
        """Know what was known before the call was transferred, in whatever order the two were told of."""
        mine, now = Call.objects.filter(connection=self.connection), timezone.now()
        before = mine.filter(external_id=self.original_id).first() if self.original_id else None
        if before is not None:
            if not self.number:
                self.number, self.sent = before.number, before.sent
            self.customer = self.customer or before.customer
            mine.filter(pk=before.pk, answered_at=None, handled_at=None).update(handled_at=now)
        later = mine.filter(original_id=self.external_id)
        if later.exists():
            later.filter(number="").update(number=self.number, sent=self.sent, customer=self.customer)
            self.handled_at = self.handled_at or (now if self.answered_at is None else None)

    def _reached(self) -> None:
        """Take what this number missed before off the list: somebody speaks with the citizen now."""
        Call.objects.of_number(self.number).exclude(pk=self.pk).handle(by=self.agent)

    def _time_contact(self) -> None:
        """Give the contact that was saved during the call the time it really took."""
        if self.contact_id is not None and self.talked is not None:
            Contact.objects.filter(pk=self.contact_id).update(seconds=_seconds(self.talked), after_seconds=0)

    def _keep(self, also: Iterable[str] = ()) -> None:
        if self.is_inside:
            self.handled_at = self.handled_at or timezone.now()
        self.save(
            update_fields=[
                "number", "sent", "customer", "queue", "team", "called", "agent", "original_id",
                "answered_at", "ended_at", "cause", "handled_at",
            ]
        )  # fmt: skip
        self.hint(also=also)


def _seconds(span: timedelta) -> int:
    return max(0, int(span.total_seconds()))


@remembered
def has_exchange() -> bool:
    """Say whether a telephone exchange tells us of calls; without one nothing of it is shown."""
    return Connection.objects.of_kind(Connection.Kind.CTI).exists()

from datetime import datetime, timedelta
from email.utils import make_msgid
from functools import reduce
from operator import or_
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contacts.models.case import Case
from contacts.models.connection import Connection
from contacts.models.contact import Contact
from contacts.models.lease import LAST_ATTEMPT, WAITING, Leased, LeasedQuerySet
from contacts.models.mailbox import Mailbox

UNDO = timedelta(seconds=10)  # how long a message stays in the house after "send"
UNDELIVERED = {"failed", "bounced", "uncertain"}
STATUS = {
    "waiting": _("Wordt verstuurd"),
    "delayed": _("Nog niet bezorgd"),
    "sent": _("Verstuurd"),
    "assumed": _("Verstuurd, niet bevestigd"),
    "delivered": _("Bezorgd"),
    "read": _("Gelezen"),
    "bounced": _("Niet bezorgd"),
    "failed": _("Niet bezorgd"),
    "uncertain": _("Verzending onzeker"),
    "withdrawn": _("Ingetrokken"),
}


class OutgoingQuerySet(LeasedQuerySet["Outgoing"]):
    def with_message_ids(self, message_ids: list[str]) -> Self:
        """Give the messages of ours with one of these Message-IDs that belong to a contact."""
        found = self.filter(message_id__in=message_ids, contact__isnull=False)
        return found.select_related("contact__case", "contact__customer")

    def visible_to(self, user: User) -> Self:
        """Give the messages of contacts this user may see."""
        return self.filter(contact__in=Contact.objects.visible_to(user))

    def untouched(self) -> Self:
        """Give the messages that nobody began to send: they can still be kept in the house."""
        return self.filter(WAITING, attempts=0, lease_until=None)

    def with_keys(self, *beginnings: str) -> Self:
        """Give the messages whose key begins with one of these."""
        begins = [models.Q(key__startswith=one) for one in beginnings]
        return self.filter(reduce(or_, begins)) if begins else self.none()


class Outgoing(Leased):
    """A message that is to leave the house, written in the same transaction as what it tells about.

    Its Message-ID is fixed before the first attempt. `handed_over_at` is committed just before the data goes to the
    mail server: a row that has it but no `done_at` may or may not have left (RFC 1047), and is never sent again by
    itself.
    A message to several people is a row for each of them, all with one Message-ID: each arrives or fails by itself.
    """

    class Role(models.TextChoices):
        TO = "to", _("Aan")
        CC = "cc", _("Cc")
        BCC = "bcc", _("Bcc")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    key = models.CharField(_("sleutel"), max_length=200)
    kind = models.SlugField(_("soort"), max_length=40, db_index=False)
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="outgoing", verbose_name=_("klantcontact")
    )
    role = models.CharField(_("als"), max_length=3, choices=Role, default=Role.TO, db_default="to")
    recipient = models.CharField(_("aan"), max_length=254)  # an address, or a name on the connection's network
    mailbox = models.ForeignKey(Mailbox, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    subject = models.CharField(_("onderwerp"), max_length=200)
    body = models.TextField(_("tekst"))
    headers = models.JSONField(default=dict)
    message_id = models.CharField(max_length=200)
    created_at = models.DateTimeField(_("gemaakt op"), default=timezone.now)
    handed_over_at = models.DateTimeField(_("overgedragen op"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("ingetrokken op"), null=True, blank=True)
    external_id = models.CharField(_("id op het netwerk"), max_length=200, blank=True, default="", db_default="")
    delivered_at = models.DateTimeField(_("bezorgd op"), null=True, blank=True)
    read_at = models.DateTimeField(_("gelezen op"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("teruggekomen op"), null=True, blank=True)
    bounce = models.CharField(_("reden van terugkomst"), max_length=300, blank=True, default="", db_default="")

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        verbose_name = _("verzending")
        verbose_name_plural = _("verzendingen")
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=WAITING, name="outgoing_due"),
            models.Index(
                fields=["created_at", "recipient"],
                condition=models.Q(kind="acknowledgement"),
                name="outgoing_acknowledged",
            ),
            models.Index(
                fields=["connection", "external_id"],
                condition=~models.Q(external_id=""),
                name="outgoing_on_network",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="outgoing_once_per_key"),
            models.UniqueConstraint(fields=["message_id", "recipient"], name="outgoing_once_per_recipient"),
        ]

    def __str__(self) -> str:
        return self.subject

    @classmethod
    def write(
        cls,
        *,
        key: str,
        kind: str,
        recipient: str,
        subject: str,
        body: str,
        headers: dict[str, str] | None = None,
        contact: Contact | None = None,
        role: str = Role.TO,
        mailbox: Mailbox | None = None,
        connection: Connection | None = None,
        message_id: str = "",
        not_before: datetime | None = None,
    ) -> "Outgoing":
        """Give the message with this key, ready to be sent by the sender task; the same key twice is one message.

        Not before the moment given, if any: until then it can be withdrawn.
        """
        message, _created = cls.objects.get_or_create(
            key=key,
            defaults={
                "kind": kind,
                "contact": contact,
                "role": role,
                "recipient": one_line(recipient)[:254],
                "subject": one_line(subject)[:200],
                "body": body.replace("\0", ""),
                "headers": {one_line(name): one_line(value) for name, value in (headers or {}).items()},
                "mailbox": mailbox,
                "connection": connection,
                "message_id": message_id or make_msgid(domain=settings.MAIL_DOMAIN),
                "next_attempt_at": not_before or timezone.now(),
            },
        )
        return message

    @property
    def status(self) -> str:
        """Give how far this came, a word of STATUS; delayed is what did not get through yet and is tried again."""
        if self.bounced_at is not None:
            return "bounced"
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.read_at is not None or self.delivered_at is not None:
            return "read" if self.read_at is not None else "delivered"
        if self.done_at is not None:
            return "sent" if self.parked_at is None else "assumed"
        if self.parked_at is None:
            return "delayed" if self.last_error else "waiting"
        return "failed" if self.handed_over_at is None else "uncertain"

    @property
    def status_words(self) -> str:
        """Give the status in the words of the screen."""
        return str(STATUS[self.status])

    @property
    def can_be_withdrawn(self) -> bool:
        return self.status == "waiting" and self.attempts == 0 and self.lease_until is None

    @property
    def is_scheduled(self) -> bool:
        """Say whether this waits for a moment that somebody chose, not for its turn."""
        return self.attempts == 0 and self.next_attempt_at > self.created_at + UNDO * 2

    @transaction.atomic
    def withdraw(self) -> bool:
        """Keep this message in the house if nobody began to send it; say whether that was so."""
        now = timezone.now()
        if Outgoing.objects.untouched().filter(pk=self.pk).update(withdrawn_at=now, parked_at=now) == 0:
            return False
        self.withdrawn_at = self.parked_at = now
        return True

    @transaction.atomic
    def resend(self, *, by: User, to: str = "") -> bool:
        """Send this again after it failed, came back or perhaps left, to a better address if one is given.

        False when it is not in one of those states: somebody else did it meanwhile. The Message-ID stays the same.
        """
        row = Outgoing.objects.select_for_update().get(pk=self.pk)
        if row.status not in UNDELIVERED:
            return False
        before, address = row.recipient, one_line(to)[:254] or row.recipient
        if before != address:
            taken = Outgoing.objects.filter(message_id=row.message_id, recipient=address).exclude(pk=row.pk)
            if taken.exists():
                return False
            named = {name: row.headers[name] for name in ("To", "Cc") if name in row.headers}
            row.headers |= {name: value.replace(before, address) for name, value in named.items()}
        row.recipient, row.attempts, row.last_error = address, 0, ""
        row.done_at = row.parked_at = row.handed_over_at = row.lease_until = row.bounced_at = None
        row.next_attempt_at, row.bounce = timezone.now(), ""
        row.save()
        row.track("message_resent", by=by)
        return True

    @transaction.atomic
    def leave(self, *, by: User) -> bool:
        """Take it that this message, of which nobody knows whether it left, did; say whether it was such a one."""
        unsure = Outgoing.objects.filter(pk=self.pk, done_at=None, parked_at__isnull=False, withdrawn_at=None)
        if unsure.exclude(handed_over_at=None).update(done_at=timezone.now()) == 0:
            return False
        self.track("message_left", by=by)
        return True

    @transaction.atomic
    def come_back(self, reason: str, *, at: datetime) -> bool:
        """Note that the recipient's mail server returned this for good; a second report changes nothing."""
        if Outgoing.objects.filter(pk=self.pk, bounced_at=None).update(bounced_at=at, bounce=reason[:300]) == 0:
            return False
        self.bounced_at, self.bounce = at, reason[:300]
        self._alarm(reason)
        return True

    @transaction.atomic
    def park(self, reason: str, *, now: datetime) -> bool:
        """Set this message aside for a person to look at, and put its case before one."""
        parked = super().park(reason, now=now)
        if parked:
            self._alarm(reason)
        return parked

    @transaction.atomic
    def fail(self, error: object, *, now: datetime, after: timedelta = timedelta()) -> bool:
        """Give the row back after an error; after the last attempt it is parked, and its case is work again."""
        held = super().fail(error, now=now, after=after)
        if held and self.attempts >= LAST_ATTEMPT:
            self._alarm(str(error))
        elif held and self.contact is not None and self.contact.case is not None:
            self.contact.case.hint()  # pages say that it is not there yet
        return held

    def track(self, kind: str, *, by: User | None, **data: str) -> None:
        if self.contact is not None:
            self.contact.track(kind, by=by, recipient=self.recipient, **data)
            if self.contact.case is not None:
                self.contact.case.hint()

    def _alarm(self, reason: str) -> None:
        """Make the case work again, unread, when what was written to the citizen did not arrive."""
        self.track("message_undelivered", by=None, reason=reason[:300])
        case = self.contact.case if self.contact is not None and self.kind == "reply" else None
        if case is None:
            return
        case.reopen(by=None)
        unanswered = {"answered_at": None} if self.role == self.Role.TO else {}
        Case.objects.filter(pk=case.pk).update(read_at=None, waiting_until=None, snoozed_until=None, **unanswered)
        writer = self.contact.agent if self.contact is not None else None
        if writer is not None and writer.is_active:
            case.tell(writer, "case_undelivered", key=str(self.pk))

    def hand_over(self) -> bool:
        """Commit that the data is about to leave; say whether this process still holds the row."""
        self.handed_over_at = timezone.now()
        return self._as_holder(handed_over_at=self.handed_over_at)

    def take_back(self) -> None:
        """Note that the mail server refused the data, so that this message certainly did not leave."""
        if self.handed_over_at is not None:
            self.handed_over_at = None
            self._as_holder(handed_over_at=None)


def one_line(text: str) -> str:
    """Give text on one line, without NUL or what ends a line anywhere: it goes into a header."""
    return " ".join(text.replace("\0", "").split())

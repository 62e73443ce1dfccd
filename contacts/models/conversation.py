"""What was written and said in one case, as somebody reads it before answering: oldest first, the old folded away."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from accounts.paging import Place, encode
from contacts.models.attachment import Attachment
from contacts.models.case import Case
from contacts.models.contact import Contact, Direction
from contacts.models.event import Event
from contacts.models.outgoing import Outgoing

PAGE = 50  # contacts that are shown at once
SHOWN = 20_000  # characters of one of them; the rest is on its own page
NOTES = 100
WORST = ["failed", "bounced", "uncertain", "delayed", "waiting", "assumed", "sent", "delivered", "read", "withdrawn"]
HEAVY = ("message__html", "message__quoted", "text")
PICTURE_ELSEWHERE = r"<img[^>]+src\s*=\s*[\"']?(https?:)?//"
HAS_REMOTE = ExpressionWrapper(Q(message__html__iregex=PICTURE_ELSEWHERE), output_field=BooleanField())
# Everything that can change in what is shown: what was said, what happened to it, how far it came, what was looked at.
STATE = """
SELECT concat_ws(' ',
    (SELECT max(id) FROM contacts_contact WHERE case_id = %(case)s),
    (SELECT max(id) FROM contacts_event WHERE case_id = %(case)s),
    (SELECT max(event.id) FROM contacts_event AS event JOIN contacts_contact AS one ON event.contact_id = one.id
        WHERE one.case_id = %(case)s),
    (SELECT concat_ws(' ', sum(attempts), count(done_at), count(delivered_at), count(read_at), count(bounced_at),
            count(parked_at), count(withdrawn_at), max(next_attempt_at))
        FROM contacts_outgoing AS row JOIN contacts_contact AS one ON row.contact_id = one.id
        WHERE one.case_id = %(case)s),
    (SELECT count(scanned_at) FROM contacts_attachment AS file JOIN contacts_contact AS one ON file.contact_id = one.id
        WHERE one.case_id = %(case)s))
"""
HAS_HTML = ExpressionWrapper(Q(message__html__gt=""), output_field=BooleanField())


@dataclass(frozen=True)
class Entry:
    """A message in a case, a call or visit that belongs to it, or a note between colleagues."""

    at: datetime
    contact: Contact | None = None
    note: Event | None = None

    @property
    def name(self) -> str:
        """Give who said it."""
        if self.note is not None:
            return self.note.by.short_name if self.note.by else ""
        return writer(self.contact) if self.contact else ""

    @property
    def is_automatic(self) -> bool:
        return self.contact is not None and is_automatic(self.contact)

    @property
    def is_withdrawn(self) -> bool:
        return self.contact is not None and not self.contact.reached

    @property
    def text(self) -> str:
        return self.contact.text[:SHOWN] if self.contact else ""

    @property
    def is_cut(self) -> bool:
        """Say whether there is more of this than is shown here."""
        return self.contact is not None and len(self.contact.text) > SHOWN

    @property
    def quoted(self) -> str:
        message = getattr(self.contact, "message", None)
        return message.quoted[:SHOWN] if message else ""

    @property
    def quoted_lines(self) -> int:
        return len(self.quoted.splitlines())

    @property
    def state(self) -> Outgoing | None:
        """Give the row to send that says how far this came: that of whoever is worst off."""
        rows = list(self.contact.outgoing.all()) if self.contact else []
        return min(rows, key=lambda row: WORST.index(row.status), default=None)


def writer(contact: Contact) -> str:
    """Give who wrote or spoke, as a colleague knows them."""
    message = getattr(contact, "message", None)
    if contact.direction == Direction.OUTBOUND and contact.agent is not None:
        return contact.agent.short_name
    name = message.sender_name if message else ""
    return name or (contact.customer.name if contact.customer else "") or contact.party


@dataclass
class Conversation:
    """The last contacts of a case up to a place, with the notes between them; few queries, however many there are."""

    case: Case
    before: Place | None = None
    unfolded: bool = False  # everything is read, also what is old

    @cached_property
    def _heads(self) -> list[Contact]:
        """Give the contacts without their words, oldest first, and one more than is shown when there are more."""
        rows = Contact.objects.filter(case=self.case).filter(Q(reached=True) | Q(message__isnull=False))
        rows = rows.order_by("-happened_at", "-pk")
        if self.before is not None:
            moment, pk = self.before
            rows = rows.filter(Q(happened_at__lt=moment) | Q(happened_at=moment, pk__lt=pk))
        found = rows.select_related("message", "agent", "customer").defer(*HEAVY)[: PAGE + 1]
        return list(found)[::-1]

    @property
    def earlier_place(self) -> str:
        """Give the place before which there is more, empty when this begins at the beginning."""
        if len(self._heads) <= PAGE:
            return ""
        first = self._heads[1]
        return encode(first.happened_at, first.pk)

    @cached_property
    def _entries(self) -> list[Entry]:
        heads = self._heads[-PAGE:]
        notes = Event.objects.filter(case=self.case, kind="case_noted").select_related("by")
        if self.before is not None:
            notes = notes.filter(at__lt=self.before[0])
        if len(self._heads) > PAGE:
            notes = notes.filter(at__gte=heads[0].happened_at)
        found = [Entry(note.at, note=note) for note in notes.order_by("-at")[:NOTES]]
        return sorted(found + [Entry(one.happened_at, contact=one) for one in heads], key=lambda entry: entry.at)

    @cached_property
    def _turn(self) -> int:
        """Give where the last turn begins: what the customer wrote last, and all that came after it."""
        places = [
            number
            for number, entry in enumerate(self._entries)
            if entry.contact is not None and not is_automatic(entry.contact) and entry.contact.reached
        ]
        theirs = [number for number in places if self._direction(number) == Direction.INBOUND]
        return next(reversed(theirs), next(reversed(places), 0))

    def _direction(self, number: int) -> str:
        contact = self._entries[number].contact
        return contact.direction if contact else ""

    @property
    def folded(self) -> list[Entry]:
        """Give what is folded to one line: everything before the last turn."""
        return [] if self.unfolded else self._entries[: self._turn]

    @property
    def turn_place(self) -> str:
        """Give the place before which everything is folded."""
        first = self._entries[self._turn].contact if self.folded else None
        return encode(first.happened_at, first.pk) if first else ""

    @cached_property
    def names(self) -> str:
        return ", ".join(dict.fromkeys(entry.name for entry in self.folded if entry.name))

    @cached_property
    def open(self) -> list[Entry]:
        """Give what is shown in full."""
        shown = self._entries[len(self.folded) :]
        full = whole([entry.contact.pk for entry in shown if entry.contact])
        return [
            entry if entry.contact is None else Entry(entry.at, contact=full.get(entry.contact.pk)) for entry in shown
        ]

    @cached_property
    def version(self) -> str:
        """Give a word that stays the same as long as what is shown does: one query, without reading any of it."""
        with connection.cursor() as cursor:
            cursor.execute(STATE, {"case": self.case.pk})
            found = f"{cursor.fetchone()[0]} {timezone.localdate()} {get_language()}"
        return hashlib.sha256(found.encode()).hexdigest()[:24]


def whole(pks: Iterable[int]) -> dict[int, Contact]:
    """Give these contacts with their words, files and how far what was sent came; four queries."""
    files = Prefetch("attachments", Attachment.objects.shown())
    sent = Prefetch("outgoing", Outgoing.objects.defer("body", "headers").order_by("pk"))
    rows: QuerySet[Contact] = Contact.objects.filter(pk__in=list(pks)).annotate(
        has_html=HAS_HTML, has_remote=HAS_REMOTE
    )
    rows = rows.select_related("message__connection", "message__mailbox", "agent", "customer", "topic__parent")
    return {one.pk: one for one in rows.defer("message__html").prefetch_related(files, sent)}


def is_automatic(contact: Contact) -> bool:
    message = getattr(contact, "message", None)
    return bool(message and message.automatic)

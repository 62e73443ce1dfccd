"""What an arriving mail goes on with. Ids and references are no secrets, so its sender must be one who took part."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Q, QuerySet, Value
from django.utils import timezone

from accounts import locks
from contacts.channels.arrival import Arrival, family, is_ours
from contacts.models import Case, Contact, Inbound, Mailbox, Message, Outgoing
from contacts.models.token import case_of

REFERENCE = re.compile(r"\bZ ?[-‐‑–] ?(\d{4}) ?[-‐‑–] ?(\d{1,12})\b", re.IGNORECASE)  # as programs rewrite it
NAMED = 5  # references in a subject that are looked up
IDS = 30  # Message-IDs that are looked up
SAME = 20  # mails that name the same ones
PARTICIPANTS = 200  # contacts of a case that are looked through for a sender
DETAILS = ("mailbox", "team", "topic__team")  # of a case, that whatever follows asks for; one more join costs 1 ms
TOKEN, REFERENCES, SUBJECT = Inbound.Joined.TOKEN, Inbound.Joined.REFERENCES, Inbound.Joined.SUBJECT


@dataclass(frozen=True)
class Thread:
    """What a mail goes on with, and how that was seen."""

    how: str = ""  # token, references or subject
    contact: Contact | None = None  # of the same conversation
    case: Case | None = None
    is_stranger: bool = False  # the token proves the case; the sender never took part in it
    refused: Case | None = None  # the case it named, of which its sender knew nothing
    twins: tuple[int, ...] = ()  # contacts made of other mails with the same Message-ID
    own: int | None = None  # the contact that has this Message-ID because we sent it


def hold(arrival: Arrival) -> None:
    """Let nobody else take in a mail of the same thread until this transaction ends: each must find the other."""
    locks.wait(f"mail:{arrival.root}")


def find(arrival: Arrival) -> Thread:
    """Find the case and conversation of a mail: by our own token, else by what it answers, else by its subject."""
    search = _Search(arrival)
    if arrival.is_looped and search.known.ours.get(search.own):
        return search.nothing()
    return search.by_token() or search.by_ids() or search.by_subject() or search.nothing()


def goes_on(thread: Thread, mailbox: Mailbox | None, *, as_it_is: bool) -> tuple[Case | None, bool]:
    """Give the case this joins, if any, and whether to reopen it: the mailbox says what follows a closed case."""
    case = thread.case
    if case is None or as_it_is or case.closed_at is None:
        return case, False
    box = case.mailbox or mailbox
    rule = box.follow_up if box and case.spam_at is None else Mailbox.FollowUp.NEW
    fresh = box is not None and case.closed_at >= timezone.now() - timedelta(days=box.follow_up_days)
    if rule == Mailbox.FollowUp.REOPEN or (rule == Mailbox.FollowUp.NEW_AFTER and fresh):
        return case, True
    later = Case.objects.open().filter(contacts__conversation=thread.contact.conversation) if thread.contact else None
    return (later.order_by("-opened_at").first() if later is not None else None), False


class _Search:
    """Looks for the thread of one mail, asking the database no more than it must."""

    def __init__(self, arrival: Arrival) -> None:
        self.arrival = arrival
        self.ids = arrival.references[:IDS]
        self.own = arrival.mail.message_id
        self.known = _known([*self.ids, *([self.own] if self.own else [])])
        self.refused: Case | None = None

    @property
    def twins(self) -> tuple[int, ...]:
        return tuple(self.known.theirs.get(self.own, []))

    def by_token(self) -> Thread | None:
        pk = next((pk for pk in map(case_of, self.arrival.recipients) if pk is not None), None)
        first = Case.objects.filter(pk=pk).select_related(*DETAILS).first() if pk is not None else None
        if first is None:
            return None
        case = first.survivor
        cases = {first.pk, case.pk}
        contact = self._answered(cases) or _of_cases(cases).first()
        knows = (contact is not None and self._was_in(contact)) or self._took_part(Q(case__in=cases))
        return Thread(TOKEN, contact, case, is_stranger=not knows, twins=self.twins)

    def _answered(self, cases: set[int]) -> Contact | None:
        """Give the contact of these cases that the mail answers, for it has the conversation."""
        named = self.known.with_ids(self.ids)
        found = {contact.pk: contact for contact in _contacts(named) if contact.case_id in cases} if named else {}
        return next((found[pk] for pk in named if pk in found), None)

    def by_ids(self) -> Thread | None:
        named = [pk for pk in self.known.with_ids(self.ids) if pk not in self.twins]
        around = [pk for pk in self.known.naming if pk not in named]
        found = {contact.pk: contact for contact in _contacts([*named, *around])} if named or around else {}
        for pk in (*named, *around):
            contact = found.get(pk)
            if contact is None:
                continue
            if self._was_in(contact) or self._took_part(_around(contact)):
                return Thread(REFERENCES, contact, _survivor(contact), twins=self.twins)
            if pk in named:
                self.refused = self.refused or _survivor(contact)
        return None

    def by_subject(self) -> Thread | None:
        found = REFERENCE.findall(self.arrival.mail.subject)[:NAMED]
        references = [f"Z-{year}-{number}" for year, number in found]
        if not references:
            return None
        for first in Case.objects.filter(reference__in=references).select_related(*DETAILS):
            case = first.survivor
            cases = {first.pk, case.pk}
            if self._took_part(Q(case__in=cases)):
                latest = _of_cases(cases)
                own = latest.filter(party=self.arrival.sender).first() or latest.first()
                return Thread(SUBJECT, own, case, twins=self.twins)
            self.refused = self.refused or case
        return None

    def nothing(self) -> Thread:
        own = next(iter(self.known.ours.get(self.own, [])), None)
        return Thread(refused=self.refused, twins=self.twins, own=own)

    def _was_in(self, contact: Contact) -> bool:
        """Say whether the sender of this mail wrote that contact, or got it."""
        message = getattr(contact, "message", None)
        people = [*message.to, *message.cc, *message.bcc] if message is not None else []
        addresses = [one for _name, one in people] + self.known.recipients.get(contact.pk, [])
        return self._is_one_of(contact.party, contact.customer_id, addresses)

    def _took_part(self, where: Q) -> bool:
        names = ("party", "customer_id", "message__to", "message__cc", "message__bcc")
        rows = Contact.objects.filter(where).order_by("-happened_at", "-pk").values_list(*names)
        for party, customer, *lists in rows[:PARTICIPANTS]:
            if self._is_one_of(party, customer, [one for people in lists for _name, one in people or []]):
                return True
        return False

    def _is_one_of(self, party: str, customer_id: int | None, addresses: list[str]) -> bool:
        arrival = self.arrival
        if arrival.colleague is not None and arrival.is_proven:
            return True
        if not arrival.sender or is_ours(arrival.sender):
            return False
        if arrival.customer is not None and arrival.customer.pk == customer_id:
            return True
        own = family(arrival.sender)
        return any(family(one) == own for one in (party, *addresses))


def _survivor(contact: Contact) -> Case | None:
    return contact.case.survivor if contact.case is not None else None


def _of_cases(pks: set[int]) -> QuerySet[Contact]:
    return Contact.objects.filter(case__in=pks).order_by("-happened_at", "-pk")


def _around(contact: Contact) -> Q:
    """Give which contacts are of the same case, or of the same conversation."""
    same = Q(conversation=contact.conversation)
    return same | Q(case=contact.case_id) if contact.case_id is not None else same


def _contacts(pks: list[int]) -> list[Contact]:
    rows = Contact.objects.filter(pk__in=pks).select_related(*(f"case__{name}" for name in DETAILS), "message")
    return list(rows.defer("text", "message__html", "message__quoted"))


@dataclass(frozen=True)
class Known:
    """Which contacts have Message-IDs that a mail names."""

    theirs: dict[str, list[int]] = field(default_factory=dict)  # mails that came in, by Message-ID
    ours: dict[str, list[int]] = field(default_factory=dict)  # messages we sent
    recipients: dict[int, list[str]] = field(default_factory=dict)  # to whom we sent those
    naming: dict[int, None] = field(
        default_factory=dict
    )  # what only names the same ids: their common ancestor never came

    def with_ids(self, ids: list[str]) -> list[int]:
        """Give the contacts with these Message-IDs, in this order."""
        return list(dict.fromkeys(pk for one in ids for pk in (*self.ours.get(one, []), *self.theirs.get(one, []))))


def _known(ids: list[str]) -> Known:
    """Ask who has these ids, in one question: every mail asks it."""
    known = Known()
    if not ids:
        return known
    named = Q()
    for one in ids:
        named |= Q(references__contains=[one])
    naming = Message.objects.exclude(references=[]).filter(named).order_by("-pk")
    ours = Outgoing.objects.filter(message_id__in=ids, contact__isnull=False)
    rows = ours.values_list("message_id", "contact_id", "recipient", Value("ours")).union(
        Inbound.objects.with_message_ids(ids).values_list("message_id", "contact_id", Value(""), Value("theirs")),
        naming.values_list(Value(""), "contact_id", Value(""), Value("naming"))[:SAME],
        all=True,
    )
    for one, pk, recipient, kind in rows:
        if kind == "ours":
            known.ours.setdefault(one, []).append(pk)
            known.recipients.setdefault(pk, []).append(recipient)
        elif kind == "theirs":
            known.theirs.setdefault(one, []).append(pk)
        else:
            known.naming[pk] = None
    return known

"""What mail servers and mail programs tell of the messages we sent: not delivered, late, delivered, read."""

from django.utils import timezone

from accounts.models import User
from contacts.channels.arrival import BOUNCE, RECEIPT, Arrival
from contacts.channels.reading.bounce import Bounce
from contacts.models import Case, Outgoing

REPORTED = 50  # messages that one report can be about
REASON = 300


def about(arrival: Arrival) -> list[Outgoing]:
    """Give our messages that this mail reports on; their Message-IDs, which nobody can guess, stand in it."""
    if not tells(arrival):
        return []
    ids = list(arrival.mail.returned) or arrival.references
    rows = Outgoing.objects.filter(message_id__in=ids, connection=None).order_by("pk")
    return list(rows.select_related("contact__case", "contact__agent", "contact__customer")[:REPORTED])


def tells(arrival: Arrival) -> bool:
    """Say whether this mail is a report, not something that was written to us."""
    return arrival.automatic in {BOUNCE, RECEIPT} or arrival.mail.kind == "report"


def take_note(arrival: Arrival, messages: list[Outgoing]) -> None:
    """Write down what became of these messages, and tell who sent what did not arrive."""
    if arrival.automatic == RECEIPT:
        read_by = [message.pk for message in messages if message.recipient.lower() == arrival.sender]
        Outgoing.objects.filter(pk__in=read_by, read_at=None).update(read_at=timezone.now())
        return
    for bounce in arrival.mail.bounces or (_unnamed(arrival) if arrival.automatic == BOUNCE else ()):
        message = _meant(bounce, messages)
        if message is not None:
            _note(message, bounce)


def _unnamed(arrival: Arrival) -> tuple[Bounce, ...]:
    """Give the report of a server that does not say for whom: about our one message it is clear all the same."""
    return (Bounce("", "", "failed", " ".join(arrival.mail.text.split())[:REASON]),)


def _meant(bounce: Bounce, messages: list[Outgoing]) -> Outgoing | None:
    """Give the message that is reported on; what went to one person may come back from an address it went on to."""
    named = [message for message in messages if message.recipient.lower() == bounce.recipient.lower()]
    if named:
        return named[0]
    return messages[0] if len(messages) == 1 else None


def _note(message: Outgoing, bounce: Bounce) -> None:
    reason = " ".join(part for part in (bounce.status, bounce.diagnostic) if part)[:REASON]
    if bounce.action == "failed":  # with 4.4.7 too: the server gave up
        if message.come_back(reason, at=timezone.now()):
            _tell(message)
    elif bounce.action == "delayed":
        message.track("message_delayed", by=None, reason=reason)
    elif bounce.action == "delivered":
        Outgoing.objects.filter(pk=message.pk, delivered_at=None).update(delivered_at=timezone.now())


def _tell(message: Outgoing) -> None:
    """Put it in the bell of who must act: who wrote it, else whose case it is, else the department."""
    case = message.contact.case if message.contact is not None else None
    if case is None or message.kind != "reply":
        return
    for person in _responsible(message.contact.agent if message.contact else None, case):
        case.tell(person, "case_undelivered", key=str(message.pk))


def _responsible(writer: User | None, case: Case) -> list[User]:
    for person in (writer, case.assignee, case.team.coordinator):
        if person is not None and person.is_active:
            return [person]
    return list(case.team.members.filter(is_active=True))

"""Our side of the line in a test: a delivery is processed, an answer is written and sent, as the workers do it."""

import json
from typing import Any

from django.utils import timezone

from contacts import tasks
from contacts.models import Connection, Contact, Direction, Inbound, Message, Outgoing


def arrive(connection: Connection, found: Any, *, source: str = "") -> Inbound:
    """Let this be delivered and processed; give the row."""
    raw = found if isinstance(found, bytes) else json.dumps(found).encode()
    key = f"{connection.kind}:{connection.pk}:{Inbound.objects.count()}"
    row = Inbound.objects.create(source=source or connection.kind, connection=connection, key=key, sha256="", raw=raw)
    return work(row)


def work(row: Inbound) -> Inbound:
    Inbound.objects.filter(pk=row.pk).update(next_attempt_at=timezone.now(), lease_until=None)
    tasks.ingest_one(row.pk)
    row.refresh_from_db()
    return row


def answer(contact: Contact, text: str = "Ja, tot vijf uur.") -> Outgoing:
    """Write an answer as a colleague does, ready to be sent."""
    own = Contact.register(
        key=f"answer:{Contact.objects.count()}",
        channel="social",
        network=contact.network,
        by=None,
        direction=Direction.OUTBOUND,
        party=contact.party,
        text=text,
        case=contact.case,
        conversation=contact.conversation,
    )
    Message.objects.create(contact=own, connection=contact.message.connection)
    return Outgoing.write(
        key=f"{own.uuid}",
        kind="reply",
        recipient=contact.party,
        subject="",
        body=text,
        contact=own,
        connection=contact.message.connection,
        headers={"in_reply_to": contact.message.external_id, "visibility": contact.message.visibility},
    )


def attempt(outgoing: Outgoing) -> Outgoing:
    Outgoing.objects.filter(pk=outgoing.pk).update(next_attempt_at=timezone.now())
    tasks.send_one(outgoing.pk)
    outgoing.refresh_from_db()
    return outgoing

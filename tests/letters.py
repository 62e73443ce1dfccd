"""Mails for tests: written, and let in as the SMTP door and a worker do."""

from pathlib import Path
from typing import Any

from contacts import tasks
from contacts.models import Contact, Inbound

CORPUS = Path(__file__).parent / "mail"


def letter(name: str = "plain") -> bytes:
    """Give a mail of the collection."""
    return (CORPUS / f"{name}.eml").read_bytes()


def write(
    subject: str = "Vraag",
    *,
    sender: str = "a.jansen@voorbeeld.nl",
    text: str = "Wanneer komt u?",
    **headers: str,
) -> bytes:
    """Give a mail with these headers, written with underscores: In_Reply_To."""
    lines = [f"From: {sender}", f"Subject: {subject}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", text, ""]).encode()


def arrive(raw: bytes, **fields: Any) -> Contact:
    """Let a mail come in and be taken in, as the SMTP door and a worker do."""
    inbound = take_in(raw, **fields)
    assert inbound.contact is not None, inbound.last_error
    return inbound.contact


def take_in(raw: bytes, *, mailbox: Any = None, **fields: Any) -> Inbound:
    """Let a mail come in and give its row; mailbox is where it lay, when it was fetched."""
    inbound = Inbound.store(raw, source="smtp", **fields)
    if mailbox is not None:
        Inbound.objects.filter(pk=inbound.pk).update(mailbox=mailbox)
    tasks.ingest_one(inbound.pk)
    inbound.refresh_from_db()
    return inbound

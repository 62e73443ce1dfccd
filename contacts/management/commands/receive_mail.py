"""Mail from files or a pipe: an archive to import, or the delivery command of a mail server."""

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from contacts.channels import email
from contacts.channels.mail import Unreadable, parse
from contacts.models import Inbound

LIMIT = 100 * 1024 * 1024  # bytes of a file that are still kept, though not read, as a mail
OTHERS = 10.0  # seconds to wait for another process that is taking in the same mail
STATES = {"bounce": "bounced", "auto_reply": "auto_reply"}


class Command(BaseCommand):
    """Registers each mail and prints one line of JSON about it; a broken one never stops the next."""

    help = "Register e-mails from files, or from the standard input (-), and print a line of JSON for each."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="an e-mail (.eml), or - for the standard input")

    def handle(self, *args: Any, files: list[str], **options: Any) -> None:
        failures = 0
        for name in files:
            try:
                line = register(_read(name))
            except Exception as error:  # the next mail must be taken in whatever happened to this one
                line = {"state": "error", "error": f"{type(error).__name__}: {error}"}
            if line["state"] == "error":
                failures += 1
                self.stderr.write(f"{name}: {line['error']}")
            self.stdout.write(json.dumps({"file": name} | line))
            self.stdout.flush()
        if failures:
            raise CommandError(f"{failures} of {len(files)} could not be registered.")


def _read(name: str) -> bytes:
    if name == "-":
        raw = sys.stdin.buffer.read(LIMIT + 1)
    else:
        with Path(name).open("rb") as file:
            raw = file.read(LIMIT + 1)
    if len(raw) > LIMIT:
        raise ValueError(f"larger than {LIMIT // 1024 // 1024} MB")
    return raw


def register(raw: bytes) -> dict[str, Any]:
    """Take in one mail, unless that was done before, and give what became of it."""
    with transaction.atomic():  # stored and held at once, so that no worker comes in between
        inbound = Inbound.store(raw, source="import")
        held = Inbound.objects.take(inbound.pk, now=timezone.now())
    if held is not None:
        try:
            email.receive(held)
        except Exception as error:
            held.fail(error, now=timezone.now())
            raise
        return _line(held, raw, duplicate=False)
    inbound = _settled(inbound)
    if inbound.contact is None:
        return {"state": "error", "error": inbound.last_error or "another process is still taking it in"}
    return _line(inbound, raw, duplicate=True)


def _settled(inbound: Inbound) -> Inbound:
    """Give the row when the process that holds it is done with it, or when waiting for that makes no sense any more."""
    deadline = time.monotonic() + OTHERS
    while inbound.done_at is None and inbound.lease_until and time.monotonic() < deadline:
        time.sleep(0.1)
        inbound.refresh_from_db(fields=["done_at", "lease_until", "contact", "automatic", "joined", "last_error"])
    return inbound


def _line(inbound: Inbound, raw: bytes, *, duplicate: bool) -> dict[str, Any]:
    contact = inbound.contact
    assert contact is not None
    state = STATES.get(inbound.automatic, "registered") if contact.readable else "unparsable"
    line: dict[str, Any] = {
        "state": "duplicate" if duplicate else state,
        "contact": str(contact.uuid),
        "case": str(contact.case.uuid) if contact.case else None,
        "joined": inbound.joined or None,
    }
    try:
        mail = parse(raw)
    except Unreadable:
        return line | {
            "from_address": contact.party,
            "from_name": "",
            "subject": contact.subject,
            "text": contact.text,
            "attachments": [],
            "message_id": None,
        }
    files = [
        {"name": file.name, "content_type": file.content_type, "size": file.size, "sha256": file.sha256}
        for file in mail.attachments
    ]
    return line | {
        "from_address": mail.from_address,
        "from_name": mail.from_name,
        "subject": mail.subject,
        "text": mail.text,
        "attachments": files,
        "message_id": mail.message_id or None,
    }

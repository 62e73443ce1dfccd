"""Mail from files or a pipe: an archive to import, or the delivery command of a mail server."""

import json
import re
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from contacts.channels import email
from contacts.channels.reading.mail import Mail, Unreadable
from contacts.models import Contact, Inbound

LIMIT = 100 * 1024 * 1024  # bytes of a mail that are still kept, though not read
OTHERS = 10.0  # seconds to wait for another process that is taking in the same mail
STATES = {"bounce": "bounced", "auto_reply": "auto_reply", "receipt": "auto_reply"}
# The line before each mail of an mbox: "From jan@example.nl Mon Nov 16 10:12:00 2026".
POSTMARK = re.compile(rb"From \S{1,320}\s+\w{3} \w{3} [ \d]\d \d\d:\d\d(?::\d\d)?.{0,12} \d{4}[^\n]{0,12}\r?\n")
HEADER = re.compile(rb"[!-9;-~]{1,200}:")


class Command(BaseCommand):
    """Registers each mail and prints one line of JSON about it; a broken one never stops the next."""

    help = "Register e-mails from files (an mbox holds several) or the standard input (-); print JSON, a line for each."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="an e-mail (.eml), or - for the standard input")

    def handle(self, *args: Any, files: list[str], **options: Any) -> None:
        failures = 0
        for name in files:
            for line in _lines(name):
                if line["state"] == "error":
                    failures += 1
                    self.stderr.write(f"{name}: {line['error']}")
                self.stdout.write(json.dumps({"file": name} | line))
                self.stdout.flush()
        if failures:
            raise CommandError(f"{failures} could not be registered.")


def _lines(name: str) -> Iterator[dict[str, Any]]:
    """Give for each mail in a file what became of it; whatever goes wrong with one is said of that one."""
    try:
        file = sys.stdin.buffer if name == "-" else Path(name).open("rb")  # noqa: SIM115  (closed below)
    except (OSError, ValueError) as error:
        yield _error(error)
        return
    try:
        mails = _mails(file)
        while True:
            try:
                raw = next(mails, None)
                if raw is None:
                    return
                yield register(_bounded(raw))
            except Exception as error:  # the next mail must be taken in whatever happened to this one
                yield _error(error)
    finally:
        if name != "-":
            file.close()


def _mails(file: BinaryIO) -> Iterator[bytes]:
    """Give the mails in a file: those of an mbox one by one, of any other file the one it is."""
    first = file.readline(LIMIT + 1)
    if not POSTMARK.match(first):
        yield first + file.read(LIMIT + 1 - len(first))
        return
    mail, size, before, held = [first], len(first), b"", b""
    while held or (held := file.readline(LIMIT + 1)):
        line, held = held, b""
        if not before.strip() and before and POSTMARK.match(line) and HEADER.match(held := file.readline(LIMIT + 1)):
            yield b"".join(mail)
            mail, size = [], 0
        size += len(line)
        if size <= LIMIT + len(line):
            mail.append(line)
        before = line
    yield b"".join(mail)


def _bounded(raw: bytes) -> bytes:
    if len(raw) > LIMIT:
        raise ValueError(f"larger than {LIMIT // 1024 // 1024} MB")
    return raw


def _error(error: Exception) -> dict[str, Any]:
    """Give the line of what could not be kept: it has the keys of every other, for whoever reads them."""
    nothing = dict.fromkeys(("contact", "case", "joined", "from_address", "from_name", "subject", "text", "message_id"))
    return {"state": "error", "error": f"{type(error).__name__}: {error}"} | nothing | {"attachments": []}


def register(raw: bytes) -> dict[str, Any]:
    """Take in one mail, unless that was done before, and give what became of it."""
    with transaction.atomic():  # stored and held at once, so that no worker comes in between
        inbound = Inbound.store(raw, source="import")
        held = Inbound.objects.take(inbound.pk, now=timezone.now())
    mail = _read(held or inbound)
    if held is None:
        inbound = _settled(inbound)
        if inbound.contact is None:
            return _error(RuntimeError(inbound.last_error or "another process is still taking it in"))
        return _line(inbound, inbound.contact, mail, duplicate=True)
    try:
        contact = email.keep_unread(held, mail) if isinstance(mail, str) else email.take_in(held, mail)
    except Exception as error:
        held.fail(error, now=timezone.now())
        raise
    return _line(held, contact, mail, duplicate=not contact.is_new)


def _read(inbound: Inbound) -> Mail | str:
    """Give the mail, or why it cannot be read."""
    try:
        return email.read(inbound)
    except Unreadable as reason:
        return str(reason)


def _settled(inbound: Inbound) -> Inbound:
    """Give the row when the process that holds it is done with it, or when waiting for that makes no sense any more."""
    deadline = time.monotonic() + OTHERS
    while inbound.done_at is None and inbound.lease_until and time.monotonic() < deadline:
        time.sleep(0.1)
        inbound.refresh_from_db(fields=["done_at", "lease_until", "contact", "automatic", "joined", "last_error"])
    return inbound


def _line(inbound: Inbound, contact: Contact, mail: Mail | str, *, duplicate: bool) -> dict[str, Any]:
    state = STATES.get(inbound.automatic, "registered") if contact.readable else "unparsable"
    line: dict[str, Any] = {
        "state": "duplicate" if duplicate else state,
        "contact": str(contact.uuid),
        "case": str(contact.case.uuid) if contact.case else None,
        "joined": inbound.joined or None,
    }
    if isinstance(mail, str):
        mine = {"from_address": contact.party, "from_name": "", "subject": contact.subject, "text": contact.text}
        return line | mine | {"attachments": [], "message_id": None}
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

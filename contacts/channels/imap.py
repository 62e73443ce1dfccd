"""A mailbox emptied by IMAP (RFC 3501): each mail is kept here and committed before it is moved on the server.

A crash at any step costs nothing: what was kept but not moved is only moved the next time, what was moved is kept.
"""

import base64
import imaplib
import logging
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import DataError, transaction
from django.utils.translation import gettext as _

from accounts import locks
from contacts.channels import line
from contacts.channels.mail_server import Refused, Trouble, signed_in, words
from contacts.models import Fetched, Inbound, Mailbox

log = logging.getLogger(__name__)

LARGEST = 35 * 1024 * 1024  # bytes of a mail that is taken whole; of a larger one only the beginning
BEGINNING = 256 * 1024
WINDOW, MOST = 500, 500  # looked at in one question; taken in one run
TIME = 60.0  # seconds after which a run ends, to begin again soon

UID, SIZE = re.compile(rb"\bUID (\d+)"), re.compile(rb"\bRFC822\.SIZE (\d+)")
FAULTS = (imaplib.IMAP4.error, OSError, EOFError, ValueError, line.Unreachable, line.BrokenOff)


@dataclass(frozen=True)
class Lying:
    """A mail as it lies on the server."""

    uid: int
    size: int


@dataclass(frozen=True)
class Run:
    """What one look into a mailbox brought: mails kept, how many still lie there, and what went wrong."""

    kept: int
    backlog: int
    trouble: str = ""
    refused: bool = False  # we were not let in


def fetch(mailbox: Mailbox, *, kept: Callable[[Inbound], None], stop: Callable[[], bool] = lambda: False) -> Run | None:
    """Give what a look into this mailbox brought, with its state noted; None when another process is in it.

    For each mail that is kept, kept() is called in the transaction that does so. Raises nothing that the server does
    wrong: that is noted on the mailbox. A database that is away does raise.
    """
    with locks.held(f"mailbox:{mailbox.pk}") as mine:
        if not mine:
            return None
        try:
            with signed_in(mailbox) as server:
                run = _Folder(mailbox, server, kept, stop).empty()
        except (Trouble, *FAULTS) as error:
            run = Run(0, mailbox.backlog, words(error) or type(error).__name__, isinstance(error, Refused))
        if run.trouble:
            log.warning("Mailbox %s was not looked through", mailbox.pk)
            mailbox.fetch_failed(run.trouble)
        else:
            mailbox.fetched_well(backlog=run.backlog)
        return run


class _Folder:
    """The folder of one mailbox while it is being emptied, the oldest mail first."""

    def __init__(
        self, mailbox: Mailbox, server: imaplib.IMAP4, kept: Callable[[Inbound], None], stop: Callable[[], bool]
    ) -> None:
        self.mailbox, self.server, self.kept, self.stop = mailbox, server, kept, stop
        self.until = time.monotonic() + TIME
        self.can = self._abilities()
        answered, data = server.select(_name(mailbox.folder))
        if answered != "OK":
            raise Trouble(_("De map %(folder)s is er niet.") % {"folder": mailbox.folder})
        if mailbox.folder == mailbox.done_folder:
            raise Trouble(_("De map voor verwerkte post is de map zelf."))
        self.exists = int(data[0] or 0)
        validity = server.response("UIDVALIDITY")[1][0]
        self.uidvalidity = int(validity) if validity else 0
        self.done_folder, self.trouble = "", ""

    def _abilities(self) -> set[str]:
        """Give what this server can; it says more than before we signed in."""
        told = self.server.capability()[1][0] or b""
        return set(told.decode("ascii", "replace").upper().split())

    def empty(self) -> Run:
        """Take what lies here, as far as a run goes; a mail that gives trouble keeps no other waiting."""
        kept = 0
        lying, unseen = self._lying()
        known = self._known([one.uid for one in lying])
        for number, one in enumerate(lying):
            if time.monotonic() > self.until or kept >= MOST or self.stop():
                return Run(kept, unseen + len(lying) - number, self.trouble)
            try:
                kept += self._handle(one, known=one.uid in known)
            except (Trouble, DataError) as error:
                self.trouble = self.trouble or words(error)
        return Run(kept, unseen, self.trouble)

    def _lying(self) -> tuple[list[Lying], int]:
        """Give what lies here, the oldest first, and how many were not looked at; what is marked deleted is left out.

        Where much is marked and stays, the rest must be found behind it.
        """
        listed: list[Lying] = []
        last = 0
        while last < self.exists and len(listed) < WINDOW:
            first, last = last + 1, min(last + WINDOW, self.exists)
            answered, rows = self.server.fetch(f"{first}:{last}", "(UID FLAGS RFC822.SIZE)")
            if answered != "OK":
                raise Trouble(_("De server geeft geen lijst van de e-mails."))
            for row in rows:
                text = row[0] if isinstance(row, tuple) else row
                if text and (uid := UID.search(text)) and b"\\DELETED" not in text.upper():
                    size = SIZE.search(text)
                    listed.append(Lying(int(uid[1]), int(size[1]) if size else 0))
        return listed, self.exists - last

    def _known(self, uids: list[int]) -> set[int]:
        rows = Fetched.objects.filter(mailbox=self.mailbox, uidvalidity=self.uidvalidity, uid__in=uids)
        return set(rows.values_list("uid", flat=True))

    def _handle(self, lying: Lying, *, known: bool) -> int:
        """Keep one mail, commit, and only then move it; give how many were kept."""
        if not known:
            cut = lying.size > LARGEST
            raw = self._read(lying.uid, cut=cut)
            if raw is None:
                return 0
            self._keep(lying, raw, cut=cut)
        self._move(lying.uid)
        return 0 if known else 1

    def _keep(self, lying: Lying, raw: bytes, *, cut: bool) -> None:
        envelope: dict[str, Any] = {"to": [self.mailbox.address]} | ({"cut": lying.size} if cut else {})
        with transaction.atomic():
            inbound = Inbound.store(raw, source="imap", envelope=envelope, mailbox=self.mailbox)
            Fetched.objects.get_or_create(
                mailbox=self.mailbox, uidvalidity=self.uidvalidity, uid=lying.uid, defaults={"inbound": inbound}
            )
            self.kept(inbound)

    def _read(self, uid: int, *, cut: bool) -> bytes | None:
        """Give the bytes of a mail without marking it as read; None when it is gone. Raises Trouble."""
        part = f"(UID BODY.PEEK[]<0.{BEGINNING}>)" if cut else "(UID BODY.PEEK[])"
        answered, rows = self.server.uid("FETCH", str(uid), part)
        if answered != "OK":
            raise Trouble(_("De server geeft een e-mail niet: %(why)s") % {"why": _said(rows)})
        for row in rows:
            if isinstance(row, tuple) and (found := UID.search(row[0])) and int(found[1]) == uid:
                return bytes(row[1])
        whole = [row for row in rows if isinstance(row, tuple)]
        return bytes(whole[0][1]) if len(whole) == 1 else None  # some servers say the UID after the bytes

    def _move(self, uid: int) -> None:
        """Put a mail in the folder of those that were taken in; where that cannot be done it stays. Raises Trouble."""
        folder = self._done()
        if "MOVE" in self.can and self._did("MOVE", str(uid), folder):
            return
        answered, rows = self.server.uid("COPY", str(uid), folder)
        if answered != "OK":
            raise Trouble(_("De server verplaatst een e-mail niet: %(why)s") % {"why": _said(rows)})
        self._did("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
        if "UIDPLUS" in self.can:  # without it, EXPUNGE would remove what others marked too
            self._did("EXPUNGE", str(uid))

    def _did(self, *command: str) -> bool:
        return bool(self.server.uid(*command)[0] == "OK")

    def _done(self) -> str:
        """Give the folder for mails that were taken in, made if it was not there: beside INBOX, or below it."""
        if self.done_folder:
            return self.done_folder
        for name in (self.mailbox.done_folder, f"INBOX.{self.mailbox.done_folder}"):
            folder = _name(name)
            if self.server.status(folder, "(MESSAGES)")[0] == "OK":
                self.done_folder = folder
                return folder
            if self.server.create(folder)[0] == "OK":
                with suppress(imaplib.IMAP4.error):  # so that mail programs show it
                    self.server.subscribe(folder)
                self.done_folder = folder
                return folder
        raise Trouble(_("De map %(folder)s kan niet worden gemaakt.") % {"folder": self.mailbox.done_folder})


def _name(folder: str) -> str:
    """Give the name of a folder as it goes over the line: modified UTF-7 (RFC 3501, 5.1.3), quoted."""
    encoded = re.sub(r"[^\x20-\x7e]+", _shifted, folder.replace("&", "&-"))
    return '"' + encoded.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _shifted(found: re.Match[str]) -> str:
    text = base64.b64encode(found[0].encode("utf-16-be", "replace")).rstrip(b"=").decode("ascii")
    return "&" + text.replace("/", ",") + "-"


def _said(rows: list[Any]) -> str:
    first = rows[0] if rows else b""
    return first.decode("utf-8", "replace")[:150] if isinstance(first, bytes) else ""

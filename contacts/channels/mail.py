"""The bytes of an e-mail made into what an agent reads: whoever made them, and however badly.

Python's own parser divides the mail (policy compat32, which never looks into headers); everything is cut to size
before that, and made into text here. Nothing of a mail is changed or lost: the bytes stay as they came.
"""

import hashlib
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.feedparser import BytesFeedParser
from email.message import Message
from email.policy import Compat32
from typing import Any

from contacts.channels import charset, header, html, quote

SIZE = 35 * 1024 * 1024  # bytes of a mail
HEADERS = 256 * 1024  # bytes of the headers of a mail
HEADER, STRUCTURE = 16 * 1024, 4 * 1024  # bytes of one header; of one that says how a part is made
HEADER_COUNT = 5000  # in all parts together
PARTS, DEPTH, ATTACHMENTS = 200, 20, 100
TEXT = 2 * 1024 * 1024  # bytes of one text part
REFERENCES = 50
SHORTENED = "\n\n[Ingekort. Open de originele e-mail voor de rest.]"
MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
ABSENCE = re.compile(r"^(?:automatisch(?:e)? antwoord|automatic reply|auto-?reply|out of office|afwezig\w*)\b", re.IGNORECASE)
DAEMON = re.compile(r"^(?:mailer-daemon|postmaster)@", re.IGNORECASE)


class Unreadable(Exception):
    """A mail of which no text could be made; the words say why, for an agent."""


@dataclass(frozen=True)
class Attachment:
    """A file in a mail; `name` is safe to show, `content` is what it is."""

    name: str
    content_type: str
    size: int
    sha256: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Mail:
    """What stands in an e-mail. Everything is text without controls; addresses are as they were written."""

    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()  # the newest last; of a bounce, also the id of what came back
    from_address: str = ""
    from_name: str = ""
    to: tuple[tuple[str, str], ...] = ()  # name, address
    cc: tuple[tuple[str, str], ...] = ()
    subject: str = ""
    date: datetime | None = None
    text: str = ""  # what an agent reads first
    quoted: str = ""  # the earlier messages below it
    html: str = ""  # not sanitised
    attachments: tuple[Attachment, ...] = ()
    automatic: str = ""  # auto_reply, bounce or bulk
    repaired: bool = False  # something in it was not as it should be, and was guessed


def parse(raw: bytes) -> Mail:
    """Give what stands in a mail. Raises Unreadable, and nothing else, when that cannot be done."""
    if len(raw) > SIZE:
        raise Unreadable("De e-mail is te groot.")
    try:
        return _Reader(raw).mail()
    except Unreadable:
        raise
    except (Exception, RecursionError) as error:  # a stranger made these bytes: whatever the parser trips over
        raise Unreadable(f"De opbouw van de e-mail klopt niet ({type(error).__name__}).") from error


class _Cut(Compat32):
    """Takes headers as they come, no more of each than a mail can need, and no more parts than that."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, _colon, value = sourcelines[0].partition(":")
        for line in sourcelines[1:]:
            if len(value) > HEADER:
                break
            value += line
        limit = STRUCTURE if name.lower().startswith("content-") else HEADER
        return name, value[:limit].strip(" \t\r\n")


class _Part(Message):
    """One part of a mail; making too many of them breaks off."""

    def __init__(self, policy: Any = None) -> None:
        super().__init__(policy or _Cut())

    def raw(self, name: str) -> bytes:
        """Give the first header of that name, byte for byte; empty when there is none."""
        for key, value in self.raw_items():
            if key.lower() == name:
                return str(value).encode("ascii", "surrogateescape") if str(value).isascii() else _bytes(str(value))
        return b""

    def word(self, name: str) -> str:
        """Give a header whose value is a single word, in lower case, without what comes after it."""
        return re.split(r"[\s;(]", _ascii(self.raw(name)).strip().lower(), maxsplit=1)[0]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _ascii(value: bytes) -> str:
    return value.decode("ascii", "replace")


class _Reader:
    """Reads one mail."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.repaired = False
        self.parts = self.headers = 0
        self.plain: list[str] = []
        self.rich: list[str] = []
        self.attachments: list[Attachment] = []
        self.returned: list[str] = []  # Message-IDs of mails that came back
        self.report = ""

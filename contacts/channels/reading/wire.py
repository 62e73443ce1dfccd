"""A mail that was read, carried from the process that read it to the one that wanted it.

What comes back was made from a stranger's bytes by a process that a stranger may have taken over: it is looked at as
closely as the mail itself was. Never a pickle.
"""

import hashlib
import json
import struct
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from contacts.channels.reading.attachment import Attachment
from contacts.channels.reading.bounce import Bounce
from contacts.channels.reading.mail import Mail

LENGTHS = struct.Struct(">cII")  # of a frame: what it is, bytes of JSON, bytes of files
REQUEST = struct.Struct(">I")
READ, UNREADABLE = b"M", b"U"
HELLO = b"kcc-mail-1"  # what a child says when it is ready
JSON = 96 * 1024 * 1024  # bytes
FILES = 80 * 1024 * 1024
WORDS = 16 * 1024 * 1024  # characters of a text


class Damaged(Exception):
    """What came back is not what a reader would give."""


def packed(mail: Mail) -> tuple[bytes, list[bytes]]:
    """Give a mail as JSON, and the bytes of its files."""
    facts = {one.name: getattr(mail, one.name) for one in fields(mail)}
    facts["date"] = mail.date.timestamp() if mail.date else None
    facts["bounces"] = [[one.recipient, one.status, one.action, one.diagnostic] for one in mail.bounces]
    facts["attachments"] = [
        [one.name, one.content_type, one.size, one.content_id, one.inline, one.sniffed] for one in mail.attachments
    ]
    return json.dumps(facts, ensure_ascii=False).encode("utf-8", "replace"), [one.content for one in mail.attachments]


def unpacked(facts: bytes, files: bytes) -> Mail:
    """Give the mail again. Raises Damaged."""
    try:
        found = json.loads(facts)
        if not isinstance(found, dict) or found.keys() != READERS.keys():
            raise Damaged("fields")
        values = {name: read(found[name]) for name, read in READERS.items() if name != "attachments"}
        return Mail(**values, attachments=_attachments(found["attachments"], files))
    except (ValueError, TypeError, OverflowError, OSError, RecursionError) as error:
        raise Damaged(str(error)[:100]) from error


def _attachments(found: Any, files: bytes) -> tuple[Attachment, ...]:
    kept, at = [], 0
    for name, content_type, size, content_id, inline, sniffed in _entries(found):
        if not isinstance(size, int) or not 0 <= size <= len(files) - at:
            raise Damaged("size")
        content, at = files[at : at + size], at + size
        digest = hashlib.sha256(content).hexdigest()
        if any(sign in _line(name) for sign in "/\\") or not name.strip():
            raise Damaged("name")
        words = _line(content_type), _line(content_id), _line(sniffed)
        kept.append(Attachment(name, words[0], size, digest, content, words[1], _truth(inline), words[2]))
    if at != len(files):
        raise Damaged("size")
    return tuple(kept)


def _text(found: Any) -> str:
    if not isinstance(found, str) or len(found) > WORDS or "\0" in found:
        raise Damaged("text")
    found.encode()  # half a character is no text
    return found


def _line(found: Any) -> str:
    if not isinstance(found, str) or len(found) > 20_000 or (found and not found.isprintable() and set(found) & BROKEN):
        raise Damaged("line")
    return _text(found)


BROKEN = {chr(number) for number in (*range(32), 0x7F, 0x85, 0x2028, 0x2029)}


def _truth(found: Any) -> bool:
    if not isinstance(found, bool):
        raise Damaged("truth")
    return found


def _list(found: Any, most: int) -> list[Any]:
    if not isinstance(found, list) or len(found) > most:
        raise Damaged("list")
    return found


def _entries(found: Any) -> list[Any]:
    return _list(found, 100)


def _lines(found: Any) -> tuple[str, ...]:
    return tuple(_line(one) for one in _list(found, 1000))


def _rows(length: int) -> Callable[[Any], Any]:
    def read(found: Any) -> tuple[tuple[str, ...], ...]:
        rows = tuple(_lines(row) for row in _list(found, 1000))
        if any(len(row) != length for row in rows):
            raise Damaged("row")
        return rows

    return read


def _bounces(found: Any) -> tuple[Bounce, ...]:
    return tuple(Bounce(*row) for row in _rows(4)(found))


def _date(found: Any) -> datetime | None:
    if found is None:
        return None
    if not isinstance(found, (int, float)):
        raise Damaged("date")
    return datetime.fromtimestamp(found, UTC)


READERS: dict[str, Callable[[Any], Any]] = {
    "message_id": _line,
    "in_reply_to": _lines,
    "references": _lines,
    "returned": _lines,
    "from_address": _line,
    "from_name": _line,
    "to": _rows(2),
    "cc": _rows(2),
    "subject": _line,
    "date": _date,
    "text": _text,
    "quoted": _text,
    "html": _text,
    "attachments": _entries,
    "automatic": _line,
    "repaired": _truth,
    "kind": _line,
    "may_answer": _truth,
    "reply_to": _rows(2),
    "sender_name": _line,
    "poses_as": _line,
    "delivered_to": _lines,
    "authentication": _rows(3),
    "content_digest": _line,
    "bounces": _bounces,
    "loops": _lines,
    "list_id": _line,
    "security": _line,
}

"""Headers of a mail made into text: encoded words (RFC 2047) and raw bytes, however badly they were made."""

import binascii
import re
from datetime import UTC, datetime
from email.utils import getaddresses, mktime_tz, parsedate_tz

from contacts.channels import charset

WORD = re.compile(rb"=\?([^?\s=]{1,60})\?([bBqQ])\?(.{0,4000}?)\?=", re.DOTALL)
FOLD = re.compile(rb"\r?\n[ \t]*|\r[ \t]*")
HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
ADDRESS = re.compile(r"[^\s@<>\"(),;:\\\[\]]{1,64}@[^\s@<>\"(),;:\\\[\]]{1,253}")
ADDRESSES = 200
TIME_LIMIT = 100  # characters of a Date header


def text(value: bytes, declared: str = "") -> tuple[str, bool]:
    """Give a header as one line of text, and whether it had to be repaired."""
    pieces = [charset.decode(data, name) for data, name in _parts(FOLD.sub(b" ", value), declared)]
    return charset.one_line("".join(piece for piece, _fixed in pieces)), any(fixed for _piece, fixed in pieces)


def _parts(value: bytes, declared: str) -> list[tuple[bytes, str]]:
    """Give the bytes of a header with their charset; words in a row may split a character, and are one."""
    parts: list[tuple[bytes, str]] = []
    end, after_word = 0, False
    for word in WORD.finditer(value):
        between, name = value[end : word.start()], word[1].decode("ascii", "replace")
        if between.strip() or not after_word:
            parts.append((between, declared))
        elif parts[-1][1] == name:
            parts[-1] = parts[-1][0] + _bytes_of(word), name
            end = word.end()
            continue
        parts.append((_bytes_of(word), name))
        end, after_word = word.end(), True
    return [*parts, (value[end:], declared)]


def _bytes_of(word: re.Match[bytes]) -> bytes:
    if word[2] in b"qQ":
        return HEX.sub(lambda found: bytes([int(found[1], 16)]), word[3].replace(b"_", b" "))
    digits = re.sub(rb"[^A-Za-z0-9+/]", b"", word[3])
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    try:
        return binascii.a2b_base64(digits + b"==")
    except binascii.Error:
        return word[0]


def addresses(value: bytes) -> list[tuple[str, str]]:
    """Give name and address of everybody in a From, To or Cc header; what is no address is left out."""
    line = _unencoded(value)
    try:
        pairs = getaddresses([line])
    except (ValueError, IndexError, RecursionError):
        pairs = []
    found = [(name, address) for name, address in pairs if ADDRESS.fullmatch(address.strip())]
    if not found:  # nothing that the standard allows: take what looks like an address
        found = [("", match[0]) for match in ADDRESS.finditer(line)]
    return [(_name(name), charset.one_line(address).strip(".")) for name, address in found[:ADDRESSES]]


def _unencoded(value: bytes) -> str:
    """Give an address header with its raw bytes decoded and its encoded words as they are: they may hold commas."""
    return charset.one_line(charset.decode(FOLD.sub(b" ", value))[0])


def _name(name: str) -> str:
    return text(name.encode("utf-8", "replace"))[0].strip(" \"'")[:200]


def moment(value: bytes) -> datetime | None:
    """Give the moment of a Date header; None when there is none in it."""
    try:
        parsed = parsedate_tz(value[:TIME_LIMIT].decode("ascii", "replace"))
        return datetime.fromtimestamp(mktime_tz(parsed), UTC) if parsed else None
    except (ValueError, TypeError, OverflowError, OSError, IndexError):
        return None

"""Headers of a mail made into text: encoded words (RFC 2047) and raw bytes, however badly they were made."""

import binascii
import re
from datetime import UTC, datetime
from email.utils import mktime_tz, parsedate_tz

from contacts.channels.reading import charset

WORD = re.compile(rb"=\?([^?\s=]{1,60})\?([bBqQ])\?(.{0,4000}?)\?=", re.DOTALL)
BROKEN_OFF = re.compile(rb"=\?([A-Za-z0-9*_.:-]{2,60})\?([bBqQ])\?([^?]{1,4000})\??\Z")
FOLD = re.compile(rb"\r?\n[ \t]*|\r[ \t]*")
HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>|<[^<>]{1,250}@[^<>]{1,250}>")  # or one that was broken to fit
REFERENCES = 50
ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
COMMENT = re.compile(r"\([^()]*\)")
OFFSET = re.compile(r"([+-]\d\d):(\d\d)$")
AFTERNOON = re.compile(r"\b(\d{1,2})([:.]\d\d(?:[:.]\d\d)?) ?([AP])\.?M\b\.?", re.IGNORECASE)
DAY_FIRST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})\b")
# As programs write them in Dutch, German and French; the others begin as in English.
MONTHS = {
    "mrt": "Mar", "maa": "Mar", "mär": "Mar", "mei": "May", "mai": "May", "okt": "Oct", "dez": "Dec", "fév": "Feb",
    "fev": "Feb", "avr": "Apr", "juin": "Jun", "juil": "Jul", "aoû": "Aug", "déc": "Dec",
}  # fmt: skip
MONTH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mrt|maa|mär|mei|mai|okt|dez|f[ée]v|avr|juin|juil|aoû|déc)"
    r"[^\W\d_]*\.?",
    re.IGNORECASE,
)
WEEKDAY = re.compile(r"^[^\W\d_]{2,12}\.?,? (?=\d)|^[^\W\d_]{2,12}\.?,(?=\d)")
NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
ZONES = {
    "CET": "+0100",
    "MET": "+0100",
    "WET": "+0000",
    "CEST": "+0200",
    "MEST": "+0200",
    "BST": "+0100",
    "EET": "+0200",
}
ZONE = re.compile(r"\b(CET|MET|WET|CEST|MEST|BST|EET)\b", re.IGNORECASE)
GMT_PLUS = re.compile(r"\b(?:GMT|UTC)([+-])(\d\d)(?::?00)?\b(?!:?\d)", re.IGNORECASE)
FURTHEST = 14 * 3600  # seconds that any clock is away from UTC
TIME_LIMIT = 100  # characters of a Date header


def text(value: bytes, declared: str = "") -> tuple[str, bool]:
    """Give a header as one line of text, and whether it had to be repaired (`declared` is for raw bytes)."""
    if value.isascii() and b"=?" not in value and b"\x1b" not in value:
        return charset.one_line(FOLD.sub(b" ", value).decode("ascii")), False
    pieces = [_decoded(data, name, declared) for data, name in _parts(FOLD.sub(b" ", value))]
    found, mended = charset.mended("".join(piece for piece, _fixed in pieces))
    return charset.one_line(found), mended or any(fixed for _piece, fixed in pieces)


def _decoded(data: bytes, name: str | None, declared: str) -> tuple[str, bool]:
    """Give a piece of a header: raw bytes are UTF-8, if they can be, and else what the body says it is written in."""
    if name is not None:
        return charset.decode(data, name)
    if data.isascii():
        return charset.decode(data)
    return (data.decode(), False) if charset.is_utf8(data) else (charset.decode(data, declared)[0], True)


def _parts(value: bytes) -> list[tuple[bytes, str | None]]:
    """Give the bytes of a header with their charset; words in a row may split a character, and are one."""
    parts: list[tuple[bytes, str | None]] = []
    end, after_word = 0, False
    for word in WORD.finditer(value):
        between, name = value[end : word.start()], word[1].decode("ascii", "replace").lower()
        if between.strip() or not after_word:
            parts.append((between, None))
        elif parts[-1][1] == name:
            parts[-1] = parts[-1][0] + _bytes_of(word), name
            end = word.end()
            continue
        parts.append((_bytes_of(word), name))
        end, after_word = word.end(), True
    broken = BROKEN_OFF.search(value, end)
    if broken:
        return [*parts, (value[end : broken.start()], None), (_bytes_of(broken), broken[1].decode("ascii", "replace"))]
    return [*parts, (value[end:], None)]


def unfolded(value: bytes) -> str:
    """Give a header with its raw bytes decoded and its encoded words as they are: they may hold commas."""
    return charset.decode(FOLD.sub(b" ", value))[0]


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


def moment(value: bytes) -> datetime | None:
    """Give the moment of a Date header; None when there is none in it. A clock without a zone is taken as UTC."""
    line = charset.one_line(value[:TIME_LIMIT].decode("utf-8", "replace"))
    try:
        if ISO.match(line):
            found = datetime.fromisoformat(line.replace("Z", "+00:00").replace(" ", "T", 1).replace(" ", ""))
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        line = COMMENT.sub("", COMMENT.sub("", line)).strip()  # one may stand in another
        line = MONTH.sub(_in_english, DAY_FIRST.sub(_with_month, WEEKDAY.sub("", line)))
        line = AFTERNOON.sub(_by_24_hours, OFFSET.sub(r"\1\2", line))
        line = ZONE.sub(lambda zone: ZONES[zone[1].upper()], line)
        parsed = parsedate_tz(GMT_PLUS.sub(r"\1\g<2>00", line))
        if not parsed or abs(parsed[9] or 0) > FURTHEST:
            return None
        year = parsed[0] + 1900 if 100 <= parsed[0] < 200 else parsed[0]  # programs that count from 1900
        datetime(year, *parsed[1:5])  # noqa: DTZ001  (that day and that hour exist)
        return datetime.fromtimestamp(mktime_tz((year, *parsed[1:9], parsed[9] or 0)), UTC)
    except (ValueError, TypeError, OverflowError, OSError, IndexError, KeyError):
        return None


def _in_english(found: re.Match[str]) -> str:
    return MONTHS.get(found[1].lower(), found[1])


def _with_month(found: re.Match[str]) -> str:
    """Write a date in figures with the name of the month, unless the month may stand first."""
    day, sign, month = int(found[1]), found[2], int(found[3])
    sure = month <= 12 and (sign != "/" or day > 12)
    return f"{day} {NAMES[month - 1]} {found[4]}" if sure else found[0]


def _by_24_hours(found: re.Match[str]) -> str:
    hour = int(found[1]) % 12 + (12 if found[3] in "pP" else 0)
    return f"{hour if int(found[1]) <= 12 else found[1]}{found[2]}"


def message_ids(value: bytes) -> list[str]:
    """Give the Message-IDs in a header, the last of them; a single word without its brackets counts too."""
    line = charset.one_line(value.decode("ascii", "replace"))
    found = ["".join(one.split()) for one in MESSAGE_ID.findall(line)[-REFERENCES:]]
    return found or ([f"<{line.strip('<>')}>"] if line and " " not in line and len(line) <= 250 else [])

"""How a mail is built (RFC 2045, 2046, 2231): headers and parts, as bytes, found in one buffer without copying it.

Python's own parser reads line by line and calls itself for each level: 35 MB of empty lines costs it half a minute, and
a few hundred levels break it. Here each level is one search, and what is broken is mended as mail programs do.
"""

import binascii
import codecs
import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from contacts.channels.reading import attachment, charset, header

PARTS, DEPTH = 200, 20
HEADERS, PART_HEADERS = 2000, 200  # of a mail, of a part in it
HEADER, STRUCTURE = 16 * 1024, 4 * 1024  # bytes of one header; of one that says how a part is built
CHUNKS = 100_000
AROUND = 16 * 1024  # bytes before and after the parts
HEADER_BYTES = 256 * 1024  # of all headers together

FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:([^\n]*+(?:\n[ \t][^\n]*+)*+)(?:\n|\Z)")
KNOWN = re.compile(
    rb"(?:received|from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+|in-reply-to|references|reply-to"
    rb"|return-path|x-[a-z-]+):",
    re.IGNORECASE,
)
END = re.compile(rb"\r?(?:\n|\Z)")
LONE_RETURN = re.compile(rb"\r[A-Za-z][A-Za-z-]{1,60}[ \t]?:")
EMPTY_LINE = re.compile(rb"\n\r?\n")
TYPE = re.compile(r"\s*([a-z0-9][a-z0-9!#$&^_.+-]{0,60})/([a-z0-9][a-z0-9!#$&^_.+-]{0,80})\s*(?:[;(\s]|$)")
PARAMETER = re.compile(rb";\s*([A-Za-z0-9*_.-]{1,60})\s*=\s*(?:\"((?:[^\"\\]|\\.)*+)\"|([^;]*+))", re.DOTALL)
ESCAPED = re.compile(rb"\\([\"\\])")  # no other sign: Windows writes paths with single backslashes
PERCENT = re.compile(rb"utf-8'[a-z-]{0,10}'", re.IGNORECASE)
LIKELY_BOUNDARY = re.compile(rb"\n--([^\s-][^\r\n]{0,80}+)\r?\n(?=content-)", re.IGNORECASE)
NO_LETTERS = re.compile(r"[^a-z0-9]+")
WORDS = re.compile(rb"\n[ \t]*[^\s]{1,200}[ \t]+[^\s]")  # a line of several
RULE = re.compile(rb"\n[-_=* \t]{3,}\r?(?:\n\s*)?\Z")  # drawn above them
SOFT_BREAK = re.compile(rb"=[ \t]{1,80}\r?\n")  # with spaces that some server put behind it (RFC 2045, 6.7)
BASE64, SHORT = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", 76
NO_BASE64 = bytes(set(range(256)) - set(BASE64))


class TooDeep(Exception):
    """Parts within parts within parts, as nobody writes a mail."""


@dataclass
class Part:
    """A mail, or a part of one."""

    buffer: bytes = field(repr=False)
    headers: list[tuple[str, bytes]] = field(repr=False)
    start: int  # of the body in the buffer
    end: int
    default_type: str = "text/plain"
    parts: list["Part"] = field(default_factory=list)
    repaired: bool = False
    cut: bool = False  # there was more than is taken in
    around: bytes = b""  # what stands before and after its parts, which mail programs do not show

    def header(self, name: str) -> bytes:
        """Give the first header of that name that says something; empty when there is none."""
        return next((value for key, value in self.headers if key == name and value), b"")

    def all(self, name: str) -> list[bytes]:
        """Give all headers of that name, in their order."""
        return [value for key, value in self.headers if key == name]

    def words(self, name: str, *, lower: bool = True) -> str:
        """Give a header that holds no free text, in lower case."""
        line = self.header(name)[:HEADER].decode("ascii", "replace").strip()
        return line.lower() if lower else line

    @property
    def content_type(self) -> str:
        value = self.words("content-type")
        found = TYPE.match(value)
        if found is None and value.startswith("multipart"):
            return "multipart/mixed"
        return f"{found[1]}/{found[2]}" if found else "text/plain" if value else self.default_type

    @property
    def disposition(self) -> str:
        return re.split(r"[;\s]", self.words("content-disposition"), maxsplit=1)[0]

    def parameter(self, of: str, name: str) -> str:
        """Give a parameter of a header as text, in whatever of the three ways it was written."""
        plain, sections = None, {}
        for found in PARAMETER.finditer(b";" + self.header(of).partition(b";")[2][:STRUCTURE]):
            key, *numbers = found[1].decode("ascii").lower().split("*")
            value = ESCAPED.sub(rb"\1", found[2]) if found[2] is not None else found[3].strip(b" \t\r\n\"'")
            if key == name and not numbers:
                plain = value if plain is None else plain
            elif key == name and (numbers[0].isdigit() or not numbers[0]):
                sections[int(numbers[0][:4] or 0)] = value, numbers[-1] == ""
        if not sections:
            plain = plain or b""
            if PERCENT.match(plain):  # RFC 2231 without its star
                return charset.one_line(charset.decode(unquote_to_bytes(plain.split(b"'", 2)[2]), "utf-8")[0])
            return header.text(plain)[0]
        declared, data = "", b""
        for number, (value, encoded) in sorted(sections.items()):
            if encoded and number == min(sections) and value.count(b"'") >= 2:
                language, _language, value = value.split(b"'", 2)
                declared = language.decode("ascii", "replace")
            data += unquote_to_bytes(value) if encoded else value
        return charset.one_line(charset.decode(data, declared)[0])

    @property
    def filename(self) -> str:
        return self.parameter("content-disposition", "filename") or self.parameter("content-type", "name")

    @property
    def body(self) -> bytes:
        return self.buffer[self.start : self.end]

    @property
    def content(self) -> bytes:
        """Give the body with its transfer encoding undone, as far as it was what it said it was."""
        encoding = NO_LETTERS.sub("", self.words("content-transfer-encoding").partition("(")[0])
        if encoding.startswith(("base64", "xbase64")):
            return _from_base64(self.body)
        if encoding.startswith("quotedprintable"):
            return binascii.a2b_qp(SOFT_BREAK.sub(b"=\n", self.body))
        if encoding in {"xuuencode", "uuencode", "xuue", "uue"}:
            return attachment.uudecoded(self.body[self.body.find(b"\n", self.body.find(b"begin ")) + 1 :]) or self.body
        return self.body


def read(raw: bytes) -> Part:
    """Give the mail in these bytes, divided into its parts. Raises TooDeep."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # saved so by a Windows program
        raw = raw.decode("utf-16", "replace").encode("utf-8", "replace")
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if LONE_RETURN.search(raw, 0, raw.find(b"\n") + 1 or len(raw)):
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")  # as old Macintoshes end their lines
    mail = _part(raw, 0, len(raw), HEADERS)
    _divide(mail, [PARTS], depth=0)
    return mail


def _part(buffer: bytes, start: int, end: int, limit: int, default_type: str = "text/plain") -> Part:
    """Read the headers between start and end, up to the body."""
    part = Part(buffer, [], start, end, default_type)
    at, room = start, HEADER_BYTES
    if buffer.startswith((b"From ", b">From "), at, end) and not FIELD.match(buffer, at, end):
        at = buffer.find(b"\n", at, end) + 1 or end
    while at < end:
        if stop := END.match(buffer, at, end):
            at = stop.end()
            break
        if len(part.headers) >= limit or room <= 0:
            empty = EMPTY_LINE.search(buffer, at, end)
            at, part.repaired = empty.end() if empty else end, True
            break
        found = FIELD.match(buffer, at, end)
        if found:
            part.headers.append((found[1].decode("ascii").lower(), found[2][:HEADER].strip()))
            room -= found.end() - at if found.end() - at < HEADER else HEADER
            at = found.end()
            continue
        part.repaired = True
        below = buffer.find(b"\n", at, end) + 1
        if not (below and KNOWN.match(buffer, below, end)) or not (part.headers or start == 0):
            break  # no header and no empty line: the body begins here
        if part.headers:  # a long header that was broken without a space before the rest
            name, value = part.headers[-1]
            part.headers[-1] = name, (value + b" " + buffer[at:below].strip())[:HEADER]
        at = below
    part.start = at
    return part


def _divide(part: Part, room: list[int], *, depth: int) -> None:
    """Find the parts of a multipart, and theirs."""
    if not part.content_type.startswith("multipart/") and not (depth == 0 and _is_undeclared(part)):
        return
    if depth >= DEPTH:
        raise TooDeep
    boundary = part.parameter("content-type", "boundary").encode("utf-8", "surrogateescape")
    places = _places(part, boundary) if boundary else []
    if not places and boundary and _is_wrapped(part):
        places = _places(part, boundary)
    if not places and (likely := LIKELY_BOUNDARY.search(part.buffer, max(part.start - 1, 0), part.end)):
        places = _places(part, likely[1].rstrip())
        part.repaired = True
    part.around = _around(part, boundary, places)
    default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    for start, end in places:
        room[0] -= 1
        if room[0] < 0:
            part.cut = True
            return
        child = _part(part.buffer, start, end, PART_HEADERS, default)
        part.parts.append(child)
        _divide(child, room, depth=depth + 1)
    part.repaired = part.repaired or not places


def _is_undeclared(part: Part) -> bool:
    """Tell whether a mail without a word on it, or one that says to be plain, is one of several parts."""
    declared = part.header("content-type")
    if declared and not (part.content_type == "text/plain" and part.parameter("content-type", "boundary")):
        return False
    return bool(LIKELY_BOUNDARY.match(part.buffer, max(part.start - 1, 0), part.end))


def _around(part: Part, boundary: bytes, places: list[tuple[int, int]]) -> bytes:
    """Give what stands above the first part and below the last: most often nothing, or a line for old programs."""
    if not places:
        return b""
    above = part.buffer[part.start : min(places[0][0], part.start + AROUND)]
    below = part.buffer[places[-1][1] : min(part.end, places[-1][1] + AROUND)]
    lines = [line for line in (above + b"\n" + below).split(b"\n") if not line.startswith(b"--" + boundary)]
    return b"\n".join(lines).strip()


def _is_wrapped(part: Part) -> bool:
    """Unwrap a multipart that was encoded as a whole, against the rules; say whether it was."""
    content = part.content
    if content == part.body or not content:
        return False
    part.buffer, part.start, part.end, part.repaired = content, 0, len(content), True
    return True


def _places(part: Part, boundary: bytes) -> list[tuple[int, int]]:
    """Give where the parts between these boundaries begin and end; a last one that is not closed runs to the end."""
    line = re.compile(rb"\n--" + re.escape(boundary) + rb"(--)?[ \t]{0,100}\r?(?=\n|\Z)")
    places: list[tuple[int, int]] = []
    begin = part.start + len(boundary) + 2 if part.buffer.startswith(b"--" + boundary, part.start) else None
    if begin is not None:
        begin = part.buffer.find(b"\n", begin, part.end) + 1 or part.end
    for found in line.finditer(part.buffer, part.start if begin is not None else max(part.start - 1, 0), part.end):
        if begin is not None and begin <= found.start() + 1:
            stop = found.start()
            places.append((begin, stop - (part.buffer[stop - 1 : stop] == b"\r") if stop > begin else begin))
        begin = min(found.end() + 1, part.end)
        if found[1] or len(places) > PARTS:
            return places
    return [*places, (begin, part.end)] if begin is not None and begin < part.end else places


def _is_one_word(data: bytes) -> bool:
    """Tell whether this is a short line that cannot be base64."""
    line = data.strip() if len(data) < SHORT * 4 else b"\n"
    return (
        len(line) < SHORT
        and b"\n" not in line
        and (len(line.rstrip(b"=")) % 4 == 1 or bool(line.translate(None, BASE64)))
    )


def _from_base64(data: bytes) -> bytes:
    """Undo base64; words that somebody put above or below it are left as they are."""
    first = data.strip()[:200].split(b"\n", 1)[0]
    if b" " in first.strip() or _is_one_word(data):
        return data  # words: it only says that it is base64
    below = WORDS.search(data)
    at = below.start() if below else len(data)
    rule = RULE.search(data, max(at - 200, 0), at) if below else None
    at = rule.start() if rule else at
    data, rest = data[:at], data[at:]
    chunks = data.translate(None, NO_BASE64).split(b"=", CHUNKS)  # some programs encode line by line
    whole = [chunk[:-1] if len(chunk) % 4 == 1 else chunk for chunk in chunks]
    return b"".join([*(binascii.a2b_base64(chunk + b"==") for chunk in whole), rest])

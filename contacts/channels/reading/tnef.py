"""What Outlook packs in winmail.dat (MS-OXTNEF): the files and the text in it.

Python's library for it (tnefparse) was last released in January 2021, copies the rest of the file for each object in it
and has no bounds; this reads each byte once, and no more than a fixed number of pieces.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from contacts.channels.reading import charset, html, rtf

SIGNATURE = b"\x78\x9f\x3e\x22"
TYPES = {"application/ms-tnef", "application/vnd.ms-tnef", "application/x-ms-tnef"}
OBJECTS, PROPERTIES, VALUES = 5000, 2000, 200
FILES, DEPTH = 100, 3
TEXT = 2 * 1024 * 1024

ATTACHMENT = 2  # the level of an object that belongs to a file
BODY, PROPS, CODEPAGE = 0x800C, 0x9003, 0x9007
FILE_DATA, FILE_TITLE, FILE_BEGINS, FILE_PROPS = 0x800F, 0x8010, 0x9002, 0x9005
PLAIN, RTF, HTML, PAGE_CODEPAGE = 0x1000, 0x1009, 0x1013, 0x3FDE
SHORT_NAME, LONG_NAME, SHOWN_NAME, MEDIA_TYPE, CONTENT_ID, DATA = 0x3704, 0x3707, 0x3001, 0x370E, 0x3712, 0x3701
SIZES = {2: 4, 3: 4, 4: 4, 0xA: 4, 0xB: 4, 5: 8, 6: 8, 7: 8, 0x14: 8, 0x40: 8, 0x48: 16}  # of values of a fixed size
TEXTS, UNICODE, BINARY, OBJECT = 0x1E, 0x1F, 0x102, 0xD
NESTED = bytes.fromhex("0703020000000000c000000000000046")  # "this is a message"


@dataclass
class Packed:
    """What was packed; a file is a name, a type, its bytes and what the page calls it."""

    text: str = ""
    files: list[tuple[str, str, bytes, str]] = field(default_factory=list)


def is_tnef(kind: str, name: str, content: bytes) -> bool:
    return content.startswith(SIGNATURE) and (kind in TYPES or name.lower().endswith(".dat"))


def read(content: bytes, *, depth: int = 0) -> Packed:
    """Give what is packed in these bytes, as far as they make sense. Never raises."""
    reader = _Reader(depth)
    for level, name, data in _objects(content):
        reader.take(level, name, data)
        if len(reader.files) > FILES:
            break
    return reader.packed()


def _objects(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 6
    for _ in range(OBJECTS):
        if at + 9 > len(content):
            return
        level, name, length = content[at], *struct.unpack_from("<H2xI", content, at + 1)
        yield level, name, content[at + 9 : at + 9 + length]
        at += length + 11


class _Reader:
    """Collects the text and the files of one message."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.codepage = "cp1252"
        self.text: dict[int, Any] = {}
        self.files: list[dict[int, Any]] = []

    def take(self, level: int, name: int, data: bytes) -> None:
        if name == FILE_BEGINS:
            self.files.append({})
        elif level == ATTACHMENT:
            if not self.files:
                self.files.append({})
            if name == FILE_PROPS:
                self.files[-1].update(_properties(data, self.codepage))
            elif name in {FILE_TITLE, FILE_DATA}:
                self.files[-1][name] = data
        elif name == CODEPAGE and len(data) >= 4:
            self.codepage = _codec(int.from_bytes(data[:4], "little")) or self.codepage
        elif name == PROPS:
            self.text.update(_properties(data, self.codepage))
        elif name == BODY:
            self.text[BODY] = data

    def packed(self) -> Packed:
        found = Packed(text=self._text())
        for file in self.files[:FILES]:
            data, nested = file.get(DATA), b""
            if isinstance(data, bytes) and data.startswith(NESTED):
                nested, data = data[16:], None
            content = data or file.get(FILE_DATA) or b""
            if nested.startswith(SIGNATURE) and self.depth < DEPTH:
                inner = read(nested, depth=self.depth + 1)
                found.files += inner.files
                found.text = "\n\n".join(text for text in (found.text, inner.text) if text)
            elif isinstance(content, bytes) and (content or self._name(file)):
                media, identity = str(file.get(MEDIA_TYPE) or ""), str(file.get(CONTENT_ID) or "")
                words = charset.one_line(media).lower()[:150], charset.one_line(identity).strip("<>")[:250]
                found.files.append((self._name(file), words[0], content, words[1]))
        found.files = found.files[:FILES]
        return found

    def _name(self, file: dict[int, Any]) -> str:
        for key in (LONG_NAME, SHORT_NAME, SHOWN_NAME):
            if isinstance(file.get(key), str) and file[key].strip():
                return charset.one_line(file[key])
        title = file.get(FILE_TITLE, b"").rstrip(b"\0")
        return charset.one_line(charset.decode(title, self.codepage)[0])

    def _text(self) -> str:
        """Give the body: the plain one, else the page, else what stands in the rich text."""
        plain = self.text.get(PLAIN) or self.text.get(BODY)
        if isinstance(plain, bytes):
            plain = charset.decode(plain[:TEXT].rstrip(b"\0"), self.codepage)[0]
        if isinstance(plain, str) and plain.strip():
            return charset.clean(plain[:TEXT]).strip()
        page, rich = self.text.get(HTML), self.text.get(RTF)
        if isinstance(page, bytes):
            number = self.text.get(PAGE_CODEPAGE)
            codepage = _codec(number) if isinstance(number, int) else ""
            page = charset.decode(page[:TEXT], codepage or html.declared_charset(page) or self.codepage)[0]
        if isinstance(page, str) and page.strip():
            return "\n\n".join(part for part in html.to_text(charset.clean(page[:TEXT])) if part)
        return rtf.to_text(rtf.unpacked(rich, TEXT), self.codepage) if isinstance(rich, bytes) else ""


def _codec(number: int) -> str:
    known = {65001: "utf-8", 20127: "ascii", 28591: "latin-1", 1200: "utf-16-le"}
    return known.get(number) or charset.lookup(f"cp{number}")


def _properties(data: bytes, codepage: str) -> dict[int, Any]:
    """Give the properties by their number: numbers, texts and bytes; those with a name of their own are passed over."""
    found: dict[int, Any] = {}
    reader = _Bytes(data)
    try:
        for _ in range(min(reader.number(), PROPERTIES)):
            kind, name = reader.take("<HH")
            if name >= 0x8000:
                reader.at += 16  # the set that the name belongs to
                if reader.number():
                    reader.piece(reader.number())
                else:
                    reader.number()
            value = _value(reader, kind, codepage)
            found.setdefault(name, value)
    except (struct.error, ValueError):  # cut off: what was read is kept
        pass
    return found


def _value(reader: "_Bytes", kind: int, codepage: str) -> Any:
    plain = kind & 0xFFF
    many = bool(kind & 0x1000)
    if plain in SIZES:
        values = [reader.piece(SIZES[plain]) for _ in range(reader.count() if many else 1)]
        return int.from_bytes(values[0][:4], "little") if values else 0
    if plain not in {TEXTS, UNICODE, BINARY, OBJECT}:
        raise ValueError(kind)
    values = [reader.piece(reader.number()) for _ in range(reader.count())]
    first = values[0] if values else b""
    if plain == UNICODE:
        return first.decode("utf-16-le", "replace").rstrip("\0")
    return charset.decode(first.rstrip(b"\0"), codepage)[0] if plain == TEXTS else first


class _Bytes:
    """A place in bytes that moves on with each reading."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, shape: str) -> tuple[int, ...]:
        values = struct.unpack_from(shape, self.data, self.at)
        self.at += struct.calcsize(shape)
        return values

    def number(self) -> int:
        return self.take("<I")[0]

    def count(self) -> int:
        found = self.number()
        if found > VALUES:
            raise ValueError(found)
        return found

    def piece(self, length: int) -> bytes:
        """Give so many bytes; the next thing begins at a multiple of four."""
        if self.at + length > len(self.data):
            raise ValueError(length)
        found = self.data[self.at : self.at + length]
        self.at += length + -length % 4
        return found

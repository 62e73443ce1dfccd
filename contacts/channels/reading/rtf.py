"""Rich text of Outlook (MS-OXRTFCP, MS-OXRTFEX) made into plain text: unpacked, and the page in it unwrapped."""

import re
import struct

from contacts.channels.reading import charset, html

PACKED, UNPACKED = b"LZFu", b"MELA"
DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0" b"\r\n" rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)  # fmt: skip
RING = 4096
TOKEN = re.compile(
    r"\\(?P<word>[a-z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-f]{2})|\\(?P<sign>[^a-z'])|(?P<brace>[{}])"
    r"|(?P<text>[^\\{}\r\n]++)|.",
    re.IGNORECASE | re.DOTALL,
)
BREAKS = {"par": "\n", "line": "\n", "sect": "\n\n", "page": "\n\n", "row": "\n", "tab": "\t", "cell": "\t"}
SIGNS = {
    "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
}  # fmt: skip
HIDDEN = {
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "generator", "header", "footer", "themedata",
    "listtable", "listoverridetable", "rsidtbl", "datastore", "xmlnstbl", "filetbl", "mmathpr", "latentstyles",
}  # fmt: skip
DEPTH = 200


def unpacked(data: bytes, limit: int) -> bytes:
    """Give rich text that was packed, as far as it makes sense, and no more of it than asked for."""
    if len(data) < 16:
        return b""
    size, how = struct.unpack_from("<I4s", data, 4)
    if how == UNPACKED:
        return data[16 : 16 + min(size, limit)]
    return _unpack(data, min(size, limit)) if how == PACKED else b""


def _unpack(data: bytes, size: int) -> bytes:
    ring = bytearray(DICTIONARY.ljust(RING, b" "))
    out, write, at = bytearray(), len(DICTIONARY), 16
    while at < len(data) and len(out) < size:
        flags, at = data[at], at + 1
        for bit in range(8):
            if at >= len(data):
                break
            if not flags >> bit & 1:
                piece, at = data[at : at + 1], at + 1
            else:
                place = int.from_bytes(data[at : at + 2], "big")
                at += 2
                start, length = place >> 4, (place & 15) + 2
                if start == write % RING:  # the end
                    return bytes(out[:size])
                piece = bytes(_copied(ring, start, length, write))
            for byte in piece:
                ring[write % RING] = byte
                write += 1
            out += piece
    return bytes(out[:size])


def _copied(ring: bytearray, start: int, length: int, write: int) -> list[int]:
    """Give a piece that was seen before; it may go on into what it writes itself."""
    found: list[int] = []
    for step in range(length):
        behind = (start + step - write) % RING
        found.append(found[behind] if behind < len(found) else ring[(start + step) % RING])
    return found


def to_text(data: bytes, codepage: str = "cp1252") -> str:
    """Give the text in rich text; of a page that was wrapped in it, what the page says."""
    source = data.decode("latin-1")
    is_page = "\\fromhtml" in source[:1000]
    words = _Words(codepage, is_page=is_page)
    for token in TOKEN.finditer(source):
        words.take(token)
    found = charset.clean(words.text)
    if is_page:
        return "\n\n".join(part for part in html.to_text(found) if part)
    return "\n".join(line.rstrip() for line in found.split("\n")).strip()


class _Words:
    """Reads the tokens of rich text and keeps what is meant for the reader."""

    def __init__(self, codepage: str, *, is_page: bool) -> None:
        self.codepage, self.is_page = codepage, is_page
        self.pieces: list[str] = []
        self.bytes = bytearray()  # of a charset, until something else comes
        self.states: list[tuple[bool, bool, bool]] = []
        self.hidden = self.in_tag = self.skipped = False
        self.starred = False
        self.fallbacks, self.passing = 1, 0  # signs that follow a Unicode one for old readers

    @property
    def text(self) -> str:
        self._flush()
        return "".join(self.pieces)

    def _flush(self) -> None:
        if self.bytes:
            self.pieces.append(charset.decode(bytes(self.bytes), self.codepage)[0])
            self.bytes.clear()

    def _write(self, text: str, raw: bytes = b"") -> None:
        if self.passing and (text or raw):
            used = min(self.passing, len(text or raw))
            self.passing -= used
            text, raw = text[used:], raw[used:]
        if self.hidden or (self.skipped and not self.in_tag):
            return
        if raw:
            self.bytes += raw
        elif text:
            self._flush()
            self.pieces.append(text)

    def take(self, token: re.Match[str]) -> None:
        if token["brace"] == "{":
            if len(self.states) < DEPTH:
                self.states.append((self.hidden, self.in_tag, self.skipped))
            self.starred = False
        elif token["brace"] == "}":
            if self.states:
                self.hidden, self.in_tag, self.skipped = self.states.pop()
        elif token["word"]:
            self._word(token["word"].lower(), token["number"])
        elif token["hex"]:
            self._write("", bytes.fromhex(token["hex"]))
        elif token["sign"]:
            if token["sign"] == "*":
                self.starred = True
                return
            self._write({"~": "\xa0", "_": "-", "-": ""}.get(token["sign"], token["sign"]))
        elif token["text"]:
            self._write("", token["text"].encode("latin-1"))
        self.starred = False

    def _word(self, word: str, number: str | None) -> None:
        if word == "htmltag":
            self.in_tag, self.hidden = True, False
        elif self.starred or word in HIDDEN:
            self.hidden = True
        elif word == "htmlrtf":
            self.skipped = number != "0"
        elif word == "ansicpg":
            self.codepage = charset.lookup(f"cp{number}") or self.codepage
        elif word == "uc":
            self.fallbacks = min(int(number or 1), 8)
        elif word == "u" and number:
            self._write(chr(int(number) & 0xFFFF))
            self.passing = self.fallbacks
        elif word in BREAKS:
            self._write(("\r\n" if word in {"par", "line"} else BREAKS[word]) if self.is_page else BREAKS[word])
        elif word in SIGNS:
            self._write(SIGNS[word])

"""Files in a mail: their names made safe to show, and the ones that hide in the text."""

import binascii
import hashlib
import mimetypes
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace

from contacts.channels.reading import charset, sniff

NAME, ENDING = 150, 20  # characters of a file name, of what stands after its last dot
UUENCODED = re.compile(r"^begin(?:-base64)? [0-7]{3,4} ([^\n]{1,200})\n", re.MULTILINE)
END = re.compile(r"^end[ \t]*$", re.MULTILINE)
FILES = 20  # in one text
YENCODED = re.compile(rb"^=ybegin [^\n]{0,200}?name=([^\r\n]{1,200})\r?\n(?:=ypart [^\n]{0,200}\n)?", re.MULTILINE)
YEND = re.compile(rb"^=yend [^\n]{0,200}(?:\n|\Z)", re.MULTILINE)
YESCAPED = re.compile(rb"=(.)", re.DOTALL)
YBYTES = bytes((value - 42) % 256 for value in range(256))


@dataclass(frozen=True)
class Attachment:
    """A file in a mail; its name is safe to show, its type is what the sender says it is."""

    name: str
    content_type: str
    size: int
    sha256: str
    content: bytes = field(repr=False)
    content_id: str = ""  # what a picture is called in the HTML
    inline: bool = False  # stands in the text itself
    sniffed: str = ""  # its type by its first bytes

    @classmethod
    def of(cls, name: str, content_type: str, content: bytes, content_id: str = "") -> "Attachment":
        digest = hashlib.sha256(content).hexdigest()
        return cls(name, content_type, len(content), digest, content, content_id, False, sniff.sniff(content, name))

    def as_inline(self) -> "Attachment":
        return replace(self, inline=True)


def safe_name(name: str) -> str:
    """Give a file name without a path, without dots around it, and not too long, its ending kept."""
    name = re.split(r"[/\\]", charset.one_line(name))[-1].strip(" .\"'")
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:NAME]}{dot}{ending[:ENDING]}" if dot and stem else name[:NAME]


def unnamed(number: int, content_type: str) -> str:
    """Give a name to a file that has none."""
    return f"bijlage-{number}{mimetypes.guess_extension(content_type) or '.bin'}"


def kind_of(name: str) -> str:
    """Give the content type that belongs to the ending of a file name."""
    return mimetypes.guess_type(name[-100:])[0] or "application/octet-stream"


def uudecoded(data: bytes) -> bytes | None:
    """Give what stands between "begin" and "end" of an old way to send files; None when it is not that."""
    found = []
    for line in data.split(b"\n"):
        line = line.rstrip(b"\r")
        if line.strip() in {b"end", b"`", b""}:
            break
        counted = (((line[0] - 32) & 63) * 4 + 5) // 3  # some programs write more than they count
        for attempt in (line, line[:counted]):
            with suppress(binascii.Error):
                found.append(binascii.a2b_uu(attempt))
                break
        else:
            return None
    return b"".join(found) or None


def in_bytes(content: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Give the bytes of a text without the files that newsgroup programs wrote out in it (yEnc), and those files."""
    files: list[tuple[str, bytes]] = []
    for _ in range(FILES if b"=ybegin " in content else 0):
        begin = YENCODED.search(content)
        end = YEND.search(content, begin.end()) if begin else None
        if begin is None or end is None:
            break
        data = content[begin.end() : end.start()].replace(b"\r", b"").replace(b"\n", b"")
        data = YESCAPED.sub(lambda found: bytes([(found[1][0] - 64) % 256]), data).translate(YBYTES)
        files.append((charset.decode(begin[1].strip())[0], data))
        content = content[: begin.start()] + content[end.end() :]
    return content, files


def in_text(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Give a text without the files that were written out in it, and those files with their names."""
    files: list[tuple[str, bytes]] = []
    kept, at = [], 0
    for _ in range(FILES):
        begin = UUENCODED.search(text, at)
        if not begin:
            break
        end = END.search(text, begin.end())
        stop = end.start() if end else len(text)
        content = uudecoded(text[begin.end() : stop].encode("ascii", "replace"))
        if content is None:
            kept.append(text[at : begin.end()])
            at = begin.end()
            continue
        kept.append(text[at : begin.start()].rstrip("\n") + "\n\n")
        files.append((begin[1], content))
        at = end.end() if end else len(text)
        while text.startswith("\n", at):
            at += 1
    return "".join([*kept, text[at:]]), files

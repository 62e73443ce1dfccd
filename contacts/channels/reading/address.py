"""Addresses in a header (RFC 5322, 6532), as mail programs read them: also where the rules were not kept.

Python's own reader changed its mind between releases about commas and quotes, and sees no address where a person does.
"""

import re

from contacts.channels.reading import charset, header

ADDRESSES = 200
PIECES = 50  # of one person in a header
NAME = 200  # characters of a name
WORD = r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,4000}\?="
TOKEN = re.compile(
    rf"(?P<word>{WORD})"
    r"|\"(?P<quoted>(?:[^\"\\]|\\.)*+)\""
    r"|<(?P<angle>[^<>\"]*+(?:\"(?:[^\"\\]|\\.)*+\"[^<>\"]*+)*+)>"
    r"|(?P<end>[,;])"
    r"|(?P<text>[^\"<(),;:=]++|.)",
    re.DOTALL,
)
LOCAL, DOMAIN = (
    r"(?:[^\s@<>\"(),;:\\\[\]]{1,250}+|\"(?:[^\"\\]|\\.){1,250}+\")",
    r"(?:[^\s@<>\"(),;:\\\[\]]{1,253}|\[[\w.:]{2,60}\])",
)
ADDRESS = re.compile(rf"{LOCAL}@{DOMAIN}")
PLAIN = re.compile(r"[^\s@<>\"(),;:\\\[\]]{1,250}+@[^\s@<>\"(),;:\\\[\]]{1,253}")
COMMENT = re.compile(r"\([^()]*\)")
AROUND_AT = re.compile(r"[ \t]*@[ \t]*")


def addresses(value: bytes) -> list[tuple[str, str]]:
    """Give name and address of everybody in a From, To or Cc header; what is no address is left out."""
    if not value:
        return []
    line = charset.one_line(header.unfolded(value))
    found = _mailboxes(line) or _mailboxes(header.text(value)[0])
    if not found:  # nothing that the standard allows: take what looks like an address
        found = [("", match[0]) for match in PLAIN.finditer(line)]
    return [(_name(name, address), address) for name, address in map(_trimmed, found[:ADDRESSES]) if address]


def _trimmed(pair: tuple[str, str]) -> tuple[str, str]:
    return pair[0], charset.one_line(pair[1]).strip(".'").replace(".@", "@")


def _mailboxes(line: str) -> list[tuple[str, str]]:
    """Divide a line at the commas and semicolons between two people; a comma within a name is part of it."""
    found: list[tuple[str, str]] = []
    box, depth = _Box(), 0
    for token in TOKEN.finditer(line):
        raw = token[0]
        if depth or raw == "(":
            depth += (raw == "(") - (raw == ")")
            box.comment(raw)
        elif token["end"]:
            pair = box.pair()
            if pair or raw == ";" or box.is_over:
                found, box = [*found, *([pair] if pair else [])], _Box()
            elif box.raw:
                box.text(raw)
        elif raw == ":" and not (box.angle or box.at):
            box = _Box()  # the name of a group
        elif token["angle"] is not None and not box.angle:
            box.angle = token["angle"] or " "
        else:
            box.text(raw, token["quoted"])
        if len(found) > ADDRESSES:
            break
    last = box.pair() if not depth else None
    return [*found, last] if last else found


class _Box:
    """One person in the line, as far as it was read."""

    def __init__(self) -> None:
        self.angle, self.at = "", False  # whether there is an at sign
        self.raw: list[str] = []
        self.words: list[str] = []
        self.comments: list[str] = []

    def text(self, raw: str, quoted: str | None = None) -> None:
        self.raw.append(raw)
        self.at = self.at or "@" in raw
        self.words.append(raw if quoted is None else re.sub(r"\\(.)", r"\1", quoted))

    def comment(self, raw: str) -> None:
        self.comments.append(raw)

    @property
    def is_over(self) -> bool:
        """Tell whether this went on for too long to be one person."""
        return len(self.raw) > PIECES

    def pair(self) -> tuple[str, str] | None:
        """Give name and address; None as long as there is no address."""
        remark = "".join(self.comments)
        if self.angle:
            address = AROUND_AT.sub("@", COMMENT.sub("", self.angle).strip(" '")).removeprefix("mailto:")
            found = ADDRESS.fullmatch(address) or ADDRESS.search(address)
            name = " ".join("".join(self.words).split())
            return (f"{name} {remark}".strip() if name else remark[1:-1], found[0]) if found else None
        if not self.at:
            return None
        line = AROUND_AT.sub("@", "".join(self.raw))
        found = ADDRESS.search(line)
        if not found:
            return None
        name = (line[: found.start()] + line[found.end() :]).strip()
        return name or remark[1:-1], found[0]


def _name(name: str, address: str) -> str:
    """Give a name as it is shown: nothing when it only repeats the address."""
    shown = header.text(name.encode("utf-8", "replace"))[0].strip(" \"'\\<>")[:NAME]
    return "" if shown.lower().strip("<>") == address.lower() else shown


def poses_as(name: str, address: str) -> str:
    """Give the other address that stands in a sender's name, as in "info@bank.example" <thief@example.com>."""
    found = PLAIN.search(name)
    return found[0] if found and "." in found[0] and found[0].lower() != address.lower() else ""

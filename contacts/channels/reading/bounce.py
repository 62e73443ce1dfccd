"""Messages that came back: for whom, why, and whether for good (RFC 3464, and the plain words of older servers)."""

import re
from dataclasses import dataclass, replace

from contacts.channels.reading import address, charset, header

RECIPIENTS = 50
REPORT = 64 * 1024  # bytes or characters of a report that are looked at
REASON = 500  # characters of it that are kept
STATUS = re.compile(r"(?<![\w.])([245]\.\d{1,3}\.\d{1,3})\b(?!\.\d)")  # no part of an IP address
CODE = re.compile(r"(?<![\d.])([45])\d\d(?![\d.])")
GROUP = re.compile(rb"\r?\n[ \t]*\r?\n")
FIELD = re.compile(rb"^([A-Za-z-]{1,60})[ \t]*:[ \t]*([^\n]*+(?:\n[ \t][^\n]*+)*+)", re.MULTILINE)
FOUND = re.compile(r"(?<![\w.+-])<?([\w.+=!#$%&'*/?^`{|}~-]{1,250}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,10})>?")
MESSAGE_ID = re.compile(r"^[ \t>]{0,8}message-id:\s{0,4}(<[^<>\s]{1,250}>)", re.IGNORECASE | re.MULTILINE)
COPY = re.compile(
    r"^[-\s>*]*(?:below this line is a copy|this is a copy of|original message\b|message header follows"
    r"|het oorspronkelijke"
    r"|the header of the original|your message follows|included is a copy|oorspronkelijk bericht|ursprüngliche)",
    re.IGNORECASE,
)
HEADERS_BELOW = re.compile(r"^(?:original message headers|oorspronkelijke berichtkoppen)\s*:", re.IGNORECASE)
LATER = re.compile(
    r"will (?:be )?retr|still being retried|not yet been delivered|delayed|vertraagd|vertraging|warning message only"
    r"|delivery is still|wordt opnieuw geprobeerd|will keep trying|temporary (?:failure|error|problem)",
    re.IGNORECASE,
)
LATER_SUBJECT = re.compile(r"delay|vertraag|warning|still being retried|\(wordt herhaald\)", re.IGNORECASE)


@dataclass(frozen=True)
class Bounce:
    """What a mail server says became of a message for one recipient."""

    recipient: str
    status: str  # as 5.1.1; empty when it does not say
    action: str  # failed, delayed, delivered, relayed or expanded
    diagnostic: str


def from_report(content: bytes) -> list[Bounce]:
    """Read the part of a report that is made for machines."""
    found = []
    for group in GROUP.split(content[:REPORT])[: RECIPIENTS * 2]:
        fields: dict[str, str] = {}
        for name, value in FIELD.findall(group.strip() + b"\n"):
            fields.setdefault(name.decode("ascii").lower(), header.text(value)[0])
        recipient = _recipient(fields)
        if recipient:
            found.append(_from_fields(recipient, fields))
    return found[:RECIPIENTS]


def _recipient(fields: dict[str, str]) -> str:
    """Give the address that was written to: the original one, for the final one may be of a forwarding nobody knows."""
    for name in ("original-recipient", "final-recipient"):
        words = fields.get(name, "").partition(";")[2] or fields.get(name, "")
        for _name, found in address.addresses(words.encode()):
            return found
    return ""


def _from_fields(recipient: str, fields: dict[str, str]) -> Bounce:
    diagnostic = fields.get("diagnostic-code", "").partition(";")[2].strip() or fields.get("diagnostic-code", "")
    status = STATUS.search(fields.get("status", "")) or STATUS.search(diagnostic)
    action = fields.get("action", "").lower().partition(" ")[0].strip(";.")
    if action not in {"failed", "delayed", "delivered", "relayed", "expanded"}:
        action = "delayed" if status and status[1].startswith("4") else "failed"
    return Bounce(recipient, status[1] if status else "", action, diagnostic[:REASON])


def from_text(text: str, *, failed: list[str], not_these: set[str], subject: str) -> list[Bounce]:
    """Read a report written for people: the addresses in it, except our own, each with the words that follow it.

    `failed` are the addresses that a header names; then only these count.
    """
    lines = _report(text[:REPORT])
    words = "\n".join(lines)
    delayed = bool(LATER.search(words) or LATER_SUBJECT.search(subject))
    wanted = {name.lower() for name in failed}
    places = [
        (found[1].strip("'"), found.end())
        for found in FOUND.finditer(words)
        if (found[1].lower() in wanted if wanted else found[1].lower() not in not_these)
    ]
    found: dict[str, Bounce] = {}
    for number, (recipient, at) in enumerate(places[: RECIPIENTS * 4]):
        until = next((place for other, place in places[number + 1 :] if other.lower() != recipient.lower()), len(words))
        bounce = _from_words(recipient, words[at : min(until, at + 2 * REASON)], words, delayed=delayed)
        known = found.setdefault(recipient.lower(), bounce)
        if not known.status and bounce.status:
            found[recipient.lower()] = replace(known, status=bounce.status)
    for recipient in failed:
        found.setdefault(recipient.lower(), _from_words(recipient, "", words, delayed=delayed))
    return list(found.values())[:RECIPIENTS]


def _report(text: str) -> list[str]:
    """Give the lines above the copy of the message that came back."""
    lines: list[str] = []
    for line in text.split("\n"):
        if lines and (COPY.match(line) or HEADERS_BELOW.match(line)):
            break
        lines.append(line)
    return lines


def _from_words(recipient: str, reason: str, all_words: str, *, delayed: bool) -> Bounce:
    status = STATUS.search(reason) or STATUS.search(all_words)
    code = CODE.search(reason) or CODE.search(all_words)
    number = status[1] if status else f"{code[1]}.0.0" if code else ""
    reason = charset.one_line(reason).lstrip(" >:,.)(")
    action = "delayed" if delayed and not number.startswith("5") else "failed"
    return Bounce(recipient, number, action, reason[:REASON].strip())


def ids_in(text: str) -> list[str]:
    """Give the Message-ID in the copy of a message that stands in the words of a report."""
    return [found[1] for found in MESSAGE_ID.finditer(text[:REPORT])][:5]

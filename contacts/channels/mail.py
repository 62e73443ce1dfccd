"""The bytes of an e-mail made into what an agent reads: whoever made them, and however badly."""

import hashlib
import mimetypes
import re
from dataclasses import dataclass, field
from datetime import datetime

from contacts.channels import charset, header, html, mime, quote
from contacts.channels.mime import Part

SIZE = 35 * 1024 * 1024  # bytes of a mail
TEXT = 2 * 1024 * 1024  # bytes of its text, in all parts together
ATTACHMENTS, REFERENCES = 100, 50
SHORTENED = "[Ingekort. Open de originele e-mail voor de rest.]"
MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
ABSENCE = re.compile(r"(?:automatische? antwoord|automatic reply|auto-?reply|out of office|afwezig)", re.IGNORECASE)
DAEMON = re.compile(r"(?:mailer-daemon|postmaster)@", re.IGNORECASE)
BODIES = {"text/plain", "text/html"}
TELLING = {"from", "sender", "to", "subject", "date", "message-id", "received", "mime-version", "content-type"}
UNSEEN = {"text/x-amp-html", "message/delivery-status", "text/rfc822-headers"}


class Unreadable(Exception):
    """A mail of which no text could be made; the words say why, for an agent."""


@dataclass(frozen=True)
class Attachment:
    """A file in a mail; its name is safe to show, its type is what the sender says it is."""

    name: str
    content_type: str
    size: int
    sha256: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Mail:
    """What stands in an e-mail. Texts hold no controls; addresses are as they were written."""

    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]  # the newest last
    returned: tuple[str, ...]  # the Message-IDs of what could not be delivered
    from_address: str
    from_name: str
    to: tuple[tuple[str, str], ...]  # name, address
    cc: tuple[tuple[str, str], ...]
    subject: str
    date: datetime | None
    text: str  # what an agent reads first
    quoted: str  # the earlier messages below it
    html: str  # not sanitised
    attachments: tuple[Attachment, ...]
    automatic: str  # auto_reply, bounce, bulk, or nothing when a person wrote it
    repaired: bool  # something in it was not as it should be, and was guessed


def parse(raw: bytes) -> Mail:
    """Give what stands in a mail. Raises Unreadable, and nothing else, when that cannot be done."""
    if len(raw) > SIZE:
        raise Unreadable("De e-mail is te groot.")
    try:
        root = mime.read(raw)
        if not any(name in TELLING for name, _value in root.headers):
            raise Unreadable("Dit lijkt geen e-mail: er staan geen afzender, onderwerp of datum in.")
        return _Reader(root).mail()
    except Unreadable:
        raise
    except mime.TooDeep as error:
        raise Unreadable("De e-mail bestaat uit te veel delen in elkaar.") from error
    except Exception as error:  # a stranger made these bytes: whatever it is that one of the readers trips over
        raise Unreadable(f"De opbouw van de e-mail klopt niet ({type(error).__name__}).") from error


class _Reader:
    """Reads one mail, part by part."""

    def __init__(self, root: Part) -> None:
        self.root = root
        self.repaired = self.cut = False
        self.room = TEXT
        self.attachments: list[Attachment] = []
        self.returned: list[str] = []
        self.reported = False

    def mail(self) -> Mail:
        blocks = self._blocks(self.root)
        subject = self._text("subject")
        texts = [_best(plain, markup) for plain, markup in blocks]
        own, quoted = quote.fold("\n\n".join(own for own, _quoted in texts if own), subject=subject)
        quoted = "\n\n".join(part for part in (quoted, *(history for _own, history in texts)) if part)
        own, quoted = (own, quoted) if own else (quoted, "")
        name, address = self._sender()
        return Mail(
            message_id=next(iter(self._ids("message-id")), ""),
            in_reply_to=self._ids("in-reply-to"),
            references=self._ids("references"),
            returned=tuple(self.returned[:REFERENCES]),
            from_address=address,
            from_name=name,
            to=tuple(header.addresses(self.root.header("to"))),
            cc=tuple(header.addresses(self.root.header("cc"))),
            subject=subject,
            date=header.moment(self.root.header("date")),
            text=f"{own}\n\n{SHORTENED}".strip() if self.cut else own,
            quoted=quoted,
            html="\n".join(markup for _plain, markup in blocks if markup),
            attachments=tuple(self.attachments),
            automatic=self._automatic(address, subject),
            repaired=self.repaired,
        )

    def _text(self, name: str) -> str:
        text, repaired = header.text(self.root.header(name), self.root.parameter("content-type", "charset"))
        self.repaired = self.repaired or repaired
        return text

    def _ids(self, name: str) -> tuple[str, ...]:
        return tuple(message_ids(self.root.header(name)))

    def _sender(self) -> tuple[str, str]:
        for name in ("from", "reply-to", "return-path", "sender"):
            found = header.addresses(self.root.header(name))
            if found:
                return found[0]
        return "", ""

    def _blocks(self, part: Part) -> list[tuple[str, str]]:
        """Give the texts in a part, each as plain text, as HTML, or as both; what is no text becomes an attachment."""
        self.repaired, self.cut = self.repaired or part.repaired, self.cut or part.cut
        kind = part.content_type
        if part.parts:
            blocks = [block for child in part.parts for block in self._blocks(child)]
            if kind != "multipart/alternative":
                return blocks
            plain = "\n\n".join(plain for plain, _markup in blocks if plain.strip())
            return [(plain, "\n".join(markup for _plain, markup in blocks if markup.strip()))]
        if kind in UNSEEN or kind == "message/rfc822":
            self._returned(part, kind)
        broken = kind.startswith("multipart/")  # no boundary to be found in it: all of it is text
        if (broken or kind in BODIES) and not self._is_file(part):
            return [self._body(part, kind)]
        if kind not in UNSEEN and not broken:
            self._attach(part, kind)
        return []

    def _is_file(self, part: Part) -> bool:
        name = part.parameter("content-disposition", "filename")
        return part.disposition == "attachment" or bool(name) or self.room <= 0

    def _body(self, part: Part, kind: str) -> tuple[str, str]:
        content = part.content
        if len(content) > self.room:
            content, self.cut = content[: self.room], True
        self.room -= len(content)
        declared = part.parameter("content-type", "charset")
        if kind == "text/html" and not charset.lookup(declared):
            declared = html.declared_charset(content)
        text, repaired = charset.decode(content, declared)
        self.repaired = self.repaired or repaired
        text = charset.clean(text)
        return ("", text) if kind == "text/html" else (text, "")

    def _attach(self, part: Part, kind: str) -> None:
        if len(self.attachments) >= ATTACHMENTS:
            self.cut = True
            return
        content = part.content
        name = part.filename
        if not name and kind == "message/rfc822":
            name = header.text(mime.read(content).header("subject"))[0] or "bericht"
            name = f"{name}.eml"
        name = _safe(name) or f"bijlage-{len(self.attachments) + 1}{mimetypes.guess_extension(kind) or '.bin'}"
        digest = hashlib.sha256(content).hexdigest()
        self.attachments.append(Attachment(name, kind, len(content), digest, content))

    def _returned(self, part: Part, kind: str) -> None:
        self.reported = self.reported or kind == "message/delivery-status"
        if self.root.content_type == "multipart/report" and kind != "message/delivery-status":
            self.returned += message_ids(mime.read(part.content).header("message-id"))

    def _automatic(self, address: str, subject: str) -> str:
        """Say who made this mail if no person did (RFC 3834, RFC 3464)."""
        root = self.root
        report = root.content_type == "multipart/report"
        read = report and "disposition-notification" in root.words("content-type")
        if self.reported or root.header("x-failed-recipients") or (report and not read):
            return "bounce"
        if DAEMON.match(address) and root.words("return-path") == "<>":
            return "bounce"
        precedence = root.words("precedence")
        answered = root.words("auto-submitted").partition(";")[0].strip() not in {"", "no"}
        machine = any(root.header(name) for name in ("x-autoreply", "x-autorespond", "x-autoresponse"))
        if report or answered or machine or precedence == "auto_reply" or ABSENCE.match(subject):
            return "auto_reply"
        listed = any(root.header(name) for name in ("list-id", "list-unsubscribe", "x-auto-response-suppress"))
        return "bulk" if listed or precedence in {"bulk", "list", "junk"} else ""


def message_ids(value: bytes) -> list[str]:
    """Give the Message-IDs in a header; a single word without its brackets counts too."""
    line = charset.one_line(value.decode("ascii", "replace"))
    found = MESSAGE_ID.findall(line)[-REFERENCES:]
    return found or ([f"<{line.strip('<>')}>"] if line and " " not in line and len(line) <= 250 else [])


def _best(plain: str, markup: str) -> tuple[str, str]:
    """Give own and quoted text of two versions of the same: the plain one, unless it says next to nothing."""
    own, quoted = html.to_text(markup) if markup.strip() else ("", "")
    if plain.strip() and len(plain.strip()) * 5 >= len(own):
        return plain.strip("\n"), ""
    return own, quoted


def _safe(name: str) -> str:
    """Give a file name without a path, without leading dots, and not too long, its ending kept."""
    name = re.split(r"[/\\]", name)[-1].strip(" .\"'")
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:150]}{dot}{ending[:20]}" if dot and stem else name[:150]

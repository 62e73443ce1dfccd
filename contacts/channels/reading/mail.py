"""The bytes of an e-mail made into what an agent reads: whoever made them, and however badly."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from contacts.channels.reading import address, authentication, automatic, body, bounce, header, mime, quote
from contacts.channels.reading.attachment import Attachment
from contacts.channels.reading.body import Body
from contacts.channels.reading.bounce import Bounce
from contacts.channels.reading.mime import Part

SIZE = 35 * 1024 * 1024  # bytes of a mail
REFERENCES = 50
SHORTENED = "[Ingekort. Open de originele e-mail voor de rest.]"
BLANKS = re.compile(rb"[ \t\r\n]+")
TELLING = {"from", "sender", "to", "subject", "date", "message-id", "received", "mime-version", "content-type"}
UNFOLDED = re.compile(rb"\r?\n[ \t]+")  # an address may be broken over two lines
PLUS = re.compile(rb"[\w.-]{1,64}\+[\w=.-]{1,64}@[\w.-]{1,253}")
TRACES = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "x-real-to")
Pairs = tuple[tuple[str, str], ...]  # name, address


TOO_LARGE = "De e-mail is te groot."


class Unreadable(Exception):
    """A mail of which no text could be made; the words say why, for an agent."""


@dataclass(frozen=True)
class Mail:
    """What stands in an e-mail. Texts hold no controls; addresses are as they were written."""

    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]  # the newest last
    returned: tuple[str, ...]  # the Message-IDs of what could not be delivered, or was read
    from_address: str
    from_name: str
    to: Pairs
    cc: Pairs
    subject: str
    date: datetime | None
    text: str  # what an agent reads first
    quoted: str  # the earlier messages below it
    html: str  # not sanitised
    attachments: tuple[Attachment, ...]
    automatic: str  # auto_reply, bounce, bulk, or nothing when a person wrote it
    repaired: bool  # something in it was not as it should be, and was guessed
    kind: str = ""  # receipt, absence, generated, report, complaint, calendar, list; nothing for an ordinary message
    may_answer: bool = True  # by a machine, as far as the mail itself says; whoever asks knows our own addresses
    reply_to: Pairs = ()
    sender_name: str = ""  # what to call the sender: not a name that is somebody else's address
    poses_as: str = ""  # the other address that stands in the sender's name
    delivered_to: tuple[str, ...] = ()  # where it was delivered, and the plus-addresses among To and Cc
    authentication: tuple[tuple[str, str, str], ...] = ()  # which server says it, of what (dkim), and what (pass)
    content_digest: str = ""  # the same when the same message came in by way of another mailbox
    bounces: tuple[Bounce, ...] = ()
    loops: tuple[str, ...] = ()  # marks of those who want to know it again
    list_id: str = ""
    security: str = ""  # signed, encrypted, or nothing


def parse(raw: bytes) -> Mail:
    """Give what stands in a mail. Raises Unreadable, and nothing else, when that cannot be done."""
    if len(raw) > SIZE:
        raise Unreadable(TOO_LARGE)
    try:
        root = mime.read(raw)
        if not any(name in TELLING for name, _value in root.headers):
            raise Unreadable("Dit lijkt geen e-mail: er staan geen afzender, onderwerp of datum in.")
        return _Reader(root).mail()
    except Unreadable:
        raise
    except mime.TooDeep as error:
        raise Unreadable("De e-mail bestaat uit te veel delen in elkaar.") from error
    except MemoryError as error:
        raise Unreadable("De e-mail vraagt te veel geheugen.") from error
    except Exception as error:  # a stranger made these bytes: whatever it is that one of the readers trips over
        raise Unreadable(f"De opbouw van de e-mail klopt niet ({type(error).__name__}).") from error


class _Reader:
    """Reads one mail."""

    def __init__(self, root: Part) -> None:
        self.root = root
        self.repaired = False

    def mail(self) -> Mail:
        content = body.read(self.root)
        subject = self._text("subject")
        name, sender = self._sender()
        text, quoted = self._divided(content, subject)
        bounces = self._bounces(content, text, subject)
        nature = automatic.nature(
            self.root,
            sender=sender,
            subject=subject,
            parts=content.kinds,
            delivered=bool(bounces) and all(one.action in {"delivered", "relayed", "expanded"} for one in bounces),
        )
        bounced = nature.automatic == "bounce"
        poses_as = address.poses_as(name, sender)
        return Mail(
            message_id=next(iter(self._ids("message-id")), ""),
            in_reply_to=self._ids("in-reply-to"),
            references=self._ids("references"),
            returned=self._returned(content, text, plain=bounced),
            from_address=sender,
            from_name=name,
            to=self._pairs("to"),
            cc=self._pairs("cc"),
            subject=subject,
            date=header.moment(self.root.header("date")),
            text=text,
            quoted=quoted,
            html=content.html,
            attachments=content.attachments,
            automatic=nature.automatic,
            repaired=self.repaired or content.repaired,
            kind=nature.kind,
            may_answer=nature.may_answer,
            reply_to=self._pairs("reply-to"),
            sender_name="" if poses_as else name,
            poses_as=poses_as,
            delivered_to=self._delivered_to(),
            authentication=authentication.results(self.root),
            content_digest=_digest(self.root),
            bounces=tuple(bounces) if bounced or nature.kind == "report" else (),
            loops=automatic.loops(self.root),
            list_id=automatic.list_id(self.root),
            security=content.security,
        )

    def _divided(self, content: Body, subject: str) -> tuple[str, str]:
        """Give what an agent reads first and what is folded away; when nothing else is left, all is read first."""
        text, history = content.text, content.history
        if quote.is_forwarded(subject, history):
            text, history = "\n\n".join(part for part in (text, history) if part), ""
        reply = bool(self.root.header("in-reply-to") or self.root.header("references"))
        own, quoted = quote.fold(text, subject=subject, reply=reply)
        quoted = "\n\n".join(part for part in (quoted, history, content.returned_text) if part)
        own, quoted = (own, quoted) if own or content.enclosed else (quoted, "")
        own = "\n\n".join(part for part in (own, content.enclosed, SHORTENED if content.cut else "") if part)
        return own, quoted

    def _text(self, name: str) -> str:
        text, repaired = header.text(self.root.header(name), self.root.parameter("content-type", "charset"))
        self.repaired = self.repaired or repaired
        return text

    def _ids(self, name: str) -> tuple[str, ...]:
        return tuple(header.message_ids(self.root.header(name)))

    def _pairs(self, name: str) -> Pairs:
        return tuple(address.addresses(self.root.header(name)))

    def _sender(self) -> tuple[str, str]:
        for name in ("from", "reply-to", "return-path", "sender"):
            found = address.addresses(self.root.header(name))
            if found:
                return found[0]
        return header.text(self.root.header("from"))[0].strip(" \"'<>")[: address.NAME], ""

    def _delivered_to(self) -> tuple[str, ...]:
        found = [one for name in TRACES for value in self.root.all(name)[:10] for _n, one in address.addresses(value)]
        lines = b" ".join(UNFOLDED.sub(b"", self.root.header(name)) for name in ("to", "cc"))
        found += [one.decode("ascii") for one in PLUS.findall(lines)[: address.ADDRESSES]]
        found += [one for name in ("to", "cc") for _name, one in self._pairs(name) if "+" in one.partition("@")[0]]
        return tuple(dict.fromkeys(found))[: address.ADDRESSES]

    def _bounces(self, content: Body, text: str, subject: str) -> list[Bounce]:
        if content.reports:
            return [one for report in content.reports for one in bounce.from_report(report)][: bounce.RECIPIENTS]
        ours = {
            one.lower()
            for name in ("to", "cc", "from", "delivered-to", "x-original-to")
            for _n, one in self._pairs(name)
        }
        failed = [one for value in self.root.all("x-failed-recipients")[:10] for _n, one in address.addresses(value)]
        if not failed and not automatic.tells_of_failure(self.root, self._sender()[1], subject):
            return []
        return bounce.from_text(text, failed=failed, not_these=ours, subject=subject)

    def _returned(self, content: Body, text: str, *, plain: bool) -> tuple[str, ...]:
        found = list(content.returned)
        if plain and not found:
            found = bounce.ids_in(f"{text}\n{content.text}")
        return tuple(dict.fromkeys(found))[:REFERENCES]


def _digest(root: Part) -> str:
    """Give what makes a message the same one by whatever way it came: what its sender wrote, not what servers added."""
    told = [BLANKS.sub(b" ", root.header(name)).strip() for name in ("message-id", "from", "date", "subject")]
    text = root.body.replace(b"\r\n", b"\n").rstrip(b"\r\n \t")
    return hashlib.sha256(b"\0".join([*told, text])).hexdigest()

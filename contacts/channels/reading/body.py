"""What a mail says and brings: its texts in their order, its pages, its files."""

import html as markup_of
import re
from dataclasses import dataclass, field

from contacts.channels.reading import address, attachment, calendar, charset, flowed, header, html, mime, smime, tnef
from contacts.channels.reading.attachment import Attachment
from contacts.channels.reading.mime import Part

TEXT = 2 * 1024 * 1024  # bytes of text, in all parts together
ATTACHMENTS = 100
REPORT = 64 * 1024  # bytes of one
ENCLOSED = 3  # mails in mails in a mail whose text is read
BODIES = {"text/plain", "text/html", "text/enriched", "text/richtext"}
UNSEEN = {"text/x-amp-html", "text/watch-html", "text/rfc822-headers", "application/pgp-encrypted"}
MAILS = {"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
REPORTS = {"message/delivery-status", "message/global-delivery-status"}
RECEIPTS = {"message/disposition-notification", "message/global-disposition-notification", "message/feedback-report"}
EXCHANGE_TEXT = re.compile(r"ATT\d{5}\.(?:txt|html?)", re.IGNORECASE)  # a text that Exchange gave a name
SECURED = {
    "multipart/signed": "signed",
    "application/pkcs7-signature": "signed",
    "application/x-pkcs7-signature": "signed",
    "application/pgp-signature": "signed",
    "multipart/encrypted": "encrypted",
    "application/pgp-encrypted": "encrypted",
}
SMIME = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
PGP = [("-----BEGIN PGP MESSAGE-----", "encrypted"), ("-----BEGIN PGP SIGNED MESSAGE-----", "signed")]
SEALED = "[Deze e-mail is versleuteld. De inhoud staat in de bijlage.]"
FOR_OLD_PROGRAMS = re.compile(r"\bmime\b|multi-?part|mehrteilig|plusieurs parties", re.IGNORECASE)
PAGE = re.compile(r"\s*(?:<!doctype\s+html|<html)[\s>]", re.IGNORECASE)
FILES = {"text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/css", "text/csv", "text/xml"}
CID = re.compile(r"^<?([^<>\s]{1,250})>?$")


@dataclass
class Body:
    """What was found in a mail."""

    text: str = ""
    history: str = ""  # the earlier messages that the mail program marked as such in its pages
    enclosed: str = ""  # the texts of mails in this mail
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    kinds: set[str] = field(default_factory=set)  # the content types
    reports: list[bytes] = field(default_factory=list)  # of mail servers on what they could not deliver
    returned: list[str] = field(default_factory=list)  # Message-IDs of what came back
    returned_text: str = ""
    security: str = ""
    repaired: bool = False
    cut: bool = False  # there was more than is taken in


@dataclass(frozen=True)
class Block:
    """One text in two shapes, or a picture between texts."""

    plain: str = ""
    page: str = ""
    picture: str = ""  # its Content-ID


def read(root: Part, *, depth: int = 0, room: int = TEXT) -> Body:
    """Give what a mail says and brings."""
    return _Walk(root, depth, room).body()


class _Walk:
    """Goes through the parts of one mail in their order."""

    def __init__(self, root: Part, depth: int, room: int) -> None:
        self.root, self.depth, self.room = root, depth, room
        self.found = Body()
        self.files: list[Attachment] = []
        self.enclosed: list[str] = []
        self.notes: list[str] = []
        self.is_report = root.content_type == "multipart/report"

    def body(self) -> Body:
        blocks = self._blocks(self.root)
        found = self.found
        texts = [_best(block.plain, block.page) for block in blocks]
        found.text = "\n\n".join(own for own, _quoted in texts if own.strip())
        found.history = "\n\n".join(quoted for _own, quoted in texts if quoted)
        found.html = _page(blocks)
        found.attachments = tuple(one.as_inline() if _is_inline(one, found.html) else one for one in self.files)
        found.enclosed = "\n\n".join(self.enclosed)
        if not found.text and not found.history and not found.enclosed:
            found.text = self._around()
        if not found.text and not found.history and self.notes:
            found.text = "\n\n".join(self.notes)
        if not found.text and not found.history and found.security == "encrypted":
            found.text = SEALED
        return found

    def _around(self) -> str:
        """Give what somebody wrote above or below all parts, when nothing else is said in them."""
        words = charset.clean(charset.decode(self.root.around[: max(self.room, 0)])[0]).strip()
        return "" if FOR_OLD_PROGRAMS.search(words) else words

    def _blocks(self, part: Part) -> list[Block]:
        """Give the texts in a part; what is no text becomes an attachment."""
        found, kind = self.found, part.content_type
        found.repaired, found.cut = found.repaired or part.repaired, found.cut or part.cut
        found.kinds.add(kind)
        found.security = self._security(part, kind) or found.security
        if part.parts:
            blocks = [block for child in part.parts for block in self._blocks(child)]
            return [_alternative(blocks)] if kind == "multipart/alternative" else blocks
        if kind in REPORTS:
            found.reports.append(part.content)
        if kind in RECEIPTS:
            found.returned += _original_id(part.content)
        if kind in MAILS and self._enclosed(part, kind):
            return []
        if kind.startswith("multipart/"):  # no boundary to be found in it: all of it is text
            return [self._text(part, "text/plain")]
        if _is_text(part, kind) and not self._is_file(part):
            return [self._text(part, kind)]
        if kind in UNSEEN | REPORTS | RECEIPTS or kind in MAILS - {"message/rfc822", "message/global"}:
            return []
        return self._attach(part, kind)

    def _security(self, part: Part, kind: str) -> str:
        if kind in SMIME:
            return "signed" if "signed-data" in part.words("content-type") else "encrypted"
        return SECURED.get(kind, "") if self.found.security != "encrypted" else ""

    def _is_file(self, part: Part) -> bool:
        if self.room <= 0 or part.disposition == "attachment":
            return True
        name = part.parameter("content-disposition", "filename")
        return bool(name) and not EXCHANGE_TEXT.fullmatch(name)

    def _text(self, part: Part, kind: str) -> Block:
        content, files = attachment.in_bytes(part.content)
        for name, inside in files:
            self._keep(name, attachment.kind_of(name), inside)
        if len(content) > self.room:
            content, self.found.cut = (
                content[: content.rfind(b"\n", self.room - 1000, self.room) + 1 or self.room],
                True,
            )
        self.room -= len(content)
        declared = part.parameter("content-type", "charset")
        if kind == "text/html" and not charset.lookup(declared):
            declared = html.declared_charset(content)
        text, repaired = charset.decode(content, declared)
        text, mended = charset.mended(text)
        self.found.repaired = self.found.repaired or repaired or mended
        text = charset.clean(text)
        if kind == "text/html" or (PAGE.match(text) and "</html" in text.lower()):  # some programs say it is plain
            return Block(page=text)
        if kind in {"text/enriched", "text/richtext"}:
            return Block(plain=html.without_tags(text))
        if part.parameter("content-type", "format").lower() == "flowed":
            text = flowed.joined(text, delete_space=part.parameter("content-type", "delsp").lower() == "yes")
        return Block(plain=self._without_files(text))

    def _without_files(self, text: str) -> str:
        """Take the files out of a text that were written into it, and see whether it is sealed."""
        self.found.security = next((state for mark, state in PGP if mark in text), self.found.security)
        if "begin" not in text:
            return text
        text, files = attachment.in_text(text)
        for name, content in files:
            self._keep(name, attachment.kind_of(name), content)
        return text

    def _attach(self, part: Part, kind: str) -> list[Block]:
        content, name = part.content, part.filename
        called = CID.match(charset.one_line(part.words("content-id", lower=False)))
        identity = called[1] if called else ""
        blocks = self._inside(kind, name, content)
        if kind == "text/plain" and part.disposition == "inline" and self.room > 0:
            self.notes.append(self._text(part, kind).plain.strip())  # shown when the mail says nothing else
        if kind.startswith("image/") and part.disposition != "attachment":
            identity = identity or f"deel-{len(self.files) + 1}@kcc"
            blocks = [Block(picture=identity)] if part.disposition == "inline" else []
        self._keep(name, kind, content, identity)
        return blocks

    def _inside(self, kind: str, name: str, content: bytes) -> list[Block]:
        """Read what stands in a file that is more than a file: an appointment, what Outlook packed, a signed mail."""
        if tnef.is_tnef(kind, name, content):
            self._unpack(content)
        if kind == "text/calendar":
            note, is_answer = calendar.note(charset.clean(charset.decode(content)[0]))
            self.notes += [note] if note else []
            self.found.kinds |= {"calendar-reply"} if is_answer else set()
        if kind in SMIME and self.depth < ENCLOSED and (inner := smime.signed_content(content)):
            self.depth, self.found.security = self.depth + 1, "signed"
            return self._blocks(mime.read(inner))
        return []

    def _keep(self, name: str, kind: str, content: bytes, content_id: str = "") -> None:
        if len(self.files) >= ATTACHMENTS:
            self.found.cut = True
            return
        name = attachment.safe_name(name) or attachment.unnamed(len(self.files) + 1, kind)
        self.files.append(Attachment.of(name, kind, content, content_id))

    def _unpack(self, content: bytes) -> None:
        """Take out what Outlook packed in a file of its own; the file itself is kept as well."""
        packed = tnef.read(content)
        self.notes += [packed.text] if packed.text else []
        for name, kind, inside, content_id in packed.files:
            self._keep(name, kind or attachment.kind_of(name), inside, content_id)

    def _enclosed(self, part: Part, kind: str) -> bool:
        """Read a mail in this mail; say whether it is only the echo of what came back, and no file to keep."""
        content = part.content
        inner = mime.read(content)
        subject = header.text(inner.header("subject"))[0]
        if self.is_report:
            self.found.returned += header.message_ids(inner.header("message-id"))
        whole = kind in {"message/rfc822", "message/global"}
        if whole:
            self._keep(part.filename or f"{subject or 'bericht'}.eml", kind, content)
        if not whole or self.depth >= ENCLOSED or self.room <= 0:
            return True
        body = read(inner, depth=self.depth + 1, room=self.room)
        self.room -= len(body.text)
        text = "\n\n".join(piece for piece in (body.text, body.history, body.enclosed) if piece)
        sender = next(iter(address.addresses(inner.header("from"))), ("", ""))
        title = f"[Bijgevoegde e-mail]\nVan: {' '.join(word for word in (sender[0], _angled(sender[1])) if word)}"
        text = f"{title}\nOnderwerp: {subject}\n\n{text}".strip()
        if self.is_report:
            self.found.returned_text = text
        else:
            self.enclosed.append(text)
        return True


def _is_text(part: Part, kind: str) -> bool:
    """Tell whether this is to be read: an unknown sort of text is plain (RFC 2046, 4.1.4), unless it has a name."""
    return kind in BODIES or (kind.startswith("text/") and kind not in FILES | UNSEEN | MAILS and not part.filename)


def _angled(sender: str) -> str:
    return f"<{sender}>" if sender else ""


def _original_id(content: bytes) -> list[str]:
    return header.message_ids(mime.read(content[:REPORT]).header("original-message-id"))


def _best(plain: str, page: str) -> tuple[str, str]:
    """Give own and quoted text of two versions of the same: the plain one, unless it says next to nothing."""
    own, quoted = html.to_text(page) if page.strip() else ("", "")
    if plain.strip() and len(plain.strip()) * 5 >= len(own):
        return plain.strip("\n"), ""
    return own, quoted


def _alternative(blocks: list[Block]) -> Block:
    plain = "\n\n".join(block.plain for block in blocks if block.plain.strip())
    pages = [block for block in blocks if block.page.strip() or block.picture]
    return Block(plain, _page(pages) if any(block.page for block in pages) else "")


def _page(blocks: list[Block]) -> str:
    """Give one page of the pages, texts and pictures in their order; nothing when all of it is plain text."""
    pages = "\n".join(block.page for block in blocks)
    pictures = {block.picture for block in blocks if block.picture and f"cid:{block.picture}" not in pages}
    if not pages.strip() and not pictures:
        return ""
    pieces = []
    for block in blocks:
        if block.page.strip():
            pieces.append(block.page)
        elif block.plain.strip():
            pieces.append(f'<div style="white-space:pre-wrap">{markup_of.escape(block.plain)}</div>')
        elif block.picture in pictures:
            pieces.append(f'<p><img src="cid:{markup_of.escape(block.picture)}"></p>')
    return "\n".join(pieces)


def _is_inline(one: Attachment, page: str) -> bool:
    return bool(one.content_id) and f"cid:{markup_of.escape(one.content_id)}" in page

"""Messenger and Instagram: what their webhooks say, and how a message is sent by them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from contacts.channels.networks import graph, plain
from contacts.channels.networks.post import File, Gone, Happening, Post, Progress
from contacts.models import Connection, Outgoing

STANDARD = timedelta(hours=24)  # after that only a person may answer, and says so
FILES = {"image", "audio", "video", "file", "sticker"}
MILLISECONDS = 1000


def read(found: dict[str, Any], connection: Connection) -> Iterator[Happening]:
    """Give what happened, of a delivery that may hold several things of several people."""
    for entry in plain.rows(found, "entry"):
        account = plain.line(entry.get("id"), most=100)
        for event in plain.rows(entry, "messaging") + plain.rows(entry, "standby"):
            yield from _event(event, account)


def _event(event: dict[str, Any], account: str) -> Iterator[Happening]:
    at = plain.moment(event.get("timestamp"), per_second=MILLISECONDS)
    sender = plain.line(plain.part(event, "sender").get("id"), most=100)
    message, postback = plain.part(event, "message"), plain.part(event, "postback")
    if message.get("is_deleted") is True:
        yield Gone(plain.line(message.get("mid"), most=500), at, account)
    elif message or postback:
        yield from _message(event, message or postback, account)
    elif edit := plain.part(event, "message_edit"):
        yield from _edited(event, edit, account)
    elif "delivery" in event:
        mids = plain.part(event, "delivery").get("mids")
        for mid in mids[: plain.ROWS] if isinstance(mids, list) else []:
            yield Progress("delivered", at, id=plain.line(mid, most=500), account=account)
    elif "read" in event:
        seen = plain.part(event, "read")
        until = plain.moment(seen.get("watermark"), per_second=MILLISECONDS) or at
        mid = plain.line(seen.get("mid"), most=500)
        yield Progress("read", until, id=mid, person=sender, account=account)


def _message(event: dict[str, Any], message: dict[str, Any], account: str) -> Iterator[Happening]:
    name, ours = plain.line(message.get("mid"), most=500), message.get("is_echo") is True
    person = plain.line(plain.part(event, "recipient" if ours else "sender").get("id"), most=100)
    if not name or not person:
        return
    text, files = _content(message)
    yield Post(
        id=name,
        person=person,
        is_scoped=True,
        text=text or _("Dit soort bericht wordt niet ondersteund."),
        readable=bool(text),
        at=plain.moment(event.get("timestamp"), per_second=MILLISECONDS),
        account=account,
        ours=ours,
        mark=plain.line(message.get("metadata"), most=60) if ours else "",
        answers=plain.line(plain.part(message, "reply_to").get("mid"), most=500),
        files=files,
        raw=plain.written(event),
    )


def _edited(event: dict[str, Any], edit: dict[str, Any], account: str) -> Iterator[Happening]:
    mid, text = plain.line(edit.get("mid"), most=480), plain.words(edit.get("text"))
    if mid and text:
        changed = {"mid": f"{mid}#{plain.line(edit.get('num_edit'), most=10)}", "reply_to": {"mid": mid}}
        yield from _message(event, changed | {"text": _("[Bewerkt] %(text)s") % {"text": text}}, account)


def _content(message: dict[str, Any]) -> tuple[str, tuple[File, ...]]:
    """Give the words of a message and its files; no words when we do not know this kind of message."""
    lines = [plain.words(message.get("text")) or plain.words(message.get("title"))]  # a postback has a title
    files = []
    for found in plain.rows(message, "attachments"):
        kind, url = plain.line(found.get("type"), most=40), plain.words(plain.part(found, "payload").get("url"))
        if kind in FILES and url:
            files.append(File(kind=kind, url=url))
            lines.append(_label(kind))
        else:
            title = plain.line(found.get("title")) or plain.line(plain.part(found, "payload").get("title"))
            words = " ".join(filter(None, [title, url or plain.words(found.get("url"))]))
            lines.append(_("[Gedeeld] %(what)s") % {"what": words[:2000]} if words else "")
    story = plain.words(plain.part(message, "reply_to", "story").get("url"), most=2000)
    if story:
        lines.insert(0, _("[Reactie op ons verhaal] %(what)s") % {"what": story})
    return "\n".join(filter(None, lines)), tuple(files)


def _label(kind: str) -> str:
    labels = {"image": _("[Foto]"), "audio": _("[Geluid]"), "video": _("[Video]"), "sticker": _("[Sticker]")}
    return labels.get(kind) or _("[Bestand]")


def request(
    outgoing: Outgoing, connection: Connection, *, known_as: str, heard: datetime, now: datetime
) -> graph.Request:
    """Give what to ask so that this message is sent; after a day it says that a person answers."""
    body: dict[str, Any] = {
        "recipient": {"id": known_as},
        "messaging_type": "RESPONSE",
        "message": {"text": outgoing.body},
    }
    if connection.kind == Connection.Kind.MESSENGER:
        body["message"]["metadata"] = str(outgoing.uuid)
    if now - heard > STANDARD:
        body |= {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    return graph.Request("/me/messages", body)


def external_id(found: dict[str, Any]) -> str:
    return plain.line(found.get("message_id"), most=500)

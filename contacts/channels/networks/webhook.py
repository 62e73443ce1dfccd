"""Messages from any other system, signed by Standard Webhooks: a chat, a forum, a reporting app (docs/operations.md).

{"type": "message.created", "data": {"id": "…", "channel": "chat", "text": "…", "sender": {"id": "…", "name": "…"}}}
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from contacts.channels.networks import plain
from contacts.channels.networks.post import File, Gone, Happening, Post
from contacts.channels.reading.html import to_text
from contacts.models import Channel, Connection, Message

CREATED, DELETED = "message.created", "message.deleted"
CHANNELS = {Channel.SOCIAL, Channel.WEB, Channel.CHAT, Channel.POST}


def read(found: dict[str, Any], connection: Connection) -> Iterator[Happening]:
    """Give what happened; nothing for a type we do not know. Raises Unreadable when a message has no words."""
    data, kind = plain.part(found, "data"), plain.line(found.get("type"), most=60)
    name = plain.line(data.get("id"), most=500)
    at = plain.moment(data.get("sent_at") or found.get("timestamp"))
    if kind == DELETED and name:
        yield Gone(name, at)
    elif kind == CREATED:
        yield _message(data, name, at)


def _message(data: dict[str, Any], name: str, at: datetime | None) -> Post:
    sender, html = plain.part(data, "sender"), plain.words(data.get("html"))
    text = plain.words(data.get("text")) or plain.clean(to_text(html)[0])
    files = tuple(file for file in map(_file, plain.rows(data, "attachments")) if file.url)
    if not name or not (text or files):
        raise plain.Unreadable(_("In het bericht ontbreekt het id of de tekst."))
    channel, visibility = plain.line(data.get("channel"), most=10), plain.line(data.get("visibility"), most=10)
    person = next(filter(None, (plain.line(sender.get(key), most=150) for key in ("id", "email", "phone"))), "")
    return Post(
        id=name,
        person=person or name[:150],  # of nobody in particular: each message by itself
        is_scoped=True,
        name=plain.line(sender.get("name")),
        text=text or _("[Bestand]"),
        html=html,
        at=at,
        channel=channel if channel in CHANNELS else Channel.SOCIAL,
        network=plain.line(data.get("network"), most=9).lower(),
        subject=plain.line(data.get("subject")),
        thread=plain.line(data.get("conversation"), most=300),
        answers=plain.line(data.get("in_reply_to"), most=300),
        url=plain.line(data.get("url"), most=500),
        visibility=visibility if visibility in Message.Visibility.values else Message.Visibility.DIRECT,
        phone=plain.line(sender.get("phone"), most=40),
        email=plain.line(sender.get("email"), most=254),
        ours=data.get("direction") == "out",
        files=files,
        raw=plain.written(data),
    )


def _file(found: dict[str, Any]) -> File:
    return File(
        url=plain.words(found.get("url"), most=2000),
        name=plain.line(found.get("name"), most=150),
        content_type=plain.line(found.get("content_type"), most=150),
    )

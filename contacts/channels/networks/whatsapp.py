"""WhatsApp Cloud API: what its webhooks say, and how a message is sent by it."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts import phone
from contacts.channels.networks import graph, plain
from contacts.channels.networks.post import File, Gone, Happening, Post, Progress
from contacts.models import Connection, Outgoing

FILES = {"image", "audio", "video", "document", "sticker"}
STATES = {"sent", "delivered", "read", "failed"}
IGNORED = {"reaction", "system", "request_welcome", "ephemeral"}


def read(found: dict[str, Any], connection: Connection) -> Iterator[Happening]:
    """Give what happened, of a delivery that may hold several things of several people."""
    for entry in plain.rows(found, "entry"):
        for change in plain.rows(entry, "changes"):
            value = plain.part(change, "value")
            account = plain.line(plain.part(value, "metadata").get("phone_number_id"), most=100)
            people = plain.rows(value, "contacts")
            for message in plain.rows(value, "messages"):
                yield from _message(message, people, account)
            for message in plain.rows(value, "message_echoes"):  # sent with the WhatsApp Business app on a phone
                yield from _message(message, [], account, ours=True)
            for status in plain.rows(value, "statuses"):
                yield from _status(status, account)


def _message(
    message: dict[str, Any], people: list[dict[str, Any]], account: str, *, ours: bool = False
) -> Iterator[Happening]:
    name, kind = plain.line(message.get("id"), most=500), plain.line(message.get("type"), most=40)
    at = plain.moment(message.get("timestamp"))
    if kind == "revoke":
        yield Gone(plain.line(plain.part(message, "revoke").get("original_message_id"), most=500), at, account)
        return
    if not name or kind in IGNORED:
        return
    number = plain.line(message.get("to" if ours else "from"), most=40)
    scoped = plain.line(message.get("to_user_id" if ours else "from_user_id"), most=150)
    person = _person(people, number, scoped)
    scoped = scoped or plain.line(person.get("user_id"), most=150)
    text, files = _content(kind, message)
    yield Post(
        id=name,
        person=_phone(number) or scoped or number or "onbekend",
        is_scoped=not _phone(number),
        name=plain.line(plain.part(person, "profile").get("name")),
        text=text or _("Dit soort bericht (%(kind)s) wordt niet ondersteund.") % {"kind": kind or "?"},
        readable=bool(text),
        at=at,
        account=account,
        ours=ours,
        answers=plain.line(plain.part(message, "context").get("id"), most=500),
        phone=_phone(number),
        alias=scoped if _phone(number) else "",
        files=files,
        raw=plain.written(message),
    )


def _person(people: list[dict[str, Any]], number: str, scoped: str) -> dict[str, Any]:
    """Give who wrote, of the people a delivery names; numbers are left out for who goes by a user name."""
    for person in people:
        if (number and person.get("wa_id") == number) or (scoped and person.get("user_id") == scoped):
            return person
    return people[0] if len(people) == 1 else {}


def _phone(number: str) -> str:
    digits = number.removeprefix("+")
    return phone.normalise(f"+{digits}") or "" if digits.isascii() and digits.isdigit() else ""


def _content(kind: str, message: dict[str, Any]) -> tuple[str, tuple[File, ...]]:
    """Give the words of a message and its files; no words when we do not know this kind of message."""
    value = plain.part(message, kind)
    if kind in FILES:
        file = File(
            kind=kind,
            id=plain.line(value.get("id"), most=100),
            name=plain.line(value.get("filename"), most=150),
            content_type=plain.line(value.get("mime_type"), most=150),
        )
        caption = plain.words(value.get("caption"))
        return caption or _label(kind), (file,) if file.id else ()
    if kind == "contacts":
        return "\n".join(map(_card, plain.rows(message, kind))), ()
    return TEXTS.get(kind, lambda value: "")(value), ()


def _label(kind: str) -> str:
    labels = {"image": _("[Foto]"), "audio": _("[Geluid]"), "video": _("[Video]"), "sticker": _("[Sticker]")}
    return labels.get(kind) or _("[Bestand]")


def _location(value: dict[str, Any]) -> str:
    place = [plain.line(value.get(name)) for name in ("name", "address")]
    given = [value.get("latitude"), value.get("longitude")]
    numbers = [float(one) for one in given if isinstance(one, int | float) and abs(one) <= 180]
    spot = f"{numbers[0]:.6f}, {numbers[1]:.6f}" if len(numbers) == 2 else ""
    return _("[Locatie] %(where)s") % {"where": ", ".join(filter(None, [*place, spot])) or "?"}


def _card(person: dict[str, Any]) -> str:
    numbers = [plain.line(one.get("phone") or one.get("wa_id"), most=40) for one in plain.rows(person, "phones")]
    known = ", ".join(filter(None, [plain.line(plain.part(person, "name").get("formatted_name")), *numbers]))
    return _("[Contactgegevens] %(who)s") % {"who": known or "?"}


def _interactive(value: dict[str, Any]) -> str:
    reply = plain.part(value, plain.line(value.get("type"), most=40))
    title = ": ".join(filter(None, [plain.words(reply.get("title")), plain.words(reply.get("description"))]))
    return title or plain.words(reply.get("body")) or plain.words(reply.get("name"))


def _edit(value: dict[str, Any]) -> str:
    message = plain.part(value, "message")
    text, _files = _content(plain.line(message.get("type"), most=40) or "text", message)
    return _("[Bewerkt] %(text)s") % {"text": text} if text else ""


TEXTS = {
    "text": lambda value: plain.words(value.get("body")),
    "button": lambda value: plain.words(value.get("text")),
    "interactive": _interactive,
    "location": _location,
    "edit": _edit,
}


def _status(status: dict[str, Any], account: str) -> Iterator[Progress]:
    state = plain.line(status.get("status"), most=40)
    if state not in STATES:
        return
    errors = plain.rows(status, "errors")
    first = errors[0] if errors else {}
    details = plain.line(plain.part(first, "error_data").get("details"), most=250)
    words = [plain.line(first.get("code"), most=20), details or plain.line(first.get("title"), most=250)]
    yield Progress(
        state=state,
        at=plain.moment(status.get("timestamp")),
        id=plain.line(status.get("id"), most=500),
        mark=plain.line(status.get("biz_opaque_callback_data"), most=60),
        reason=" ".join(filter(None, words)),
        account=account,
    )


def request(outgoing: Outgoing, connection: Connection, *, known_as: str) -> graph.Request:
    """Give what to ask WhatsApp so that it sends this message; who has no number goes by what WhatsApp calls them."""
    to = outgoing.recipient if outgoing.recipient.startswith("+") else known_as
    body: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to" if to.startswith("+") else "recipient": to.removeprefix("+"),
        "type": "text",
        "text": {"preview_url": False, "body": outgoing.body},
        "biz_opaque_callback_data": str(outgoing.uuid),
    }
    return graph.Request(f"/{connection.external_id}/messages", body)


def external_id(found: dict[str, Any]) -> str:
    messages = plain.rows(found, "messages")
    return plain.line(messages[0].get("id"), most=500) if messages else ""

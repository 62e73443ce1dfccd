"""Files that came with a message on a network: fetched at once, because the addresses expire, but after the message.

A row in Inbound stands for each, so that one that cannot be had now is tried again, and the message waits for nothing.
"""

from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import push
from contacts import files
from contacts.channels import line
from contacts.channels.networks import graph, plain
from contacts.channels.networks.post import File
from contacts.channels.reading.sniff import sniff
from contacts.channels.trouble import Superseded, TooEarly
from contacts.models import Attachment, Connection, Contact, Inbound
from contacts.models.lease import LAST_ATTEMPT

SOURCE = "media"
SECONDS = 20.0
REDIRECTS, MOVED = 3, {301, 302, 303, 307, 308}
TRUSTED = (".facebook.com", ".fbsbx.com", ".fbcdn.net", ".whatsapp.net", ".instagram.com", ".cdninstagram.com")
ENDINGS = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "audio/ogg": ".ogg",
    "audio/mp4": ".m4a", "audio/mpeg": ".mp3", "audio/amr": ".amr", "video/mp4": ".mp4", "application/pdf": ".pdf",
}  # fmt: skip
NAMES = {
    "image": gettext_lazy("foto"), "audio": gettext_lazy("geluid"), "video": gettext_lazy("video"),
    "sticker": gettext_lazy("sticker"),
}  # fmt: skip


def ask_for(file: File, contact: Contact, connection: Connection, number: int) -> None:
    """Have this file of a new message fetched."""
    wanted = {"id": file.id, "url": file.url, "name": file.name, "type": file.content_type}
    Inbound.objects.create(
        source=SOURCE,
        key=f"{SOURCE}:{contact.uuid}:{number}",
        sha256="",
        raw=plain.written(wanted).encode(),
        connection=connection,
        envelope={"contact": str(contact.uuid), "kind": file.kind},
    )


class Lost(Exception):
    """The file cannot be had, and trying again would not help."""


def receive(inbound: Inbound) -> None:
    """Fetch one file and put it with its message. Raises Superseded, TooEarly."""
    contact = Contact.objects.filter(uuid=inbound.envelope.get("contact")).first()
    if contact is None or inbound.connection is None:
        _settle(inbound)
        return
    wanted = plain.parse(bytes(inbound.raw))
    try:
        content = fetch(wanted, inbound.connection)
    except (Lost, line.Forbidden) as error:
        _give_up(inbound, contact, str(error))
        return
    except (line.Unreachable, line.BrokenOff, Later) as error:
        if inbound.attempts < LAST_ATTEMPT:
            raise TooEarly(f"The file cannot be had: {error}") from error
        _give_up(inbound, contact, str(error))
        return
    _attach(inbound, contact, wanted, content)


class Later(Exception):
    """The file cannot be had now."""


def fetch(wanted: dict[str, Any], connection: Connection) -> bytes:
    """Give the bytes of a file. Raises Lost, Later, Unreachable, BrokenOff."""
    url, headers = plain.words(wanted.get("url")), {}
    if number := plain.line(wanted.get("id"), most=100):
        headers = graph.authorised(connection)
        answer = line.ask("GET", f"{graph.base(connection)}/{number}", ours=connection.base_url, headers=headers)
        _check(answer, connection)
        if not answer.whole:
            raise Later("The description of the file broke off")
        url = plain.words(plain.part(answer.json).get("url"))
        if not _is_theirs(url, connection):
            headers = {}  # our token is for the network only
    answer = _follow(url, connection, headers)
    _check(answer, connection)
    if len(answer.body) >= settings.UPLOAD_LARGEST:
        raise Lost(_("Het bestand is te groot."))
    if not answer.whole:
        raise Later("The file broke off")
    return answer.body


def _follow(url: str, connection: Connection, headers: dict[str, str], turns: int = REDIRECTS) -> line.Answer:
    """Give what stands at an address, also when its host sends us on within its own walls. Raises Lost."""
    limit = settings.UPLOAD_LARGEST
    answer = line.ask("GET", url, ours=connection.base_url, headers=headers, limit=limit, seconds=SECONDS)
    if answer.status not in MOVED:
        return answer
    onward = urljoin(url, answer.headers.get("location", ""))
    if turns == 0 or line.origin(onward) != line.origin(url):
        raise Lost(_("Het bestand staat inmiddels ergens anders."))
    return _follow(onward, connection, headers, turns - 1)


def _check(answer: line.Answer, connection: Connection) -> None:
    if answer.status in {401, 429} or answer.status >= 500:
        if answer.status == 401:
            connection.failed(f"401 {graph.reason(answer, connection)}", urgent=True)
        raise Later(f"{answer.status}")
    if answer.status != 200:
        raise Lost(_("Het netwerk geeft het bestand niet: %(status)s.") % {"status": answer.status})


def _is_theirs(url: str, connection: Connection) -> bool:
    place = line.origin(url)
    ours = bool(connection.base_url) and place == line.origin(connection.base_url)
    return ours or (place is not None and place[0] == "https" and place[1].endswith(TRUSTED))


@transaction.atomic
def _attach(inbound: Inbound, contact: Contact, wanted: dict[str, Any], content: bytes) -> None:
    name = plain.line(wanted.get("name"), most=150) or _last(plain.words(wanted.get("url")))
    kind = sniff(content, name)
    if not PurePosixPath(name).suffix:
        name = (name or str(NAMES.get(inbound.envelope.get("kind", ""), _("bestand")))) + ENDINGS.get(kind, "")
    Attachment.objects.create(
        contact=contact,
        name=name[:200],
        declared_type=plain.line(wanted.get("type"), most=150),
        content_type=kind,
        size=len(content),
        sha256=files.keep(content),
    )
    _settle(inbound)
    push.hint("timeline", f"customer:{contact.customer_id}")
    if contact.case is not None:
        contact.case.hint()


@transaction.atomic
def _give_up(inbound: Inbound, contact: Contact, reason: str) -> None:
    contact.track("file_lost", by=None, reason=reason[:200])
    _settle(inbound)


def _settle(inbound: Inbound) -> None:
    if not inbound.finish(now=timezone.now()):
        raise Superseded


def _last(url: str) -> str:
    """Give the last part of an address as the name of a file, when it looks like one."""
    try:
        name = PurePosixPath(unquote(urlsplit(url).path)).name
    except ValueError:
        return ""
    return name if 0 < len(name) <= 100 and PurePosixPath(name).suffix else ""

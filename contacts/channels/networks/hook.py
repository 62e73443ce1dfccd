"""What other systems deliver at our door: verified, kept byte for byte, and acknowledged; nothing more happens here.

The address of a connection is no secret, its signature is. Who is unknown and who signs wrongly get the same answer.
No Redis: the scan finds what came in within ten seconds (docs/decisions/0007).
"""

import hashlib
import logging
from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from contacts.channels.networks import signature
from contacts.channels.pace import Pace
from contacts.models import Connection, Inbound

log = logging.getLogger(__name__)

SIZE = 256 * 1024  # bytes of one delivery
META = {Connection.Kind.WHATSAPP, Connection.Kind.MESSENGER, Connection.Kind.INSTAGRAM}
KINDS = {*META, Connection.Kind.WEBHOOK}
OK, ACCEPTED, REFUSED, CONFLICT, TOO_MANY = 200, 202, 401, 409, 429
CHALLENGE = 200  # characters

pace = Pace(rate=100, burst=1000)  # well-signed deliveries of one source, in each process


def challenge(uuid: UUID, asked: Mapping[str, str]) -> str | None:
    """Give what Meta wants to read back when it comes to see whose address this is; None when it does not know us."""
    connection = Connection.objects.open().filter(uuid=uuid, kind__in=META).first()
    expected = str(connection.secrets.get("verify_token", "")) if connection else ""
    known = signature.same_word(asked.get("hub.verify_token", ""), expected)
    if not known or asked.get("hub.mode") != "subscribe":
        return None
    return asked.get("hub.challenge", "")[:CHALLENGE]


def accept(uuid: UUID, headers: Mapping[str, str], raw: bytes, *, address: str) -> int:
    """Give the status to answer with; 200 and 202 mean that the delivery is committed."""
    connection = Connection.objects.open().filter(uuid=uuid, kind__in=KINDS).first()
    if connection is None or not connection.allows(address) or not _is_signed(connection, headers, raw):
        log.warning("Refused a delivery to %s: unknown, or wrongly signed", uuid)
        return REFUSED
    if not pace.allows(connection.pk):
        log.warning("%s %s delivers too fast", connection.kind, connection.pk)
        return TOO_MANY
    fresh = ACCEPTED if connection.kind == Connection.Kind.WEBHOOK else OK
    return _store(connection, _name(connection, headers, raw), raw, fresh=fresh)


def _is_signed(connection: Connection, headers: Mapping[str, str], raw: bytes) -> bool:
    secrets = connection.secrets
    if connection.kind in META:
        return signature.is_meta(raw, headers.get("X-Hub-Signature-256", ""), str(secrets.get("app_secret", "")))
    name, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not name or not signature.is_recent(timestamp, now=timezone.now()):
        return False
    given, known = headers.get("webhook-signature", ""), secrets.get("signing", [])
    return signature.is_standard(raw, id=name, timestamp=timestamp, header=given, secrets=known)


def _name(connection: Connection, headers: Mapping[str, str], raw: bytes) -> str:
    """Give by what this delivery is the same one: the sender's id for it, or for Meta its bytes."""
    name = headers.get("webhook-id", "")
    if connection.kind in META:
        return hashlib.sha256(raw).hexdigest()
    return name if len(name) <= 150 and name.isprintable() else hashlib.sha256(name.encode()).hexdigest()


def _store(connection: Connection, name: str, raw: bytes, *, fresh: int) -> int:
    key, sha256 = f"{connection.kind}:{connection.pk}:{name}", hashlib.sha256(raw).hexdigest()
    try:
        with transaction.atomic():
            Inbound.objects.create(source=connection.kind, connection=connection, key=key, sha256=sha256, raw=raw)
    except IntegrityError:
        if Inbound.objects.filter(key=key, sha256=sha256).exists():
            return OK  # it came before
        log.warning("%s %s delivered something else under an id it used before", connection.kind, connection.pk)
        return CONFLICT
    return fresh

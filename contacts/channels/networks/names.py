"""How somebody is called on Messenger or Instagram: the networks deliver a number only, and may refuse to say more."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.channels import line
from contacts.channels.networks import graph, plain
from contacts.channels.trouble import Superseded, TooEarly
from contacts.models import Case, Connection, Contact, Direction, Inbound, Message
from contacts.models.lease import LAST_ATTEMPT

SOURCE = "name"
FIELDS = {Connection.Kind.MESSENGER: "first_name,last_name", Connection.Kind.INSTAGRAM: "name,username"}


def fallback(connection: Connection, person: str) -> str:
    """Give what to call somebody of whom only a number is known."""
    told = {"network": connection.get_kind_display(), "tail": person[-4:]}
    return _("%(network)s-gebruiker %(tail)s") % told


def ask_for(connection: Connection, person: str) -> None:
    """Have the name of this person looked up, once."""
    if connection.kind in FIELDS:
        raw = plain.written({"person": person}).encode()
        defaults = {"source": SOURCE, "sha256": "", "raw": raw, "connection": connection}
        Inbound.objects.get_or_create(key=f"{SOURCE}:{connection.pk}:{person}"[:200], defaults=defaults)


def receive(inbound: Inbound) -> None:
    """Look up one name. Raises Superseded, TooEarly."""
    connection = inbound.connection
    person = plain.line(plain.parse(bytes(inbound.raw)).get("person"))
    if connection is not None:
        name = _look_up(connection, person, final=inbound.attempts >= LAST_ATTEMPT)
        if name:
            _call(connection, person, name)
    if not inbound.finish(now=timezone.now()):
        raise Superseded


def _look_up(connection: Connection, person: str, *, final: bool) -> str:
    """Give the name; nothing when it is not given. Raises TooEarly, unless it is final."""
    number = person.removeprefix(f"{connection.pk}:")
    url = f"{graph.base(connection)}/{number}?fields={FIELDS[Connection.Kind(connection.kind)]}"
    try:
        answer = line.ask("GET", url, ours=connection.base_url, headers=graph.authorised(connection))
    except (line.Unreachable, line.BrokenOff) as error:
        answer = line.Answer(503, whole=False)
        if not final:
            raise TooEarly(str(error)) from error
    if (answer.status == 429 or answer.status >= 500) and not final:
        raise TooEarly(f"{answer.status}")
    found: dict[str, Any] = plain.part(answer.json) if answer.status == 200 else {}
    parts = filter(None, [plain.line(found.get("first_name")), plain.line(found.get("last_name"))])
    user = plain.line(found.get("username"))
    return plain.line(found.get("name")) or " ".join(parts)[:200] or (f"@{user}" if user else "")


@transaction.atomic
def _call(connection: Connection, person: str, name: str) -> None:
    unnamed = fallback(connection, person)
    theirs = Contact.objects.filter(network=connection.kind, party=person, direction=Direction.INBOUND)
    Message.objects.filter(contact__in=theirs, connection=connection, sender_name=unnamed).update(sender_name=name)
    Case.objects.filter(contacts__in=theirs, connection=connection, sender=unnamed).update(sender=name)

"""What a network lets us answer: how long, until when, how openly. Shown above the editor, checked before sending.

WhatsApp lets us write for 24 hours after the citizen's last message; Messenger and Instagram for 7 days, when a person
answers. Nobody can be written to first.
"""

from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import date
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.channels.networks import mastodon
from contacts.models import Case, Connection, Contact, Direction, Message


@dataclass(frozen=True)
class Terms:
    """What an answer on one connection may be."""

    longest: int  # characters
    until: datetime | None = None  # of writing; None is always
    refusal: str = ""  # why nothing can be written now
    visibility: str = ""  # who will see it: that of the citizen's own message
    notice: str = ""  # what the colleague must know

    @property
    def is_public(self) -> bool:
        return self.visibility in {Message.Visibility.PUBLIC, Message.Visibility.UNLISTED}


def of(case: Case, *, now: datetime | None = None) -> Terms | None:
    """Give what an answer in this case may be; None when it goes by mail and may be anything."""
    if case.connection is None:
        return None
    rows = case.contacts.filter(direction=Direction.INBOUND, message__connection=case.connection)
    latest = rows.select_related("message").order_by("-happened_at", "-pk").first()
    return _terms(case.connection, latest, now or timezone.now())


def window(case: Case) -> datetime | None:
    """Give until when the network lets us answer in this case; None when there is no end to it."""
    terms = of(case)
    return terms.until if terms else None


def refusal(case: Case, text: str, *, now: datetime | None = None) -> str:
    """Say why this text cannot be sent in this case now, in words for the form; nothing when it can."""
    terms = of(case, now=now)
    if terms is None:
        return ""
    latest = case.contacts.filter(direction=Direction.INBOUND).order_by("-happened_at", "-pk").first()
    return terms.refusal or too_long(case.connection, text, latest.party if latest else "")


def to(connection: Connection, person: str, *, now: datetime) -> Terms:
    """Give what a message to this person on this connection may be."""
    return _terms(connection, last_heard(connection, person), now)


def last_heard(connection: Connection, person: str) -> Contact | None:
    """Give the last message of this person on this connection."""
    rows = Contact.objects.filter(party=person, direction=Direction.INBOUND, message__connection=connection)
    return rows.exclude(network="").select_related("message").order_by("-happened_at", "-pk").first()


def too_long(connection: Connection | None, text: str, person: str) -> str:
    """Say that a text is too long for the network, and by how much; nothing when it is not."""
    if connection is None:
        return ""
    length = len(text)
    if connection.kind == Connection.Kind.MASTODON:
        length = mastodon.length(mastodon.addressed(text, person))
    excess = length - connection.longest
    if excess <= 0:
        return ""
    return _("Dit bericht is %(n)d tekens te lang voor %(network)s (hooguit %(longest)d).") % {
        "n": excess, "network": connection.get_kind_display(), "longest": connection.longest,
    }  # fmt: skip


def _terms(connection: Connection, latest: Contact | None, now: datetime) -> Terms:
    until = latest.happened_at + connection.window if latest and connection.window else None
    visibility = latest.message.visibility if latest else ""
    return Terms(
        longest=connection.longest,
        until=until,
        refusal=_refusal(connection, latest, until, now),
        visibility=visibility,
        notice=_notice(connection, visibility),
    )


def _refusal(connection: Connection, latest: Contact | None, until: datetime | None, now: datetime) -> str:
    network = connection.get_kind_display()
    if connection.closed_at is not None:
        return _("Deze koppeling is opgeheven. Antwoord op een andere manier.")
    if not connection.can_answer:
        return _("Over deze koppeling kun je niet antwoorden. Bel, mail of schrijf de klant.")
    if latest is None:
        return _("Via %(network)s kun je alleen antwoorden op een bericht van de klant.") % {"network": network}
    if until is not None and until <= now:
        told = {"network": network, "until": date(timezone.localtime(until), "j F H:i")}
        return (
            _("Via %(network)s kon je antwoorden tot %(until)s. Bel of mail de klant, of wacht op een nieuw bericht.")
            % told
        )
    return ""


def _notice(connection: Connection, visibility: str) -> str:
    if connection.kind != Connection.Kind.MASTODON:
        return ""
    if visibility == Message.Visibility.DIRECT:
        return _("Niet vertrouwelijk: beheerders van de servers kunnen dit lezen. Zet er geen persoonsgegevens in.")
    return _("Iedereen kan dit lezen. Zet er geen persoonsgegevens in.")

"""The ontvangstbevestiging: one for a new case, to a person who wrote to us, and never to a machine (RFC 3834)."""

import re
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import locks
from accounts.worktime import LOCAL
from contacts.channels.arrival import Arrival, is_ours
from contacts.models import Case, Contact, Norm, Outgoing
from contacts.models.mailbox import by_address
from contacts.models.token import reply_address

KIND = "acknowledgement"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLACE = re.compile(r"\{(naam|kenmerk|onderwerp|uiterlijk|norm)\}")
NAME = re.compile(r"[^\W\d_][\w.' ’-]{0,59}")
LINK = re.compile(r"://|www\.|[^\s@]@[^\s@]|\w\.\w{2,}", re.IGNORECASE)
SUBJECT = 100  # characters of the sender's own subject that go back

TEXT = """Beste {naam},

Wij hebben uw bericht over "{onderwerp}" ontvangen. Uw kenmerk is {kenmerk}.

U krijgt uiterlijk {uiterlijk} antwoord van ons. Wij houden daarvoor {norm} aan.

Wilt u iets aanvullen? Beantwoord dan deze e-mail, of noem het kenmerk.

Met vriendelijke groet,
{gemeente}
"""


def acknowledge(arrival: Arrival, contact: Contact, case: Case) -> Outgoing | None:
    """Tell the sender that the mail arrived, under which reference and until when; None when nobody is told."""
    mailbox = arrival.mailbox
    if mailbox is None or not may(arrival) or _sent_enough(arrival.sender):
        return None
    mail, values = arrival.mail, _values(arrival, case)
    chain = [*mail.references, *([mail.message_id] if mail.message_id else [])]
    text = (mailbox.acknowledgement.strip() or TEXT.replace("{gemeente}", mailbox.name)).replace("\r\n", "\n")
    headers = {
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "Reply-To": reply_address(case.pk, mailbox.address),
        "In-Reply-To": mail.message_id,
        "References": " ".join(chain[-20:]),
    }
    outgoing = Outgoing.write(
        key=f"{KIND}:{case.pk}",
        kind=KIND,
        recipient=arrival.sender,
        subject=_("Ontvangen: %(subject)s [%(reference)s]")
        % {"subject": values["onderwerp"], "reference": case.reference},
        body=PLACE.sub(lambda found: values[found[1]], text),
        headers={name: value for name, value in headers.items() if value},
        contact=contact,
        mailbox=mailbox,
    )
    case.track("case_acknowledged", by=None, recipient=arrival.sender)
    return outgoing


def may(arrival: Arrival) -> bool:
    """Say whether a machine of ours may answer this mail at all."""
    box, sender = arrival.mailbox, arrival.sender
    if box is None or not box.acknowledge or arrival.inbound.source == "import":
        return False
    if arrival.automatic or not arrival.mail.may_answer or arrival.original or arrival.colleague:
        return False
    if not sender or is_ours(sender) or sender.rpartition("@")[2] in _our_domains():
        return False
    return arrival.authentication.get("dmarc") != "fail" and not arrival.mail.poses_as


def _our_domains() -> set[str]:
    return {settings.MAIL_DOMAIN.lower(), *(address.rpartition("@")[2] for address in by_address())}


def _sent_enough(address: str) -> bool:
    """Say whether this address was told something within a day, or so many were within the hour that it is a loop.

    One at a time asks this, so that no two answers slip through together; it comes last in a transaction.
    """
    locks.wait(KIND)
    now = timezone.now()
    found = Outgoing.objects.filter(kind=KIND, created_at__gt=now - DAY).aggregate(
        own=Count("pk", filter=Q(recipient=address)), hour=Count("pk", filter=Q(created_at__gt=now - HOUR))
    )
    return found["own"] > 0 or found["hour"] >= settings.MAIL_ACKNOWLEDGEMENTS_PER_HOUR


def _values(arrival: Arrival, case: Case) -> dict[str, str]:
    """Give what the places in the text stand for. What a stranger wrote goes back only if it cannot mislead anybody:

    the sender's address may be another's, who did not ask for this mail.
    """
    name = arrival.sender_name.strip()
    subject = " ".join(arrival.mail.subject.split())[:SUBJECT]
    with translation.override(settings.LANGUAGE_CODE):
        due = case.due_at.astimezone(LOCAL)
        norm = Norm.objects.in_force(
            Norm.Kind.EMAIL, team=case.team, topic=case.topic, on=case.opened_at.astimezone(LOCAL).date()
        )
        return {
            "naam": name if NAME.fullmatch(name) and not LINK.search(name) else _("heer of mevrouw"),
            "kenmerk": case.reference,
            "onderwerp": subject if subject and not LINK.search(subject) else _("uw vraag"),
            "uiterlijk": date_format(due, "l j F Y"),
            "norm": norm.term if norm else "",
        }

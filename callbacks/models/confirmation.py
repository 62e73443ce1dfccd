"""The mail in which a citizen reads what was promised: when we call at the latest, and who does."""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.worktime import LOCAL
from callbacks.models.callback import Callback
from contacts.models import Contact, Mailbox, Outgoing
from contacts.models.mailbox import open_mailboxes

KIND = "callback-confirmation"


def spoken(language: str) -> str:
    """Give the language in which we can tell this citizen something: theirs where we have it, else Dutch."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def confirm(
    callback: Callback,
    *,
    to: str,
    by: User | None,
    contact: Contact | None = None,
    due_at: datetime | None = None,
    named: bool = True,
) -> Outgoing:
    """Write the mail that tells what was promised, without a word of the question; a second time gives the same one.

    For a contact that was added to the callback, with what was promised then. Without the reference where nobody knows
    that this address is the citizen's own (named is False).
    """
    contact = contact or callback.contact
    mailbox = _mailbox_of(callback.team)
    key = f"{KIND}:{contact.uuid}"
    known = Outgoing.objects.filter(key=key).first()
    if known is not None:
        return known
    with translation.override(spoken(callback.language)):
        sender = mailbox.name if mailbox else _("Gemeente %(name)s") % {"name": settings.MUNICIPALITY}
        subject, body = _letter(callback, due_at or callback.due_at, sender=sender, named=named)
    mail = Outgoing.write(
        key=key,
        kind=KIND,
        recipient=to,
        subject=subject,
        body=body,
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
        contact=contact,
        mailbox=mailbox,
    )
    callback.track("callback_confirmed", by=by, recipient=to)
    return mail


def _letter(callback: Callback, due_at: datetime, *, sender: str, named: bool) -> tuple[str, str]:
    """Give subject and text, in the language that is active."""
    due = due_at.astimezone(LOCAL)
    words = {
        "team": callback.team.name,
        "day": date_format(due, "l j F"),
        "time": date_format(due, "H:i"),
        "reference": callback.reference,
        "sender": sender,
    }
    lines = [
        _("Goedendag,"),
        _("U hebt ons gevraagd om u te bellen. %(team)s belt u uiterlijk %(day)s om %(time)s uur."),
        _("Uw kenmerk is %(reference)s. Noem dit kenmerk als u ons belt of mailt.") if named else "",
        _("Met vriendelijke groet,\n%(sender)s"),
    ]
    body = "\n\n".join(line % words for line in lines if line) + "\n"
    return _("Wij bellen u uiterlijk %(day)s") % words, body


def _mailbox_of(team: Team) -> Mailbox | None:
    """Give the mailbox of this department, else that of the contact centre, None where neither has one."""
    boxes = open_mailboxes()
    own = next((box for box in boxes if box.team_id == team.pk), None)
    return own or next((box for box in boxes if box.team.is_kcc), None)

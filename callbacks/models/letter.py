"""A letter to a citizen who could not be reached, instead of one more call."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _t

from accounts.models import User
from callbacks.models.callback import Callback
from callbacks.models.cause import Cause
from callbacks.models.result import Result
from contacts.models import Address, Contact, Mailbox
from contacts.models.answer import Letter, write_first
from contacts.models.mailbox import open_mailboxes


def address_of(callback: Callback) -> str:
    """Give the e-mail address of the citizen, empty when none is known."""
    customer = callback.contact.customer
    if customer is None:
        return ""
    known = customer.addresses.filter(kind=Address.Kind.EMAIL).order_by("pk")
    return known.values_list("value", flat=True).first() or ""


def beginning(callback: Callback, *, tries: int) -> dict[str, str]:
    """Give the letter as it begins, in the language of the office; nothing of the question stands in it."""
    customer = callback.contact.customer
    with translation.override(settings.LANGUAGE_CODE):
        told = {
            "name": customer.name if customer else "",
            "day": date_format(timezone.localtime(callback.requested_at), "l j F"),
            "n": tries,
            "reference": callback.reference,
        }
        subject = _t("Wij konden u niet bereiken (%(reference)s)") % told
        return {"subject": subject, "text": _text(callback) % told}


def _text(callback: Callback) -> str:
    """Give the words: the number was wrong, or it was right and nobody could be reached on it."""
    last = callback.last_attempt
    if last and last.result == Result.WRONG_NUMBER:
        return _t(
            "Beste %(name)s,\n\n"
            "Op %(day)s vroeg u ons om u terug te bellen. "
            "Het telefoonnummer dat wij van u hebben, klopt niet.\n\n"
            "Wilt u nog antwoord op uw vraag? "
            "Stuur ons dan uw telefoonnummer als antwoord op deze e-mail, of bel ons. "
            "Uw kenmerk is %(reference)s."
        )
    return _t(
        "Beste %(name)s,\n\n"
        "Op %(day)s vroeg u ons om u terug te bellen. "
        "Wij belden u %(n)s keer, maar wij konden u niet bereiken.\n\n"
        "Wilt u nog antwoord op uw vraag? Antwoord dan op deze e-mail, of bel ons. "
        "Uw kenmerk is %(reference)s."
    )


@transaction.atomic
def write_instead(callback: Callback, *, subject: str, text: str, key: str, by: User) -> bool:
    """End a callback with a letter to the citizen, both in one transaction; say whether it ended so.

    The same key is one letter. Raises NoNorm and NeverOpen, as every letter that opens a case.
    """
    customer, address, key = callback.contact.customer, address_of(callback), f"callback-letter:{callback.pk}:{key}"
    if customer is None or not address:
        return False
    if not callback.cancel(cause=Cause.MESSAGE, reason=subject, by=by):
        return Contact.objects.filter(key=key).exists()
    mailbox = _mailbox(callback)
    letter = Letter(text=text, to=[(customer.name, address)], subject=subject, mailbox=mailbox)
    team = mailbox.team if mailbox else callback.team
    write_first(customer, letter, team=team, key=key, by=by, draft=None, close=True)
    return True


def _mailbox(callback: Callback) -> Mailbox | None:
    """Give from which address a department writes: its own, else that of the contact centre, else any."""
    known = open_mailboxes()
    own = [one for one in known if one.team_id == callback.team_id]
    central = [one for one in known if one.team.is_kcc]
    return next(iter([*own, *central, *known]), None)

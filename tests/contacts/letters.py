"""Mails of citizens that lie in a case, and what a colleague types below them: for the tests of answering."""

from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.models import Team, User
from contacts.forms.caution import mark
from contacts.models import Case, Channel, Contact, Customer, Mailbox, Message
from contacts.models.answer import Letter
from tests import make


def mail(case: Case | None = None, **fields: Any) -> Contact:
    """Make a mail of Anna Jansen to the office, in a case if there is one."""
    message: dict[str, Any] = {
        "sender_name": fields.pop("sender_name", "Anna Jansen"),
        "to": fields.pop("to", [["", "gemeente@duinmeer.voorbeeld.nl"]]),
        "message_id": fields.pop("message_id", f"<{uuid4()}@voorbeeld.nl>"),
    }
    for name in (
        "connection",
        "cc",
        "reply_to",
        "quoted",
        "html",
        "references",
        "automatic",
        "mailbox",
        "visibility",
        "external_id",
    ):
        if name in fields:
            message[name] = fields.pop(name)
    values = {
        "key": f"mail:{uuid4()}",
        "channel": Channel.EMAIL,
        "by": None,
        "party": "a.jansen@voorbeeld.nl",
        "subject": "Aanslag te hoog",
        "text": "Mijn aanslag klopt niet.",
        "case": case,
    }
    contact = Contact.register(**(values | fields))
    Message.objects.create(contact=contact, **message)
    return contact


def question(customer: Customer | None = None, *, mailbox: Mailbox | None = None, **fields: Any) -> Case:
    """Make a case that a mail of this customer opened."""
    team: Team = fields.pop("team", None) or make.team("Voorlijn", is_kcc=True)
    contact = mail(customer=customer, mailbox=mailbox, **fields)
    return Case.open(contact=contact, title=contact.subject, team=team, by=None, sender="Anna Jansen", mailbox=mailbox)


def letter(case: Case | None = None, **fields: Any) -> Letter:
    """Make what a colleague wrote to Anna Jansen."""
    about = fields.pop("about", case.contacts.order_by("pk").first() if case else None)
    values: dict[str, Any] = {
        "text": "Beste mevrouw Jansen,\n\nU heeft gelijk.",
        "to": [("Anna Jansen", "a.jansen@voorbeeld.nl")],
        "subject": f"Re: Aanslag te hoog [{case.reference}]" if case else "Uw aanslag",
        "about": about,
    }
    return Letter(**(values | fields))


def typed(case: Case, **fields: Any) -> dict[str, Any]:
    """Give the fields of the editor as they come in when somebody presses send."""
    about = case.contacts.order_by("pk").first()
    assert about is not None
    values: dict[str, Any] = {
        "key": str(uuid4()),
        "case": str(case.uuid),
        "manner": "reply",
        "about": str(about.uuid),
        "to": "Anna Jansen <a.jansen@voorbeeld.nl>",
        "cc": "",
        "bcc": "",
        "subject": f"Re: Aanslag te hoog [{case.reference}]",
        "text": "Beste mevrouw Jansen,\n\nU heeft gelijk.",
        "quotes": "on",
        "when": "now",
        "seen": mark(case),
    }
    return values | fields


def send_url(fields: dict[str, Any], action: str = "send") -> str:
    return f"/answers/{fields['key']}/{action}/" if action else f"/answers/{fields['key']}/"


def said(by: User, case: Case, text: str = "Wij zoeken het uit.") -> Contact:
    """Make an answer that a colleague gave just now, by hand."""
    return Contact.register(
        key=f"said:{uuid4()}",
        channel=Channel.EMAIL,
        direction="out",
        by=by,
        case=case,
        party="a.jansen@voorbeeld.nl",
        text=text,
        outcome="answered",
        happened_at=timezone.now(),
    )

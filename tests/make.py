"""Rows for tests: plain functions with good defaults, named after what they make."""

from datetime import date, datetime, time, timedelta
from importlib import import_module
from itertools import count
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.memory import forget_everything
from accounts.models import OpeningHours, Role, Team, User
from callbacks.models import Callback
from contacts.models import Case, Channel, Connection, Contact, Customer, Mailbox, Norm, Outcome, Topic
from knowledge.models import Article
from knowledge.models.markup import split

_number = count(1)


def team(name: str = "Parkeren", **fields: Any) -> Team:
    return Team.objects.get_or_create(name=name, defaults=fields)[0]


def groups() -> None:
    """Make the roles and their grants again, after a test that emptied the database."""
    if not Group.objects.exists():
        Group.objects.bulk_create(Group(name=role) for role in Role.values)
        for name in ("0001_grants", "0002_grants_of_channels", "0003_grants_of_callbacks", "0004_grants_of_knowledge"):
            import_module(f"kcc.migrations.{name}").grant(apps, None)


def user(username: str, *roles: str, teams: list[Team] | None = None, **fields: Any) -> User:
    fields = {"email": f"{username}@duinmeer.voorbeeld.nl", "first_name": username.capitalize(), **fields}
    groups()
    made = User.objects.create(username=username, **fields)
    made.groups.set(Group.objects.filter(name__in=roles or [Role.AGENT]))
    made.teams.set(teams or [])
    return made


def office(opens: time = time(8, 30), closes: time = time(17)) -> None:
    """Open the office on weekdays and set the three norms."""
    for weekday in range(5):
        OpeningHours.objects.get_or_create(weekday=weekday, opens=opens, closes=closes)
    for kind, amount, unit in [("callback", 2, "days"), ("email", 2, "days"), ("social", 4, "hours")]:
        Norm.objects.get_or_create(kind=kind, amount=amount, unit=unit, starts_on=date(2020, 1, 1))


def topic(name: str = "bezwaar parkeervergunning", *, theme: str = "Parkeren", team: Team | None = None) -> Topic:
    parent, _created = Topic.objects.get_or_create(name=theme, parent=None)
    return Topic.objects.get_or_create(name=name, parent=parent, defaults={"team": team})[0]


def customer(
    first_name: str = "Anna", last_name: str = "Jansen", *, phone: str = "", email: str = "", **fields: Any
) -> Customer:
    made = Customer.objects.create(first_name=first_name, last_name=last_name, **fields)
    for kind, typed in (("phone", phone), ("email", email)):
        if typed:
            assert made.add_address(kind, typed) is not None
    return made


def contact(customer: Customer | None = None, **fields: Any) -> Contact:
    values = {
        "key": f"test:{next(_number)}",
        "channel": Channel.PHONE,
        "by": None,
        "text": "Vraag.",
        "outcome": Outcome.ANSWERED,
    }
    return Contact.register(**(values | {"customer": customer} | fields))


def case(
    customer: Customer | None = None, *, title: str = "Kapotte lamp", due_at: datetime | None = None, **fields: Any
) -> Case:
    """Make a case of one mail in the queue of the front office, unless another team is named; fields set the rest."""
    about = {name: fields.pop(name) for name in ("channel", "topic", "text", "party", "network") if name in fields}
    arrived = contact(customer, **({"channel": Channel.EMAIL, "subject": title, "outcome": ""} | about))
    place = fields.pop("team", None) or team("Voorlijn", is_kcc=True)
    made = Case.open(contact=arrived, title=title, team=place, by=None, sender=fields.pop("sender", "A. Jansen"))
    if due_at is not None:
        fields["due_at"] = due_at
    if fields:
        Case.objects.filter(pk=made.pk).update(**fields)
        made.refresh_from_db()
    return made


def callback(contact_: Contact | None = None, *, due_at: datetime | None = None, **fields: Any) -> Callback:
    """Make a callback for Parkeren; due_at moves the promise, and the request to before it."""
    contact_ = contact_ or contact(customer(phone="06 90123456"), outcome=Outcome.CALLBACK)
    values = {"team": team(), "number": "+31690123456", "question": "Is het bezwaar binnen?", "by": None}
    made = Callback.request(contact=contact_, **(values | fields))
    if due_at is not None:
        made.due_at = due_at
        made.requested_at = min(made.requested_at, due_at - timedelta(hours=1))
        made.save(update_fields=["due_at", "requested_at"])
    return made


def article(title: str = "Bezwaar maken tegen een parkeerbesluit", **fields: Any) -> Article:
    """Make a published article; body is its text under h2 headings."""
    body = fields.pop("body", "<h2>Uitleg</h2><p>U kunt tot zes weken na het besluit bezwaar maken.</p>")
    values = {
        "external_id": f"test-{next(_number)}",
        "short_answer": "U krijgt binnen **2 weken** een ontvangstbevestiging.",
        "sections": split(body),
        "published_at": timezone.now() - timedelta(days=1),
    }
    return Article.objects.create(title=title, **(values | fields))


def connection(kind: str, *, secrets: dict[str, Any] | None = None, **fields: Any) -> Connection:
    """Make a connection to a network or system, with these secrets sealed onto it."""
    made = Connection(kind=kind, **({"name": f"Gemeente op {kind}"} | fields))
    made.set_secrets(**(secrets or {}))
    made.save()
    return made


def mailbox(address: str = "gemeente@duinmeer.voorbeeld.nl", **fields: Any) -> Mailbox:
    """Make an address of the office whose mail comes into the queue of the front office, unless told otherwise."""
    values = {"name": "Gemeente Duinmeer", "team": fields.get("team") or team("Voorlijn", is_kcc=True)}
    made = Mailbox.objects.create(address=address, **(values | fields))
    forget_everything()
    return made

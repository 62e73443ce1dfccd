"""The telephone of Duinmeer: a made-up exchange, who sits at which telephone, and what was not answered today."""

from datetime import datetime, timedelta
from typing import NamedTuple

from contacts.models import Call, Channel, Connection, Contact, Direction
from kcc.demo.book import Book
from kcc.demo.citizens import Citizen
from kcc.demo.staff import Staff
from kcc.demo.story import Story

NAME = "Telefooncentrale (simulator)"
MAIN_NUMBER = "14099"  # no place has this number
FIRST_EXTENSION = 201
QUEUES = {"Voorlijn": "Hoofdnummer, Parkeren, Belastingen, Burgerzaken, Afval", "Balie": "Balie en afspraken"}
LATEST = 40  # conversations that the exchange told of


class Missed(NamedTuple):
    """A call that nobody answered; the name is empty for a number nobody has."""

    name: str
    minutes: int  # working minutes ago
    queue: str
    waited: int  # seconds
    number: str = ""


MISSED = [
    Missed("Pieter de Graaf", 14, "Parkeren", 184),
    Missed("", 33, "Hoofdnummer", 62, "+31690004471"),
    Missed("Selin Öztürk", 47, "Parkeren", 131),
    Missed("Pieter de Graaf", 71, "Parkeren", 95),
    Missed("", 96, "Belastingen", 208, ""),
    Missed("Tamara Hoekstra", 128, "Belastingen", 77),
    Missed("Pieter de Graaf", 155, "Hoofdnummer", 40),
]


def connect(book: Book, staff: Staff, story: Story) -> None:
    """Write the exchange, the telephones, today's missed calls and the conversations it told of."""
    exchange = book.rows.add(Connection(kind=Connection.Kind.CTI, name=NAME))
    for team, queues in QUEUES.items():
        staff.teams[team].queues = queues
    for number, user in enumerate([*staff.agents, *staff.users.values()], FIRST_EXTENSION):
        user.extension = user.extension or str(number)
    people = {citizen.row.name: citizen for citizen in story.people}
    for missed in MISSED:
        miss(book, exchange, missed, people.get(missed.name))
    told = [one for one in book.contacts if one.channel == Channel.PHONE and one.agent and one.reached]
    for contact in sorted(told, key=lambda one: one.happened_at)[-LATEST:]:
        hold(book, exchange, contact)


def miss(book: Book, exchange: Connection, missed: Missed, citizen: Citizen | None) -> None:
    began_at = book.clock.back(missed.minutes)
    number = citizen.phone if citizen else missed.number
    call = call_at(book, exchange, number, queue=missed.queue, at=began_at)
    call.customer = citizen.row if citizen else None
    call.team = book.teams["Voorlijn"]
    call.ended_at, call.cause = began_at + timedelta(seconds=missed.waited), "cancel"


def hold(book: Book, exchange: Connection, contact: Contact) -> None:
    """Write the call in which a contact was made."""
    waited = timedelta(seconds=book.rng.randint(6, 150))
    call = call_at(book, exchange, contact.party, queue="Hoofdnummer", at=contact.happened_at - waited)
    call.direction, call.customer, call.agent = contact.direction, contact.customer, contact.agent
    call.team = book.teams["Voorlijn"] if contact.direction == Direction.INBOUND else None
    call.queue = call.queue if contact.direction == Direction.INBOUND else ""
    call.answered_at = contact.happened_at
    call.ended_at = min(contact.happened_at + timedelta(seconds=contact.seconds or 90), book.clock.now)
    call.cause, call.contact = Call.HELD, contact
    contact.waited_seconds = int(waited.total_seconds())


def call_at(book: Book, exchange: Connection, number: str, *, queue: str, at: datetime) -> Call:
    call = book.rows.add(Call(connection=exchange, number=number, sent=number.removeprefix("+"), queue=queue))
    call.external_id, call.dialled, call.began_at = f"demo-{call.pk}", MAIN_NUMBER, at
    return call

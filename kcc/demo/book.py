"""Writes into the demo what the actions of the models would have written at the time: contacts, events, cases."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from accounts import phone
from accounts.models import Team, User
from accounts.worktime import LOCAL
from callbacks.models import Callback
from contacts.models import Access, Case, Channel, Contact, Direction, Event, Message, Norm, Outcome, Topic
from kcc.demo.citizens import Citizen
from kcc.demo.clock import Clock
from kcc.demo.doors import Doors
from kcc.demo.rows import Rows
from kcc.demo.staff import DOMAIN

FIRST_REFERENCE = 10_001
WRITTEN = {Channel.EMAIL, Channel.SOCIAL, Channel.WEB, Channel.CHAT}  # these have a message
LIVE = {Channel.PHONE, Channel.DESK, Channel.CHAT}  # a colleague registers these while they happen


@dataclass
class Book:
    """The demo while it is being written: its rows, its clock and the norms in force."""

    rows: Rows
    clock: Clock
    rng: Random
    norms: dict[tuple[str, int | None], Norm]
    teams: dict[str, Team]
    topics: dict[str, Topic]
    doors: Doors
    contacts: list[Contact] = field(default_factory=list)
    last_reference: int = FIRST_REFERENCE
    _named: list[tuple[datetime, Case | Callback]] = field(default_factory=list)
    _mentions: list[tuple[dict[str, Any], Case]] = field(default_factory=list)
    _messages: dict[int, Message] = field(default_factory=dict)

    def contact(
        self,
        citizen: Citizen | None,
        *,
        at: datetime,
        channel: str,
        topic: Topic | None,
        subject: str,
        by: User | None,
        text: str = "",
        outcome: str = "",
        seconds: int | None = None,
        direction: str = Direction.INBOUND,
        closed_at: datetime | None = None,
        conversation: UUID | None = None,
        case: Case | None = None,
        reached: bool = True,
        party: str | None = None,
        transferred_to: str = "",
        network: str = "",
        key: str = "",
    ) -> Contact:
        """Give a contact as Contact.register would have made it, with its event."""
        live = channel in LIVE or direction == Direction.OUTBOUND
        saved_at = min(at + timedelta(seconds=seconds or 20), self.clock.now)
        row = self.rows.add(Contact(channel=channel, direction=direction, topic=topic, subject=subject, text=text))
        row.key = key or f"demo:{row.pk}"
        row.customer = citizen.row if citizen else None
        row.party = party if party is not None else citizen.party(channel) if citizen else ""
        row.conversation = conversation or self.rows.uuid()
        row.outcome, row.transferred_to, row.reached, row.case = outcome, transferred_to, reached, case
        row.agent, row.team, row.seconds = by, topic.team if topic else None, seconds
        row.happened_at, row.registered_at = at, saved_at
        row.closed_at = (closed_at or saved_at) if outcome else None
        row.network = network or ("instagram" if channel == Channel.SOCIAL else "")
        if channel in WRITTEN:
            self._messages[row.pk] = self.rows.add(self._message(row, citizen))
        self.track(row, "contact_registered", by=by if live else None, at=saved_at)
        if by and citizen:
            self.rows.add(Access(user=by, customer=citizen.row, action=Access.Action.VIEW, detail="timeline", at=at))
        self.contacts.append(row)
        return row

    def message(self, contact: Contact) -> Message:
        """Give what a written contact has besides its text."""
        return self._messages[contact.pk]

    def _message(self, contact: Contact, citizen: Citizen | None) -> Message:
        box, inbound = self.doors.main, contact.direction == Direction.INBOUND
        name = citizen.row.name if citizen else ""
        row = Message(contact=contact, sender_name=name if inbound else box.name)
        if contact.channel == Channel.EMAIL:
            row.mailbox, row.message_id = box, f"<{self.rows.uuid()}@{'voorbeeld.nl' if inbound else DOMAIN}>"
            row.to = [[box.name, box.address]] if inbound else [[name, contact.party]]
        elif contact.channel == Channel.SOCIAL:
            row.connection = self.doors.accounts.get(contact.network)
            row.visibility = Message.Visibility.DIRECT
        return row

    def track(self, contact: Contact, kind: str, *, by: User | None, at: datetime, **data: Any) -> Event:
        return self.rows.add(Event(contact=contact, kind=kind, by=by, at=at, data=data))

    def open_case(
        self,
        contact: Contact,
        *,
        title: str,
        at: datetime,
        by: User | None,
        due_at: datetime | None = None,
        team: Team | None = None,
        sender: str = "",
    ) -> Case:
        """Give a case for this contact as Case.open would have made it; without a due moment the norm for mail says it."""
        team = team or contact.team or self.teams["Voorlijn"]
        due_at = due_at or self.due(Norm.Kind.EMAIL, None, at)[0]
        case = self.rows.add(Case(title=title[:200], team=team, opened_at=at, due_at=due_at))
        case.customer, case.topic = contact.customer, contact.topic
        case.channel, case.network, case.last_inbound_at = (
            contact.channel,
            contact.network,
            max(at, contact.registered_at),
        )
        case.mailbox = self.doors.main if contact.channel == Channel.EMAIL else None
        case.connection = self.doors.accounts.get(contact.network)
        case.sender = (contact.customer.name if contact.customer else shown(sender or contact.party))[:200]
        case.snippet = " ".join(contact.text.split())[:200]
        self._named.append((at, case))
        self.join(contact, case, by=by, at=at)
        event = self.track(contact, "case_opened", by=by, at=at, case=str(case.uuid), reference="")
        self._mentions.append((event.data, case))
        return case

    def join(self, contact: Contact, case: Case, *, by: User | None, at: datetime) -> None:
        """Make a contact part of a case as Contact.join does."""
        contact.case = case
        event = self.track(contact, "case_joined", by=by, at=at, reference="")
        self._mentions.append((event.data, case))

    def close_case(self, case: Case, *, at: datetime, by: User, result: str) -> None:
        case.closed_at, case.result, case.read_at = at, result, case.read_at or at
        self.rows.add(Event(case=case, kind="case_closed", by=by, at=at, data={"result": result}))

    def due(self, kind: str, team: Team | None, start: datetime) -> tuple[datetime, str]:
        """Give what Norm.promise would give: the moment and the norm in words."""
        norm = self.norms.get((kind, team.pk if team else None)) or self.norms[kind, None]
        return norm.due(start), norm.term

    def working_days(self, team: Team) -> int:
        """Give how many working days a department has for calling back."""
        return (self.norms.get((Norm.Kind.CALLBACK, team.pk)) or self.norms[Norm.Kind.CALLBACK, None]).amount

    def name_later(self, row: Callback) -> Callback:
        """Let a callback get its reference with all the others, in the order of their moments."""
        self._named.append((row.requested_at, row))
        return row

    def number(self) -> None:
        """Give out the references, Z for cases and T for callbacks, in the order of time."""
        in_time = sorted(self._named, key=lambda one: (one[0], str(one[1].uuid)))
        for number, (moment, row) in enumerate(in_time, FIRST_REFERENCE):
            self.last_reference = number
            letter = "Z" if isinstance(row, Case) else "T"
            row.reference = f"{letter}-{moment.astimezone(LOCAL).year}-{number}"
        for data, case in self._mentions:
            data["reference"] = case.reference


def shown(party: str) -> str:
    """Give a number as people read it, and any other address as it is."""
    return phone.display(party) if party.startswith("+") else party


def is_answered(contact: Contact) -> bool:
    return contact.outcome in {Outcome.ANSWERED, Outcome.CONSULTED}

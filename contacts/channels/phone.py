"""What a telephone exchange tells of its calls: the generic push that exchanges already send.

Events "newCall", "answer" and "hangup" come as a form or as JSON, once or more often, in any order, now and then one
never. Each is one transaction; when this returns it is committed. No Redis on this path, only a hint to open pages.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from accounts import phone
from accounts.models import Team, User
from accounts.models.team import open_teams
from contacts.channels.pace import Pace
from contacts.models import Call, Connection, Direction

SIZE = 64 * 1024  # bytes of one event
LONGEST_ID = 200
MOST_PEOPLE = 50  # for whom one call may ring
Fields = Mapping[str, list[str]]

pace = Pace(rate=50, burst=500)  # events of one exchange, in each process


class Refused(Exception):
    """This event is not taken; in the words the exchange may read."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


@dataclass
class Told:
    """One event as the exchange told it, in our words."""

    event: str
    direction: str
    external_id: str
    number: str  # of the citizen, in E.164
    sent: str  # the same as it came; empty when the citizen is anonymous
    dialled: str  # of ours
    original_id: str = ""
    queue: str = ""
    people: list[str] = field(default_factory=list)
    answering: str = ""
    cause: str = ""


def receive(token: str, fields: Fields, *, address: str) -> Call:
    """Give the call that this event is about, with the event committed.

    Raises Refused: the same for whoever is unknown, closed, or not at an allowed address.
    """
    connection = Connection.objects.of_kind(Connection.Kind.CTI).filter(token=printable(token)).first()
    if connection is None or not connection.allows(address):
        raise Refused(401, "not authorised")
    if not pace.allows(connection.pk):
        raise Refused(429, "too many")
    told = understand(fields)
    with transaction.atomic():
        return write(connection, told)


def understand(fields: Fields) -> Told:
    """Give what an event says. Raises Refused when it says nothing that can be understood."""
    event, direction = _last(fields, "event"), _last(fields, "direction")
    if event not in EVENTS:
        raise Refused(422, "invalid event")
    if direction not in Direction.values:
        raise Refused(422, "invalid direction")
    external_id = _last(fields, "callId")
    if not external_id or len(external_id) > LONGEST_ID:
        raise Refused(422, "invalid callId")
    theirs, ours = ("from", "to") if direction == Direction.INBOUND else ("to", "from")
    sent = _last(fields, theirs)
    people = [one for name in ("user", "user[]", "users", "caller") for one in fields.get(name, [])]
    return Told(
        event=event,
        direction=direction,
        external_id=external_id,
        number=phone.received(sent) or "",
        sent=sent[:60] if any(letter in "123456789" for letter in sent) else "",
        dialled=_last(fields, ours)[:60],
        original_id=_last(fields, "origCallId")[:LONGEST_ID],
        queue=_last(fields, "queue")[:100],
        people=[printable(one)[:150] for one in people[:MOST_PEOPLE]],
        answering=_last(fields, "answeringNumber")[:150],
        cause=_last(fields, "cause")[:30],
    )


def write(connection: Connection, told: Told) -> Call:
    """Give the call with this event written down; call it inside a transaction."""
    call = Call.told_of(
        connection=connection,
        external_id=told.external_id,
        direction=told.direction,
        number=told.number,
        sent=told.sent,
        dialled=told.dialled,
    )
    EVENTS[told.event](call, told)
    return call


def _new_call(call: Call, told: Told) -> None:
    Call.objects.end_stale(now=timezone.now())
    original_id = told.original_id if told.original_id != told.external_id else ""
    if told.direction == Direction.OUTBOUND:
        call.ring(agent=_one([*told.people, told.dialled]), original_id=original_id)
        return
    team = team_of(told.queue)
    called = _all(told.people) or ([] if team else _all([told.dialled]))
    called_ids = [one.pk for one in called]
    call.ring(queue=told.queue, team=team, called=called_ids, original_id=original_id)


def _answer(call: Call, told: Told) -> None:
    call.answer(by=_who(call, told))


def _hangup(call: Call, told: Told) -> None:
    call.hang_up(cause=told.cause, by=_one([told.answering]))


EVENTS = {"newCall": _new_call, "answer": _answer, "hangup": _hangup}


def _who(call: Call, told: Told) -> User | None:
    """Give who speaks now: whom the exchange names, else the only one for whom it rang."""
    if told.direction == Direction.OUTBOUND:
        return _one([*told.people, told.dialled])
    named = _one([told.answering]) or _one([told.dialled])
    if named is None and len(told.people) == 1:
        named = _one(told.people)
    if named is None and not told.answering and call.agent is None and len(call.called) == 1:
        named = User.objects.filter(pk__in=call.called, is_active=True).first()
    return named


def team_of(queue: str) -> Team | None:
    """Give the team that answers this queue, the first by name when there are more."""
    name = queue.casefold()
    return next((team for team in open_teams() if name and name in team.queue_names), None)


def _all(words: Iterable[str]) -> list[User]:
    return User.objects.at_telephones(words)


def _one(words: Iterable[str]) -> User | None:
    """Give the first of these that is a colleague."""
    return next(iter(_all(words)), None)


def from_json(body: bytes) -> dict[str, list[str]]:
    """Give the fields of an event in JSON as a form has them. Raises Refused when it is no object of plain values."""
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "invalid JSON") from None
    if not isinstance(values, dict):
        raise Refused(422, "invalid event")
    return {name: _texts(value) for name, value in values.items()}


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(one) for one in values if isinstance(one, str | int) and not isinstance(one, bool)]


def _last(fields: Fields, name: str) -> str:
    values = fields.get(name) or [""]
    return printable(values[-1])


def printable(text: str) -> str:
    """Give the text without what no database takes and no screen shows."""
    kept = "".join(letter for letter in text if letter.isprintable())
    return kept.encode("utf-8", "ignore").decode().strip()

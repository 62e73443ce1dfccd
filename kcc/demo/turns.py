"""What may happen to a callback on its way: agreed for later, given back, taken over, asked about again and again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from accounts.models import User
from callbacks.models import Callback, Result
from contacts.models import Channel, Outcome
from kcc.demo.callbacks import Register
from kcc.demo.citizens import Citizen
from kcc.demo.office import AWAY, STANDS_IN

Turn = Callable[[Register, Callback, Citizen, User], bool]
LATER = (
    ("Klant zit in de trein, wil rustig bellen.", "Belt liever overmorgen, dan is de partner erbij"),
    ("Klant zoekt eerst de papieren op.", "Klant verzamelt de stukken"),
    ("Klant is op reis.", "Na de vakantie bellen"),
)


def agree(register: Register, row: Callback, citizen: Citizen, worker: User) -> bool:
    """Reach the citizen, who asks to be called later; say whether there was time for it."""
    book = register.book
    moment = book.clock.between(book.rng, row.requested_at, book.clock.back(5))
    if moment > book.clock.back(4) or not book.clock.hours.is_open(moment):
        return False
    said, reason = book.rng.choice(LATER)
    register.attempt(row, citizen, at=moment, by=worker, result=Result.SPOKEN, note=said)
    until = book.clock.hours.add_days(row.due_at, book.rng.choice((1, 2, 4)))
    register.postpone(row, at=moment + timedelta(minutes=2), until=until, by=worker, reason=reason)
    return True


def give_back(register: Register, row: Callback, citizen: Citizen, worker: User) -> bool:
    """Send a callback that another department must do back to the contact centre."""
    book = register.book
    moment = book.clock.between(book.rng, row.requested_at, book.clock.back(3))
    if moment > book.clock.now:
        return False
    register.give_back(row, at=moment, by=worker, reason="Gaat over de aanslag, dat is Belastingen")
    return True


def cover(register: Register, row: Callback, citizen: Citizen, worker: User) -> bool:
    """Let this be a callback of who went home, taken over then; say whether it was asked for before."""
    users, since = register.staff.users, register.staff.away[AWAY]
    if row.requested_at >= since:
        return False
    row.assignee = users[AWAY]
    register.cover(row, at=since, to=users[STANDS_IN])
    return True


def ask_twice(register: Register, row: Callback, citizen: Citizen, worker: User) -> bool:
    for moment in sorted(later_on(register, row) for _ in range(2)):
        ask_again(register, row, citizen, at=moment)
    return True


def later_on(register: Register, row: Callback) -> datetime:
    """Give a working moment after the callback was asked for, some minutes before now at the latest."""
    return register.book.clock.between(register.book.rng, row.requested_at, register.book.clock.back(4))


def ask_again(register: Register, row: Callback, citizen: Citizen, *, at: datetime | None = None) -> None:
    """Let the citizen call again about a callback that did not come."""
    book = register.book
    contact = book.contact(
        citizen,
        at=at or later_on(register, row),
        channel=Channel.PHONE,
        topic=row.contact.topic,
        subject="Belt opnieuw over terugbelverzoek",
        by=book.rng.choice(register.staff.phone),
        text="Is nog niet teruggebeld en vraagt wanneer dat gebeurt.",
        outcome=Outcome.CALLBACK,
        seconds=book.rng.randint(60, 170),
    )
    register.repeat(row, contact, at=contact.registered_at)


def turns() -> dict[tuple[str, str], list[Turn]]:
    """Give what happens to callbacks that are open now, by department and when they are due."""
    return {
        ("Belastingen", "late"): [ask_twice],
        ("Parkeren", "later"): [agree, agree],
        ("Belastingen", "later"): [cover, cover, agree],
        ("Sociaal domein", "later"): [agree],
        ("Afval en reiniging", "later"): [give_back],
    }

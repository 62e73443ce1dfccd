"""How many callbacks the departments of the demo have: those that ended in ninety days and those open now."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.models import Team, User
from callbacks.models import Callback, Result
from contacts.models import Channel
from kcc.demo.callbacks import MISSED, REASONS, WINDOWS, Register
from kcc.demo.citizens import Citizen
from kcc.demo.content import Conversation
from kcc.demo.staff import FRONT

ENDED = 185
IN_TIME, CANCELLED = 0.87, 0.08
CHANNELS = (Channel.PHONE, Channel.PHONE, Channel.PHONE, Channel.DESK)
# Open now, per department: too late, to do today, later.
OPEN = {
    "Parkeren": (3, 4, 11),
    "Vergunningen en bouwen": (2, 3, 9),
    "Belastingen": (2, 2, 10),
    "Sociaal domein": (1, 3, 8),
    "Burgerzaken": (0, 1, 7),
    "Openbare ruimte": (1, 1, 5),
    "Afval en reiniging": (0, 1, 3),
}
UNASSIGNED = 6
LATE_MINUTES = (14, 98)


@dataclass
class Load:
    """Fills the register up to the numbers above; the named callbacks of the story count as well."""

    register: Register
    citizens: list[Citizen]
    conversations: list[Conversation]
    taken: dict[str, list[Callback]] = field(default_factory=dict)  # "late Parkeren" and so on: written by the story
    unassigned: int = 0

    def fill(self) -> None:
        for _ in range(ENDED):
            self.ended()
        for name, amounts in OPEN.items():
            for part, amount in zip(("late", "today", "later"), amounts, strict=True):
                for _ in range(amount - len(self.taken.get(f"{part} {name}", []))):
                    self.open(name, part)

    def ended(self) -> None:
        """Write a callback that was kept, or given up, some time ago."""
        book, rng = self.register.book, self.register.book.rng
        team = book.teams[rng.choices(list(OPEN), [sum(amounts) for amounts in OPEN.values()])[0]]
        days = book.working_days(team)
        longest = book.clock.back((days + 2) * 510)
        asked = book.clock.moment(rng, "phone", before=longest)
        citizen, said = rng.choice(self.citizens), self.about(team)
        worker = rng.choice(self.register.staff.specialists(team))
        row = self.register.request(
            citizen, said, at=asked, team=team, assignee=worker, channel=rng.choice(CHANNELS), window=rng.choice(WINDOWS)
        )
        span = book.clock.hours.minutes_between(row.requested_at, row.due_at)
        part = rng.triangular(0.03, 0.97, 0.35) if rng.random() < IN_TIME else rng.uniform(1.03, 1.5)
        self.end(row, citizen, said, worker, first=book.clock.hours.add_minutes(asked, span * part))
        self.register.plan_reminders(row)

    def end(self, row: Callback, citizen: Citizen, said: Conversation, worker: User, *, first: datetime) -> None:
        """Write one to three attempts from a moment on, and how it ended."""
        register, rng = self.register, self.register.book.rng
        if rng.random() < 0.4:
            register.claim(row, at=row.requested_at + (first - row.requested_at) * 0.6, by=worker)
        given_up = rng.random() < CANCELLED
        missed = 3 if given_up else rng.choices((0, 1, 2), (0.68, 0.22, 0.1))[0]
        moment = first
        for _ in range(missed):
            register.attempt(row, citizen, at=moment, by=worker, result=rng.choice(MISSED))
            moment = register.book.clock.hours.add_minutes(moment, rng.randint(45, 200))
        if given_up:
            register.cancel(row, at=moment, by=worker, reason=rng.choice(REASONS))
            return
        answer = said.note or said.reply or "Vraag beantwoord."
        register.attempt(row, citizen, at=moment, by=worker, result=Result.SPOKEN, note=answer)
        register.complete(row, at=moment + timedelta(minutes=2), by=worker, outcome=answer)

    def open(self, name: str, part: str) -> None:
        """Write a callback of this department that is still to be made."""
        book, rng = self.register.book, self.register.book.rng
        team = book.teams[name]
        asked = self.asked(team, part)
        alone = self.unassigned < UNASSIGNED and part != "later" and rng.random() < 0.2
        self.unassigned += alone
        worker = None if alone else rng.choice(self.register.staff.specialists(team))
        citizen = rng.choice(self.citizens)
        row = self.register.request(
            citizen,
            self.about(team),
            at=asked,
            team=team,
            assignee=worker,
            channel=rng.choice(CHANNELS),
            window=rng.choice(WINDOWS),
            urgent_reason="Klant heeft vandaag een antwoord nodig" if rng.random() < 0.06 else "",
        )
        tries = rng.choices((0, 1, 2), (0.55, 0.33, 0.12) if part != "later" else (0.82, 0.15, 0.03))[0]
        if worker and tries:
            self.try_in_vain(row, citizen, worker, tries)
        elif worker and rng.random() < 0.25:
            self.register.claim(row, at=book.clock.between(rng, asked, book.clock.now), by=worker)
        self.register.plan_reminders(row)

    def try_in_vain(self, row: Callback, citizen: Citizen, worker: User, tries: int) -> None:
        book, rng = self.register.book, self.register.book.rng
        limit = min(book.clock.now, row.due_at)
        moments = sorted(book.clock.between(rng, row.requested_at, limit) for _ in range(tries))
        for moment in moments:
            self.register.attempt(row, citizen, at=moment, by=worker, result=rng.choice(MISSED))
        if rng.random() < 0.5:
            row.next_attempt_at = book.clock.hours.add_minutes(book.clock.now, rng.choice((30, 60, 120, 480)))

    def asked(self, team: Team, part: str) -> datetime:
        """Give when a callback was asked for that is now too late, to be made today, or later."""
        clock, rng = self.register.book.clock, self.register.book.rng
        days = self.register.book.working_days(team)
        start, end = clock.today()
        if part == "late":
            return clock.days_before(clock.back(rng.randint(*LATE_MINUTES)), days)
        if part == "today":
            return clock.days_before(clock.between(rng, start, end), days)
        earliest = clock.days_before(end, days) + timedelta(minutes=1)
        return clock.between(rng, earliest, clock.now)

    def about(self, team: Team) -> Conversation:
        """Give something to call back about that this department knows of."""
        topics, rng = self.register.book.topics, self.register.book.rng
        own = [one for one in self.conversations if topics[one.topic].team_id == team.pk]
        return rng.choice([one for one in own if one.question] or own or self.conversations)


def departments(teams: dict[str, Team]) -> list[Team]:
    return [team for name, team in teams.items() if name not in FRONT]

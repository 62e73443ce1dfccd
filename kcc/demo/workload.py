"""How many callbacks the departments of the demo have: those that ended in ninety days and those open now."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.models import Team, User
from callbacks.models import Callback, Result
from kcc.demo.book import LIVE
from kcc.demo.callbacks import MISSED, REASONS, WINDOWS, Register
from kcc.demo.citizens import Citizen
from kcc.demo.content import Conversation, Page
from kcc.demo.everyday import BUSINESS
from kcc.demo.turns import Turn, ask_again, turns

ENDED, JUST_ENDED = 165, 22
IN_TIME, CANCELLED = 0.87, 0.08
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
ALONE = {("Vergunningen en bouwen", "late"), ("Burgerzaken", "today")}  # nobody took these, nor four of the story
LATE_MINUTES = (14, 98)
LONGEST = timedelta(days=16)  # from the request until a callback has ended
ANSWERS = (
    "Teruggebeld en uitgelegd.",
    "Besproken met de klant.",
    "Vraag beantwoord.",
    "Klant is geholpen.",
    "Stand van zaken verteld.",
)


@dataclass
class Load:
    """Fills the register up to the numbers above; the named callbacks of the story count as well."""

    register: Register
    citizens: list[Citizen]
    conversations: list[Conversation]
    pages: list[Page]
    taken: dict[str, list[Callback]] = field(default_factory=dict)  # "late Parkeren" and so on: written by the story
    turns: dict[tuple[str, str], list[Turn]] = field(default_factory=turns)

    def fill(self) -> None:
        for _ in range(ENDED):
            self.ended()
        for _ in range(JUST_ENDED):
            self.just_ended()
        for name, amounts in OPEN.items():
            for part, amount in zip(("late", "today", "later"), amounts, strict=True):
                for _ in range(amount - len(self.taken.get(f"{part} {name}", []))):
                    self.open(name, part)

    def ended(self) -> None:
        """Write a callback that was kept, or given up, some time ago."""
        book, rng = self.register.book, self.register.book.rng
        team = self.team()
        days = book.working_days(team)
        longest = book.clock.back((days * 1.5 + 1.5) * 510)
        asked = book.clock.moment(rng, "phone", before=longest)
        said = self.about(team)
        citizen = self.someone(said)
        worker = rng.choice(self.register.staff.specialists(team, at=asked + LONGEST))
        row = self.register.request(
            citizen,
            said,
            at=asked,
            team=team,
            assignee=worker,
            window=rng.choice(WINDOWS),
        )
        span = book.clock.hours.minutes_between(row.requested_at, row.due_at)
        part = rng.triangular(0.03, 0.97, 0.35) if rng.random() < IN_TIME else rng.uniform(1.03, 1.5)
        self.end(row, citizen, said, worker, first=book.clock.hours.add_minutes(asked, span * part))
        self.register.plan_reminders(row)

    def just_ended(self) -> None:
        """Write a callback of these days that was kept within hours."""
        book, rng = self.register.book, self.register.book.rng
        team = self.team()
        worker = rng.choice(self.register.staff.specialists(team, at=book.clock.now))
        said, asked = self.about(team), book.clock.back(rng.uniform(90, 1400))
        spoken_at = book.clock.between(rng, asked, book.clock.back(5))
        citizen, answer = self.someone(said), self.answer(said)
        row = self.register.request(citizen, said, at=asked, team=team, assignee=worker, window=rng.choice(WINDOWS))
        self.register.attempt(row, citizen, at=spoken_at, by=worker, result=Result.SPOKEN, note=answer)
        self.register.complete(row, at=spoken_at + timedelta(minutes=2), by=worker, outcome=answer)
        self.register.plan_reminders(row)

    def team(self) -> Team:
        busy = {name: sum(amounts) for name, amounts in OPEN.items()}
        return self.register.book.teams[self.register.book.rng.choices(list(busy), list(busy.values()))[0]]

    def end(self, row: Callback, citizen: Citizen, said: Conversation, worker: User, *, first: datetime) -> None:
        """Write one to three attempts from a moment on, and how it ended."""
        register, rng = self.register, self.register.book.rng
        if rng.random() < 0.4:
            register.claim(row, at=register.book.clock.between(rng, row.requested_at, first), by=worker)
        given_up = rng.random() < CANCELLED
        missed = 3 if given_up else rng.choices((0, 1, 2), (0.68, 0.22, 0.1))[0]
        moment = first
        for _ in range(missed):
            register.attempt(row, citizen, at=moment, by=worker, result=rng.choice(MISSED))
            moment = register.book.clock.hours.add_minutes(moment, rng.randint(45, 200))
        if given_up:
            cause, reason = rng.choice(REASONS)
            register.cancel(row, at=moment, by=worker, cause=cause, reason=reason)
            return
        answer = self.answer(said)
        register.attempt(row, citizen, at=moment, by=worker, result=Result.SPOKEN, note=answer)
        register.complete(row, at=moment + timedelta(minutes=2), by=worker, outcome=answer)

    def open(self, name: str, part: str) -> None:
        """Write a callback of this department that is still to be made."""
        book, rng = self.register.book, self.register.book.rng
        team = book.teams[name]
        asked = self.asked(team, part)
        staff = self.register.staff
        worker = None if (name, part) in ALONE else rng.choice(staff.specialists(team, at=book.clock.now))
        said = self.about(team)
        citizen = self.someone(said)
        row = self.register.request(
            citizen,
            said,
            at=asked,
            team=team,
            assignee=worker,
            window=rng.choice(WINDOWS),
            urgent_reason="Klant heeft vandaag een antwoord nodig" if rng.random() < 0.06 else "",
        )
        to_come = self.turns.get((name, part), [])
        if worker and to_come and to_come[0](self.register, row, citizen, worker):
            to_come.pop(0)
        else:
            self.work_on(row, citizen, worker, part)
        self.register.plan_reminders(row)

    def work_on(self, row: Callback, citizen: Citizen, worker: User | None, part: str) -> None:
        """Write what was done so far: tried in vain, taken up or nothing yet; perhaps the citizen called again."""
        book, rng = self.register.book, self.register.book.rng
        tries = rng.choices((0, 1, 2), (0.55, 0.33, 0.12) if part != "later" else (0.82, 0.15, 0.03))[0]
        if worker and tries:
            self.try_in_vain(row, citizen, worker, tries)
        elif worker and rng.random() < 0.25:
            self.register.claim(row, at=book.clock.between(rng, row.requested_at, book.clock.now), by=worker)
        if part != "later" and rng.random() < 0.2:
            ask_again(self.register, row, citizen)

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

    def someone(self, said: Conversation) -> Citizen:
        """Give somebody who may ask this; a company has no questions about its passport."""
        people = [one for one in self.citizens if not one.is_business or said.topic.split(":")[0] in BUSINESS]
        return self.register.book.rng.choice(people)

    def about(self, team: Team) -> Conversation:
        """Give something to call back about that this department knows of."""
        topics, rng = self.register.book.topics, self.register.book.rng
        own = [one for one in self.conversations if topics[one.topic].team_id == team.pk and one.channel in LIVE]
        return rng.choice([one for one in own if one.question] or own or self.conversations)

    def answer(self, said: Conversation) -> str:
        """Give what was told to the citizen in the end."""
        topic, rng = said.topic, self.register.book.rng
        points = [point.replace("**", "") for page in self.pages if page.topic == topic for point in page.points]
        return f"{rng.choice(ANSWERS)} {rng.choice(points)}" if points else rng.choice(ANSWERS)

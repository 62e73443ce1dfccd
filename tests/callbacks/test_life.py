"""The whole life of a callback, in any order, by several people, with keys pressed twice, over days and nights.

A ledger of plain Python keeps its own account of what must be true; after each step it is compared with the database.
`KCC_LIFE=deep` lives many more and longer lives.
"""

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Absence, Notification, Team, User
from accounts.worktime import LOCAL
from callbacks.models import Callback, Cause, Ended, Handover, Postponement, Reminder, Result
from contacts.models import Contact, Outcome
from tests import make

DEEP = os.environ.get("KCC_LIFE") == "deep"
BEGINNINGS = [
    datetime(2026, 11, 24, 10, 0, tzinfo=LOCAL),
    datetime(2026, 10, 23, 16, 50, tzinfo=LOCAL),  # a Friday, ten minutes before closing; the clock goes back on Sunday
    datetime(2026, 3, 27, 11, 59, tzinfo=LOCAL),  # and here forward
    datetime(2026, 12, 24, 16, 59, tzinfo=LOCAL),
]
PAUSES = [0, 0, 1, 59, 180, 60 * 17, 60 * 24 * 3]  # minutes
AGREED = [-60, 0, 1, 240, 60 * 24, 60 * 24 * 6]
PEOPLE = ["noor", "rachid", "emma", "sam"]
TEAMS = ["Voorlijn", "Parkeren", "Belastingen"]
TEAM_OF = {"noor": "Voorlijn", "rachid": "Parkeren", "emma": "Parkeren", "sam": "Belastingen"}
OF_A_TERM = {"half", "almost", "late", "lead"}
BY_THE_CLOCK = {"callback_almost", "callback_late", "callback_escalated"}

people = st.sampled_from(PEOPLE)
anybody = st.sampled_from([None, *PEOPLE])
keys = st.sampled_from(["a", "b", "c", "d", "e", "f"])
misses = st.sampled_from([one for one in Result.values if one != Result.SPOKEN])
# How a page knows the callback: as it was at the beginning or as it is now; and how long it was before somebody acted.
pages = st.tuples(st.booleans(), st.sampled_from(PAUSES))
Page = tuple[bool, int]


@dataclass
class Ledger:
    """What must be true of one callback, told in names and moments alone."""

    team: str
    person: str | None
    norm: datetime
    due: datetime
    is_claimed: bool = False
    is_returned: bool = False
    is_urgent: bool = False
    ended: str = ""
    next_at: datetime | None = None
    attempts: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    agreed: list[tuple[datetime, datetime]] = field(default_factory=list)
    handed: list[tuple[str, str, str | None, str, str | None]] = field(default_factory=list)
    events: list[str] = field(default_factory=lambda: ["requested"])
    notices: set[str] = field(default_factory=lambda: {"new"})
    repeats: set[int] = field(default_factory=set)

    def status(self, now: datetime) -> str:
        if self.ended:
            return self.ended
        if self.is_returned and not self.is_claimed:
            return "returned"
        if self.agreed and now < self.due:
            return "waiting"
        return "claimed" if self.is_claimed else "open"

    def first(self, *results: str) -> datetime | None:
        return min((at for at, result in self.attempts.values() if result in results), default=None)

    def missed_all(self) -> bool:
        misses = [at.astimezone(LOCAL) for at, result in self.attempts.values() if result != "spoken"]
        return not self.ended and len(misses) > 2 and len({(at.date(), at.hour < 12) for at in misses}) > 1

    def hand(self, kind: str, event: str, team: str, person: str | None) -> None:
        self.handed.append((kind, self.team, self.person, team, person))
        stays_back = kind == "covered" and self.is_returned and team == "Voorlijn"
        self.team, self.person, self.is_claimed = team, person, False
        self.is_returned = kind == "returned" or stays_back
        self.events.append(event)

    def tried(self, key: str, at: datetime, result: str, by: str, next_at: datetime | None) -> None:
        self.attempts[key] = (at, result)
        self.person, self.is_claimed, self.next_at = self.person or by, True, next_at
        self.events.append("attempted")


class Life(RuleBasedStateMachine):
    """One callback, those who may act on it, and the clock."""

    people: dict[str, User]
    teams: dict[str, Team]
    steps = 0

    @initialize(at=st.sampled_from(BEGINNINGS), person=anybody)
    def request(self, at: datetime, person: str | None) -> None:
        self.clock = time_machine.travel(at, tick=False)
        self.traveller = self.clock.start()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.away: dict[str, str | None] = {}
        self.left: set[str] = set()
        self.contacts: list[Contact] = []
        team = TEAM_OF[person] if person else "Parkeren"
        asked = make.contact(outcome=Outcome.CALLBACK)
        self.asked = {
            "contact": asked, "team": self.teams[team], "assignee": self.people[person] if person else None,
            "number": "+31690123456", "question": "?", "by": self.people["noor"],
        }  # fmt: skip
        made = Callback.request(**self.asked)
        self.pk, self.stale = made.pk, made
        self.ledger = Ledger(team, person, made.due_at, made.due_at)
        assert made.due_at > at

    def teardown(self) -> None:
        if hasattr(self, "undone"):
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)
            self.clock.stop()

    # What is looked at.

    def seen(self, page: Page) -> Callback:
        """Give the callback as this page knows it, after some time."""
        stale, minutes = page
        self.traveller.shift(timedelta(minutes=minutes))
        return self.stale if stale else Callback.objects.get(pk=self.pk)

    def stands_in(self, name: str | None) -> str | None:
        passed = set()
        while name is not None and name not in passed:
            if name in self.left:
                return None
            if name not in self.away:
                return name
            passed.add(name)
            name = self.away[name]
        return None

    def present(self, team: str, name: str | None) -> tuple[str, str | None]:
        sees = name is not None and (name == "noor" or TEAM_OF[name] == team)
        acting = self.stands_in(name) if sees else None
        if acting is None or acting == name:
            return team, acting
        return TEAM_OF[acting], acting

    @property
    def waits_for_nobody(self) -> bool:
        """Say whether who has it left, is away or may not see it, as who took it up from a page of long ago."""
        held = (self.ledger.team, self.ledger.person)
        return not self.ledger.ended and self.present(*held) != held

    def told(self, team: str, name: str | None) -> str:
        person = self.people[name].pk if name else 0
        return f"new:{self.teams[team].pk}:{person}:{timezone.now():%Y%m%d%H%M%S}"

    # What is done.

    @rule(page=pages, by=people)
    def claim(self, page: Page, by: str) -> None:
        ledger, callback = self.ledger, self.seen(page)
        mine = callback.claim(by=self.people[by])
        if not ledger.ended and not ledger.is_claimed and ledger.person in (None, by):
            ledger.person, ledger.is_claimed = by, True
            ledger.events.append("claimed")
        assert mine == (ledger.is_claimed and ledger.person == by)

    @rule(page=pages, key=keys, by=people)
    def speak(self, page: Page, key: str, by: str) -> None:
        self.attempt(page, key, "spoken", by)

    @rule(page=pages, key=keys, result=misses, by=people, later=st.booleans())
    def miss(self, page: Page, key: str, result: str, by: str, later: bool) -> None:
        self.attempt(page, key, result, by, later=later)

    def attempt(self, page: Page, key: str, result: str, by: str, *, later: bool = False) -> None:
        ledger, callback, now = self.ledger, self.seen(page), timezone.now()
        next_at = now + timedelta(hours=1) if later else None
        try:
            contact = callback.attempt(key=key, result=result, by=self.people[by], note="x", next_attempt_at=next_at)
        except Ended:
            assert ledger.ended
            assert key not in ledger.attempts
            return
        if key not in ledger.attempts:
            assert not ledger.ended
            assert contact.reached == (result == "spoken")
            ledger.tried(key, now, result, by, next_at)

    @precondition(lambda self: len(self.ledger.events) > 6)
    @rule(page=pages, by=people, key=st.sampled_from(["", "a", "b", "z"]))
    def complete(self, page: Page, by: str, key: str) -> None:
        ledger, callback = self.ledger, self.seen(page)
        done = callback.complete(outcome="Besproken", by=self.people[by], key=key)
        assert done is not bool(ledger.ended)
        if done:
            if key and key not in ledger.attempts:
                ledger.tried(key, timezone.now(), "spoken", by, None)
            ledger.ended, ledger.next_at = "completed", None
            ledger.events.append("completed")

    @precondition(lambda self: len(self.ledger.events) > 6)
    @rule(page=pages, by=people, cause=st.sampled_from(list(Cause)))
    def cancel(self, page: Page, by: str, cause: Cause) -> None:
        callback = self.seen(page)
        done = callback.cancel(cause=cause, reason="Niet meer nodig", by=self.people[by])
        assert done is not bool(self.ledger.ended)
        if done:
            self.ledger.ended, self.ledger.next_at = "cancelled", None
            self.ledger.events.append("cancelled")

    @rule(page=pages, by=people, minutes=st.sampled_from([None, *AGREED]))
    def postpone(self, page: Page, by: str, minutes: int | None) -> None:
        ledger, callback, now = self.ledger, self.seen(page), timezone.now()
        until = ledger.due if minutes is None else now + timedelta(minutes=minutes)
        try:
            agreed = Postponement.agree(callback, until=until, reason="Op reis", by=self.people[by])
        except Ended:
            assert ledger.ended
            return
        assert not ledger.ended
        assert agreed == (until > now)
        if agreed and not (ledger.agreed and until == ledger.due):
            ledger.agreed.append((ledger.due, until))
            ledger.due, ledger.next_at = until, None
            ledger.events.append("postponed")

    @rule(page=pages, to=st.sampled_from([*TEAMS, *PEOPLE]), by=people)
    def assign(self, page: Page, to: str, by: str) -> None:
        ledger, callback = self.ledger, self.seen(page)
        team, person = (to, None) if to in TEAMS else (TEAM_OF[to], to)
        callback.assign(
            team=self.teams[team], assignee=self.people[person] if person else None, reason="x", by=self.people[by]
        )
        team, person = self.present(team, person)
        if not ledger.ended and ((team, person) != (ledger.team, ledger.person) or ledger.is_returned):
            kind = "assigned" if team == ledger.team else "forwarded"
            ledger.hand(kind, "assigned", team, person)
            ledger.notices.add(self.told(team, person))

    @rule(page=pages, by=people)
    def give_back(self, page: Page, by: str) -> None:
        ledger, callback = self.ledger, self.seen(page)
        try:
            back = Handover.give_back(callback, reason="Niet van ons", by=self.people[by])
        except Ended:
            assert ledger.ended
            return
        assert not ledger.ended
        if not ledger.is_returned and ledger.team != "Voorlijn":
            ledger.hand("returned", "returned", "Voorlijn", None)
            ledger.notices.add(f"returned:{self.teams['Voorlijn'].pk}:{timezone.now():%Y%m%d%H%M%S}")
        assert back == ledger.is_returned

    @rule(times=st.integers(1, 2))
    def look_for_who_is_away(self, times: int) -> None:
        """The scan finds what waits for somebody who is not there; afterwards nothing does."""
        ledger = self.ledger
        for _ in range(times):
            for row in Callback.objects.uncovered(now=timezone.now()):
                assert Handover.cover(row, now=timezone.now())
                assert not ledger.ended
                team, person = self.present(ledger.team, ledger.person)
                ledger.hand("covered", "covered", team, person)
                ledger.notices.add(self.told(team, person))
        assert not self.waits_for_nobody

    @rule(page=pages)
    def cover(self, page: Page) -> None:
        """Also asked for without need, as by a second scan at the same time, it takes nothing from who is there."""
        ledger, callback = self.ledger, self.seen(page)
        moved = Handover.cover(callback, now=timezone.now())
        team, person = self.present(ledger.team, ledger.person)
        assert moved == (not ledger.ended and (team, person) != (ledger.team, ledger.person))
        if moved:
            ledger.hand("covered", "covered", team, person)
            ledger.notices.add(self.told(team, person))

    @rule(page=pages, which=st.integers(0, 2), urgent=st.booleans(), by=people)
    def call_again(self, page: Page, which: int, urgent: bool, by: str) -> None:
        ledger, callback = self.ledger, self.seen(page)
        while len(self.contacts) <= which:
            self.contacts.append(make.contact())
        contact = self.contacts[which]
        added = callback.add(contact, by=self.people[by], urgent_reason="Wacht lang" if urgent else "")
        if contact.pk not in ledger.repeats and not ledger.ended:
            ledger.repeats.add(contact.pk)
            ledger.is_urgent = ledger.is_urgent or urgent
            ledger.events.append("repeated")
            ledger.notices |= {f"repeat:{contact.pk}"} | ({"repeats"} if len(ledger.repeats) > 1 else set())
        assert added == (contact.pk in ledger.repeats)

    @rule(page=pages, key=keys, by=people)
    def remind(self, page: Page, key: str, by: str) -> None:
        callback = self.seen(page)
        callback.remind(key=key, by=self.people[by])
        if not self.ledger.ended and f"manual:{key}" not in self.ledger.notices:
            self.ledger.notices.add(f"manual:{key}")
            self.ledger.events.append("reminded")

    @rule(person=anybody)
    def request_again(self, person: str | None) -> None:
        """The agent pressed save twice: it is the same callback, whatever happened to it meanwhile."""
        assert Callback.request(**self.asked).pk == self.pk

    @rule()
    def send_reminders(self) -> None:
        """Each that is due is sent once: whoever comes second finds nothing to do."""
        for row in Reminder.objects.filter(callback=self.pk).claim(now=timezone.now(), limit=50):
            row.send(now=timezone.now())
            assert not row.send(now=timezone.now())

    # What happens around it.

    @rule(name=people, substitute=anybody)
    def goes_away(self, name: str, substitute: str | None) -> None:
        if name not in self.away and name != substitute:
            person = self.people[substitute] if substitute else None
            Absence.objects.create(user=self.people[name], substitute=person, starts_at=timezone.now())
            self.away[name] = substitute

    @precondition(lambda self: self.away or not self.left)
    @rule()
    def come_back_or_leave(self) -> None:
        for row in Absence.objects.now(now=timezone.now()):
            row.end(now=timezone.now(), by=None)
        if not self.away:
            User.objects.filter(username="sam").update(is_active=False)
            self.left.add("sam")
            self.people = self.people | {"sam": User.objects.get(username="sam")}
        self.away.clear()

    # What must be true at any moment.

    @invariant()
    def the_row_is_as_the_ledger_says(self) -> None:
        rows = Callback.objects.select_related("team", "assignee").prefetch_related("attempts")
        row, ledger, now = rows.get(pk=self.pk), self.ledger, timezone.now()
        held = (row.team.name, row.assignee.username if row.assignee else None, row.claimed_at is not None)
        assert held == (ledger.team, ledger.person, ledger.is_claimed)
        assert (row.due_at, row.norm_at, row.next_attempt_at) == (ledger.due, ledger.norm, ledger.next_at)
        assert (row.norm_due_at is not None) == bool(ledger.agreed)
        assert (row.status, row.is_open) == (ledger.status(now), not ledger.ended)
        assert not (row.completed_at and row.cancelled_at)
        assert (row.returned_at is not None, row.urgent_at is not None) == (ledger.is_returned, ledger.is_urgent)
        assert row.first_attempt_at == ledger.first(*Result.values)
        assert row.spoken_at == ledger.first("spoken")
        assert sorted((one.at, one.result) for one in row.attempts.all()) == sorted(ledger.attempts.values())
        assert row.missed_all == ledger.missed_all()
        assert Callback.objects.uncovered(now=now).exists() == self.waits_for_nobody

    @invariant()
    def its_history_is_whole(self) -> None:
        """Now and then: what was missed once is missing for ever."""
        self.steps += 1
        if self.steps % 4 == 0:
            self.compare_history(Callback.objects.get(pk=self.pk))
            self.compare_reminders()

    def compare_history(self, row: Callback) -> None:
        ledger = self.ledger
        events = [event.kind for event in row.log().order_by("pk") if event.kind not in BY_THE_CLOCK]
        assert events == [f"callback_{kind}" for kind in ledger.events]
        handed = row.handovers.values_list(
            "kind", "from_team__name", "from_person__username", "to_team__name", "to_person__username"
        )
        assert list(handed) == ledger.handed
        for before, after in pairwise(ledger.handed):
            assert before[3] == after[1]
            assert before[4] in (None, after[2])  # or somebody of that team took it up
        assert list(row.postponements.values_list("before", "until")) == ledger.agreed
        assert set(row.repeats.values_list("pk", flat=True)) == ledger.repeats

    def compare_reminders(self) -> None:
        """Everybody hears it, and each once."""
        rows = list(Reminder.objects.filter(callback=self.pk))
        words = [row.occurrence for row in rows]
        assert len(words) == len(set(words))
        assert {word for word in words if word.split(":")[0] not in OF_A_TERM} == self.ledger.notices
        if not self.ledger.ended:
            assert [row for row in rows if row.kind == "late" and row.due_at == self.ledger.due]
        heard = list(Notification.objects.values_list("recipient", "key"))
        assert len(heard) == len(set(heard))


@pytest.fixture
def town(office: None, noor: User, rachid: User, sam: User, kees: User, parkeren: Team) -> None:
    emma = make.user("emma", "specialist", teams=[parkeren], first_name="Emma", last_name="Vos")
    Life.people = {person.username: person for person in (noor, rachid, emma, sam)}
    Life.teams = {team.name: team for team in Team.objects.all()}


def test_whatever_happens_in_whatever_order(town: None) -> None:
    size = {"max_examples": 500, "stateful_step_count": 60} if DEEP else {"max_examples": 20, "stateful_step_count": 40}
    run_state_machine_as_test(
        Life,
        settings=settings(
            **size, deadline=None, derandomize=not DEEP, database=None, suppress_health_check=list(HealthCheck)
        ),
    )

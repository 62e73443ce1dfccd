"""The callback register of the demo: what was promised in ninety days, what was tried, what is still open."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from accounts.models import Team, User, office_hours
from callbacks.models import Attempt, Callback, Reminder, Result
from contacts.models import Channel, Contact, Direction, Norm, Outcome
from kcc.demo.book import Book
from kcc.demo.citizens import Citizen
from kcc.demo.content import Conversation
from kcc.demo.staff import Staff

MISSED = (Result.NO_ANSWER, Result.NO_ANSWER, Result.VOICEMAIL, Result.BUSY)
NOTES = {
    Result.NO_ANSWER: ("", "Lang laten overgaan.", "Geen gehoor, later opnieuw."),
    Result.VOICEMAIL: ("Voicemail ingesproken.", "Ingesproken dat wij opnieuw bellen."),
    Result.BUSY: ("", "In gesprek."),
    Result.WRONG_NUMBER: ("Nummer niet in gebruik.",),
    Result.SPOKEN: ("",),
}
REASONS = (
    "Drie keer niet bereikt, brief gestuurd",
    "Klant heeft het zelf opgelost",
    "Dubbel verzoek",
    "Al per e-mail beantwoord",
)
WINDOWS: tuple[tuple[time | None, time | None], ...] = (
    (None, None), (None, None), (time(13), None), (None, time(12)), (time(15), None), (time(9), time(11)), (None, time(17)),
)  # fmt: skip
ALMOST = 0.9  # the part of the term after which Callback.plan_reminders warns


@dataclass
class Register:
    """Writes callbacks as the actions of the model would have done at the time."""

    book: Book
    staff: Staff
    _tries: Counter[int] = field(default_factory=Counter)

    def request(
        self,
        citizen: Citizen,
        said: Conversation,
        *,
        at: datetime,
        team: Team,
        assignee: User | None = None,
        by: User | None = None,
        window: tuple[time | None, time | None] = (None, None),
        urgent_reason: str = "",
    ) -> Callback:
        """Give a callback asked for at that moment, with the contact it springs from and its reminders."""
        book, topic = self.book, self.book.topics[said.topic]
        seconds = book.rng.randint(130, 520)
        contact = book.contact(
            citizen,
            at=at - timedelta(seconds=seconds),
            channel=said.channel,
            topic=topic,
            subject=said.subject,
            by=by or book.rng.choice(self.staff.desk if said.channel == Channel.DESK else self.staff.phone),
            text=said.text,
            outcome=Outcome.CALLBACK,
            seconds=seconds,
        )
        due_at, term = book.due(Norm.Kind.CALLBACK, team, at)
        row = book.rows.add(Callback(contact=contact, team=team, number=citizen.phone, due_at=due_at, term=term))
        row.assignee, row.question = assignee, f"{said.question} {said.note}".strip() or said.subject
        row.requested_by, row.requested_at = contact.agent, at
        row.reachable_from, row.reachable_until = window
        if urgent_reason:
            row.urgent_reason, row.urgent_at = urgent_reason, at
        self.track(row, "callback_requested", by=contact.agent, at=at, team=team.name)
        return book.name_later(row)

    def claim(self, row: Callback, *, at: datetime, by: User) -> None:
        row.assignee, row.claimed_at = by, at
        self.track(row, "callback_claimed", by=by, at=at)

    def attempt(
        self, row: Callback, citizen: Citizen, *, at: datetime, by: User, result: str, note: str = ""
    ) -> Attempt:
        """Write an attempt as Callback.attempt does: an outgoing contact, which shows in the timeline when they spoke."""
        book, origin = self.book, row.contact
        spoken = result == Result.SPOKEN
        note = note or book.rng.choice(NOTES[Result(result)])
        contact = book.contact(
            citizen,
            at=at,
            channel=Channel.PHONE,
            direction=Direction.OUTBOUND,
            by=by,
            party=row.number,
            topic=origin.topic,
            subject=f"Teruggebeld: {row.title.lower()}"[:200],
            text=note,
            outcome=Outcome.ANSWERED if spoken else Outcome.BROKEN_OFF,
            case=origin.case,
            conversation=origin.conversation,
            reached=spoken,
            key=f"attempt:{row.pk}:{book.rows.uuid()}",
        )
        attempt = book.rows.add(Attempt(callback=row, contact=contact, result=result, note=note, by=by, at=at))
        row.assignee = row.assignee or by
        row.claimed_at = row.claimed_at or at
        row.first_attempt_at = row.first_attempt_at or at
        self._tries[row.pk] += 1
        self.track(row, "callback_attempted", by=by, at=at, result=str(result), note=note, n=self._tries[row.pk])
        return attempt

    def complete(self, row: Callback, *, at: datetime, by: User, outcome: str) -> None:
        row.completed_at, row.completed_by, row.outcome = at, by, outcome
        self.track(row, "callback_completed", by=by, at=at, outcome=outcome)

    def cancel(self, row: Callback, *, at: datetime, by: User, reason: str) -> None:
        row.cancelled_at, row.cancel_reason = at, reason
        self.track(row, "callback_cancelled", by=by, at=at, reason=reason)

    def repeat(self, row: Callback, contact: Contact, *, at: datetime) -> None:
        """Add another contact about this callback as Callback.add does, the reminder already given."""
        self.book.rows.add(Callback.repeats.through(callback_id=row.pk, contact_id=contact.pk))
        self.remind(row, f"repeat:{contact.pk}", at)
        self.track(row, "callback_repeated", by=contact.agent, at=at, urgent="")

    def plan_reminders(self, row: Callback) -> None:
        """Write the reminders of Callback.plan_reminders; what lies behind us was given at its time, or was not needed."""
        hours = office_hours()
        almost = hours.add_minutes(row.requested_at, ALMOST * hours.minutes_between(row.requested_at, row.due_at))
        moments = {"new": row.requested_at, "almost": almost, "late": row.due_at}
        ended_at = row.completed_at or row.cancelled_at
        for occurrence, moment in moments.items():
            reminder = self.remind(row, occurrence, moment)
            told = reminder.done_at is not None and (ended_at is None or ended_at > moment)
            if told and occurrence != "new":
                self.track(row, f"callback_{occurrence}", by=None, at=reminder.done_at or moment)

    def remind(self, row: Callback, occurrence: str, moment: datetime) -> Reminder:
        past = moment <= self.book.clock.now
        reminder = Reminder(callback=row, occurrence=occurrence, due_at=moment, next_attempt_at=moment)
        if past:
            reminder.done_at, reminder.attempts = min(moment + timedelta(seconds=4), self.book.clock.now), 1
        return self.book.rows.add(reminder)

    def track(self, row: Callback, kind: str, *, by: User | None, at: datetime, **data: object) -> None:
        self.book.track(row.contact, kind, by=by, at=at, callback=str(row.uuid), **data)

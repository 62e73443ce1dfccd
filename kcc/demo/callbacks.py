"""The callback register of the demo: what was promised in ninety days, what was tried, what is still open."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from accounts.models import Team, User
from callbacks.models import Attempt, Callback, Cause, Handover, Postponement, Reminder, Result
from callbacks.models.reminder import moments
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
    (Cause.MESSAGE, "Drie keer niet bereikt, brief gestuurd"),
    (Cause.UNREACHABLE, "Drie keer gebeld, ook in de avond"),
    (Cause.WITHDRAWN, "Klant heeft het zelf opgelost"),
    (Cause.DUPLICATE, "Dubbel verzoek"),
    (Cause.ANSWERED, "Al per e-mail beantwoord"),
)
LANGUAGES = ("en", "en", "ar", "tr", "pl", "de")
SPEAKS_ANOTHER, NO_VOICEMAIL = 0.05, 0.1
TOLD = {"almost": "callback_almost", "late": "callback_late", "lead": "callback_escalated"}
MANY = 2  # repeat calls from which on the team lead hears it
WINDOWS: tuple[tuple[time | None, time | None], ...] = (
    (None, None), (None, None), (time(13), None), (None, time(12)), (time(15), None), (time(9), time(11)), (None, time(17)),
)  # fmt: skip


@dataclass
class Register:
    """Writes callbacks as the actions of the model would have done at the time."""

    book: Book
    staff: Staff
    _tries: Counter[int] = field(default_factory=Counter)
    _repeats: Counter[int] = field(default_factory=Counter)
    _agreed: dict[int, list[Postponement]] = field(default_factory=dict)

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
        row.language = book.rng.choice(LANGUAGES) if book.rng.random() < SPEAKS_ANOTHER else citizen.row.language
        row.may_leave_voicemail = book.rng.random() >= NO_VOICEMAIL
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
        row.spoken_at = row.spoken_at or (at if spoken else None)
        self._tries[row.pk] += 1
        self.track(row, "callback_attempted", by=by, at=at, result=str(result), note=note, n=self._tries[row.pk])
        return attempt

    def complete(self, row: Callback, *, at: datetime, by: User, outcome: str) -> None:
        row.completed_at, row.completed_by, row.outcome = at, by, outcome
        self.track(row, "callback_completed", by=by, at=at, outcome=outcome)

    def cancel(self, row: Callback, *, at: datetime, by: User, cause: Cause, reason: str) -> None:
        row.cancelled_at, row.cancel_cause, row.cancel_reason = at, cause, reason
        self.track(row, "callback_cancelled", by=by, at=at, cause=str(cause.value), reason=reason)

    def repeat(self, row: Callback, contact: Contact, *, at: datetime) -> None:
        """Add another contact about this callback as Callback.add does, the reminder already given."""
        self.book.rows.add(Callback.repeats.through(callback_id=row.pk, contact_id=contact.pk))
        self.remind(row, f"repeat:{contact.pk}", at)
        self.track(row, "callback_repeated", by=contact.agent, at=at, urgent="")
        self._repeats[row.pk] += 1
        if self._repeats[row.pk] == MANY:
            self.remind(row, "repeats", at)
            self.track(row, TOLD["lead"], by=None, at=at, to=[self.lead.short_name], why="repeats")

    def postpone(self, row: Callback, *, at: datetime, until: datetime, by: User, reason: str) -> None:
        """Let the citizen agree to be called later, as Postponement.agree does."""
        agreed = Postponement(callback=row, before=row.due_at, until=until, reason=reason, by=by, at=at)
        self._agreed.setdefault(row.pk, []).append(self.book.rows.add(agreed))
        row.norm_due_at, row.due_at, row.next_attempt_at = row.norm_at, until, None
        self.track(row, "callback_postponed", by=by, at=at, until=until.isoformat(), reason=reason)

    def give_back(self, row: Callback, *, at: datetime, by: User, reason: str) -> None:
        """Give a callback that belongs elsewhere back to the contact centre, as Handover.give_back does."""
        before, team = row.team, self.staff.teams["Voorlijn"]
        self.hand_over(row, Handover.Kind.RETURNED, team, None, at=at, by=by, reason=reason)
        row.returned_at = at
        self.track(row, "callback_returned", by=by, at=at, reason=reason, team=before.name, to=team.name)
        self.remind(row, f"returned:{team.pk}:{at:%Y%m%d%H%M%S}", at)

    def cover(self, row: Callback, *, at: datetime, to: User) -> None:
        """Give a callback of somebody who is away to who stands in, as Handover.cover does."""
        away = row.assignee
        self.hand_over(row, Handover.Kind.COVERED, row.team, to, at=at, by=None, reason="")
        self.track(row, "callback_covered", by=None, at=at, to=to.short_name, away=away.short_name if away else "")
        self.remind(row, f"new:{row.team.pk}:{to.pk}:{at:%Y%m%d%H%M%S}", at)

    def hand_over(
        self, row: Callback, kind: str, team: Team, person: User | None, *, at: datetime, by: User | None, reason: str
    ) -> None:
        change = Handover(callback=row, kind=kind, from_team=row.team, to_team=team, reason=reason, by=by, at=at)
        change.from_person, change.to_person = row.assignee, person
        self.book.rows.add(change)
        row.team, row.assignee, row.claimed_at = team, person, None

    def plan_reminders(self, row: Callback) -> None:
        """Write the reminders of each term of this promise; what lies behind us was given at its time, or not needed."""
        agreed = self._agreed.get(row.pk, [])
        starts = [row.requested_at, *(one.at for one in agreed)]
        ends = [*(one.before for one in agreed), row.due_at]
        self.remind(row, "new", row.requested_at)
        for term, (start, due_at) in enumerate(zip(starts, ends, strict=True), 1):
            until = starts[term] if term < len(starts) else row.completed_at or row.cancelled_at
            for kind, moment in moments(row.policy, start, due_at).items():
                if until is None or moment < until or term == len(starts):
                    self.give(row, kind, moment, term=term, until=until)

    def give(self, row: Callback, kind: str, moment: datetime, *, term: int, until: datetime | None) -> None:
        """Write one reminder of a term, and that people heard it if that was while it lasted."""
        reminder = self.remind(row, f"{kind}:{term}" if term > 1 else kind, moment)
        if reminder.done_at is not None and (until is None or until > moment) and kind in TOLD:
            to = [self.lead.short_name] if kind == "lead" else []
            self.track(row, TOLD[kind], by=None, at=reminder.done_at, to=to, why=kind)

    @property
    def lead(self) -> User:
        return self.staff.users["m.bos"]

    def remind(self, row: Callback, occurrence: str, moment: datetime) -> Reminder:
        past = moment <= self.book.clock.now
        reminder = Reminder(callback=row, occurrence=occurrence, due_at=moment, next_attempt_at=moment)
        if past:
            reminder.done_at, reminder.attempts = min(moment + timedelta(seconds=4), self.book.clock.now), 1
        return self.book.rows.add(reminder)

    def track(self, row: Callback, kind: str, *, by: User | None, at: datetime, **data: object) -> None:
        self.book.track(row.contact, kind, by=by, at=at, callback=str(row.uuid), **data)

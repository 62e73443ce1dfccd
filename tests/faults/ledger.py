"""Reminders that somebody outside the system also wrote down: who must hear what, and by when.

The ledger knows nothing of keys, leases or rows that are due. It compares what it wrote with the bells, with the mails
that were written, and with the mails that really left.
"""

import re
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from random import Random

from django.db.models import Q

from accounts.memory import forget_everything
from accounts.models import Notification, Role, Team, User
from callbacks.models import Callback, Policy, Reminder
from contacts.models import Contact, Outcome, Outgoing
from contacts.models.lease import clock
from tests import make

REFERENCE = re.compile(r"T-\d{4}-\d+")
BACKEND = "django.core.mail.backends.filebased.EmailBackend"
PROMISED = 60.0  # seconds that a reminder may be late after whatever happened
WORK = 5.0  # of these, for starting and telling: they take longer on a machine that does other things too
MAILED = PROMISED + 45.0  # its mail is work of its own, that a process which dies may hold for a lease
Stretch = tuple[datetime, datetime]
LOOK = 0.3  # seconds between two looks whether all is told


def slowness() -> float:
    """Give how many seconds a second of computing takes on this machine now: 1 where nothing else is done."""
    began, end = time.perf_counter(), time.thread_time() + 0.02
    while time.thread_time() < end:
        pass
    return max(1.0, (time.perf_counter() - began) / 0.02)


@dataclass(frozen=True)
class Figures:
    """What came of the promises."""

    told: int
    lost: int
    doubled: int
    early: int
    latest: float  # seconds after the moment, or after all worked again
    mails: int
    mails_lost: int
    mails_doubled: int
    mails_uncertain: int  # perhaps sent, and shown as such (RFC 1047)
    mail_latest: float
    slowness: float  # of the machine at its busiest: 1 where nothing else is done

    def __str__(self) -> str:
        return (
            f"told {self.told}, lost {self.lost}, doubled {self.doubled}, early {self.early}, "
            f"latest {self.latest:.1f} s; mails {self.mails}, lost {self.mails_lost}, doubled {self.mails_doubled}, "
            f"uncertain {self.mails_uncertain}, latest {self.mail_latest:.1f} s; machine {self.slowness:.1f}"
        )

    def hold(self) -> bool:
        """Say whether the promise was kept, and print what was measured."""
        print(f"\n{self}")
        wrong = self.lost, self.doubled, self.early, self.mails_lost, self.mails_doubled
        more = WORK * (self.slowness - 1)
        return not any(wrong) and self.latest <= PROMISED + more and self.mail_latest <= MAILED + more


@dataclass
class Ledger:
    """An office with promises, and what must be told to whom because of them."""

    folder: Path  # where mail that leaves lands
    seed: int = 1
    team: Team = field(init=False)
    people: list[User] = field(init=False)
    lines: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # login, kind, address of the callback
    mails: Counter[tuple[str, str]] = field(default_factory=Counter)  # address, reference
    slowest: float = 1.0

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        make.office()
        self.team = make.team("Parkeren")
        self.people = [make.user(name, Role.SPECIALIST, teams=[self.team]) for name in ("rachid", "mina", "piet")]
        self.coordinator = make.user("coord", Role.SPECIALIST, teams=[self.team])
        self.lead = make.user("kees", Role.TEAM_LEAD, teams=[self.team])
        Team.objects.filter(pk=self.team.pk).update(coordinator=self.coordinator)
        Policy.objects.create(team=self.team, quiet_from=None, quiet_until=None, digest_at=None)
        forget_everything()
        self.customer = make.customer(phone="06 90123456")

    @property
    def env(self) -> dict[str, str]:
        """Give what a process needs, so that its mail lands where the ledger looks."""
        return {"KCC_EMAIL_BACKEND": BACKEND, "KCC_MAIL_DIR": str(self.folder)}

    def promise(self, callbacks: int, *, after: float = 1.0, within: float = 10.0) -> None:
        """Make callbacks whose five reminders each are due at random moments in those seconds, and note it."""
        begin = clock() + timedelta(seconds=after)
        for _ in range(callbacks):
            person = self.random.choice(self.people)
            contact: Contact = make.contact(self.customer, outcome=Outcome.CALLBACK)
            callback = make.callback(contact, team=self.team, assignee=person)
            for row in callback.reminders.order_by("pk"):
                at = begin + timedelta(seconds=self.random.uniform(0, within))
                Reminder.objects.filter(pk=row.pk, done_at=None, attempts=0).update(next_attempt_at=at, due_at=at)
            self._write_down(callback, person)

    def _write_down(self, callback: Callback, person: User) -> None:
        hears = {"new": [person], "half": [person], "almost": [person]}
        hears |= {"late": [person, self.coordinator], "lead": [self.lead]}
        for kind, people in hears.items():
            for one in people:
                self.lines[one.username, kind, callback.get_absolute_url()] += 1
                self.mails[one.email, callback.reference] += 1

    def wait(self, seconds: float = 240.0) -> None:
        """Wait until nothing is left to be told or sent, on however busy a machine."""
        end = time.monotonic() + seconds
        while self.is_waiting() and time.monotonic() < end:
            self.slowest = max(self.slowest, slowness())
            time.sleep(LOOK)

    def is_waiting(self) -> bool:
        left = Q(done_at=None, parked_at=None)
        return Reminder.objects.filter(left).exists() or Outgoing.objects.filter(left).exists()

    def figures(self, *, dark: list[Stretch] | None = None, mails_since: str = "created_at") -> Figures:
        """Compare what was told and sent with the ledger; what fell due while nothing worked counts from its end.

        `created_at` of a mail is by the clock of the process that wrote it, `next_attempt_at` by that of the database.
        """
        rows = Notification.objects.exclude(kind="digest").values_list("recipient__username", "kind", "url")
        told = Counter(rows.iterator())
        written = Counter(
            (recipient, REFERENCE.findall(subject)[0])
            for recipient, subject in Outgoing.objects.values_list("recipient", "subject")
        )
        left = self.sent()
        uncertain = Outgoing.objects.filter(handed_over_at__isnull=False, done_at=None).count()
        unsent = (self.mails - left).total() - uncertain
        return Figures(
            told=told.total(),
            lost=(self.lines - told).total(),
            doubled=(told - self.lines).total(),
            early=sum(done < due for due, done in _done(Reminder, "due_at")),
            latest=_latest(_done(Reminder, "due_at"), dark or []),
            mails=left.total(),
            mails_lost=(self.mails - written).total() + max(unsent, 0),
            mails_doubled=(written - self.mails).total() + (left - self.mails).total(),
            mails_uncertain=uncertain,
            mail_latest=_latest(_done(Outgoing, mails_since), dark or []),
            slowness=self.slowest,
        )

    def sent(self) -> Counter[tuple[str, str]]:
        """Give the mails that really left, by what stands in them."""
        found: Counter[tuple[str, str]] = Counter()
        for path in self.folder.glob("*.log"):
            for part in path.read_bytes().split(b"-" * 79 + b"\n"):
                if part.strip():
                    mail = message_from_bytes(part)
                    found[str(mail["To"]), REFERENCE.findall(str(mail["Subject"]))[0]] += 1
        return found


def _done(model: "type[Reminder] | type[Outgoing]", since: str) -> list[Stretch]:
    rows = model._default_manager.filter(done_at__isnull=False)
    return list(rows.values_list(since, "done_at"))


def _latest(moments: list[Stretch], dark: list[Stretch]) -> float:
    """Give the longest wait in seconds, from the moment or from the end of the last dark stretch before it was done."""
    waits = []
    for due, done in moments:
        light = [end for begin, end in dark if begin < done and due < end <= done]
        waits.append((done - max([due, *light])).total_seconds())
    return max(waits, default=0.0)

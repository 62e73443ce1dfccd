"""Who hears what about a callback: whoever must act, and who sees to it that somebody does."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from accounts.models import Role, User
from accounts.models.absence import absences, stands_in

if TYPE_CHECKING:
    from callbacks.models.callback import Callback

TO_LEADS = {"lead", "repeats", "escalated"}  # kinds that go above whoever must act

Group = Callable[[], Iterable[User | None]]


def recipients(kind: str, callback: "Callback", *, now: datetime, asked_by: int | None = None) -> list[User]:
    """Give who must hear this about a callback now, each once.

    Who must act is the assignee or who stands in, else the coordinator, else the department, else the team leads. What
    is far too late or escalated goes to the team leads of the department, else to all of them; the coordinator hears
    what is late or escalated.
    Who asked for it knows it already, and is passed over as who is away.
    Who left the office or the department does not count; who is away is passed over as long as somebody else is there.
    """
    found = _Circle(callback, now, asked_by)
    if kind in TO_LEADS:
        people = found.first(found.leads_of_team, found.leads, *found.acting)
    elif kind == "returned":
        people = found.first(found.asked, *found.acting)
    else:
        people = found.first(*found.acting)
    if kind in {"late", "escalated"}:
        people += found.here(found.coordinator())
    return sorted(set(people), key=lambda person: person.pk)


class _Circle:
    """The people around one callback at one moment, asked of the database when it comes to them."""

    def __init__(self, callback: "Callback", now: datetime, asked_by: int | None = None) -> None:
        self.callback, self.now, self.asked_by = callback, now, asked_by
        self.acting: list[Group] = [self.assignee, self.coordinator, self.members, self.leads_of_team, self.leads]

    def first(self, *groups: Group) -> list[User]:
        """Give those who are there of the first group in which anybody is, else the first group, though it is away."""
        away: list[User] = []
        for group in groups:
            people = _working(group())
            if here := self.here(people):
                return here
            away = away or people
        return away

    def here(self, people: Iterable[User | None]) -> list[User]:
        """Give those of these people who work here, are not away, and did not ask for it."""
        working = _working(people)
        away = absences(working, now=self.now) if working else {}
        return [person for person in working if person.pk not in away and person.pk != self.asked_by]

    def assignee(self) -> list[User | None]:
        """Give who has it or stands in; nobody when who has it may not see it any more."""
        assignee = self.callback.assignee
        if assignee is None or not assignee.works_for(self.callback.team):
            return []
        return [stands_in(assignee, now=self.now) or assignee]

    def coordinator(self) -> list[User | None]:
        return [self.callback.team.coordinator]

    def asked(self) -> list[User | None]:
        """Give who asked for the callback, and the coordinator of the team of the contact centre that has it back."""
        return [self.callback.requested_by, *self.coordinator()]

    def members(self) -> Iterable[User]:
        return self.callback.team.members.all()

    def leads_of_team(self) -> Iterable[User]:
        return self.callback.team.members.filter(groups__name=Role.TEAM_LEAD)

    def leads(self) -> Iterable[User]:
        return User.objects.filter(groups__name=Role.TEAM_LEAD, is_active=True)


def _working(people: Iterable[User | None]) -> list[User]:
    return [person for person in people if person is not None and person.is_active]

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import push
from accounts.models import Team, User
from callbacks.models.occurrence import handed_to
from callbacks.models.presence import present
from callbacks.models.promise import Promise
from callbacks.models.selection import OPEN

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from callbacks.models.handover import Handover
    from callbacks.models.reminder import Reminder


class Held(Promise):
    """A promise that a department has, and perhaps one person in it: taken, or given by somebody else."""

    if TYPE_CHECKING:
        handovers: RelatedManager[Handover]
        reminders: RelatedManager[Reminder]

    class Meta:
        abstract = True

    @transaction.atomic
    def claim(self, *, by: User) -> bool:
        """Make this colleague the one who acts, when it is free; say whether it is theirs now.

        Of two who race, one wins.
        """
        now = timezone.now()
        free = Q(assignee=None) | Q(assignee=by)
        rows = type(self)._default_manager.filter(OPEN, free, pk=self.pk, claimed_at=None)
        if rows.update(assignee=by, claimed_at=now) == 0:
            self.refresh_from_db(fields=["assignee", "claimed_at"])
            return self.assignee_id == by.pk and self.claimed_at is not None
        self.assignee, self.claimed_at = by, now
        self.track("callback_claimed", by=by)
        return True

    @transaction.atomic
    def assign(self, *, team: Team, assignee: User | None, reason: str, by: User | None) -> None:
        """Give this callback to a team, and perhaps a person in it; the promise to the citizen stays as it was.

        Who is absent is replaced by who stands in, else by the team.
        """
        self.lock()
        now = timezone.now()
        team, assignee = present(team, assignee, now=now)
        if not self.is_open or (self.is_held_by(team, assignee) and self.returned_at is None):
            return
        kind = "assigned" if team.pk == self.team_id else "forwarded"
        self.hand_over(team, assignee, kind=kind, reason=reason, by=by, now=now)
        to = assignee.short_name if assignee else team.name
        self.track("callback_assigned", by=by, to=to, reason=reason)
        self.notice(handed_to(team, assignee, now), now=now)

    def is_held_by(self, team: Team, person: User | None) -> bool:
        """Say whether this team has it, and this person in it or nobody."""
        return (self.team_id, self.assignee_id) == (team.pk, person.pk if person else None)

    def hand_over(
        self, team: Team, person: User | None, *, kind: str, reason: str, by: User | None, now: datetime
    ) -> None:
        """Move this callback, locked before, and write down from whom to whom; who gets it must take it up anew.

        What came back to the contact centre stays so when only somebody's absence moves it within it.
        """
        push.hint("callbacks", f"team:{self.team_id}")  # the list it leaves
        self.handovers.create(
            kind=kind,
            from_team_id=self.team_id,
            to_team=team,
            from_person_id=self.assignee_id,
            to_person=person,
            reason=reason[:200],
            by=by,
            at=now,
        )
        self.team, self.assignee, self.claimed_at = team, person, None
        back_since = self.returned_at if kind == "covered" and team.is_kcc else None
        self.returned_at = now if kind == "returned" else back_since
        self.save(update_fields=["team", "assignee", "claimed_at", "returned_at"])

    def notice(self, occurrence: str, *, now: datetime) -> bool:
        """Let who must know hear this now, once; say whether it was not said before."""
        _row, created = self.reminders.get_or_create(
            occurrence=occurrence, defaults={"next_attempt_at": now, "due_at": now}
        )
        return created

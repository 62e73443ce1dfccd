from datetime import datetime

from accounts.models import Team, User
from accounts.models.absence import stands_in


def present(team: Team, person: User | None, *, now: datetime) -> tuple[Team, User | None]:
    """Give the team and the person in it who do this work now: who is absent is replaced, or else the team does it.

    Who stands in and works elsewhere does it in a team of their own, where they can see it. Who may not see what the
    team has is replaced by the team.
    """
    acting = stands_in(person, now=now) if person and person.works_for(team) else None
    if acting is None or acting == person:
        return team, acting
    theirs = [one for one in acting.teams.filter(closed_at=None) if acting.works_for(one)]
    if team in theirs:
        return team, acting
    return (theirs[0], acting) if theirs else (team, None)

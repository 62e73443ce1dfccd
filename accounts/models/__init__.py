"""Who works here, in which team, when the office is open, and what they must hear about."""

from accounts.models.calendar import (
    ClosingDay,
    OpeningHours,
    office_hours,
)
from accounts.models.notification import Notification
from accounts.models.team import Team, open_teams
from accounts.models.user import Role, User

__all__ = ["ClosingDay", "Notification", "OpeningHours", "Role", "Team", "User", "office_hours", "open_teams"]

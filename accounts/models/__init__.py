"""Who works here, in which team, when the office is open, and what they must hear about."""

from accounts.models.absence import Absence, Overlap
from accounts.models.api_key import ApiKey
from accounts.models.calendar import (
    ClosingDay,
    OpeningHours,
    hours_with,
    office_hours,
)
from accounts.models.notification import Notification
from accounts.models.team import Team, open_teams
from accounts.models.user import Role, User

__all__ = [
    "Absence", "ApiKey", "ClosingDay", "Notification", "OpeningHours", "Overlap", "Role", "Team", "User", "hours_with",
    "office_hours", "open_teams",
]  # fmt: skip

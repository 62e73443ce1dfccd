"""Who works here, in which team, when the office is open, and what they must hear about."""

from accounts.models.calendar import (
    ClosingDay,
    OpeningHours,
    forget_office_hours,
    office_hours,
)
from accounts.models.notification import Notification
from accounts.models.team import Team
from accounts.models.user import Role, User

__all__ = ["ClosingDay", "Notification", "OpeningHours", "Role", "Team", "User", "forget_office_hours", "office_hours"]

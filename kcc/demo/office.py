"""What every office needs before it can work: opening hours, norms, a team, and somebody who can sign in."""

import secrets
from datetime import date, time, timedelta

from django.contrib.auth.models import Group

from accounts.memory import forget_everything
from accounts.models import ClosingDay, OpeningHours, Role, Team, User
from contacts.models import Norm

OPENS, CLOSES = time(8, 30), time(17)
LONG_AGO = date(2020, 1, 1)
NORMS = [
    (Norm.Kind.CALLBACK, 2, Norm.Unit.DAYS),
    (Norm.Kind.EMAIL, 2, Norm.Unit.DAYS),
    (Norm.Kind.SOCIAL, 4, Norm.Unit.HOURS),
]
# Departments that allow themselves longer to call back, in working days.
SLOWER = {"Vergunningen en bouwen": 5, "Sociaal domein": 5}


def open_office() -> None:
    """Open the office on weekdays and set the norms for the whole house."""
    OpeningHours.objects.bulk_create(
        [OpeningHours(weekday=day, opens=OPENS, closes=CLOSES) for day in range(5)], ignore_conflicts=True
    )
    Norm.objects.bulk_create(
        [Norm(kind=kind, amount=amount, unit=unit, starts_on=LONG_AGO) for kind, amount, unit in NORMS],
        ignore_conflicts=True,
    )
    forget_everything()


def open_empty() -> str:
    """Make an office with one team and one administrator; give the administrator's password, which is kept nowhere."""
    open_office()
    Team.objects.get_or_create(name="KCC", defaults={"is_kcc": True})
    password = secrets.token_urlsafe(12)
    administrator = User(username="beheer", first_name="Functioneel", last_name="beheerder", is_staff=True)
    administrator.set_password(password)
    administrator.save()
    administrator.groups.set(Group.objects.filter(name=Role.ADMINISTRATOR))
    return password


def close_some_days(today: date) -> None:
    """Close Duinmeer on two days of its own: one behind us, one to come."""
    monday = today - timedelta(days=today.weekday())
    days = [(monday - timedelta(days=31), "Personeelsdag"), (monday + timedelta(days=46), "Brugdag Duinmeer")]
    ClosingDay.objects.bulk_create([ClosingDay(day=day, name=name) for day, name in days], ignore_conflicts=True)
    forget_everything()


def slow_down(teams: dict[str, Team]) -> None:
    """Give the departments that need longer a norm of their own."""
    kind, unit = Norm.Kind.CALLBACK, Norm.Unit.DAYS
    Norm.objects.bulk_create(
        Norm(kind=kind, team=teams[name], amount=days, unit=unit, starts_on=LONG_AGO) for name, days in SLOWER.items()
    )

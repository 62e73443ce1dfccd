"""What every office needs before it can work: opening hours, norms, a team, and somebody who can sign in."""

import secrets
from datetime import date, time, timedelta

from django.contrib.auth.models import Group

from accounts.memory import forget_everything
from accounts.models import Absence, ClosingDay, OpeningHours, Role, Team, User
from callbacks.models import Policy
from contacts.models import Norm
from kcc.demo.clock import Clock, at
from kcc.demo.rows import Rows
from kcc.demo.staff import Staff

OPENS, CLOSES = time(8, 30), time(17)
LONG_AGO = date(2020, 1, 1)
NORMS = [
    (Norm.Kind.CALLBACK, 2, Norm.Unit.DAYS),
    (Norm.Kind.EMAIL, 2, Norm.Unit.DAYS),
    (Norm.Kind.SOCIAL, 4, Norm.Unit.HOURS),
]
AWAY, STANDS_IN = "j.vandenberg", "m.kaya"
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


def set_policies(teams: dict[str, Team]) -> None:
    """Let all departments call back alike, and one try longer and warn sooner: who waits there is often ill."""
    patient = Policy(
        team=teams["Sociaal domein"], max_attempts=4, first_percent=40, second_percent=80, lead_percent=125
    )
    Policy.objects.bulk_create([Policy(), patient], ignore_conflicts=True)
    forget_everything()


def send_away(rows: Rows, staff: Staff, clock: Clock) -> None:
    """Let one colleague be away since two hours, and one plan to be next week; others stand in for both."""
    since = clock.back(120)
    monday = clock.hours.next_opening(at(clock.now.date() + timedelta(days=7 - clock.now.weekday()), time()))
    for login, substitute, starts, days in ((AWAY, STANDS_IN, since, 5), ("i.mulders", "k.vandam", monday, 7)):
        row = rows.add(Absence(user=staff.users[login], substitute=staff.users[substitute], starts_at=starts))
        row.ends_at, row.by, row.created_at = monday + timedelta(days=days), staff.users[login], since
    staff.away[AWAY] = since

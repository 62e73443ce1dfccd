"""What pages of other rooms show of the callback register: a template may bring together what Python may not import."""

from datetime import date
from typing import Any

from django import template
from django.utils import timezone

from accounts.models import Absence, Team, User
from accounts.worktime import OfficeHours
from callbacks.models import Callback
from callbacks.models.cover import Cover, cover
from contacts.models import Norm
from contacts.models.example import due, telling_moments

register = template.Library()
MANY = 1000


@register.simple_tag
def open_callbacks() -> int:
    """Give how many callbacks are open, counted no further than a thousand."""
    return Callback.objects.open().order_by()[: MANY + 1].count()


@register.simple_tag
def callbacks_due_on(day: date) -> int:
    """Give how many open callbacks are due on that day, counted no further than a thousand."""
    return Callback.objects.due_on(day).order_by()[: MANY + 1].count()


@register.simple_tag
def department_load(team: Team) -> dict[str, int]:
    """Give how many people a department has, how many of them are there now, and what it has to call back."""
    members = team.members.filter(is_active=True)
    away = Absence.objects.now(now=timezone.now()).filter(user__in=members).values("user").distinct().count()
    count = members.count()
    return {
        "members": count,
        "present": count - away,
        "open": Callback.objects.open().for_team(team)[: MANY + 1].count(),
    }


@register.simple_tag
def covers(form: Any) -> list[Cover] | None:
    """Give where the open callbacks would go of who this form says will be away; None while it says nobody."""
    user: User | None = form.who
    if user is None:
        return None
    data = getattr(form, "cleaned_data", {})
    at = data.get("starts_at") or timezone.now()
    return cover(user, substitute=data.get("substitute"), at=at)


@register.simple_tag
def promised_within(
    hours: OfficeHours, proposed: OfficeHours | None = None, closing: date | None = None
) -> dict[str, Any] | None:
    """Give what the norm for calling back means in these hours, and beside it in the hours somebody proposes.

    Closing is the day that they are about, if it is one day.
    """
    now = timezone.now()
    norm = Norm.objects.in_force(Norm.Kind.CALLBACK, team=None, topic=None, on=timezone.localdate())
    if norm is None:
        return None
    rows = [
        (label, start, due(norm, start, hours), due(norm, start, proposed) if proposed else None)
        for label, start in telling_moments(proposed or hours, now=now, closing=closing)
    ]
    return {"term": norm.term, "rows": rows}

"""The boards of a team lead: read only."""

import csv
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.http import answer, signed_in
from accounts.models import Team
from callbacks.models import Addressee
from contacts.models import Channel
from insights import figures
from insights.charts import bars, chart
from insights.figures import Scope, Share, Waiting
from insights.forms import PERIODS, BoardForm

ON_TIME, ANSWERED, TRANSFERRED = 90, 80, 12  # the office's norms, in percent


def for_leads(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not signed_in(request).leads:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


@require_GET
@for_leads
def callbacks(request: HttpRequest) -> HttpResponse:
    """Show what waits, what is late and whether promises are kept; filters are in the address."""
    teams = [one.team for one in Addressee.teams()]
    scope = _scope(request, teams)
    waiting, weeks = figures.waiting(scope), figures.weeks(scope)
    context = {
        "scope": scope,
        "teams": teams,
        "periods": PERIODS.items(),
        "channels": Channel.choices,
        "kpis": _kpis(scope, weeks),
        "waiting": _bars(waiting),
        "late": figures.latest(scope),
        "late_count": sum(row.late for row in waiting),
        "weeks": weeks,
        "answered": chart(
            weeks,
            [("1", _("Direct beantwoord"), [week.answered_share.percent for week in weeks])],
            height=222,
            goal=ANSWERED,
        ),
        "passed_on": chart(
            weeks,
            [
                ("1", _("Doorverbonden"), [week.transferred_share.percent for week in weeks]),
                ("2", _("Terugbelverzoek"), [week.callbacks_share.percent for week in weeks]),
            ],
            height=196,
        ),
        "key": uuid4(),
        "query": request.GET.urlencode(),
    }
    return answer(request, "insights/callbacks.html", "insights/_callbacks.html", context)


@require_GET
@for_leads
def callbacks_csv(request: HttpRequest) -> HttpResponse:
    """Give the table of what is open per team as a file for a spreadsheet."""
    scope = _scope(request, [one.team for one in Addressee.teams()])
    name = f"terugbelverzoeken-{scope.now:%Y-%m-%d}.csv"
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write("\ufeff")  # a spreadsheet then knows that it is UTF-8
    table = csv.writer(response, delimiter=";")
    table.writerow([_("Afdeling"), _("Te laat"), _("Vandaag"), _("Op tijd"), _("Open")])
    for row in figures.waiting(scope):
        table.writerow([safe(row.team), row.late, row.today, row.on_time, row.open])
    return response


def safe(text: str) -> str:
    """Give text that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text.lstrip()[:1] in {"=", "+", "-", "@"} or text[:1] in {"\t", "\r", "\n"} else text


def _scope(request: HttpRequest, teams: list[Team]) -> Scope:
    chosen = BoardForm(request.GET).chosen()
    team = next((team for team in teams if team.uuid == chosen["team"]), None)
    return Scope(timezone.now(), weeks=chosen["weeks"], team=team, channel=chosen["channel"])


def _bars(rows: list[Waiting]) -> list[dict[str, Any]]:
    widest = max((row.open for row in rows), default=1)
    return [{"row": row, "bars": bars(row, widest)} for row in rows]


def _kpis(scope: Scope, weeks: list[figures.Week]) -> list[dict[str, Any]]:
    """Give the strip of figures, each with what it means in words and where its list is."""
    now, (tried, spoken) = figures.standing(scope), figures.kept(scope)
    lists = reverse("callbacks:list")
    open_list = f"{lists}?" + urlencode({"view": "all"} | ({"team": str(scope.team.uuid)} if scope.team else {}))
    change = now.open - now.week_ago
    return [
        {
            "label": _("Open"), "value": now.open, "url": open_list, "text": _change(change),
            "icon": "trending-down" if change < 0 else "trending-up" if change > 0 else "",
        },
        {
            "label": _("Te laat"), "value": now.late, "bad": now.late > 0, "note": _("van %(n)d") % {"n": now.open},
            "url": open_list, "icon": "alert-triangle" if now.late_unassigned else "check",
            "text": _("%(n)d niet toegewezen") % {"n": now.late_unassigned},
        },
        {
            "label": _("Vandaag te bellen"), "value": now.today, "url": open_list, "icon": "clock",
            "text": _("%(n)d in behandeling") % {"n": now.today_claimed},
        },
        _kpi(_("Op tijd teruggebeld"), tried, ON_TIME, f"{lists}?view=completed", also=spoken),
        _kpi(_("Direct beantwoord"), figures.answered(weeks), ANSWERED, "#board-answered"),
        _kpi(_("Doorverbonden"), figures.transferred(weeks), TRANSFERRED, "#board-passed", at_most=True),
    ]  # fmt: skip


def _kpi(
    label: str, share: Share, norm: int, url: str, *, at_most: bool = False, also: Share | None = None
) -> dict[str, Any]:
    note = (_("max %(n)d%%") if at_most else _("norm %(n)d%%")) % {"n": norm}
    if share.percent is None:
        return {"label": label, "value": "–", "note": note, "url": url, "text": _("te weinig"), "icon": "", "state": ""}
    short = share.percent - norm if at_most else norm - share.percent
    words, icon, state = (
        (_("Binnen de norm"), "check", "ok") if short <= 0 else (_short(short, at_most), "target", "warn")
    )
    if also and also.percent is not None:
        words = _("gesproken op tijd: %(n)d%%") % {"n": also.percent}
    return {
        "label": label, "value": f"{share.percent}%", "note": note, "url": url,
        "text": words, "icon": icon, "state": state,
    }  # fmt: skip


def _short(points: int, at_most: bool) -> str:
    if at_most:
        return ngettext("%(n)d procentpunt boven de norm", "%(n)d procentpunten boven de norm", points) % {"n": points}
    return ngettext("%(n)d procentpunt onder de norm", "%(n)d procentpunten onder de norm", points) % {"n": points}


def _change(n: int) -> str:
    if n == 0:
        return _("evenveel als vorige week")
    if n < 0:
        return _("%(n)d minder dan vorige week") % {"n": -n}
    return _("%(n)d meer dan vorige week") % {"n": n}

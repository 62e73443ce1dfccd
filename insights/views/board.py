"""The boards of a team lead: read only."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.http import answer, leads_only, signed_in
from accounts.models import open_teams
from contacts.models import Access, Channel
from contacts.models.topic import choosable_topics
from insights import figures, means
from insights.board import ANSWERED, ON_TIME, Board
from insights.charts import bars, chart
from insights.figures import Share, Waiting
from insights.kpis import kpis, still_late
from insights.scope import CHOSEN, PERIODS, Scope, weeks_to_choose
from insights.tables import Cell, Table, average, compared, list_url, share
from insights.views.asked import asked
from insights.views.tabs import tabs

PAGES = {
    "teams": Board.by_team,
    "topics": Board.by_topic,
    "weeks": Board.by_week,
    "people": Board.by_person,
}  # fmt: skip


@require_GET
@leads_only
def callbacks(request: HttpRequest) -> HttpResponse:
    """Show what waits, what is late and whether promises are kept; filters are in the address."""
    scope, _chosen = asked(request)
    user = signed_in(request)
    board, late = Board(scope, user), figures.latest(scope)
    context = frame(request, scope, "") | {
        "kpis": kpis(board),
        "waiting": _bars(scope, board.waiting),
        "late": late,
        "late_count": board.standing.late,
        "late_url": list_url("late", scope),
        "still_late": still_late(board.standing.late),
        "age": drawn(board.age()),
        "tables": [board.why(), board.attempts(), board.errors(), board.passed()],
        "average": average(board.figures.promises, "attempts_until_spoken", "spoken"),
        "repeat_calls": board.figures.promises["repeat_calls"],
        "key": uuid4(),
    }
    seen = [row.contact.customer_id for row in late]
    Access.record_once(by=user, action=Access.Action.SEARCH, customer_ids=seen, detail="board")
    return answer(request, "insights/callbacks.html", "insights/_callbacks.html", context | _charts(board))


@require_GET
@leads_only
def page(request: HttpRequest, by: str) -> HttpResponse:
    """Show how promises were kept by department, topic, week or person."""
    if by not in PAGES:
        raise Http404
    scope, _chosen = asked(request)
    table = PAGES[by](Board(scope, signed_in(request)))
    context = frame(request, scope, by) | {"table": table}
    return answer(request, "insights/by.html", "insights/_by.html", context)


def frame(request: HttpRequest, scope: Scope, by: str) -> dict[str, Any]:
    """Give what stands around every page of the board: tabs, filters, files."""
    query = urlencode(scope.query)

    def address(name: str, *args: str) -> str:
        return reverse(f"insights:{name}", args=args) + (f"?{query}" if query else "")

    return {
        "scope": scope,
        "teams": open_teams(),
        "topics": choosable_topics(),
        "periods": PERIODS.items(),
        "weeks_to_choose": weeks_to_choose(scope.now) if scope.period.name == CHOSEN else [],
        "week": scope.query.get("week", ""),
        "channels": Channel.choices,
        "tabs": tabs(signed_in(request), scope, by),
        "files": [
            {"url": address("file", by or "callbacks", kind), "label": kind.upper(), "kind": kind}
            for kind in ("xlsx", "csv")
        ],
    }


def _bars(scope: Scope, rows: list[Waiting]) -> list[dict[str, Any]]:
    """Give the bars of each team with the lists of its numbers."""
    widest = max((row.open for row in rows), default=1)
    found = []
    for row in rows:
        urls = {what: list_url(what, scope, team=row.uuid) for what in ("open", "late", "today")}
        urls["later"] = list_url("later", scope, team=row.uuid)
        found.append({"row": row, "bars": bars(row, widest), "urls": urls})
    return found


def drawn(table: Table) -> dict[str, Any]:
    """Give a table with a bar for each line that has one, in percent of the longest."""
    widest = max((_number(line.cells[0]) for line in table.lines if line.bar), default=0) or 1
    lines = [(line, f"{_number(line.cells[0]) / widest * 98.5:.2f}" if line.bar else "") for line in table.lines]
    return {"table": table, "lines": lines, "total": sum(_number(line.cells[0]) for line in table.lines if line.bar)}


def _number(cell: Cell) -> int:
    return cell.value if isinstance(cell.value, int) else 0


def _charts(board: Board) -> dict[str, Any]:
    """Give the drawings of weeks, with the difference with the period before in words."""
    found, scope = board.figures, board.scope
    weeks = found.weeks
    now, before, asked_now, asked_before = (
        found.promises, found.promises_before, found.questions, found.questions_before
    )  # fmt: skip

    def line(key: str, label: str, of: Callable[[figures.Week], Share]) -> tuple[str, str, list[int | None]]:
        return key, label, [of(week).percent for week in weeks]

    return {
        "weeks": weeks,
        "on_time": chart(
            weeks,
            [
                line("1", _("Eerste poging"), lambda week: week.tried_share),
                line("2", _("Gesproken"), lambda week: week.spoken_share),
            ],
            height=196,
            goal=ON_TIME,
        ),
        "answered": chart(
            weeks, [line("1", _("Direct beantwoord"), lambda week: week.answered_share)], height=222, goal=ANSWERED
        ),
        "passed_on": chart(
            weeks,
            [
                line("1", _("Doorverbonden"), lambda week: week.transferred_share),
                line("2", _("Terugbelverzoek"), lambda week: week.callbacks_share),
            ],
            height=196,
        ),
        "kept": [
            (label, share(name, "ended", now, scope), _than(now, before, name, scope))
            for label, name in ((_("Eerste poging"), "tried_in_norm"), (_("Gesproken"), "spoken_in_norm"))
        ],
        "asked": {
            name: (
                share(name, "questions", asked_now, scope),
                compared(Share(asked_now[name], asked_now["questions"]),
                         Share(asked_before[name], asked_before["questions"]), scope),
            )
            for name in ("answered", "transferred", "callbacks")
        },
        "means": {name.lower(): getattr(means, name) for name in ("OPEN", "NORM", "ANSWERED", "TRANSFERRED")},
    }  # fmt: skip


def _than(now: Any, before: Any, name: str, scope: Scope) -> str:
    return compared(Share(now[name], now["ended"]), Share(before[name], before["ended"]), scope)

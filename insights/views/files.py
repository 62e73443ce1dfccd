"""The board and its lists as files for a spreadsheet."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.http import leads_only, signed_in
from contacts.models import Access
from insights.board import Board
from insights.files import Sheet, Value, answer_file, of_rows
from insights.tables import Table, as_head, as_rows
from insights.views.asked import asked
from insights.views.board import PAGES
from insights.views.lists import asked_list

KINDS = ("csv", "xlsx")
MOST = 5_000  # rows of a list in one file


@require_GET
@leads_only
def file(request: HttpRequest, by: str, kind: str) -> HttpResponse:
    """Give every figure on one page of the board as a file."""
    if kind not in KINDS or by not in {"callbacks", *PAGES}:
        raise Http404
    scope, _chosen = asked(request)
    board = Board(scope, signed_in(request))
    sheets = _overview(board) if by == "callbacks" else [_sheet(PAGES[by](board))]
    name = "terugbelverzoeken" if by == "callbacks" else f"terugbelverzoeken-{by}"
    return answer_file(kind, name, sheets, scope)


@require_GET
@leads_only
def list_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Give a whole list as a file, with references for names; who took it is written down."""
    if kind not in KINDS:
        raise Http404
    listing, _extra = asked_list(request, size=MOST)
    title = listing.title
    if listing.has_more:
        title = _("%(title)s (de laatste %(n)d)") % {"title": title, "n": MOST}
    response = answer_file(kind, "lijst", [of_rows(title, listing.rows)], listing.scope)
    Access.record(
        by=signed_in(request), action=Access.Action.EXPORT, detail=f"board {listing.what}", results=len(listing.rows)
    )
    return response


def _overview(board: Board) -> list[Sheet]:
    head = [_("Afdeling"), _("Te laat"), _("Vandaag"), _("Later"), _("Open"), _("Niet toegewezen")]
    waiting: list[list[Value]] = [
        [row.team, row.late, row.today, row.on_time, row.open, row.unassigned] for row in board.waiting
    ]
    head_weeks = [
        _("Week"), _("Contacten"), _("Direct beantwoord"), _("Doorverbonden"), _("Terugbelverzoek"),
        _("Afgerond of vervallen"), _("Eerste poging op tijd"), _("Gesproken op tijd"),
    ]  # fmt: skip
    weeks: list[list[Value]] = [
        [
            f"{week.start:%Y-%m-%d}",
            *(week.questions[name] for name in ("questions", "answered", "transferred", "callbacks")),
            *(week.promises[name] for name in ("ended", "tried_in_norm", "spoken_in_norm")),
        ]
        for week in board.figures.weeks
    ]
    tables = [board.age(), board.why(), board.attempts(), board.errors(most=None), board.passed(most=None)]
    return [
        Sheet(_("Open per afdeling"), head, waiting),
        Sheet(_("Per week"), head_weeks, weeks),
        *(_sheet(table) for table in tables),
    ]


def _sheet(table: Table) -> Sheet:
    return Sheet(table.title, as_head(table), as_rows(table))

"""The board of the knowledge base, the questions behind its numbers, and both as files."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import answer, back_to, done, only, signed_in
from accounts.models import Role
from accounts.paging import place
from insights import knowledge_means as means
from insights import searches
from insights.charts import chart, columns
from insights.files import Sheet, Value, answer_file
from insights.forms import KnowledgeForm
from insights.knowledge import MOST, SORTED, KnowledgeBoard
from insights.knowledge_kpis import kpis
from insights.knowledge_scope import KnowledgeScope
from insights.scope import CHOSEN, PERIODS, Period, weeks_to_choose
from insights.searches import TITLES, Questions
from insights.tables import Table, as_head, as_rows
from insights.views.board import drawn
from insights.views.tabs import KNOWLEDGE, tabs
from knowledge.models import Gap, Place, Searching
from knowledge.models.usefulness import FIGURES

KINDS = ("xlsx", "csv")
USED = "used"  # what articles are sorted by, unless asked otherwise


leads_and_editors_only = only(lambda user: user.has_role(Role.TEAM_LEAD, Role.EDITOR))


@leads_and_editors_only
@require_GET
def knowledge(request: HttpRequest) -> HttpResponse:
    """Show what is searched and not found, and what articles are good for."""
    board, form = _asked(request)
    sort = form.chosen("sort", USED)
    context = _frame(request, board) | {
        "kpis": kpis(board),
        "searching": means.SEARCHING,
        "finding": means.FINDING,
        "questions": [drawn(board.questions(name)) for name in ("nothing", "unclicked")],
        "chains": board.followed(),
        "most": board.questions("asked"),
        "departments": board.departments(),
        "now_words": _("Zoals het nu is, los van de periode."),
        "used": board.most_used(),
        "unused": board.never_used(),
        "used_means": [*means.PANELS["used"], *means.PANELS["unused"], means.STANDING[0]],
        "articles": board.usefulness(sort),
        "articles_words": _("de eerste %(n)d; in het bestand staan ze allemaal") % {"n": SORTED},
        "sort": sort,
        "heads": [_head(name, board, sort) for name in FIGURES],
    }
    return answer(request, "insights/knowledge.html", "insights/_knowledge.html", context | _charts(board))


@leads_and_editors_only
@require_GET
def knowledge_list(request: HttpRequest) -> HttpResponse:
    """Show the questions behind one figure, fifty at a time."""
    listing, board = _listing(request)
    rows, beyond = listing.page()
    gaps = Gap.objects.by_words(row.folded for row in rows) if board.edits else {}
    for row in rows:
        vars(row)["asked_url"] = gaps[row.folded].get_absolute_url() if row.folded in gaps else ""
    scope, like = listing.scope, listing.like
    query = {"what": listing.what} | scope.query | ({"like": str(like.uuid)} if like else {})
    context = {
        "listing": listing,
        "rows": rows,
        "count": listing.count(),
        "scope": scope,
        "narrowed": [scope.place_label] if scope.place else [],
        "more": f"?{urlencode(query | {'after': beyond})}" if beyond else "",
        "first": f"?{urlencode(query)}" if listing.after else "",
        "back": reverse("insights:knowledge") + (f"?{urlencode(scope.query)}" if scope.query else ""),
        "edits": board.edits,
        "synonym_url": _synonym_url(request),
        "here": request.get_full_path(),
        "files": _files("knowledge_list_file", urlencode(query)),
    }
    return answer(request, "insights/knowledge_list.html", "insights/_knowledge_list.html", context)


@leads_and_editors_only
@require_GET
def knowledge_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Give every figure of the board as a file."""
    if kind not in KINDS:
        raise Http404
    board, form = _asked(request)
    asked, chains = searches.tops(board.scope, most=MOST), searches.chains(board.scope, most=MOST)
    tables = [
        board.by_week(),
        *(board.questions(name, rows) for name, rows in asked.items()),
        board.followed(chains),
        board.departments(),
        board.usefulness(form.chosen("sort", USED), most=MOST),
    ]
    return answer_file(kind, "kennisbank", [_sheet(table) for table in tables], board.scope)


@leads_and_editors_only
@require_GET
def knowledge_list_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Give the questions behind one figure as a file."""
    if kind not in KINDS:
        raise Http404
    listing, _board = _listing(request, size=MOST)
    rows, beyond = listing.page()
    title = _("%(title)s (de laatste %(n)d)") % {"title": listing.title, "n": MOST} if beyond else listing.title
    head = [_("Moment"), _("Gezocht op"), _("Waar"), _("Gevonden"), _("Geopend"), _("Plaats in de lijst")]
    lines = [_cells(row) for row in rows]
    return answer_file(kind, "zoekvragen", [Sheet(title, head, lines)], listing.scope)


@leads_and_editors_only
@require_POST
def ask(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put a question on the list of articles that are asked for."""
    asked = get_object_or_404(Searching, uuid=uuid)
    Gap.ask(asked.text, by=signed_in(request))
    back = back_to(request, reverse("insights:knowledge"))
    return done(request, back, message=_("Op de lijst met gevraagde artikelen gezet"))


def _asked(request: HttpRequest) -> tuple[KnowledgeBoard, KnowledgeForm]:
    """Give the board an address asks for; what means nothing is no filter."""
    form, now = KnowledgeForm(request.GET), timezone.now()
    period = Period.of(form.chosen("period"), form.chosen("week"), now=now)
    return KnowledgeBoard(KnowledgeScope(now, period, place=form.chosen("place")), signed_in(request)), form


def _listing(request: HttpRequest, *, size: int = searches.PAGE) -> tuple[Questions, KnowledgeBoard]:
    """Give the list an address asks for. Raises Http404 for a figure or a question that is not there."""
    board, form = _asked(request)
    what, uuid = form.chosen("what"), form.chosen("like")
    if what not in TITLES or (not uuid and request.GET.get("like")):
        raise Http404
    like = get_object_or_404(Searching, uuid=uuid) if uuid else None
    after = place(request.GET.get("after")) if size == searches.PAGE else None
    return Questions(what, board.scope, like=like, after=after, size=size), board


def _frame(request: HttpRequest, board: KnowledgeBoard) -> dict[str, Any]:
    """Give what stands around the board: tabs, filters, files, and what an editor may do."""
    scope = board.scope
    return {
        "scope": scope,
        "tabs": tabs(board.user, scope, KNOWLEDGE),
        "filters": "insights/_knowledge_filters.html",
        "periods": PERIODS.items(),
        "weeks_to_choose": weeks_to_choose(scope.now) if scope.period.name == CHOSEN else [],
        "week": scope.query.get("week", ""),
        "places": Place.choices,
        "files": _files("knowledge_file", urlencode(scope.query)),
        "edits": board.edits,
        "synonym_url": _synonym_url(request),
        "here": request.get_full_path(),
    }


def _files(name: str, query: str) -> list[dict[str, str]]:
    address = f"?{query}" if query else ""
    return [{"url": reverse(f"insights:{name}", args=[kind]) + address, "label": kind.upper()} for kind in KINDS]


def _head(name: str, board: KnowledgeBoard, sort: str) -> dict[str, str]:
    """Give the head of a column: what it sorts by when it is pressed, and how it is sorted now."""
    other = f"-{name}" if sort == name else name
    return {
        "label": str(means.COLUMNS[name]),
        "url": f"?{urlencode(board.scope.query | {'sort': other})}",
        "sorted": {name: "descending", f"-{name}": "ascending"}.get(sort, ""),
    }


def _charts(board: KnowledgeBoard) -> dict[str, Any]:
    weeks = board.weeks
    lines = [
        ("1", _("Zonder resultaat"), [week.nothing_share.percent for week in weeks]),
        ("2", _("Zonder klik"), [week.unclicked_share.percent for week in weeks]),
    ]
    return {
        "weeks": weeks,
        "asked": columns(weeks, [week.figures["asked"] for week in weeks], height=196),
        "found": chart(weeks, lines, height=196),
    }


def _sheet(table: Table) -> Sheet:
    return Sheet(table.title, as_head(table), as_rows(table))


def _cells(row: Searching) -> list[Value]:
    opened = row.opened.title if row.opened else ""
    return [row.at, row.text, str(row.get_place_display()), row.found, opened, row.rank or ""]


def _synonym_url(request: HttpRequest) -> str:
    """Give where words are made synonyms, for who may do that."""
    user = signed_in(request)
    if not user.is_staff or not user.has_perm("knowledge.add_synonym"):
        return ""
    try:
        return reverse("admin:knowledge_synonym_add")
    except NoReverseMatch:
        return ""

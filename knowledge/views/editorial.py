"""The start page of those who keep the knowledge base right, and the lists behind its numbers."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.http import answer, done, only, signed_in
from accounts.models import User
from accounts.paging import place
from accounts.templatetags.kcc import bounded
from knowledge.forms.editorial import NOBODY, CheckedForm, NarrowForm, teams_of
from knowledge.models import Article
from knowledge.models.editorial import Editorial
from knowledge.models.worklist import Worklist
from knowledge.views.worklist_rows import LINES, Line, new_url, of_question

TABS = {
    "review": _("Te controleren"),
    "drafts": _("Concepten"),
    "approval": _("Ter goedkeuring"),
    "feedback": _("Terugkoppeling"),
    "gaps": _("Gevraagd"),
    "expiring": _("Verloopt"),
    "links": _("Links"),
}
OTHER = {
    "scheduled": _("Gepland"),
    "unused": _("Nooit gebruikt"),
    "used": _("Meest gebruikt"),
    "unanswered": _("Zonder antwoord"),
    "overdue": _("Controle verlopen"),
    "late": _("Te laat"),
}
COLUMNS = {  # what the list is ordered by, what it is about, whose it is, and what more there is
    "review": (_("Controleren"), _("Artikel"), _("Eigenaar"), _("Gecontroleerd")),
    "drafts": (_("Gewijzigd"), _("Concept"), _("Geschreven door"), _("Wat")),
    "approval": (_("Aangeboden"), _("Concept"), _("Geschreven door"), _("Wat")),
    "scheduled": (_("Publiceren"), _("Concept"), _("Geschreven door"), _("Wat")),
    "feedback": (_("Uiterlijk"), _("Artikel en melding"), _("Eigenaar"), _("Afdeling")),
    "gaps": (_("Gevraagd"), _("Gezocht op"), _("Hoe vaak"), _("Stand")),
    "expiring": (_("Geldig"), _("Artikel"), _("Eigenaar"), _("Gecontroleerd")),
    "links": (_("Stuk sinds"), _("Artikel en adres"), _("Eigenaar"), _("Fout")),
    "unused": (_("Gepubliceerd"), _("Artikel"), _("Eigenaar"), _("Gecontroleerd")),
    "used": (_("Gebruikt"), _("Artikel"), _("Eigenaar"), _("Gecontroleerd")),
    "unanswered": (_("Gezocht"), _("Gezocht op"), "", _("Voor het laatst")),
}
COLUMNS |= {"overdue": COLUMNS["review"], "late": COLUMNS["feedback"]}
EMPTY = {
    "review": _("Alles is op tijd gecontroleerd."),
    "drafts": _("Er wordt niets geschreven."),
    "approval": _("Niets wacht op goedkeuring."),
    "scheduled": _("Er staat niets klaar om later te publiceren."),
    "feedback": _("Alle meldingen zijn behandeld."),
    "gaps": _("Niemand vraagt om een artikel."),
    "expiring": _("Binnenkort verloopt er niets."),
    "links": _("Alle links werken."),
    "unused": _("Elk artikel wordt gebruikt of gelezen."),
    "used": _("De laatste 30 dagen is geen artikel gebruikt."),
    "unanswered": _("Op elke zoekvraag van de laatste 30 dagen kwam een artikel."),
    "own": _("Je hebt geen concepten."),
}
EMPTY |= {"overdue": EMPTY["review"], "late": _("Geen melding is te laat.")}
IN_PANEL = 5


@dataclass(frozen=True)
class Panel:
    """A few rows of one list on the start page, and how many there are."""

    name: str
    title: str
    lines: list[Line]
    count: int
    url: str
    words: str = ""  # beside the title
    wide: bool = False

    @property
    def empty(self) -> Any:
        """Give what it says when it has no rows."""
        return EMPTY[self.name]

    @property
    def more(self) -> bool:
        """Say whether there are more than are shown."""
        return self.count > len(self.lines)


def keeps_articles(user: User) -> bool:
    """Say whether there is anything here for a colleague: an editor, who leads, or who vouches for an article."""
    now = timezone.now()
    return user.leads or Worklist(user, now).edits or Article.objects.in_care_of(user, now=now).exists()


@only(keeps_articles)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Show what is unreliable now: each number and the first of its list."""
    work = Worklist(signed_in(request), timezone.now())
    counts = work.counts(
        *("overdue", "review", "feedback", "late", "drafts", "own", "approval", "scheduled"),
        *("expiring", "links", "unused"),
        *(["gaps"] if work.edits else []),
    )
    asked = work.unanswered() if work.edits else []
    context = {
        "tabs": _tabs(work, "", counts),
        "kpis": _kpis(work, counts, len(asked)),
        "panels": _panels(work, counts, asked),
        "new": new_url("") if work.edits else "",
        "now": work.now,
    }
    return answer(request, "knowledge/editorial/start.html", "knowledge/editorial/_start.html", context)


@only(keeps_articles)
@require_GET
def list_(request: HttpRequest, which: str) -> HttpResponse:
    """Show one list, which goes on from a place."""
    user = signed_in(request)
    form = NarrowForm(request.GET)
    work = Worklist(user, timezone.now(), **form.narrowed())
    if which not in TABS | OTHER or which not in [*work.names, *(["unanswered"] if work.edits else [])]:
        raise Http404
    after = place(request.GET.get("after"))
    if which == "unanswered":
        lines, beyond = [of_question(asked) for asked in work.unanswered()], ""
    else:
        found = work.page(which, after=after)
        lines, beyond = [LINES[which](row, name=which, edits=work.edits) for row in found.rows], found.next
    chosen = {"team": work.team, "person": work.person}
    kept = {name: str(one.uuid) for name, one in chosen.items() if one} | ({"person": NOBODY} if work.nobody else {})
    here = reverse("knowledge:editorial_list", args=[which])
    context = {
        "which": which,
        "title": (TABS | OTHER)[which],
        "heads": COLUMNS[which],
        "lines": lines,
        "empty": EMPTY[which],
        "tabs": _tabs(work, which, work.counts(*(name for name in TABS if name in work.names))),
        "narrows": which not in ("gaps", "unanswered"),
        "teams": teams_of(user, edits=work.edits),
        "people": work.people(),
        "work": work,
        "nobody": NOBODY,
        "bulk": which in ("review", "overdue") and bool(lines),
        "here": here,
        "more": f"{here}?{urlencode(kept | {'after': beyond})}" if beyond else "",
        "first": f"{here}?{urlencode(kept)}" if after else "",
        "now": work.now,
    }
    return answer(request, "knowledge/editorial/list.html", "knowledge/editorial/_list.html", context)


@only(keeps_articles)
@require_POST
def check_all(request: HttpRequest) -> HttpResponse:
    """Write down of every article that was ticked that it was checked today and is right."""
    user = signed_in(request)
    now = timezone.now()
    form = CheckedForm(request.POST, articles=Article.objects.in_care_of(user, now=now).kept(now=now))
    here = reverse("knowledge:editorial_list", args=["review"])
    if not form.is_valid():
        return done(request, here, message=_t("Er is niets gekozen, of wat je koos is intussen weg."))
    chosen = form.cleaned_data["chosen"]
    for article in chosen:
        article.check_again(by=user)
    words = ngettext("%(n)d artikel gecontroleerd", "%(n)d artikelen gecontroleerd", len(chosen))
    return done(request, here, message=words % {"n": len(chosen)})


def _tabs(work: Worklist, which: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    start_page = {"url": reverse("knowledge:editorial"), "label": _t("Overzicht"), "count": None, "current": not which}
    names = [name for name in TABS if name in work.names] + ([which] if which in OTHER else [])
    return [start_page] + [
        {
            "url": reverse("knowledge:editorial_list", args=[name]),
            "label": (TABS | OTHER)[name],
            "count": bounded(counts[name]) if counts.get(name) else None,
            "current": name == which,
        }
        for name in names
    ]


def _kpis(work: Worklist, counts: dict[str, int], asked: int) -> list[dict[str, Any]]:
    """Give the numbers above the page, each with its list and what it says."""

    def kpi(name: str, label: str, value: int, text: str, **more: Any) -> dict[str, Any]:
        url = reverse("knowledge:editorial_list", args=[name])
        return {"label": label, "value": bounded(value), "url": url, "text": text, "bad": False} | more

    days = Editorial.current().notice_days
    soon = max(counts["review"] - counts["overdue"], 0)
    late = counts["late"]
    found = [
        kpi(
            *("review", _t("Controle verlopen"), counts["overdue"]),
            (_t("nog %(n)d binnen %(days)d dagen") if soon else _t("verder niets binnen %(days)d dagen"))
            % {"n": soon, "days": days},
            bad=counts["overdue"] > 0,
        ),
        kpi(
            *("feedback", _t("Terugkoppeling"), counts["feedback"]),
            _t("%(n)s te laat") % {"n": bounded(late)} if late else _t("niets te laat"),
            state="bad" if late else "",
            icon="clock-exclamation" if late else "",
        ),
    ]
    if work.edits:
        found += [
            kpi("unanswered", _t("Zonder antwoord"), asked, _t("zoekvragen in 30 dagen")),
            kpi("gaps", _t("Gevraagd"), counts["gaps"], _t("door collega’s")),
        ]
    else:
        found += [
            kpi("drafts", _t("Mijn concepten"), counts["own"], _t("nog niet aangeboden")),
            kpi("links", _t("Stukke links"), counts["links"], _t("in jouw artikelen")),
        ]
    planned = _t("%(n)d gepland") % {"n": counts["scheduled"]} if counts["scheduled"] else _t("niets gepland")
    return [
        *found,
        kpi("approval", _t("Ter goedkeuring"), counts["approval"], planned),
        kpi("expiring", _t("Verloopt"), counts["expiring"], _t("binnen %(days)d dagen") % {"days": days}),
    ]


def _panels(work: Worklist, counts: dict[str, int], asked: list[dict[str, Any]]) -> list[Panel]:
    """Give the first of each list, what presses most first."""

    def panel(name: str, title: str, words: str = "", *, of: str = "") -> Panel:
        rows = [LINES[name](row, name=name, edits=work.edits) for row in work.rows(name)[:IN_PANEL]]
        count = counts.get(name, IN_PANEL + 1 if len(rows) == IN_PANEL else len(rows))
        return Panel(name, title, rows, count, reverse("knowledge:editorial_list", args=[of or name]), words)

    own = panel("own", _t("Mijn concepten"), of="drafts")
    own = Panel(own.name, own.title, own.lines, own.count, f"{own.url}?{urlencode({'person': str(work.user.uuid)})}")
    found = [panel("review", _t("Te controleren"), _t("langst verlopen eerst"))]
    if work.edits:
        searched = [of_question(one) for one in asked[:IN_PANEL]]
        url = reverse("knowledge:editorial_list", args=["unanswered"])
        found.append(Panel("unanswered", _t("Zonder antwoord"), searched, len(asked), url, _t("gezocht in 30 dagen")))
    found.append(panel("feedback", _t("Terugkoppeling"), _t("wat er niet klopt")))
    if work.edits:
        found.append(panel("gaps", _t("Gevraagde artikelen"), _t("door collega’s")))
    return [
        *found,
        panel("approval", _t("Ter goedkeuring")),
        own,
        panel("used", _t("Meest gebruikt"), _t("in 30 dagen")),
        panel("unused", _t("Nooit gebruikt"), _t("al 90 dagen")),
        panel("expiring", _t("Verloopt")),
        panel("links", _t("Stukke links")),
    ]

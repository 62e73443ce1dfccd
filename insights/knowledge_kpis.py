"""The strip of figures on top of the board of the knowledge base."""

from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from insights.figures import Share
from insights.knowledge import KnowledgeBoard


def kpis(board: KnowledgeBoard) -> list[dict[str, Any]]:
    """Give how people search and find, and how well the articles are kept."""
    now, before = board.figures, board.figures_before
    weeks = len(board.scope.period.weeks)
    per_week = (now["asked"] + weeks // 2) // weeks

    def part(label: str, what: str, of: str, words: str) -> dict[str, Any]:
        this, than = Share(now[what], now[of]), Share(before[what], before[of])
        return _share(label, this, than, words) | {"url": board.list_url(what) if now[what] else ""}

    with_article, with_before = board.answered
    average = ngettext("%(n)d per week", "%(n)d per week", per_week) % {"n": per_week} if weeks > 1 else ""
    asked = number_format(now["asked"], force_grouping=True)
    url = board.list_url("asked") if now["asked"] else ""
    return [
        {"label": _("Gezocht"), "value": asked, "url": url, "text": average},
        part(_("Zonder resultaat"), "nothing", "asked", _("van de zoekvragen")),
        part(_("Zonder klik"), "unclicked", "found", _("van wat gevonden is")),
        part(_("Opnieuw gezocht"), "again", "chains", _("met andere woorden")),
        _share(_("Met artikel"), with_article, with_before, _("van direct beantwoord")),
        _current(board),
        _said(board),
    ]


def _share(label: str, now: Share, before: Share, words: str) -> dict[str, Any]:
    if now.percent is None:
        return {"label": label, "value": "–", "text": _("te weinig")}
    earlier = _("daarvoor %(n)d%%") % {"n": before.percent} if before.percent is not None else ""
    return {"label": label, "value": f"{now.percent}%", "text": words, "more": earlier}


def _current(board: KnowledgeBoard) -> dict[str, Any]:
    """Give which part of the articles is not overdue for its check."""
    kept, overdue = board.articles["kept"], board.articles["overdue"]
    share = Share(kept - overdue, kept)
    url = reverse("knowledge:search") + "?state=overdue"
    if board.edits:
        url = reverse("knowledge:editorial_list", args=["overdue"])
    late = ngettext("%(n)d te controleren", "%(n)d te controleren", overdue) % {"n": overdue}
    return {
        "label": _("Actueel"),
        "value": "–" if share.percent is None else f"{share.percent}%",
        "note": _("van %(n)d") % {"n": kept} if kept else "",
        "url": url if overdue else "",
        "text": late if overdue else _("alles gecontroleerd") if kept else _("geen artikelen"),
        "icon": "alert-triangle" if overdue else "check" if kept else "",
        "state": "warn" if overdue else "ok" if kept else "",
    }


def _said(board: KnowledgeBoard) -> dict[str, Any]:
    """Give how much of what readers said is wrong waits, and how much of that is late."""
    waits, late = board.feedback["open"], board.feedback["late"]
    url = reverse("knowledge:editorial_list", args=["feedback"]) if board.edits and waits else ""
    return {
        "label": pgettext("kennisartikel", "Meldingen"),
        "value": number_format(waits, force_grouping=True),
        "note": _("open"),
        "url": url,
        "text": _("%(n)d te laat") % {"n": late} if late else _("niets te laat"),
        "icon": "clock-exclamation" if late else "",
        "state": "bad" if late else "",
    }

"""The strip of figures on top of the board, each with what it means in words and where its list is."""

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.board import ANSWERED, ON_TIME, TRANSFERRED, Board
from insights.figures import Share
from insights.tables import compared, list_url


def kpis(board: Board) -> list[dict[str, Any]]:
    """Give the six figures: what waits now, and what happened in the period."""
    now, scope, found = board.standing, board.scope, board.figures
    kept, before = found.promises, found.promises_before
    asked, asked_before = found.questions, found.questions_before
    change = now.open - now.week_ago

    def percent(
        label: str, what: str, of: str, norm: int, *, at_most: bool = False, also: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        figures, earlier = (kept, before) if of == "ended" else (asked, asked_before)
        this = Share(figures[what], figures[of])
        than = compared(this, Share(earlier[what], earlier[of]), scope)
        more = "\n".join(words for words in (*also, than) if words)
        return _percent(label, this, norm, list_url(what, scope), at_most=at_most) | {"more": more}

    besides = (_spoken(kept), still_late(now.late))

    return [
        {
            "label": _("Open"), "value": now.open, "url": list_url("open", scope), "text": _change(change),
            "icon": "trending-down" if change < 0 else "trending-up" if change > 0 else "",
            "more": _("%(n)d niet toegewezen") % {"n": now.unassigned},
        },
        {
            "label": _("Te laat"), "value": now.late, "bad": now.late > 0, "note": _("van %(n)d") % {"n": now.open},
            "url": list_url("late", scope), "icon": "alert-triangle" if now.late_unassigned else "check",
            "text": _("%(n)d niet toegewezen") % {"n": now.late_unassigned},
        },
        {
            "label": _("Vandaag te bellen"), "value": now.today, "url": list_url("today", scope), "icon": "clock",
            "text": _("%(n)d in behandeling") % {"n": now.today_claimed},
        },
        percent(_("Op tijd teruggebeld"), "tried_in_norm", "ended", ON_TIME, also=besides),
        percent(_("Direct beantwoord"), "answered", "questions", ANSWERED),
        percent(_("Doorverbonden"), "transferred", "questions", TRANSFERRED, at_most=True),
    ]  # fmt: skip


def still_late(n: int) -> str:
    """Give what a percentage of those that ended leaves out, empty when there is nothing of it."""
    return _("nog open: %(n)d te laat") % {"n": n} if n else ""


def _spoken(kept: Counter[str]) -> str:
    """Give that the percentage is of the first attempt, and beside it that of the first conversation."""
    spoken = Share(kept["spoken_in_norm"], kept["ended"]).percent
    return "" if spoken is None else _("eerste poging · gesproken %(n)d%%") % {"n": spoken}


def _percent(label: str, share: Share, norm: int, url: str, *, at_most: bool) -> dict[str, Any]:
    note = (_("max %(n)d%%") if at_most else _("norm %(n)d%%")) % {"n": norm}
    if share.percent is None:
        return {"label": label, "value": "–", "note": note, "url": url, "text": _("te weinig"), "icon": "", "state": ""}
    short = share.percent - norm if at_most else norm - share.percent
    words, icon, state = (
        (_("Binnen de norm"), "check", "ok") if short <= 0 else (_short(short, at_most), "target", "warn")
    )
    return {
        "label": label, "value": f"{share.percent}%", "note": note, "url": url,
        "text": words, "icon": icon, "state": state,
    }  # fmt: skip


def _short(points: int, at_most: bool) -> str:
    if at_most:
        return ngettext("%(n)d punt boven de norm", "%(n)d punten boven de norm", points) % {"n": points}
    return ngettext("%(n)d punt onder de norm", "%(n)d punten onder de norm", points) % {"n": points}


def _change(n: int) -> str:
    if n == 0:
        return _("evenveel als vorige week")
    if n < 0:
        return _("%(n)d minder dan vorige week") % {"n": -n}
    return _("%(n)d meer dan vorige week") % {"n": n}

"""One row of any list of the editors as the screen shows it: what presses, what it is about, whose it is."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.templatetags.kcc import bounded, late_by, moment, time_left
from knowledge.models import Article, Feedback, Gap, Link, Version
from knowledge.models.article import MOST_COUNTED


@dataclass(frozen=True)
class Line:
    """A row: lead is what the list is ordered by, tone its colour when it is an exception."""

    key: str
    lead: str
    title: str
    url: str
    tone: str = ""  # bad, warn
    sub: str = ""
    note: str = ""
    person: User | None = None
    whose: str = ""  # instead of a person
    nobody: bool = False  # nobody has it, and somebody should
    more: str = ""
    badge: str = ""
    act: str = ""
    act_url: str = ""
    chosen: str = ""  # what its box sends, in a list of which several can be done at once


def of_article(article: Article, *, name: str, edits: bool) -> Line:
    """Give an article by what the list says of it: its next check, its last day, how often it was used."""
    lead, tone, badge = "", "", ""
    today = timezone.localdate()
    check = reverse("knowledge:check", args=[article.uuid])
    if name in ("review", "overdue") and article.review_on is not None:
        lead, tone = late_days(article.review_on, today), "bad" if article.review_on < today else ""
    elif name == "expiring" and article.valid_until is not None:
        lead, tone = left_days(article.valid_until, today), "warn" if article.valid_until < today else ""
    elif name == "unused" and article.published_at is not None:
        lead = on_day(article.published_at)
    elif name == "used":
        lead = f"{bounded(article.uses, MOST_COUNTED)}×"  # type: ignore[attr-defined]
        badge = _("Controle verlopen") if article.is_overdue else ""
    return Line(
        key=str(article.uuid),
        lead=lead,
        tone=tone,
        title=article.title,
        url=check,
        sub=" · ".join(filter(None, [team_of(article), topic_of(article)])),
        person=article.owner,
        nobody=article.owner is None,
        more=on_day(article.checked_at) if article.checked_at else _("nog nooit"),
        badge=badge,
        act=_("Nakijken"),
        act_url=check,
        chosen=str(article.uuid) if name in ("review", "overdue") else "",
    )


def of_version(version: Version, *, name: str, edits: bool) -> Line:
    """Give a concept, by when it was changed, was offered or will be published."""
    leads = {"approval": version.submitted_at, "scheduled": version.publish_at}
    article = version.article
    page = reverse("knowledge:check", args=[article.uuid])
    if edits:
        page = reverse("knowledge:preview", args=[article.uuid]) if name == "approval" else edit_url(article)
    note = _("Teruggegeven: %(remark)s") % {"remark": version.remark} if version.returned_at and version.remark else ""
    if version.opens:
        note = note or _("Wordt openbaar")
    if version.state == "approved":
        note = _("Goedgekeurd, nog niet gepubliceerd")
    return Line(
        key=str(version.uuid),
        lead=moment(leads.get(name) or version.changed_at),
        title=version.title or _("Zonder titel"),
        url=page,
        sub=team_of(article),
        note=note,
        person=version.written_by,
        more=version.summary or (_("Wijziging") if article.published_at else _("Nieuw artikel")),
        act=(_("Beoordelen") if name == "approval" else _("Verder schrijven")) if edits else "",
        act_url=page,
    )  # fmt: skip


def of_feedback(said: Feedback, *, name: str, edits: bool) -> Line:
    """Give what somebody said of an article, by when it must be handled."""
    late = said.is_late
    page = said.get_absolute_url()
    by = said.by.short_name if said.by is not None else _("een bezoeker van de website")
    lead = "" if said.due_at is None else over(said.due_at) if late else time_left(said.due_at)
    return Line(
        key=str(said.uuid),
        lead=lead,
        tone="bad" if late else "",
        title=said.article.title,
        url=page,
        sub=_("van %(name)s, %(day)s") % {"name": by, "day": on_day(said.at)},
        note=said.text or _("Zonder toelichting"),
        person=said.article.owner,
        nobody=said.article.owner is None,
        more=team_of(said.article),
        act=_("Behandelen"),
        act_url=page,
    )


def of_gap(gap: Gap, *, name: str, edits: bool) -> Line:
    """Give a question nobody wrote an article for, with how often it was asked."""
    times = gap.times  # type: ignore[attr-defined]
    who = gap.asked_by.short_name if gap.asked_by is not None else _("een collega")
    last = _("voor het laatst %(day)s") % {"day": on_day(gap.last_at)} if times > 1 else ""  # type: ignore[attr-defined]
    page = gap.get_absolute_url()
    return Line(
        key=str(gap.uuid),
        lead=on_day(gap.asked_at),
        title=gap.query,
        url=page,
        sub=", ".join(filter(None, [_("van %(name)s") % {"name": who}, last])),
        note=gap.note,
        whose=ngettext("%(n)d keer", "%(n)d keer", times) % {"n": times},
        more=_("Er wordt aan geschreven") if gap.is_written else "",
        act=_("Openen"),
        act_url=page,
    )


def of_link(link: Link, *, name: str, edits: bool) -> Line:
    """Give an address at which nothing answers, with the article it stands in."""
    writes = edit_url(link.article) if edits else ""
    return Line(
        key=str(link.pk),
        lead=on_day(link.failed_since) if link.failed_since else "",
        title=link.article.title,
        url=reverse("knowledge:check", args=[link.article.uuid]),
        sub=link.url,
        person=link.article.owner,
        nobody=link.article.owner is None,
        more=link.error,
        act=_("Bewerken") if writes else "",
        act_url=writes,
    )


def of_question(asked: dict[str, Any]) -> Line:
    """Give a question that found nothing, with how often it was asked, and who asked for its article already."""
    gap: Gap | None = asked["gap"]
    by = gap.asked_by.short_name if gap is not None and gap.asked_by is not None else _("een collega")
    said = _("Gevraagd door %(name)s, %(day)s") % {"name": by, "day": on_day(gap.asked_at)} if gap else ""
    return Line(
        key="",
        lead=f"{asked['times']}×",
        title=asked["words"],
        url=reverse("knowledge:search") + "?" + urlencode({"q": asked["words"]}),
        sub=_("Er wordt aan geschreven") if gap is not None and gap.is_written else said,
        more=on_day(asked["last"]),
        act=_("Naar de vraag") if gap is not None else _("Artikel maken"),
        act_url=gap.get_absolute_url() if gap is not None else new_url(asked["words"]),
    )


def edit_url(article: Article) -> str:
    """Give where this article is written."""
    return reverse("knowledge:edit", args=[article.uuid])


def new_url(title: str) -> str:
    """Give where an article with this title is begun."""
    return reverse("knowledge:new") + (f"?{urlencode({'title': title})}" if title else "")


def team_of(article: Article) -> str:
    """Give the name of its department, empty without one."""
    return article.team.name if article.team else ""


def topic_of(article: Article) -> str:
    """Give the name of its topic as a line begins with it, empty without one."""
    return article.topic.name.capitalize() if article.topic else ""


def on_day(value: datetime.datetime) -> str:
    """Give a day as lists show it: 2 nov, with its year when that is another."""
    local = timezone.localtime(value)
    return date_format(local, _("j b") if local.year == timezone.localdate().year else _("j b Y"))


def over(due_at: datetime.datetime) -> str:
    """Give how late something is: by the clock on its own day, in days after that."""
    due, today = timezone.localtime(due_at).date(), timezone.localdate()
    return late_by(due_at) if due == today else late_days(due, today)


def late_days(day: datetime.date, today: datetime.date) -> str:
    """Give how far a day lies back or ahead, in words: 3 weken te laat, nog 5 dagen."""
    n = (today - day).days
    return _("%(time)s te laat") % {"time": span(n)} if n > 0 else _left(-n)


def left_days(day: datetime.date, today: datetime.date) -> str:
    """Give how long something is valid still, its last day included, or for how long it is not."""
    n = (day - today).days
    return _left(n) if n >= 0 else _("al %(time)s verlopen") % {"time": span(-n)}


def _left(days: int) -> str:
    return _("nog %(time)s") % {"time": span(days)} if days else _("nog vandaag")


def span(days: int) -> str:
    """Give a number of days as people say it: 12 dagen, 3 weken, 5 maanden."""
    if days < 21:
        return ngettext("%(n)d dag", "%(n)d dagen", days) % {"n": days}
    if days < 91:
        return ngettext("%(n)d week", "%(n)d weken", days // 7) % {"n": days // 7}
    return ngettext("%(n)d maand", "%(n)d maanden", days // 30) % {"n": days // 30}


LINES: dict[str, Callable[..., Line]] = {
    "review": of_article, "overdue": of_article, "expiring": of_article, "unused": of_article, "used": of_article,
    "drafts": of_version, "own": of_version, "approval": of_version, "scheduled": of_version,
    "feedback": of_feedback, "late": of_feedback, "gaps": of_gap, "links": of_link,
}  # fmt: skip

"""The rows of a list in words: what it is about, who had it, and why it stands there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _t

from accounts.templatetags.kcc import over_time
from callbacks.models import Callback, Handover
from contacts.models import Contact
from contacts.models.topic import Topic
from insights.models import ERRORS, PROMISES, QUESTIONS


@dataclass(frozen=True)
class Row:
    """One line of a list; the citizen, the title and what somebody wrote are for the screen, never for a file.

    The person is for who leads one of the teams in led_by.
    """

    at: datetime
    reference: str
    url: str
    title: str
    customer: str
    team: str
    topic: str
    channel: str
    person: str
    led_by: frozenset[int]
    why: str
    customer_id: int | None
    more: str = ""
    note: str = ""
    state: str = ""


def show(kind: str, ids: list[int], *, now: datetime) -> list[Row]:
    """Give the rows with these ids in their order, in a bounded number of queries."""
    load, line = KINDS[kind]
    found = load(ids)
    return [line(found[pk], now) for pk in ids if pk in found]


def _callbacks(ids: list[int]) -> dict[int, Any]:
    return Callback.objects.for_list().in_bulk(ids)


def _contacts(ids: list[int]) -> dict[int, Any]:
    rows = Contact.objects.select_related("customer", "topic", "team", "agent", "case")
    return rows.prefetch_related("agent__teams").in_bulk(ids)


def _handovers(ids: list[int]) -> dict[int, Any]:
    rows = Handover.objects.select_related(
        "callback__contact__customer", "callback__contact__topic", "from_team", "to_team", "by"
    )
    return rows.in_bulk(ids)


def _open(callback: Callback, now: datetime) -> Row:
    late = callback.due_at < now
    if late:
        why = _t("%(time)s te laat") % {"time": over_time(callback.due_at, now)}
    else:
        why = _t("uiterlijk %(moment)s") % {"moment": _short(callback.due_at)}
    return _of_callback(callback, callback.due_at, why, state="late" if late else "")


def _ended(callback: Callback, now: datetime) -> Row:
    assert callback.ended_at is not None
    norm = callback.norm_due_at or callback.due_at
    first, spoken = callback.first_attempt_at, callback.spoken_at
    if first is None:
        why, state = _t("Niet geprobeerd"), "late"
    elif first > norm:
        why, state = _t("Eerste poging %(time)s te laat") % {"time": over_time(norm, first)}, "late"
    elif spoken is None:
        why, state = _t("Op tijd geprobeerd, niet gesproken"), ""
    elif spoken > norm:
        why, state = _t("Op tijd geprobeerd, %(time)s te laat gesproken") % {"time": over_time(norm, spoken)}, ""
    else:
        why, state = _t("Op tijd gesproken"), "ok"
    return _of_callback(callback, callback.ended_at, why, more=_how_it_ended(callback), state=state)


def _how_it_ended(callback: Callback) -> str:
    parts = []
    if callback.norm_due_at is not None:
        parts.append(_t("uitgesteld met de klant tot %(moment)s") % {"moment": _short(callback.due_at)})
    if callback.cancelled_at is not None:
        cause = str(callback.get_cancel_cause_display()) or _t("geen oorzaak gekozen")
        parts.append(_t("vervallen: %(cause)s") % {"cause": cause[:1].lower() + cause[1:]})
    return ", ".join(parts)


def _of_callback(callback: Callback, at: datetime, why: str, *, more: str = "", state: str = "") -> Row:
    contact = callback.contact
    return Row(
        at=at,
        reference=callback.reference,
        url=callback.get_absolute_url(),
        title=callback.title,
        customer=contact.customer.short_name if contact.customer else "",
        team=callback.team.name,
        topic=_topic(contact.topic),
        channel=str(contact.get_channel_display()),
        person=callback.assignee.short_name if callback.assignee else "",
        led_by=frozenset({callback.team_id}),
        why=why,
        customer_id=contact.customer_id,
        more=more,
        state=state,
    )


def _question(contact: Contact, now: datetime) -> Row:
    outcome = str(contact.get_outcome_display())
    return Row(
        at=contact.happened_at,
        reference=contact.case.reference if contact.case else str(contact.uuid),
        url=f"/contacts/{contact.uuid}/",
        title=contact.title,
        customer=contact.customer.short_name if contact.customer else "",
        team=contact.team.name if contact.team else "",
        topic=_topic(contact.topic),
        channel=str(contact.get_channel_display()),
        person=contact.agent.short_name if contact.agent else "",
        led_by=frozenset(team.pk for team in contact.agent.teams.all()) if contact.agent else frozenset(),
        why=outcome,
        customer_id=contact.customer_id,
        note=contact.transferred_to,
    )


def _error(handover: Handover, now: datetime) -> Row:
    callback = handover.callback
    why = _t("Van %(start)s naar %(end)s") % {"start": handover.from_team.name, "end": handover.to_team.name}
    return Row(
        at=handover.at,
        reference=callback.reference,
        url=callback.get_absolute_url(),
        title=callback.title,
        customer=callback.contact.customer.short_name if callback.contact.customer else "",
        team=handover.from_team.name,
        topic=_topic(callback.contact.topic),
        channel=str(callback.contact.get_channel_display()),
        person=handover.by.short_name if handover.by else "",
        led_by=frozenset({handover.from_team_id}),
        why=why,
        customer_id=callback.contact.customer_id,
        note=handover.reason,
    )


def _topic(topic: Topic | None) -> str:
    return topic.name if topic else ""


def _short(moment: datetime) -> str:
    return date_format(localtime(moment), "D j b H:i")


KINDS: dict[str, tuple[Callable[[list[int]], dict[int, Any]], Callable[[Any, datetime], Row]]] = {
    "open": (_callbacks, _open),
    PROMISES.name: (_callbacks, _ended),
    QUESTIONS.name: (_contacts, _question),
    ERRORS.name: (_handovers, _error),
}

"""The timeline as it is read: each contact, or written conversation, as one entry with its words worked out once."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.paging import Place, encode, page
from accounts.phone import known_as
from accounts.templatetags.kcc import bounded, channel_icon, clock, day_heading, icon, late_by, time_left
from contacts.models import Channel, Contact, Customer, Direction, Outcome
from contacts.models.selection import CALLBACK

TEASER = 280  # characters of a text that are shown before it is opened
TELLING = 5  # letters from which on a word says what something is about
ANSWERED_BEFORE = re.compile(r"^\s*((re|fw|fwd|antw|betr|doorst)\s*:\s*)+", re.IGNORECASE)
TROUBLE = {  # with a message of ours, by how far it came; or it is still in the house
    "bounced": (_("Niet bezorgd"), "late"),
    "failed": (_("Niet bezorgd"), "late"),
    "uncertain": (_("Verzending onzeker"), "warn"),
    "delayed": (_("Nog niet bezorgd"), "warn"),
    "waiting": (_("Wordt verstuurd"), ""),
}
BADGE_ICONS = {"late": "clock-exclamation", "warn": "alert-triangle", "ok": "check"}


class Badge(NamedTuple):
    """A status: word, colour and icon together."""

    text: str
    kind: str = ""

    @property
    def icon(self) -> SafeString | str:
        return icon(BADGE_ICONS[self.kind]) if self.kind in BADGE_ICONS else ""


@dataclass(frozen=True)
class Chip:
    """A channel of which the timeline shows the contacts, or not; its address turns that round."""

    channel: str
    label: str
    count: int
    on: bool
    url: str

    @property
    def icon(self) -> str:
        return "phone-outgoing" if self.channel == CALLBACK else channel_icon(self.channel)


@dataclass(frozen=True)
class Entry:
    """One entry: a contact that was fetched with_details, with_thread and with_outcome, and what came of it."""

    contact: Contact
    day: str = ""  # the heading above the first of a day
    shown: bool = True  # not when only the callbacks of this contact were asked for
    callbacks: Sequence[Any] = ()

    @cached_property
    def thread(self) -> dict[str, Any]:
        return self.contact.thread or {}  # type: ignore[attr-defined]

    @cached_property
    def url(self) -> str:
        return reverse("contacts:contact", args=[self.contact.uuid])

    @property
    def icon(self) -> SafeString:
        return icon(channel_icon(self.contact))

    @property
    def clock(self) -> SafeString | str:
        return clock(self.contact.happened_at)

    @property
    def way(self) -> str:
        return str(Channel(self.contact.channel).label)

    @cached_property
    def title(self) -> str:
        return ANSWERED_BEFORE.sub("", self.thread.get("subject") or "") or self.contact.title

    @property
    def text(self) -> str:
        """Give how it begins: of a conversation what the citizen wrote last, not what we answered."""
        asked = self.thread.get("asked")
        text = " ".join((asked[1] if asked else self.contact.text[: 2 * TEASER]).split())
        return text if len(text) <= TEASER else text[: TEASER - 1].rstrip() + "…"

    @property
    def party(self) -> str:
        asked = self.thread.get("asked")
        return known_as(asked[0] if asked else self.contact.party)

    @property
    def unanswered(self) -> bool:
        """Say whether the citizen wrote last, and somebody still has to answer."""
        contact = self.contact
        waits = contact.closed_at is None and contact.direction == Direction.INBOUND and contact.is_written
        return waits and (contact.case is None or contact.case.closed_at is None)

    @cached_property
    def badges(self) -> list[Badge]:
        return list(self._badges())

    def _badges(self) -> Iterator[Badge]:
        contact, messages = self.contact, self.thread.get("messages", 1)
        if messages > 1:
            yield Badge(_t("%(n)s berichten") % {"n": bounded(messages)})
        if not contact.readable:
            yield Badge(_t("Niet leesbaar"), "warn")
        if contact.sent in TROUBLE:  # type: ignore[attr-defined]
            words, kind = TROUBLE[contact.sent]  # type: ignore[attr-defined]
            yield Badge(str(words), kind)
        if self.unanswered and contact.case and contact.case.due_at < timezone.now():
            yield Badge(late_by(contact.case.due_at), "late")
        if contact.case and self.opened:
            yield Badge(_t("Zaak %(reference)s") % {"reference": contact.case.reference}, "info")
        if contact.outcome == Outcome.CALLBACK:
            made = contact.callbacks.all()  # fetched with_outcome; a repeat call has none of its own
            yield Badge(_t("Terugbelverzoek gemaakt") if made else _t("Toegevoegd aan terugbelverzoek"))
        elif contact.outcome == Outcome.TRANSFERRED:
            yield Badge(_t("Doorverbonden"))
        elif contact.outcome == Outcome.BROKEN_OFF:
            yield Badge(_t("Verbroken"))

    @property
    def opened(self) -> bool:
        """Say whether this is what the case is about: what was written, or what could not be finished."""
        return self.contact.is_written or self.contact.outcome == Outcome.CASE

    @cached_property
    def meta(self) -> list[str]:
        """Give what else there is to know of it, in a few words each."""
        return [words for words in self._meta() if words]

    def _meta(self) -> Iterator[str]:
        contact = self.contact
        if contact.is_written:
            yield from self._correspondence()
        elif contact.channel == Channel.PHONE:
            yield f"{self.way}, {Direction(contact.direction).label}"
        else:
            yield self.way
        if contact.by_appointment:
            yield _t("op afspraak")
        if contact.topic and contact.subject and not _tells(self.title, contact.topic.name):
            yield str(contact.topic)
        if contact.agent and not contact.is_written:
            yield _by(contact)
        if contact.transferred_to:
            yield _t("naar %(name)s") % {"name": contact.transferred_to}
        yield contact.duration
        if contact.case and not self.opened:
            yield _t("Zaak %(reference)s") % {"reference": contact.case.reference}
        if files := self.thread.get("files"):
            yield ngettext("%(n)d bijlage", "%(n)d bijlagen", files) % {"n": files}
        yield from (title for _uuid, title in contact.articles)  # type: ignore[attr-defined]

    def _correspondence(self) -> Iterator[str]:
        """Give who wrote to whom, and whether that was answered."""
        contact = self.contact
        ours = contact.direction == Direction.OUTBOUND and "asked" in self.thread and self.thread["asked"] is None
        if self.party:
            yield (_t("Aan %(who)s") if ours else _t("Van %(who)s")) % {"who": self.party}
        else:
            yield self.way
        if self.unanswered:
            yield _t("Nog niet beantwoord")
            if contact.case and contact.case.due_at >= timezone.now():
                yield time_left(contact.case.due_at)
        elif contact.agent and contact.direction == Direction.OUTBOUND:
            words = _t("Verstuurd door %(name)s") if ours else _t("Beantwoord door %(name)s")
            yield words % {"name": contact.agent.short_name}
        elif contact.agent:
            yield _by(contact)


def _by(contact: Contact) -> str:
    """Give the colleague, with what the citizen got from them when that was the answer."""
    name = contact.agent.short_name if contact.agent else ""
    return _t("Direct beantwoord door %(name)s") % {"name": name} if contact.outcome == Outcome.ANSWERED else name


def _tells(title: str, topic: str) -> bool:
    """Say whether a title already has a telling word of the topic, so that the topic adds nothing."""
    said = title.lower()
    return any(word in said for word in topic.lower().split() if len(word) >= TELLING)


@dataclass(frozen=True)
class Timeline:
    """One page of what happened with a customer, and the channels it can be narrowed to."""

    entries: list[Entry]
    next: str
    chips: list[Chip]
    chosen: list[str]
    seen: str  # the moment of this page, for asking what came after it
    is_first: bool

    @classmethod
    def of(cls, customer: Customer, *, channels: list[str], before: Place | None, size: int) -> "Timeline":
        """Give the page after this place, of a customer that was fetched with_counts; of all channels for none."""
        chosen = [channel for channel in [*Channel.values, CALLBACK] if channel in channels]
        rows = customer.contacts.timeline(before=before, channels=chosen)
        rows = rows.threads(customer=customer.pk, channels=chosen).with_details().with_thread().with_outcome()
        found = page(rows, size=size, moment=lambda contact: contact.happened_at)
        chips = _chips(customer, chosen) if before is None else []
        shown = list(entries(found.rows, chosen=chosen, before=before))
        return cls(shown, found.next, chips, chosen, encode(timezone.now()), before is None)

    @property
    def more(self) -> str:
        """Give the query of the page after this one."""
        return "?" + "&".join([f"after={self.next}", *(f"channel={channel}" for channel in self.chosen)])


def entries(contacts: Iterable[Contact], *, chosen: Sequence[str] = (), before: Place | None = None) -> Iterator[Entry]:
    """Give these contacts as entries, the first of a day with its heading."""
    day = timezone.localtime(before[0]).date() if before else None
    for contact in contacts:
        new = timezone.localtime(contact.happened_at).date()
        callbacks = list(contact.callbacks.all()) if CALLBACK in (chosen or [CALLBACK]) else []
        shown = not chosen or contact.channel in chosen
        yield Entry(contact, day_heading(contact.happened_at) if new != day else "", shown, callbacks)
        day = new


def _chips(customer: Customer, chosen: list[str]) -> list[Chip]:
    """Give a chip for each channel that has contacts, with the address that adds it to the filter or takes it away."""
    counts: dict[str, int] = customer.channel_counts  # type: ignore[attr-defined]
    here = reverse("contacts:customer", args=[customer.uuid])
    labels = [*Channel.choices, (CALLBACK, _t("Terugbellen"))]
    return [
        Chip(channel, str(label), counts.get(channel, 0), channel in chosen, here + _toggled(chosen, channel))
        for channel, label in labels
        if channel in counts or channel in chosen
    ]


def _toggled(chosen: list[str], channel: str) -> str:
    """Give the query with this channel added, or without it when it was chosen."""
    after = [one for one in chosen if one != channel] if channel in chosen else [*chosen, channel]
    return "?" + "&".join(f"channel={one}" for one in after) if after else ""

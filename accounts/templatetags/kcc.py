"""What templates of every app need: icons, moments in words, and form controls with their labels."""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import phone as numbers
from accounts.models import office_hours

register = template.Library()

CONTROLS = {
    "Textarea": "utrecht-textarea utrecht-textarea--html-textarea",
    "Select": "utrecht-select utrecht-select--html-select",
    "LongSelect": "utrecht-select utrecht-select--html-select",
    "RevealingSelect": "utrecht-select utrecht-select--html-select",
    "CheckboxInput": "utrecht-custom-checkbox utrecht-custom-checkbox--html-input",
}
WORKING_DAY = 8 * 60  # minutes
LONG_LATE = 2 * WORKING_DAY  # from here on days say more than hours
TEXTBOX = "utrecht-textbox utrecht-textbox--html-input"


@register.simple_tag
@lru_cache(maxsize=500)
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """Give the icon from the sprite; decorative unless it gets a label."""
    href = f"{static('kcc/vendor/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="kcc-icon {}" role="img" aria-label="{}"><use href="{}"/></svg>', css, label, href
        )
    return format_html('<svg class="kcc-icon {}" aria-hidden="true"><use href="{}"/></svg>', css, href)


@register.filter
def control_with_focus(field: BoundField) -> SafeString:
    """Give the form control that a new page puts the cursor in."""
    field.field.widget.attrs["data-focus"] = ""
    return control(field)


@register.filter
def control(field: BoundField, placeholder: str = "") -> SafeString:
    """Give the form control with the design system's class and its hint and error tied to it."""
    widget = type(field.field.widget).__name__
    attributes: dict[str, Any] = {"class": CONTROLS.get(widget, TEXTBOX)}
    described = [f"{field.auto_id}_hint"] if field.help_text else []
    if field.errors:
        attributes["class"] += " utrecht-textbox--invalid" if widget not in CONTROLS else ""
        attributes["aria-invalid"] = "true"
        described.append(f"{field.auto_id}_error")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if placeholder:
        attributes["placeholder"] = placeholder
    return field.as_widget(attrs=attributes)


@register.filter
def day_heading(moment: datetime) -> str:
    """Give the heading of a day in the timeline: Gisteren, maandag 23 november."""
    local, today = timezone.localtime(moment), timezone.localdate()
    full = date_format(local, "l j F" if local.year == today.year else "l j F Y")
    distance = (today - local.date()).days
    if distance == 0:
        return _("Vandaag, %(day)s") % {"day": full}
    if distance == 1:
        return _("Gisteren, %(day)s") % {"day": full}
    return full[:1].upper() + full[1:]


def _time_tag(moment: datetime, text: str) -> SafeString:
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(), date_format(local, "l j F Y H:i"), text
    )


@register.filter
def clock(moment: datetime | None) -> SafeString | str:
    """Give the time of day: 10:42."""
    return _time_tag(moment, date_format(timezone.localtime(moment), "H:i")) if moment else ""


@register.filter
def moment(value: datetime | str | None) -> SafeString | str:
    """Give a moment as lists show it: vandaag 10:42, gisteren 16:05, di 24 nov 10:42; an event keeps it as text."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if value else None
    if value is None:
        return ""
    local, today = timezone.localtime(value), timezone.localdate()
    near = {0: _("vandaag"), 1: _("morgen"), -1: _("gisteren")}.get((local.date() - today).days)
    if near:
        return _time_tag(value, f"{near} {local:%H:%M}")
    return _time_tag(value, date_format(local, _("D j b H:i") if local.year == today.year else _("j b Y H:i")))


@register.filter
def hour(value: datetime | None) -> SafeString | str:
    """Give a moment of today by its time alone, another with its day: 10:42, gisteren 16:05."""
    is_today = value is not None and timezone.localtime(value).date() == timezone.localdate()
    return clock(value) if is_today else moment(value)


@register.filter
def promised(value: datetime | None) -> SafeString | str:
    """Give a moment with its day in full, for reading aloud: donderdag 26 november 10:45."""
    return _time_tag(value, date_format(timezone.localtime(value), "l j F H:i")) if value else ""


@register.filter
def day(value: datetime | None) -> SafeString | str:
    """Give the date alone: 2 nov 2026."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return _time_tag(value, date_format(timezone.localtime(value), _("j b Y")))
    return date_format(value, _("j b Y"))


def duration(span: timedelta) -> str:
    """Give a length of clock time: 2 u 12 min, 28 min, 3 dagen."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    if minutes < 24 * 60:
        return _("%(h)d u %(m)02d min") % {"h": minutes // 60, "m": minutes % 60}
    days = minutes // (24 * 60)
    return ngettext("%(n)d dag", "%(n)d dagen", days) % {"n": days}


@register.filter
def stopwatch(span: timedelta | None) -> str:
    """Give a length of time as a running clock shows it: 03:42, 1:03:42."""
    seconds = max(0, int(span.total_seconds())) if span else 0
    hours, minutes = seconds // 3600, seconds // 60 % 60
    clock = f"{minutes:02d}:{seconds % 60:02d}"
    return f"{hours}:{clock}" if hours else clock


def over_time(due_at: datetime, seen: datetime) -> str:
    """Give how late it was at a moment: by the clock on the day itself, in working time after that (2 u 12 min)."""
    if timezone.localtime(due_at).date() == timezone.localtime(seen).date():
        return duration(seen - due_at)
    minutes = office_hours().minutes_between(due_at, seen)
    if minutes < LONG_LATE:
        return duration(timedelta(minutes=minutes))
    days = int(minutes // WORKING_DAY)
    return ngettext("%(n)d werkdag", "%(n)d werkdagen", days) % {"n": days}


@register.filter
def late_by(due_at: datetime) -> str:
    """Give how late it is in words: 2 u 12 min te laat."""
    return _("%(time)s te laat") % {"time": overtime(due_at)}


@register.filter
def overtime(due_at: datetime) -> str:
    return over_time(due_at, timezone.now())


@register.filter
def time_left(due_at: datetime) -> str:
    """Give what is left: clock time today, working hours or days after that."""
    now = timezone.now()
    if timezone.localtime(due_at).date() == timezone.localdate():
        return _("nog %(time)s") % {"time": duration(due_at - now)}
    hours_open = office_hours()
    minutes = hours_open.minutes_between(now, due_at)
    if not minutes and not hours_open.works_on(timezone.localtime(due_at).date()):
        return _("sluitingsdag")
    if minutes < 60:
        return _("nog %(n)d min werktijd") % {"n": minutes}
    hours = round(minutes / 60)
    if hours * 60 < LONG_LATE:
        return ngettext("nog %(n)d werkuur", "nog %(n)d werkuren", hours) % {"n": hours}
    days = hours * 60 // WORKING_DAY
    return ngettext("nog %(n)d werkdag", "nog %(n)d werkdagen", days) % {"n": days}


@register.filter
def is_past(value: datetime) -> bool:
    return value < timezone.now()


@register.filter
def known_as(value: str) -> str:
    """Show who the other side of a contact is, in its party, as people read it."""
    return numbers.known_as(value or "")


@register.filter
def phone(value: str) -> str:
    """Give a stored number as the Dutch read it."""
    return numbers.display(value)


@register.filter
def initials(person: Any) -> str:
    return person.initials if person else ""


@register.filter
def bounded(count: int, limit: int = 99) -> str:
    """Give a count that was only counted up to a limit: 99+."""
    return f"{limit}+" if count > limit else str(count)


BOLD = re.compile(r"\*\*(.+?)\*\*")


@register.filter
def stars(text: str) -> SafeString:
    """Give text in which **words** between stars are bold, and nothing else is markup."""
    parts = BOLD.split(text)
    pieces = (
        (format_html("<strong>{}</strong>", part) if place % 2 else conditional_escape(part),)
        for place, part in enumerate(parts)
    )
    return format_html_join("", "{}", pieces)


@register.filter
def marked(text: str) -> SafeString:
    """Give a search passage in which what stands between the markers of the search is marked as a hit."""
    pieces = []
    for place, part in enumerate(re.split(r"[\x02\x03]", text)):
        pieces.append((format_html("<mark>{}</mark>", part) if place % 2 else conditional_escape(part),))
    return format_html_join("", "{}", pieces)


CHANNEL_ICONS = {
    "phone": "phone", "email": "mail", "desk": "building-community", "social": "message-circle",
    "web": "world", "chat": "message-2", "post": "mailbox",
}  # fmt: skip

NETWORK_ICONS = {
    "facebook": "brand-facebook", "messenger": "brand-facebook", "instagram": "brand-instagram",
    "whatsapp": "brand-whatsapp", "mastodon": "brand-mastodon", "bluesky": "brand-bluesky", "x": "brand-x",
}  # fmt: skip


@register.filter
def channel_icon(contact: Any) -> str:
    """Give the icon name for a contact or case, or for the name of a channel; a call says which way it went."""
    if isinstance(contact, str):
        return CHANNEL_ICONS.get(contact, "message-circle")
    if contact.channel == "phone":
        return "phone-outgoing" if getattr(contact, "direction", "in") == "out" else "phone-incoming"
    if contact.channel == "social" and contact.network in NETWORK_ICONS:
        return NETWORK_ICONS[contact.network]
    return CHANNEL_ICONS.get(contact.channel, "message-circle")

"""The question who calls back, as a form field."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.choices import CallableChoiceIterator
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from accounts.widgets import Hinted, LongSelect
from callbacks.models import Addressee, Burden
from callbacks.models.presence import present


class AddresseeField(forms.CharField):
    """A team or a person in it. Its list holds all teams and the people of one; a search finds the others."""

    widget = LongSelect
    default_error_messages = {"unknown": _("Kies een afdeling of medewerker uit de lijst.")}

    def __init__(self, **kwargs: Any) -> None:
        self.near: Team | None = None
        super().__init__(**kwargs)

    def offer(self, near: Team | None, *, chosen: Callable[[], Any], blank: "str | Promise") -> None:
        """Put the people of one team and all teams in the list, and whoever was chosen before."""
        self.near = near
        assert isinstance(self.widget, forms.Select)
        self.widget.choices = CallableChoiceIterator(cache(lambda: _offered(near, chosen(), blank)))

    def clean(self, value: Any) -> Addressee | None:
        text = super().clean(value)
        found = Addressee.find(text, prefer=self.near) if text else None
        if text and found is None:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        return found


def _offered(near: Team | None, chosen: object, blank: "str | Promise") -> list[tuple[Any, Any]]:
    people, teams = Addressee.people(near) if near else [], Addressee.teams()
    listed = {one.value for one in people + teams}
    meant = Addressee.find(chosen, prefer=near) if isinstance(chosen, str) and chosen else None
    if meant and meant.value not in listed:
        people.append(meant)
    acting = stand_in(meant) if meant else None
    if acting and acting.value not in listed:
        people.append(acting)
    described = described_people(people)
    groups = [(near.name if near else _("Medewerkers"), described), (_("Afdelingen"), [(one, "") for one in teams])]
    return [
        ("", blank),
        *((name, [(one.value, Hinted(str(one), hint)) for one, hint in group]) for name, group in groups if group),
    ]


def stand_in(who: Addressee) -> Addressee | None:
    """Give who does the work of somebody who is away now: a substitute, or else the department; None who is there."""
    if who.person is None:
        return None
    acting = Addressee(*present(who.team, who.person, now=timezone.now()))
    return None if acting.person == who.person else acting


def described_people(people: list[Addressee]) -> list[tuple[Addressee, str]]:
    """Give each with what they have to do and until when they are away, in words; three queries, however many."""
    burdens = Addressee.burdens([one.person for one in people if one.person], now=timezone.now()) if people else {}
    return [(one, burden_words(burdens.get(one.person.pk)) if one.person else "") for one in people]


def burden_words(burden: Burden | None) -> str:
    """Give what somebody has to do and until when they are away, in words: 4 open, afwezig tot 26 nov."""
    if burden is None:
        return ""
    words = [_t("%(n)d open") % {"n": burden.open}]
    if burden.is_away:
        words.append(away_words(burden))
    return ", ".join(words)


def away_words(burden: Burden) -> str:
    if burden.away_until is None:
        return _t("afwezig")
    until = timezone.localtime(burden.away_until)
    return _t("afwezig tot %(day)s") % {"day": date_format(until, _t("j b"))}

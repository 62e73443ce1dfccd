"""The question who calls back, as a form field."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.choices import CallableChoiceIterator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from accounts.widgets import LongSelect
from callbacks.models import Addressee


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
    known = {one.value for one in people + teams}
    if isinstance(chosen, str) and chosen not in known and (other := Addressee.find(chosen, prefer=near)):
        people.append(other)
    groups = [(near.name if near else _("Medewerkers"), people), (_("Afdelingen"), teams)]
    return [("", blank), *((name, [(one.value, str(one)) for one in group]) for name, group in groups if group)]

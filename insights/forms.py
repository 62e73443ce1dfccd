"""What a board and its lists are asked to show; what cannot be read is no filter."""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from accounts.uuids import as_uuid
from contacts.models import Channel
from insights.lists import WHATS
from insights.scope import DEFAULT, PERIODS
from knowledge.models import Place
from knowledge.models.usefulness import FIGURES

SORTS = [*FIGURES, *(f"-{name}" for name in FIGURES)]  # the most first, or the least
NONE = "none"  # the row of a table for what has no team or topic


@dataclass(frozen=True)
class Chosen:
    """What an address asks for; a team or topic is its uuid, or NONE."""

    period: str
    week: str
    team: UUID | str | None
    channel: str
    topic: UUID | str | None
    to: UUID | None
    person: UUID | None


class BoardForm(forms.Form):
    """Period, team, channel and topic, and for a list the person or the team something went to."""

    period = forms.ChoiceField(choices=PERIODS.items(), required=False)
    week = forms.CharField(required=False, max_length=8)
    team = forms.CharField(required=False, max_length=36)
    channel = forms.ChoiceField(choices=Channel, required=False)
    topic = forms.CharField(required=False, max_length=36)
    to = forms.UUIDField(required=False)
    person = forms.UUIDField(required=False)

    def chosen(self) -> Chosen:
        """Give what was asked for; a filter that means nothing takes no other with it."""
        self.is_valid()
        data = self.cleaned_data
        return Chosen(
            period=data.get("period") or DEFAULT,
            week=data.get("week") or "",
            team=_uuid(data.get("team")),
            channel=data.get("channel") or "",
            topic=_uuid(data.get("topic")),
            to=data.get("to"),
            person=data.get("person"),
        )


class KnowledgeForm(forms.Form):
    """Period, place and order of the board of the knowledge base, and for a list its figure and the same words."""

    period = forms.ChoiceField(choices=PERIODS.items(), required=False)
    week = forms.CharField(required=False, max_length=8)
    place = forms.ChoiceField(choices=Place, required=False)
    sort = forms.ChoiceField(choices=[(name, name) for name in SORTS], required=False)
    what = forms.CharField(required=False, max_length=20)
    like = forms.UUIDField(required=False)

    def chosen(self, name: str, otherwise: str = "") -> str:
        """Give what was asked for; what means nothing takes no other with it."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or otherwise)


class WallboardForm(forms.Form):
    """Where a new wallboard hangs, and whose figures it shows."""

    team = forms.ModelChoiceField(
        Team.objects.filter(closed_at=None),
        label=_("Afdeling"),
        to_field_name="uuid",
        empty_label=_("Kies een afdeling"),
    )
    name = forms.CharField(label=_("Waar hangt het"), max_length=80)


def figure(query: QueryDict) -> str | None:
    """Give the figure whose list was asked for, None when there is none of that name."""
    what = query.get("what", "")
    return what if what in WHATS else None


def _uuid(text: str | None) -> UUID | str | None:
    return text if text == NONE else as_uuid(text)

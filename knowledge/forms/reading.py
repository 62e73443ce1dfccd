"""Reading lists: what they are called and for whom, which articles, and who gets them."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import Stamped, UuidChoiceField
from accounts.models import Role, Team, User
from accounts.widgets import Hinted, LongSelect
from knowledge.forms.reader import Typed
from knowledge.models import Article, ReadingList

LONGEST = 2000
AHEAD = timedelta(days=366)


class ReadingListForm(Stamped):
    """What a reading list is called and for which team it is; for everybody only when an editor makes it."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(max_length=150, label=_("Titel"))
    text = forms.CharField(
        max_length=LONGEST,
        required=False,
        label=_("Toelichting"),
        help_text=_("Wat moet een nieuwe collega hierover weten?"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    team = UuidChoiceField(
        Team.objects.none(),
        required=False,
        label=_("Afdeling"),
        empty_label=_("Voor alle afdelingen"),
        error_messages={"invalid_choice": _("Kies een afdeling uit de lijst.")},
    )

    def __init__(self, data: Any = None, *, by: User, known: ReadingList | None = None) -> None:
        self.list = known
        super().__init__(data, initial=self.known() or {"key": uuid4()})
        field = self.fields["team"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = teams_of(by, known.team if known else None)
        if not by.has_role(Role.EDITOR):
            field.required, field.empty_label = True, _("Kies een afdeling")
            field.error_messages["required"] = _("Kies een afdeling.")

    def clean(self) -> dict[str, Any]:
        self.check_stamp()
        return self.cleaned_data

    def known(self) -> dict[str, Any]:
        """Give what is kept now, for the stamp."""
        if self.list is None:
            return {}
        team = self.list.team
        return {"title": self.list.title, "text": self.list.text, "team": team.uuid if team else ""}

    def save(self) -> ReadingList:
        """Give the list with these words: a new one, or the one that was changed."""
        data = self.cleaned_data
        words = {name: data[name] for name in ("title", "text", "team")}
        if self.list is None:
            return ReadingList.begin(key=data["key"] or uuid4(), **words)
        self.list.change(**words)
        return self.list


class ArticleForm(forms.Form):
    """Which article on a list is meant."""

    article = UuidChoiceField(Article.objects.none())

    def __init__(self, data: Any, *, articles: "QuerySet[Article]") -> None:
        super().__init__(data)
        field = self.fields["article"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = articles


class ReadForm(forms.Form):
    """Which version of an article a colleague says to have read: the one on their page."""

    version = forms.IntegerField(min_value=1)


class SearchArticlesForm(forms.Form):
    """What is typed to find an article for a list."""

    q = Typed(required=False, label=_("Artikel zoeken"))

    @property
    def query(self) -> str:
        """Give what was typed, at most 200 characters; empty when that cannot be searched for."""
        return str(self.cleaned_data.get("q", ""))[:200] if self.is_valid() else ""


class PersonChoice(UuidChoiceField):
    """A colleague, by uuid, from a list that may be long."""

    widget = LongSelect

    def label_from_instance(self, obj: Any) -> str:
        return Hinted(obj.name, ", ".join(team.name for team in obj.teams.all()))


class GiveForm(forms.Form):
    """Who gets a list, one colleague or a whole team, and by when it should be read."""

    person = PersonChoice(
        User.objects.none(),
        required=False,
        label=_("Collega"),
        empty_label=_("Kies een collega"),
        error_messages={"invalid_choice": _("Kies een collega uit de lijst.")},
    )
    team = UuidChoiceField(
        Team.objects.none(),
        required=False,
        label=_("Of een hele afdeling"),
        empty_label=_("Kies een afdeling"),
        error_messages={"invalid_choice": _("Kies een afdeling uit de lijst.")},
    )
    due_on = forms.DateField(
        required=False,
        label=_("Lezen vóór"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Dit is geen datum. Bijvoorbeeld 24-11-2026.")},
    )

    def __init__(self, data: Any = None, *, by: User, known: ReadingList) -> None:
        super().__init__(data)
        self.known, self.by = known, by
        person, team = self.fields["person"], self.fields["team"]
        assert isinstance(person, forms.ModelChoiceField)
        assert isinstance(team, forms.ModelChoiceField)
        team.queryset = Team.objects.filter(pk=known.team_id) if known.team_id else teams_of(by)
        members = User.teams.through.objects.filter(team__in=teams_of(by))
        people = User.objects.filter(is_active=True, pk__in=members.values("user"))
        person.queryset = people.prefetch_related("teams").order_by("last_name", "first_name", "pk")

    def clean_due_on(self) -> date | None:
        day: date | None = self.cleaned_data["due_on"]
        today = timezone.localdate()
        if day is not None and not today <= day <= today + AHEAD:
            raise forms.ValidationError(_("Kies een dag vanaf vandaag, binnen een jaar."))
        return day

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.errors and not data.get("person") and not data.get("team"):
            self.add_error("person", _("Kies een collega of een afdeling."))
        return data

    def save(self) -> int:
        """Give the list; say how many colleagues did not have it yet."""
        data = self.cleaned_data
        people = [data["person"]] if data["person"] else []
        if data["team"]:
            people += list(data["team"].members.filter(is_active=True))
        return self.known.give(people, due_on=data["due_on"], by=self.by)


class TakeBackForm(forms.Form):
    """From whom a list is taken back: one of its readers."""

    person = UuidChoiceField(User.objects.none())

    def __init__(self, data: Any, *, known: ReadingList) -> None:
        super().__init__(data)
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.filter(pk__in=known.readers.values("user"))


def teams_of(user: User, known: Team | None = None) -> "QuerySet[Team]":
    """Give the open teams this colleague makes lists for: editors all, a team lead the own; and the one it has."""
    teams = Team.objects.filter(closed_at=None)
    teams = teams if user.has_role(Role.EDITOR) else teams.filter(pk__in=user.team_ids)
    return teams if known is None else teams | Team.objects.filter(pk=known.pk)

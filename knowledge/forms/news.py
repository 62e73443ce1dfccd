"""What colleagues must know: how one looks through it, and how it is written."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import Stamped, UuidChoiceField
from accounts.forms.absence import moment_field
from accounts.models import Role, Team, User
from accounts.uuids import as_uuid
from accounts.widgets import LongSelect
from knowledge.forms.reader import Typed, Uuids
from knowledge.models import Article, Bulletin, BulletinKind

LONGEST = 5000
MOST_OFFERED = 30  # articles to choose from before anything is typed
AHEAD = timedelta(days=366)
WRITTEN = [BulletinKind.NEWS, BulletinKind.INSTRUCTION, BulletinKind.DISRUPTION]


def writes_news(user: User) -> bool:
    """Say whether this colleague writes bulletins: editors for everybody, team leads for their teams."""
    return user.has_role(Role.EDITOR) or (user.leads and bool(user.team_ids))


class NewsFilter(forms.Form):
    """Which bulletins to show; what does not exist is no filter."""

    q = Typed(required=False, label=_("Zoek in Wat is nieuw"))
    kind = Typed(required=False)
    show = Typed(required=False)

    @property
    def words(self) -> str:
        """Give what is searched for, at most 200 characters."""
        return str(self.cleaned_data.get("q", ""))[:200]

    @property
    def chosen_kind(self) -> str:
        """Give the kind that is shown, empty for all."""
        kind = str(self.cleaned_data.get("kind", ""))
        return kind if kind in BulletinKind.values else ""

    @property
    def only_unread(self) -> bool:
        """Say whether only what is unread is shown."""
        return bool(self.cleaned_data.get("show", "") == "unread")


class Teams(Uuids):
    """Departments, ticked by their uuids."""

    widget = forms.CheckboxSelectMultiple


class ArticleField(UuidChoiceField):
    """One article by its uuid; the list offers those that were changed last, the rest is searched."""

    widget = LongSelect

    def __init__(self, **options: Any) -> None:
        super().__init__(Article.objects.none(), **options)

    def offer(self, articles: "QuerySet[Article]", chosen: str) -> None:
        """Let any of these be chosen, and show a few of them beside the one that was."""
        self.queryset = articles
        shown = list(articles.order_by("-changed_at")[:MOST_OFFERED])
        if chosen and all(str(one.uuid) != chosen for one in shown):
            shown += [one for one in [self._known(articles, chosen)] if one is not None]
        self.choices = [("", self.empty_label or ""), *((str(one.uuid), one.title) for one in shown)]

    def _known(self, articles: "QuerySet[Article]", chosen: str) -> Article | None:
        uuid = as_uuid(chosen)
        return articles.filter(uuid=uuid).first() if uuid else None


class BulletinForm(Stamped):
    """What a bulletin says, to whom, and from when until when."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        choices=[(kind.value, kind.label) for kind in WRITTEN],
        widget=forms.RadioSelect,
        initial=BulletinKind.NEWS,
        label=_("Soort"),
        error_messages={"invalid_choice": _("Kies een soort uit de lijst.")},
    )
    title = forms.CharField(max_length=150, label=_("Titel"))
    text = forms.CharField(
        max_length=LONGEST,
        required=False,
        label=_("Tekst"),
        help_text=_("Laat een regel leeg voor een nieuwe alinea. Een webadres wordt vanzelf een link."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    article = ArticleField(
        required=False,
        label=_("Kennisartikel"),
        empty_label=_("Geen"),
        error_messages={"invalid_choice": _("Kies een artikel uit de lijst.")},
    )
    teams = Teams(Team.objects.none(), to_field_name="uuid", required=False, label=_("Afdelingen"))
    important = forms.BooleanField(
        required=False,
        label=_("Belangrijk"),
        help_text=_("Collega’s moeten bevestigen dat ze dit gelezen hebben. Jij ziet wie dat deed."),
    )
    starts_at = moment_field(_("Vanaf"), _("Leeg: nu."))
    ends_at = moment_field(_("Tot"), _("Leeg: tot je het bericht intrekt of de storing voorbij is."))

    def __init__(self, data: Any = None, *, by: User, bulletin: Bulletin | None = None, article: str = "") -> None:
        self.by, self.bulletin = by, bulletin
        self.for_all = by.has_role(Role.EDITOR)
        fresh = {"key": uuid4(), "article": article, "teams": [] if self.for_all else self._own()}
        super().__init__(data, initial=known(bulletin) if bulletin else fresh)
        teams, articles = self.fields["teams"], self.fields["article"]
        assert isinstance(teams, forms.ModelMultipleChoiceField)
        assert isinstance(articles, ArticleField)
        teams.queryset = self._teams()
        teams.help_text = _("Niets aangevinkt: voor iedereen.") if self.for_all else ""
        teams.required = not self.for_all
        teams.error_messages["required"] = _("Kies voor welke afdelingen dit is.")
        articles.offer(Article.objects.published().with_card(), str(self["article"].value() or ""))
        if bulletin is not None and bulletin.version_id is not None:
            del self.fields["kind"], self.fields["article"]  # it tells of this change of this article

    def _own(self) -> list[str]:
        """Give the teams of who writes: a bulletin of a team lead is for those, unless they say otherwise."""
        return [str(uuid) for uuid in self._teams().values_list("uuid", flat=True)]

    def _teams(self) -> "QuerySet[Team]":
        """Give the teams to choose from: open ones, and those the bulletin is for already."""
        mine = Q(closed_at=None) if self.for_all else Q(closed_at=None, pk__in=self.by.team_ids)
        kept = Q(pk__in=self.bulletin.teams.values("pk")) if self.bulletin else Q(pk=None)
        return Team.objects.filter(mine | kept).order_by("-is_kcc", "name")

    def clean_starts_at(self) -> datetime:
        now = timezone.now()
        begun = self.bulletin.starts_at if self.bulletin else now
        start: datetime = self.cleaned_data["starts_at"] or begun
        if self.bulletin and minute(start) == minute(self.bulletin.starts_at):
            return self.bulletin.starts_at
        if start > now + AHEAD or start < now - AHEAD:
            raise forms.ValidationError(_("Kies een moment binnen een jaar."))
        return start

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        start, end = data.get("starts_at"), data.get("ends_at")
        if start and end and end <= start:
            self.add_error("ends_at", _("Het einde moet na het begin liggen."))
        elif end and end <= timezone.now() and not (self.bulletin and self.bulletin.ends_at):
            self.add_error("ends_at", _("Dit moment is al voorbij."))
        elif end and end > timezone.now() + 3 * AHEAD:
            self.add_error("ends_at", _("Kies een moment binnen drie jaar."))
        self.check_stamp()
        return data

    def known(self) -> Any:
        """Give what is kept now, for the stamp."""
        return known(self.bulletin) if self.bulletin else {}

    def save(self) -> Bulletin:
        """Write the bulletin, or change the one this form began with."""
        words = {name: value for name, value in self.cleaned_data.items() if name not in ("key", "stamp", "teams")}
        words["starts_at"] = words.get("starts_at") or timezone.now()
        teams = self.cleaned_data["teams"]
        if self.bulletin is None:
            return Bulletin.write(key=self.cleaned_data["key"] or uuid4(), by=self.by, teams=teams, **words)
        self.bulletin.change(teams=teams, **words)
        return self.bulletin


def minute(value: datetime) -> datetime:
    """Give a moment without its seconds, as a form shows it."""
    return value.replace(second=0, microsecond=0)


def known(bulletin: Bulletin) -> dict[str, Any]:
    """Give what a bulletin says, as its form shows it."""
    return {
        "kind": bulletin.kind,
        "title": bulletin.title,
        "text": bulletin.text,
        "article": bulletin.article.uuid if bulletin.article else "",
        "teams": sorted(str(team.uuid) for team in bulletin.teams.all()),
        "important": bulletin.important,
        "starts_at": bulletin.starts_at,
        "ends_at": bulletin.ends_at,
    }

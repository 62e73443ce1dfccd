"""What editors and owners fill in to keep the knowledge base right."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import Stamped, UuidChoiceField
from accounts.models import Team, User, open_teams
from accounts.uuids import as_uuid
from knowledge.forms.reader import Typed, Uuids
from knowledge.models import Article, ArticleQuerySet, Editorial

NOBODY = "none"
LONGEST_ANSWER = 2000
FIELDS = ["four_eyes", "review_months", "notice_days", "feedback_days"]


class NarrowForm(forms.Form):
    """A list of the editors narrowed to a team or to who vouches for it; a filter that does not exist is no filter."""

    team = Typed(required=False)
    person = Typed(required=False)

    def narrowed(self) -> dict[str, Any]:
        """Give the filters as a work list takes them."""
        self.is_valid()
        team, person = self.cleaned_data.get("team"), self.cleaned_data.get("person")
        found: dict[str, Any] = {"nobody": person == NOBODY}
        if uuid := as_uuid(team):
            found["team"] = next((one for one in open_teams() if one.uuid == uuid), None)
        if uuid := as_uuid(person):
            found["person"] = User.objects.filter(uuid=uuid).first()
        return found


class CheckedForm(forms.Form):
    """The articles that were ticked as checked."""

    chosen = Uuids(Article.objects.none(), to_field_name="uuid", label=_("Artikelen"))

    def __init__(self, data: Any, *, articles: ArticleQuerySet) -> None:
        super().__init__(data)
        field = self.fields["chosen"]
        assert isinstance(field, Uuids)
        field.queryset = articles


class HandleForm(forms.Form):
    """What was done with what somebody said of an article."""

    answer = forms.CharField(
        label=_("Wat heb je gedaan?"),
        help_text=_("Wie het meldde, leest dit antwoord."),
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OwnerForm(forms.Form):
    """Who vouches for an article from now on."""

    owner = UuidChoiceField(User.objects.none(), label=_("Nieuwe eigenaar"), empty_label=_("Kies een collega"))

    def __init__(self, data: Any = None, *, article: Article) -> None:
        super().__init__(data)
        field = self.fields["owner"]
        assert isinstance(field, UuidChoiceField)
        others = User.objects.filter(is_active=True, teams__closed_at=None, teams__isnull=False).distinct()
        field.queryset = others.exclude(articles=article).order_by("last_name", "first_name", "pk")


class AnsweredForm(forms.Form):
    """The article that answers already what was asked."""

    article = UuidChoiceField(Article.objects.none(), label=_("Artikel"))

    def __init__(self, data: Any = None, *, readable: ArticleQuerySet) -> None:
        super().__init__(data)
        field = self.fields["article"]
        assert isinstance(field, UuidChoiceField)
        field.queryset = readable


class RefuseForm(forms.Form):
    """Why no article comes."""

    answer = forms.CharField(
        label=_("Waarom niet?"),
        help_text=_("Wie erom vroeg, leest dit."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class EditorialForm(Stamped, forms.ModelForm):
    """How this office keeps its knowledge."""

    class Meta:
        model = Editorial
        fields = FIELDS
        labels = {
            "four_eyes": _("Een collega keurt elk artikel goed voordat het wordt gepubliceerd"),
            "review_months": _("Een artikel opnieuw controleren na (maanden)"),
            "notice_days": _("Waarschuwen, zoveel dagen van tevoren"),
            "feedback_days": _("Een melding behandelen binnen (werkdagen)"),
        }
        help_texts = {
            "four_eyes": _("Twee collega’s kijken: wie het aanbiedt en wie het goedkeurt."),
            "review_months": _("Geldt vanaf de volgende controle of publicatie."),
            "notice_days": _("Voor een controle, en voor het einde van de geldigheid."),
            "feedback_days": _("Voor meldingen van nu af aan: wat al open staat houdt zijn termijn."),
        }

    def known(self) -> Any:
        """Give what is kept now, for the stamp."""
        return list(Editorial.objects.order_by("pk").values(*FIELDS))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_stamp()
        return data


def teams_of(user: User, *, edits: bool) -> list[Team]:
    """Give the teams a colleague may narrow a list to."""
    return [team for team in open_teams() if edits or team.pk in user.team_ids]

"""What people type when they look for an article, and which articles they used."""

from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.uuids import as_uuid
from contacts.forms import Part
from contacts.forms.customer import without_bsn
from contacts.forms.part import WordsField
from contacts.models import Contact, Draft, Topic
from knowledge.masking import mask
from knowledge.models import Article, ArticleQuerySet
from knowledge.models.article import Audience, Kind, Language
from knowledge.ongoing import KNOWN, as_list, linked

MOST_TICKED = 20  # articles shown as used in one contact
LONGEST_QUESTION = 400


class Typed(forms.CharField):
    """Text from a search field: whatever it holds, it is no error."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value.replace("\0", " ") if isinstance(value, str) else value))


class Uuids(forms.ModelMultipleChoiceField):
    """Several rows by their uuid; what is no uuid is as wrong as one that does not exist."""

    default_error_messages = {"invalid_choice": _("Ongeldige keuze"), "invalid_pk_value": _("Ongeldige keuze")}

    def _check_values(self, value: Any) -> Any:
        wrong = self.error_messages["invalid_choice"]
        uuid = forms.UUIDField(error_messages={"invalid": wrong, "required": wrong})
        return super()._check_values([uuid.clean(one) for one in value])  # type: ignore[misc]


class SearchForm(forms.Form):
    """A question, and the part of the knowledge base to look in; a filter that does not exist is no filter."""

    class State(TextChoices):
        """The states of an article one may narrow to."""

        PUBLIC = "public", _("Openbaar")
        INTERNAL = "internal", _("Intern")
        OVERDUE = "overdue", _("Controle verlopen")

    AUDIENCES = [(one.value, one.label) for one in (Audience.CITIZENS, Audience.BUSINESSES)]
    FILTERS = ("topic", "audience", "kind", "state", "language")

    q = Typed(required=False, label=_("Zoek in de kennisbank"))
    topic = forms.ModelChoiceField(
        Topic.objects.filter(parent=None, closed_at=None).order_by("name"),
        to_field_name="uuid",
        required=False,
        label=_("Onderwerp"),
        empty_label=_("Alle"),
    )
    audience = forms.ChoiceField(choices=[("", _("Alle")), *AUDIENCES], required=False, label=_("Doelgroep"))
    kind = forms.ChoiceField(choices=[("", _("Alle")), *Kind.choices], required=False, label=_("Soort"))
    state = forms.ChoiceField(choices=[("", _("Alle")), *State.choices], required=False, label=_("Status"))
    language = forms.ChoiceField(choices=[("", _("Alle")), *Language.choices], required=False, label=_("Taal"))
    chain = forms.UUIDField(required=False)  # what is asked on one page, one question after the other
    typing = forms.BooleanField(required=False)  # somebody is still typing: what takes longer can wait

    def __init__(self, data: Any, *, languages: list[str]) -> None:
        super().__init__(data)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Alle")), *(one for one in Language.choices if one[0] in languages)]
        if len(languages) < 2:
            del self.fields["language"]
        self.full_clean()

    @property
    def query(self) -> str:
        """Give what was typed."""
        return str(self.cleaned_data["q"])

    @cached_property
    def page(self) -> UUID:
        """Give what the questions on this page have in common."""
        return self.cleaned_data.get("chain") or uuid4()

    @property
    def topic_chosen(self) -> Topic | None:
        """Give the topic or theme the list is narrowed to, None for all."""
        return self.cleaned_data.get("topic")

    @cached_property
    def chosen(self) -> dict[str, str]:
        """Give the filters that were chosen, as an address has them."""
        values = {name: self.cleaned_data.get(name) for name in self.FILTERS if name in self.fields}
        return {name: str(getattr(value, "uuid", value)) for name, value in values.items() if value}

    @cached_property
    def shown_query(self) -> str:
        """Give the question as it may stand in an address: without what is personal in it."""
        return mask(self.query)

    @property
    def address(self) -> str:
        """Give the part of an address that asks for this again."""
        return self._address(self.chosen)

    @property
    def facets(self) -> "list[tuple[forms.BoundField, str, str]]":
        """Give each filter with what was chosen in it, and the address without that."""
        fields = [self[name] for name in self.FILTERS if name in self.fields]
        return [(field, self.chosen.get(field.name, ""), self._without(field.name)) for field in fields]

    @property
    def unfiltered(self) -> str:
        """Give the address that asks the same everywhere."""
        return self._address({})

    def _without(self, name: str) -> str:
        return self._address({other: value for other, value in self.chosen.items() if other != name})

    def _address(self, chosen: dict[str, str]) -> str:
        asked = ({"q": self.shown_query} if self.query else {}) | chosen
        return f"?{urlencode(asked)}" if asked else ""

    def narrow(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        """Give those of the articles that the filters let through."""
        chosen = self.cleaned_data
        found = articles.of_kind(chosen.get("kind", "")).in_state(chosen.get("state", ""))
        found = found.for_audience(chosen.get("audience", "")).in_language(chosen.get("language", ""))
        return found.about(self.topic_chosen) if self.topic_chosen else found


class PanelForm(forms.Form):
    """What the help panel beside the registration form asks for: a question, the chosen topic, the article to open.

    What was typed in the registration form is a question too, where none was asked.
    """

    q = Typed(required=False)
    text = Typed(required=False)
    topic = forms.ModelChoiceField(Topic.objects.all(), to_field_name="uuid", required=False)
    open = forms.UUIDField(required=False)
    chain = forms.UUIDField(required=False)
    typing = forms.BooleanField(required=False)

    @property
    def asks(self) -> bool:
        """Say whether somebody asks something here, and is not still typing it."""
        return bool(self.cleaned_data["q"]) and not self.cleaned_data["typing"]


class InsertForm(forms.Form):
    """What somebody who writes a letter looks for; at first what the letter is about."""

    q = Typed(required=False)
    about = Typed(required=False)


class AskForm(forms.Form):
    """A question no article answers, and what the editors should know of it."""

    q = Typed(max_length=LONGEST_QUESTION, label=_("Vraag"))
    note = WordsField(
        label=_("Wat wil de klant weten?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_note(self) -> str:
        return without_bsn(self.cleaned_data["note"], wrong=_t("Zet geen BSN in dit veld."))


class FeedbackForm(forms.Form):
    """Whether an article helped, and what is wrong with it where it did not."""

    helpful = forms.TypedChoiceField(choices=[("1", _("Ja")), ("0", _("Nee"))], coerce=lambda value: value == "1")
    text = WordsField(
        label=_("Wat klopt er niet?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_text(self) -> str:
        return without_bsn(self.cleaned_data["text"], wrong=_t("Zet geen BSN in dit veld."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("helpful") is False and "text" in data and not data["text"]:
            self.add_error("text", _("Schrijf wat er niet klopt."))
        return data


class UsagePart(Part):
    """The articles that were used in a contact: ticked in the help panel, saved with the contact."""

    name = "knowledge"
    form_id = "registratie"  # the form the boxes belong to, because they stand beside it

    articles = Uuids(Article.objects.none(), to_field_name="uuid", required=False, label=_("Gebruikt in dit contact"))

    def __init__(self, data: Any = None, **about: Any) -> None:
        super().__init__(data, **about)
        self.readable = Article.objects.visible_to(self.user).with_card()
        field = self.fields["articles"]
        assert isinstance(field, Uuids)
        field.queryset = self.readable

    @classmethod
    def stored(cls, typed: dict[str, Any]) -> dict[str, Any]:
        """Give what a draft holds for this part, with what was linked on a page of the knowledge base."""
        found = super().stored(typed)
        elsewhere = linked(typed)
        articles = as_list(found.get("articles"))
        known = [*as_list(found.get("known")), *elsewhere]
        return found | {"articles": [*articles, *(one for one in elsewhere if one not in articles)], "known": known}

    def typed(self) -> dict[str, Any]:
        """Give what was ticked, and of what this form knows, to show it again when nothing was."""
        return super().typed() | {"known": self.known}

    @cached_property
    def chain(self) -> UUID:
        """Give what the questions beside one form have in common."""
        return uuid4()

    @property
    def known(self) -> list[str]:
        """Give what was linked on another page and this form shows by now: as its boxes say, so it is."""
        values = self.data.getlist(KNOWN) if isinstance(self.data, QueryDict) else self.initial.get("known", [])
        return [str(uuid) for one in values[:MOST_TICKED] if (uuid := as_uuid(one))]

    @cached_property
    def noted(self) -> list[Article]:
        """Give what was linked on another page since this form was shown."""
        key = as_uuid(self.data.get("key")) if self.is_bound else None
        draft = Draft.objects.filter(user=self.user, uuid=key).first() if key else None
        uuids = [
            uuid for one in (linked(draft.data) if draft else {}) if one not in self.known and (uuid := as_uuid(one))
        ]
        return list(self.readable.filter(uuid__in=uuids[:MOST_TICKED])) if uuids else []

    @cached_property
    def listed(self) -> list[Article]:
        """Give the articles the panel shows, in its order, to show them again."""
        uuids = self._uuids("shown")
        found = {one.uuid: one for one in self.readable.filter(uuid__in=uuids)} if uuids else {}
        return [found[uuid] for uuid in dict.fromkeys(uuids) if uuid in found]

    @cached_property
    def apart(self) -> list[Article]:
        """Give the ticked articles that the panel shows apart from what it found."""
        uuids = set(self._uuids("apart"))
        return [one for one in self.ticked if one.uuid in uuids]

    def _uuids(self, name: str) -> list[UUID]:
        values = self.data.getlist(name) if isinstance(self.data, QueryDict) else []
        return [uuid for one in values[:MOST_TICKED] if (uuid := as_uuid(one))]

    @cached_property
    def ticked(self) -> list[Article]:
        """Give the articles that were ticked so far and can still be read, to show them again."""
        value = self["articles"].value() or []
        uuids = [uuid for one in ([value] if isinstance(value, str) else value) if (uuid := as_uuid(one))]
        return list(self.readable.filter(uuid__in=uuids[:MOST_TICKED]).order_by("title")) if uuids else []

    def wanted(self, outcome: str) -> bool:
        """Say whether articles were ticked or linked, whatever the outcome."""
        return self.is_bound and bool(self["articles"].data or self.noted)

    def save(self, contact: Contact, *, by: User) -> None:
        """Write down that the ticked and linked articles were used in this contact."""
        for article in [*self.cleaned_data["articles"], *self.noted]:
            article.use(contact, by=by)

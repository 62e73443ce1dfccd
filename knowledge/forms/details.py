"""What is known about an article besides its words; it holds at once."""

from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.forms import Stamped, UuidChoiceField, stamp_of
from accounts.models import Team, User
from accounts.widgets import LongSelect
from contacts.models import Topic
from knowledge.forms.news import ArticleField
from knowledge.forms.reader import Uuids
from knowledge.models import Article, Audience, Product
from knowledge.models.editorial import Editorial, add_months
from knowledge.models.opening import settle

MOST_RELATED = 20
YEARS_AHEAD = 20
PRESETS = ((3, _("3 maanden")), (6, _("6 maanden")), (12, _("1 jaar")))
KEPT = ("topic", "product", "audience", "team", "owner", "internal", "review_on", "valid_from", "valid_until")
ADDED = {"more_topics": "add_topic", "related": "add_related"}  # what is chosen there comes with these
SHOWN = (*KEPT, *ADDED)


class ProductField(forms.ModelChoiceField):
    """A product of the UPL by its address; nothing but the chosen one is offered, the rest is searched."""

    widget = LongSelect

    def __init__(self, **options: Any) -> None:
        super().__init__(Product.objects.all(), to_field_name="uri", **options)

    def offer(self, chosen: str) -> None:
        """Let the product with this address be chosen, and no other: the list is long, and asked for by typing."""
        known = Product.objects.filter(uri=chosen).first() if chosen and "\0" not in chosen else None
        self.choices = [("", self.empty_label or ""), *([(known.uri, known.name)] if known else [])]


def _as_sent(value: Any) -> list[str]:
    """Give a value as the control that shows it sends it."""
    if value is True:
        return ["on"]
    values = value if isinstance(value, list) else [value] if value else []
    return sorted(str(one) for one in values)


def day(label: Any, **options: Any) -> forms.DateField:
    """Give a field for a day, which may be left empty."""
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


class DetailsForm(Stamped):
    """Where an article belongs, who vouches for it, and when it holds and is checked."""

    topic = UuidChoiceField(
        Topic.objects.choosable(), required=False, label=_("Onderwerp"), empty_label=_("Geen"), widget=LongSelect
    )
    more_topics = Uuids(
        Topic.objects.choosable(), to_field_name="uuid", required=False, label=_("Ook over"),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    add_topic = UuidChoiceField(
        Topic.objects.choosable(), required=False, label=_("Nog een onderwerp"), empty_label=_("Kies een onderwerp"),
        widget=LongSelect,
    )  # fmt: skip
    product = ProductField(required=False, label=_("UPL-product"), empty_label=_("Geen"))
    audience = forms.ChoiceField(choices=Audience.choices, label=_("Doelgroep"))
    internal = forms.BooleanField(required=False, label=_("Het hele artikel is alleen voor medewerkers"))
    team = UuidChoiceField(Team.objects.none(), required=False, label=_("Afdeling"), empty_label=_("Geen"))
    owner = UuidChoiceField(
        User.objects.none(), required=False, label=_("Eigenaar"), empty_label=_("Niemand"), widget=LongSelect
    )
    review_on = day(_("Controleren vóór"))
    preset = forms.TypedChoiceField(
        choices=[("", ""), *PRESETS], coerce=int, empty_value=None, required=False, label=_("Controleren over")
    )  # pressed as a button: saves with that date
    presets = PRESETS
    valid_from = day(_("Geldig van"))
    valid_until = day(_("Geldig tot en met"))
    related = Uuids(
        Article.objects.none(), to_field_name="uuid", required=False, label=_("Gerelateerde artikelen"),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    add_related = ArticleField(required=False, label=_("Nog een artikel"), empty_label=_("Zoek een artikel"))

    def __init__(self, data: Any = None, *, article: Article) -> None:
        self.article, draft = article, article.draft
        self.opens = draft is not None and draft.opens  # it becomes public with its next version
        first = {name: getattr(article, name) for name in KEPT} | {"internal": article.internal and not self.opens}
        for name in ("topic", "team", "owner"):
            first[name] = first[name].uuid if first[name] else None
        self.topics, self.linked = list(article.more_topics.select_related("parent")), list(article.related.all())
        first |= {
            "product": article.product.uri if article.product else None,
            "more_topics": [one.uuid for one in self.topics], "related": [one.uuid for one in self.linked],
        }  # fmt: skip
        super().__init__(data, initial=first)
        self._offer(article)

    def _offer(self, article: Article) -> None:
        """Put in each list what may be chosen; of those that are searched only what was."""
        topics = Topic.objects.choosable() | Topic.objects.filter(pk__in=[article.topic_id or 0])
        others = Article.objects.exclude(pk=article.pk).with_card()
        people = User.objects.filter(is_active=True) | User.objects.filter(pk=article.owner_id or 0)
        teams = Team.objects.filter(closed_at=None) | Team.objects.filter(pk=article.team_id or 0)
        rows = {
            "topic": topics.select_related("parent").order_by("parent__name", "name"),
            "owner": people.order_by("first_name", "last_name"),
            "team": teams.order_by("name"),
            "more_topics": Topic.objects.all(),
            "related": others,
        }
        for name, found in rows.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = found
        for name, known in (("more_topics", self.topics), ("related", self.linked)):
            self.fields[name].widget.choices = [(str(one.uuid), str(one)) for one in known]
        product, more = self.fields["product"], self.fields["add_related"]
        assert isinstance(product, ProductField)
        assert isinstance(more, ArticleField)
        product.offer(str(self["product"].value() or ""))
        more.offer(others, str(self["add_related"].value() or ""))

    def known(self) -> Any:
        """Give what is kept now as a page that shows it sends it back, for the stamp."""
        return {name: _as_sent(self.initial.get(name)) for name in SHOWN}

    def _typed(self) -> dict[str, list[str]]:
        """Give what was filled in, in the shape of what is known."""
        data = cast(QueryDict, self.data)
        sent = {name: {*data.getlist(name)} for name in SHOWN}
        for name, more in ADDED.items():
            sent[name] |= {*data.getlist(more)}
        if (months := data.get("preset")) in {str(months) for months, _words in PRESETS}:
            sent["review_on"] = {str(add_months(timezone.localdate(), int(months)))}
        return {name: sorted(values - {""}) for name, values in sent.items()}

    @property
    def is_touched(self) -> bool:
        """Say whether something else was filled in than the page showed, and than is kept by now."""
        typed = self._typed()
        if stamp_of(typed) == self.data.get("stamp"):
            return False
        typed["review_on"] = typed["review_on"] or _as_sent(self._next_review())
        return stamp_of(typed) != self.fresh_stamp

    @property
    def differences(self) -> list[tuple[str, Any]]:
        """Give the label and what is kept now, in words, of all in which something else was filled in."""
        typed, known = self._typed(), self.known()
        return [(str(self.fields[name].label), self._in_words(name)) for name in SHOWN if typed[name] != known[name]]

    def _in_words(self, name: str) -> str | None:
        if name in ADDED:
            return ", ".join(str(one) for one in (self.linked if name == "related" else self.topics)) or None
        if name == "internal":
            return str(_("ja") if self.initial["internal"] else _("nee"))
        value = getattr(self.article, f"get_{name}_display", lambda: getattr(self.article, name))()
        if isinstance(value, date):
            return date_format(value, "j F Y")
        return str(value) if value else None

    def _next_review(self) -> date | None:
        """Give when to check what has no day for it: what readers have is always checked again."""
        return Editorial.current().next_review(timezone.localdate()) if self.article.published_at is not None else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        today = timezone.localdate()
        if data.get("preset"):
            data["review_on"] = add_months(today, data["preset"])
        for name in ("review_on", "valid_from", "valid_until"):
            if data.get(name) and not 2000 <= data[name].year <= today.year + YEARS_AHEAD:
                self.add_error(name, ValidationError(_("Kies een dag binnen %(n)d jaar."), params={"n": YEARS_AHEAD}))
        if not data.get("review_on") and "review_on" not in self.errors:
            data["review_on"] = self._next_review()
        first, last = data.get("valid_from"), data.get("valid_until")
        if last and last < today and last != self.article.valid_until:
            self.add_error("valid_until", _("Die dag is al voorbij. Kies een latere dag."))
        elif first and last and last < first:
            self.add_error("valid_until", _("De laatste geldige dag ligt voor de eerste."))
        for name in ("topic", "related"):
            rows, added = f"more_{name}s" if name == "topic" else name, data.get(f"add_{name}")
            data[rows] = list(dict.fromkeys([*data.get(rows, []), *([added] if added else [])]))
        if len(data["related"]) > MOST_RELATED:
            self.add_error("add_related", ValidationError(_("Kies er hooguit %(n)d."), params={"n": MOST_RELATED}))
        data["more_topics"] = [one for one in data["more_topics"] if one != data.get("topic")]
        self.check_stamp()
        return data

    @transaction.atomic
    def save(self, *, by: User) -> bool:
        """Have what was filled in from now on; say whether it makes the article public with its next version."""
        data = self.cleaned_data
        values = {name: data[name] for name in KEPT}
        values["internal"] = settle(self.article, internal=data["internal"], by=by)
        self.article.describe(values, topics=data["more_topics"], related=data["related"], by=by)
        return bool(values["internal"] and not data["internal"] and not self.opens)

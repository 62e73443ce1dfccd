"""What people type when they look for an article, and which articles they used."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contacts.forms import Part
from contacts.models import Contact, Customer, Topic
from knowledge.models import Article

MOST_TICKED = 20  # articles shown as used in one contact


class Typed(forms.CharField):
    """Text from a search field: whatever it holds, it is no error."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\0", " ")


class Uuids(forms.ModelMultipleChoiceField):
    """Several rows by their uuid; what is no uuid is as wrong as one that does not exist."""

    default_error_messages = {"invalid_choice": _("Ongeldige keuze"), "invalid_pk_value": _("Ongeldige keuze")}

    def _check_values(self, value: Any) -> Any:
        wrong = self.error_messages["invalid_choice"]
        uuid = forms.UUIDField(error_messages={"invalid": wrong, "required": wrong})
        return super()._check_values([uuid.clean(one) for one in value])  # type: ignore[misc]


class SearchForm(forms.Form):
    """A question, and the part of the knowledge base to look in; a filter that does not exist is no filter."""

    class Kind(TextChoices):
        PUBLIC = "public", _("Openbaar")
        INTERNAL = "internal", _("Intern")
        OVERDUE = "overdue", _("Controle verlopen")

    q = Typed(required=False, label=_("Zoek in de kennisbank"))
    topic = forms.ModelChoiceField(
        Topic.objects.filter(parent=None, closed_at=None).order_by("name"),
        to_field_name="uuid",
        required=False,
        label=_("Onderwerp"),
        empty_label=_("Alle"),
    )
    kind = forms.ChoiceField(choices=[("", _("Alle")), *Kind.choices], required=False, label=_("Soort"))


class PanelForm(forms.Form):
    """What the help panel beside the registration form asks for: a question, the chosen topic, the article to open."""

    q = Typed(required=False)
    topic = forms.ModelChoiceField(Topic.objects.all(), to_field_name="uuid", required=False)
    open = forms.UUIDField(required=False)


class UsagePart(Part):
    """The articles that were used in a contact: ticked in the help panel, saved with the contact."""

    name = "knowledge"
    form_id = "registratie"  # the form the boxes belong to, because they stand beside it

    articles = Uuids(Article.objects.none(), to_field_name="uuid", required=False, label=_("Gebruikt in dit contact"))

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        customer: Customer | None = None,
        topic: Topic | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, user=user, customer=customer, topic=topic, initial=initial)
        self.readable = Article.objects.visible_to(user).with_card()
        field = self.fields["articles"]
        assert isinstance(field, Uuids)
        field.queryset = self.readable

    @cached_property
    def ticked(self) -> list[Article]:
        """Give the articles that were ticked so far and can still be read, to show them again."""
        value = self["articles"].value() or []
        uuids = [uuid for one in ([value] if isinstance(value, str) else value) if (uuid := _uuid(one))]
        return list(self.readable.filter(uuid__in=uuids[:MOST_TICKED]).order_by("title")) if uuids else []

    def wanted(self, outcome: str) -> bool:
        """Say whether articles were ticked, whatever the outcome."""
        return self.is_bound and bool(self["articles"].data)

    def save(self, contact: Contact, *, by: User) -> None:
        for article in self.cleaned_data["articles"]:
            article.use(contact, by=by)


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None

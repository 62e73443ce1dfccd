"""What people type, checked before it becomes a fact."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from stdnum.nl import bsn as bsn_checks

from accounts.models import User
from accounts.widgets import LongSelect
from accounts.worktime import NeverOpen
from contacts.models import Address, Case, Channel, Contact, Customer, Draft, Norm, Outcome, Topic
from contacts.models.customer import split_postcode
from contacts.models.draft import form_key
from contacts.models.norm import NoNorm
from contacts.models.topic import choosable_topics

LONGEST_CALL = timedelta(hours=4)  # a draft that lay longer says nothing about how long the conversation took
DIGITS = re.compile(r"(?<!\d)\d{9}(?!\d)")


class Part(forms.Form):
    """A form of another app that stands on the agent desktop and is saved in the same transaction as the contact.

    The routes in kcc.urls name the parts, so that contacts need not know the apps above it.
    """

    name: str  # the part is {{ name }}_form in the templates, and its fields begin with name-

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        customer: Customer | None = None,
        topic: Topic | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, prefix=self.name, initial=initial)
        self.user, self.customer, self.topic = user, customer, topic

    @classmethod
    def stored(cls, typed: dict[str, Any]) -> dict[str, Any]:
        """Give what a draft holds for this part, under its own field names."""
        begin = f"{cls.name}-"
        return {name.removeprefix(begin): value for name, value in typed.items() if name.startswith(begin) and value}

    def typed(self) -> dict[str, Any]:
        """Give what was typed in this part, to show it again when it was not needed."""
        return {name: self[name].data for name in self.fields if self[name].data not in (None, "")}

    def wanted(self, outcome: str) -> bool:
        """Say whether a contact with this outcome needs this part; an unwanted part is not checked and not saved."""
        raise NotImplementedError

    def save(self, contact: Contact, *, by: User) -> None:
        """Do with the new contact what this part was filled in for."""
        raise NotImplementedError


class WordsField(forms.CharField):
    """Text in which at least one character can be seen; white space and invisible characters alone count as nothing."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text if any(unicodedata.category(letter)[0] not in "ZC" for letter in text) else ""


class TopicField(forms.ChoiceField):
    """A topic by its uuid, in the choices grouped by theme; gives the Topic."""

    widget = LongSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_topic_choices, **kwargs)

    def clean(self, value: Any) -> Topic | None:
        chosen = super().clean(value)
        return next((topic for topic in choosable_topics() if str(topic.uuid) == chosen), None)


def _topic_choices() -> list[tuple[str, Any]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for topic in choosable_topics():
        assert topic.parent is not None
        groups.setdefault(topic.parent.name, []).append((str(topic.uuid), str(topic)))
    return [("", ""), *groups.items()]


class ContactForm(forms.Form):
    """One contact as an agent registers it while talking, with a customer that was fetched with_counts."""

    use_required_attribute = False  # nothing is wrong before somebody typed something

    key = forms.UUIDField(widget=forms.HiddenInput)
    conversation = forms.UUIDField(widget=forms.HiddenInput, required=False)
    channel = forms.ChoiceField(label=_("Kanaal"), choices=Channel, initial=Channel.PHONE)
    text = WordsField(
        label=_("Vraag en antwoord"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "data-region-start": ""}),
    )
    topic = TopicField(label=_("Onderwerp"), required=False)
    case = forms.ChoiceField(label=_("Zaak (optioneel)"), required=False)
    outcome = forms.ChoiceField(
        label=_("Afhandeling"), choices=Outcome, initial=Outcome.ANSWERED, widget=forms.RadioSelect
    )
    transferred_to = forms.CharField(label=_("Naar wie"), max_length=120, required=False)

    def __init__(self, data: Any = None, *, customer: Customer | None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="id_%s", **kwargs)
        self.customer = customer
        field = self.fields["case"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _t("Geen")), *(getattr(customer, "open_cases", []))]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == Outcome.TRANSFERRED and not cleaned.get("transferred_to"):
            self.add_error("transferred_to", _t("Vul in naar wie je hebt doorverbonden."))
        topic = cleaned.get("topic")
        if cleaned.get("outcome") == Outcome.CASE and (topic is None or topic.team is None):
            self.add_error("topic", _t("Kies een onderwerp: dat bepaalt welke afdeling de zaak krijgt."))
        elif cleaned.get("outcome") == Outcome.CASE:
            self._check_norm(topic)
        chosen = cleaned.get("case")
        if chosen and not Case.objects.open().filter(customer=self.customer, uuid=chosen).exists():
            self.add_error("case", _t("Deze zaak is intussen gesloten. Kies een andere."))
        return cleaned

    def _check_norm(self, topic: Topic | None) -> None:
        try:
            Norm.promise(Norm.Kind.EMAIL, team=topic.team if topic else None, topic=topic)
        except (NoNorm, NeverOpen):
            self.add_error("outcome", _t("Er zijn nog geen norm en openingstijden voor zaken. Vraag het de beheerder."))

    @transaction.atomic
    def save(self, parts: Sequence[Part], *, by: User) -> Contact:
        """Give the contact, registered with everything that was filled in with it; all of it or nothing.

        The same form twice is one contact. Raises AlreadySaved when another one was saved under its key.
        """
        data = self.cleaned_data
        now = timezone.now()
        draft = Draft.objects.filter(user=by, uuid=data["key"]).first()
        began = draft.created_at if draft and now - draft.created_at < LONGEST_CALL else None
        contact = Contact.register(
            key=form_key(by, data["key"]),
            channel=data["channel"],
            by=by,
            customer=self.customer,
            topic=data["topic"],
            text=data["text"],
            outcome=data["outcome"],
            transferred_to=data["transferred_to"],
            conversation=data["conversation"],
            seconds=int((now - began).total_seconds()) if began else None,
            happened_at=began,
        )
        if draft is not None:
            draft.delete()
        if not contact.is_new:
            if (contact.customer, contact.text, contact.outcome) != (self.customer, data["text"], data["outcome"]):
                raise AlreadySaved
            return contact
        if data["case"]:
            contact.join(Case.objects.open().get(customer=self.customer, uuid=data["case"]), by=by)
        if data["outcome"] == Outcome.CASE:
            Case.open(contact=contact, title=str(data["topic"]), team=data["topic"].team, by=by)
        for part in parts:
            part.save(contact, by=by)
        return contact


class AlreadySaved(Exception):
    """Another contact was saved under the key of this form."""


class DraftForm(forms.Form):
    """What is typed so far: anything, within bounds."""

    customer = forms.UUIDField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        assert isinstance(self.data, QueryDict)
        typed = {name.replace("\0", ""): values for name, values in self.data.lists() if name != "csrfmiddlewaretoken"}
        if sum(len(value) for values in typed.values() for value in values) > 100_000:
            raise ValidationError(_t("Dit concept is te groot om te bewaren."))
        cleaned["typed"] = {name: [value.replace("\0", "") for value in values] for name, values in typed.items()}
        return cleaned

    @property
    def worth_keeping(self) -> bool:
        """Say whether somebody typed words: a choice alone, or a preset number, is no draft."""
        typed = self.cleaned_data["typed"]
        return any("".join(typed.get(name, [])).strip() for name in ("text", "callback-question", "transferred_to"))


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Zoek klant"), max_length=200, required=False)


class RevealForm(forms.Form):
    reason = forms.CharField(label=_("Waarom heb je het BSN nodig?"), min_length=3, max_length=200)


class CloseForm(forms.Form):
    result = forms.CharField(label=_("Resultaat"), max_length=200)


class NotesForm(forms.Form):
    seen = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)
    notes = forms.CharField(
        label=_("Notities"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 8})
    )

    def clean_notes(self) -> str:
        return without_bsn(self.cleaned_data["notes"])


class CustomerForm(forms.ModelForm):
    """A customer with the addresses at which to reach them."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    phone = forms.CharField(label=_("Telefoonnummer"), max_length=40, required=False)
    email = forms.CharField(label=_("E-mailadres"), max_length=254, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=10, required=False)

    class Meta:
        model = Customer
        fields = [
            "kind", "first_name", "infix", "last_name", "birth_date",
            "street", "house_number", "house_suffix", "postcode", "city",
        ]  # fmt: skip
        widgets = {"birth_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def clean_birth_date(self) -> Any:
        born = self.cleaned_data["birth_date"]
        if born and not (born.year >= 1880 and born <= timezone.localdate()):
            raise ValidationError(_t("Deze geboortedatum kan niet kloppen."))
        return born

    def clean_house_number(self) -> int | None:
        number = self.cleaned_data["house_number"]
        if number is not None and number > 99_999:
            raise ValidationError(_t("Dit huisnummer kan niet kloppen."))
        return number

    def clean_postcode(self) -> str:
        typed = self.cleaned_data["postcode"]
        if not typed:
            return ""
        found = split_postcode(typed)
        if found is None or found[1] is not None:
            raise ValidationError(_t("Schrijf de postcode als 1234 AB."))
        return found[0]

    def clean_phone(self) -> str:
        return self._address(Address.Kind.PHONE, _t("Dit is geen telefoonnummer."))

    def clean_email(self) -> str:
        return self._address(Address.Kind.EMAIL, _t("Dit is geen e-mailadres."))

    def _address(self, kind: str, complaint: str) -> str:
        typed: str = self.cleaned_data[kind]
        if typed and Address.normalise(kind, typed) is None:
            raise ValidationError(complaint)
        return typed

    @transaction.atomic
    def keep(self, *, by: User) -> Customer:
        """Give the customer, added or changed in only what was changed here, with who did it written down."""
        customer: Customer = self.instance
        changed = [name for name in self.changed_data if name in self.Meta.fields]
        added = customer.pk is None
        customer.save(force_insert=added, update_fields=None if added else changed)
        for kind in (Address.Kind.PHONE, Address.Kind.EMAIL):
            if typed := self.cleaned_data[kind]:
                customer.add_address(kind, typed)
        if added or self.changed_data:
            customer.track("customer_added" if added else "customer_changed", by=by, fields=self.changed_data)
        return customer


def without_bsn(text: str) -> str:
    """Give the text back. Raises ValidationError when a personal number stands in it, without repeating the number."""
    if any(bsn_checks.is_valid(digits) for digits in DIGITS.findall(text)):
        raise ValidationError(_t("Zet geen BSN in de notities."))
    return text

"""A customer: searched, added, changed."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from stdnum.nl import bsn as bsn_checks

from accounts.models import User
from contacts.models import Address, Customer
from contacts.models.customer import split_postcode

DIGITS = re.compile(r"(?<!\d)\d{9}(?!\d)")


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Zoek klant"), max_length=200, required=False)


class RevealForm(forms.Form):
    reason = forms.CharField(label=_("Waarom heb je het BSN nodig?"), min_length=3, max_length=200)


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

"""A customer: searched, added, changed."""

import hashlib
import json
import re
from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from stdnum.nl import bsn as bsn_checks

from accounts.models import User
from contacts import bsn
from contacts.models import Address, Customer
from contacts.models.customer import PREFERABLE, split_postcode
from contacts.models.merge import FIELDS

NETWORKS = {  # where a citizen may be known by a name
    "mastodon": "Mastodon", "whatsapp": "WhatsApp", "facebook": "Facebook", "instagram": "Instagram", "x": "X",
    "bluesky": "Bluesky", "linkedin": "LinkedIn",
}  # fmt: skip
DIGITS = re.compile(r"(?<!\d)\d{9}(?!\d)")


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Zoek klant"), max_length=200, required=False)


class AddressForm(forms.Form):
    """Which number or address of a customer is meant."""

    address = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class RevealForm(forms.Form):
    reason = forms.CharField(label=_("Waarom heb je het BSN nodig?"), min_length=3, max_length=200)


class MergeForm(forms.Form):
    """How two customers become one: from whom each part is taken, and why."""

    reason = forms.CharField(label=_("Waarom is dit dezelfde klant?"), min_length=3, max_length=200)

    def __init__(self, data: Any = None, *, differing: Collection[str] = ()) -> None:
        super().__init__(data)
        for name in differing:
            self.fields[name] = forms.ChoiceField(choices=[("kept", ""), ("gone", "")], initial="kept", required=False)

    @property
    def theirs(self) -> set[str]:
        """Give the parts to take from the record that goes."""
        return {name for name, value in self.cleaned_data.items() if name in FIELDS and value == "gone"}


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
    network = forms.ChoiceField(label=_("Netwerk"), choices=[("", "–"), *NETWORKS.items()], required=False)
    social = forms.CharField(label=_("Naam op dat netwerk"), max_length=120, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=10, required=False)
    kvk_number = forms.CharField(label=_("KvK-nummer"), max_length=20, required=False)
    branch_number = forms.CharField(label=_("Vestigingsnummer"), max_length=20, required=False)
    bsn = forms.CharField(
        label=_("BSN"),
        max_length=11,
        required=False,
        help_text=_("Alleen als dat voor de vraag nodig is."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    preferred_channel = forms.ChoiceField(
        label=_("Voorkeurskanaal"), choices=[("", _("Geen voorkeur")), *PREFERABLE], required=False
    )

    GROUPS = [
        (_("Wie"), ["kind", "first_name", "infix", "last_name", "birth_date", "bsn", "kvk_number", "branch_number"]),
        (_("Bereiken"), ["phone", "email", "network", "social"]),
        (_("Adres"), ["street", "house_number", "house_suffix", "postcode", "city"]),
        (_("Voorkeuren"), ["language", "preferred_channel", "confidential"]),
    ]

    class Meta:
        model = Customer
        fields = [
            "kind", "first_name", "infix", "last_name", "birth_date", "kvk_number", "branch_number",
            "street", "house_number", "house_suffix", "postcode", "city",
            "language", "preferred_channel", "confidential",
        ]  # fmt: skip
        widgets = {"birth_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, may_set_bsn: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = self._version()
        self.fields["language"].required = False  # Dutch, unless it was chosen
        if not may_set_bsn:
            del self.fields["bsn"]

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Give the fields as the page shows them, under their headings."""
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in self.GROUPS]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("network")) != bool(cleaned.get("social")):
            self.add_error("social", _t("Kies het netwerk en vul de naam daar in."))
        if self.instance.pk and self.data.get("seen", self.version) != self.version:
            self._say_what_stands_there()
        return cleaned

    def _version(self) -> str:
        """Give a word that changes whenever what this form can change does."""
        said = [str(getattr(self.instance, name)) for name in self.Meta.fields]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]

    def _say_what_stands_there(self) -> None:
        """Say that a colleague was first, and at each field that would undo their work what it holds now."""
        self.add_error(None, _t("Een collega heeft deze gegevens intussen gewijzigd. Kijk ze na en sla opnieuw op."))
        for name in self.changed_data:
            if name in self.Meta.fields:
                now = localize(self.get_initial_for_field(self.fields[name], name))
                self.add_error(name, _t("Er staat nu: %(now)s") % {"now": now or "–"})

    def clean_bsn(self) -> str:
        typed: str = self.cleaned_data["bsn"]
        if not typed:
            return ""
        number = bsn.clean(typed)
        if Customer.objects.by_bsn(number).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_t("Dit BSN staat al bij een andere klant. Zoek die op en voeg ze samen."))
        return number

    def clean_kvk_number(self) -> str:
        return self._digits("kvk_number", 8, _t("Een KvK-nummer heeft 8 cijfers."))

    def clean_branch_number(self) -> str:
        return self._digits("branch_number", 12, _t("Een vestigingsnummer heeft 12 cijfers."))

    def _digits(self, name: str, length: int, complaint: str) -> str:
        number = "".join(self.cleaned_data[name].split())
        if number and not (number.isascii() and number.isdigit() and len(number) == length and int(number)):
            raise ValidationError(complaint)
        return number

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
        if number := self.cleaned_data.get("bsn"):
            customer.set_bsn(number)
            changed += ["bsn_sealed", "bsn_index", "bsn_tail"]
        customer.save(force_insert=added, update_fields=None if added else changed)
        for kind in (Address.Kind.PHONE, Address.Kind.EMAIL):
            if typed := self.cleaned_data[kind]:
                customer.add_address(kind, typed)
        if handle := self.cleaned_data["social"]:
            customer.add_address(Address.Kind.SOCIAL, handle, network=self.cleaned_data["network"])
        if added or self.changed_data:
            customer.track("customer_added" if added else "customer_changed", by=by, fields=self.changed_data)
        return customer


def without_bsn(text: str, *, wrong: str = "") -> str:
    """Give the text back. Raises ValidationError when a personal number stands in it, without repeating the number."""
    if any(bsn_checks.is_valid(digits) for digits in DIGITS.findall(text)):
        raise ValidationError(wrong or _t("Zet geen BSN in de notities."))
    return text

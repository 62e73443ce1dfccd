"""What people type about a callback, checked before it becomes a promise or a fact."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import phone
from accounts.models import Team, User
from accounts.worktime import NeverOpen
from callbacks.models import Addressee, Callback, Result
from callbacks.models.addressee import as_uuid
from callbacks.models.queue import VIEWS
from callbacks.who import AddresseeField
from contacts.forms import Part
from contacts.models import Contact, Customer, Norm, Outcome, Topic
from contacts.models.norm import NoNorm
from contacts.models.topic import choosable_topics

LONG = 2000
MOST = 50  # as many as a page of the list holds
FAR = timedelta(days=90)  # a next attempt later than this is a mistake
TRY_AGAIN = {Result.NO_ANSWER, Result.VOICEMAIL, Result.BUSY}
REACHABLE = {
    "day": (None, None),
    "morning": (None, time(12)),
    "afternoon": (time(12), time(17)),
    "after15": (time(15), None),
}


class CallbackPart(Part):
    """The callback that is asked for together with a contact on the agent desktop."""

    name = "callback"
    form_id = "registratie"  # the form these fields belong to, because they stand beside it
    use_required_attribute = False  # what is not wanted may stay empty

    who = AddresseeField(label=_("Afdeling of medewerker"), required=False)
    number = forms.CharField(label=_("Terugbelnummer"), max_length=40)
    reachable = forms.ChoiceField(
        label=_("Bereikbaar"),
        initial="day",
        choices=[
            ("day", _("Hele dag")),
            ("morning", _("Ochtend, tot 12:00")),
            ("afternoon", _("Middag, 12:00 tot 17:00")),
            ("after15", _("Na 15:00 uur")),
            ("window", _("Kies tijdvak")),
        ],
    )
    reachable_from = forms.TimeField(label=_("Van"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    reachable_until = forms.TimeField(label=_("Tot"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    question = forms.CharField(
        label=_("Vraag voor de behandelaar"), max_length=LONG, widget=forms.Textarea(attrs={"rows": 2})
    )
    urgent = forms.BooleanField(label=_("Spoed"), required=False)
    urgent_reason = forms.CharField(label=_("Reden van spoed"), max_length=200, required=False)
    add_to = forms.UUIDField(required=False, error_messages={"invalid": _("Dit terugbelverzoek is er niet meer.")})

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
        self.near = topic.team if topic else None
        who = self.fields["who"]
        assert isinstance(who, AddresseeField)
        who.offer(self.near, chosen=lambda: self["who"].value(), blank=_("Kies een afdeling of medewerker"))
        who.widget.attrs["data-key"] = "callback"
        if self.near:
            self.initial.setdefault("who", Addressee(self.near).value)
        for field in self.fields.values():
            field.widget.attrs["form"] = self.form_id

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        known = super().get_initial_for_field(field, field_name)
        return known or self.known_number if field_name == "number" else known

    @cached_property
    def known_number(self) -> str:
        """Give the customer's first telephone number as people read it, or nothing."""
        numbers = [a.display for a in self.customer.addresses.all() if a.kind == "phone"] if self.customer else []
        return numbers[0] if numbers else ""

    @cached_property
    def open_callbacks(self) -> list[Callback]:
        """Give what this customer already waits for, those about the same topic first."""
        if self.customer is None:
            return []
        rows = Callback.objects.visible_to(self.user).open().of_customer(self.customer.pk).due_first().with_titles()[:5]
        topic_id = self.topic.pk if self.topic else None
        return sorted(rows, key=lambda row: row.contact.topic_id != topic_id)

    @cached_property
    def promise(self) -> "tuple[Team, datetime, str] | None":
        """Give the team, when it would be due and the norm in words; None while nobody can be told."""
        return promise(str(self["who"].value() or ""), self.topic)

    def wanted(self, outcome: str) -> bool:
        return outcome == Outcome.CALLBACK

    def clean_number(self) -> str:
        number = phone.normalise(self.cleaned_data["number"])
        if number is None:
            raise ValidationError(_("Dit is geen geldig telefoonnummer. Bijvoorbeeld: 06 12 34 56 78."))
        return number

    def clean_add_to(self) -> Callback | None:
        uuid = self.cleaned_data["add_to"]
        if uuid is None:
            return None
        found = next((row for row in self.open_callbacks if row.uuid == uuid), None)
        if found is None:
            raise ValidationError(_("Dit terugbelverzoek is intussen afgerond. Maak een nieuw verzoek."))
        return found

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("add_to"):
            self.errors.clear()  # adding to what is there needs none of the other fields
            return data
        self._clean_window()
        if data.get("urgent") and not data.get("urgent_reason"):
            self.add_error("urgent_reason", _("Schrijf waarom dit spoed heeft."))
        if "who" in data:
            data["who"] = data["who"] or (Addressee(self.near) if self.near else None)
            if data["who"] is None:
                self.add_error("who", _("Kies wie er terugbelt."))
            elif due(data["who"].team, self.topic) is None:
                self.add_error(None, _("Er is nog geen norm of openingstijd ingesteld. Vraag het je beheerder."))
        return data

    def _clean_window(self) -> None:
        data = self.cleaned_data
        kind = data.get("reachable")
        if kind in REACHABLE:
            data["reachable_from"], data["reachable_until"] = REACHABLE[kind]
            return
        start, end = data.get("reachable_from"), data.get("reachable_until")
        if kind == "window" and "reachable_from" in data and "reachable_until" in data:
            if not start or not end:
                self.add_error("reachable_until", _("Vul beide tijden in."))
            elif start >= end:
                self.add_error("reachable_until", _("De eindtijd moet na de begintijd liggen."))

    def save(self, contact: Contact, *, by: User) -> None:
        data = self.cleaned_data
        existing: Callback | None = data.get("add_to")
        if existing is not None:
            reason = data.get("urgent_reason") or _t("Klant belde opnieuw")
            if not existing.add(contact, by=by, urgent_reason=reason):
                self._again(existing, contact, reason=reason, by=by)
            return
        Callback.request(
            contact=contact,
            team=data["who"].team,
            assignee=data["who"].person,
            number=data["number"],
            question=data["question"],
            reachable_from=data["reachable_from"],
            reachable_until=data["reachable_until"],
            urgent_reason=data["urgent_reason"] if data["urgent"] else "",
            by=by,
        )

    def _again(self, ended: Callback, contact: Contact, *, reason: str, by: User) -> None:
        """Ask anew: what was to be added to has ended while the agent typed, and the citizen still waits."""
        Callback.request(
            contact=contact,
            team=ended.team,
            number=ended.number,
            question=contact.text[:LONG] or ended.question,
            reachable_from=ended.reachable_from,
            reachable_until=ended.reachable_until,
            urgent_reason=reason,
            by=by,
        )


def due(team: Team, topic: Topic | None) -> tuple[datetime, str] | None:
    """Give when a callback asked for now would be due and the norm in words; None when the office set up neither."""
    try:
        return Norm.promise(Norm.Kind.CALLBACK, team=team, topic=topic)
    except (NoNorm, NeverOpen):
        return None


def promise(who: str, topic: Topic | None) -> tuple[Team, datetime, str] | None:
    """Give the team that would call back, when it would be due and the norm in words; None while nobody can be told."""
    near = topic.team if topic else None
    chosen = Addressee.find(who, prefer=near)
    team = chosen.team if chosen else near
    found = due(team, topic) if team else None
    return (team, *found) if team and found else None


class AssignForm(forms.Form):
    """To whom a callback goes; moving it to another team needs a reason."""

    who = AddresseeField(label=_("Afdeling of medewerker"))
    reason = forms.CharField(label=_("Reden"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, team: Team | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.team = team
        who = self.fields["who"]
        assert isinstance(who, AddresseeField)
        who.offer(team, chosen=lambda: self["who"].value(), blank=_("Kies een afdeling of medewerker"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        who = data.get("who")
        if who and self.team and who.team != self.team and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Schrijf waarom een andere afdeling dit moet oppakken."))
        return data


class BulkForm(forms.Form):
    """What to do with the callbacks that were ticked in the list."""

    action = forms.ChoiceField(choices=[("assign", _("Toewijzen")), ("remind", _("Herinneren"))])
    key = forms.UUIDField()
    who = AddresseeField(label=_("Afdeling of medewerker"), required=False)
    reason = forms.CharField(label=_("Reden"), max_length=200, required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        who = self.fields["who"]
        assert isinstance(who, AddresseeField)
        who.offer(None, chosen=lambda: self["who"].value(), blank=_("Kies een afdeling of medewerker"))

    @property
    def assigns(self) -> bool:
        return bool(self.data.get("action") == "assign")

    @property
    def chosen(self) -> list[UUID]:
        """Give the uuids that were ticked, at most as many as a page holds."""
        ticked = self.data.getlist("chosen") if isinstance(self.data, QueryDict) else []
        return list(dict.fromkeys(uuid for text in ticked if (uuid := as_uuid(text))))[:MOST]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.chosen:
            raise ValidationError(_("Kies eerst een of meer verzoeken."))
        if data.get("action") == "assign" and "who" in data and not data["who"]:
            self.add_error("who", _("Kies aan wie je toewijst."))
        return data

    def is_valid_for(self, rows: list[Callback]) -> bool:
        """Say whether this can be done to these rows; the reason is needed when one of them leaves its team."""
        who = self.cleaned_data.get("who") if self.is_valid() else None
        if who and not self.cleaned_data["reason"] and any(row.team_id != who.team.pk for row in rows):
            self.add_error("reason", _("Schrijf waarom een andere afdeling dit moet oppakken."))
        return self.is_valid()


class AttemptForm(forms.Form):
    """How one try to reach the citizen ended, and when the next one is planned."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    result = forms.ChoiceField(
        label=_("Resultaat"), choices=Result, error_messages={"required": _("Kies hoe de poging afliep.")}
    )
    next = forms.ChoiceField(
        label=_("Volgende poging"),
        required=False,
        choices=[("hour", ""), ("afternoon", ""), ("morning", ""), ("choose", "")],
    )
    next_at = forms.DateTimeField(
        label=_("Datum en tijd"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    note = forms.CharField(label=_("Notitie"), max_length=LONG, required=False)
    outcome = forms.CharField(
        label=_("Antwoord aan de klant"), max_length=LONG, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    results = Result.choices

    def __init__(self, data: Any = None, *, moments: Mapping[str, datetime], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.moments = moments

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("result") == Result.SPOKEN:
            data["note"] = data.get("note") or data.get("outcome", "")
        self._plan(data)
        return data

    def _plan(self, data: dict[str, Any]) -> None:
        """Turn the choice of the next attempt into a moment, or say what is wrong with it."""
        now, chosen = timezone.now(), data.get("next") or ""
        if chosen != "choose":
            data["next_at"] = self.moments.get(chosen)
            if chosen and data["next_at"] is None and data.get("result") in TRY_AGAIN:
                self.add_error("next", _("Dit moment is voorbij of valt buiten de openingstijden. Kies een ander."))
        elif "next_at" in data and not data["next_at"]:
            self.add_error("next_at", _("Kies een datum en tijd voor de volgende poging."))
        elif data.get("next_at") and data["next_at"] <= now:
            self.add_error("next_at", _("Kies een moment dat nog moet komen."))
        elif data.get("next_at") and data["next_at"] > now + FAR:
            self.add_error("next_at", _("Kies een moment binnen 90 dagen."))


class CompleteForm(AttemptForm):
    """What was said to the citizen, with which the callback is closed."""

    result = forms.ChoiceField(choices=Result, required=False)
    outcome = forms.CharField(
        label=_("Antwoord aan de klant"),
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Schrijf wat je met de klant hebt afgesproken.")},
    )

    def _plan(self, data: dict[str, Any]) -> None:
        """Plan nothing: after this there is no next attempt."""


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Reden"), max_length=200, error_messages={"required": _("Schrijf waarom dit verzoek vervalt.")}
    )


class RemindForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)


class FilterForm(forms.Form):
    """Which callbacks a list shows; what cannot be read is no filter."""

    view = forms.ChoiceField(choices=VIEWS.items(), required=False)
    team = forms.UUIDField(required=False)
    topic = forms.UUIDField(required=False)
    reachable = forms.ChoiceField(choices=[("now", _("Nu"))], required=False)

    def filters(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class PreviewForm(forms.Form):
    """For whom and about what a promise would be made; the names are those of the fields on the desk."""

    who = forms.CharField(required=False)
    topic = forms.UUIDField(required=False)

    def __init__(self, data: QueryDict) -> None:
        named = {"who": data.get("who") or data.get("callback-who"), "topic": data.get("topic")}
        super().__init__(named)

    def promise(self) -> tuple[Team, datetime, str] | None:
        """Give the team, when it would be due and the norm in words; None while nobody can be told."""
        return promise(self.cleaned_data.get("who", "") if self.is_valid() else "", self.chosen_topic())

    def chosen_topic(self) -> Topic | None:
        """Give the topic that is meant, None when that cannot be told."""
        self.is_valid()
        return next((one for one in choosable_topics() if one.uuid == self.cleaned_data.get("topic")), None)

"""The callback that is asked for together with a contact."""

import re
from collections.abc import Iterator
from datetime import time
from functools import cached_property
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import translation
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import phone
from accounts.models import User
from accounts.uuids import as_uuid
from callbacks.forms.absent import Absent
from callbacks.forms.promise import Promised, due, promise, sentence
from callbacks.models import Addressee, Callback
from callbacks.models.confirmation import confirm
from callbacks.models.waiting import hold
from callbacks.who import AddresseeField
from contacts.forms import Part
from contacts.forms.asked import Asking
from contacts.models import Address, Contact, Customer, Outcome
from contacts.models.draft import form_key
from contacts.models.question import callback_questions

LONG = 2000
SHOWN = 5  # open callbacks of one citizen
KEPT = 40  # answers to questions that are not asked any more
ANSWER = re.compile(r"q-[0-9a-f-]{36}")
CHECKS = ("may_leave_voicemail", "confirm", "urgent")
REACHABLE = {
    "day": (None, None),
    "morning": (None, time(12)),
    "afternoon": (time(12), time(17)),
    "after15": (time(15), None),
}


class CallbackPart(Asking, Part):
    """The callback that is asked for together with a contact, on the agent desktop or from a contact that is there."""

    name = "callback"
    form_id = "registratie"  # the form these fields belong to, because they stand beside it
    topic_id = "id_topic"  # the control that says what it is about
    note_id = "id_text"  # the control whose text is offered as the question
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
    language = forms.ChoiceField(label=_("Taal van de klant"), required=False, choices=Customer.Language)
    may_leave_voicemail = forms.BooleanField(label=_("Voicemail inspreken mag"), required=False, initial=True)
    urgent = forms.BooleanField(label=_("Spoed"), required=False)
    urgent_reason = forms.CharField(label=_("Reden van spoed"), max_length=200, required=False)
    confirm = forms.BooleanField(label=_("Bevestiging per e-mail"), required=False)
    add_to = forms.UUIDField(required=False, error_messages={"invalid": _("Dit terugbelverzoek is er niet meer.")})
    second = forms.BooleanField(label=_("Tweede verzoek"), required=False)

    def __init__(self, data: Any = None, **about: Any) -> None:
        super().__init__(data, **about)
        self.near = self.topic.team if self.topic else None
        who = self.fields["who"]
        assert isinstance(who, AddresseeField)
        who.offer(self.near, chosen=lambda: self["who"].value(), blank=_("Kies een afdeling of medewerker"))
        who.widget.attrs["data-key"] = "callback"
        if self.near:
            self.initial.setdefault("who", Addressee(self.near).value)
        if self.note_id:
            self.fields["question"].widget.attrs["data-offer-from"] = self.note_id
        team = self.chosen.team if self.chosen else self.near
        self.ask(callback_questions(topic=self.topic, team=team))
        for field in self.fields.values():
            field.widget.attrs["form"] = self.form_id

    @classmethod
    def stored(cls, typed: dict[str, Any]) -> dict[str, Any]:
        """Give what a draft holds for this part; a box that was not ticked stays so."""
        found = super().stored(typed)
        if f"{cls.name}-number" in typed:
            found = dict.fromkeys(CHECKS, False) | found
        return found

    def typed(self) -> dict[str, Any]:
        """Give what was typed in this part, to show it again when it was not needed."""
        found = super().typed() if self.add_prefix("number") in self.data else {}
        return found | {name: value for name, value in self.unasked.items() if name not in found}

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        known = super().get_initial_for_field(field, field_name)
        if field_name == "number":
            return known or self.known_number
        if field_name == "language":
            return known or (self.customer.language if self.customer else Customer.Language.NL)
        if field_name == "confirm" and known is None:
            return bool(self.email and self.customer and self.customer.preferred_channel == Address.Kind.EMAIL)
        return known

    @cached_property
    def known_number(self) -> str:
        """Give the customer's first telephone number as people read it, or nothing."""
        return next(self._addresses(Address.Kind.PHONE), "")

    @cached_property
    def email(self) -> str:
        """Give the address to which a confirmation can go, nothing when none is known."""
        return next(self._addresses(Address.Kind.EMAIL), "")

    def _addresses(self, kind: str) -> Iterator[str]:
        known = self.customer.addresses.all() if self.customer else []
        return (address.display for address in known if address.kind == kind)

    @cached_property
    def chosen(self) -> Addressee | None:
        """Give who was chosen to call back, while the form is still being filled in."""
        return Addressee.find(str(self["who"].value() or ""), prefer=self.near)

    @cached_property
    def absent(self) -> Absent | None:
        """Give until when the chosen one is away and who stands in; None when they are there."""
        return Absent.of(self.chosen) if self.chosen else None

    @property
    def includes(self) -> str:
        """Give the selector of all controls that say something about this callback."""
        told = [f"[form='{self.form_id}'][name^='callback-']", f"#{self.form_id} input[type='hidden']"]
        return ", ".join([*told, *([f"#{self.topic_id}"] if self.topic_id else [])])

    @property
    def unasked(self) -> dict[str, str]:
        """Give the answers to questions that are not asked about this topic or team: they come back with it."""
        begin = f"{self.name}-"
        typed = {name.removeprefix(begin): self.data[name] for name in self.data if name.startswith(begin)}
        values = typed if self.is_bound else self.initial
        found = {name: str(value) for name, value in values.items() if ANSWER.fullmatch(name) and value}
        return dict([pair for pair in found.items() if pair[0] not in self.fields][:KEPT])

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Give the same as the fields of a form."""
        return [(self.add_prefix(name), value) for name, value in self.unasked.items()]

    @cached_property
    def open_callbacks(self) -> list[Callback]:
        """Give what this citizen already waits for, those about the same topic first; a stranger is known by number.

        The callback that this same form became is none of them.
        """
        typed = self["number"].value() if self.is_bound or "number" in self.initial else ""
        number = phone.normalise(str(typed or "")[:60]) or ""
        rows = Callback.objects.visible_to(self.user).waiting_for(customer=self.customer, number=number)
        own = form_key(self.user, as_uuid(str(self.data.get("key", ""))))
        found = rows.not_of_contact(own).due_first().with_titles()[:SHOWN]
        return sorted(found, key=lambda row: not self.is_about_the_same(row))

    def is_about_the_same(self, row: Callback) -> bool:
        return row.contact.topic_id == (self.topic.pk if self.topic else None)

    @property
    def waiting(self) -> list[tuple[Callback, bool]]:
        """Give the open callbacks, and whether each is about the same."""
        return [(row, self.is_about_the_same(row)) for row in self.open_callbacks]

    @cached_property
    def promise(self) -> Promised | None:
        """Give the team, when it would be due and the norm in words; None while nobody can be told."""
        return promise(self.chosen.team if self.chosen else self.near, self.topic)

    @property
    def sentence(self) -> str:
        """Give what the agent can say to the citizen."""
        return sentence(self.promise, language=self.spoken, window=self.window) if self.promise else ""

    @property
    def window(self) -> tuple[time | None, time | None]:
        """Give from and until when the citizen can be reached, while the form is still being filled in."""
        kind = str(self["reachable"].value() or "")
        return REACHABLE.get(kind) or (self._clock("reachable_from"), self._clock("reachable_until"))

    def _clock(self, name: str) -> time | None:
        try:
            return self.fields[name].clean(self[name].value())
        except ValidationError:
            return None

    @property
    def spoken(self) -> str:
        return str(self["language"].value() or "")

    def wanted(self, outcome: str) -> bool:
        return outcome == Outcome.CALLBACK

    def clean_number(self) -> str:
        number = phone.normalise(self.cleaned_data["number"])
        if number is None:
            raise ValidationError(_("Dit is geen geldig telefoonnummer. Bijvoorbeeld: 06 12 34 56 78."))
        return number

    def clean_who(self) -> Addressee | None:
        if self.absent:
            raise ValidationError(_("Kies iemand die er is."))  # who that may be is said beside it, with a button
        who: Addressee | None = self.cleaned_data["who"]
        return who

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
        self._clean_window()
        if data.get("add_to"):
            self._forgive()
            return data
        if data.get("urgent") and not data.get("urgent_reason"):
            self.add_error("urgent_reason", _("Schrijf waarom dit spoed heeft."))
        if "who" in data:
            data["who"] = data["who"] or (Addressee(self.near) if self.near else None)
            if data["who"] is None:
                self.add_error("who", _("Kies wie er terugbelt."))
            elif due(data["who"].team, self.topic) is None:
                self.add_error(None, _("Er is nog geen norm of openingstijd ingesteld. Vraag het je beheerder."))
        if not data.get("second") and any(same for _row, same in self.waiting):
            self.add_error("second", _("Over dit onderwerp staat al een verzoek open. Wil je echt een tweede?"))
        return data

    def _forgive(self) -> None:
        """Drop what is wrong with fields that adding to what is there does not need: left open, or who calls back."""
        for name in list(self.errors):
            if name in ("who", "second", "urgent_reason", NON_FIELD_ERRORS) or not self[name].data:
                del self.errors[name]

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
        self.request(contact, by=by)

    def request(self, contact: Contact, *, by: User) -> Callback:
        """Give the callback that is asked for now, or the one to which this contact was added."""
        data = self.cleaned_data
        existing: Callback | None = data.get("add_to")
        if existing is not None:
            reason = data.get("urgent_reason") or _called_again()
            added = self._add_to(existing, contact, reason=reason, by=by)
            return existing if added else self._again(existing, contact, reason=reason, by=by)
        hold(data["number"], self.topic)
        callback = self._joined(contact, by=by) or self._requested(contact, by=by)
        if data["confirm"] and self.email:
            confirm(callback, to=self.email, by=by, contact=contact)
        return callback

    def _joined(self, contact: Contact, *, by: User) -> Callback | None:
        """Give the callback about the same that was made since this form was checked; the citizen needs no second."""
        if self.cleaned_data["second"]:
            return None
        number, reason = self.cleaned_data["number"], self.cleaned_data["urgent_reason"]
        rows = Callback.objects.visible_to(self.user).waiting_for(customer=self.customer, number=number)
        found = rows.not_of_contact(contact.key).about(self.topic).due_first().first()
        urgent = reason if self.cleaned_data["urgent"] else ""
        return found if found and self._add_to(found, contact, reason=urgent, by=by) else None

    def _add_to(self, callback: Callback, contact: Contact, *, reason: str, by: User) -> bool:
        """Add the contact, with what was typed for who calls back; say whether it is part of that callback now."""
        question = self.cleaned_data.get("question", "")
        if not callback.add(contact, by=by, urgent_reason=reason, question=question, answers=self.answers()):
            return False
        callback.adjust(by=by, **self._said_now())
        return True

    def _said_now(self) -> dict[str, Any]:
        """Give what was chosen about reaching the citizen, without what stood in the form already."""
        data = self.cleaned_data
        found: dict[str, Any] = {}
        offered = phone.normalise(self.get_initial_for_field(self.fields["number"], "number") or "")
        if data.get("number") and data["number"] != offered:
            found["number"] = data["number"]
        start, until = data.get("reachable_from"), data.get("reachable_until")
        if start or until:
            found |= {"reachable_from": start, "reachable_until": until}
        language = data.get("language")
        if language and language != self.get_initial_for_field(self.fields["language"], "language"):
            found["language"] = language
        if self.add_prefix("number") in self.data and not data.get("may_leave_voicemail"):
            found["may_leave_voicemail"] = False
        return found

    def _requested(self, contact: Contact, *, by: User) -> Callback:
        data = self.cleaned_data
        return Callback.request(
            contact=contact,
            team=data["who"].team,
            assignee=data["who"].person,
            number=data["number"],
            question=data["question"],
            reachable_from=data["reachable_from"],
            reachable_until=data["reachable_until"],
            language=data["language"],
            may_leave_voicemail=data["may_leave_voicemail"],
            urgent_reason=data["urgent_reason"] if data["urgent"] else "",
            answers=self.answers(),
            by=by,
        )

    def _again(self, ended: Callback, contact: Contact, *, reason: str, by: User) -> Callback:
        """Ask anew: what was to be added to has ended while the agent typed, and the citizen still waits."""
        names = ["number", "reachable_from", "reachable_until", "language", "may_leave_voicemail"]
        return Callback.request(
            contact=contact,
            team=ended.team,
            question=self.cleaned_data.get("question") or contact.text[:LONG] or ended.question,
            answers=self.answers() or ended.answers,
            urgent_reason=reason,
            by=by,
            **({name: getattr(ended, name) for name in names} | self._said_now()),
        )


def _called_again() -> str:
    """Give why a callback became urgent, in the language of the office: it is kept for whoever reads it later."""
    with translation.override(settings.LANGUAGE_CODE):
        return _t("Klant belde opnieuw")

"""A contact as an agent registers it, and the draft of one."""

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

from accounts.models import User
from accounts.worktime import NeverOpen
from contacts.forms.customer import without_bsn
from contacts.forms.part import Part, TopicField, WordsField
from contacts.forms.visit import VisitFields
from contacts.models import Call, Case, Channel, Contact, Customer, Draft, Norm, Outcome, Topic
from contacts.models.draft import form_key
from contacts.models.norm import NoNorm

MADE_WITH_IT = {Outcome.CALLBACK, Outcome.CASE}
LONGEST_CALL = timedelta(hours=4)  # a draft that lay longer says nothing about how long the conversation took


class ContactForm(VisitFields):
    """One contact as an agent registers it while talking, with a customer that was fetched with_counts."""

    use_required_attribute = False  # nothing is wrong before somebody typed something

    key = forms.UUIDField(widget=forms.HiddenInput)
    conversation = forms.UUIDField(widget=forms.HiddenInput, required=False)
    call = forms.UUIDField(widget=forms.HiddenInput, required=False)  # the telephone call in which it was said
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
        draft = Draft.objects.filter(user=by, uuid=data["key"]).first()
        call = self._call(by)
        values = self._times(draft) | (call.told(now=timezone.now()) if call else {})
        contact = Contact.register(
            key=form_key(by, data["key"]),
            channel=data["channel"],
            by=by,
            customer=self.customer,
            topic=data["topic"],
            text=data["text"],
            outcome=data["outcome"],
            transferred_to=data["transferred_to"],
            conversation=data["conversation"] or (call.conversation if call else None),
            **values,
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
        if call is not None:
            call.register(contact, by=by)
        for part in parts:
            part.save(contact, by=by)
        return contact

    def _call(self, by: User) -> Call | None:
        """Give the telephone call in which this was said, if there was one."""
        chosen = self.cleaned_data["call"]
        phoned = self.cleaned_data["channel"] == Channel.PHONE
        return Call.objects.visible_to(by).with_uuid(chosen) if chosen and phoned else None

    def _times(self, draft: Draft | None) -> dict[str, Any]:
        """Give how long it took since the first key, and of a visit how long somebody waited."""
        now = timezone.now()
        began = draft.created_at if draft and now - draft.created_at < LONGEST_CALL else None
        times = {"seconds": int((now - began).total_seconds()) if began else None, "happened_at": began}
        return times | (self.visit if self.cleaned_data["channel"] == Channel.DESK else {})


class AlreadySaved(Exception):
    """Another contact was saved under the key of this form."""


class CorrectForm(forms.Form):
    """What was wrong in a closed contact, and why it is changed; what a citizen wrote stays as it is."""

    text = WordsField(label=_("Vraag en antwoord"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 4}))
    topic = TopicField(label=_("Onderwerp"), required=False)
    outcome = forms.ChoiceField(label=_("Afhandeling"))
    reason = WordsField(label=_("Waarom klopt het niet?"), max_length=200)

    def __init__(self, data: Any = None, *, contact: Contact) -> None:
        topic = contact.topic.uuid if contact.topic else ""
        super().__init__(data, initial={"text": contact.text, "topic": topic, "outcome": contact.outcome})
        self.contact = contact
        outcome = self.fields["outcome"]
        assert isinstance(outcome, forms.ChoiceField)
        # A callback or a case is more than a word: those are made with the contact, or not at all.
        outcome.choices = [one for one in Outcome.choices if one[0] not in MADE_WITH_IT or one[0] == contact.outcome]
        if contact.is_message:
            del self.fields["text"]

    def clean(self) -> dict[str, Any]:
        if self.contact.closed_at is None:
            raise ValidationError(_t("Dit contact is nog niet afgerond."))
        return super().clean() or {}

    def save(self, *, by: User) -> bool:
        """Correct the contact; say whether anything changed."""
        data = self.cleaned_data
        return self.contact.correct(
            text=data.get("text", self.contact.text),
            topic=data["topic"],
            outcome=data["outcome"],
            reason=data["reason"],
            by=by,
        )


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
        words = {"text", "callback-question", "transferred_to", *(name for name in typed if "-q-" in name)}
        return any("".join(typed.get(name, [])).strip() for name in words)


def holds_bsn(text: str) -> bool:
    """Say whether a personal number seems to stand in a text: it belongs in its own field, if anywhere."""
    try:
        without_bsn(text)
    except ValidationError:
        return True
    return False

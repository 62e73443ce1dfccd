"""What goes out and comes in at the API of callbacks."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api import MomentField, Strict
from accounts.phone import normalise
from callbacks.models import Callback, Result
from contacts.models import Channel, Customer

LONG = 2000
MOST = 100  # rows of one page
FAR = timedelta(days=90)  # a next attempt later than this is a mistake
STATES = ["open", "late", "completed", "cancelled"]
TRY_AGAIN = {Result.NO_ANSWER, Result.VOICEMAIL, Result.BUSY}


class CallbackShape(serializers.BaseSerializer[Callback]):
    """A callback as other systems read it."""

    def to_representation(self, instance: Callback) -> dict[str, Any]:
        one = instance
        return {
            "uuid": one.uuid,
            "reference": one.reference,
            "url": self.context["request"].build_absolute_uri(one.get_absolute_url()),
            "status": one.status,
            "contact": one.contact.uuid,
            "customer": _named(one.contact.customer),
            "topic": _named(one.contact.topic),
            "team": _named(one.team),
            "assignee": _named(one.assignee),
            "number": one.number,
            "question": one.question,
            "answers": [{"question": asked, "answer": answered} for asked, answered in one.answers],
            "language": one.language,
            "may_leave_voicemail": one.may_leave_voicemail,
            "reachable_from": one.reachable_from,
            "reachable_until": one.reachable_until,
            "urgent_reason": one.urgent_reason,
            "requested_at": _moment(one.requested_at),
            "due_at": _moment(one.due_at),
            "norm_due_at": _moment(one.norm_at),
            "term": one.term,
            "claimed_at": _moment(one.claimed_at),
            "next_attempt_at": _moment(one.next_attempt_at),
            "attempts": [
                {"result": each.result, "at": _moment(each.at), "note": each.note} for each in one.attempts.all()
            ],
            "completed_at": _moment(one.completed_at),
            "outcome": one.outcome,
            "cancelled_at": _moment(one.cancelled_at),
            "cancel_reason": one.cancel_reason,
        }


READ_ONLY = frozenset({
    "uuid", "reference", "url", "status", "contact", "requested_at", "due_at", "norm_due_at", "term", "claimed_at",
    "attempts", "completed_at", "outcome", "cancelled_at", "cancel_reason",
})  # fmt: skip


def _named(row: Any) -> dict[str, Any] | None:
    return {"uuid": row.uuid, "name": str(row)} if row is not None else None


def _moment(moment: Any) -> str | None:
    return timezone.localtime(moment).isoformat() if moment else None


def etag(shown: dict[str, Any]) -> str:
    """Give a word that changes whenever what is shown does, but for what the clock alone changes."""
    kept = {name: str(value) for name, value in shown.items() if name not in {"status", "url"}}
    return f'"{hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:32]}"'


class ListQuery(Strict):
    """Which callbacks are asked for."""

    state = serializers.ChoiceField(choices=STATES, required=False)
    team = serializers.UUIDField(required=False)
    updated_since = MomentField(required=False)
    cursor = serializers.CharField(required=False, max_length=80)
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=50)


class QuestionsQuery(Strict):
    topic = serializers.UUIDField(required=False)
    team = serializers.UUIDField(required=False)


class NewCallback(Strict):
    """A citizen wants to be called."""

    ours = READ_ONLY

    number = serializers.CharField(max_length=40)
    question = serializers.CharField(max_length=LONG)
    text = serializers.CharField(max_length=20_000, required=False, default="")
    channel = serializers.ChoiceField(choices=Channel.choices, default=Channel.PHONE)
    customer = serializers.UUIDField(required=False)
    topic = serializers.UUIDField(required=False)
    team = serializers.UUIDField(required=False)
    assignee = serializers.UUIDField(required=False)
    reachable_from = serializers.TimeField(required=False, default=None)
    reachable_until = serializers.TimeField(required=False, default=None)
    urgent_reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    language = serializers.ChoiceField(choices=Customer.Language.choices, required=False, default="")
    may_leave_voicemail = serializers.BooleanField(default=True)
    answers = serializers.DictField(child=serializers.CharField(max_length=4000, allow_blank=True), required=False)
    add_to = serializers.UUIDField(required=False)
    second = serializers.BooleanField(default=False)

    def validate_number(self, value: str) -> str:
        number = normalise(value)
        if number is None:
            raise serializers.ValidationError(_("Dit is geen geldig telefoonnummer."))
        return number

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        start, end = attrs["reachable_from"], attrs["reachable_until"]
        if start and end and start >= end:
            raise serializers.ValidationError({"reachable_until": [_t("De eindtijd moet na de begintijd liggen.")]})
        return attrs


class NewAttempt(Strict):
    """How a try to reach the citizen ended."""

    result = serializers.ChoiceField(choices=Result.choices)
    note = serializers.CharField(max_length=LONG, required=False, default="", allow_blank=True)
    next_attempt_at = MomentField(required=False, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        at, now = attrs["next_attempt_at"], timezone.now()
        wrong = ""
        if at and attrs["result"] not in TRY_AGAIN:
            wrong = _t("Na dit resultaat is er geen volgende poging.")
        elif at and at <= now:
            wrong = _t("Kies een moment dat nog moet komen.")
        elif at and at > now + FAR:
            wrong = _t("Kies een moment binnen 90 dagen.")
        if wrong:
            raise serializers.ValidationError({"next_attempt_at": [wrong]})
        return attrs


class Completion(Strict):
    """What was said to the citizen."""

    outcome = serializers.CharField(max_length=LONG)

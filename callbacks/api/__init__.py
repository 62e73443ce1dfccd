"""Callbacks for other systems: what the screens do, with the same rules. Described in docs/api.md."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from accounts.http import signed_in
from accounts.models import User
from accounts.paging import page, place
from accounts.worktime import NeverOpen
from callbacks.api.asking import Asked, team_of, topic_of, wrong
from callbacks.api.shapes import (
    CallbackShape,
    Completion,
    ListQuery,
    NewAttempt,
    NewCallback,
    QuestionsQuery,
    etag,
)
from callbacks.models import Callback, Ended
from callbacks.models.selection import CallbackQuerySet
from callbacks.models.waiting import hold
from contacts.models import Access, Contact, Outcome
from contacts.models.norm import NoNorm
from contacts.models.question import callback_questions

KEY = re.compile(r"[\x21-\x7e]{1,100}")
USED = gettext_lazy("Deze Idempotency-Key is al voor iets anders gebruikt.")


class Conflict(APIException):
    status_code = 409
    default_code = "conflict"


class Stale(APIException):
    status_code = 412
    default_code = "stale"


class CallbackViewSet(ViewSet):
    """The callbacks this user may see, newest first; asking for one, and trying to reach the citizen."""

    lookup_field = "uuid"
    lookup_value_regex = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

    def list(self, request: Request) -> Response:
        query, user = ListQuery.of_query(request), signed_in(request)
        rows = _selected(Callback.objects.visible_to(user), query, now=timezone.now())
        try:
            after = place(query.get("cursor"))
        except Http404:
            raise wrong("cursor", _("Dit is geen plaats in deze lijst.")) from None
        found = page(
            rows.newest_first(before=after).for_list(), size=query["limit"], moment=lambda row: row.requested_at
        )
        shapes = [CallbackShape(row, context={"request": request}).data for row in found.rows]
        seen = {row.contact.customer_id for row in found.rows if row.contact.customer_id}
        Access.record_all(by=user, action=Access.Action.SEARCH, customer_ids=sorted(seen), detail="api")
        return Response({"results": shapes, "next": found.next or None})

    def retrieve(self, request: Request, uuid: str) -> Response:
        return _answer(request, _find(request, uuid))

    @action(detail=False, methods=["get"])
    def questions(self, request: Request) -> Response:
        """Give what is asked about a topic or for a department, to be answered when a callback is asked for."""
        query = QuestionsQuery.of_query(request)
        topic = topic_of(query.get("topic"))
        team = team_of(query.get("team")) or (topic.team if topic else None)
        found = callback_questions(topic=topic, team=team)
        shown = [
            {
                "uuid": one.uuid, "question": one.label, "kind": one.kind, "choices": one.options,
                "required": one.is_required,
            }
            for one in found
        ]  # fmt: skip
        return Response({"results": shown})

    def create(self, request: Request) -> Response:
        user = signed_in(request)
        if not user.works_at_kcc:
            raise PermissionDenied
        body = NewCallback(data=request.data)
        body.is_valid(raise_exception=True)
        callback, fresh = _request(body.validated_data, key=_key(request), user=user)
        return _answer(request, callback, status=201 if fresh else 200)

    @action(detail=True, methods=["post"])
    @transaction.atomic
    def attempts(self, request: Request, uuid: str) -> Response:
        """Register how a try to reach the citizen ended."""
        body, callback = NewAttempt(data=request.data), _find(request, uuid)
        body.is_valid(raise_exception=True)
        key = _key(request)
        if not _is_known(callback, body.validated_data, key=key):
            _check_version(request, callback)
            try:
                callback.attempt(key=key, by=signed_in(request), **body.validated_data)
            except Ended:
                raise Conflict(_("Dit terugbelverzoek is intussen afgerond of vervallen.")) from None
        return _answer(request, callback, status=201)

    @action(detail=True, methods=["post"])
    @transaction.atomic
    def complete(self, request: Request, uuid: str) -> Response:
        """Register the conversation as the last attempt and close the callback with its answer."""
        body, callback = Completion(data=request.data), _find(request, uuid)
        body.is_valid(raise_exception=True)
        outcome, user = body.validated_data["outcome"], signed_in(request)
        if callback.completed_by_id == user.pk and callback.outcome == outcome:  # the same once more
            return _answer(request, callback)
        _check_version(request, callback)
        if not callback.complete(outcome=outcome, by=user, key=_key(request)):
            raise Conflict(_("Dit terugbelverzoek is intussen afgerond of vervallen."))
        return _answer(request, callback)


def _find(request: Request, uuid: str) -> Callback:
    return get_object_or_404(Callback.objects.visible_to(signed_in(request)).with_details(), uuid=UUID(uuid))


def _selected(rows: CallbackQuerySet, query: dict[str, Any], *, now: datetime) -> CallbackQuerySet:
    state, team, since = query.get("state"), team_of(query.get("team")), query.get("updated_since")
    if state == "open":
        rows = rows.open()
    elif state == "late":
        rows = rows.overdue(now=now)
    elif state == "completed":
        rows = rows.answered()
    elif state == "cancelled":
        rows = rows.cancelled()
    if team is not None:
        rows = rows.for_team(team)
    return rows.changed_since(since) if since else rows


def _answer(request: Request, callback: Callback, *, status: int = 200) -> Response:
    """Answer with the callback as it is now; that its data were seen is written down."""
    fresh = Callback.objects.with_details().get(pk=callback.pk)
    shown = CallbackShape(fresh, context={"request": request}).data
    Access.record(
        by=signed_in(request),
        action=Access.Action.VIEW,
        customer_id=fresh.contact.customer_id,
        detail=f"api {fresh.reference}",
    )
    return Response(shown, status=status, headers={"ETag": etag(shown)})


def _key(request: Request) -> str:
    """Give the key by which the same request is known when it comes twice; a new one when none was sent."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return str(uuid4())
    if not KEY.fullmatch(given):
        raise wrong("Idempotency-Key", _("Gebruik hooguit 100 letters, cijfers en tekens."))
    return given


def _is_known(callback: Callback, data: dict[str, Any], *, key: str) -> bool:
    """Say whether this try was registered before. Raises Conflict when its key was used for something else."""
    callback.lock()
    known = callback.attempt_of(key)
    if known is not None and (known.result, known.note) != (data["result"], data["note"]):
        raise Conflict(USED)
    return known is not None


def _check_version(request: Request, callback: Callback) -> None:
    """Refuse what was decided on an older state than there is now, where the request names the one it saw."""
    seen = request.headers.get("If-Match")
    if seen is None or seen == "*":
        return
    callback.lock()
    fresh = Callback.objects.with_details().get(pk=callback.pk)
    if etag(CallbackShape(fresh, context={"request": request}).data) not in [one.strip() for one in seen.split(",")]:
        raise Stale(_("Dit terugbelverzoek is intussen gewijzigd. Haal het opnieuw op."))


@transaction.atomic
def _request(data: dict[str, Any], *, key: str, user: User) -> tuple[Callback, bool]:
    """Give the callback this asks for, and whether it is new; with the same key it is the same one."""
    key = f"api:{user.pk}:{key}"
    known = Contact.objects.filter(key=key).first()
    if known is not None:
        return _again(known, data), False
    asked = Asked.of(data, user=user)
    contact = Contact.register(
        key=key,
        channel=data["channel"],
        by=user,
        customer=asked.customer,
        party=data["number"],
        topic=asked.topic,
        text=data["text"] or data["question"],
        outcome=Outcome.CALLBACK,
    )
    if not contact.is_new:  # the same request came a moment ago, in another process
        return _again(contact, data), False
    if "add_to" in data:
        return _add(data, contact, user=user), True
    if not data["second"]:
        _check_waiting(data, asked, user=user)
    try:
        return _made(data, asked, contact, user=user), True
    except (NoNorm, NeverOpen):
        raise serializers.ValidationError(_("Er is nog geen norm of openingstijd ingesteld.")) from None


def _check_waiting(data: dict[str, Any], asked: Asked, *, user: User) -> None:
    """Refuse a second callback about the same, also when both were asked for at once: nothing is kept of it then."""
    hold(data["number"], asked.topic)
    waiting = asked.waiting(data["number"], user=user)
    if waiting:
        raise Conflict(
            {
                "detail": _("Er staat al een verzoek open over dit onderwerp. Voeg toe met add_to, of geef second."),
                "open": str(waiting[0].uuid),
            }
        )


def _made(data: dict[str, Any], asked: Asked, contact: Contact, *, user: User) -> Callback:
    return Callback.request(
        contact=contact,
        team=asked.team,
        assignee=asked.assignee,
        number=data["number"],
        question=data["question"],
        reachable_from=data["reachable_from"],
        reachable_until=data["reachable_until"],
        urgent_reason=data["urgent_reason"],
        language=data["language"] or (asked.customer.language if asked.customer else ""),
        may_leave_voicemail=data["may_leave_voicemail"],
        answers=asked.answers,
        by=user,
    )


def _add(data: dict[str, Any], contact: Contact, *, user: User) -> Callback:
    callback = Callback.objects.visible_to(user).chosen([data["add_to"]]).first()
    theirs = callback is not None and (
        callback.number == data["number"]
        or (contact.customer_id is not None and callback.contact.customer_id == contact.customer_id)
    )
    if callback is None or not theirs:
        raise wrong("add_to", _("Dit terugbelverzoek is er niet."))
    if not callback.add(contact, by=user, urgent_reason=data["urgent_reason"]):
        raise Conflict(_("Dit terugbelverzoek is intussen afgerond of vervallen."))
    return callback


def _again(contact: Contact, data: dict[str, Any]) -> Callback:
    """Give what became of a contact that came before. Raises Conflict when its key was used for something else."""
    found = contact.callbacks.first() or contact.repeats_of.first()
    if found is None or contact.text != (data["text"] or data["question"]) or contact.party != data["number"]:
        raise Conflict(USED)
    return found

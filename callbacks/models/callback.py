from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from callbacks.models.occurrence import CALLED_OFTEN, by_hand, called_again, escalated
from callbacks.models.presence import present
from callbacks.models.reminder import plan
from callbacks.models.selection import OPEN
from callbacks.models.slot import Slot
from callbacks.models.tried import Tried
from contacts.models import Contact, Customer, Norm, Topic
from contacts.models.case import next_reference


class Callback(Tried):
    """A promise to call a citizen back: by a team, before a moment in office hours, until it is kept or ended."""

    class Meta:
        verbose_name = _("terugbelverzoek")
        verbose_name_plural = _("terugbelverzoeken")
        indexes = [
            models.Index(fields=["due_at", "id"], condition=OPEN, name="callback_open_due"),
            models.Index(fields=["team", "due_at", "id"], condition=OPEN, name="callback_open_team"),
            models.Index(fields=["assignee", "due_at", "id"], condition=OPEN, name="callback_open_assignee"),
            models.Index(fields=["-requested_at", "-id"], name="callback_newest"),
            models.Index(fields=["team", "-requested_at", "-id"], name="callback_team_newest"),
            models.Index(Coalesce("completed_at", "cancelled_at"), condition=~OPEN, name="callback_ended"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="callback_reference_once"),
            models.UniqueConstraint(
                fields=["contact"],
                name="callback_once_per_contact",
                violation_error_message=_("Bij dit klantcontact hoort al een terugbelverzoek."),
            ),
            models.CheckConstraint(condition=Q(due_at__gte=F("requested_at")), name="callback_due_after_request"),
            models.CheckConstraint(condition=Q(completed_at=None) | Q(cancelled_at=None), name="callback_ends_once"),
        ]

    @classmethod
    @transaction.atomic
    def request(
        cls,
        *,
        contact: Contact,
        team: Team,
        number: str,
        question: str,
        by: User | None,
        assignee: User | None = None,
        reachable_from: time | None = None,
        reachable_until: time | None = None,
        urgent_reason: str = "",
        language: str = "",
        may_leave_voicemail: bool = True,
        answers: Iterable[tuple[str, str]] = (),
        next_attempt_at: datetime | None = None,
    ) -> "Callback":
        """Give the callback that this contact asked for, due by the norm in force; a second time gives the same one.

        So do two at once: the database keeps a contact to one. Number in E.164; the answers with their questions. Who
        is absent is replaced by who stands in, else by the team.
        Raises NoNorm when the office has no norm for calling back, NeverOpen without opening hours.
        """
        existing = contact.callbacks.first()
        if existing is not None:
            return existing
        now = timezone.now()
        due_at, term = _promise(team, contact.topic, now=now)
        team, assignee = present(team, assignee, now=now)
        callback, created = cls.objects.get_or_create(
            contact=contact,
            defaults={
                "reference": next_reference("T", now),
                "team": team,
                "assignee": assignee,
                "number": number,
                "question": question,
                "reachable_from": reachable_from,
                "reachable_until": reachable_until,
                "language": language[:40],
                "may_leave_voicemail": may_leave_voicemail,
                "answers": [[asked, answered] for asked, answered in answers],
                "next_attempt_at": next_attempt_at,
                "urgent_reason": urgent_reason[:200],
                "urgent_at": now if urgent_reason else None,
                "requested_by": by,
                "requested_at": now,
                "due_at": due_at,
                "term": term,
            },
        )
        if created:
            callback.plan_reminders()
            callback.track("callback_requested", by=by, team=team.name)
        return callback

    def plan_reminders(self) -> None:
        """Write the reminders this promise needs as rows, so that none can be forgotten."""
        plan(self)

    @transaction.atomic
    def remind(self, *, key: str, by: User | None) -> None:
        """Let who must act be reminded now; the same key reminds once, and what has ended needs no reminder."""
        self.lock()
        if self.is_open and self.notice(by_hand(key), now=timezone.now()):
            self.track("callback_reminded", by=by)

    @transaction.atomic
    def escalate(self, *, key: str, by: User | None) -> None:
        """Let the team leads and the coordinator hear of it now; the same key tells them once, and only while open."""
        self.lock()
        if self.is_open and self.notice(escalated(key, by=by), now=timezone.now()):
            self.track("callback_escalated", by=by)

    @transaction.atomic
    def add(
        self,
        contact: Contact,
        *,
        by: User | None,
        urgent_reason: str = "",
        question: str = "",
        answers: Iterable[tuple[str, str]] = (),
    ) -> bool:
        """Add another contact of the same citizen: it counts as a repeat call and alerts who must act.

        What is asked besides what the contact tells, and what was answered anew, stands with the question from now on.
        Says whether it is part of this callback now; it is not when the callback has ended.
        """
        self.lock()
        if self.repeats.filter(pk=contact.pk).exists():
            return True
        if not self.is_open:
            return False
        now = timezone.now()
        self.repeats.add(contact)
        if urgent_reason and self.urgent_at is None:
            self.urgent_at, self.urgent_reason = now, urgent_reason[:200]
            self.save(update_fields=["urgent_at", "urgent_reason"])
        asked = "" if question.split() == contact.text.split() else question
        self._supplement(asked, answers, now=now)
        self.notice(called_again(contact), now=now)
        if self.policy.lead_repeats and self.repeats.count() >= self.policy.lead_repeats:
            self.notice(CALLED_OFTEN, now=now)
        self.track("callback_repeated", by=by, urgent=urgent_reason, question=asked)
        return True

    @transaction.atomic
    def adjust(self, *, by: User | None, **fields: Any) -> bool:
        """Keep what the citizen says now: another number or window, language, or whether voicemail may be left.

        Says whether anything changed; what has ended stays as it was.
        """
        self.lock()
        changed = {name: value for name, value in fields.items() if getattr(self, name) != value}
        if not self.is_open or not changed:
            return False
        for name, value in changed.items():
            setattr(self, name, value)
        self.save(update_fields=list(changed))
        with translation.override(settings.LANGUAGE_CODE):
            window = self.reachable if {"reachable_from", "reachable_until"} & set(changed) else ""
            language = str(dict(Customer.Language.choices).get(changed.get("language", ""), ""))
        told = {"number": "number" in changed, "voicemail": changed.get("may_leave_voicemail")}
        self.track("callback_adjusted", by=by, window=window, language=language, **told)
        return True

    def _supplement(self, question: str, answers: Iterable[tuple[str, str]], *, now: datetime) -> None:
        """Put what is asked besides with the question, and each answer in the place of an earlier one."""
        fresh = [[asked, answered] for asked, answered in answers]
        again = {asked for asked, _answered in fresh}
        if question:
            with translation.override(settings.LANGUAGE_CODE):
                moment = date_format(timezone.localtime(now), "j b H:i")
                fresh.append([_t("Aanvulling, %(moment)s") % {"moment": moment}, question])
        if fresh:
            self.answers = [pair for pair in self.answers if pair[0] not in again] + fresh
            self.save(update_fields=["answers"])

    @transaction.atomic
    def renew(self, *, due_at: datetime, slot: Slot | None, by: User | None) -> None:
        """Keep what the citizen was told on asking again: called by then at the latest, and when it suits best.

        What was promised is never put off by it, and the norm's own moment stays as it was. Raises NeverOpen.
        """
        self.lock()
        is_sooner = due_at < self.due_at
        if not self.is_open or not (slot or is_sooner):
            return
        wished = ""
        if slot:
            with translation.override(settings.LANGUAGE_CODE):
                asked, wished = slot.answer
            self.answers = [[asked, wished], *(pair for pair in self.answers if pair[0] != asked)]
            self.next_attempt_at = slot.start
            self.reachable_from, self.reachable_until = slot.clock_start, slot.clock_end
        self.due_at = min(due_at, self.due_at)
        self.save(update_fields=["due_at", "next_attempt_at", "reachable_from", "reachable_until", "answers"])
        if is_sooner:
            self.plan_reminders()
        until = self.due_at.isoformat() if is_sooner else ""
        self.track("callback_renewed", by=by, until=until, wished=wished)


def _promise(team: Team, topic: Topic | None, *, now: datetime) -> tuple[datetime, str]:
    """Give until when we call, and the norm in the language of the office: it is kept for whoever reads it later."""
    with translation.override(settings.LANGUAGE_CODE):
        return Norm.promise(Norm.Kind.CALLBACK, team=team, topic=topic, start=now)

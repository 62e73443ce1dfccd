from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import push
from accounts.models import Role, Team, User, office_hours
from accounts.worktime import LOCAL
from callbacks.models.occurrence import by_hand, called_again, handed_to
from callbacks.models.result import Result
from callbacks.models.selection import OPEN, CallbackQuerySet
from contacts.models import Channel, Contact, Direction, Event, Norm, Outcome
from contacts.models.case import next_reference

if TYPE_CHECKING:
    from callbacks.models.attempt import Attempt

MAX_ATTEMPTS = 3
STATE = (
    "team_id", "assignee_id", "claimed_at", "first_attempt_at", "next_attempt_at", "urgent_at", "urgent_reason",
    "completed_at", "completed_by_id", "outcome", "cancelled_at", "cancel_reason",
)  # fmt: skip


class Ended(Exception):
    """The callback was completed or cancelled by somebody else meanwhile."""


class Callback(models.Model):
    """A promise to call a citizen back: by a team, before a moment in office hours, until it is kept or ended."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    reference = models.CharField(_("kenmerk"), max_length=20)
    contact = models.ForeignKey(
        Contact, models.PROTECT, related_name="callbacks", verbose_name=_("klantcontact"), db_index=False
    )
    repeats = models.ManyToManyField(Contact, related_name="repeats_of", blank=True, verbose_name=_("belde opnieuw"))
    team = models.ForeignKey(Team, models.PROTECT, related_name="callbacks", verbose_name=_("afdeling"))
    assignee = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="callbacks", verbose_name=_("behandelaar")
    )
    number = models.CharField(_("terugbelnummer"), max_length=20)
    question = models.TextField(_("vraag voor de behandelaar"))
    reachable_from = models.TimeField(_("bereikbaar vanaf"), null=True, blank=True)
    reachable_until = models.TimeField(_("bereikbaar tot"), null=True, blank=True)
    urgent_reason = models.CharField(_("reden van spoed"), max_length=200, blank=True)
    urgent_at = models.DateTimeField(_("spoed sinds"), null=True, blank=True)
    requested_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("gemaakt door"), db_index=False
    )
    requested_at = models.DateTimeField(_("gemaakt op"), default=timezone.now)
    due_at = models.DateTimeField(_("uiterlijk"))
    term = models.CharField(_("norm"), max_length=60)
    claimed_at = models.DateTimeField(_("opgepakt op"), null=True, blank=True)
    next_attempt_at = models.DateTimeField(_("volgende poging"), null=True, blank=True)
    first_attempt_at = models.DateTimeField(_("eerste poging"), null=True, blank=True)
    completed_at = models.DateTimeField(_("afgerond op"), null=True, blank=True)
    completed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("afgerond door"), db_index=False
    )
    outcome = models.TextField(_("antwoord aan de klant"), blank=True)
    cancelled_at = models.DateTimeField(_("vervallen op"), null=True, blank=True)
    cancel_reason = models.CharField(_("reden van vervallen"), max_length=200, blank=True)

    objects = CallbackQuerySet.as_manager()

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

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("callbacks:detail", args=[self.uuid])

    @property
    def title(self) -> str:
        topic = self.contact.topic
        return topic.name[:1].upper() + topic.name[1:] if topic else self.contact.title

    @property
    def is_open(self) -> bool:
        return self.completed_at is None and self.cancelled_at is None

    @property
    def ended_at(self) -> datetime | None:
        return self.completed_at or self.cancelled_at

    @property
    def status(self) -> str:
        """Give the state in one word, derived from the moments: open, claimed, completed or cancelled."""
        if self.completed_at:
            return "completed"
        if self.cancelled_at:
            return "cancelled"
        return "claimed" if self.claimed_at else "open"

    @property
    def status_label(self) -> str:
        return {
            "open": _t("Open"),
            "claimed": _t("In behandeling"),
            "completed": _t("Afgerond"),
            "cancelled": _t("Vervallen"),
        }[self.status]

    @property
    def reachable(self) -> str:
        """Give the window in which the citizen can be reached, in words."""
        start, end = self.reachable_from, self.reachable_until
        if start and end:
            return _t("%(start)s tot %(end)s") % {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
        if start:
            return _t("na %(start)s") % {"start": f"{start:%H:%M}"}
        return _t("tot %(end)s") % {"end": f"{end:%H:%M}"} if end else _t("hele dag")

    @property
    def reachable_now(self) -> bool:
        return self.reachable_at(timezone.now())

    def reachable_at(self, moment: datetime) -> bool:
        """Say whether the citizen said to be reachable at that moment."""
        clock = moment.astimezone(LOCAL).time()
        return (self.reachable_from or time.min) <= clock < (self.reachable_until or time.max)

    def may_be_assigned_by(self, user: User) -> bool:
        """Say whether this user may hand it to somebody: a senior or lead any, a specialist what the own teams have."""
        return user.may_assign and (user.has_role(Role.SENIOR, Role.TEAM_LEAD) or self.team_id in user.team_ids)

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
    ) -> "Callback":
        """Give the callback that this contact asked for, due by the norm in force; a second time gives the same one.

        So do two at once: the database keeps a contact to one. Number in E.164.
        Raises NoNorm when the office has no norm for calling back, NeverOpen without opening hours.
        """
        existing = contact.callbacks.first()
        if existing is not None:
            return existing
        now = timezone.now()
        due_at, term = Norm.promise(Norm.Kind.CALLBACK, team=team, topic=contact.topic, start=now)
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
        hours = office_hours()
        almost = hours.add_minutes(self.requested_at, 0.9 * hours.minutes_between(self.requested_at, self.due_at))
        moments = {"new": self.requested_at, "almost": almost, "late": self.due_at}
        for occurrence, due_at in moments.items():
            self.reminders.get_or_create(occurrence=occurrence, defaults={"next_attempt_at": due_at, "due_at": due_at})

    @transaction.atomic
    def remind(self, *, key: str, by: User | None) -> None:
        """Let who must act be reminded now; the same key reminds once, and what has ended needs no reminder."""
        if not self.is_open:
            return
        now = timezone.now()
        _row, created = self.reminders.get_or_create(
            occurrence=by_hand(key), defaults={"next_attempt_at": now, "due_at": now}
        )
        if created:
            self.track("callback_reminded", by=by)

    @transaction.atomic
    def claim(self, *, by: User) -> bool:
        """Make this colleague the one who acts, when it is free; say whether it is theirs now.

        Of two who race, one wins.
        """
        now = timezone.now()
        free = Callback.objects.open().filter(Q(assignee=None) | Q(assignee=by), pk=self.pk, claimed_at=None)
        if free.update(assignee=by, claimed_at=now) == 0:
            self.refresh_from_db(fields=["assignee", "claimed_at"])
            return self.assignee_id == by.pk and self.claimed_at is not None
        self.assignee, self.claimed_at = by, now
        self.track("callback_claimed", by=by)
        return True

    @transaction.atomic
    def assign(self, *, team: Team, assignee: User | None, reason: str, by: User | None) -> None:
        """Give this callback to a team, and perhaps a person in it; the promise to the citizen stays as it was."""
        self.lock()
        if not self.is_open or (self.team_id == team.pk and self.assignee_id == (assignee.pk if assignee else None)):
            return
        push.hint("callbacks", f"team:{self.team_id}")  # the list it leaves
        self.team, self.assignee, self.claimed_at = team, assignee, None
        self.save(update_fields=["team", "assignee", "claimed_at"])
        to = assignee.short_name if assignee else team.name
        self.track("callback_assigned", by=by, to=to, reason=reason)
        now = timezone.now()
        self.reminders.get_or_create(
            occurrence=handed_to(team, assignee, now), defaults={"next_attempt_at": now, "due_at": now}
        )

    @transaction.atomic
    def attempt(
        self, *, key: str, result: str, by: User, note: str = "", next_attempt_at: datetime | None = None
    ) -> "Contact":
        """Give the outgoing contact that this attempt to call was; the same key is one attempt.

        Whoever calls has taken the callback. Only a conversation shows as a contact of its own in the timeline.
        Raises Ended when the callback was completed or cancelled meanwhile.
        """
        known = self.attempts.filter(contact__key=self._attempt_key(key)).select_related("contact").first()
        if known is not None:
            return known.contact
        self.lock()
        if not self.is_open:
            raise Ended
        return self._tried(key=key, result=result, by=by, note=note, next_attempt_at=next_attempt_at)

    def _attempt_key(self, key: str) -> str:
        return f"attempt:{self.pk}:{key}"

    def _tried(
        self, *, key: str, result: str, by: User, note: str, next_attempt_at: datetime | None = None
    ) -> "Contact":
        spoken = result == Result.SPOKEN
        contact = Contact.register(
            key=self._attempt_key(key),
            channel=Channel.PHONE,
            direction=Direction.OUTBOUND,
            by=by,
            customer=self.contact.customer,
            party=self.number,
            topic=self.contact.topic,
            subject=_called_back(self.title),
            text=note,
            outcome=Outcome.ANSWERED if spoken else Outcome.BROKEN_OFF,
            case=self.contact.case,
            conversation=self.contact.conversation,
            reached=spoken,
        )
        now = timezone.now()
        _attempt, created = self.attempts.get_or_create(
            contact=contact, defaults={"result": result, "by": by, "note": note, "at": now}
        )
        if created:
            self.assignee = self.assignee or by
            self.claimed_at = self.claimed_at or now
            self.first_attempt_at = self.first_attempt_at or now
            self.next_attempt_at = next_attempt_at
            self.save(update_fields=["assignee", "claimed_at", "first_attempt_at", "next_attempt_at"])
            self.track(
                "callback_attempted", by=by, result=result, note=note, n=self.attempts.filter(at__lte=now).count()
            )
        return contact

    @transaction.atomic
    def complete(self, *, outcome: str, by: User | None, key: str = "") -> bool:
        """Close this callback with what was agreed; say whether it was open. A second time changes nothing.

        With the key of the call in which it was agreed, that call is registered as the last attempt.
        """
        now = timezone.now()
        changes = {"completed_at": now, "outcome": outcome, "completed_by": by, "next_attempt_at": None}
        if Callback.objects.open().filter(pk=self.pk).update(**changes) == 0:
            self.refresh_from_db(fields=["completed_at", "completed_by", "cancelled_at"])
            return False
        if key and by and not self.attempts.filter(contact__key=self._attempt_key(key)).exists():
            self.lock()
            self._tried(key=key, result=Result.SPOKEN, by=by, note=outcome)
        self.completed_at, self.outcome, self.completed_by, self.next_attempt_at = now, outcome, by, None
        self.track("callback_completed", by=by, outcome=outcome)
        return True

    @transaction.atomic
    def cancel(self, *, reason: str, by: User | None) -> bool:
        """End this callback without a conversation, with the reason; say whether it was open."""
        now = timezone.now()
        changes = {"cancelled_at": now, "cancel_reason": reason[:200], "next_attempt_at": None}
        if Callback.objects.open().filter(pk=self.pk).update(**changes) == 0:
            self.refresh_from_db(fields=["completed_at", "completed_by", "cancelled_at"])
            return False
        self.cancelled_at, self.cancel_reason, self.next_attempt_at = now, reason[:200], None
        self.track("callback_cancelled", by=by, reason=reason)
        return True

    @transaction.atomic
    def add(self, contact: Contact, *, by: User | None, urgent_reason: str = "") -> bool:
        """Add another contact of the same citizen: it counts as a repeat call and alerts who must act.

        Says whether it is part of this callback now; it is not when the callback has ended.
        """
        if self.repeats.filter(pk=contact.pk).exists():
            return True
        self.lock()
        if not self.is_open:
            return False
        now = timezone.now()
        self.repeats.add(contact)
        if urgent_reason and self.urgent_at is None:
            self.urgent_at, self.urgent_reason = now, urgent_reason[:200]
            self.save(update_fields=["urgent_at", "urgent_reason"])
        self.reminders.get_or_create(occurrence=called_again(contact), defaults={"next_attempt_at": now, "due_at": now})
        self.track("callback_repeated", by=by, urgent=urgent_reason)
        return True

    def lock(self) -> None:
        """Hold this row until the transaction ends, with the state it has now."""
        fresh = Callback.objects.select_for_update(of=("self",)).get(pk=self.pk)
        for name in STATE:
            setattr(self, name, getattr(fresh, name))

    def track(self, kind: str, *, by: User | None, **data: Any) -> None:
        """Write down on the contact what happened to this callback, and hint the lists it is in."""
        self.contact.track(kind, by=by, callback=str(self.uuid), **data)
        push.hint("callbacks", "kcc", f"team:{self.team_id}")

    @property
    def tries(self) -> int:
        """Give how often somebody tried to reach the citizen."""
        return len(self.attempts.all())

    @property
    def last_attempt(self) -> "Attempt | None":
        attempts = list(self.attempts.all())
        return attempts[-1] if attempts else None

    @property
    def missed_all(self) -> bool:
        """Say whether three tries failed, so that another way must be found."""
        return self.is_open and sum(attempt.result != Result.SPOKEN for attempt in self.attempts.all()) >= MAX_ATTEMPTS

    def log(self) -> models.QuerySet[Event]:
        """Give everything that happened to this callback, newest first."""
        events = self.contact.events.filter(kind__startswith="callback_", data__callback=str(self.uuid))
        return events.select_related("by").order_by("-at", "-pk")


def _called_back(title: str) -> str:
    """Give the title of the outgoing call, in the language of the office: it is kept for whoever reads it later."""
    with translation.override(settings.LANGUAGE_CODE):
        return _t("Teruggebeld: %(title)s") % {"title": title.lower()}

from datetime import datetime, time
from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import push
from accounts.models import Role, Team, User, office_hours
from accounts.worktime import LOCAL
from callbacks.models.cause import Cause
from callbacks.models.policy import Policy
from callbacks.models.selection import CallbackQuerySet
from contacts.models import Contact, Customer, Event

STATE = (
    "team_id", "assignee_id", "claimed_at", "first_attempt_at", "spoken_at", "next_attempt_at", "due_at", "norm_due_at",
    "urgent_at", "urgent_reason", "returned_at", "completed_at", "completed_by_id", "outcome", "cancelled_at",
    "cancel_cause", "cancel_reason", "number", "reachable_from", "reachable_until", "language", "may_leave_voicemail",
    "answers",
)  # fmt: skip


class Ended(Exception):
    """The callback was completed or cancelled by somebody else meanwhile."""


class Promise(models.Model):
    """What was promised to a citizen who wants to be called back, and in words how it stands with it now."""

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
    language = models.CharField(_("taal van de klant"), max_length=40, blank=True, default="", db_default="")
    may_leave_voicemail = models.BooleanField(_("voicemail inspreken mag"), default=True, db_default=True)
    answers = models.JSONField(_("antwoorden"), default=list, blank=True, db_default=Value("[]", models.JSONField()))
    urgent_reason = models.CharField(_("reden van spoed"), max_length=200, blank=True)
    urgent_at = models.DateTimeField(_("spoed sinds"), null=True, blank=True)
    requested_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("gemaakt door"), db_index=False
    )
    requested_at = models.DateTimeField(_("gemaakt op"), default=timezone.now)
    due_at = models.DateTimeField(_("uiterlijk"))
    norm_due_at = models.DateTimeField(_("uiterlijk volgens de norm"), null=True, blank=True)
    term = models.CharField(_("norm"), max_length=60)
    claimed_at = models.DateTimeField(_("opgepakt op"), null=True, blank=True)
    next_attempt_at = models.DateTimeField(_("volgende poging"), null=True, blank=True)
    first_attempt_at = models.DateTimeField(_("eerste poging"), null=True, blank=True)
    spoken_at = models.DateTimeField(_("eerst gesproken"), null=True, blank=True)
    returned_at = models.DateTimeField(_("terug bij het KCC sinds"), null=True, blank=True)
    completed_at = models.DateTimeField(_("afgerond op"), null=True, blank=True)
    completed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("afgerond door"), db_index=False
    )
    outcome = models.TextField(_("antwoord aan de klant"), blank=True)
    cancelled_at = models.DateTimeField(_("vervallen op"), null=True, blank=True)
    cancel_cause = models.CharField(
        _("waarom vervallen"), max_length=12, choices=Cause, blank=True, default="", db_default=""
    )
    cancel_reason = models.CharField(_("reden van vervallen"), max_length=200, blank=True)

    objects = CallbackQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("callbacks:detail", args=[self.uuid])

    @property
    def title(self) -> str:
        topic = self.contact.topic
        return topic.name[:1].upper() + topic.name[1:] if topic else self.contact.title

    @property
    def given_name(self) -> str:
        """Give the name that a citizen who is not known wrote on the website, as it was written; else nothing."""
        if self.contact.customer_id or not hasattr(self.contact, "message"):
            return ""
        return self.contact.message.sender_name

    @property
    def policy(self) -> Policy:
        """Give how the department that has it calls back."""
        return Policy.of(self.team)

    @property
    def is_open(self) -> bool:
        return self.completed_at is None and self.cancelled_at is None

    @property
    def ended_at(self) -> datetime | None:
        return self.completed_at or self.cancelled_at

    @property
    def norm_at(self) -> datetime:
        """Give the moment that keeps the norm, whatever was agreed with the citizen later."""
        return self.norm_due_at or self.due_at

    def is_postponed_at(self, moment: datetime) -> bool:
        """Say whether the citizen agreed to wait, and still does at that moment."""
        return self.is_open and self.norm_due_at is not None and self.due_at > moment

    @property
    def status(self) -> str:
        """Give the state in one word, derived from the moments.

        It is open, claimed, returned (to the contact centre), waiting (as the citizen agreed), completed or cancelled.
        """
        if self.completed_at:
            return "completed"
        if self.cancelled_at:
            return "cancelled"
        if self.returned_at and not self.claimed_at:
            return "returned"
        if self.is_postponed_at(timezone.now()):
            return "waiting"
        return "claimed" if self.claimed_at else "open"

    @property
    def status_label(self) -> str:
        return {
            "open": _t("Open"),
            "claimed": _t("In behandeling"),
            "returned": _t("Terug bij KCC"),
            "waiting": _t("Wacht op klant"),
            "completed": _t("Afgerond"),
            "cancelled": _t("Vervallen"),
        }[self.status]

    @property
    def other_language(self) -> str:
        """Give the language of the citizen in words; nothing when it is Dutch or was not asked."""
        known = {str(code): str(label) for code, label in Customer.Language.choices}
        return "" if self.language == Customer.Language.NL else known.get(self.language, self.language)

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
        """Say whether the office is open at that moment, and the citizen said to be reachable then."""
        clock = moment.astimezone(LOCAL).time()
        said = (self.reachable_from or time.min) <= clock < (self.reachable_until or time.max)
        return said and office_hours().is_open(moment)

    def may_be_assigned_by(self, user: User) -> bool:
        """Say whether this user may hand it to somebody: a senior or lead any, a specialist what the own teams have.

        What came back to the contact centre anybody there sends on.
        """
        if self.returned_at is not None and user.works_at_kcc:
            return True
        return user.may_assign and (user.has_role(Role.SENIOR, Role.TEAM_LEAD) or self.team_id in user.team_ids)

    def may_be_given_back_by(self, user: User) -> bool:
        """Say whether this user may give it back to the contact centre: who has it, or may hand it to somebody."""
        elsewhere = self.is_open and self.returned_at is None and not self.team.is_kcc
        return elsewhere and (self.assignee_id == user.pk or self.may_be_assigned_by(user))

    def lock(self) -> None:
        """Hold this row until the transaction ends, with the state it has now."""
        fresh = type(self)._default_manager.select_for_update(of=("self",)).get(pk=self.pk)
        for name in STATE:
            setattr(self, name, getattr(fresh, name))

    def track(self, kind: str, *, by: User | None, **data: Any) -> None:
        """Write down on the contact what happened to this callback, and hint the lists it is in."""
        self.contact.track(kind, by=by, callback=str(self.uuid), **data)
        push.hint("callbacks", "kcc", f"team:{self.team_id}")

    def log(self) -> models.QuerySet[Event]:
        """Give everything that happened to this callback, newest first."""
        events = self.contact.events.filter(kind__startswith="callback_", data__callback=str(self.uuid))
        return events.select_related("by").order_by("-at", "-pk")

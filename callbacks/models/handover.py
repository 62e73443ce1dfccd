from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from callbacks.models.callback import Callback
from callbacks.models.occurrence import handed_to, sent_back
from callbacks.models.presence import present
from callbacks.models.promise import Ended


class Handover(models.Model):
    """That a callback went from one to another; what came back or went on shows where requests are sent wrong."""

    class Kind(models.TextChoices):
        ASSIGNED = "assigned", _("toegewezen")  # within the department
        FORWARDED = "forwarded", _("overgedragen")  # to another department
        RETURNED = "returned", _("terug naar het KCC")  # it did not belong there
        COVERED = "covered", _("overgenomen bij afwezigheid")

    callback = models.ForeignKey(Callback, models.CASCADE, related_name="handovers", verbose_name=_("terugbelverzoek"))
    kind = models.CharField(_("soort"), max_length=9, choices=Kind)
    from_team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name=_("van afdeling"))
    to_team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name=_("naar afdeling"))
    from_person = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("van")
    )
    to_person = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("naar")
    )
    reason = models.CharField(_("reden"), max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("door"))
    at = models.DateTimeField(_("moment"), default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("overdracht")
        verbose_name_plural = _("overdrachten")
        indexes = [models.Index(fields=["kind", "at"], name="handover_kind")]

    def __str__(self) -> str:
        return self.get_kind_display()

    @classmethod
    def last_return(cls, callback: Callback) -> "Handover | None":
        """Give how this callback came back to the contact centre, None when it is not there."""
        if callback.returned_at is None:
            return None
        rows = cls.objects.filter(callback=callback, kind=cls.Kind.RETURNED)
        return rows.select_related("from_team", "from_person", "by").last()

    @classmethod
    @transaction.atomic
    def give_back(cls, callback: Callback, *, reason: str, by: User | None) -> bool:
        """Give a callback that belongs elsewhere back to the contact centre, which sends it on; who asked hears it.

        Says whether it is back there now; it is not where there is no team of the contact centre, or when it never
        left. Raises Ended.
        """
        callback.lock()
        if not callback.is_open:
            raise Ended
        team = contact_centre(callback)
        if callback.returned_at is not None or team is None or callback.team.is_kcc:
            return callback.returned_at is not None
        now, before = timezone.now(), callback.team
        callback.hand_over(team, None, kind=cls.Kind.RETURNED, reason=reason, by=by, now=now)
        callback.track("callback_returned", by=by, reason=reason, team=before.name, to=team.name)
        callback.notice(sent_back(team, now), now=now)
        return True

    @classmethod
    @transaction.atomic
    def cover(cls, callback: Callback, *, now: datetime) -> bool:
        """Give a callback of somebody who is absent or left to who stands in, else to the team; say whether it moved.

        What a department that was closed still had goes to the contact centre.
        """
        callback.lock()
        if not callback.is_open:
            return False
        assignee = User.objects.filter(callbacks=callback).first()
        team, acting = present(Team.objects.get(pk=callback.team_id), assignee, now=now)
        if team.closed_at is not None:
            team, acting = contact_centre(callback) or team, None
        if callback.is_held_by(team, acting):
            return False
        callback.hand_over(team, acting, kind=cls.Kind.COVERED, reason="", by=None, now=now)
        to = acting.short_name if acting else team.name
        callback.track("callback_covered", by=None, to=to, away=assignee.short_name if assignee else "")
        callback.notice(handed_to(team, acting, now), now=now)
        return True


def contact_centre(callback: Callback) -> Team | None:
    """Give the team of the contact centre that asked for this callback, else the first there is."""
    teams = Team.objects.filter(is_kcc=True, closed_at=None)
    of_contact = teams.filter(contacts=callback.contact).first()
    return of_contact or teams.filter(members=callback.requested_by_id or 0).first() or teams.first()

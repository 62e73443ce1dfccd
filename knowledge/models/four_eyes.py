"""Words that somebody else looks at before they are published."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from knowledge.models.editorial import Editorial

GONE = _("Deze versie is al gepubliceerd of weggegooid.")


class NotYet(Exception):
    """A version cannot be published: it waits for somebody to approve it. The message is for the screen."""


class Changed(NotYet):
    """These are other words by now, or for other readers, than those that were looked at."""

    def __init__(self) -> None:
        super().__init__(str(_("De tekst is intussen gewijzigd. Bekijk die eerst.")))


class FourEyes(models.Model):
    """What somebody wrote and somebody else must look at: who wrote, offered, approved and gave back, and when."""

    written_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("geschreven door")
    )
    submitted_at = models.DateTimeField(_("aangeboden op"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("aangeboden door")
    )
    approved_at = models.DateTimeField(_("goedgekeurd op"), null=True, blank=True)
    approved_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("goedgekeurd door")
    )
    returned_at = models.DateTimeField(_("teruggegeven op"), null=True, blank=True)
    returned_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("teruggegeven door")
    )
    remark = models.TextField(_("opmerking"), blank=True)
    writers = ArrayField(models.BigIntegerField(), default=list, editable=False)  # ids of all who wrote in it

    class Meta:
        abstract = True

    @property
    def authors(self) -> set[int]:
        """Give the ids of all who wrote in this."""
        return {*self.writers} | ({self.written_by_id} if self.written_by_id is not None else set())

    def may_be_offered_by(self, user: User) -> bool:
        """Say whether offering this is of use: nobody did, or a colleague who wrote nothing while this editor wrote."""
        if self.approved_at is not None:
            return False
        offered = self.submitted_by_id in self.authors or user.pk not in self.authors
        return self.submitted_at is None or not offered

    @property
    def own_eyes(self) -> set[int]:
        """Give the ids of those who cannot be the second pair of eyes, as it stands."""
        return self.own_eyes_if(self.submitted_by_id)

    def own_eyes_if(self, submitter: int | None) -> set[int]:
        """Give the ids of those who cannot be the second pair of eyes when this one submits it.

        Approver and submitter together are the four eyes. Who submitted it does not approve it. Who wrote in it may,
        if the submitter wrote in it too: then somebody vouched for every word who did not write it. Without a
        submitter, or with one who wrote nothing, nobody may who wrote in it: so a sole writer never does.
        """
        if submitter is not None and submitter in self.authors:
            return {submitter}
        return self.authors | ({submitter} if submitter is not None else set())

    def approvers(self, *, submitter: int | None) -> list[User]:
        """Give the editors who can approve this when this one submits it."""
        editors = User.objects.filter(groups__name=Role.EDITOR, is_active=True)
        return list(editors.exclude(pk__in=self.own_eyes_if(submitter)).order_by("last_name", "first_name", "pk"))

    def may_be_approved_by(self, user: User) -> bool:
        """Say whether this editor may approve this: with four eyes only who is not one's own second pair of eyes."""
        return not Editorial.current().four_eyes or user.pk not in self.own_eyes

    def objection(self, user: User) -> str:
        """Give why this editor may not approve this and what can be done now, empty when they may."""
        if self.may_be_approved_by(user):
            return ""
        if self.submitted_by_id == user.pk and user.pk not in self.authors and self.written_by is not None:
            words = _("Je bood dit zelf aan. Laat %(name)s het aanbieden, dan kun jij het goedkeuren.")
            return str(words) % {"name": self.written_by.short_name}
        if self.submitted_by_id == user.pk:
            return str(_("Je bood dit zelf aan. Vraag een collega om het goed te keuren."))
        if self.submitted_by is None:
            return str(_("Je schreef hieraan mee. Bied het aan, dan kan een collega het goedkeuren."))
        words = _("Je schreef dit, en %(name)s bood het aan. Bied het zelf aan, dan kan %(name)s het goedkeuren.")
        return str(words) % {"name": self.submitted_by.short_name}

    @property
    def needs_approval(self) -> bool:
        """Say whether somebody else must look at this before it can be published."""
        return self.approved_at is None and Editorial.current().four_eyes

    def take_back(self) -> None:
        """Be offered and approved by nobody, for it is to be looked at again."""
        self.submitted_at = self.submitted_by = self.approved_at = self.approved_by = None

    def _must_be_approved(self) -> None:
        if self.needs_approval:
            raise NotYet(str(_("Een collega moet deze versie eerst goedkeuren.")))

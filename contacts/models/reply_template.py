from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from contacts.models.topic import Topic


class ReplyTemplateQuerySet(models.QuerySet["ReplyTemplate"]):
    def fitting(self, *, team: Team | None, topic: Topic | None) -> Self:
        """Give the templates for this team and topic, those made for them first."""
        fits = Q(team=None) | Q(team=team), Q(topic=None) | Q(topic=topic)
        return (
            self.filter(*fits, closed_at=None).order_by("topic__isnull", "team__isnull", "name")
            if topic
            else (self.filter(fits[0], topic=None, closed_at=None).order_by("team__isnull", "name"))
        )


class ReplyTemplate(models.Model):
    """A text that answers begin with; words such as {naam} and {kenmerk} are filled in."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(_("naam"), max_length=120)
    text = models.TextField(_("tekst"))
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, verbose_name=_("afdeling"))
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, blank=True, verbose_name=_("onderwerp"))
    closed_at = models.DateTimeField(_("vervallen op"), null=True, blank=True)

    objects = ReplyTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("sjabloon")
        verbose_name_plural = _("sjablonen")

    def __str__(self) -> str:
        return self.name

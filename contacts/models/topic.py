from typing import Self
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.memory import remembered
from accounts.models import Team


class TopicQuerySet(models.QuerySet["Topic"]):
    def choosable(self) -> Self:
        """Give the topics an agent can pick: those below a theme that were not withdrawn, in reading order."""
        return (
            self.filter(closed_at=None, parent__isnull=False).select_related("parent").order_by("parent__name", "name")
        )


class Topic(models.Model):
    """What a question is about; a tree of themes and topics, where a topic names the department that knows."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(_("naam"), max_length=120)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="topics", verbose_name=_("thema")
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="topics", verbose_name=_("afdeling")
    )
    upl_name = models.CharField(
        _("UPL-naam"), max_length=200, blank=True, help_text=_("Naam in de Uniforme Productnamenlijst.")
    )
    public_name = models.CharField(
        _("naam op het webformulier"),
        max_length=120,
        blank=True,
        help_text=_("Leeg: staat niet op het webformulier."),
        default="",
        db_default="",
    )
    closed_at = models.DateTimeField(_("vervallen op"), null=True, blank=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("onderwerp")
        verbose_name_plural = _("onderwerpen")
        constraints = [models.UniqueConstraint(fields=["parent", "name"], name="topic_once_per_theme")]

    def __str__(self) -> str:
        return f"{self.parent.name}: {self.name}" if self.parent else self.name


@remembered
def choosable_topics() -> list[Topic]:
    """Give the topics an agent can pick, with their teams; a change by an administrator shows within 5 seconds."""
    return list(Topic.objects.choosable().select_related("team"))

import re
from collections.abc import Mapping
from typing import Self
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from contacts.models.topic import Topic

PLACEHOLDER = re.compile(r"\{([^{}\s]{1,30})\}")
PLACEHOLDERS = ["naam", "aanhef", "kenmerk", "onderwerp", "medewerker", "uiterlijk", "afdeling"]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Give the text with the words between braces filled in; a word that is not known, or has no value, stays."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1].lower()) or found[0], text)


def unfilled(text: str) -> list[str]:
    """Give the words between braces that still stand in a text, as they stand there."""
    return list(dict.fromkeys(found[0] for found in PLACEHOLDER.finditer(text)))


def check_placeholders(text: str) -> None:
    """Raise ValidationError when a word between braces is none that can be filled in."""
    unknown = [word for word in unfilled(text) if word[1:-1].lower() not in PLACEHOLDERS]
    if unknown:
        told = {"unknown": ", ".join(unknown), "known": ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)}
        raise ValidationError(_t("Onbekend: %(unknown)s. Je kunt gebruiken: %(known)s.") % told)


class ReplyTemplateQuerySet(models.QuerySet["ReplyTemplate"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def fitting(self, *, team: Team | None, topic: Topic | None) -> Self:
        """Give the templates for this team and topic, those made for them first."""
        for_team = Q(team=None) | Q(team=team)
        for_topic = Q(topic=None) | Q(topic=topic) if topic else Q(topic=None)
        own_first = F("topic").asc(nulls_last=True), F("team").asc(nulls_last=True)
        return self.open().filter(for_team, for_topic).order_by(*own_first, "name")


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

    def clean(self) -> None:
        try:
            check_placeholders(self.text)
        except ValidationError as error:
            raise ValidationError({"text": error}) from error

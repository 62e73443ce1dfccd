from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models.topic import Topic


class Question(models.Model):
    """A field that the public form asks for one topic besides the message itself."""

    class Kind(models.TextChoices):
        LINE = "line", _("korte tekst")
        TEXT = "text", _("lange tekst")
        NUMBER = "number", _("getal")
        DATE = "date", _("datum")
        CHOICE = "choice", _("keuze uit een lijst")
        YES_NO = "yes_no", _("ja of nee")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="questions", verbose_name=_("onderwerp"))
    label = models.CharField(_("vraag"), max_length=200)
    hint = models.CharField(_("uitleg"), max_length=300, blank=True)
    kind = models.CharField(_("soort"), max_length=6, choices=Kind, default=Kind.LINE)
    choices = models.TextField(_("keuzes"), blank=True, help_text=_("Een per regel."))
    is_required = models.BooleanField(_("verplicht"), default=False)
    position = models.PositiveSmallIntegerField(_("volgorde"), default=0)
    closed_at = models.DateTimeField(_("vervallen op"), null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("vraag op het webformulier")
        verbose_name_plural = _("vragen op het webformulier")

    def __str__(self) -> str:
        return self.label

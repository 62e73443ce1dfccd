from dataclasses import dataclass
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.memory import remembered
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

    @property
    def options(self) -> list[str]:
        """Give what can be chosen."""
        return [line.strip() for line in self.choices.splitlines() if line.strip()]


@dataclass(frozen=True)
class PublicTopic:
    """A topic as citizens see it on the public form, with what is asked about it besides the message."""

    topic: Topic
    questions: list[Question]

    @property
    def value(self) -> str:
        return str(self.topic.uuid)


@remembered
def public_topics() -> list[PublicTopic]:
    """Give what citizens can write about, in reading order; a change by an administrator shows within 5 seconds."""
    asked: dict[int, list[Question]] = {}
    for question in Question.objects.filter(closed_at=None):
        asked.setdefault(question.topic_id, []).append(question)
    topics = Topic.objects.filter(closed_at=None).exclude(public_name="").select_related("team").order_by("public_name")
    return [PublicTopic(topic, asked.get(topic.pk, [])) for topic in topics]

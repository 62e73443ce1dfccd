from dataclasses import dataclass
from typing import Self
from uuid import uuid4

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.memory import remembered
from accounts.models import Team
from contacts.models.topic import Topic


class QuestionQuerySet(models.QuerySet["Question"]):
    def for_list(self) -> Self:
        """Give the questions as they are asked: by topic, then by department, each in order, withdrawn ones last."""
        nulls_last = [F(name).asc(nulls_last=True) for name in ("topic__parent__name", "topic__name", "team__name")]
        rows = self.select_related("topic__parent", "team")
        return rows.order_by(*nulls_last, F("closed_at").asc(nulls_first=True), "position", "pk")

    def asked_with(self, question: "Question") -> Self:
        """Give the questions that are asked together with this one, in order."""
        return self.filter(topic=question.topic_id, team=question.team_id, closed_at=None).order_by("position", "pk")


class Question(models.Model):
    """A field that is asked about one topic, or for one department, besides the question itself.

    On the public form, when a callback is asked for, or on both.
    """

    class Place(models.TextChoices):
        WEB = "web", _("op het webformulier")
        CALLBACK = "callback", _("bij een terugbelverzoek")
        BOTH = "both", _("op beide")

    class Kind(models.TextChoices):
        LINE = "line", _("korte tekst")
        TEXT = "text", _("lange tekst")
        NUMBER = "number", _("getal")
        DATE = "date", _("datum")
        CHOICE = "choice", _("keuze uit een lijst")
        YES_NO = "yes_no", _("ja of nee")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    topic = models.ForeignKey(
        Topic, models.CASCADE, null=True, blank=True, related_name="questions", verbose_name=_("onderwerp")
    )
    team = models.ForeignKey(
        Team, models.CASCADE, null=True, blank=True, related_name="questions", verbose_name=_("afdeling")
    )
    place = models.CharField(_("waar"), max_length=8, choices=Place, default=Place.WEB, db_default=Place.WEB.value)
    label = models.CharField(_("vraag"), max_length=200)
    hint = models.CharField(_("uitleg"), max_length=300, blank=True)
    kind = models.CharField(_("soort"), max_length=6, choices=Kind, default=Kind.LINE)
    choices = models.TextField(_("keuzes"), blank=True, help_text=_("Een per regel."))
    is_required = models.BooleanField(_("verplicht"), default=False)
    position = models.PositiveSmallIntegerField(_("volgorde"), default=0)
    closed_at = models.DateTimeField(_("vervallen op"), null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("vraag op een formulier")
        verbose_name_plural = _("vragen op formulieren")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(topic__isnull=False) | models.Q(team__isnull=False),
                name="question_about_something",
                violation_error_message=_("Kies een onderwerp of een afdeling."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def options(self) -> list[str]:
        """Give what can be chosen."""
        return [line.strip() for line in self.choices.splitlines() if line.strip()]

    @property
    def about(self) -> str:
        """Give when it is asked: the topic, the department, or both."""
        return " · ".join(str(one) for one in (self.topic, self.team) if one)

    @transaction.atomic
    def move(self, *, up: bool) -> bool:
        """Let it change places with the question before or after it; False when there is none."""
        rows = list(Question.objects.asked_with(self).select_for_update())
        at = next((place for place, row in enumerate(rows) if row.pk == self.pk), None)
        to = None if at is None else at - 1 if up else at + 1
        if at is None or to is None or not 0 <= to < len(rows):
            return False
        rows[at], rows[to] = rows[to], rows[at]
        for place, row in enumerate(rows):
            row.position = place
        Question.objects.bulk_update(rows, ["position"])
        transaction.on_commit(forget_questions)
        return True

    @transaction.atomic
    def place_last(self) -> None:
        """Give it the place after all that is asked with it; it is not saved yet."""
        others = Question.objects.asked_with(self).exclude(pk=self.pk)
        self.position = max((row.position for row in others), default=-1) + 1

    def withdraw(self) -> None:
        """Ask it no more; what was answered before stays where it was written."""
        Question.objects.filter(pk=self.pk, closed_at=None).update(closed_at=timezone.now())
        forget_questions()

    def restore(self) -> None:
        """Ask it again, after the others."""
        self.place_last()
        Question.objects.filter(pk=self.pk).update(closed_at=None, position=self.position)
        forget_questions()


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
    for question in Question.objects.filter(closed_at=None, topic__isnull=False).exclude(place=Question.Place.CALLBACK):
        asked.setdefault(question.topic_id or 0, []).append(question)
    topics = Topic.objects.filter(closed_at=None).exclude(public_name="").select_related("team").order_by("public_name")
    return [PublicTopic(topic, asked.get(topic.pk, [])) for topic in topics]


@remembered
def _asked_when_calling_back() -> list[Question]:
    return list(Question.objects.filter(closed_at=None).exclude(place=Question.Place.WEB))


def forget_questions() -> None:
    """Show a change to who made it at once; the other processes see it within 5 seconds."""
    public_topics.forget()
    _asked_when_calling_back.forget()


def callback_questions(*, topic: Topic | None, team: Team | None) -> list[Question]:
    """Give what is asked with a callback about this topic for this department, in order: first of the topic."""
    asked = _asked_when_calling_back()
    of_topic = [one for one in asked if topic and one.topic_id == topic.pk and one.team_id in (None, team and team.pk)]
    return of_topic + [one for one in asked if team and one.team_id == team.pk and one.topic_id is None]

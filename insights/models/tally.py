from django.db import models
from django.db.models import CASCADE, ForeignKey
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from contacts.models import Topic


class Dimension(models.TextChoices):
    """Along what the rows of a week were counted, besides team and channel."""

    ALL = "all", _("alles")
    TOPIC = "topic", _("onderwerp")
    PERSON = "person", _("medewerker")


def _number() -> models.IntegerField:
    return models.IntegerField(default=0)


class Tally(models.Model):
    """How many callbacks ended in one week, for one team and channel, and what became of them: facts.PROMISES."""

    week = models.DateField(_("week"))
    dimension = models.CharField(max_length=6, choices=Dimension)
    team = ForeignKey(Team, CASCADE, related_name="+", db_index=False)
    channel = models.CharField(max_length=6)
    topic = ForeignKey(Topic, CASCADE, null=True, related_name="+", db_index=False)
    person = ForeignKey(User, CASCADE, null=True, related_name="+", db_index=False)
    ended = _number()
    completed = _number()
    cancelled = _number()
    tried_in_norm = _number()
    tried_late = _number()
    never_tried = _number()
    spoken_in_norm = _number()
    spoken_late = _number()
    never_spoken = _number()
    spoken = _number()
    postponed = _number()
    late_postponed = _number()
    tries_0 = _number()
    tries_1 = _number()
    tries_2 = _number()
    tries_3 = _number()
    tries_4 = _number()
    missed_three = _number()
    repeated = _number()
    cause_unreachable = _number()
    cause_message = _number()
    cause_answered = _number()
    cause_withdrawn = _number()
    cause_duplicate = _number()
    cause_other = _number()
    cause_unknown = _number()
    attempts = _number()
    attempts_until_spoken = _number()
    repeat_calls = _number()

    class Meta:
        verbose_name = _("weektelling van terugbelverzoeken")
        verbose_name_plural = _("weektellingen van terugbelverzoeken")
        constraints = [
            models.UniqueConstraint(
                fields=["dimension", "week", "team", "channel", "topic", "person"],
                name="tally_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.dimension} {self.team_id} {self.channel}"


class QuestionTally(models.Model):
    """How many questions came in in one week, for one team and channel, and how they ended: facts.QUESTIONS."""

    week = models.DateField(_("week"))
    dimension = models.CharField(max_length=6, choices=Dimension)
    team = ForeignKey(Team, CASCADE, null=True, related_name="+", db_index=False)
    channel = models.CharField(max_length=6)
    topic = ForeignKey(Topic, CASCADE, null=True, related_name="+", db_index=False)
    questions = _number()
    answered = _number()
    transferred = _number()
    callbacks = _number()

    class Meta:
        verbose_name = _("weektelling van contacten")
        verbose_name_plural = _("weektellingen van contacten")
        constraints = [
            models.UniqueConstraint(
                fields=["dimension", "week", "team", "channel", "topic"],
                name="questiontally_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.dimension} {self.team_id} {self.channel}"


class ErrorTally(models.Model):
    """How often callbacks left one team for another because it was the wrong one, in one week: facts.ERRORS."""

    week = models.DateField(_("week"))
    dimension = models.CharField(max_length=6, choices=Dimension)
    team = ForeignKey(Team, CASCADE, related_name="+", db_index=False)
    to_team = ForeignKey(Team, CASCADE, related_name="+", db_index=False)
    channel = models.CharField(max_length=6)
    topic = ForeignKey(Topic, CASCADE, null=True, related_name="+", db_index=False)
    errors = _number()
    returned = _number()
    forwarded = _number()

    class Meta:
        verbose_name = _("weektelling van verkeerd gestuurde verzoeken")
        verbose_name_plural = _("weektellingen van verkeerd gestuurde verzoeken")
        constraints = [
            models.UniqueConstraint(
                fields=["dimension", "week", "team", "to_team", "channel", "topic"],
                name="errortally_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.team_id} {self.to_team_id}"

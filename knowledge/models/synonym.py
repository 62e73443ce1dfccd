"""Words that mean the same, and how an editor writes them."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from knowledge.models.terms import fold, words

SEPARATOR = "|"
MOST = 30  # expressions of one set
LONGEST = 80  # characters of an expression


class Near(models.IntegerChoices):
    """What the expressions of a set are to each other."""

    SAME = 1, _("Betekenen hetzelfde")
    FINDS = 2, _("De eerste vindt de andere")


class SynonymQuerySet(models.QuerySet["Synonym"]):
    """Sets of synonyms."""

    def newest(self) -> Self:
        """Put what changed last first."""
        return self.order_by("-changed_at", "-pk")


class Synonym(models.Model):
    """Expressions that find each other's articles: the citizen's words and the official ones. Works at once."""

    words = ArrayField(
        models.CharField(max_length=LONGEST),
        verbose_name=_("woorden"),
        help_text=_("Zet | tussen de woorden, bijvoorbeeld: bankstel | grofvuil."),
    )
    near = models.PositiveSmallIntegerField(_("verband"), choices=Near.choices, default=Near.SAME)
    changed_at = models.DateTimeField(_("gewijzigd op"), auto_now=True)

    objects = SynonymQuerySet.as_manager()

    class Meta:
        verbose_name = _("synoniem")
        verbose_name_plural = _("synoniemen")

    def __str__(self) -> str:
        return f" {SEPARATOR} ".join(self.words)

    def clean(self) -> None:
        self.words = read(SEPARATOR.join(self.words or []))
        if len(self.words) < 2:
            raise ValidationError({"words": _("Geef minstens twee woorden, met | ertussen.")})
        if len(self.words) > MOST:
            raise ValidationError({"words": _("Geef hooguit %(most)d woorden.") % {"most": MOST}})
        for word in self.words:
            if len(word) > LONGEST:
                raise ValidationError(
                    {"words": _("Een van de woorden is langer dan %(most)d tekens.") % {"most": LONGEST}}
                )
            if not words(word):
                raise ValidationError({"words": _("“%(word)s” heeft geen letters of cijfers.") % {"word": word}})


def read(text: str) -> list[str]:
    """Give the expressions of a line with | between them, each once; without any | a comma will do, as in keywords."""
    between = SEPARATOR if SEPARATOR in text else ","
    found = {fold(tidy): tidy for one in text.split(between) if (tidy := " ".join(one.split()))}
    return list(found.values())

from django.db import models
from django.utils.translation import gettext_lazy as _


class Result(models.TextChoices):
    """How an attempt to call back ended."""

    SPOKEN = "spoken", _("Gesproken")
    NO_ANSWER = "no_answer", _("Geen gehoor")
    VOICEMAIL = "voicemail", _("Voicemail ingesproken")
    BUSY = "busy", _("In gesprek")
    WRONG_NUMBER = "wrong_number", _("Verkeerd nummer")

from django.db import models
from django.utils.translation import gettext_lazy as _


class Cause(models.TextChoices):
    """Why a callback ended without a conversation."""

    UNREACHABLE = "unreachable", _("Niet bereikt")
    MESSAGE = "message", _("Bericht gestuurd")
    ANSWERED = "answered", _("Al beantwoord")
    WITHDRAWN = "withdrawn", _("Klant heeft geen vraag meer")
    DUPLICATE = "duplicate", _("Dubbel")
    OTHER = "other", _("Anders")

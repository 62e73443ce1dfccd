from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contacts.models.case import Case


class Presence(models.Model):
    """That a colleague has a case on the screen, is idle there, or is typing an answer; void after a minute."""

    class State(models.TextChoices):
        VIEWING = "viewing", _("bekijkt")
        IDLE = "idle", _("inactief")
        TYPING = "typing", _("typt")

    case = models.ForeignKey(Case, models.CASCADE, related_name="presences")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    state = models.CharField(max_length=7, choices=State, default=State.VIEWING)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="presence_once")]

    def __str__(self) -> str:
        return self.state

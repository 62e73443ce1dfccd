from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from contacts.models.connection import Connection
from contacts.models.contact import Contact, Direction
from contacts.models.customer import Customer


class Call(models.Model):
    """A telephone call as the exchange told of it; its contact is what was said in it."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="calls", verbose_name=_("koppeling"))
    external_id = models.CharField(_("id bij de centrale"), max_length=200)
    original_id = models.CharField(_("id vóór het doorverbinden"), max_length=200, blank=True)
    direction = models.CharField(_("richting"), max_length=3, choices=Direction, default=Direction.INBOUND)
    number = models.CharField(_("nummer van de klant"), max_length=60, blank=True)  # E.164; empty when anonymous
    dialled = models.CharField(_("gekozen nummer"), max_length=60, blank=True)
    queue = models.CharField(_("wachtrij"), max_length=100, blank=True)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+")
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="calls")
    agent = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="calls", verbose_name=_("medewerker")
    )
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="calls")
    began_at = models.DateTimeField(_("begonnen op"), default=timezone.now)
    answered_at = models.DateTimeField(_("opgenomen op"), null=True, blank=True)
    ended_at = models.DateTimeField(_("opgehangen op"), null=True, blank=True)
    cause = models.CharField(_("reden van einde"), max_length=30, blank=True)
    handled_at = models.DateTimeField(_("afgehandeld op"), null=True, blank=True)
    handled_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("gesprek")
        verbose_name_plural = _("gesprekken")
        constraints = [models.UniqueConstraint(fields=["connection", "external_id"], name="call_once")]
        indexes = [
            models.Index(fields=["began_at"], condition=Q(ended_at=None), name="call_going_on"),
            models.Index(
                fields=["-began_at"],
                condition=Q(answered_at=None, direction="in", ended_at__isnull=False, handled_at=None),
                name="call_missed",
            ),
            models.Index(fields=["agent", "-began_at"], name="call_of_agent"),
        ]

    def __str__(self) -> str:
        return self.external_id

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Event(models.Model):
    """Something that happened to a contact, a case or a customer's record; timeline/_<kind>.html shows it."""

    contact = models.ForeignKey(
        "contacts.Contact", models.CASCADE, null=True, blank=True, related_name="events", db_index=False
    )
    case = models.ForeignKey(
        "contacts.Case", models.CASCADE, null=True, blank=True, related_name="events", db_index=False
    )
    customer = models.ForeignKey(
        "contacts.Customer", models.CASCADE, null=True, blank=True, related_name="events", db_index=False
    )
    kind = models.SlugField(_("soort"), max_length=40, db_index=False)
    by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("door"), db_index=False
    )
    at = models.DateTimeField(_("moment"), default=timezone.now)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("gebeurtenis")
        verbose_name_plural = _("gebeurtenissen")
        indexes = [
            models.Index(fields=["contact", "at"], name="event_of_contact"),
            models.Index(fields=["case", "at"], name="event_of_case", condition=models.Q(case__isnull=False)),
            models.Index(
                fields=["customer", "at"], name="event_of_customer", condition=models.Q(customer__isnull=False)
            ),
            BrinIndex(fields=["at"], name="event_at"),  # what happened lately, of all; rows come in this order
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contact__isnull=False)
                | models.Q(case__isnull=False)
                | models.Q(customer__isnull=False),
                name="event_has_a_subject",
            )
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def template(self) -> str:
        return f"timeline/_{self.kind}.html"

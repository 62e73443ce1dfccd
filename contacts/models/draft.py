from datetime import timedelta
from typing import Any, Self
from uuid import uuid4

from django.db import models
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.turns import is_late, turn_of
from contacts.models.contact import Contact

KEPT = timedelta(hours=1)  # how long a draft that was thrown away can be had back
LETTER = "manner"  # the field that only the draft of a letter has
NOTED = "noted-"  # begins the names of what other pages put in a draft; its form does not send them


def form_key(user: User, uuid: object) -> str:
    """Give the key of the contact that a form with this uuid becomes, in the hands of this user."""
    return f"form:{user.pk}:{uuid}"


class DraftQuerySet(models.QuerySet["Draft"]):
    def of(self, user: User) -> Self:
        """Give the contacts this user is still typing, the latest first, without what was saved meanwhile."""
        key = Concat(Value(form_key(user, "")), Cast("uuid", models.CharField()))
        rows = (
            self.filter(user=user, case=None, discarded_at=None)
            .exclude(data__has_key=LETTER)
            .alias(key=key)
            .exclude(Exists(Contact.objects.filter(key=OuterRef("key"))))
        )
        return rows.select_related("customer").order_by("-updated_at")

    def letter_to(self, *, user: User, case: Any, customer: Any) -> "Draft | None":
        """Give the letter this user is writing in a case, or to a customer first; thrown away or not."""
        if case is not None:
            return self.filter(user=user, case=case).first()
        letters = self.filter(user=user, case=None, customer=customer, data__has_key=LETTER)
        return letters.order_by("discarded_at", "-updated_at").first()

    def discard(self) -> int:
        """Throw these drafts away, for an hour so that it can be undone; give how many there were."""
        now = timezone.now()
        Draft.objects.filter(discarded_at__lt=now - KEPT).delete()
        return self.filter(discarded_at=None).update(discarded_at=now)

    def restore(self) -> int:
        """Have the drafts that were thrown away back; give how many there were."""
        return self.exclude(discarded_at=None).update(discarded_at=None)


class Draft(models.Model):
    """What an agent is typing, kept from the first key press; its uuid becomes the key of the contact."""

    uuid = models.UUIDField(default=uuid4, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="drafts", verbose_name=_("medewerker"))
    customer = models.ForeignKey("contacts.Customer", models.CASCADE, null=True, related_name="drafts")
    case = models.ForeignKey("contacts.Case", models.CASCADE, null=True, related_name="drafts")  # of an answer
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    discarded_at = models.DateTimeField(_("weggegooid op"), null=True, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("concept")
        verbose_name_plural = _("concepten")
        indexes = [models.Index(fields=["user", "-updated_at"], name="draft_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "case"], condition=models.Q(case__isnull=False), name="one_answer_draft_per_case"
            )
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def url(self) -> str:
        """Give the page on which this draft is gone on with."""
        page = reverse("contacts:customer", args=[self.customer.uuid]) if self.customer else reverse("contacts:desk")
        return f"{page}?draft={self.uuid}"

    def values(self) -> dict[str, Any]:
        """Give what was typed by field name: one value, or a list where a field had several."""
        return {name: values[0] if len(values) == 1 else values for name, values in self.data.items() if values}

    @property
    def noted(self) -> dict[str, list[str]]:
        """Give what other pages put in this draft: it stays when the form is kept again."""
        return {name: values for name, values in self.data.items() if name.startswith(NOTED)}

    @property
    def turn(self) -> str:
        """Give when its page sent this, among all that page sent (see `accounts.turns`)."""
        return turn_of(self.values())

    def is_ahead_of(self, data: dict[str, Any]) -> bool:
        """Say whether its page sent what stands here at the turn of this data or after it."""
        return is_late(Draft(data=data).turn, self.turn)

    @property
    def summary(self) -> str:
        """Give what was typed first, for telling drafts apart."""
        return str(self.values().get("text", ""))

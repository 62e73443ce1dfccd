from collections.abc import Iterable
from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.paging import Place


class AccessQuerySet(models.QuerySet["Access"]):
    def of_records(self, ids: Iterable[int], *, before: Place | None = None) -> Self:
        """Give who saw these records of one customer, the latest first, from where the page before ended."""
        rows = self.filter(customer__in=ids).select_related("user").order_by("-at", "-pk")
        if before is not None:
            moment, pk = before
            rows = rows.filter(Q(at__lt=moment) | Q(at=moment, pk__lt=pk), at__lte=moment)
        return rows


class Access(models.Model):
    """One row for each time a colleague saw a citizen's data: who, when, whom, what (AVG article 32, BIO 8.15)."""

    SAME_LOOK = timedelta(hours=12)  # a list that stands open all day, and renews itself, is seen once

    class Action(models.TextChoices):
        VIEW = "view", _("bekeken")
        SEARCH = "search", _("gezocht")
        REVEAL = "reveal", _("BSN getoond")
        EXPORT = "export", _("geëxporteerd")

    user = models.ForeignKey(
        User, models.PROTECT, related_name="accesses", verbose_name=_("medewerker"), db_index=False
    )
    # The row outlives the customer: who saw somebody's data must be known also after that data was destroyed.
    customer = models.ForeignKey(
        "contacts.Customer",
        models.DO_NOTHING,
        null=True,
        related_name="accesses",
        verbose_name=_("klant"),
        db_index=False,
        db_constraint=False,
    )
    action = models.CharField(_("handeling"), max_length=6, choices=Action)
    detail = models.CharField(_("waarvoor"), max_length=200, blank=True)
    results = models.PositiveIntegerField(_("aantal resultaten"), null=True)
    at = models.DateTimeField(_("moment"), default=timezone.now)

    objects = AccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("inzage")
        verbose_name_plural = _("inzagelog")
        indexes = [
            models.Index(fields=["customer", "-at"], name="access_of_customer"),
            models.Index(fields=["user", "-at"], name="access_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.user_id} {self.action}"

    @classmethod
    def record(
        cls, *, by: User, action: str, customer_id: int | None = None, detail: str = "", results: int | None = None
    ) -> None:
        """Write down that somebody saw this; when it cannot be written the page must not be shown, so it raises."""
        cls.objects.create(user=by, customer_id=customer_id, action=action, detail=detail[:200], results=results)

    @classmethod
    def record_all(cls, *, by: User, action: str, customer_ids: Iterable[int], detail: str = "") -> None:
        """Write down the same for each of these customers, whose data stood in one list."""
        rows = [Access(user=by, customer_id=one, action=action, detail=detail[:200]) for one in customer_ids]
        Access.objects.bulk_create(rows)

    @classmethod
    def record_once(cls, *, by: User, action: str, customer_ids: Iterable[int | None], detail: str) -> None:
        """Write down the same for each of these customers of whom it was not written down in the last 12 hours."""
        ids = {pk for pk in customer_ids if pk is not None}
        seen = cls.objects.filter(user=by, action=action, detail=detail, at__gte=timezone.now() - cls.SAME_LOOK)
        known = set(seen.filter(customer__in=ids).values_list("customer_id", flat=True)) if ids else ids
        cls.record_all(by=by, action=action, customer_ids=sorted(ids - known), detail=detail)

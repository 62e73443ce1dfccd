import re
from typing import Self

from django.db import models
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from accounts import phone

EMAIL = re.compile(r"^[^\s@<>\"(),;:\\\[\]]+@[^\s@<>\"(),;:\\\[\]]+\.[^\s@.<>\"(),;:\\\[\]]{2,}$")
HINT_DIGITS = 9  # the last nine digits of a number are a hint at most: they are the same in every notation


class AddressQuerySet(models.QuerySet["Address"]):
    def with_phone_like(self, number: str) -> Self:
        """Give the numbers that end in the same nine digits: a hint, never a match."""
        tail = "".join(c for c in number if c.isdigit())[-HINT_DIGITS:]
        return self.alias(tail=Right("value", HINT_DIGITS)).filter(kind=Address.Kind.PHONE, tail=tail)


class Address(models.Model):
    """One way to reach a customer: a phone number, an e-mail address, or a name on a social network."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("Telefoon")
        EMAIL = "email", _("E-mail")
        SOCIAL = "social", _("Social")

    customer = models.ForeignKey(
        "contacts.Customer", models.CASCADE, related_name="addresses", verbose_name=_("klant"), db_index=False
    )
    kind = models.CharField(_("soort"), max_length=6, choices=Kind)
    network = models.CharField(_("netwerk"), max_length=20, blank=True)
    value = models.CharField(_("genormaliseerd"), max_length=254)
    typed = models.CharField(_("zoals ingevoerd"), max_length=254)
    created_at = models.DateTimeField(_("gemaakt op"), auto_now_add=True)

    objects = AddressQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("contactgegeven")
        verbose_name_plural = _("contactgegevens")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "network", "value"],
                name="address_once_per_customer",
                violation_error_message=_("Dit contactgegeven heeft de klant al."),
            )
        ]
        indexes = [
            models.Index(
                fields=["kind", "value"], name="address_by_value", opclasses=["varchar_ops", "varchar_pattern_ops"]
            ),
            models.Index(Right("value", HINT_DIGITS), name="address_by_last_digits", condition=models.Q(kind="phone")),
        ]

    def __str__(self) -> str:
        return self.value

    @property
    def display(self) -> str:
        return phone.display(self.value) if self.kind == self.Kind.PHONE else self.value

    @classmethod
    def normalise(cls, kind: str, typed: str) -> str | None:
        """Give the one form under which an address is stored and found, or None when it is not one."""
        typed = typed.strip()
        if kind == cls.Kind.PHONE:
            return phone.normalise(typed)
        if kind == cls.Kind.EMAIL:
            return typed.lower() if len(typed) <= 254 and EMAIL.match(typed) else None
        return typed.lower().removeprefix("@")[:254] or None

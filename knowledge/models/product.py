"""The names of government products (UPL)."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProductQuerySet(models.QuerySet["Product"]):
    """Products by who offers them and by name."""

    def choosable(self) -> Self:
        """Give the products of municipalities that are still in the list, by name."""
        return self.filter(closed_at=None, municipal=True).order_by("name")

    def named(self, text: str) -> Self:
        """Give the products with each of these words in their name."""
        found = self
        for word in text.replace("\0", " ").split()[:6]:
            found = found.filter(name__icontains=word[:80])
        return found


class Product(models.Model):
    """A name of the Uniforme Productnamenlijst (UPL), by which government products are found across organisations."""

    name = models.CharField(_("naam"), max_length=200)
    uri = models.URLField(_("URI"), max_length=300, unique=True)
    municipal = models.BooleanField(_("van gemeenten"), default=True)
    closed_at = models.DateTimeField(_("vervallen op"), null=True, blank=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("UPL-product")
        verbose_name_plural = _("UPL-producten")

    def __str__(self) -> str:
        return self.name

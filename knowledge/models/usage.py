"""In which contacts articles were used."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contacts.models import Contact


class Usage(models.Model):
    """That an article was used in a contact: what the figures on usefulness count."""

    article = models.ForeignKey(
        "knowledge.Article", models.CASCADE, related_name="usages", verbose_name=_("kennisartikel"), db_index=False
    )
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="usages", verbose_name=_("klantcontact"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("door"))
    at = models.DateTimeField(_("moment"), default=timezone.now)

    class Meta:
        verbose_name = _("gebruik")
        verbose_name_plural = _("gebruik")
        constraints = [models.UniqueConstraint(fields=["article", "contact"], name="used_once_per_contact")]
        indexes = [
            models.Index(fields=["article", "-at"], name="usage_of_article"),
            models.Index(fields=["at"], name="usage_at"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} {self.contact_id}"

from typing import BinaryIO, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import files
from contacts.models.contact import Contact
from contacts.models.draft import Draft


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def unscanned(self) -> Self:
        return self.filter(scanned_at=None)

    def shown(self) -> Self:
        """Give the files an agent sees as such: not the pictures that stand inside the text."""
        return self.filter(is_inline=False).order_by("pk")


class Attachment(models.Model):
    """A file that came with a contact, or that a colleague adds to what goes out; its bytes are in contacts.files."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="attachments")
    draft = models.ForeignKey(Draft, models.CASCADE, null=True, blank=True, related_name="attachments")
    name = models.CharField(_("naam"), max_length=200)
    declared_type = models.CharField(_("soort volgens de afzender"), max_length=150, blank=True)
    content_type = models.CharField(_("soort"), max_length=150)
    size = models.PositiveBigIntegerField(_("grootte in bytes"))
    sha256 = models.CharField(max_length=64)
    content_id = models.CharField(max_length=250, blank=True)
    is_inline = models.BooleanField(_("staat in de tekst"), default=False)
    created_at = models.DateTimeField(_("gemaakt op"), default=timezone.now)
    scanned_at = models.DateTimeField(_("gecontroleerd op"), null=True, blank=True)
    quarantined_at = models.DateTimeField(_("in quarantaine sinds"), null=True, blank=True)
    finding = models.CharField(_("bevinding"), max_length=200, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("bijlage")
        verbose_name_plural = _("bijlagen")
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__isnull=False) | Q(draft__isnull=False), name="attachment_has_an_owner"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def read(self) -> BinaryIO:
        """Give the content, opened for reading. Raises FileNotFoundError when the file store lost it."""
        return files.read(self.sha256)

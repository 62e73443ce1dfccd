from typing import BinaryIO, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contacts import files
from contacts.models.contact import Contact
from contacts.models.draft import Draft

SHOWN_AS_PICTURE = {"image/png", "image/jpeg", "image/gif", "image/webp"}
ICONS = [
    ("image/", "eye"),
    ("application/pdf", "file-type-pdf"),
    ("message/", "mail"),
    ("text/calendar", "calendar"),
    ("text/vcard", "user"),
    ("audio/", "microphone"),
    ("application/zip", "archive"),
    ("text/", "file-text"),
]


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User) -> Self:
        """Give the files of contacts this user may see, and those of answers this user is writing.

        Those of a message that its writer took back are nobody's to see.
        """
        mine = Q(contact__in=Contact.objects.visible_to(user)) | Q(contact=None, draft__user=user)
        return self.filter(mine).exclude(contact__message__deleted_at__isnull=False)

    def of_letters_by(self, user: User) -> Self:
        """Give the files of letters that this user is still writing."""
        return self.filter(contact=None, draft__user=user)

    def unscanned(self) -> Self:
        """Give the files that were not yet looked at for viruses, the latest first: somebody waits for those."""
        return self.filter(scanned_at=None).order_by("-pk")

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
        indexes = [models.Index(fields=["-id"], condition=Q(scanned_at=None), name="attachment_unscanned")]
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

    @property
    def is_quarantined(self) -> bool:
        return self.quarantined_at is not None

    @property
    def waits_for_scan(self) -> bool:
        """Say whether nobody may have this file yet: files are looked at for viruses here, and this one was not."""
        return bool(settings.CLAMD) and self.scanned_at is None

    @property
    def is_picture(self) -> bool:
        """Say whether a browser may show this file by itself."""
        return self.content_type in SHOWN_AS_PICTURE

    @property
    def icon(self) -> str:
        return next((icon for begin, icon in ICONS if self.content_type.startswith(begin)), "file")

    @property
    def size_words(self) -> str:
        """Give the size as people say it: 214 kB, 1,2 MB."""
        if self.size < 1000:
            return f"{self.size} B"
        if self.size < 999_500:
            return f"{round(self.size / 1000)} kB"
        return f"{number_format(self.size / 1_000_000, 1)} MB"

    def passed(self) -> None:
        """Note that this file was looked at and is clean."""
        self.scanned_at = timezone.now()
        Attachment.objects.filter(pk=self.pk).update(scanned_at=self.scanned_at)

    def quarantine(self, finding: str) -> None:
        """Keep this file from everybody, because of what was found in it."""
        self.scanned_at = self.quarantined_at = timezone.now()
        self.finding = finding[:200]
        Attachment.objects.filter(pk=self.pk).update(
            scanned_at=self.scanned_at, quarantined_at=self.quarantined_at, finding=self.finding
        )

    def copy_to(self, contact: Contact) -> "Attachment":
        """Give this same file with another contact: it is forwarded."""
        return Attachment.objects.create(
            contact=contact,
            name=self.name,
            declared_type=self.declared_type,
            content_type=self.content_type,
            size=self.size,
            sha256=self.sha256,
            scanned_at=self.scanned_at,
            quarantined_at=self.quarantined_at,
            finding=self.finding,
        )

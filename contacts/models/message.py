from datetime import datetime
from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from contacts.models.case import Case
from contacts.models.connection import Connection
from contacts.models.contact import Contact
from contacts.models.mailbox import Mailbox

TITLE = 80  # characters of a message that become the title of its case


class Message(models.Model):
    """What a written contact has besides its text: who wrote it to whom, its HTML, and its place on a network."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Openbaar")
        UNLISTED = "unlisted", _("Openbaar, niet in overzichten")
        PRIVATE = "private", _("Alleen volgers")
        DIRECT = "direct", _("Privé")

    contact = models.OneToOneField(Contact, models.CASCADE, primary_key=True, related_name="message")
    mailbox = models.ForeignKey(Mailbox, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    sender_name = models.CharField(_("naam van de afzender"), max_length=200, blank=True)
    to = models.JSONField(_("aan"), default=list)  # [[name, address], …]
    cc = models.JSONField(_("cc"), default=list)
    bcc = models.JSONField(_("bcc"), default=list)
    reply_to = models.JSONField(_("antwoorden aan"), default=list)
    quoted = models.TextField(_("eerdere tekst"), blank=True)
    html = models.TextField(blank=True)  # as it came: it is made safe each time it is shown
    message_id = models.CharField(max_length=255, blank=True)
    references = models.JSONField(default=list)  # Message-IDs, the newest last
    external_id = models.CharField(_("id op het netwerk"), max_length=200, blank=True)
    url = models.CharField(_("adres op het netwerk"), max_length=500, blank=True)
    visibility = models.CharField(_("zichtbaarheid"), max_length=8, choices=Visibility, blank=True)
    automatic = models.CharField(_("automatisch"), max_length=10, blank=True)
    authentication = models.JSONField(default=dict)  # what our own mail server found: {"dmarc": "pass", …}
    is_repaired = models.BooleanField(_("hersteld"), default=False)
    deleted_at = models.DateTimeField(_("door de schrijver verwijderd op"), null=True, blank=True)
    data = models.JSONField(default=dict)  # what only one network knows, for its own channel

    class Meta:
        verbose_name = _("bericht")
        verbose_name_plural = _("berichten")
        indexes = [
            models.Index(
                fields=["connection", "external_id"],
                condition=~models.Q(external_id=""),
                name="message_on_network",
            ),
            GinIndex(
                OpClass(F("references"), name="jsonb_path_ops"),
                condition=~models.Q(references=[]),
                fastupdate=False,
                name="message_by_reference",
            ),
        ]

    def __str__(self) -> str:
        return self.sender_name or str(self.contact_id)

    @property
    def recipients(self) -> list[Any]:
        """Give everybody it was openly sent to, as [name, address]."""
        return [*self.to, *self.cc]

    @transaction.atomic
    def take_back(self, *, at: datetime) -> bool:
        """Hide what its writer took back, everywhere; the words are kept beside it, for who must account for them.

        A second time changes nothing; say whether this was the first.
        """
        if Message.objects.filter(pk=self.pk, deleted_at=None).update(deleted_at=at) == 0:
            return False
        contact, said = self.contact, _t("De afzender heeft dit bericht verwijderd.")
        words = {"subject": contact.subject, "text": contact.text, "html": self.html, "quoted": self.quoted}
        self.deleted_at, self.data = at, self.data | {"taken_back": words}
        self.html = self.quoted = ""
        self.save(update_fields=["data", "html", "quoted"])
        case = Case.objects.filter(contacts=contact)
        case.filter(snippet=" ".join(contact.text[:600].split())[:200]).update(snippet=said)  # as Case.heard keeps it
        case.filter(title__in={title_of(contact.text), contact.subject} - {""}).update(title=said)
        contact.text, contact.subject = said, ""
        contact.save(update_fields=["text", "subject"])
        contact.track("message_taken_back", by=None)
        return True


def title_of(text: str) -> str:
    """Give the first words of a message that came without a title, to call its case by."""
    words = " ".join(text[:600].split())
    return words if len(words) <= TITLE else words[: TITLE - 1].rsplit(" ", 1)[0] + "…"

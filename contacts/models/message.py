from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models.connection import Connection
from contacts.models.contact import Contact
from contacts.models.mailbox import Mailbox


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
            )
        ]

    def __str__(self) -> str:
        return self.sender_name or str(self.contact_id)

    @property
    def recipients(self) -> list[Any]:
        """Give everybody it was openly sent to, as [name, address]."""
        return [*self.to, *self.cc]

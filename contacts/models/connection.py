import base64
import ipaddress
import json
import secrets
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts import push
from accounts.models import Notification, Role, Team, User
from contacts.models.topic import Topic
from contacts.seal import seal, unseal

PATIENCE = timedelta(minutes=5)  # of failing, before administrators hear of it
LONGEST = {"mastodon": 500, "whatsapp": 4096, "messenger": 2000, "instagram": 1000}  # characters of a message
WINDOWS = {"whatsapp": timedelta(hours=24), "messenger": timedelta(days=7), "instagram": timedelta(days=7)}


def new_token() -> str:
    return secrets.token_urlsafe(24)


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def of_kind(self, kind: str) -> Self:
        return self.open().filter(kind=kind)

    def awake(self, *, now: datetime) -> Self:
        """Give those that may be asked something now: their network did not tell us to wait."""
        return self.open().filter(Q(resting_until=None) | Q(resting_until__lte=now))

    def failing(self) -> Self:
        return self.open().exclude(failing_since=None)

    def with_account(self, kind: str, external_id: str) -> "Connection | None":
        """Give the one open connection to this account of the network; None when none or several name it."""
        found = list(self.of_kind(kind).filter(external_id=external_id).select_related("team", "topic__team")[:2])
        return found[0] if external_id and len(found) == 1 else None


class Connection(models.Model):
    """An account of the office on an outside network, or a system that tells us things: a telephone exchange."""

    class Kind(models.TextChoices):
        CTI = "cti", _("Telefooncentrale")
        MASTODON = "mastodon", _("Mastodon")
        WHATSAPP = "whatsapp", _("WhatsApp")
        MESSENGER = "messenger", _("Messenger")
        INSTAGRAM = "instagram", _("Instagram")
        WEBHOOK = "webhook", _("Ander systeem (webhook)")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(_("soort"), max_length=9, choices=Kind)
    name = models.CharField(_("naam"), max_length=80, help_text=_("Zoals collega's het kennen: WhatsApp gemeente."))
    token = models.CharField(
        _("geheim deel van het adres"), max_length=64, unique=True, default=new_token, editable=False
    )
    external_id = models.CharField(
        _("nummer bij het netwerk"),
        max_length=100,
        blank=True,
        help_text=_("Id van het telefoonnummer, de pagina of het account bij het netwerk."),
    )
    base_url = models.URLField(
        _("adres van het netwerk"), blank=True, help_text=_("Leeg: het gewone adres van het netwerk.")
    )
    secrets_sealed = models.TextField(editable=False, blank=True)
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="connections", verbose_name=_("afdeling")
    )
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("onderwerp")
    )
    allowed_addresses = models.TextField(
        _("toegestane IP-adressen"), blank=True, help_text=_("Een adres of reeks per regel; leeg is overal vandaan.")
    )
    character_limit = models.PositiveIntegerField(_("langste bericht, in tekens"), null=True, blank=True)
    cursor = models.CharField(max_length=100, blank=True, editable=False)
    last_ok_at = models.DateTimeField(_("laatst gelukt"), null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(_("mislukt sinds"), null=True, blank=True, editable=False)
    last_error = models.CharField(_("laatste fout"), max_length=300, blank=True, editable=False)
    resting_until = models.DateTimeField(_("vraagt niets tot"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("opgeheven op"), null=True, blank=True)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "name"]
        verbose_name = _("koppeling")
        verbose_name_plural = _("koppelingen")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"

    @property
    def can_answer(self) -> bool:
        """Say whether messages can be sent over this connection."""
        return self.kind in LONGEST and self.closed_at is None

    @property
    def longest(self) -> int:
        """Give how many characters a message over this connection may have."""
        return self.character_limit or LONGEST.get(self.kind, LONGEST["mastodon"])

    @property
    def window(self) -> timedelta | None:
        """Give how long after somebody's last message the network lets us write to them; None is for ever."""
        return WINDOWS.get(self.kind)

    @property
    def secrets(self) -> dict[str, Any]:
        """Give the secrets by name: app_secret, verify_token, access_token, signing (a list, for rotation)."""
        if not self.secrets_sealed:
            return {}
        found: dict[str, Any] = json.loads(
            unseal(self.secrets_sealed, bound_to=f"contacts_connection.secrets:{self.uuid}")
        )
        return found

    def set_secrets(self, **values: Any) -> None:
        """Seal these secrets onto the connection beside those it has, unsaved."""
        text = json.dumps(self.secrets | values)
        self.secrets_sealed = seal(text, bound_to=f"contacts_connection.secrets:{self.uuid}")

    def new_secret(self) -> str:
        """Make a new secret, and give it this once: what an exchange's address ends in, or what a system signs with.

        A signing secret that was in use counts until the next one is made, so that the other side has time to change.
        """
        if self.kind == self.Kind.CTI:
            self.token = new_token()
            self.save(update_fields=["token"])
            return self.token
        made = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        self.set_secrets(signing=[made, *self.secrets.get("signing", [])][:2])
        self.save(update_fields=["secrets_sealed"])
        return made

    def clean(self) -> None:
        for line in self.allowed_addresses.split():
            try:
                ipaddress.ip_network(line, strict=False)
            except ValueError as error:
                raise ValidationError(
                    {"allowed_addresses": _t("%(line)s is geen IP-adres of reeks.") % {"line": line[:60]}}
                ) from error

    def allows(self, address: str) -> bool:
        """Say whether this connection takes anything from this IP address: from everywhere when none are named."""
        named = self.allowed_addresses.split()
        try:
            caller = ipaddress.ip_address(address)
        except ValueError:
            return not named
        if isinstance(caller, ipaddress.IPv6Address) and caller.ipv4_mapped:
            caller = caller.ipv4_mapped
        return not named or any(caller in ipaddress.ip_network(one, strict=False) for one in named)

    @property
    def department(self) -> Team | None:
        """Give the team whose work comes in here: its own, that of its topic, else the first of the contact centre."""
        own = self.team or (self.topic.team if self.topic else None)
        return own or Team.objects.filter(closed_at=None).order_by("-is_kcc", "pk").first()

    def heard(self) -> None:
        """Note that something came in over this connection, to the minute; whether we can answer is another thing."""
        now = timezone.now()
        stale = Q(last_ok_at=None) | Q(last_ok_at__lt=now - timedelta(minutes=1))
        Connection.objects.filter(stale, pk=self.pk).update(last_ok_at=now)

    def worked(self) -> None:
        """Note that the network answered as it should."""
        Connection.objects.filter(pk=self.pk).update(
            last_ok_at=timezone.now(), failing_since=None, last_error="", resting_until=None
        )

    def failed(self, error: object, *, urgent: bool = False) -> None:
        """Note that the network did not answer as it should, and since when; administrators hear of it in time.

        At once when it is urgent: nothing will mend itself, such as a token that expired.
        """
        text = f"{type(error).__name__}: {error}"[:300] if isinstance(error, Exception) else str(error)[:300]
        now = timezone.now()
        Connection.objects.filter(pk=self.pk, failing_since=None).update(failing_since=now)
        Connection.objects.filter(pk=self.pk).update(last_error=text)
        self.refresh_from_db(fields=["failing_since", "last_error"])
        if self.failing_since is not None and (urgent or now - self.failing_since >= PATIENCE):
            self._alert(self.failing_since)

    def rest(self, until: datetime) -> None:
        """Ask the network nothing before this moment: it said so."""
        Connection.objects.filter(pk=self.pk).update(resting_until=until)

    def _alert(self, since: datetime) -> None:
        """Put a line in the bell of every administrator, once for each time that it began to fail."""
        url = reverse("admin:contacts_connection_change", args=[self.pk])
        for person in User.objects.filter(groups__name=Role.ADMINISTRATOR, is_active=True):
            with override(person.language):
                text = _t("Koppeling %(name)s werkt niet meer. Kijk bij Koppelingen wat er is.") % {"name": self.name}
            _row, created = Notification.objects.get_or_create(
                recipient=person,
                key=f"connection:{self.pk}:{since.isoformat()}",
                defaults={"kind": "connection", "text": text[:200], "url": url},
            )
            if created:
                push.hint("bell", f"user:{person.pk}")

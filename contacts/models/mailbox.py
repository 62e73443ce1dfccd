import re
from datetime import datetime, timedelta
from typing import Self
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts import push
from accounts.memory import remembered
from accounts.models import Notification, Role, Team, User
from contacts.models.address import EMAIL
from contacts.models.topic import Topic
from contacts.seal import seal, unseal

PATIENCE = timedelta(minutes=15)  # of failing, before administrators hear of it
PLACE = re.compile(r"\{[^{}\n]{0,40}\}")
PLACES = {"{naam}", "{kenmerk}", "{onderwerp}", "{uiterlijk}", "{norm}"}


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def failing(self) -> Self:
        return self.fetched().exclude(failing_since=None)

    def fetched(self) -> Self:
        """Give the mailboxes that are emptied by IMAP; mail for the others comes in by SMTP or a file."""
        return self.open().exclude(host="")


class Mailbox(models.Model):
    """An e-mail address of the office: whose queue its mail comes into, how it is fetched, and how it answers."""

    class FollowUp(models.TextChoices):
        REOPEN = "reopen", _("heropent de zaak")
        NEW = "new", _("opent een nieuwe zaak")
        NEW_AFTER = "new_after", _("heropent de zaak, en opent na een aantal dagen een nieuwe")

    class SignIn(models.TextChoices):
        PASSWORD = "password", _("wachtwoord")
        OAUTH = "oauth", _("OAuth2 (XOAUTH2)")

    class Security(models.TextChoices):
        TLS = "tls", _("TLS")
        STARTTLS = "starttls", _("STARTTLS")
        NONE = "none", _("geen, alleen op deze machine")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    address = models.EmailField(_("e-mailadres"), unique=True)
    name = models.CharField(_("naam van de afzender"), max_length=80, help_text=_("Bijvoorbeeld: Gemeente Duinmeer."))
    aliases = models.TextField(
        _("andere adressen"), blank=True, help_text=_("Adressen waarvan de post ook hier binnenkomt, een per regel.")
    )
    team = models.ForeignKey(Team, models.PROTECT, related_name="mailboxes", verbose_name=_("afdeling"))
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("onderwerp")
    )
    follow_up = models.CharField(
        _("een antwoord op een gesloten zaak"), max_length=9, choices=FollowUp, default=FollowUp.NEW_AFTER
    )
    follow_up_days = models.PositiveSmallIntegerField(_("na hoeveel dagen"), default=14)
    reply_to_is_sender = models.BooleanField(
        _("antwoordadres is de afzender"),
        default=False,
        help_text=_("Voor post uit webformulieren: niet From maar Reply-To is de klant."),
    )
    acknowledge = models.BooleanField(_("ontvangstbevestiging sturen"), default=False)
    acknowledgement = models.TextField(
        _("tekst van de ontvangstbevestiging"),
        blank=True,
        help_text=_("Mag {naam}, {kenmerk}, {onderwerp}, {uiterlijk} en {norm} bevatten."),
    )
    host = models.CharField(_("IMAP-server"), max_length=200, blank=True)
    port = models.PositiveIntegerField(_("poort"), default=993)
    security = models.CharField(_("beveiliging"), max_length=8, choices=Security, default=Security.TLS)
    username = models.CharField(_("gebruikersnaam"), max_length=200, blank=True)
    sign_in = models.CharField(_("aanmelden met"), max_length=8, choices=SignIn, default=SignIn.PASSWORD)
    secret_sealed = models.TextField(editable=False, blank=True)
    oauth_token_url = models.URLField(_("adres voor toegangstokens"), blank=True)
    oauth_client_id = models.CharField(_("client-id"), max_length=200, blank=True)
    oauth_scope = models.CharField(_("scope"), max_length=300, blank=True)
    folder = models.CharField(_("map"), max_length=100, default="INBOX")
    done_folder = models.CharField(_("map voor verwerkte post"), max_length=100, default="Verwerkt")
    last_ok_at = models.DateTimeField(_("laatst gecontroleerd"), null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(_("onbereikbaar sinds"), null=True, blank=True, editable=False)
    last_error = models.CharField(_("laatste fout"), max_length=300, blank=True, editable=False)
    backlog = models.PositiveIntegerField(_("wacht nog op de server"), default=0, editable=False)
    closed_at = models.DateTimeField(_("opgeheven op"), null=True, blank=True)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        ordering = ["address"]
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxen")

    def __str__(self) -> str:
        return self.address

    def clean(self) -> None:
        """Refuse what cannot work, each at its own field. Raises ValidationError."""
        wrong: dict[str, str] = {}
        if self.security == self.Security.NONE and self.host not in {"", "localhost", "127.0.0.1", "::1"}:
            wrong["security"] = _t("Zonder TLS mag alleen een server op deze machine.")
        if self.sign_in == self.SignIn.OAUTH and self.host and not self.oauth_token_url:
            wrong["oauth_token_url"] = _t("Vul het adres in waar we een toegangstoken krijgen.")
        if unknown := set(PLACE.findall(self.acknowledgement)) - PLACES:
            wrong["acknowledgement"] = _t("Dit kennen we niet: %(places)s") % {"places": ", ".join(sorted(unknown))}
        if self.host and self.folder == self.done_folder:
            wrong["done_folder"] = _t("Kies een andere map dan die waaruit we post halen.")
        if trouble := self._wrong_alias():
            wrong["aliases"] = trouble
        if wrong:
            raise ValidationError(wrong)

    def _wrong_alias(self) -> str:
        """Say what is wrong with the other addresses, or nothing."""
        taken = {one for box in Mailbox.objects.open().exclude(pk=self.pk) for one in box.addresses}
        for address in self.addresses[1:]:
            if not EMAIL.match(address):
                return _t("Dit is geen e-mailadres: %(address)s") % {"address": address[:100]}
        for address in self.addresses:
            if address in taken:
                return _t("%(address)s hoort al bij een andere mailbox.") % {"address": address}
        return ""

    @property
    def addresses(self) -> list[str]:
        """Give every address whose mail comes in here, in lower case."""
        return [self.address.lower(), *(line.strip().lower() for line in self.aliases.splitlines() if line.strip())]

    @property
    def secret(self) -> str:
        """Give the password, or with OAuth2 the client secret and refresh token on two lines."""
        return unseal(self.secret_sealed, bound_to=f"contacts_mailbox.secret:{self.uuid}") if self.secret_sealed else ""

    def set_secret(self, secret: str) -> None:
        """Seal this secret onto the mailbox, unsaved."""
        self.secret_sealed = seal(secret, bound_to=f"contacts_mailbox.secret:{self.uuid}") if secret else ""

    def fetched_well(self, *, backlog: int) -> None:
        """Note that the mailbox was looked through without trouble."""
        now = timezone.now()
        Mailbox.objects.filter(pk=self.pk).update(last_ok_at=now, failing_since=None, last_error="", backlog=backlog)

    def fetch_failed(self, error: object) -> None:
        """Note that the mailbox could not be looked through, and since when; administrators hear of it in time."""
        text = f"{type(error).__name__}: {error}"[:300] if isinstance(error, Exception) else str(error)[:300]
        now = timezone.now()
        Mailbox.objects.filter(pk=self.pk).update(last_error=text)
        Mailbox.objects.filter(pk=self.pk, failing_since=None).update(failing_since=now)
        self.refresh_from_db(fields=["failing_since", "last_error"])
        if self.failing_since is not None and now - self.failing_since >= PATIENCE:
            self._alert(self.failing_since)

    def _alert(self, since: datetime) -> None:
        """Put a line in the bell of every administrator, once for each time that it began to fail."""
        url = reverse("admin:contacts_mailbox_change", args=[self.pk])
        for person in User.objects.filter(groups__name=Role.ADMINISTRATOR, is_active=True):
            with override(person.language):
                text = _t("Mailbox %(address)s kan niet worden geleegd. Kijk bij Mailboxen wat er is.")
            _row, created = Notification.objects.get_or_create(
                recipient=person,
                key=f"mailbox:{self.pk}:{since.isoformat()}",
                defaults={"kind": "mailbox", "text": (text % {"address": self.address})[:200], "url": url},
            )
            if created:
                push.hint("bell", f"user:{person.pk}")


class Fetched(models.Model):
    """That a mail lay in a mailbox under this number: one mail that came to two mailboxes has two of these."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="fetched_mails")
    uidvalidity = models.BigIntegerField()
    uid = models.BigIntegerField()
    inbound = models.ForeignKey("contacts.Inbound", models.CASCADE, related_name="fetched")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "uidvalidity", "uid"], name="fetched_once")]

    def __str__(self) -> str:
        return f"{self.mailbox_id} {self.uidvalidity}/{self.uid}"


@remembered
def open_mailboxes() -> list[Mailbox]:
    """Give the mailboxes in use, in address order; a change by an administrator shows within 5 seconds."""
    return list(Mailbox.objects.open().select_related("team", "topic"))


def by_address() -> dict[str, Mailbox]:
    """Give the mailboxes in use by each of their addresses."""
    return {address: mailbox for mailbox in reversed(open_mailboxes()) for address in mailbox.addresses}


def without_label(address: str) -> str:
    """Give an address without what stands behind a plus in it, in lower case."""
    local, at, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"

import hashlib
import re
from typing import Any, Self
from uuid import UUID, uuid4

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models, transaction
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from contacts import bsn
from contacts.models.address import Address
from contacts.models.event import Event


class Fold(Func):
    """Lower case without accents, by the immutable SQL function kcc_fold of the first migration."""

    function = "kcc_fold"
    output_field = models.TextField()


class NameVector(Func):
    """The words of a name for searching by their beginnings, in any order."""

    function = "to_tsvector"
    template = "to_tsvector('simple', %(expressions)s)"
    output_field = SearchVectorField()


def _count(rows: str) -> RawSQL:
    """Give the count of these rows of the customer at hand, counted no further than 100."""
    sql = "SELECT count(*) FROM (" + rows.format("contacts_customer.id") + " LIMIT 100) AS bounded"  # noqa: S608  (fixed text)
    return RawSQL(sql, (), output_field=models.IntegerField())  # noqa: S611


RECENT_TOPICS = """
SELECT coalesce(jsonb_agg(topic_id), '[]') FROM (
    SELECT topic_id FROM contacts_contact WHERE customer_id = contacts_customer.id AND reached AND topic_id IS NOT NULL
    AND happened_at > now() - interval '14 days' ORDER BY happened_at DESC LIMIT 100
) AS latest
"""
OPEN_CASES = """
SELECT coalesce(jsonb_agg(jsonb_build_array(uuid, reference || ' ' || title)), '[]') FROM (
    SELECT uuid, reference, title FROM contacts_case
    WHERE customer_id = contacts_customer.id AND closed_at IS NULL ORDER BY opened_at DESC LIMIT 50
) AS latest
"""
OPEN_CALLBACKS = (
    "SELECT 1 FROM contacts_contact c JOIN callbacks_callback b ON b.contact_id = c.id"
    " WHERE c.customer_id = {} AND b.completed_at IS NULL AND b.cancelled_at IS NULL"
)
CHANNEL_COUNTS = """
SELECT coalesce(jsonb_object_agg(channel, n), '{}') FROM (
    SELECT channel, count(*) AS n FROM (
        SELECT channel FROM contacts_contact WHERE customer_id = contacts_customer.id AND reached
        ORDER BY happened_at DESC LIMIT 1000
    ) AS latest GROUP BY channel
) AS counted
"""


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, user: User) -> Self:
        """Give the customers this user may see: the contact centre all, a specialist those with own work."""
        if user.works_at_kcc:
            return self
        if user.has_role(Role.SPECIALIST):
            teams = user.team_ids
            mine = Q(contacts__callbacks__team__in=teams) | Q(contacts__case__team__in=teams)
            return self.filter(Exists(Customer.objects.filter(mine, pk=OuterRef("pk"))))
        return self.none()

    def recognise(self, kind: str, value: str) -> "Customer | None":
        """Give the one customer this address belongs to; None when nobody or more than one does: never a guess."""
        found = list(self.filter(addresses__kind=kind, addresses__value=value).distinct()[:2])
        return found[0] if len(found) == 1 else None

    def with_uuid(self, text: str) -> "Customer | None":
        """Give the customer that a form names, None when it names none that may be seen."""
        try:
            return self.filter(uuid=UUID(text)).first()
        except ValueError:
            return None

    def by_bsn(self, number: str) -> Self:
        return self.filter(bsn_index=bsn.index(number))

    def with_counts(self) -> Self:
        """Add how many contacts per channel (of the last 1,000), open callbacks (to 100), and up to 50 open cases."""
        return self.annotate(
            channel_counts=RawSQL(CHANNEL_COUNTS, (), output_field=models.JSONField()),  # noqa: S611
            open_cases=RawSQL(OPEN_CASES, (), output_field=models.JSONField()),  # noqa: S611
            callback_count=_count(OPEN_CALLBACKS),
            recent_topics=RawSQL(RECENT_TOPICS, (), output_field=models.JSONField()),  # noqa: S611
            late_count=_count(OPEN_CALLBACKS + " AND b.due_at < now()"),
        )

    def recently_seen_by(self, user: User) -> "list[Customer]":
        """Give the five customers this user looked at last, the last one first."""
        rows = user.accesses.filter(customer__isnull=False, action="view").order_by("-at")
        latest = list(dict.fromkeys(rows.values_list("customer", flat=True)[:50]))[:5]
        found = {customer.pk: customer for customer in self.filter(pk__in=latest)}
        return [found[pk] for pk in latest if pk in found]


class Customer(models.Model):
    """A citizen or an organisation, with everything the office may know about them for being of service."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Persoon")
        ORGANISATION = "organisation", _("Organisatie")

    class Language(models.TextChoices):
        NL = "nl", _("Nederlands")
        EN = "en", _("Engels")
        DE = "de", _("Duits")
        FR = "fr", _("Frans")
        ES = "es", _("Spaans")
        TR = "tr", _("Turks")
        AR = "ar", _("Arabisch")
        PL = "pl", _("Pools")
        UK = "uk", _("Oekraïens")
        TI = "ti", _("Tigrinya")

    class Source(models.TextChoices):
        OWN = "own", _("Eigen invoer")
        BRP = "brp", _("BRP")
        KVK = "kvk", _("KvK")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(_("soort"), max_length=12, choices=Kind, default=Kind.PERSON)
    first_name = models.CharField(_("voornaam"), max_length=100, blank=True)
    infix = models.CharField(_("tussenvoegsel"), max_length=30, blank=True)
    last_name = models.CharField(_("achternaam of organisatie"), max_length=200)
    birth_date = models.DateField(_("geboortedatum"), null=True, blank=True)
    bsn_sealed = models.CharField(max_length=200, blank=True, editable=False)
    bsn_index = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    bsn_tail = models.CharField(max_length=3, blank=True, editable=False)
    kvk_number = models.CharField(_("KvK-nummer"), max_length=8, blank=True, db_index=True)
    street = models.CharField(_("straat"), max_length=120, blank=True)
    house_number = models.PositiveIntegerField(_("huisnummer"), null=True, blank=True)
    house_suffix = models.CharField(_("toevoeging"), max_length=10, blank=True)
    postcode = models.CharField(_("postcode"), max_length=6, blank=True)
    city = models.CharField(_("plaats"), max_length=80, blank=True)
    language = models.CharField(_("taal"), max_length=5, choices=Language, default="nl")
    preferred_channel = models.CharField(_("voorkeurskanaal"), max_length=10, blank=True)
    branch_number = models.CharField(_("vestigingsnummer"), max_length=12, blank=True, default="", db_default="")
    confidential = models.BooleanField(_("geheimhouding"), default=False)
    verified_at = models.DateTimeField(_("geverifieerd op"), null=True, blank=True)
    source = models.CharField(_("bron"), max_length=4, choices=Source, default=Source.OWN)
    notes = models.TextField(_("notities"), blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("samengevoegd met"),
        db_index=False,
    )
    created_at = models.DateTimeField(_("gemaakt op"), auto_now_add=True)
    name_vector = models.GeneratedField(
        expression=NameVector(Fold(Concat(F("first_name"), Value(" "), F("infix"), Value(" "), F("last_name")))),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("klant")
        verbose_name_plural = _("klanten")
        permissions = [("reveal_bsn", "Mag een BSN tonen")]
        indexes = [
            GinIndex(fields=["name_vector"], fastupdate=False, name="customer_name_words"),
            models.Index(fields=["postcode", "house_number"], name="customer_at_address"),
            models.Index(fields=["merged_into"], condition=~Q(merged_into=None), name="customer_merged"),
            models.Index(fields=["birth_date"], name="customer_born", condition=Q(birth_date__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.first_name, self.infix, self.last_name) if part)

    @property
    def short_name(self) -> str:
        """Give the name as lists show it: F. el Amrani."""
        if self.kind == self.Kind.ORGANISATION or not self.first_name:
            return self.last_name
        return " ".join(part for part in (f"{self.first_name[0]}.", self.infix, self.last_name) if part)

    @property
    def initials(self) -> str:
        return (self.first_name[:1] + self.last_name[:1] if self.first_name else self.last_name[:2]).upper()

    @property
    def address_line(self) -> str:
        """Give street, number and town on one line, or nothing."""
        house = f"{self.street} {self.house_number or ''}{self.house_suffix}".strip()
        return ", ".join(part for part in (house, self.city) if part)

    @property
    def bsn(self) -> str:
        """Give the BSN itself. Only behind a reveal, which writes down who asked and why (product.md rule 10)."""
        return bsn.decrypt(self.bsn_sealed, owner=str(self.uuid)) if self.bsn_sealed else ""

    @property
    def latest_topic(self) -> int | None:
        """Give what the last contact of these 14 days was about, of a customer that was fetched with_counts."""
        topics: list[int] = self.recent_topics  # type: ignore[attr-defined]
        return topics[0] if topics else None

    @property
    def times(self) -> int:
        """Give how often the latest topic came up in these 14 days, of a customer that was fetched with_counts."""
        return self.recent_topics.count(self.latest_topic) if self.latest_topic else 0  # type: ignore[attr-defined]

    @property
    def contact_count(self) -> int:
        """Give how many contacts there were, of a customer that was fetched with_counts."""
        return sum(self.channel_counts.values())  # type: ignore[attr-defined]

    def set_bsn(self, typed: str) -> None:
        """Seal this BSN onto the customer, unsaved. Raises ValidationError when it is none."""
        number = bsn.clean(typed)
        self.bsn_sealed = bsn.encrypt(number, owner=str(self.uuid))
        self.bsn_index = bsn.index(number)
        self.bsn_tail = number[-3:]

    def add_address(self, kind: str, typed: str, *, network: str = "") -> Address | None:
        """Give the address in its one form, added when the customer lacked it; None when it is no such address."""
        value = Address.normalise(kind, typed)
        if value is None:
            return None
        address, _created = Address.objects.get_or_create(
            customer=self, kind=kind, network=network, value=value, defaults={"typed": typed.strip()[:254]}
        )
        return address

    @transaction.atomic
    def verify(self, *, by: User | None) -> None:
        """Write down that the identity was checked; a second time changes nothing."""
        now = timezone.now()
        if Customer.objects.filter(pk=self.pk, verified_at=None).update(verified_at=now) == 1:
            self.verified_at = now
            self.track("customer_verified", by=by)

    @transaction.atomic
    def note(self, text: str, *, seen: str, by: User | None) -> bool:
        """Keep these notes; say False when they are no longer the ones that were seen (see notes_version)."""
        current = Customer.objects.select_for_update().only("notes").get(pk=self.pk)
        if current.notes_version != seen:
            self.notes = current.notes
            return False
        if current.notes != text:
            Customer.objects.filter(pk=self.pk).update(notes=text)
            self.track("customer_noted", by=by)
        self.notes = text
        return True

    @property
    def notes_version(self) -> str:
        """Give a word that changes whenever the notes do."""
        return hashlib.sha256(self.notes.encode()).hexdigest()[:16]

    def track(self, kind: str, *, by: User | None, **data: Any) -> Event:
        """Write down that something happened to this record."""
        return Event.objects.create(customer=self, kind=kind, by=by, data=data)


class NameWord(models.Model):
    """Each word that occurs in customers' names, once; a trigger keeps it, and typing errors are found in it."""

    word = models.CharField(max_length=100, primary_key=True)

    class Meta:
        indexes = [GinIndex(OpClass(F("word"), name="gin_trgm_ops"), name="name_word_letters")]

    def __str__(self) -> str:
        return self.word


POSTCODE = re.compile(r"^\s*([1-9][0-9]{3})\s*([A-Za-z]{2})\s*(\d{1,5})?\s*-?\s*([A-Za-z0-9]{0,6})\s*$")


def split_postcode(text: str) -> tuple[str, int | None, str] | None:
    """Give postcode, number and suffix from "1234 ab 12a"; None when it is no Dutch postcode."""
    found = POSTCODE.match(text)
    if not found:
        return None
    digits, letters, number, suffix = found.groups()
    return digits + letters.upper(), int(number) if number else None, suffix.upper()

import hashlib
import re
from typing import Any, Self
from uuid import UUID, uuid4

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models, transaction
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.uuids import as_uuid
from contacts import bsn
from contacts.models.address import Address
from contacts.models.event import Event

PREFERABLE = [("phone", _("Telefoon")), ("email", _("E-mail")), ("desk", _("Balie")), ("post", _("Post"))]
LONGEST_CHAIN = 20  # of records merged into records


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
WITH latest AS (
    SELECT id, channel, CASE WHEN channel IN ('email', 'social', 'web', 'chat') THEN conversation ELSE uuid END AS entry
    FROM contacts_contact WHERE customer_id = contacts_customer.id AND reached ORDER BY happened_at DESC LIMIT 1000
), asked AS (
    SELECT count(*) AS n FROM latest JOIN callbacks_callback ON contact_id = latest.id
), counted AS (
    SELECT channel, count(DISTINCT entry) AS n FROM latest GROUP BY channel
    UNION ALL SELECT 'callback', n FROM asked WHERE n > 0
    UNION ALL SELECT 'all', count(DISTINCT entry) + (SELECT n FROM asked) FROM latest
)
SELECT jsonb_object_agg(channel, n) FROM counted
"""


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, user: User) -> Self:
        """Give the customers this user may see: the contact centre all, a specialist those with own work.

        A record that was merged into another is no customer any more.
        """
        current = self.current()
        if user.works_at_kcc:
            return current
        if user.has_role(Role.SPECIALIST):
            teams = user.team_ids
            mine = Q(contacts__callbacks__team__in=teams) | Q(contacts__case__team__in=teams)
            return current.filter(Exists(Customer.objects.filter(mine, pk=OuterRef("pk"))))
        return self.none()

    def current(self) -> Self:
        """Give the customers that were not merged into another."""
        return self.filter(merged_into=None)

    def kept_for(self, uuid: UUID) -> "Customer | None":
        """Give the customer into which the record with this uuid was merged, itself or by way of others."""
        found = self.filter(uuid=uuid).exclude(merged_into=None).first()
        for _step in range(LONGEST_CHAIN):
            if found is None or found.merged_into is None:
                return found
            found = found.merged_into
        return None

    def with_address(self, kind: str, value: str, *, network: str = "") -> Self:
        """Give the customers this address belongs to; a name on a network counts for that network only."""
        rows = self.current().filter(addresses__kind=kind, addresses__network=network, addresses__value=value)
        return rows.distinct()

    def recognise(self, kind: str, value: str, *, network: str = "") -> "Customer | None":
        """Give the one customer this address belongs to; None when nobody or more than one does: never a guess."""
        found = list(self.with_address(kind, value, network=network)[:2])
        return found[0] if len(found) == 1 else None

    def with_uuid(self, text: str) -> "Customer | None":
        """Give the customer that a form names, or the one it was merged into; None when there is none to see."""
        uuid = as_uuid(text)
        if uuid is None:
            return None
        found = self.filter(uuid=uuid).first()
        kept = Customer.objects.kept_for(uuid) if found is None else None
        return self.filter(pk=kept.pk).first() if kept else found

    def by_bsn(self, number: str) -> Self:
        return self.filter(bsn_index=bsn.index(number))

    def with_counts(self) -> Self:
        """Add the entries of the timeline per channel (of its last 1,000), open callbacks (to 100), open cases."""
        return self.annotate(
            channel_counts=RawSQL(CHANNEL_COUNTS, (), output_field=models.JSONField()),  # noqa: S611
            open_cases=RawSQL(OPEN_CASES, (), output_field=models.JSONField()),  # noqa: S611
            callback_count=_count(OPEN_CALLBACKS),
            recent_topics=RawSQL(RECENT_TOPICS, (), output_field=models.JSONField()),  # noqa: S611
            late_count=_count(OPEN_CALLBACKS + " AND b.due_at < now()"),
        )

    def with_what_waits(self) -> Self:
        """Add up to 50 open cases, and how many callbacks are late (to 100)."""
        return self.annotate(
            open_cases=RawSQL(OPEN_CASES, (), output_field=models.JSONField()),  # noqa: S611
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
    def preferred_channel_name(self) -> str:
        """Give by which channel this customer likes to be reached, in words."""
        return str(dict(PREFERABLE).get(self.preferred_channel, ""))

    @property
    def bsn(self) -> str:
        """Give the BSN itself. Only behind a reveal, which writes down who asked and why."""
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
        """Give how many entries the timeline has, of a customer that was fetched with_counts."""
        return int(self.channel_counts["all"])  # type: ignore[attr-defined]

    @property
    def record_ids(self) -> list[int]:
        """Give the ids of this record and of all that were merged into it, also by way of others."""
        known = latest = [self.pk]
        for _step in range(LONGEST_CHAIN):
            latest = list(Customer.objects.filter(merged_into__in=latest).values_list("pk", flat=True))
            if not latest:
                break
            known = known + latest
        return known

    def held(self) -> "Customer":
        """Give the customer this record is by now; nobody merges it away before this transaction ends.

        Asked before something is written with a customer that was looked up earlier: a merge that goes on is waited
        for, and then it is the customer that stayed.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT merged_into_id FROM contacts_customer WHERE id = %s FOR KEY SHARE", [self.pk])
            row = cursor.fetchone()
        return self if row is None or row[0] is None else Customer.objects.get(pk=row[0]).held()

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
    def remove_address(self, pk: int, *, by: User | None) -> bool:
        """Forget one way to reach this customer; say whether there was one. The log says that, not what."""
        address = self.addresses.filter(pk=pk).first()
        if address is None:
            return False
        kind = address.kind
        address.delete()
        self.track("address_removed", by=by, address=kind)
        return True

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

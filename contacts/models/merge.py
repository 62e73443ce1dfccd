from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts import push
from accounts.models import User
from contacts.models.customer import Customer

REVERSIBLE = timedelta(days=30)
FIELDS = {  # what is chosen together, in the order of the screen
    "name": ("kind", "first_name", "infix", "last_name"),
    "birth_date": ("birth_date",),
    "address": ("street", "house_number", "house_suffix", "postcode", "city"),
    "kvk": ("kvk_number", "branch_number"),
    "language": ("language",),
    "preferred_channel": ("preferred_channel",),
    "notes": ("notes",),
}
OFFICIAL = {"name", "birth_date", "address", "kvk"}  # what a register knows better than we do
STAYS = {"Merge", "Access", "Customer"}  # the log of who saw whom keeps saying whose record it was then


class Refused(Exception):
    """These two cannot be merged, or not be parted again; the words say why."""


class MergeQuerySet(models.QuerySet["Merge"]):
    def reversible(self, *, now: datetime) -> Self:
        """Give the merges that can still be undone."""
        return self.filter(undone_at=None, at__gt=now - REVERSIBLE)


class Merge(models.Model):
    """That two records turned out to be one customer: what was chosen, what moved, and how to undo it for 30 days."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kept = models.ForeignKey(Customer, models.PROTECT, related_name="merges", verbose_name=_("blijft"))
    gone = models.ForeignKey(Customer, models.PROTECT, related_name="merged_away", verbose_name=_("gaat op"))
    reason = models.CharField(_("reden"), max_length=200)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("door"))
    at = models.DateTimeField(_("moment"), default=timezone.now)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)  # the changed fields of who stays, as they were
    moved = models.JSONField(default=dict)  # ids of the rows that moved, by model
    undone_at = models.DateTimeField(_("ongedaan gemaakt op"), null=True, blank=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("samenvoeging")
        verbose_name_plural = _("samenvoegingen")
        constraints = [
            models.UniqueConstraint(fields=["gone"], condition=models.Q(undone_at=None), name="merged_away_once"),
            models.CheckConstraint(condition=~models.Q(kept=models.F("gone")), name="merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"

    @classmethod
    @transaction.atomic
    def merge(cls, *, kept: Customer, gone: Customer, theirs: set[str], reason: str, by: User) -> "Merge":
        """Make one customer of two: everything of gone moves to kept, and kept takes the groups of FIELDS in theirs.

        A register (BRP, KvK) wins from own input, whatever was chosen. Raises Refused for two different BSNs, for one
        and the same record, and for one that was merged away already.
        """
        kept, gone = _locked(kept, gone)
        if why := refusal(kept, gone):
            raise Refused(why)
        merge = cls(kept=kept, gone=gone, reason=reason, by=by)
        changes = chosen(kept, gone, theirs)
        merge.before = {name: getattr(kept, name) for name in changes}
        for name, value in changes.items():
            setattr(kept, name, value)
        number = gone.bsn if gone.bsn_index and not kept.bsn_index else ""
        Customer.objects.filter(pk=gone.pk).update(merged_into=kept, bsn_index=None if number else gone.bsn_index)
        if number:
            kept.set_bsn(number)
        kept.save(update_fields=[*changes, "bsn_sealed", "bsn_index", "bsn_tail"])
        merge.moved = {label: _move(rows, gone, kept) for label, rows in _rows_of_customers()}
        merge.save()
        kept.track("customer_merged", by=by, gone=str(gone.uuid), merge=str(merge.uuid), reason=reason)
        push.hint("timeline", f"customer:{kept.pk}", f"customer:{gone.pk}")
        return merge

    @transaction.atomic
    def undo(self, *, by: User) -> None:
        """Part the two records again: what moved goes back, what came since stays; a second time changes nothing.

        A field of the one that stays goes back to what it was, unless somebody changed it since. Raises Refused after
        30 days, while the one that stays was itself merged away, or when the BSN of the other is a third one's by now.
        """
        now = timezone.now()
        merge = Merge.objects.select_for_update().get(pk=self.pk)
        if merge.undone_at is not None:
            return
        if merge.at <= now - REVERSIBLE:
            raise Refused(_("Samenvoegen kan tot 30 dagen later ongedaan worden gemaakt. Die tijd is voorbij."))
        kept, gone = _locked(merge.kept, merge.gone)
        if kept.merged_into_id is not None:
            raise Refused(_("Maak eerst de latere samenvoeging van deze klant ongedaan."))
        for label, rows in _rows_of_customers():
            rows.filter(pk__in=merge.moved.get(label, []), customer=kept).update(customer=gone)
        _restore(kept, gone, merge.before)
        merge.undone_at, merge.undone_by = now, by
        merge.save(update_fields=["undone_at", "undone_by"])
        kept.track("customer_unmerged", by=by, gone=str(gone.uuid))
        gone.track("customer_unmerged", by=by, kept=str(kept.uuid))
        push.hint("timeline", f"customer:{kept.pk}", f"customer:{gone.pk}")


def merges_of(customer: Customer) -> MergeQuerySet:
    """Give what was merged into this customer and can still be undone, the latest first."""
    return (
        Merge.objects.reversible(now=timezone.now()).filter(kept=customer).select_related("gone", "by").order_by("-at")
    )


def refusal(kept: Customer, gone: Customer) -> str:
    """Say why these two cannot be one customer; nothing when they can."""
    if kept.pk == gone.pk:
        return str(_("Dit is dezelfde klant."))
    if kept.merged_into_id is not None or gone.merged_into_id is not None:
        return str(_("Een van deze klanten is al samengevoegd."))
    if kept.bsn_index and gone.bsn_index and kept.bsn_index != gone.bsn_index:
        return str(_("Samenvoegen kan niet: de BSN's verschillen."))
    if kept.kvk_number and gone.kvk_number and kept.kvk_number != gone.kvk_number:
        return str(_("Samenvoegen kan niet: de KvK-nummers verschillen."))
    return ""


def locked_fields(kept: Customer, gone: Customer) -> str:
    """Say whose name, birth date and address hold whatever is chosen, as a register says so: kept, gone or none."""
    registers = {Customer.Source.BRP, Customer.Source.KVK}
    if kept.source in registers:
        return "kept"
    return "gone" if gone.source in registers else ""


def chosen(kept: Customer, gone: Customer, theirs: set[str]) -> dict[str, Any]:
    """Give the fields of kept that change, with their new values, when it takes these groups from gone."""
    register = locked_fields(kept, gone)
    groups = set(theirs) & set(FIELDS)
    if register:
        groups = groups | OFFICIAL if register == "gone" else groups - OFFICIAL
    changes = {name: getattr(gone, name) for group in groups for name in FIELDS[group]}
    if "notes" not in groups and gone.notes and gone.notes not in kept.notes:
        changes["notes"] = "\n\n".join(text for text in (kept.notes, gone.notes) if text)
    if gone.confidential:
        changes["confidential"] = True
    if gone.verified_at and not kept.verified_at:
        changes["verified_at"] = gone.verified_at
    if register == "gone":
        changes["source"] = gone.source
    return {name: value for name, value in changes.items() if getattr(kept, name) != value}


LABELS = {
    "name": _("Naam"),
    "birth_date": _("Geboortedatum"),
    "address": _("Adres"),
    "kvk": _("KvK en vestiging"),
    "language": _("Taal"),
    "preferred_channel": _("Voorkeurskanaal"),
    "notes": _("Notities"),
}


@dataclass(frozen=True)
class Line:
    """One part of two records side by side, and whether and how it can be chosen."""

    name: str
    label: Any
    left: str
    right: str
    fixed: str = ""  # kept or gone, when a register decides

    @property
    def differs(self) -> bool:
        return self.left != self.right


class Comparison:
    """Two records side by side, what differs first."""

    def __init__(self, kept: Customer, gone: Customer) -> None:
        register = locked_fields(kept, gone)
        lines = [
            Line(name, LABELS[name], _shown(kept, name), _shown(gone, name), register if name in OFFICIAL else "")
            for name in FIELDS
        ]
        self.lines = sorted(lines, key=lambda line: not line.differs)

    @property
    def choosable(self) -> list[str]:
        """Give the parts between which somebody must choose."""
        return [line.name for line in self.lines if line.differs and not line.fixed]


def _shown(customer: Customer, name: str) -> str:
    if name == "name":
        return customer.name
    if name == "birth_date":
        return date_format(customer.birth_date, "j F Y") if customer.birth_date else ""
    if name == "address":
        return ", ".join(part for part in (customer.address_line, customer.postcode) if part)
    if name == "kvk":
        return " ".join(part for part in (customer.kvk_number, customer.branch_number) if part)
    if name == "language":
        return str(customer.get_language_display())
    return str(getattr(customer, name))


def alike(customer: Customer) -> list[Customer]:
    """Give up to five other customers who may be the same: they share an address, or a name with a birth date or house.

    Suggested to a colleague, never merged by itself.
    """
    others = Customer.objects.filter(merged_into=None).exclude(pk=customer.pk)
    found: dict[int, Customer] = {}
    values = [(address.kind, address.network, address.value) for address in customer.addresses.all()[:10]]
    for kind, network, value in values:
        same = Q(addresses__kind=kind, addresses__network=network, addresses__value=value)
        found |= {one.pk: one for one in others.filter(same)[:6]}
    named = others.filter(last_name__iexact=customer.last_name)
    if customer.birth_date:
        found |= {one.pk: one for one in named.filter(birth_date=customer.birth_date)[:6]}
    if customer.postcode and customer.house_number:
        at_home = named.filter(postcode=customer.postcode, house_number=customer.house_number)
        found |= {one.pk: one for one in at_home[:6] if one.first_name[:1].lower() == customer.first_name[:1].lower()}
    if customer.kvk_number:
        found |= {one.pk: one for one in others.filter(kvk_number=customer.kvk_number)[:6]}
    return list(found.values())[:5]


def _locked(*customers: Customer) -> list[Customer]:
    """Give these customers as they are now, held until the transaction ends, always in the same order."""
    pks = [customer.pk for customer in customers]
    held = {one.pk: one for one in Customer.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")}
    return [held[pk] for pk in pks]


def _rows_of_customers() -> Iterator[tuple[str, models.QuerySet[Any]]]:
    """Give, for every model whose rows belong to a customer and move along, its label and all its rows."""
    for relation in Customer._meta.related_objects:
        model = relation.related_model
        if not isinstance(model, str) and model.__name__ not in STAYS and relation.field.name == "customer":
            yield model._meta.label_lower, model._default_manager.all()


def _move(rows: models.QuerySet[Any], gone: Customer, kept: Customer) -> list[int]:
    """Move rows to who stays, and give their ids; an address that both had stays behind."""
    mine = rows.filter(customer=gone)
    if rows.model.__name__ == "Address":
        same = rows.filter(customer=kept, kind=OuterRef("kind"), network=OuterRef("network"), value=OuterRef("value"))
        mine = mine.exclude(Exists(same))
    pks = list(mine.values_list("pk", flat=True))
    mine.update(customer=kept)
    return pks


def _restore(kept: Customer, gone: Customer, before: dict[str, Any]) -> None:
    """Give both records back what was theirs, where nobody changed it since. Raises Refused."""
    number = gone.bsn if gone.bsn_sealed and not gone.bsn_index else ""  # what it lent to who stays
    names = [name for name in before if name != "notes" and getattr(kept, name) == getattr(gone, name)]
    if "notes" in before and kept.notes in {gone.notes, "\n\n".join(t for t in (before["notes"], gone.notes) if t)}:
        names.append("notes")
    for name in names:
        field = Customer._meta.get_field(name)
        assert isinstance(field, models.Field)
        setattr(kept, name, field.to_python(before[name]))
    if number and kept.bsn == number:
        kept.bsn_sealed, kept.bsn_index, kept.bsn_tail = "", None, ""
    elif number and Customer.objects.by_bsn(number).exists():
        raise Refused(_("Het BSN van deze klant staat intussen bij een andere klant. Voeg die twee eerst samen."))
    kept.save(update_fields=[*names, "bsn_sealed", "bsn_index", "bsn_tail"])
    gone.merged_into = None
    if number:
        gone.set_bsn(number)
    gone.save(update_fields=["merged_into", "bsn_sealed", "bsn_index", "bsn_tail"])

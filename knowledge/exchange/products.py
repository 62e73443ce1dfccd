"""The Uniforme Productnamenlijst out of its CSV: the names of products, and which of them municipalities offer."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _t

from knowledge.exchange.entry import Findings, Mistake, Unusable
from knowledge.exchange.item import Item
from knowledge.exchange.reading import decoded
from knowledge.models import Product

SHIPPED = Path(__file__).parent.parent / "data" / "upl.csv"
NAME, URI, MUNICIPAL = "UniformeProductnaam", "URI", "Gemeente"
NO_PRODUCT = "UPL-naam_nog_niet_beschikbaar"  # stands in the list for what has no name yet
AT_ONCE = 1000


@dataclass
class Taken:
    """What reading the list in did."""

    total: int
    new: int
    changed: int
    closed: int


def read(raw: bytes) -> list[Product]:
    """Give the products of the list, each once. Raises Unusable with every mistake in it."""
    text, findings = decoded(raw), Findings()
    first = text.split("\n", 1)[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=first.count), strict=True)
    found: dict[str, Product] = {}
    try:
        missing = [name for name in (NAME, URI, MUNICIPAL) if name not in (rows.fieldnames or [])]
        if missing:
            words = _t("In de kop ontbreken de kolommen: %(names)s.") % {"names": ", ".join(missing)}
            raise Unusable([Mistake(words, _t("regel 1"))])
        for row in rows:
            place = _t("regel %(line)s") % {"line": rows.line_num}
            product = _product(Item({**row}, place=place, findings=findings))
            known = found.setdefault(product.uri, product)
            known.municipal = known.municipal or product.municipal
    except csv.Error as error:
        words = _t("Dit is geen geldige CSV (%(error)s).") % {"error": error}
        raise Unusable([Mistake(words, _t("regel %(line)s") % {"line": rows.line_num})]) from None
    if not found and not findings.mistakes:
        raise Unusable([Mistake(_t("Er staan geen producten in het bestand."))])
    if findings.mistakes:
        raise Unusable(findings.mistakes)
    return [product for product in found.values() if not product.uri.endswith(NO_PRODUCT)]


def _product(item: Item) -> Product:
    name, uri = item.text(NAME, needed=True, longest=200).strip(), item.text(URI, needed=True, longest=300).strip()
    if uri and not uri.startswith(("http://", "https://")):
        item.wrong(URI, _t("is geen adres dat met http begint."))
    return Product(name=name, uri=uri, municipal=bool(item.text(MUNICIPAL).strip()))


@transaction.atomic
def take_in(products: list[Product], *, anyway: bool = False) -> Taken:
    """Have this list from now on: what is no longer in it is closed, and stays with the articles that have it.

    Raises Unusable when more than half would be closed, unless that is meant.
    """
    known = {product.uri: product for product in Product.objects.select_for_update()}
    wanted = {product.uri for product in products}
    gone = [product for product in known.values() if product.closed_at is None and product.uri not in wanted]
    held = sum(product.closed_at is None for product in known.values())
    if len(gone) * 2 > held > 0 and not anyway:
        words = _t("Met deze lijst vervallen %(gone)s van de %(held)s producten. Gebruik --anyway als dat klopt.")
        raise Unusable([Mistake(words % {"gone": len(gone), "held": held})])
    new = [product for product in products if product.uri not in known]
    changed = [product for product in products if product.uri in known and _differs(product, known[product.uri])]
    for product in changed:
        product.pk = known[product.uri].pk
    Product.objects.bulk_create(new, batch_size=AT_ONCE)
    Product.objects.bulk_update(changed, ["name", "municipal", "closed_at"], batch_size=AT_ONCE)
    Product.objects.filter(pk__in=[product.pk for product in gone]).update(closed_at=timezone.now())
    return Taken(total=len(products), new=len(new), changed=len(changed), closed=len(gone))


def _differs(product: Product, known: Product) -> bool:
    return (product.name, product.municipal) != (known.name, known.municipal) or known.closed_at is not None

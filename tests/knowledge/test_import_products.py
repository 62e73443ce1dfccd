"""The list of government products is there at the start, and a newer one closes what is gone."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from knowledge.exchange.products import SHIPPED, read
from knowledge.models import Product
from tests import make

pytestmark = pytest.mark.django_db
HEAD = "UniformeProductnaam,URI,Rijk,Gemeente\n"
TERMS = "http://standaarden.overheid.nl/owms/terms"


@pytest.fixture
def take(tmp_path: Path) -> Any:
    def write(text: str | bytes, *options: str) -> str:
        path, said = tmp_path / "upl.csv", StringIO()
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        try:
            call_command("import_products", str(path), *options, stdout=said, stderr=said)
        except CommandError as error:
            said.write(str(error))
        return said.getvalue()

    return write


def test_the_list_shipped_can_be_read_and_read_again() -> None:
    products = read(SHIPPED.read_bytes())
    assert len(products) == len({product.uri for product in products}) == 1016
    assert sum(product.municipal for product in products) == 449
    Product.objects.all().delete()
    said = StringIO()
    call_command("import_products", stdout=said)
    assert "1016 nieuw" in said.getvalue()
    call_command("import_products", stdout=said)
    assert "0 nieuw, 0 gewijzigd, 0 vervallen" in said.getvalue()
    assert Product.objects.choosable().count() == 449


def test_a_newer_list_adds_renames_and_closes(take: Any) -> None:
    Product.objects.all().delete()
    rows = [f"paspoort,{TERMS}/a,,X", f"paspoort,{TERMS}/a,,X", f"visakte,{TERMS}/b,X,", f"hond,{TERMS}/c,,X"]
    assert "3 nieuw" in take(HEAD + "\n".join(rows))
    article = make.article(product=Product.objects.get(name="hond"))
    rows = [f"paspoort aanvraag,{TERMS}/a,,X", f"visakte,{TERMS}/b,X,X", f"kat,{TERMS}/d,,X"]
    assert "3 producten gelezen: 1 nieuw, 2 gewijzigd, 1 vervallen." in take("\ufeff" + HEAD + "\n".join(rows))
    assert list(Product.objects.choosable().values_list("name", flat=True)) == ["kat", "paspoort aanvraag", "visakte"]
    article.refresh_from_db()
    assert article.product.closed_at is not None
    take(HEAD + "\n".join([*rows, f"hond,{TERMS}/c,,X"]))
    article.product.refresh_from_db()
    assert article.product.closed_at is None


def test_a_list_that_closes_most_must_be_meant(take: Any) -> None:
    call_command("import_products", stdout=StringIO())
    text = f"{HEAD}kat,{TERMS}/nieuw,,X\n"
    assert "vervallen 1016 van de 1016" in take(text)
    assert Product.objects.filter(closed_at=None).count() == 1016
    assert "1016 vervallen" in take(text, "--anyway")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Het bestand is leeg"),
        ("naam,URI\n", "regel 1: In de kop ontbreken de kolommen: UniformeProductnaam, Gemeente."),
        (HEAD, "geen producten"),
        (f"{HEAD},{TERMS}/a,,X\n", "regel 2, veld UniformeProductnaam: ontbreekt of is leeg."),
        (f"{HEAD}a,javascript:x,,X\n", "regel 2, veld URI: is geen adres dat met http begint."),
        (f"{HEAD}{'a' * 201},{TERMS}/a,,X\n", "is te lang: 201 tekens"),
        (f"{HEAD}a\x00b,{TERMS}/a,,X\n", "U+0000"),
        (b"\xff\xfea", "geen UTF-8"),
        (f'{HEAD}"a,{TERMS}', "geen geldige CSV"),
    ],
)
def test_every_mistake_is_named_and_nothing_is_written(take: Any, text: str | bytes, words: str) -> None:
    before = Product.objects.count()
    assert words in take(text)
    assert Product.objects.count() == before


def test_one_mistake_is_one(take: Any) -> None:
    assert "Niets ingelezen: 1 fout in upl.csv." in take(f"{HEAD}a,javascript:x,,X\n")


def test_a_missing_file_is_told() -> None:
    with pytest.raises(CommandError):
        call_command("import_products", "/nergens/upl.csv")

"""Put the lists that are shipped into empty tables: words that find each other, and the government products."""

import csv
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data"


def fill(apps, schema_editor):
    Synonym, Product = apps.get_model("knowledge", "Synonym"), apps.get_model("knowledge", "Product")
    if not Synonym.objects.exists():
        Synonym.objects.bulk_create(
            Synonym(words=[word.strip() for word in row["words"].split("|")], near=int(row["near"]))
            for row in rows("synonyms.csv")
        )
    if not Product.objects.exists():
        Product.objects.bulk_create(
            Product(name=row["UniformeProductnaam"], uri=row["URI"], municipal=row["Gemeente"] == "X")
            for row in rows("upl.csv")
        )


def rows(name):
    with (DATA / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0003_first_versions")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

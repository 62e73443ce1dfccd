"""Add the synonyms that came after the first list, beside what editors made of that, and mend what that list had wrong."""

import csv
from pathlib import Path

from django.db import migrations
from django.utils import timezone

FILE = Path(__file__).resolve().parent.parent / "data" / "synonyms_2.csv"
SAME = 1
# Sets with a word that has the stem of quite another one: recht, vlucht (of an aeroplane), vergeten, werken.
WRONG = {
    "rechtbank | gerecht | rechtszaak | rechtszitting": "rechtbank | rechtszaak | rechtszitting",
    "vluchten | gevlucht | vluchteling": "op de vlucht | vluchteling",
    "dementie | alzheimer | dement | vergeetachtig": "dementie | alzheimer | dement",
    "huishoudelijke hulp | hulp in de huishouding | thuishulp | schoonmaakhulp | poetshulp | werkster | huishoudhulp": (
        "huishoudelijke hulp | hulp in de huishouding | thuishulp | schoonmaakhulp | poetshulp | huishoudhulp"
    ),
}


def add(apps, schema_editor):
    """Add the sets of which the table has nothing: what an expression finds there is for editors to say."""
    Synonym = apps.get_model("knowledge", "Synonym")
    known = {word for words, near in Synonym.objects.values_list("words", "near") for word in entries(words, near)}
    Synonym.objects.bulk_create(
        Synonym(words=words, near=near) for words, near in sets() if known.isdisjoint(entries(words, near))
    )


def mend(apps, schema_editor):
    """Mend the sets that nobody has changed."""
    Synonym = apps.get_model("knowledge", "Synonym")
    for wrong, right in WRONG.items():
        untouched = Synonym.objects.filter(words=expressions(wrong), near=SAME)
        untouched.update(words=expressions(right), changed_at=timezone.now())


def sets():
    with FILE.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield expressions(row["words"]), int(row["near"])


def expressions(text):
    return [word.strip() for word in text.split("|")]


def entries(words, near):
    """Give the expressions by which a set is found: all of them, or of a set that works one way only the first."""
    return {word.casefold() for word in (words if near == SAME else words[:1])}


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0005_opening")]
    operations = [
        migrations.RunPython(mend, migrations.RunPython.noop),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]

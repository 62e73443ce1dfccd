"""The search stays as good as it was with what agents type: half words, phrases, numbers, words turned round."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from knowledge.models import Article
from knowledge.models.markup import section
from knowledge.search import index
from knowledge.search.finding import find

pytestmark = pytest.mark.django_db
BENCH = Path(__file__).parent.parent / "bench" / "search"


def article(item: dict[str, Any]) -> Article:
    parts = [("", item["inleiding"]), *((part["kop"], part["tekst"]) for part in item["onderdelen"])]
    sections = [section(f"<p>{text}</p>", title=title) for title, text in parts]
    return Article(
        external_id=item["id"],
        title=item["vraag"],
        short_answer=item["kort_antwoord"],
        sections=sections,
        published_at=timezone.now(),
    )


def test_what_agents_type_finds_the_right_article() -> None:
    with (BENCH / "habits.csv").open(encoding="utf-8", newline="") as file:
        asked = list(csv.DictReader(file))
    wanted = {row["id"] for row in asked}
    items = json.loads((BENCH / "vac.json").read_text(encoding="utf-8"))
    Article.objects.bulk_create([article(item) for item in items if item["id"] in wanted])
    assert index.catch_up() == len(wanted)
    wrong = []
    for row in asked:
        hits = find(row["query"], Article.objects.published(), limit=5, meaning=False)
        if not hits or hits[0].article.external_id != row["id"]:
            wrong.append(row["query"])
    assert len(wrong) <= 3, wrong

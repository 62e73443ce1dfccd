"""What is said, asked and told, in the admin: to look at, and a parked notice gets another chance."""

import pytest
from django.urls import reverse
from django.utils import timezone

from knowledge.models import Editorial, Feedback, Gap, Notice
from tests import make


@pytest.fixture
def rows(noor, office):
    article = make.article("Parkeren")
    said = Feedback.give(article, helpful=False, text="Klopt niet", by=noor)
    gap = Gap.objects.create(query="Laadpaal", asked_by=noor)
    Editorial().keep()
    return [said, gap, Editorial.objects.get(), Notice.objects.first()]


def test_it_can_be_looked_at_but_not_changed(rows, as_user, beheer):
    client = as_user(beheer)
    for row in rows:
        name = row._meta.model_name
        for query in ({}, {"state": "open"}, {"state": "late"}, {"state": "parked"}, {"q": "laadpaal"}):
            assert client.get(reverse(f"admin:knowledge_{name}_changelist"), query, follow=True).status_code == 200
        assert client.get(reverse(f"admin:knowledge_{name}_change", args=[row.pk])).status_code == 200
        assert client.post(reverse(f"admin:knowledge_{name}_delete", args=[row.pk])).status_code == 403


def test_an_editor_looks_at_what_is_said_and_asked(rows, as_user, mies):
    client = as_user(mies)
    lists = {row._meta.model_name: reverse(f"admin:knowledge_{row._meta.model_name}_changelist") for row in rows}
    found = {name: client.get(address).status_code for name, address in lists.items()}
    assert found == {"feedback": 200, "gap": 200, "editorial": 403, "notice": 403}


def test_a_parked_notice_gets_another_chance(rows, as_user, beheer):
    row = rows[-1]
    Notice.objects.filter(pk=row.pk).update(attempts=5, parked_at=timezone.now())
    listing = reverse("admin:knowledge_notice_changelist")
    said = as_user(beheer).post(listing, {"action": "send_again", "_selected_action": [row.pk]}, follow=True)
    assert "1 herinnering wordt opnieuw verstuurd." in said.content.decode()
    row.refresh_from_db()
    assert (row.parked_at, row.attempts) == (None, 0)


def test_each_row_is_named_so_that_one_knows_it(rows):
    said, notice = rows[0], rows[-1]
    assert str(said).startswith("Parkeren: hielp niet, ")
    assert str(notice) == "Er klopt iets niet in “Parkeren”"
    assert (
        str(Notice(article=said.article, occurrence="review:2026-12-01:2")) == "De controle van “Parkeren” is verlopen"
    )
    assert str(Notice(occurrence="gaps:2026-12-01")) == "1 gevraagd artikel is er nog niet"

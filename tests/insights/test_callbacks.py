"""The board of the team lead."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.models import Outcome
from insights.views import safe
from tests import make

URL = reverse("insights:callbacks")


@pytest.fixture
def busy(office, parkeren, rachid):
    for hours in (-3, -2, 30):
        make.callback(
            make.contact(make.customer(), outcome=Outcome.CALLBACK), due_at=timezone.now() + timedelta(hours=hours)
        )
    make.callback(
        make.contact(make.customer(), outcome=Outcome.CALLBACK),
        due_at=timezone.now() - timedelta(hours=1),
        assignee=rachid,
    )
    for n in range(30):
        make.contact(outcome=Outcome.ANSWERED if n < 20 else Outcome.TRANSFERRED)


def test_a_lead_sees_what_is_late_and_can_act(busy, kees, as_user):
    shown = as_user(kees).get(URL).content.decode()
    for words in (
        "Open per afdeling",
        "Parkeren",
        "3 u 00 min",
        "Niet toegewezen",
        "Hoe meten we dit?",
        "59%",
        "21 procentpunten onder de norm",
        "Toon als tabel",
    ):
        assert words in shown, words
    assert "te weinig" in shown  # no callback ended yet
    assert shown.count("/remind/") == 1
    assert shown.count("/assign/") == 2


def test_too_few_say_so(office, kees, as_user):
    shown = as_user(kees).get(URL).content.decode()
    assert "te weinig" in shown
    assert "Niets is te laat." in shown


def test_filters_and_what_cannot_be_read(busy, kees, as_user):
    other = make.team("Belastingen")
    assert "Parkeren</a></th>" not in as_user(kees).get(URL, {"team": str(other.uuid)}).content.decode()
    assert as_user(kees).get(URL, {"period": "52", "channel": "email"}).status_code == 200
    for query in ({"period": "x"}, {"team": "\x00"}, {"channel": "fax"}, {"period": "9" * 400}):
        assert as_user(kees).get(URL, query).status_code == 200


def test_htmx_gets_the_board_alone(busy, kees, as_user):
    assert "<html" not in as_user(kees).get(URL, headers={"HX-Request": "true"}).content.decode()


def test_it_costs_twelve_queries_at_most(busy, kees, as_user, django_assert_max_num_queries):
    client = as_user(kees)
    client.get(URL)
    with django_assert_max_num_queries(12):
        client.get(URL)


def test_only_a_lead(busy, noor, rachid, kees, as_user):
    for url in (URL, reverse("insights:callbacks_csv")):
        assert as_user(noor).get(url).status_code == 403
        assert as_user(rachid).get(url).status_code == 403
        assert as_user(kees).post(url).status_code == 405


def test_the_file_holds_the_table_and_no_formulas(busy, kees, parkeren, as_user):
    parkeren.name = "=HYPERLINK(1)"
    parkeren.save()
    answer = as_user(kees).get(reverse("insights:callbacks_csv"))
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "'=HYPERLINK(1);3;" in answer.content.decode()


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", " =1", "\t=1", "\rx"])
def test_a_formula_is_made_text(text):
    assert safe(text) == f"'{text}"
    assert safe("Parkeren") == "Parkeren"

"""Departments: made, changed, and closed only when nothing waits there."""

import pytest
from django.urls import reverse

from accounts.models import Team, open_teams
from callbacks.models import Cause
from tests import make

TEAMS = "/settings/teams/"


def typed(**changes):
    return {"name": "Groen", "email": "", "coordinator": "", "signature": "", "queues": ""} | changes


def test_a_department_is_made_and_shows_at_once(as_user, beheer, rachid):
    client = as_user(beheer)
    said = client.post(TEAMS + "new/", typed(coordinator=str(rachid.uuid), email="groen@duinmeer.nl"), follow=True)
    made = Team.objects.get(name="Groen")
    assert (made.coordinator, made.is_kcc) == (rachid, False)
    assert "Rachid Yilmaz" in said.content.decode()
    assert made in open_teams()


def test_a_department_with_an_open_callback_is_not_closed(as_user, beheer, parkeren, office):
    callback = make.callback(make.contact(outcome="callback"))
    client, end = as_user(beheer), f"{TEAMS}{parkeren.uuid}/end/"
    said = client.post(end)
    assert said.status_code == 409
    assert "Open terugbelverzoeken: 1, open zaken: 0." in said.content.decode()
    parkeren.refresh_from_db()
    assert parkeren.closed_at is None
    callback.cancel(cause=Cause.DUPLICATE, reason="Dubbel", by=None)
    assert client.post(end).status_code == 302
    parkeren.refresh_from_db()
    assert parkeren.closed_at is not None
    assert "opgeheven" in client.get(TEAMS).content.decode()
    client.post(end)
    parkeren.refresh_from_db()
    assert parkeren.closed_at is None
    assert client.get(end).status_code == 405


def test_a_department_with_an_open_case_is_not_closed(as_user, beheer, office):
    case = make.case()
    make.team("Balie", is_kcc=True)
    said = as_user(beheer).post(f"{TEAMS}{case.team.uuid}/end/")
    assert (said.status_code, "open zaken: 1" in said.content.decode()) == (409, True)


def test_the_only_department_of_the_contact_centre_stays(as_user, beheer, voorlijn):
    client, end = as_user(beheer), f"{TEAMS}{voorlijn.uuid}/end/"
    said = client.post(end)
    assert (said.status_code, "Dit is de enige afdeling van het KCC." in said.content.decode()) == (409, True)
    make.team("Balie", is_kcc=True)
    assert client.post(end).status_code == 302


def test_the_admin_does_not_close_a_department(as_user, beheer, parkeren):
    shown = as_user(beheer).get(reverse("admin:accounts_team_change", args=[parkeren.pk])).content.decode()
    assert 'name="closed_at' not in shown


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Dit veld is verplicht."),
        ({"name": "Parkeren"}, "Er is al een afdeling met deze naam."),
        ({"name": "x" * 1_000_000}, "80"),
        ({"name": "\0"}, "een teken dat niet kan"),
        ({"email": "geen adres"}, "geldig e-mailadres"),
        ({"coordinator": "x"}, "Kies een medewerker uit de lijst."),
        ({"signature": "x" * 1_000_000}, "Gebruik hooguit 2000 tekens."),
    ],
)
def test_a_department_that_makes_no_sense_is_refused(as_user, beheer, parkeren, changes, words):
    said = as_user(beheer).post(TEAMS + "new/", typed(**changes))
    assert (said.status_code, words in said.content.decode()) == (422, True)
    assert Team.objects.count() == 1


def test_of_two_administrators_the_second_hears_that_it_changed(as_user, beheer, parkeren):
    client, here = as_user(beheer), f"{TEAMS}{parkeren.uuid}/"
    stamp = client.get(here).context["form"].fresh_stamp
    assert client.post(here, typed(name="Parkeren en straat", stamp=stamp)).status_code == 302
    said = client.post(here, typed(name="Parkeerzaken", stamp=stamp))
    assert (said.status_code, 'value="Parkeerzaken"' in said.content.decode()) == (409, True)
    parkeren.refresh_from_db()
    assert parkeren.name == "Parkeren en straat"


def test_a_coordinator_who_left_stays_until_another_is_chosen(as_user, beheer, parkeren, rachid):
    parkeren.coordinator = rachid
    parkeren.save()
    rachid.is_active = False
    rachid.save()
    client = as_user(beheer)
    page = client.get(f"{TEAMS}{parkeren.uuid}/").content.decode()
    assert f'value="{rachid.uuid}" selected' in page


def test_the_list_costs_a_bounded_number_of_queries(as_user, beheer, rachid, django_assert_max_num_queries):
    for n in range(30):
        make.team(f"Afdeling {n}", coordinator=rachid)
    client = as_user(beheer)
    client.get(TEAMS)
    with django_assert_max_num_queries(5):
        client.get(TEAMS)

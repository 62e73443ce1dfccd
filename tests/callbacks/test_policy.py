"""How departments call back: the screen for it, what it means, and two administrators at once."""

from datetime import time

import pytest
from django.urls import reverse
from django.utils import timezone

from callbacks.models import Policy
from callbacks.models.outlook import Outlook
from tests import make

POLICY = "/settings/policy/"


def typed(**changes):
    data = {"max_attempts": "3", "day_parts": "2", "first_percent": "50", "second_percent": "90", "lead_percent": "150",
            "lead_repeats": "2", "digest_at": "08:30", "quiet_from": "18:00", "quiet_until": "07:30"}  # fmt: skip
    return data | changes


def test_the_policy_of_the_office_is_set(as_user, beheer, office, parkeren, django_capture_on_commit_callbacks):
    client = as_user(beheer)
    assert Policy.of(parkeren).max_attempts == 3
    with django_capture_on_commit_callbacks(execute=True):
        said = client.post(POLICY, typed(max_attempts="4", lead_percent="", digest_at=""), follow=True)
    assert "Opgeslagen" in said.content.decode()
    made = Policy.objects.get()
    assert (made.team, made.max_attempts, made.lead_percent, made.digest_at) == (None, 4, None, None)
    assert Policy.of(parkeren) == made


def test_a_department_gets_its_own_and_follows_the_office_again(
    as_user, beheer, office, parkeren, django_capture_on_commit_callbacks
):
    client, here = as_user(beheer), f"{POLICY}{parkeren.uuid}/"
    Policy.objects.create(max_attempts=5)
    page = client.get(here).content.decode()
    assert "Volgt alle afdelingen" in page
    assert 'value="5"' in page  # it begins with what holds now
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(here, typed(quiet_from="", quiet_until="")).url == here
    own = Policy.objects.get(team=parkeren)
    assert (own.max_attempts, own.quiet_from) == (3, None)
    assert Policy.of(parkeren) == own
    assert "Heeft eigen beleid" in client.get(here).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(here + "follow/")
    assert client.post(here + "follow/").status_code == 302
    assert Policy.of(parkeren).max_attempts == 5


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"max_attempts": "0"}, "Vul minstens 1 in."),
        ({"max_attempts": "10"}, "Vul hooguit 9 in."),
        ({"max_attempts": "-1"}, "Vul minstens"),
        ({"max_attempts": "1000000000"}, "Vul hooguit"),
        ({"max_attempts": "9" * 1_000_000}, "Vul een heel getal in."),
        ({"max_attempts": "\0"}, "Vul een heel getal in."),
        ({"max_attempts": ""}, "Dit veld is verplicht."),
        ({"day_parts": "4"}, "Dit kan niet meer zijn dan het aantal pogingen."),
        ({"first_percent": "0"}, "Kies 1 tot en met 99"),
        ({"first_percent": "90", "second_percent": "50"}, "De tweede herinnering moet na de eerste komen."),
        ({"second_percent": "100"}, "Vul hooguit 99 in."),
        ({"lead_percent": "99"}, "Vul minstens 100 in."),
        ({"lead_repeats": "0"}, "Vul minstens 1 in."),
        ({"lead_repeats": "1000000000"}, "Kies hooguit 99."),
        ({"digest_at": "25:00"}, "geen geldige tijd"),
        ({"quiet_from": ""}, "Vul beide tijden in, of geen."),
        ({"quiet_until": ""}, "Vul beide tijden in, of geen."),
        ({"quiet_until": "18:00"}, "Kies een andere tijd dan het begin."),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(as_user, beheer, office, changes, words):
    said = as_user(beheer).post(POLICY, typed(**changes))
    assert (said.status_code, words in said.content.decode()) == (422, True)
    assert not Policy.objects.exists()
    assert as_user(beheer).get(POLICY + "preview/", typed(**changes)).status_code == 200


def test_of_two_administrators_the_second_hears_that_it_changed(as_user, beheer, office, parkeren):
    client, here = as_user(beheer), f"{POLICY}{parkeren.uuid}/"
    stamp = client.get(here).context["form"].fresh_stamp
    other = typed(max_attempts="5", first_percent="", quiet_from="19:30", stamp=stamp)
    assert client.post(here, other).status_code == 302
    said = client.post(here, typed(max_attempts="7", stamp=stamp))
    assert said.status_code == 409
    assert "Een ander heeft dit intussen gewijzigd." in said.content.decode()
    shown = " ".join(said.content.decode().split())
    assert 'value="7"' in shown
    assert "<li>Aantal pogingen: <b>5</b></li> <li>Eerste herinnering (% van de termijn): <b>leeg</b></li>" in shown
    assert "<li>Geen e-mail vanaf: <b>19:30</b></li> </ul>" in shown
    assert "Te laat: bericht aan de coördinator" in shown  # the preview is of what was filled in
    assert "Vul het beleid goed in" not in shown
    assert Policy.objects.get().max_attempts == 5
    fresh = said.context["form"].fresh_stamp
    assert client.post(here, typed(max_attempts="7", stamp=fresh)).status_code == 302
    assert Policy.objects.get().max_attempts == 7


def test_what_is_wrong_besides_has_no_preview(as_user, beheer, office):
    client = as_user(beheer)
    stamp = client.get(POLICY).context["form"].fresh_stamp
    client.post(POLICY, typed(max_attempts="5", stamp=stamp))
    said = client.post(POLICY, typed(day_parts="4", stamp=stamp))
    assert (said.status_code, "Vul het beleid goed in" in said.content.decode()) == (409, True)


def test_the_screen_says_that_days_without_opening_are_quiet(as_user, beheer, office):
    assert "Ook niet op dagen dat het kantoor gesloten is." in as_user(beheer).get(POLICY).content.decode()


def test_the_preview_says_who_hears_what_when(as_user, beheer, office, parkeren):
    client = as_user(beheer)
    words = client.get(f"{POLICY}{parkeren.uuid}/preview/", typed(first_percent="")).content.decode()
    assert "Tweede herinnering" in words
    assert "Eerste herinnering" not in words
    assert "bij een norm van 2 werkdagen" in words
    found = Outlook.of(Policy(), parkeren, now=timezone.now())
    assert found is not None
    assert [at for at, _words in found.steps] == sorted(at for at, _words in found.steps)
    assert len(found.steps) == 4


def test_without_a_norm_the_page_still_comes(as_user, beheer, parkeren):
    assert Outlook.of(Policy(), parkeren, now=timezone.now()) is None
    assert as_user(beheer).get(POLICY).status_code == 200


def test_a_department_that_is_not_there_is_not_found(as_user, beheer):
    for end in ("", "preview/"):
        assert as_user(beheer).get(f"{POLICY}00000000-0000-4000-8000-000000000000/{end}").status_code == 404


def test_the_admin_shows_the_same(as_user, beheer, parkeren):
    made = Policy.objects.create(team=parkeren, digest_at=time(9))
    shown = as_user(beheer).get(reverse("admin:callbacks_policy_change", args=[made.pk]))
    assert 'name="quiet_from"' in shown.content.decode()
    assert as_user(beheer).get(reverse("admin:callbacks_policy_changelist")).status_code == 200


def test_the_page_costs_a_bounded_number_of_queries(as_user, beheer, office, django_assert_max_num_queries):
    for n in range(30):
        Policy.objects.create(team=make.team(f"Afdeling {n}"))
    client = as_user(beheer)
    client.get(POLICY)
    with django_assert_max_num_queries(8):
        client.get(POLICY)

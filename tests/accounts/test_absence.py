"""Who is away: the own page, that of who looks after people, and where the work goes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.models import Absence, Overlap, Role
from tests import make

OWN, COLLEAGUES, PREVIEW, END = (
    "/settings/absence/own/", "/settings/absence/", "/settings/absence/preview/", "/settings/absence/end/",
)  # fmt: skip


@pytest.fixture
def daan(parkeren):
    """A colleague of Rachid."""
    return make.user("daan", Role.SPECIALIST, teams=[parkeren], first_name="Daan", last_name="Verhoeven")


def typed(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def away(user, *, days=1, starts=0, substitute=None, by=None):
    """Write an absence from so many days from now on."""
    start = timezone.now() + timedelta(days=starts)
    return Absence.objects.create(
        user=user, starts_at=start, ends_at=start + timedelta(days=days), substitute=substitute, by=by
    )


def test_a_colleague_plans_the_own_absence(as_user, rachid, daan):
    start = timezone.now() + timedelta(days=3)
    data = {"starts_at": typed(start), "ends_at": typed(start + timedelta(days=5)), "substitute": str(daan.uuid)}
    said = as_user(rachid).post(OWN, data, follow=True)
    row = Absence.objects.get()
    assert (row.user, row.substitute, row.by) == (rachid, daan, rachid)
    assert abs(row.starts_at - start) < timedelta(minutes=1)
    assert "Opgeslagen" in said.content.decode()
    assert "Vervanger: Daan Verhoeven" in said.content.decode()


def test_empty_moments_are_now_and_until_further_notice(as_user, rachid):
    as_user(rachid).post(OWN, {"starts_at": "", "ends_at": "", "substitute": ""})
    row = Absence.objects.get()
    assert (row.starts_at <= timezone.now(), row.ends_at, row.substitute) == (True, None, None)


def test_no_reason_is_asked(as_user, rachid, kees):
    assert "reden" not in {field.name for field in Absence._meta.get_fields()}
    as_user(kees).post(COLLEAGUES, {"user": str(rachid.uuid), "reason": "griep", "note": "griep"})
    assert Absence.objects.count() == 1


def test_a_lead_writes_down_who_is_ill_today(as_user, kees, rachid):
    said = as_user(kees).post(COLLEAGUES, {"user": str(rachid.uuid)}, follow=True)
    row = Absence.objects.get()
    assert (row.user, row.by, row.ends_at) == (rachid, kees, None)
    assert "Rachid Yilmaz" in said.content.decode()


def test_a_coordinator_looks_after_the_own_department_and_no_other(as_user, rachid, daan, sam, parkeren):
    parkeren.coordinator = rachid
    parkeren.save()
    client = as_user(rachid)
    assert client.post(COLLEAGUES, {"user": str(daan.uuid)}).status_code == 302
    said = client.post(COLLEAGUES, {"user": str(sam.uuid)})
    assert (said.status_code, "Kies een medewerker uit de lijst." in said.content.decode()) == (422, True)
    assert "Sam Smit" not in said.content.decode()


def test_who_looks_after_nobody_sees_no_colleagues(as_user, noor, rachid, daan):
    row = away(rachid)
    client = as_user(noor)
    assert client.get(COLLEAGUES).status_code == 403
    assert client.post(COLLEAGUES, {"user": str(rachid.uuid)}).status_code == 403
    assert client.post(PREVIEW, {"user": str(rachid.uuid)}).status_code == 403
    assert client.post(END, {"absence": row.pk}).status_code == 404
    assert as_user(daan).post(END, {"absence": row.pk}).status_code == 404
    row.refresh_from_db()
    assert row.ended_at is None


def test_a_lead_of_other_teams_neither_sees_nor_ends_it(as_user, rachid, sam):
    row = away(rachid)
    lead = make.user("lies", Role.TEAM_LEAD, teams=list(sam.teams.all()))
    client = as_user(lead)
    assert "Rachid" not in client.get(COLLEAGUES).content.decode()
    assert client.post(END, {"absence": row.pk}).status_code == 404


def test_the_same_time_twice_is_refused(as_user, rachid, daan):
    there = away(rachid, starts=2, days=3)
    client, start = as_user(rachid), timezone.now() + timedelta(days=4)
    said = client.post(OWN, {"starts_at": typed(start), "ends_at": "", "substitute": str(daan.uuid)})
    assert said.status_code == 422
    assert "Er staat al afwezigheid van" in said.content.decode()
    assert f'value="{typed(start)}"' in said.content.decode()
    assert Absence.objects.get() == there
    with pytest.raises(Overlap):
        Absence.plan(user=rachid, starts_at=start, ends_at=None, substitute=None, by=rachid)
    with pytest.raises(ValidationError):
        Absence(user=rachid, starts_at=start, ends_at=None).full_clean()
    after = there.ends_at
    assert Absence.plan(user=rachid, starts_at=after, ends_at=None, substitute=None, by=rachid).pk


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_writes_it_down(rachid, kees):
    def plan(_n):
        try:
            Absence.plan(user=rachid, starts_at=start, ends_at=None, substitute=None, by=kees)
        except Overlap:
            return False
        finally:
            connection.close()
        return True

    start = timezone.now()
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(plan, range(4))) == [False, False, False, True]
    assert Absence.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"starts_at": "2020-01-01T09:00"}, "Dit ligt in het verleden."),
        ({"starts_at": "0001-01-01T00:00"}, "Dit"),
        ({"ends_at": "9999-12-31T23:59"}, "Kies een dag binnen 3 jaar."),
        ({"ends_at": "99999-12-31T23:59"}, "Dit is geen datum met een tijd."),
        ({"starts_at": "2027-02-31T09:00"}, "Dit is geen datum met een tijd."),
        ({"starts_at": "\0"}, "Dit is geen datum met een tijd."),
        ({"starts_at": "9" * 1_000_000}, "Dit is geen datum met een tijd."),
        ({"substitute": "niemand"}, "Deze collega werkt niet bij dezelfde afdeling."),
        ({"substitute": "a\0b"}, "Deze collega werkt niet bij dezelfde afdeling."),
    ],
)
def test_what_makes_no_sense_is_refused(as_user, rachid, data, words):
    said = as_user(rachid).post(OWN, {"starts_at": "", "ends_at": "", "substitute": ""} | data)
    assert (said.status_code, words in said.content.decode()) == (422, True)
    assert not Absence.objects.exists()


def test_the_end_comes_after_the_start_and_after_now(as_user, rachid):
    start = timezone.now() + timedelta(days=2)
    client = as_user(rachid)
    for end in (start, start - timedelta(hours=1)):
        said = client.post(OWN, {"starts_at": typed(start), "ends_at": typed(end)})
        assert "De einddatum moet na de begindatum liggen" in said.content.decode()
    assert not Absence.objects.exists()


def test_somebody_of_another_department_does_not_stand_in(as_user, rachid, sam, kees):
    assert as_user(rachid).post(OWN, {"substitute": str(sam.uuid)}).status_code == 422
    assert as_user(rachid).post(OWN, {"substitute": str(rachid.uuid)}).status_code == 422
    noor = make.user("noor2", Role.AGENT, teams=[make.team("Voorlijn", is_kcc=True)])
    said = as_user(kees).post(COLLEAGUES, {"user": str(rachid.uuid), "substitute": str(noor.uuid)})
    assert (said.status_code, "Deze collega werkt niet bij dezelfde afdeling." in said.content.decode()) == (422, True)


def test_it_is_ended_early_and_a_planned_one_withdrawn(as_user, kees, rachid, daan):
    now, later = away(rachid), away(daan, starts=5)
    client = as_user(kees)
    assert "Rachid Yilmaz is er weer." in client.post(END, {"absence": now.pk}, follow=True).content.decode()
    assert "gaat niet door" in client.post(END, {"absence": later.pk}, follow=True).content.decode()
    assert "was al voorbij" in client.post(END, {"absence": now.pk}, follow=True).content.decode()
    assert not Absence.objects.to_come(now=timezone.now()).exists()
    for wrong in ("", "0", "x", "-1", "9" * 40, "\0"):
        assert client.post(END, {"absence": wrong}).status_code == 404
    assert client.get(END).status_code == 405


def test_before_saving_one_sees_where_the_work_goes(as_user, kees, rachid, daan, office):
    for _n in range(3):
        make.callback(make.contact(outcome="callback")).assign(
            team=make.team("Parkeren"), assignee=rachid, reason="", by=None
        )
    client, data = as_user(kees), {"user": str(rachid.uuid), "substitute": ""}
    headers = {"HX-Request": "true"}
    words = client.post(PREVIEW, data, headers=headers).content.decode()
    assert "3 open terugbelverzoeken gaan terug naar Parkeren." in words
    assert "<html" not in words
    words = client.post(PREVIEW, data | {"substitute": str(daan.uuid)}, headers=headers).content.decode()
    assert "3 open terugbelverzoeken gaan naar D. Verhoeven." in words
    away(daan)
    words = client.post(PREVIEW, data | {"substitute": str(daan.uuid)}, headers=headers).content.decode()
    assert "gaan terug naar Parkeren." in words
    whole = client.post(PREVIEW, data).content.decode()  # without JavaScript: the page, with what was typed
    assert "gaan terug naar Parkeren." in whole
    assert "<html" in whole
    assert not Absence.objects.of(rachid).exists()
    assert "3 open terugbelverzoeken gaan terug naar Parkeren." in as_user(rachid).get(OWN).content.decode()


def test_who_signs_in_while_away_is_back_with_one_click(as_user, rachid, daan):
    client = as_user(rachid)
    assert "Ben je terug?" not in client.get("/callbacks/").content.decode()
    row, planned = away(rachid), away(rachid, starts=9)
    assert "Je staat als afwezig. Ben je terug?" in client.get("/callbacks/").content.decode()
    assert "Ben je terug?" not in as_user(daan).get("/callbacks/").content.decode()
    assert client.get("/settings/absence/back/").status_code == 405
    assert client.post("/settings/absence/back/").url == "/callbacks/"
    assert client.post("/settings/absence/back/").status_code == 302
    assert "Ben je terug?" not in client.get("/callbacks/").content.decode()
    row.refresh_from_db()
    planned.refresh_from_db()
    assert (row.ended_at is not None, planned.ended_at) == (True, None)


def test_the_lists_cost_a_bounded_number_of_queries(as_user, kees, parkeren, django_assert_max_num_queries):
    people = [make.user(f"p{n}", Role.SPECIALIST, teams=[parkeren]) for n in range(12)]
    for n, person in enumerate(people):
        away(person, starts=n % 2, substitute=people[n - 1])
    client = as_user(kees)
    client.get(COLLEAGUES)
    with django_assert_max_num_queries(14):
        client.get(COLLEAGUES)
    client = as_user(people[0])
    with django_assert_max_num_queries(12):
        client.get(OWN)

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Absence
from callbacks.models import Callback
from tests import make


def url(callback):
    return reverse("callbacks:assign", args=[callback.uuid])


def test_it_goes_to_somebody_who_is_told_and_the_promise_stays(callback, rachid, noor, kinds):
    due_at = callback.due_at
    callback.assign(team=callback.team, assignee=rachid, reason="", by=noor)
    callback.assign(team=callback.team, assignee=rachid, reason="", by=noor)
    callback.refresh_from_db()
    assert (callback.assignee, callback.claimed_at, callback.due_at) == (rachid, None, due_at)
    assert kinds(callback) == ["callback_requested", "callback_assigned"]
    told = callback.reminders.get(occurrence__startswith="new:")
    assert told.recipients(now=timezone.now()) == [rachid]
    assert "Nieuw terugbelverzoek" in told.text


def test_what_has_ended_stays_where_it_is(callback, rachid):
    callback.complete(outcome="Gebeld", by=rachid)
    other = make.team("Belastingen")
    Callback.objects.get().assign(team=other, assignee=None, reason="fout", by=rachid)
    assert Callback.objects.get().team == callback.team


def test_the_screen_assigns_and_goes_back_where_it_came_from(callback, rachid, kees, as_user):
    client = as_user(kees)
    shown = client.get(url(callback)).content.decode()
    assert "Afdeling of medewerker" in shown
    assert "We hebben beloofd uiterlijk" in shown
    answer = client.post(url(callback), {"who": f"user:{rachid.uuid}", "next": "/callbacks/?view=all"})
    assert answer.headers["Location"] == "/callbacks/?view=all"
    callback.refresh_from_db()
    assert callback.assignee == rachid


def test_a_foreign_address_is_not_followed(callback, rachid, kees, as_user):
    answer = as_user(kees).post(url(callback), {"who": f"user:{rachid.uuid}", "next": "https://elders.voorbeeld.nl/"})
    assert answer.headers["Location"] == callback.get_absolute_url()


def test_another_department_needs_a_reason(callback, rachid, as_user):
    other, client = make.team("Belastingen"), as_user(rachid)
    answer = client.post(url(callback), {"who": f"team:{other.uuid}"})
    assert answer.status_code == 422
    assert "Schrijf waarom" in answer.content.decode()
    assert client.post(url(callback), {"who": f"team:{other.uuid}", "reason": "Gaat over WOZ"}).status_code == 302
    callback.refresh_from_db()
    assert callback.team == other
    assert callback.log().first().data["reason"] == "Gaat over WOZ"
    assert client.get(callback.get_absolute_url()).status_code == 404  # it is no longer theirs to see


def test_wrong_input_is_said_and_a_stranger_refused(callback, kees, sam, as_user):
    for who in ("", "team:x", f"team:{uuid4()}", "\x00", "x" * 5000):
        assert as_user(kees).post(url(callback), {"who": who, "reason": "y" * 300}).status_code == 422
    assert as_user(sam).get(url(callback)).status_code == 404
    assert as_user(sam).post(url(callback), {"who": f"team:{callback.team.uuid}"}).status_code == 404


def test_taking_it_from_somebody_needs_a_reason(callback, rachid, kees, as_user):
    callback.claim(by=rachid)
    other, client = make.user("mo", "specialist", teams=[callback.team]), as_user(kees)
    answer = client.post(url(callback), {"who": f"user:{other.uuid}"})
    assert answer.status_code == 422
    assert "Schrijf waarom je dit verzoek overdraagt" in answer.content.decode()
    assert client.post(url(callback), {"who": f"user:{other.uuid}", "reason": "Rachid is ziek"}).status_code == 302
    callback.refresh_from_db()
    assert (callback.assignee, callback.handovers.get().reason) == (other, "Rachid is ziek")


def test_who_has_how_much_and_who_is_away_are_seen(callback, late, rachid, kees, as_user):
    callback.claim(by=rachid)
    late.claim(by=rachid)
    mo = make.user("mo", "specialist", teams=[callback.team], first_name="Mo", last_name="Bouali")
    until = timezone.now() + timedelta(days=3)
    Absence.objects.create(user=mo, ends_at=until, substitute=rachid)
    shown = as_user(kees).get(url(callback)).content.decode()
    assert 'data-hint="2 open">R. Yilmaz' in shown
    assert "afwezig tot" in shown


def test_somebody_who_is_away_is_refused_and_the_substitute_named(callback, rachid, kees, as_user):
    mo = make.user("mo", "specialist", teams=[callback.team], first_name="Mo", last_name="Bouali")
    away = Absence.objects.create(user=mo, substitute=rachid)
    client, data = as_user(kees), {"who": f"user:{mo.uuid}", "reason": "Kent de wijk"}
    answer = client.post(url(callback), data)
    assert answer.status_code == 422
    assert "M. Bouali is afwezig. Kies R. Yilmaz, de vervanger." in answer.content.decode()
    assert "Kent de wijk" in answer.content.decode()
    Absence.objects.filter(pk=away.pk).update(substitute=None, ends_at=timezone.now() + timedelta(days=400))
    answer = client.post(url(callback), data)
    assert answer.status_code == 422
    assert "Kies een ander, of de afdeling." in answer.content.decode()
    bulk = {"action": "assign", "key": str(uuid4()), "chosen": callback.uuid}
    answer = client.post(reverse("callbacks:bulk"), bulk | data)
    assert answer.status_code == 422
    assert "Kies een ander, of de afdeling." in answer.content.decode()
    assert Callback.objects.get().assignee is None


def test_what_ended_meanwhile_is_a_conflict_and_the_reason_is_kept(callback, rachid, noor, kees, as_user):
    callback.complete(outcome="Gebeld", by=noor)
    answer = as_user(kees).post(url(callback), {"who": f"user:{rachid.uuid}", "reason": "Kent de wijk"})
    assert answer.status_code == 409
    assert "N. Bakker heeft dit intussen afgerond" in answer.content.decode()
    assert "Kent de wijk" in answer.content.decode()


def test_who_may_no_longer_see_it_goes_on_to_the_list(callback, rachid, as_user):
    other, page = make.team("Belastingen"), callback.get_absolute_url() + "?view=team"
    data = {"who": f"team:{other.uuid}", "reason": "WOZ", "next": page}
    answer = as_user(rachid).post(url(callback) + "?view=team", data)
    assert answer.headers["Location"] == reverse("callbacks:list") + "?view=team"


def test_an_agent_claims_and_reminds_but_does_not_assign(callback, rachid, noor, as_user):
    client, to = as_user(noor), {"who": f"user:{rachid.uuid}"}
    assert client.get(url(callback)).status_code == 403
    assert client.post(url(callback), to).status_code == 403
    assert Callback.objects.get().assignee is None
    for page in (callback.get_absolute_url(), reverse("callbacks:list") + "?view=all"):
        shown = client.get(page).content.decode()
        assert url(callback) not in shown
        assert "bulk-assign" not in shown
        assert reverse("callbacks:remind", args=[callback.uuid]) in shown
        assert reverse("callbacks:claim", args=[callback.uuid]) in shown


@pytest.mark.parametrize("role", ["senior", "team lead"])
def test_a_senior_and_a_lead_assign_any(callback, rachid, as_user, role):
    client = as_user(make.user("iemand", role))
    for page in (callback.get_absolute_url(), reverse("callbacks:list") + "?view=all"):
        assert url(callback) in client.get(page).content.decode()
    assert client.post(url(callback), {"who": f"user:{rachid.uuid}"}).status_code == 302


def test_who_is_agent_and_specialist_assigns_the_own_teams_work_alone(callback, late, rachid, as_user):
    taxes = make.team("Belastingen")
    both, to = make.user("beide", "agent", "specialist", teams=[taxes]), {"who": f"user:{rachid.uuid}", "reason": "x"}
    assert as_user(both).post(url(callback), to).status_code == 403
    assert url(callback) not in as_user(both).get(callback.get_absolute_url()).content.decode()
    Callback.objects.filter(pk=late.pk).update(team=taxes)
    assert as_user(both).post(url(late), to).status_code == 302

"""Norms: what holds and held stays, what will hold may be taken back, and what a norm means in practice."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.forms import saved
from accounts.models import ClosingDay, OpeningHours, office_hours
from accounts.worktime import LOCAL, OfficeHours
from contacts.forms.norm import NormForm
from contacts.models import Norm
from contacts.models.example import examples
from contacts.models.norm import spans
from tests import make

NORMS, PREVIEW, WITHDRAW = "/settings/norms/", "/settings/norms/preview/", "/settings/norms/withdraw/"


def typed(**changes):
    tomorrow = timezone.localdate() + timedelta(days=1)
    data = {"kind": "callback", "team": "", "topic": "", "amount": "3", "unit": "days", "starts_on": str(tomorrow)}
    return data | changes


def test_a_new_norm_begins_on_a_day_and_the_old_one_stays(as_user, beheer, office):
    old, day = Norm.objects.get(kind="callback"), timezone.localdate() + timedelta(days=10)
    said = as_user(beheer).post(NORMS, typed(starts_on=str(day)), follow=True)
    page = " ".join(said.content.decode().split())
    assert "Opgeslagen" in page
    assert "wordt vervangen op" in page
    assert "gaat in op" in page
    made = Norm.objects.get(starts_on=day)
    assert (made.amount, made.unit, made.team, made.topic) == (3, "days", None, None)
    assert Norm.objects.in_force("callback", team=None, topic=None, on=day - timedelta(days=1)) == old
    assert Norm.objects.in_force("callback", team=None, topic=None, on=day) == made


def test_a_promise_made_before_keeps_its_moment(as_user, beheer, office):
    callback = make.callback(make.contact(outcome="callback"))
    before = callback.due_at, callback.term
    as_user(beheer).post(NORMS, typed(starts_on=str(timezone.localdate()), team=str(callback.team.uuid), amount="9"))
    callback.refresh_from_db()
    assert (callback.due_at, callback.term) == before
    assert make.callback(make.contact(outcome="callback")).term == "9 werkdagen"


def test_a_norm_for_a_department_and_a_topic(as_user, beheer, office, parkeren):
    topic = make.topic(team=parkeren)
    as_user(beheer).post(NORMS, typed(team=str(parkeren.uuid), topic=str(topic.uuid), unit="hours", amount="4"))
    made = Norm.objects.latest("pk")
    assert (made.team, made.topic, made.term) == (parkeren, topic, "4 werkuren")
    assert "bezwaar parkeervergunning" in as_user(beheer).get(NORMS).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"starts_on": "2020-01-01"}, "Kies vandaag of later"),
        ({"starts_on": "0001-01-01"}, "Kies vandaag of later"),
        ({"starts_on": "9999-12-31"}, "Kies een dag binnen 5 jaar."),
        ({"starts_on": "99999-12-31"}, "geldige datum"),
        ({"starts_on": "31-02-2027"}, "geldige datum"),
        ({"starts_on": ""}, "Dit veld is verplicht."),
        ({"amount": "0"}, "Een norm is minstens 1."),
        ({"amount": "-1"}, "Een norm is minstens 1."),
        ({"amount": "1000000000"}, "Dat is langer dan een jaar."),
        ({"amount": "9" * 300}, "Dat is langer dan een jaar."),
        ({"amount": "9" * 1_000_000}, "Vul een heel getal in."),
        ({"amount": "2,5"}, "Vul een heel getal in."),
        ({"amount": "\0"}, "Vul een heel getal in."),
        ({"unit": "eeuwen"}, "Kies iets uit de lijst."),
        ({"kind": "\ufffd"}, "Kies iets uit de lijst."),
        ({"team": "x"}, "Kies een afdeling uit de lijst."),
        ({"topic": "00000000-0000-4000-8000-000000000000"}, "Kies een onderwerp uit de lijst."),
    ],
)  # fmt: skip
def test_a_norm_that_makes_no_sense_is_refused(as_user, beheer, office, changes, words):
    said = as_user(beheer).post(NORMS, typed(**changes))
    assert (said.status_code, words in said.content.decode()) == (422, True)
    assert Norm.objects.count() == 3
    assert as_user(beheer).get(PREVIEW, typed(**changes)).status_code == 200


def test_a_closed_department_gets_no_norm(as_user, beheer, office, parkeren):
    parkeren.closed_at = timezone.now()
    parkeren.save()
    assert as_user(beheer).post(NORMS, typed(team=str(parkeren.uuid))).status_code == 422


def test_two_norms_of_one_day_are_refused(as_user, beheer, office):
    client = as_user(beheer)
    assert client.post(NORMS, typed()).status_code == 302
    said = client.post(NORMS, typed(amount="5"))
    assert (said.status_code, "Er is al een norm" in said.content.decode()) == (422, True)
    assert Norm.objects.count() == 4


def test_of_two_administrators_at_once_the_second_hears_it(office):
    forms = [NormForm(typed()), NormForm(typed(amount="5"))]
    assert all(form.is_valid() for form in forms)
    assert [saved(form) for form in forms] == [True, False]
    assert "Een ander heeft net hetzelfde ingevoerd." in str(forms[1].non_field_errors())


def test_an_office_that_never_opens_has_no_norm(as_user, beheer, db):
    said = as_user(beheer).post(NORMS, typed())
    assert (said.status_code, "Het kantoor is nooit open" in said.content.decode()) == (422, True)
    assert "nooit klaar" in as_user(beheer).get(PREVIEW, typed()).content.decode()


def test_only_what_has_not_begun_is_taken_back(as_user, beheer, office):
    client, holds = as_user(beheer), Norm.objects.get(kind="callback")
    client.post(NORMS, typed())
    coming = Norm.objects.latest("pk")
    page = client.get(NORMS).content.decode()
    assert f'name="norm" value="{coming.pk}"' in page
    assert f'name="norm" value="{holds.pk}"' not in page
    assert "geldt al en blijft staan" in client.post(WITHDRAW, {"norm": holds.pk}, follow=True).content.decode()
    assert "gaat niet door" in client.post(WITHDRAW, {"norm": coming.pk}, follow=True).content.decode()
    for gone in (coming.pk, "x", "", "9" * 50, "\0"):
        assert "was er niet meer" in client.post(WITHDRAW, {"norm": gone}, follow=True).content.decode()
    assert list(Norm.objects.filter(kind="callback")) == [holds]


def test_the_admin_rewrites_no_history_either(as_user, beheer, office):
    client, holds = as_user(beheer), Norm.objects.get(kind="callback")
    url = reverse("admin:contacts_norm_change", args=[holds.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, typed(amount="9")).status_code == 403
    assert client.post(reverse("admin:contacts_norm_delete", args=[holds.pk]), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [holds.pk], "post": "yes"}
    client.post(reverse("admin:contacts_norm_changelist"), chosen)
    assert Norm.objects.filter(pk=holds.pk, amount=2).exists()
    add = client.post(reverse("admin:contacts_norm_add"), typed(starts_on="2020-02-01"))
    assert "wat geweest is, verandert niet" in add.content.decode()
    with pytest.raises(ValidationError):
        holds.full_clean()


def test_a_span_ends_the_day_before_the_next_begins(office):
    today = timezone.localdate()
    for ago in (20, 10, -10):
        Norm.objects.create(kind="callback", amount=4, starts_on=today - timedelta(days=ago))
    found = [one for one in spans(Norm.objects.for_list(), today=today) if one.norm.kind == "callback"]
    assert [one.state for one in found] == ["past", "past", "current", "coming"]
    assert [one.until for one in found] == [today - timedelta(days=21), today - timedelta(days=11),
                                            today + timedelta(days=9), None]  # fmt: skip


def test_the_preview_counts_working_time_over_a_weekend_and_a_holiday(db):
    week = {day: ((time(8, 30), time(17)),) for day in range(5)}
    tuesday = datetime(2026, 11, 24, 10, tzinfo=LOCAL)
    found = examples(Norm(amount=11, unit="hours"), now=tuesday, hours=OfficeHours(week))
    told = [(one.start.astimezone(LOCAL), one.due and one.due.astimezone(LOCAL)) for one in found]
    assert told == [
        (tuesday, datetime(2026, 11, 25, 12, 30, tzinfo=LOCAL)),
        (datetime(2026, 11, 27, 16, tzinfo=LOCAL), datetime(2026, 12, 1, 10, tzinfo=LOCAL)),
        (datetime(2026, 12, 24, 16, tzinfo=LOCAL), datetime(2026, 12, 29, 10, tzinfo=LOCAL)),  # Christmas, weekend
    ]


def test_the_page_says_it_in_words(as_user, beheer, office):
    words = as_user(beheer).get(PREVIEW, {"amount": "2", "unit": "days"}).content.decode()
    assert "Vrijdagmiddag" in words
    assert "is uiterlijk <strong>" in words
    assert "<html" not in words


def test_the_page_costs_a_bounded_number_of_queries(as_user, beheer, office, django_assert_max_num_queries):
    for n in range(40):
        Norm.objects.create(kind="email", team=make.team(f"Afdeling {n}"), amount=2, starts_on=date(2021, 1, 1))
    client = as_user(beheer)
    client.get(NORMS)
    with django_assert_max_num_queries(10):
        client.get(NORMS)


def test_own_closing_days_count_in_the_examples(office):
    day = date(2026, 11, 30)
    ClosingDay.objects.create(day=day, name="Personeelsdag")
    office_hours.forget()
    assert OpeningHours.week()
    now = datetime(2026, 11, 24, 10, tzinfo=LOCAL)
    found = examples(Norm(amount=1, unit="days"), now=now)
    assert found[1].due == datetime(2026, 12, 1, 16, tzinfo=LOCAL)  # Friday to Tuesday: Monday is closed
    assert len(found) == 2  # the day before it is that same Friday

"""When the office is open: the screen, what it refuses, and what it says beforehand."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.forms import WeekForm
from accounts.models import ClosingDay, OpeningHours, Role, office_hours
from accounts.worktime import LOCAL, holiday_names
from tests import make

HOURS = "/settings/hours/"


def week(**changes):
    """Give the form as the page shows it, with these fields changed: day0_0_opens is day0-0-opens."""
    form = WeekForm()
    data = {name: field.initial.strftime("%H:%M") for name, field in form.fields.items() if field.initial}
    return data | {"stamp": form.fresh_stamp} | {name.replace("_", "-"): value for name, value in changes.items()}


def test_an_administrator_opens_the_office_twice_a_day(as_user, beheer, office):
    client = as_user(beheer)
    changes = {"day0_0_closes": "12:30", "day0_1_opens": "13:00", "day0_1_closes": "17:00", "day5_0_opens": "9:00"}
    said = client.post(HOURS, week(**changes, day5_0_closes="12:00"))
    assert (said.status_code, said.url) == (302, HOURS)
    assert OpeningHours.week()[0] == [(time(8, 30), time(12, 30)), (time(13), time(17))]
    assert OpeningHours.week()[5] == [(time(9), time(12))]
    assert len(OpeningHours.week()) == 6
    page = client.get(HOURS)
    assert "Opgeslagen" in page.content.decode()
    assert b'name="day0-2-opens"' in page.content  # room for a third


def test_the_new_hours_count_at_once(as_user, beheer, office, django_capture_on_commit_callbacks):
    assert not office_hours().week.get(5)
    with django_capture_on_commit_callbacks(execute=True):
        as_user(beheer).post(HOURS, week(day5_0_opens="9:00", day5_0_closes="12:00"))
    assert office_hours().week[5] == ((time(9), time(12)),)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"day0_0_closes": "8:00"}, "De sluitingstijd moet na de openingstijd liggen."),
        ({"day0_0_closes": "8:30"}, "De sluitingstijd moet na de openingstijd liggen."),
        ({"day0_1_opens": "16:00", "day0_1_closes": "18:00"}, "Dit tijdvak overlapt een ander tijdvak van deze dag."),
        ({"day0_1_opens": "9:00", "day0_1_closes": "10:00"}, "Dit tijdvak overlapt een ander tijdvak van deze dag."),
        ({"day0_1_opens": "18:00"}, "Vul beide tijden in."),
        ({"day0_0_opens": "25:00"}, "Vul een tijd in, bijvoorbeeld 8:30."),
        ({"day0_0_opens": "8:\0 30"}, "Vul een tijd in, bijvoorbeeld 8:30."),
        ({"day0_0_opens": "9" * 1_000_000}, "Vul een tijd in, bijvoorbeeld 8:30."),
        ({f"day{day}_0_{end}": "" for day in range(5) for end in ("opens", "closes")}, "Het kantoor is nooit open."),
    ],
)  # fmt: skip
def test_hours_that_make_no_sense_are_refused_and_stay_as_typed(as_user, beheer, office, changes, words):
    before = OpeningHours.week()
    said = as_user(beheer).post(HOURS, week(**changes))
    assert said.status_code == 422
    assert words in said.content.decode()
    assert OpeningHours.week() == before
    for name, value in changes.items():
        if value and len(value) < 100 and "\0" not in value:
            assert f'value="{value}"' in said.content.decode(), name


def test_of_two_administrators_the_second_hears_that_it_changed(as_user, beheer, office):
    old = week(day0_0_opens="10:00")
    OpeningHours.set_week({0: [(time(9), time(17))]})
    client = as_user(beheer)
    said = client.post(HOURS, old)
    assert said.status_code == 409
    assert "Een ander heeft dit intussen gewijzigd." in said.content.decode()
    assert 'value="10:00"' in said.content.decode()
    assert OpeningHours.week() == {0: [(time(9), time(17))]}
    again = old | {"stamp": said.context["form"].fresh_stamp}
    assert client.post(HOURS, again).status_code == 302
    assert OpeningHours.week()[0] == [(time(10), time(17))]


def test_the_preview_says_what_other_hours_would_mean(as_user, beheer, office):
    make.callback(make.contact(outcome="callback"))
    client = as_user(beheer)
    data = {name: value for name, value in week(day4_0_opens="", day4_0_closes="").items() if name != "stamp"}
    words = client.get(HOURS + "preview/", data).content.decode()
    assert "Terugbellen binnen 2 werkdagen" in words
    assert "<s>" in words  # Friday closed: what comes in then is done later
    assert "1 open verzoek houdt zijn moment: een belofte verandert niet." in " ".join(words.split())
    wrong = client.get(HOURS + "preview/", data | {"day0-0-closes": "1:00"}).content.decode()
    assert "<s>" not in wrong


def test_without_opening_hours_or_norm_the_page_still_comes(as_user, beheer, db):
    assert as_user(beheer).get(HOURS).status_code == 200
    OpeningHours.objects.create(weekday=0, opens=time(9), closes=time(10))
    assert "nog geen norm" in as_user(beheer).get(HOURS).content.decode()


def test_a_closing_day_is_added_a_year_ahead_and_taken_away(as_user, beheer, office):
    client, day = as_user(beheer), timezone.localdate() + timedelta(days=365)
    while day in holiday_names(day.year):
        day += timedelta(days=1)
    client.post("/settings/days/", {"day": day.isoformat(), "name": "Brugdag"})
    assert ClosingDay.objects.get().name == "Brugdag"
    assert "Brugdag" in client.get(HOURS).content.decode()
    said = client.post("/settings/days/", {"day": day.isoformat(), "name": "Nog eens"})
    assert (said.status_code, "Deze dag staat er al." in said.content.decode()) == (422, True)
    client.post("/settings/days/remove/", {"day": day.isoformat()})
    assert not ClosingDay.objects.exists()
    again = client.post("/settings/days/remove/", {"day": day.isoformat()}, follow=True)
    assert "was er niet meer" in again.content.decode()


def test_a_day_behind_us_is_neither_added_nor_taken_away(as_user, beheer, office):
    client, gone = as_user(beheer), timezone.localdate() - timedelta(days=1)
    ClosingDay.objects.create(day=gone, name="Personeelsdag")
    client.post("/settings/days/remove/", {"day": gone.isoformat()})
    assert ClosingDay.objects.count() == 1
    said = client.post("/settings/days/", {"day": (gone - timedelta(days=1)).isoformat(), "name": "Te laat"})
    assert (said.status_code, "Deze dag ligt in het verleden." in said.content.decode()) == (422, True)
    url = reverse("admin:accounts_closingday_delete", args=[ClosingDay.objects.get().pk])
    assert client.post(url, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    "day", ["2027-02-31", "31-02-2027", "0001-01-01", "9999-12-31", "99999-01-01", "", "x\0", "9" * 9999]
)
def test_a_day_that_is_none_is_refused(as_user, beheer, office, day):
    client = as_user(beheer)
    assert client.post("/settings/days/", {"day": day, "name": "Sluiting"}).status_code == 422
    assert client.post("/settings/days/remove/", {"day": day}).status_code == 302
    assert client.get("/settings/days/preview/", {"day": day}).status_code == 200
    assert not ClosingDay.objects.exists()


def test_a_public_holiday_needs_no_closing_day(as_user, beheer, office):
    christmas = date(timezone.localdate().year + 1, 12, 25)
    said = as_user(beheer).post("/settings/days/", {"day": christmas.isoformat(), "name": "Kerst"})
    assert "Dit is al een feestdag" in said.content.decode()
    page = as_user(beheer).get(HOURS).content.decode()
    assert "Koningsdag" in page
    assert "Goede vrijdag" in page


def test_the_preview_of_a_closing_day_tells_the_day_before(as_user, beheer, office):
    monday = timezone.localdate() + timedelta(days=14 - timezone.localdate().weekday())
    while {monday + timedelta(days=n) for n in range(5)} & set(holiday_names(monday.year)):
        monday += timedelta(days=7)
    day = monday + timedelta(days=2)
    words = as_user(beheer).get("/settings/days/preview/", {"day": day.isoformat()}).content.decode()
    assert "Dag voor een sluiting" in words
    assert words.count("<s>") == 1


def test_the_preview_of_a_closing_day_tells_what_was_promised_for_it(as_user, beheer, office):
    day = timezone.localdate() + timedelta(days=10)
    noon = datetime.combine(day, time(12), tzinfo=LOCAL)
    for moment in (noon, noon + timedelta(hours=1), noon + timedelta(days=1)):
        make.callback(make.contact(outcome="callback"), due_at=moment)

    def told(user, of=day):
        shown = as_user(user).get("/settings/days/preview/", {"day": of.isoformat()}).content.decode()
        return " ".join(shown.split())

    assert "2 beloftes vallen op deze dag." in told(beheer)
    assert "/callbacks/" not in told(beheer)  # who may not see customers
    both = make.user("els", Role.ADMINISTRATOR, Role.TEAM_LEAD)
    assert f'<a href="/callbacks/?view=all&amp;day={day.isoformat()}">' in told(both)
    assert "1 belofte valt op deze dag." in told(beheer, day + timedelta(days=1))
    assert "op deze dag." not in told(beheer, day - timedelta(days=1))


def test_the_page_costs_a_bounded_number_of_queries(as_user, beheer, office, django_assert_max_num_queries):
    for n in range(30):
        ClosingDay.objects.create(day=timezone.localdate() + timedelta(days=n + 1), name="Dicht")
    client = as_user(beheer)
    client.get(HOURS)
    with django_assert_max_num_queries(12):
        client.get(HOURS)

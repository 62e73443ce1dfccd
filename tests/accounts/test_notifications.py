import time

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.urls import reverse

from accounts import push
from accounts.models import Notification
from tests import make


def told(user, text="Let op", key="a"):
    return Notification.objects.create(recipient=user, key=key, kind="new", text=text, url="/callbacks/")


def test_the_bell_shows_one_s_own_and_marks_them_read(as_user, noor, sam):
    mine, client = told(noor, "Voor Noor"), as_user(noor)
    told(sam, "Voor Sam")
    page = client.get(reverse("accounts:notifications")).content.decode()
    assert "Voor Noor" in page
    assert "Voor Sam" not in page
    assert client.get(reverse("accounts:notification", args=[mine.uuid])).url == "/callbacks/"
    mine.refresh_from_db()
    assert mine.read_at is not None


def test_read_marks_all_and_refuses_get(as_user, noor):
    told(noor)
    client = as_user(noor)
    assert client.get(reverse("accounts:read")).status_code == 405
    client.post(reverse("accounts:read"))
    assert Notification.objects.for_user(noor).unread().count() == 0


def test_somebody_else_s_line_is_not_found(as_user, noor, sam):
    assert as_user(sam).get(reverse("accounts:notification", args=[told(noor).uuid])).status_code == 404


def test_settings_and_theme_and_language(as_user, noor):
    client = as_user(noor)
    client.post(
        reverse("accounts:settings"), {"language": "en", "theme": "dark", "density": "comfort", "shortcuts": ""}
    )
    noor.refresh_from_db()
    assert (noor.language, noor.theme, noor.density, noor.shortcuts) == ("en", "dark", "comfort", False)
    assert client.post(reverse("accounts:settings"), {"language": "xx"}).status_code == 422
    client.post(reverse("accounts:theme"), {"theme": "light"})
    noor.refresh_from_db()
    assert noor.theme == "light"
    assert client.post(reverse("accounts:theme"), {"theme": "pink"}).status_code == 422


@pytest.mark.parametrize("told", ["https://evil.example/x", "http://testserver//evil.example/x", "http://[", ""])
def test_where_to_go_back_to_is_never_another_site(as_user, noor, told):
    answer = as_user(noor).post(reverse("accounts:theme"), {"theme": "dark"}, HTTP_REFERER=told)
    assert answer.url == "/"


def test_a_form_without_a_field_for_it_goes_back_to_its_page(as_user, noor):
    told = "http://testserver/knowledge/?q=paspoort"
    answer = as_user(noor).post(reverse("accounts:theme"), {"theme": "dark"}, HTTP_REFERER=told)
    assert answer.url == "/knowledge/?q=paspoort"


def test_an_events_token_names_only_one_s_own_channels(as_user, rachid, noor, parkeren):
    url = as_user(rachid).get(reverse("accounts:events_token")).json()["url"]
    channels = signing.TimestampSigner(salt=push.SALT).unsign_object(url.split("t=")[1].replace("%3A", ":"))["c"]
    assert set(channels) == {"all", f"user:{rachid.pk}", f"team:{parkeren.pk}"}
    stolen = push.token([f"user:{noor.pk}", "customer:1"])
    assert "customer:1" not in push.renewed(stolen, rachid)
    assert "customer:1" in push.renewed(stolen, noor)


def test_a_token_is_not_renewed_for_ever(noor):
    with time_machine.travel("2026-11-24 08:00:00+01:00"):
        old = push.token([f"user:{noor.pk}", "customer:1"])
    with time_machine.travel("2026-11-24 19:59:00+01:00"):
        assert "customer:1" in push.renewed(old, noor)
    with time_machine.travel("2026-11-24 20:01:00+01:00"):
        assert "customer:1" not in push.renewed(old, noor)


def test_everything_asks_to_sign_in(client, db):
    for url in (
        "/",
        "/customers/",
        "/callbacks/",
        "/knowledge/",
        "/insights/callbacks/",
        "/cases/",
        "/api/v1/articles/",
    ):
        assert client.get(url).status_code in (302, 401, 403), url


@pytest.mark.parametrize("method", ["get", "post"])
def test_htmx_without_a_session_never_leads_away(client, db, method):
    answer = getattr(client, method)("/customers/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")
    assert not {"HX-Redirect", "HX-Location", "HX-Refresh", "Location"} & set(answer.headers)


def test_a_page_with_an_old_token_is_told_as_who_is_signed_out(noor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(noor, backend="accounts.adapter.Backend")
    answer = client.post("/accounts/theme/", {"theme": "dark"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")
    fresh = client.get("/accounts/resume/").json()
    assert (fresh["user"], fresh["expires"] > time.time()) == (str(noor.pk), True)
    headers = {"HX-Request": "true", "X-CSRFToken": fresh["token"]}
    assert client.post("/accounts/theme/", {"theme": "dark"}, headers=headers).status_code == 302
    assert client.post("/accounts/resume/", headers=headers).status_code == 405
    assert Client().get("/accounts/resume/").status_code == 302


def test_pages_are_not_kept_by_browsers(as_user, noor):
    answer = as_user(noor).get("/")
    assert "no-store" in answer["Cache-Control"]
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_login_says_the_same_for_a_wrong_name_and_a_wrong_password(client, noor):
    noor.set_password("een-lang-wachtwoord")
    noor.save()
    pages = [
        client.post("/accounts/login/", {"login": name, "password": "fout-wachtwoord"}).content.decode()
        for name in ("noor", "niemand")
    ]
    assert all("Gebruikersnaam of wachtwoord klopt niet." in page for page in pages)


def test_roles_begin_on_their_own_page(client, rachid, beheer, noor):
    for user, page in ((rachid, "/callbacks/"), (beheer, "/admin/"), (noor, "/")):
        user.set_password("een-lang-wachtwoord")
        user.save()
        assert client.post("/accounts/login/", {"login": user.username, "password": "een-lang-wachtwoord"}).url == page
        client.post("/accounts/logout/")


def test_nobody_signs_up(client, db):
    assert client.post("/accounts/signup/", {"username": "x", "password1": "een-lang-wachtwoord"}).status_code == 404
    assert make.User.objects.count() == 0

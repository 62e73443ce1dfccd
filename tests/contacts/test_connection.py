"""Connections as an administrator sets them up: secrets go in, and come out once at most."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import User
from contacts.models import Connection
from tests import make

ADD = "/admin/contacts/connection/add/"


@pytest.fixture
def browser(beheer: User, as_user: Any) -> Client:
    return as_user(beheer)


def fields(**values: Any) -> dict[str, Any]:
    return {"kind": "whatsapp", "name": "WhatsApp gemeente", "external_id": "106540352242922"} | values


def page(connection: Connection) -> str:
    return f"/admin/contacts/connection/{connection.pk}/change/"


def test_what_the_kind_needs_is_asked_for(browser: Client) -> None:
    response = browser.post(ADD, fields())
    assert response.status_code == 200
    assert not Connection.objects.exists()
    assert set(response.context["adminform"].form.errors) == {"app_secret", "verify_token", "access_token"}
    response = browser.post(ADD, fields(kind="mastodon"))
    assert set(response.context["adminform"].form.errors) == {"base_url", "access_token"}


def test_secrets_are_sealed_and_never_shown(browser: Client) -> None:
    typed = {"app_secret": "aap-1837", "verify_token": "noot-2948", "access_token": "mies-5093"}
    response = browser.post(ADD, fields(**typed), follow=True)
    connection = Connection.objects.get()
    assert connection.secrets == typed
    assert not any(word in connection.secrets_sealed for word in typed.values())
    text = response.content.decode()
    assert f"/hooks/{connection.uuid}/" in text
    assert "App-geheim van Meta, Controlewoord (verify token), Toegangstoken" in text
    for shown in (text, browser.get("/admin/contacts/connection/").content.decode(), str(LogEntry.objects.values())):
        assert not any(word in shown for word in typed.values())


def test_an_empty_secret_stays_as_it_is(browser: Client) -> None:
    before = {"app_secret": "a", "verify_token": "b", "access_token": "c"}
    connection = make.connection("whatsapp", external_id="1", secrets=before)
    response = browser.post(page(connection), fields(access_token="nieuw"))
    assert response.status_code == 302
    connection.refresh_from_db()
    assert connection.secrets == before | {"access_token": "nieuw"}


def test_the_kind_is_chosen_once(browser: Client) -> None:
    connection = make.connection("mastodon", base_url="https://social.nl", secrets={"access_token": "c"})
    browser.post(page(connection), fields(kind="webhook", base_url="https://social.nl"))
    connection.refresh_from_db()
    assert connection.kind == "mastodon"


@pytest.mark.parametrize("wrong", ["een twee", "een\ntwee", "een\0", "x" * 1001])
def test_a_secret_is_one_word(browser: Client, wrong: str) -> None:
    typed = {"app_secret": wrong, "verify_token": "b", "access_token": "c"}
    response = browser.post(ADD, fields(**typed))
    assert (response.status_code, Connection.objects.exists()) == (200, False)
    assert wrong not in response.content.decode()


@pytest.mark.parametrize("wrong", ["geen adres", "300.1.1.1", "10.0.0.0/99"])
def test_allowed_addresses_are_addresses(browser: Client, wrong: str) -> None:
    response = browser.post(ADD, fields(kind="webhook", allowed_addresses=f"10.0.0.1\n{wrong}"))
    assert "is geen IP-adres of reeks" in response.content.decode()


def test_a_signing_secret_is_made_here_and_shown_once(browser: Client) -> None:
    browser.post(ADD, fields(kind="webhook", external_id=""))
    connection = Connection.objects.get()
    address = f"/admin/contacts/connection/{connection.pk}/new-secret/"
    assert address in browser.get(page(connection)).content.decode()
    assert "whsec_" not in browser.get(address).content.decode()
    shown = browser.post(address).content.decode()
    connection.refresh_from_db()
    (first,) = connection.secrets["signing"]
    assert (first in shown, first.startswith("whsec_")) == (True, True)
    assert first not in browser.get(page(connection)).content.decode()
    browser.post(address)
    connection.refresh_from_db()
    newer, older = connection.secrets["signing"]
    assert (older, newer != first) == (first, True)
    browser.post(address)
    connection.refresh_from_db()
    assert len(connection.secrets["signing"]) == 2
    assert first not in connection.secrets["signing"]
    assert first not in str(list(LogEntry.objects.values()))


def test_the_address_for_a_telephone_exchange_is_shown_once(browser: Client) -> None:
    connection = make.connection("cti")
    before = connection.token
    assert before not in browser.get(page(connection)).content.decode()
    shown = browser.post(f"/admin/contacts/connection/{connection.pk}/new-secret/").content.decode()
    connection.refresh_from_db()
    assert connection.token != before
    assert f"/api/v1/cti/{connection.token}" in shown


def test_only_secrets_that_we_make_are_made(browser: Client) -> None:
    connection = make.connection("whatsapp")
    assert browser.post(f"/admin/contacts/connection/{connection.pk}/new-secret/").status_code == 403
    for wrong in ("0", "999999999999999999999999", "x"):
        assert browser.post(f"/admin/contacts/connection/{wrong}/new-secret/").status_code == 404


def test_a_stranger_makes_none(as_user: Any, noor: User) -> None:
    connection = make.connection("cti")
    before = connection.token
    for who in (as_user(noor), Client()):
        assert who.post(f"/admin/contacts/connection/{connection.pk}/new-secret/").status_code in {302, 403, 401}
        assert who.get(page(connection)).status_code in {302, 403}
    connection.refresh_from_db()
    assert connection.token == before


def test_a_connection_is_closed_and_not_deleted(browser: Client) -> None:
    connection = make.connection("cti")
    assert browser.post(f"/admin/contacts/connection/{connection.pk}/delete/").status_code == 403


def test_which_addresses_are_allowed() -> None:
    connection = Connection(allowed_addresses="192.0.2.0/24\n2001:db8::1\n")
    allowed = ["192.0.2.9", "::ffff:192.0.2.9", "2001:db8::1"]
    assert [one for one in [*allowed, "192.0.3.1", "2001:db8::2", "", "x"] if connection.allows(one)] == allowed
    assert Connection().allows("203.0.113.1")
    assert Connection().allows("")

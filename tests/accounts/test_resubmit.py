"""Typed text comes back when a form could not be taken; secrets, and forms of others, do not."""

from typing import Any

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest
from django.test import Client, RequestFactory

from accounts.http import done, typed
from accounts.models import User

TEXT = "Buurman meldt zich morgen weer"
OURS = {"HTTP_ORIGIN": "http://testserver"}


def form(path: str = "/notes/", origin: str = "http://testserver", **fields: str) -> HttpRequest:
    return RequestFactory().post(path, {"text": TEXT, **fields}, HTTP_ORIGIN=origin)


def test_nothing_secret_comes_back() -> None:
    secrets = dict.fromkeys(("password", "oldpassword", "password1", "new_Password2", "code", "login"), "geheim")
    assert typed(form(**secrets)) == [("text", TEXT)]


@pytest.mark.parametrize("path", ["/accounts/password/change/", "/accounts/login/", "/admin/accounts/user/1/password/"])
def test_nothing_of_signing_in_comes_back(path: str) -> None:
    assert typed(form(path)) == []


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://[", "http://testserver.evil.example"])
def test_nothing_of_another_site_comes_back(origin: str) -> None:
    assert typed(form(origin=origin)) == []


def test_who_signed_in_meanwhile_is_told_to_press_once_more(noor: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/accounts/login/")
    token = client.cookies["kcc-csrf"].value
    first = client.post("/customers/new/", {"text": TEXT, "csrfmiddlewaretoken": token}, **OURS)
    assert first.status_code == 401
    assert TEXT in first.content.decode()
    assert "Log in op een nieuw tabblad" in first.content.decode()
    client.force_login(noor, backend="accounts.adapter.Backend")
    client.cookies["kcc-csrf"] = "n" * 32  # as signing in does
    second = client.post("/customers/new/", {"text": TEXT, "csrfmiddlewaretoken": token}, **OURS)
    page = second.content.decode()
    assert second.status_code == 403
    assert TEXT in page
    assert "Je bent ingelogd. Druk nog één keer op ‘Opnieuw versturen’." in page
    assert "Je sessie is verlopen" not in page


def test_who_was_signed_out_sees_what_they_typed_and_nothing_else(db: None) -> None:
    sent = {"page": "0d1e73f9-0a42-4e3c-9a7b-3f6f6f1f2a11", "seen": "96-1795371555.473839", "parts": "5", "do": "save"}
    sent |= {"title": "Paspoort", "part-0-html": "<p>Neem een <strong>pas</strong> mee.</p>"}
    page = Client().post("/knowledge/0d1e73f9-0a42-4e3c-9a7b-3f6f6f1f2a11/edit/", sent, **OURS).content.decode()
    hidden, _form, shown = page.partition("</form>")
    assert all(f'name="{name}" value="' in hidden for name in sent)
    assert "<li>Paspoort</li><li>Neem een pas mee.</li>" in shown
    for technical in ("part-0", "0d1e73f9", "473839", "&lt;p&gt;", "seen", "title", "save"):
        assert technical not in shown.partition("</main>")[0]


def test_a_form_of_nobody_with_an_old_token_asks_to_sign_in(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/customers/new/", {"text": TEXT}, **OURS)
    assert answer.status_code == 403
    assert "Log in op een nieuw tabblad" in answer.content.decode()


@pytest.mark.parametrize(
    ("opened", "goes"),
    [
        ("/knowledge/editorial/check/", "/knowledge/editorial/"),
        ("/knowledge/ask/", "/knowledge/"),
        ("/insights/knowledge/00000000-0000-4000-8000-000000000000/ask/", "/insights/knowledge/"),
        (
            "/knowledge/00000000-0000-4000-8000-000000000000/copied/?q=a%20b",
            "/knowledge/00000000-0000-4000-8000-000000000000/?q=a%20b",
        ),
        ("/knowledge/news/fold/", "/knowledge/news/"),
    ],
)
def test_who_opens_the_address_of_a_form_comes_to_its_page(as_user: Any, marit: User, opened: str, goes: str) -> None:
    client = as_user(marit)
    answer = client.get(opened, headers={"Accept": "text/html,*/*"})
    assert (answer.status_code, answer["Location"]) == (302, goes)
    assert client.get(opened, headers={"Accept": "text/html", "HX-Request": "true"}).status_code == 405
    assert [client.get(opened).status_code, client.put(opened, headers={"Accept": "text/html"}).status_code] == [
        405,
        405,
    ]
    assert Client().get("/contact/terugbellen/x/", headers={"Accept": "text/html"}).status_code != 405


@pytest.mark.parametrize(
    ("url", "goes"),
    [
        ("/cases/?tab=één", "/cases/?tab=%C3%A9%C3%A9n"),
        ("/cases/\r\nSet-Cookie: a=b", "/"),
        ("/cases/\n", "/"),
        ("/cases/\x00", "/"),
        ("/cases/?a=1&b=%20x", "/cases/?a=1&b=%20x"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_an_address_to_go_to_is_one(url: str, goes: str, htmx: bool) -> None:
    request: Any = RequestFactory().post("/cases/")
    request.htmx, request.session = htmx, {}
    request._messages = FallbackStorage(request)
    answer = done(request, url, message="Opgeslagen")
    where = {answer.get("HX-Redirect"), answer.get("HX-Location"), answer.get("Location")} - {None}
    assert where == {goes}

"""A database that does not answer: a page that says so, with the text that was typed."""

from collections.abc import Iterator

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from accounts.models import User
from kcc.failure import server_error

TEXT = "Buurman meldt zich <morgen> weer"
OURS = {"HTTP_ORIGIN": "http://testserver"}


@pytest.fixture
def browser(noor: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(noor, backend="accounts.adapter.Backend")
    return client


@pytest.fixture
def away(transactional_db: None, browser: Client) -> Iterator[None]:
    """Nothing listens any more where the database was."""
    with pytest.MonkeyPatch.context() as patch:
        connection.close()
        patch.setitem(connection.settings_dict, "PORT", "1")
        yield
        connection.close()


def test_a_page_says_that_it_will_be_back(away: None, browser: Client) -> None:
    answer = browser.get("/customers/")
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Het systeem is zo terug" in page
    assert "no-store" in answer["Cache-Control"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_typed_text_is_shown_to_be_sent_again(away: None, browser: Client) -> None:
    answer = browser.post("/customers/new/", {"text": TEXT, "password": "geheim"}, **OURS)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert 'action="/customers/new/"' in page
    assert 'name="text" value="Buurman meldt zich &lt;morgen&gt; weer"' in page
    assert "geheim" not in page
    assert 'name="csrfmiddlewaretoken" value="' in page
    assert answer.cookies["kcc-csrf"].value


def test_a_form_of_another_site_is_not_repeated(away: None, browser: Client) -> None:
    answer = browser.post("/customers/new/", {"text": TEXT}, HTTP_ORIGIN="https://evil.example")
    assert answer.status_code == 503
    assert "Buurman" not in answer.content.decode()
    assert 'href="/"' in answer.content.decode()


def test_whether_it_lives_is_answered_without_session_or_user(away: None, browser: Client) -> None:
    assert browser.get("/health/live").status_code == 200
    answer = browser.get("/health/ready")
    assert (answer.status_code, answer.json()["database"]) == (503, "down")


def failed(error: Exception, cause: Exception | None = None) -> HttpResponse:
    request: HttpRequest = RequestFactory().get("/")
    try:
        raise error from cause
    except type(error):
        return server_error(request)


def test_only_a_database_that_fails_is_a_503() -> None:
    assert failed(OperationalError("weg")).status_code == 503
    assert failed(InterfaceError("connection already closed")).status_code == 503
    assert failed(RuntimeError("bij het tonen"), OperationalError("weg")).status_code == 503
    answer = failed(ValueError("fout van ons"))
    assert answer.status_code == 500
    assert "Er ging iets mis" in answer.content.decode()

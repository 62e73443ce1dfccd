"""Who comes in, by which door, and what is behind the doors that are closed."""

import logging
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from tests import make

PASSWORD = "een-lang-wachtwoord"


@pytest.fixture
def bea(beheer: User) -> User:
    """The administrator, with a password and a second step."""
    beheer.set_password(PASSWORD)
    beheer.save()
    TOTP.activate(beheer, generate_totp_secret())
    return beheer


def test_the_admin_has_no_door_of_its_own(client: Client, bea: User) -> None:
    page = client.get("/admin/login/?next=/admin/accounts/user/")
    assert (page.status_code, page.url) == (302, "/accounts/login/?next=%2Fadmin%2Faccounts%2Fuser%2F")
    answer = client.post("/admin/login/", {"username": bea.username, "password": PASSWORD})
    assert answer.url.startswith("/accounts/login/")
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/").status_code == 302


def test_a_password_alone_does_not_open_the_admin(client: Client, bea: User) -> None:
    answer = client.post("/accounts/login/?next=/admin/", {"login": bea.username, "password": PASSWORD})
    assert answer.url.split("?")[0] == reverse("mfa_authenticate")
    assert client.get("/admin/").status_code == 302


def test_who_may_not_administer_is_told_so(as_user: Any, noor: User) -> None:
    assert as_user(noor).get("/admin/login/").status_code == 403


@pytest.mark.parametrize(
    "path",
    ["signup/", "email/", "confirm-email/", "confirm-email/abc/", "password/set/", "login/code/confirm/", "3rdparty/"],
)
def test_pages_that_nobody_needs_do_not_exist(as_user: Any, noor: User, path: str) -> None:
    client = as_user(noor)
    assert client.get(f"/accounts/{path}").status_code == 404
    assert client.post(f"/accounts/{path}", {"email": "x@voorbeeld.nl", "action_add": ""}).status_code == 404


def test_pages_that_people_need_do(client: Client, as_user: Any, noor: User) -> None:
    noor.set_password(PASSWORD)
    noor.save()
    for name in ("account_login", "account_reset_password", "account_reset_password_done"):
        assert client.get(reverse(name)).status_code == 200, name
    signed_in = as_user(noor)
    for name in ("account_change_password", "account_logout", "mfa_index"):
        assert signed_in.get(reverse(name)).status_code == 200, name


def test_a_mail_server_that_is_away_changes_no_answer(
    client: Client, noor: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    url = reverse("account_reset_password")
    with caplog.at_level(logging.WARNING, logger="accounts.adapter"):
        answers = [client.post(url, {"email": email}) for email in (noor.email, "niemand@voorbeeld.nl")]
    sent = (302, reverse("account_reset_password_done"))
    assert [(answer.status_code, answer.url) for answer in answers] == [sent, sent]
    assert "did not leave: ConnectionRefusedError" in caplog.text
    assert noor.email not in caplog.text


@pytest.mark.parametrize(
    ("roles", "fields", "page", "may_assign"),
    [
        ([Role.AGENT], {}, "/", False),
        ([Role.SENIOR], {}, "/", True),
        ([Role.TEAM_LEAD], {}, "/", True),
        ([Role.AGENT, Role.SPECIALIST], {}, "/", True),
        ([Role.SPECIALIST], {}, "/callbacks/", True),
        ([Role.EDITOR], {}, "/knowledge/", False),
        ([Role.ADMINISTRATOR], {"is_staff": True}, "/admin/", False),
        ([Role.PRIVACY_OFFICER], {}, "/accounts/settings/", False),
        ([Role.EDITOR], {"is_superuser": True}, "/", True),
    ],
)
def test_roles_say_where_to_begin_and_who_may_assign(
    db: None, roles: list[Role], fields: dict[str, Any], page: str, may_assign: bool
) -> None:
    user = make.user("iemand", *roles, **fields)
    assert (user.start_url, user.may_assign) == (page, may_assign)

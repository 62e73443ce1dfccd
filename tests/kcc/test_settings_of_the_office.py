"""Who may open which part of the settings, and that each of them refuses what it must."""

from uuid import uuid4

import pytest

from accounts.models import Role
from tests import make

PAGES = ["norms/", "policy/", "hours/", "questions/", "questions/new/", "teams/", "teams/new/"]
ACTS = ["norms/withdraw/", "days/", "days/remove/", "absence/end/", "absence/back/", "absence/preview/"]
PREVIEWS = ["norms/preview/", "policy/preview/", "hours/preview/", "days/preview/"]


def test_an_administrator_finds_all_parts(as_user, beheer, office):
    client = as_user(beheer)
    assert client.get("/settings/").url == "/settings/norms/"
    page = client.get("/settings/norms/").content.decode()
    for word in ("Servicenormen", "Terugbelbeleid", "Openingstijden", "Vragensets", "Afdelingen", "Afwezigheid"):
        assert word in page
    assert 'href="/settings/norms/" aria-current="page"' in page
    assert 'data-nav="settings" title="Instellingen" aria-current="page"' in page
    for path in [*PAGES, *PREVIEWS, "absence/", "absence/own/"]:
        assert client.get(f"/settings/{path}").status_code == 200, path


@pytest.mark.parametrize("role", [Role.AGENT, Role.SENIOR, Role.TEAM_LEAD, Role.SPECIALIST, Role.EDITOR,
                                  Role.PRIVACY_OFFICER])  # fmt: skip
def test_others_open_none_of_them(as_user, voorlijn, role):
    client = as_user(make.user("iemand", role, teams=[voorlijn]))
    for path in [*PAGES, *PREVIEWS]:
        assert client.get(f"/settings/{path}").status_code == 403, path
    for path in [*PAGES, "norms/withdraw/", "days/", "days/remove/", f"policy/{uuid4()}/follow/",
                 f"teams/{uuid4()}/end/", f"questions/{uuid4()}/move/", f"questions/{uuid4()}/withdraw/"]:  # fmt: skip
        assert client.post(f"/settings/{path}", {}).status_code in (403, 405), path
    assert client.get("/settings/absence/own/").status_code == 200
    assert "Instellingen</span>" not in client.get("/accounts/settings/").content.decode()


def test_a_lead_finds_the_absence_of_the_team(as_user, kees, noor):
    client = as_user(kees)
    assert client.get("/settings/").url == "/settings/absence/"
    page = client.get("/settings/absence/").content.decode()
    assert 'data-nav="absence" title="Afwezigheid" aria-current="page"' in page
    assert "Servicenormen" not in page
    assert as_user(noor).get("/settings/").status_code == 403


def test_nobody_gets_in_without_signing_in(client):
    for path in [*PAGES, *PREVIEWS, "", "absence/", "absence/own/"]:
        assert client.get(f"/settings/{path}").status_code == 302


def test_what_acts_takes_no_get_and_what_shows_takes_no_post(as_user, beheer, office):
    client = as_user(beheer)
    for path in ACTS:
        assert client.get(f"/settings/{path}").status_code == 405, path
    for path in [*PREVIEWS, "questions/", "teams/"]:
        assert client.post(f"/settings/{path}").status_code == 405, path


def test_what_is_not_there_is_not_found(as_user, beheer, office):
    client = as_user(beheer)
    for path in (f"questions/{uuid4()}/", f"teams/{uuid4()}/", f"policy/{uuid4()}/", "teams/1/", "questions/x/"):
        assert client.get(f"/settings/{path}").status_code == 404, path
    for path in (f"questions/{uuid4()}/withdraw/", f"teams/{uuid4()}/end/", f"policy/{uuid4()}/follow/"):
        assert client.post(f"/settings/{path}").status_code == 404, path
    assert client.post(f"/settings/questions/{uuid4()}/move/", {"to": "up"}).status_code == 404


def test_everybody_finds_the_own_absence_in_the_own_settings(as_user, rachid):
    assert "/settings/absence/own/" in as_user(rachid).get("/accounts/settings/").content.decode()

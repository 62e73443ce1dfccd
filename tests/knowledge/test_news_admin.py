"""An administrator looks at bulletins and reading lists, and takes a bulletin away; writing is done elsewhere."""

from uuid import uuid4

from knowledge.models import Bulletin, ReadingList
from tests import make

BULLETINS, LISTS = "/admin/knowledge/bulletin/", "/admin/knowledge/readinglist/"


def test_bulletins_are_looked_at_and_taken_away(as_user, beheer, noor):
    row = Bulletin.write(key=uuid4(), title="Balie dicht", text="Vrijdag.", important=True, by=None)
    row.confirm(by=noor)
    client = as_user(beheer)
    assert "Balie dicht" in client.get(BULLETINS).content.decode()
    assert "Vrijdag." in client.get(f"{BULLETINS}{row.pk}/change/").content.decode()
    assert client.get(f"{BULLETINS}add/").status_code == 403
    client.post(f"{BULLETINS}{row.pk}/change/", {"title": "Anders"})
    for _n in range(2):
        client.post(BULLETINS, {"action": "withdraw", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert (row.title, row.state) == ("Balie dicht", "withdrawn")


def test_reading_lists_are_looked_at(as_user, beheer, noor, voorlijn):
    row = ReadingList.begin(key=uuid4(), title="Eerste week", text="", team=voorlijn)
    row.add(make.article("Paspoort"))
    row.give([noor], due_on=None, by=beheer)
    client = as_user(beheer)
    assert "Eerste week" in client.get(LISTS).content.decode()
    page = client.get(f"{LISTS}{row.pk}/change/")
    assert (page.status_code, "Paspoort" in page.content.decode()) == (200, True)
    assert client.get(f"{LISTS}add/").status_code == 403


def test_who_is_no_administrator_sees_neither(as_user, kees):
    for address in (BULLETINS, LISTS):
        assert as_user(kees).get(address).status_code == 302

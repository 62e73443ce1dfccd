"""What readers do is counted: what they asked, which hit they opened, what they read and copied. Never who did it."""

from uuid import uuid4

import pytest
import time_machine
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from knowledge.models import Article, Reads, Searching
from tests import make

SEARCH, PANEL, SUGGEST = (reverse(f"knowledge:{name}") for name in ("search", "panel", "suggest"))
HTMX = {"HX-Request": "true"}


@pytest.fixture
def passport(db: None) -> Article:
    return make.article("Paspoort aanvragen", keywords="reisdocument")


def asked() -> list[tuple[str, str, int, int | None]]:
    return list(Searching.objects.order_by("at").values_list("place", "text", "found", "rank"))


def test_a_search_is_written_down_and_what_was_opened(passport: Article, noor: User, as_user) -> None:
    client, chain = as_user(noor), uuid4()
    make.article("Paspoort kwijt")
    query = {"q": "paspoort aanvragen", "chain": str(chain)}
    client.get(SEARCH, {"q": "paspo", "chain": str(chain), "typing": "1"}, headers=HTMX)
    assert asked() == []  # still typing
    client.get(SEARCH, query, headers=HTMX)
    client.get(passport.get_absolute_url(), query, headers=HTMX)
    assert [(place, text, rank) for place, text, _found, rank in asked()] == [("page", "paspoort aanvragen", 1)]
    row = Searching.objects.get()
    assert (row.chain, row.opened) == (chain, passport)
    assert Reads.objects.get().count == 1


def test_the_page_and_its_hits_carry_the_chain(passport: Article, noor: User, as_user) -> None:
    page = as_user(noor).get(SEARCH, {"q": "paspoort", "chain": "niets"}).content.decode()
    chain = Searching.objects.get().chain
    assert f'name="chain" value="{chain}"' in page
    assert f"&amp;chain={chain}" in page


def test_an_article_from_elsewhere_answers_no_question(passport: Article, noor: User, as_user) -> None:
    as_user(noor).get(passport.get_absolute_url(), {"q": "paspoort"})  # a link that somebody sent
    as_user(noor).get(passport.get_absolute_url(), {"q": "zeppelin", "chain": str(uuid4())})
    assert asked() == [("page", "zeppelin", 0, None)]


def test_nothing_behind_a_filter_is_not_nothing(passport: Article, noor: User, as_user) -> None:
    as_user(noor).get(SEARCH, {"q": "paspoort", "state": "internal"})
    assert asked() == []


def test_a_question_beside_the_form_is_written_down(passport: Article, noor: User, as_user) -> None:
    client, chain = as_user(noor), str(uuid4())
    client.get(PANEL, {"q": "paspoort", "chain": chain}, headers=HTMX)
    assert not Reads.objects.exists()  # that the best is shown opened is nobody's choice
    client.get(PANEL, {"q": "paspoort", "chain": chain, "open": str(passport.uuid)}, headers=HTMX)
    assert asked() == [("desk", "paspoort", 1, 1)]
    assert Reads.objects.get().count == 1


def test_what_is_typed_of_a_contact_is_never_written_down(passport: Article, noor: User, as_user) -> None:
    client = as_user(noor)
    story = {"text": "Mevrouw Jansen wil een paspoort aanvragen", "chain": str(uuid4())}
    assert "Paspoort aanvragen" in client.post(SUGGEST, story, headers=HTMX).content.decode()
    client.post("/palette/", {"q": "Fatima paspoort"})
    assert asked() == []
    client.get(PANEL, {"open": str(passport.uuid), "shown": str(passport.uuid)}, headers=HTMX)
    assert asked() == []
    assert Reads.objects.get().count == 1


def test_a_question_of_another_system(passport: Article, noor: User, as_user) -> None:
    as_user(noor).get("/api/v1/articles/", {"q": "paspoort 123456782"})
    as_user(noor).get("/api/v1/articles/")
    assert [(place, text) for place, text, *_rest in asked()] == [("api", "paspoort [nummer]")]


def test_who_opens_it_again_in_ten_minutes_reads_it_once(passport: Article, noor: User, kees: User, as_user) -> None:
    client, other = as_user(noor), make.article("Rijbewijs")
    with time_machine.travel(timezone.now()) as clock:
        for _ in range(3):
            client.get(passport.get_absolute_url())
        client.get(other.get_absolute_url())
        clock.shift(11 * 60)
        client.get(passport.get_absolute_url())
    as_user(kees).get(passport.get_absolute_url())
    assert Reads.objects.filter(article=passport).aggregate(n=Sum("count")) == {"n": 3}  # of two days at midnight
    assert Reads.objects.get(article=other).count == 1
    cookie = client.cookies["kcc-read"]
    assert cookie["httponly"]
    assert noor.username not in cookie.value


@pytest.mark.parametrize("cookie", ["", "x" * 5000, "r12345678-99999999999999", "r-1.-", "é", "r12345678-1." * 300])
def test_any_cookie_will_do(passport: Article, noor: User, as_user, cookie: str) -> None:
    client: Client = as_user(noor)
    client.cookies["kcc-read"] = cookie
    assert client.get(passport.get_absolute_url()).status_code == 200
    assert Reads.objects.get().count == 1


def test_a_copy_is_counted_and_answers_the_question(passport: Article, noor: User, as_user) -> None:
    client = as_user(noor)
    url = reverse("knowledge:copied", args=[passport.uuid])
    page = client.get(SEARCH, {"q": "paspoort"}).content.decode()
    assert f'hx-post="{url}"' in page
    chain = Searching.objects.get().chain
    for _ in range(2):
        assert client.post(url, {"chain": str(chain), "n": "1"}).status_code == 204
    assert Reads.objects.get().copied == 1
    assert asked() == [("page", "paspoort", 1, 1)]
    assert client.get(url).status_code == 405
    assert client.post(reverse("knowledge:copied", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize("n", ["", "0", "-1", "x", "٣", "9" * 400, "\0"])
def test_a_copy_with_any_place(passport: Article, noor: User, as_user, n: str) -> None:
    url = reverse("knowledge:copied", args=[passport.uuid])
    assert as_user(noor).post(url, {"chain": ["x", "y"], "n": n}).status_code == 204


def test_a_colleague_may_not_copy_what_they_may_not_read(noor: User, as_user) -> None:
    draft = make.article("Nog niet", published_at=None)
    assert as_user(noor).post(reverse("knowledge:copied", args=[draft.uuid])).status_code == 404


def test_the_answer_of_an_internal_article_says_that_it_is_no_answer_for_a_citizen(noor: User, as_user) -> None:
    ours, theirs = make.article("Klant herkennen", internal=True), make.article("Paspoort aanvragen")
    client = as_user(noor)
    for url in (ours.get_absolute_url(), f"{PANEL}?open={ours.uuid}&q=klant+herkennen"):
        page = client.get(url, headers=HTMX).content.decode()
        assert ("Intern: niet voor de klant" in page, 'data-done="Gekopieerd, niet' in page) == (True, True), url
    assert (
        "niet voor de klant"
        not in client.get(theirs.get_absolute_url(), headers=HTMX).content.decode().split("kcc-answer__head")[1]
    )

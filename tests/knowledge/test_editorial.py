"""The start page of the editors and its lists: what is unreliable, for whoever sees to it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Absence
from knowledge.models import Article, Feedback, Gap, Link, Reads, Searching, Version
from knowledge.models.markup import section
from knowledge.models.worklist import LISTS, Worklist
from tests import make

START = "/knowledge/editorial/"


def day(n):
    return timezone.localdate() + timedelta(days=n)


def fill(owner, team, writer, *, times=1):
    """Make everything that a list can show, so many times."""
    now = timezone.now()
    for n in range(times):
        late = make.article(f"Te laat {n}", owner=owner, team=team, review_on=day(-10 - n), topic=make.topic(f"t{n}"))
        make.article(f"Verloopt {n}", owner=owner, team=team, valid_until=day(3))
        make.article(f"Oud {n}", owner=owner, team=team, published_at=now - timedelta(days=200))
        said = Feedback.give(late, helpful=False, text="Klopt niet", by=None)
        Feedback.objects.filter(pk=said.pk).update(due_at=now - timedelta(days=1 + n))
        Gap.objects.create(query=f"Laadpaal {n}", asked_by=writer)
        Link.objects.create(article=late, url=f"https://stuk.voorbeeld.nl/{n}", failed_since=now, error="404")
        Searching.objects.create(place="desk", text=f"niets {n}", folded=f"niets {n}", found=0)
        for title, step in (("Concept", None), ("Wacht", "submitted_at"), ("Later", "publish_at")):
            version = Version.first(uuid=uuid4(), title=f"{title} {n}", by=writer)
            Article.objects.filter(pk=version.article_id).update(owner=owner, team=team)
            if step:
                Version.objects.filter(pk=version.pk).update(**{step: now + timedelta(days=1)})
        make.article(f"Gebruikt {n}").use(make.contact(), by=writer)


def test_an_editor_sees_what_is_unreliable(as_user, marit, rachid, parkeren, office):
    fill(rachid, parkeren, marit)
    page = as_user(marit).get(START).content.decode()
    for title in ("Te laat 0", "Verloopt 0", "Oud 0", "Laadpaal 0", "niets 0", "Concept 0", "Wacht 0", "Gebruikt 0"):
        assert title in page
    assert "10 dagen te laat" in page
    assert "1 te laat" in page


def test_each_number_opens_its_list(as_user, marit, rachid, parkeren, office):
    fill(rachid, parkeren, marit)
    client = as_user(marit)
    shown = {
        "review": "Te laat 0", "drafts": "Concept 0", "approval": "Wacht 0", "scheduled": "Later 0", "links": "stuk.v",
        "feedback": "Klopt niet", "gaps": "Laadpaal 0", "expiring": "Verloopt 0", "unused": "Oud 0",
        "used": "Gebruikt 0", "unanswered": "niets 0", "overdue": "Te laat 0", "late": "Klopt niet",
    }  # fmt: skip
    for name, words in shown.items():
        assert words in client.get(f"{START}{name}/").content.decode(), name


def test_a_question_that_was_asked_of_the_editors_leads_there(as_user, marit, noor, office):
    for words in ("Laadpaal", "Zeppelin"):
        Searching.objects.create(place="desk", text=words, folded=words.lower(), found=0)
    asked = Gap.ask("laadpaal", by=noor)
    for address in (START, f"{START}unanswered/"):
        page = as_user(marit).get(address).content.decode()
        assert f"Gevraagd door {noor.short_name}" in page
    page = as_user(marit).get(f"{START}unanswered/").content.decode()
    assert asked.get_absolute_url() in page
    assert "/knowledge/new/?title=Zeppelin" in page
    assert "/knowledge/new/?title=Laadpaal" not in page
    asked.close("Komt niet.", by=marit)
    assert "/knowledge/new/?title=Laadpaal" in as_user(marit).get(f"{START}unanswered/").content.decode()


@pytest.mark.parametrize(
    ("days", "unused"), [({}, True), ({1: 4}, True), ({1: 2, 2: 2, 3: 0, 4: 0, 5: 0}, True), ({1: 5}, False),
                         (dict.fromkeys(range(1, 6), 1), False), (dict.fromkeys(range(95, 99), 9), True)],
)  # fmt: skip
def test_what_is_hardly_read_is_unused(marit, days, unused):
    now = timezone.now()
    article = make.article("Oud", published_at=now - timedelta(days=200))
    for ago, count in days.items():
        Reads.objects.create(article=article, day=timezone.localdate() - timedelta(days=ago), public=False, count=count)
    assert Worklist(marit, now).unused().filter(pk=article.pk).exists() is unused


def test_without_work_every_list_says_so(as_user, marit, office):
    client = as_user(marit)
    assert "Alles is op tijd gecontroleerd." in client.get(START).content.decode()
    for name in ("drafts", "approval", "feedback", "gaps", "expiring", "links", "unanswered", "used", "unused", "late"):
        assert "kcc-empty" in client.get(f"{START}{name}/").content.decode()


def test_an_owner_sees_the_own_articles_alone(as_user, marit, rachid, sam, noor, parkeren, office):
    fill(rachid, parkeren, marit)
    make.article("Van Sam", owner=sam, review_on=day(-20))
    page = as_user(rachid).get(START).content.decode()
    assert "Te laat 0" in page
    assert "Van Sam" not in page
    assert "Laadpaal 0" not in page
    assert as_user(rachid).get(START + "gaps/").status_code == 404
    assert as_user(rachid).get(START + "unanswered/").status_code == 404
    assert as_user(noor).get(START).status_code == 403


def test_a_team_lead_sees_the_own_teams_and_a_substitute_what_they_stand_in_for(as_user, kees, lotte, sam, office):
    make.article("Van Parkeren", team=make.team("Parkeren"), review_on=day(-3))
    make.article("Van Belastingen", team=make.team("Belastingen"), owner=sam, review_on=day(-3))
    page = as_user(kees).get(START + "review/").content.decode()
    assert "Van Parkeren" in page
    assert "Van Belastingen" not in page
    Absence.objects.create(user=sam, substitute=lotte, starts_at=timezone.now() - timedelta(days=1))
    assert "Van Belastingen" in as_user(lotte).get(START + "review/").content.decode()


def test_a_list_is_narrowed_and_goes_on_from_a_place(as_user, marit, rachid, sam, parkeren, office):
    for n in range(52):
        make.article(f"Artikel {n:02}", owner=rachid, team=parkeren, review_on=day(-1 - n // 10))
    make.article("Van niemand", review_on=day(-1))
    make.article("Van Sam", owner=sam, team=sam.teams.get(), review_on=day(-1))
    client, here = as_user(marit), START + "review/"
    first = client.get(here, {"person": str(rachid.uuid)})
    assert len(first.context["lines"]) == 50
    rest = client.get(first.context["more"])
    assert len(rest.context["lines"]) == 2
    seen = {line.key for page in (first, rest) for line in page.context["lines"]}
    assert len(seen) == 52
    assert [line.title for line in client.get(here, {"person": "none"}).context["lines"]] == ["Van niemand"]
    team = str(sam.teams.get().uuid)
    assert [line.title for line in client.get(here, {"team": team}).context["lines"]] == ["Van Sam"]


@pytest.mark.parametrize(
    "query",
    ["team=x&person=\0", "person=00000000-0000-4000-8000-000000000000", "team=a&team=b", "person=%ff", "after="],
)
def test_a_filter_that_does_not_exist_is_none(as_user, marit, office, query):
    make.article("Te laat", review_on=day(-1))
    assert "Te laat" in as_user(marit).get(f"{START}review/?{query}").content.decode()


def test_what_does_not_exist_is_not_found(as_user, marit, office):
    client = as_user(marit)
    for path in ("own/", "niets/", "review/?after=x", f"articles/{uuid4()}/", f"feedback/{uuid4()}/"):
        assert client.get(START + path).status_code == 404, path


def test_lists_cost_the_same_however_long(as_user, marit, rachid, parkeren, office, django_assert_max_num_queries):
    fill(rachid, parkeren, marit, times=4)
    client = as_user(marit)
    client.get(START)
    with django_assert_max_num_queries(20):
        client.get(START)
    for name in [*LISTS, "unanswered"]:
        if name not in ("overdue", "late", "own"):
            with django_assert_max_num_queries(9):
                assert client.get(f"{START}{name}/").status_code == 200


def test_several_are_checked_at_once(as_user, marit, rachid, office):
    rows = [make.article(f"Artikel {n}", owner=rachid, review_on=day(-5)) for n in range(3)]
    url = reverse("knowledge:check_all")
    assert as_user(marit).get(url).status_code == 405
    said = as_user(marit).post(url, {"chosen": [str(rows[0].uuid), str(rows[1].uuid)]}, follow=True)
    assert "2 artikelen gecontroleerd" in said.content.decode()
    checked = Article.objects.filter(review_on__gt=day(0))
    assert set(checked) == set(rows[:2])
    assert {one.checked_by for one in checked} == {marit}


def test_who_does_not_see_to_an_article_checks_it_not(as_user, rachid, sam, office):
    mine, other = make.article("Van Sam", owner=sam), make.article("Van Rachid", owner=rachid, review_on=day(-5))
    for chosen in ([str(other.uuid)], ["x"], ["\0"], [], [str(mine.uuid), str(other.uuid)]):
        as_user(sam).post(reverse("knowledge:check_all"), {"chosen": chosen})
    url = reverse("knowledge:check", args=[other.uuid])
    assert as_user(sam).get(url).status_code == as_user(sam).post(url).status_code == 404
    other.refresh_from_db()
    assert other.checked_at is None


def test_an_owner_checks_one_article(as_user, rachid, office):
    article = make.article("Van Rachid", owner=rachid, review_on=day(-5))
    url = reverse("knowledge:check", args=[article.uuid])
    assert "Controle verlopen" in as_user(rachid).get(url).content.decode()
    assert as_user(rachid).post(url).headers["Location"] == START + "review/"
    article.refresh_from_db()
    assert article.checked_by == rachid
    assert not article.is_overdue


def test_headings_of_a_product_page_are_in_the_language_of_who_checks_it(as_user, rachid, office):
    parts = [section("<p>€ 40</p>", kind="costs"), section("<p>Let op.</p>", title="Weetje")]
    article = make.article("Van Rachid", kind="product", owner=rachid, sections=parts)
    url = reverse("knowledge:check", args=[article.uuid])
    assert "Kosten</h2>" in as_user(rachid).get(url).content.decode()
    rachid.language = "en"
    rachid.save()
    page = as_user(rachid).get(url).content.decode()
    assert "Costs</h2>" in page
    assert "Weetje</h2>" in page


def test_an_article_is_handed_over(as_user, rachid, sam, noor, office):
    article = make.article("Van Rachid", owner=rachid)
    url = reverse("knowledge:hand_over", args=[article.uuid])
    assert as_user(sam).post(url, {"owner": str(sam.uuid)}).status_code == 404
    for wrong in ("", "x", str(uuid4()), str(rachid.uuid), "\0"):
        assert as_user(rachid).post(url, {"owner": wrong}).status_code == 422
    client = as_user(rachid)
    assert client.post(url, {"owner": str(sam.uuid)}).status_code == 302
    assert client.post(url, {"owner": str(sam.uuid)}).status_code == 404  # it is not theirs any more
    article.refresh_from_db()
    assert article.owner == sam
    assert sam.notifications.get().text == "R. Yilmaz gaf je het artikel “Van Rachid”"


def test_the_menu_counts_what_is_open(as_user, marit, rachid, noor, office):
    assert "Redactie" not in as_user(rachid).get("/knowledge/").content.decode()
    article = make.article("Van Rachid", owner=rachid, review_on=day(-5))
    Feedback.give(article, helpful=False, text="x", by=noor)
    for user in (marit, rachid):
        items = {
            item.key: item for section in as_user(user).get("/knowledge/").context["nav"] for item in section.items
        }
        assert items["editorial"].count == 2
    assert "Redactie" not in as_user(noor).get("/knowledge/").content.decode()


def test_the_same_question_in_another_spelling_is_counted_as_one(marit):
    for words, found in (("Café", 0), ("cafe", 0), ("terras", 1)):
        Searching.objects.create(place="desk", text=words, folded="cafe", found=found)
    [asked] = Worklist(marit, timezone.now()).unanswered()
    assert (asked["folded"], asked["times"]) == ("cafe", 2)
    Searching.objects.update(at=timezone.now() - timedelta(days=31))
    assert Worklist(marit, timezone.now()).unanswered() == []


def test_a_concept_is_read_by_who_vouches_for_it_and_not_checked(as_user, marit, rachid, office):
    version = Version.first(uuid=uuid4(), title="Nieuw", by=marit)
    Article.objects.update(owner=rachid)
    [line] = as_user(rachid).get(START + "drafts/").context["lines"]
    assert "Gecontroleerd: klopt nog" not in as_user(rachid).get(line.url).content.decode()
    assert as_user(rachid).post(line.url).status_code == 404
    as_user(rachid).post(reverse("knowledge:check_all"), {"chosen": [str(version.article.uuid)]})
    assert not Article.objects.filter(checked_at__isnull=False).exists()


def test_what_waits_for_approval_opens_where_it_is_approved(as_user, marit, mies, office):
    Version.first(uuid=uuid4(), title="Nieuw", by=marit).submit(by=marit)
    client = as_user(mies)
    [line] = client.get(START + "approval/").context["lines"]
    assert "Goedkeuren" in client.get(line.url).content.decode()

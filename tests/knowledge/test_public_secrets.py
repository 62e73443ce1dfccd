"""What is for colleagues stays with colleagues: a word planted everywhere inside stands on no public address."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from knowledge.models import Article, Bulletin, Feedback, Gap, Reads, Version
from knowledge.models.markup import section
from knowledge.views import public
from knowledge.website import address
from tests import make

pytestmark = pytest.mark.django_db
SECRET = "kwartelmoes"
ADDRESSES = ("", "hielp/", "bedankt/")


@pytest.fixture
def shown(office: None) -> Article:
    """One public article, with the word in everything around it that is not for everybody."""
    public.pace.forget()
    team = make.team(f"Afdeling {SECRET}")
    owner = make.user("eigenaar", Role.EDITOR, teams=[team], first_name=SECRET.title(), last_name=SECRET)
    now, today = timezone.now(), timezone.localdate()
    topic = make.topic(f"onderwerp {SECRET}", theme="Burgerzaken", team=team)
    article = make.article(
        "Paspoort aanvragen", topic=topic, owner=owner, team=team, checked_by=owner, checked_at=now,
        external_id=f"id-{SECRET}", keywords="reisdocument", review_on=today,
        sections=[
            section("<p>Kom zelf.</p>", title="Uitleg"),
            section(f"<p>Let op {SECRET}.</p>", title=f"Intern {SECRET}", internal=True),
            section(f"<p>Memo {SECRET}.</p>", kind="memo"),
        ],
    )  # fmt: skip
    draft = Version.begin(article, by=owner)
    draft.title, draft.short_answer = f"Concept {SECRET}", f"Concept {SECRET}"
    draft.save()
    article.edited_by = owner
    article.save()
    Feedback.give(article, helpful=False, text=f"Klopt niet {SECRET}", by=owner)
    Gap.objects.create(query=SECRET, note=SECRET, asked_by=owner)
    Bulletin.objects.create(title=SECRET, text=SECRET, article=article, written_by=owner)
    return article


@pytest.fixture
def hidden(shown: Article) -> list[Article]:
    """Articles that are not for everybody, each for another reason, all related to the public one."""
    today, tomorrow = timezone.localdate(), timezone.now() + timedelta(days=1)
    states: list[dict[str, Any]] = [
        {"internal": True},
        {"withdrawn_at": timezone.now()},
        {"valid_until": today - timedelta(days=1)},
        {"valid_from": today + timedelta(days=1)},
        {"published_at": None},
        {"published_at": tomorrow},
    ]
    made = [
        make.article(
            f"Titel {SECRET} {n}", short_answer=f"Antwoord {SECRET}", keywords=SECRET, body=f"<p>Tekst {SECRET}</p>",
            topic=shown.topic, **state,
        )
        for n, state in enumerate(states)
    ]  # fmt: skip
    for one in made:
        shown.related.add(one)
        shown.topic.articles_too.add(one)
        for _ in range(9):
            Reads.count_one(one, public=True)
    for one, language in zip(made, ("en", "de", "fr", "pl", "tr", "uk"), strict=True):
        Article.objects.filter(pk=one.pk).update(original=shown, language=language)
    make.article("Alleen", internal=True, topic=make.topic("onder", theme=f"Thema {SECRET}"))
    return list(Article.objects.exclude(pk=shown.pk))


def everything(client: Client, shown: Article) -> list[tuple[str, Any]]:
    """Ask for every public page there is, and for the word in every way."""
    theme = shown.topic.parent
    paths = ["/kennis/", "/kennis/?lang=en", "/kennis/zoeken/", "/robots.txt", "/sitemap.xml"]
    paths += ["/kennis/sitemap-pages.xml", "/kennis/sitemap-articles.xml"]
    paths += [address.of_theme(theme), f"/kennis/onderwerp/{shown.topic.uuid.hex[:12]}/"]
    paths += [f"{address.of_article(shown)}{end}" for end in ADDRESSES]
    paths += [f"/kennis/zoeken/?q={query}" for query in ("paspoort", "intern", "let op", "memo", "concept", "titel")]
    return [(path, client.get(path)) for path in paths]


def test_no_public_page_shows_it(client: Client, shown: Article, hidden: list[Article]) -> None:
    below = f"/kennis/onderwerp/{shown.topic.uuid.hex[:12]}/"  # only a theme has a page
    for path, answer in everything(client, shown):
        assert answer.status_code == (404 if path == below else 200), path
        everywhere = answer.content.decode() + str(dict(answer.headers))
        assert SECRET not in everywhere.lower(), path
        for one in hidden:
            assert one.uuid.hex[:12] not in everywhere, path
    page = client.get(address.of_article(shown)).content.decode()
    assert "Kom zelf." in page
    assert "reisdocument" not in page


def test_nothing_is_found_by_it(client: Client, shown: Article, hidden: list[Article]) -> None:
    questions = [
        SECRET,
        SECRET[:8],
        f'"{SECRET}"',
        f'"let op {SECRET}"',
        f"titel {SECRET}",
        "memo",
        f"concept {SECRET}",
    ]
    for query in questions:
        page = client.get("/kennis/zoeken/", {"q": query}).content.decode()
        assert "kcc-pub-hits" not in page, query
    theirs = client.get("/kennis/zoeken/", {"q": f"paspoort -{SECRET}"}).content.decode()
    assert address.of_article(shown) in theirs, "a word that is only inside takes nothing away, or it could be guessed"


def test_what_is_not_public_is_as_if_it_never_was(client: Client, shown: Article, hidden: list[Article]) -> None:
    assert len(hidden) == 7
    nothing = client.get("/kennis/nooit-0123456789ab/").content
    for one in hidden:
        for end in ADDRESSES:
            answer = client.get(f"{address.of_article(one)}{end}", headers={"If-None-Match": "*"})
            assert (answer.status_code, answer.content) == (404, nothing), one.title
            assert "ETag" not in answer.headers
        answer = client.post(f"{address.of_article(one)}hielp/", {"helpful": "yes"})
        assert answer.status_code == 404
    assert Feedback.objects.count() == 1


def test_without_a_topic_of_its_own_name_only_the_theme_shows(client: Client, shown: Article) -> None:
    page = client.get(address.of_article(shown)).content.decode()
    assert "Burgerzaken" in page
    assert "?topic=" not in page

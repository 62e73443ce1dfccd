"""What the tests of the knowledge base begin with: its editors, a reading list, and the public site."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role, Team, User
from knowledge.models import Article, ReadingList
from knowledge.views import public
from tests import make


@pytest.fixture
def article(db: None) -> Article:
    """An article of two parts, as readers have it."""
    return make.article("Paspoort", short_answer="Kort.", body="<h2>Uitleg</h2><p>Oud</p><h2>Stappen</h2><p>Eén</p>")


@pytest.fixture
def els(db: None) -> User:
    """A third editor, who works in no team."""
    return make.user("els", Role.EDITOR, first_name="Els", last_name="Redactie")


@pytest.fixture
def hers(as_user: Callable[[User], Client], marit: User) -> Client:
    """The browser of Marit, who writes."""
    return as_user(marit)


@pytest.fixture
def other(as_user: Callable[[User], Client], mies: User) -> Client:
    """The browser of Mies, who looks too."""
    return as_user(mies)


@pytest.fixture
def week(voorlijn: Team) -> ReadingList:
    """A list of three articles for the front office."""
    made = ReadingList.begin(key=uuid4(), title="Eerste week", text="Begin hier.", team=voorlijn)
    for title in ("Paspoort", "Rijbewijs", "Verhuizen"):
        made.add(make.article(title))
    return made


@pytest.fixture
def fresh_pace() -> None:
    public.pace.forget()


@pytest.fixture
def passport() -> Article:
    topic = make.topic("paspoort", theme="Burgerzaken")
    topic.public_name = "Paspoort of ID-kaart"
    topic.save()
    return make.article("Paspoort aanvragen", topic=topic, checked_at=timezone.now(), short_answer="Kom **zelf**.")

"""What the tests of the public site begin with."""

import pytest
from django.utils import timezone

from knowledge.models import Article
from knowledge.views import public
from tests import make


@pytest.fixture
def fresh_pace() -> None:
    public.pace.forget()


@pytest.fixture
def passport() -> Article:
    topic = make.topic("paspoort", theme="Burgerzaken")
    topic.public_name = "Paspoort of ID-kaart"
    topic.save()
    return make.article("Paspoort aanvragen", topic=topic, checked_at=timezone.now(), short_answer="Kom **zelf**.")

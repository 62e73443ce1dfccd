"""A callback of Anna Jansen for Parkeren, in an office that is open."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Team
from callbacks.models import Callback
from contacts.models import Customer, Outcome
from tests import make


@pytest.fixture
def callback(office: None, parkeren: Team, jansen: Customer) -> Callback:
    topic = make.topic(team=parkeren)
    return make.callback(make.contact(jansen, outcome=Outcome.CALLBACK, topic=topic), team=parkeren)


@pytest.fixture
def late(office: None, parkeren: Team, jansen: Customer) -> Callback:
    return make.callback(make.contact(jansen, outcome=Outcome.CALLBACK), due_at=timezone.now() - timedelta(hours=2))


@pytest.fixture
def kinds() -> Callable[[Callback], list[str]]:
    """Give what was tracked about a callback, oldest first."""
    return lambda callback: [event.kind for event in reversed(callback.log())]

"""The watch over worker and clock: ends what is silent for too long, by the heartbeats in the real database."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from contacts.models import Heartbeat
from kcc.local.database import Database
from kcc.local.supervisor import Supervisor
from kcc.local.watch import WATCHED, Watch


class Ended(Supervisor):
    """A supervisor that notes what it was to end."""

    def __init__(self) -> None:
        super().__init__(lambda name, line: None)
        self.ended: list[str] = []

    def restart(self, name: str, *, older_than: float, why: str) -> None:
        self.ended.append(name)


@pytest.fixture
def database(transactional_db: None) -> Database:
    place = connection.settings_dict
    login = f"{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}"
    return Database(f"postgres://{login}/{place['NAME']}")


def looked(database: Database, *, redis: bool = True) -> list[str]:
    supervisor = Ended()
    watch = Watch(database, supervisor, lambda: redis)
    for _ in range(2):  # the second comes too soon, and does nothing
        watch.look()
    return supervisor.ended


def beat(ago: int) -> None:
    Heartbeat.objects.all().delete()
    Heartbeat.objects.create(name="worker", last_begin=timezone.now(), last_ok=timezone.now() - timedelta(seconds=ago))


def test_what_is_silent_is_ended(database: Database) -> None:
    assert looked(database) == []  # there was none ever
    beat(10)
    assert looked(database) == []
    beat(60)
    assert looked(database) == list(WATCHED)
    assert looked(database, redis=False) == []


def test_without_a_database_nothing_is_ended() -> None:
    assert looked(Database("postgres://kcc@127.0.0.1:1/kcc")) == []

"""The people of the tests: Noor answers the phone, Sam works in another team, Kees leads, Rachid calls back."""

import os
import re
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as examples
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from accounts import memory
from accounts.memory import forget_everything
from accounts.models import Role, Team, User
from contacts.models import Customer
from tests import apart, make

__all__ = ["DjangoAssertNumQueries"]

# The same examples each time, however long a busy machine takes: what fails came with the change. Others are looked for
# with --hypothesis-profile anew.
examples.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
examples.register_profile("anew", examples.get_profile("house"), derandomize=False)
examples.load_profile("house")

RANDOM_ID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
OTHERS_AWAY = """SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()"""  # and waits until they are gone
PATIENT = "-c statement_timeout=120s -c lock_timeout=60s -c idle_in_transaction_session_timeout=0"


def pytest_configure(config: pytest.Config) -> None:
    """Serve static files by their own names: the live server knows no others (bin/test collects the hashed)."""
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    if hasattr(config, "workerinput"):  # one of several test processes
        config.add_cleanup(apart.settle())


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a random id by what it is, for each of several test processes must find tests of the same names."""
    return "random id" if isinstance(val, str | UUID) and RANDOM_ID.fullmatch(str(val)) else None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Let no thread of a live server keep its connection: the test database could not be dropped.

    What is a limit of seconds for pages is one of minutes here: who waits for a lock waits for a busy machine.
    """
    connections["default"].settings_dict["CONN_MAX_AGE"] = 0
    connections["default"].settings_dict["OPTIONS"] |= {"connect_timeout": 60, "options": PATIENT}
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = os.environ.get("KCC_TEST_TEMPLATE")


@pytest.fixture(autouse=True, scope="session")
def _own_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the files of the tests apart from those of an installation."""
    settings.FILES_ROOT = tmp_path_factory.mktemp("files")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """End what others still have open in the end, as the server of a browser test may: it would keep the database."""
    yield
    with django_db_blocker.unblock():
        connections["default"].close()
        with connections["default"].cursor() as cursor:
            cursor.execute(OTHERS_AWAY)


@pytest.fixture(autouse=True)
def _fresh_memory(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with nothing remembered; what is asked then is kept, also where counting queries takes more than a moment.

    Where a browser looks on, it is as short as it is in the real thing.
    """
    forget_everything()
    if "live_server" not in request.fixturenames:
        monkeypatch.setattr(memory, "SECONDS", 3600.0)


@pytest.fixture
def office(db: None) -> None:
    make.office()


@pytest.fixture
def parkeren(db: None) -> Team:
    return make.team("Parkeren")


@pytest.fixture
def voorlijn(db: None) -> Team:
    return make.team("Voorlijn", is_kcc=True)


@pytest.fixture
def noor(voorlijn: Team) -> User:
    """An agent of the contact centre."""
    return make.user("noor", Role.AGENT, teams=[voorlijn], first_name="Noor", last_name="Bakker")


@pytest.fixture
def lotte(voorlijn: Team) -> User:
    """Another agent of the contact centre."""
    return make.user("lotte", Role.AGENT, teams=[voorlijn], first_name="Lotte", last_name="Vermeulen")


@pytest.fixture
def rachid(parkeren: Team) -> User:
    """A specialist of the parking department."""
    return make.user("rachid", Role.SPECIALIST, teams=[parkeren], first_name="Rachid", last_name="Yilmaz")


@pytest.fixture
def sam(db: None) -> User:
    """A specialist of another department, who may see nothing of Parkeren."""
    return make.user("sam", Role.SPECIALIST, teams=[make.team("Belastingen")], first_name="Sam", last_name="Smit")


@pytest.fixture
def kees(voorlijn: Team, parkeren: Team) -> User:
    """The team lead."""
    return make.user("kees", Role.TEAM_LEAD, teams=[voorlijn, parkeren], first_name="Kees", last_name="de Boer")


@pytest.fixture
def marit(db: None) -> User:
    """An editor of the knowledge base."""
    return make.user("marit", Role.EDITOR, first_name="Marit", last_name="de Vries")


@pytest.fixture
def mies(db: None) -> User:
    """Another editor, for four eyes; also keeps lists in the admin."""
    return make.user("mies", Role.EDITOR, is_staff=True, first_name="Mies", last_name="Bos")


@pytest.fixture
def beheer(db: None) -> User:
    """The functional administrator: settings, no citizens."""
    return make.user("beheer", Role.ADMINISTRATOR, is_staff=True, first_name="Bea", last_name="Heer")


@pytest.fixture
def jansen(db: None) -> Customer:
    return make.customer("Anna", "Jansen", phone="06 90123456", email="a.jansen@voorbeeld.nl")


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    """Give a browser in which that user is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="accounts.adapter.Backend")
        return client

    return sign_in

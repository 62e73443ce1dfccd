"""What several of these tests need: a question by mail, who answers it, and a mail server at the other end."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import Client

from accounts.models import Team, User
from contacts.models import Case, Customer, Mailbox
from tests import make
from tests.contacts.letters import question
from tests.contacts.sink import Server
from tests.outside.ports import free_port


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), ready_timeout=60)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", controller.port, 20
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield handler
    controller.stop()


@pytest.fixture
def box(voorlijn: Team) -> Mailbox:
    return make.mailbox(team=voorlijn)


@pytest.fixture
def case(jansen: Customer, box: Mailbox) -> Case:
    return question(jansen, mailbox=box)


@pytest.fixture
def agent(as_user: Callable[[User], Client], noor: User) -> Client:
    return as_user(noor)

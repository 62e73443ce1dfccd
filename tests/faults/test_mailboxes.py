"""The line to a mailbox is cut, and who empties it killed, at every moment that counts: nothing is lost or doubled."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.db import connection, connections

from contacts.channels import imap
from contacts.models import Contact, Fetched, Heartbeat, Inbound, Mailbox
from tests import make
from tests.conftest import OTHERS_AWAY
from tests.faults.processes import Start, deliver, raw, take_in_all
from tests.letters import write
from tests.outside import mailboxes
from tests.outside.cable import Cable
from tests.outside.ports import answers, free_port, until

MAILS = 5
MOMENTS: dict[str, dict[str, Any]] = {
    "while the list comes": {"said": rb"FETCH 1:\d+", "after": 40},
    "while a mail comes": {"said": rb"UID FETCH \d+ .*PEEK", "after": 90},
    "before a mail is moved": {"said": rb"UID MOVE"},
    "when it was moved": {"said": rb"UID MOVE", "heard": True},
    "before the folder is made": {"said": rb"CREATE"},
    "when the folder was made": {"said": rb"CREATE", "heard": True},
}


@pytest.fixture(scope="module")
def running() -> Iterator[mailboxes.Server]:
    with mailboxes.running() as server:
        yield server


@pytest.fixture
def server(running: mailboxes.Server) -> mailboxes.Server:
    running.empty()
    running.put(running.users[0], *[write(f"Mail {number}") for number in range(MAILS)])
    return running


@pytest.fixture
def cable(server: mailboxes.Server) -> Iterator[Cable]:
    found = Cable(server.port)
    yield found
    found.close()


def box_at(server: mailboxes.Server, cable: Cable) -> Mailbox:
    box = make.mailbox(host="127.0.0.1", port=cable.port, security="none", username=server.users[0])
    box.set_secret(server.password)
    box.save()
    return box


def once_each(server: mailboxes.Server) -> None:
    """See that each mail is in the timeline and in the folder of what was done, and nowhere twice."""
    expected = [f"Mail {number}" for number in range(MAILS)]
    assert server.subjects(server.users[0]) == []
    assert sorted(server.subjects(server.users[0], "Verwerkt")) == expected
    assert Inbound.objects.count() == Fetched.objects.count() == MAILS
    take_in_all()
    assert sorted(Contact.objects.values_list("subject", flat=True)) == expected


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_line_is_cut(server: mailboxes.Server, cable: Cable, office: None, moment: str) -> None:
    box = box_at(server, cable)
    cable.cut_at(**MOMENTS[moment])
    run = imap.fetch(box, kept=lambda _inbound: None)
    assert run is not None
    assert (bool(run.trouble), cable.cuts) == (True, 1)
    again = imap.fetch(box, kept=lambda _inbound: None)
    assert (again.trouble, again.backlog) == ("", 0)
    box.refresh_from_db()
    assert box.failing_since is None
    once_each(server)


@pytest.mark.parametrize("moment", MOMENTS)
def test_who_empties_it_is_killed(start: Start, server: mailboxes.Server, cable: Cable, moment: str) -> None:
    box_at(server, cable)
    started: list[Any] = []
    cable.cut_at(**MOMENTS[moment], then=lambda: os.killpg(started[0].pid, signal.SIGKILL))
    started.append(start("manage.py", "receive_imap", "--once"))
    assert started[0].wait(60) == -signal.SIGKILL
    assert cable.cuts == 1
    assert start("manage.py", "receive_imap", "--once").wait(60) == 0
    once_each(server)


def test_both_doors_are_one_process(start: Start, server: mailboxes.Server, cable: Cable) -> None:
    box_at(server, cable)
    port = free_port()
    process = start("manage.py", "receive_smtp", "--imap", "--port", str(port))
    until(lambda: answers(port) and not server.subjects(server.users[0]))
    deliver(port, raw("door de andere deur"))
    until(Heartbeat.objects.filter(name="fetch", last_ok__isnull=False).exists)  # when it is done with the mailbox
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert Inbound.objects.filter(source="smtp").delete()[0]
    once_each(server)


def test_the_database_goes_away_halfway(start: Start, server: mailboxes.Server, cable: Cable) -> None:
    box_at(server, cable)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        own = cursor.fetchone()[0]

    def away() -> None:
        with closing(connections["default"]), connections["default"].cursor() as cursor:
            cursor.execute(f"{OTHERS_AWAY} AND pid <> %s", [own])

    cable.cut_at(rb"UID MOVE", heard=True, then=away)
    for _ in range(2):
        assert start("manage.py", "receive_imap", "--once").wait(60) == 0
    once_each(server)

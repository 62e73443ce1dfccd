"""Mail that leaves: once, with a Message-ID that never changes, and honest about what nobody can know."""

import email as stdlib_email
import email.policy
import smtplib
import socket
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from contacts import tasks
from contacts.channels import smtp as channel
from contacts.models import Heartbeat, Outgoing
from contacts.models.lease import LEASE
from tests.contacts.sink import Server


@pytest.fixture
def message(db: None) -> Outgoing:
    return Outgoing.write(
        key="rem:1",
        kind="reminder",
        recipient="rachid@voorbeeld.nl",
        subject="Terugbelverzoek één",
        body="Zie de lijst. €\n",
    )


def attempt(message: Outgoing) -> Outgoing:
    tasks.send_one(message.pk)
    message.refresh_from_db()
    return message


def take(message: Outgoing) -> Outgoing:
    held = Outgoing.objects.take(message.pk, now=timezone.now())
    assert held is not None
    return held


def expire() -> None:
    """Let 45 seconds pass for whoever holds a row."""
    Outgoing.objects.update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_message_leaves_once_with_its_own_id(server: Server, message: Outgoing) -> None:
    assert message.status == "waiting"
    assert attempt(message).status == "sent"
    assert message.handed_over_at is not None
    attempt(message)
    tasks.send_one(message.pk)
    assert len(server.accepted) == 1
    sent = stdlib_email.message_from_bytes(server.accepted[0], policy=email.policy.default)
    assert (sent["Message-ID"], sent["To"]) == (message.message_id, "rachid@voorbeeld.nl")
    assert (sent["Subject"], sent.get_content().strip()) == ("Terugbelverzoek één", "Zie de lijst. €")
    assert (sent["Auto-Submitted"], sent["X-Auto-Response-Suppress"]) == ("auto-generated", "All")


def test_what_a_person_wrote_is_not_marked_as_automatic(server: Server, db: None) -> None:
    headers = {"In-Reply-To": "<een@voorbeeld.nl>", "References": "<een@voorbeeld.nl>"}
    reply = Outgoing.write(key="r", kind="reply", recipient="a@voorbeeld.nl", subject="Re", body="Ja.", headers=headers)
    attempt(reply)
    sent = stdlib_email.message_from_bytes(server.accepted[0])
    assert (sent["Auto-Submitted"], sent["In-Reply-To"]) == (None, "<een@voorbeeld.nl>")


@pytest.mark.parametrize("answer", ["421 4.3.2 Shutting down", "451 4.7.1 Greylisted, come back"])
@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_not_now_is_tried_again_later(server: Server, message: Outgoing, answer: str, step: str) -> None:
    setattr(server, step, answer)
    attempt(message)
    assert (message.status, message.handed_over_at) == ("delayed", None)
    assert answer[:3] in message.last_error
    assert message.next_attempt_at > timezone.now()
    setattr(server, step, "250 OK")
    Outgoing.objects.update(next_attempt_at=timezone.now())
    assert attempt(message).status == "sent"
    assert len(server.accepted) == 1


@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_never_is_failed_and_not_tried_again(server: Server, message: Outgoing, step: str) -> None:
    setattr(server, step, "550 5.1.1 No such user")
    attempt(message)
    assert (message.status, "550" in message.last_error) == ("failed", True)
    assert not Outgoing.objects.due(now=timezone.now() + timedelta(days=9)).exists()
    assert server.accepted == []


def test_a_server_that_goes_away_after_the_data_leaves_it_uncertain(server: Server, message: Outgoing) -> None:
    server.drop_after_data = True
    attempt(message)
    assert (message.status, "onzeker" in message.last_error) == ("uncertain", True)
    server.drop_after_data = False
    Outgoing.objects.update(lease_until=None, next_attempt_at=timezone.now())
    attempt(message)
    assert len(server.accepted) == 1


def test_a_process_that_died_while_handing_over_leaves_it_uncertain(server: Server, message: Outgoing) -> None:
    held = take(message)
    held.hand_over()
    expire()
    assert attempt(message).status == "uncertain"
    assert server.accepted == []


def test_a_process_that_died_before_that_leaves_it_to_the_next(server: Server, message: Outgoing) -> None:
    take(message)
    expire()
    assert attempt(message).status == "sent"


def test_a_process_that_lost_the_row_hands_nothing_over(server: Server, message: Outgoing) -> None:
    held = take(message)
    Outgoing.objects.update(attempts=2)
    with pytest.raises(channel.Superseded):
        channel.send(held)
    assert server.accepted == []


def test_no_server_at_all_is_tried_again(message: Outgoing, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    attempt(message)
    assert (message.status, "ConnectionRefusedError" in message.last_error) == ("delayed", True)


def test_a_server_that_says_nothing_is_tried_again(message: Outgoing, settings: Any) -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()[:2]
    settings.EMAIL_TIMEOUT = 0.2
    with silent:
        attempt(message)
    assert (message.status, message.handed_over_at) == ("delayed", None)


def test_a_slow_goodbye_does_not_undo_what_was_sent(server: Server, message: Outgoing, monkeypatch: Any) -> None:
    def no_goodbye(self: smtplib.SMTP) -> None:
        raise smtplib.SMTPServerDisconnected("weg")

    monkeypatch.setattr(smtplib.SMTP, "quit", no_goodbye)
    assert attempt(message).status == "sent"


def test_nobody_can_put_a_header_into_a_message(server: Server, db: None) -> None:
    evil = "Hoi\r\nBcc: allen@voorbeeld.nl\u2028X: y\0"
    message = Outgoing.write(
        key="x",
        kind="reply",
        recipient="a@voorbeeld.nl",
        subject=evil,
        body="x",
        headers={"X-A": evil, "In-Reply-To": evil},
    )
    assert attempt(message).status == "sent"
    sent = stdlib_email.message_from_bytes(server.accepted[0])
    assert sent["Bcc"] is None
    assert sent["Subject"] == "Hoi Bcc: allen@voorbeeld.nl X: y"


@pytest.mark.parametrize(
    "recipient", ["", "geen adres", "a@b.nl\r\nRCPT TO:<x@y.nl>", "a@b.nl, c@d.nl", "é@voorbeeld.nl\0"]
)
def test_what_is_no_address_fails_and_harms_nobody_else(server: Server, db: None, recipient: str) -> None:
    message = Outgoing.write(key="x", kind="reply", recipient=recipient, subject="Hoi", body="x")
    assert attempt(message).status in {"failed", "sent"}
    assert len(server.accepted) <= (message.status == "sent")
    if "\n" in recipient or "," in recipient:
        assert message.status == "failed"


def test_the_same_key_is_one_message(db: None) -> None:
    first = Outgoing.write(key="k", kind="reply", recipient="a@voorbeeld.nl", subject="Een", body="x")
    assert Outgoing.write(key="k", kind="reply", recipient="b@voorbeeld.nl", subject="Twee", body="y") == first


def test_two_workers_send_it_once(server: Server, transactional_db: None) -> None:
    message = Outgoing.write(key="k", kind="reply", recipient="a@voorbeeld.nl", subject="Een", body="x")
    threads = [threading.Thread(target=_send_and_close, args=[message.pk]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.accepted) == 1


def _send_and_close(pk: int) -> None:
    try:
        tasks.send_one(pk)
    finally:
        connection.close()


def test_the_scan_hands_out_what_is_due_and_beats(message: Outgoing, monkeypatch: Any) -> None:
    handed: list[int] = []
    monkeypatch.setattr(tasks.send_one, "apply_async", lambda args, **options: handed.append(*args))
    tasks.send()
    assert handed == [message.pk]
    assert Heartbeat.objects.get(name="send").last_ok is not None
    Outgoing.objects.update(lease_until=timezone.now() + LEASE)
    tasks.send()
    assert handed == [message.pk]

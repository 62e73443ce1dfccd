"""Mailboxes emptied by IMAP, with a real server: kept and committed before moved, whatever lies there."""

import base64
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from accounts.models import Notification, User
from contacts import tasks
from contacts.channels import imap, mail_server
from contacts.management.commands import receive_imap
from contacts.management.commands.receive_imap import ACCESS, Rounds, Turn
from contacts.models import Contact, Fetched, Heartbeat, Inbound, Mailbox
from tests import make
from tests.letters import write
from tests.outside import mailboxes
from tests.outside.ports import free_port
from tests.outside.server import Asked, Reply, Server

DONE = "Verwerkt"


@pytest.fixture(scope="module")
def running() -> Iterator[mailboxes.Server]:
    with mailboxes.running() as server:
        yield server


@pytest.fixture
def server(running: mailboxes.Server) -> mailboxes.Server:
    running.empty()
    mail_server.tokens.clear()
    return running


@pytest.fixture
def box(server: mailboxes.Server, office: None) -> Mailbox:
    return mailbox(server)


def mailbox(server: mailboxes.Server, user: int = 0, **fields: Any) -> Mailbox:
    """Make a mailbox of ours that is emptied from this server."""
    values = {"host": "127.0.0.1", "port": server.port, "security": "none", "username": server.users[user]}
    made = make.mailbox(**({"address": f"box{user}@duinmeer.voorbeeld.nl"} | values | fields))
    made.set_secret(server.password)
    made.save()
    return made


def look(box: Mailbox) -> imap.Run:
    """Look into a mailbox once, and give what that brought; its state in the database is read again."""
    run = imap.fetch(box, kept=lambda _inbound: None)
    assert run is not None
    box.refresh_from_db()
    return run


def stored() -> list[str]:
    return [mailboxes.subject(bytes(row.raw)) for row in Inbound.objects.order_by("pk")]


# ── What is taken, and what becomes of it ─────────────────────────────────────────────────────────


def test_mails_are_kept_oldest_first_and_moved(server: mailboxes.Server, box: Mailbox) -> None:
    mails = [write(f"Mail {number}") for number in range(3)]
    server.put(box.username, *mails)
    assert look(box) == imap.Run(kept=3, backlog=0)
    assert stored() == ["Mail 0", "Mail 1", "Mail 2"]
    assert [bytes(row.raw) for row in Inbound.objects.order_by("pk")] == mails
    assert set(Inbound.objects.values_list("source", "mailbox")) == {("imap", box.pk)}
    assert server.subjects(box.username) == []
    assert server.subjects(box.username, DONE) == ["Mail 0", "Mail 1", "Mail 2"]
    assert (box.last_ok_at is not None, box.failing_since, box.backlog) == (True, None, 0)
    assert look(box).kept == 0


def test_a_mail_becomes_a_case_of_its_mailbox(server: mailboxes.Server, box: Mailbox) -> None:
    server.put(box.username, write("Kapotte lamp"))
    look(box)
    tasks.ingest_due()
    contact = Contact.objects.get()
    assert (contact.subject, contact.case.mailbox, contact.case.team) == ("Kapotte lamp", box, box.team)


def test_nothing_is_marked_as_read(server: mailboxes.Server, box: Mailbox) -> None:
    server.put(box.username, write("Ongelezen"))
    look(box)
    [(flags, _raw)] = server.lying(box.username, DONE)
    assert b"\\Seen" not in flags


def test_mail_that_was_thrown_away_is_left(server: mailboxes.Server, box: Mailbox) -> None:
    server.put(box.username, write("Weg"), flags=r"(\Deleted)")
    server.put(box.username, write("Gelezen op een telefoon"), flags=r"(\Seen)")
    assert look(box).kept == 1
    assert stored() == ["Gelezen op een telefoon"]
    assert server.subjects(box.username) == ["Weg"]


def test_it_is_committed_before_it_is_moved(
    server: mailboxes.Server, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(box.username, write("Eerst bewaren"))
    seen: list[int] = []
    monkeypatch.setattr(imap._Folder, "_move", lambda self, uid: seen.append(Fetched.objects.filter(uid=uid).count()))
    look(box)
    assert seen == [1]


def test_what_was_kept_but_not_moved_is_only_moved(
    server: mailboxes.Server, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(box.username, write("Blijft liggen"))
    with monkeypatch.context() as patched:
        patched.setattr(imap._Folder, "_move", lambda self, uid: None)
        assert look(box).kept == 1
    with monkeypatch.context() as patched:
        patched.setattr(imap._Folder, "_read", lambda *_: pytest.fail("it was read again"))
        assert look(box) == imap.Run(0, 0)
    assert server.subjects(box.username, DONE) == stored() == ["Blijft liggen"]


def test_other_numbers_for_the_same_mails_bring_nothing_new(
    server: mailboxes.Server, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(box.username, write("Genummerd"))
    with monkeypatch.context() as patched:
        patched.setattr(imap._Folder, "_move", lambda self, uid: None)
        look(box)
    Fetched.objects.update(uidvalidity=1)  # as after a server was rebuilt
    assert look(box).kept == 1
    assert (Inbound.objects.count(), Fetched.objects.count()) == (1, 2)
    assert server.subjects(box.username, DONE) == ["Genummerd"]


def test_one_mail_in_two_mailboxes_is_one_mail(server: mailboxes.Server, box: Mailbox) -> None:
    other = mailbox(server, 0, address="ander@duinmeer.voorbeeld.nl", folder="Tweede")
    client = server.client(box.username)
    client.create("Tweede")
    client.logout()
    server.put(box.username, write("Twee keer"))
    server.put(box.username, write("Twee keer"), folder="Tweede")
    look(box)
    look(other)
    assert stored() == ["Twee keer"]
    assert {row.mailbox for row in Fetched.objects.select_related("mailbox")} == {box, other}


@pytest.mark.parametrize(
    "name", ["Verwerkt", "Al gedaan", "Geregeld & klaar", "Afgehandeld één keer", "完成 ☃", 'Zo "x" \\ y']
)
def test_the_folder_for_what_was_done_is_made(server: mailboxes.Server, box: Mailbox, name: str) -> None:
    Mailbox.objects.filter(pk=box.pk).update(done_folder=name)
    box.refresh_from_db()
    for turn in ("een", "twee"):
        server.put(box.username, write(turn))
        assert look(box).trouble == ""
    assert server.subjects(box.username, imap._name(name)[1:-1]) == ["een", "twee"]


def test_another_folder_than_the_inbox(server: mailboxes.Server, box: Mailbox) -> None:
    client = server.client(box.username)
    client.create(imap._name("Vragen én klachten"))
    client.logout()
    server.put(box.username, write("Daar"), folder=imap._name("Vragen én klachten"))
    Mailbox.objects.filter(pk=box.pk).update(folder="Vragen én klachten")
    box.refresh_from_db()
    look(box)
    assert stored() == ["Daar"]


def test_a_folder_that_is_not_there_is_said(server: mailboxes.Server, box: Mailbox) -> None:
    Mailbox.objects.filter(pk=box.pk).update(folder="Nergens")
    box.refresh_from_db()
    assert look(box).trouble == box.last_error == "De map Nergens is er niet."
    assert box.failing_since is not None


def test_mails_are_not_moved_to_where_they_come_from(server: mailboxes.Server, box: Mailbox) -> None:
    Mailbox.objects.filter(pk=box.pk).update(done_folder="INBOX")
    box.refresh_from_db()
    server.put(box.username, write("Rondje"))
    assert look(box).trouble
    assert stored() == []


def test_of_a_mail_that_is_too_large_the_beginning_is_kept(
    server: mailboxes.Server, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "LARGEST", 20_000)
    monkeypatch.setattr(imap, "BEGINNING", 2_000)
    large = write("Groot", text="Beste gemeente,\r\n" + "vierkant\r\n" * 5000)
    server.put(box.username, large, write("Klein"))
    assert look(box).kept == 2
    row = Inbound.objects.order_by("pk").first()
    assert row is not None
    assert (bytes(row.raw), row.envelope["cut"]) == (large[:2000], len(large))
    assert server.lying(box.username, DONE)[0][1] == large
    tasks.ingest_due()
    contact = Contact.objects.get(subject="Groot")
    assert contact.text.startswith("Beste gemeente,")
    assert "[Ingekort" in contact.text
    assert "[Ingekort" not in Contact.objects.get(subject="Klein").text


def test_a_long_run_ends_and_says_what_is_left(
    server: mailboxes.Server, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "MOST", 2)
    server.put(box.username, *[write(f"Mail {number}") for number in range(5)])
    assert look(box) == imap.Run(kept=2, backlog=3)
    assert box.backlog == 3
    assert [look(box).backlog, look(box).backlog] == [1, 0]
    assert stored() == [f"Mail {number}" for number in range(5)]


def test_mails_behind_many_that_are_left_are_found(
    server: mailboxes.Server, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "WINDOW", 2)
    server.put(box.username, *[write(f"Weg {number}") for number in range(5)], flags=r"(\Deleted)")
    server.put(box.username, write("Erachter"))
    assert look(box) == imap.Run(1, 0)
    assert stored() == ["Erachter"]


def test_a_mail_that_the_server_cannot_give_keeps_no_other_waiting(
    server: mailboxes.Server, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(box.username, write("Kapot"), write("Heel"))
    own = imap._Folder._read

    def read(folder: Any, uid: int, *, cut: bool) -> bytes | None:
        raw = own(folder, uid, cut=cut)
        if raw and b"Kapot" in raw:
            raise mail_server.Trouble("De server geeft een e-mail niet: schijf")
        return raw

    with monkeypatch.context() as patched:
        patched.setattr(imap._Folder, "_read", read)
        run = look(box)
    assert (run.kept, run.trouble, box.last_error) == (1, *["De server geeft een e-mail niet: schijf"] * 2)
    assert stored() == ["Heel"]
    assert look(box).kept == 1
    assert (box.failing_since, box.last_error) == (None, "")


def test_every_sign_of_a_mail_stays(server: mailboxes.Server, box: Mailbox) -> None:
    signs = bytes({*range(1, 256)} - {10, 13})
    raw = b"From: a@b.nl\r\nSubject: =?bogus\r\n\r\n" + signs + b"\r\n.\r\n) UID 7 {3}\r\nabc\r\n"
    server.put(box.username, raw)
    look(box)
    assert bytes(Inbound.objects.get().raw) == raw


# ── Servers of another kind ───────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def simple() -> Iterator[mailboxes.Server]:
    """A server that can neither move mails nor expunge some of them."""
    with mailboxes.running(more="imap_capability = IMAP4rev1") as server:
        yield server


def test_without_move_a_mail_is_copied_and_expunged(
    server: mailboxes.Server, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap._Folder, "_abilities", lambda self: {"UIDPLUS"})
    server.put(box.username, write("Van een ander"), flags=r"(\Deleted)")
    server.put(box.username, write("Oude server"))
    assert look(box) == imap.Run(1, 0)
    assert server.subjects(box.username, DONE) == ["Oude server"]
    assert server.subjects(box.username) == ["Van een ander"]


def test_an_old_server_keeps_what_was_done_marked(
    simple: mailboxes.Server, office: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not mailboxes.dovecot():  # pymap always tells all that it can
        monkeypatch.setattr(imap._Folder, "_abilities", lambda self: set())
    simple.empty()
    box = mailbox(simple)
    simple.put(box.username, write("Heel oude server"))
    assert [look(box), look(box)] == [imap.Run(1, 0), imap.Run(0, 0)]
    assert simple.subjects(box.username, DONE) == ["Heel oude server"]
    [(flags, _raw)] = simple.lying(box.username)
    assert b"\\Deleted" in flags


# ── The line, and signing in ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def trusting(server: mailboxes.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the certificate of the server, which is in the name of localhost."""
    ours = ssl.create_default_context(cafile=str(server.certificate))
    monkeypatch.setattr(mail_server, "_tls", lambda: ours)


@pytest.fixture
def sealed(box: Mailbox) -> Callable[..., Mailbox]:
    """Change how we reach the mailbox."""

    def change(**fields: Any) -> Mailbox:
        Mailbox.objects.filter(pk=box.pk).update(**fields)
        box.refresh_from_db()
        return box

    return change


def test_a_wrong_password_is_said_without_repeating_it(server: mailboxes.Server, box: Mailbox) -> None:
    box.set_secret("onzin-onzin")
    run = look(box)
    assert (run.refused, run.trouble) == (True, box.last_error)
    assert run.trouble
    assert "onzin" not in box.last_error


def test_a_server_that_is_away_is_said(box: Mailbox, sealed: Callable[..., Mailbox]) -> None:
    run = look(sealed(port=free_port()))
    assert (run.refused, run.trouble) == (False, "ConnectionRefusedError: [Errno 111] Connection refused")


def test_a_server_that_talks_nonsense_is_said(sealed: Callable[..., Mailbox]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_babble, args=[listener], daemon=True).start()
        assert look(sealed(port=listener.getsockname()[1])).trouble


def _babble(listener: socket.socket) -> None:
    line, _address = listener.accept()
    with line:
        line.sendall(b"220 smtp.example.org ESMTP\r\n" + bytes(range(256)) + b"\r\n")


def test_an_answer_without_end_is_refused(box: Mailbox) -> None:
    line = mail_server._Bounded.__new__(mail_server._Bounded)
    with pytest.raises(mail_server.imaplib.IMAP4.abort):
        line.read(mail_server.LARGEST + 1)


WAYS = ["tls", "starttls"] if mailboxes.dovecot() else ["starttls"]  # pymap has no port of its own for TLS


@pytest.mark.parametrize("security", WAYS)
def test_a_certificate_that_nobody_vouches_for_is_refused(
    server: mailboxes.Server, sealed: Callable[..., Mailbox], security: str
) -> None:
    server.put(server.users[0], write("Afgeluisterd"))
    port = server.tls_port if security == "tls" else server.port
    assert "CERTIFICATE_VERIFY_FAILED" in look(sealed(security=security, port=port, host="localhost")).trouble
    assert stored() == []


@pytest.mark.parametrize("security", WAYS)
def test_over_tls(trusting: None, server: mailboxes.Server, sealed: Callable[..., Mailbox], security: str) -> None:
    server.put(server.users[0], write("Versleuteld"))
    port = server.tls_port if security == "tls" else server.port
    assert look(sealed(security=security, port=port, host="localhost")) == imap.Run(1, 0)
    assert "CERTIFICATE_VERIFY_FAILED" in look(sealed(host="127.0.0.1")).trouble, "it is in another name"


def test_a_server_without_starttls_is_told_nothing(box: Mailbox, sealed: Callable[..., Mailbox]) -> None:
    with scripted([b"* OK IMAP4rev1", {b"CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN"}]) as (port, said):
        run = look(sealed(security="starttls", port=port))
    assert run.trouble
    assert not any(b"AUTHENTICATE" in line or b"LOGIN" in line for line in said)


@contextmanager
def scripted(script: list[Any]) -> Iterator[tuple[int, list[bytes]]]:
    """Give a server that greets and gives set answers, each before its OK; and what was said to it."""
    said: list[bytes] = []
    greeting, answers = script[0], script[1] if len(script) > 1 else {}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=[listener, greeting, answers, said], daemon=True).start()
        yield listener.getsockname()[1], said


def _serve(listener: socket.socket, greeting: bytes, answers: dict[bytes, bytes], said: list[bytes]) -> None:
    with suppress(OSError):
        while True:
            line, _address = listener.accept()
            with suppress(OSError, ValueError), line, line.makefile("rwb", buffering=0) as file:
                file.write(greeting + b"\r\n")
                while command := file.readline():
                    said.append(command.strip())
                    tag, verb, *_rest = command.split()
                    answer = answers.get(verb.upper(), b"")
                    if answer.startswith(b"+"):
                        file.write(answer + b"\r\n")
                        said.append(file.readline().strip())
                        answer = b""
                    file.write((answer + b"\r\n" if answer else b"") + tag + b" OK done\r\n")


def test_without_plain_an_old_server_gets_a_quoted_name_and_password(
    box: Mailbox, sealed: Callable[..., Mailbox]
) -> None:
    answers = {b"CAPABILITY": b"* CAPABILITY IMAP4rev1", b"SELECT": b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] x"}
    with scripted([b"* OK IMAP4rev1", answers]) as (port, said):
        box.set_secret('pass "word" \\ 1')
        box.save()
        assert look(sealed(port=port, username='post"bus')) == imap.Run(0, 0)
        assert b'"post\\"bus" "pass \\"word\\" \\\\ 1"' in said[1]
        box.set_secret("wachtwoord\r\nX1 DELETE INBOX")
        box.save()
        assert look(sealed(port=port)).trouble.startswith("Deze server kan niet om")
    assert not any(b"DELETE" in line for line in said)


# ── OAuth2 ────────────────────────────────────────────────────────────────────────────────────────


class Tokens(Server):
    """Gives access tokens, and tells Dovecot which ones are good."""

    def __init__(self) -> None:
        super().__init__()
        self.given, self.good, self.renewed = 0, {"jeton-1", "jeton-2", "jeton-3"}, ""

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/introspect":
            token = asked.headers.get("authorization", "").removeprefix("Bearer ")
            known = (
                {"active": True, "username": "post@duinmeer.voorbeeld.nl"} if token in self.good else {"active": False}
            )
            return Reply.of(known)
        if asked.form.get("client_secret") != "geheim":
            return Reply.of({"error": "invalid_client"}, 401)
        self.given += 1
        found: dict[str, Any] = {"access_token": f"jeton-{self.given}", "expires_in": 3600, "token_type": "Bearer"}
        return Reply.of(found | ({"refresh_token": self.renewed} if self.renewed else {}))


@pytest.fixture(scope="module")
def tokens() -> Iterator[Tokens]:
    found = Tokens()
    with found:
        yield found


SASL = b"user=post@duinmeer.voorbeeld.nl\x01auth=Bearer jeton-1\x01\x01"


def by_token(port: int, tokens: Tokens, secret: str = "geheim\nverversing") -> Mailbox:
    tokens.given, tokens.renewed = 0, ""
    tokens.asked.clear()
    mail_server.tokens.clear()
    box = make.mailbox(
        host="127.0.0.1",
        port=port,
        security="none",
        username="post@duinmeer.voorbeeld.nl",
        sign_in="oauth",
        oauth_token_url=f"{tokens.url}/token",
        oauth_client_id="kcc",
        oauth_scope="https://outlook.office365.com/.default",
    )
    box.set_secret(secret)
    box.save()
    return box


XOAUTH2 = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2",
    b"AUTHENTICATE": b"+ ",
    b"SELECT": b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] x",
}


def test_a_token_is_asked_once_and_said_as_it_must_be(office: None, tokens: Tokens) -> None:
    with scripted([b"* OK IMAP4rev1", XOAUTH2]) as (port, said):
        box = by_token(port, tokens)
        assert [look(box), look(box)] == [imap.Run(0, 0)] * 2
    assert [base64.b64decode(line) for line in said if line.startswith(b"dXNlcj")] == [SASL, SASL]
    assert any(line.endswith(b"AUTHENTICATE XOAUTH2") for line in said)
    [asked] = tokens.asked
    assert asked.form == {
        "client_id": "kcc",
        "client_secret": "geheim",
        "scope": "https://outlook.office365.com/.default",
        "grant_type": "refresh_token",
        "refresh_token": "verversing",
    }


def test_without_a_refresh_token_we_ask_in_our_own_name(office: None, tokens: Tokens) -> None:
    with scripted([b"* OK IMAP4rev1", XOAUTH2]) as (port, _said):
        look(by_token(port, tokens, secret="geheim"))
    assert tokens.asked[0].form["grant_type"] == "client_credentials"
    assert "refresh_token" not in tokens.asked[0].form


def test_a_new_refresh_token_is_kept(office: None, tokens: Tokens) -> None:
    with scripted([b"* OK IMAP4rev1", XOAUTH2]) as (port, _said):
        box = by_token(port, tokens)
        tokens.renewed = "de volgende"
        look(box)
        assert box.secret == "geheim\nde volgende"
        mail_server.tokens.clear()  # as after a restart
        look(box)
    assert tokens.asked[1].form["refresh_token"] == "de volgende"


def test_no_token_is_said(office: None, tokens: Tokens) -> None:
    box = by_token(9, tokens, secret="fout")
    with scripted([b"* OK IMAP4rev1", XOAUTH2]) as (port, _said):
        Mailbox.objects.filter(pk=box.pk).update(port=port)
        box.refresh_from_db()
        run = look(box)
    assert (run.refused, run.trouble) == (True, "Er kwam geen toegangstoken: invalid_client")


@pytest.fixture(scope="module")
def tokened(tokens: Tokens) -> Iterator[mailboxes.Server]:
    """A server that asks our token server whether a token is good; pymap has no such thing."""
    if mailboxes.dovecot():
        with mailboxes.running(introspection=f"{tokens.url}/introspect") as server:
            yield server
    else:
        with scripted([b"* OK IMAP4rev1", XOAUTH2]) as (port, _said):
            yield mailboxes.Server(port, 0, [], "", Path())


def test_a_real_server_lets_us_in_by_token(office: None, tokens: Tokens, tokened: mailboxes.Server) -> None:
    box = by_token(tokened.port, tokens)
    assert look(box) == imap.Run(0, 0)
    if mailboxes.dovecot():
        tokened.put(box.username, write("Met een token"))
        assert look(box) == imap.Run(1, 0)
        tokens.good.discard("jeton-1")
        mail_server.tokens[box.pk] = (box.secret, "jeton-1", float("inf"))
        assert look(box).refused, "it was withdrawn"
        assert look(box) == imap.Run(0, 0), "another is asked for"


# ── Rounds ────────────────────────────────────────────────────────────────────────────────────────


def test_two_who_look_at_once_do_not_meet(
    server: mailboxes.Server, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.office()
    box = mailbox(server)
    server.put(box.username, write("Een keer"))
    inside, go_on, found = threading.Event(), threading.Event(), []
    own = imap._Folder.empty

    def empty(folder: Any) -> imap.Run:
        inside.set()
        assert go_on.wait(60)
        return own(folder)

    monkeypatch.setattr(imap._Folder, "empty", empty)

    def first() -> None:
        with closing(connections["default"]):
            found.append(imap.fetch(box, kept=lambda _inbound: None))

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(60)
    assert imap.fetch(box, kept=lambda _inbound: None) is None
    go_on.set()
    thread.join()
    assert found == [imap.Run(1, 0)]
    assert imap.fetch(box, kept=lambda _inbound: None) == imap.Run(0, 0)


def turn_of(box: Mailbox) -> Turn:
    return Turn(tuple(getattr(box, name) for name in ACCESS))


def test_who_is_refused_waits_longer_each_time(
    server: mailboxes.Server, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox(server)
    monkeypatch.setattr(imap, "fetch", lambda *_args, **_options: imap.Run(0, 0, "fout wachtwoord", refused=True))
    monkeypatch.setattr(receive_imap.time, "monotonic", lambda: 0.0)
    rounds, turn, waits = Rounds(), turn_of(box), []
    for _ in range(6):
        rounds._look(box, turn)
        waits.append(turn.at)
    assert waits == [60, 300, 900, 1800, 1800, 1800]
    monkeypatch.setattr(imap, "fetch", lambda *_args, **_options: imap.Run(0, 0))
    rounds._look(box, turn)
    assert (turn.at, turn.failures) == (receive_imap.EVERY, 0)


def test_a_mended_mailbox_is_looked_into_at_once(
    server: mailboxes.Server, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.office()
    box = mailbox(server)
    box.set_secret("fout")
    box.save()
    server.put(box.username, write("Eindelijk"))
    rounds = Rounds()
    go(rounds)
    assert rounds.turns[box.pk].failures == 1
    go(rounds)
    assert rounds.turns[box.pk].failures == 1, "it is not its turn yet"
    box.set_secret(server.password)
    box.save()
    go(rounds)
    assert stored() == ["Eindelijk"]
    assert Heartbeat.objects.get(name="fetch").last_ok is not None


def go(rounds: Rounds) -> None:
    """Go round once, and wait until all who looked are done."""
    rounds.go()
    for turn in rounds.turns.values():
        assert turn.job is not None
        turn.job.result(60)
    wait([rounds.threads.submit(connections.close_all) for _ in range(8)])


def test_whatever_goes_wrong_is_noted_at_the_mailbox(
    server: mailboxes.Server, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox(server)
    monkeypatch.setattr(imap, "signed_in", lambda _box: 1 / 0)
    rounds = Rounds()
    rounds._look(box, turn := turn_of(box))
    box.refresh_from_db()
    assert (box.last_error, turn.failures) == ("ZeroDivisionError", 1)


def test_administrators_hear_of_it_once_after_a_quarter(box: Mailbox, beheer: User, noor: User) -> None:
    box.fetch_failed("fout wachtwoord")
    assert not Notification.objects.exists()
    Mailbox.objects.filter(pk=box.pk).update(failing_since=timezone.now() - timedelta(minutes=16))
    for _ in range(2):
        box.fetch_failed("fout wachtwoord")
    [line] = Notification.objects.all()
    assert (line.recipient, box.address in line.text, f"/{box.pk}/" in line.url) == (beheer, True, True)
    box.fetched_well(backlog=0)
    box.fetch_failed("weer")
    Mailbox.objects.filter(pk=box.pk).update(failing_since=timezone.now() - timedelta(minutes=16))
    box.fetch_failed("weer")
    assert Notification.objects.count() == 2


def test_the_command_looks_once(server: mailboxes.Server, transactional_db: None) -> None:
    make.office()
    box = mailbox(server)
    server.put(box.username, write("Met het commando"))
    call_command("receive_imap", "--once")
    assert stored() == ["Met het commando"]

"""The line to an outside network: only to the host that was meant, never inside our own walls, never for ever."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from contacts.channels import line
from tests.outside.drops import until_drops
from tests.outside.server import Asked, Reply, Server

DROPS = 400


class Plain(Server):
    def answer(self, asked: Asked) -> Reply:
        return Reply(200, asked.method.encode() + b" " + asked.body, {"X-Path": asked.path})


@pytest.fixture
def server() -> Iterator[Server]:
    with Plain() as running:
        yield running


def test_an_answer_comes_back(server: Server) -> None:
    answer = line.ask("POST", f"{server.url}/een/é?x=1 2", ours=server.url, body=b"hoi", headers={"X-A": "b"})
    assert (answer.status, answer.body, answer.whole) == (200, b"POST hoi", True)
    assert answer.headers["x-path"] == "/een/%C3%A9"
    assert (server.asked[0].headers["x-a"], server.asked[0].query) == ("b", {"x": ["1 2"]})


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "2001:0:7f00:1::80ff:fffe", "fec0::1",
    ],
)  # fmt: skip
def test_what_is_inside_our_walls_is_not_public(address: str) -> None:
    assert not line.is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "157.240.201.35", "2a03:2880:f145:82:face:b00c:0:25de", "::ffff:8.8.8.8"]
)
def test_the_world_is_public(address: str) -> None:
    assert line.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://0x7f000001/", "https://2130706433/",
        "https://127.1/", "https://[::ffff:127.0.0.1]/", "http://example.org/", "ftp://example.org/", "file:///etc/passwd",
        "gopher://x/", "//x/", "x", "", "https://", "https:///x", "https://a:b@example.org/", "https://x:99999/",
        "https://[::1", "https://exa mple.org/", "https://example.org/\r\nHost: x", "https://\ud800/", "https://.",
        "https://" + "a" * 300, "javascript:alert(1)", "https://\0/", "https://a_b/..\\x",
    ],
)  # fmt: skip
def test_other_addresses_are_not_asked(url: str) -> None:
    with pytest.raises(line.Unreachable):
        line.ask("GET", url)


def test_the_trusted_origin_is_that_port_and_nothing_else(server: Server) -> None:
    other = server.url.replace("127.0.0.1", "localhost")
    with pytest.raises(line.Forbidden):
        line.ask("GET", other, ours=server.url)
    with pytest.raises(line.Forbidden):
        line.ask("GET", f"http://127.0.0.1:{server.httpd.server_port + 1}/", ours=server.url)


def test_a_name_that_points_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def rebound(host: str, port: int, **options: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in ("8.8.8.8", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    with pytest.raises(line.Forbidden):
        line.ask("GET", "https://evil.voorbeeld.nl/")


def test_a_redirect_is_an_answer_and_not_followed(server: Server) -> None:
    server.fail(Reply(302, b"", {"Location": "http://169.254.169.254/"}))
    answer = line.ask("GET", server.url, ours=server.url)
    assert (answer.status, len(server.asked)) == (302, 1)


def test_an_answer_that_is_too_long_or_breaks_off_is_not_whole(server: Server) -> None:
    server.fail(Reply(200, b"x" * 5000))
    answer = line.ask("GET", server.url, ours=server.url, limit=1000)
    assert (answer.whole, len(answer.body)) == (False, 1000)
    server.fail(Reply(200, b"x" * 5000, cut=100))
    answer = line.ask("GET", server.url, ours=server.url)
    assert (answer.whole, len(answer.body)) == (False, 100)


def test_who_is_not_there_is_unreachable_and_was_asked_nothing() -> None:
    told: list[int] = []
    with pytest.raises(line.Unreachable):
        line.ask("GET", "http://127.0.0.1:1/", ours="http://127.0.0.1:1", ready=lambda: told.append(1))
    assert told == []


def test_who_goes_away_broke_off_after_we_were_ready(server: Server) -> None:
    told: list[int] = []
    server.fail(Reply(drops=True))
    with pytest.raises(line.BrokenOff):
        line.ask("GET", server.url, ours=server.url, ready=lambda: told.append(len(server.asked)))
    assert told == [0]


def test_who_is_not_ready_sends_nothing(server: Server) -> None:
    def lost() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        line.ask("GET", server.url, ours=server.url, ready=lost)
    assert server.asked == []


def test_a_server_that_hangs_is_left(server: Server) -> None:
    server.fail(Reply(hangs=True))
    with pytest.raises(line.BrokenOff):
        line.ask("GET", server.url, ours=server.url, seconds=0.2)


@pytest.mark.parametrize(
    ("head", "drop", "answers"),
    [
        (b"", b"x", False),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y", True),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x", True),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"x", True),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", True),
        (b"HTTP/1.0 200 OK\r\n\r\n", b"x", True),
    ],
    ids=["nothing", "a header", "headers", "a length", "closes", "chunks", "old"],
)
def test_a_server_that_answers_by_drops_is_left(
    monkeypatch: pytest.MonkeyPatch, head: bytes, drop: bytes, answers: bool
) -> None:
    dripping = Dripping(head, drop)
    until_drops(monkeypatch, lambda: dripping.sent)
    with serving(dripping) as (url, dripping.over):
        try:
            answer = line.ask("GET", url, ours=url)
        except line.BrokenOff:
            assert not answers
        else:
            assert (answer.status, answer.whole, answers) == (200, False, True)
    assert dripping.sent < DROPS


def test_a_server_that_greets_by_drops_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "CONNECT", 0.2)
    dripping = Dripping(b"\x16\x03\x03\x3f\xff", b"\0")  # the first of TLS is a record of 16 kB
    with serving(dripping) as (url, dripping.over):
        https = url.replace("http:", "https:")
        with pytest.raises(line.Unreachable):
            line.ask("GET", https, ours=https)
    assert dripping.sent < DROPS


@pytest.mark.parametrize("junk", [b"geen http\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200, b"\0" * 70000, b""])
def test_what_is_no_http_broke_off(junk: bytes) -> None:
    with serving(lambda talk: talk.sendall(junk)) as (url, _over), pytest.raises(line.BrokenOff):
        line.ask("GET", url, ours=url)


def test_what_is_not_tls_is_unreachable() -> None:
    with serving(lambda talk: talk.sendall(b"HTTP/1.1 200 OK\r\n\r\n")) as (url, _over):
        https = url.replace("http:", "https:")
        with pytest.raises(line.Unreachable):
            line.ask("GET", https, ours=https)


def test_certificates_are_checked() -> None:
    context = line._tls()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


class Dripping:
    """Some bytes, and then drops for as long as nobody goes away: it ends by itself only after very many."""

    def __init__(self, head: bytes, drop: bytes) -> None:
        self.head, self.drop = head, drop
        self.over, self.sent = threading.Event(), 0

    def __call__(self, talk: socket.socket) -> None:
        talk.sendall(self.head)
        while self.sent < DROPS and not self.over.wait(0.02):
            talk.sendall(self.drop)
            self.sent += 1


class serving:
    """A port that answers one connection by this function."""

    def __init__(self, answer: Callable[[socket.socket], None]) -> None:
        self.answer, self.over = answer, threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        try:
            talk, _address = self.socket.accept()
            with talk:
                talk.settimeout(1)
                if self.answer is not None:
                    talk.recv(65536)
                self.answer(talk)
        except OSError:
            pass

    def __enter__(self) -> tuple[str, threading.Event]:
        self.thread.start()
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}", self.over

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self.socket.close()
        self.thread.join(5)

"""The push process, run for real: who may listen, what arrives, and what happens when Redis goes away."""

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.core.signing import TimestampSigner

from kcc.local.place import ROOT
from tests.outside.broker import Broker
from tests.outside.ports import free_port, until

KEY = "a key for this test only, long enough to be one"
ORIGIN = "http://localhost:8000"


class Push:
    def __init__(self, port: int, broker: Broker) -> None:
        self.port = port
        self.broker = broker

    def get(self, path: str, origin: str | None = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers={"Origin": origin} if origin else {})
        return connection.getresponse()

    def health(self) -> dict[str, object]:
        try:
            health: dict[str, object] = json.loads(self.get("/events/health").read())
        except OSError:
            return {}
        return health

    def publish(self, channel: str, hint: object) -> None:
        redis.Redis.from_url(self.broker.url).publish(f"kcc:hint:{channel}", json.dumps(hint))


@pytest.fixture(scope="module")
def push(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Push]:
    push = Push(free_port(), Broker(tmp_path_factory.mktemp("events")))
    push.broker()
    env = os.environ | {"SECRET_KEY": KEY, "REDIS_URL": push.broker.url, "KCC_EVENTS_CORS": ORIGIN}
    command = [sys.executable, "-m", "uvicorn", "kcc.events:application", "--port", str(push.port)]
    process = subprocess.Popen([*command, "--timeout-graceful-shutdown", "1"], cwd=ROOT, env=env)
    try:
        until(lambda: push.health().get("redis"))
        yield push
    finally:
        process.terminate()
        process.wait(timeout=60)
        push.broker.end()


def token(*channels: str, key: str = KEY) -> str:
    return TimestampSigner(key=key, salt="kcc.events").sign_object({"c": list(channels)})


def block(response: http.client.HTTPResponse) -> str:
    """Give the next event of a stream."""
    lines = []
    while line := response.readline().decode():
        if line == "\n":
            return "".join(lines)
        lines.append(line)
    return "".join(lines)


def test_hint_reaches_who_may_hear_it_and_only_them(push: Push) -> None:
    mine, other = push.get(f"/events/?t={token('user:1')}"), push.get(f"/events/?t={token('user:2', 'team:3')}")
    assert mine.status == 200
    assert mine.getheader("Content-Type") == "text/event-stream; charset=utf-8"
    assert mine.getheader("Cache-Control") == "no-store"
    assert block(mine) == block(other) == "retry: 3000\n"
    push.publish("user:1", {"event": "timeline", "id": "7"})
    push.publish("team:3", {"event": "callbacks", "id": None, "name": "M. Jansen"})
    assert block(mine) == 'event: timeline\ndata: {"id": "7"}\n'
    assert block(other) == 'event: callbacks\ndata: {"id": null}\n'
    mine.close()
    other.close()
    until(lambda: push.health()["streams"] == 0)


@pytest.mark.parametrize(
    "wrong",
    ["", "x", "a:b:c", token("user:1", key="another key")],
    ids=["none", "no token", "three parts", "of another key"],
)
def test_wrong_token_is_refused(push: Push, wrong: str) -> None:
    response = push.get(f"/events/?t={wrong}")
    assert response.status == 403
    assert b"user" not in response.read()


def test_old_token_is_refused(push: Push, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.core.signing.time.time", lambda: 1_000_000_000)
    old = token("user:1")
    monkeypatch.undo()
    assert push.get(f"/events/?t={old}").status == 403


@pytest.mark.parametrize(
    "nonsense", ["no json", {"id": 1}, {"event": "a\ndata: b"}, {"event": 3}, ["event"], {"event": "x" * 60}]
)
def test_nonsense_on_the_channel_is_not_passed_on(push: Push, nonsense: object) -> None:
    stream = push.get(f"/events/?t={token('user:9')}")
    block(stream)
    push.publish("user:9", nonsense)
    push.publish("user:9", {"event": "good"})
    assert block(stream) == 'event: good\ndata: {"id": null}\n'
    stream.close()


def test_only_our_own_pages_may_read_across_ports(push: Push) -> None:
    ours = push.get(f"/events/?t={token('user:1')}", origin=ORIGIN)
    assert ours.getheader("Access-Control-Allow-Origin") == ORIGIN
    theirs = push.get(f"/events/?t={token('user:1')}", origin="https://elsewhere.example")
    assert theirs.getheader("Access-Control-Allow-Origin") is None
    ours.close()
    theirs.close()


def test_one_token_opens_a_few_streams_only(push: Push) -> None:
    one = token("user:5")
    streams = [push.get(f"/events/?t={one}") for _ in range(6)]
    assert [stream.status for stream in streams] == [200] * 5 + [503]
    for stream in streams:
        stream.close()


def test_stream_survives_redis_and_says_that_hints_were_missed(push: Push) -> None:
    stream = push.get(f"/events/?t={token('user:4')}")
    block(stream)
    push.broker.end()
    until(lambda: push.health().get("redis") is False)
    push.broker()
    assert block(stream) == "event: missed\ndata: {}\n"
    push.publish("user:4", {"event": "timeline", "id": "8"})
    assert block(stream) == 'event: timeline\ndata: {"id": "8"}\n'
    stream.close()


def test_elsewhere_and_other_methods(push: Push) -> None:
    assert push.get("/").status == 404
    connection = http.client.HTTPConnection("127.0.0.1", push.port, timeout=60)
    connection.request("POST", "/events/")
    assert connection.getresponse().status == 405


def test_process_imports_no_settings(tmp_path: Path) -> None:
    script = "import kcc.events, django.conf; assert not django.conf.settings.configured"
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, check=True)

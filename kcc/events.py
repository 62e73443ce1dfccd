"""The process that pushes hints to open pages: one Redis subscription in, a stream of server-sent events per page out.

It knows no person and no database. A page shows a signed token that names the channels it may hear; what it hears is
that something changed, and it then asks the web application for it. A lost hint costs a page one polling interval.
Run it with: uvicorn kcc.events:application
"""

import asyncio
import json
import logging
import os
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import redis.asyncio
from django.core.signing import BadSignature, TimestampSigner

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SALT, PREFIX = "kcc.events", "kcc:hint:"  # as in accounts/push.py
TOKEN_AGE = 15 * 60  # seconds within which a token opens a stream
STREAM_AGE = 60 * 60  # seconds after which a stream ends, so that a page shows a fresh token
PING = 15.0  # seconds between signs of life; proxies close what is silent for a minute
STREAMS, STREAMS_PER_TOKEN = int(os.environ.get("KCC_EVENTS_STREAMS", "5000")), 5
CHANNELS, WAITING = 50, 100  # per stream
EVENT = re.compile(r"[a-z][a-z0-9_:.-]{0,49}")

log = logging.getLogger("kcc.events")


def setting(name: str, default: str = "") -> str:
    """Give NAME, or the content of the file in NAME_FILE, as kcc.settings does; this process loads no settings."""
    if path := os.environ.get(f"{name}_FILE"):
        return os.environ.get(name) or Path(path).read_text().strip()
    return os.environ.get(name) or default


def channels(token: str) -> list[str]:
    """Give the channels that this token lets one hear; raise BadSignature when it does not hold (any more)."""
    old: list[str | bytes] = [key for key in setting("SECRET_KEY_FALLBACKS").split(",") if key]
    signer = TimestampSigner(key=setting("SECRET_KEY"), fallback_keys=old, salt=SALT)
    names = signer.unsign_object(token, max_age=TOKEN_AGE).get("c", [])
    return [str(name) for name in names[:CHANNELS]]


class Stream:
    """What one page has yet to hear. The same hint twice is one hint; too many, and the oldest go."""

    def __init__(self, names: list[str]) -> None:
        self.channels = names
        self.waiting: dict[bytes, None] = {}
        self.news = asyncio.Event()

    def put(self, hint: bytes) -> None:
        self.waiting[hint] = None
        if len(self.waiting) > WAITING:
            del self.waiting[next(iter(self.waiting))]
        self.news.set()

    async def take(self) -> bytes:
        """Give all that waits, or a sign of life when nothing comes for a while."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.news.wait(), PING)
        self.news.clear()
        hints, self.waiting = b"".join(self.waiting), {}
        return hints or b": still here\n\n"


class Relay:
    """All streams, and the one subscription that feeds them."""

    def __init__(self) -> None:
        self.streams: dict[str, set[Stream]] = defaultdict(set)
        self.per_token: Counter[str] = Counter()
        self.connected = False
        self.task: asyncio.Task[None] | None = None

    @property
    def count(self) -> int:
        return self.per_token.total()

    def add(self, stream: Stream, token: str) -> None:
        self.per_token[token] += 1
        for name in stream.channels:
            self.streams[name].add(stream)

    def remove(self, stream: Stream, token: str) -> None:
        self.per_token[token] -= 1
        if not self.per_token[token]:
            del self.per_token[token]
        for name in stream.channels:
            self.streams[name].discard(stream)
            if not self.streams[name]:
                del self.streams[name]

    async def listen(self) -> None:
        """Pass on hints for ever; when Redis was away, tell the pages that they missed some."""
        pause, missed = 0.5, False
        while True:
            began = time.monotonic()
            try:
                await self._subscription(missed)
            except (redis.RedisError, OSError) as error:
                log.warning("Redis is away (%s); trying again in %.1f s", type(error).__name__, pause)
            self.connected, missed = False, True
            pause = 0.5 if time.monotonic() - began > 30 else min(pause * 2, 10.0)
            await asyncio.sleep(pause * random.uniform(0.7, 1.0))

    async def _subscription(self, missed: bool) -> None:
        client = redis.asyncio.Redis.from_url(setting("REDIS_URL"), socket_connect_timeout=3, socket_keepalive=True)
        async with client, client.pubsub() as subscription:
            await asyncio.wait_for(subscription.psubscribe(f"{PREFIX}*"), 5)
            asked = False
            while True:
                message = await subscription.get_message(timeout=10)
                if message is None and asked:
                    raise redis.ConnectionError("no answer to a ping: the other side is frozen")
                asked = message is None
                if message is None:
                    await asyncio.wait_for(subscription.ping(), 5)
                elif message["type"] == "psubscribe":
                    self.connected = True
                    if missed:
                        self._tell_all(b"event: missed\ndata: {}\n\n")
                elif message["type"] == "pmessage":
                    self._relay(message["channel"].decode(), message["data"])

    def _relay(self, channel: str, data: bytes) -> None:
        listeners = self.streams.get(channel.removeprefix(PREFIX))
        if listeners and (hint := as_event(data)):
            for stream in listeners:
                stream.put(hint)

    def _tell_all(self, hint: bytes) -> None:
        for stream in {stream for streams in self.streams.values() for stream in streams}:
            stream.put(hint)


def as_event(data: bytes) -> bytes | None:
    """Give a hint as a server-sent event: its name and, at most, an id; None when it is not a hint."""
    try:
        hint = json.loads(data)
        name, key = hint["event"], hint.get("id")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if not isinstance(name, str) or not EVENT.fullmatch(name):
        return None
    body = json.dumps({"id": None if key is None else str(key)[:100]})
    return f"event: {name}\ndata: {body}\n\n".encode()


relay = Relay()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer /events/?t=TOKEN with a stream, and /events/health."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] != "http":
        return
    elif scope["method"] != "GET":
        await answer(send, 405, "Only GET.")
    elif scope["path"] == "/events/health":
        await answer(send, 200, json.dumps({"redis": relay.connected, "streams": relay.count}))
    elif scope["path"] == "/events/":
        await open_stream(scope, receive, send)
    else:
        await answer(send, 404, "Not here.")


async def lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            relay.task = asyncio.create_task(relay.listen())
        elif relay.task is not None:
            relay.task.cancel()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def open_stream(scope: Scope, receive: Receive, send: Send) -> None:
    token = parse_qs(scope["query_string"].decode("latin-1")).get("t", [""])[0]
    try:
        stream = Stream(channels(token))
    except (BadSignature, ValueError, AttributeError, TypeError):
        await answer(send, 403, "This token does not hold any more.", cors(scope))
        return
    if relay.count >= STREAMS or relay.per_token[token] >= STREAMS_PER_TOKEN:
        await answer(send, 503, "Too many streams.", [*cors(scope), (b"retry-after", b"30")])
        return
    relay.add(stream, token)
    pump = asyncio.create_task(feed(stream, send, cors(scope)))
    gone = asyncio.create_task(disconnected(receive))
    try:
        await asyncio.wait({pump, gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        relay.remove(stream, token)
        for task in (pump, gone):
            task.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await task


async def feed(stream: Stream, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
    """Send hints as they come, until the stream is old; ends come at different moments for different pages."""
    start = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": 200, "headers": [*start, *SAFE, *headers]})
    await send({"type": "http.response.body", "body": b"retry: 3000\n\n", "more_body": True})
    end = time.monotonic() + STREAM_AGE * random.uniform(0.8, 1.0)
    while time.monotonic() < end:
        await send({"type": "http.response.body", "body": await stream.take(), "more_body": True})
    await send({"type": "http.response.body", "body": b"event: renew\ndata: {}\n\n"})


async def disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


SAFE = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]


def cors(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Let a page of our own on another port (a laptop without a proxy) read the answer."""
    origin = dict(scope["headers"]).get(b"origin", b"")
    if not origin or origin.decode("latin-1") not in setting("KCC_EVENTS_CORS").split(","):
        return [(b"vary", b"origin")]
    allowed = (b"access-control-allow-origin", origin)
    return [allowed, (b"access-control-allow-credentials", b"true"), (b"vary", b"origin")]


async def answer(send: Send, status: int, text: str, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    kind = [(b"content-type", b"text/plain; charset=utf-8"), *SAFE, *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": kind})
    await send({"type": "http.response.body", "body": text.encode()})

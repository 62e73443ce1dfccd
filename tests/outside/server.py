"""A network on a port of this machine: it keeps a ledger of what it was asked, and fails when the test says so."""

import json
import threading
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """One request as it came over the line."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}


@dataclass
class Reply:
    """One answer; `cut` sends only so many bytes of the body and goes away, `hangs` says nothing until the end.

    With `drips` the page comes by so many drops, and is over only then.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    hangs: bool = False
    drops: bool = False  # goes away without a word
    drips: int = 0

    @classmethod
    def of(cls, found: Any, status: int = 200, **headers: str) -> "Reply":
        body = json.dumps(found, ensure_ascii=False).encode()
        return cls(status, body, {"Content-Type": "application/json; charset=utf-8"} | headers)


class Server:
    """Answers by `answer`, unless a fault is waiting: then by that, once."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.faults: list[tuple[Reply, bool]] = []
        self.dripped = 0
        self.over = threading.Event()
        handler = type("Handler", (_Handler,), {"network": self})
        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.httpd.daemon_threads = True
        self.thread = threading.Thread(target=self.httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.httpd.server_port}"

    def __enter__(self) -> "Server":
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self.httpd.shutdown()
        self.httpd.server_close()

    def fail(self, reply: Reply, *, afterwards: bool = False) -> None:
        """Answer the next request with this; afterwards means: only when what was asked has been done."""
        self.faults.append((reply, afterwards))

    def reply(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        if not self.faults:
            return self.answer(asked)
        fault, afterwards = self.faults.pop(0)
        if not afterwards:
            return fault
        real = self.answer(asked)
        return replace(real, cut=fault.cut) if fault.cut is not None else fault

    def answer(self, asked: Asked) -> Reply:
        raise NotImplementedError


class _Handler(BaseHTTPRequestHandler):
    network: Server
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        self._say(self.network.reply(Asked(self.command, parts.path, parse_qs(parts.query), headers, body)))

    do_GET = do_POST = do_HEAD = _serve

    def _say(self, reply: Reply) -> None:
        if reply.hangs:
            self.network.over.wait(60)
        if reply.hangs or reply.drops:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.drips:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        while self.network.dripped < reply.drips and not self.network.over.wait(0.02):
            try:
                self.wfile.write(b"x")
            except OSError:  # who asked went away
                break
            self.network.dripped += 1
        self.wfile.write(reply.body if reply.cut is None else reply.body[: reply.cut])
        if reply.cut is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass

"""A pretended server for one page with every custom element, under the product's policy."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

HERE = Path(__file__).parent
STATIC = HERE.parents[2] / "kcc" / "static" / "kcc"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-src 'self'; base-uri 'none'"
)
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html; charset=utf-8", ".svg": "image/svg+xml"}
SOURCE = (HERE / "page.html").read_text()
Answer = tuple[int, dict[str, str], str]


class Site(ThreadingHTTPServer):
    """Answers what a test puts in `answers`, remembers what was asked, and streams what is put in `events`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.events: queue.Queue[str] = queue.Queue()
        self.held: dict[str, threading.Event] = {}
        self.changes: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_port}"

    def bodies(self, what: str) -> list[dict[str, str]]:
        return [body for asked, body in self.asked if asked == what]

    @contextmanager
    def holding(self, what: str) -> Iterator[None]:
        """Answer this only when the block has ended."""
        self.held[what] = threading.Event()
        yield
        self.held.pop(what).set()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two packets: one would wait for the other
    server: Site

    def log_message(self, *args: Any) -> None:
        pass

    def reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": TYPES[".html"], "Content-Security-Policy": POLICY, **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def handle_one(self) -> None:
        path = self.path.split("?")[0]
        length = int(self.headers.get("Content-Length") or 0)
        body = {name: "|".join(values) for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        if self.command == "GET":
            body = {name: values[0] for name, values in parse_qs(self.path.partition("?")[2]).items()}
        self.server.asked.append((f"{self.command} {path}", {**body, "csrf": self.headers.get("X-CSRFToken", "")}))
        if held := self.server.held.get(f"{self.command} {path}"):
            held.wait(20)
        if answer := self.server.answers.get(f"{self.command} {path}"):
            self.reply(answer[0], answer[1], answer[2].encode())
        elif path == "/":
            page = SOURCE
            for old, new in self.server.changes:
                page = page.replace(old, new)
            self.reply(200, {}, page.encode())
        elif path == "/events/":
            self.stream()
        elif path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            self.reply(200, {"Content-Type": TYPES[file.suffix], "Cache-Control": "max-age=60"}, file.read_bytes())
        elif path == "/page.css":
            self.reply(200, {"Content-Type": TYPES[".css"]}, (HERE / "page.css").read_bytes())
        elif path.startswith("/drafts/"):
            self.reply(204, {"X-Draft-Saved": "10:42"}, b"")
        else:
            self.reply(404, {}, b"")

    def stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        while (event := self.server.events.get()) != "end":
            self.wfile.write(f"event: {event}\ndata: x\n\n".encode())

    do_GET = do_POST = handle_one

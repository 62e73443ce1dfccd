"""The application as gunicorn serves it, saying in a Server-Timing header what each answer cost; for measuring only."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from django.db import connection

from kcc.wsgi import application as served


@dataclass
class Cost:
    """How many queries an answer took, and how long they lasted."""

    queries: int = 0
    seconds: float = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.queries += 1
            self.seconds += time.perf_counter() - begun


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer as kcc.wsgi does; pages are not streamed, so everything is done when the headers are."""
    cost, begun = Cost(), time.perf_counter()

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        total, database = (time.perf_counter() - begun) * 1000, cost.seconds * 1000
        timing = f'app;dur={total:.2f}, db;dur={database:.2f};desc="{cost.queries}"'
        return start_response(status, [*headers, ("Server-Timing", timing)], *rest)

    with connection.execute_wrapper(cost):
        return served(environ, start)

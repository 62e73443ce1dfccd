"""The web server's settings: the application is loaded once, warmed up, and shared by all workers."""

import gc
import logging
import os
from typing import Any
from wsgiref.types import WSGIApplication
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.db import connections
from gunicorn.glogging import Logger

bind = os.environ.get("KCC_BIND", "127.0.0.1:8000").split(",")
workers = int(os.environ.get("KCC_WEB_WORKERS", "2"))
threads = int(os.environ.get("KCC_WEB_THREADS", "4"))
worker_class = "gthread"
preload_app = True
timeout = 60
graceful_timeout = 30  # longer than the longest request
keepalive = 5
max_requests = 2000
max_requests_jitter = 200
SHM = "/dev/shm"  # noqa: S108  (memory: a worker that touches its heartbeat file must not wait for a disk)
worker_tmp_dir = SHM if os.access(SHM, os.W_OK) else None
control_socket_disable = True
forwarded_allow_ips = os.environ.get("KCC_PROXIES", "127.0.0.1,::1")
accesslog = "-" if os.environ.get("KCC_ACCESS_LOG", "1") == "1" else None
# The path without its query string, and no address: neither may name a citizen.
access_log_format = "%(m)s %(U)s %(s)s %(B)sB %(M)sms"
loglevel = os.environ.get("KCC_WEB_LOG_LEVEL", "warning")
CTI = "/api/v1/cti/"  # what an address of a telephone exchange ends in lets it in
WARM_UP = "/accounts/login/"


class Log(Logger):
    """Writes what was asked for, but never the secret part of an address."""

    def atoms(self, *args: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().atoms(*args)
        if found["U"].startswith(CTI):
            found["U"] = found["r"] = CTI
        return found


logger_class = Log


def when_ready(server: Any) -> None:
    """Render the login page once before the workers are made, so that they share what it loads."""
    try:
        warm_up(server.app.wsgi())
    except Exception:
        logging.getLogger("gunicorn.error").warning("The warm-up request failed; going on without it.", exc_info=True)
    gc.collect()
    gc.freeze()  # what is loaded now is never looked at again by the collector, and stays shared


def warm_up(application: WSGIApplication) -> None:
    """Ask for the login page in this process; what it opened to the database is not for the workers."""
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    host = settings.ALLOWED_HOSTS[0].lstrip(".") if settings.ALLOWED_HOSTS else "localhost"
    scheme = "https" if settings.SECURE_SSL_REDIRECT else "http"
    environ |= {"PATH_INFO": WARM_UP, "HTTP_HOST": host, "HTTP_X_FORWARDED_PROTO": scheme, "wsgi.url_scheme": scheme}
    try:
        for _ in application(environ, lambda status, headers, exc_info=None: lambda body: None):
            pass
    finally:
        connections.close_all()

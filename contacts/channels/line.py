"""The line to an outside network: one request, to the host that was meant and no other, with an end to its patience.

Addresses come from outside too, such as where a picture is. So names are resolved once, the connection goes to the
address that was checked, and an address inside our own walls is refused (OWASP: server-side request forgery).
"""

import http.client
import ipaddress
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.utils.encoding import iri_to_uri

CONNECT, TOTAL = 5.0, 10.0  # seconds
BODY = 2_000_000  # bytes of an answer
PORTS = {"https": 443, "http": 80}
HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
AGENT = "KCC (municipal contact centre)"

Origin = tuple[str, str, int]


class Unreachable(Exception):
    """Nothing of the request left the house."""


class Forbidden(Unreachable):
    """This is no address that may be asked, now or later."""


class BrokenOff(Exception):
    """The request may have arrived; what came of it is not known."""


@dataclass(frozen=True)
class Answer:
    """What came back; not `whole` when the connection ended before the answer did."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""
    whole: bool = True

    @property
    def json(self) -> Any:
        """Give what stands in it as JSON, or None."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


def ask(
    method: str,
    url: str,
    *,
    ours: str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    limit: int = BODY,
    seconds: float = TOTAL,
    plain: bool = False,
    ready: Callable[[], None] | None = None,
) -> Answer:
    """Give the answer to one request; redirects are answers too. Raises Unreachable, Forbidden, BrokenOff.

    `ours` is the base address an administrator set for this network: that origin may be anywhere, the rest of the
    world only https (or also http, when `plain`) and only public. `ready` is called when the connection stands and
    nothing was sent yet.
    """
    place, target = _target(url)
    connection = _Line(place, trusted=bool(ours) and place == origin(ours), plain=plain)
    try:
        connection.connect()
    except (OSError, UnicodeError) as error:  # ssl.SSLError too
        connection.close()
        raise Unreachable(f"{type(error).__name__}: {place[1]}") from error
    try:
        if ready is not None:
            ready()
        with connection.watched(seconds) as is_cut:
            connection.request(method, target, body or None, {"User-Agent": AGENT, **(headers or {})})
            answer = _read(connection.getresponse(), limit)
            return replace(answer, whole=answer.whole and not is_cut())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise BrokenOff(f"{type(error).__name__}: {place[1]}") from error
    finally:
        connection.close()


def origin(url: str) -> Origin | None:
    """Give scheme, host and port of an address, or None when it is none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        name = host.encode("idna").decode()
        return (parts.scheme, name, port) if HOST.fullmatch(name) else None
    except (ValueError, KeyError):  # UnicodeError is one
        return None


def _target(url: str) -> tuple[Origin, str]:
    place = origin(url)
    parts = urlsplit(url) if place else None
    if place is None or parts is None or parts.username is not None or not url.isprintable():
        raise Forbidden("Not an address to ask")
    return place, iri_to_uri((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _read(response: http.client.HTTPResponse, limit: int) -> Answer:
    """Read an answer no further than the limit; one that is longer, or breaks off, is not whole."""
    headers = {name.lower(): value for name, value in response.getheaders()}
    chunks, room = [], limit + 1
    try:
        while room > 0 and (chunk := response.read1(min(room, 65536))):
            chunks.append(chunk)
            room -= len(chunk)
        whole = room > 0 and not response.length
    except (OSError, http.client.HTTPException, ValueError):
        whole = False
    return Answer(response.status, headers, b"".join(chunks)[:limit], whole)


class _Line(http.client.HTTPConnection):
    """A connection to a host at an address that was looked at first."""

    def __init__(self, place: Origin, *, trusted: bool, plain: bool) -> None:
        scheme, host, port = place
        super().__init__(host, port, timeout=TOTAL)
        self.default_port = PORTS[scheme]
        self.scheme, self.trusted, self.plain = scheme, trusted, plain or trusted

    def connect(self) -> None:
        if self.scheme != "https" and not self.plain:
            raise Forbidden("Not over TLS")
        until, failure = time.monotonic() + CONNECT, OSError("No address")
        for address in addresses(self.host, self.port, trusted=self.trusted):
            try:
                self.sock = socket.create_connection((address, self.port), max(until - time.monotonic(), 0.1))
                break
            except OSError as error:
                failure = error
        else:
            raise failure
        if self.scheme == "https":
            self.sock = _tls().wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            with self.watched(max(until - time.monotonic(), 0.1)):
                self.sock.do_handshake()
        self.sock.settimeout(TOTAL)

    @contextmanager
    def watched(self, seconds: float) -> Iterator[Callable[[], bool]]:
        """End what goes on here after so many seconds, whether it hangs or comes by drops; gives whether it did."""
        is_cut = threading.Event()
        # The socket itself, as http.client lets go of it when an answer says that it is the last.
        watch = threading.Timer(seconds, _cut, [self.sock, is_cut])
        watch.daemon = True
        watch.start()
        try:
            yield is_cut.is_set
        finally:
            watch.cancel()


def _cut(wire: socket.socket, is_cut: threading.Event) -> None:
    """End a connection, from another thread, and say so first: who waits for it goes on at once."""
    is_cut.set()
    with suppress(OSError):  # it ended by itself
        socket.socket.shutdown(wire, socket.SHUT_RDWR)  # that of TLS would have the rest read as if there were no TLS


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def addresses(host: str, port: int, *, trusted: bool) -> list[str]:
    """Give the addresses of a host. Raises OSError when there is none, Forbidden when one is inside our own walls."""
    found = list(dict.fromkeys(str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    if not trusted and not all(map(is_public, found)):
        raise Forbidden("Not a public address")
    return found[:4]


def is_public(address: str) -> bool:
    """Say whether an IP address is out in the world, also when it is written as another kind of address."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if inner is None and ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved

"""The line to a mail server that holds a mailbox: encrypted, bounded in time and size, and signed in.

By password, or by OAuth2 with XOAUTH2, as Microsoft 365 and Google want it.
"""

import imaplib
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from contacts.channels import line
from contacts.models import Mailbox

PATIENCE = 15.0  # seconds for the server to say something
LONGEST = 240.0  # seconds after which the line is cut, whatever still drips in
LARGEST = 80 * 1024 * 1024  # bytes of one answer
AHEAD = 60.0  # seconds before its end that an access token is renewed
LASTS = 300.0  # seconds of a token that does not say how long it is good for
PASSING = re.compile(rb"\[(?:UNAVAILABLE|INUSE|LIMIT)\]", re.IGNORECASE)  # no fault of the password (RFC 5530)

tokens: dict[int, tuple[str, str, float]] = {}  # by mailbox: secret it was got with, token, until when


class Trouble(Exception):
    """The mailbox cannot be looked through; the words say why."""


class Refused(Trouble):
    """We may not come in. Trying again soon would lock the account."""


class _Bounded(imaplib.IMAP4):
    """A line on which no answer is larger than it may be."""

    def read(self, size: int) -> bytes:
        if size > LARGEST:
            raise self.abort(f"{size} bytes at once")
        return super().read(size)


class _BoundedTLS(imaplib.IMAP4_SSL, _Bounded):
    """The same, encrypted from the first word on."""


@contextmanager
def signed_in(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    """Give the line to the server of this mailbox, and end it. Raises Trouble, and what imaplib and sockets raise."""
    server = _open(mailbox)
    watch = threading.Timer(LONGEST, _cut, [server])
    watch.daemon = True
    watch.start()
    try:
        if mailbox.security == Mailbox.Security.STARTTLS:
            server.starttls(_tls())
        if mailbox.sign_in == Mailbox.SignIn.OAUTH:
            _by_token(server, mailbox)
        else:
            _by_password(server, mailbox)
        yield server
        with suppress(imaplib.IMAP4.error, OSError):
            server.logout()
    finally:
        watch.cancel()
        with suppress(OSError, ValueError):
            server.shutdown()


def _open(mailbox: Mailbox) -> imaplib.IMAP4:
    if mailbox.security == Mailbox.Security.TLS:
        return _BoundedTLS(mailbox.host, mailbox.port, ssl_context=_tls(), timeout=PATIENCE)
    return _Bounded(mailbox.host, mailbox.port, timeout=PATIENCE)


def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _cut(server: imaplib.IMAP4) -> None:
    with suppress(OSError):
        server.sock.shutdown(socket.SHUT_RDWR)


def _by_password(server: imaplib.IMAP4, mailbox: Mailbox) -> None:
    """Sign in by SASL PLAIN, which takes every sign; an old server gets LOGIN."""
    name, secret = mailbox.username, mailbox.secret
    try:
        if "AUTH=PLAIN" in server.capabilities:
            server.authenticate("PLAIN", _once(f"\0{name}\0{secret}".encode()))
        elif not (name + secret).isascii() or not (name + secret).isprintable():
            raise Trouble(_("Deze server kan niet om met de tekens in de naam of het wachtwoord."))
        else:
            server.login(_quoted(name), secret)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise _refusal(error) from error


def _by_token(server: imaplib.IMAP4, mailbox: Mailbox) -> None:
    """Sign in by XOAUTH2; a token that was withdrawn is not kept."""
    said = f"user={mailbox.username}\1auth=Bearer {access_token(mailbox)}\1\1".encode()
    try:
        server.authenticate("XOAUTH2", _once(said))
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        tokens.pop(mailbox.pk, None)
        raise _refusal(error) from error


def _refusal(error: imaplib.IMAP4.error) -> Trouble:
    said = error.args[0] if error.args else b""
    passing = PASSING.search(said if isinstance(said, bytes) else str(said).encode())
    return Trouble(words(error)) if passing else Refused(words(error))


def _once(said: bytes) -> Any:
    """Give an answer for AUTHENTICATE: ours at first, and nothing to the error that a server then explains."""
    answers = iter([said])
    return lambda _challenge: next(answers, b"")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def access_token(mailbox: Mailbox) -> str:
    """Give a token for this mailbox, a fresh one when the last is about to end (RFC 6749). Raises Trouble."""
    secret = mailbox.secret
    known, token, until = tokens.get(mailbox.pk, ("", "", 0.0))
    if known == secret and time.monotonic() < until:
        return token
    client_secret, _newline, refresh = secret.partition("\n")
    told = _ask_token(mailbox, client_secret, refresh)
    seconds = str(told.get("expires_in"))
    lasts = float(seconds) if seconds.isdecimal() and len(seconds) < 10 else LASTS
    if isinstance(renewed := told.get("refresh_token"), str) and renewed and renewed != refresh:
        mailbox.set_secret(f"{client_secret}\n{renewed}")
        kept = Mailbox.objects.filter(pk=mailbox.pk)
        kept.update(secret_sealed=mailbox.secret_sealed)
        secret = mailbox.secret
    tokens[mailbox.pk] = (secret, str(told["access_token"]), time.monotonic() + max(lasts - AHEAD, 0.0))
    return str(told["access_token"])


def _ask_token(mailbox: Mailbox, client_secret: str, refresh: str) -> dict[str, Any]:
    """Ask for a token, in the name of a person when we hold a refresh token, else in our own."""
    asked = {"client_id": mailbox.oauth_client_id, "client_secret": client_secret, "scope": mailbox.oauth_scope}
    asked |= (
        {"grant_type": "refresh_token", "refresh_token": refresh} if refresh else {"grant_type": "client_credentials"}
    )
    body = urlencode({name: value for name, value in asked.items() if value}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    url = mailbox.oauth_token_url
    answer = line.ask("POST", url, ours=url, headers=headers, body=body)
    told = answer.json if answer.whole and isinstance(answer.json, dict) else {}
    if answer.status == 200 and isinstance(told.get("access_token"), str) and told["access_token"]:
        return told
    why = str(told.get("error_description") or told.get("error") or answer.status)[:150]
    trouble = Refused if answer.status in {400, 401, 403} else Trouble
    raise trouble(_("Er kwam geen toegangstoken: %(why)s") % {"why": why})


def words(error: Exception) -> str:
    """Say what went wrong for an administrator, in one line."""
    if isinstance(error, imaplib.IMAP4.abort | OSError | line.Unreachable | line.BrokenOff):
        return f"{type(error).__name__}: {error}"[:200]
    text = error.args[0] if error.args else ""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return json.dumps(said or type(error).__name__, ensure_ascii=False).strip('"')[:200]

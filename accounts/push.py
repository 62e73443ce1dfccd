"""Hints to open pages that something changed; a lost hint costs nothing, because pages also ask for themselves.

A hint carries no data of a person: an event name and the channel it belongs to. Redis being down or frozen must not
hold up whoever just saved something, hence the short timeouts and the pause after a failure.
"""

import json
import logging
import time
from functools import cache, partial
from urllib.parse import quote

import redis
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest

from accounts.models.user import User

log = logging.getLogger(__name__)

SALT = "kcc.events"
PREFIX = "kcc:hint:"
SHOWN = ("customer:", "article:")  # channels of what a page shows
PAUSE_SECONDS = 5.0
RENEWABLE_SECONDS = 12 * 60 * 60  # longer than a session; after that a page must be asked for again
_silent_until = 0.0


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.3, socket_connect_timeout=0.3)


def token(channels: list[str]) -> str:
    """Give the signed, time-stamped permission to listen on these channels, for the events process to check."""
    return signing.TimestampSigner(salt=SALT).sign_object({"c": channels})


def channels_of(user: User, *more: str) -> list[str]:
    """Give the channels this user's pages listen on; more are those of what the page shows."""
    kcc = ["kcc"] if user.works_at_kcc else []
    return [f"user:{user.pk}", "all", *kcc, *(f"team:{pk}" for pk in user.team_ids), *more]


def renewed(old: str, user: User) -> list[str]:
    """Give the channels for a fresh token: those of the user now, and those of the page the old token was made for."""
    try:
        listened: list[str] = signing.TimestampSigner(salt=SALT).unsign_object(old, max_age=RENEWABLE_SECONDS)["c"]
    except (signing.BadSignature, KeyError, TypeError):
        listened = []
    own = f"user:{user.pk}" in listened
    return channels_of(user, *(channel for channel in listened if own and channel.startswith(SHOWN)))


def stream_url(request: HttpRequest, channels: list[str]) -> str:
    """Give the address of a push stream; a setting such as ":8001/events/" means this host at that port."""
    base = settings.EVENTS_URL
    if base.startswith(":"):
        host = request.get_host().rsplit(":", 1)[0]
        base = f"{request.scheme}://{host}{base}"
    return f"{base}?t={quote(token(channels))}"


def hint(event: str, *channels: str) -> None:
    """Tell pages that listen on these channels, after the transaction commits, that they should ask again."""
    transaction.on_commit(partial(_publish, event, channels), robust=True)


def _publish(event: str, channels: tuple[str, ...]) -> None:
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    message = json.dumps({"event": event, "id": None})
    try:
        with _redis().pipeline(transaction=False) as pipe:
            for channel in channels:
                pipe.publish(PREFIX + channel, message)
            pipe.execute()
    except redis.RedisError as error:
        _silent_until = time.monotonic() + PAUSE_SECONDS
        log.warning("No hint sent for %s: %s", event, type(error).__name__)

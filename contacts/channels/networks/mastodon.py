"""Mastodon by its REST API: asking for what mentions us, reading it, and answering."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.channels import line
from contacts.channels.networks import graph, plain
from contacts.channels.networks.post import File, Happening, Post
from contacts.channels.reading.html import to_text
from contacts.channels.trouble import Unsent
from contacts.models import Connection, Message, Outgoing

PER_LINK = 23  # characters that an address counts for, however long it is
STRICTER = ["public", "unlisted", "private", "direct"]
REPEATABLE = timedelta(minutes=55)  # their servers know an Idempotency-Key for an hour
LINK = re.compile(r"https?://\S+")
ELSEWHERE = re.compile(r"(@[\w.-]+)@[\w.-]+\w")  # of somebody on another server only the first part counts
FILES = {"image", "video", "gifv", "audio"}


def read(found: dict[str, Any], connection: Connection) -> Iterator[Happening]:
    """Give the message in a notification that somebody mentioned us."""
    status, account = plain.part(found, "status"), plain.part(found, "account")
    name = plain.line(status.get("id"), most=100)
    if found.get("type") != "mention" or not name:
        return
    content, visibility = plain.words(status.get("content")), plain.line(status.get("visibility"), most=20)
    files = [_file(one) for one in plain.rows(status, "media_attachments")]
    warning = plain.line(status.get("spoiler_text"), most=500)
    text = "\n\n".join(filter(None, [warning, plain.clean(to_text(content)[0])]))
    yield Post(
        id=name,
        person=handle(plain.line(account.get("acct"), most=200), connection),
        name=plain.line(account.get("display_name")) or plain.line(account.get("username")),
        text=text or (_("[Foto]") if files else _("[Leeg bericht]")),
        at=plain.moment(status.get("created_at")),
        answers=plain.line(status.get("in_reply_to_id"), most=100),
        url=plain.line(status.get("url") or status.get("uri"), most=500),
        visibility=visibility if visibility in STRICTER else "direct",
        files=tuple(file for file in files if file.url),
        raw=plain.written(found),
    )


def _file(found: dict[str, Any]) -> File:
    kind, url = plain.line(found.get("type"), most=20), plain.words(found.get("url") or found.get("remote_url"))
    return File(kind=kind, url=url if kind in FILES else "", name=plain.line(found.get("description"), most=100))


def handle(acct: str, connection: Connection) -> str:
    """Give the name of somebody as the whole network knows it: name@server; who is on our server comes without."""
    acct = acct.lower().removeprefix("@") or "onbekend"
    return acct if "@" in acct else f"{acct}@{host(connection)}"


def host(connection: Connection) -> str:
    place = line.origin(connection.base_url)
    return place[1] if place else "onbekend"


def mentions(connection: Connection, *, after: str) -> list[dict[str, Any]]:
    """Give the page of notifications that follow after this one; without one the newest. Raises Trouble."""
    query = [("types[]", "mention"), ("limit", "80"), *([("min_id", after)] if after else [])]
    found = ask(connection, f"/api/v1/notifications?{urlencode(query)}")
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def longest(connection: Connection) -> int | None:
    """Give how long a message may be on this server; None when it does not say. Raises Trouble."""
    statuses = plain.part(ask(connection, "/api/v2/instance"), "configuration", "statuses")
    found = statuses.get("max_characters")
    return found if isinstance(found, int) and 0 < found < 1_000_000 else None


def exists(connection: Connection, status: str) -> bool:
    """Say whether a message still stands there. Raises Trouble."""
    try:
        ask(connection, f"/api/v1/statuses/{status}")
    except Missing:
        return False
    return True


class Trouble(Exception):
    """The server did not give what was asked; `urgent` when a person must mend it."""

    def __init__(self, reason: str, *, urgent: bool = False, until: datetime | None = None) -> None:
        super().__init__(reason)
        self.urgent, self.until = urgent, until


class Missing(Trouble):
    """There is no such thing there, or we may not see it."""


def ask(connection: Connection, path: str) -> Any:
    """Give the JSON that stands there. Raises Trouble."""
    try:
        answer = line.ask("GET", _url(connection, path), ours=connection.base_url, headers=graph.authorised(connection))
    except (line.Unreachable, line.BrokenOff) as error:
        raise Trouble(str(error)) from error
    if answer.status in {404, 410}:
        raise Missing(_reason(answer))
    if answer.status != 200:
        raise Trouble(_reason(answer), urgent=answer.status in {401, 403}, until=_free_again(answer))
    if not answer.whole or answer.json is None:
        raise Trouble("The answer broke off")
    if answer.headers.get("x-ratelimit-remaining", "") in {"0", "1", "2"}:
        connection.rest(_reset(answer))
    return answer.json


def send(outgoing: Outgoing, connection: Connection, ready: Callable[[], None]) -> dict[str, Any]:
    """Give the message as it now stands on the server. The same key makes it one, however often it is tried.

    Raises Unsent, Unreachable, BrokenOff.
    """
    about = str(outgoing.headers.get("in_reply_to") or "")
    known = Message.objects.filter(connection=connection, external_id=about).exclude(external_id="").first()
    body = {
        "status": addressed(outgoing.body, outgoing.recipient),
        "visibility": stricter(outgoing.headers.get("visibility") or "", known.visibility if known else ""),
        "language": "nl",
    } | ({"in_reply_to_id": about} if about else {})
    headers = graph.authorised(connection) | {
        "Content-Type": "application/x-www-form-urlencoded",
        "Idempotency-Key": str(outgoing.uuid),
    }
    url, content = _url(connection, "/api/v1/statuses"), urlencode(body).encode()
    answer = line.ask("POST", url, ours=connection.base_url, headers=headers, body=content, ready=ready)
    if answer.status in {404, 410} and known is not None and about:
        known.take_back(at=timezone.now())
        raise Unsent(_("Het bericht waarop dit een antwoord is, bestaat niet meer."), again=False)
    if answer.status >= 300:
        raise _refusal(answer, connection)
    found = answer.json if answer.whole else None
    if not isinstance(found, dict):
        raise line.BrokenOff("The answer broke off")
    connection.worked()
    return found


def addressed(text: str, person: str) -> str:
    """Give the words as they are sent: beginning with whom they are for, or these would not hear of it."""
    name, begin = f"@{person.removeprefix('@')}", text.lower().split(maxsplit=1)[:1]
    return text if begin == [name.lower()] else f"{name} {text}"


def length(text: str) -> int:
    """Give how long a message is as the server counts."""
    return len(ELSEWHERE.sub(r"\1", LINK.sub("x" * PER_LINK, text)))


def stricter(*visibilities: str) -> str:
    """Give the strictest of these; as strict as can be when none of them is known."""
    known = [STRICTER.index(name) for name in visibilities if name in STRICTER]
    return STRICTER[max(known)] if known else "direct"


def _refusal(answer: line.Answer, connection: Connection) -> Unsent:
    words = f"{answer.status} {_reason(answer)}"
    if answer.status == 401:
        connection.failed(words, urgent=True)
        return Unsent(_("De koppeling is niet meer aangemeld: %(words)s") % {"words": words}, again=True)
    if answer.status == 429:
        until = _reset(answer)
        connection.rest(until)
        return Unsent(words, again=True, after=until - timezone.now())
    if answer.status >= 500:
        connection.failed(words)
        return Unsent(words, again=True, after=graph.wait(answer))
    return Unsent(words, again=False)


def _url(connection: Connection, path: str) -> str:
    return connection.base_url.rstrip("/") + path


def _reason(answer: line.Answer) -> str:
    found = answer.json if isinstance(answer.json, dict) else {}
    told = [plain.line(found.get(name), most=200) for name in ("error", "error_description")]
    return ": ".join(dict.fromkeys(filter(None, told))) or f"{answer.status}"


def _free_again(answer: line.Answer) -> datetime | None:
    return _reset(answer) if answer.status == 429 else None


def _reset(answer: line.Answer) -> datetime:
    """Give when the server counts anew: as it says, five minutes when it does not, an hour at most."""
    now = timezone.now()
    until = plain.moment(answer.headers.get("x-ratelimit-reset", "")) or now + max(
        graph.wait(answer), timedelta(minutes=5)
    )
    return min(max(until, now), now + graph.LONGEST_WAIT).astimezone(UTC)

"""Meta's Graph API, which WhatsApp, Messenger and Instagram share: asking it, and what its refusals mean."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from contacts.channels import line
from contacts.channels.networks import plain
from contacts.channels.trouble import Unsent
from contacts.models import Connection

VERSION = "v24.0"
BASES = {
    Connection.Kind.WHATSAPP: f"https://graph.facebook.com/{VERSION}",
    Connection.Kind.MESSENGER: f"https://graph.facebook.com/{VERSION}",
    Connection.Kind.INSTAGRAM: f"https://graph.instagram.com/{VERSION}",
}
SIGNED_OUT = {102, 190}
TOO_MUCH = {4, 17, 32, 613, 130429, 131048, 131056, 133016, *range(80000, 80015)}
FOR_NOW = {1, 2, 131000, 131016, 133004}
UNKNOWN = {502, 504}  # a proxy of theirs lost it: perhaps it was done
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class Request:
    path: str
    body: dict[str, Any]


def base(connection: Connection) -> str:
    return (connection.base_url or BASES[Connection.Kind(connection.kind)]).rstrip("/")


def authorised(connection: Connection) -> dict[str, str]:
    """Give the header that says who asks."""
    return {"Authorization": f"Bearer {connection.secrets.get('access_token', '')}"}


def post(connection: Connection, request: Request, ready: Callable[[], None]) -> dict[str, Any]:
    """Give the answer to a message that was taken. Raises Unsent, Unreachable, BrokenOff."""
    answer = line.ask(
        "POST",
        base(connection) + request.path,
        ours=connection.base_url,
        headers=authorised(connection) | {"Content-Type": "application/json"},
        body=json.dumps(request.body).encode(),
        ready=ready,
    )
    if answer.status < 300:  # taken, also when the answer with its number broke off
        connection.worked()
        return answer.json if isinstance(answer.json, dict) else {}
    raise refusal(answer, connection)


def refusal(answer: line.Answer, connection: Connection) -> Exception:
    """Say what a refusal means: for good, for now, or nobody knows; note it when the connection itself is at fault."""
    error = plain.part(answer.json, "error")
    code = error.get("code") if isinstance(error.get("code"), int) else 0
    words = f"{answer.status} {reason(answer, connection)}"
    if not error and answer.status in UNKNOWN:
        return line.BrokenOff(words)
    if answer.status == 401 or code in SIGNED_OUT:
        connection.failed(words, urgent=True)
        return Unsent(_("De koppeling is niet meer aangemeld: %(words)s") % {"words": words}, again=True)
    if answer.status == 429 or code in TOO_MUCH:
        return Unsent(words, again=True, after=wait(answer))
    again = answer.status >= 500 or code in FOR_NOW or error.get("is_transient") is True
    if again:
        connection.failed(words)
    return Unsent(words, again=again, after=wait(answer) if again else timedelta())


def reason(answer: line.Answer, connection: Connection) -> str:
    """Give the network's own words, without what it repeats of our token."""
    error = plain.part(answer.json, "error")
    details = plain.part(error, "error_data").get("details")
    told = [plain.line(error.get("error_user_msg") or error.get("message"), most=250), plain.line(details, most=250)]
    text = ": ".join(dict.fromkeys(filter(None, told))) or _("geen uitleg")
    token = str(connection.secrets.get("access_token", ""))
    return text.replace(token, "…") if token else text


def wait(answer: line.Answer) -> timedelta:
    """Give how long the network asks us to wait, an hour at most."""
    seconds = answer.headers.get("retry-after", "")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 7):
        return timedelta()
    return min(timedelta(seconds=int(seconds)), LONGEST_WAIT)

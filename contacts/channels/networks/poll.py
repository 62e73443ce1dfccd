"""Asking Mastodon what came in: page by page onwards from where we were, each page kept before we go on."""

import hashlib
import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import locks
from contacts.channels.networks import mastodon, plain
from contacts.models import Connection, Inbound, Message

log = logging.getLogger(__name__)

PAGES = 10  # of one turn; the next turn goes on
FIRST = timedelta(hours=24)  # of what came before the connection was made, this much is taken in
LOOKED_AT = 5  # messages of open cases that are looked up again in one turn, whether they still stand there
AGAIN = timedelta(hours=1)
PATIENCE = timedelta(minutes=5)  # after a refusal that does not mend itself


def poll(pk: int) -> int:
    """Take in what mentions us since last time; give how many that were. One process at a time asks."""
    with locks.held(f"poll:{pk}") as mine:
        connection = Connection.objects.awake(now=timezone.now()).filter(pk=pk).first() if mine else None
        if connection is None:
            return 0
        try:
            if connection.character_limit is None:
                limit = mastodon.longest(connection) or connection.longest
                Connection.objects.filter(pk=pk).update(character_limit=limit)
            count = _walk(connection)
            _look_again(connection)
        except mastodon.Trouble as trouble:
            connection.failed(trouble, urgent=trouble.urgent)
            if trouble.until or trouble.urgent:
                connection.rest(trouble.until or timezone.now() + PATIENCE)
            return 0
        Connection.objects.filter(pk=pk).update(last_ok_at=timezone.now(), failing_since=None, last_error="")
        return count


def _walk(connection: Connection) -> int:
    count, first = 0, not connection.cursor
    for _page in range(PAGES):
        page = mastodon.mentions(connection, after=connection.cursor)
        if not page and not first:
            break
        count += _keep(connection, page, since=timezone.now() - FIRST if first else None)
        if first:
            break
    return count


@transaction.atomic
def _keep(connection: Connection, page: list[dict[str, Any]], *, since: datetime | None) -> int:
    """Keep each notification as it came, and that we have been here, in one transaction; give how many were new."""
    count, ids = 0, []
    for found in page:
        name = plain.line(found.get("id"), most=100)
        at = plain.moment(found.get("created_at"))
        if not name:
            continue
        ids.append(name)
        if since is not None and at is not None and at < since:
            continue
        raw = plain.written(found).encode()
        _row, created = Inbound.objects.get_or_create(
            key=f"{connection.kind}:{connection.pk}:{name}",
            defaults={
                "source": connection.kind,
                "connection": connection,
                "raw": raw,
                "sha256": hashlib.sha256(raw).hexdigest(),
            },
        )
        count += created
    newest = max(ids, key=lambda one: (len(one), one), default=connection.cursor or "0")
    Connection.objects.filter(pk=connection.pk, cursor=connection.cursor).update(cursor=newest)
    connection.cursor = newest
    return count


def _look_again(connection: Connection) -> None:
    """Hide what its writer took back from the network, as far as somebody may still answer it. Raises Trouble."""
    now = timezone.now()
    rows = Message.objects.filter(
        connection=connection, deleted_at=None, contact__direction="in", contact__case__closed_at=None,
        contact__case__connection=connection,
    ).exclude(external_id="")  # fmt: skip
    seen = f"{(now - AGAIN).isoformat()}"
    stale = rows.exclude(data__looked_at__gt=seen).filter(contact__registered_at__lt=now - AGAIN)
    for message in stale.select_related("contact").order_by("-pk")[:LOOKED_AT]:
        if not mastodon.exists(connection, message.external_id):
            message.take_back(at=now)
        message.data["looked_at"] = now.isoformat()
        message.save(update_fields=["data"])

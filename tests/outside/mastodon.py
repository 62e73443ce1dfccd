"""A Mastodon server in small: notifications by min_id, statuses with an Idempotency-Key, limits in headers."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from tests.outside.server import Asked, Reply, Server

TOKEN = "ZA-Yj3aBD8U8Cm7lKUp-lm9O9BmDgdhHzDeqsY8tlL0"
LONGEST = 500


class Mastodon(Server):
    def __init__(self) -> None:
        super().__init__()
        self.notifications: list[dict[str, Any]] = []  # oldest first
        self.statuses: dict[str, dict[str, Any]] = {}
        self.by_key: dict[str, str] = {}
        self.remaining = 300
        self._number = count(109_348_684_516_990_001)

    def mention(
        self,
        content: str = "<p>Wanneer wordt het vuil opgehaald?</p>",
        *,
        acct: str = "anna@elders.voorbeeld",
        ago: timedelta = timedelta(minutes=1),
        visibility: str = "public",
        **fields: Any,
    ) -> dict[str, Any]:
        """Let somebody mention us; give the notification as the server tells it."""
        at = (datetime.now(UTC) - ago).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        name = str(next(self._number))
        status = {
            "id": name,
            "created_at": at,
            "in_reply_to_id": None,
            "in_reply_to_account_id": None,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": visibility,
            "language": "nl",
            "uri": f"https://elders.voorbeeld/users/anna/statuses/{name}",
            "url": f"https://elders.voorbeeld/@anna/{name}",
            "content": content,
            "media_attachments": [],
            "mentions": [{"id": "1", "username": "duinmeer", "acct": "duinmeer", "url": f"{self.url}/@duinmeer"}],
        } | fields
        found = {
            "id": str(len(self.notifications) + 34_975_535),
            "type": "mention",
            "created_at": at,
            "group_key": f"ungrouped-{name}",
            "account": {
                "id": "971724",
                "username": acct.split("@")[0],
                "acct": acct,
                "display_name": "Anna de Vries",
                "url": f"https://elders.voorbeeld/@{acct.split('@')[0]}",
                "avatar": "https://elders.voorbeeld/avatar.png",
            },
            "status": status,
        }
        self.statuses[status["id"]] = status
        self.notifications.append(found)
        return found

    def answer(self, asked: Asked) -> Reply:
        self.remaining -= 1
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply.of({"error": "The access token is invalid"}, 401)
        reply = self._route(asked)
        reset = (datetime.now(UTC) + timedelta(minutes=3)).isoformat(timespec="microseconds").replace("+00:00", "Z")
        reply.headers |= {
            "X-RateLimit-Limit": "300",
            "X-RateLimit-Remaining": str(max(self.remaining, 0)),
            "X-RateLimit-Reset": reset,
        }
        if self.remaining < 0:
            return Reply.of({"error": "Too many requests"}, 429, **{"X-RateLimit-Reset": reset})
        return reply

    def _route(self, asked: Asked) -> Reply:
        if asked.path == "/api/v1/notifications":
            return self._notifications(asked)
        if asked.path == "/api/v2/instance":
            limits = {"max_characters": LONGEST, "max_media_attachments": 4, "characters_reserved_per_url": 23}
            return Reply.of({"domain": "127.0.0.1", "version": "4.4.0", "configuration": {"statuses": limits}})
        if asked.path == "/api/v1/statuses" and asked.method == "POST":
            return self._post(asked)
        found = self.statuses.get(asked.path.rpartition("/")[2])
        return Reply.of(found) if found else Reply.of({"error": "Record not found"}, 404)

    def _notifications(self, asked: Asked) -> Reply:
        assert asked.query["types[]"] == ["mention"]
        limit = min(int(asked.query.get("limit", ["40"])[0]), 80)
        if "min_id" in asked.query:
            after = int(asked.query["min_id"][0])
            page = [one for one in self.notifications if int(one["id"]) > after][:limit]
        else:
            page = self.notifications[-limit:]
        return Reply.of(page[::-1])  # the newest first, on whatever page

    def _post(self, asked: Asked) -> Reply:
        form, key = asked.form, asked.headers.get("idempotency-key", "")
        if key in self.by_key:
            return Reply.of(self.statuses[self.by_key[key]])
        about = form.get("in_reply_to_id")
        if about and about not in self.statuses:
            words = "The post you are trying to reply to does not appear to exist."
            return Reply.of({"error": words}, 404)
        if len(form["status"]) > LONGEST:
            return Reply.of({"error": "Validation failed: Text character limit of 500 exceeded"}, 422)
        name = str(next(self._number))
        status = {"id": name, "url": f"{self.url}/@duinmeer/{name}", "content": f"<p>{form['status']}</p>", **form}
        self.statuses[name] = status
        self.by_key[key] = name
        return Reply.of(status)

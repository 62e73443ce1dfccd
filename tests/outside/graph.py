"""Meta's Graph API in small: takes messages for WhatsApp, Messenger and Instagram, and gives out media."""

import hashlib
from itertools import count
from typing import Any

from tests.outside.server import Asked, Reply, Server

TOKEN = "EAAJtoken-van-de-gemeente"
WINDOW_CLOSED = {
    "message": "(#131047) Re-engagement message",
    "type": "OAuthException",
    "code": 131047,
    "error_data": {"messaging_product": "whatsapp", "details": "More than 24 hours have passed."},
    "fbtrace_id": "AbCdEfGhIjK",
}
EXPIRED = {
    "message": f"Error validating access token: Session has expired. Malformed access token {TOKEN}",
    "type": "OAuthException",
    "code": 190,
    "error_subcode": 463,
    "fbtrace_id": "AbCdEfGhIjK",
}
TOO_MANY = {"message": "(#130429) Rate limit hit", "type": "OAuthException", "code": 130429, "fbtrace_id": "x"}
TRANSIENT = {"message": "An unknown error", "type": "OAuthException", "code": 2, "is_transient": True}


def error(found: dict[str, Any], status: int = 400, **headers: str) -> Reply:
    return Reply.of({"error": found}, status, **headers)


class Graph(Server):
    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, Any]] = []
        self.media: dict[str, tuple[bytes, str]] = {}
        self.people: dict[str, dict[str, str]] = {}
        self._number = count(1)

    def add_media(self, name: str, content: bytes, content_type: str) -> None:
        self.media[name] = (content, content_type)

    def answer(self, asked: Asked) -> Reply:
        if asked.path.startswith("/cdn/"):
            return self._content(asked.path.removeprefix("/cdn/"))
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return error(EXPIRED, 401)
        if asked.method == "GET":
            return self._describe(asked.path.strip("/"))
        if asked.path == "/me/messages":
            return self._take(asked.json)
        return self._take_whatsapp(asked.json)

    def _describe(self, name: str) -> Reply:
        if name.startswith("download/"):
            return self._content(name.removeprefix("download/"))
        if name in self.people:
            return Reply.of(self.people[name] | {"id": name})
        if name not in self.media:
            return error({"message": "(#100) Unsupported get request", "type": "GraphMethodException", "code": 100})
        content, content_type = self.media[name]
        return Reply.of(
            {
                "messaging_product": "whatsapp",
                "url": f"{self.url}/download/{name}",
                "mime_type": content_type,
                "sha256": hashlib.sha256(content).hexdigest(),
                "file_size": str(len(content)),
                "id": name,
            }
        )

    def _content(self, name: str) -> Reply:
        if name not in self.media:
            return Reply(404, b"Not Found")
        content, content_type = self.media[name]
        return Reply(200, content, {"Content-Type": content_type})

    def _take_whatsapp(self, body: dict[str, Any]) -> Reply:
        name = f"wamid.HBgLMzE2OTAxMjM0NTYVAgARGBI{next(self._number):04d}AA=="
        self.sent.append(body | {"id": name})
        to = body.get("to") or body.get("recipient")
        return Reply.of(
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": to, "wa_id": to}],
                "messages": [{"id": name}],
            }
        )

    def _take(self, body: dict[str, Any]) -> Reply:
        name = f"m_AG5Hz2Uq7tuwNEhXfYYKj8mJEM_QPpz5jdCK48PnKAjSdjfipqxqMvK8ma6AC8fplwlqLP_{next(self._number):04d}"
        self.sent.append(body | {"id": name})
        return Reply.of({"recipient_id": body["recipient"]["id"], "message_id": name})

"""What the networks deliver at our door, in the shape of their documentation, and how they sign it."""

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from typing import Any

APP_SECRET = "app-secret-van-meta"
VERIFY_TOKEN = "woord-om-te-controleren"
SIGNING = "whsec_" + base64.b64encode(b"geheim-van-het-andere-systeem-32").decode()
PHONE_ID, PAGE_ID, ACCOUNT_ID = "106540352242922", "682498171943165", "17841405822304914"


def meta(found: dict[str, Any], secret: str = APP_SECRET) -> tuple[bytes, dict[str, str]]:
    """Give body and headers as Meta sends them: slashes and everything beyond ASCII escaped."""
    raw = json.dumps(found, separators=(",", ":")).replace("/", "\\/").encode()
    return raw, signed(raw, secret)


def signed(raw: bytes, secret: str = APP_SECRET) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}


def standard(
    found: Any, *, id: str = "msg_1", at: int | None = None, secrets: tuple[str, ...] = (SIGNING,)
) -> tuple[bytes, dict[str, str]]:
    """Give body and headers by Standard Webhooks; bytes are sent as they are."""
    raw = found if isinstance(found, bytes) else json.dumps(found, ensure_ascii=False).encode()
    timestamp = str(int(time.time()) if at is None else at)
    signed = f"{id}.{timestamp}.".encode() + raw
    signatures = [
        "v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode() for secret in secrets
    ]
    return raw, {"webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": " ".join(signatures)}


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix("whsec_"))


def whatsapp(*messages: dict[str, Any], statuses: list[dict[str, Any]] | None = None, **value: Any) -> dict[str, Any]:
    """Give a delivery with these messages and statuses."""
    people = [
        {"profile": {"name": "Anna Jansen"}, "wa_id": message["from"]} for message in messages if "from" in message
    ]
    found = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "31880001234", "phone_number_id": PHONE_ID},
        **({"contacts": people, "messages": list(messages)} if messages else {}),
        **({"statuses": statuses} if statuses else {}),
        **value,
    }
    change = {"value": found, "field": "messages"}
    return {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [change]}]}


def whatsapp_text(body: str = "Is het zwembad open?", *, id: str = "wamid.A1", **fields: Any) -> dict[str, Any]:
    message = {"from": "31690123456", "id": id, "timestamp": str(int(time.time())), "type": "text"}
    return message | {"text": {"body": body}} | fields


def status(id: str, state: str, *, at: int | None = None, **fields: Any) -> dict[str, Any]:
    found = {
        "id": id,
        "status": state,
        "timestamp": str(int(time.time()) if at is None else at),
        "recipient_id": "31690123456",
        "pricing": {"billable": False, "pricing_model": "PMP", "category": "service", "type": "free_customer_service"},
    }
    return found | fields


def messenger(*events: dict[str, Any], object: str = "page", account: str = PAGE_ID) -> dict[str, Any]:
    return {"object": object, "entry": [{"id": account, "time": int(time.time() * 1000), "messaging": list(events)}]}


def said(text: str = "Wanneer is de markt?", *, mid: str = "m_1", person: str = "24681012", **fields: Any) -> Any:
    """Give the event that this person wrote to us."""
    return {
        "sender": {"id": person},
        "recipient": {"id": PAGE_ID},
        "timestamp": int(time.time() * 1000),
        "message": {"mid": mid, "text": text, **fields},
    }


def echoed(text: str, *, mid: str, person: str = "24681012", **fields: Any) -> Any:
    """Give the event that we wrote to this person, perhaps with another program."""
    return {
        "sender": {"id": PAGE_ID},
        "recipient": {"id": person},
        "timestamp": int(time.time() * 1000),
        "message": {"is_echo": True, "app_id": 1517776481860111, "mid": mid, "text": text, **fields},
    }


def message(text: str = "Mijn container is niet geleegd.", *, id: str = "c-1", **data: Any) -> dict[str, Any]:
    """Give a message of any other system, in our own shape."""
    sender = {"id": "klant-77", "name": "Piet Bakker"}
    shown = {"id": id, "channel": "chat", "text": text, "sender": sender, **data}
    return {"type": "message.created", "timestamp": datetime.now(UTC).isoformat(), "data": shown}

"""The signed word in our reply address by which an answer finds its case; it cannot be guessed."""

import base64
import hashlib
import hmac
import re

from django.conf import settings

TOKEN = re.compile(r"\+([0-9a-z]{1,13})-([a-z2-7]{16})@", re.IGNORECASE)
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def reply_address(case_id: int, address: str) -> str:
    """Give the address that answers about this case go to: gemeente+<case>-<signature>@…"""
    local, _at, domain = address.rpartition("@")
    return f"{local}+{_base36(case_id)}-{_signature(case_id, settings.SECRET_KEY)}@{domain}"


def case_of(address: str) -> int | None:
    """Give the id of the case that a reply address names; None when it is none of ours."""
    found = TOKEN.search(address)
    if not found:
        return None
    case_id, signature = int(found[1], 36), found[2].lower()
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    known = any(hmac.compare_digest(signature, _signature(case_id, key)) for key in keys)
    return case_id if known and case_id < 2**63 else None


def _signature(case_id: int, key: str) -> str:
    digest = hmac.new(hashlib.sha256(b"kcc.reply" + key.encode()).digest(), str(case_id).encode(), hashlib.sha256)
    return base64.b32encode(digest.digest()[:10]).decode().lower()


def _base36(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = DIGITS[rest] + text
    return text or "0"

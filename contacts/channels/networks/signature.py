"""Whether a message is from whom it says: Meta's X-Hub-Signature-256, and Standard Webhooks 1.0.0.

Both are an HMAC-SHA256 over the bytes as they came; never over JSON that was read and written again.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

TOLERANCE = timedelta(seconds=300)
PREFIX = "whsec_"


def is_meta(raw: bytes, header: str, secret: str) -> bool:
    """Say whether X-Hub-Signature-256 is that of these bytes. The older SHA-1 header does not count."""
    expected = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return bool(secret) and _same(header, expected)


def is_standard(raw: bytes, *, id: str, timestamp: str, header: str, secrets: Iterable[str]) -> bool:
    """Say whether one of the signatures in webhook-signature is made with one of these secrets."""
    signed = f"{id}.{timestamp}.".encode("latin-1", "replace") + raw  # headers come as Latin-1
    given = [word.removeprefix("v1,") for word in header.split(" ")[:10] if word.startswith("v1,")]
    good = False
    for secret in secrets:
        expected = base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()
        for signature in given:
            good |= _same(signature, expected)  # all of them are compared: time tells nothing
    return good


def is_recent(timestamp: str, *, now: datetime) -> bool:
    """Say whether webhook-timestamp, in seconds since 1970, is within five minutes of now."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(int(timestamp) - now.timestamp()) <= TOLERANCE.total_seconds()


def same_word(given: str, expected: str) -> bool:
    """Compare a word that was told in confidence, in the same time whatever was given; an empty one is never right."""
    return bool(expected) and _same(given, expected)


def key_of(secret: str) -> bytes:
    """Give the bytes of a secret as it is handed out: whsec_ and base64."""
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return secret.encode()


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("latin-1", "replace"), expected.encode("latin-1", "replace"))

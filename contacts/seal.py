"""Secrets at rest: sealed with AES-256-GCM under keys that live outside the database and its backups."""

import base64
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def seal(text: str, *, bound_to: str) -> str:
    """Give the text sealed with the newest key, bound to what it belongs to (table, column and uuid)."""
    kid, key = _keys()[0]
    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), bound_to.encode())
    return f"v1|{kid}|{base64.b64encode(nonce).decode()}|{base64.b64encode(sealed).decode()}"


def unseal(sealed: str, *, bound_to: str) -> str:
    """Give the text back. Raises InvalidTag when it belongs to something else, KeyError for a withdrawn key."""
    _version, kid, nonce, text = sealed.split("|")
    key = dict(_keys())[kid]
    return AESGCM(key).decrypt(base64.b64decode(nonce), base64.b64decode(text), bound_to.encode()).decode()


def _keys() -> list[tuple[str, bytes]]:
    if not settings.BSN_KEYS:
        raise ImproperlyConfigured("Set KCC_BSN_KEYS or KCC_BSN_KEYS_FILE.")
    return [(kid, base64.b64decode(key)) for kid, key in (pair.split(":", 1) for pair in settings.BSN_KEYS)]

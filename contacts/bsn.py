"""The personal number (BSN) at rest: encrypted with AES-256-GCM, found again by a keyed blind index.

The keys come from the environment and live outside the database and its backups: a BSN has fewer than 10^9 values, so
an index without a key would be undone in seconds. The index shows equality and nothing else.
"""

import base64
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.translation import gettext as _
from stdnum.exceptions import ValidationError as NotValid
from stdnum.nl import bsn as checks

ASSOCIATED = b"contacts_customer.bsn:"


def clean(typed: str) -> str:
    """Give the nine digits of a valid BSN. Raises ValidationError without repeating what was typed."""
    try:
        return checks.validate(typed)
    except NotValid:
        raise ValidationError(_("Dit is geen geldig BSN.")) from None


def encrypt(bsn: str, *, owner: str) -> str:
    """Give the BSN sealed with the newest key, bound to its owner (the customer's uuid)."""
    kid, key = _keys()[0]
    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, bsn.encode(), ASSOCIATED + owner.encode())
    return f"v1|{kid}|{base64.b64encode(nonce).decode()}|{base64.b64encode(sealed).decode()}"


def decrypt(sealed: str, *, owner: str) -> str:
    """Give the BSN back. Raises InvalidTag for another owner's, KeyError for a key that was withdrawn."""
    _version, kid, nonce, text = sealed.split("|")
    key = dict(_keys())[kid]
    return AESGCM(key).decrypt(base64.b64decode(nonce), base64.b64decode(text), ASSOCIATED + owner.encode()).decode()


def index(bsn: str) -> str:
    """Give the blind index: the same number always gives the same text, and the text gives nothing away."""
    if not settings.BSN_INDEX_KEY:
        raise ImproperlyConfigured("Set KCC_BSN_INDEX_KEY or KCC_BSN_INDEX_KEY_FILE.")
    return hmac.new(base64.b64decode(settings.BSN_INDEX_KEY), bsn.encode(), hashlib.sha256).hexdigest()


def _keys() -> list[tuple[str, bytes]]:
    if not settings.BSN_KEYS:
        raise ImproperlyConfigured("Set KCC_BSN_KEYS or KCC_BSN_KEYS_FILE.")
    return [(kid, base64.b64decode(key)) for kid, key in (pair.split(":", 1) for pair in settings.BSN_KEYS)]

"""The personal number (BSN) at rest: encrypted with AES-256-GCM, found again by a keyed blind index.

The keys come from the environment and live outside the database and its backups: a BSN has fewer than 10^9 values, so
an index without a key would be undone in seconds. The index shows equality and nothing else.
"""

import base64
import hashlib
import hmac

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.translation import gettext as _
from stdnum.exceptions import ValidationError as NotValid
from stdnum.nl import bsn as checks

from contacts.seal import seal, unseal

COLUMN = "contacts_customer.bsn"


def clean(typed: str) -> str:
    """Give the nine digits of a valid BSN. Raises ValidationError without repeating what was typed."""
    try:
        return checks.validate(typed)
    except NotValid:
        raise ValidationError(_("Dit is geen geldig BSN.")) from None


def encrypt(bsn: str, *, owner: str) -> str:
    """Give the BSN sealed, bound to its owner (the customer's uuid)."""
    return seal(bsn, bound_to=f"{COLUMN}:{owner}")


def decrypt(sealed: str, *, owner: str) -> str:
    """Give the BSN back. Raises InvalidTag for another owner's, KeyError for a key that was withdrawn."""
    return unseal(sealed, bound_to=f"{COLUMN}:{owner}")


def index(bsn: str) -> str:
    """Give the blind index: the same number always gives the same text, and the text gives nothing away."""
    if not settings.BSN_INDEX_KEY:
        raise ImproperlyConfigured("Set KCC_BSN_INDEX_KEY or KCC_BSN_INDEX_KEY_FILE.")
    return hmac.new(base64.b64decode(settings.BSN_INDEX_KEY), bsn.encode(), hashlib.sha256).hexdigest()

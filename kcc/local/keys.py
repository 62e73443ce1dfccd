"""The secrets of a local installation, made once and kept in var/secrets.env."""

import base64
import os
import secrets
from pathlib import Path

from kcc.local.lock import Lock
from kcc.local.place import Place

NAMES = ("SECRET_KEY", "KCC_BSN_KEYS", "KCC_BSN_INDEX_KEY", "POSTGRES_PASSWORD", "VALKEY_PASSWORD")


def keys(place: Place) -> dict[str, str]:
    """Give every secret by name; those that are not there yet are made and written first."""
    path = place.var / "secrets.env"
    known = _read(path)
    if all(name in known for name in NAMES):
        return known
    lock = Lock(place.run / "secrets.lock")
    lock.take()
    try:
        known = _fresh() | _read(path)
        _write(path, known)
    finally:
        lock.free()
    return known


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    pairs = (line.partition("=") for line in path.read_text().splitlines() if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def _fresh() -> dict[str, str]:
    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "KCC_BSN_KEYS": f"k1:{key()}",
        "KCC_BSN_INDEX_KEY": key(),
        "POSTGRES_PASSWORD": secrets.token_urlsafe(24),
        "VALKEY_PASSWORD": secrets.token_urlsafe(24),
    }


def _write(path: Path, values: dict[str, str]) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w") as file:
        file.write("# Made by this installation. Without these keys its data cannot be read: keep a copy apart.\n")
        file.writelines(f"{name}={value}\n" for name, value in values.items())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)

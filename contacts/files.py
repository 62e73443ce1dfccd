"""Files that citizens and colleagues send: kept once by what is in them, outside everything the web server shows."""

import hashlib
import os
import re
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

SHA256 = re.compile(r"[0-9a-f]{64}")


def keep(content: bytes) -> str:
    """Give the SHA-256 (hex) under which this content is kept; on disk and safe when this returns."""
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    if path.exists():
        return digest
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{digest}.{os.getpid()}.{os.urandom(4).hex()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
        _sync(folder)
    return digest


def read(digest: str) -> BinaryIO:
    """Give the content, opened for reading. Raises FileNotFoundError."""
    return _path(digest).open("rb")


def _path(digest: str) -> Path:
    if not SHA256.fullmatch(digest):
        raise FileNotFoundError(digest)
    root: Path = settings.FILES_ROOT
    return root / digest[:2] / digest[2:4] / digest


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

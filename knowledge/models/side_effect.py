"""What may fail without harm to the page that does it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, transaction


@contextmanager
def side_effect(log: logging.Logger, what: str) -> Iterator[None]:
    """Do something on the side: what cannot be written harms nothing else, and no text of it comes into the log."""
    try:
        with transaction.atomic():
            yield
    except Error as error:
        log.warning("%s was not written down: %s", what, type(error).__name__)

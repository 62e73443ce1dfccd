"""The uuids by which forms, addresses and tokens name things: whatever somebody sends, it is one or it is none."""

from uuid import UUID


def as_uuid(text: object) -> UUID | None:
    """Give the uuid that a text is, None for what is none."""
    try:
        return UUID(str(text))
    except ValueError:
        return None

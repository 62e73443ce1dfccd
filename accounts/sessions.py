"""Sessions that know when they end: ten hours after they were last written, which is seldom the last page."""

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as Rows

ENDS = "_ends"  # UTC, seconds since 1970


class SessionStore(Rows):
    """A session in the database that keeps beside what is in it when its row ends."""

    def save(self, must_create: bool = False) -> None:
        self[ENDS] = _ends_if_written_now(self)
        super().save(must_create)


def end_of(session: SessionBase) -> int:
    """Give when a session ends that is not written again, in seconds since 1970 (UTC)."""
    if session.modified:  # it is written at the end of this request
        return _ends_if_written_now(session)
    return int(session.get(ENDS) or _ends_if_written_now(session))


def _ends_if_written_now(session: SessionBase) -> int:
    return int(session.get_expiry_date().timestamp())

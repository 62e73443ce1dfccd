"""What can go wrong between the house and the outside world, in the words the tasks decide by."""

from datetime import timedelta


class Superseded(Exception):
    """Another process did this work meanwhile; nothing was written."""


class TooEarly(Exception):
    """What this is about has not come yet, though it may; it is to be tried again later."""


class Unsent(Exception):
    """A message did not leave, or perhaps did; `again` says whether it may be tried again, and not before `after`."""

    def __init__(self, reason: str, *, again: bool, after: timedelta = timedelta()) -> None:
        super().__init__(reason)
        self.again, self.after = again, after

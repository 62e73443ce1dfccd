"""What can go wrong between the house and the outside world, in the words the tasks decide by."""


class Superseded(Exception):
    """Another process did this work meanwhile; nothing was written."""


class Unsent(Exception):
    """A message did not leave, or perhaps did; `again` says whether it may be tried again."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again

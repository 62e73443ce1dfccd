"""What went wrong, in one line that a person can act on."""

import sys
from collections.abc import Callable


class Trouble(Exception):
    """Something the person at the keyboard can put right; the text says what to do."""


def plainly(main: Callable[[list[str]], int]) -> int:
    """Run a command; a Trouble becomes one line on stderr and exit code 1, Ctrl-C becomes 130."""
    try:
        return main(sys.argv[1:])
    except Trouble as trouble:
        print(f"kcc: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130

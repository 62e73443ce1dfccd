"""The order in which a page sent what was typed: what arrives late must not take the place of what was sent after it.

A turn is "page.number": a word for one look at a page, and a number that goes up with all that is sent from it, by
`kcc/static/kcc/js/draft.js`.
"""

import re
from typing import Any

TURN = re.compile(r"[a-z0-9]{1,20}\.[0-9]{1,12}")
FIELD = "draft_turn"


def turn_of(data: Any) -> str:
    """Give the turn that came with a form, nothing if none did: a page without JavaScript sends one thing at a time."""
    turn = data.get(FIELD, "") if data is not None else ""
    return turn if isinstance(turn, str) and TURN.fullmatch(turn) else ""


def is_late(turn: str, known: str) -> bool:
    """Say whether this was sent by the same page as what is known, and not after it."""
    page, _dot, number = turn.partition(".")
    known_page, _dot, known_number = known.partition(".")
    return bool(turn) and page == known_page and int(number) <= int(known_number)

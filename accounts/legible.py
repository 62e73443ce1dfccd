"""What of a sent form a person typed, as they would know it again; what only the page and the server say is not."""

import re
from collections.abc import Iterable
from html import unescape

MOST_LETTERS = 20_000  # shown of one field; all of it is sent again
MOST_TEXTS = 60
BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|tr|blockquote)>|<br ?/?>", re.IGNORECASE)
TAG = re.compile(r"<[^<>]*>")
MARKUP = re.compile(r"<[a-z][^<>]*>", re.IGNORECASE)
CODE = re.compile(r"[a-z0-9_.:/+=-]+|[\dTZ:.+-]+|[0-9A-F-]{32,}")  # a choice, a path, a moment, a uuid
LONGEST_WORD = 30  # what is longer, in one piece, is a stamp or a signature
DATA = ("{", '["', "[{")


def legible(values: Iterable[str]) -> list[str]:
    """Give the texts among these values, each once and without its markup."""
    texts = dict.fromkeys(text for value in values if (text := _text(value)))
    return list(texts)[:MOST_TEXTS]


def _text(value: str) -> str:
    """Give a value as it reads, empty when it is no text: a number, a choice, a stamp, data."""
    text = value[:MOST_LETTERS].strip()
    if MARKUP.match(text) and value.rstrip().endswith(">"):
        text = unescape(TAG.sub("", BLOCK_END.sub("\n", text))).strip()
    if text.startswith(DATA) or not any(letter.isalpha() for letter in text):
        return ""
    return "" if len(text.split()) == 1 and _is_code(text) else text


def _is_code(word: str) -> bool:
    if "@" in word or "://" in word:
        return False
    return len(word) > LONGEST_WORD or CODE.fullmatch(word) is not None

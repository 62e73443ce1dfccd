"""What mail servers on the way said of a sender (RFC 8601): whether SPF, DKIM and DMARC held."""

import re

from contacts.channels.reading import charset
from contacts.channels.reading.mime import Part

HEADERS, RESULTS = 20, 40
COMMENT = re.compile(r"\([^()]*+\)")
RESULT = re.compile(r"\s*([a-z][a-z0-9-]{0,30})(?:\s*/\s*\d+)?\s*=\s*([a-z]{1,20})\b", re.IGNORECASE)


def results(root: Part) -> tuple[tuple[str, str, str], ...]:
    """Give who said it, of what (spf, dkim, dmarc …) and what (pass, fail …); the newest first.

    Anybody can write such a header: whoever uses these takes only what their own server said.
    """
    found: list[tuple[str, str, str]] = []
    for value in root.all("authentication-results")[:HEADERS]:
        line = charset.one_line(value.decode("utf-8", "replace"))
        pieces = COMMENT.sub("", COMMENT.sub("", line)).split(";")[:RESULTS]
        server = "" if RESULT.match(pieces[0]) else pieces.pop(0).strip().partition(" ")[0].lower()[:255]
        matches = (RESULT.match(piece) for piece in pieces)
        found += [(server, match[1].lower(), match[2].lower()) for match in matches if match]
    return tuple(found[:RESULTS])

"""Text whose lines were broken to fit, and say so (RFC 3676): made whole again, so that a paragraph is one line."""

import re

MARKS = re.compile(r">*")


def joined(text: str, *, delete_space: bool = False) -> str:
    """Give text with its paragraphs in one line each; a line that ends in a space goes on in the next one."""
    lines: list[str] = []
    pieces: list[str] = []
    flowing = -1  # how deep the line before was quoted, if it goes on
    for line in text.split("\n"):
        marks = MARKS.match(line)
        depth = marks.end() if marks else 0
        content = line[depth:].removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        if delete_space and flows:
            content = content[:-1]
        if flowing == depth and content != "-- ":
            pieces.append(content)
        else:
            lines += ["".join(pieces)] if pieces else []
            pieces = [f"{'>' * depth} {content}" if depth else content]
        flowing = depth if flows else -1
    return "\n".join([*lines, "".join(pieces)])

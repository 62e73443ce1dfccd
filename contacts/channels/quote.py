"""What somebody wrote now, apart from the earlier messages that their mail program put below it. Nothing is lost."""

import re

SEPARATOR = re.compile(
    r"^[\s>*]*(?:-{2,}|_{5,})\s*"
    r"(?:oorspronkelijke? bericht|original message|urspr.ngliche nachricht|message d.origine)",
    re.IGNORECASE,
)
ATTRIBUTION = [
    re.compile(r"^\W{0,4}(?:op|on|am|le)\s.{5,300}\b(?:schreef|wrote|schrieb|a .crit)\b.{0,200}:$", re.IGNORECASE),
    re.compile(r"^\W{0,4}op\s.{5,200}\sheeft\s.{1,200}\bgeschreven:$", re.IGNORECASE),
    re.compile(r"^.{1,120}\s(?:schreef|wrote)(?: het volgende)? (?:op|on)\s.{4,120}:$", re.IGNORECASE),
]  # fmt: skip
# Without one of these "Op 3 mei schreef u mij:" would fold away a whole letter.
CLOCK_OR_ADDRESS = re.compile(r"\b\d{1,2}[:.]\d{2}\b(?!\.\d)|@")
FROM = re.compile(r"^[\s>*]*(?:van|from|von|de)\s?\*?:\*?\s*\S", re.IGNORECASE)
FIELD = re.compile(
    r"^[\s>*]*(?:verzonden|datum|sent|date|gesendet|aan|to|an|cc|onderwerp|subject|betreff)\s?\*?:", re.IGNORECASE
)
FORWARDED = re.compile(r"^\s*(?:fw|fwd|doorst|doorgest(?:uurd)?|wg|tr)\s*:", re.IGNORECASE)
WRAPPED = 3  # lines over which a mail program breaks "Op … schreef …:"
LONG = 400  # characters of a line that is looked at
FIELDS = 6  # lines below "Van:" in which the other fields must stand


def fold(text: str, *, subject: str = "") -> tuple[str, str]:
    """Give what was written now and what was quoted; all of it as written when nothing else would be left, or the mail
    is a forwarded one, or answers stand between the quoted lines."""
    if FORWARDED.match(subject):
        return text.strip(), ""
    lines = text.split("\n")
    own, quoted = _below(lines) or _marked(lines)
    if not any(line.strip() for line in own):
        return text.strip(), ""
    return "\n".join(own).strip(), "\n".join(quoted).strip("\n")


def _below(lines: list[str]) -> tuple[list[str], list[str]] | None:
    """Divide at the first line that begins an earlier message; what stands below marked lines is an answer too."""
    for number, line in enumerate(lines):
        span = _begins(lines, number, line[:LONG])
        if span:
            own, history = lines[:number], lines[number : number + span]
            rest = lines[number + span :]
            if not any(line.lstrip().startswith(">") for line in rest):
                return own, history + rest
            answer, marked = _marked(rest)
            return (own + answer, history + marked) if marked else (lines, [])
    return None


def _begins(lines: list[str], number: int, line: str) -> int:
    """Say how many lines here announce an earlier message; 0 when they do not."""
    if not line.strip():
        return 0
    if SEPARATOR.match(line):
        return 1
    if FROM.match(line) and sum(bool(FIELD.match(after[:LONG])) for after in lines[number + 1 : number + FIELDS]) >= 2:
        return 1
    joined = ""
    for count, piece in enumerate(lines[number : number + WRAPPED], start=1):
        joined = f"{joined} {piece[:LONG].strip()}".strip()[:LONG]
        if joined.endswith(":") and any(pattern.match(joined) for pattern in ATTRIBUTION):
            below = next((after for after in lines[number + count : number + count + 3] if after.strip()), "")
            return count if CLOCK_OR_ADDRESS.search(joined) or below.lstrip().startswith(">") else 0
    return 0


def _marked(lines: list[str]) -> tuple[list[str], list[str]]:
    """Divide lines by their mark (>); with answers between several blocks of them nothing is folded."""
    marked = [line.lstrip().startswith(">") for line in lines]
    own = [line for line, is_marked in zip(lines, marked, strict=True) if not is_marked]
    blocks, inside = 0, False
    for line, is_marked in zip(lines, marked, strict=True):
        if line.strip():
            blocks += is_marked and not inside
            inside = is_marked
    if blocks > 1:
        return lines, []
    return own, [line for line, is_marked in zip(lines, marked, strict=True) if is_marked]

"""Appointments in a mail (RFC 5545): what an agent needs to know of them; the file itself is kept."""

import re

FOLD = re.compile(r"\r?\n[ \t]")
LINES, LONG = 2000, 5000  # of a file; characters of a field
ESCAPED = re.compile(r"\\([\\;,nN])")
STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d))?")
METHODS = {
    "REQUEST": "Uitnodiging",
    "REPLY": "Antwoord op een uitnodiging",
    "CANCEL": "Afgezegd",
    "COUNTER": "Voorstel voor een andere tijd",
    "PUBLISH": "Afspraak",
}
ANSWERS = {"ACCEPTED": "geaccepteerd", "DECLINED": "afgewezen", "TENTATIVE": "misschien"}
UTC = " (UTC)"


def note(text: str) -> tuple[str, bool]:
    """Give an appointment in words, and whether it is the answer to an invitation."""
    fields: dict[str, str] = {}
    in_event = False
    for line in FOLD.sub("", text[:200_000]).split("\n")[:LINES]:
        name, _colon, value = line.strip().partition(":")
        word, _semicolon, parameters = name.upper().partition(";")
        if word == "BEGIN" and value.upper() == "VEVENT":
            in_event = True
        elif word in {"METHOD"} or (in_event and word in {"SUMMARY", "DTSTART", "DTEND", "LOCATION", "DESCRIPTION"}):
            fields.setdefault(word, ESCAPED.sub(_unescaped, value).strip()[:LONG])
        elif in_event and word == "ATTENDEE":
            state = next((word for word in ANSWERS if f"PARTSTAT={word}" in parameters), "")
            fields.setdefault("ANSWER", ANSWERS.get(state, ""))
    method = fields.get("METHOD", "").upper()
    if not fields.get("SUMMARY") and not fields.get("DTSTART"):
        return "", method == "REPLY"
    answer = f" ({fields['ANSWER']})" if method == "REPLY" and fields.get("ANSWER") else ""
    title, place = (" ".join(fields.get(name, "").split()) for name in ("SUMMARY", "LOCATION"))
    words = [f"{METHODS.get(method, 'Afspraak')}{answer}: {title}".strip(" :")]
    words += [f"Wanneer: {_moment(fields['DTSTART'])}"] if fields.get("DTSTART") else []
    words += [f"Waar: {place}"] if place else []
    words += ["", fields["DESCRIPTION"]] if fields.get("DESCRIPTION") else []
    return "\n".join(words), method == "REPLY"


def _unescaped(found: re.Match[str]) -> str:
    return "\n" if found[1] in "nN" else found[1]


def _moment(value: str) -> str:
    found = STAMP.match(value)
    if not found:
        return value
    day = f"{found[3]}-{found[2]}-{found[1]}"
    return f"{day} {found[4]}:{found[5]}{UTC if value.endswith('Z') else ''}" if found[4] else day

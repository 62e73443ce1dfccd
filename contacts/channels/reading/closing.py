"""What stands below every mail of its sender, whatever it says: how it was sent, who they are, what lawyers want."""

import re

LINES, SIGNS = 15, 1200  # of a signature that is folded away
SIGNATURE = re.compile(r"--[ \t]?")
DEVICE = re.compile(
    r"(?:(?:verzonden|verstuurd|gestuurd|geschreven|sent|written|gesendet|envoyé|enviado|inviato|wysłane|skickat)\s+"
    r"(?:vanaf|vanuit|van|met|via|door|from|with|by|on|using|von|vom|mit|über|depuis|de|à|avec|desde|dal?|con|från|z)"
    r"|von meinem|outlook (?:voor|for|für)|(?:download|get) (?:(?:the|de|het|new|nieuwe) ){0,2}"
    r"(?=outlook|bluemail|yahoo|spark|gmail|proton|edison|typeapp|thunderbird|my ?mail))\b.{0,40}"
    r"\b(?:iphone|ipad|ios|android|galaxy|samsung|huawei|xiaomi|pixel|fairphone|oneplus"
    r"|nokia|motorola|oppo|blackberry|telefoon|mobiel|mobieltje|smartphone|tablet|toestel|phone|handy|windows|mac|outlook|gmail|yahoo"
    r"|proton ?mail|thunderbird|spark|bluemail|webmail|e-?mail app|mail (?:app|voor|for|für))\b.{0,80}"
    r"|(?:virusvrij|virus-free)\.? ?(?:www\.)?avast.{0,60}",
    re.IGNORECASE,
)
DISCLAIMER = re.compile(
    r"[\s*_=-]*(?:disclaimer|de informatie (?:verzonden |opgenomen |die )?(?:in|is|met|verzonden)\b"
    r"|(?:de inhoud van )?(?:dit|deze) (?:e-?mail(?:bericht)?|bericht|mail)\b|aan (?:dit|deze|de inhoud van) "
    r"|the (?:information|content)\b|this (?:e-?mail|message|communication)\b|diese e-?mail\b"
    r"|confidential|vertrouwelijk"
    r"|(?:denk|think|please consider|bespaar) .{0,30}(?:milieu|environment|printen|printing))",
    re.IGNORECASE,
)
LAWYERS = re.compile(
    r"vertrouwelijk|geadresseerde|uitsluitend|openbaarmaking|onbevoegd|ongeautoriseerd|per abuis|ten onrechte|afzender"
    r"|niet de bedoelde|vernietig|verwijder|aansprakelijk|rechten worden ontleend|bestemd|virus|confidential|addressee"
    r"|intended (?:for|recipient|only|solely)|unauthori[sz]ed|disclos|in error|delete|liab|vertraulich|empfänger|milieu"
    r"|environment|printen|printing",
    re.IGNORECASE,
)
PERSON = re.compile(
    r"\b(?:ik|mij|mijn|mezelf|i|my|myself|ich|mein|meine|je|moi)\b(?!\s*[-.])", re.IGNORECASE
)  # lawyers are we
SENTENCE = re.compile(r"\?\s*$|(?:\S{1,80}\s{1,5}){4}\S{0,80}[.!:]\s*$")
PRINTING, BRIEF = re.compile(r"milieu|environment", re.IGNORECASE), 90  # characters: lawyers need more
PIECES = 8  # one below the other
PARAGRAPH, LOOKED_AT = 60, 4000  # lines and characters of a last paragraph


def fold(lines: list[str]) -> tuple[list[str], list[str]]:
    """Give what was written, and what stands below it in every mail; nothing is folded when nothing would be left."""
    end = _end(lines, len(lines))
    signed = False
    for _ in range(PIECES):
        cut = end and (_disclaimer(lines, end) or _device(lines, end))
        if not cut and not signed:  # a second one above it is no signature
            cut, signed = end and _signature(lines, end), True
        if not cut:
            break
        end = _end(lines, cut)
    if not end or not any(line.strip() for line in lines[:end]):
        return lines, []
    rest = lines[end:]
    return (lines[:end], rest) if any(line.strip() for line in rest) else (lines, [])


def _end(lines: list[str], end: int) -> int:
    while end and not lines[end - 1].strip():
        end -= 1
    return end


def _device(lines: list[str], end: int) -> int:
    """Say where the line begins that names a telephone or a program; 0 when there is none at the end."""
    return end - 1 if DEVICE.fullmatch(lines[end - 1][:200].strip(" *_<>[]")) else 0


def _signature(lines: list[str], end: int) -> int:
    for number in range(end - 1, max(end - LINES * 2, 0), -1):
        if SIGNATURE.fullmatch(lines[number]):
            below = [line for line in lines[number + 1 : end] if line.strip()]
            if lines[number] == "--" and any(SENTENCE.search(line) for line in below):
                return 0  # a line drawn in a letter
            return number if len(below) <= LINES and sum(map(len, below)) <= SIGNS else 0
    return 0


def _disclaimer(lines: list[str], end: int) -> int:
    """Say where the last paragraphs begin that only lawyers wrote; 0 when the last paragraph is another one."""
    start = end
    while start and lines[start - 1].strip() and end - start < PARAGRAPH:
        start -= 1
    paragraph = "\n".join(lines[start:end])[:LOOKED_AT]
    if len(paragraph) < BRIEF and not PRINTING.search(paragraph):
        return 0
    if (
        not DISCLAIMER.match(paragraph)
        or PERSON.search(paragraph)
        or len({found.lower() for found in LAWYERS.findall(paragraph)}) < 2
    ):
        return 0
    return start

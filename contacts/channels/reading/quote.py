"""What somebody wrote now, apart from the earlier messages that their mail program put below it. Nothing is lost."""

import re

from contacts.channels.reading import closing

MARK = r"^[\s>*_|]*"
SEPARATOR = re.compile(
    MARK + r"(?:[-‐–—]{2,}\s*(?:oorspronkelijke? (?:e-?mail)?bericht|original (?:message|e-?mail)|bericht van"
    r"|urspr.ngliche nachricht|message d.origine|mensaje original|messaggio originale|ursprungligt meddelande"
    r"|oprindelig besked|opprinnelig melding|mensagem original|wiadomość oryginalna|orijinal (?:mesaj|ileti)"
    r"|αρχικό μήνυμα|исходное сообщение|оригінальне повідомлення|الرسالة الأصلية|原始邮件|原始郵件)"
    r"|-{2,}\s*(?:op|on|am|le)\s.{5,250}\s(?:schreef|wrote|schrieb)\s*-{2,}"
    r"|-{2,}\s*(?:below this line is a copy|this is a copy of (?:the|your) message)"
    r"|#*[-=\s]*(?:typ|schrijf|zet|plaats) (?:uw|je) (?:antwoord|reactie) (?:hier)?boven (?:deze|de) (?:regel|lijn)"
    r"|#*[-=\s]*(?:please )?(?:type|write) your reply above this line)",
    re.IGNORECASE,
)
FORWARDED = re.compile(
    MARK + r"(?:[-‐–—]{2,}\s*(?:forwarded (?:message|by|from)|doorgestuurde? (?:e-?mail|bericht)|doorgezonden bericht"
    r"|weitergeleitete nachricht|message transf.r.|original message \(forwarded)"
    r"|begin (?:van het )?doorgestuurde? (?:e-?mail)?bericht|begin forwarded message|anfang der weitergeleiteten)",
    re.IGNORECASE,
)
FORWARDED_SUBJECT = re.compile(
    r"^\s*(?:fw|fwd|doorst|doorsturen|doorgest(?:uurd)?|doorgezonden|wg|tr|rv)\s*:", re.IGNORECASE
)
REPLY_SUBJECT = re.compile(r"^\s*(?:re|aw|antw|antwoord|betr|sv|odp|r)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
WROTE = (
    r"(?:schreef|geschreven|wrote|writes|schrieb|a [ée]crit|escribi[oó]|ha scritto|napisał(?:\(a\))?|escreveu|skrev)"
)
ATTRIBUTION = [
    re.compile(rf"(?:op|on|am|le|el|il|em|den|w dniu)\s.{{5,300}}\b{WROTE}(?![^\W\d_]).{{0,200}}:$", re.IGNORECASE),
    re.compile(rf".{{1,160}}\s{WROTE}(?: het volgende)?,? (?:op|on|am)\s.{{4,120}}:$", re.IGNORECASE),
    re.compile(r"(?:citeren|quoting|zitat von|citaat van)\s.{3,200}:$", re.IGNORECASE),
    re.compile(r"in a message dated \d.{5,250}\swrites:$", re.IGNORECASE),
]  # fmt: skip
ANY_LANGUAGE = re.compile(r".{0,250}[\w.+-]{1,64}@[\w.-]{1,200}.{0,100}:$")  # and a clock in it, and marked lines below
# Without one of these "Op 3 mei schreef u mij:" would fold away a whole letter.
YEAR = re.compile(r"\b20\d\d\b|\b\d{1,2}[-/.]\d{1,2}[-/.]\d\d\b")
# A letter tells who wrote what to whom; a mail program gives a name and no more.
TELLS = re.compile(
    r"\b(?:schreef|wrote|schrieb)\s+(?:ik|u|uw|je|jij|jullie|mijn|hij|zij|ze|wij|we|de|het|een|onze|ons|haar|zijn|mij)\b"
    r"|\b(?:mij|me|ons|u|hem|hen|the|my|your|you|he|she|they|i|to me|to us)\s+(?:het volgende\s*:|wrote\b|schrieb\b)"
    r"|\b(?:aan|naar) (?:mij|ons|u|hem|haar)\b|\b(?:heeft|door) (?:mevrouw|meneer|de heer|mw|dhr|uw|u|mijn|ons|onze)\b"
    r"|^(?-i:De|Het|Een|Mijn|Uw|Onze|Mevrouw|Meneer) (?-i:[a-z])",
    re.IGNORECASE,
)
GROUPWISE = re.compile(r"\s*>>>\s.{3,250}\s>>>\s*")
CLOCK, ADDRESS = re.compile(r"\b\d{1,2}[:.h]\d{2}\b(?!\.\d)"), re.compile(r"[\w.+-]@[\w-]")
LABEL = MARK + r"(?:{})\s?[*_]*\s?[:：][*_]*"
SENDER = re.compile(
    LABEL.format(
        "van|from|von|de|da|od|från|fra|kimden|gönderen|από|от|від|من|发件人|寄件者|expeditor|pošiljatelj|feladó"
    )
    + r"\s*\S",
    re.IGNORECASE,
)
SENT = re.compile(
    LABEL.format(
        r"verzonden(?: op)?|datum|dato|verstuurd|sent|date|gesendet|envoy[ée]|enviado(?: el)?|fecha|inviato|data"
        r"|wysłano|skickat|sendt|enviada(?: em)?|gönderilen|gönderme tarihi|tarih|στάλθηκε|ημερομηνία|отправлено|дата"
        r"|надіслано|تم الإرسال|التاريخ|发送时间|寄件日期|trimis|küldve"
    ),
    re.IGNORECASE,
)
OTHERS = re.compile(
    LABEL.format(
        r"aan|to|an|à|a|para|do|till|til|cc|onderwerp|betreft|subject|betreff|objet|asunto|oggetto|temat|ämne|emne"
        r"|assunto|kime|bilgi|konu|προς|κοιν|θέμα|кому|копия|копія|тема|إلى|الموضوع|收件人|抄送|主题|收件者|主旨|către|subiect"
        r"|címzett|tárgy"
    ),
    re.IGNORECASE,
)
BETWEEN = re.compile(
    r"\b(?:antwoord(?:en)?|reacties?|opmerkingen|answers?|comments?|reply|antworten)\b.{0,40}"
    r"\b(?:hieronder|hier onder|eronder|tussen de|in (?:het )?(?:rood|blauw|groen|geel|kleur|tekst)"
    r"|below|inline|in ?line|in red|in blue|onder de vragen|bij de vragen|unten)\b"
    r"|\b(?:zie|see|hieronder|below|tekst)\b.{0,40}\b(?:in|met) (?:het |de )?(?:rood|blauw|groen|geel|paars|kleur"
    r"|rode|blauwe|red|blue|green|colou?r)\b",
    re.IGNORECASE,
)
RULE = re.compile(r"[\s>]*[_\-=*‐–—]{3,}\s*")
WRAPPED = 4  # lines over which a mail program breaks "Op … schreef …:"
LONG = 400  # characters of a line that is looked at
FIELDS = 7  # lines that are not empty in which the fields of an earlier message must stand
APART = 14  # and the lines between them


def is_reply(subject: str) -> bool:
    return bool(REPLY_SUBJECT.match(subject))


def is_forwarded(subject: str, text: str = "") -> bool:
    """Tell whether a mail passes on another one, by its subject or by what stands above the other one."""
    return bool(FORWARDED_SUBJECT.match(subject)) or bool(FORWARDED.match(text.lstrip()[:LONG]))


def fold(text: str, *, subject: str = "", reply: bool = True) -> tuple[str, str]:
    """Give what was written now, and what was quoted or stands below every mail of its sender.

    All of it is given as written when nothing else would be left, when a mail is passed on, or when answers stand
    between the quoted lines. `reply` says whether the mail answers another one; if not, only what is plainly quoted is
    folded.
    """
    if is_forwarded(subject):
        return text.strip(), ""
    lines = _unescaped(text.split("\n"))
    reply = reply or is_reply(subject)
    own, quoted = _below(lines, reply=reply) or _marked(lines, reply=reply)
    own, below = closing.fold(own)
    if not any(line.strip() for line in own):
        return text.strip(), ""
    quoted = [*below, "", *quoted] if below and quoted else below or quoted
    return "\n".join(own).strip(), "\n".join(quoted).strip("\n")


def _unescaped(lines: list[str]) -> list[str]:
    """Undo what mailbox files do to a line that begins with From, which is no quotation."""
    around = ["", *lines, ""]
    return [
        line[1:]
        if line.startswith(">From ") and not around[at].startswith(">") and not around[at + 2].startswith(">")
        else line
        for at, line in enumerate(lines)
    ]


def _below(lines: list[str], *, reply: bool) -> tuple[list[str], list[str]] | None:
    """Divide at the first line that begins an earlier message; what stands below marked lines is an answer too."""
    for number, line in enumerate(lines):
        line = line[:LONG]
        if not line.strip():
            continue
        if FORWARDED.match(line):
            return lines, []
        if SEPARATOR.match(line) or GROUPWISE.fullmatch(line) or _is_header(lines, number, line, reply=reply):
            return _divided(lines, number)
        span = _announces(lines, number, line, reply=reply)
        if span:
            rest = lines[number + span :]
            if not next((after for after in rest if after.strip()), "").lstrip().startswith(">"):
                return _divided(lines, number)
            answer, marked = _marked(rest)
            return (lines[:number] + answer, lines[number : number + span] + marked) if marked else (lines, [])
    return None


def _divided(lines: list[str], number: int) -> tuple[list[str], list[str]]:
    """Divide above this line and the rule that is drawn above it; not when the answers stand among what is below."""
    if BETWEEN.search("\n".join(lines[:number])[: LONG * 10]):
        return lines, []
    while number and (not lines[number - 1].strip() or RULE.fullmatch(lines[number - 1][:LONG])):
        number -= 1
    return lines[:number], lines[number:]


def _is_header(lines: list[str], number: int, line: str, *, reply: bool) -> bool:
    """Tell whether the fields of an earlier message begin here: from whom, when, and to whom or on what."""
    if not (SENDER.match(line) or SENT.match(line)):
        return False
    near = [after[:LONG] for after in lines[number : number + APART] if after.strip()][:FIELDS]
    sender = any(SENDER.match(after) for after in near)
    sent = any(SENT.match(after) for after in near)
    others = sum(bool(OTHERS.match(after)) for after in near)
    if not any(ADDRESS.search(after) for after in near):  # a letter or a form has a day, not a minute
        sent = any(SENT.match(after) and CLOCK.search(after) for after in near)
    return sender and sent and others >= (1 if reply else 2)


def _announces(lines: list[str], number: int, line: str, *, reply: bool) -> int:
    """Say how many lines here announce an earlier message ("Op … schreef …:"); 0 when they do not."""
    pieces: list[str] = []
    for count, piece in enumerate(lines[number : number + WRAPPED], start=1):
        pieces.append(piece[:LONG].strip(" >*_|\t-‐–"))
        if not pieces[-1]:
            return 0
        if not pieces[-1].endswith(":"):
            continue
        joined = " ".join(pieces)[:LONG]
        below = next((after for after in lines[number + count : number + count + 3] if after.strip()), "")
        if ATTRIBUTION[0].match(joined) or not _announced(" ".join(pieces[1:])[:LONG]):
            return count if _announced(joined, below=below, reply=reply) else 0
    return 0


def _announced(joined: str, *, below: str = ">", reply: bool = True) -> bool:
    """Tell whether a line announces an earlier message, given the line below it."""
    known = any(pattern.match(joined) for pattern in ATTRIBUTION)
    if below.lstrip().startswith(">"):
        return known or bool(ANY_LANGUAGE.match(joined) and CLOCK.search(joined))
    if known and reply and CLOCK.search(joined) and YEAR.search(joined) and not TELLS.search(joined):
        return True
    return known and bool(ADDRESS.search(joined))


def _marked(lines: list[str], *, reply: bool = True) -> tuple[list[str], list[str]]:
    """Divide lines by their mark (>); with answers between several blocks of them nothing is folded.

    In what answers nothing they must stand below all else: it may be a poem, or a price that is higher.
    """
    marked = [line.lstrip().startswith(">") for line in lines]
    blocks, inside = 0, False
    for line, is_marked in zip(lines, marked, strict=True):
        if line.strip():
            blocks += is_marked and not inside
            inside = is_marked
    if blocks > 1 or not (reply or _stand_below(lines, marked)):
        return lines, []
    own = [line for line, is_marked in zip(lines, marked, strict=True) if not is_marked]
    return own, [line for line, is_marked in zip(lines, marked, strict=True) if is_marked]


def _stand_below(lines: list[str], marked: list[bool]) -> bool:
    """Tell whether the marked lines stand apart at the end, above a signature at most."""
    first = marked.index(True) if True in marked else 0
    if not first or lines[first - 1].strip():
        return False
    for line, is_marked in zip(lines[first:], marked[first:], strict=True):
        if closing.SIGNATURE.fullmatch(line):
            return True
        if line.strip() and not is_marked:
            return False
    return True

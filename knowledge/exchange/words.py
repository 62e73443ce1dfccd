"""Texts that lost their spaces, lines and capitals on the way, made readable again where that is sure."""

import re

from knowledge.models.text import MOST_WORDS

SPACES = re.compile(r"(?:\\xa0|\\u00a0|[ \t\xa0\u2007\u202f])+")
LOOSE = re.compile(r"(?<=\w) ([.,;:?!])(?=\s|$)")  # a mark that came loose from its word where a link was taken out
ZERO_WIDTH = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
LETTER = "a-zà-öø-ÿ"
ENDINGS = {  # what stands after the last dot of an address or the name of a file
    "nl", "nu", "com", "org", "net", "eu", "info", "be", "gov", "edu", "int", "uk", "amsterdam", "frl",
    "pdf", "doc", "docx", "xls", "xlsx", "html", "htm", "php", "jpg", "png", "zip", "csv", "odt",
}  # fmt: skip
TOKEN = re.compile(r"\S+")
GLUED = re.compile(rf"(?<=[{LETTER}\d)’”\"])([.?!])(?=[{LETTER}A-ZÀ-Ý][{LETTER}])")
LISTED = re.compile(rf"(?<=[{LETTER}]{{3}}):(?=[{LETTER}]{{2}})")
ASIDE = re.compile(r"(?<=[.?!]) ?[:,]{1,2} (?=\S)")  # the mark of a box in the text: "…gebruiken.: lukt het u niet"
WEB = re.compile(r"@|//|^\W*www\.")
BEGINS = re.compile(rf"(^|\n|[.?!]\s+)([\"'‘’“(]*)([{LETTER}])(\S*)")
ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:\w\.(?:\w\.)*|bijv|bv|enz|nr|nrs|art|dhr|mevr|mw|mr|dr|drs|ing|ir|prof|ca|max|min|incl|excl|evt|tel|"
    r"resp|vgl|etc|st|jr|sr|wo|afd|blz|zgn|o\.a|d\.w\.z|i\.v\.m|m\.u\.v|t\.a\.v|a\.u\.b)[.]?$",
    re.IGNORECASE,
)
NAMES = [  # what is written so wherever it stands
    "Nederland", "Nederlands", "Nederlandse", "Nederlander", "Nederlanders", "Europa", "Europees", "Europese",
    "België", "Belgische", "Duitsland", "Duitse", "Belastingdienst", "Rijksoverheid", "DigiD", "AOW", "BRP",
    "BSN", "UWV", "SVB", "DUO", "RDW", "APK", "KVK", "WOZ", "Wmo", "EU", "IND", "GGD", "WAO", "WIA", "WW",
    "IOAW", "IOAZ", "ANBI", "AVG", "CJIB", "CBR", "CAK", "OZB", "RVO", "VOG", "VvE", "Kadaster", "Justis",
    "Schiphol", "Amsterdam", "Rotterdam", "Utrecht",
]  # fmt: skip
NAMED_AS = {name.lower(): name for name in NAMES}
NAMED = re.compile(rf"(?<![\w.@/-])({'|'.join(name.lower() for name in NAMES)})(?![\w@/]|\.\w)")
LEANS = re.compile(
    r"(?:dan|zo|en|dat|dit|deze|die|daarom|daarna|daarbij|daarvoor|hierdoor|bijvoorbeeld|ook|maar|zoals|hij|zij|ze|via|"
    r"(?:helpt|lukt|is|kan|mag) (?:dat|dit) niet)\b",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"(?<=[.?!])[\"'’”)]*\s+(?=\S)")


def tidy(text: str) -> str:
    """Give the text with ordinary single spaces, and lines that end where they did."""
    text = ZERO_WIDTH.sub("", text).replace("\r\n", "\n").replace("\r", "\n").replace("\\n", "\n")
    lines = (LOOSE.sub(r"\1", SPACES.sub(" ", line)).strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def unglued(text: str) -> str:
    """Give the text with a new line where a sentence hangs on the one before: there the source lost a paragraph."""
    text = ASIDE.sub("\n", TOKEN.sub(_apart, text))
    return re.sub(r" *\n *", "\n", text)


def _apart(found: re.Match[str]) -> str:
    token = found[0]
    if WEB.search(token):
        return token
    begin = 0
    pieces: list[str] = []
    for mark in GLUED.finditer(token):
        before, after = token[begin : mark.start()], token[mark.end() :]
        if _is_glue(before, after, mark[1]):
            pieces.append(token[begin : mark.end()])
            begin = mark.end()
    return LISTED.sub(": ", "\n".join([*pieces, token[begin:]]))


def _is_glue(before: str, after: str, mark: str) -> bool:
    """Say whether a sentence ends here: not inside an address or an abbreviation."""
    if mark != ".":
        return True
    words = re.split(r"[^\w-]", after, maxsplit=1)
    last = re.split(r"[^\w-]", before)[-1]
    if words[0].lower() in ENDINGS or "/" in after:
        return False
    return len(last) > 2 or last in ENDINGS or before.endswith(")")


def with_capitals(text: str) -> str:
    """Give a text of small letters with a capital where a sentence or a line begins, and in names that are sure."""
    return BEGINS.sub(_capital, NAMED.sub(lambda found: NAMED_AS[found[1]], text))


def _capital(found: re.Match[str]) -> str:
    begin, quote, letter, rest = found.groups()
    before = found.string[: found.start()]
    shortened = begin.startswith(".") and ABBREVIATED.search(before[-20:]) is not None
    if shortened or is_address(letter + rest):
        return found[0]
    return f"{begin}{quote}{letter.upper()}{rest}"


def is_address(word: str) -> bool:
    """Say whether a word is an address on the web or of a mailbox."""
    parts = word.rstrip(".,;:?!)").split("/")[0].split(".")
    return bool(WEB.search(word)) or (len(parts) > 1 and parts[-1].lower() in ENDINGS)


def sentences(text: str) -> list[str]:
    """Give the sentences of a text, also those on lines of their own."""
    found: list[str] = []
    for line in text.splitlines():
        for part in SENTENCE_END.split(line.strip()):
            if found and part and ABBREVIATED.search(found[-1][-20:]) and found[-1][-1:] == ".":
                found[-1] = f"{found[-1]} {part}"
            elif part:
                found.append(part)
    return found


def short(text: str, *, most: int = MOST_WORDS) -> str:
    """Give the first sentences of a text that have together at most so many words; a longer first one is cut."""
    chosen: list[str] = []
    words = 0
    for sentence in sentences(text):
        words += len(sentence.split())
        if words > most:
            break
        chosen.append(sentence)
    return " ".join(chosen) if chosen else _cut(text.split(), most)


def _cut(words: list[str], most: int) -> str:
    return " ".join(words) if len(words) <= most else f"{' '.join(words[:most]).rstrip(',;:')} …"


def in_full(fragment: str, text: str) -> str:
    """Give the sentences of a text that hold this piece of it, with those they lean on; empty when it is nowhere."""
    bare = fragment.rstrip(" .").casefold()
    found = sentences(text)
    for many in (1, 2, 3):
        for begin in range(len(found) - many + 1):
            if bare in " ".join(found[begin : begin + many]).casefold():
                return _leaning(found, begin, begin + many)
    return ""


def _leaning(found: list[str], begin: int, end: int) -> str:
    """Give these sentences, from where the thought begins; after a question comes its answer."""
    while begin and LEANS.match(found[begin]) and _counted(found[begin - 1 : end]) <= MOST_WORDS:
        begin -= 1
    if found[end - 1].endswith("?") and _counted(found[begin : end + 1]) <= MOST_WORDS:
        end += 1
    return " ".join(found[begin:end])


def _counted(some: list[str]) -> int:
    return sum(len(sentence.split()) for sentence in some)


def sentence(fragment: str) -> str:
    """Give a piece of text with a capital in front and a full stop behind."""
    begun = fragment if is_address(fragment.split(" ")[0]) else fragment[:1].upper() + fragment[1:]
    return begun if begun.endswith((".", "?", "!", "…")) else f"{begun}."

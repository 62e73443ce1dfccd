"""What somebody typed without what could be personal in it: numbers, addresses and dates become a word in brackets.

A name cannot be told from any other word, so names stay, and so does a story about somebody: who keeps a text must
still show it to few and throw it away in time. What is masked is what identifies somebody by itself. A number that
only looks like one is masked too: a question about a subject does not need it.
"""

import re
import unicodedata
from itertools import pairwise

YEAR = r"(?:1[89]|20)\d\d"
DAY, MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
MONTHS = (
    r"(?:jan(?:uari)?|feb(?:ruari)?|maart|mrt|apr(?:il)?|mei|juni?|juli?|aug(?:ustus)?|sept?(?:ember)?|okt(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b"
)
GAP = r"[\s.\-/()_\u2010-\u2015\u00b7\u2022]"  # what people put between the digits of one number
ALONE, ENDED = rf"(?<!\d)(?<!\d{GAP})", rf"(?!{GAP}{{0,3}}\d)"  # no digits of the same number before, or after it
LONG = 8  # digits that are one number however they are written; in a row five are enough
BSN = (9, 8, 7, 6, 5, 4, 3, 2, -1)  # what each digit of one weighs; together a BSN is a multiple of eleven
FAR = 20  # characters; what stands further apart is not one number
FEWEST_OF_AN_IBAN = 10  # digits
SHORT_WORDS = re.compile(
    "al|an|bv|cm|de|en|er|eu|ha|he|ik|in|is|je|kg|km|la|me|mg|ml|mm|na|nl|nu|of|om|op|or|st|te|tm|tv|uw|we|wo|ze|zo",
    re.IGNORECASE,
)  # after a number with a space between them these are no letters of a postcode
PLATES = (
    "XX-99-99 99-99-XX 99-XX-99 XX-99-XX XX-XX-99 99-XX-XX 99-XXX-9 9-XXX-99 XX-999-X X-999-XX XXX-99-X X-99-XXX "
    "9-XX-999 999-XX-9"
)
STREETS = "straat|straatje|laan|weg|plein|dijk|gracht|kade|singel|dreef|steeg|plantsoen|hof|boulevard"


def _plates() -> str:
    """Give the patterns of Dutch number plates, with hyphens, with spaces, or in one piece."""
    parts = {"X": "[a-z]{{{}}}", "9": r"\d{{{}}}", "-": r"[-\s]?", " ": "|"}
    return re.sub("X+|9+|-| ", lambda part: parts[part[0][0]].format(len(part[0])), PLATES)


# Numbers that are no secret, though they look like a date or a telephone: of a law, of two years, of opening hours.
PLAIN = re.compile(
    rf"(?:\b(?:artikel|art|lid|paragraaf|hoofdstuk|afdeling|bijlage)\b\.?|§)\s{{0,2}}\d{{1,4}}(?:[.:]\d{{1,2}}){{0,3}}{ENDED}"
    rf"|{ALONE}{YEAR}\s?[-/\u2013\s]\s?{YEAR}{ENDED}"
    rf"|{ALONE}(?:[01]?\d|2[0-4])\.[0-5]\d\s?[-\u2013]\s?(?:[01]?\d|2[0-4])\.[0-5]\d{ENDED}",
    re.IGNORECASE,
)
EMAIL = re.compile(r"(?<!\S)[^\s@]*+\s?@\s?\S*")
LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
IBAN = re.compile(
    r"\bnl\s?\d\d(?:[\s.-]?[a-z]){4}(?:[\s.-]?\d){10}(?!\d)"
    r"|\b[a-z]{2}\s?\d\d(?:[\s.-]?[a-z]{4})?(?:[\s.-]?[a-z]{0,2}\d[a-z0-9]{1,30}+){1,8}(?!\w)",
    re.IGNORECASE,
)
DATE = re.compile(
    rf"{ALONE}{DAY}\s?[-/.\s]\s?{MONTH}\s?[-/.\s]\s?(?:{YEAR}|'?\d\d){ENDED}"
    rf"|{ALONE}{YEAR}\s?[-/.]\s?{MONTH}\s?[-/.]\s?{DAY}{ENDED}"
    rf"|(?<!\d){DAY}e?\s?[-.]?\s?{MONTHS}[.,]?\s?[-']?\s?(?:{YEAR}|\d\d)(?!\d)"
    rf"|(?<=geboren )(?:op )?{DAY}\s?[-/.\s]\s?(?:{MONTHS}|{MONTH}){ENDED}",
    re.IGNORECASE,
)
POSTCODE = re.compile(
    r"(?<![\d.,])([1-9]\d{3})(\s{0,2})([a-z]{2})"
    r"(?:([\s,]{0,3}(?:nr\.?|nummer|huisnummer)?\s?\d{1,5}\s?[a-z]?(?!\w))|(?![^\W_]))",
    re.IGNORECASE,
)
STREET = re.compile(rf"\b([^\W\d]{{2,30}}(?:{STREETS}))\s{{1,2}}\d{{1,5}}(?:\s?[a-z]|-\w{{1,4}})?(?!\w)", re.IGNORECASE)
PLATE = re.compile(rf"(?<![\w-])(?:{_plates()})(?![\w-])", re.IGNORECASE)
DOCUMENT = re.compile(r"(?<!\w)[a-z]{2}[a-z0-9]{6}\d(?!\w)", re.IGNORECASE)  # of a passport or identity card
NUMBER = re.compile(rf"\+?\(?\d(?:{GAP}{{0,3}}\d)*")
KNOWN = (  # amounts of money, and the telephone numbers of municipalities (14 020)
    r"(?:€|\beuro?)\s?\d{1,3}(?:[.\s]?\d{3})?(?:,(?:\d\d|-))?(?![,.]?\d)"
    r"|(?<!\d)(?<!\d[,.\s])\d{1,3}(?:[.\s]?\d{3})?(?:,\d\d|,-)?\s?(?:€|euro?\b)"
    rf"|{ALONE}14\s0\d{{2,3}}{ENDED}"
)
DIGITS = re.compile(rf"{KNOWN}|\[[a-z-]+\]|(\d+)", re.IGNORECASE)  # all but the last end a number


def mask(text: str) -> str:
    """Give the text with a word in place of e-mail addresses, bank accounts, dates, numbers, addresses and plates.

    Characters that only look different, and those that cannot be seen, are no hiding place: they are made plain first.
    """
    plain = "".join(one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) != "Cf")
    parts, begun = [], 0
    for kept in PLAIN.finditer(plain):
        parts += [_hide(plain[begun : kept.start()]), kept[0]]
        begun = kept.end()
    return "".join([*parts, _hide(plain[begun:])])


def _hide(text: str) -> str:
    for pattern, word in ((EMAIL, "[e-mail]"), (LINK, "[link]"), (IBAN, _iban), (DATE, "[datum]")):
        text = pattern.sub(word, text)
    text = POSTCODE.sub(_postcode, text)
    text = STREET.sub(r"\1 [nummer]", text)
    text = PLATE.sub(_plate, text)
    text = DOCUMENT.sub(_document, text)
    return re.sub(r"\d{5,}", "[nummer]", _without_bsn(NUMBER.sub(_number, text)))


def _iban(found: re.Match[str]) -> str:
    return "[iban]" if sum(one.isdigit() for one in found[0]) >= FEWEST_OF_AN_IBAN else found[0]


def _postcode(found: re.Match[str]) -> str:
    digits, space, letters, house = found.groups()
    if space and SHORT_WORDS.fullmatch(letters) and (not house or re.fullmatch(YEAR, digits)):
        return found[0]
    return "[adres]"


def _plate(found: re.Match[str]) -> str:
    """Mask a plate; a few letters and digits with spaces between them are one only without a vowel or in capitals."""
    text = found[0]
    letters = re.sub(r"[\W\d]", "", text)
    if "-" in text:
        return "[kenteken]"
    if re.search(r"\s", text):
        is_amount = re.fullmatch(r"\d{4}\s\D+|\D+\s\d{4}", text)
        return text if is_amount or re.search("[aeiou]", letters) else "[kenteken]"
    return text if re.fullmatch(rf"[a-z]+{YEAR}", text, re.IGNORECASE) else "[kenteken]"


def _document(found: re.Match[str]) -> str:
    text = found[0]
    is_word = sum(one.isdigit() for one in text) < 3 or re.fullmatch(rf"[a-z]+{YEAR}", text, re.IGNORECASE)
    return text if is_word else "[nummer]"


def _number(found: re.Match[str]) -> str:
    text = found[0]
    digits = re.sub(r"\D", "", text)
    is_phone = text[0] == "+" or digits[0] == "0"
    if is_phone and len(digits) > LONG and len(digits) <= 15:
        return "[telefoon]"
    if len(digits) >= LONG:
        return "[nummer]"
    return text


def _without_bsn(text: str) -> str:
    """Mask each row of whole numbers that are nine digits together and a BSN, whatever stands between them.

    Signs between them go with it, words stay: "123, 456 en 782" becomes "[nummer] en [nummer]".
    """
    parts, begun = [], 0
    numbers = list(DIGITS.finditer(text))
    at = 0
    while at < len(numbers):
        row = _bsn(text, numbers[at : at + len(BSN)])
        if row:
            parts.append(text[begun : row[0].start()] + "[nummer]")
            for one, other in pairwise(row):
                between = text[one.end() : other.start()]
                parts += [between, "[nummer]"] if re.search(r"[^\W\d_]", between) else []
            begun = row[-1].end()
        at += len(row) or 1
    return "".join([*parts, text[begun:]])


def _bsn(text: str, numbers: list[re.Match[str]]) -> list[re.Match[str]]:
    """Give the first few of these numbers when they are a BSN together, else none."""
    digits, end = "", None
    for n, one in enumerate(numbers):
        if one[1] is None or (end is not None and one.start() - end > FAR):
            return []
        digits, end = digits + one[1], one.end()
        if len(digits) >= len(BSN):
            is_bsn = len(digits) == len(BSN) and _sum(digits) % 11 == 0
            return numbers[: n + 1] if is_bsn else []
    return []


def _sum(digits: str) -> int:
    return sum(weight * int(digit) for weight, digit in zip(BSN, digits, strict=True))

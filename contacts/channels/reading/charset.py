"""Bytes of strangers made into text, as a good mail client does it: what was declared is a claim, not a fact."""

import codecs
import re
from functools import cache

import charset_normalizer

ALIASES = {  # names that Python does not know, or knows too narrowly for what senders mean by them
    "646": "ascii",
    "8bit": "",
    "ansi": "cp1252",
    "ansi_x3.110-1983": "latin-1",
    "ansi_x3.4-1968": "ascii",
    "big5": "big5hkscs",
    "default": "",
    "dos-862": "cp862",
    "euc-kr": "cp949",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-gb2312": "gb18030",
    "iso8859-1": "cp1252",
    "iso8859_1": "cp1252",
    "iso_8859-1": "cp1252",
    "ks_c_5601": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "macintosh": "mac_roman",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "tis-620": "cp874",
    "unicode": "utf-16",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "unknown": "",
    "unknown-8bit": "",
    "us-ascii": "ascii",
    "utf8mb4": "utf-8",
    "utf-8-sig": "utf-8",
    "win-1252": "cp1252",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "windows-949": "cp949",
    "x-ansi": "cp1252",
    "x-cp1252": "cp1252",
    "x-euc-jp": "euc_jp",
    "x-gbk": "gb18030",
    "x-mac-roman": "mac_roman",
    "x-sjis": "cp932",
    "x-unknown": "",
    "x-user-defined": "",
    "x-windows-949": "cp949",
}
NO_CHARSETS = {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "mbcs", "oem", "palmos"}
WIDE = {  # a byte does not stand for a sign by itself: what is no sound text in these is not one by chance
    "big5", "big5hkscs", "cp932", "cp949", "cp950", "euc_jis_2004", "euc_jisx0213", "euc_jp", "euc_kr", "gb18030",
    "gb2312", "gbk", "hz", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3",
    "iso2022_jp_ext", "iso2022_kr", "johab", "shift_jis", "shift_jis_2004", "shift_jisx0213", "utf-7", "utf-16",
    "utf-16-be", "utf-16-le", "utf-32", "utf-32-be", "utf-32-le",
}  # fmt: skip
TWO_BYTES = {
    "utf-16",
    "utf-16-be",
    "utf-16-le",
    "utf-32",
    "utf-32-be",
    "utf-32-le",
}  # or four: with NUL in any Dutch text
DOUBTED = {"ascii", "cp1252", "iso8859-15", "cp1254"}  # programs say so without looking
MARKS = [(codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16")]
MARKS += [(codecs.BOM_UTF16_BE, "utf-16")]
ESCAPES = re.compile(rb"\x1b[$(]")  # to other letters, in old Japanese mail
AS_BROWSERS = {"iso8859-1": "cp1252", "iso8859-9": "cp1254"}  # whoever says the one may mean the other
MEANT = re.compile(r"iso[-_ ]?8859[-_ ]?(\d{1,2})|(?:windows|win|cp|ibm|dos)[-_ ]?(\d{3,4})|utf[-_ ]?(7|8|16|32)")
NAME_ENDS = re.compile(r"[*\s;,\"']|http-equiv")
SAMPLE = 16_384  # bytes the detector looks at
FOREIGN = 0.3  # share of high bytes above which a text is not Dutch in cp1252

CONTROL: dict[int, str | None] = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), 0xFEFF))
BODY = CONTROL | {0x09: "\t", 0x0A: "\n", 0x2028: "\n", 0x2029: "\n", 0x85: "\n"}
LINE = CONTROL | dict.fromkeys((0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029), " ")
LINE |= dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x200E, 0x200F, 0x2060))
LINE |= {0x202D: "[U+202D]", 0x202E: "[U+202E]"}  # they turn names around, so that an .exe looks like an .jpg


BYTES = {
    bytes([value]).decode("cp1252"): value for value in range(0x80, 0xA0) if value not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_GOES_ON = "[\x80-\xbf" + "".join(BYTES) + "]"
# Accents, euro sign, quotes, dashes and pictures: what stands in Dutch mail. Other letters may be meant as they are.
MOJIBAKE = re.compile(
    f"[\xc2-\xc5]{_GOES_ON}|\xe2[\x80-\x9e{''.join(BYTES)}]{_GOES_ON}|\xf0[\x9f\u0178]{_GOES_ON}{{2}}"
)


def decode(data: bytes, declared: str = "") -> tuple[str, bool]:
    """Give bytes as text, and whether what was declared did not hold. Never raises."""
    if data.isascii() and not ESCAPES.search(data) and b"\0" not in data:
        charset = lookup(declared)
        if charset not in WIDE or charset in TWO_BYTES:
            return data.decode("ascii"), charset in TWO_BYTES
    for mark, name in MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace"), False
    charset = lookup(declared)
    if charset not in WIDE:
        text = _strict(data, "utf-8")  # other text is hardly ever valid UTF-8 by chance
        if text is not None and not data.isascii():
            return text, bool(charset) and charset != "utf-8"
        if text is not None and charset in DOUBTED | {"", "utf-8"}:
            return _seven_bits(data, text)
    if charset and charset != "ascii":
        text = _strict(data, charset)
        if text is not None:
            return text, False
        if charset in WIDE:
            text = _strict(data, "utf-8")
            return (text if text is not None else data.decode(charset, "replace")), True
    return _guess(data), True


def _seven_bits(data: bytes, text: str) -> tuple[str, bool]:
    """Give text in which no letter stands for itself: Japanese that was not declared, or two bytes a sign."""
    if ESCAPES.search(data):
        japanese = _strict(data, "iso2022_jp_ext")
        return (japanese, True) if japanese is not None else (text, False)
    if data.count(b"\0") * 3 > len(data):
        wide = _strict(data, "utf-16-le" if data[1::2].count(b"\0") > data[::2].count(b"\0") else "utf-16-be")
        return (wide, True) if wide is not None else (text, False)
    return text, False


def is_utf8(data: bytes) -> bool:
    return _strict(data, "utf-8") is not None


def lookup(name: str) -> str:
    """Give Python's name of a declared charset, or nothing when there is no such charset."""
    name = name.strip(" \t\r\n\"';").lower()[:60]
    word = NAME_ENDS.split(name, maxsplit=1)[0][:40]
    known = _lookup(ALIASES.get(word, word))
    if known or word in ALIASES or not (meant := MEANT.search(name)):
        return known
    return _lookup(_meant(meant))


def _meant(found: re.Match[str]) -> str:
    """Give the name of a charset that stands within what was written."""
    part, page, width = found.groups()
    return f"iso-8859-{part}" if part else f"cp{page}" if page else f"utf-{width}"


@cache
def _lookup(name: str) -> str:
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return ""
    text = getattr(info, "_is_text_encoding", True) and info.name.replace("_", "-") not in NO_CHARSETS
    return AS_BROWSERS.get(info.name, info.name) if text else ""


def _strict(data: bytes, charset: str) -> str | None:
    try:
        return data.decode(charset)
    except (UnicodeError, ValueError):
        return None


def _guess(data: bytes) -> str:
    sample = data[:SAMPLE]
    high = len(re.findall(rb"[\x80-\xff]", sample))
    if high > FOREIGN * max(len(sample), 1) and _strict(sample[:-4], "utf-8") is None:
        found = charset_normalizer.from_bytes(sample).best()
        if found is not None:
            return data.decode(found.encoding, "replace")
    return data.decode("utf-8", "as_cp1252")


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are no UTF-8 as Windows would: letters with accents in a mail that declared too much."""
    assert isinstance(error, UnicodeDecodeError)
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


codecs.register_error("as_cp1252", _as_cp1252)


def mended(text: str) -> tuple[str, bool]:
    """Give text as it was meant of which a program took UTF-8 for Windows letters, and whether it was."""
    if text.isascii() or not MOJIBAKE.search(text):
        return text, False
    lines = [_mended_line(line) for line in text.split("\n")]
    whole = "\n".join(lines)
    return whole, whole != text


def _mended_line(line: str) -> str:
    """Mend a line if all in it that is not ASCII is damaged: what was meant so stays as it is."""
    found = MOJIBAKE.findall(line)
    if not found or not MOJIBAKE.sub("", line).isascii() or (len(found) == 1 and found[0][0] in "ÄÅ"):
        return line
    return MOJIBAKE.sub(_as_meant, line)


def _as_meant(found: re.Match[str]) -> str:
    raw = bytes(BYTES.get(sign, ord(sign) & 0xFF) for sign in found[0])
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return found[0]


def clean(text: str) -> str:
    """Give text without what no screen or database takes: NUL, controls, half characters; lines end in a newline."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(BODY)


def one_line(text: str) -> str:
    """Give text for a subject, a name or a file name: on one line, without signs that reverse what is read."""
    return " ".join(text.translate(LINE).split())

"""Bytes of strangers made into text, as a good mail client does it: what was declared is a claim, not a fact."""

import codecs
import re
from functools import cache

import charset_normalizer

ALIASES = {  # names that Python does not know, or knows too narrowly for what senders mean by them
    "ansi": "cp1252",
    "ansi_x3.110-1983": "latin-1",
    "ascii": "ascii",
    "big5": "big5hkscs",
    "default": "",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-gb2312": "gb18030",
    "iso8859-1": "cp1252",
    "ks_c_5601-1987": "cp949",
    "latin1": "cp1252",
    "shift_jis": "cp932",
    "tis-620": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "us-ascii": "ascii",
    "windows-31j": "cp932",
    "x-gbk": "gb18030",
    "x-mac-roman": "mac_roman",
    "x-sjis": "cp932",
    "x-unknown": "",
}
NO_CHARSETS = {"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined", "mbcs", "oem"}
ONE_BYTE = {"ascii", "cp1252", "iso8859-15", "cp1254", "mac-roman"}  # in these nearly all bytes mean something
MARKS = [(codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16")]
MARKS += [(codecs.BOM_UTF16_BE, "utf-16")]
SAMPLE = 16_384  # bytes the detector looks at
FOREIGN = 0.3  # share of high bytes above which a text is not Dutch in cp1252

CONTROL: dict[int, str | None] = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), 0xFEFF))
BODY = CONTROL | {0x09: "\t", 0x0A: "\n", 0x2028: "\n", 0x2029: "\n", 0x85: "\n"}
LINE = CONTROL | dict.fromkeys((0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029), " ")
LINE |= dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F))  # they turn names around


def decode(data: bytes, declared: str = "") -> tuple[str, bool]:
    """Give bytes as text, and whether what was declared did not hold. Never raises."""
    for mark, name in MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace"), False
    charset = lookup(declared)
    if charset in ONE_BYTE or not charset:
        text = _strict(data, "utf-8")  # by chance cp1252 is hardly ever valid UTF-8
        if text is not None:
            return text, bool(charset) and not text.isascii()
    if charset and charset != "ascii":
        text = _strict(data, charset)
        if text is not None:
            return text, False
        if charset not in ONE_BYTE | {"utf-8"}:
            return data.decode(charset, "replace"), True
    return _guess(data), True


def lookup(name: str) -> str:
    """Give Python's name of a declared charset, or nothing when there is no such charset."""
    name = name.strip(" \t\r\n\"';").lower().partition("*")[0][:40]
    return _lookup(ALIASES.get(name, name))


@cache
def _lookup(name: str) -> str:
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return ""
    text = getattr(info, "_is_text_encoding", True) and info.name not in NO_CHARSETS
    return info.name if text else ""


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


def clean(text: str) -> str:
    """Give text without what no screen or database takes: NUL, controls, half characters; lines end in a newline."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(BODY)


def one_line(text: str) -> str:
    """Give text for a subject, a name or a file name: on one line, without signs that reverse what is read."""
    return " ".join(text.translate(LINE).split())

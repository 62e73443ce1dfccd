"""The mail in a signed file (RFC 8551, "opaque"): taken out to be read; whether the signature holds is not checked."""

OBJECT, NUMBER, SET, SEQUENCE, CONTENT = 0x06, 0x02, 0x31, 0x30, 0xA0
BYTES, PIECES = 0x04, 0x24
SKIPS = 1000


class _Odd(Exception):
    """Not built as such a file is."""


def signed_content(data: bytes) -> bytes | None:
    """Give the mail in a signed file; None when there is none, or when it is built otherwise."""
    try:
        at = _into(data, 0, SEQUENCE)
        at = _past(data, at, OBJECT)
        at = _into(data, _into(data, at, CONTENT), SEQUENCE)
        at = _past(data, _past(data, at, NUMBER), SET)
        at = _past(data, _into(data, at, SEQUENCE), OBJECT)
        return _bytes(data, _into(data, at, CONTENT)) or None
    except (_Odd, IndexError):
        return None


def _header(data: bytes, at: int) -> tuple[int, int, int | None]:
    """Give the kind of what begins here, where its content begins and how long that is; None until its end mark."""
    kind, length, at = data[at], data[at + 1], at + 2
    if length < 0x80:
        return kind, at, length
    if length == 0x80:
        return kind, at, None
    count = length & 0x7F
    if count > 4:
        raise _Odd
    return kind, at + count, int.from_bytes(data[at : at + count], "big")


def _into(data: bytes, at: int, wanted: int) -> int:
    kind, start, _length = _header(data, at)
    if kind != wanted:
        raise _Odd
    return start


def _past(data: bytes, at: int, wanted: int) -> int:
    kind, start, length = _header(data, at)
    if kind != wanted:
        raise _Odd
    open_ones = int(length is None)
    at = start + (length or 0)
    for _ in range(SKIPS):
        if not open_ones:
            return at
        kind, start, length = _header(data, at)
        at = start + (length or 0)
        open_ones += (length is None) - (kind == 0 and length == 0)
    raise _Odd


def _bytes(data: bytes, at: int) -> bytes:
    """Give the bytes that stand here, in one piece or in several."""
    kind, at, length = _header(data, at)
    if kind == BYTES and length is not None:
        return data[at : at + length]
    if kind != PIECES:
        raise _Odd
    end = len(data) if length is None else at + length
    found = []
    while at < end and data[at] == BYTES:
        _kind, start, size = _header(data, at)
        if size is None:
            raise _Odd
        found.append(data[start : start + size])
        at = start + size
    return b"".join(found)

"""Files in a mail: what kind they are by their bytes, what they are called, and what Outlook packed away."""

import io
import os
import random
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.channels.reading import attachment, rtf, tnef
from contacts.channels.reading.mail import parse
from contacts.channels.reading.sniff import sniff

CORPUS = Path(__file__).parent.parent / "mail"


def zipped(*names: str, first: str = "x") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, name in enumerate(names):
            archive.writestr(name, "x" if number else first)
    return buffer.getvalue()


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100
PE = b"MZ\x90\0" + b"\0" * 56 + b"\x80\0\0\0" + b"\0" * 64 + b"PE\0\0"
KINDS = {
    "brief.pdf": (b"%PDF-1.7\n", "application/pdf"),
    "rommel-ervoor.pdf": (b"\n\n junk %PDF-1.4", "application/pdf"),
    "foto.png": (b"\x89PNG\r\n\x1a\n\0\0", "image/png"),
    "foto.jpg": (b"\xff\xd8\xff\xe1\0\0Exif", "image/jpeg"),
    "foto.gif": (b"GIF89a\1\0", "image/gif"),
    "foto.webp": (b"RIFF\1\0\0\0WEBPVP8 ", "image/webp"),
    "foto.heic": (b"\0\0\0\x18ftypheic\0\0", "image/heic"),
    "foto.bmp": (b"BM\x36\0\0\0\0\0\0\0\x36", "image/bmp"),
    "film.mp4": (b"\0\0\0\x18ftypisom\0\0", "video/mp4"),
    "film.mov": (b"\0\0\0\x14ftypqt  \0", "video/quicktime"),
    "geluid.mp3": (b"ID3\3\0", "audio/mpeg"),
    "zonder-kop.mp3": (b"\xff\xfb\x90\0", "audio/mpeg"),
    "voicemail.wav": (b"RIFF\1\0\0\0WAVEfmt ", "audio/wav"),
    "brief.docx": (zipped("[Content_Types].xml", "word/document.xml"), WORD),
    "lijst.xlsx": (zipped("[Content_Types].xml", "xl/workbook.xml"), SHEET),
    "macro.docm": (
        zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        "application/vnd.ms-word.macroenabled.12",
    ),
    "macro.docx": (
        zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        "application/vnd.ms-word.macroenabled.12",
    ),
    "brief.odt": (
        zipped("mimetype", first="application/vnd.oasis.opendocument.text"),
        "application/vnd.oasis.opendocument.text",
    ),
    "alles.zip": (zipped("a.txt"), "application/zip"),
    "leeg.zip": (zipped(), "application/zip"),
    "oud.doc": (OLE, "application/msword"),
    "oud.xls": (OLE, "application/vnd.ms-excel"),
    "bericht.msg": (OLE, "application/vnd.ms-outlook"),
    "onbekend.ole": (OLE, "application/x-ole-storage"),
    "foto.pdf": (PE, "application/x-executable"),
    "programma": (b"\x7fELF\2\1\1\0", "application/x-executable"),
    "script.txt": (b"#!/bin/sh\nrm -rf /\n", "text/x-script"),
    "factuur.js": (b"var a = 1;", "text/x-script"),
    "factuur.hta": (b"alert(1)", "text/x-script"),
    "pagina.jpg": (b"  <html><script>x</script>", "text/html"),
    "pagina.html": (b"hallo <b>x</b><script>x</script>", "text/html"),
    "logo.png": (b'<?xml version="1.0"?>\n<!-- x -->\n<svg onload="x"/>', "image/svg+xml"),
    "logo.svg": ('<svg xmlns="x"/>'.encode("utf-16"), "image/svg+xml"),
    "gegevens.xml": (b'<?xml version="1.0"?><a/>', "application/xml"),
    "afspraak.ics": (b"BEGIN:VCALENDAR\n", "text/calendar"),
    "lijst.csv": (b"a;b\n1;2\n", "text/csv"),
    "notitie.txt": ("Café € 40".encode(), "text/plain"),
    "een-afkorting.txt": (b"MZ is een afkorting", "text/plain"),
    "auto.txt": (b"BMW rijden is leuk", "text/plain"),
    "doorgestuurd.eml": (b"From: a@b.nl\nTo: b@b.nl\nSubject: x\n\nhoi", "message/rfc822"),
    "winmail.dat": (b"\x78\x9f\x3e\x22\0\0", "application/ms-tnef"),
    "ruis.bin": (b"\x00\x01\x02\x03", "application/octet-stream"),
    "leeg.txt": (b"", "text/plain"),
}


@pytest.mark.parametrize("name", KINDS)
def test_the_kind_of_a_file_is_seen_by_its_bytes(name: str) -> None:
    content, kind = KINDS[name]
    assert sniff(content, name) == kind


@given(st.binary(max_size=200), st.text(max_size=30))
@settings(max_examples=200)
def test_any_bytes_are_of_some_kind(content: bytes, name: str) -> None:
    assert "/" in sniff(content, name)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("C:\\Users\\anna\\brief.pdf", "brief.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..", ""),
        ("  ", ""),
        ("brief\r\nX: 1.pdf", "brief X: 1.pdf"),
        ("factuur\u202efdp.exe", "factuur[U+202E]fdp.exe"),
        ("a" * 500 + ".pdf", "a" * 150 + ".pdf"),
        ("brief." + "x" * 100, "brief." + "x" * 20),
        ("\u200bnotitie\u200b.txt", "notitie.txt"),
    ],
)
def test_a_name_is_safe_to_show_and_to_keep(name: str, safe: str) -> None:
    assert attachment.safe_name(name) == safe


def test_what_outlook_packed_is_unpacked_beside_the_file_itself() -> None:
    found = parse((CORPUS / "winmail.eml").read_bytes())
    assert [one.name for one in found.attachments] == ["Brief aan café.pdf", "foto.jpg", "winmail.dat"]
    assert found.attachments[0].content.startswith(b"%PDF")
    assert found.attachments[0].sniffed == "application/pdf"


def nested(depth: int) -> bytes:
    """Pack a message in a message, so deep."""
    inner = b"\x78\x9f\x3e\x22\x01\x00" + _object(1, 0x800C, b"diep\0")
    for _ in range(depth):
        data = bytes.fromhex("0703020000000000c000000000000046") + inner
        properties = struct.pack("<IHHII", 1, 0xD, 0x3701, 1, len(data)) + data + b"\0" * (-len(data) % 4)
        inner = b"\x78\x9f\x3e\x22\x01\x00" + _object(2, 0x9002, b"\0" * 14) + _object(2, 0x9005, properties)
    return inner


def _object(level: int, name: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, 6, len(data)) + data + b"\0\0"


def test_messages_packed_in_messages_are_read_three_deep() -> None:
    assert tnef.read(nested(3)).text == "diep"
    assert tnef.read(nested(8)).text == ""


@given(st.binary(max_size=400), st.integers(0, 2**32))
@settings(max_examples=300)
def test_any_pack_is_read_as_far_as_it_makes_sense(noise: bytes, seed: int) -> None:
    chance = random.Random(seed)
    packed = bytearray(nested(2))
    for byte in noise[:20]:
        packed[chance.randrange(6, len(packed))] = byte
    tnef.read(bytes(packed))
    tnef.read(tnef.SIGNATURE + noise)


def test_rich_text_that_swells_is_cut_off() -> None:
    body = b"\x00aaaaaaaa" + b"\xff" + b"\xd7\xf0" * 8  # the same piece again and again
    bomb = struct.pack("<II4sI", len(body) + 12, 2**31, b"LZFu", 0) + body[:9] + body[9:] * 50_000
    assert len(rtf.unpacked(bomb, 10_000)) <= 10_000
    assert rtf.unpacked(os.urandom(2000), 10_000) == b""


@given(st.text(alphabet="\\{}*'\nabuhtmlrg0 19-", max_size=300))
@settings(max_examples=200)
def test_any_rich_text_is_read(source: str) -> None:
    assert isinstance(rtf.to_text(b"{\\rtf1\\fromhtml1 " + source.encode()), str)

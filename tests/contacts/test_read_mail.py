"""What stands in a mail: read as a person would, whoever made it, and never at the cost of the next one."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.channels.mail import Mail, Unreadable, parse

CORPUS = Path(__file__).parent.parent / "mail"
EXPECTED: dict[str, dict[str, Any]] = json.loads((CORPUS / "expected.json").read_text())
FIELDS = ("from_address", "from_name", "subject", "text", "automatic", "repaired")


def mail(name: str = "plain") -> bytes:
    return (CORPUS / f"{name}.eml").read_bytes()


def as_expected(found: Mail) -> dict[str, Any]:
    facts = {name: getattr(found, name) for name in FIELDS}
    return facts | {"attachments": [[file.name, file.content_type, file.size] for file in found.attachments]}


@pytest.mark.parametrize("name", sorted(path.stem for path in CORPUS.glob("*.eml")))
def test_each_mail_of_the_collection_is_read_as_a_person_would(name: str) -> None:
    assert as_expected(parse(mail(name))) == EXPECTED[name]


def test_what_is_quoted_is_folded_away_but_kept() -> None:
    found = parse(mail("gmail-reply"))
    assert found.text == "Prima, tot dinsdag!"
    assert "> Het papier komt dinsdag." in found.quoted
    found = parse(mail("outlook-reply"))
    assert found.quoted.startswith("Van: Gemeente Duinmeer")
    assert found.in_reply_to == ("<antwoord@duinmeer.voorbeeld.nl>",)
    assert found.references == ("<eerste@voorbeeld.nl>", "<antwoord@duinmeer.voorbeeld.nl>")


def test_a_mail_knows_its_date_its_id_and_whom_it_was_sent_to() -> None:
    found = parse(mail())
    assert found.date == datetime(2026, 11, 16, 9, 12, tzinfo=UTC)
    assert found.message_id == "<plain@voorbeeld.nl>"
    assert found.to == (("Gemeente Duinmeer", "klantcontact@duinmeer.voorbeeld.nl"),)
    assert parse(mail("bad-date")).date is None
    assert len(parse(mail("many-recipients")).to) == 200


def test_attachments_carry_their_own_hash() -> None:
    pdf = parse(mail("attachments")).attachments[0]
    assert pdf.content == b"%PDF-1.4 voorbeeld\n"
    assert pdf.sha256 == hashlib.sha256(pdf.content).hexdigest()


def test_a_bounce_names_what_came_back() -> None:
    assert parse(mail("bounce")).returned == ("<antwoord@duinmeer.voorbeeld.nl>",)


def nested(depth: int) -> bytes:
    levels = (f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n" for level in range(depth))
    return ("From: a@voorbeeld.nl\n" + "".join(levels) + "\nhoi\n").encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"zomaar wat tekst",
        nested(1000),
        b"From: a@b.nl\n\n" + b"x" * 36 * 1024**2,
    ],
    ids=["empty", "blank", "a picture", "no headers", "a thousand levels", "too large"],
)
def test_what_is_no_mail_is_unreadable_with_a_reason_in_words(raw: bytes) -> None:
    with pytest.raises(Unreadable, match=r"De e-mail|geen e-mail"):
        parse(raw)


def test_nineteen_levels_and_ten_thousand_parts_are_read() -> None:
    assert parse(nested(19)).text == "hoi"
    parts = b"From: a@b.nl\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nhoi\n" * 10_000
    assert "Ingekort" in parse(parts).text


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Type: text/html\n\n" + b"<div>" * 100_000,
        b"Content-Type: text/html\n\n" + b"<!--" * 100_000,
        b"Content-Type: text/html\n\n" + b'<a "<a ' * 100_000,
        b"Content-Type: text/plain" + b';a="\\' * 20_000 + b"\n\nx",
        b"To: " + b"(" * 16_000 + b"\n\nx",
        b"Subject: x\n" + b" y\n" * 500_000 + b"\nx",
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b x\n" * 500_000,
        b"\n" + b"> \n" * 300_000,
        b"\n" + (b"Op " + b"schreef " * 45 + b"12:00:\n") * 3000,
        b"Subject: " + b"=?a?q?" * 2700 + b"\n\nx",
    ],
    ids=lambda body: body[:30].decode(),
)
def test_a_mail_made_to_cost_time_does_not(body: bytes) -> None:
    began = timezone.now()
    parse(b"From: a@voorbeeld.nl\n" + body)
    assert timezone.now() - began < timedelta(seconds=2)


@given(st.binary(max_size=3000))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_unreadable(raw: bytes) -> None:
    sound(b"From: a@voorbeeld.nl\n" + raw)
    sound(raw)


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """Take a mail of the collection, and cut, double, swap and spoil pieces of it."""
    raw = bytearray(mail(draw(st.sampled_from(sorted(EXPECTED.keys() - {"huge-header"})))))
    for _ in range(draw(st.integers(1, 6))):
        at, length = draw(st.integers(0, len(raw))), draw(st.integers(0, 60))
        piece = draw(
            st.one_of(
                st.binary(max_size=8),
                st.just(bytes(raw[at : at + length]) * 2),
                st.sampled_from(
                    [b"", b"\0", b"\r", b"\n", b'"', b"=?utf-8?b?", b"--", b"<", b"\xff", b"=", b"(", b"%", b"'"]
                ),
            )
        )
        raw[at : at + draw(st.integers(0, length))] = piece
    return bytes(raw)


@given(mutations())
@settings(max_examples=400, deadline=None)
def test_any_spoiled_mail_is_read_or_unreadable(raw: bytes) -> None:
    sound(raw)


def sound(raw: bytes) -> None:
    """Hold that a mail is readable or says why not, and that no text of it breaks a database or a header."""
    try:
        found = parse(raw)
    except Unreadable:
        return
    names = [file.name for file in found.attachments] + [found.from_name, found.from_address, found.subject]
    for text in (found.text, found.quoted, found.html, *names, *found.references, found.message_id):
        text.encode()
        assert "\0" not in text
    assert not any(c in name for name in names for c in "\r\n\t")
    assert all(file.name and "/" not in file.name for file in found.attachments)

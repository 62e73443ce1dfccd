"""What stands in a mail: read as a person would, whoever made it, and never at the cost of the next one."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.channels.reading import reader, wire
from contacts.channels.reading.mail import Mail, Unreadable, parse

CORPUS = Path(__file__).parent.parent / "mail"
EXPECTED: dict[str, dict[str, Any]] = json.loads((CORPUS / "expected.json").read_text())


def mail(name: str = "plain") -> bytes:
    return (CORPUS / f"{name}.eml").read_bytes()


def as_told(found: Mail, name: str, wanted: Any) -> Any:
    """Give one fact of a mail as the collection writes it down."""
    value = getattr(found, name)
    if name == "attachments":
        files = [[one.name, one.content_type, one.size, one.inline, one.sniffed] for one in value]
        return [file[: len(wanted[0])] for file in files] if wanted else files
    if name == "bounces":
        return [[one.recipient, one.status, one.action] for one in value]
    if name == "date":
        return value and value.isoformat()
    return json.loads(json.dumps(value))


def test_the_collection_is_whole() -> None:
    assert {path.stem for path in CORPUS.glob("*.eml")} == EXPECTED.keys()
    assert len(EXPECTED) >= 160


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_mail_of_the_collection_is_read_as_a_person_would(name: str) -> None:
    found = parse(mail(name))
    assert {fact: as_told(found, fact, value) for fact, value in EXPECTED[name].items()} == EXPECTED[name]


def test_what_is_quoted_is_folded_away_but_kept() -> None:
    found = parse(mail("gmail-reply"))
    assert found.text == "Prima, tot dinsdag!"
    assert "> Het papier komt dinsdag." in found.quoted
    found = parse(mail("outlook-reply"))
    assert found.quoted.startswith("Van: Gemeente Duinmeer")
    assert found.in_reply_to == ("<antwoord@duinmeer.voorbeeld.nl>",)
    assert found.references == ("<eerste@voorbeeld.nl>", "<antwoord@duinmeer.voorbeeld.nl>")


@pytest.mark.parametrize("name", sorted(name for name in EXPECTED if name.startswith("quote-")))
def test_folding_loses_no_word(name: str) -> None:
    found = parse(mail(name))
    both = "".join(f"{found.text}{found.quoted}".split())
    assert both
    if "html" not in name and found.quoted:
        body = mail(name).decode().partition("\r\n\r\n")[2]
        words = {word for word in body.replace("\ufeff", "").split() if word.isalpha()}
        assert words <= set(f"{found.text} {found.quoted}".split())


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
    (one,) = parse(mail("bounce-postfix")).bounces
    assert (one.action, one.status) == ("failed", "5.1.1")
    assert one.diagnostic == "550 5.1.1 <weg@voorbeeld.nl>: Recipient address rejected: User unknown"
    assert parse(mail("bounce-delayed")).bounces[0].action == "delayed"


def test_the_same_message_by_way_of_another_mailbox_has_the_same_digest() -> None:
    raw = mail("gmail-reply")
    other = b"Delivered-To: balie@duinmeer.voorbeeld.nl\r\nReceived: by mx2\r\n" + raw.replace(b"\r\n", b"\n")
    assert parse(raw).content_digest == parse(other).content_digest
    assert parse(raw).content_digest != parse(raw.replace(b"Prima", b"Nee")).content_digest
    assert parse(raw).content_digest != parse(raw.replace(b"Subject: ", b"Subject: Anders ")).content_digest


def nested(depth: int) -> bytes:
    levels = (f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n" for level in range(depth))
    return ("From: a@voorbeeld.nl\n" + "".join(levels) + "\nhoi\n").encode()


NO_MAIL = {
    "empty": b"",
    "blank": b"\r\n\r\n",
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "no headers": b"zomaar wat tekst",
    "a thousand levels": nested(1000),
    "too large": b"From: a@b.nl\n\n" + b"x" * 36 * 1024**2,
    "far too large": b"From: a@b.nl\n\n" + b"x" * 60 * 1024**2,
}


@pytest.mark.parametrize("raw", NO_MAIL.values(), ids=NO_MAIL.keys())
def test_what_is_no_mail_is_unreadable_with_a_reason_in_words(raw: bytes) -> None:
    with pytest.raises(Unreadable, match=r"De e-mail|geen e-mail"):
        parse(raw)


def test_nineteen_levels_and_ten_thousand_parts_are_read() -> None:
    assert parse(nested(19)).text == "hoi"
    parts = b"From: a@b.nl\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nhoi\n" * 10_000
    assert "Ingekort" in parse(parts).text


def test_a_message_id_of_ten_kilobytes_and_headers_of_half_a_megabyte_are_read() -> None:
    found = parse(b"From: a@b.nl\nMessage-ID: <" + b"x" * 10_000 + b"@b.nl>\nSubject: Vraag\n\nhoi")
    assert (found.message_id, found.subject, found.text) == ("", "Vraag", "hoi")
    found = parse(b"From: a@b.nl\nSubject: Vraag\n" + b"X-Veel: onzin\n" * 40_000 + b"\nhoi")
    assert (found.subject, found.text, found.repaired) == ("Vraag", "hoi", True)


COSTLY = {
    "open divs": b"Content-Type: text/html\n\n" + b"<div>" * 100_000,
    "comments": b"Content-Type: text/html\n\n" + b"<!--" * 100_000,
    "half tags": b"Content-Type: text/html\n\n" + b'<a "<a ' * 100_000,
    "styles": b"Content-Type: text/html\n\n" + b"<style>" * 100_000,
    "hidden": b"Content-Type: text/html\n\n" + b'<span style="' * 100_000,
    "parameters": b"Content-Type: text/plain" + b';a="\\' * 20_000 + b"\n\nx",
    "brackets": b"To: " + b"(" * 16_000 + b"\n\nx",
    "commas": b"To: " + b"a," * 8_000 + b"\n\nx",
    "quotes": b"To: " + b'"a' * 8_000 + b"\n\nx",
    "angles": b"To: " + b"<" * 16_000 + b"\n\nx",
    "ats": b"To: " + b"a@" * 8_000 + b"\n\nx",
    "folds": b"Subject: x\n" + b" y\n" * 500_000 + b"\nx",
    "near boundaries": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b x\n" * 500_000,
    "marks": b"\n" + b"> \n" * 300_000,
    "attributions": b"\n" + (b"Op " + b"schreef " * 45 + b"12:00:\n") * 3000,
    "fields": b"\n" + b"Van: a\n" * 100_000,
    "rules": b"\n" + b"_" * 1_000_000,
    "closings": b"\n" + b"Dit bericht\n\n" * 100_000,
    "sent from": b"\n" + b"Verzonden vanaf mijn telefoon\n" * 50_000,
    "words": b"Subject: " + b"=?a?q?" * 2700 + b"\n\nx",
    "begins": b"\n" + b"begin 644 a\n" * 100_000,
    "flowed": b"Content-Type: text/plain; format=flowed\n\n" + b"a \n" * 300_000,
    "mojibake": b"Content-Type: text/plain; charset=utf-8\n\n" + "Ã©".encode() * 300_000,
    "base64": b"Content-Transfer-Encoding: base64\n\n" + b"A=\n" * 1_000_000,
    "reports": b"Content-Type: message/delivery-status\n\n" + b"Final-Recipient: rfc822;a@b.nl\n\n" * 100_000,
    "addresses": b"Return-Path: <>\nSubject: failure notice\n\n" + b"<a@b.nl>:\n" * 100_000,
    "authentication": b"Authentication-Results: a; " + b"((" * 7_000 + b"\n\nx",
    "appointment": b"Content-Type: text/calendar\n\n" + b"BEGIN:VEVENT\n" * 200_000,
}


@pytest.mark.parametrize("body", COSTLY.values(), ids=COSTLY.keys())
def test_a_mail_made_to_cost_time_is_read_within_what_a_mail_may_cost(body: bytes) -> None:
    assert reader.read(b"From: a@voorbeeld.nl\n" + body).from_address == "a@voorbeeld.nl"


@given(st.binary(max_size=3000))
@settings(max_examples=300)
def test_any_bytes_are_read_or_unreadable(raw: bytes) -> None:
    sound(b"From: a@voorbeeld.nl\n" + raw)
    sound(raw)


SMALL = sorted(name for name in EXPECTED if len(mail(name)) < 10_000)
SPOILS = [b"", b"\0", b"\r", b"\n", b'"', b"=?utf-8?b?", b"--", b"<", b"\xff", b"=", b"(", b"%", b"'", b"\x1b$B", b"> "]


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """Take a mail of the collection, and cut, double, swap and spoil pieces of it."""
    raw = bytearray(mail(draw(st.sampled_from(SMALL))))
    for _ in range(draw(st.integers(1, 6))):
        at, length = draw(st.integers(0, len(raw))), draw(st.integers(0, 60))
        doubled = st.just(bytes(raw[at : at + length]) * 2)
        piece = draw(st.one_of(st.binary(max_size=8), doubled, st.sampled_from(SPOILS)))
        raw[at : at + draw(st.integers(0, length))] = piece
    return bytes(raw)


@given(mutations())
@settings(max_examples=500)
def test_any_spoiled_mail_is_read_or_unreadable(raw: bytes) -> None:
    sound(raw)


def sound(raw: bytes) -> None:
    """Hold that a mail is readable or says why not, and that no text of it breaks a database, a header or the wire."""
    reason = ""
    try:
        found = parse(raw)
    except Unreadable as error:
        found, reason = None, str(error)
    if found is None:
        assert "Error" not in reason, reason
        return
    names = [file.name for file in found.attachments] + [found.from_name, found.from_address, found.subject]
    for text in (found.text, found.quoted, found.html, *names, *found.references, found.message_id):
        text.encode()
        assert "\0" not in text
    assert not any(c in name for name in names for c in "\r\n\t")
    assert all(file.name and "/" not in file.name for file in found.attachments)
    facts, files = wire.packed(found)
    assert wire.unpacked(facts, b"".join(files)) == found

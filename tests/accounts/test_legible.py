"""Of a form that could not be taken people see what they typed, and nothing that only machines read."""

import pytest

from accounts.legible import MOST_TEXTS, legible


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Buurman meldt zich morgen weer", "Buurman meldt zich morgen weer"),
        ("Paspoort", "Paspoort"),
        ("j.jansen@voorbeeld.nl", "j.jansen@voorbeeld.nl"),
        ("https://www.duinmeer.nl/afspraak", "https://www.duinmeer.nl/afspraak"),
        ("5 < 6, en dat is > 3", "5 < 6, en dat is > 3"),
        ("<p>Neem een pas &amp; geld mee.</p><ul><li>Een</li></ul>", "Neem een pas & geld mee.\nEen"),
        ("<p><strong>Let op</strong></p>", "Let op"),
        ("<p></p>", ""),
        ("  ", ""),
    ],
)
def test_what_was_typed(value: str, text: str) -> None:
    assert legible([value]) == ([text] if text else [])


@pytest.mark.parametrize(
    "value",
    [
        "0d1e73f9-0a42-4e3c-9a7b-3f6f6f1f2a11", "0D1E73F9-0A42-4E3C-9A7B-3F6F6F1F2A11", "96-1795371555.473839",
        "5", "on", "question", "part-0", "up:3", "2026-11-22", "2026-11-22T10:30", "2026-11-22T10:30:00Z",
        "/knowledge/", "a3f29c0be1d24f67", '{"a": "B c"}', '["Een twee"]', "86h5TCaI7HwP5opDpZ842khW5k6tRhE9DqL",
        "1tXyz0:abcDEFghijklmnopqrstuvwxyz012345", "\0",
    ],
)  # fmt: skip
def test_what_a_page_sends_of_itself(value: str) -> None:
    assert legible([value]) == []


def test_each_text_once_and_not_without_end() -> None:
    assert legible(["Een tekst", "Een tekst"]) == ["Een tekst"]
    assert len(legible([f"Tekst nummer {n}" for n in range(500)])) == MOST_TEXTS
    for much in ("<" * 1_000_000, "<a " * 300_000, "<p>" + "&lt;" * 300_000 + "</p>", "a " * 500_000, "x" * 1_000_000):
        assert len("".join(legible([much]))) <= 20_000

"""What is pasted into an article keeps its words and its shape, and nothing that looks or runs."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from knowledge.models import Article, Version
from tests import make
from tests.browser.writing import kept, text, write

pytestmark = pytest.mark.django_db(transaction=True)
PASTED = (Path(__file__).parent.parent / "knowledge" / "pasted.html").read_text()
ALIVE = (Path(__file__).parent.parent / "knowledge" / "pasted_alive.html").read_text()
PASTE = """(html) => {
  const data = new DataTransfer();
  data.setData('text/html', html);
  const paste = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(paste);
}"""
Person = Callable[..., Page]


@pytest.fixture
def article(db: None) -> Article:
    body = "<h2>Uitleg</h2><p>U komt zelf langs.</p><h2>Stappen</h2><p>Maak een afspraak.</p>"
    return make.article("Paspoort aanvragen", short_answer="U komt zelf langs.", body=body)


def test_a_letter_of_word_is_pasted(as_person: Person, article: Article, marit: User, live_server: Any) -> None:
    page = as_person(marit)
    write(page, article, live_server)
    text(page).focus()
    page.keyboard.press("Control+a")
    page.evaluate(PASTE, PASTED)
    expect(text(page).locator("h3")).to_have_text("Paspoort aanvragen")
    expect(text(page).locator("> ul > li")).to_have_count(2)
    expect(text(page).locator("> ul > li ul > li")).to_have_text(["niet ouder dan 6 maanden"])
    expect(text(page).locator("> ol > li")).to_have_text(["Maak een afspraak", "Kom langs"])
    expect(text(page).locator("strong")).to_have_text(["Let op:"])
    kept(page)
    html = Version.objects.open().get().sections[0]["html"]
    assert not re.search(r"mso|style=|<o:p|·|javascript", html, re.IGNORECASE)
    assert "€ 83,87" in html


def test_what_is_pasted_cannot_run_and_the_browser_says_nothing_of_it(
    as_person: Person, article: Article, marit: User, live_server: Any
) -> None:
    page = as_person(marit)
    write(page, article, live_server)
    errors: list[str] = []
    page.on("console", lambda line: errors.append(line.text) if line.type in ("error", "warning") else None)
    text(page).focus()
    page.keyboard.press("Control+a")
    page.evaluate(PASTE, ALIVE)
    expect(text(page).locator("p")).to_have_text(["Neem zelf een pas mee.", 'onder = boven, style="mooi"'])
    expect(text(page).locator("strong")).to_have_text(["zelf"])
    kept(page)
    assert [line for line in errors if "Failed to load resource" not in line] == []  # no stream is served here


def test_a_blank_between_pasted_words_stays(as_person: Person, article: Article, marit: User, live_server: Any) -> None:
    page = as_person(marit)
    write(page, article, live_server)
    gone = '<a href="javascript:boom(1)">klik</a>'
    text(page).focus()
    page.keyboard.press("Control+a")
    loose = f"<p>Lees:</p>{gone} <a>riool</a> <b>nu</b><p>Of</p>\n<div><p>bel</p>{gone}\n<i>hier</i></div>"
    page.evaluate(PASTE, loose)
    expect(text(page).locator("p")).to_have_text(["Lees:", "klik riool nu", "Of", "bel", "klik hier"])
    expect(text(page).locator("a")).to_have_count(0)
    kept(page)

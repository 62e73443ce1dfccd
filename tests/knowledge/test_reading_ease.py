"""How easy a text reads: advice to who writes, and never slow."""

from knowledge import reading_ease
from knowledge.models import Version
from knowledge.models.markup import section


def text(*parts: str) -> Version:
    return Version(title="Paspoort", short_answer="Kom **zelf** langs.", sections=[section(one) for one in parts])


def test_long_sentences_and_hard_words() -> None:
    found = reading_ease.of(text("<p>U dient dit te doen.</p>", f"<p>{'Dit is lang ' * 6}.</p>"))
    assert ("dient", "moet") in found.hard
    assert len(found.long_sentences) == 1


def test_of_a_very_long_text_the_beginning_is_read() -> None:
    found = reading_ease.of(text("<p>U dient dit te doen.</p>", *["<p>Dit is een korte zin.</p>" * 400] * 20))
    assert ("dient", "moet") in found.hard
    assert found.words * 3 < reading_ease.ENOUGH
    late = reading_ease.of(text("<p>Dit is een korte zin.</p>" * 2000, "<p>U dient dit te doen.</p>"))
    assert late.hard == []

"""Templates: only words that can be filled in, and nothing that a format string could reach."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from contacts.models import ReplyTemplate
from contacts.models.reply_template import PLACEHOLDERS, fill, unfilled


def test_known_words_are_filled_in_and_others_stay() -> None:
    values = {"naam": "Anna {kenmerk}", "kenmerk": "Z-2026-1", "uiterlijk": ""}
    text = "{naam}, {Kenmerk}, {uiterlijk}, {naam.__class__}, {0}, {{naam}}, { naam }, {onbekend}"
    assert fill(text, values) == (
        "Anna {kenmerk}, Z-2026-1, {uiterlijk}, {naam.__class__}, {0}, {Anna {kenmerk}}, { naam }, {onbekend}"
    )
    assert unfilled("{a} en {b} en {a}") == ["{a}", "{b}"]


@pytest.mark.parametrize("word", ["bedrag", "naam.__class__", "0", "naam!r", "NAAM2"])
def test_a_word_that_nobody_can_fill_in_is_refused(db: None, word: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        ReplyTemplate(name="x", text=f"Dag {{{word}}}").full_clean()
    assert f"Onbekend: {{{word}}}." in str(refusal.value.message_dict["text"])


def test_every_word_that_is_offered_is_taken() -> None:
    text = " ".join(f"{{{word}}}" for word in PLACEHOLDERS)
    ReplyTemplate(name="x", text=f"{text} {{Naam}}").clean()


def test_the_administrator_keeps_them(as_user, beheer: User) -> None:
    client = as_user(beheer)
    url = "/admin/contacts/replytemplate/add/"
    assert "{kenmerk}" in client.get(url).text
    wrong = client.post(url, {"name": "Ontvangst", "text": "Dag {bedrag}"})
    assert "Onbekend: {bedrag}." in wrong.text
    assert client.post(url, {"name": "Ontvangst", "text": "Dag {naam}"}).status_code == 302
    assert ReplyTemplate.objects.get().name == "Ontvangst"

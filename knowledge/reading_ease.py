"""How easy a text reads, for B1: how long its sentences are and which words are hard. Advice, never a refusal."""

import re
from dataclasses import dataclass

from django.utils.html import strip_tags

from knowledge.models.text import Text

LONG_SENTENCE = 15  # words; from here on a reader of level B1 loses the thread
LONG_WORD = 17  # letters; shorter compounds are everyday Dutch
SHOWN = 8
ENOUGH = 20_000  # characters; what a long article reads like one knows by then
BLOCK = re.compile(r"</(?:p|li|h3|td|th|tr|blockquote)>|<br>|<br/>")
END = re.compile(r"(?<=[.!?:;])\s+|\n+")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")

# Words of officials, and what people say. From lists that Dutch governments publish for plain language.
PLAINER = {
    "aangaande": "over", "aanvangen": "beginnen", "aanwenden": "gebruiken", "abusievelijk": "per ongeluk",
    "alsmede": "en", "alvorens": "voordat", "conform": "volgens", "dan wel": "of", "derhalve": "daarom",
    "desbetreffende": "deze", "desgewenst": "als u wilt", "dient": "moet", "dienen": "moeten", "echter": "maar",
    "evenals": "en ook", "gaarne": "graag", "gelieve": "wilt u", "geschieden": "gebeuren", "gezien": "omdat",
    "hetgeen": "wat", "heden": "vandaag", "hieromtrent": "hierover", "indien": "als", "ingevolge": "volgens",
    "inzake": "over", "jegens": "tegen", "krachtens": "volgens", "middels": "met", "mits": "als",
    "mutatie": "wijziging",
    "nadien": "daarna", "navenant": "net zo", "nimmer": "nooit", "nochtans": "toch", "omtrent": "over",
    "onverwijld": "meteen", "opdat": "zodat", "reeds": "al", "restitutie": "geld terug", "stagneren": "stilstaan",
    "te allen tijde": "altijd", "tenzij": "behalve als", "ten behoeve van": "voor", "teneinde": "om", "tevens": "ook",
    "thans": "nu", "uiterlijk": "niet later dan", "uitsluitend": "alleen", "veelal": "vaak", "verificatie": "controle",
    "verscheidene": "meer", "verstrekken": "geven", "vigerende": "geldende", "voornemens": "van plan",
    "voorts": "ook", "voorzien van": "met", "wederom": "weer", "zodanig": "zo", "zulks": "dat",
}  # fmt: skip
OFFICIAL = re.compile(rf"\b({'|'.join(sorted(map(re.escape, PLAINER), key=len, reverse=True))})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """How a text reads: words a sentence, the sentences that are long, hard words with a plainer one (or none)."""

    words: int
    average: float
    long_sentences: list[str]
    hard: list[tuple[str, str]]

    @property
    def is_plain(self) -> bool:
        """Say whether nothing is too long or too hard."""
        return not self.long_sentences and not self.hard


def of(text: Text) -> Reading:
    """Give how easy the words of an article read; of a very long one its beginning."""
    plain = text.short_answer.replace("**", "")
    for part in text.sections:
        if len(plain) >= ENOUGH:
            break
        said = strip_tags(BLOCK.sub("\n", part["html"])).replace("&nbsp;", " ")
        plain += f"\n{part['title']}.\n{said}"
    plain = plain[:ENOUGH]
    sentences = [found for one in END.split(plain) if len(found := WORD.findall(one)) > 2]
    words = sum(map(len, sentences))
    long_ones = [" ".join(one) for one in sentences if len(one) > LONG_SENTENCE]
    hard = {found[0].lower(): PLAINER[found[0].lower()] for found in OFFICIAL.finditer(plain)}
    hard |= {word.lower(): "" for word in WORD.findall(plain) if len(word) >= LONG_WORD}
    return Reading(
        words=words,
        average=words / len(sentences) if sentences else 0,
        long_sentences=sorted(long_ones, key=len, reverse=True)[:3],
        hard=list(hard.items())[:SHOWN],
    )

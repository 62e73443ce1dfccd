"""What was typed, taken apart: words, "phrases" that must be there, and -words that must not.

Each phrase and each unwanted word is looked for in every passage, so a question has a few of them. One without a word
of three letters that says something would have nearly all passages read ("van de", "a 1"): its words are words like any
other.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

from knowledge.models.terms import STOP, stem, words

LONGEST = 400  # characters of a question; the rest says nothing new
MOST = 30  # words of a question
FEW = 3  # phrases of a question, and as many that are unwanted
SHORTEST = 3  # letters of a word that the index of passages knows
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
# English words that say nothing of what is asked; in texts they are left as they are.
ENGLISH = frozenset("an and are can do for from have how my of or that the this to what when where with you".split())  # noqa: SIM905
WHOLE = re.compile(rf"[^\W_]{{{SHORTEST}}}")
TERM = re.compile(r'(?:(?<!\S)(-))?(?:"([^"]*)"?|([^\s"]+))')


@dataclass
class Question:
    """Any text as a question; what holds no letter or digit is left out."""

    text: str
    said: list[str] = field(default_factory=list)  # every word, for synonyms
    phrases: list[list[str]] = field(default_factory=list)  # at most a few, each with a word that few passages hold
    unwanted: list[list[str]] = field(default_factory=list)  # likewise

    @classmethod
    def read(cls, typed: str) -> "Question":
        """Give what was typed as a question. Any text is one: what is left out of it harms nothing."""
        text = UNPRINTABLE.sub(" ", typed[: LONGEST * 2])[:LONGEST]
        question = cls("")
        wanted = []
        for minus, phrase, word in TERM.findall(text):
            found = words(phrase or word)
            filters = question.unwanted if minus else question.phrases if phrase else []
            if len(filters) < FEW and any(WHOLE.search(one) and one not in STOP for one in found):
                filters.append(found)
            if not minus:
                wanted.append(phrase or word)
                question.said += found
        question.text = " ".join(" ".join(wanted).split())
        question.said = question.said[:MOST]
        return question

    @cached_property
    def telling(self) -> list[str]:
        """Give the words that say what is asked, each once; in quotes every word says something."""
        quoted = {word for phrase in self.phrases for word in phrase}
        found = dict.fromkeys(word for word in self.said if word not in STOP or word in quoted)
        return [word for word in found if word not in ENGLISH or word in quoted] or list(found)

    @cached_property
    def _stems(self) -> tuple[list[str], set[str]]:
        """Give the stems of all words, and of those that say what is asked."""
        return [stem(word) for word in self.said], {stem(word) for word in self.telling}

    def is_among(self, keywords: str) -> bool:
        """Say whether one of these expressions stands in the question and says all that it says.

        It has two words that say something, or one among three: "ik wil dood", not "mijn paspoort".
        """
        said, telling = self._stems
        least = 2 if len(telling) > 1 else 3
        for keyword in keywords.split(","):
            phrase = [stem(word) for word in words(keyword)]
            starts = range(len(said) - len(phrase) + 1) if len(phrase) >= least else ()
            if telling.issubset(phrase) and any(said[at : at + len(phrase)] == phrase for at in starts):
                return True
        return False

    @property
    def has_words(self) -> bool:
        """Say whether there is more than numbers and letters on their own, which mean nothing by themselves."""
        return any(len(word) > 2 and not word[0].isdigit() for word in self.telling)

    def __bool__(self) -> bool:
        return bool(self.telling)


def pattern(phrase: list[str]) -> str:
    """Give the regular expression of PostgreSQL that finds these words after each other in a folded text."""
    return r"\m" + r"\W+".join(re.escape(word) for word in phrase) + r"\M"

"""Finding the article that answers while the citizen is still talking: by its words, and by what the question means.

The order is a sum that can be explained to an editor; each hit carries its parts (Hit.parts):
    title, keywords, answer, text   0–1 together   how much of what is asked the article says, and where. Each word of
                    the question counts by how rare it is; for the word itself and for the pieces of four letters it is
                    made of, which find compounds, other forms and typing errors (BM25 with fields: lexical.py)
    synonym         0–0.7 what it says in the words that editors keep as synonyms; more where they stand in for a word
                    that no article has: as much as that word is of the question comes to it
    meaning         0–1   how near its passages come to the question in meaning (meaning.py)
    topic           0.05  the article is about the topic of the contact
    ours            0.01  somebody here answers for it: it has an owner or a team, as one read in from elsewhere has not
    use             0–0.02  it was used in contacts of the last 30 days
    review         −0.02  the date to check it again has passed

Without meaning (setting KCC_SEARCH_MEANING, or a machine that has no model for it) everything else is the same.
Why it is made like this, and what each part is worth: docs/decisions/0009-search.md.
"""

from knowledge.search.finding import TooMuch, search, search_public
from knowledge.search.hit import START, STOP, Hit, Part

__all__ = ["START", "STOP", "Hit", "Part", "TooMuch", "search", "search_public"]

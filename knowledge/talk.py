"""What to look for while somebody types what is said: the words that tell, of the last sentences."""

import re

from knowledge.masking import mask

LONGEST = 4000  # characters looked at, from the end
ENOUGH = 8  # words that tell enough
SHORTEST = 3  # letters of a word that may tell something
SENTENCE = re.compile(r"[.!?\n]+")
WORD = re.compile(r"[^\W_][\w’'-]*|€\s?\d+")
MASKED = re.compile(r"\[[a-z-]+\]")

# Words that say how the conversation goes, and not what it is about.
SAID = """
aan aangegeven aangeven afgelopen al alle alleen alles als altijd ander andere anders antwoord attent bedankt beide
bel belde bellen belt ben bent bij binnen brengt bsn burger collega contact daar daarom daarover dan dat de deze dhr
die dit doe doen doet door doorgegeven doorverbonden dus een eens eerder eergisteren eerst elke en enkele er erg ervan
even gaan gaat gaf gebeld gedaan geef geeft geen gegeven gehad gehoord geldt gemeente genoemd gesprek gesproken geven
gevraagd gezegd gisteren goed graag haar had hadden heb hebben heeft heel heer hele hem hen het hier hij hoe hoelang
hoeveel hoor hoort hun iemand iets ik in info informatie inmiddels inwoner is ja je jij jou jouw kan keer kent klant
klopt komen komt kon kreeg krijgen krijgt kunnen laat lang laten maar mag mail mailt medewerker mee meer meneer met
meteen mevr mevrouw mij mijn misschien moest moet moeten mogelijk mogen morgen mvr mw na naar nadat nadien namelijk
nee niet niets nog nogmaals nooit nu of om omdat onder ons ontvangen onze ook op over overleg pas per precies reeds
samen sinds soms spreekt steeds straks succes te tegen tel telefonisch telefoonnummer ten ter terug terugbellen
teruggebeld tijdens toch toen tot uit uitgelegd uitleg uur uw vaak van vanaf vandaag vanmiddag vanmorgen vanochtend
vanuit veel verder verteld vertelt verwezen via vindt vol volgende volgens voor vooral voorbij vorige vraag vraagt
vroeg waar waarom waarop wacht wanneer want waren was wat we week weer weet wel welk welke werd weten wie wij wil
wilde willen wist woont worden wordt zal ze zeer zeggen zegt zei zelf zich zie zij zijn zo zoals zonder zou zouden
zullen
"""
MANNER = frozenset(SAID.split())


def telling(text: str) -> str:
    """Give the words to search for of what was typed so far, nothing personal among them; empty when none tell.

    What was typed last counts most: of a long story the last sentences are taken, until there are words enough.
    """
    found: list[str] = []
    for sentence in reversed(SENTENCE.split(mask(text[-LONGEST:]))):
        words = [word for word in WORD.findall(MASKED.sub(" ", sentence)) if _tells(word)]
        found = list(dict.fromkeys([*words, *found]))[-ENOUGH:]
        if len(found) >= ENOUGH // 2:
            break
    return " ".join(found)


def _tells(word: str) -> bool:
    if word.isdigit():
        return False
    return (len(word) >= SHORTEST or word[0] == "€") and word.lower() not in MANNER

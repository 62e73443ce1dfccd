"""What the citizens of Duinmeer can write about on the public form, and what it asks them."""

from contacts.models import Question, Topic
from kcc.demo.rows import Rows

PUBLIC = {
    "Afval: container": "Container stuk, vol of weg",
    "Afval: grofvuil": "Grofvuil laten ophalen",
    "Burgerzaken: paspoort": "Paspoort of identiteitskaart",
    "Burgerzaken: rijbewijs": "Rijbewijs",
    "Verhuizen: binnen Nederland": "Verhuizing doorgeven",
    "Belastingen: aanslag": "Gemeentelijke belastingen",
    "Parkeren: bewonersvergunning": "Parkeervergunning",
    "Openbare ruimte: straatverlichting": "Straatlantaarn kapot",
    "Openbare ruimte: weg en stoep": "Gat in de weg of losse stoeptegel",
    "Openbare ruimte: zwerfvuil en onkruid": "Afval op straat of onkruid",
    "Klachten en bezwaar: klacht over gemeente": "Klacht over de gemeente",
    "Contact en service: afspraak": "Afspraak maken of wijzigen",
}
LINE, CHOICE, DATE, YES_NO = Question.Kind.LINE, Question.Kind.CHOICE, Question.Kind.DATE, Question.Kind.YES_NO
ASKED = [
    ("Openbare ruimte: straatverlichting", "Welke straat en bij welk huisnummer?", LINE, "", True),
    ("Openbare ruimte: straatverlichting", "Welk nummer staat op de lantaarnpaal?", LINE, "", False),
    ("Openbare ruimte: weg en stoep", "Waar is het?", LINE, "", True),
    ("Openbare ruimte: weg en stoep", "Is het gevaarlijk?", YES_NO, "", True),
    ("Openbare ruimte: zwerfvuil en onkruid", "Waar is het?", LINE, "", True),
    ("Afval: container", "Welke container?", CHOICE, "Restafval\nGFT\nPapier\nPlastic en blik", True),
    ("Afval: container", "Wat is er aan de hand?", CHOICE, "Stuk\nNiet geleegd\nWeg", True),
    ("Afval: grofvuil", "Wat wilt u laten ophalen?", LINE, "", True),
    ("Verhuizen: binnen Nederland", "Op welke datum verhuist u?", DATE, "", True),
    ("Contact en service: afspraak", "Welke dag heeft uw voorkeur?", DATE, "", False),
]


def publish(rows: Rows, topics: dict[str, Topic]) -> None:
    """Put topics on the public form, with their questions."""
    for name, public_name in PUBLIC.items():
        topics[name].public_name = public_name
    for position, (name, label, kind, choices, is_required) in enumerate(ASKED):
        question = Question(topic=topics[name], label=label, kind=kind, choices=choices, position=position)
        question.is_required = is_required
        rows.add(question)

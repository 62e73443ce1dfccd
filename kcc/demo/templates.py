"""Texts that answers begin with, and how the letters of each department end."""

from contacts.models import ReplyTemplate
from kcc.demo.book import Book
from kcc.demo.staff import Staff

SIGNATURE = "Met vriendelijke groet,\n\n{medewerker}\ngemeente Duinmeer"
OF_A_DEPARTMENT = "Met vriendelijke groet,\n\n{medewerker}\n{afdeling}, gemeente Duinmeer\nTelefoon 14 0299, op werkdagen van 8:30 tot 17:00 uur"

TEMPLATES = [  # name, team, topic, text
    ("Wij zoeken het uit", "", "",
     "{aanhef},\n\nBedankt voor uw bericht. Wij zoeken uit hoe dit zit. U hoort uiterlijk {uiterlijk} van ons.\n\nUw kenmerk is {kenmerk}. Houd dit bij de hand als u ons belt."),
    ("Meer gegevens nodig", "", "",
     "{aanhef},\n\nOm uw vraag over {onderwerp} te beantwoorden hebben wij nog iets van u nodig:\n\n- \n\nU kunt dit als antwoord op deze e-mail sturen. Stuur geen kopie van uw identiteitsbewijs mee."),
    ("Doorgegeven aan de afdeling", "", "",
     "{aanhef},\n\nWij hebben uw vraag doorgegeven aan de afdeling {afdeling}. Een medewerker neemt uiterlijk {uiterlijk} contact met u op. Uw kenmerk is {kenmerk}."),
    ("Niet bereikt", "", "",
     "{aanhef},\n\nWij hebben u gebeld over {onderwerp}, maar kregen u niet te pakken. Belt u ons terug? Dat kan op 14 0299, op werkdagen van 8:30 tot 17:00 uur. Noem dan kenmerk {kenmerk}."),
    ("Onze excuses", "", "",
     "{aanhef},\n\nU heeft langer op antwoord gewacht dan wij beloven. Daarvoor onze excuses."),
    ("Betalingsregeling aanvragen", "Belastingen", "",
     "{aanhef},\n\nU kunt de aanslag in termijnen betalen. Vraag de regeling aan voor de laatste betaaldatum, dan komen er geen kosten bij. Wij beslissen binnen 4 weken. Tot die tijd hoeft u niets te betalen."),
    ("Aanslag hersteld", "Belastingen", "Belastingen: afvalstoffenheffing",
     "{aanhef},\n\nU heeft gelijk: de aanslag klopte niet. Wij hebben hem vandaag hersteld. U krijgt binnen 2 weken een nieuwe aanslag. De oude kunt u weggooien."),
    ("Bezwaar ontvangen", "Parkeren", "Parkeren: bezwaar parkeervergunning",
     "{aanhef},\n\nWij hebben uw bezwaar ontvangen. U krijgt binnen 12 weken een beslissing. Hebben wij meer tijd nodig, dan laten wij u dat weten. Uw kenmerk is {kenmerk}."),
    ("Afspraak maken", "Burgerzaken", "",
     "{aanhef},\n\nHiervoor maakt u een afspraak aan de balie. Neem uw huidige paspoort, identiteitskaart of rijbewijs mee, en een pasfoto van hoogstens 6 maanden oud."),
    ("Melding opgenomen", "Openbare ruimte", "",
     "{aanhef},\n\nBedankt voor uw melding. Wij kijken binnen 3 werkdagen ter plaatse. Is het gevaarlijk, dan zetten wij het dezelfde dag af."),
]  # fmt: skip


def write_templates(book: Book, staff: Staff) -> None:
    """Give every department its signature, and agents the texts they begin with."""
    for team in staff.teams.values():
        team.signature = SIGNATURE if team.is_kcc else OF_A_DEPARTMENT
    for name, department, topic, text in TEMPLATES:
        book.rows.add(
            ReplyTemplate(name=name, text=text, team=staff.teams.get(department), topic=book.topics.get(topic))
        )

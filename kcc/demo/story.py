"""The people you meet first in the demo: Fatima el Amrani, who was not called back, and others with work open now."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import NamedTuple

from accounts.worktime import LOCAL
from callbacks.models import Callback, Result
from contacts.models import Channel
from kcc.demo.book import Book
from kcc.demo.callbacks import Register
from kcc.demo.citizens import Citizen, Town
from kcc.demo.clock import at
from kcc.demo.content import Conversation
from kcc.demo.staff import Staff

FATIMA_LATE = 132  # working minutes
BSN_OF_FATIMA = "999903482"
OBJECTION = "Parkeren: bezwaar parkeervergunning"
DAY, MORNING, AFTERNOON, LATER = (None, None), (None, time(12)), (time(13), None), (time(15), None)
Window = tuple[time | None, time | None]


class Waiting(NamedTuple):
    """Somebody who waits for a call; place is minutes late, or how far through the day (0 to 1) it is due."""

    who: tuple[str, ...]
    part: str
    place: float
    team: str
    worker: str
    topic: str
    subject: str
    question: str
    window: Window = DAY
    tries: tuple[str, ...] = ()
    urgent: str = ""


BUSY, MISS, MAIL = Result.BUSY, Result.NO_ANSWER, Result.VOICEMAIL
WAITING = [
    Waiting(("Karel", "", "Brouwer"), "late", 28, "Parkeren", "", "Parkeren: naheffing", "Naheffing onterecht",
            "Parkeerautomaat Havenplein gaf storing", MORNING),
    Waiting(("Jeanette", "", "Pinas"), "late", 12, "Parkeren", "d.verhoeven", "Parkeren: bezoekersparkeren",
            "Bezoekersregeling werkt niet", "Pincode geeft foutmelding in de app", DAY, (MISS, BUSY)),
    Waiting(("Tamara", "", "Hoekstra"), "late", 100, "Belastingen", "", "Belastingen: betalingsregeling",
            "Uitstel betaling WOZ", "Kan de aanslag in termijnen worden betaald?"),
    Waiting(("Bakkerij Visser",), "late", 65, "Vergunningen en bouwen", "k.vandam",
            "Bouwen en wonen: omgevingsvergunning", "Vervolg omgevingsvergunning",
            "Welke tekening ontbreekt nog bij de aanvraag?", AFTERNOON, (MISS, MAIL)),
    Waiting(("Gerda", "", "Mulder"), "late", 35, "Sociaal domein", "l.jansen", "Wmo en zorg: huishoudelijke hulp",
            "Aanpassing Wmo-indicatie", "Heeft sinds de val meer hulp nodig. Kan de indicatie omhoog?", MORNING, (MISS,)),
    Waiting(("Anneke", "", "Terpstra"), "today", 0.1, "Parkeren", "r.yilmaz", "Parkeren: gehandicaptenparkeerplaats",
            "Gehandicaptenparkeerplaats aanvragen", "Welke verklaring is nodig van de arts?", (None, time(13))),
    Waiting(("Garage Noorderlicht",), "today", 0.3, "Parkeren", "", "Parkeren: bedrijfsvergunning",
            "Kenteken wijzigen op vergunning", "Drie leenauto’s per week", (None, time(17))),
    Waiting(("Selin", "", "Öztürk"), "today", 0.7, "Parkeren", "", "Parkeren: bezoekersparkeren",
            "Teruggave parkeergeld", "Twee keer betaald voor dezelfde dag", AFTERNOON, (), "Rekening staat in het rood"),
    Waiting(("Pieter", "de", "Graaf"), "today", 0.85, "Parkeren", "m.janssen", "Parkeren: bewonersvergunning",
            "Vergunning tweede auto", "Verhuisd van zone B naar zone C", MORNING, (MAIL,)),
    Waiting(("Hans", "", "Willems"), "later", 0.2, "Parkeren", "r.yilmaz", "Parkeren: laadpaal",
            "Laadpaal in de straat", "Aanvraag van september, geen bericht"),
    Waiting(("Bakkerij Visser",), "later", 0.4, "Parkeren", "m.janssen", "Parkeren: bedrijfsvergunning",
            "Ontheffing autoluw gebied", "Leveren vóór 07:00 uur", AFTERNOON),
    Waiting(("Natalia", "", "Kowalczyk"), "later", 0.8, "Parkeren", "m.janssen", OBJECTION,
            "Bezwaar tegen sleepkosten", "Borden stonden er één dag", LATER, (MISS,)),
]  # fmt: skip


class Unread(NamedTuple):
    """A message in the work queue; place as with Waiting, reckoned by the norm for mail."""

    who: tuple[str, ...]
    channel: str
    part: str
    place: float
    worker: str
    topic: str
    subject: str
    text: str


UNREAD = [
    Unread(("Tamara", "", "Hoekstra"), "email", "late", 125, "s.bakker", "Belastingen: betalingsregeling",
           "Betalingsregeling WOZ", "Ik kan het bedrag niet in één keer betalen. Mag het in vier termijnen?"),
    Unread(("Joost", "", "Vermeer"), "social", "late", 35, "", "Openbare ruimte: straatverlichting",
           "Straatlantaarn kapot", "Lindelaan is al een week donker, ter hoogte van nummer 40. Wie komt er kijken?"),
    Unread(("Peter", "", "Groeneveld"), "email", "today", 0.15, "s.dewit", "Belastingen: afvalstoffenheffing",
           "Afvalstoffenheffing te hoog", "Nog steeds geen antwoord op mijn vraag. Ik woon alleen, maar betaal voor een gezin."),
    Unread(("Bakkerij Visser",), "email", "today", 0.25, "j.smit", "Vergunningen: terras",
           "Terras uitbreiden", "Wij willen op Marktplein 8 graag vier tafels erbij. Wat moeten wij daarvoor aanvragen?"),
    Unread(("Ilse", "van", "Rossum"), "web", "today", 0.6, "", "Verhuizen: vanuit het buitenland",
           "Verhuizing uit België", "Wij verhuizen op de eerste van de maand naar Duinmeer. Wat moeten wij meenemen?"),
    Unread(("Lotte", "", "Verbeek"), "email", "today", 0.8, "a.peters", "Burgerzaken: rijbewijs",
           "Rijbewijs verlopen", "Mijn rijbewijs is vorige week verlopen. Kan het met spoed?"),
    Unread(("Stichting De Duinroos",), "email", "later", 0.3, "", "Vergunningen: evenement",
           "Lichtjestocht 12 december", "Hoort bij onze lichtjestocht een evenementenvergunning? Vorig jaar was een melding genoeg."),
    Unread(("Marloes", "", "Aalbers"), "web", "later", 0.6, "", "Afval: container",
           "Klacht huisvuil", "Voor de derde keer is onze container niet geleegd, terwijl hij op tijd buiten stond."),
    Unread(("Henk", "", "Jongsma"), "email", "later", 0.8, "", "Burgerzaken: trouwen en partnerschap",
           "Kopie huwelijksakte", "Mijn pensioenfonds vraagt om een kopie van de huwelijksakte. Hoe vraag ik die aan?"),
]  # fmt: skip


@dataclass
class Story:
    """Writes these people, with the work that waits for them."""

    book: Book
    register: Register
    staff: Staff
    town: Town
    taken: dict[str, list[Callback]] = field(default_factory=dict)
    _people: dict[tuple[str, ...], Citizen] = field(default_factory=dict)

    def settle(self) -> None:
        """Let everybody of the story live in Duinmeer, before its other people."""
        about = {
            "phone": "0691234567",
            "email": "f.elamrani@voorbeeld.nl",
            "street": "Meidoornstraat",
            "house_number": 12,
        }
        verified = self.book.clock.now - timedelta(days=400)
        self.fatima = self.town.person("Fatima", "el", "Amrani", bsn=BSN_OF_FATIMA, verified_at=verified, **about)
        for name in [*(row.who for row in WAITING), *(row.who for row in UNREAD)]:
            if name not in self._people:
                mail = {"email": f"{name[-1].split()[-1].lower()}@voorbeeld.nl"} if len(name) == 1 else {}
                make = self.town.organisation if len(name) == 1 else self.town.person
                self._people[name] = make(*name, **mail)

    @property
    def people(self) -> list[Citizen]:
        return [self.fatima, *self._people.values()]

    def tell(self) -> None:
        for person in WAITING:
            self.wait(person)
        for message in UNREAD:
            self.write(message)

    def wait(self, person: Waiting) -> None:
        """Write an open callback as its row above says."""
        team, citizen = self.book.teams[person.team], self._people[person.who]
        worker = self.staff.users.get(person.worker)
        asked = self.asked(person.part, person.place, self.book.working_days(team))
        said = Conversation(person.topic, Channel.PHONE, person.subject, f"{person.question}.", "", "", person.question)
        row = self.register.request(
            citizen, said, at=asked, team=team, assignee=worker, window=person.window, urgent_reason=person.urgent
        )
        limit = min(self.book.clock.now, row.due_at)
        span = self.book.clock.hours.minutes_between(asked, limit)
        for place, result in enumerate(person.tries, 1):
            moment = self.book.clock.hours.add_minutes(asked, span * place / (len(person.tries) + 0.4))
            self.register.attempt(row, citizen, at=moment, by=worker or row.requested_by, result=result)  # type: ignore[arg-type]
        self.note(row, person.part)

    def note(self, row: Callback, part: str) -> None:
        self.register.plan_reminders(row)
        self.taken.setdefault(f"{part} {row.team.name}", []).append(row)

    def asked(self, part: str, place: float, days: int) -> datetime:
        """Give when something was asked that is due now, in so many working days after asking, at that place."""
        clock = self.book.clock
        start, end = clock.today()
        if part == "late":
            return clock.days_before(clock.back(place), days)
        if part == "today":
            return clock.days_before(start + (end - start) * place, days)
        earliest = clock.days_before(end, days) + timedelta(minutes=1)
        minutes = clock.hours.minutes_between(earliest, clock.now)
        return clock.hours.add_minutes(earliest, max(minutes * place, 1)) if minutes > 2 else min(earliest, clock.now)

    def write(self, message: Unread) -> None:
        """Write a message nobody answered yet, with its case."""
        citizen, worker = self._people[message.who], self.staff.users.get(message.worker)
        moment = self.asked(message.part, message.place, 2)
        contact = self.book.contact(
            citizen,
            at=moment - timedelta(seconds=20),
            channel=message.channel,
            topic=self.book.topics[message.topic],
            subject=message.subject,
            by=None,
            text=message.text,
        )
        case = self.book.open_case(contact, title=message.subject, at=moment, by=None)
        case.assignee = worker


def on(day_of: datetime, working_days: int, clock: time, book: Book) -> datetime:
    """Give that time of day, so many working days after the day of a moment (before it when negative)."""
    return at(book.clock.working_day(day_of.astimezone(LOCAL).date(), working_days), clock)

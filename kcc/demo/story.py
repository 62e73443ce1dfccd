"""The people you meet first in the demo: Fatima el Amrani, who was not called back, and others with work open now."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import NamedTuple

from accounts.worktime import LOCAL
from callbacks.models import Callback, Result
from contacts.models import Channel
from kcc.demo.book import Book
from kcc.demo.callbacks import Register
from kcc.demo.citizens import Citizen, Town, slug
from kcc.demo.clock import at
from kcc.demo.content import Conversation
from kcc.demo.staff import Staff
from kcc.demo.worklist import people_of_the_queue

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
        writers = people_of_the_queue()
        for name in [*(row.who for row in WAITING), *writers]:
            if name not in self._people:
                mail = {"email": mail_of(name)} if len(name) == 1 or name in writers else {}
                make = self.town.organisation if len(name) == 1 else self.town.person
                self._people[name] = make(*name, **mail)

    @property
    def people(self) -> list[Citizen]:
        return [self.fatima, *self._people.values()]

    def person(self, name: tuple[str, ...]) -> Citizen:
        return self._people[name]

    def tell(self) -> None:
        for person in WAITING:
            self.wait(person)

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


def mail_of(name: tuple[str, ...]) -> str:
    """Give the address of an organisation, by the last word of its name, or of somebody: p.groeneveld@voorbeeld.nl."""
    last = slug(name[-1].split()[-1])
    return f"{last}@voorbeeld.nl" if len(name) == 1 else f"{slug(name[0])[0]}.{slug(''.join(name[1:]))}@voorbeeld.nl"


def on(day_of: datetime, working_days: int, clock: time, book: Book) -> datetime:
    """Give that time of day, so many working days after the day of a moment (before it when negative)."""
    return at(book.clock.working_day(day_of.astimezone(LOCAL).date(), working_days), clock)

"""The work queue you meet in the demo: messages nobody answered yet, in every channel, with those who are at them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from accounts.models import User
from contacts import files
from contacts.models import Attachment, Case, Contact, Direction, Event, Outcome, Presence
from contacts.models.claim import TERM
from kcc.demo.book import Book
from kcc.demo.citizens import Citizen
from kcc.demo.paper import letter

if TYPE_CHECKING:
    from kcc.demo.story import Story

FRONT = "Voorlijn"
SOCIAL_MINUTES = 240  # the norm for social, in working minutes


class Arrival(NamedTuple):
    """A message in the queue; left is how many working minutes there are to answer it (negative: late)."""

    who: tuple[str, ...]  # of an inhabitant or organisation; empty for somebody nobody knows
    channel: str
    left: float
    worker: str
    topic: str
    subject: str
    text: str
    network: str = ""
    sender: str = ""
    is_read: bool = False


MESSAGES = [
    Arrival(("Tamara", "", "Hoekstra"), "email", -125, "s.bakker", "Belastingen: betalingsregeling",
            "Betalingsregeling WOZ", "Ik kan het bedrag niet in één keer betalen. Mag het in vier termijnen?", is_read=True),
    Arrival(("Joost", "", "Vermeer"), "social", -35, "", "Openbare ruimte: straatverlichting",
            "Straatlantaarn kapot", "Lindelaan is al een week donker, ter hoogte van nummer 40. Wie komt er kijken?",
            "messenger", "joost.vermeer"),
    Arrival(("Bakkerij Visser",), "email", 80, "", "Vergunningen: terras", "Terras uitbreiden",
            "Marktplein 8, graag vóór april vier tafels erbij. Wat moeten wij daarvoor aanvragen?", is_read=True),
    Arrival((), "social", 120, "", "Afval: milieustraat", "Milieustraat",
            "Hoe laat gaan jullie open? En mag ik ook verf brengen?", "whatsapp", "+31690876543"),
    Arrival(("Ilse", "van", "Rossum"), "web", 180, "", "Verhuizen: vanuit het buitenland", "Verhuizing uit België",
            "Wij verhuizen op de eerste van de maand naar Duinmeer. Wat moeten wij meenemen?"),
    Arrival((), "social", 200, "", "Openbare ruimte: weg en stoep", "Gat in fietspad Zeeweg",
            "Gevaarlijk in het donker! Er ligt een gat van zeker 20 cm, vlak voor de duinovergang.", "instagram", "@duinmeer.fietst"),
    Arrival(("Lotte", "", "Verbeek"), "email", 300, "a.peters", "Burgerzaken: rijbewijs", "Rijbewijs verlopen",
            "Kan het met spoed? Mijn rijbewijs is vorige week verlopen en ik heb mijn auto nodig voor mijn werk.", is_read=True),
    Arrival((), "chat", 360, "", "Contact en service: openingstijden", "Koopzondag",
            "Is parkeren dan gratis? Op de site kan ik het niet vinden.", sender="Anonieme bezoeker"),
    Arrival(("Stichting De Duinroos",), "email", 528, "", "Vergunningen: evenement", "Lichtjestocht 12 december",
            "Evenementenvergunning nodig? Vorig jaar was een melding genoeg."),
    Arrival(("Marloes", "", "Aalbers"), "web", 708, "", "Afval: container", "Klacht huisvuil",
            "Derde keer niet opgehaald, terwijl de container op tijd buiten stond."),
    Arrival(("Henk", "", "Jongsma"), "email", 900, "", "Burgerzaken: trouwen en partnerschap", "Kopie huwelijksakte",
            "Nodig voor pensioenfonds. Hoe vraag ik een kopie van de akte aan?"),
    Arrival(("Willem", "", "Kuipers"), "email", 930, "s.dewit", "Openbare ruimte: groen en bomen", "Eik voor ons huis",
            "De wortels drukken de stoep omhoog. Kan er iemand komen kijken?", is_read=True),
]  # fmt: skip
PETER = Arrival(
    ("Peter", "", "Groeneveld"), "email", 48, "s.dewit", "Belastingen: afvalstoffenheffing", "Afvalstoffenheffing te hoog",
    "Goedemiddag,\n\nIk heb nog niets gehoord. Volgens uw site betaal ik als eenpersoonshuishouden € 268 en op de aanslag "
    "staat € 412. Kunt u dit herstellen vóór de incasso van deze maand?", is_read=True,
)  # fmt: skip
PETER_ASKED = "Goedendag,\n\nIk woon sinds januari alleen, maar de aanslag is die voor een gezin. Klopt dat wel? De aanslag zit hierbij."
PETER_HEARD = "Beste meneer Groeneveld,\n\nWij zoeken dit voor u uit bij de afdeling Belastingen en komen er zo snel mogelijk op terug."
PETER_NOTE = "M. Kaya (Belastingen): gezinssamenstelling stond verkeerd per 1 januari. Nieuwe aanslag is klaar, incasso is stopgezet."
QUESTION = "Goedendag,\n\nWij hebben vorige week een aanvraag gedaan, maar horen niets meer. Kunt u laten weten hoe het ermee staat?"
# Put aside: who, subject, topic, how.
ASIDE = [
    (("Annelies", "", "Vink"), "Adres van de oppas", "Jeugd en onderwijs: leerlingenvervoer", "waiting"),
    (("Sportvereniging Zeewind",), "Kleedkamers tijdens toernooi", "Vergunningen: evenement", "waiting"),
    (("Ruud", "", "Zwart"), "Bank in het Zeepark", "Openbare ruimte: groen en bomen", "snoozed"),
    (("Mila", "de", "Wolf"), "Aanslag hondenbelasting", "Belastingen: hondenbelasting", "consulted"),
    (("Oscar", "", "Blom"), "Afspraak rijbewijs verzetten", "Burgerzaken: rijbewijs", "resumed"),
]


@dataclass
class Worklist:
    """Writes these messages with their cases."""

    story: "Story"
    cases: dict[str, Case] = field(default_factory=dict)

    @property
    def book(self) -> Book:
        return self.story.book

    def tell(self) -> None:
        for arrival in MESSAGES:
            self.arrive(arrival)
        self.peter()
        for who, subject, topic, how in ASIDE:
            self.put_aside(who, subject, topic, how)
        self.advertise()
        self.sit()

    def arrive(self, one: Arrival, *, asked: datetime | None = None) -> Case:
        """Write a message nobody answered yet, with its case in the front office."""
        book, worker = self.book, self.story.staff.users.get(one.worker)
        due = self.due(one.left)
        asked = asked or self.asked(due, one.channel)
        contact = self.write(one, at=asked - timedelta(seconds=20))
        case = book.open_case(
            contact,
            title=one.subject,
            at=asked,
            by=None,
            due_at=max(due, asked),
            team=book.teams[FRONT],
            sender=one.sender,
        )
        case.assignee = worker
        if one.is_read:
            case.read_at = min(asked + timedelta(minutes=25), book.clock.now)
        self.cases[one.subject] = case
        return case

    def write(self, one: Arrival, *, at: datetime, text: str = "", **more: object) -> Contact:
        citizen = self.story.person(one.who) if one.who else None
        return self.book.contact(
            citizen,
            at=at,
            channel=one.channel,
            topic=self.book.topics[one.topic],
            subject=one.subject,
            by=None,
            text=text or one.text,
            network=one.network,
            party=self._party(one, citizen),
            **more,  # type: ignore[arg-type]
        )

    @staticmethod
    def _party(one: Arrival, citizen: Citizen | None) -> str | None:
        return one.sender if one.network or citizen is None else None

    def due(self, left: float) -> datetime:
        """Give the moment so many working minutes from now, or before now."""
        clock = self.book.clock
        return clock.hours.add_minutes(clock.now, left) if left > 0 else clock.back(-left)

    def asked(self, due: datetime, channel: str) -> datetime:
        """Give when something came in that is due then by the norm."""
        clock = self.book.clock
        if channel == "social":
            return clock.back(SOCIAL_MINUTES, start=due)
        return min(clock.days_before(due, 2), clock.now)

    def peter(self) -> None:
        """A mail that was answered with a promise, asked again, with a file, and what a colleague found out."""
        book, users = self.book, self.story.staff.users
        again = self.asked(self.due(PETER.left), "email")
        first = book.clock.days_before(again, 3)
        case = self.arrive(PETER, asked=again)
        case.opened_at = first
        asked = self.write(PETER, at=first - timedelta(seconds=20), text=PETER_ASKED)
        book.join(asked, case, by=None, at=first)
        answered = book.clock.hours.add_minutes(first, 185)
        asked.outcome, asked.closed_at, asked.agent = Outcome.ANSWERED, answered, users["s.bakker"]
        reply = book.contact(
            self.story.person(PETER.who), at=answered - timedelta(seconds=20), channel="email", topic=asked.topic,
            subject=f"Re: {PETER.subject}", by=users["s.bakker"], text=PETER_HEARD, outcome=Outcome.ANSWERED,
            direction=Direction.OUTBOUND, conversation=asked.conversation,
        )  # fmt: skip
        book.join(reply, case, by=users["s.bakker"], at=answered)
        latest = next(one for one in book.contacts if one.case is case and one.text == PETER.text)
        latest.conversation, latest.subject = asked.conversation, f"Re: {PETER.subject}"
        case.answered_at = answered
        book.message(latest).quoted = quoted(PETER_HEARD, "gemeente Duinmeer") + "\n" + quoted(PETER_ASKED, "ik")
        self.attach(
            latest,
            "aanslag-2026.pdf",
            letter("Aanslag gemeentelijke belastingen 2026", "Afvalstoffenheffing: 412 euro"),
        )
        self.note(case, PETER_NOTE, by=users["j.smit"], at=book.clock.now - timedelta(minutes=11))

    def attach(self, contact: Contact, name: str, content: bytes) -> None:
        row = self.book.rows.add(
            Attachment(contact=contact, name=name, content_type="application/pdf", size=len(content))
        )
        row.sha256, row.declared_type = files.keep(content), "application/pdf"
        row.created_at = row.scanned_at = contact.registered_at

    def note(self, case: Case, text: str, *, by: User, at: datetime) -> None:
        """Write what colleagues tell each other about a case."""
        self.book.rows.add(Event(case=case, kind="case_noted", by=by, at=at, data={"text": text, "mentions": []}))

    def put_aside(self, who: tuple[str, ...], subject: str, topic: str, how: str) -> None:
        """Write a case that need not be done now, or that is back since a moment ago."""
        book, sanne = self.book, self.story.staff.users["s.dewit"]
        left = 400 if how == "resumed" else 640
        case = self.arrive(Arrival(who, "email", left, "s.dewit", topic, subject, QUESTION, is_read=True))
        clock, at = book.clock, book.clock.now - timedelta(minutes=50)
        case.read_at = at
        data: dict[str, object]
        if how == "waiting":
            case.waiting_until = clock.hours.add_days(clock.now, 5)
            kind, data = "case_waited", {"until": case.waiting_until.isoformat()}
        elif how == "consulted":
            case.consulted_at, case.consulted_team = at, book.teams["Belastingen"]
            kind, data = "case_consulted", {"team": "Belastingen"}
            self.note(case, "@Murat Kaya, was deze hond al afgemeld? Mevrouw zegt van wel.", by=sanne, at=at)
        else:
            case.snoozed_until = (
                clock.hours.add_days(clock.now, 1) if how == "snoozed" else clock.now - timedelta(minutes=3)
            )
            case.snooze_reason = (
                "Rooster van de wijkploeg komt dan" if how == "snoozed" else "Balie weet nu of er plek is"
            )
            kind, data = "case_snoozed", {"until": case.snoozed_until.isoformat(), "reason": case.snooze_reason}
        book.rows.add(Event(case=case, kind=kind, by=sanne, at=at, data=data))

    def advertise(self) -> None:
        """Write what no citizen asked."""
        case = self.arrive(
            Arrival((), "email", 300, "", "Contact en service: DigiD en website", "Uw website hoger in Google?",
                    "Beste ondernemer, wij zetten uw website binnen 30 dagen op nummer 1.", sender="sales@example.com")
        )  # fmt: skip
        case.spam_at = case.closed_at = self.book.clock.now - timedelta(minutes=90)
        case.read_at, by = case.closed_at, self.story.staff.users["k.haddad"]
        self.book.rows.add(Event(case=case, kind="case_spam", by=by, at=case.closed_at, data={}))

    def sit(self) -> None:
        """Let a colleague be at work in one of them at this moment."""
        case, smit, now = self.cases["Terras uitbreiden"], self.story.staff.users["j.smit"], self.book.clock.now
        case.held_by, case.held_since, case.held_until = (
            smit,
            now - timedelta(minutes=1),
            now - timedelta(minutes=1) + TERM,
        )
        typing = Presence(case=case, user=smit, state=Presence.State.TYPING, seen_at=now)
        self.book.rows.add(typing)


def people_of_the_queue() -> list[tuple[str, ...]]:
    """Give the names of those in the queue who live in Duinmeer."""
    return [name for name in [*(one.who for one in (*MESSAGES, PETER)), *(who for who, *_rest in ASIDE)] if name]


def quoted(text: str, name: str) -> str:
    """Give a text as a mail program repeats it under an answer."""
    return f"Op eerdere datum schreef {name}:\n" + "\n".join(f"> {line}" for line in text.splitlines())

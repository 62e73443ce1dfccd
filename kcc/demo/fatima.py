"""The timeline of Fatima el Amrani: an objection about a parking permit, in every channel, and a call that never came."""

from datetime import datetime, time, timedelta

from django.utils.formats import date_format

from accounts.models import User
from accounts.worktime import LOCAL
from callbacks.models import Result
from contacts.models import Channel, Contact, Direction, Outcome
from kcc.demo.clock import at
from kcc.demo.content import Conversation
from kcc.demo.story import FATIMA_LATE, LATER, OBJECTION, Story, on

DECISION_TERM = timedelta(weeks=12)
# Weeks before the callback, hour, channel, topic, subject, text, who answered, seconds.
BEFORE = [
    (11, time(10, 12), "phone", "Parkeren: bewonersvergunning", "Parkeervergunning aanvragen",
     "Wil een bewonersvergunning voor de Meidoornstraat. Uitgelegd hoe zij die online aanvraagt.", "k.haddad", 248),
    (9, time(15, 31), "email", "Parkeren: bewonersvergunning", "Hoe lang duurt mijn aanvraag?",
     "“Ik heb vorige week een vergunning aangevraagd. Wanneer hoor ik iets?”", "j.smit", None),
    (8, time(9, 47), "phone", "Parkeren: bewonersvergunning", "Status aanvraag vergunning",
     "De aanvraag ligt bij Parkeren. Mevrouw krijgt deze week een brief.", "s.bakker", 173),
    (7, time(11, 5), "desk", "Burgerzaken: paspoort", "Paspoort opgehaald",
     "Nieuw paspoort uitgereikt, oude paspoort ongeldig gemaakt.", "t.kok", 300),
    (5, time(16, 20), "phone", OBJECTION, "Vergunning geweigerd, wat nu?",
     "Vergunning is geweigerd om een eigen oprit die er niet is. Gewezen op bezwaar binnen zes weken.", "s.dewit", 402),
    (4, time(20, 42), "social", "Afval: afvalkalender", "Bericht via Facebook Messenger",
     "“Welke dag komt het gft in onze straat?”", "l.vermeulen", None),
]  # fmt: skip


def tell(story: Story) -> None:
    """Write everything that happened with Fatima, ending with the callback that is late now."""
    book, users = story.book, story.staff.users
    team = book.teams["Parkeren"]
    asked = book.clock.days_before(book.clock.back(FATIMA_LATE), book.working_days(team))
    for weeks, hour, channel, topic, subject, text, login, seconds in BEFORE:
        answer(story, asked - timedelta(weeks=weeks), hour, channel, topic, subject, text, users[login], seconds)
    pavement(story, asked)
    objection = object_to(story, asked)
    papers(story, asked, objection)
    mail(story, asked, objection)
    call(story, asked, objection)


def answer(
    story: Story,
    day: datetime,
    hour: time,
    channel: str,
    topic: str,
    subject: str,
    text: str,
    by: User,
    seconds: int | None,
) -> Contact:
    """Write a question that was answered at once."""
    return story.book.contact(
        story.fatima,
        at=on(day, 0, hour, story.book),
        channel=channel,
        topic=story.book.topics[topic],
        subject=subject,
        by=by,
        text=text,
        outcome=Outcome.ANSWERED,
        seconds=seconds,
        party="f.elamrani" if channel == Channel.SOCIAL else None,
    )


def pavement(story: Story, asked: datetime) -> None:
    """A loose tile in the street, reported and mended two months ago."""
    book, users = story.book, story.staff.users
    day = asked - timedelta(weeks=6)
    contact = answer(
        story, day, time(13, 26), "phone", "Openbare ruimte: weg en stoep", "Losse stoeptegel Meidoornstraat",
        "Losse tegel voor nummer 8, oudere buurvrouw is bijna gevallen. Melding gemaakt.", users["k.haddad"], 195,
    )  # fmt: skip
    contact.outcome = Outcome.CASE
    case = book.open_case(contact, title=contact.subject, at=contact.registered_at, by=contact.agent)
    case.assignee = users["p.hofman"]
    book.close_case(case, at=on(day, 1, time(15, 10), book), by=users["p.hofman"], result="Tegel rechtgelegd")


def object_to(story: Story, asked: datetime) -> Contact:
    """The objection itself, by web form in the evening; its term is that of a decision, not of a mail."""
    book, day = story.book, asked.astimezone(LOCAL).date() - timedelta(days=20)
    contact = book.contact(
        story.fatima,
        at=at(day, time(21, 14)),
        channel=Channel.WEB,
        topic=book.topics[OBJECTION],
        subject="Webformulier: bezwaar maken",
        by=None,
        text="Bezwaar tegen de weigering van een bewonersvergunning. Ingelogd met DigiD, automatisch gekoppeld.",
    )
    moment = contact.registered_at
    case = book.open_case(contact, title="Bezwaar parkeervergunning", at=moment, by=None, due_at=moment + DECISION_TERM)
    case.assignee = story.staff.users["r.yilmaz"]
    return contact


def papers(story: Story, asked: datetime, objection: Contact) -> None:
    """A visit to the desk, and a question about something else on the same day."""
    book, users = story.book, story.staff.users
    day = on(asked, -3, time(11, 40), book)
    desk = answer(
        story, day, time(11, 40), "desk", OBJECTION, "Documenten ingeleverd bij bezwaar",
        "Kopie kentekenbewijs en werkgeversverklaring ingenomen en gescand bij de zaak.", users["a.peters"], 360,
    )  # fmt: skip
    if objection.case:
        book.join(desk, objection.case, by=desk.agent, at=desk.registered_at)
    answer(
        story, day, time(8, 55), "social", "Afval: container", "Bericht via Facebook Messenger",
        "“Wordt de papiercontainer in de Meidoornstraat deze week nog geleegd?”", users["s.dewit"], None,
    )  # fmt: skip


def mail(story: Story, asked: datetime, objection: Contact) -> None:
    """A mail that morning, and the answer that did not really answer."""
    book, smit = story.book, story.staff.users["j.smit"]
    day = date_format(objection.happened_at.astimezone(LOCAL), "j F")
    question = book.contact(
        story.fatima,
        at=asked - timedelta(hours=4, minutes=44),
        channel=Channel.EMAIL,
        topic=book.topics[OBJECTION],
        subject="Status bezwaarschrift parkeervergunning",
        by=smit,
        text=f"Op {day} heb ik bezwaar gemaakt. Kunt u bevestigen dat het binnen is?",
        outcome=Outcome.ANSWERED,
        closed_at=asked - timedelta(minutes=40),
    )
    answered = book.contact(
        story.fatima,
        at=asked - timedelta(minutes=40),
        channel=Channel.EMAIL,
        topic=question.topic,
        subject=f"Re: {question.subject}",
        by=smit,
        text="Ik heb uw vraag doorgegeven aan Team Parkeren. Zij laten u weten of uw bezwaar compleet is.",
        outcome=Outcome.ANSWERED,
        direction=Direction.OUTBOUND,
        conversation=question.conversation,
    )
    for contact in (question, answered):
        if objection.case:
            book.join(contact, objection.case, by=smit, at=contact.registered_at)


def call(story: Story, asked: datetime, objection: Contact) -> None:
    """The call, the promise to call back, and the one attempt, at an hour when she works."""
    users, register = story.staff.users, story.register
    said = Conversation(
        OBJECTION,
        Channel.PHONE,
        "Vraag over ontvangst bezwaar",
        "Wil weten of haar bezwaar is ontvangen. Bellen na 15:00 uur, werkt overdag.",
        "",
        Outcome.CALLBACK,
        question="Is het bezwaar ontvangen, en wanneer volgt het besluit? Bellen na 15:00 uur, werkt overdag.",
    )
    yilmaz = users["r.yilmaz"]
    row = register.request(
        story.fatima, said, at=asked, team=story.book.teams["Parkeren"], by=users["s.bakker"], window=LATER
    )
    row.contact.seconds = 312
    if objection.case:
        story.book.join(row.contact, objection.case, by=users["s.bakker"], at=asked)
    taken_at = story.book.clock.hours.add_minutes(asked, 12)
    register.claim(row, at=taken_at, by=yilmaz)
    tried_at = on(asked, 1, time(16, 5), story.book)
    note = "Geen gehoor, voicemail ingesproken."
    register.attempt(row, story.fatima, at=tried_at, by=yilmaz, result=Result.NO_ANSWER, note=note)
    story.note(row, "late")

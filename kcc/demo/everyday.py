"""Ninety ordinary days at the contact centre: who came, by which channel, about what, and how it ended."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from contacts.models import Channel, Contact, Direction, Outcome, Topic
from kcc.demo.book import Book
from kcc.demo.citizens import Citizen
from kcc.demo.content import Conversation, Page
from kcc.demo.staff import FRONT, Staff

CONTACTS = 4900  # the callbacks, the calls back and the replies make it about six thousand
CHANNELS = {"phone": 0.45, "email": 0.26, "desk": 0.16, "web": 0.08, "social": 0.04, "chat": 0.03}
ANONYMOUS = {"phone": 0.08, "desk": 0.15, "chat": 0.5, "social": 0.35}
SAME_TOPIC = 0.35  # how often a citizen comes back about what they came for last
Source = TypeVar("Source", Conversation, Page)
REPLIES = 0.3  # how many answered mails have their answer in the timeline
FROM_ARTICLE = 0.4  # how many questions are plain ones that an article answers
PLAIN_MAILS = (
    "Ik zoek informatie over “{}”, maar ik kom er op de website niet uit. Kunt u mij helpen?",
    "Goedendag, op uw website las ik over “{}”. Wat moet ik nu precies doen?",
    "Kunt u mij uitleggen hoe het zit met “{}”? Alvast bedankt.",
)
BUSINESS = {
    "Vergunningen",
    "Bouwen en wonen",
    "Belastingen",
    "Parkeren",
    "Afval",
    "Openbare ruimte",
    "Contact en service",
}
WRITTEN = {"email", "web", "social", "chat"}
ANSWERED = {Outcome.ANSWERED, Outcome.CONSULTED}
SECONDS = {"phone": 235, "desk": 420, "chat": 540}
ANSWER_MINUTES = (10, 820, 60)  # working minutes until a mail is answered: shortest, longest, usual
SLOW, SLOWER = 0.025, 3  # how many take far too long, and how much longer than the others
RESULTS = ("Beantwoord per e-mail", "Afgehandeld", "Informatie gestuurd", "Opgelost", "Doorgestuurd naar de afdeling")


@dataclass
class Days:
    """What the contacts of ninety days are made from."""

    book: Book
    staff: Staff
    citizens: list[Citizen]
    conversations: list[Conversation]
    pages: list[Page]

    def __post_init__(self) -> None:
        rng = self.book.rng
        self.pages = [page for page in self.pages if not page.internal and page.topic in self.book.topics]
        self.conversations = [one for one in self.conversations if one.topic in self.book.topics]
        # A few people come often, most seldom.
        self.weights = [min(rng.paretovariate(1.3), 22) * (1.6 if one.is_business else 1) for one in self.citizens]

    def live(self) -> None:
        """Write all contacts, in the order in which they happened."""
        for moment, channel in sorted(self.moments()):
            self.meet(moment, channel)

    def moments(self) -> Iterator[tuple[datetime, str]]:
        for channel in self.book.rng.choices(list(CHANNELS), list(CHANNELS.values()), k=CONTACTS):
            yield self.book.clock.moment(self.book.rng, channel), channel

    def meet(self, moment: datetime, channel: str) -> None:
        """Write one contact with what came out of it."""
        rng = self.book.rng
        unknown = rng.random() < ANONYMOUS.get(channel, 0)
        citizen = None if unknown else rng.choices(self.citizens, self.weights)[0]
        outcome = self.outcome(channel, moment)
        said = self.said(citizen, channel, outcome)
        topic = self.book.topics[said.topic]
        if channel in SECONDS:
            self.spoken(citizen, moment, channel, topic, said, outcome)
        else:
            self.written(citizen, moment, channel, topic, said, outcome)

    def outcome(self, channel: str, moment: datetime) -> str:
        """Give how a contact ended; fewer are passed on as the weeks go by."""
        better = 0.05 * self.book.clock.progress(moment)
        passed = {"phone": 0.195, "desk": 0.11, "chat": 0.07}.get(channel, 0.1) - better
        weights = {
            Outcome.TRANSFERRED: passed,
            Outcome.CONSULTED: 0.06,
            Outcome.CASE: 0.043,
            Outcome.REFERRED: 0.02,
            Outcome.BROKEN_OFF: 0.012 if channel in {"phone", "chat"} else 0,
        }
        weights[Outcome.ANSWERED] = 1 - sum(weights.values())
        return str(self.book.rng.choices(list(weights), list(weights.values()))[0])

    def said(self, citizen: Citizen | None, channel: str, outcome: str) -> Conversation:
        """Give a conversation that fits who came, how, and how it ended, if possible one they did not have before."""
        said = self.any_said(citizen, channel, outcome)
        for _ in range(4):
            if citizen is None or said.subject not in citizen.said:
                break
            said = self.any_said(citizen, channel, outcome)
        if citizen:
            citizen.said.add(said.subject)
            citizen.topic = said.topic
        return said

    def any_said(self, citizen: Citizen | None, channel: str, outcome: str) -> Conversation:
        rng = self.book.rng
        found = self.source(channel, outcome)
        pages = [self.fitting(citizen, self.pages)]
        if citizen and citizen.topic and rng.random() < SAME_TOPIC:
            found = [one for one in found if one.topic == citizen.topic]
            pages = [page for page in self.pages if page.topic == citizen.topic] or pages
        if outcome == Outcome.BROKEN_OFF:
            return broken_off(rng.choice(pages), channel)
        if not found or (outcome in ANSWERED and rng.random() < FROM_ARTICLE):
            return from_page(rng.choice(pages), channel)
        return self.fitting(citizen, found)

    def source(self, channel: str, outcome: str) -> list[Conversation]:
        """Give the conversations that may have ended so; notes of a call fit a visit, but a mail is written by the citizen."""
        if channel in WRITTEN:
            own = [one for one in self.conversations if one.channel == channel]
            same = [one for one in own if one.outcome == outcome or (outcome in ANSWERED and one.outcome in ANSWERED)]
            return same if len(same) > 3 else own
        noted = [one for one in self.conversations if one.channel not in WRITTEN]
        if outcome == Outcome.TRANSFERRED:
            asked = [
                replace(one, reply=f"Doorverbonden met {self.passed_to(one.topic)}.") for one in noted if one.question
            ]
            return asked + [one for one in noted if one.outcome == outcome]
        return [one for one in noted if one.outcome == outcome]

    def passed_to(self, topic: str) -> str:
        """Give the name of who a question on this topic is passed on to."""
        team = self.book.topics[topic].team
        return team.name if team and team.name not in FRONT else "een senior collega"

    def fitting(self, citizen: Citizen | None, found: list[Source]) -> Source:
        if citizen and citizen.is_business:
            found = [one for one in found if one.topic.split(":")[0] in BUSINESS] or found
        return self.book.rng.choice(found)

    def spoken(
        self, citizen: Citizen | None, at: datetime, channel: str, topic: Topic, said: Conversation, outcome: str
    ) -> None:
        """Write a contact that a colleague registered while it took place."""
        rng, book = self.book.rng, self.book
        agent = rng.choice(self.staff.desk if channel == Channel.DESK else self.staff.phone)
        seconds = int(min(max(rng.lognormvariate(math.log(SECONDS[channel]), 0.55), 35), 1500))
        contact = book.contact(
            citizen,
            at=at,
            channel=channel,
            topic=topic,
            subject=said.subject,
            by=agent,
            text="\n\n".join(part for part in (said.text, said.reply) if part),
            outcome=outcome,
            seconds=seconds,
            transferred_to=self.passed_to(said.topic) if outcome == Outcome.TRANSFERRED else "",
        )
        if outcome == Outcome.CASE:
            saved = contact.registered_at
            case = book.open_case(contact, title=said.subject, at=saved, by=agent)
            self.work_on(contact, finish=self.answered_at(saved))
            case.assignee = rng.choice(self.staff.specialists(case.team))

    def written(
        self, citizen: Citizen | None, at: datetime, channel: str, topic: Topic, said: Conversation, outcome: str
    ) -> None:
        """Write a message that arrived, with its answer; one that nobody answered yet is open work with a case."""
        book, rng = self.book, self.book.rng
        done_at = self.answered_at(at)
        is_open = done_at > book.clock.now
        contact = book.contact(
            citizen,
            at=at,
            channel=channel,
            topic=topic,
            subject=said.subject,
            by=None if is_open else rng.choice(self.staff.phone),
            text=said.text,
            outcome="" if is_open else outcome,
            closed_at=done_at,
            party=None if citizen else "@badgast" if channel == Channel.SOCIAL else "",
            transferred_to=self.passed_to(said.topic) if outcome == Outcome.TRANSFERRED and not is_open else "",
        )
        if is_open or outcome == Outcome.CASE:
            case = book.open_case(contact, title=said.subject, at=contact.registered_at, by=None)
            case.assignee = rng.choice(self.staff.specialists(case.team)) if rng.random() < 0.5 or not is_open else None
            case.read_at = min(case.opened_at + timedelta(minutes=40), book.clock.now) if case.assignee else None
            self.work_on(contact, finish=done_at)
        if not is_open and channel == Channel.EMAIL and said.reply and rng.random() < REPLIES:
            self.reply(contact, citizen, said.reply, at=done_at - timedelta(seconds=30))

    def reply(self, contact: Contact, citizen: Citizen | None, text: str, *, at: datetime) -> None:
        if contact.case is not None:
            contact.case.answered_at = at
        self.book.contact(
            citizen,
            at=at,
            channel=contact.channel,
            topic=contact.topic,
            subject=f"Re: {contact.subject}"[:200],
            by=contact.agent,
            text=text,
            outcome=Outcome.ANSWERED,
            direction=Direction.OUTBOUND,
            conversation=contact.conversation,
            case=contact.case,
        )

    def answered_at(self, start: datetime) -> datetime:
        """Give when the answer to something that came in then was ready."""
        shortest, longest, usual = ANSWER_MINUTES
        minutes = self.book.rng.triangular(shortest, longest, usual)
        if self.book.rng.random() < SLOW:
            minutes = longest * SLOWER
        return self.book.clock.hours.add_minutes(start, minutes)

    def work_on(self, contact: Contact, *, finish: datetime) -> None:
        """Close the case of a contact when its time came; a few wait for the citizen meanwhile."""
        case, rng = contact.case, self.book.rng
        if case is None:
            return
        if finish <= self.book.clock.now:
            by = rng.choice(self.staff.specialists(case.team, at=finish))
            case.assignee = by
            self.book.close_case(case, at=finish, by=by, result=rng.choice(RESULTS))
        elif rng.random() < 0.1:
            case.waiting_until = self.book.clock.hours.add_days(self.book.clock.now, 3)


def from_page(page: Page, channel: str) -> Conversation:
    """Give the plain question that an article answers, as a citizen writes it or as an agent notes it."""
    answer = " ".join(page.points[:2]).replace("**", "")
    if channel in WRITTEN:
        text = PLAIN_MAILS[len(page.title) % len(PLAIN_MAILS)].format(page.title)
    else:
        text = f"Vraag over {page.topic.split(': ', 1)[1]}."
    return Conversation(page.topic, channel, page.title, text, answer, Outcome.ANSWERED)


def broken_off(page: Page, channel: str) -> Conversation:
    name = page.topic.split(": ", 1)[1]
    return Conversation(
        page.topic, channel, f"Vraag over {name}", f"Vraag over {name}. De verbinding viel weg.", "", ""
    )

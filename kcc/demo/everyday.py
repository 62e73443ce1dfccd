"""Ninety ordinary days at the contact centre: who came, by which channel, about what, and how it ended."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
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
FROM_ARTICLE = 0.35  # how many phone and desk questions are plain ones that an article answers
BUSINESS = {"Vergunningen", "Bouwen en wonen", "Belastingen", "Parkeren", "Afval", "Openbare ruimte", "Contact en service"}
SECONDS = {"phone": 235, "desk": 420, "chat": 540}
ANSWER_MINUTES = (15, 1100, 150)  # working minutes until a mail is answered: shortest, longest, usual
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
        by_outcome = sorted(self.conversations, key=lambda one: one.outcome)
        self.by_outcome = {outcome: list(found) for outcome, found in groupby(by_outcome, key=lambda one: one.outcome)}

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
        if citizen:
            citizen.topics.append(said.topic)
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
            Outcome.CASE: 0.035,
            Outcome.REFERRED: 0.02,
            Outcome.BROKEN_OFF: 0.012 if channel in {"phone", "chat"} else 0,
        }
        weights[Outcome.ANSWERED] = 1 - sum(weights.values())
        return str(self.book.rng.choices(list(weights), list(weights.values()))[0])

    def said(self, citizen: Citizen | None, channel: str, outcome: str) -> Conversation:
        """Give a conversation that fits who came, how, and how it ended."""
        rng = self.book.rng
        simple = outcome in {Outcome.ANSWERED, Outcome.CONSULTED}
        if simple and channel in {"phone", "desk"} and self.pages and rng.random() < FROM_ARTICLE:
            return from_page(self.fitting(citizen, self.pages), channel)
        found = self.by_outcome.get(Outcome.ANSWERED if simple else outcome) or self.conversations
        same_channel = [one for one in found if one.channel == channel]
        if citizen and citizen.topics and rng.random() < SAME_TOPIC:
            again = [one for one in found if one.topic == citizen.topics[-1]]
            found = [one for one in again if one.channel == channel] or again or found
        return self.fitting(citizen, same_channel if len(same_channel) > 5 and len(found) > 20 else found)

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
            transferred_to=passed_to(topic) if outcome == Outcome.TRANSFERRED else "",
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
            transferred_to=passed_to(topic) if outcome == Outcome.TRANSFERRED and not is_open else "",
        )
        if is_open or outcome == Outcome.CASE:
            case = book.open_case(contact, title=said.subject, at=contact.registered_at, by=None)
            case.assignee = rng.choice(self.staff.specialists(case.team)) if rng.random() < 0.5 or not is_open else None
            self.work_on(contact, finish=done_at)
        if not is_open and channel == Channel.EMAIL and said.reply and rng.random() < REPLIES:
            self.reply(contact, citizen, said.reply, at=done_at - timedelta(seconds=30))

    def reply(self, contact: Contact, citizen: Citizen | None, text: str, *, at: datetime) -> None:
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
        """Give when the answer to something that came in then was ready; one in fifty takes far too long."""
        shortest, longest, usual = ANSWER_MINUTES
        minutes = self.book.rng.triangular(shortest, longest, usual) * (3 if self.book.rng.random() < 0.02 else 1)
        return self.book.clock.hours.add_minutes(start, minutes)

    def work_on(self, contact: Contact, *, finish: datetime) -> None:
        """Close the case of a contact when its time came; a few wait for the citizen meanwhile."""
        case, rng = contact.case, self.book.rng
        if case is None:
            return
        if finish <= self.book.clock.now:
            by = rng.choice(self.staff.specialists(case.team))
            case.assignee = by
            self.book.close_case(case, at=finish, by=by, result=rng.choice(RESULTS))
        elif rng.random() < 0.1:
            case.waiting_until = self.book.clock.hours.add_days(self.book.clock.now, 3)


def passed_to(topic: Topic) -> str:
    team = topic.team
    return team.name if team and team.name not in FRONT else "Specialist in het KCC"


def from_page(page: Page, channel: str) -> Conversation:
    """Give the plain question that an article answers."""
    name = page.topic.split(": ", 1)[1]
    answer = " ".join(page.points[:2]).replace("**", "")
    return Conversation(page.topic, channel, f"Vraag over {name}", f"Vraag over {name}.", answer, Outcome.ANSWERED)

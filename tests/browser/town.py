"""A town with one of everything that a screen can show."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from accounts.models import Notification, User
from callbacks.models import Attempt, Callback, Handover, Postponement, Result
from contacts.models import Case, Customer, Draft, Merge, Question
from knowledge.models import Article, ArticleRead, Bulletin, ReadingList
from tests import make


@dataclass
class Town:
    """One of everything that a screen can show."""

    noor: User
    kees: User
    rachid: User
    customer: Customer
    twin: Customer
    case: Case
    late: Callback
    tried: Callback
    done: Callback
    waits: Callback
    back: Callback
    article: Article

    @classmethod
    def make(cls, noor: User, kees: User, rachid: User) -> "Town":
        make.office()
        now, parkeren = timezone.now(), make.team("Parkeren")
        topic = make.topic(team=parkeren)
        topic.public_name = "Bezwaar tegen een parkeerboete"
        topic.save()
        for kind in Question.Kind:
            Question.objects.create(
                topic=topic, label=f"Vraag: {kind.label}", hint="Uitleg", kind=kind, choices="A", place="both"
            )
        customer = make.customer(
            "Fatima", "el Amrani", phone="06 90123456", email="f.elamrani@voorbeeld.nl",
            street="Duinweg", house_number=12, postcode="1234AB", city="Duinmeer", notes="Belt liefst ’s ochtends.",
        )  # fmt: skip
        twin = make.customer("F.", "el Amrani", phone="06 90123456", street="Duinweg", house_number=12)
        old = make.customer("Fatima", "Amrani", email="fatima@voorbeeld.nl")
        Merge.merge(kept=customer, gone=old, theirs=set(), reason="Zelfde adres.", by=kees)
        customer.refresh_from_db()
        customer.set_bsn("999990019")
        customer.save()
        for n, channel in enumerate(["phone", "email", "desk", "social", "web"]):
            make.contact(
                customer, channel=channel, topic=topic, by=noor, subject="Bezwaar parkeervergunning",
                text="Vraagt wanneer het besluit komt.\n\nBinnen zes weken.", happened_at=now - timedelta(days=n),
            )  # fmt: skip
        for n in range(25):  # a board says nothing about fewer than twenty
            outcome = "transferred" if n % 9 == 0 else "answered"
            make.contact(by=noor, topic=topic, outcome=outcome, happened_at=now - timedelta(days=7 + n))
        make.contact(channel="email", party="onbekend@voorbeeld.nl", subject="Wie ben ik", outcome="")
        title = (
            "Bezwaar tegen de naheffing van 14 november op de Boulevard, met foto's van het defecte apparaat ernaast"
        )
        case = Case.open(contact=make.contact(customer, topic=topic), title=title, team=parkeren, by=noor)
        asked = make.contact(customer, by=noor, topic=topic, case=case, outcome="callback")
        late = make.callback(asked, due_at=now - timedelta(hours=2), by=noor)
        late.add(make.contact(customer, by=noor, topic=topic), by=noor, urgent_reason="Belt voor de derde keer")
        tried = make.callback(make.contact(make.customer("Bob", "Vos"), topic=topic), team=parkeren, by=noor)
        tried.claim(by=rachid)
        for key in "abc":
            tried.attempt(key=key, result=Result.NO_ANSWER, note="Geen voicemail", by=rachid)
        Attempt.objects.filter(pk=tried.attempts.earliest("at").pk).update(at=now - timedelta(days=1))
        bob = tried.contact.customer
        bob.add_address("email", "b.vos@voorbeeld.nl")
        waits = make.callback(
            make.contact(bob, topic=topic, by=noor), due_at=now - timedelta(hours=1), by=noor, language="Engels",
            may_leave_voicemail=False, answers=[("Kenteken", "AB-123-C"), ("Hebt u een foto?", "Ja")],
        )  # fmt: skip
        Postponement.agree(waits, until=now + timedelta(days=3), reason="Is donderdag thuis.", by=rachid)
        back = make.callback(make.contact(bob, topic=topic, by=noor), by=noor)
        Handover.give_back(back, reason="Gaat over de aanslag.", by=rachid)
        done = make.callback(make.contact(customer, by=noor), by=noor)
        done.complete(outcome="Het bezwaar is binnen.", by=rachid, key="done")
        body = "<h2>Uitleg</h2><ul><li>Eén</li></ul><table><tr><th>Kosten</th></tr><tr><td>Geen</td></tr></table>"
        article = make.article(body=body, topic=topic, team=parkeren)
        make.article("Parkeervergunning aanvragen", internal=True)
        for person in (noor, kees, rachid):
            Notification.objects.create(recipient=person, key="a", kind="late", text="Te laat", url="/callbacks/")
        Draft.objects.create(uuid=uuid4(), user=noor, data={"text": ["Nog niet af"]})
        for sort in ("news", "instruction", "disruption"):
            Bulletin.write(
                key=uuid4(), kind=sort, title=f"Bericht over {sort}", text="Zie https://voorbeeld.nl/uitleg\n\nTot zo.",
                article=article, important=sort == "instruction", ends_at=now + timedelta(hours=9), by=None,
            )  # fmt: skip
        reading = ReadingList.begin(key=uuid4(), title="Eerste week", text="Begin hier.", team=parkeren)
        reading.add(article)
        reading.give([noor, kees, rachid], due_on=None, by=kees)
        ArticleRead.objects.tick(article, version=article.version, by=rachid)
        return cls(noor, kees, rachid, customer, twin, case, late, tried, done, waits, back, article)

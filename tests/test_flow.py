"""The way of a contact, end to end: what this house is for, in the order in which it happens."""

from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from callbacks.models import Callback
from callbacks.tasks import remind
from contacts.channels.email import receive
from contacts.models import Case, Contact, Customer, Inbound, Outgoing
from tests import make

MAIL = b"""From: Anna Jansen <a.jansen@voorbeeld.nl>
To: klantcontact@duinmeer.voorbeeld.nl
Subject: Wanneer komt het besluit?
Message-ID: <1@voorbeeld.nl>

Goedemiddag, is mijn bezwaar al behandeld?
"""


def test_a_mail_a_call_a_callback_and_the_figure_it_becomes(
    as_user, noor, rachid, kees, voorlijn, parkeren, jansen, office
):
    topic = make.topic(team=parkeren)
    article = make.article()
    agent, specialist, lead = as_user(noor), as_user(rachid), as_user(kees)
    customer_page = reverse("contacts:customer", args=[jansen.uuid])

    # A mail arrives: it is kept byte for byte, recognised, put in the timeline, and is work in a queue.
    (inbound,) = Inbound.objects.filter(pk=Inbound.store(MAIL, source="smtp").pk).claim(now=timezone.now())
    mail = receive(inbound)
    assert mail.customer == jansen
    assert "Wanneer komt het besluit?" in agent.get(customer_page).content.decode()
    assert "Wanneer komt het besluit?" in agent.get(reverse("contacts:cases")).content.decode()

    # She calls too. The agent finds her by her number, and the answer while she talks.
    assert (
        "Anna Jansen" in agent.post(reverse("contacts:search"), {"q": "06-90 12 34 56"}, follow=True).content.decode()
    )
    assert article.title in agent.get(reverse("knowledge:panel"), {"q": "bezwaar parkeren"}).content.decode()

    # The department must call her back: contact, callback and article in one save.
    typed = {
        "key": str(uuid4()), "customer": str(jansen.uuid), "channel": "phone", "outcome": "callback",
        "text": "Wil weten of het besluit er is.", "topic": str(topic.uuid),
        "callback-who": f"team:{parkeren.uuid}", "callback-number": "06 90 12 34 56",
        "callback-reachable": "day", "callback-question": "Is er al een besluit?",
        "knowledge-articles": [str(article.uuid)],
    }  # fmt: skip
    assert agent.post(reverse("contacts:register"), typed).url == customer_page
    callback = Callback.objects.get()
    assert callback.due_at > timezone.now()

    # The reminder is a row. The scan finds it, rings the bell of who must act and writes a mail without personal data.
    remind()
    assert Notification.objects.for_user(rachid).unread().count() == 1
    letter = Outgoing.objects.get(recipient=rachid.email)
    assert callback.reference in letter.subject
    assert "Jansen" not in letter.subject + letter.body
    remind()
    assert Notification.objects.for_user(rachid).count() == 1

    # The specialist comes from the mail, tries once in vain, then speaks her and is done.
    detail = reverse("callbacks:detail", args=[callback.uuid])
    assert "Is er al een besluit?" in specialist.get(detail).content.decode()
    miss = {"key": str(uuid4()), "result": "no_answer", "next": "morning"}
    assert specialist.post(reverse("callbacks:attempt", args=[callback.uuid]), miss).status_code == 302
    spoken = {"key": str(uuid4()), "result": "spoken", "outcome": "Besluit volgt vrijdag per post."}
    assert specialist.post(reverse("callbacks:complete", args=[callback.uuid]), spoken).status_code == 302
    callback.refresh_from_db()
    assert callback.completed_at is not None
    assert callback.assignee == rachid

    # All of it is one timeline: the mail, the call, the callback with its attempts, the call back.
    page = agent.get(customer_page).content.decode()
    for line in ("Wanneer komt het besluit?", "Wil weten of het besluit er is.", "Besluit volgt vrijdag per post."):
        assert line in page
    opened = agent.get(reverse("contacts:contact", args=[callback.contact.uuid]), {"of": "callback"})
    assert "geen gehoor" in opened.content.decode().lower()
    assert Contact.objects.filter(customer=jansen, reached=True).count() == 3

    # And the team lead's board counts it.
    assert "Op tijd teruggebeld" in lead.get(reverse("insights:callbacks")).content.decode()
    assert Case.objects.open().count() == 1
    assert Customer.objects.count() == 1

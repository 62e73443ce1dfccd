"""A case as it is read: the last turn open, what is old folded, and nothing of a sender's page runs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Team, User
from contacts import files as store
from contacts.models import Access, Attachment, Case, Contact, Customer, Mailbox, Outgoing
from contacts.models.answer import answer, withdraw
from contacts.models.conversation import Conversation
from contacts.models.lease import LAST_ATTEMPT
from tests import make
from tests.contacts.letters import letter, mail, question

pytestmark = pytest.mark.usefixtures("office")
As = Callable[[User], Client]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def box(voorlijn: Team) -> Mailbox:
    return make.mailbox(team=voorlijn)


@pytest.fixture
def case(jansen: Customer, box: Mailbox) -> Case:
    long_ago = timezone.now() - timedelta(days=3)
    return question(jansen, mailbox=box, text="Vraag één", happened_at=long_ago)


@pytest.fixture
def agent(as_user: As, noor: User) -> Client:
    return as_user(noor)


def shown(client: Client, case: Case, query: str = "") -> str:
    return client.get(f"/cases/{case.uuid}/thread/{query}", headers={"HX-Request": "true"}).text


def test_what_came_before_the_last_turn_is_folded(agent: Client, case: Case, noor: User, jansen: Customer) -> None:
    sent = answer(case, letter(case, text="Antwoord één"), key="k", by=noor)
    Contact.objects.filter(pk=sent.pk).update(happened_at=timezone.now() - timedelta(days=2))
    mail(case, customer=jansen, text="Vraag twee", happened_at=timezone.now() - timedelta(days=1))
    case.note("Even navragen.", by=noor)
    page = shown(agent, case)
    assert "2 eerdere berichten" in page
    assert "Anna Jansen, N. Bakker" in page
    assert "Vraag één" not in page
    assert page.index("Vraag twee") < page.index("Even navragen.")
    assert "kcc-mail--note" in page
    conversation = Conversation(case)
    earlier = shown(agent, case, f"?before={conversation.turn_place}")
    assert earlier.index("Vraag één") < earlier.index("Antwoord één")
    assert "Vraag twee" not in earlier
    whole = agent.get(f"/cases/{case.uuid}/thread/?all").text
    assert whole.index("Vraag één") < whole.index("Vraag twee")


def test_an_automatic_answer_is_not_the_customers_turn(agent: Client, case: Case, jansen: Customer) -> None:
    mail(case, customer=jansen, text="Ik ben met vakantie.", automatic="auto_reply")
    page = shown(agent, case)
    assert "eerder bericht" not in page
    assert "is-automatic" in page
    assert "Automatisch antwoord" in page


def test_text_is_text_and_quotes_are_folded(agent: Client, jansen: Customer, box: Mailbox) -> None:
    case = question(jansen, mailbox=box, text="<script>alert(1)</script> {{7*7}}", quoted="een\ntwee\ndrie")
    page = shown(agent, case)
    assert "&lt;script&gt;" in page
    assert "{{7*7}}" in page
    assert "Eerdere tekst, 3 regels" in page


def test_the_thread_costs_the_same_however_long(agent: Client, case: Case, jansen: Customer, noor: User) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            shown(agent, case)
        return len(asked)

    shown(agent, case)
    few = cost()
    for number in range(70):
        contact = mail(case, customer=jansen, text=f"Vraag {number}")
        Attachment.objects.create(
            contact=contact, name="a.pdf", content_type="application/pdf", size=1, sha256="0" * 64
        )
    for number in range(5):
        case.note(f"Notitie {number}", by=noor)
    assert cost() == few
    assert few <= 12


def test_older_messages_come_page_by_page(agent: Client, case: Case, jansen: Customer) -> None:
    start = timezone.now() - timedelta(days=1)
    for number in range(70):
        mail(case, customer=jansen, text=f"Vraag nr {number:03}", happened_at=start + timedelta(minutes=number))
    page = shown(agent, case, "?all")
    assert "Vraag nr 069" in page
    assert "Vraag nr 020" in page
    assert "Vraag nr 019" not in page
    place = Conversation(case).earlier_place
    assert place
    older = shown(agent, case, f"?before={place}")
    assert "Vraag nr 019" in older
    assert "Vraag één" in older
    assert "Vraag nr 020" not in older
    assert agent.get(f"/cases/{case.uuid}/thread/?before=rommel").status_code == 404


def test_how_far_an_answer_came(agent: Client, case: Case, noor: User) -> None:
    contact = answer(case, letter(case, cc=[("", "b@voorbeeld.nl")]), key="k", by=noor)
    page = shown(agent, case)
    assert "Wordt verstuurd" in page
    assert f'action="/contacts/{contact.uuid}/withdraw/"' in page
    now = timezone.now()
    contact.outgoing.update(done_at=now, attempts=1)
    assert "Verstuurd" in shown(agent, case)
    cc = Outgoing.objects.get(role="cc")
    cc.come_back("550 no such user", at=now)
    page = shown(agent, case)
    assert "Niet bezorgd" in page
    assert "550 no such user" in page
    assert f'action="/deliveries/{cc.uuid}/resend/"' in page
    case.refresh_from_db()
    assert (case.read_at, case.answered_at is not None) == (None, True)


def test_what_did_not_get_through_says_when_it_is_tried_again(agent: Client, case: Case, noor: User) -> None:
    contact = answer(case, letter(case), key="k", by=noor)
    Outgoing.objects.update(attempts=1, lease_until=timezone.now() + timedelta(seconds=45))
    before = Conversation(Case.objects.get()).version
    row = contact.outgoing.get()
    assert row.fail("no answer", now=timezone.now())
    row.refresh_from_db()
    page = shown(agent, case)
    assert row.status == "delayed"
    assert "Wordt verstuurd" not in page
    assert "Nog niet bezorgd, we proberen het opnieuw om" in page
    assert f"{timezone.localtime(row.next_attempt_at):%H:%M}</time>" in page
    assert Conversation(Case.objects.get()).version != before  # an open page asks for it again
    assert case.customer is not None
    assert "Nog niet bezorgd" in agent.get(f"/customers/{case.customer.uuid}/").text
    row.attempts = LAST_ATTEMPT
    row.save()
    assert row.fail("no answer", now=timezone.now())
    row.refresh_from_db()
    assert row.status == "failed"


def test_what_did_not_arrive_is_work_again(case: Case, noor: User) -> None:
    contact = answer(case, letter(case), key="k", by=noor, close=True)
    row = contact.outgoing.get()
    Outgoing.objects.update(attempts=1, lease_until=timezone.now() + timedelta(seconds=45))
    row.refresh_from_db()
    row.park("550 no such user", now=timezone.now())
    case.refresh_from_db()
    assert (case.closed_at, case.answered_at, case.read_at) == (None, None, None)
    assert contact.events.filter(kind="message_undelivered").exists()


def test_what_was_taken_back_is_a_line(agent: Client, case: Case, noor: User) -> None:
    contact = answer(case, letter(case, text="Dit is niet waar."), key="k", by=noor)
    withdraw(contact, by=noor)
    page = shown(agent, case)
    assert "Ingetrokken" in page
    assert "Dit is niet waar." not in page


def test_a_thread_is_for_who_may_see_the_case(agent: Client, as_user: As, sam: User, case: Case) -> None:
    assert as_user(sam).get(f"/cases/{case.uuid}/thread/").status_code == 404
    assert agent.post(f"/cases/{case.uuid}/thread/").status_code == 405
    before = Access.objects.count()
    agent.get(f"/cases/{case.uuid}/thread/?all")
    assert Access.objects.count() == before + 1


# ── As its sender laid it out ─────────────────────────────────────────────────────────────────────

PAGE = """<p onclick="x()">Hallo</p><script>alert(1)</script><img src="https://volger.voorbeeld.nl/a.png" width="90">
<img src="cid:logo@x"><a href="javascript:alert(1)">kwaad</a><a href="https://voorbeeld.nl">goed</a>
<iframe src="/"></iframe>"""


def laid_out(jansen: Customer, box: Mailbox, page: str = PAGE) -> Contact:
    case = question(jansen, mailbox=box, html=page)
    return case.contacts.get()


def test_a_page_is_shown_in_a_frame_without_rights(agent: Client, jansen: Customer, box: Mailbox) -> None:
    contact = laid_out(jansen, box)
    Attachment.objects.create(
        contact=contact, name="logo.png", content_type="image/png", content_id="logo@x", is_inline=True,
        size=len(PNG), sha256=store.keep(PNG),
    )  # fmt: skip
    thread = shown(agent, contact.case)
    assert f'src="/contacts/{contact.uuid}/html/"' in thread
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in thread
    assert "logo.png" not in thread
    response = agent.get(f"/contacts/{contact.uuid}/html/")
    policy = response["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups")
    for part in ("default-src 'none'", "img-src data:;", "frame-ancestors 'self'", "form-action 'none'"):
        assert part in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert (response["X-Frame-Options"], response["Referrer-Policy"]) == ("SAMEORIGIN", "no-referrer")
    for bad in ("<script", "onclick", "javascript:", "<iframe", ' src="https://volger'):
        assert bad not in response.text
    assert 'src="data:image/png;base64,' in response.text
    assert 'href="https://voorbeeld.nl"' in response.text
    assert Access.objects.filter(detail="html", customer_id=jansen.pk).exists()


def test_pictures_from_elsewhere_are_shown_when_somebody_asks(agent: Client, jansen: Customer, box: Mailbox) -> None:
    contact = laid_out(jansen, box)
    assert f'href="/contacts/{contact.uuid}/html/?images"' in shown(agent, contact.case)
    response = agent.get(f"/contacts/{contact.uuid}/html/?images")
    assert 'src="https://volger.voorbeeld.nl/a.png"' in response.text
    assert "img-src data: https: http:;" in response["Content-Security-Policy"]


def test_every_other_page_refuses_a_frame(agent: Client, jansen: Customer, box: Mailbox) -> None:
    contact = laid_out(jansen, box)
    assert agent.get(f"/contacts/{contact.uuid}/")["X-Frame-Options"] == "DENY"


def test_a_page_that_is_too_deep_is_shown_as_text(agent: Client, jansen: Customer, box: Mailbox) -> None:
    contact = laid_out(jansen, box, "<div>" * 20_000 + "diep")
    response = agent.get(f"/contacts/{contact.uuid}/html/")
    assert response.status_code == 200
    assert "Mijn aanslag klopt niet." in response.text


def test_a_page_is_for_who_may_see_it(agent: Client, as_user: As, sam: User, jansen: Customer, box: Mailbox) -> None:
    contact = laid_out(jansen, box)
    assert as_user(sam).get(f"/contacts/{contact.uuid}/html/").status_code == 404
    plain = question(jansen, mailbox=box).contacts.get()
    assert agent.get(f"/contacts/{plain.uuid}/html/").status_code == 404
    call = make.contact(jansen)
    assert agent.get(f"/contacts/{call.uuid}/html/").status_code == 404


def test_what_did_not_change_is_not_shown_again(agent: Client, case: Case, noor: User, jansen: Customer) -> None:
    def ask(seen: str) -> int:
        return agent.get(
            f"/cases/{case.uuid}/thread/", headers={"HX-Request": "true", "If-None-Match": seen}
        ).status_code

    def version() -> str:
        return f'"{Conversation(case).version}"'

    seen = version()
    assert ask(seen) == 304
    contact = answer(case, letter(case), key="k", by=noor)
    changes = [
        lambda: contact.outgoing.update(done_at=timezone.now()),
        lambda: contact.outgoing.update(delivered_at=timezone.now()),
        lambda: case.note("Let op.", by=noor),
        lambda: mail(case, customer=jansen),
    ]
    for change in changes:
        seen = version()
        assert ask(seen) == 304
        change()
        assert ask(seen) == 200
    assert ask("rommel") == 200

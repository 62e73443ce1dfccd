"""What happened with a customer, as it is read: conversations as one entry, page by page, and opened in its place."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from callbacks.models import Result
from contacts.models import Access, Case, Contact, Customer, Message
from contacts.models.draft import form_key
from contacts.timeline import Timeline
from knowledge.models import Usage
from tests import make

HTMX = {"HX-Request": "true"}


def page(customer):
    return reverse("contacts:customer", args=[customer.uuid])


def timeline(customer, *channels, before=None, size=20):
    counted = Customer.objects.with_counts().get(pk=customer.pk)
    return Timeline.of(counted, channels=list(channels), before=before, size=size)


def mails(customer, n=3, *, minutes=10, **fields):
    """Make one conversation by mail: asked, answered, asked again …, the last one minutes ago."""
    conversation, now = uuid4(), timezone.now()
    return [
        make.contact(
            customer,
            channel="email",
            direction="out" if place % 2 else "in",
            conversation=conversation,
            party="a.jansen@voorbeeld.nl",
            subject="Re: Bezwaar" if place else "Bezwaar",
            text=f"Bericht {place + 1}",
            outcome="",
            happened_at=now - timedelta(minutes=minutes + n - place),
            **fields,
        )
        for place in range(n)
    ]


def test_a_conversation_by_mail_is_one_entry_with_what_was_asked_last(jansen, noor):
    *_others, last = mails(jansen, 4, by=noor)
    (entry,) = timeline(jansen).entries
    assert entry.contact == last
    assert entry.title == "Bezwaar"
    assert entry.text == "Bericht 3"
    assert "4 berichten" in [badge.text for badge in entry.badges]
    assert entry.meta[:2] == ["Van a.jansen@voorbeeld.nl", "Beantwoord door N. Bakker"]


def test_who_wrote_last_waits_for_an_answer_until_the_case_is_closed(jansen, noor, office):
    first, *_others = mails(jansen, 3)
    case = Case.open(contact=first, title="Bezwaar", team=make.team(), by=None)
    (entry,) = timeline(jansen).entries
    assert entry.unanswered
    assert "Nog niet beantwoord" in entry.meta
    Contact.objects.filter(conversation=first.conversation).update(case=case)
    Case.objects.filter(pk=case.pk).update(due_at=timezone.now() - timedelta(hours=1))
    assert "late" in [badge.kind for badge in timeline(jansen).entries[0].badges]
    case.close(result="Beantwoord", by=noor)
    assert not timeline(jansen).entries[0].unanswered


def test_calls_of_one_conversation_stay_entries_of_their_own(jansen):
    conversation = uuid4()
    for _question in range(2):
        make.contact(jansen, conversation=conversation)
    assert len(timeline(jansen).entries) == 2


def test_a_withdrawn_answer_is_not_in_the_timeline(jansen):
    asked, answered = mails(jansen, 2)
    Contact.objects.filter(pk=answered.pk).update(reached=False)
    (entry,) = timeline(jansen).entries
    assert entry.contact == asked
    assert entry.thread["messages"] == 1


def test_what_another_customer_wrote_in_the_conversation_hides_nothing(jansen):
    first, second = mails(jansen, 2)
    other = make.customer("Ben", "Vos")
    Contact.objects.filter(pk=second.pk).update(customer=other)
    assert [entry.contact for entry in timeline(jansen).entries] == [first]
    assert [entry.contact for entry in timeline(other).entries] == [second]


def test_a_filter_shows_a_conversation_that_was_in_that_channel(jansen):
    asked, answered = mails(jansen, 2)
    Contact.objects.filter(pk=asked.pk).update(channel="web")
    assert [entry.contact for entry in timeline(jansen).entries] == [answered]
    assert [entry.contact for entry in timeline(jansen, "web").entries] == [asked]
    assert [entry.contact for entry in timeline(jansen, "email").entries] == [answered]
    assert len(timeline(jansen, "email", "web").entries) == 1


def test_chips_count_entries_and_add_or_take_away_a_channel(jansen, office):
    mails(jansen, 3)
    make.contact(jansen, channel="desk")
    make.callback(make.contact(jansen, outcome="callback"))
    chips = {chip.channel: chip for chip in timeline(jansen, "email").chips}
    assert {name: chip.count for name, chip in chips.items()} == {"phone": 1, "email": 1, "desk": 1, "callback": 1}
    assert Customer.objects.with_counts().get(pk=jansen.pk).contact_count == 4
    assert chips["email"].on
    assert chips["email"].url == page(jansen)
    assert chips["desk"].url == page(jansen) + "?channel=email&channel=desk"


def test_several_channels_at_once_in_the_address(as_user, noor, jansen):
    make.contact(jansen, channel="desk", subject="Aan de balie")
    make.contact(jansen, channel="phone", subject="Een telefoontje")
    make.contact(jansen, channel="post", subject="Een brief")
    text = as_user(noor).get(page(jansen) + "?channel=desk&channel=phone", headers=HTMX).content.decode()
    assert "<html" not in text
    assert "Aan de balie" in text
    assert "Een telefoontje" in text
    assert "Een brief" not in text


def test_only_callbacks_on_request(jansen, office):
    callback = make.callback(make.contact(jansen, outcome="callback"))
    make.contact(jansen)
    (entry,) = timeline(jansen, "callback").entries
    assert (entry.callbacks, entry.shown) == ([callback], False)
    assert [entry.callbacks for entry in timeline(jansen, "phone").entries] == [[], []]


def test_pages_go_on_from_the_last_row_and_miss_none(as_user, noor, jansen):
    now = timezone.now()
    made = [make.contact(jansen, happened_at=now - timedelta(hours=place // 3)) for place in range(22)]
    made += [mails(jansen, 3, minutes=60 * n)[-1] for n in range(4)]
    client, seen, days, url = as_user(noor), [], [], page(jansen) + "?size=10"
    for _turn in range(4):
        shown = client.get(url).context["timeline"]
        seen += [entry.contact for entry in shown.entries]
        days += [entry.day for entry in shown.entries if entry.day]
        if not shown.next:
            break
        url = page(jansen) + shown.more + "&size=10"
    assert len(seen) == len(made) == 26
    assert {row.pk for row in seen} == {row.pk for row in made}
    assert seen == sorted(seen, key=lambda row: (row.happened_at, row.pk), reverse=True)
    assert len(days) == len(set(days))


def test_a_page_costs_the_same_however_much_it_shows(
    as_user, noor, jansen, office, django_assert_max_num_queries, django_assert_num_queries
):
    def happen():
        mails(jansen, 3)
        asked = make.contact(jansen, outcome="callback")
        callback = make.callback(asked)
        callback.attempt(key=str(uuid4()), result=Result.NO_ANSWER, by=noor)
        Usage.objects.create(article=make.article(), contact=asked, by=noor)

    client = as_user(noor)
    happen()
    client.get(page(jansen))
    with django_assert_max_num_queries(12) as few:
        client.get(page(jansen))
    for _time in range(5):
        happen()
    with django_assert_num_queries(len(few)):
        client.get(page(jansen))


def test_news_counts_conversations_not_messages(as_user, noor, jansen):
    client = as_user(noor)
    first, *_others = mails(jansen, 2, minutes=60)
    since = client.get(page(jansen)).context["timeline"].seen
    for _message in range(2):
        make.contact(jansen, channel="email", conversation=first.conversation)
    make.contact(jansen)
    make.contact(jansen, key=form_key(noor, uuid4()))  # what Noor saves herself is no news to her
    url = reverse("contacts:news", args=[jansen.uuid])
    assert "2 nieuwe" in client.get(url, {"since": since}).content.decode()
    assert client.get(url, {"since": "kapot"}).status_code == 404


def test_a_conversation_opens_in_its_place_with_all_messages(as_user, noor, jansen):
    *_others, last = mails(jansen, 3)
    text = as_user(noor).get(reverse("contacts:contact", args=[last.uuid]), headers=HTMX).content.decode()
    assert "<html" not in text
    assert text.index("Bericht 1") < text.index("Bericht 2") < text.index("Bericht 3")
    assert Access.objects.get().customer == jansen


def test_a_contact_opens_with_its_text_articles_and_log(as_user, noor, jansen):
    contact = make.contact(jansen, by=noor, text="x" * 900, after_seconds=40, waited_seconds=75, seconds=312)
    article = make.article("Over ozb")
    Usage.objects.create(article=article, contact=contact, by=noor)
    client, url = as_user(noor), reverse("contacts:contact", args=[contact.uuid])
    assert "x" * 900 not in client.get(page(jansen)).content.decode()
    for text in (client.get(url, headers=HTMX).content.decode(), client.get(url).content.decode()):
        for words in ("x" * 900, "Over ozb", "5 min 12", "40 s", "1 min 15", "Contact vastgelegd"):
            assert words in text


def test_a_callback_opens_with_every_attempt_and_what_happened(as_user, noor, jansen, office):
    callback = make.callback(make.contact(jansen, outcome="callback"), question="Is het binnen?")
    callback.attempt(key="1", result=Result.NO_ANSWER, by=noor, note="Ging over")
    callback.attempt(key="2", result=Result.VOICEMAIL, by=noor)
    client = as_user(noor)
    closed = client.get(page(jansen)).content.decode()
    assert "Poging 2" in closed
    assert "Poging 1" not in closed
    url = reverse("contacts:contact", args=[callback.contact.uuid])
    opened = client.get(url, {"of": "callback"}, headers=HTMX).content.decode()
    for words in ("Is het binnen?", "Poging 1", "Ging over", "Poging 2", "Gemaakt"):
        assert words in opened


def test_reminding_from_the_timeline(as_user, noor, jansen, office):
    callback = make.callback(make.contact(jansen, outcome="callback"))
    client = as_user(noor)
    for query in ("", "?channel=callback", "?tab=callbacks"):
        text = client.get(page(jansen) + query, headers=HTMX).content.decode()
        key = re.search(r'name="key" value="([^"]+)"', text)[1]
        assert client.post(reverse("callbacks:remind", args=[callback.uuid]), {"key": key}).status_code == 302
    assert callback.reminders.filter(occurrence__startswith="manual:").count() == 3


def test_a_message_that_did_not_arrive_says_so(jansen):
    contact = make.contact(jansen, channel="email", direction="out", party="a.jansen@voorbeeld.nl")
    contact.outgoing.create(
        key="1", kind="answer", recipient="a.jansen@voorbeeld.nl", subject="Re", body="x", message_id="<1@x>",
        bounced_at=timezone.now(),
    )  # fmt: skip
    assert [badge.text for badge in timeline(jansen).entries[0].badges] == ["Niet bezorgd"]


def test_strangers_open_no_contact(as_user, sam, beheer, jansen):
    url = reverse("contacts:contact", args=[make.contact(jansen).uuid])
    for user in (sam, beheer):
        assert as_user(user).get(url).status_code == 404
    assert Access.objects.count() == 0


def test_matching_takes_the_whole_conversation_of_that_person_along(jansen, noor, office):
    first, second, third = mails(None, 3)
    other = make.contact(None, channel="email", conversation=first.conversation, party="cc@voorbeeld.nl")
    case = Case.open(contact=second, title="Bezwaar", team=make.team(), by=None)
    assert third.match(jansen, by=noor)
    assert set(jansen.contacts.all()) == {first, second, third}
    assert len(timeline(jansen).entries) == 1
    other.refresh_from_db()
    case.refresh_from_db()
    assert other.customer is None
    assert case.customer == jansen
    assert not first.match(make.customer("Ben", "Vos"), by=noor)


def test_matching_a_social_contact_remembers_the_handle(jansen, noor):
    make.contact(None, channel="social", network="mastodon", party="@anna@mast.example").match(jansen, by=noor)
    assert jansen.addresses.filter(kind="social", network="mastodon").exists()


def test_contacts_without_a_customer_are_listed_to_be_matched(
    as_user, noor, rachid, jansen, django_assert_max_num_queries, django_assert_num_queries
):
    mails(None, 3)
    make.contact(jansen, text="Bekend")
    url, client = reverse("contacts:unmatched"), as_user(noor)
    text = client.get(url).content.decode()
    assert text.count("Klant koppelen aan") == 1
    assert "Bekend" not in text
    assert Access.objects.filter(detail="unmatched").count() == 1
    assert as_user(rachid).get(url).status_code == 403
    with django_assert_max_num_queries(6) as few:
        client.get(url, headers=HTMX)
    for n in range(25):
        make.contact(None, happened_at=timezone.now() - timedelta(days=n + 1))
    with django_assert_num_queries(len(few)):
        first = client.get(url, headers=HTMX)
    after = client.get(url, {"after": first.context["next"]}, headers=HTMX)
    assert len(first.context["entries"]) + len(after.context["entries"]) == 26


def correction(contact, **fields):
    topic = str(contact.topic.uuid) if contact.topic else ""
    values = {"text": contact.text, "topic": topic, "outcome": contact.outcome, "reason": "Verkeerd getypt"}
    return values | fields


def test_correcting_keeps_what_it_was_and_why(as_user, noor, jansen):
    contact = make.contact(jansen, text="Ozb", topic=make.topic())
    url, client = reverse("contacts:correct", args=[contact.uuid]), as_user(noor)
    other = make.topic("ozb", theme="Belastingen", team=make.team("Belastingen"))
    typed = correction(contact, text="Vraagt naar ozb", topic=str(other.uuid), outcome="referred")
    assert client.post(url, typed).status_code == 302
    contact.refresh_from_db()
    assert (contact.text, contact.topic, contact.outcome, contact.team) == (
        "Vraagt naar ozb", other, "referred", other.team,
    )  # fmt: skip
    event = contact.events.get(kind="contact_corrected")
    assert event.data["reason"] == "Verkeerd getypt"
    assert event.data["changes"]["text"] == ["Ozb", "Vraagt naar ozb"]
    text = client.get(reverse("contacts:contact", args=[contact.uuid])).content.decode()
    assert "Gecorrigeerd door N. Bakker" in text
    assert "<del>Ozb</del>" in text
    assert client.post(url, typed).status_code == 302
    assert contact.events.filter(kind="contact_corrected").count() == 1


@pytest.mark.parametrize(
    "fields", [{"reason": ""}, {"text": " "}, {"outcome": "callback"}, {"topic": "x"}, {"text": "nul\0"}]
)
def test_a_wrong_correction_is_422_and_changes_nothing(as_user, noor, jansen, fields):
    contact = make.contact(jansen, text="Ozb")
    url = reverse("contacts:correct", args=[contact.uuid])
    assert as_user(noor).post(url, correction(contact, **fields)).status_code == 422
    contact.refresh_from_db()
    assert contact.text == "Ozb"


def test_what_a_citizen_wrote_is_not_corrected(as_user, noor, jansen):
    contact = make.contact(jansen, channel="email", text="Ik schreef dit")
    Message.objects.create(contact=contact, sender_name="Anna")
    url = reverse("contacts:correct", args=[contact.uuid])
    as_user(noor).post(url, correction(contact, text="Iets anders", outcome="referred"))
    contact.refresh_from_db()
    assert (contact.text, contact.outcome) == ("Ik schreef dit", "referred")


def test_correcting_is_for_the_contact_centre_and_closed_contacts(as_user, noor, rachid, jansen):
    url = reverse("contacts:correct", args=[make.contact(jansen).uuid])
    assert as_user(rachid).get(url).status_code == 403
    assert as_user(make.user("redacteur", Role.EDITOR)).post(url, {}).status_code == 403
    going_on = make.contact(jansen, outcome="")
    url = reverse("contacts:correct", args=[going_on.uuid])
    assert as_user(noor).post(url, correction(going_on, outcome="answered")).status_code == 422

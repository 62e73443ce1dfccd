import re
import time
from typing import Any

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Team, User
from accounts.phone import normalise
from contacts.channels.web import recognised
from contacts.forms.web import SALT, new_token
from contacts.models import Case, Contact, Customer, Outgoing, Question, Topic
from contacts.models.recipients import as_typed, who_gets_the_answer
from contacts.views import web
from tests import make
from tests.contacts.letters import send_url, typed

URL = "/contact/"


@pytest.fixture(autouse=True)
def _fresh_pace() -> None:
    web.pace.forget()


@pytest.fixture
def lantern(office: None, parkeren: Team, voorlijn: Team) -> Topic:
    topic = make.topic("straatverlichting", theme="Openbare ruimte", team=parkeren)
    topic.public_name = "Straatlantaarn kapot"
    topic.save()
    make.topic("geheim", theme="Intern")
    return topic


def token(seconds_ago: float = 60.0, uuid: str = "0a1b2c3d-0000-4000-8000-000000000001") -> str:
    return signing.dumps([uuid, time.time() - seconds_ago], salt=SALT)


def filled(about: Topic, **changes: Any) -> dict[str, Any]:
    values = {
        "topic": str(about.uuid),
        "message": "De lantaarn voor nummer 12 is stuk.",
        "name": "Anna Jansen",
        "email": "a.jansen@voorbeeld.nl",
        "token": token(),
    }
    return values | changes


def send(client: Client, about: Topic, **changes: Any) -> Any:
    return client.post(URL, filled(about, **changes))


def test_who_it_is_of_is_never_guessed(client: Client, lantern: Topic, jansen: Customer) -> None:
    """The e-mail and the number of one customer are that customer's; those of two are nobody's."""
    bob = make.customer("Bob", "Vries", phone="06 22222222")
    family = [make.customer(name, "Smit", phone="06 33333333", email=f"{name}@voorbeeld.nl") for name in ("Eva", "Tim")]
    known = {
        ("06 90123456", "a.jansen@voorbeeld.nl"): jansen,
        ("06 99999999", "a.jansen@voorbeeld.nl"): jansen,
        ("06 22222222", "onbekend@voorbeeld.nl"): bob,
        ("06 22222222", "a.jansen@voorbeeld.nl"): None,
        ("06 33333333", "eva@voorbeeld.nl"): family[0],
        ("06 33333333", "onbekend@voorbeeld.nl"): None,
        ("06 33333333", "a.jansen@voorbeeld.nl"): None,
    }
    for (phone, email), owner in known.items():
        assert recognised(email=email, phone=normalise(phone) or "") == owner, (phone, email)
    send(client, lantern, phone="06 22222222")
    assert Contact.objects.get().customer is None


def test_a_citizen_sends_a_question_and_gets_a_reference(client: Client, lantern: Topic, jansen: Customer) -> None:
    page = client.get(URL).content.decode()
    assert "Straatlantaarn kapot" in page
    assert "geheim" not in page
    answer = send(client, lantern)
    contact = Contact.objects.get()
    assert contact.case is not None
    assert (contact.channel, contact.customer, contact.topic) == ("web", jansen, lantern)
    assert (contact.case.team.name, contact.case.channel, contact.case.sender) == ("Parkeren", "web", "Anna Jansen")
    shown = client.get(answer["Location"])
    assert contact.case.reference in shown.content.decode()
    assert "a.jansen" not in answer["Location"]


def test_the_same_form_twice_is_one_contact(client: Client, lantern: Topic) -> None:
    first, second = send(client, lantern), send(client, lantern)
    assert first["Location"].split(":")[0] == second["Location"].split(":")[0]
    assert Contact.objects.count() == Case.objects.count() == 1


def test_what_the_topic_asks_is_shown_checked_and_kept(client: Client, lantern: Topic) -> None:
    asked = Question.objects.create(topic=lantern, label="Welke straat?", is_required=True)
    Question.objects.create(topic=lantern, label="Sinds wanneer?", kind=Question.Kind.DATE, position=1)
    assert "Welke straat?" not in client.get(URL).content.decode()
    part = client.get(f"{URL}?topic={lantern.uuid}", headers={"HX-Request": "true"}).content.decode()
    assert "Welke straat?" in part
    assert "<html" not in part
    refused = send(client, lantern)
    assert refused.status_code == 422
    assert "De lantaarn voor nummer 12" in refused.content.decode()
    send(client, lantern, **{f"q-{asked.uuid}": "Lindelaan"})
    contact = Contact.objects.get()
    assert "Welke straat? Lindelaan" in contact.text
    assert contact.message.data["answers"] == [["Welke straat?", "Lindelaan"]]


def test_without_javascript_a_button_shows_the_questions(client: Client, lantern: Topic) -> None:
    Question.objects.create(topic=lantern, label="Welke straat?", is_required=True)
    page = send(client, lantern, show="1")
    assert page.status_code == 200
    assert "Welke straat?" in page.content.decode()
    assert "De lantaarn voor nummer 12" in page.content.decode()
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"message": " \u200b "}, "Schrijf wat u wilt vragen"),
        ({"topic": ""}, "Kies waar uw vraag over gaat"),
        ({"topic": "geen"}, "Kies iets uit de lijst"),
        ({"name": ""}, "Vul uw naam in"),
        ({"email": "", "phone": ""}, "Vul een e-mailadres of een telefoonnummer in"),
        ({"email": "anna@@voorbeeld"}, "Dit is geen e-mailadres"),
        ({"phone": "bel maar"}, "Dit is geen telefoonnummer"),
        ({"message": "a\0b"}, "een teken dat niet kan"),
        ({"message": "x" * 10_001}, "10000"),
        ({"token": "kapot"}, "stond te lang open"),
        ({"token": ""}, "stond te lang open"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    client: Client, lantern: Topic, changes: dict[str, str], words: str
) -> None:
    answer = send(client, lantern, **changes)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words.lower() in page.lower()
    assert ("Anna Jansen" in page) is ("name" not in changes)
    assert not Contact.objects.exists()


def test_an_old_form_can_be_sent_again_at_once(client: Client, lantern: Topic) -> None:
    page = send(client, lantern, token="kapot").content.decode()
    fresh = re.search(r'name="token" value="([^"]+)"', page)
    assert fresh
    assert signing.loads(fresh[1], salt=SALT)


@pytest.mark.parametrize("changes", [{"website": "http://spam.example"}, {"token": None}])
def test_what_a_machine_fills_in_is_kept_as_spam(
    client: Client, lantern: Topic, changes: dict[str, str | None]
) -> None:
    answer = send(client, lantern, **{name: value or new_token() for name, value in changes.items()})
    assert answer.status_code == 302
    case = Case.objects.get()
    assert case.spam_at is not None
    assert case.closed_at is not None


def test_files_are_kept_and_programs_are_refused(client: Client, lantern: Topic) -> None:
    photo = SimpleUploadedFile("../lantaarn.png", b"\x89PNG\r\n\x1a\n" + b"0" * 50, "image/png")
    program = SimpleUploadedFile("factuur.pdf", b"MZ\x90\x00" + b"0" * 500, "application/pdf")
    refused = send(client, lantern, files=[photo, program])
    assert refused.status_code == 422
    assert "programma" in refused.content.decode()
    assert not Contact.objects.exists()
    photo.seek(0)
    send(client, lantern, files=[photo])
    kept = Contact.objects.get().attachments.get()
    assert (kept.name, kept.content_type) == ("lantaarn.png", "image/png")
    assert kept.read().read().startswith(b"\x89PNG")


def test_too_many_forms_of_one_address_must_wait(client: Client, lantern: Topic) -> None:
    statuses = [
        send(client, lantern, token=token(uuid=f"0a1b2c3d-0000-4000-8000-{n:012d}")).status_code for n in range(12)
    ]
    assert statuses[:10] == [302] * 10
    assert 429 in statuses[10:]


def test_it_may_stand_only_in_the_pages_that_were_named(client: Client, lantern: Topic, settings: Settings) -> None:
    settings.WEB_FORM_ORIGINS = ["https://www.duinmeer.example"]
    answer = client.get(f"{URL}?embed=1")
    assert "X-Frame-Options" not in answer
    assert "frame-ancestors 'self' https://www.duinmeer.example" in answer["Content-Security-Policy"]


def test_a_forged_reference_is_not_shown(client: Client, db: None) -> None:
    assert client.get("/contact/received/WyJaLTEiXQ:onzin:niks/").status_code == 404


def test_without_a_norm_the_message_is_kept_all_the_same(client: Client, noor: User) -> None:
    topic = make.topic(team=None)
    topic.public_name = "Parkeren"
    topic.save()
    assert client.get(send(client, topic)["Location"]).status_code == 200
    assert Contact.objects.get().case is None


def test_the_page_asks_the_same_however_many_topics(
    client: Client, lantern: Topic, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        topic = make.topic(f"onderwerp {number}")
        topic.public_name = topic.name
        topic.save()
        Question.objects.create(topic=topic, label="Waar?")
    with django_assert_max_num_queries(3):
        assert client.get(URL).status_code == 200


def test_it_sets_no_cookie(client: Client, lantern: Topic) -> None:
    client.get(URL)
    send(client, lantern, name="")
    client.get(send(client, lantern)["Location"])
    assert not client.cookies


def test_a_form_that_was_changed_in_between_is_another_message(client: Client, lantern: Topic) -> None:
    send(client, lantern)
    send(client, lantern, message="Het is toch nummer 14.")
    photo = SimpleUploadedFile("paal.png", b"\x89PNG\r\n\x1a\n" + b"0" * 50, "image/png")
    send(client, lantern, message="Het is toch nummer 14.", files=[photo])
    assert Contact.objects.count() == 3


def test_who_sent_files_with_something_wrong_hears_to_choose_them_again(client: Client, lantern: Topic) -> None:
    photo = SimpleUploadedFile("paal.png", b"\x89PNG\r\n\x1a\n" + b"0" * 50, "image/png")
    assert "bestanden opnieuw" in send(client, lantern, name="", files=[photo]).content.decode()
    assert "bestanden opnieuw" not in send(client, lantern, name="").content.decode()


@pytest.mark.parametrize("length", ["1000000000000", "x"])
def test_what_is_far_too_large_is_not_taken_in(client: Client, lantern: Topic, length: str) -> None:
    answer = client.post(URL, filled(lantern), CONTENT_LENGTH=length)
    assert answer.status_code == 413
    assert "samen te groot" in answer.content.decode()
    assert not Contact.objects.exists()


def test_too_many_files_or_fields_are_refused(client: Client, lantern: Topic) -> None:
    photos = [SimpleUploadedFile(f"{n}.png", b"\x89PNG\r\n\x1a\n", "image/png") for n in range(101)]
    assert send(client, lantern, files=photos[:6]).status_code == 422
    assert send(client, lantern, files=photos).status_code == 400
    assert send(client, lantern, **{f"x{n}": "1" for n in range(1001)}).status_code == 400
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("kind", "said", "words"),
    [
        (Question.Kind.NUMBER, "12.50", "12,50"),
        (Question.Kind.NUMBER, "1e999999999", ""),
        (Question.Kind.NUMBER, "NaN", ""),
        (Question.Kind.DATE, "2026-12-24", "24 december 2026"),
        (Question.Kind.DATE, "99999-01-01", ""),
        (Question.Kind.CHOICE, "GFT", "GFT"),
        (Question.Kind.CHOICE, "Zand", ""),
        (Question.Kind.YES_NO, "ja", "ja"),
        (Question.Kind.TEXT, "x" * 4001, ""),
        (Question.Kind.LINE, "a\0b", ""),
    ],
)
def test_each_kind_of_question(client: Client, lantern: Topic, kind: str, said: str, words: str) -> None:
    asked = Question.objects.create(topic=lantern, label="Wat?", kind=kind, choices="GFT\nPapier")
    status = send(client, lantern, **{f"q-{asked.uuid}": said}).status_code
    assert status == (302 if words else 422)
    if words:
        assert f"Wat? {words}" in Contact.objects.get().text


def test_an_answer_goes_to_the_address_that_was_given(client: Client, lantern: Topic, kees: User, as_user: Any) -> None:
    make.mailbox(team=make.team("Voorlijn", is_kcc=True))
    send(client, lantern, name="Anna\r\nBcc: x@voorbeeld.nl", email="Anna@Thuis.Voorbeeld.NL", phone="0690123456")
    case = Case.objects.get()
    page = as_user(kees).get(f"/cases/{case.uuid}/").content.decode()
    assert "anna@thuis.voorbeeld.nl" in page
    to = as_typed(who_gets_the_answer(Contact.objects.select_related("message").get(), everybody=False)[0])
    fields = typed(case, to=to)
    assert as_user(kees).post(send_url(fields), fields).status_code == 302
    row = Outgoing.objects.get()
    assert (row.recipient, row.contact.channel) == ("anna@thuis.voorbeeld.nl", "email")
    assert "Bcc" not in row.headers
    assert "\n" not in row.headers["To"]


def test_with_only_a_telephone_number_there_is_nobody_to_mail(client: Client, lantern: Topic) -> None:
    send(client, lantern, email="", phone="06-90123456")
    contact = Contact.objects.select_related("message").get()
    assert (contact.party, who_gets_the_answer(contact, everybody=False)[0]) == ("+31690123456", [])
    assert "Telefoon: 06 90 12 34 56" in contact.text


def test_a_word_of_one_kind_does_not_do_for_another(client: Client, lantern: Topic) -> None:
    assert client.get(f"/contact/received/{token()}/").status_code == 404
    word = send(client, lantern)["Location"].split("/")[-2]
    assert send(client, lantern, token=word).status_code == 422

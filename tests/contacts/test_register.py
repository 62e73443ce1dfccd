import json
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Role
from callbacks.models import Callback
from contacts.models import Access, Case, Contact, Draft, Outcome
from knowledge.models import Usage
from tests import make


def form(**fields):
    return {"key": str(uuid4()), "channel": "phone", "text": "Vraagt naar bezwaar.", "outcome": "answered"} | fields


def test_register_is_one_contact_for_one_key(jansen, noor, office):
    first = make.contact(jansen, key="call:1", by=noor)
    assert make.contact(jansen, key="call:1", by=noor, text="Iets anders") == first
    assert Contact.objects.get().text == "Vraag."
    assert [event.kind for event in first.events.all()] == ["contact_registered"]


def test_view_registers(as_user, noor, jansen, office):
    topic = make.topic(team=make.team())
    answer = as_user(noor).post(
        reverse("contacts:register"), form(customer=str(jansen.uuid), topic=str(topic.uuid), outcome="answered")
    )
    contact = Contact.objects.get()
    assert answer.status_code == 302
    assert answer.url == reverse("contacts:customer", args=[jansen.uuid])
    assert (contact.customer, contact.topic, contact.agent, contact.team) == (jansen, topic, noor, topic.team)
    assert contact.closed_at is not None


CONTENT = {"HX-Request": "true", "HX-Target": "inhoud"}


def test_with_htmx_the_page_hears_at_once_and_fetches_the_rest(as_user, noor, jansen, office):
    client, typed = as_user(noor), form(customer=str(jansen.uuid))
    answer = client.post(reverse("contacts:register"), typed, headers=CONTENT)
    assert answer.status_code == 204
    told = json.loads(answer.headers["HX-Trigger"])
    url = reverse("contacts:customer", args=[jansen.uuid])
    assert told["kcc:toast"]["text"] == "Contact opgeslagen"
    assert told["kcc:saved"] == {"draft": reverse("contacts:save_draft", args=[typed["key"]])}
    assert told["kcc:content"] == {"url": url}
    page = client.get(url, headers=CONTENT)
    text = page.content.decode()
    assert page.headers["HX-Replace-Url"] == url
    assert "Vraagt naar bezwaar." in text
    assert 'data-focus="#kcc-omni"' in text  # on to the next customer
    assert "<html" not in text
    assert "Hoofdmenu" not in text


def test_with_htmx_bad_input_comes_back_in_its_place(as_user, noor, jansen, office):
    answer = as_user(noor).post(
        reverse("contacts:register"), form(customer=str(jansen.uuid), outcome="transferred"), headers=CONTENT
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Vraagt naar bezwaar." in text
    assert "naar wie je hebt doorverbonden" in text
    assert "<html" not in text


def test_double_click_saves_once(as_user, noor, jansen, office):
    typed, client = form(customer=str(jansen.uuid)), as_user(noor)
    assert client.post(reverse("contacts:register"), typed).status_code == 302
    assert client.post(reverse("contacts:register"), typed).status_code == 302
    assert Contact.objects.count() == 1


def test_contact_and_callback_and_article_are_saved_together(as_user, noor, jansen, office):
    team = make.team()
    article = make.article()
    typed = form(customer=str(jansen.uuid), topic=str(make.topic(team=team).uuid), outcome="callback") | {
        "callback-who": f"team:{team.uuid}",
        "callback-number": "06-90123456",
        "callback-reachable": "after15",
        "callback-question": "Is het bezwaar ontvangen?",
        "knowledge-articles": [str(article.uuid)],
    }
    answer = as_user(noor).post(reverse("contacts:register"), typed)
    assert answer.status_code == 302, answer.content.decode()
    callback = Callback.objects.get()
    assert (callback.number, callback.team, callback.contact.outcome) == ("+31690123456", team, Outcome.CALLBACK)
    assert callback.reachable_from is not None
    assert Usage.objects.get().contact == callback.contact
    again = as_user(noor).post(reverse("contacts:register"), typed)
    assert again.status_code == 302
    assert Callback.objects.count() == Contact.objects.count() == Usage.objects.count() == 1


def test_nothing_is_saved_when_the_callback_is_wrong(as_user, noor, jansen, office):
    typed = form(customer=str(jansen.uuid), outcome="callback", text="Mevrouw wil graag") | {
        "callback-number": "geen nummer",
        "callback-question": "Bel mij",
    }
    answer = as_user(noor).post(reverse("contacts:register"), typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Mevrouw wil graag" in page
    assert "geen nummer" in page
    assert "Bel mij" in page
    assert Contact.objects.count() == Callback.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"text": ""}, "Dit veld is verplicht"),
        ({"text": "   "}, "Dit veld is verplicht"),
        ({"text": "a" * 20_001}, "20000"),
        ({"text": "nul\0byte"}, "een teken dat niet kan"),
        ({"channel": "fax"}, "fax"),
        ({"outcome": "weggelopen"}, "weggelopen"),
        ({"outcome": "transferred"}, "doorverbonden"),
        ({"outcome": "case"}, "onderwerp"),
        ({"topic": "geen-uuid"}, "uit de lijst"),
        ({"case": str(uuid4())}, "uit de lijst"),
    ],
)
def test_bad_input_is_422_at_the_field_with_the_text_kept(as_user, noor, jansen, office, fields, complaint):
    answer = as_user(noor).post(reverse("contacts:register"), form(customer=str(jansen.uuid)) | fields)
    assert answer.status_code == 422
    assert complaint in answer.content.decode()
    assert Contact.objects.count() == 0


def test_zero_width_text_is_empty(as_user, noor, jansen, office):
    assert as_user(noor).post(reverse("contacts:register"), form(text="\u200b \u200b")).status_code == 422


def test_opslaan_zelfde_klant_stays_in_the_conversation(as_user, noor, jansen, office):
    client = as_user(noor)
    answer = client.post(reverse("contacts:register"), form(customer=str(jansen.uuid), save_next="1"))
    first = Contact.objects.get()
    assert str(first.conversation) in answer.url
    page = client.get(answer.url).content.decode()
    assert str(first.conversation) in page
    client.post(reverse("contacts:register"), form(customer=str(jansen.uuid), conversation=str(first.conversation)))
    assert set(Contact.objects.values_list("conversation", flat=True)) == {first.conversation}


def test_case_opens_a_case_in_the_team_of_the_topic(as_user, noor, jansen, office):
    topic = make.topic(team=make.team())
    as_user(noor).post(
        reverse("contacts:register"), form(customer=str(jansen.uuid), topic=str(topic.uuid), outcome="case")
    )
    case = Contact.objects.get().case
    assert case.team == topic.team
    assert case.reference.startswith("Z-")


def test_saving_throws_the_draft_away(as_user, noor, jansen, office):
    client, typed = as_user(noor), form(customer=str(jansen.uuid))
    client.post(reverse("contacts:save_draft", args=[typed["key"]]), typed)
    assert Draft.objects.count() == 1
    client.post(reverse("contacts:register"), typed)
    assert Draft.objects.count() == 0
    assert Contact.objects.get().seconds is not None
    assert client.post(reverse("contacts:save_draft", args=[typed["key"]]), typed).status_code == 410


def test_register_refuses_get_and_strangers(as_user, noor, sam, jansen, office):
    assert as_user(noor).get(reverse("contacts:register")).status_code == 405
    assert as_user(sam).post(reverse("contacts:register"), form(customer=str(jansen.uuid))).status_code in (403, 404)
    assert Contact.objects.count() == 0


def test_expired_session_loses_no_text(jansen, office):
    answer = Client().post(reverse("contacts:register"), form(text="Lang verhaal"), HTTP_ORIGIN="http://testserver")
    assert answer.status_code == 401
    assert "Lang verhaal" in answer.content.decode()


def test_a_form_from_another_site_gets_no_button_to_send_it_again(noor, office):
    client = Client(enforce_csrf_checks=True)
    client.force_login(noor, backend="accounts.adapter.Backend")
    own = client.post(reverse("contacts:register"), form(), HTTP_ORIGIN="http://testserver")
    foreign = client.post(reverse("contacts:register"), form(), HTTP_ORIGIN="http://evil.example")
    assert own.status_code == foreign.status_code == 403
    assert "Vraagt naar bezwaar" in own.content.decode()
    assert "Vraagt naar bezwaar" not in foreign.content.decode()


def test_desk_of_a_customer_writes_an_access_row(as_user, noor, jansen):
    as_user(noor).get(reverse("contacts:customer", args=[jansen.uuid]))
    row = Access.objects.get()
    assert (row.user, row.customer, row.action) == (noor, jansen, "view")


class AnyForm(TestCase):
    """Whatever is posted, the answer is a page and never a server error."""

    def setUp(self):
        make.office()
        self.customer = make.customer("Anna", "Jansen")
        self.agent = make.user("noor", Role.AGENT)
        self.team = make.team()

    @settings(max_examples=60)
    @given(
        st.dictionaries(
            st.sampled_from(
                ["key", "conversation", "channel", "text", "topic", "case", "outcome", "transferred_to", "customer",
                 "save_next", "call", "by_appointment", "waited_minutes", "callback-who", "callback-number",
                 "callback-reachable", "callback-reachable_from", "callback-reachable_until", "callback-question",
                 "callback-urgent", "callback-urgent_reason",
                 "callback-add_to", "knowledge-articles"]
            ),
            st.text(max_size=60) | st.sampled_from(["callback", "case", "answered", "phone", "window", "day"]),
        )
    )  # fmt: skip
    def test_never_an_error(self, typed):
        client = Client()
        client.force_login(self.agent, backend="accounts.adapter.Backend")
        typed = {name: value.encode("utf-8", "ignore").decode() for name, value in typed.items()}
        answer = client.post(reverse("contacts:register"), form() | typed)
        assert answer.status_code in (302, 404, 422)


def test_another_conversation_under_a_used_key_is_refused_with_its_text(as_user, noor, jansen, office):
    client, typed = as_user(noor), form(customer=str(jansen.uuid))
    client.post(reverse("contacts:register"), typed)
    answer = client.post(reverse("contacts:register"), typed | {"text": "Tweede gesprek"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Tweede gesprek" in page
    assert typed["key"] not in page  # the next press saves it under a key of its own
    assert Contact.objects.get().text == "Vraagt naar bezwaar."


def test_the_key_of_a_colleague_is_another_key(as_user, noor, jansen, office):
    typed = form(customer=str(jansen.uuid))
    as_user(noor).post(reverse("contacts:register"), typed)
    as_user(make.user("jet")).post(reverse("contacts:register"), typed)
    assert Contact.objects.count() == 2


def test_a_draft_of_what_was_saved_is_not_offered_again(as_user, noor, jansen, office):
    client, typed = as_user(noor), form(customer=str(jansen.uuid))
    client.post(reverse("contacts:register"), typed)
    Draft.objects.create(uuid=typed["key"], user=noor, customer=jansen, data={"text": ["Spook"]})
    assert "Spook" not in client.get(reverse("contacts:customer", args=[jansen.uuid])).content.decode()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.SPECIALIST, Role.ADMINISTRATOR, Role.PRIVACY_OFFICER])
def test_only_the_contact_centre_registers(as_user, office, role):
    client = as_user(make.user("iemand", role))
    assert client.post(reverse("contacts:register"), form()).status_code == 403
    assert client.post(reverse("contacts:save_draft", args=[uuid4()]), {"text": "x"}).status_code == 403
    assert client.get(reverse("contacts:desk")).status_code == 302
    assert Contact.objects.count() == 0


def test_a_case_without_a_norm_is_explained(as_user, noor, jansen):
    topic = make.topic(team=make.team())
    typed = form(customer=str(jansen.uuid), topic=str(topic.uuid), outcome="case")
    answer = as_user(noor).post(reverse("contacts:register"), typed)
    assert answer.status_code == 422
    assert "norm" in answer.content.decode()


def test_a_chosen_case_says_that_the_contact_joined(as_user, noor, jansen, office):
    client = as_user(noor)
    case = Case.open(contact=make.contact(jansen), title="Lamp", team=make.team(), by=noor)
    client.post(reverse("contacts:register"), form(customer=str(jansen.uuid), case=str(case.uuid)))
    contact = Contact.objects.get(agent=noor)
    assert contact.case == case
    assert "case_joined" in [event.kind for event in contact.events.all()]


def test_bad_input_about_a_customer_is_written_down_as_a_look(as_user, noor, jansen):
    as_user(noor).post(reverse("contacts:register"), {"customer": str(jansen.uuid)})
    assert Access.objects.get().customer == jansen


def test_what_stood_on_the_desk_stands_there_again_after_bad_input(as_user, noor, jansen, office):
    client, wrong = as_user(noor), form(text="")
    client.get(reverse("contacts:customer", args=[jansen.uuid]))
    client.post(reverse("contacts:save_draft", args=[wrong["key"]]), {"text": "Half"})
    answer = client.post(reverse("contacts:register"), wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Laatst bekeken" in page
    assert "Concept bewaard om" in page.partition("data-draft-text>")[2].partition("</span>")[0]

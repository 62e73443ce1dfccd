from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from callbacks.models import Result
from contacts.models import Access, Case, Contact, Customer
from tests import make


def page(customer):
    return reverse("contacts:customer", args=[customer.uuid])


def test_recognise_gives_one_sure_match_or_none(db):
    anna = make.customer("Anna", "Jansen", phone="06-90123456", email="Anna@Voorbeeld.nl")
    make.customer("Ben", "Jansen", phone="06 90123457")
    make.customer("Cor", "Jansen", phone="0031690123457")
    assert Customer.objects.recognise("phone", "+31690123456") == anna
    assert Customer.objects.recognise("email", "anna@voorbeeld.nl") == anna
    assert Customer.objects.recognise("phone", "+31690123457") is None  # two people share it
    assert Customer.objects.recognise("phone", "+31690999999") is None


def test_a_bsn_is_sealed_and_found_by_its_index(jansen):
    jansen.set_bsn("9999.90.019")
    jansen.save()
    fresh = Customer.objects.by_bsn("999990019").get()
    assert fresh.bsn == "999990019"
    assert "999990019" not in "".join(map(str, Customer.objects.filter(pk=jansen.pk).values_list()[0]))


def test_the_page_takes_the_same_queries_whatever_there_is(
    as_user, noor, rachid, jansen, office, django_assert_max_num_queries
):
    article, topic = make.article(), make.topic(team=make.team())
    for place in range(40):
        contact = make.contact(jansen, topic=topic, by=noor, outcome="callback" if place % 4 == 0 else "answered")
        article.use(contact, by=noor)
        if place % 4 == 0:
            callback = make.callback(contact)
            callback.attempt(key=str(uuid4()), result=Result.NO_ANSWER, by=rachid)
    client = as_user(noor)
    client.get(page(jansen))
    for size in (5, 20, 100):
        with django_assert_max_num_queries(12):
            assert client.get(page(jansen) + f"?size={size}").status_code == 200


@pytest.mark.parametrize(
    "query", ["after=kapot", "after=%00", "size=-1", "size=99999", "channel=fax", "tab=x", "draft=1"]
)
def test_strange_addresses_are_no_error(as_user, noor, jansen, query):
    assert as_user(noor).get(f"{page(jansen)}?{query}").status_code in (200, 404)


def test_a_matched_contact_falls_into_its_place(as_user, noor, jansen):
    older = make.contact(jansen, happened_at=timezone.now() - timedelta(days=3))
    newer = make.contact(jansen)
    unknown = make.contact(None, happened_at=timezone.now() - timedelta(days=1), channel="email")
    as_user(noor).post(reverse("contacts:match", args=[jansen.uuid]), {"contact": str(unknown.uuid)})
    assert list(jansen.contacts.timeline()) == [newer, unknown, older]


def test_strangers_see_nothing(as_user, sam, beheer, jansen):
    assert as_user(sam).get(page(jansen)).status_code == 404
    assert as_user(beheer).get(page(jansen)).status_code == 404
    assert Access.objects.count() == 0


def test_a_specialist_sees_the_customer_of_own_work_without_registering(as_user, rachid, jansen, office):
    make.callback(make.contact(jansen))
    answer = as_user(rachid).get(page(jansen))
    assert answer.status_code == 200
    assert "Contact registreren" not in answer.content.decode()


def test_create_change_note_and_verify(as_user, noor, office):
    client = as_user(noor)
    typed = {
        "kind": "person",
        "first_name": "Piet",
        "last_name": "Nieuw",
        "phone": "06 90 00 00 01",
        "postcode": "1999ab",
    }
    assert client.post(reverse("contacts:create"), typed).status_code == 302
    piet = Customer.objects.get(last_name="Nieuw")
    assert (piet.postcode, piet.addresses.get().value) == ("1999AB", "+31690000001")
    client.post(
        reverse("contacts:change", args=[piet.uuid]), typed | {"city": "Duinmeer", "email": "Piet@voorbeeld.nl"}
    )
    client.post(reverse("contacts:note", args=[piet.uuid]), {"notes": "Hoort slecht.", "seen": piet.notes_version})
    client.post(reverse("contacts:verify", args=[piet.uuid]))
    piet.refresh_from_db()
    assert (piet.city, piet.notes, piet.addresses.count()) == ("Duinmeer", "Hoort slecht.", 2)
    assert piet.verified_at is not None


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"last_name": ""}, "Dit veld is verplicht"),
        ({"phone": "geen nummer"}, "geen telefoonnummer"),
        ({"email": "a@b"}, "geen e-mailadres"),
        ({"email": "a@b.nl\r\nBcc: c@d.nl"}, "geen e-mailadres"),
        ({"postcode": "12"}, "1234 AB"),
        ({"birth_date": "2027-02-31"}, "datum"),
        ({"birth_date": "0001-01-01"}, "geboortedatum"),
        ({"house_number": "99999999999999999999"}, ""),
        ({"house_number": "-1"}, ""),
        ({"last_name": "a" * 300}, "200"),
        ({"last_name": "nul\0"}, ""),
    ],
)
def test_a_wrong_customer_is_422_with_what_was_typed(as_user, noor, fields, complaint):
    answer = as_user(noor).post(
        reverse("contacts:create"), {"kind": "person", "first_name": "Bewaarmij", "last_name": "Nieuw"} | fields
    )
    assert answer.status_code == 422
    assert complaint in answer.content.decode()
    assert "Bewaarmij" in answer.content.decode()
    assert Customer.objects.count() == 0


def test_notes_refuse_a_bsn_without_repeating_the_lesson_elsewhere(as_user, noor, jansen):
    answer = as_user(noor).post(reverse("contacts:note", args=[jansen.uuid]), {"notes": "BSN is 999990019 hoor"})
    assert answer.status_code == 422
    assert "Zet geen BSN" in answer.content.decode()


def test_reveal_needs_the_right_and_a_reason_and_writes_it_down(as_user, noor, jansen):
    jansen.set_bsn("999990019")
    jansen.save()
    url = reverse("contacts:reveal", args=[jansen.uuid])
    assert as_user(noor).post(url, {"reason": "Paspoort"}).status_code == 403
    senior = make.user("karin", Role.AGENT, Role.SENIOR)
    client = as_user(senior)
    assert client.get(url).status_code == 405
    assert client.post(url, {"reason": ""}).status_code == 422
    assert "999990019" in client.post(url, {"reason": "Paspoort aanvragen"}).content.decode()
    row = Access.objects.get(action="reveal")
    assert (row.user, row.customer, row.detail) == (senior, jansen, "Paspoort aanvragen")


def test_drafts_are_kept_per_agent(as_user, noor, jansen):
    other, key = make.user("jet"), uuid4()
    url = reverse("contacts:save_draft", args=[key])
    answer = as_user(noor).post(url, {"customer": str(jansen.uuid), "text": "Half verhaal", "key": str(key)})
    assert answer.status_code == 204
    assert answer["X-Draft-Saved"]
    assert "Half verhaal" in as_user(noor).get(page(jansen)).content.decode()
    assert "Half verhaal" not in as_user(other).get(page(jansen)).content.decode()
    assert as_user(other).post(url, {"text": "gekaapt"}).status_code == 404
    as_user(noor).post(reverse("contacts:discard_draft", args=[key]), {"customer": str(jansen.uuid)})
    assert "Half verhaal" not in as_user(noor).get(page(jansen)).content.decode()


def test_a_draft_too_large_is_refused(as_user, noor):
    url = reverse("contacts:save_draft", args=[uuid4()])
    assert as_user(noor).post(url, {"text": "a" * 100_001}).status_code == 422
    assert as_user(noor).post(url, {"text": "nul\0byte"}).status_code == 204


def test_the_raw_mail_is_a_download_no_browser_opens(as_user, noor, sam, jansen):
    contact = make.contact(jansen, channel="email")
    contact.arrivals.create(key="x", source="test", sha256="x", raw=b"From: a\r\n\r\n<script>")
    answer = as_user(noor).get(reverse("contacts:raw", args=[contact.uuid]))
    assert answer.content == b"From: a\r\n\r\n<script>"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert as_user(sam).get(reverse("contacts:raw", args=[contact.uuid])).status_code == 404


def test_contact_page_shows_what_happened(as_user, noor, jansen, office):
    contact = make.contact(jansen, by=noor, outcome="callback")
    make.callback(contact)
    text = as_user(noor).get(reverse("contacts:contact", args=[contact.uuid])).content.decode()
    assert "Contact vastgelegd" in text
    assert Contact.objects.get(pk=contact.pk).events.count() == 2


@pytest.mark.parametrize("header", ["HX-History-Restore-Request", "HX-Boosted"])
def test_going_back_in_history_gives_the_whole_page(as_user, noor, jansen, header):
    answer = as_user(noor).get(page(jansen), headers={"HX-Request": "true", header: "true"})
    assert answer.status_code == 200
    assert "Contact registreren" in answer.content.decode()


def test_what_is_written_down_of_a_look_is_never_what_somebody_typed(as_user, noor, jansen):
    as_user(noor).get(page(jansen) + "?tab=%00geheim")
    assert Access.objects.get().detail == "timeline"


def test_an_empty_search_is_no_error(as_user, noor):
    assert as_user(noor).post(reverse("contacts:search")).status_code == 200
    assert as_user(noor).post(reverse("contacts:search"), {"q": "a" * 300}).status_code == 422


def test_a_matched_contact_takes_its_case_along_once(as_user, noor, jansen, office):
    unknown = make.contact(None, channel="email", outcome="")
    case = Case.open(contact=unknown, title="Vraag", team=make.team(), by=None)
    assert unknown.match(jansen, by=noor)
    case.refresh_from_db()
    assert case.customer == jansen
    assert not unknown.match(make.customer("Ben", "Ander"), by=noor)
    unknown.refresh_from_db()
    assert unknown.customer == jansen


def test_the_same_form_twice_is_one_customer(as_user, noor):
    typed = {"key": str(uuid4()), "kind": "person", "last_name": "Dubbel"}
    for _turn in range(2):
        assert as_user(noor).post(reverse("contacts:create"), typed).status_code == 302
    assert Customer.objects.count() == 1


def test_a_colleague_s_notes_are_not_overwritten(as_user, noor, jansen):
    seen, url = jansen.notes_version, reverse("contacts:note", args=[jansen.uuid])
    as_user(make.user("jet")).post(url, {"notes": "Van Jet", "seen": seen})
    answer = as_user(noor).post(url, {"notes": "Van Noor", "seen": seen})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Van Jet" in text
    assert "Van Noor" in text
    jansen.refresh_from_db()
    assert jansen.notes == "Van Jet"


def test_changes_say_who_made_them(as_user, noor, jansen):
    client = as_user(noor)
    jansen.notes = "Blijft"
    jansen.save()
    client.post(
        reverse("contacts:change", args=[jansen.uuid]), {"kind": "person", "last_name": "Jansen", "city": "Zee"}
    )
    client.post(reverse("contacts:verify", args=[jansen.uuid]))
    client.post(reverse("contacts:verify", args=[jansen.uuid]))
    assert [(e.kind, e.by) for e in jansen.events.order_by("pk")] == [
        ("customer_changed", noor),
        ("customer_verified", noor),
    ]
    jansen.refresh_from_db()
    assert (jansen.city, jansen.notes) == ("Zee", "Blijft")


def test_a_specialist_reaches_contacts_around_own_work_and_no_others(rachid, sam, jansen, office):
    own = make.contact(jansen, outcome="callback")
    make.callback(own)
    other, anonymous = make.contact(jansen), make.contact(None)
    make.callback(anonymous)
    stranger = make.contact(make.customer("Ben", "Vreemd"))
    assert set(Contact.objects.visible_to(rachid)) == {own, other, anonymous}
    assert set(Contact.objects.visible_to(sam)) == set()
    assert stranger not in Contact.objects.visible_to(rachid)


def test_a_draft_begins_with_words(as_user, noor, jansen):
    url = reverse("contacts:save_draft", args=[uuid4()])
    empty = as_user(noor).post(url, {"customer": str(jansen.uuid), "outcome": "callback", "callback-number": "06"})
    assert empty.status_code == 204
    assert not empty.headers.get("X-Draft-Saved")
    assert noor.drafts.count() == 0


def test_the_last_topic_is_proposed_and_counted(as_user, noor, jansen, office):
    topic = make.topic(team=make.team())
    for _time in range(3):
        make.contact(jansen, topic=topic)
    make.contact(jansen)
    text = as_user(noor).get(page(jansen)).content.decode()
    assert f'value="{topic.uuid}" selected' in text
    assert "3e contact over dit onderwerp" in text


def test_matching_remembers_the_address(noor, jansen):
    make.contact(None, channel="email", party="nieuw@voorbeeld.nl").match(jansen, by=noor)
    assert jansen.addresses.filter(value="nieuw@voorbeeld.nl").exists()


def test_an_organisation_has_checked_numbers_and_preferences(noor, as_user):
    typed = {"kind": "organisation", "last_name": "Bakkerij Visser", "kvk_number": "1234", "key": str(uuid4())}
    client = as_user(noor)
    assert "8 cijfers" in client.post("/customers/new/", typed).content.decode()
    typed |= {"kvk_number": "12 34 56 78", "branch_number": "000012345678", "preferred_channel": "email"}
    client.post("/customers/new/", typed | {"network": "instagram", "social": "@Visser", "confidential": "on"})
    made = Customer.objects.get(last_name="Bakkerij Visser")
    assert (made.kvk_number, made.branch_number, made.preferred_channel) == ("12345678", "000012345678", "email")
    assert made.confidential
    assert (made.addresses.get().network, made.addresses.get().value) == ("instagram", "visser")


def test_a_bsn_is_set_only_with_the_right_and_belongs_to_one(noor, kees, jansen, as_user):
    other = make.customer("Berend", "Bakker")
    typed = {"kind": "person", "last_name": "Jansen", "first_name": "Anna", "bsn": "111222333"}
    as_user(noor).post(f"/customers/{jansen.uuid}/change/", typed)
    jansen.refresh_from_db()
    assert jansen.bsn == ""
    as_user(kees).post(f"/customers/{jansen.uuid}/change/", typed)
    jansen.refresh_from_db()
    assert jansen.bsn == "111222333"
    assert as_user(kees).post(f"/customers/{jansen.uuid}/change/", typed | {"bsn": "111222334"}).status_code == 422
    refused = as_user(kees).post(f"/customers/{other.uuid}/change/", typed | {"last_name": "Bakker"})
    assert "andere klant" in refused.content.decode()


def test_an_address_is_taken_away(noor, jansen, as_user):
    address = jansen.addresses.get(kind="phone")
    client = as_user(noor)
    assert client.post(f"/customers/{jansen.uuid}/address/", {"address": address.pk}).status_code == 302
    client.post(f"/customers/{jansen.uuid}/address/", {"address": "9" * 40})
    client.post(f"/customers/{jansen.uuid}/address/", {"address": make.customer().pk})
    assert [one.kind for one in jansen.addresses.all()] == ["email"]
    assert jansen.events.filter(kind="address_removed").count() == 1


def test_who_saw_a_customer_is_for_who_leads(noor, kees, jansen, as_user):
    as_user(noor).get(f"/customers/{jansen.uuid}/")
    assert as_user(noor).get(f"/customers/{jansen.uuid}/accesses/").status_code == 403
    page = as_user(kees).get(f"/customers/{jansen.uuid}/accesses/").content.decode()
    assert "Noor Bakker" in page
    assert "bekeken" in page


def test_a_form_that_lay_open_does_not_undo_what_a_colleague_changed(noor, jansen, as_user):
    client, url = as_user(noor), reverse("contacts:change", args=[jansen.uuid])
    form = client.get(url).context["form"]
    typed = {name: form[name].value() or "" for name in ("kind", "first_name", "last_name", "city", "language")}
    typed |= {"seen": form.version, "house_number": "12"}
    Customer.objects.filter(pk=jansen.pk).update(city="Zandvoort")
    answer = client.post(url, typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Een collega heeft deze gegevens intussen gewijzigd" in page
    assert "Er staat nu: Zandvoort" in page
    jansen.refresh_from_db()
    assert (jansen.city, jansen.house_number) == ("Zandvoort", None)
    again = answer.context["form"].version
    assert client.post(url, typed | {"seen": again, "city": "Zandvoort"}).status_code == 302
    jansen.refresh_from_db()
    assert (jansen.city, jansen.house_number) == ("Zandvoort", 12)


@pytest.mark.django_db(transaction=True)
def test_the_same_form_at_the_same_moment_is_one_customer(noor, as_user):
    client, typed = as_user(noor), {"key": str(uuid4()), "kind": "person", "last_name": "Nieuwkoop", "language": "nl"}
    start, statuses = Barrier(2), []

    def press():
        start.wait()
        try:
            statuses.append(client.post(reverse("contacts:create"), typed).status_code)
        finally:
            connection.close()

    threads = [Thread(target=press) for _press in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [302, 302]
    assert Customer.objects.filter(last_name="Nieuwkoop").count() == 1


def test_opening_the_register_in_the_admin_is_written_down(as_user, jansen):
    root = make.user("root", is_staff=True, is_superuser=True)
    for name in ("customer", "contact"):
        as_user(root).get(reverse(f"admin:contacts_{name}_changelist"))
    assert set(Access.objects.filter(user=root).values_list("detail", flat=True)) == {"admin customer", "admin contact"}

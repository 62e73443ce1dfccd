"""What is being typed: kept from the first key, several at once, thrown away and had back."""

from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from contacts.models import Draft
from contacts.models.draft import KEPT
from tests import make


def typed(customer=None, text="Vraagt naar bezwaar", **fields):
    return {"text": text, "customer": str(customer.uuid) if customer else ""} | fields


def save(client, uuid, fields):
    return client.post(reverse("contacts:save_draft", args=[uuid]), fields)


def desk(client, customer=None, **query):
    url = reverse("contacts:customer", args=[customer.uuid]) if customer else reverse("contacts:desk")
    return client.get(url, query).content.decode()


def test_what_was_typed_before_and_arrives_after_changes_nothing(as_user, noor, jansen):
    client, uuid = as_user(noor), uuid4()
    for text, turn, there in [
        ("Vraagt naar", "k3x.2", "Vraagt naar"),
        ("Vraagt", "k3x.1", "Vraagt naar"),
        ("Vraagt naar bezwaar", "k3x.10", "Vraagt naar bezwaar"),
        ("Op een andere computer", "b2.1", "Op een andere computer"),
        ("Zonder JavaScript", "", "Zonder JavaScript"),
    ]:
        assert save(client, uuid, typed(jansen, text, draft_turn=turn)).status_code == 204
        assert Draft.objects.get().summary == there


def test_a_second_conversation_is_a_draft_beside_the_first(as_user, noor, jansen):
    client, first, second = as_user(noor), uuid4(), uuid4()
    ben = make.customer("Ben", "Vos")
    save(client, first, typed(jansen, "Eerste gesprek"))
    save(client, second, typed(ben, "Tweede gesprek"))
    save(client, uuid4(), typed(None, "Anoniem gesprek"))
    page = desk(client, jansen)
    assert "3 open concepten" in page
    assert "Eerste gesprek</textarea>" in page
    assert f'href="/customers/{jansen.uuid}/?draft={first}" aria-current="page"' in page
    assert f'href="/customers/{ben.uuid}/?draft={second}"' in page
    assert "Anoniem contact" in page
    assert Draft.objects.count() == 3


def test_a_new_contact_with_the_same_customer_leaves_the_draft_alone(as_user, noor, jansen):
    client, first = as_user(noor), uuid4()
    save(client, first, typed(jansen, "Eerste gesprek"))
    page = desk(client, jansen, draft="new")
    assert "Eerste gesprek</textarea>" not in page
    assert str(first) in page  # in its tab
    assert "Eerste gesprek</textarea>" in desk(client, jansen)


def test_a_visit_does_not_go_on_in_the_notes_of_a_call(as_user, noor, jansen):
    client, first = as_user(noor), uuid4()
    save(client, first, typed(None, "Nog van het gesprek", channel="phone"))
    answer = client.get(reverse("contacts:desk"), {"via": "desk"})
    assert answer.context["form"]["channel"].value() == "desk"
    assert "Nog van het gesprek</textarea>" not in answer.content.decode()
    assert str(first) in answer.content.decode()  # in its tab
    assert "Nog van het gesprek</textarea>" in desk(client, via="phone")


def test_one_draft_needs_no_tabs(as_user, noor, jansen):
    client = as_user(noor)
    save(client, uuid4(), typed(jansen))
    assert "open concept" not in desk(client, jansen)
    assert "1 open concept" in desk(client)  # which is another's


def test_what_is_thrown_away_can_be_had_back(as_user, noor, jansen):
    client, uuid = as_user(noor), uuid4()
    save(client, uuid, typed(jansen))
    answer = client.post(reverse("contacts:discard_draft", args=[uuid]), typed(jansen), follow=True)
    page = answer.content.decode()
    assert "Concept weggegooid" in page
    assert reverse("contacts:restore_draft", args=[uuid]) in page
    assert "Vraagt naar bezwaar" not in page
    assert save(client, uuid, typed(jansen, "Nakomertje")).status_code == 410
    back = client.post(reverse("contacts:restore_draft", args=[uuid]))
    assert back.url == f"/customers/{jansen.uuid}/?draft={uuid}"
    assert "Vraagt naar bezwaar</textarea>" in desk(client, jansen)


def test_what_was_thrown_away_long_ago_is_gone(as_user, noor, jansen):
    client, old = as_user(noor), uuid4()
    save(client, old, typed(jansen))
    client.post(reverse("contacts:discard_draft", args=[old]))
    Draft.objects.update(discarded_at=timezone.now() - KEPT * 2)
    client.post(reverse("contacts:discard_draft", args=[uuid4()]))
    assert Draft.objects.count() == 0
    assert client.post(reverse("contacts:restore_draft", args=[old])).status_code == 404


def test_a_colleague_touches_no_draft(as_user, noor, jansen):
    uuid = uuid4()
    save(as_user(noor), uuid, typed(jansen))
    other = as_user(make.user("jet"))
    assert save(other, uuid, typed(jansen, "Overschreven")).status_code == 404
    other.post(reverse("contacts:discard_draft", args=[uuid]))
    assert other.post(reverse("contacts:restore_draft", args=[uuid])).status_code == 404
    draft = Draft.objects.get()
    assert (draft.summary, draft.discarded_at) == ("Vraagt naar bezwaar", None)


def test_a_number_that_looks_like_a_bsn_is_pointed_out(as_user, noor, jansen):
    client, uuid = as_user(noor), uuid4()
    assert "X-Draft-Bsn" in save(client, uuid, typed(jansen, "Haar BSN is 999990019")).headers
    assert "data-draft-bsn>" in desk(client, jansen)
    assert "X-Draft-Bsn" not in save(client, uuid, typed(jansen, "Belt op 0612345678")).headers
    assert "data-draft-bsn hidden>" in desk(client, jansen)


def test_words_are_needed_for_a_draft(as_user, noor, jansen):
    client = as_user(noor)
    assert save(client, uuid4(), typed(jansen, " ", channel="desk")).status_code == 204
    assert Draft.objects.count() == 0


def test_nobody_else_saves_drafts(as_user, rachid, jansen):
    client = as_user(rachid)
    assert save(client, uuid4(), typed(jansen)).status_code == 403
    assert client.post(reverse("contacts:restore_draft", args=[uuid4()])).status_code == 403
    assert client.get(reverse("contacts:restore_draft", args=[uuid4()])).status_code in (403, 405)

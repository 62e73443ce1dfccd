"""Cases that are one, and a case that is two."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from contacts.models import Case, Draft
from contacts.models.case_merge import CaseMerge, split, unmerge
from contacts.models.queue import Queue
from tests import make


@pytest.fixture
def kept(jansen, office):
    return make.case(jansen, title="Lamp kapot", text="De lamp is stuk.")


@pytest.fixture
def gone(jansen, kept):
    return make.case(jansen, title="Nog steeds donker", text="Het is nog donker.")


def url(name, case, *more):
    return reverse(f"contacts:{name}", args=[case.uuid, *more])


def test_contacts_move_and_the_reference_leads_to_the_other(gone, kept, noor, as_user):
    client = as_user(noor)
    answer = client.post(url("merge_case", gone), {"into": f" {kept.reference.lower()} "})
    assert answer.headers["Location"].startswith(kept.get_absolute_url())
    gone.refresh_from_db()
    assert (gone.merged_into, gone.contacts.count(), kept.contacts.count()) == (kept, 0, 2)
    assert gone.survivor == kept
    assert client.get(gone.get_absolute_url()).headers["Location"].startswith(kept.get_absolute_url())
    assert Queue(noor, timezone.now()).page.rows == [Case.objects.get(pk=kept.pk)]
    assert "Het is nog donker." in client.get(kept.get_absolute_url()).content.decode()


def test_the_more_pressing_of_the_two_counts(gone, kept, noor):
    early = timezone.now() - timedelta(hours=3)
    kept.answered(at=timezone.now())
    kept.read()
    Case.objects.filter(pk=gone.pk).update(due_at=early, priority=1)
    assert CaseMerge(Case.objects.get(pk=gone.pk), kept).merge(by=noor)
    found = Case.objects.get(pk=kept.pk)
    assert (found.due_at, found.is_answered, found.priority, found.is_unread) == (early, False, 1, True)
    assert found.snippet == "Het is nog donker."


def test_a_chain_of_merges_leads_to_its_end(gone, kept, jansen, noor, as_user):
    third = make.case(jansen)
    assert CaseMerge(gone, third).merge(by=noor)
    assert CaseMerge(third, kept).merge(by=noor)
    assert Case.objects.get(pk=gone.pk).survivor == kept
    assert as_user(noor).get(gone.get_absolute_url()).headers["Location"].startswith(kept.get_absolute_url())
    answer = as_user(noor).post(url("merge_case", make.case(jansen)), {"into": gone.reference})
    assert answer.headers["Location"].startswith(kept.get_absolute_url())


def test_undone_everything_is_as_it_was(gone, kept, noor, as_user):
    before = Case.objects.values("due_at", "answered_at", "priority", "customer", "snippet").get(pk=kept.pk)
    moved = gone.contacts.get()
    client = as_user(noor)
    client.post(url("merge_case", gone), {"into": kept.reference})
    fresh = make.contact(gone.customer, channel="email", case=kept)
    assert client.post(url("unmerge_case", gone)).status_code == 302
    gone.refresh_from_db()
    moved.refresh_from_db()
    assert (gone.merged_into, gone.closed_at, moved.case) == (None, None, gone)
    assert set(kept.contacts.all()) == {kept.contacts.earliest("pk"), fresh}
    after = Case.objects.values("due_at", "answered_at", "priority", "customer", "snippet").get(pk=kept.pk)
    assert after | {"snippet": ""} == before | {"snippet": ""}
    assert client.post(url("unmerge_case", gone)).status_code == 409
    assert not unmerge(gone, by=noor)


def test_the_message_after_merging_offers_to_undo_it(gone, kept, noor, as_user):
    client = as_user(noor)
    client.post(url("merge_case", gone), {"into": kept.reference})
    undo = next(iter(client.session["undo"]))
    assert client.post(reverse("contacts:undo", args=[undo])).status_code == 302
    assert Case.objects.get(pk=gone.pk).merged_into is None
    assert gone.contacts.count() == 1


def test_the_end_of_a_reference_is_enough(gone, kept, noor, as_user):
    answer = as_user(noor).post(url("merge_case", gone), {"into": f" {kept.reference.rpartition('-')[2]} "})
    assert answer.headers["Location"].startswith(kept.get_absolute_url())
    assert Case.objects.get(pk=gone.pk).merged_into == kept


def test_an_end_of_several_references_names_them(gone, kept, jansen, noor, as_user):
    other, client = make.case(jansen), as_user(noor)
    Case.objects.filter(pk=kept.pk).update(reference="Z-2026-10142")
    Case.objects.filter(pk=other.pk).update(reference="Z-2026-20142")
    Case.objects.filter(pk=gone.pk).update(reference="Z-2026-30142")  # itself is none of the choice
    answer = client.post(url("merge_case", gone), {"into": "142"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Meer open zaken eindigen op 142: Z-2026-10142, Z-2026-20142. Typ meer van het kenmerk." in text
    assert 'value="142"' in text
    other.close(result="Gedaan", by=noor)
    assert client.post(url("merge_case", gone), {"into": "142"}).status_code == 302


def test_an_end_of_what_may_not_be_seen_is_none(gone, rachid, jansen, as_user):
    mine = make.case(jansen, team=make.team("Parkeren"))
    answer = as_user(rachid).post(url("merge_case", mine), {"into": gone.reference[-4:]})
    assert answer.status_code == 422
    assert "geen andere open zaak" in answer.content.decode()


@pytest.mark.parametrize("reference", ["%", "_", "Z-1999-1%", "", "Z-1999-1", "x" * 500, "\0"])
def test_a_reference_that_is_none_comes_back(gone, noor, as_user, reference):
    assert as_user(noor).post(url("merge_case", gone), {"into": reference}).status_code == 422


def test_what_cannot_be_one_is_refused(gone, kept, noor, sam, as_user):
    client, other = as_user(noor), make.case(make.customer("Bob", "Vos"))
    for wrong in (gone, other):
        assert client.post(url("merge_case", gone), {"into": wrong.reference}).status_code == 422
    kept.close(result="Gedaan", by=noor)
    assert "gesloten" in client.post(url("merge_case", gone), {"into": kept.reference}).content.decode()
    assert Case.objects.get(pk=gone.pk).merged_into is None


def test_somebody_unknown_becomes_the_customer_of_the_other(kept, noor):
    unknown = make.case(None, sender="A. Jansen")
    assert CaseMerge(kept, unknown).merge(by=noor)
    assert Case.objects.get(pk=unknown.pk).customer == kept.customer


def test_what_colleagues_are_typing_goes_along(gone, kept, noor, kees):
    mine = Draft.objects.create(user=noor, case=gone, data={"text": ["Beste"]})
    both = Draft.objects.create(user=kees, case=gone, data={"text": ["Hier"]})
    Draft.objects.create(user=kees, case=kept, data={"text": ["Daar"]})
    assert CaseMerge(gone, kept).merge(by=noor)
    mine.refresh_from_db()
    both.refresh_from_db()
    assert (mine.case, both.case) == (kept, gone)


@pytest.mark.django_db(transaction=True)
def test_two_that_go_into_each_other_end_as_one(gone, kept, noor):
    def merge(pair):
        try:
            return CaseMerge(*pair).merge(by=noor)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(merge, [(gone, kept), (kept, gone)])) == [False, True]
    assert Case.objects.open().count() == 1
    assert Case.objects.open().get().contacts.count() == 2


def test_another_open_case_about_the_same_is_pointed_out(jansen, office, noor, as_user):
    topic = make.topic()
    first, second = make.case(jansen, topic=topic), make.case(jansen, topic=topic)
    text = as_user(noor).get(second.get_absolute_url()).content.decode()
    assert "Deze klant heeft nog een open zaak over dit onderwerp" in text
    assert first.reference in text
    first.close(result="Gedaan", by=noor)
    assert "nog een open zaak" not in as_user(noor).get(second.get_absolute_url()).content.decode()


def test_the_other_cases_of_the_customer_are_on_offer(gone, kept, jansen, noor, as_user):
    make.case(make.customer("Bob", "Vos"))
    make.case(jansen).close(result="Gedaan", by=noor)
    page = as_user(noor).get(gone.get_absolute_url())
    assert page.context["forms"]["merge"].others == [kept]
    assert f'name="into" value="{kept.reference}"' in page.content.decode()
    answer = as_user(noor).post(url("merge_case", gone), {"into": ["", kept.reference]})  # as its button sends it
    assert answer.headers["Location"].startswith(kept.get_absolute_url())


def test_a_message_becomes_a_case_of_its_own(kept, jansen, noor, as_user):
    other = make.contact(jansen, channel="email", subject="Iets anders", text="Mag ik ook iets vragen?", outcome="")
    other.join(kept, by=None)
    kept.heard(other)
    answer = as_user(noor).post(url("split_case", kept, other.uuid))
    other.refresh_from_db()
    new = other.case
    assert answer.headers["Location"].startswith(new.get_absolute_url())
    assert (new.title, new.customer, new.team, new.is_unread) == ("Iets anders", jansen, kept.team, True)
    assert new.due_at > other.registered_at
    assert new.snippet == "Mag ik ook iets vragen?"
    assert Case.objects.get(pk=kept.pk).snippet == "De lamp is stuk."


def test_the_only_message_stays(kept, noor, as_user):
    only = kept.contacts.get()
    assert split(only, by=noor) is None
    assert as_user(noor).post(url("split_case", kept, only.uuid)).status_code == 409
    stranger = make.contact(None)
    assert as_user(noor).post(url("split_case", kept, stranger.uuid)).status_code == 404

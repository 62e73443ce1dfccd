from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from callbacks.models import Batch, Callback, Reminder
from contacts.models import Event, Outcome
from tests import make

URL = reverse("callbacks:bulk")


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def rows(customer, n=3):
    return [make.callback(make.contact(customer, outcome=Outcome.CALLBACK)) for _ in range(n)]


def test_the_ticked_are_assigned(office, jansen, rachid, kees, as_user):
    made = rows(jansen)
    data = {"action": "assign", "key": str(uuid4()), "who": f"user:{rachid.uuid}", "chosen": [r.uuid for r in made[:2]]}
    assert as_user(kees).post(URL, data).headers["Location"] == reverse("callbacks:list")
    assert [type(row).objects.get(pk=row.pk).assignee for row in made] == [rachid, rachid, None]


def test_the_ticked_are_reminded_once(office, jansen, noor, as_user):
    made = rows(jansen)
    data = {"action": "remind", "key": str(uuid4()), "chosen": [r.uuid for r in made]}
    for _ in range(2):
        assert as_user(noor).post(URL, data).status_code == 302
    assert Reminder.objects.filter(occurrence__startswith="manual:").count() == 3


def test_another_department_needs_a_reason_for_all(office, jansen, kees, as_user):
    made, other = rows(jansen, 2), make.team("Belastingen")
    data = {"action": "assign", "key": str(uuid4()), "who": f"team:{other.uuid}", "chosen": [r.uuid for r in made]}
    answer = as_user(kees).post(URL, data)
    assert answer.status_code == 422
    assert str(made[0].uuid) in answer.content.decode()
    assert as_user(kees).post(URL, data | {"reason": "WOZ"}).status_code == 302


def test_what_is_not_yours_is_left_alone(office, jansen, sam, as_user):
    made = rows(jansen, 1)
    data = {"action": "remind", "key": str(uuid4()), "chosen": [made[0].uuid]}
    assert as_user(sam).post(URL, data).status_code == 302
    assert not Reminder.objects.filter(occurrence__startswith="manual:").exists()


def test_wrong_input_and_a_get_are_refused(office, kees, as_user):
    for data in (
        {},
        {"action": "weg"},
        {"action": "assign", "chosen": ["x", "\x00"]},
        {"action": "assign", "chosen": uuid4()},
    ):
        assert as_user(kees).post(URL, data | {"key": "geen"}).status_code == 422
    assert as_user(kees).get(URL).status_code == 405


def test_an_agent_reminds_many_but_assigns_none(office, jansen, noor, rachid, as_user):
    made = rows(jansen, 2)
    data = {"key": str(uuid4()), "who": f"user:{rachid.uuid}", "chosen": [row.uuid for row in made]}
    assert as_user(noor).post(URL, data | {"action": "assign"}).status_code == 403
    assert Callback.objects.unassigned().count() == 2
    assert as_user(noor).post(URL, data | {"action": "remind"}).status_code == 302


def test_each_is_told_and_written_down_as_one_by_one(office, jansen, rachid, kees, as_user, kinds):
    one, other = rows(jansen, 2)
    other.assign(team=other.team, assignee=rachid, reason="", by=None)
    data = {"action": "assign", "key": str(uuid4()), "who": f"user:{rachid.uuid}", "chosen": [one.uuid, other.uuid]}
    for _ in range(2):
        assert said(as_user(kees).post(URL, data)) == ["2 verzoeken toegewezen aan R. Yilmaz"]
    for row in (one, other):
        assert kinds(row) == ["callback_requested", "callback_assigned"]
        assert Reminder.objects.get(callback=row, occurrence__startswith="new:").recipients(now=timezone.now()) == [
            rachid
        ]
    assert one.log().first().data == {"callback": str(one.uuid), "to": "R. Yilmaz", "reason": ""}
    remind = {"action": "remind", "key": str(uuid4()), "chosen": [one.uuid, one.uuid]}
    for _ in range(2):
        assert said(as_user(kees).post(URL, remind)) == ["1 herinnering verstuurd"]
    assert kinds(one)[2:] == ["callback_reminded"]


def test_how_many_were_skipped_is_said(office, jansen, rachid, kees, sam, as_user):
    made = rows(jansen)
    made[0].complete(outcome="Gebeld", by=None)
    data = {"action": "assign", "key": str(uuid4()), "who": f"user:{rachid.uuid}", "chosen": [row.uuid for row in made]}
    assert said(as_user(kees).post(URL, data)) == [
        "2 verzoeken toegewezen aan R. Yilmaz. "
        "1 verzoek overgeslagen: het is intussen afgerond of je mag het niet wijzigen"
    ]
    assert said(as_user(sam).post(URL, data | {"action": "remind"})) == [
        "3 verzoeken overgeslagen: ze zijn intussen afgerond of je mag ze niet wijzigen"
    ]


def test_who_is_agent_and_specialist_assigns_the_own_teams_work_alone(office, jansen, rachid, as_user):
    other, own = rows(jansen, 2)
    taxes = make.team("Belastingen")
    Callback.objects.filter(pk=own.pk).update(team=taxes)
    both = make.user("beide", "agent", "specialist", teams=[taxes])
    data = {"action": "assign", "key": str(uuid4()), "who": f"team:{taxes.uuid}", "chosen": [other.uuid, own.uuid]}
    assert said(as_user(both).post(URL, data))[0].startswith("1 verzoek toegewezen aan Belastingen. 1 verzoek overge")
    other.refresh_from_db()
    assert other.team != taxes


@pytest.mark.parametrize("action", ["assign", "remind"])
def test_fifty_cost_as_many_queries_as_two(
    office, jansen, rachid, kees, as_user, action, django_assert_max_num_queries
):
    client, counts = as_user(kees), []
    for n in (2, 50):
        chosen = [row.uuid for row in rows(jansen, n)]
        data = {"action": action, "key": str(uuid4()), "who": f"user:{rachid.uuid}", "chosen": chosen}
        with django_assert_max_num_queries(25) as seen:
            assert client.post(URL, data).status_code == 302
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert Event.objects.filter(kind__in=["callback_assigned", "callback_reminded"]).count() == 52


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_same_rows_wait_for_each_other(office, jansen, kees):
    chosen = [row.uuid for row in rows(jansen, 30)]
    start = Barrier(2)

    def remind(uuids):
        try:
            start.wait()
            with transaction.atomic():
                batch = Batch.take(uuids, by=kees)
                batch.remind(key="zelfde", by=kees)
                return len(batch.rows)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(remind, [chosen, chosen[::-1]])) == [30, 30]
    assert Event.objects.filter(kind="callback_reminded").count() == 30

from uuid import uuid4

from django.urls import reverse

from callbacks.models import Reminder
from contacts.models import Outcome
from tests import make

URL = reverse("callbacks:bulk")


def rows(customer, n=3):
    return [make.callback(make.contact(customer, outcome=Outcome.CALLBACK)) for _ in range(n)]


def test_the_ticked_are_assigned(office, jansen, rachid, noor, as_user):
    made = rows(jansen)
    data = {"action": "assign", "key": str(uuid4()), "who": f"user:{rachid.uuid}", "chosen": [r.uuid for r in made[:2]]}
    assert as_user(noor).post(URL, data).headers["Location"] == reverse("callbacks:list")
    assert [type(row).objects.get(pk=row.pk).assignee for row in made] == [rachid, rachid, None]


def test_the_ticked_are_reminded_once(office, jansen, noor, as_user):
    made = rows(jansen)
    data = {"action": "remind", "key": str(uuid4()), "chosen": [r.uuid for r in made]}
    for _ in range(2):
        assert as_user(noor).post(URL, data).status_code == 302
    assert Reminder.objects.filter(occurrence__startswith="manual:").count() == 3


def test_another_department_needs_a_reason_for_all(office, jansen, noor, as_user):
    made, other = rows(jansen, 2), make.team("Belastingen")
    data = {"action": "assign", "key": str(uuid4()), "who": f"team:{other.uuid}", "chosen": [r.uuid for r in made]}
    answer = as_user(noor).post(URL, data)
    assert answer.status_code == 422
    assert str(made[0].uuid) in answer.content.decode()
    assert as_user(noor).post(URL, data | {"reason": "WOZ"}).status_code == 302


def test_what_is_not_yours_is_left_alone(office, jansen, sam, as_user):
    made = rows(jansen, 1)
    data = {"action": "remind", "key": str(uuid4()), "chosen": [made[0].uuid]}
    assert as_user(sam).post(URL, data).status_code == 302
    assert not Reminder.objects.filter(occurrence__startswith="manual:").exists()


def test_wrong_input_and_a_get_are_refused(office, noor, as_user):
    for data in (
        {},
        {"action": "weg"},
        {"action": "assign", "chosen": ["x", "\x00"]},
        {"action": "assign", "chosen": uuid4()},
    ):
        assert as_user(noor).post(URL, data | {"key": "geen"}).status_code == 422
    assert as_user(noor).get(URL).status_code == 405

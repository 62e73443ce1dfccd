"""Two colleagues at the same callback at the same moment, or one who pressed twice: each on a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from callbacks.models import Batch, Callback, Cause, Ended
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[Callback], Any]) -> list[Any]:
    """Give what each act answered, all begun together on pages opened before."""
    start = Barrier(len(acts))

    def run(act: Callable[[Callback], Any]) -> Any:
        try:
            callback = Callback.objects.with_details().get()
            start.wait(timeout=60)
            return act(callback)
        except Ended:
            return "ended"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_it_ends_once(callback, rachid, noor, kinds):
    answers = at_once(
        lambda row: row.complete(outcome="Gebeld", by=rachid, key="a"),
        lambda row: row.cancel(cause=Cause.DUPLICATE, reason="Dubbel", by=noor),
        lambda row: row.complete(outcome="Ook gebeld", by=noor, key="b"),
    )
    assert sorted(answers) == [False, False, True]
    assert len([kind for kind in kinds(callback) if kind in {"callback_completed", "callback_cancelled"}]) == 1
    row = Callback.objects.get()
    assert (row.completed_at is None) != (row.cancelled_at is None)
    assert row.attempts.count() == (1 if row.completed_at else 0)


def test_one_key_is_one_attempt(callback, rachid, kinds):
    one, other = at_once(*[lambda row: row.attempt(key="a", result="spoken", by=rachid)] * 2)
    assert one == other
    row = Callback.objects.get()
    assert row.attempts.get().at == row.first_attempt_at == row.spoken_at
    assert kinds(callback).count("callback_attempted") == 1


def test_an_attempt_at_what_is_being_closed_is_kept_or_refused(callback, rachid, noor):
    tried, closed = at_once(
        lambda row: row.attempt(key="a", result="no_answer", by=rachid).pk,
        lambda row: row.cancel(cause=Cause.ANSWERED, reason="Al gemaild", by=noor),
    )
    assert closed
    row = Callback.objects.get()
    assert row.attempts.count() == (0 if tried == "ended" else 1)


def test_two_who_give_it_leave_a_way_that_can_be_followed(callback, rachid, sam, kees):
    taxes = sam.teams.get()
    at_once(
        lambda row: row.assign(team=taxes, assignee=sam, reason="WOZ", by=kees),
        lambda row: row.assign(team=row.team, assignee=rachid, reason="Hier", by=kees),
        lambda row: row.assign(team=taxes, assignee=sam, reason="WOZ", by=kees),
    )
    row = Callback.objects.get()
    way = list(row.handovers.values_list("from_team", "from_person", "to_team", "to_person"))
    assert list(way[0][:2]) == [callback.team.pk, None]
    assert all(before[2:] == after[:2] for before, after in pairwise(way))
    assert way[-1][2:] == (row.team_id, row.assignee_id)
    assert row.log().filter(kind="callback_assigned").count() == len(way) >= 2


def test_a_repeat_call_counts_once_and_two_tell_the_lead_once(callback, jansen, noor, kinds):
    again, later = make.contact(jansen), make.contact(jansen)
    acts = [again, again, later, later]
    assert all(at_once(*[lambda row, one=one: row.add(one, by=noor, urgent_reason="Boos") for one in acts]))
    assert callback.repeats.count() == 2
    assert kinds(callback).count("callback_repeated") == 2
    words = list(callback.reminders.values_list("occurrence", flat=True))
    assert sorted(word for word in words if word.startswith("repeat")) == sorted(
        ["repeats", f"repeat:{again.pk}", f"repeat:{later.pk}"]
    )


def test_many_and_one_by_hand_do_not_cross(callback, rachid, kees, sam):
    taxes = sam.teams.get()

    def many(row):
        with transaction.atomic():
            Batch.take([row.uuid], by=kees, assign=True).assign(team=taxes, assignee=sam, reason="WOZ", by=kees)

    at_once(many, lambda row: row.claim(by=rachid), many)
    row = Callback.objects.get()
    (way,) = row.handovers.all()  # the second finds it there already
    assert (way.kind, way.to_team, way.to_person, way.from_person) in [
        ("forwarded", taxes, sam, None),
        ("forwarded", taxes, sam, rachid),
    ]
    assert (row.team, row.assignee) == (taxes, sam)

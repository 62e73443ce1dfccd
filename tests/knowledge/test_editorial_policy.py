"""How the office keeps its knowledge: the screen for it, and two administrators at once."""

import pytest

from knowledge.models import Editorial

POLICY = "/settings/editorial/"


def typed(**changes):
    return {"four_eyes": "on", "review_months": "6", "notice_days": "14", "feedback_days": "5"} | changes


def test_it_is_set(as_user, beheer, django_capture_on_commit_callbacks):
    client = as_user(beheer)
    assert 'value="6"' in client.get(POLICY).content.decode()  # what the product proposes
    data = typed(review_months="12", notice_days="30")
    del data["four_eyes"]
    with django_capture_on_commit_callbacks(execute=True):
        assert "Opgeslagen" in client.post(POLICY, data, follow=True).content.decode()
    now = Editorial.current()
    assert (now.four_eyes, now.review_months, now.notice_days, now.feedback_days) == (False, 12, 30, 5)
    client.post(POLICY, typed())
    assert Editorial.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"review_months": "0"}, {"review_months": "61"}, {"review_months": ""}, {"notice_days": "-1"},
        {"notice_days": "9" * 100_000}, {"feedback_days": "\0"}, {"feedback_days": "x"},
    ],
    ids=lambda changes: str(changes)[:30].encode("unicode_escape").decode(),
)  # fmt: skip
def test_what_makes_no_sense_is_refused(as_user, beheer, changes):
    assert as_user(beheer).post(POLICY, typed(**changes)).status_code == 422
    assert not Editorial.objects.exists()


def test_of_two_administrators_the_second_hears_that_it_changed(as_user, beheer):
    client = as_user(beheer)
    stamp = client.get(POLICY).context["form"].fresh_stamp
    assert client.post(POLICY, typed(review_months="3", stamp=stamp)).status_code == 302
    said = client.post(POLICY, typed(review_months="9", stamp=stamp))
    assert said.status_code == 409
    page = said.content.decode()
    assert "Een ander heeft dit intussen gewijzigd." in page
    assert 'value="9"' in page
    assert client.post(POLICY, typed(review_months="9", stamp=said.context["form"].fresh_stamp)).status_code == 302


def test_an_editor_does_not_set_it(as_user, marit, kees):
    for user in (marit, kees):
        assert as_user(user).get(POLICY).status_code == 403
        assert as_user(user).post(POLICY, typed()).status_code == 403

"""On the page of an article one says that it is used in the contact going on; it becomes a fact when that is saved."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from contacts.models import Call, Contact, Customer, Draft
from knowledge.models import Article, Usage
from knowledge.ongoing import FRESH, Ongoing
from tests import make
from tests.conftest import DjangoAssertNumQueries
from tests.contacts.calls import Exchange, exchange

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
__all__ = ["exchange"]


def typed(noor: User, text: str = "Vraagt naar bezwaar", **fields: Any) -> Draft:
    data = {"text": [text], "channel": ["phone"], "topic": [""], "outcome": ["answered"]}
    return Draft.objects.create(user=noor, data=data, **fields)


def use(client: Client, article: Article, draft: Draft | None, *, on: str = "1", htmx: bool = True) -> Any:
    data = {"on": on, "contact": f"draft:{draft.uuid}" if draft else ""}
    return client.post(reverse("knowledge:use", args=[article.uuid]), data, headers=HTMX if htmx else {})


def register(client: Client, draft: Draft, **fields: Any) -> Contact:
    values = {"key": str(draft.uuid), "text": "Vraagt naar bezwaar", "channel": "phone", "outcome": "answered"}
    assert client.post(reverse("contacts:register"), values | fields).status_code == 302
    return Contact.objects.get(key=f"form:{draft.user_id}:{draft.uuid}")


def test_linked_and_saved_with_the_contact(noor: User, as_user: Browser) -> None:
    article, draft, client = make.article(topic=make.topic()), typed(noor), as_user(noor)
    page = use(client, article, draft).content.decode()
    assert 'aria-pressed="true"' in page
    assert "Gekoppeld om" in page
    assert "<html" not in page
    desk = client.get(draft.url)
    assert desk.context["knowledge_form"].ticked == [article]
    assert str(desk.context["form"]["topic"].value()) == str(article.topic.uuid)  # what it is about is known, too
    contact = register(client, draft, **{"knowledge-articles": str(article.uuid), "knowledge-known": str(article.uuid)})
    assert [(one.article, one.by) for one in contact.usages.all()] == [(article, noor)]


def test_the_form_of_another_window_does_not_lose_it(noor: User, as_user: Browser) -> None:
    """That form was shown before, is kept again after it, and is what gets saved."""
    article, draft, client = make.article(), typed(noor), as_user(noor)
    use(client, article, draft)
    kept = {"text": "Vraagt naar bezwaar, en meer", "channel": "phone", "topic": ""}
    assert client.post(reverse("contacts:save_draft", args=[draft.uuid]), kept).status_code == 204
    assert 'aria-pressed="true"' in client.get(article.get_absolute_url()).content.decode()
    assert list(register(client, draft).usages.values_list("article", flat=True)) == [article.pk]


def test_what_the_form_knew_and_unticked_is_not_used(noor: User, as_user: Browser) -> None:
    article, draft, client = make.article(), typed(noor), as_user(noor)
    use(client, article, draft)
    assert f'name="knowledge-known" value="{article.uuid}"' in client.get(draft.url).content.decode()
    assert not register(client, draft, **{"knowledge-known": str(article.uuid)}).usages.exists()


def test_taken_back(noor: User, as_user: Browser) -> None:
    article, draft, client = make.article(), typed(noor), as_user(noor)
    for _twice in range(2):
        use(client, article, draft)
    for _twice in range(2):
        assert 'aria-pressed="false"' in use(client, article, draft, on="0").content.decode()
    assert client.get(draft.url).context["knowledge_form"].ticked == []
    use(client, article, draft)
    assert client.get(draft.url).context["knowledge_form"].ticked == [article]


def test_a_topic_that_was_chosen_stays(noor: User, as_user: Browser) -> None:
    chosen, draft = make.topic("paspoort", theme="Burgerzaken"), typed(noor)
    draft.data["topic"] = [str(chosen.uuid)]
    draft.save()
    use(as_user(noor), make.article(topic=make.topic()), draft)
    draft.refresh_from_db()
    assert draft.data["topic"] == [str(chosen.uuid)]


def test_a_call_of_which_nothing_is_typed_begins_its_draft(
    noor: User, jansen: Customer, exchange: Exchange, as_user: Browser
) -> None:
    going = exchange.ring()
    Call.objects.filter(pk=going.pk).update(agent=noor, answered_at=timezone.now(), customer=jansen)
    article, client = make.article(), as_user(noor)
    assert "Anna Jansen" in client.get(article.get_absolute_url()).content.decode()
    for _twice in range(2):
        data = {"on": "1", "contact": f"call:{going.uuid}"}
        client.post(reverse("knowledge:use", args=[article.uuid]), data, headers=HTMX)
    draft = Draft.objects.get()
    assert (draft.customer, draft.data["call"]) == (jansen, [str(going.uuid)])
    assert client.get(reverse("contacts:customer", args=[jansen.uuid])).context["knowledge_form"].ticked == [article]


def test_without_javascript_it_goes_back_to_the_page(noor: User, as_user: Browser) -> None:
    article, draft, client = make.article(), typed(noor), as_user(noor)
    url = reverse("knowledge:use", args=[article.uuid]) + "?q=bezwaar"
    response = client.post(url, {"on": "1", "contact": f"draft:{draft.uuid}"})
    assert (response.status_code, response["Location"]) == (302, f"{article.get_absolute_url()}?q=bezwaar")


def test_another_contact_meanwhile_is_said(noor: User, jansen: Customer, as_user: Browser) -> None:
    article, before, client = make.article(), typed(noor), as_user(noor)
    now = typed(noor, customer=jansen)
    for htmx in (True, False):
        response = use(client, article, before, htmx=htmx)
        assert response.status_code == 422
        assert "Je bent niet meer in dat contact" in response.content.decode()
    assert not any(Ongoing(noor, one).has(article) for one in Draft.objects.filter(pk__in=[before.pk, now.pk]))


def test_who_is_in_no_contact_sees_no_button(noor: User, rachid: User, as_user: Browser) -> None:
    article, old = make.article(), typed(noor)
    Draft.objects.filter(pk=old.pk).update(updated_at=timezone.now() - FRESH)
    for user in (noor, rachid):
        assert "Gebruikt in dit contact" not in as_user(user).get(article.get_absolute_url()).content.decode()
    assert use(as_user(noor), article, old).status_code == 422


def test_of_a_colleague_nothing_is_linked(noor: User, lotte: User, rachid: User, as_user: Browser) -> None:
    article, draft = make.article(), typed(noor)
    assert use(as_user(lotte), article, draft).status_code == 422
    assert use(as_user(rachid), article, draft).status_code == 403
    draft.refresh_from_db()
    assert not Ongoing(noor, draft).has(article)


def test_refuses(client: Client, noor: User, as_user: Browser) -> None:
    article, hidden = make.article(), make.article(published_at=None)
    assert client.post(reverse("knowledge:use", args=[article.uuid])).status_code in (302, 401)
    assert as_user(noor).get(reverse("knowledge:use", args=[article.uuid])).status_code == 405
    assert use(as_user(noor), hidden, typed(noor)).status_code == 404
    assert as_user(noor).post(reverse("knowledge:use", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize("value", ["", "\0", "draft:", "call:x", "x" * 10_000, "draft:' OR 1=1"])
def test_any_contact_that_is_not_mine(value: str, noor: User, as_user: Browser) -> None:
    article = make.article()
    typed(noor)
    url = reverse("knowledge:use", args=[article.uuid])
    assert as_user(noor).post(url, {"on": "1", "contact": value}, headers=HTMX).status_code == 422
    assert not Usage.objects.exists()


def test_hostile_notes_in_a_draft_are_no_error(noor: User, as_user: Browser) -> None:
    article, draft, client = make.article(), typed(noor), as_user(noor)
    for hostile in [["onzin"], [""], [str(article.uuid)], [f"{article.uuid} gisteren"], [{"x": 1}]]:
        draft.data["noted-articles"] = hostile
        draft.save()
        assert client.get(article.get_absolute_url()).status_code == 200
        assert client.get(draft.url).status_code == 200


def test_the_way_to_a_callback(noor: User, rachid: User, as_user: Browser) -> None:
    topic = make.topic(team=rachid.teams.get())
    article, draft, client = make.article(topic=topic), typed(noor), as_user(noor)
    page = client.get(article.get_absolute_url())
    assert "Doorverwijzen naar" in page.content.decode()
    url = page.context["callback_url"]
    assert url == f"{draft.url}&outcome=callback&topic={topic.uuid}"
    desk = client.get(url)
    assert desk.context["form"]["outcome"].value() == "callback"
    assert desk.context["form"]["topic"].value() == str(topic.uuid)
    assert desk.context["callback_form"]["who"].value() == f"team:{topic.team.uuid}"
    assert "Terugbelverzoek maken" not in as_user(rachid).get(article.get_absolute_url()).content.decode()


def test_the_way_to_a_callback_for_a_department_without_a_topic(noor: User, rachid: User, as_user: Browser) -> None:
    team = rachid.teams.get()
    page = as_user(noor).get(make.article(team=team).get_absolute_url())
    assert page.context["callback_url"] == f"/?outcome=callback&who=team%3A{team.uuid}"
    desk = as_user(noor).get(page.context["callback_url"])
    assert desk.context["callback_form"]["who"].value() == f"team:{team.uuid}"


@pytest.mark.parametrize(
    "query", ["outcome=x&topic=x&who=x", "outcome=callback&topic=%00&who=%00", "who=team:x&topic="]
)
def test_any_preset_of_the_desk(query: str, noor: User, as_user: Browser) -> None:
    assert as_user(noor).get(f"/?{query}").status_code == 200


def test_a_page_costs_the_same_however_much_is_there(
    noor: User, parkeren: Any, as_user: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    article, client = make.article(topic=make.topic(), team=parkeren, owner=noor), as_user(noor)
    typed(noor)
    client.get(article.get_absolute_url())
    with django_assert_max_num_queries(32) as few:
        client.get(article.get_absolute_url())
    for language in ("en", "de", "pl"):
        make.article(f"In {language}", original=article, language=language)
    for number in range(8):
        article.related.add(make.article(f"Anders {number}"))
        make.article(f"Ook over {number}", topic=article.topic)
        typed(noor)
        article.use(make.contact(), by=noor)
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(article.get_absolute_url())


def test_related_and_translated_only_when_they_can_be_read(noor: User, as_user: Browser) -> None:
    article = make.article()
    article.related.add(make.article("Ook lezen"), make.article("Nog niet", published_at=None))
    english = make.article("Object to a decision", original=article, language="en")
    make.article("Widerspruch", original=article, language="de", withdrawn_at=timezone.now() - timedelta(days=1))
    page = as_user(noor).get(article.get_absolute_url())
    assert [one.title for one in page.context["related"]] == ["Ook lezen"]
    assert page.context["translations"] == [english]
    assert as_user(noor).get(english.get_absolute_url()).context["translations"] == [article]
    editor = as_user(make.user("mies", Role.EDITOR)).get(article.get_absolute_url())
    assert len(editor.context["related"]) == 2

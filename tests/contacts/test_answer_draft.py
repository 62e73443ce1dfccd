"""A letter being written: kept for each colleague and case, changed by buttons, thrown away and had back."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Team, User
from contacts import files as store
from contacts.forms.writing import Writing
from contacts.models import Attachment, Case, Contact, Customer, Draft, Mailbox, Outgoing, ReplyTemplate
from contacts.models.recipients import who_gets_the_answer
from tests import make
from tests.contacts.letters import mail, question, send_url, typed

pytestmark = pytest.mark.usefixtures("office")
As = Callable[[User], Client]
PART = {"HX-Request": "true"}


@pytest.fixture
def case(jansen: Customer, box: Mailbox) -> Case:
    return question(jansen, mailbox=box, cc=[["Partner", "partner@voorbeeld.nl"], ["", box.address]])


def editor(client: Client, case: Case) -> str:
    return client.get(f"/cases/{case.uuid}/").text


def test_what_is_typed_is_kept_and_comes_back_in_any_browser(
    agent: Client, as_user: As, noor: User, kees: User, case: Case
) -> None:
    fields = typed(case, text="Half af", cc="b@voorbeeld.nl", quotes="")
    response = agent.post(send_url(fields, ""), fields)
    assert response.status_code == 204
    assert len(response["X-Draft-Saved"]) == 5
    page = editor(as_user(noor), case)
    assert "Half af" in page
    assert 'value="b@voorbeeld.nl"' in page
    assert f'name="key" value="{fields["key"]}"' in page
    assert "Half af" not in editor(as_user(kees), case)


def test_two_tabs_are_one_draft_and_the_last_key_counts(agent: Client, case: Case) -> None:
    first, second = typed(case, text="Een"), typed(case, text="Twee")
    for fields in (first, second):
        assert agent.post(send_url(fields, ""), fields).status_code == 204
    draft = Draft.objects.get()
    assert (str(draft.uuid), draft.values()["text"]) == (second["key"], "Twee")


def test_what_was_typed_before_and_arrives_after_changes_nothing(agent: Client, case: Case) -> None:
    fields = typed(case, text="Hele zin")
    for text, turn, there in [
        ("Hele zin", "k3x.9", "Hele zin"),
        ("Hele", "k3x.8", "Hele zin"),
        ("Hele zin meer", "k3x.10", "Hele zin meer"),
        ("Zonder", "", "Zonder"),
    ]:
        assert agent.post(send_url(fields, ""), fields | {"text": text, "draft_turn": turn}).status_code == 204
        assert Draft.objects.get().values()["text"] == there


def test_two_requests_that_both_begin_a_draft_make_one(
    agent: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = typed(case)
    assert agent.post(send_url(fields, ""), fields | {"text": "Half af", "draft_turn": "k3x.2"}).status_code == 204
    monkeypatch.setattr(Writing, "row", None)  # as they found it when they began
    for text, turn, there in [("H", "k3x.1", "Half af"), ("Half af!", "k3x.3", "Half af!")]:
        monkeypatch.setattr(Writing, "draft", None)
        assert agent.post(send_url(fields, ""), fields | {"text": text, "draft_turn": turn}).status_code == 204
        assert Draft.objects.get().values()["text"] == there


def test_what_was_typed_before_sending_and_arrives_meanwhile_is_no_draft(
    agent: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields, kept = typed(case, text="Hele brief"), Writing.keep
    assert agent.post(send_url(fields, ""), fields).status_code == 204

    def meanwhile(writing: Writing, data: Any) -> Draft:
        assert writing.row  # the draft was there when this began
        assert agent.post(send_url(fields), fields).status_code == 302
        return kept(writing, data)

    monkeypatch.setattr(Writing, "keep", meanwhile)
    assert agent.post(send_url(fields, ""), fields | {"text": "Hele"}).status_code == 410


def test_a_draft_that_begins_while_the_letter_is_on_its_way_goes_with_it(
    agent: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields, send = typed(case, text="Hele brief"), Writing.send

    def meanwhile(writing: Writing, *words: Any, **more: Any) -> Contact:
        assert writing.draft is None
        assert agent.post(send_url(fields, ""), fields | {"text": "Hele"}).status_code == 204
        return send(writing, *words, **more)

    monkeypatch.setattr(Writing, "send", meanwhile)
    assert agent.post(send_url(fields), fields).status_code == 302
    assert not Draft.objects.exists()


def test_what_arrives_after_a_letter_was_thrown_away_does_not_bring_it_back(agent: Client, case: Case) -> None:
    fields = typed(case, text="Half af")
    agent.post(send_url(fields, ""), fields)
    Draft.objects.all().discard()
    assert agent.post(send_url(fields, ""), fields | {"text": "Half"}).status_code == 410
    assert Draft.objects.get().discarded_at is not None
    again = typed(case, text="Opnieuw")
    assert agent.post(send_url(again, ""), again).status_code == 204
    assert Draft.objects.get(discarded_at=None).values()["text"] == "Opnieuw"


def test_of_two_cases_that_were_merged_each_page_writes_its_own_draft(
    agent: Client, case: Case, jansen: Customer, box: Mailbox
) -> None:
    other = question(jansen, mailbox=box)
    first, second = typed(case, text="In de eerste"), typed(other, text="In de tweede")
    for fields in (first, second):
        assert agent.post(send_url(fields, ""), fields).status_code == 204
    Case.objects.filter(pk=case.pk).update(merged_into=other, closed_at=case.opened_at)
    assert agent.post(send_url(first, ""), first | {"text": "In de eerste, verder"}).status_code == 204
    texts = {str(draft.uuid): draft.values()["text"] for draft in Draft.objects.all()}
    assert texts == {first["key"]: "In de eerste, verder", second["key"]: "In de tweede"}


def test_the_draft_of_somebody_else_is_no_draft(agent: Client, as_user: As, kees: User, case: Case) -> None:
    fields = typed(case, text="Half af")
    assert agent.post(send_url(fields, ""), fields).status_code == 204
    stranger = as_user(kees)
    assert stranger.post(send_url(fields, ""), fields | {"text": "Van Kees"}).status_code == 404
    assert stranger.post(send_url(fields, "compose"), fields | {"text": "Van Kees"}).status_code == 404
    assert Draft.objects.get().values()["text"] == "Half af"


def test_the_order_holds_over_the_buttons_of_the_letter(agent: Client, case: Case) -> None:
    fields = typed(case, text="Mijn tekst")
    turned = fields | {"turn": "reply_all", "draft_turn": "k3x.3"}
    assert agent.post(send_url(fields, "compose"), turned).status_code in (200, 302)
    late = fields | {"text": "Mijn te", "draft_turn": "k3x.2"}
    assert agent.post(send_url(fields, ""), late).status_code == 204
    kept = Draft.objects.get().values()
    assert (kept["manner"], kept["text"]) == ("reply_all", "Mijn tekst")


def test_nothing_is_kept_of_a_letter_without_words(agent: Client, case: Case) -> None:
    fields = typed(case, text="  ")
    assert agent.post(send_url(fields, ""), fields).status_code == 204
    assert not Draft.objects.exists()


def test_what_was_sent_is_no_draft_any_more(agent: Client, case: Case) -> None:
    fields = typed(case)
    agent.post(send_url(fields, ""), fields)
    agent.post(send_url(fields), fields)
    assert not Draft.objects.exists()
    assert agent.post(send_url(fields, ""), fields).status_code == 410
    assert not Draft.objects.exists()


def test_a_draft_has_bounds_and_holds_no_nul(agent: Client, case: Case) -> None:
    fields = typed(case, text="x" * 300_000)
    assert agent.post(send_url(fields, ""), fields).status_code == 422
    assert agent.post(send_url(fields, "attach"), fields).status_code == 422
    fields = typed(case, text="a\x00b", is_staff="1")
    agent.post(send_url(fields, ""), fields)
    assert Draft.objects.get().values()["text"] == "ab"
    assert "is_staff" not in Draft.objects.get().data


def test_a_draft_that_is_thrown_away_can_be_had_back(agent: Client, as_user: As, kees: User, case: Case) -> None:
    fields = typed(case, text="Half af")
    agent.post(send_url(fields, ""), fields)
    agent.post(send_url(fields, "discard"), fields)
    assert "Half af" not in editor(agent, case)
    assert as_user(kees).post(send_url(fields, "restore")).status_code == 404
    response = agent.post(send_url(fields, "restore"))
    assert response["Location"].startswith(f"/cases/{case.uuid}/")
    assert "Half af" in editor(agent, case)


def test_after_throwing_away_a_new_draft_begins(agent: Client, case: Case) -> None:
    fields = typed(case, text="Half af")
    agent.post(send_url(fields, ""), fields)
    agent.post(send_url(fields, "discard"), fields)
    again = typed(case, text="Opnieuw")
    assert agent.post(send_url(again, ""), again).status_code == 204
    assert Draft.objects.get().values()["text"] == "Opnieuw"


# ── Buttons ───────────────────────────────────────────────────────────────────────────────────────


def test_the_answer_goes_to_the_writer(agent: Client, case: Case) -> None:
    page = editor(agent, case)
    assert 'name="to" value="Anna Jansen &lt;a.jansen@voorbeeld.nl&gt;"' in page
    assert f"Re: Aanslag te hoog [{case.reference}]" in page
    assert "partner@voorbeeld.nl" not in page


def test_what_a_colleague_noted_of_a_call_is_never_quoted(
    agent: Client, noor: User, jansen: Customer, box: Mailbox
) -> None:
    call = make.contact(jansen, by=noor, text="Klant was boos, niet terugbellen.", party="+31690123456", outcome="")
    case = Case.open(contact=call, title="Klacht", team=box.team, by=noor)
    assert 'name="to" value="Anna Jansen &lt;a.jansen@voorbeeld.nl&gt;"' in editor(agent, case)
    for about in ("", str(call.uuid)):
        fields = typed(case, about=about, manner="forward", subject="Uw klacht")
        assert agent.post(send_url(fields), fields).status_code == 302
    assert not [row for row in Outgoing.objects.all() if "boos" in row.body]
    assert Outgoing.objects.count() == 2


def test_to_everybody_but_ourselves(agent: Client, case: Case) -> None:
    fields = typed(case, text="Mijn tekst", turn="reply_all")
    page = agent.post(send_url(fields, "compose"), fields, headers=PART).text
    assert 'name="cc" value="Partner &lt;partner@voorbeeld.nl&gt;"' in page
    assert "Mijn tekst" in page
    assert 'name="manner" value="reply_all"' in page


def test_forwarding_takes_the_files_along_unless_they_are_left_out(agent: Client, case: Case) -> None:
    about = case.contacts.get()
    file = Attachment.objects.create(
        contact=about, name="aanslag.pdf", content_type="application/pdf", size=8, sha256=store.keep(b"%PDF-1.7")
    )
    fields = typed(case, text="Zie hieronder", turn=f"forward:{about.uuid}")
    page = agent.post(send_url(fields, "compose"), fields, headers=PART).text
    assert f'name="along" value="{file.uuid}" checked' in page
    assert f"Fwd: Aanslag te hoog [{case.reference}]" in page
    assert 'name="to" value=""' in page
    sent = typed(case, manner="forward", to="x@elders.nl", along=[str(file.uuid)], confirmed="new:x@elders.nl")
    assert agent.post(send_url(sent), sent).status_code == 302
    assert Contact.objects.get(direction="out").attachments.get().sha256 == file.sha256


def test_where_the_writer_asked_for_the_answer_it_goes(jansen: Customer, box: Mailbox) -> None:
    reply_to = [["Kantoor", "kantoor@voorbeeld.nl"]]
    contact = mail(customer=jansen, reply_to=reply_to)
    assert who_gets_the_answer(contact, everybody=False) == ([("Kantoor", "kantoor@voorbeeld.nl")], [])
    ours = mail(customer=jansen, reply_to=[["", box.address]])
    assert who_gets_the_answer(ours, everybody=False)[0] == [("Anna Jansen", "a.jansen@voorbeeld.nl")]


def test_without_javascript_a_button_keeps_the_letter_and_shows_it_changed(agent: Client, case: Case) -> None:
    fields = typed(case, text="Mijn tekst", turn="reply_all")
    response = agent.post(send_url(fields, "compose"), fields)
    assert response.status_code == 302
    page = agent.get(response["Location"]).text
    assert "Mijn tekst" in page
    assert "partner@voorbeeld.nl" in page


def test_taking_somebody_out(agent: Client, case: Case) -> None:
    fields = typed(case, to="Anna <a.jansen@voorbeeld.nl>, x@elders.nl", remove="x@elders.nl")
    page = agent.post(send_url(fields, "compose"), fields, headers=PART).text
    assert 'name="to" value="Anna &lt;a.jansen@voorbeeld.nl&gt;"' in page


def test_a_template_is_filled_in_and_what_is_unknown_stays(agent: Client, case: Case) -> None:
    template = ReplyTemplate.objects.create(
        name="Ontvangst",
        text="{aanhef},\n\nUw kenmerk is {kenmerk}. {Medewerker} van {afdeling}. {0.__class__} {vreemd}",
    )
    fields = typed(case, text="Eerst dit.", template=str(template.uuid))
    text = agent.post(send_url(fields, "fill"), fields).text
    assert text == (
        f"Beste Anna Jansen,\n\nUw kenmerk is {case.reference}. Noor Bakker van Voorlijn. {{0.__class__}} {{vreemd}}"
    )
    page = agent.post(send_url(fields, "compose"), fields, headers=PART).text
    assert "Eerst dit.\n\nBeste Anna Jansen," in page
    assert "Nog niet ingevuld: {0.__class__}, {vreemd}." in page
    for wrong in ("x", str(uuid4()), "\x00"):
        bad = fields | {"template": wrong}
        assert agent.post(send_url(bad, "fill"), bad).status_code == 404


def test_only_fitting_templates_are_offered(agent: Client, case: Case, parkeren: Team) -> None:
    topic = make.topic(team=parkeren)
    for name, fields in [("Voor allen", {}), ("Van parkeren", {"team": parkeren}), ("Over bezwaar", {"topic": topic})]:
        ReplyTemplate.objects.create(name=name, text="x", **fields)
    ReplyTemplate.objects.create(name="Oud", text="x", closed_at=case.opened_at)
    page = editor(agent, case)
    assert "Voor allen" in page
    assert not [name for name in ("Van parkeren", "Over bezwaar", "Oud") if name in page]
    Case.objects.update(team=parkeren, topic=topic)
    page = editor(agent, case)
    assert page.index("Over bezwaar") < page.index("Van parkeren") < page.index("Voor allen")


# ── Files ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_in_the_thread_begins_another_answer(agent: Client, case: Case) -> None:
    page = editor(agent, case)
    assert f'value="forward:{case.contacts.get().uuid}"' in page


def test_articles_that_were_put_in_count_as_used(agent: Client, case: Case) -> None:
    article = make.article()
    fields = typed(case) | {"knowledge-articles": str(article.uuid)}
    agent.post(send_url(fields), fields)
    assert list(Contact.objects.get(direction="out").usages.values_list("article", flat=True)) == [article.pk]


# ── On a network ──────────────────────────────────────────────────────────────────────────────────


def on_network(kind: str = "mastodon") -> Case:
    connection = make.connection(kind)
    told = {"visibility": "public", "external_id": "77", "connection": connection}
    contact = mail(channel="social", network=kind, party="anna@elders.nl", **told)
    return Case.open(contact=contact, title="Gat", team=make.team("Voorlijn"), by=None, connection=connection)


def test_a_post_is_answered_without_subject_within_its_length(agent: Client, voorlijn: Team) -> None:
    case = on_network()
    page = editor(agent, case)
    assert "Openbaar" in page
    assert "/ 500" in page
    assert 'name="subject"' not in page
    fields = typed(case, text="x" * 501, to="")
    response = agent.post(send_url(fields), fields)
    assert response.status_code == 422
    assert "te lang voor Mastodon (hooguit 500)" in response.text
    fields = typed(case, text="Dank u wel.", to="")
    assert agent.post(send_url(fields), fields).status_code == 302
    row = Contact.objects.get(direction="out").outgoing.get()
    assert (row.recipient, row.headers["in_reply_to"]) == ("anna@elders.nl", "77")


def test_after_its_term_a_network_takes_no_answer(agent: Client, voorlijn: Team) -> None:
    case = on_network("whatsapp")
    assert "Antwoorden kan tot" in editor(agent, case)
    contact = case.contacts.get()
    contact.happened_at = contact.happened_at.replace(year=contact.happened_at.year - 1)
    contact.save(update_fields=["happened_at"])
    assert "Antwoorden kan hier niet meer" in editor(agent, case)
    fields = typed(case, to="")
    assert agent.post(send_url(fields), fields).status_code == 422

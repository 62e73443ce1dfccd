"""A mail is in the timeline once by whatever ways it came; another with its Message-ID is kept beside it."""

import threading
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import Team
from contacts.channels import email
from contacts.models import Case, Contact, Event, Inbound, Outgoing
from contacts.models.token import reply_address
from tests import make
from tests.letters import arrive, take_in, write

MAIL = {"Message_ID": "<een@v.nl>", "Date": "Mon, 16 Nov 2026 10:12:00 +0100"}


def by(way: str, **headers: str) -> bytes:
    """Give the mail as it came by this way: servers wrote something above it."""
    trace = f"Received: from {way} by mx; Mon, 16 Nov 2026 10:12:01 +0100\r\nDelivered-To: {way}\r\n"
    return trace.encode() + write(**(MAIL | headers))


def test_one_mail_to_two_mailboxes_is_one_contact_with_both(office: None, voorlijn: Team) -> None:
    one, two = make.mailbox("een@duinmeer.nl"), make.mailbox("twee@duinmeer.nl")
    first, second = take_in(by(one.address)), take_in(by(two.address))
    assert second.contact == first.contact
    assert (first.mailbox, second.mailbox, second.duplicate_of) == (one, two, first)
    assert (Contact.objects.count(), Case.objects.count()) == (1, 1)
    assert Event.objects.get(contact=first.contact, kind="contact_copied").data == {"mailbox": two.address}


def test_the_second_copy_changes_nothing_in_the_case(office: None, voorlijn: Team) -> None:
    arrive(by("een@v.nl"))
    Case.objects.update(read_at=timezone.now())
    arrive(by("twee@v.nl"))
    assert Case.objects.get().read_at is not None


def test_a_mail_without_an_id_is_known_by_its_date(office: None, voorlijn: Team) -> None:
    first = arrive(by("een@v.nl", Message_ID=""))
    assert arrive(by("twee@v.nl", Message_ID="")) == first
    bare = arrive(by("een@v.nl", Message_ID="", Date=""))
    assert arrive(by("twee@v.nl", Message_ID="", Date="")) != bare


@pytest.mark.parametrize("change", [{"text": "Iets anders"}, {"subject": "Anders"}, {"sender": "dief@elders.nl"}])
def test_another_mail_with_the_same_id_is_kept_and_both_say_so(
    office: None, voorlijn: Team, change: dict[str, str]
) -> None:
    first, second = arrive(by("een@v.nl")), arrive(by("een@v.nl", **change))
    assert second not in (first, None)
    assert second.conversation != first.conversation
    told = Event.objects.filter(kind="contact_maybe_double")
    assert {(one.contact, one.data["contact"]) for one in told} == {
        (first, str(second.uuid)),
        (second, str(first.uuid)),
    }


# ── At the same moment ────────────────────────────────────────────────────────────────────────────


def together(*raws: bytes) -> list[Contact]:
    """Let workers that have read these mails take them in at the same moment."""
    make.office()
    make.team("Voorlijn", is_kcc=True)
    rows = [Inbound.store(raw, source="smtp") for raw in raws]
    start, errors = threading.Barrier(len(rows)), []

    def work(pk: int) -> None:
        try:
            held = Inbound.objects.take(pk, now=timezone.now())
            assert held is not None
            mail = email.read(held)
            start.wait(30)
            email.take_in(held, mail)
        except Exception as error:
            errors.append(error)
            start.abort()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(row.pk,)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    for row in rows:
        row.refresh_from_db()
    return [row.contact for row in rows if row.contact is not None]


def test_two_copies_at_the_same_moment_are_one_contact(transactional_db: None) -> None:
    found = together(*(by(f"{number}@v.nl") for number in range(4)))
    assert len(found) == 4
    assert (len(set(found)), Case.objects.count()) == (1, 1)
    assert Inbound.objects.exclude(duplicate_of=None).count() == 3


def test_a_mail_and_its_answers_at_the_same_moment_are_one_case(transactional_db: None) -> None:
    chain = [write(text=f"{n}", Message_ID=f"<{n}@v.nl>", References="<0@v.nl>") for n in range(1, 4)]
    found = together(write(Message_ID="<0@v.nl>"), *chain)
    assert len(found) == 4
    assert (Case.objects.count(), len({contact.conversation for contact in found})) == (1, 1)


def test_several_people_write_in_one_case_at_the_same_moment(transactional_db: None) -> None:
    first = together(write(Message_ID="<een@v.nl>"))[0]
    token = reply_address(first.case_id or 0, "gemeente@duinmeer.voorbeeld.nl")
    found = together(*(write("Re", sender=f"p{n}@elders.nl", text="Ik ook", To=token) for n in range(8)))
    assert len(found) == 8
    assert {contact.case for contact in found} == {first.case}


def test_one_address_hears_once_however_many_it_sends_at_the_same_moment(transactional_db: None) -> None:
    box = make.mailbox(acknowledge=True)
    headers: dict[str, Any] = {"To": box.address}
    together(*(write(f"Vraag {word}", Message_ID=f"<{word}@v.nl>", **headers) for word in ("a", "b", "c", "d")))
    assert Case.objects.count() == 4
    assert Outgoing.objects.filter(kind="acknowledgement").count() == 1

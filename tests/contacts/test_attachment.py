"""Files: kept with the letter from the moment they are chosen, given as downloads, never a virus."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from contacts import files as store
from contacts import tasks
from contacts.models import Access, Attachment, Case, Contact, Customer, Draft, Outgoing
from contacts.models.answer import answer
from tests.contacts.letters import letter, send_url, typed

pytestmark = pytest.mark.usefixtures("office")
As = Callable[[User], Client]
PDF, PNG = b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n" + b"\0" * 40
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PART = {"HX-Request": "true"}


def upload(client: Client, case: Case, *files: tuple[str, bytes], **fields: Any) -> Any:
    values = typed(case, **fields)
    values["files"] = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(send_url(values, "attach"), values, headers=PART)


def kept(contact: Contact, content: bytes = PDF, **fields: Any) -> Attachment:
    values = {"name": "aanslag.pdf", "content_type": "application/pdf", "size": len(content)}
    return Attachment.objects.create(contact=contact, sha256=store.keep(content), **(values | fields))


def test_chosen_files_are_kept_with_the_letter(agent: Client, case: Case) -> None:
    response = upload(agent, case, ("aanslag.pdf", PDF), ("foto.png", PNG), text="Half af")
    assert response.status_code == 200
    assert "aanslag.pdf" in response.text
    draft = Draft.objects.get()
    assert [(one.name, one.content_type) for one in draft.attachments.order_by("pk")] == [
        ("aanslag.pdf", "application/pdf"), ("foto.png", "image/png"),
    ]  # fmt: skip
    page = agent.get(f"/cases/{case.uuid}/").text
    assert "Half af" in page
    assert "foto.png" in page


def test_they_go_along_when_it_is_sent(agent: Client, case: Case) -> None:
    upload(agent, case, ("aanslag.pdf", PDF))
    fields = typed(case, text="In de bijlage vindt u de aanslag.")
    assert agent.post(send_url(fields), fields).status_code == 302
    contact = Contact.objects.get(direction="out")
    assert contact.attachments.get().name == "aanslag.pdf"
    agent.post(f"/contacts/{contact.uuid}/withdraw/")
    assert Draft.objects.get().attachments.get().name == "aanslag.pdf"


def test_a_file_can_be_taken_out(agent: Client, as_user: As, kees: User, case: Case) -> None:
    upload(agent, case, ("aanslag.pdf", PDF))
    url = f"/attachments/{Attachment.objects.get().uuid}/remove/"
    assert as_user(kees).post(url).status_code == 404
    assert agent.get(url).status_code == 405
    assert "aanslag.pdf" not in agent.post(url, headers=PART).text
    assert agent.post(url).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("leeg.txt", b"", "is leeg"),
        ("factuur.pdf", b"MZ\x90\0" + b"\0" * 56 + b"\x40\0\0\0PE\0\0", "programma of script"),
        ("factuur.pdf.exe", b"tekst", "programma of script"),
        ("script.JS", b"alert(1)", "programma of script"),
        ("begin.sh", b"#!/bin/sh\nrm -rf /", "programma of script"),
    ],
)
def test_what_is_not_taken_is_said(agent: Client, case: Case, name: str, content: bytes, words: str) -> None:
    response = upload(agent, case, (name, content), ("goed.pdf", PDF))
    assert response.status_code == 422
    assert words in response.text
    assert [one.name for one in Attachment.objects.all()] == ["goed.pdf"]


def test_files_have_bounds(agent: Client, case: Case, settings: Any) -> None:
    settings.UPLOAD_LARGEST, settings.UPLOAD_TOTAL = 1000, 1500
    assert "te groot" in upload(agent, case, ("a.txt", b"x" * 1001)).text
    response = upload(agent, case, ("a.txt", b"x" * 900), ("b.txt", b"x" * 900))
    assert "past er niet meer bij" in response.text
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\r\nb.pdf", ". .", "\u202efdp.exe.pdf", "x" * 400 + ".pdf"])
def test_names_are_made_safe(agent: Client, case: Case, name: str) -> None:
    upload(agent, case, (name, PDF))
    made = Attachment.objects.get().name
    assert made
    assert len(made) <= 200
    assert not set(made) & set("/\\\r\n\u202e")


def test_without_javascript_files_are_added_by_the_form(agent: Client, case: Case) -> None:
    values = typed(case) | {"files": [SimpleUploadedFile("a.pdf", PDF), SimpleUploadedFile("b.exe", PDF)]}
    response = agent.post(send_url(values, "attach"), values)
    page = agent.get(response["Location"]).text
    assert "a.pdf" in page
    assert "programma of script" in page


# ── Given ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_given_as_a_download(agent: Client, case: Case, jansen: Customer) -> None:
    file = kept(case.contacts.get(), name="aanslag één.pdf")
    response = agent.get(f"/attachments/{file.uuid}/")
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox;")
    assert "no-store" in response["Cache-Control"]
    assert Access.objects.filter(detail="attachment", customer_id=jansen.pk).count() == 1


def test_only_a_picture_is_shown(agent: Client, case: Case) -> None:
    picture = kept(case.contacts.get(), PNG, name="foto.png", content_type="image/png")
    drawing = kept(case.contacts.get(), b"<svg/>", name="x.svg", content_type="image/svg+xml")
    page = kept(case.contacts.get(), b"<html>", name="x.html", content_type="text/html")
    assert agent.get(f"/attachments/{picture.uuid}/?show")["Content-Disposition"].startswith("inline")
    for other in (drawing, page):
        response = agent.get(f"/attachments/{other.uuid}/?show")
        assert response["Content-Disposition"].startswith("attachment")
        assert response["Content-Type"] == "application/octet-stream"


def test_a_file_is_for_who_may_see_its_message(
    agent: Client, as_user: As, noor: User, kees: User, sam: User, case: Case
) -> None:
    file = kept(case.contacts.get())
    assert as_user(sam).get(f"/attachments/{file.uuid}/").status_code == 404
    assert Client().get(f"/attachments/{file.uuid}/").status_code == 302
    assert agent.get(f"/attachments/{uuid4()}/").status_code == 404
    upload(agent, case, ("eigen.pdf", PDF))
    own = Attachment.objects.get(name="eigen.pdf")
    assert as_user(kees).get(f"/attachments/{own.uuid}/").status_code == 404
    assert agent.get(f"/attachments/{own.uuid}/").status_code == 200


def test_a_file_that_is_lost_is_said(agent: Client, case: Case) -> None:
    file = kept(case.contacts.get())
    Attachment.objects.update(sha256="0" * 64)
    response = agent.get(f"/attachments/{file.uuid}/")
    assert response.status_code == 410
    assert "is er niet meer" in response.text


# ── Looked at for viruses ─────────────────────────────────────────────────────────────────────────


class Scanner:
    """A scanner that speaks INSTREAM as clamd does, and knows one virus."""

    def __init__(self, line: socket.socket, limit: int = 10_000_000) -> None:
        self.line, self.limit, self.asked = line, limit, 0
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        while True:
            try:
                peer, _address = self.line.accept()
            except OSError:
                return
            with peer:
                self.answer(peer)

    def answer(self, peer: socket.socket) -> None:
        stream = peer.makefile("rb")
        assert stream.read(10) == b"zINSTREAM\0"
        content = b""
        self.asked += 1
        while size := struct.unpack("!L", stream.read(4))[0]:
            content += stream.read(size)
            if len(content) > self.limit:
                peer.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        found = EICAR in content
        peer.sendall(b"stream: Eicar-Test-Signature FOUND\0" if found else b"stream: OK\0")


@pytest.fixture
def scanner(settings: Any) -> Iterator[Scanner]:
    line = socket.create_server(("127.0.0.1", 0))
    settings.CLAMD = "{}:{}".format(*line.getsockname())
    yield Scanner(line)
    line.close()


def test_a_clean_file_is_given_after_it_was_looked_at(scanner: Scanner, agent: Client, case: Case) -> None:
    file = kept(case.contacts.get(), b"x" * 200_000)
    response = agent.get(f"/attachments/{file.uuid}/")
    assert response.status_code == 503
    assert "op virussen gecontroleerd" in response.text
    tasks.scan_one(file.pk)
    tasks.scan_one(file.pk)
    assert scanner.asked == 1
    assert agent.get(f"/attachments/{file.uuid}/").status_code == 200


def test_a_virus_is_given_to_nobody(scanner: Scanner, agent: Client, case: Case) -> None:
    file = kept(case.contacts.get(), b"begin " + EICAR)
    tasks.scan_one(file.pk)
    file.refresh_from_db()
    assert (file.finding, file.is_quarantined) == ("Eicar-Test-Signature", True)
    response = agent.get(f"/attachments/{file.uuid}/")
    assert response.status_code == 403
    assert "Eicar-Test-Signature" in response.text
    assert "virus gevonden" in agent.get(f"/cases/{case.uuid}/").text


def test_a_virus_does_not_leave_either(scanner: Scanner, case: Case, noor: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    contact = answer(case, letter(case), key="k", by=noor)
    file = kept(contact, EICAR)
    Outgoing.objects.update(next_attempt_at=timezone.now())
    row = Outgoing.objects.get()
    tasks.send_one(row.pk)
    row.refresh_from_db()
    assert (row.status, "nog niet gecontroleerd" in row.last_error) == ("delayed", True)
    tasks.scan_one(file.pk)
    Outgoing.objects.update(next_attempt_at=timezone.now())
    tasks.send_one(row.pk)
    row.refresh_from_db()
    assert (row.status, "virus" in row.last_error) == ("failed", True)


def test_without_the_scanner_nobody_gets_the_file(agent: Client, case: Case, settings: Any) -> None:
    for nowhere in ("127.0.0.1:1", "/nergens/clamd.sock", "onzin"):
        settings.CLAMD = nowhere
        file = kept(case.contacts.get())
        tasks.scan_one(file.pk)
        file.refresh_from_db()
        assert (file.scanned_at, file.waits_for_scan) == (None, True)
        assert agent.get(f"/attachments/{file.uuid}/").status_code == 503


def test_a_scanner_on_a_socket_of_this_machine(case: Case, settings: Any, tmp_path: Path) -> None:
    line = socket.socket(socket.AF_UNIX)
    line.bind(str(tmp_path / "clamd"))
    line.listen()
    settings.CLAMD = str(tmp_path / "clamd")
    scanner = Scanner(line, limit=100)
    small, large = kept(case.contacts.get(), b"klein"), kept(case.contacts.get(), b"x" * 1000)
    for file in (small, large):
        tasks.scan_one(file.pk)
        file.refresh_from_db()
    assert (small.is_quarantined, large.is_quarantined, large.finding) == (False, True, "te groot om te controleren")
    scanner.line.close()


def test_the_scan_hands_out_what_was_not_looked_at(
    scanner: Scanner, case: Case, monkeypatch: Any, settings: Any
) -> None:
    first, second = kept(case.contacts.get()), kept(case.contacts.get())
    first.passed()
    handed: list[int] = []
    monkeypatch.setattr(tasks.scan_one, "apply_async", lambda args, **options: handed.append(*args))
    tasks.scan()
    assert handed == [second.pk]
    settings.CLAMD = ""
    tasks.scan()
    assert handed == [second.pk]

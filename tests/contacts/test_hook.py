"""The door where other systems deliver: who may, what is refused, and that 200 means it is kept."""

import json
import logging
import time
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.db import OperationalError
from django.test import Client, RequestFactory

from contacts.channels.networks import hook as door
from contacts.models import Connection, Inbound
from contacts.views import hooks
from tests import make
from tests.outside import deliveries

KIND = Connection.Kind


@pytest.fixture(autouse=True)
def _pace() -> None:
    door.pace.forget()


@pytest.fixture
def whatsapp(db: None) -> Connection:
    secrets = {"app_secret": deliveries.APP_SECRET, "verify_token": deliveries.VERIFY_TOKEN}
    return make.connection(KIND.WHATSAPP, external_id=deliveries.PHONE_ID, secrets=secrets)


@pytest.fixture
def webhook(db: None) -> Connection:
    return make.connection(KIND.WEBHOOK, secrets={"signing": [deliveries.SIGNING]})


def deliver(connection: Any, raw: bytes, headers: dict[str, str], **options: Any) -> Any:
    options = {"content_type": "application/json"} | options
    address = f"/hooks/{getattr(connection, 'uuid', connection)}/"
    return Client(enforce_csrf_checks=True).post(address, raw, headers=headers, **options)


def test_meta_finds_out_that_this_address_is_ours(whatsapp: Connection) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": deliveries.VERIFY_TOKEN, "hub.challenge": "1158201444"}
    response = Client().get(f"/hooks/{whatsapp.uuid}/", asked)
    assert (response.status_code, response.content) == (200, b"1158201444")
    assert response["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    "change",
    [
        {"hub.verify_token": "geraden"},
        {"hub.verify_token": ""},
        {"hub.verify_token": "é😀"},
        {"hub.mode": "unsubscribe"},
        {"hub.mode": ""},
    ],
)
def test_a_wrong_word_is_refused(whatsapp: Connection, change: dict[str, str]) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": deliveries.VERIFY_TOKEN, "hub.challenge": "x"}
    assert Client().get(f"/hooks/{whatsapp.uuid}/", asked | change).status_code == 403


def test_no_word_set_is_never_the_right_word(db: None) -> None:
    bare = make.connection(KIND.WHATSAPP)
    asked = {"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "x"}
    assert Client().get(f"/hooks/{bare.uuid}/", asked).status_code == 403
    assert deliver(bare, *deliveries.meta({"object": "page"}, secret="")).status_code == 401


def test_only_meta_asks_and_unknown_addresses_say_nothing(webhook: Connection) -> None:
    for uuid in (webhook.uuid, uuid4()):
        assert Client().get(f"/hooks/{uuid}/", {"hub.challenge": "x"}).status_code == 403


def test_what_is_signed_is_kept_byte_for_byte(whatsapp: Connection) -> None:
    raw, headers = deliveries.meta(deliveries.whatsapp(deliveries.whatsapp_text("Café 😀 één/twee")))
    response = deliver(whatsapp, raw, headers)
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (200, True)
    kept = Inbound.objects.get()
    assert (bytes(kept.raw), kept.source, kept.connection) == (raw, "whatsapp", whatsapp)
    assert kept.done_at is None


def test_the_same_again_is_answered_and_does_nothing(whatsapp: Connection) -> None:
    raw, headers = deliveries.meta(deliveries.whatsapp(deliveries.whatsapp_text()))
    assert [deliver(whatsapp, raw, headers).status_code for _ in range(3)] == [200, 200, 200]
    assert Inbound.objects.count() == 1


@pytest.mark.parametrize("header", ["", "sha256=", "sha256=00", "sha1=abc", "é", "sha256=" + "0" * 64])
def test_a_wrong_signature_is_answered_as_an_unknown_address_is(whatsapp: Connection, header: str) -> None:
    raw, _headers = deliveries.meta(deliveries.whatsapp(deliveries.whatsapp_text()))
    wrong = deliver(whatsapp, raw, {"X-Hub-Signature-256": header.encode().decode("latin-1")})
    unknown = deliver(uuid4(), raw, {"X-Hub-Signature-256": header.encode().decode("latin-1")})
    assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content) == (401, b"not authorised\n")
    assert not Inbound.objects.exists()


def test_the_signature_is_over_the_bytes_as_they_came(whatsapp: Connection) -> None:
    raw, headers = deliveries.meta(deliveries.whatsapp(deliveries.whatsapp_text("één")))
    again = json.dumps(json.loads(raw), ensure_ascii=False).encode()
    assert deliver(whatsapp, again, headers).status_code == 401


def test_a_signature_counts_for_its_own_source_only(whatsapp: Connection) -> None:
    other = make.connection(KIND.MESSENGER, secrets={"app_secret": "een ander geheim"})
    raw, headers = deliveries.meta(deliveries.messenger(deliveries.said()), secret="een ander geheim")
    assert deliver(whatsapp, raw, headers).status_code == 401
    assert deliver(other, raw, headers).status_code == 200


def test_a_closed_connection_takes_nothing(whatsapp: Connection) -> None:
    Connection.objects.update(closed_at="2026-01-01T00:00Z")
    assert deliver(whatsapp, *deliveries.meta(deliveries.whatsapp())).status_code == 401


def test_a_telephone_exchange_has_another_door(db: None) -> None:
    exchange = make.connection(KIND.CTI)
    assert deliver(exchange, b"{}", {}).status_code == 401


def test_only_named_addresses_may_deliver(webhook: Connection) -> None:
    Connection.objects.update(allowed_addresses="192.0.2.0/24\n2001:db8::1")
    raw, headers = deliveries.standard(deliveries.message())
    assert deliver(webhook, raw, headers).status_code == 401
    assert deliver(webhook, raw, headers, REMOTE_ADDR="192.0.2.7").status_code == 202


def test_standard_webhooks_are_kept_under_their_id(webhook: Connection) -> None:
    raw, headers = deliveries.standard(deliveries.message(), id="msg_2KWPBgLlAfxdpx2AI54pPJ85f4W")
    assert [deliver(webhook, raw, headers).status_code for _ in range(2)] == [202, 200]
    assert Inbound.objects.get().key == f"webhook:{webhook.pk}:msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"


def test_another_body_under_the_same_id_is_refused_and_written_down(
    webhook: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    assert deliver(webhook, *deliveries.standard(deliveries.message("één"), id="a")).status_code == 202
    with caplog.at_level(logging.WARNING):
        assert deliver(webhook, *deliveries.standard(deliveries.message("twee"), id="a")).status_code == 409
    assert "used before" in caplog.text
    assert Inbound.objects.count() == 1


@pytest.mark.parametrize("seconds", [-330, 330, -10_000])
def test_an_old_or_early_moment_is_refused(webhook: Connection, seconds: int) -> None:
    at = int(time.time()) + seconds
    assert deliver(webhook, *deliveries.standard(deliveries.message(), at=at)).status_code == 401


@pytest.mark.parametrize("timestamp", ["", "nu", "1e9", "-1", "9" * 20, "١٢٣", "2026-11-22T10:00:00Z"])
def test_what_is_no_moment_is_refused(webhook: Connection, timestamp: str) -> None:
    raw, headers = deliveries.standard(deliveries.message())
    headers["webhook-timestamp"] = timestamp.encode().decode("latin-1")
    assert deliver(webhook, raw, headers).status_code == 401


def test_a_new_secret_and_the_one_before_it_both_count(webhook: Connection) -> None:
    newer = "whsec_bmlldXcgZ2VoZWltIHZhbiB0d2VlZW5kZXJ0aWcgYnl0ZXM="
    webhook.set_secrets(signing=[newer, deliveries.SIGNING])
    webhook.save()
    assert deliver(webhook, *deliveries.standard(deliveries.message(), id="a")).status_code == 202
    both = ("whsec_b25iZWtlbmQ=", newer)
    assert deliver(webhook, *deliveries.standard(deliveries.message(), id="b", secrets=both)).status_code == 202
    webhook.set_secrets(signing=[newer])
    webhook.save()
    assert deliver(webhook, *deliveries.standard(deliveries.message(), id="c")).status_code == 401


def test_a_very_long_or_strange_id_is_still_one_delivery(webhook: Connection) -> None:
    for name in ("x" * 3000, "é".encode().decode("latin-1"), "een twee"):
        raw, headers = deliveries.standard(deliveries.message(), id=name)
        if name.isascii():
            assert [deliver(webhook, raw, headers).status_code for _ in range(2)] == [202, 200]
        else:
            assert deliver(webhook, raw, headers).status_code in {401, 202}


def test_what_is_signed_but_no_json_is_kept(webhook: Connection) -> None:
    assert deliver(webhook, *deliveries.standard(b"\xff\x00 geen json")).status_code == 202
    assert bytes(Inbound.objects.get().raw) == b"\xff\x00 geen json"


def test_size_counts_before_anything_else(webhook: Connection) -> None:
    fits, more = b"x" * door.SIZE, b"x" * (door.SIZE + 1)
    assert deliver(webhook, *deliveries.standard(fits)).status_code == 202
    assert deliver(webhook, *deliveries.standard(more, id="b")).status_code == 413
    assert deliver(uuid4(), more, {}, content_type="text/html").status_code == 413


@pytest.mark.parametrize("length", ["", "-1", "1.0", "ù"])
def test_without_a_length_nothing_is_read(webhook: Connection, length: str) -> None:
    raw, headers = deliveries.standard(deliveries.message())
    assert deliver(webhook, raw, headers, CONTENT_LENGTH=length).status_code == 411


def test_a_sender_that_goes_away_halfway_delivered_nothing(webhook: Connection) -> None:
    raw, headers = deliveries.standard(deliveries.message())
    request = RequestFactory().post("/hooks/", raw, content_type="application/json", headers=headers)
    half = WSGIRequest(request.environ | {"wsgi.input": BytesIO(raw[:20])})
    assert hooks.hook(half, webhook.uuid).status_code == 400
    assert not Inbound.objects.exists()


def test_only_json_and_only_get_and_post(webhook: Connection) -> None:
    raw, headers = deliveries.standard(deliveries.message())
    assert deliver(webhook, raw, headers, content_type="text/plain").status_code == 415
    assert deliver(webhook, raw, headers, content_type="application/json; charset=utf-8").status_code == 202
    assert Client().put(f"/hooks/{webhook.uuid}/", b"{}").status_code == 405
    assert Client().delete(f"/hooks/{webhook.uuid}/").status_code == 405


def test_a_source_that_delivers_too_fast_must_wait(webhook: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door.pace, "burst", 2)
    monkeypatch.setattr(door.pace, "rate", 0)
    answers = [deliver(webhook, *deliveries.standard(deliveries.message(), id=f"{n}")) for n in range(4)]
    assert [answer.status_code for answer in answers][:2] == [202, 202]
    assert (answers[-1].status_code, answers[-1]["Retry-After"]) == (429, "1")
    stranger = make.connection(KIND.WEBHOOK, secrets={"signing": [deliveries.SIGNING]})
    assert deliver(stranger, *deliveries.standard(deliveries.message())).status_code == 202


def test_who_cannot_sign_does_not_use_up_the_turns_of_who_can(
    webhook: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door.pace, "burst", 1)
    monkeypatch.setattr(door.pace, "rate", 0)
    for _ in range(5):
        assert deliver(webhook, b"{}", {"webhook-id": "x"}).status_code == 401
    assert deliver(webhook, *deliveries.standard(deliveries.message())).status_code == 202


def test_without_a_database_nothing_is_accepted(webhook: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **options: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(Inbound.objects, "create", away)
    response = deliver(webhook, *deliveries.standard(deliveries.message()))
    assert (response.status_code, response["Retry-After"]) == (503, "30")


def test_without_redis_all_is_as_always(webhook: Connection, settings: Any) -> None:
    settings.REDIS_URL = settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    assert deliver(webhook, *deliveries.standard(deliveries.message())).status_code == 202


def test_it_costs_a_question_and_an_insert(webhook: Connection, django_assert_max_num_queries: Any) -> None:
    raw, headers = deliveries.standard(deliveries.message())
    with django_assert_max_num_queries(4):  # the connection; savepoint, insert, release
        deliver(webhook, raw, headers)

"""PostgreSQL and Valkey of a checkout: shared by whoever needs them, gone with the last one, their data kept."""

import os
import signal
import stat
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from kcc.local.keeper import Hold, alive, ensure_keeper, hold
from kcc.local.place import Place
from kcc.local.trouble import Trouble
from tests.local.processes import eventually, mentioning, none_left, words


def ask(held: Hold, question: str) -> object:
    connection = psycopg2.connect(held.postgres.url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def test_shared_by_two_and_gone_with_the_last(tmp_path: Path) -> None:
    # Deeper than the 107 bytes that the path of a Unix socket may have.
    place = Place(tmp_path / ("deep" * 20) / ("er " * 20).strip() / "var")
    place.var.parent.mkdir(parents=True)
    with none_left(tmp_path):
        first, second = hold(place), hold(place)
        assert ask(first, "create table t as select 1 as n") is None
        assert ask(second, "select n from t") == 1
        assert redis.Redis.from_url(second.valkey.url).ping()
        first.free()
        assert ask(second, "select n from t") == 1
        second.free()
        assert eventually(lambda: not alive(place))
        again = hold(place)
        assert ask(again, "select n from t") == 1
        again.free()


def test_durable_and_closed(tmp_path: Path) -> None:
    place = Place(tmp_path / "var")
    with none_left(tmp_path):
        held = hold(place)
        assert [ask(held, f"show {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")] == ["on"] * 3
        assert ask(held, "select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256'") == 0
        valkey = redis.Redis.from_url(held.valkey.url, decode_responses=True)
        assert valkey.config_get("appendonly", "maxmemory-policy") == {
            "appendonly": "yes",
            "maxmemory-policy": "noeviction",
        }
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(held.postgres.url.replace(held.postgres.password, "guess"))
        with pytest.raises(redis.RedisError):
            redis.Redis(port=held.valkey.port, retry=Retry(NoBackoff(), 0)).ping()
        held.free()
    for name in ("secrets.env", "valkey/valkey.conf"):
        assert stat.S_IMODE((place.var / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(place.var.stat().st_mode) == 0o700


def test_killed_servers_start_again_with_what_was_written(tmp_path: Path) -> None:
    place = Place(tmp_path / "var")
    with none_left(tmp_path):
        held = hold(place)
        ask(held, "create table t as select 1 as n")
        for process in mentioning(str(tmp_path)):
            if "bin/postgres" in words(process) or "valkey-server" in words(process):
                with suppress(psutil.NoSuchProcess):  # it went with the one before
                    process.kill()
        assert eventually(lambda: answers(held))
        held.free()


def test_killed_keeper_leaves_nothing_and_the_next_takes_the_same_ports(tmp_path: Path) -> None:
    place = Place(tmp_path / "var")
    with none_left(tmp_path):
        held = hold(place)
        ask(held, "create table t as select 1 as n")
        keeper = next(one for one in mentioning(str(place.var)) if " keeper " in words(one))
        os.kill(keeper.pid, signal.SIGKILL)
        assert eventually(lambda: not mentioning(str(place.var)))
        ensure_keeper(place)
        assert ask(held, "select n from t") == 1
        held.free()


def test_nobody_where_user_namespaces_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KCC_USER_NAMESPACE", "0")
    tmp_path.chmod(0o700)
    place = Place(tmp_path / "var")
    with none_left(tmp_path):
        held = hold(place)
        assert ask(held, "select 1") == 1
        server = next(one for one in mentioning(str(place.var)) if "bin/postgres" in words(one))
        assert server.uids().effective != 0
        held.free()
        assert eventually(lambda: not alive(place))
        monkeypatch.delenv("KCC_USER_NAMESPACE")  # and back again
        held = hold(place)
        assert ask(held, "select 1") == 1
        held.free()


def test_data_of_another_version_is_refused_in_one_line(tmp_path: Path) -> None:
    place = Place(tmp_path / "var")
    (place.folder("postgres") / "PG_VERSION").write_text("17\n")
    with none_left(tmp_path), pytest.raises(Trouble, match=r"made by PostgreSQL 17"):
        hold(place)


def test_full_disk_is_said_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"is full: .* MB free, .* MB needed"):
        Place(tmp_path / "var").require_space(10**18)


def answers(held: Hold) -> bool:
    try:
        return ask(held, "select n from t") == 1 and bool(redis.Redis.from_url(held.valkey.url).ping())
    except (psycopg2.Error, redis.RedisError):
        return False

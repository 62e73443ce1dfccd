"""What must be known of the database before Django starts: is it new, is it up to date, has it people?"""

import hashlib
from dataclasses import dataclass

import psycopg2

from kcc.local.install import RUNTIME, fingerprint
from kcc.local.place import ROOT, Place
from kcc.local.trouble import Trouble

IDENTITY = """
select (select system_identifier from pg_control_system()), oid,
       (select count(*) from django_migrations), (select coalesce(max(id), 0) from django_migrations)
  from pg_database where datname = current_database()
"""
SILENT = "select extract(epoch from clock_timestamp() - last_ok)::float from contacts_heartbeat where name = %s"


@dataclass(frozen=True)
class Database:
    """The database at this address."""

    url: str

    def is_new(self) -> bool:
        """Say whether no migration was ever applied."""
        return self._first("select to_regclass('django_migrations')")[0] is None

    def has_people(self) -> bool:
        """Say whether anybody can sign in: then it was seeded, or is in use."""
        return bool(self._first("select exists (select from accounts_user)")[0])

    def up_to_date(self, place: Place) -> bool:
        """Say whether this very database had these very migrations; when in doubt, no."""
        return place.noted("migrated") == {"stamp": self._stamp()}

    def note_up_to_date(self, place: Place) -> None:
        place.note("migrated", {"stamp": self._stamp()})

    def silent_for(self, name: str) -> float | None:
        """Give how many seconds ago this heartbeat was written, by the clock of the database; None when it never was.

        Raises Trouble when the database does not answer.
        """
        try:
            seconds = self._first(SILENT, [name])[0]
        except psycopg2.Error as error:
            raise Trouble(f"The heartbeats cannot be read: {type(error).__name__}") from error
        return None if seconds is None else float(str(seconds))

    def _stamp(self) -> str:
        """Give a hash of the migrations in the code and of the database that they were applied to."""
        try:
            identity = self._first(IDENTITY)
        except psycopg2.Error:
            return f"unknown {id(self)}"
        digest = hashlib.sha256(f"{identity} {fingerprint(RUNTIME)}".encode())
        for path in sorted(ROOT.glob("*/migrations/*.py")):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
        return digest.hexdigest()

    def _first(self, query: str, values: list[str] | None = None) -> tuple[object, ...]:
        try:
            connection = psycopg2.connect(self.url, connect_timeout=5, options="-c statement_timeout=5s")
        except psycopg2.OperationalError as error:
            reason = str(error).strip().splitlines()[-1]
            raise Trouble(f"The database in DATABASE_URL does not answer: {reason}") from error
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                row: tuple[object, ...] | None = cursor.fetchone()
        finally:
            connection.close()
        return row or (None,)

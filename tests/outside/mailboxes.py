"""A real IMAP server with mailboxes of the tests: Dovecot, or pymap where there is no Dovecot of a kind we know."""

import imaplib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from grp import getgrgid
from pathlib import Path
from pwd import getpwuid

from tests.outside.ports import free_port

FOLDER = re.compile(rb'\) (?:"."|NIL) (.+)$')
PASSWORD = 'geh"e\\im é'  # for signing in by SASL; LOGIN takes no accents
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:{folder}/mail/%u
mail_max_userip_connections = 100
{more}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service stats {{
  chroot =
}}
{passdb}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
"""
BY_PASSWORD = """passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}"""
BY_TOKEN = """passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}"""


@cache
def dovecot() -> str:
    """Give the path of a Dovecot whose configuration we know how to write, or nothing."""
    found = os.environ.get("KCC_DOVECOT") or shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if os.environ.get("KCC_IMAP") == "pymap" or not found:
        return ""
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    return found if version.startswith("2.3") else ""


class Server:
    """A running IMAP server; a mail can be put into any mailbox, and looked for."""

    def __init__(self, port: int, tls_port: int, users: list[str], password: str, folder: Path) -> None:
        self.port, self.tls_port, self.users, self.password = port, tls_port, users, password
        self.certificate = folder / "cert.pem"

    def client(self, user: str) -> imaplib.IMAP4:
        line = imaplib.IMAP4("127.0.0.1", self.port, timeout=60)
        said = f"\0{user}\0{self.password}".encode()
        line.authenticate("PLAIN", lambda _challenge: said)
        return line

    def put(self, user: str, *mails: bytes, folder: str = "INBOX", flags: str = "") -> None:
        line = self.client(user)
        for mail in mails:
            answered, said = line.append(folder, flags, "", mail)
            assert answered == "OK", said
        line.logout()

    def empty(self) -> None:
        """Throw away what lies here, and every folder that was made."""
        for user in self.users[:2]:
            line = self.client(user)
            for row in line.list()[1]:
                name = FOLDER.search(row) if isinstance(row, bytes) else None
                if name is not None and name[1].strip(b'"').upper() != b"INBOX" and b"Noselect" not in name.string:
                    line.delete(name[1].decode())
            if line.select("INBOX")[1] != [b"0"]:
                line.store("1:*", "+FLAGS", r"(\Deleted)")
                line.expunge()
            line.logout()

    def lying(self, user: str, folder: str = "INBOX") -> list[tuple[bytes, bytes]]:
        """Give flags and bytes of what lies in a folder, in its order; an unknown folder is empty."""
        line = self.client(user)
        found = []
        answered, count = line.select(f'"{folder}"', readonly=True)
        if answered == "OK" and count != [b"0"]:
            for row in line.fetch("1:*", "(FLAGS BODY.PEEK[])")[1] or []:
                if isinstance(row, tuple):
                    found.append((row[0], row[1]))
        line.logout()
        return found

    def subjects(self, user: str, folder: str = "INBOX") -> list[str]:
        return [subject(raw) for _flags, raw in self.lying(user, folder)]


def subject(raw: bytes) -> str:
    return next(line[8:].strip().decode() for line in raw.splitlines() if line.lower().startswith(b"subject:"))


@contextmanager
def running(*, more: str = "", introspection: str = "") -> Iterator[Server]:
    """Give a server with mailboxes; introspection is where Dovecot asks whether a token is good."""
    users = ["post@duinmeer.voorbeeld.nl", "woz@duinmeer.voorbeeld.nl"]
    with _dovecot(users, more, introspection) if dovecot() else _pymap() as server:
        yield server


@contextmanager
def _dovecot(users: list[str], more: str, introspection: str) -> Iterator[Server]:
    root = os.geteuid() == 0  # Dovecot serves nobody's mail as root, and nobody must be able to reach its folder
    folder = Path(tempfile.mkdtemp(prefix="kcc-dovecot-", dir="/tmp" if root else None))
    uid, gid = (65534, 65534) if root else (os.getuid(), os.getgid())
    port, tls_port = free_port(), free_port()
    try:
        _certificate(folder)
        (folder / "users").write_text("".join(f"{user}:{{PLAIN}}{PASSWORD}\n" for user in users))
        (folder / "oauth2.conf").write_text(
            f"introspection_mode = auth\nintrospection_url = {introspection}\nusername_attribute = username\n"
        )
        passdb = (BY_TOKEN if introspection else "") + "\n" + BY_PASSWORD
        values: dict[str, object] = {"folder": folder, "uid": uid, "gid": gid, "more": more}
        values |= {"user": getpwuid(uid).pw_name, "group": getgrgid(gid).gr_name, "port": port, "tls_port": tls_port}
        values["mechanisms"] = "plain login" + " xoauth2" * bool(introspection)
        text = CONFIGURATION.format(**values, passdb=passdb.format(folder=folder))
        (folder / "dovecot.conf").write_text(text)
        for path in (folder, *folder.iterdir()):
            os.chown(path, uid, gid)
        command = [dovecot(), "-F", "-c", str(folder / "dovecot.conf")]
        who = {"user": uid, "group": gid, "extra_groups": []} if root else {}
        with _process(command, port, folder, **who):
            yield Server(port, tls_port, users, PASSWORD, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _pymap() -> Iterator[Server]:
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="kcc-pymap-"))
    command = [str(Path(sys.executable).parent / "pymap"), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--cert", str(folder / "cert.pem"), "--key", str(folder / "key.pem")]
    try:
        _certificate(folder)
        with _process([*command, "dict"], port, folder):
            yield Server(port, 0, ["demouser"], "demopass", folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _process(command: list[str], port: int, folder: Path, **who: object) -> Iterator[None]:
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, cwd=folder, **who)  # type: ignore[call-overload]
    try:
        end = time.monotonic() + 60
        while not _answers(port):
            assert process.poll() is None, (folder / "said").read_text() + _log(folder)
            assert time.monotonic() < end, "the IMAP server did not start" + _log(folder)
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()


def _log(folder: Path) -> str:
    return (folder / "log").read_text() if (folder / "log").exists() else ""


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as line:
        return line.recv(4) == b"* OK"
    return False


def _certificate(folder: Path) -> None:
    """Make a certificate for localhost that nobody trusts unless told to."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)

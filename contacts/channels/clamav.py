"""Files looked at by a virus scanner that speaks the protocol of clamd: INSTREAM, a length before each piece."""

import socket
import struct
from contextlib import suppress
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from contacts.models import Attachment

PIECE = 64 * 1024
PATIENCE = 20  # seconds; a task has thirty
ANSWER = 1024  # bytes of an answer that are read
END = struct.pack("!L", 0)


class Away(Exception):
    """The scanner did not answer, or not in its own words: nobody knows what is in the file."""


def look_at(attachment: Attachment) -> None:
    """Have this file looked at, and note what came of it. Raises Away, and then the file stays where nobody gets it."""
    try:
        finding = scan(attachment)
    except FileNotFoundError:
        finding = _("het bestand ontbreekt")
    if finding:
        attachment.quarantine(finding)
    else:
        attachment.passed()


def scan(attachment: Attachment) -> str:
    """Give what was found in a file, empty when it is clean. Raises Away, FileNotFoundError."""
    with attachment.read() as file:
        try:
            with _connect() as line:
                with suppress(BrokenPipeError, ConnectionResetError):  # it had enough, and its answer says why
                    _stream(file, line)
                return _meaning(_answer(line))
        except OSError as error:
            raise Away(f"{type(error).__name__}: {error}") from error


def _stream(file: BinaryIO, line: socket.socket) -> None:
    line.sendall(b"zINSTREAM\0")
    while piece := file.read(PIECE):
        line.sendall(struct.pack("!L", len(piece)) + piece)
    line.sendall(END)


def _connect() -> socket.socket:
    """Give a line to the scanner: a path is a socket on this machine, anything else host:port."""
    if settings.CLAMD.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(PATIENCE)
        line.connect(settings.CLAMD)
        return line
    host, _colon, port = settings.CLAMD.rpartition(":")
    if not port.isdecimal():
        raise Away(f"KCC_CLAMD is no host:port: {settings.CLAMD}")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE)


def _answer(line: socket.socket) -> str:
    found = b""
    while not found.endswith(b"\0") and len(found) < ANSWER:
        piece = line.recv(ANSWER)
        if not piece:
            break
        found += piece
    return found.rstrip(b"\0\n").decode("utf-8", "replace")


def _meaning(answer: str) -> str:
    """Give what an answer says was found: "stream: OK", "stream: <name> FOUND", or an error. Raises Away."""
    words = answer.removeprefix("stream: ")
    if words == "OK":
        return ""
    if words.endswith(" FOUND"):
        return words.removesuffix(" FOUND")
    if "size limit exceeded" in words:
        return _("te groot om te controleren")
    raise Away(answer[:200] or "no answer")

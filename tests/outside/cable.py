"""The cable between us and a server: it passes on what it gets, and is cut where a test says."""

import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress


class Cable:
    """A port that leads to another. `cut` is what, said by us, ends the connection; `heard` lets the server hear it.

    Then it is cut when the server answers: what was asked is done, and the answer never comes through. Each cut happens
    once; after it the cable is whole again.
    """

    def __init__(self, port: int) -> None:
        self.to, self.listener = port, socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.cut: re.Pattern[bytes] | None = None
        self.heard = False  # whether the server hears what the cable is cut at
        self.after: int | None = None  # bytes of the answer that still come through
        self.then: Callable[[], object] = lambda: None
        self.cuts = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def cut_at(
        self,
        said: bytes,
        *,
        heard: bool = False,
        after: int | None = None,
        then: Callable[[], object] = lambda: None,
    ) -> None:
        """Cut the cable once, when this is said; then is called at that moment."""
        self.heard, self.after, self.then = heard or after is not None, after, then
        self.cut = re.compile(said)

    def close(self) -> None:
        self.listener.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                ours, _address = self.listener.accept()
                theirs = socket.create_connection(("127.0.0.1", self.to))
                state = {"room": None}
                threading.Thread(target=self._up, args=[ours, theirs, state], daemon=True).start()
                threading.Thread(target=self._down, args=[ours, theirs, state], daemon=True).start()

    def _up(self, ours: socket.socket, theirs: socket.socket, state: dict[str, int | None]) -> None:
        with suppress(OSError):
            while data := ours.recv(65536):
                if self.cut is None or not self.cut.search(data):
                    theirs.sendall(data)
                    continue
                self.cut, state["room"] = None, self.after or 0
                if self.heard:
                    theirs.sendall(data)
                else:
                    self._end(ours)
        if not self.heard or state["room"] is None:
            _close(theirs)

    def _down(self, ours: socket.socket, theirs: socket.socket, state: dict[str, int | None]) -> None:
        with suppress(OSError):
            while data := theirs.recv(65536):
                room = state["room"]
                ours.sendall(data[:room])
                if room is None:
                    continue
                state["room"] = room - len(data)
                if room <= len(data):
                    if self.heard:
                        self._end(ours)
                    break
        _close(ours)
        _close(theirs)

    def _end(self, ours: socket.socket) -> None:
        self.cuts += 1  # first: whoever waits for the end of the line goes on at once
        self.then()
        _close(ours)


def _close(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()

"""The process that reads mails of strangers: it holds no secret, opens nothing, and may be ended at any moment.

`python -m contacts.channels.reading.child` takes mails from its standard input, each after its length, and
gives back what stands in them. It ends when its parent does, for then there is nothing more to read.
"""

import os
import sys
from contextlib import suppress
from typing import BinaryIO

from contacts.channels.reading import wire
from contacts.channels.reading.mail import SIZE, Unreadable, parse

MEMORY = 512 * 1024 * 1024
SECONDS = 10  # of computing, for one mail
DESCRIPTORS = 16

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]


def main() -> None:
    incoming, outgoing = sys.stdin.buffer, os.fdopen(os.dup(1), "wb", buffering=1024 * 1024)
    os.dup2(2, 1)  # nothing that is printed by accident comes between the answers
    _limit()
    outgoing.write(wire.HELLO)
    outgoing.flush()
    while len(head := incoming.read(wire.REQUEST.size)) == wire.REQUEST.size:
        (length,) = wire.REQUEST.unpack(head)
        if length > SIZE:
            return
        raw = incoming.read(length)
        if len(raw) < length:
            return
        _allow(SECONDS)
        _answer(raw, outgoing)
        del raw


def _answer(raw: bytes, outgoing: BinaryIO) -> None:
    try:
        facts, files = wire.packed(parse(raw))
        kind = wire.READ
    except Unreadable as reason:
        facts, files, kind = str(reason).encode(), [], wire.UNREADABLE
    outgoing.write(wire.LENGTHS.pack(kind, len(facts), sum(map(len, files))))
    outgoing.write(facts)
    for content in files:
        outgoing.write(content)
    outgoing.flush()


def _limit() -> None:
    """Take from this process what it does not need: memory, files, programs. Not every system can."""
    if resource is None:
        return
    limits = {"RLIMIT_AS": MEMORY, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0, "RLIMIT_NOFILE": DESCRIPTORS, "RLIMIT_NPROC": 0}
    for name, most in limits.items():
        with suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (most, most))


def _allow(seconds: int) -> None:
    """Let this process compute so much longer, and no more."""
    if resource is None:
        return
    with suppress(ValueError, OSError):
        used = resource.getrusage(resource.RUSAGE_SELF)
        _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


if __name__ == "__main__":
    with suppress(BrokenPipeError, KeyboardInterrupt):
        main()

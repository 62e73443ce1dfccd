"""What a network tells, in plain values: somebody wrote, took something back, or received what we sent."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

LONGEST = 180  # characters of a network's id that we keep as they are


@dataclass(frozen=True)
class File:
    """A file that came with a message: by its number at the network, or at an address."""

    kind: str = "file"  # image, audio, video, sticker, file
    id: str = ""
    url: str = ""
    name: str = ""
    content_type: str = ""


@dataclass(frozen=True)
class Post:
    """A message. `person` names who it is with; when it `is_scoped`, only within this one account of ours."""

    id: str
    person: str
    text: str
    at: datetime | None = None
    name: str = ""
    is_scoped: bool = False
    account: str = ""  # which account of ours this reached, in the network's numbers
    ours: bool = False  # sent by us, perhaps with another program
    mark: str = ""  # what we gave along with a message of ours, to know it by
    answers: str = ""  # the id of the message that this one answers
    thread: str = ""  # the conversation in the sender's own words
    channel: str = "social"
    network: str = ""  # when it is another than the connection's own
    subject: str = ""
    html: str = ""
    url: str = ""
    visibility: str = "direct"
    phone: str = ""
    alias: str = ""  # another name within this account by which the network may bring the same person
    email: str = ""
    readable: bool = True
    files: tuple[File, ...] = ()
    raw: str = field(default="", repr=False)


@dataclass(frozen=True)
class Gone:
    """The writer took a message back."""

    id: str
    at: datetime | None = None
    account: str = ""


@dataclass(frozen=True)
class Progress:
    """How far a message of ours came; without an id, all that went to this person until then."""

    state: str  # sent, delivered, read, failed
    at: datetime | None = None
    id: str = ""
    mark: str = ""
    person: str = ""
    reason: str = ""
    account: str = ""


Happening = Post | Gone | Progress


def short(external_id: str) -> str:
    """Give the id under which we keep a network's id: itself, or its hash when it is very long."""
    if len(external_id) <= LONGEST:
        return external_id
    return "sha256:" + hashlib.sha256(external_id.encode("utf-8", "surrogatepass")).hexdigest()

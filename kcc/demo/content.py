"""What was written for the demo by hand: topics, conversations, names and articles, out of the files beside this one."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Conversation:
    """Something a citizen asked and what was answered, to build contacts from; topic is "theme: name"."""

    topic: str
    channel: str
    subject: str
    text: str
    reply: str
    outcome: str
    question: str = ""  # for whoever calls back
    note: str = ""


@dataclass(frozen=True)
class Page:
    """An article as its file tells it; days count from today, negative when past."""

    slug: str
    title: str
    topic: str
    keywords: str
    team: str
    internal: bool
    review: int
    checked: int
    points: tuple[str, ...]
    body: str


@dataclass(frozen=True)
class Names:
    """Names to build people from."""

    first: tuple[str, ...]
    last: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]
    organisations: tuple[str, ...]


def topics() -> list[dict[str, str]]:
    """Give the topics as theme, topic, upl_name and team."""
    with (HERE / "topics.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def conversations() -> list[Conversation]:
    return [conversation(entry) for entry in json.loads((HERE / "conversations.json").read_text())]


def conversation(entry: dict[str, Any]) -> Conversation:
    callback = entry.get("callback") or {}
    words = {name: entry.get(name) or "" for name in ("topic", "channel", "subject", "text", "reply", "outcome")}
    return Conversation(**words, question=callback.get("question", ""), note=callback.get("note", ""))


def names() -> Names:
    data = json.loads((HERE / "names.json").read_text())
    return Names(
        first=(*data["first"]["f"], *data["first"]["m"]),
        last=tuple((infix, last) for infix, last in data["last"]),
        streets=tuple(data["streets"]),
        organisations=tuple(data["organisations"]),
    )


def pages() -> list[Page]:
    return [page(path) for path in sorted((HERE / "articles").glob("*.html"))]


def page(path: Path) -> Page:
    """Give the article in this file: `key: value` lines, an empty line, and the HTML."""
    head, _, body = path.read_text().partition("\n\n")
    keys = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    return Page(
        slug=path.stem,
        title=keys["title"],
        topic=keys.get("topic", ""),
        keywords=keys.get("keywords", ""),
        team=keys.get("team", ""),
        internal=keys.get("internal") == "ja",
        review=int(keys.get("review", "180")),
        checked=int(keys.get("checked", "30")),
        points=tuple(point.strip() for point in keys["short"].split(" | ")),
        body=body.strip(),
    )

"""Writing an article: its words, where it is done, and the form of an editor as a browser sends it."""

from typing import Any
from uuid import uuid4

from accounts.memory import forget_everything
from accounts.models import User
from knowledge.forms.edit import Writing
from knowledge.models import Article, Editorial, Version
from knowledge.models.markup import section

Part = dict[str, Any]


def four_eyes(*, on: bool) -> None:
    """Let a colleague look before readers do, or not: from now on, and without waiting until it is noticed."""
    Editorial(four_eyes=on).keep()
    forget_everything()


def at(article: Article, place: str = "edit/") -> str:
    return f"/knowledge/{article.uuid}/{place}"


def draft(article: Article) -> Version:
    return Version.objects.open().get(article=article)


def seen(article: Article) -> dict[str, str]:
    """Give what a page sends along that shows the words as they are now."""
    return {"seen": draft(article).stamp}


def words(title: str = "Paspoort aanvragen", *texts: str, **fields: object) -> Version:
    """Give words that are of no article yet, with a part for each of these texts."""
    parts = [section(text, title=f"Deel {n}") for n, text in enumerate(texts)]
    values = {"title": title, "short_answer": "Kort.", "keywords": "", "sections": parts, "sources": []} | fields
    return Version(**values)


def opened(article: Article, by: User, title: str = "Paspoort aanvragen") -> Version:
    """Give a concept that this editor began and wrote in."""
    version = Version.begin(article, by=by)
    version.write(words(title), by=by)
    return version


def part(html: str = "<p>Tekst</p>", **fields: Any) -> Part:
    return {"kind": "text", "title": "Uitleg", "html": html} | fields


def sent(article: Article, *, parts: list[Part] | str | None = None, **changes: Any) -> dict[str, Any]:
    """Give what the page of an article sends back, with these changes."""
    writing = Writing(article)
    values: dict[str, Any] = {
        name: writing.form[name].value() for name in ("title", "short_answer", "keywords", "seen")
    }
    values["page"] = str(uuid4())
    shown = parts if isinstance(parts, list) else [dict(form.initial) for form in writing.parts]
    values |= {"parts": str(len(shown)), "sources": str(len(writing.sources))}
    for n, one in enumerate(shown):
        values |= {f"part-{n}-{name}": value for name, value in one.items() if name != "internal"}
        values |= {f"part-{n}-internal": "on"} if one.get("internal") else {}
    for n, form in enumerate(writing.sources):
        values |= {f"source-{n}-{name}": value for name, value in form.initial.items()}
    return values | ({"parts": parts} if isinstance(parts, str) else {}) | changes

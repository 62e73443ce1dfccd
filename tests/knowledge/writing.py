"""The form of an editor as a browser sends it."""

from typing import Any
from uuid import uuid4

from knowledge.forms.edit import Writing
from knowledge.models import Article

Part = dict[str, Any]


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

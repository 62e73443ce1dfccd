"""Take the text of each article apart into sections, and keep it as the version readers know."""

import re
from html import unescape

from django.db import migrations

HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
AT_ONCE = 200


def take_apart(apps, schema_editor):
    Article, Version = apps.get_model("knowledge", "Article"), apps.get_model("knowledge", "Version")
    todo = Article.objects.filter(versions=None).only(
        *("title", "short_answer", "keywords", "body", "version", "published_at", "changed_at", "created_at")
    )
    while articles := list(todo.order_by("pk")[:AT_ONCE]):
        for article in articles:
            article.sections = sections(article.body)
        Article.objects.bulk_update(articles, ["sections"])
        Version.objects.bulk_create(version(Version, article) for article in articles)


def sections(body):
    parts = HEADING.split(body)
    found = [part(parts[0], "")] if TAG.sub("", parts[0]).strip() else []
    return found + [part(text, title) for title, text in zip(parts[1::2], parts[2::2], strict=True)]


def part(html, title):
    words = " ".join(unescape(TAG.sub("", title)).split())
    return {"kind": "text", "title": words, "html": html.strip(), "internal": False}


def version(Version, article):
    seen = article.published_at is not None
    return Version(
        article=article,
        number=article.version if seen else None,
        title=article.title,
        short_answer=article.short_answer,
        keywords=article.keywords,
        sections=article.sections,
        created_at=article.created_at,
        changed_at=article.changed_at,
        published_at=article.changed_at if seen else None,
    )


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0002_knowledge_base")]
    operations = [migrations.RunPython(take_apart, migrations.RunPython.noop)]

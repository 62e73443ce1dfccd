"""Where an article stands on the public site: /kennis/paspoort-aanvragen-3f9ac81b27d4/.

The figures find it; the words before them follow the title, and who comes with older words is sent on.
"""

import re

from django.urls import reverse
from django.utils.text import slugify

from contacts.models import Topic
from knowledge.models import Article
from knowledge.models.website import FIGURES

LONGEST = 80  # letters of the title in an address
NAMED = re.compile(rf"(?:[-\w]*-)?([0-9a-f]{{{FIGURES}}})", re.ASCII)


def figures_of(name: str) -> str | None:
    """Give the figures that find an article or a theme, None for a name without."""
    found = NAMED.fullmatch(name)
    return found[1] if found else None


def name_of(one: Article | Topic) -> str:
    """Give the last part of an address."""
    title = one.title if isinstance(one, Article) else spoken_name(one)
    words = slugify(title)[:LONGEST].strip("-_")
    return f"{words}-{one.uuid.hex[:FIGURES]}" if words else one.uuid.hex[:FIGURES]


def spoken_name(topic: Topic) -> str:
    """Give what citizens call a topic: a theme without a public name has its own, another topic has none."""
    return topic.public_name or (topic.name if topic.parent_id is None else "")


def of_article(article: Article) -> str:
    """Give the address of the page of an article, with its title in it."""
    return reverse("kennis:article", args=[name_of(article)])


def of_theme(theme: Topic, language: str = "nl") -> str:
    """Give the address of a theme, with the language when that is not Dutch."""
    return in_language(reverse("kennis:theme", args=[name_of(theme)]), language)


def in_language(url: str, language: str) -> str:
    """Give the address of a page that can be shown in another language than Dutch."""
    return url if language == "nl" else f"{url}?lang={language}"

"""The knowledge base of the demo: the articles out of their files, with an owner, and where they were used."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape

from django.utils.html import strip_tags

from accounts.models import User
from accounts.worktime import LOCAL
from contacts.models import Contact
from kcc.demo.book import Book, is_answered
from kcc.demo.content import Page
from kcc.demo.staff import FRONT, Staff
from knowledge.models import Article, Usage
from knowledge.models.markup import Section, split

USED = 0.5  # how many answered contacts name the article that answered them
SOURCES = "Bronnen"
FOR_COLLEAGUES = ("Stappen", "Doorverwijzen naar")
ITEM = re.compile(r"<li>(.*?)</li>", re.DOTALL)
HREF = re.compile(r'href="([^"]*)"')


@dataclass
class Shelf:
    """The articles of the demo, by the name of their file and by the number of their topic."""

    by_slug: dict[str, Article] = field(default_factory=dict)
    by_topic: dict[int, list[Article]] = field(default_factory=dict)


def write_articles(book: Book, staff: Staff, pages: list[Page]) -> Shelf:
    """Write the articles as their files tell them."""
    shelf = Shelf()
    for page in pages:
        article = shelf.by_slug[page.slug] = write(book, staff, page)
        if article.topic_id and not page.internal:
            shelf.by_topic.setdefault(article.topic_id, []).append(article)
    return shelf


def write(book: Book, staff: Staff, page: Page) -> Article:
    """Write one article as its file tells it, checked and to be checked again on days that count from today."""
    checked_at = book.clock.back(book.rng.uniform(10, 400), start=book.clock.now - timedelta(days=page.checked))
    article = book.rows.add(Article(title=page.title, keywords=page.keywords))
    article.sections, article.sources = taken_apart(page.body)
    article.body = article.html
    article.external_id, article.internal = page.slug, page.internal
    article.short_answer = "\n".join(page.points)
    article.topic, article.team = book.topics.get(page.topic), book.teams.get(page.team)
    article.owner = owner(staff, page)
    article.checked_at = article.published_at = article.changed_at = checked_at
    article.created_at = checked_at - timedelta(days=book.rng.randint(30, 500))
    article.review_on = book.clock.now.astimezone(LOCAL).date() + timedelta(days=page.review)
    article.version = book.rng.randint(1, 9)
    return article


def taken_apart(body: str) -> tuple[list[Section], list[dict[str, str]]]:
    """Give the parts of a text, those for colleagues marked as such, and its sources."""
    parts, sources = list[Section](), list[dict[str, str]]()
    for part in split(body):
        if part["title"] != SOURCES:
            part["internal"] = part["title"] in FOR_COLLEAGUES
            parts.append(part)
            continue
        for item in ITEM.findall(part["html"]):
            address = HREF.search(item)
            sources.append({"title": unescape(strip_tags(item)), "url": unescape(address[1]) if address else ""})
    return parts, sources


def owner(staff: Staff, page: Page) -> User:
    """Give who vouches for an article: somebody of the department, else the editor."""
    team = staff.teams.get(page.team)
    return staff.users["m.devries"] if team is None or page.team in FRONT else staff.specialists(team)[0]


def use(book: Book, shelf: Shelf) -> None:
    """Write that articles answered contacts on their topic."""
    for contact in book.contacts:
        about = shelf.by_topic.get(contact.topic_id or 0)
        if about and contact.agent and is_answered(contact) and contact.direction == "in" and book.rng.random() < USED:
            note(book, book.rng.choice(about), contact)


def note(book: Book, article: Article, contact: Contact) -> None:
    book.rows.add(
        Usage(article=article, contact=contact, by=contact.agent, at=contact.closed_at or contact.registered_at)
    )

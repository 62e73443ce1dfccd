"""Gemeente Duinmeer as a whole: written in one transaction, and the same each time for the same moment."""

from datetime import datetime
from random import Random

from django.db import connection, transaction

from accounts.models import office_hours
from accounts.worktime import LOCAL
from contacts.models import Norm, Topic
from kcc.demo import content, fatima
from kcc.demo.bell import ring
from kcc.demo.book import Book
from kcc.demo.callbacks import Register
from kcc.demo.calls import connect
from kcc.demo.citizens import Town
from kcc.demo.clock import Clock
from kcc.demo.doors import Doors
from kcc.demo.everyday import Days
from kcc.demo.knowledge import use, write_articles
from kcc.demo.library import Library, index
from kcc.demo.office import close_some_days, open_office, send_away, set_policies, slow_down
from kcc.demo.rows import Rows
from kcc.demo.staff import Staff
from kcc.demo.story import Story
from kcc.demo.templates import write_templates
from kcc.demo.website import publish
from kcc.demo.worklist import Worklist
from kcc.demo.workload import Load

SEED = 1999


@transaction.atomic
def build(now: datetime) -> dict[str, int]:
    """Fill an empty database with Duinmeer as it is at this moment; give how many rows each table got."""
    rng = Random(SEED)
    rows = Rows(rng)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
    open_office()
    close_some_days(now.astimezone(LOCAL).date())
    staff = Staff(rows)
    slow_down(staff.teams)
    set_policies(staff.teams)
    clock = Clock(now, office_hours())
    send_away(rows, staff, clock)
    doors = Doors(rows, staff.teams, clock)
    book = Book(rows, clock, rng, norms(), staff.teams, topics(rows, staff), doors)
    live(book, staff)
    written = rows.write()
    index()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('kcc_reference', %s)", [book.last_reference])
    return written


def live(book: Book, staff: Staff) -> None:
    """Write everything that happened: the named people first, then the others around them."""
    conversations = [one for one in content.conversations() if one.topic in book.topics]
    pages = content.pages()
    town = Town(book.rows, book.rng, content.names(), book.clock.now)
    register = Register(book, staff)
    story = Story(book, register, staff, town)
    story.settle()
    town.fill()
    shelf = write_articles(book, staff, pages)
    others = [citizen for citizen in town.citizens if citizen not in story.people]
    Days(book, staff, others, conversations, pages).live()
    fatima.tell(story)
    story.tell()
    Worklist(story).tell()
    Load(register, others, conversations, pages, story.taken).fill()
    use(book, shelf)
    write_templates(book, staff)
    book.number()
    ring(book, staff, story)
    connect(book, staff, story)
    Library(book, staff, shelf).fill()


def norms() -> dict[tuple[str, int | None], Norm]:
    return {(norm.kind, norm.team_id): norm for norm in Norm.objects.filter(topic=None)}


def topics(rows: Rows, staff: Staff) -> dict[str, Topic]:
    """Write the topics under their themes; give them as "theme: topic"."""
    themes: dict[str, Topic] = {}
    found: dict[str, Topic] = {}
    for line in content.topics():
        theme = line["theme"]
        if theme not in themes:
            themes[theme] = rows.add(Topic(name=theme))
        topic = rows.add(Topic(name=line["topic"], parent=themes[theme], upl_name=line["upl_name"]))
        topic.team = staff.teams[line["team"]]
        found[f"{theme}: {topic.name}"] = topic
    publish(rows, found)
    return found

"""What is measured: the main pages and actions as a browser asks for them, and the SQL at the heart of each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from psycopg2.extensions import connection as Connection

from tests.bench.browser import Answer, Browser, Fields, Forms

Ask = Callable[[], Answer]

CONTACTS = """SELECT c.*, u.first_name, t.name, p.name, z.reference FROM contacts_contact c
LEFT JOIN accounts_user u ON u.id = c.agent_id LEFT JOIN contacts_topic t ON t.id = c.topic_id
LEFT JOIN contacts_topic p ON p.id = t.parent_id LEFT JOIN contacts_case z ON z.id = c.case_id
WHERE c.customer_id = %s AND c.reached ORDER BY c.happened_at DESC, c.id DESC LIMIT %s"""
BY_NAME = """SELECT id, last_name, first_name FROM contacts_customer
WHERE name_vector @@ to_tsquery('simple', kcc_fold(%s)) LIMIT 201"""
BY_ADDRESS = """SELECT DISTINCT c.* FROM contacts_customer c JOIN contacts_address a ON a.customer_id = c.id
WHERE a.kind = %s AND a.value = %s LIMIT 21"""
ALIKE = """SELECT word FROM contacts_nameword WHERE word %% kcc_fold(%s)
ORDER BY similarity(word, kcc_fold(%s)) DESC LIMIT 4"""
OPEN = "b.completed_at IS NULL AND b.cancelled_at IS NULL"
QUEUE = f"""SELECT b.*, c.subject, k.last_name, t.name FROM callbacks_callback b
JOIN contacts_contact c ON c.id = b.contact_id LEFT JOIN contacts_customer k ON k.id = c.customer_id
LEFT JOIN contacts_topic t ON t.id = c.topic_id WHERE {OPEN} ORDER BY b.due_at, b.id LIMIT 51"""
TO_DO = """SELECT z.*, u.first_name, h.first_name FROM contacts_case z LEFT JOIN accounts_user u ON u.id = z.assignee_id
LEFT JOIN accounts_user h ON h.id = z.held_by_id WHERE z.closed_at IS NULL ORDER BY
CASE WHEN z.answered_at >= coalesce(z.last_inbound_at, z.opened_at) THEN 'infinity' ELSE z.due_at END, z.id LIMIT 51"""
WEEKS = """SELECT date_trunc('week', happened_at), outcome, count(*) FROM contacts_contact
WHERE direction = 'in' AND happened_at >= now() - interval '13 weeks' GROUP BY 1, 2"""
SAVE = """INSERT INTO contacts_contact (uuid, key, conversation, channel, direction, party, subject, text, outcome,
transferred_to, reached, readable, happened_at, registered_at, closed_at, customer_id, agent_id)
SELECT gen_random_uuid(), 'bench:' || gen_random_uuid(), gen_random_uuid(), 'phone', 'in', '', '', 'Vraag.', 'answered',
'', true, true, now(), now(), now(), %s, (SELECT min(id) FROM accounts_user) RETURNING id"""
ARTICLES = """SELECT id, title, ts_rank_cd(vector, q) FROM knowledge_article, websearch_to_tsquery('kcc_dutch', %s) q
WHERE vector @@ q ORDER BY 3 DESC LIMIT 30"""

BOARD = {  # its other pages, and the lists behind its numbers
    "52 weeks": "?period=52",
    "one week, long ago": "?period=week&week=2020-W53",
    "by phone only": "?channel=phone",
    "per department": "teams/?period=52",
    "per topic": "topics/?period=52",
    "per person": "people/",
    "list of what was too late": "list/?what=tried_late&period=52",
    "list of what nobody tried": "list/?what=tries_0&period=52",
}
HTMX = {"HX-Request": "true"}
CONTENT = HTMX | {"HX-Target": "inhoud"}


@dataclass
class Page:
    """One thing to measure: asked for again and again, with its main query to compare with."""

    name: str
    ask: Ask
    sql: str = ""
    values: list[Any] = field(default_factory=list)
    expected: int = 200


class Pages:
    """Chooses from the database whom to ask about, and lists what is measured."""

    def __init__(self, found: Connection, agent: Browser, lead: Browser) -> None:
        self.found, self.agent, self.lead = found, agent, lead
        self.busy, self.busy_pk, self.busy_contacts = self.rows(
            """SELECT uuid, id, n FROM contacts_customer JOIN (SELECT customer_id, count(*) AS n FROM contacts_contact
            WHERE customer_id IS NOT NULL GROUP BY 1 ORDER BY 2 DESC LIMIT 1) AS most ON customer_id = id"""
        )[0]

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self.found.cursor() as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall())

    def some(self, query: str) -> Iterator[Any]:
        """Give values of the first column in turn, for ever, from rows all over the table."""
        found = [row[0] for row in self.rows(query)]
        if not found:
            raise LookupError(f"Nothing found by {query}")
        return cycle(found)

    def all(self) -> Iterator[Page]:
        yield from self.desk()
        yield from self.searches()
        yield from self.actions()
        yield from self.cases()
        yield from self.callbacks()
        yield from self.knowledge()
        url = "/accounts/notifications/"
        yield Page(
            "Bell", lambda: self.agent.get(url), "SELECT * FROM accounts_notification ORDER BY created_at DESC LIMIT 21"
        )

    def desk(self) -> Iterator[Page]:
        seen = "SELECT customer_id FROM contacts_access WHERE user_id = %s ORDER BY at DESC LIMIT 50"
        agent = self.rows("SELECT id FROM accounts_user WHERE username = 's.dewit'")[0][0]
        yield Page("Desk, start", lambda: self.agent.get("/"), seen, [agent])
        for size in (20, 100):
            name = f"Timeline of {self.busy_contacts} contacts, {size} shown"
            url = f"/customers/{self.busy}/?size={size}"
            yield Page(name, lambda url=url: self.agent.get(url), CONTACTS, [self.busy_pk, size + 1])  # type: ignore[misc]
        yield from self.timeline()

    def timeline(self) -> Iterator[Page]:
        """Give what an open page asks for: after saving, of one channel, an entry opened, and what has no place yet."""
        url = f"/customers/{self.busy}/"
        yield Page("Timeline, after saving", lambda: self.agent.get(url, **CONTENT), CONTACTS, [self.busy_pk, 21])
        yield Page("Timeline, by mail only", lambda: self.agent.get(f"{url}?channel=email", **HTMX))
        entries = self.some(f"SELECT uuid FROM contacts_contact WHERE customer_id = {self.busy_pk} AND reached")
        yield Page("Timeline, an entry opened", lambda: self.agent.get(f"/contacts/{next(entries)}/", **HTMX))
        nobody = """SELECT * FROM contacts_contact WHERE customer_id IS NULL
        ORDER BY customer_id, happened_at DESC, id DESC LIMIT 21"""
        yield Page("Contacts without a customer", lambda: self.agent.get("/contacts/unmatched/"), nobody)
        form = Forms.of(self.agent.get("/customers/").text).find("/customers/")
        asked = cycle(["Jansen", "paspoort", "06 9012", "10042"])
        yield Page("Palette", lambda: self.agent.post("/palette/", form | {"q": next(asked)}))

    def searches(self) -> Iterator[Page]:
        common = "Jansen"
        first, last = self.rows(
            "SELECT first_name, last_name FROM contacts_customer WHERE last_name ~ '-' ORDER BY id DESC LIMIT 1"
        )[0]
        rare = self.rows("SELECT last_name FROM contacts_customer GROUP BY 1 HAVING count(*) = 1 ORDER BY 1 LIMIT 1")[
            0
        ][0]
        yield self.search("Search a common name (Jansen)", common, BY_NAME, [f"{common}:*"])
        yield self.search(f"Search a rare name ({rare})", rare, BY_NAME, [f"'{rare}':*"])
        yield self.search(
            f"Search two words ({first} {last})", f"{first} {last}", BY_NAME, [f"'{first}':* & '{last}':*"]
        )
        yield self.search("Search a typing error (Janssne)", "Janssne", ALIKE, ["janssne", "janssne"])
        for kind in ("phone", "email"):
            query = f"SELECT value FROM contacts_address WHERE kind = '{kind}' ORDER BY md5(id::text) LIMIT 200"
            value = next(self.some(query))
            yield self.search(f"Search by {kind}", self.some(query), BY_ADDRESS, [kind, value])
        query = "SELECT postcode || ' ' || house_number FROM contacts_customer ORDER BY md5(id::text) LIMIT 200"
        at = "SELECT * FROM contacts_customer WHERE postcode = %s AND house_number = %s LIMIT 21"
        yield self.search("Search by postcode and number", self.some(query), at, next(self.some(query)).split())
        query = "SELECT reference FROM callbacks_callback ORDER BY md5(id::text) LIMIT 200"
        of = """SELECT c.customer_id FROM contacts_contact c JOIN callbacks_callback b ON b.contact_id = c.id
        WHERE b.reference = %s"""
        yield self.search("Search by reference", self.some(query), of, [next(self.some(query))])

    def search(self, name: str, what: str | Iterator[str], sql: str, values: list[Any]) -> Page:
        queries = cycle([what]) if isinstance(what, str) else what
        form = Forms.of(self.agent.get("/customers/").text).find("/customers/")
        # As the page asks while somebody types: one sure hit would open at once when Enter is pressed.
        return Page(
            name, lambda: self.agent.post("/customers/", form | {"q": next(queries)}, HX_Request="true"), sql, values
        )

    def actions(self) -> Iterator[Page]:
        customers = self.some(
            "SELECT c.uuid FROM contacts_customer c WHERE EXISTS (SELECT FROM contacts_address WHERE customer_id = c.id"
            " AND kind = 'phone') AND NOT EXISTS (SELECT FROM callbacks_callback b JOIN contacts_contact k"
            f" ON k.id = b.contact_id WHERE k.customer_id = c.id AND {OPEN}) ORDER BY md5(c.id::text) LIMIT 1000"
        )
        yield Page(
            "Save a contact", lambda: self.save(next(customers), {"outcome": "answered"}), SAVE, [self.busy_pk], 302
        )
        yield Page(
            "Save a contact with a callback", lambda: self.save(next(customers), CALLBACK), SAVE, [self.busy_pk], 302
        )

    def save(self, customer: str, typed: Fields) -> Answer:
        """Open a customer, fill in the form as it stands in the page, and send it; only the sending is measured."""
        page = Forms.of(self.agent.get(f"/customers/{customer}/").text)
        form = page.find("/contacts/register/")
        topic = next(value for value in page.choices["topic"] if value)
        team = next(value for value in page.choices.get("callback-who", []) if value.startswith("team:"))
        return self.agent.post(
            "/contacts/register/", form | {"text": "Vraag.", "topic": topic, "callback-who": team} | typed
        )

    def cases(self) -> Iterator[Page]:
        """The work queue as it is opened, as it refreshes itself, and one case beside it and by itself."""
        for view in ("team", "unread", "all", "closed"):
            url = f"/cases/?view={view}"
            yield Page(f"Work queue, {view}", lambda url=url: self.agent.get(url), TO_DO)  # type: ignore[misc]
        rows = {"HX-Request": "true", "HX-Target": "cases"}
        yield Page("Work queue, team, refreshed", lambda: self.agent.get("/cases/?view=team", **rows), TO_DO)
        one = self.some("SELECT uuid FROM contacts_case WHERE closed_at IS NULL ORDER BY md5(id::text) LIMIT 200")
        thread = """SELECT c.* FROM contacts_contact c JOIN contacts_case z ON z.id = c.case_id WHERE z.uuid = %s
        ORDER BY c.happened_at DESC LIMIT 51"""
        beside, part = "?view=team", {"HX-Request": "true", "HX-Target": "bericht"}
        yield Page(
            "Case, beside the queue", lambda: self.agent.get(f"/cases/{next(one)}/{beside}"), thread, [next(one)]
        )
        alone: Ask = lambda: self.agent.get(f"/cases/{next(one)}/{beside}", **part)  # noqa: E731
        yield Page("Case, chosen in the queue", alone, thread, [next(one)])

    def callbacks(self) -> Iterator[Page]:
        yield Page("Callbacks, all open", lambda: self.agent.get("/callbacks/?view=all"), QUEUE)
        etag = self.agent.get("/callbacks/?view=all").headers.get("etag", "")
        same = {"If-None-Match": etag}
        yield Page(
            "Callbacks, asked again, unchanged", lambda: self.agent.get("/callbacks/?view=all", **same), "", [], 304
        )
        ended = "SELECT * FROM callbacks_callback ORDER BY requested_at DESC, id DESC LIMIT 51"
        yield Page("Callbacks, ended", lambda: self.agent.get("/callbacks/?view=completed"), ended)
        one = self.some(f"SELECT uuid FROM callbacks_callback b WHERE {OPEN} ORDER BY md5(id::text) LIMIT 200")
        log = """SELECT e.* FROM contacts_event e JOIN callbacks_callback b ON b.contact_id = e.contact_id
        WHERE b.uuid = %s ORDER BY e.at"""
        yield Page("Callback, detail", lambda: self.agent.get(f"/callbacks/{next(one)}/"), log, [next(one)])
        yield Page("Board", lambda: self.lead.get("/insights/callbacks/"), WEEKS)
        for name, url in BOARD.items():
            yield Page(f"Board, {name}", lambda url=url: self.lead.get(f"/insights/callbacks/{url}"))  # type: ignore[misc]

    def knowledge(self) -> Iterator[Page]:
        asked = cycle(["paspoort+aanvragen", "bezwaar+parkeervergunning", "grofvuil", "verhuizen+naar+buitenland"])
        yield Page("Knowledge, search", lambda: self.agent.get(f"/knowledge/?q={next(asked)}"), ARTICLES, ["grofvuil"])
        article = self.some("SELECT uuid FROM knowledge_article WHERE NOT internal")
        one = "SELECT * FROM knowledge_article WHERE uuid = %s"
        yield Page("Knowledge, article", lambda: self.agent.get(f"/knowledge/{next(article)}/"), one, [next(article)])


CALLBACK = {"outcome": "callback", "callback-question": "Kunt u mij terugbellen over mijn aanvraag?"}

"""The demo municipality: complete, consistent, the same each time, and nobody real in it."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import phonenumbers
import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count
from pytest_django import DjangoDbBlocker
from stdnum.nl import bsn

from accounts.memory import forget_everything
from accounts.models import Absence, ClosingDay, OpeningHours, Role, Team, User, office_hours
from accounts.worktime import LOCAL
from callbacks.models import Callback
from contacts.models import Address, Case, Contact, Customer, Norm, Topic
from kcc.demo import staff
from kcc.demo.crowd import gather
from kcc.demo.municipality import build
from kcc.demo.office import AWAY
from kcc.demo.staff import PASSWORD
from knowledge.links import urls_of
from knowledge.models import Article, ArticleRead, Bulletin, Feedback, Gap, Link, ReadingList, Searching, Version
from tests import make

LOGINS = Path(staff.__file__).with_name("logins.txt")
SUNDAY = datetime(2026, 11, 22, 8, 40, tzinfo=LOCAL)
TUESDAY = datetime(2026, 11, 24, 10, 42, tzinfo=LOCAL)
NEW_YEARS_EVE = datetime(2026, 12, 31, 16, 55, tzinfo=LOCAL)

# Each query finds rows that cannot be: the demo must read as if the actions of the models had written it.
CANNOT_BE = {
    "completed before requested": "SELECT id FROM callbacks_callback WHERE completed_at < requested_at",
    "due before requested": "SELECT id FROM callbacks_callback WHERE due_at < requested_at",
    "requested before its contact": """
        SELECT b.id FROM callbacks_callback b JOIN contacts_contact c ON c.id = b.contact_id
        WHERE b.requested_at < c.happened_at OR c.outcome <> 'callback'""",
    "a contact that says callback has none": """
        SELECT id FROM contacts_contact c WHERE outcome = 'callback'
        AND NOT EXISTS (SELECT FROM callbacks_callback b WHERE b.contact_id = c.id)
        AND NOT EXISTS (SELECT FROM callbacks_callback_repeats r WHERE r.contact_id = c.id)""",
    "an attempt before the request or after the end": """
        SELECT a.id FROM callbacks_attempt a JOIN callbacks_callback b ON b.id = a.callback_id
        WHERE a.at < b.requested_at OR a.at > coalesce(b.completed_at, b.cancelled_at, %(now)s)""",
    "an attempt that is no outgoing call": """
        SELECT a.id FROM callbacks_attempt a JOIN contacts_contact c ON c.id = a.contact_id
        WHERE c.direction <> 'out' OR c.channel <> 'phone' OR c.reached <> (a.result = 'spoken')""",
    "a first attempt that is not the first": """
        SELECT b.id FROM callbacks_callback b WHERE first_attempt_at IS DISTINCT FROM
        (SELECT min(at) FROM callbacks_attempt a WHERE a.callback_id = b.id)""",
    "not the first conversation": """
        SELECT b.id FROM callbacks_callback b WHERE spoken_at IS DISTINCT FROM
        (SELECT min(at) FROM callbacks_attempt a WHERE a.callback_id = b.id AND a.result = 'spoken')""",
    "cancelled without a cause": """
        SELECT id FROM callbacks_callback WHERE (cancelled_at IS NULL) <> (cancel_cause = '')""",
    "a norm that was not postponed": """
        SELECT b.id FROM callbacks_callback b WHERE norm_due_at IS DISTINCT FROM
        (SELECT before FROM callbacks_postponement p WHERE p.callback_id = b.id ORDER BY at LIMIT 1)
        OR norm_due_at IS NOT NULL AND due_at IS DISTINCT FROM
        (SELECT until FROM callbacks_postponement p WHERE p.callback_id = b.id ORDER BY at DESC LIMIT 1)""",
    "handed over to one, and by another": """
        SELECT b.id FROM callbacks_callback b, LATERAL (SELECT h.kind, h.to_team_id, h.to_person_id, h.at
            FROM callbacks_handover h WHERE h.callback_id = b.id ORDER BY h.at DESC, h.id DESC LIMIT 1) AS last
        WHERE last.to_team_id <> b.team_id OR last.to_person_id IS NOT NULL AND last.to_person_id <> b.assignee_id
        OR (b.returned_at IS NOT NULL) <> (last.kind = 'returned')
        UNION ALL SELECT callback_id FROM callbacks_handover h WHERE at > %(now)s OR to_team_id = from_team_id
        AND to_person_id IS NOT DISTINCT FROM from_person_id
        UNION ALL SELECT h.callback_id FROM callbacks_handover h JOIN callbacks_callback b ON b.id = h.callback_id
        WHERE h.at < b.requested_at""",
    "open with somebody who is away": """
        SELECT b.id FROM callbacks_callback b JOIN accounts_absence a ON a.user_id = b.assignee_id
        WHERE b.completed_at IS NULL AND b.cancelled_at IS NULL AND a.starts_at <= %(now)s AND a.ends_at > %(now)s""",
    "completed without a conversation": """
        SELECT id FROM callbacks_callback b WHERE completed_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM callbacks_attempt a WHERE a.callback_id = b.id AND a.result = 'spoken')""",
    "an attempt without somebody who took it": """
        SELECT id FROM callbacks_callback
        WHERE first_attempt_at IS NOT NULL AND (assignee_id IS NULL OR claimed_at IS NULL)""",
    "an assignee of another team": """
        SELECT b.id FROM callbacks_callback b WHERE assignee_id IS NOT NULL AND NOT EXISTS
        (SELECT FROM accounts_user_teams m WHERE m.user_id = b.assignee_id AND m.team_id = b.team_id)""",
    "in the future": """
        SELECT id FROM contacts_contact WHERE greatest(happened_at, registered_at, closed_at) > %(now)s
        UNION ALL SELECT id FROM contacts_event WHERE at > %(now)s
        UNION ALL SELECT id FROM callbacks_callback
        WHERE greatest(requested_at, completed_at, cancelled_at, claimed_at) > %(now)s
        UNION ALL SELECT id FROM contacts_case WHERE greatest(opened_at, closed_at) > %(now)s""",
    "registered before it happened": "SELECT id FROM contacts_contact WHERE registered_at < happened_at",
    "closed without an outcome": "SELECT id FROM contacts_contact WHERE (closed_at IS NULL) <> (outcome = '')",
    "open mail without an open case": """
        SELECT c.id FROM contacts_contact c LEFT JOIN contacts_case z ON z.id = c.case_id
        WHERE c.outcome = '' AND c.case_id IS NULL""",
    "a case of somebody else": """
        SELECT c.id FROM contacts_contact c JOIN contacts_case z ON z.id = c.case_id
        WHERE c.customer_id IS DISTINCT FROM z.customer_id""",
    "closed before it was opened": "SELECT id FROM contacts_case WHERE closed_at < opened_at OR due_at < opened_at",
    "not exactly one registration": """
        SELECT c.id FROM contacts_contact c
        LEFT JOIN contacts_event e ON e.contact_id = c.id AND e.kind = 'contact_registered'
        GROUP BY c.id HAVING count(e.id) <> 1""",
    "an event before its contact": """
        SELECT e.id FROM contacts_event e JOIN contacts_contact c ON c.id = e.contact_id WHERE e.at < c.happened_at""",
    "an event for a moment of a callback is missing": """
        SELECT b.id FROM callbacks_callback b, LATERAL (VALUES ('callback_requested', true),
            ('callback_completed', b.completed_at IS NOT NULL), ('callback_cancelled', b.cancelled_at IS NOT NULL),
            ('callback_attempted', b.first_attempt_at IS NOT NULL),
            ('callback_postponed', b.norm_due_at IS NOT NULL),
            ('callback_returned', EXISTS (SELECT FROM callbacks_handover h
                WHERE h.callback_id = b.id AND h.kind = 'returned'))) AS needed (kind, is_needed)
        WHERE is_needed <> EXISTS (SELECT FROM contacts_event e WHERE e.contact_id = b.contact_id
            AND e.kind = needed.kind AND e.data->>'callback' = b.uuid::text)""",
    "a case nobody was told about": """
        SELECT z.id FROM contacts_case z WHERE NOT EXISTS (SELECT FROM contacts_event e WHERE e.kind = 'case_opened'
            AND e.data->>'case' = z.uuid::text AND e.data->>'reference' = z.reference)""",
    "a reminder that would go out at once": """
        SELECT id FROM callbacks_reminder WHERE done_at IS NULL AND next_attempt_at <= %(now)s""",
    "a promise without its three reminders": """
        SELECT b.id FROM callbacks_callback b LEFT JOIN callbacks_reminder r ON r.callback_id = b.id
        GROUP BY b.id HAVING count(DISTINCT split_part(r.occurrence, ':', 1))
        FILTER (WHERE split_part(r.occurrence, ':', 1) IN ('new', 'almost', 'late')) <> 3""",
    "a message that would leave the house": "SELECT id FROM contacts_outgoing WHERE done_at IS NULL",
    "a reference used twice": """
        SELECT 1 FROM (SELECT reference FROM contacts_case UNION ALL SELECT reference FROM callbacks_callback) AS r
        GROUP BY reference HAVING count(*) > 1""",
    "an article used for another topic": """
        SELECT u.id FROM knowledge_usage u JOIN knowledge_article a ON a.id = u.article_id
        JOIN contacts_contact c ON c.id = u.contact_id WHERE a.topic_id <> c.topic_id""",
    "an article that does not say what its last version says": """
        SELECT a.id FROM knowledge_article a WHERE a.published_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM knowledge_version v WHERE v.article_id = a.id AND v.number = a.version AND v.title = a.title
            AND v.short_answer = a.short_answer AND v.sections = a.sections AND v.published_at IS NOT NULL)
        UNION ALL SELECT a.id FROM knowledge_article a WHERE a.published_at IS NULL AND NOT EXISTS (
            SELECT FROM knowledge_version v WHERE v.article_id = a.id AND v.published_at IS NULL)""",
    "versions that are not in their order": """
        SELECT v.id FROM knowledge_version v JOIN knowledge_version w ON w.article_id = v.article_id
        WHERE v.number < w.number AND (v.published_at >= w.published_at OR v.sections = w.sections
            AND v.short_answer = w.short_answer)
        UNION ALL SELECT id FROM knowledge_version WHERE published_at < created_at""",
    "approved by who wrote it": """
        SELECT id FROM knowledge_version WHERE approved_by_id IN (written_by_id, submitted_by_id)""",
    "an article the search does not know": """
        SELECT id FROM knowledge_article a
        WHERE NOT EXISTS (SELECT FROM knowledge_indexed i WHERE i.article_id = a.id)""",
    "knowledge from the future": """
        SELECT id FROM knowledge_article WHERE greatest(created_at, changed_at, published_at, checked_at) > %(now)s
        UNION ALL SELECT id FROM knowledge_version WHERE greatest(created_at, submitted_at, published_at) > %(now)s
        UNION ALL SELECT id FROM knowledge_version WHERE publish_at <= %(now)s
        UNION ALL SELECT id FROM knowledge_feedback WHERE greatest(at, handled_at) > %(now)s OR handled_at < at
        UNION ALL SELECT id FROM knowledge_gap WHERE greatest(asked_at, closed_at) > %(now)s OR closed_at < asked_at
        UNION ALL SELECT id FROM knowledge_bulletin WHERE greatest(starts_at, created_at) > %(now)s
        UNION ALL SELECT id FROM knowledge_bulletinread WHERE read_at > %(now)s
        UNION ALL SELECT id FROM knowledge_searching WHERE at > %(now)s
        UNION ALL SELECT id FROM knowledge_articleread WHERE at > %(now)s""",
    "a name without its words": """
        SELECT id FROM contacts_customer WHERE length(last_name) > 2 AND NOT EXISTS (SELECT FROM contacts_nameword
        WHERE word = ANY (regexp_split_to_array(kcc_fold(last_name), '[^[:alnum:]]+')))""",
}
TABLES = """
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
UNION ALL SELECT tgrelid::regclass || ' ' || tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"""


@pytest.fixture(scope="module", params=[SUNDAY, TUESDAY, NEW_YEARS_EVE], ids=["sunday", "tuesday", "new year's eve"])
def now(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[datetime]:
    """Duinmeer as it is at this moment, built once for all tests that look at it."""
    with django_db_blocker.unblock(), transaction.atomic():
        make.groups()
        build(request.param)
        connection.check_constraints()
        yield request.param
        transaction.set_rollback(True)
    forget_everything()


def rows(query: str, now: datetime) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"now": now})
        return list(cursor.fetchall())


def test_it_is_complete_and_nothing_in_it_contradicts_itself(now: datetime) -> None:
    wrong = {name: rows(query, now)[:5] for name, query in CANNOT_BE.items()}
    assert {name: found for name, found in wrong.items() if found} == {}
    assert (User.objects.count(), Team.objects.count(), Article.objects.count()) == (26, 9, 83)
    assert 900 <= Customer.objects.count() <= 1100
    assert 5500 <= Contact.objects.count() <= 6600
    assert 220 <= Callback.objects.count() <= 300
    assert 200 <= Case.objects.count() <= 300
    assert 25 <= Case.objects.open().count() <= 70
    assert set(User.objects.values_list("groups__name", flat=True)) == set(Role.values)


def test_the_board_is_alive_at_any_hour(now: datetime) -> None:
    opened = Callback.objects.open()
    assert opened.count() == 77
    assert opened.overdue(now=now).count() == 9
    assert opened.unassigned().count() == 7
    hours = office_hours()
    oldest = opened.due_first().select_related("contact__customer").first()
    assert oldest is not None
    assert oldest.contact.customer is not None
    assert oldest.contact.customer.name == "Fatima el Amrani"
    assert round(hours.minutes_between(oldest.due_at, now)) in {131, 132}
    statuses = {callback.status for callback in Callback.objects.all()}
    assert statuses == {"open", "claimed", "returned", "waiting", "completed", "cancelled"}
    assert Absence.objects.now(now=now).get().user.username == AWAY
    assert Absence.objects.to_come(now=now).count() == 2
    assert not opened.uncovered(now=now).exists()
    assert opened.alias(calls=Count("repeats")).filter(calls=2).exists()
    assert opened.exclude(language="nl").exists()
    assert opened.filter(may_leave_voicemail=False).exists()


def test_the_knowledge_base_is_alive_at_any_hour(now: datetime) -> None:
    assert Article.objects.filter(review_on__lt=now.date()).count() > 5
    assert Article.objects.filter(published_at=None).count() == 1
    assert {version.state for version in Version.objects.open()} == {"draft", "submitted", "scheduled"}
    assert Version.objects.waiting().get().may_be_approved_by(User.objects.get(username="m.devries"))
    assert Version.objects.published().filter(number=3).count() == 2
    assert Article.objects.filter(kind="product", product__isnull=False).count() > 15
    assert set(Article.objects.exclude(original=None).values_list("language", flat=True)) == {"en"}
    feedback = Feedback.objects.open()
    assert (feedback.count(), feedback.overdue(now=now).count()) == (4, 1)
    assert Gap.objects.open().count() == 4
    assert Searching.objects.filter(found=0).count() > 40
    current = Bulletin.objects.current(now=now)
    disruption = current.disruptions().get()
    assert disruption.ends_at is not None
    assert now < disruption.ends_at < now + timedelta(hours=12)
    lotte = User.objects.get(username="l.vermeulen")
    assert current.filter(important=True).unread_by(lotte, now=now).exists()
    assert set(current.values_list("kind", flat=True)) == {"news", "instruction", "disruption", "change"}
    reading = ReadingList.objects.open().get(readers__user=lotte)
    assert (reading.items.count(), ArticleRead.objects.filter(user=lotte).count()) == (8, 4)
    assert Article.objects.expiring(today=now.date(), days=14).count() == 1
    assert Link.objects.broken().count() == 2
    assert all(link.url in urls_of(link.article) for link in Link.objects.select_related("article"))


def test_promises_and_attempts_keep_office_hours(now: datetime) -> None:
    hours = office_hours()
    norms = {norm.team_id: norm for norm in Norm.objects.filter(kind=Norm.Kind.CALLBACK)}
    for callback in Callback.objects.prefetch_related("attempts"):
        assert callback.norm_at == norms.get(callback.team_id, norms[None]).due(callback.requested_at)
        assert all(hours.is_open(attempt.at) for attempt in callback.attempts.all())


def test_nobody_real_can_be_hit(now: datetime) -> None:
    people = Customer.objects.exclude(bsn_sealed="")
    numbers = {customer.bsn for customer in people}
    assert len(numbers) == len(people) > 700
    assert all(number.startswith("9999") and bsn.is_valid(number) for number in numbers)
    phones = Address.objects.filter(kind=Address.Kind.PHONE).values_list("value", flat=True)
    assert not any(phonenumbers.is_valid_number(phonenumbers.parse(phone)) for phone in phones)
    mails = [
        *Address.objects.filter(kind=Address.Kind.EMAIL).values_list("value", flat=True),
        *User.objects.values_list("email", flat=True),
    ]
    assert all(re.search(r"@(.*\.)?(voorbeeld\.nl|example\.(org|com))$", mail) for mail in mails)
    assert all(1993 <= int(code[:4]) <= 1999 for code in Customer.objects.values_list("postcode", flat=True))


def test_the_same_moment_gives_the_same_town(db: None) -> None:
    build(TUESDAY)
    first = picture()
    connection.check_constraints()
    with connection.cursor() as cursor:
        tables = [model._meta.db_table for model in (User, Team, Customer, Topic, OpeningHours, ClosingDay, Article)]
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
    build(TUESDAY)
    assert picture() == first


def picture() -> list[object]:
    found = [*Contact.objects.order_by("pk").values_list("uuid", "happened_at", "text", "customer__uuid")]
    return [found, *Callback.objects.order_by("pk").values_list("reference", "due_at", "assignee__username")]


def test_a_crowd_joins_and_every_index_is_as_before(now: datetime) -> None:
    with transaction.atomic():
        tables, contacts, said = rows(TABLES, now), Contact.objects.count(), list[str]()
        gather(3000, now=now, say=said.append)
        connection.check_constraints()
        wrong = {name: found for name, query in CANNOT_BE.items() if (found := rows(query, now)[:5])}
        assert wrong == {}
        assert rows(TABLES, now) == tables
        assert 3000 <= Contact.objects.count() - contacts <= 3050
        assert {line.split("  ")[-1] for line in said} >= {"customers", "indexes", "foreign keys"}
        transaction.set_rollback(True)


def test_the_password_shown_opens_every_door(now: datetime) -> None:
    hashes = set(User.objects.values_list("password", flat=True))
    assert all(check_password(PASSWORD, found) for found in hashes)
    logins = LOGINS.read_text()
    shown = re.findall(r"^  (\S+)", logins, re.MULTILINE)
    assert PASSWORD in logins
    assert User.objects.filter(username__in=shown).count() == len(shown)


def test_a_second_time_changes_nothing(db: None) -> None:
    call_command("seed", "--empty", stdout=StringIO())
    said = StringIO()
    call_command("seed", stdout=said)
    assert "nothing was changed" in said.getvalue()
    assert User.objects.count() == 1


def test_an_empty_office_can_begin(db: None) -> None:
    said = StringIO()
    call_command("seed", "--empty", stdout=said)
    password = re.search(r"password (\S+)", said.getvalue())
    administrator = User.objects.get()
    assert password is not None
    assert administrator.check_password(password[1])
    assert administrator.has_role(Role.ADMINISTRATOR)
    assert administrator.is_staff
    assert (OpeningHours.objects.count(), Norm.objects.count(), Team.objects.filter(is_kcc=True).count()) == (5, 3, 1)

"""Which notices there should be by now: what has none gets its row, however it came about that it had none."""

import datetime

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

from accounts.models import office_hours
from accounts.worktime import LOCAL, NeverOpen
from knowledge.models.article import Article
from knowledge.models.editorial import Editorial, add_months
from knowledge.models.feedback import Feedback
from knowledge.models.gap import Gap
from knowledge.models.notice import Notice, stamp
from knowledge.models.version import Version

BATCH = 200  # of one kind in one scan; the next one is ten seconds later
DAY = datetime.timedelta(days=1)
AGAIN = 2  # working days after which the editors hear again that something waits for approval


def plan_due(*, now: datetime.datetime) -> None:
    """Write the notices that are due by now and have no row; a second time, or twice at once, changes nothing.

    What readers have and nobody gave a day to be checked first gets one, or it would stand in no list for ever.
    """
    _give_days(now)
    rows = [*_soon(now), *_overdue(now), *_expiring(now), *_approvals(now), *_gaps(now)]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    for said in _feedback_without():
        said.plan_notices()


def _give_days(now: datetime.datetime) -> None:
    """Have what has no day for its next check be checked the usual months after its last check or publication."""
    undated = Article.objects.kept(now=now).undated().values_list("pk", "checked_at", "published_at")[:BATCH]
    for pk, checked_at, published_at in undated:
        since = checked_at or published_at or now
        day = Editorial.current().next_review(since.astimezone(LOCAL).date())
        Article.objects.undated().filter(pk=pk).update(review_on=day)


def _row(article: int | None, occurrence: str, due_at: datetime.datetime) -> Notice:
    return Notice(article_id=article, occurrence=occurrence, due_at=due_at, next_attempt_at=due_at)


def _soon(now: datetime.datetime) -> list[Notice]:
    """What must be checked within the days of notice, once for each date."""
    days, today = Editorial.current().notice_days, now.astimezone(LOCAL).date()
    coming = Article.objects.kept(now=now).to_check(today=today, days=days).filter(review_on__gte=today)
    told = Notice.objects.filter(article=OuterRef("pk"), occurrence=_word("soon:", "review_on"))
    found = coming.filter(~Exists(told)).values_list("pk", "review_on")[:BATCH]
    return [_row(pk, f"soon:{day}", _midnight(day - DAY * days)) for pk, day in found if day is not None]


def _overdue(now: datetime.datetime) -> list[Notice]:
    """What should have been checked: on the first day after its date, and every month after that."""
    today = now.astimezone(LOCAL).date()
    told = Notice.objects.filter(article=OuterRef("pk"), due_at__gt=_midnight(add_months(today, -1)))
    told = told.filter(occurrence__startswith=_word("review:", "review_on"))
    late = Article.objects.kept(now=now).overdue(today=today).filter(~Exists(told)).order_by("review_on", "pk")
    rows = []
    for pk, day in late.values_list("pk", "review_on")[:BATCH]:
        if day is not None:
            n = _months_between(day + DAY, today)
            rows.append(_row(pk, f"review:{day}:{n}" if n else f"review:{day}", _midnight(add_months(day + DAY, n))))
    return rows


def _expiring(now: datetime.datetime) -> list[Notice]:
    days, today = Editorial.current().notice_days, now.astimezone(LOCAL).date()
    told = Notice.objects.filter(article=OuterRef("pk"), occurrence=_word("expires:", "valid_until"))
    ending = Article.objects.kept(now=now).expiring(today=today, days=days).filter(~Exists(told))
    found = ending.values_list("pk", "valid_until")[:BATCH]
    return [_row(pk, f"expires:{day}", _midnight(day - DAY * days)) for pk, day in found if day is not None]


def _feedback_without() -> list[Feedback]:
    word = Concat(Value("feedback:"), Cast(OuterRef("uuid"), CharField()), Value(":new"))
    told = Notice.objects.filter(article=OuterRef("article"), occurrence=word)
    return list(Feedback.objects.open().filter(~Exists(told)).select_related("article")[:BATCH])


def _approvals(now: datetime.datetime) -> list[Notice]:
    """What waits for approval: at once, and again after two working days."""
    word = Concat(Value("approval:"), Cast(OuterRef("uuid"), CharField()))
    told = Notice.objects.filter(article=OuterRef("article"), occurrence__startswith=word)
    told = told.filter(due_at=OuterRef("submitted_at"))  # of another time it was offered it says nothing
    found = Version.objects.waiting().filter(~Exists(told)).values_list("article", "uuid", "submitted_at")[:BATCH]
    rows = []
    for article, uuid, offered in found:
        if offered is not None:
            name = f"approval:{uuid}:{stamp(offered)}"
            rows += [_row(article, name, offered), _row(article, f"{name}:again", _working_days_after(offered))]
    return rows


def _gaps(now: datetime.datetime) -> list[Notice]:
    """What colleagues asked for since the editors heard of it last, once on a working day, when the office opens."""
    today, hours = now.astimezone(LOCAL).date(), office_hours()
    if not hours.works_on(today) or now < (opening := hours.intervals(today)[0][0]):
        return []
    daily = Notice.objects.filter(article=None, occurrence__startswith="gaps:").order_by("-due_at")
    last = daily.values_list("due_at", flat=True).first()
    if last is not None and last >= opening:
        return []
    asked = Gap.objects.open().asked_after(last) if last else Gap.objects.open()
    return [_row(None, f"gaps:{today}", opening)] if asked.exists() else []


def _word(kind: str, field: str) -> Concat:
    return Concat(Value(kind), Cast(OuterRef(field), CharField()), output_field=CharField())


def _midnight(day: datetime.date) -> datetime.datetime:
    """Give when a day of the office begins."""
    return datetime.datetime.combine(day, datetime.time.min, tzinfo=LOCAL)


def _months_between(first: datetime.date, last: datetime.date) -> int:
    """Give how many whole months lie between two days."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months if add_months(first, months) <= last else months - 1


def _working_days_after(moment: datetime.datetime) -> datetime.datetime:
    try:
        return office_hours().add_days(moment, AGAIN)
    except NeverOpen:
        return moment + DAY * AGAIN

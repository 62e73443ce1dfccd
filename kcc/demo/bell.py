"""A few unread lines in the bells of the people you sign in as, worded as the reminders word them."""

from datetime import timedelta

from django.urls import reverse

from accounts.models import Notification, User
from callbacks.models import Callback, Reminder
from kcc.demo.book import Book
from kcc.demo.staff import Staff
from kcc.demo.story import Story


def ring(book: Book, staff: Staff, story: Story) -> None:
    """Tell the coordinators and specialists about late and new callbacks, as the reminders did."""
    rows = [row for part in story.taken.values() for row in part]
    late = [row for row in rows if row.due_at < book.clock.now]
    today = [row for row in rows if book.clock.now <= row.due_at][:12]
    for row in late:
        for person in {row.assignee, row.team.coordinator} - {None}:
            tell(book, row, "late", person)
        if row.team.name == "Parkeren":
            tell(book, row, "late", staff.users["m.bos"])
    for row in today:
        if row.assignee:
            tell(book, row, "new", row.assignee)
    if late:
        tell(book, late[0], "repeat", staff.users["s.dewit"])


def tell(book: Book, row: Callback, kind: str, person: User | None) -> None:
    if person is None:
        return
    reminder = Reminder(callback=row, occurrence=kind)
    moment = {"late": row.due_at, "new": row.requested_at}.get(kind, book.clock.now - timedelta(minutes=4))
    url = reverse("callbacks:detail", args=[row.uuid])
    key = f"rem:demo{row.pk}:{kind}"
    line = book.rows.add(Notification(recipient=person, key=key, kind=kind, text=reminder.text[:200], url=url))
    line.created_at = min(moment, book.clock.now)

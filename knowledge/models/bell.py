"""A line in the bell of colleagues about what another did with their article."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.utils import translation

from accounts import push
from accounts.models import Notification, User


def tell(people: Iterable[User | None], words: Any, *, title: str, url: str, by: User | None) -> None:
    """Tell each of these colleagues once, but not who did it; the words have a title to fill in, and a name.

    Where nobody did it, or a file in somebody's hand, they have no name.
    """
    name = by.short_name if by is not None else ""
    for person in {one for one in people if one is not None and one != by and one.is_active}:
        with translation.override(person.language):
            text = str(words) % {"name": name, "title": title[:100]}
        line = {"kind": "knowledge", "text": text[:200], "url": url}
        Notification.objects.create(recipient=person, key=f"version:{uuid4()}", **line)
        push.hint("bell", f"user:{person.pk}")

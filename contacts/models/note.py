import re

from django.db import models, transaction
from django.db.models import Q

from accounts.models import Role, User
from contacts.models.event import Event
from contacts.models.pause import Paused

MENTION = re.compile(r"(?<![\w.])@(?=\w)")  # not the @ of an address
MOST = 20  # mentions that count in one note
FOUND = 8  # colleagues that a search offers


class Noted(Paused):
    """Work about which colleagues write to each other what the customer never sees."""

    class Meta:
        abstract = True

    @transaction.atomic
    def note(self, text: str, *, by: User) -> Event:
        """Write down what colleagues should know. Who is mentioned as @First Last hears of it in the bell.

        A note of the department that was asked is its answer: nobody waits for it any more.
        """
        people = self.mentioned(text)
        event = self.track("case_noted", by=by, text=text, mentions=[person.name for person in people])
        for person in people:
            self.tell(person, "case_mentioned", key=str(event.pk), by=by)
        self._advised(by)
        return event

    def colleagues(self) -> "models.QuerySet[User]":
        """Give who may see this, and so can be mentioned: the contact centre, and the departments it is with."""
        teams = [pk for pk in (self.team_id, self.consulted_team_id) if pk]
        theirs = Q(pk__in=User.objects.filter(groups__name=Role.SPECIALIST, teams__in=teams))
        kcc = Q(pk__in=User.objects.filter(groups__name__in=[Role.AGENT, Role.SENIOR, Role.TEAM_LEAD]))
        return User.objects.filter(kcc | theirs, is_active=True).order_by("first_name", "last_name", "pk")

    def found_colleagues(self, words: str) -> list[User]:
        """Give the first colleagues whose name holds these words."""
        rows = self.colleagues()
        for word in words.replace("\0", "").split()[:4]:
            rows = rows.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word))
        return list(rows[:FOUND])

    def mentioned(self, text: str) -> list[User]:
        """Give the colleagues whose full name, or login, stands behind an @ in this text."""
        places = [found.end() for found in MENTION.finditer(text)][:MOST]
        if not places:
            return []
        begins = [text[place : place + 160].casefold() for place in places]
        named = Q()
        for first in {begin.split()[0].rstrip(".,;:!?)") for begin in begins}:
            named |= Q(first_name__istartswith=first) | Q(username__iexact=first)
        people = list(self.colleagues().filter(named))
        heard = [
            [one for one in people if _begins(begin, one.name) or _begins(begin, one.username)] for begin in begins
        ]
        best = [one for found in heard for one in found if len(one.name) == max(len(other.name) for other in found)]
        return list({one.pk: one for one in best}.values())

    def _advised(self, by: User) -> None:
        """End the waiting for a department when this colleague is of it, and tell who asked."""
        if self.consulted_team_id is None or self.consulted_team_id not in by.team_ids:
            return
        asked = Event.objects.filter(case_id=self.pk, kind="case_consulted").select_related("by").order_by("-at", "-pk")
        asker = next((event.by for event in asked[:1]), None)
        if asker is not None and asker.pk == by.pk:
            return
        waiting = type(self)._default_manager.filter(pk=self.pk).exclude(consulted_at=None)
        if waiting.update(consulted_at=None, consulted_team=None, read_at=None) == 1:
            self.consulted_at = self.consulted_team = self.read_at = None
            event = self.track("case_advised", by=by)
            for person in {asker, self.assignee} - {None}:
                if person is not None and person.is_active:
                    self.tell(person, "case_advised", key=str(event.pk), by=by)


def _begins(text: str, name: str) -> bool:
    """Say whether this text begins with that whole name."""
    name = name.casefold()
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()

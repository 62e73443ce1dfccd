"""manage.py check_tallies: prove that the tallies say what the rows say."""

import sys
from collections import Counter
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from insights.models import Week
from insights.models.facts import FACTS, Fact
from insights.models.tally import Dimension
from insights.models.week import GROUPS
from insights.sums import Key, Known, add_up


class Command(BaseCommand):
    help = "Count every tallied week again from the rows, print what differs, and fail when something does."

    def handle(self, *args: Any, **options: Any) -> None:
        weeks = list(Week.objects.order_by("monday").values_list("monday", flat=True))
        different = sum(self.check_week(week) for week in weeks)
        self.stdout.write(f"{len(weeks)} weeks checked, {different} differences.")
        if different:
            sys.exit(1)

    @transaction.atomic
    def check_week(self, week: date) -> int:
        """Print what differs in one week and say how much; nobody counts it again meanwhile."""
        Week.objects.select_for_update().get(monday=week)
        known, nothing = Known.load([week], now=timezone.now()), Known(frozenset(), {})
        return sum(self.compare(week, fact, by, known, nothing) for fact in FACTS for by in GROUPS[fact.name].items())

    def compare(self, week: date, fact: Fact, group: Any, known: Known, nothing: Known) -> int:
        dimension, columns = group
        kept = add_up(fact, [week], by=columns, known=known)
        counted = add_up(fact, [week], by=columns, known=nothing)
        if dimension == Dimension.PERSON:
            counted = {key: row for key, row in counted.items() if key[-1] is not None}
        found = 0
        for key in sorted({*kept, *counted}, key=str):
            found += self.differs(f"{week} {fact.name} {dimension} {key}", kept, counted, key)
        return found

    def differs(self, name: str, kept: dict[Key, Counter[str]], counted: dict[Key, Counter[str]], key: Key) -> int:
        tally, rows = kept.get(key, Counter()), counted.get(key, Counter())
        wrong = [figure for figure in {*tally, *rows} if tally[figure] != rows[figure]]
        for figure in sorted(wrong):
            self.stdout.write(f"{name} {figure}: tally {tally[figure]}, rows {rows[figure]}")
        return len(wrong)

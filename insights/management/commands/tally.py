"""manage.py tally: count the weeks that are over, so that the board need not."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from insights.models import tallying

YEAR = 52


class Command(BaseCommand):
    help = "Count the weeks that are over and were not counted yet; the task does so too, a piece each minute."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="count the weeks again that were counted")

    def handle(self, *args: Any, **options: Any) -> None:
        counted = tallying.tally(now=timezone.now(), again=options["all"], say=self.say)
        self.stdout.write(f"{counted} weeks counted.")

    def say(self, counted: int) -> None:
        if counted % YEAR == 0:
            self.stdout.write(f"{counted} weeks ...")
            self.stdout.flush()

"""manage.py seed: an office to begin with, the demo municipality, or a database as large as you like."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from insights.models import tallying
from kcc.demo.crowd import gather, settle
from kcc.demo.municipality import build
from kcc.demo.office import open_empty
from knowledge.search import index

FEWEST = 1_000
SHOWN = ["contacts.Customer", "contacts.Contact", "contacts.Case", "callbacks.Callback", "knowledge.Article"]


class Command(BaseCommand):
    help = "Fill a new database: with the demo municipality, or (--empty) with what an office needs to begin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--empty", action="store_true", help="no demo: opening hours, norms, one team and one administrator"
        )
        which.add_argument("--contacts", type=amount, metavar="N", help="add N made-up contacts, to measure with")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        if options["contacts"] is not None:
            self.crowd(options["contacts"])
        elif User.objects.exists():
            self.stdout.write("This database is in use already: nothing was changed.")
            return
        elif options["empty"]:
            self.empty()
        else:
            self.demo()
        self.stdout.write(f"Done in {time.monotonic() - begun:.1f} s.")

    @transaction.atomic
    def empty(self) -> None:
        password = open_empty()
        self.stdout.write(f"Administrator: beheer, password {password} (shown this once; change it after signing in).")

    def demo(self) -> None:
        written = build(timezone.now())
        index.catch_up()
        tallying.tally(now=timezone.now())
        for label in SHOWN:
            self.stdout.write(f"{written[label]:>6} {label}")

    def crowd(self, size: int) -> None:
        """Add contacts to what there is; a database without people becomes the demo first."""
        if not User.objects.exists():
            self.demo()
        gather(size, now=timezone.now(), say=self.say)
        settle(self.say)
        tallying.tally(now=timezone.now())

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def amount(text: str) -> int:
    """Give a number of contacts. Raises ArgumentTypeError when there would be too few to make a week of."""
    number = int(text.replace("_", ""))
    if number < FEWEST:
        raise ArgumentTypeError(f"at least {FEWEST:,}")
    return number

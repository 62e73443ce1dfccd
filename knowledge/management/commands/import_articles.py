"""manage.py import_articles: articles out of a file, all of them or none."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from knowledge.exchange.entry import Mistake, Unusable
from knowledge.exchange.files import why_not
from knowledge.exchange.intake import take_in
from knowledge.exchange.reading import MOST_BYTES, read


class Command(BaseCommand):
    """Prints what changed; when something is wrong it prints all that is, writes nothing and exits with 1."""

    help = (
        "Read articles from a JSON or CSV file (VAC, SDG, the public set of the government, a table): all or nothing."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a JSON or CSV file in UTF-8, or - for the standard input")
        parser.add_argument("--concept", action="store_true", help="keep them as concepts for an editor to publish")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, *args: Any, file: str, concept: bool, dry_run: bool, **options: Any) -> None:
        raw = _bytes(file)
        name = Path(file).name if file != "-" else "stdin"
        try:
            entries, warnings = read(raw, name=name)
            result = take_in(entries, source=name, concept=concept, dry=dry_run)
        except Unusable as error:
            self.stderr.write("\n".join(map(str, error.mistakes)))
            count = len(error.mistakes)
            words = ngettext(
                "Niets ingelezen: %(count)d fout in %(name)s.", "Niets ingelezen: %(count)d fouten in %(name)s.", count
            )
            raise CommandError(words % {"count": count, "name": name}) from None
        self._warn([*warnings, *result.warnings])
        self.stdout.write(result.told(len(entries)))
        if dry_run:
            self.stdout.write(_t("Dit was een proef: er is niets veranderd."))

    def _warn(self, warnings: list[Mistake]) -> None:
        for warning in warnings:
            self.stderr.write(_t("Let op: %(warning)s") % {"warning": warning})


def _bytes(file: str) -> bytes:
    """Give what is in the file, a byte more than may be so that it is found too large. Raises CommandError."""
    try:
        if file == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(file).open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise CommandError(why_not(file, error)) from None

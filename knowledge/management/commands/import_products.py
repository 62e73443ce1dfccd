"""manage.py import_products: a newer list of the names of government products (UPL)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from knowledge.exchange.entry import Unusable
from knowledge.exchange.files import why_not
from knowledge.exchange.products import SHIPPED, read, take_in
from knowledge.exchange.reading import MOST_BYTES


class Command(BaseCommand):
    """Prints what changed; when something is wrong it prints all that is, writes nothing and exits with 1."""

    help = "Read the Uniforme Productnamenlijst from its CSV: what is no longer in it is closed, nothing is deleted."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", nargs="?", help="the CSV of the UPL; without it the list shipped")
        parser.add_argument(
            "--anyway", action="store_true", help="also when more than half of the products would close"
        )

    def handle(self, *args: Any, file: str | None, anyway: bool, **options: Any) -> None:
        path = Path(file) if file else SHIPPED
        try:
            with path.open("rb") as opened:
                taken = take_in(read(opened.read(MOST_BYTES)), anyway=anyway)
        except (OSError, ValueError) as error:
            raise CommandError(why_not(path, error)) from None
        except Unusable as error:
            self.stderr.write("\n".join(map(str, error.mistakes)))
            count = len(error.mistakes)
            words = ngettext(
                "Niets ingelezen: %(count)d fout in %(name)s.", "Niets ingelezen: %(count)d fouten in %(name)s.", count
            )
            raise CommandError(words % {"count": count, "name": path.name}) from None
        counts = {"total": taken.total, "new": taken.new, "changed": taken.changed, "closed": taken.closed}
        words = _t("%(total)s producten gelezen: %(new)s nieuw, %(changed)s gewijzigd, %(closed)s vervallen.")
        self.stdout.write(words % counts)

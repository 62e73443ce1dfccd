"""manage.py export_articles: the knowledge base as a file that import_articles reads back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _t

from knowledge.exchange.files import why_not
from knowledge.exchange.writing import FORMATS, written
from knowledge.models import Article


class Command(BaseCommand):
    """Writes every article, also concepts and what was withdrawn; --public only what every citizen may read."""

    help = "Write all articles to a file: VAC as JSON, SDG with the product pages as JSON, or CSV for a spreadsheet."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the file to write, or - for the standard output")
        parser.add_argument("--format", choices=FORMATS, help="vac, sdg or csv; without it the name of the file tells")
        parser.add_argument("--public", action="store_true", help="only what every citizen may read now")

    def handle(self, *args: Any, file: str, format: str | None, public: bool, **options: Any) -> None:
        form = format or ("csv" if file.lower().endswith(".csv") else "vac")
        articles = Article.objects.for_public() if public else Article.objects.all()
        pieces = written(articles, form, public=public)
        if file == "-":
            for piece in pieces:
                self.stdout.write(piece, ending="")
            return
        try:
            with Path(file).open("w", encoding="utf-8", newline="") as opened:
                opened.writelines(pieces)
        except (OSError, ValueError) as error:
            raise CommandError(why_not(file, error)) from None
        self.stdout.write(_t("Geschreven: %(file)s.") % {"file": file})

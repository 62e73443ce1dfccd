"""The figures and lists as files for a spreadsheet: no names of citizens, and nothing that a spreadsheet would run."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter
from django.http import HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _t

from insights.rows import Row
from insights.scope import Scope

Value = str | int | datetime
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
INSIDE = re.compile(r"([;,\t\r\n]\s*)(?=[=+\-@＝＋－＠])")
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True)
class Sheet:
    """One table of a file: its name, its columns and its rows."""

    title: str
    head: Sequence[str]
    rows: Iterable[Sequence[Value]]


def safe(text: str) -> str:
    """Give text that no spreadsheet takes for a formula, not in a cell and not after what it may split at (OWASP)."""
    text = UNSEEN.sub("", text)
    starts = text.lstrip()[:1] in STARTS or text[:1] in STARTS
    text = INSIDE.sub(r"\1'", text)
    return f"'{text}" if text and starts else text


def answer_file(kind: str, name: str, sheets: list[Sheet], scope: Scope) -> HttpResponse:
    """Answer with these tables as one file: csv or xlsx."""
    made, content_type = (as_csv(sheets), CSV) if kind == "csv" else (as_xlsx(sheets), XLSX)
    response = HttpResponse(made, content_type=content_type)
    day = localtime(scope.now).strftime("%Y-%m-%d")
    response["Content-Disposition"] = f'attachment; filename="{name}-{day}.{kind}"'
    return response


CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv(sheets: list[Sheet]) -> bytes:
    """Give the tables under each other, each under its name; a spreadsheet reads the mark in front as UTF-8."""
    text = io.StringIO()
    table = csv.writer(text, delimiter=";")
    for number, sheet in enumerate(sheets):
        if len(sheets) > 1:
            table.writerows([[]] * bool(number) + [[safe(sheet.title)]])
        table.writerow([safe(name) for name in sheet.head])
        table.writerows([_plain(value) for value in row] for row in sheet.rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_xlsx(sheets: list[Sheet]) -> bytes:
    """Give the tables as the sheets of a workbook: text as text, numbers as numbers, moments in local time."""
    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(made, options) as book:
        bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for number, sheet in enumerate(sheets, 1):
            page = book.add_worksheet(SHEET_NAME.sub(" ", sheet.title)[:28].strip() or str(number))
            page.freeze_panes(1, 0)
            page.set_column(0, 0, 34)
            page.set_column(1, max(len(sheet.head) - 1, 1), 18)
            page.write_row(0, 0, [safe(name) for name in sheet.head], bold)
            for place, row in enumerate(sheet.rows, 1):
                for column, value in enumerate(row):
                    if isinstance(value, datetime):
                        page.write_datetime(place, column, localtime(value).replace(tzinfo=None), moment)
                    elif isinstance(value, int):
                        page.write_number(place, column, value)
                    else:
                        page.write_string(place, column, safe(value))
    return made.getvalue()


def _plain(value: Value) -> str | int:
    if isinstance(value, datetime):
        return localtime(value).strftime("%Y-%m-%d %H:%M")
    return value if isinstance(value, int) else safe(value)


def of_rows(title: str, rows: Iterable[Row]) -> Sheet:
    """Give a list without what would say who the citizen is: no name, no title, no words that somebody typed."""
    head = [
        _t("Kenmerk"), _t("Moment"), _t("Onderwerp"), _t("Afdeling"), _t("Kanaal"), _t("Behandelaar"), _t("Waarom"),
        _t("Bijzonderheden"),
    ]  # fmt: skip
    return Sheet(title, head, (_cells(row) for row in rows))


def _cells(row: Row) -> list[Value]:
    return [row.reference, row.at, row.topic, row.team, row.channel, row.person, row.why, row.more]

"""The board and its lists as files: what is in them, what is not, and nothing that a spreadsheet would run."""

import csv
import io
import zipfile
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import timezone

from callbacks.models import Callback, Handover
from contacts.models import Access, Contact
from insights.files import Sheet, as_csv, as_xlsx, safe
from tests import make
from tests.insights.rows import at, callback

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LIST = "insights:list_file"


@pytest.fixture
def anna(office, parkeren, voorlijn, rachid):
    """Make a callback of Anna that came back from Parkeren and then ended."""
    now = timezone.now()
    row = callback(now - timedelta(days=9), now - timedelta(days=7), topic=make.topic(team=parkeren))
    Contact.objects.filter(pk=row.contact_id).update(customer=make.customer("Anna", "Zonneveld"), subject="Zonneveld")
    Callback.objects.filter(pk=row.pk).update(question="Zonneveld 999990019")
    row.refresh_from_db()
    Handover.give_back(row, reason="Anna Zonneveld hoort bij Belastingen", by=rachid)
    row.complete(outcome="Zonneveld gebeld", by=rachid, key="a")
    return row


def opened(content):
    """Read a workbook the way a spreadsheet does: every sheet as rows of text, and whether it holds a formula."""
    book = zipfile.ZipFile(io.BytesIO(content))
    shared = [
        "".join(part.text or "" for part in one.iter(f"{MAIN}t"))
        for one in ElementTree.fromstring(book.read("xl/sharedStrings.xml")).iter(f"{MAIN}si")
    ]
    sheets, formulas = [], 0
    for name in sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet")):
        tree = ElementTree.fromstring(book.read(name))
        formulas += len(list(tree.iter(f"{MAIN}f")))
        rows = []
        for row in tree.iter(f"{MAIN}row"):
            cells = [(cell.get("t"), cell.findtext(f"{MAIN}v") or "") for cell in row.iter(f"{MAIN}c")]
            rows.append([shared[int(value)] if kind == "s" else value for kind, value in cells])
        sheets.append(rows)
    return sheets, formulas


def test_the_board_holds_its_tables_and_no_formulas(anna, kees, parkeren, as_user):
    make.callback(due_at=timezone.now() - timedelta(hours=1))
    parkeren.name = "=HYPERLINK(1)"
    parkeren.save()
    answer = as_user(kees).get(reverse("insights:file", args=["callbacks", "csv"]))
    assert answer.headers["Content-Type"].startswith("text/csv")
    text = answer.content.decode("utf-8-sig")
    assert "'=HYPERLINK(1);1;0;0;1;1" in text
    assert "Waarom niet op tijd" in text
    assert "Minder dan 1 werkdag open" not in text
    sheets, formulas = opened(as_user(kees).get(reverse("insights:file", args=["callbacks", "xlsx"])).content)
    assert formulas == 0
    assert ["'=HYPERLINK(1)", "1", "0", "0", "1", "1"] in sheets[0]
    assert len(sheets) == 7


@pytest.mark.parametrize("by", ["teams", "topics", "weeks", "people"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_page_is_a_file(anna, kees, as_user, by, kind):
    answer = as_user(kees).get(reverse("insights:file", args=[by, kind]), {"period": "4"})
    assert answer.status_code == 200
    assert f'.{kind}"' in answer.headers["Content-Disposition"]
    if kind == "csv":
        head, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
        assert all(len(line) == len(head) for line in lines)
        assert any("1" in line for line in lines)


@pytest.mark.parametrize("what", ["ended", "errors", "callbacks", "open"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_names_no_citizen(anna, kees, as_user, what, kind):
    if what == "open":
        make.callback(make.contact(make.customer("Anna", "Zonneveld"), subject="Zonneveld"))
    answer = as_user(kees).get(reverse(LIST, args=[kind]), {"what": what, "period": "52"})
    text = answer.content.decode("utf-8-sig") if kind == "csv" else str(opened(answer.content))
    assert "Kenmerk" in text
    assert "Parkeren" in text or "bezwaar parkeervergunning" in text
    assert anna.reference in text or what in {"callbacks", "open"}
    for personal in ("Anna", "Zonneveld", "999990019", "+3169"):
        assert personal not in text
    seen = Access.objects.get(action="export")
    assert (seen.user, seen.detail, seen.results) == (kees, f"board {what}", 1)


def test_another_kind_of_file(anna, kees, as_user):
    for name, args in (("insights:file", ["callbacks", "pdf"]), ("insights:file", ["x", "csv"]), (LIST, ["exe"])):
        assert as_user(kees).get(reverse(name, args=args), {"what": "ended"}).status_code == 404


def test_moments_are_local():
    summer = Sheet("a", ["Moment"], [[at("2026-07-01", "09:30")]])
    assert b"2026-07-01 09:30" in as_csv([summer])
    (rows,), _formulas = opened(as_xlsx([summer]))
    assert float(rows[1][0]) % 1 == pytest.approx(9.5 / 24)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", " =1", "\t=1", "\rx", "\nx", "＝1"])
def test_a_formula_is_made_text(text):
    assert safe(text).startswith("'")
    assert opened(as_xlsx([Sheet("x", [text], [[text]])]))[1] == 0


def test_a_formula_after_what_splits_is_made_text():
    assert safe("a;=1") == "a;'=1"
    assert safe("a\n+1") == "a\n'+1"
    assert safe("a\t @x") == "a\t '@x"
    for plain in ("Parkeren", "Sociaal domein - jeugd", "3-5 dagen", "a; b", ""):
        assert safe(plain) == plain


def test_what_no_file_can_hold_is_left_out():
    assert safe("a\x00b\ud800c") == "abc"
    sheet = Sheet("[a]:*?/\\" * 9, ["\x01"], [["\ufffe<&>", 3]])
    (rows,), _formulas = opened(as_xlsx([sheet]))
    assert rows[-1] == ["<&>", "3"]
    assert b";3" in as_csv([sheet])

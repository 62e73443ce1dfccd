"""Who chooses English reads English everywhere, and who reads Dutch never meets a package's English or stiff Dutch."""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.template import Node, engines
from django.template.base import Variable
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.test import Client
from django.utils import translation
from django.utils.translation import trim_whitespace

from accounts.models import User
from contacts.forms.case import CloseForm
from contacts.forms.contact import ContactForm
from contacts.models import Case

ROOT = Path(__file__).parent.parent
Key = tuple[str, str, str]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "tools/catalogue.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_catalogues_are_complete(tool: ModuleType) -> None:
    assert tool.differences() == []


def test_every_kind_of_fault_is_found(tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "locale", tmp_path / "locale")
    monkeypatch.setattr(tool, "LOCALE", tmp_path / "locale")
    po = tmp_path / "locale/en/LC_MESSAGES/django.po"
    text = po.read_text()
    for good, bad in [
        ('msgid "Werkplek"', 'msgid "Werkplak"'),
        ('msgstr "Work queue"', 'msgstr ""'),
        ('msgid "Kennisbank"', '#, fuzzy\nmsgid "Kennisbank"'),
        ('"%(time)s late"', '"late"'),
        ('msgstr "Customers"', 'msgstr "Customers "'),
    ]:
        assert text.count(good) == 1
        text = text.replace(good, bad)
    po.write_text(text)
    (tmp_path / "locale/nl/LC_MESSAGES/django.mo").unlink()
    assert {line.split(" (")[0] for line in tool.differences()} == {
        "en: missing: 'Werkplek'",
        "en: no longer in the source: 'Werkplak'",
        "en: untranslated: 'Werkvoorraad'",
        "en: fuzzy: 'Kennisbank'",
        "en: other placeholders: '%(time)s te laat' -> 'late'",
        "en: other white space at its ends: 'Klanten' -> 'Customers '",
        "en: django.mo is not what django.po says",
        "nl: django.mo is not what django.po says",
    }


def test_an_update_changes_nothing_when_nothing_changed(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "locale", tmp_path / "locale")
    monkeypatch.setattr(tool, "LOCALE", tmp_path / "locale")
    tool.update()
    for path in (ROOT / "locale").rglob("django.*"):
        assert (tmp_path / path.relative_to(ROOT)).read_bytes() == path.read_bytes(), path.name


def looked_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> set[Key]:
    """Give the texts that Django itself will ask for when it renders a template."""
    found: set[Key] = set()

    def ask(text: str) -> str:
        found.add(("", str(text), ""))
        return text

    monkeypatch.setattr("django.template.base.gettext_lazy", ask)
    template = engines["django"].from_string(path.read_text()).template
    for node in template.nodelist.get_nodes_by_type(Node):
        context = getattr(node, "message_context", None)
        context = str(context.resolve({})) if context else ""
        if isinstance(node, BlockTranslateNode):
            parts = [node.render_token_list(tokens)[0] for tokens in (node.singular, node.plural) if tokens]
            singular, plural, *_rest = [*(trim_whitespace(part) if node.trimmed else part for part in parts), ""]
            found.add((context, singular, plural))
        elif isinstance(node, TranslateNode) and isinstance(node.filter_expression.var, Variable):
            found.add((context, str(node.filter_expression.var.literal).replace("%", "%%"), ""))
    return found


def test_the_texts_found_are_the_texts_django_asks_for(tool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in tool.templates():
        assert set(tool.texts_in(tool.template_code(path))) == looked_up(path, monkeypatch), path


def test_the_login_page_speaks_the_language_of_the_cookie(db: None) -> None:
    client = Client()
    assert ">Inloggen<" in client.get("/accounts/login/").content.decode()
    client.cookies["kcc-language"] = "en"
    page = client.get("/accounts/login/").content.decode()
    assert ">Sign in<" in page
    assert "Inloggen" not in page
    assert '<html lang="en"' in page


def test_forms_complain_in_our_dutch(db: None) -> None:
    assert ContactForm({}, customer=None).errors["text"] == ["Dit veld is verplicht."]
    closing = CloseForm({"result": "x" * 201}, case=Case(), user=User())
    assert closing.errors["result"] == ["Gebruik hooguit 200 tekens (nu 201)."]
    with pytest.raises(ValidationError) as weak:
        validate_password("kort")
    assert "Dit wachtwoord is te kort. Gebruik minstens 12 tekens." in weak.value.messages


def test_numbers_choose_the_plural() -> None:
    with translation.override("en"):
        assert translation.ngettext("%(n)d werkdag", "%(n)d werkdagen", 1) % {"n": 1} == "1 working day"
        assert translation.ngettext("%(n)d werkdag", "%(n)d werkdagen", 2) % {"n": 2} == "2 working days"

"""The house guards itself: what STYLE.md says and a machine can see."""

import ast
import re
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).parent.parent
ROOMS = ["accounts", "contacts", "callbacks", "knowledge", "insights", "kcc"]
MODULES = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
NO_ROOMS = {"utils", "core", "common", "services", "selectors", "managers", "signals", "constants", "helpers"}


def nodes(path: Path, *kinds: type[ast.AST]) -> list[ast.AST]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_is_no_junk_room() -> None:
    assert not [name(path) for path in MODULES if NO_ROOMS & set(path.relative_to(ROOT).with_suffix("").parts)]


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_are_small_and_import_at_the_top(path: Path) -> None:
    assert path.read_text().count("\n") <= 400
    for function in nodes(path, ast.FunctionDef, ast.AsyncFunctionDef):
        assert not [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)], function.name  # type: ignore[attr-defined]


def test_every_tracked_kind_has_its_partial() -> None:
    kinds = set()
    for path in MODULES:
        kinds |= set(re.findall(r"\.track\(\s*\"(\w+)\"", path.read_text()))
        kinds |= {f"callback_{kind}" for kind in ("almost", "late") if 'f"callback_{' in path.read_text()}
    assert kinds >= {"contact_registered", "callback_completed"}
    for kind in kinds:
        get_template(f"timeline/_{kind}.html")


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_keep_the_content_security_policy(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|hx-on|javascript:|\|\s*safe\b|autoescape off", text)
    for script in re.findall(r"<script\b[^>]*>", text):
        assert "nonce=" in script or 'type="application/json"' in script, script
    if path.name.startswith("_"):
        assert "{% extends" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_htmx_request_works_without_javascript(path: Path) -> None:
    for tag in re.findall(r"<(?:a|form|button)\b[^>]*\bhx-(?:get|post)=[^>]*>", path.read_text()):
        assert re.search(r"\b(href|action|formaction|popovertarget|type=\"button\")", tag), tag


def test_no_migration_is_missing(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_every_model_has_a_dutch_name() -> None:
    for model in apps.get_models():
        if model.__module__.split(".")[0] in ROOMS:
            assert str(model._meta.verbose_name), model


def test_views_do_not_filter() -> None:
    views = [path for path in MODULES if "views" in path.relative_to(ROOT).parts or path.name == "views.py"]
    wrong = [
        f"{name(path)}:{node.lineno}"  # type: ignore[attr-defined]
        for path in views
        for node in nodes(path, ast.Call)
        if isinstance(node.func, ast.Attribute) and node.func.attr in {"raw", "extra"}  # type: ignore[attr-defined]
    ]
    assert not wrong


def all_patterns(resolver: URLResolver | None = None) -> list[URLPattern]:
    found: list[URLPattern] = []
    for entry in (resolver or get_resolver()).url_patterns:
        found += all_patterns(entry) if isinstance(entry, URLResolver) else [entry]
    return found


def test_ids_in_addresses_are_uuids() -> None:
    own = [entry for entry in all_patterns() if (entry.lookup_str or "").split(".")[0] in ROOMS]
    assert len(own) > 20
    assert not [entry for entry in own if "int" in {type(c).__name__ for c in entry.pattern.converters.values()}]

#!/usr/bin/env python3
"""Keep the English of our texts and the Dutch of our packages' texts complete (update), or prove that they are (check).

update  finds every text in the source, adds the new ones to locale/en, drops what is gone, and compiles both languages.
check   changes nothing; it fails with a line for each text that is missing, untranslated, doubtful or no longer in the
        source, that has other placeholders than its translation, and for each .mo that is not what its .po says.
"""

import argparse
import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
ROOMS = ["accounts", "contacts", "callbacks", "knowledge", "insights", "kcc"]
NO_TEXTS = {"migrations", "demo"}
OWN, OTHERS = "en", "nl"  # our Dutch texts in English; the English texts of packages in our Dutch
PACKAGES = ["django", "allauth", "rest_framework"]

_CONTEXT = (1, "c")
KEYWORDS = {
    **dict.fromkeys(["_", "_t", "gettext", "gettext_lazy", "gettext_noop"]),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], (_CONTEXT, 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], (_CONTEXT, 2, 3)),
}
HEADER = """\
Language: {language}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit
Plural-Forms: nplurals=2; plural=(n != 1);
"""  # the plural rule of Django's own nl; no dates and no versions, which would change without a change

Key = tuple[str, str, str]  # context, text, plural; empty where there is none


class Texts(Catalog):
    """A catalogue whose header never changes by itself."""

    def __iter__(self) -> Iterator[Message]:
        _header, *messages = super().__iter__()
        yield Message("", HEADER.format(language=self.locale_identifier))
        yield from messages


def key(message: Message) -> Key:
    text, plural = (message.id, "") if isinstance(message.id, str) else message.id
    return message.context or "", text, plural


def forms(message: Message) -> list[str]:
    """Give the translations: one, or one for each plural form."""
    return [message.string or ""] if isinstance(message.string, str | None) else list(message.string)


def shown(entry: Key) -> str:
    context, text, _plural = entry
    return f"{text!r} ({context})" if context else repr(text)


# ── The source ────────────────────────────────────────────────────────────────────────────────────


def modules() -> list[Path]:
    found = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [path for path in found if not NO_TEXTS & set(path.relative_to(ROOT).parts)]


def templates() -> list[Path]:
    return sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})


def texts_in(code: str) -> Iterator[Key]:
    for _line, found, _comments, context in extract("python", BytesIO(code.encode()), KEYWORDS):
        text, plural = (found, "") if isinstance(found, str) else found
        yield context or "", text, plural


def template_code(path: Path) -> str:
    """Give a template as the calls that Django will make; no indent, which Python would want to understand."""
    return "\n".join(line.strip() for line in templatize(path.read_text(), origin=str(path)).splitlines())


def source() -> dict[Key, str]:
    """Give every text that the rooms and the templates look up, with the first file that does."""
    found: dict[Key, str] = {}
    for path in [*modules(), *templates()]:
        code = path.read_text() if path.suffix == ".py" else template_code(path)
        for entry in texts_in(code):
            found.setdefault(entry, path.relative_to(ROOT).as_posix())
    plurals = {(context, text) for context, text, plural in found if plural}  # those answer for one as well
    return {entry: place for entry, place in found.items() if entry[2] or entry[:2] not in plurals}


def unreadable() -> list[str]:
    """Say where a text is looked up that nobody can find by reading: f"…" or a variable."""
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.func.id}() needs a plain text"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS
        if not all(isinstance(text, ast.Constant) for text in node.args[: len(KEYWORDS[node.func.id] or "1")])
    ]


# ── The catalogues ────────────────────────────────────────────────────────────────────────────────


def po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES/django.po"


def new(language: str, header: str) -> Texts:
    return Texts(language, header_comment=header, fuzzy=False)


def add(texts: Texts, entry: Key, message: Message | None) -> None:
    """Add a text, with the translation, doubts and comments that it had."""
    context, text, plural = entry
    texts.add(
        (text, plural) if plural else text,
        (message.string or "") if message else "",
        flags=["fuzzy"] if message and message.fuzzy else [],
        user_comments=message.user_comments if message else [],
        context=context or None,
    )


def read(language: str) -> Texts:
    path = po(language)
    if not path.exists():
        return new(language, f"# {language}")
    with path.open("rb") as file:
        written = read_po(file, locale=language, ignore_obsolete=True, abort_invalid=True)
    texts = new(language, path.read_text().partition("\nmsgid ")[0])  # Babel takes the spaces out of a header
    for message in written:
        if message.id:
            add(texts, key(message), message)
    return texts


def entries(texts: Texts) -> dict[Key, Message]:
    return {key(message): message for message in texts if message.id}


def compiled(texts: Texts) -> bytes:
    buffer = BytesIO()
    write_mo(buffer, texts)
    return buffer.getvalue()


def write(language: str, texts: Texts) -> None:
    po(language).parent.mkdir(parents=True, exist_ok=True)
    with po(language).open("wb") as file:
        write_po(file, texts, width=0, sort_output=True, no_location=True, ignore_obsolete=True)
    po(language).with_suffix(".mo").write_bytes(compiled(texts))


def update() -> None:
    old = read(OWN)
    known, texts = entries(old), new(OWN, old.header_comment)
    for entry in source():
        add(texts, entry, known.get(entry))
    write(OWN, texts)
    write(OTHERS, read(OTHERS))


# ── The proof ─────────────────────────────────────────────────────────────────────────────────────

# What is filled in, and the tags around words: %(n)s, %02d, %%, {n}, <b>.
PLACEHOLDER = re.compile(r"%(?:\([\w.|]+\))?[-#0+]*\d*(?:\.\d+)?[a-zA-Z]|%%|\{\w*\}|</?\w+[^<>]*>")


def placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text))


def edges(text: str) -> tuple[str, str]:
    """Give the white space before and after a text."""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def faults(entry: Key, message: Message) -> Iterator[str]:
    """Say what is wrong with a translation."""
    _context, text, plural = entry
    if message.fuzzy:
        yield f"fuzzy: {shown(entry)}"
    originals = [text, plural] if plural else [text]
    if not all(forms(message)) or len(forms(message)) != len(originals):
        yield f"untranslated: {shown(entry)}"
        return
    allowed = [placeholders(original) for original in originals]  # "one" need not name the number
    for original, translation in zip(originals, forms(message), strict=True):
        if placeholders(translation) not in allowed:
            yield f"other placeholders: {shown(entry)} -> {translation!r}"
        if edges(original) != edges(translation):
            yield f"other white space at its ends: {shown(entry)} -> {translation!r}"


def package_texts(language: str, suffix: str) -> Iterator[Message]:
    """Give what the packages say in a language."""
    for package in PACKAGES:
        spec = find_spec(package)
        assert spec
        assert spec.origin
        for path in sorted(Path(spec.origin).parent.rglob(f"locale/{language}/LC_MESSAGES/django{suffix}")):
            with path.open("rb") as file:
                yield from (m for m in (read_po(file) if suffix == ".po" else read_mo(file)) if m.id)


def package_dutch() -> dict[Key, str]:
    """Give every text of the packages with their Dutch for it, empty where they have none."""
    dutch = {key(message): "" for message in package_texts("en", ".po")}
    return dutch | {key(message): forms(message)[0] for message in package_texts("nl", ".mo")}


def clashes(own: dict[Key, Message], others: dict[Key, Message]) -> Iterator[str]:
    """Say which of our texts a package says too, in the other language: one of both would get the other's words."""
    dutch = package_dutch()
    yield from (f"{OTHERS}: in no package: {shown(entry)}" for entry in others if entry not in dutch)
    dutch |= {entry: forms(message)[0] for entry, message in others.items()}
    for entry, message in own.items():
        if entry in dutch and {dutch[entry] or entry[1], forms(message)[0] or entry[1]} != {entry[1]}:
            yield f"{OWN}: a package says this too, give it a context: {shown(entry)}"


def differences() -> list[str]:
    """Say what is not right, a line each; nothing means all is well."""
    wanted, catalogues = source(), {language: read(language) for language in (OWN, OTHERS)}
    known, others = entries(catalogues[OWN]), entries(catalogues[OTHERS])
    found = unreadable()
    found += [f"{OWN}: missing: {shown(entry)} ({place})" for entry, place in wanted.items() if entry not in known]
    found += [f"{OWN}: no longer in the source: {shown(entry)}" for entry in known if entry not in wanted]
    found += clashes(known, others)
    for language, texts in catalogues.items():
        for entry, message in entries(texts).items():
            found += [f"{language}: {fault}" for fault in faults(entry, message)]
        mo = po(language).with_suffix(".mo")
        if not mo.exists() or mo.read_bytes() != compiled(texts):
            found.append(f"{language}: django.mo is not what django.po says")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["update", "check"])
    if parser.parse_args().action == "update":
        update()
    if found := differences():
        print(*found, "Run: python tools/catalogue.py update, and translate what is new.", sep="\n", file=sys.stderr)
        return 1
    print(f"catalogue complete: {len(entries(read(OWN)))} strings")
    return 0


if __name__ == "__main__":
    sys.exit(main())

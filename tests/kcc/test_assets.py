"""Static files as browsers get them."""

import re
import shutil
from pathlib import Path

from django.core.files.storage import FileSystemStorage

from kcc.assets import HashedFiles

SOURCE = Path(__file__).parents[2] / "kcc" / "static"
NAMES = ["kcc/js/draft.js", "kcc/js/copies.js", "kcc/js/fields.js", "kcc/js/page.js", "kcc/vendor/htmx.min.js"]


def collected(place: Path) -> dict[str, str]:
    """Give the text of each file as it is sent, by the name it has in the house."""
    source, storage = FileSystemStorage(SOURCE), HashedFiles(location=place)
    for name in NAMES:  # as collectstatic does first
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SOURCE / name, place / name)
    found: dict[str, str] = {}
    for name, hashed, _processed in storage.post_process({name: (source, name) for name in NAMES}):
        if not str(hashed).endswith((".gz", ".br")):
            found[name] = (place / hashed).read_text()
    return found


def test_our_modules_come_without_the_comment_at_their_head(tmp_path: Path) -> None:
    found = collected(tmp_path)
    for name in NAMES[:4]:
        head = (SOURCE / name).read_text().split("\n")[0]
        assert head.startswith("/* ")
        assert head not in found[name]
    assert found["kcc/vendor/htmx.min.js"] == (SOURCE / "kcc/vendor/htmx.min.js").read_text()


def test_a_module_imports_others_by_their_hash(tmp_path: Path) -> None:
    imported = re.findall(r'from "(.*?)"', collected(tmp_path)["kcc/js/draft.js"])
    assert len(imported) == 3
    for name in imported:
        assert re.fullmatch(r"\./[a-z]+\.[0-9a-f]{12}\.js", name)
        assert (tmp_path / "kcc/js" / name).exists()


def test_collecting_again_gives_the_same(tmp_path: Path) -> None:
    assert collected(tmp_path) == collected(tmp_path)

"""A table that is wider than its page scrolls by the keyboard too, wherever it stands."""

import re

from django.conf import settings

WRAP = re.compile(r'<div class="kcc-tablewrap"[^>]*>')


def test_whatever_scrolls_sideways_is_reached_by_keyboard_and_has_a_name() -> None:
    found = {
        (path.name, one)
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        for one in WRAP.findall(path.read_text())
    }
    assert found
    for name, one in found:
        assert 'role="region"' in one, name
        assert 'tabindex="0"' in one, name
        assert re.search(r'aria-label(ledby)?="[^"]', one), name

"""What names a row, from outside."""

from uuid import UUID

import pytest

from accounts.uuids import as_uuid

ONE = UUID("9b2f3c1e-7d54-4a0b-8c11-0f6de1a2b3c4")


@pytest.mark.parametrize("text", [str(ONE), ONE.hex, ONE.urn, f"{{{ONE}}}", ONE])
def test_however_it_is_written(text: object) -> None:
    assert as_uuid(text) == ONE


@pytest.mark.parametrize(
    "text", [None, "", "x", "0" * 31, f"{ONE}0", "\0" * 32, "\ud800" * 32, "9" * 1_000_000, 7, ["x"]]
)
def test_what_is_none(text: object) -> None:
    assert as_uuid(text) is None

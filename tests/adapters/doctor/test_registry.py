"""Doctor's checks register themselves: each under one name, which the documentation knows."""

from pathlib import Path

import pytest

from iacwatch.doctor.registry import check, in_order
from iacwatch.doctor.run import registered

ROOT = Path(__file__).parents[3]


def test_each_check_is_documented():
    pages = [ROOT / "README.md", *(ROOT / "iacwatch" / "manual").glob("*.md")]
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    assert [each.name for each in registered() if f"`{each.name}`" not in text] == []


def test_names_that_are_used_wrongly_are_errors():
    first, again, second, third = (
        check(name, after=after)(lambda examination: ())
        for name, after in (("a", ""), ("a", "a"), ("b", "c"), ("c", "b"))
    )
    with pytest.raises(ValueError, match="two checks are called a"):
        in_order([first, again])
    with pytest.raises(ValueError, match="no order can be found for b, c"):
        in_order([first, second, third])

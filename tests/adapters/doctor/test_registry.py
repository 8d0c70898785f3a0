"""Doctor's checks register themselves: each under one name, which the documentation knows."""

from pathlib import Path

import pytest

from iacwatch.doctor.registry import check, in_order
from iacwatch.doctor.run import registered

ROOT = Path(__file__).parents[3]


def made(name, after=""):
    return check(name, after=after)(lambda examination: ())


def test_each_check_is_documented():
    pages = [ROOT / "README.md", *(ROOT / "iacwatch" / "manual").glob("*.md")]
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    assert [each.name for each in registered() if f"`{each.name}`" not in text] == []


@pytest.mark.parametrize(
    ("checks", "message"),
    [
        ([made("a"), made("a", "a")], "two checks are called a"),
        ([made("a"), made("b", "c"), made("c", "b")], "no order can be found for b, c"),
    ],
)
def test_names_that_are_used_wrongly_are_errors(checks, message):
    with pytest.raises(ValueError, match=message):
        in_order(checks)

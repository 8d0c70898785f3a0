"""Doctor's checks register themselves: their order, their names, and that the documentation knows each."""

from pathlib import Path

import pytest

from iacwatch.doctor.registry import check, in_order
from iacwatch.doctor.run import registered

ROOT = Path(__file__).parents[3]


def made(name, after=""):
    return check(name, after=after)(lambda examination: ())


def names(checks):
    return [each.name for each in checks]


def test_the_checks_follow_a_change_on_its_way_and_each_is_documented():
    assert names(registered()) == [
        *("function.settings", "credentials", "recorder", "recorder.known"),
        *("queue.url", "rule", "queue", "queue.policy"),
        *("mapping", "function", "reconcile"),
        *("trail", "history", "accounts"),
        *("ledger", "ledger.table", "addresses", "events", "slack", "slack.post"),
        *("workflow", "workflow.lately", "workflow.started_by"),
    ]
    pages = [ROOT / "README.md", *(ROOT / "iacwatch" / "manual").glob("*.md")]
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    assert [name for name in names(registered()) if f"`{name}`" not in text] == []


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

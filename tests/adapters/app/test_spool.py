"""Which runs go on with what an earlier one gathered, and which begin anew."""

from datetime import timedelta

import pytest

from iacwatch.app.spool import mark_ended, spool_of
from iacwatch.core.model import Window
from tests.fixtures.clocks import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def window(since, now=NOON):
    return Window(start=now - since, end=now)


DAY_BEFORE, MONTH = window(DAY), window(30 * DAY)


def after(span, later):
    """Return a span, the same one asked for so much later, and how much later."""
    return window(span), window(span, now=NOON + later), later


@pytest.mark.parametrize(
    ("ranges", "whole", "types", "goes_on"),
    [
        # A span is gone on with for six hours, or for a tenth of it, but not for more than two weeks.
        (after(26 * HOUR, 5 * HOUR), True, "", True),
        (after(26 * HOUR, 7 * HOUR), True, "", False),
        (after(7 * DAY, 16 * HOUR), True, "", True),
        (after(7 * DAY, 17 * HOUR), True, "", False),
        (after(2000 * DAY, 15 * DAY), True, "", False),
        # One that came to its end but is not whole is only taken up for six hours.
        (after(30 * DAY, 5 * HOUR), False, "", True),
        (after(30 * DAY, 7 * HOUR), False, "", False),
        # From a fixed time until now: for two weeks. The very same range: always; with other arguments: never.
        ((MONTH, Window(start=MONTH.start, end=NOON + 13 * DAY), 13 * DAY), True, "", True),
        ((DAY_BEFORE, DAY_BEFORE, 13 * DAY), False, "", True),
        ((DAY_BEFORE, DAY_BEFORE, HOUR), True, "[]", False),
    ],
)
def test_a_run_goes_on_for_a_while_with_what_was_gathered(tmp_path, ranges, whole, types, goes_on):
    first, asked, later = ranges
    spool, _, _ = spool_of(tmp_path, {"types": ""}, first, now=NOON)
    if not whole:
        mark_ended(spool)
    spool.close()
    spool, taken, resumed = spool_of(tmp_path, {"types": types}, asked, now=NOON + later)
    spool.close()
    assert (taken, resumed == NOON) == (first if goes_on else asked, goes_on)

"""Which runs go on with what an earlier one gathered, and which begin anew."""

from datetime import timedelta

import pytest

from iacwatch.app.spool import mark_ended, spool_of
from iacwatch.core.model import Window
from tests.fixtures.clocks import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def window(since, until=timedelta(0), now=NOON):
    return Window(start=now - since, end=now - until)


def again(folder, first, asked, *, later=timedelta(0), whole=True, **terms):
    spool, _, _ = spool_of(folder, {"since": "x"}, first, now=NOON)
    if not whole:
        mark_ended(spool)
    spool.close()
    spool, taken, resumed = spool_of(folder, {"since": "x", **terms}, asked, now=NOON + later)
    spool.close()
    return taken, resumed == NOON


@pytest.mark.parametrize(
    ("span", "later", "whole", "goes_on"),
    [
        # A span is gone on with for six hours, or for a tenth of it, but not for more than two weeks.
        (26 * HOUR, 5 * HOUR, True, True),
        (26 * HOUR, 7 * HOUR, True, False),
        (7 * DAY, 16 * HOUR, True, True),
        (7 * DAY, 17 * HOUR, True, False),
        (2000 * DAY, 15 * DAY, True, False),
        # One that came to its end but is not whole is only taken up for six hours.
        (30 * DAY, 5 * HOUR, False, True),
        (30 * DAY, 7 * HOUR, False, False),
    ],
)
def test_a_span_is_gone_on_with_for_a_while(tmp_path, span, later, whole, goes_on):
    first, asked = window(span), window(span, now=NOON + later)
    expected = (first if goes_on else asked, goes_on)
    assert again(tmp_path, first, asked, later=later, whole=whole) == expected


def test_a_range_from_a_fixed_time_until_now_is_gone_on_with_for_two_weeks(tmp_path):
    first = window(30 * DAY)
    asked = Window(start=first.start, end=NOON + 13 * DAY)
    assert again(tmp_path, first, asked, later=13 * DAY) == (first, True)


def test_the_very_same_range_is_always_gone_on_with_and_other_arguments_are_another_run(tmp_path):
    day = window(DAY)
    assert again(tmp_path / "a", day, day, later=13 * DAY, whole=False) == (day, True)
    assert again(tmp_path / "b", day, day, later=HOUR, types="[]") == (day, False)

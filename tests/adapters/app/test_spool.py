"""Which runs go on with what an earlier one gathered, and which begin anew."""

from datetime import timedelta

import pytest

from iacwatch.app.spool import mark_ended, spool_of
from iacwatch.core.model import Window
from tests.fixtures.clocks import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def window(since, until=timedelta(0), now=NOON):
    return Window(start=now - since, end=now - until)


def interrupted(folder, asked, *, whole=True, now=NOON, **terms):
    spool, _, _ = spool_of(folder, {"since": "x", **terms}, asked, now=now)
    if not whole:
        mark_ended(spool)
    spool.close()


def again(folder, asked, later, **terms):
    """Run the same again; return the range it takes, and whether it goes on."""
    spool, taken, resumed = spool_of(folder, {"since": "x", **terms}, asked, now=NOON + later)
    spool.close()
    return taken, resumed == NOON


@pytest.mark.parametrize(
    ("span", "later", "goes_on"),
    [
        (26 * HOUR, HOUR, True),
        (26 * HOUR, 5 * HOUR, True),
        (26 * HOUR, 7 * HOUR, False),
        (7 * DAY, 16 * HOUR, True),
        (7 * DAY, 17 * HOUR, False),
        (90 * DAY, 8 * DAY, True),
        (2000 * DAY, 15 * DAY, False),
    ],
)
def test_a_span_is_gone_on_with_for_six_hours_or_a_tenth_of_it(tmp_path, span, later, goes_on):
    interrupted(tmp_path, window(span))
    asked = window(span, now=NOON + later)
    assert again(tmp_path, asked, later) == (window(span) if goes_on else asked, goes_on)


def test_a_range_from_a_fixed_time_until_now_is_gone_on_with_for_two_weeks(tmp_path):
    interrupted(tmp_path, window(30 * DAY))
    later = Window(start=window(30 * DAY).start, end=NOON + 13 * DAY)
    assert again(tmp_path, later, 13 * DAY) == (window(30 * DAY), True)


def test_a_run_that_came_to_its_end_but_is_not_whole_is_only_taken_up_for_six_hours(tmp_path):
    interrupted(tmp_path, window(30 * DAY), whole=False)
    soon = window(30 * DAY, now=NOON + 5 * HOUR)
    assert again(tmp_path, soon, 5 * HOUR)[1]
    interrupted(tmp_path, soon, whole=False)
    late = window(30 * DAY, now=NOON + 7 * HOUR)
    assert again(tmp_path, late, 7 * HOUR) == (late, False)


def test_the_very_same_range_is_always_gone_on_with(tmp_path):
    interrupted(tmp_path, window(DAY), whole=False)
    assert again(tmp_path, window(DAY), 13 * DAY) == (window(DAY), True)


def test_other_arguments_are_another_run(tmp_path):
    interrupted(tmp_path, window(DAY))
    assert again(tmp_path, window(DAY), HOUR, types="[]") == (window(DAY), False)

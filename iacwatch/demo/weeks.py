"""The demo's weeks: ten of them, in Config's history and CloudTrail's, before the day that is in its queue.

What they end with is what the day begins with. Nothing of them is in the queue: `backfill` and `who` find it.
"""

from datetime import datetime

from iacwatch.demo import (
    day,
    weeks_applies,
    weeks_aws,
    weeks_people,
    weeks_stock,
    weeks_web,
)
from iacwatch.demo.recorder import Day
from iacwatch.demo.weeks_recorder import Weeks


def recorded(now: datetime) -> Weeks:
    """Return the weeks as they had been recorded by `now`: they end four days before."""
    weeks = Weeks(now=now)
    for thing in weeks_stock.QUIET:
        weeks.begin(thing)
    weeks_applies.begin(weeks)
    weeks_web.begin(weeks)
    weeks_people.begin(weeks)
    weeks_applies.recorded(weeks)
    weeks_web.recorded(weeks)
    weeks_people.recorded(weeks)
    weeks_aws.recorded(weeks)
    weeks.play()
    weeks_aws.noise(weeks)
    return weeks


def and_day(now: datetime) -> tuple[Weeks, Day]:
    """Return the weeks, and the day that follows them."""
    before = recorded(now)
    return before, day.recorded(now, before.states)

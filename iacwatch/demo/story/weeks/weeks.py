"""The demo's weeks: ten of them, in Config's history and CloudTrail's, before the day that is in its queue.

What they end with is what the day begins with. Nothing of them is in the queue: `backfill` and `who` find it.
"""

from datetime import datetime

from iacwatch.demo.story.day import day
from iacwatch.demo.story.recorder import Day
from iacwatch.demo.story.weeks import applies, aws, people, security_group, stock
from iacwatch.demo.story.weeks.recorder import Weeks


def recorded(now: datetime) -> Weeks:
    """Return the weeks as they had been recorded by `now`: they end four days before."""
    weeks = Weeks(now=now)
    for thing in stock.QUIET:
        weeks.begin(thing)
    applies.begin(weeks)
    security_group.begin(weeks)
    people.begin(weeks)
    applies.recorded(weeks)
    security_group.recorded(weeks)
    people.recorded(weeks)
    aws.recorded(weeks)
    weeks.play()
    aws.noise(weeks)
    return weeks


def and_day(now: datetime) -> tuple[Weeks, Day]:
    """Return the weeks, and the day that follows them."""
    before = recorded(now)
    return before, day.recorded(now, before.states)

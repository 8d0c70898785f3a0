"""The demo's day: some forty changes in a quiet account, in bursts, by a pipeline, by people and by AWS."""

from collections.abc import Mapping
from datetime import datetime

from iacwatch.demo.story import day_aws, day_people, day_pipeline
from iacwatch.demo.story.recorder import Day, Place
from iacwatch.demo.story.thing import Thing

MAX_RECEIVES = 10
"""How often the demo's queue hands a message out before it goes to the dead-letter queue."""


def recorded(now: datetime, states: Mapping[Place, Thing] | None = None) -> Day:
    """Return the day as it had been recorded by `now`; two changes of the last half hour lack their cause.

    `states` is how each object was when the day began, known to Config's history already; what is not among
    them was there last week, as the stock has it.
    """
    day = Day(now=now, states=dict(states or {}))
    day_pipeline.morning(day)
    day_people.debugging(day)
    day_pipeline.repair(day)
    day_people.amid_an_apply(day)
    day_people.tidying(day)
    day_aws.unmanaged(day)
    day_people.stacks(day)
    day_aws.by_itself(day)
    day_aws.nobodys(day)
    day_people.late(day)
    day_pipeline.late(day)
    day_aws.garbled(day, receives=MAX_RECEIVES - 1)
    day_aws.noise(day)
    return day

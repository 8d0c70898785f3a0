"""The demo's day: some forty changes in a quiet account, in bursts, by a pipeline, by people and by AWS."""

from collections.abc import Mapping
from datetime import datetime

from iacwatch.demo.story.day import aws, people, pipeline
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
    pipeline.morning(day)
    people.debugging(day)
    pipeline.repair(day)
    people.amid_an_apply(day)
    people.by_roles(day)
    people.tidying(day)
    aws.unmanaged(day)
    people.stacks(day)
    aws.by_itself(day)
    aws.nobodys(day)
    people.late(day)
    pipeline.late(day)
    aws.garbled(day, receives=MAX_RECEIVES - 1)
    aws.noise(day)
    return day

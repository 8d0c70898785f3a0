"""Changes that one caller made to one object by hand, each a row of a table."""

from typing import NamedTuple

from iacwatch.core.model import Verdict
from iacwatch.demo.story import stock
from iacwatch.demo.story.callers import Caller
from iacwatch.demo.story.recorder import Truth
from iacwatch.demo.story.thing import Thing
from iacwatch.demo.story.weeks.applies import APPLIED
from iacwatch.demo.story.weeks.recorder import Edit, Weeks


class ManualChange(NamedTuple):
    """One change: so many days ago, and so many minutes after that."""

    day: int
    minutes: int
    caller: Caller
    thing: Thing
    edit: Edit
    story: str = "an apply puts it right"


def by_hand(weeks: Weeks, *changes: ManualChange) -> None:
    """Put changes on the agenda: out of band, but for the pipeline's."""
    for change in changes:
        truth = Truth(verdict=Verdict.OUT_OF_BAND, actor=change.caller.name, story=change.story)
        if change.caller is stock.PIPELINE:
            truth = APPLIED
        weeks.edit(weeks.ago(change.day, change.minutes), change.caller, change.thing, change.edit, truth)

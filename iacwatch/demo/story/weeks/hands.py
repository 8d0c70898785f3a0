"""What one caller did to one object by hand, as a row of a table."""

from typing import NamedTuple

from iacwatch.core.model import Verdict
from iacwatch.demo.story import stock
from iacwatch.demo.story.callers import Caller
from iacwatch.demo.story.recorder import Truth
from iacwatch.demo.story.thing import Thing
from iacwatch.demo.story.weeks.applies import APPLIED
from iacwatch.demo.story.weeks.recorder import Turn, Weeks


class Hand(NamedTuple):
    """One change: so many days ago, and so many minutes after that."""

    day: int
    minutes: int
    caller: Caller
    thing: Thing
    turn: Turn
    story: str = "an apply puts it right"


def by_hand(weeks: Weeks, *hands: Hand) -> None:
    """Put changes on the agenda: out of band, but for the pipeline's."""
    for hand in hands:
        truth = Truth(verdict=Verdict.OUT_OF_BAND, actor=hand.caller.name, story=hand.story)
        if hand.caller is stock.PIPELINE:
            truth = APPLIED
        weeks.turn(weeks.ago(hand.day, hand.minutes), hand.caller, hand.thing, hand.turn, truth)

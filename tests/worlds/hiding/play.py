"""Plays the ways to hide by hand: `python -m tests.worlds.hiding.play SEED`."""

import sys
from functools import partial

from tests.worlds.hiding.calls import BesideWays, CallWays
from tests.worlds.hiding.disguises import disguised
from tests.worlds.hiding.vanishing import NoiseWays, OmittedWays, UnshownWays
from tests.worlds.playing import by_hand, counted, drained
from tests.worlds.stage import Stage, play

RULES = """
[[report.ignore]]
principals = ["arn:aws:iam::*:role/cleanup*"]
"""


def ways(seed, now=None):
    """Return the world in which every way to hide is tried once."""
    stage = Stage(seed, now, minutes=(80, 400))
    disguised(stage)
    for part in (CallWays, BesideWays, OmittedWays, NoiseWays, UnshownWays):
        group = part(stage)
        group.rows()
        play(group, "way_")
    return stage.world


if __name__ == "__main__":
    world = ways(int(sys.argv[1]))
    by_hand(counted(world), partial(drained, world, rules=RULES))

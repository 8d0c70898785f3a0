"""Plays the ways to hide by hand: `python -m tests.worlds.hiding.play SEED [parts]`.

`parts`: calls on what hangs on an object, beside its change.
"""

import sys
import tempfile
from pathlib import Path

from iacwatch.demo.fake.server import FakeAws
from tests.worlds.hiding.calls import BesideWays, CallWays
from tests.worlds.hiding.disguises import disguised
from tests.worlds.hiding.origins import taken
from tests.worlds.hiding.parts import beside
from tests.worlds.hiding.stage import HidingAccount, Stage
from tests.worlds.hiding.vanishing import NoiseWays, OmittedWays, UnshownWays
from tests.worlds.recorded_types.judging import judge


def ways(seed, now=None):
    """Return the world in which every way to hide is tried once."""
    stage = Stage(seed, now)
    disguised(stage)
    taken(stage)
    for part in (CallWays, BesideWays, OmittedWays, NoiseWays, UnshownWays):
        part(stage).play()
    return stage.world


def through_queue(world, folder):
    """Let `drain` judge the ways."""
    with FakeAws(rate=1000) as aws:
        account = HidingAccount(aws, world, folder)
        lines, summary = account.drain()
        return judge(world, lines, account.queued()), summary


def main(seed, *parts):
    world = ways(seed)
    if parts:
        stage = Stage(seed)
        beside(stage)
        world = stage.world
    print(len({truth.label for truth in world.truths}), "ways,", len(world.truths), "changes")
    with tempfile.TemporaryDirectory() as name:
        judgement, summary = through_queue(world, Path(name))
        print(summary[-1500:], judgement.text(), sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])

"""Plays one world by hand: `python -m tests.worlds.recorded_types.play SEED COUNT [files|first|ec2]`.

COUNT 0: every call of every type once. `files`: as first items in a folder of history files.
`first`: every update of the blind worlds' kinds as the first item of its object. `ec2`: EC2's rarer types.
"""

import sys
from datetime import timedelta
from functools import partial

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import history_folder
from tests.worlds.blind.run import Account
from tests.worlds.marks import judge
from tests.worlds.playing import by_hand, counted, drained
from tests.worlds.recorded_types.changes import Changes
from tests.worlds.recorded_types.ec2_types import Ec2Types
from tests.worlds.recorded_types.first_items import first_items
from tests.worlds.recorded_types.other_types import other_types
from tests.worlds.test_past_worlds import told


def world_of(seed, count, *, now=None):
    """Return a world of so many changes; of every call once for 0."""
    changes = Changes(seed, now=now)
    world = changes.play(count) if count else changes.play_all()
    other_types(changes)
    return world


def through_files(seed, count, folder, *, now=None):
    """Let `backfill` judge a world whose items lie in history files that begin with them."""
    world = Changes(seed, now=now, in_files=True).play(count)
    since = f"{world.now - timedelta(hours=24):%Y-%m-%dT%H:%M:%S}"
    recent = [each for each in world.items if each[0]["configurationItemCaptureTime"] >= since]
    world.items = recent
    history_folder.deliver(folder / "files", world.items)
    with FakeAws(rate=1000) as aws:
        account = Account(aws, world, folder)
        return judge(world, told(account, "--changes", str(folder / "files")), set())


def main(seed, count, way=""):
    if way == "files":
        by_hand(f"{count} changes in files", partial(through_files, seed, count))
        return
    world = {"first": lambda: first_items(seed), "ec2": lambda: Ec2Types(seed).play()}.get(
        way, lambda: world_of(seed, count)
    )()
    by_hand(counted(world), partial(drained, world))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])

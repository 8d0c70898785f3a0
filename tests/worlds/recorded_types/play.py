"""Plays one world by hand: `python -m tests.worlds.recorded_types.play SEED COUNT [files|first|ec2]`.

COUNT 0: every call of every type once. `files`: as first items in a folder of history files.
`first`: every update of the blind worlds' kinds as the first item of its object. `ec2`: EC2's rarer types.
"""

import sys
from datetime import UTC, datetime, timedelta
from functools import partial

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import history_folder
from tests.worlds.blind.catalogue import catalogue
from tests.worlds.blind.run import Account
from tests.worlds.blind.scenarios.every import SCENARIOS, every_call, functions, some
from tests.worlds.blind.world import World
from tests.worlds.marks import judge
from tests.worlds.playing import by_hand, counted, drained
from tests.worlds.recorded_types import scenarios
from tests.worlds.recorded_types.ec2_types import Ec2Types
from tests.worlds.recorded_types.rows import kinds
from tests.worlds.test_past_worlds import told

EVERY = {**SCENARIOS, **functions(scenarios)}
del EVERY[
    "old_record"
]  # event history over HTTP finds what no name finds by `readOnly`, which old records have not
IN_FILES = (
    "apply",
    "by_hand",
    "created",
    "by_aws",
    "refused",
    "omitted_alone",
    "its_part",
    "same_name",
    "tagged",
)
"""Scenarios of which a first item without a diff can tell."""


def world_of(seed, count):
    """Return a world of so many changes of recorded types; of every call once for 0."""
    world = World(seed, datetime.now(UTC))
    return some(world, count, kinds(), EVERY) if count else every_call(world, kinds())


def first_items(seed):
    """Return a world in which a person changes each object once, and Config has nothing of it before."""
    return every_call(World(seed, datetime.now(UTC)), catalogue().values(), first=True)


def through_files(seed, count, folder):
    """Let `backfill` judge a world whose items lie in history files that begin with them."""
    shown = {name: EVERY[name] for name in IN_FILES}
    world = some(World(seed, datetime.now(UTC)), count, kinds(), shown)
    since = f"{world.now - timedelta(hours=24):%Y-%m-%dT%H:%M:%S}"
    world.items = [each for each in world.items if each[0]["configurationItemCaptureTime"] >= since]
    history_folder.deliver(folder / "files", world.items)
    with FakeAws(rate=1000) as aws:
        account = Account(aws, world, folder)
        return judge(world, told(account, "--changes", str(folder / "files")), set())


def main(seed, count, way=""):
    if way == "files":
        by_hand(f"{count} changes in files", partial(through_files, seed, count))
        return
    worlds = {"first": lambda: first_items(seed), "ec2": lambda: Ec2Types(seed).play()}
    world = worlds.get(way, lambda: world_of(seed, count))()
    by_hand(counted(world), partial(drained, world))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])

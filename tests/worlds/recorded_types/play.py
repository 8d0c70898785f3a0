"""Plays one world by hand: `python -m tests.worlds.recorded_types.play SEED COUNT [files|first|ec2]`.

COUNT 0: every call of every type once. `files`: as first items in a folder of history files.
`first`: every update of the blind worlds' kinds as the first item of its object. `ec2`: EC2's rarer types.
"""

import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import history_folder
from tests.worlds.blind.run import Account
from tests.worlds.recorded_types.changes import Changes
from tests.worlds.recorded_types.ec2_types import Ec2Types
from tests.worlds.recorded_types.first_items import first_items
from tests.worlds.recorded_types.judging import judge
from tests.worlds.recorded_types.other_types import other_types
from tests.worlds.test_past_worlds import told

NOT_IN_FILES = ("deletes", "deleted", "sent_before_differs", "the_one_before")
"""Stories of which a first item without a diff cannot tell."""


def world_of(seed, count, *, now=None):
    """Return a world of so many changes; of every call once for 0."""
    changes = Changes(seed, now=now)
    world = changes.play(count) if count else changes.play_all()
    other_types(changes)
    return world


def through_queue(world, folder):
    """Let `drain` judge a world."""
    with FakeAws(rate=1000) as aws:
        account = Account(aws, world, folder)
        lines, summary = account.drain()
        return judge(world, lines, account.queued()), summary


def through_files(seed, count, folder, *, now=None):
    """Let `backfill` judge a world whose items lie in history files that begin with them."""
    changes = Changes(seed, now=now)
    changes.stories = [
        story for story in changes.stories if not any(part in story.__name__ for part in NOT_IN_FILES)
    ]
    world = changes.play(count)
    since = f"{world.now - timedelta(hours=24):%Y-%m-%dT%H:%M:%S}"
    world.items = [
        (document, region)
        for document, region in world.items
        if document["configurationItemCaptureTime"] >= since
    ]
    history_folder.deliver(folder / "files", world.items)
    with FakeAws(rate=1000) as aws:
        account = Account(aws, world, folder)
        return judge(world, told(account, "--changes", str(folder / "files")), set())


def main(seed, count, *ways):
    with tempfile.TemporaryDirectory() as name:
        if ways in {("first",), ("ec2",)}:
            world = first_items(seed) if ways == ("first",) else Ec2Types(seed).play()
            judgement, summary = through_queue(world, Path(name))
            print(summary[-1500:], judgement.text(), sep="\n")
            return
        if ways:
            print(through_files(seed, count, Path(name)).text())
            return
        world = world_of(seed, count)
        print(
            f"seed {seed}: {len(world.truths)} changes of {len({each.type for each in world.truths})} types"
        )
        judgement, summary = through_queue(world, Path(name))
        print(summary[-1500:], judgement.text(), sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])

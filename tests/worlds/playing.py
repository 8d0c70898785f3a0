"""Runs the real command over HTTP against a world, and judges what it reports."""

import tempfile
from pathlib import Path

from iacwatch.demo.fake.server import FakeAws
from tests.worlds.blind.run import Account
from tests.worlds.marks import judge


def drained(world, folder, rules=""):
    """Let `drain` judge a world, with further rules in its configuration."""
    with FakeAws(rate=1000) as aws:
        account = Account(aws, world, folder)
        place = folder / "iacwatch.toml"
        place.write_text(place.read_text() + rules)
        lines, summary = account.drain()
        print(summary[-1500:])
        return judge(world, lines, account.queued())


def by_hand(title, judged):
    """Print what somebody wants to see who plays a world by hand; `judged` takes a folder."""
    print(title)
    with tempfile.TemporaryDirectory() as name:
        print(judged(Path(name)).text())


def counted(world):
    """Return how large a world is, in words."""
    labels, types = ({getattr(each, name) for each in world.truths} for name in ("label", "type"))
    return f"{len(world.truths)} changes of {len(types)} types in {len(labels)} stories"

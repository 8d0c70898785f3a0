"""Every update of every kind of the blind worlds as the first item that is known of its object: no diff, nothing before."""

from datetime import UTC, datetime, timedelta

from tests.worlds.blind.day import catalogue
from tests.worlds.blind.world import World

BY_A_PART = {"DisassociateAddress", "DetachNetworkInterface", "DisassociateRouteTable"}
"""Calls that name a part alone, which only the item before would tell."""


def first_items(seed, *, now=None):
    """Return a world in which a person changes each object once, and Config has nothing of it before."""
    world = World(seed, now or datetime.now(UTC))
    people = [world.cast.alice(), world.cast.bob(), world.cast.iam_user("dora")]
    for make in catalogue().values():
        made = make(world.maker.at(), f"shop-{world.maker.next()}")
        for number in range(len(made.updates)):
            kind = make(world.maker.at(), f"shop-{world.maker.next()}")
            kind.thing.tags["managed-by"] = "terraform"
            kind.thing.captured = kind.thing.shot()
            op = kind.updates[number]()
            if op is None or op.operation in BY_A_PART:
                continue
            kind.thing.captured = None
            at = world.ago(minutes=world.random.uniform(75, 400))
            call = world.call(world.random.choice(people), op, at, kind=kind)
            seen = at + timedelta(seconds=world.random.uniform(20, 400))
            world.capture(kind, seen, (call,), label=made.thing.type[5:], diff="none", envelope="eventbridge")
    return world

"""Every update of every kind of the blind worlds as the first item that is known of its object: no diff, nothing before."""

from tests.worlds.blind.catalogue import catalogue
from tests.worlds.stage import Stage

BY_A_PART = {
    "DisassociateAddress",
    "DetachNetworkInterface",
    "DisassociateRouteTable",
    "ReplaceNetworkAclAssociation",
}
"""Calls that name a part alone, which only the item before would tell."""


def first_items(seed, *, now=None):
    """Return a world in which a person changes each object once, and Config has nothing of it before."""
    stage = Stage(seed, now)
    m = stage.m
    for make in catalogue().values():
        made = make(m.at(), f"shop-{m.next()}")
        for number in range(len(made.updates)):
            kind = make(m.at(), f"shop-{m.next()}")
            kind.thing.tags["managed-by"] = "terraform"
            kind.thing.captured = kind.thing.shot()
            op = kind.updates[number]()
            if op is None or op.operation in BY_A_PART:
                continue
            kind.thing.captured = None
            stage.begin(made.thing.type[5:])
            call = stage.do(stage.person(), op, kind)
            stage.seen(kind, call, after=stage.random.uniform(20, 400), diff="none")
    return stage.world

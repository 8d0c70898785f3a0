"""Makes worlds: every kind of thing through every scenario, with noise around, from one seed."""

from datetime import timedelta

from tests.worlds.kinds import compute, data, ec2, edge, iam, links, network, other, storage
from tests.worlds.people import instance, persons, pipeline, service
from tests.worlds.scenarios import mixed, odd, one_caller
from tests.worlds.world import START, World

KINDS = (
    *ec2.KINDS,
    *network.KINDS,
    *links.KINDS,
    *iam.KINDS,
    *storage.KINDS,
    *data.KINDS,
    *compute.KINDS,
    *edge.KINDS,
    *other.KINDS,
)
SCENARIOS = (*one_caller.ALL, *mixed.ALL, *odd.ALL)


def world(seed: int, *, changes: int = 400, noise: float = 0.3, hours: float = 4) -> World:
    """Return a world of about so many changes; `noise`: other events a second, over all accounts."""
    made = World(seed, hours)
    while len(made.captures) < changes:
        made.random.choice(SCENARIOS)(made, made.random.choice(KINDS))
    _noise(made, noise)
    return made


def every_pair(seed: int) -> World:
    """Return a world in which each kind goes through each scenario once."""
    made = World(seed)
    for kind in KINDS:
        for scenario in SCENARIOS:
            scenario(made, kind)
    return made


def _noise(made: World, rate: float) -> None:
    """Let everybody read, fail, and change things of their own."""
    draw = made.random
    known = list(made.things)
    span = 3600 * (made.hours + 1.5)
    for _ in range(int(rate * span)):
        at = START + timedelta(seconds=draw.uniform(0, span))
        thing = draw.choice(known)
        who = draw.choice(
            [*persons(thing.account), instance(thing.account), pipeline(thing.account), service("config")]
        )
        roll = draw.random()
        call = draw.choice([thing.kind.create, thing.kind.tag, *thing.kind.updates])
        if roll < 0.6:
            made.call(who, at, call, thing, read_only=True)
        elif roll < 0.75:
            made.call(
                who,
                at,
                call,
                thing,
                error=draw.choice(("AccessDenied", "ThrottlingException", "ValidationException")),
            )
        elif roll < 0.85 and thing.kind.mentions:
            made.call(who, at, draw.choice(thing.kind.mentions), thing)
        else:
            made.call(who, at, call, made.thing(thing.kind, account=thing.account, region=thing.region))

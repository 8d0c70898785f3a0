"""Plays a world by hand: `python -m tests.worlds.blind.play SEED [day|stories|scenarios|pairs]`.

It prints how much was judged rightly, and each miss with what it was and why it was said.
"""

import sys
from functools import partial

from tests.worlds.blind.noise import noise
from tests.worlds.blind.road import NOW, Run
from tests.worlds.blind.scenarios import every
from tests.worlds.blind.stories.doings import Stories
from tests.worlds.blind.stories.names import NameStories
from tests.worlds.blind.world import World
from tests.worlds.playing import counted


def stories(seed, now=NOW, *, world=None):
    """Return a world of all stories."""
    world = world or World(seed, now)
    Stories(world=world).whole()
    return NameStories(world=world).whole()


def some(seed, now=NOW, *, changes=250, share=0.1, told=False):
    """Return a world of things of any kind in any scenario, and others' calls at a share of a busy account's rate.

    `told`: all stories too.
    """
    scenarios = every.SCENARIOS if now == NOW else every.OVER_HTTP
    world = every.some(World(seed, now), changes, scenarios=scenarios)
    return noise(stories(seed, world=world) if told else world, share)


def pairs(seed, now=NOW):
    """Return a world in which each kind goes through each scenario once."""
    return every.every_pair(World(seed, now))


day = partial(some, told=True)

if __name__ == "__main__":
    worlds = {"day": day, "stories": stories, "scenarios": some, "pairs": pairs}
    world = worlds[sys.argv[2] if sys.argv[2:] else "day"](int(sys.argv[1]))
    print(f"{counted(world)}, {len(world.events)} events")
    print(Run(world).go().marks().text())

"""Plays a world by hand: `python -m tests.worlds.blind.play SEED [day|stories|scenarios|pairs] [CHANGES] [--real]`.

It prints how much was judged rightly, and each miss with what it was and why it was said. `--real` lets the real
command judge it over HTTP.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.worlds.blind.day import Day
from tests.worlds.blind.noise import noise
from tests.worlds.blind.road import NOW, Run
from tests.worlds.blind.scenarios import every
from tests.worlds.blind.stories.doings import Stories
from tests.worlds.blind.stories.names import NameStories
from tests.worlds.blind.world import World


def day(seed, now=NOW, *, share=0.05):
    """Return a day: every kind's life, all stories, and others' calls at a share of a busy account's rate."""
    world = World(seed, now)
    Day(world=world).whole()
    return noise(stories(seed, world=world), share)


def stories(seed, now=NOW, *, world=None):
    """Return a world of all stories."""
    world = world or World(seed, now)
    Stories(world=world).whole()
    return NameStories(world=world).whole()


def some(seed, now=NOW, *, changes=250, share=0.1):
    """Return a world of things of any kind in any scenario."""
    return noise(every.some(World(seed, now), changes), share)


def pairs(seed, now=NOW):
    """Return a world in which each kind goes through each scenario once."""
    return every.every_pair(World(seed, now))


WORLDS = {"day": day, "stories": stories, "scenarios": some, "pairs": pairs}


def main(seed, which="day", *more):
    from tests.worlds.playing import by_hand, counted, drained

    make = WORLDS[which]
    if "--real" in more:
        world = make(seed, datetime.now(UTC))
        by_hand(counted(world), lambda folder: drained(world, Path(folder)))
        return
    world = make(seed, **({"changes": int(more[0])} if more else {}))
    print(f"seed {seed}: {counted(world)}, {len(world.events)} events")
    print(Run(world).go().marks().text())


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])

"""All scenarios that every kind of the catalogue goes through: by chance, or each with each."""

import inspect

from tests.worlds.blind.catalogue import catalogue
from tests.worlds.blind.scenarios import alone, folded
from tests.worlds.blind.scenarios.scene import Scene

SCENARIOS = tuple(
    made
    for file in (alone, folded)
    for made in vars(file).values()
    if inspect.isfunction(made) and made.__module__ == file.__name__
)


def some(world, changes):
    """Let so many things happen in a world, to things of any kind."""
    scene, makes = Scene(world=world), list(catalogue().values())
    while len(world.truths) < changes:
        scene.play(scene.pick(*SCENARIOS), scene.pick(*makes))
    return world


def every_pair(world):
    """Let each kind of thing go through each scenario once."""
    scene = Scene(world=world)
    for make in catalogue().values():
        for scenario in SCENARIOS:
            scene.play(scenario, make)
    return world

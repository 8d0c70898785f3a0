"""All scenarios that every kind of the catalogue goes through: by chance, or each with each."""

import inspect
from functools import partial

from tests.worlds.blind.catalogue import catalogue
from tests.worlds.blind.scenarios import alone, folded
from tests.worlds.blind.scenarios.scene import Scene
from tests.worlds.blind.scenarios.single import ONE_CALL, one_call

FUNCTIONS = [each for file in (alone, folded) for each in vars(file).values() if inspect.isfunction(each)]
SCENARIOS = {
    **{each.__name__: each for each in FUNCTIONS if each.__module__ in {alone.__name__, folded.__name__}},
    **{name: partial(one_call, row) for name, row in ONE_CALL.items()},
}


def some(world, changes):
    """Let so many things happen in a world, to things of any kind."""
    scene, makes = Scene(world=world), list(catalogue().values())
    while len(world.truths) < changes:
        scene.play(*scene.pick(*SCENARIOS.items()), scene.pick(*makes))
    return world


def every_pair(world):
    """Let each kind of thing go through each scenario once."""
    scene = Scene(world=world)
    for make in catalogue().values():
        for name, scenario in SCENARIOS.items():
            scene.play(name, scenario, make)
    return world

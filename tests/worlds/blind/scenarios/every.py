"""All scenarios that every kind of the catalogue goes through: by chance, or each with each."""

import inspect
from functools import partial
from importlib import import_module
from pkgutil import iter_modules

from tests.worlds.blind import builders, messages, types
from tests.worlds.blind.row import Row
from tests.worlds.blind.scenarios import alone, folded
from tests.worlds.blind.scenarios.scene import Scene
from tests.worlds.blind.scenarios.single import ONE_CALL, mention_of, one_call, update_of

FILES = (
    builders,
    messages,
    *(import_module(f"{types.__name__}.{file.name}") for file in iter_modules(types.__path__)),
)


def catalogue() -> dict[str, Row]:
    """Return the rows by name."""
    return {name: made for file in FILES for name, made in vars(file).items() if isinstance(made, Row)}


def functions(*files):
    """Return the scenarios that these files hold, by name: what takes a scene and a kind first."""
    held = ((file, each) for file in files for each in vars(file).values() if inspect.isfunction(each))
    own = (each for file, each in held if each.__module__ == file.__name__)
    return {each.__name__: each for each in own if [*inspect.signature(each).parameters][:2] == ["s", "make"]}


SCENARIOS = {
    **functions(alone, folded),
    **{name: partial(one_call, row) for name, row in ONE_CALL.items()},
    **{name: partial(folded.together, row) for name, row in folded.TOGETHER.items()},
}

OVER_HTTP = {name: each for name, each in SCENARIOS.items() if name != "old_record"}
"""Event history over HTTP finds what no name finds by `readOnly`, which old records have not."""


def some(world, changes, makes=(), scenarios=SCENARIOS):
    """Let so many things happen in a world, to things of any kind, or of these in turn."""
    scene, every = Scene(world=world), list(makes or catalogue().values())
    scene.random.shuffle(every)
    while len(world.truths) < changes:
        for make in every[: 1 + changes - len(world.truths)]:
            scene.play(*scene.pick(*scenarios.items()), make)
    return world


def every_pair(world):
    """Let each kind of thing go through each scenario once."""
    scene = Scene(world=world)
    for make in catalogue().values():
        for name, scenario in SCENARIOS.items():
            scene.play(name, scenario, make)
    return world


def every_call(world, makes, *, first=False):
    """Let somebody make each call of each kind, and each that mentions a thing beside the pipeline's change.

    `first`: only what changes it, and Config has nothing of it before, nor a diff.
    """
    scene = Scene(world=world)
    for make in makes:
        kind = make(scene.m.at(), "x")
        played = [("update", partial(update_of, number, first)) for number in range(len(kind.updates))]
        if not first:
            played += [("mention", partial(mention_of, number)) for number in range(len(kind.mentions))]
            played += [(name, SCENARIOS[name]) for name in ("created", "deleted")]
        for name, scenario in played:
            scene.play(name, scenario, make)
    return world

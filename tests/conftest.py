"""What holds for all tests."""

import gc
import logging

import pytest
from hypothesis import Phase, settings

from tests.fixtures.hurried import read_models_once, trust_the_disk

# `--hypothesis-profile thorough` tries more; how long an example takes says nothing on a busy machine.
settings.register_profile("usual", max_examples=40, deadline=None)
settings.register_profile("thorough", max_examples=500, deadline=None)
# `python -m tests.tools.mutants`: the same examples each time, and none made smaller.
settings.register_profile(
    "mutants", max_examples=40, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile("usual")
trust_the_disk()
read_models_once()

LONG = ("tests/e2e/", "tests/faults/", "tests/laws/", "tests/worlds/")


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Look for no garbage among tests that are being collected: all of them stay."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_modifyitems(config, items):
    """Begin with the rooms whose files take longest, so that of many processes none is left with one at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(autouse=True, scope="module")
def _what_clients_froze_can_be_freed():
    """Undo what making a client does for a process that makes few: hundreds of them would be kept for ever."""
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _what_is_logged_is_as_before():
    """Undo what a command that runs within a test sets for its process."""
    loggers = [logging.getLogger(name) for name in (None, "iacwatch", "iacwatch.pipeline")]
    levels = [each.level for each in loggers]
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)

"""What holds for all tests."""

import gc

import pytest
from hypothesis import settings

# `--hypothesis-profile thorough` tries more; how long an example takes says nothing on a busy machine.
settings.register_profile("usual", max_examples=40, deadline=None)
settings.register_profile("thorough", max_examples=500, deadline=None)
settings.load_profile("usual")


@pytest.fixture(autouse=True, scope="module")
def _what_clients_froze_can_be_freed():
    """Undo what making a client does for a process that makes few: hundreds of them would be kept for ever."""
    yield
    gc.unfreeze()

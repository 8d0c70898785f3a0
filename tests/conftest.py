"""What holds for all tests."""

import gc

import pytest


@pytest.fixture(autouse=True, scope="module")
def _what_clients_froze_can_be_freed():
    """Undo what making a client does for a process that makes few: hundreds of them would be kept for ever."""
    yield
    gc.unfreeze()

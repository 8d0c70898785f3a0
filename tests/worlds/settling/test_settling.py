"""The real command, over HTTP, against objects that settle after their creation: that was nobody's call."""

import pytest

from tests.worlds.marks import right
from tests.worlds.playing import drained
from tests.worlds.settling.objects import Settling


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_settles_by_itself_is_a_side_effect(tmp_path):
    world = Settling(1).play()
    assert len([truth for truth in world.truths if truth.label == "settled"]) == 38
    right(drained(world, tmp_path))

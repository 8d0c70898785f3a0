"""The real command, over HTTP, against people who try to hide behind the pipeline, or to vanish: nobody is hidden."""

import pytest

from tests.worlds.hiding.play import RULES, ways
from tests.worlds.marks import right
from tests.worlds.playing import drained


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nobody_hides_and_calls_on_parts_neither_explain_nor_stain(tmp_path):
    world = ways(1)
    assert len({truth.label for truth in world.truths}) >= 100
    right(drained(world, tmp_path, rules=RULES))

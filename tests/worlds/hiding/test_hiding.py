"""The real command, over HTTP, against people who try to hide behind the pipeline, or to vanish: nobody is hidden."""

import pytest

from tests.worlds.hiding.play import RULES, on_parts, ways
from tests.worlds.marks import right
from tests.worlds.playing import drained


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("world", "least"), [(ways, 100), (on_parts, 90)])
def test_nobody_hides_and_calls_on_parts_neither_explain_nor_stain(world, least, tmp_path):
    made = world(1)
    assert len({truth.label for truth in made.truths}) >= least
    right(drained(made, tmp_path, rules=RULES))

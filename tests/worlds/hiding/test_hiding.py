"""The real command, over HTTP, against people who try to hide behind the pipeline, or to vanish: nobody is hidden."""

import pytest

from tests.worlds.hiding.parts import beside
from tests.worlds.hiding.play import through_queue, ways
from tests.worlds.hiding.stage import Stage


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nobody_hides(tmp_path):
    world = ways(1)
    assert len({truth.label for truth in world.truths}) >= 100
    judgement, summary = through_queue(world, tmp_path)
    print(judgement.text())
    assert judgement.hidden == [], summary
    assert judgement.blamed == []
    assert judgement.misses == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_calls_on_parts_neither_explain_nor_stain(tmp_path):
    stage = Stage(1)
    beside(stage)
    judgement, summary = through_queue(stage.world, tmp_path)
    print(judgement.text())
    assert judgement.hidden == [], summary
    assert judgement.blamed == []
    assert judgement.misses == []

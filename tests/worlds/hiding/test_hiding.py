"""The real command, over HTTP, against people who try to hide behind the pipeline, or to vanish: nobody is hidden."""

import pytest

from tests.worlds.hiding.play import through_queue, ways


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

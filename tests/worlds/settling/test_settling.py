"""The real command, over HTTP, against objects that settle after their creation: that was nobody's call."""

import pytest

from tests.worlds.recorded_types.play import through_queue
from tests.worlds.settling.objects import ROWS, Settling


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_settles_by_itself_is_a_side_effect(tmp_path):
    assert len(ROWS) == 38
    judgement, summary = through_queue(Settling(1).play(), tmp_path)
    assert judgement.misses == [], summary
    assert judgement.blamed == []

"""Every kind of thing in every scenario: as right as the worlds of chance, and nobody blamed wrongly."""

import pytest

from tests.worlds import generator
from tests.worlds.world_runner import run


@pytest.mark.slow
def test_every_kind_of_thing_goes_through_every_scenario():
    score = run(generator.every_pair(11))
    print(score.text())
    assert not score.wrongly_blamed, score.text()
    assert score.share >= 0.98, score.text()

"""Worlds with known truth: at least 98 % right, and nobody blamed for what they did not do."""

import pytest

from tests.worlds import generator
from tests.worlds.world_runner import everything, run


def judged_rightly(score):
    print(score.text())
    assert not score.wrongly_blamed, score.text()
    assert score.share >= 0.98, score.text()


@pytest.mark.parametrize(
    "seed", [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)]
)
def test_a_noisy_account_is_judged_rightly(seed):
    judged_rightly(run(generator.world(seed, changes=250)))


@pytest.mark.slow
def test_a_very_noisy_account_is_judged_rightly():
    judged_rightly(run(generator.world(4, changes=60, noise=1.5, hours=1)))


def test_who_asks_for_every_change_and_sees_the_same_actors():
    judged_rightly(run(generator.world(5, changes=80), everything()))


def test_a_world_is_large_enough_to_mean_something():
    world = generator.world(1)
    assert len(world.captures) >= 400
    assert len({capture.truth.scenario for capture in world.captures}) >= 30
    assert len({thing.kind.type for thing in world.things}) >= 50
    assert len(world.records) > 10 * len(world.captures)

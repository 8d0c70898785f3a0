"""The real command, over HTTP, against changes of every type by people, pipelines and AWS, each with its trap.

`IACWATCH_TYPES_SEEDS=11,12` plays further worlds.
"""

import os

import pytest

from tests.worlds.recorded_types.ec2_types import Ec2Types
from tests.worlds.recorded_types.first_items import first_items
from tests.worlds.recorded_types.play import through_files, through_queue, world_of

SEEDS = [int(seed) for seed in os.environ.get("IACWATCH_TYPES_SEEDS", "1,2").split(",")]


def right(judgement, share):
    print(judgement.text())
    assert judgement.blamed == []
    assert judgement.hidden == []
    assert judgement.share >= share, judgement.text()


def test_a_few_changes_of_many_types_are_told_as_they_were(tmp_path):
    world = world_of(3, 60)
    assert len({truth.type for truth in world.truths}) >= 50
    judgement, _ = through_queue(world, tmp_path)
    right(judgement, 0.98)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", SEEDS)
def test_changes_of_every_type_are_told_as_they_were(seed, tmp_path):
    world = world_of(seed, 600)
    assert len({truth.type for truth in world.truths}) >= 150
    judgement, _ = through_queue(world, tmp_path)
    right(judgement, 0.995)
    assert judgement.leads["not told"] == 0


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_call_of_every_type_is_found_and_no_call_on_a_part_is(tmp_path):
    judgement, _ = through_queue(world_of(7, 0), tmp_path)
    right(judgement, 0.995)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_first_items_of_history_files_are_told_as_they_were(tmp_path):
    right(through_files(1, 400, tmp_path), 0.99)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_first_item_hides_no_call(tmp_path):
    judgement, _ = through_queue(first_items(1), tmp_path)
    right(judgement, 1.0)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_calls_on_ec2s_rarer_types_are_found(tmp_path):
    judgement, _ = through_queue(Ec2Types(1).play(), tmp_path)
    right(judgement, 1.0)

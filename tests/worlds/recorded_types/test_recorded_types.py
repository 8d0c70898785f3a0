"""The real command, over HTTP, against changes of every type by people, pipelines and AWS, each with its trap.

`IACWATCH_TYPES_SEEDS=11,12` plays further worlds.
"""

import os

import pytest

from tests.worlds.marks import right
from tests.worlds.playing import drained
from tests.worlds.recorded_types.ec2_types import Ec2Types
from tests.worlds.recorded_types.play import first_items, through_files, world_of

SEEDS = [int(seed) for seed in os.environ.get("IACWATCH_TYPES_SEEDS", "1,2").split(",")]


def test_a_few_changes_of_many_types_are_told_as_they_were(tmp_path):
    world = world_of(3, 90)
    assert len({truth.type for truth in world.truths}) >= 50
    right(drained(world, tmp_path), 0.98)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", SEEDS)
def test_changes_of_every_type_are_told_as_they_were(seed, tmp_path):
    world = world_of(seed, 600)
    assert len({truth.type for truth in world.truths}) >= 150
    marks = drained(world, tmp_path)
    right(marks, 0.995)
    assert marks.sums["leads not told"] == 0


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_call_of_every_type_is_found_and_no_call_on_a_part_is(tmp_path):
    right(drained(world_of(7, 0), tmp_path), 0.995)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_first_items_of_history_files_are_told_as_they_were(tmp_path):
    right(through_files(1, 400, tmp_path), 0.99)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_first_item_hides_no_call(tmp_path):
    right(drained(first_items(1), tmp_path))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_calls_on_ec2s_rarer_types_are_found(tmp_path):
    right(drained(Ec2Types(1).play(), tmp_path))

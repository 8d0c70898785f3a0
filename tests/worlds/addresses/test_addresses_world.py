"""The real command, over HTTP: where changed objects live in IaC, what the next apply does, and no secret anywhere.

`IACWATCH_ADDRESSES_SEEDS=11,12` plays further worlds.
"""

import os

import pytest

from tests.fixtures import moto_aws
from tests.worlds.addresses.company import Company
from tests.worlds.addresses.play import SMALL, play
from tests.worlds.marks import WRONG

SEEDS = [int(seed) for seed in os.environ.get("IACWATCH_ADDRESSES_SEEDS", "1,2").split(",")]
NEVER = ("line", WRONG, "does", "secret", "step", "refusal", "text")


def right(marks):
    print(marks.text())
    assert marks.of(*NEVER) == []
    assert marks.share >= 0.98
    assert len(marks.of("weak")) <= 0.01 * marks.sums["does said"]


def test_a_few_objects_are_found_where_they_live(tmp_path):
    right(play(Company(3, **SMALL), tmp_path, whole=False))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", SEEDS)
def test_objects_of_every_type_are_found_where_they_live(seed, tmp_path):
    company = Company(seed)
    assert len(company.estate.objects) >= 400
    assert len({each.thing.type for each in company.estate.objects}) >= 40
    marks = play(company, tmp_path)
    right(marks)
    assert marks.unknown <= 0.5


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_table_of_dynamodb_holds_the_same(tmp_path):
    right(play(Company(4), tmp_path, table=moto_aws.table()))

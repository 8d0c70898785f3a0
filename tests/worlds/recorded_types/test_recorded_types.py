"""Changes of every type by people, pipelines and AWS, each with its trap; the slow ones by the real command, over HTTP.

`IACWATCH_TYPES_SEEDS=11,12` plays further worlds.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import history_folder
from tests.worlds.blind.actors import OWN, SECOND
from tests.worlds.blind.road import NOW, Run
from tests.worlds.blind.run import Account
from tests.worlds.blind.scenarios.every import OVER_HTTP, catalogue, every_call, functions, some
from tests.worlds.blind.world import World
from tests.worlds.marks import judge, right
from tests.worlds.playing import drained
from tests.worlds.recorded_types import scenarios
from tests.worlds.recorded_types.ec2_types import rare_types
from tests.worlds.recorded_types.rows import kinds

SEEDS = [int(seed) for seed in os.environ.get("IACWATCH_TYPES_SEEDS", "1").split(",")]
OMITTED = {name: partial(scenarios.omitted, row) for name, row in scenarios.OMITTED_BY.items()}
EVERY = {**OVER_HTTP, **functions(scenarios), **OMITTED}
OF_THE_PAST = [
    "apply",
    "by_hand",
    "created",
    "by_aws",
    "refused",
    "omitted_alone",
    "its_part",
    "same_name",
    "tagged",
]
"""Scenarios of which a first item without a diff can tell."""


def now():
    return datetime.now(UTC)


def test_a_few_changes_of_many_types_are_told_as_they_were():
    world = some(World(3, NOW), 120, kinds(), EVERY)
    assert len({truth.type for truth in world.truths}) >= 70
    right(Run(world).go().marks(), 0.98)


def test_calls_on_ec2s_rarer_types_are_found():
    right(Run(every_call(World(1, NOW), rare_types())).go().marks())


def test_a_first_item_hides_no_call():
    right(Run(every_call(World(1, NOW), catalogue().values(), first=True)).go().marks())


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", SEEDS)
def test_changes_of_every_type_are_told_as_they_were(seed, tmp_path):
    world = some(World(seed, now()), 600, kinds(), EVERY)
    assert len({truth.type for truth in world.truths}) >= 150
    marks = drained(world, tmp_path)
    right(marks, 0.995)
    assert marks.sums["leads not told"] == 0


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_call_of_every_type_is_found_and_no_call_on_a_part_is(tmp_path):
    right(drained(every_call(World(7, now()), kinds()), tmp_path), 0.995)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("way", ["api", "files"])
def test_the_past_is_told_as_it_was(way, tmp_path):
    """By Config's API, or by files whose first items have nothing before them."""
    world = some(World(1, now()), 400, kinds(), {name: EVERY[name] for name in OF_THE_PAST})
    asked = ["--account", OWN, "--account", SECOND, "--regions", ",".join({at for _, at in world.items})]
    if way == "files":
        since = f"{world.now - timedelta(hours=24):%Y-%m-%dT%H:%M:%S}"
        items = [each for each in world.items if each[0]["configurationItemCaptureTime"] >= since]
        history_folder.deliver(tmp_path / "files", items)
        world.items, asked = [], ["--changes", str(tmp_path / "files")]
    with FakeAws(rate=1000) as aws:
        asked = ["backfill", "--since", "24h", "--format", "jsonl", "--verdict", "all", *asked]
        done = Account(aws, world, tmp_path).run(*asked)
    assert done.returncode == 0, done.stderr
    right(judge(world, [json.loads(line) for line in done.stdout.splitlines()], set()), 0.99)

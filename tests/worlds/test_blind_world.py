"""The real command, over HTTP, against a day that somebody made who had not seen how it decides.

`IACWATCH_BLIND_SEEDS=11,12,13` runs further days.
"""

import os
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.worlds.blind import score
from tests.worlds.blind.day import Day
from tests.worlds.blind.name_stories import NameStories
from tests.worlds.blind.noise import Noise
from tests.worlds.blind.run import Account
from tests.worlds.blind.stories import Stories
from tests.worlds.blind.subtle_stories import SubtleStories
from tests.worlds.blind.world import World

SEEDS = os.environ.get("IACWATCH_BLIND_SEEDS", "")
"""Days to play instead of the usual ones. (`test_past_worlds` plays another such day in every run.)"""

DAYS = [int(seed) for seed in SEEDS.split(",") if seed] or [1, 2]


def world_of(seed):
    world = World(seed, datetime.now(UTC))
    Day(world).play()
    Stories(world).play()
    NameStories(world).play()
    SubtleStories(world).play()
    Noise(world).make()
    return world


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", DAYS)
def test_a_day_is_told_as_it_was_and_nobody_is_blamed_for_what_others_did(seed, tmp_path):
    world = world_of(seed)
    with FakeAws(rate=1000) as aws:
        account = Account(aws, world, tmp_path)
        lines, summary = account.drain()
        result = score.score(world, lines, account.queued())
        types = {truth.type for truth in world.truths if truth.outcome == "finding"}
        print(f"\nday {seed}: {len(world.truths)} changes of {len(types)} types, {len(world.events)} events")
        print(f"{account.lookups()} lookups; {result.text()}\n{summary}")
        assert len(types) >= 30
        assert len(world.truths) >= 300
        assert result.share >= 0.98
        assert result.blamed == []
        expected = Counter(
            truth.reason for truth in world.truths for _ in truth.captures if truth.outcome == "ignored"
        )
        told = score.ignored(summary)
        assert {reason: told[reason] for reason in expected} == expected


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_an_event_that_comes_late_is_told_when_it_has_come(tmp_path):
    world = World(5, datetime.now(UTC))
    Stories(world).late()
    with FakeAws(rate=1000) as aws:
        account = Account(aws, world, tmp_path)
        first, _ = account.drain()
        assert first == []
        assert len(account.queued()) == len(world.truths)
        aws.jump(timedelta(hours=1))
        second, _ = account.drain()
        assert score.score(world, second, account.queued()).misses == []

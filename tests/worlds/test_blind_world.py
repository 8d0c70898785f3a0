"""Worlds whose every change has a known author: at least 98 % right, nobody blamed for what others did, nobody hidden.

`python -m tests.worlds.blind.play SEED` plays further ones.
"""

from collections import Counter
from datetime import UTC, datetime

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.worlds import marks
from tests.worlds.blind import play
from tests.worlds.blind.road import Run
from tests.worlds.blind.run import Account
from tests.worlds.blind.scenarios.every import SCENARIOS, catalogue
from tests.worlds.blind.stories.doings import FreshStories
from tests.worlds.blind.types import global_types
from tests.worlds.corpus.world import Corpus
from tests.worlds.stage import Stage


@pytest.mark.parametrize("seed", [1, *(pytest.param(each, marks=pytest.mark.slow) for each in (2,))])
def test_a_day_of_every_kind_and_all_stories_is_judged_rightly(seed):
    world = play.day(seed)
    assert len(world.truths) >= 400
    assert len(world.events) > 3 * len(world.truths)
    assert {truth.type for truth in world.truths} >= {row.type for row in catalogue().values()}
    marks.right(Run(world).go().marks(), 0.98)


def test_things_of_any_kind_in_any_scenario_are_judged_rightly_where_every_change_counts():
    world = play.some(5, changes=150)
    assert len({truth.label.partition("/")[0] for truth in world.truths}) >= len(SCENARIOS) - 8
    marks.right(Run(world, everything=True).go().marks(), 0.98)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "changes", "noise"), [(2, 400, 0.1), (4, 120, 1.0)])
def test_things_of_any_kind_in_any_scenario_are_judged_rightly_in_a_noisy_account_too(seed, changes, noise):
    marks.right(Run(play.some(seed, changes=changes, share=noise)).go().marks(), 0.98)


def test_every_call_of_the_corpus_is_laid_at_the_right_door():
    world = Corpus(3, play.NOW).whole()
    assert len({truth.type for truth in world.truths}) >= 150
    marks.right(Run(world).go().marks())


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_kind_of_thing_goes_through_every_scenario():
    marks.right(Run(play.pairs(11)).go().marks(), 0.99)


def test_a_trail_that_is_blinded_beside_the_pipeline_by_a_call_that_lists_nothing():
    stage = Stage(1, play.NOW)
    kind = stage.thing(global_types.trail)
    ours, blinds = stage.do(stage.pipeline, 2, kind, -3600), kind.updates[1]()
    blinds.lists = ()
    stage.seen(kind, ours, stage.do(stage.alice, blinds, kind, -3570), after=-3500)
    marks.right(Run(stage.world).go().marks())


# The real command, over HTTP.


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_real_command_tells_a_day_as_it_was_and_why_it_left_out_the_rest(tmp_path):
    world = play.day(1, datetime.now(UTC), share=1.0)
    FreshStories(world=world).whole()
    with FakeAws(rate=1000) as aws:
        account = Account(aws, world, tmp_path)
        lines, summary = account.drain()
        print(f"{account.lookups()} lookups\n{summary}")
        marks.right(marks.judge(world, lines, account.queued()), 0.98)
    kept = [truth for truth in world.truths if truth.outcome == "ignored"]
    expected = Counter(truth.reason for truth in kept for _ in truth.captures)
    told = marks.ignored(summary)
    assert {reason: told[reason] for reason in expected} == expected

"""The real command, over HTTP, against chains of sessions: who stands behind a change, and nobody else.

`IACWATCH_ORIGINS_SEEDS=11,12` plays further worlds.
"""

import os

import pytest

from tests.worlds.blind.actors import FOREIGN
from tests.worlds.marks import WRONG
from tests.worlds.origins.account import extra
from tests.worlds.origins.names import names_of
from tests.worlds.origins.play import everything, explained, few, play, quiet, runs

SEEDS = [int(seed) for seed in os.environ.get("IACWATCH_ORIGINS_SEEDS", "1,2").split(",")]


def right(played, share=0.97):
    print(played.text())
    assert played.score.of(WRONG) == []
    assert played.score.share >= share
    assert played.second is None or played.second.share == 1
    assert FOREIGN not in played.accounts


def test_the_one_behind_a_chain_is_named_and_never_another(tmp_path):
    played = play(few(3), tmp_path)
    right(played)
    assert played.calls_a_session <= 2


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", SEEDS)
def test_chains_traps_services_and_hands_are_told_as_they_were(seed, tmp_path):
    played = play(everything(seed), tmp_path)
    right(played)
    assert played.calls_a_session <= 2


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("stage", "share", "how"),
    [
        (lambda: everything(1), 0.97, {"files": True}),
        (lambda: names_of(1), 0.95, {}),
        (lambda: runs(1), 0.99, {}),
    ],
    ids=["out of log files", "tools are called as their role, people as themselves", "no run is accused"],
)
def test_all_is_told_as_it_was(stage, share, how, tmp_path):
    staged = stage()
    assert len(staged.world.truths) >= 100
    right(play(staged, tmp_path, **how), share)


@pytest.mark.slow
def test_nothing_is_asked_where_nothing_is_reported(tmp_path):
    assert extra(play(quiet(1), tmp_path, "out-of-band", "unattributed").asked) == 0


@pytest.mark.slow
def test_explain_shows_each_hop(tmp_path):
    marks = explained(1, tmp_path)
    assert marks.misses == []
    assert marks.total() > 10

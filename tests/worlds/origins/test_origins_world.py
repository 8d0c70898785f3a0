"""The real command, over HTTP, against chains of sessions: who stands behind a change, and nobody else."""

import os

import pytest

from tests.worlds.blind.actors import FOREIGN
from tests.worlds.origins.account import extra
from tests.worlds.origins.names import named
from tests.worlds.origins.play import apply, everything, explained, few, play, quiet, runs

SEEDS = [int(seed) for seed in os.environ.get("IACWATCH_ORIGINS_SEEDS", "1,2").split(",")]


def right(played, share=0.97):
    print(played.text())
    assert played.score.wrong() == []
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
def test_log_files_tell_the_same(tmp_path):
    right(play(everything(1), tmp_path, files=True))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_run_is_accused_and_no_hand_in_its_role_is_cleared(tmp_path):
    played = play(runs(1), tmp_path)
    right(played, 0.99)
    assert played.score.total() >= 240


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_one_apply_costs_one_question_however_many_changes(tmp_path):
    played = play(apply(1), tmp_path)
    right(played, 1)
    assert extra(played.asked) == 1


@pytest.mark.slow
def test_nothing_is_asked_where_nothing_is_reported(tmp_path):
    assert extra(play(quiet(1), tmp_path, "out-of-band", "unattributed").asked) == 0


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_tools_sessions_are_called_as_their_role_and_people_as_themselves(tmp_path):
    right(play(named(1), tmp_path), 0.95)


@pytest.mark.slow
def test_explain_shows_each_hop(tmp_path):
    assert explained(1, tmp_path) == []

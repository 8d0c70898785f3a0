"""The real command, over HTTP, against chains of sessions: who stands behind a change, and nobody else."""

import pytest

from tests.worlds.blind.actors import FOREIGN
from tests.worlds.marks import WRONG
from tests.worlds.origins.play import everything, few, play


def right(played):
    print(played.text())
    assert played.score.of(WRONG) == []
    assert played.score.share == 1
    assert played.second is None or played.second.share == 1
    assert FOREIGN not in played.accounts
    assert played.calls_a_session <= 2


def test_the_one_behind_a_chain_is_named_and_never_another(tmp_path):
    right(play(few(3), tmp_path))


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("seed", "files"), [(1, False), (2, True)])
def test_chains_traps_services_and_hands_are_told_as_they_were(seed, files, tmp_path):
    stage = everything(seed)
    assert len({truth.label for truth in stage.world.truths}) >= 150
    right(play(stage, tmp_path, files=files))

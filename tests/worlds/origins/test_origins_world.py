"""The real command, over HTTP, against chains of sessions: who stands behind a change, and nobody else."""

import pytest

from tests.worlds.origins.hands import Hands
from tests.worlds.origins.play import everything, play
from tests.worlds.origins.traps import Traps


def right(marks):
    print(marks.text())
    assert marks.misses == []
    assert marks.sums["lookups"] <= 1.6 * marks.sums["sessions that need one"]


def test_the_one_who_took_a_role_is_named_and_never_another(tmp_path):
    right(play(everything(3, parts=(Traps, Hands)), tmp_path))


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("seed", "files"), [(1, False), (2, True)])
def test_chains_traps_services_and_hands_are_told_as_they_were(seed, files, tmp_path):
    stage = everything(seed)
    assert len({truth.label for truth in stage.world.truths}) >= 150
    right(play(stage, tmp_path, files=files))

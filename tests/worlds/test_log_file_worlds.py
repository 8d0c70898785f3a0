"""A world whose trail is read from log files: judged as rightly, and nobody blamed wrongly."""

import os
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from iacwatch.aws.sessions import Sessions
from iacwatch.storage.files import open_store
from iacwatch.trails.log_files.trail import LogFiles
from tests.fixtures import log_folder
from tests.fixtures.clocks import TickingClock
from tests.worlds import marks
from tests.worlds.blind import play
from tests.worlds.blind.road import Run
from tests.worlds.blind.scenarios.scene import PLACES

SEED = int(os.environ.get("IACWATCH_LOG_WORLD_SEED", "1"))
PERIOD = 300


def deliver(root, world):
    """Write a world's records as files, each with the five minutes in which it was delivered."""
    parts, places = defaultdict(list), {*PLACES}
    for document, _, delivered_at in world.events:
        place = document["recipientAccountId"], document["awsRegion"]
        at = delivered_at or log_folder.occurred(document) + timedelta(minutes=2)
        parts[place, int(at.timestamp()) // PERIOD + 1].append(document)
        places.add(place)
    for ((account, region), period), documents in parts.items():
        at = datetime.fromtimestamp(period * PERIOD, UTC)
        log_folder.write(root, log_folder.name(account, region, at), log_folder.body(documents))
    hours = [world.now - timedelta(hours=number) for number in (72, 48, 24, 1, 0, -24)]
    alive = log_folder.files(log_folder.heartbeat(*place, hour) for place in places for hour in hours)
    for path, content in alive.items():
        log_folder.write(root, path, content)


@pytest.mark.timeout(600)
def test_a_noisy_account_is_judged_as_rightly_from_its_log_files(tmp_path):
    world = play.some(SEED + 10, changes=100)
    deliver(tmp_path, world)
    clock = TickingClock(world.now + timedelta(hours=12))  # all of it is past
    run = Run(world, trail=LogFiles(store=open_store(str(tmp_path), Sessions()), clock=clock))
    run.clock.at = clock.at
    marks.right(run.go().marks(), 0.98)
    assert run.pipeline.summary.lookups == 0

"""A world whose trail is read from log files: judged as it is by event history, and nobody blamed wrongly."""

import os
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from iacwatch.aws.sessions import Sessions
from iacwatch.demo.fake.server import FakeAws
from iacwatch.ledgers.memory import MemoryLedger
from iacwatch.pipeline.run import Pipeline
from iacwatch.storage.files import open_store
from iacwatch.trails.log_files.trail import LogFiles
from tests.fixtures import log_folder
from tests.worlds import generator, world_runner
from tests.worlds.blind.actors import OWN, SECOND
from tests.worlds.blind.noise import Noise
from tests.worlds.blind.run import Account
from tests.worlds.blind.stories import Stories
from tests.worlds.blind.world import World
from tests.worlds.test_past_worlds import SETTLED, essence, told
from tests.worlds.world import ACCOUNTS, REGIONS, START
from tests.worlds.world_runner import RULES, Score, Shown, WorldClock, WorldItems, WorldQueue

SEED = int(os.environ.get("IACWATCH_LOG_WORLD_SEED", "1"))
PERIOD = 300


def deliver(root, world):
    """Write a world's records as files, each with the five minutes in which it was delivered."""
    parts = defaultdict(list)
    for record in world.records:
        place = record.document["recipientAccountId"], record.document["awsRegion"]
        parts[place, int(record.shown_at.timestamp()) // PERIOD + 1].append(record.document)
    for ((account, region), period), documents in parts.items():
        at = datetime.fromtimestamp(period * PERIOD, UTC)
        log_folder.write(root, log_folder.name(account, region, at), log_folder.body(documents))
    places = {place for place, _ in parts} | {(account, region) for account in ACCOUNTS for region in REGIONS}
    days = [START + timedelta(days=number) for number in range(-3, 4)]
    alive = log_folder.files(log_folder.heartbeat(*place, day) for place in places for day in days)
    for path, content in alive.items():
        log_folder.write(root, path, content)


def run(world, folder):
    """Send a world down the road once all of it is past; return how well it was judged."""
    clock = WorldClock()
    clock.time = START + timedelta(days=1)
    queue, items = WorldQueue(world.captures, clock), WorldItems(world)
    trail = LogFiles(store=open_store(str(folder), Sessions()), clock=clock)
    pipeline = Pipeline(
        rules=RULES, items=items, trail=trail, sinks=[Shown()], ledger=MemoryLedger(), clock=clock
    )
    pipeline.run(queue)
    score = Score()
    for capture in world.captures:
        world_runner.judge(capture, queue.outcomes[capture.id], score, capture.truth.verdict)
        for outcome in queue.seen[capture.id]:
            if isinstance(outcome, world_runner.Reported):
                world_runner.blame(capture, outcome.finding, score)
    assert pipeline.summary.lookups == 0
    return score


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_day_is_told_by_log_files_as_by_event_history(tmp_path):
    now = datetime.now(UTC)
    world = World(SEED, now)
    Stories(world).play()
    Noise(world).make()
    parts, places = defaultdict(list), set()
    for document, _, delivered_at in world.events:
        place = document["recipientAccountId"], document["awsRegion"]
        at = delivered_at or log_folder.occurred(document) + timedelta(minutes=2)
        parts[place, int(at.timestamp()) // PERIOD + 1].append(document)
        places.add(place)
    regions = sorted({region for _, region in world.items})
    places |= {(account, region) for account in (OWN, SECOND) for region in regions}
    trail = tmp_path / "trail"
    for ((account, region), period), documents in parts.items():
        at = datetime.fromtimestamp(period * PERIOD, UTC)
        log_folder.write(trail, log_folder.name(account, region, at), log_folder.body(documents))
    hours = [now - timedelta(hours=number) for number in (72, 48, 24, 1, 0)]
    alive = log_folder.files(log_folder.heartbeat(*place, hour) for place in places for hour in hours)
    for path, content in alive.items():
        log_folder.write(trail, path, content)
    with FakeAws(rate=1000) as aws:
        account = Account(aws, world, tmp_path)
        asked = ("--account", OWN, "--account", SECOND, "--regions", ",".join(regions))
        until = now - SETTLED
        api = essence(told(account, *asked), until)
        lookups = account.lookups()
        files = essence(told(account, *asked, "--trail", str(trail)), until)
        assert len(api) >= 120
        assert files == api
        assert account.lookups() == lookups > 100


@pytest.mark.timeout(600)
def test_a_noisy_account_is_judged_as_rightly_from_its_log_files(tmp_path):
    world = generator.world(SEED)
    deliver(tmp_path, world)
    score = run(world, tmp_path)
    print(score.text())
    assert not score.wrongly_blamed, score.text()
    assert score.share >= 0.98, score.text()

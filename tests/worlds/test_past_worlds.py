"""The same day through the queue, through Config's API and through its files: the same findings."""

import json
import os
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import history_folder
from tests.worlds import marks
from tests.worlds.blind import messages, score
from tests.worlds.blind.actors import OWN, SECOND
from tests.worlds.blind.noise import noise
from tests.worlds.blind.run import Account
from tests.worlds.blind.scenarios.folded import bounded_in_history
from tests.worlds.blind.scenarios.scene import Scene
from tests.worlds.blind.stories.doings import Stories
from tests.worlds.blind.types import compute, databases, ec2, secrets, storage, streams, vpc
from tests.worlds.blind.world import World

SEED = int(os.environ.get("IACWATCH_PAST_SEED", "3"))
SETTLED = timedelta(minutes=46)


def told(account, *options):
    """Run `iacwatch backfill`; return its report's lines."""
    asked = ("backfill", "--since", "24h", "--format", "jsonl", "--verdict", "all", *options)
    done = account.run(*asked)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """Give a day's report in each of three ways, and what was true."""
    folder = tmp_path_factory.mktemp("day")
    world = Stories(world=World(SEED, datetime.now(UTC))).whole()
    scene = Scene(world=world)
    network = (ec2.security_group, vpc.subnet, vpc.route_table)
    others = (databases.table, messages.topic, streams.stream, secrets.key)
    for make in (*network, storage.bucket, compute.function, *others):
        scene.play("bounded", bounded_in_history, make)
    noise(world)
    history_folder.deliver(folder / "files", world.items)
    with FakeAws(rate=1000) as aws:
        account = Account(aws, world, folder)
        regions = sorted({region for _, region in world.items})
        places = ("--account", OWN, "--account", SECOND, "--regions", ",".join(regions))
        until = datetime.now(UTC) - SETTLED
        ways = {"api": told(account, *places), "files": told(account, "--changes", str(folder / "files"))}
        ways["queue"] = account.drain()[0]
    return SimpleNamespace(world=world, ways=ways, until=until)


def essence(lines, until):
    """Return what every way has to agree on, by finding."""
    return {
        line["finding_id"]: (
            line["verdict"],
            (line["event"] or {}).get("event_id"),
            (line["actor"] or {}).get("arn"),
            line["change"]["managed_by"],
            sorted(each["event_id"] for each in line["other_events"]),
        )
        for line in lines
        if datetime.fromisoformat(line["change"]["captured_at"]) < until
    }


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", ["api", "files"])
def test_the_past_is_told_as_the_queue_told_it_with_what_the_queue_never_got_and_nothing_else(day, way):
    queue, past = essence(day.ways["queue"], day.until), essence(day.ways[way], day.until)
    assert len(queue) >= 90
    assert {name: past.get(name) for name in queue} == queue
    known = {line["finding_id"] for line in day.ways["queue"]}
    more = [line["change"] for line in day.ways[way] if line["finding_id"] not in known]
    assert more
    messages = "".join(body for _, body in day.world.messages)
    for change in more:
        assert change["captured_at"] not in messages
        assert change["resource_id"] in messages
    truths = [
        each for each in day.world.truths if each.account in {OWN, SECOND} and max(each.captures) < day.until
    ]
    keys = {(each.account, each.type, each.id, at) for each in truths for at in each.captures}
    lines = [line for line in day.ways[way] if score.key_of(line["change"]) in keys]
    marks.right(marks.judge(SimpleNamespace(truths=truths), lines, set()), 0.95)

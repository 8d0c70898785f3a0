"""The same day through the queue, through Config's API and through its files: the same findings."""

import json
import os
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import history_folder
from tests.worlds.blind import score
from tests.worlds.blind.actors import OWN, SECOND
from tests.worlds.blind.noise import Noise
from tests.worlds.blind.run import Account
from tests.worlds.blind.stories import Stories
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
    world = World(SEED, datetime.now(UTC))
    Stories(world).play()
    Noise(world).make()
    history_folder.deliver(folder / "files", world.items)
    with FakeAws(rate=1000) as aws:
        account = Account(aws, world, folder)
        regions = sorted({region for _, region in world.items})
        places = ("--account", OWN, "--account", SECOND, "--regions", ",".join(regions))
        until = datetime.now(UTC) - SETTLED
        ways = {"api": told(account, *places), "files": told(account, "--changes", str(folder / "files"))}
        ways["queue"] = account.drain()[0]
    return SimpleNamespace(world=world, ways=ways, until=until)


def at(line):
    return datetime.fromisoformat(line["change"]["captured_at"])


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
        if at(line) < until
    }


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", ["api", "files"])
def test_findings_verdicts_and_names_are_those_of_the_queue(day, way):
    queue, past = essence(day.ways["queue"], day.until), essence(day.ways[way], day.until)
    assert len(queue) >= 120
    assert {name: past.get(name) for name in queue} == queue


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", ["api", "files"])
def test_what_the_queue_never_got_is_told_too_and_nothing_else(day, way):
    known = {line["finding_id"] for line in day.ways["queue"]}
    more = [line for line in day.ways[way] if line["finding_id"] not in known]
    assert more
    messages = "".join(body for _, body in day.world.messages)
    for line in more:
        assert line["change"]["captured_at"] not in messages
        assert line["change"]["resource_id"] in messages


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", ["api", "files"])
def test_nobody_is_blamed_wrongly_and_nearly_all_is_right(day, way):
    accounts = {OWN, SECOND}
    world = SimpleNamespace(
        truths=[
            truth
            for truth in day.world.truths
            if truth.account in accounts and max(truth.captures) < day.until
        ]
    )
    keys = {
        (truth.account, truth.type, truth.arn if "TaskDef" in truth.type else truth.id, moment)
        for truth in world.truths
        for moment in truth.captures
    }
    lines = [line for line in day.ways[way] if score.key_of(line["change"]) in keys]
    result = score.score(world, lines, set())
    print(way, result.text())
    assert result.blamed == []
    assert result.cleared == []
    assert result.share >= 0.95

"""The daily look of the function for what EventBridge did not deliver."""

import json
import subprocess
import sys

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures.function.world import World
from tests.fixtures.hurried import HURRY
from tests.fixtures.small_world import ago, call, item, listed, message

RECONCILE = """
import json, sys
from iacwatch.lambda_handler import handler, reconcile

class Context:
    aws_request_id, function_name = "request", "iacwatch"
    invoked_function_arn = "arn:aws:lambda:eu-west-1:111122223333:function:iacwatch"

    def get_remaining_time_in_millis(self):
        return 300_000

for each in json.load(sys.stdin):
    answer = reconcile({}, Context()) if each is None else handler(each, Context())
    print(json.dumps(answer), file=sys.stderr)
"""


@pytest.fixture
def world(tmp_path):
    with FakeAws(rate=1000) as aws:
        yield World(aws, tmp_path)


def run(world, tmp_path, *events, **more):
    return subprocess.run(
        [sys.executable, "-c", HURRY + RECONCILE],
        env={
            **world.environment(**more),
            "PATH": "/usr/bin:/bin",
            "TMPDIR": str(tmp_path),
            "HOME": str(tmp_path),
        },
        input=json.dumps(events),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_it_tells_exactly_what_the_queue_missed(world, tmp_path):
    changed = {}
    for number in (1, 2):
        before, after = item(number, ago(2000)), item(number, ago(90))
        after["configuration"] = {**after["configuration"], "description": "opened"}
        changed[number] = after
        for document in (before, after):
            world.aws.add_item(document)
        world.aws.add_event(call(number, 90), resource_names=listed(number))
    # The queue told the first one: the very item that history holds.
    world.send(message(changed[1]))
    done = run(world, tmp_path, world.receive(), None, None)
    assert done.returncode == 0, done.stderr + done.stdout
    answers = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert answers[0] == {"batchItemFailures": []}
    assert answers[1]["reported"] == {"out-of-band": 1}
    assert answers[2]["reported"] == {}
    texts = [posted["text"] for posted in world.aws.slack_messages]
    assert len(texts) == 2
    assert "web-1" in texts[0]
    assert "web-2" in texts[1]


def test_without_a_lasting_ledger_it_refuses_to_tell_everything_again(world, tmp_path):
    done = run(world, tmp_path, None, IACWATCH_LEDGER__URL="memory")
    assert done.returncode == 1
    assert "needs the ledger" in done.stderr
    assert world.aws.slack_messages == []


def test_what_failed_is_an_error_that_lambda_counts(world, tmp_path):
    world.aws.deny("config", "SelectResourceConfig")
    done = run(world, tmp_path, None)
    assert done.returncode == 1
    assert "the reconciliation is not complete" in done.stderr

"""The daily look of the function for what EventBridge did not deliver."""

import json
import subprocess
import sys

import pytest

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
def world(aws, tmp_path):
    return World(aws, tmp_path)


def run(world, tmp_path, *events, **more):
    where = {"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path), "HOME": str(tmp_path)}
    return subprocess.run(
        [sys.executable, "-c", HURRY + RECONCILE],
        env={**world.environment(**more), **where},
        input=json.dumps(events),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_it_tells_exactly_what_the_queue_missed(world, tmp_path):
    for number in (1, 2):
        after = item(number, ago(90))
        after["configuration"] = {**after["configuration"], "description": "opened"}
        for document in (item(number, ago(2000)), after):
            world.aws.add_item(document)
        world.aws.add_event(call(number, 90), resource_names=listed(number))
        if number == 1:
            world.send(message(after))
    done = run(world, tmp_path, world.receive(), None, None)
    assert done.returncode == 0, done.stderr + done.stdout
    answers = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert answers[0] == {"batchItemFailures": []}
    assert answers[1]["reported"] == {"out-of-band": 1}
    assert answers[2]["reported"] == {}
    first, second = (posted["text"] for posted in world.aws.slack_messages)
    assert "web-1" in first
    assert "web-2" in second


def test_what_it_cannot_do_is_an_error_that_lambda_counts(world, tmp_path):
    forgetful = run(world, tmp_path, None, IACWATCH_LEDGER__URL="memory")
    assert forgetful.returncode == 1
    assert "needs the ledger" in forgetful.stderr, "it would tell everything again"
    assert world.aws.slack_messages == []

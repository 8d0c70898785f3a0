"""The functions from outside: as Lambda runs them, against the AWS on loopback, their ledger in moto."""

import json
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest

from tests.fixtures import moto_aws
from tests.fixtures.function.poller import ids
from tests.fixtures.function.world import World
from tests.fixtures.hurried import HURRY
from tests.fixtures.small_world import ago, call, change, group_id, item, listed, message

pytest.importorskip("awslambdaric", reason="AWS has the runtime client for Linux alone")


BEGIN = """
import json, sys
from iacwatch import lambda_handler
heavy = {"boto3", "botocore", "slack_sdk", "click", "rich", "iacwatch.cli", "iacwatch.demo", "iacwatch.deploy"}
assert heavy.isdisjoint(sys.modules), heavy & {*sys.modules}
"""
PROGRAM = """
class Context:
    aws_request_id, function_name = "request", "iacwatch"
    invoked_function_arn = "arn:aws:lambda:eu-west-1:111122223333:function:iacwatch"

    def get_remaining_time_in_millis(self):
        return self.left

context = Context()
for event, context.left in json.load(sys.stdin):
    answer = lambda_handler.handler(event, context) if event else lambda_handler.reconcile({}, context)
    print(json.dumps([answer, lambda_handler._function._most]), file=sys.stderr)
"""
"""Calls the handlers with events (none: the daily run's) and the milliseconds that are left."""


@pytest.fixture
def world(aws, tmp_path):
    return World(aws, tmp_path)


def in_a_process(world, *steps, begin=BEGIN, **more):
    """Call the handlers themselves; return the exit code, each answer with the most messages of a wave, and stderr."""
    done = subprocess.run(
        [sys.executable, "-c", begin + PROGRAM],
        input=json.dumps(steps),
        env=world.environment(TMPDIR=str(world._folder), **more),
        capture_output=True,
        text=True,
        check=False,
    )
    said = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("[{")]
    return done.returncode, said, done.stderr


def test_exactly_what_is_unreadable_or_too_early_goes_back_and_each_message_has_its_line(world):
    with world.function() as function:
        first, ignored = change(1), world.send(change(3, tags={}))
        for body in (first, first):
            world.send(body)
        world.aws.add_event(call(1), resource_names=listed(1))
        world.fill(2)
        unreadable, early = world.send("nonsense"), world.send(change(4, 12))
        event = world.receive()
        assert world.finish(event, function.invoke(event)) == {unreadable, early}
        assert world.told() == {1: 1, 2: 1}
        left, now = world.left(), world.aws.clock.now()
        assert set(left) == {unreadable, early}
        assert timedelta(minutes=1) < left[early].visible_at - now < timedelta(minutes=4)
        assert timedelta(seconds=60) < left[unreadable].visible_at - now <= timedelta(seconds=120)
        every = function.lines()

        # The whole record is logged once, however often a message comes, and `show` has it from the table.
        world.aws.add_event(call(4, 12), resource_names=listed(4))
        world.aws.jump(timedelta(minutes=4))
        world.send(first)
        assert world.round(function) == {unreadable}
        assert world.told() == {1: 1, 2: 1, 4: 1}
        logged = [line for line in (*every, *function.lines()) if line.get("schema") == "iacwatch.finding/1"]
    assert sorted(each["change"]["resource_id"] for each in logged) == [group_id(n) for n in (1, 2, 4)]
    shown = world.run("show", logged[1]["finding_id"][:10], "--format", "jsonl")
    assert {**logged[1], **json.loads(shown.stdout)} == logged[1]

    lines = [line for line in every if "_aws" not in line]
    messages = {line["message_id"]: line for line in lines if "message_id" in line}
    assert list(messages) == ids(event)
    once = dict.fromkeys(("duplicate", "ignored", "unreadable", "deferred"), 1)
    assert Counter(line["outcome"] for line in messages.values()) == {"reported": 2, **once}
    reported = next(line for line in messages.values() if line.get("resource_id") == group_id(1))
    assert (reported["verdict"], reported["actor"]) == ("out-of-band", "alice@example.com")
    assert (messages[ignored]["reason"], "until" in messages[early]) == ("unmanaged", True)
    (summary,) = [line for line in lines if "received" in line]
    assert (summary["received"], summary["failed"], summary["deferred"]) == (6, 1, 1)
    assert any(line.get("Findings") == 2 for line in every), "what CloudWatch counts"


def test_a_wave_that_took_too_long_is_smaller_the_next_time_and_is_given_back(world):
    world.send(change(1, tags={}))
    quick = world.receive()
    for number in range(1, 41):
        world.send(change(number))
    slow = world.receive()
    world.aws.trail.rate = 0  # every lookup is refused as too many
    _, ran, said = in_a_process(world, (quick, 300_000), *[(slow, 3_000)] * 2, *[(quick, 300_000)] * 2)
    assert [most for _, most in ran] == [1_000, 20, 10, 20, 40], said
    assert len(world.left()) == 41


def test_the_daily_run_tells_exactly_what_the_queue_missed(world):
    for number in (1, 2):
        after = item(number, ago(90))
        after["configuration"] = {**after["configuration"], "description": "opened"}
        for document in (item(number, ago(2000)), after):
            world.aws.add_item(document)
        world.aws.add_event(call(number, 90), resource_names=listed(number))
        if number == 1:
            world.send(message(after))
    steps = [(event, 300_000) for event in (world.receive(), None, None)]
    code, ran, said = in_a_process(world, *steps, begin=BEGIN + HURRY)
    assert code == 0, said
    (queued, _), (first, _), (second, _) = ran
    assert queued == {"batchItemFailures": []}
    assert (first["reported"], second["reported"]) == ({"out-of-band": 1}, {})
    assert ["web-1" in posted["text"] for posted in world.aws.slack_messages] == [True, False]
    assert "web-2" in world.aws.slack_messages[1]["text"]
    code, _, said = in_a_process(world, (None, 300_000), IACWATCH_LEDGER__URL="memory")
    assert (code, "needs the ledger" in said) == (1, True), "it would tell everything again"


def test_settings_and_a_secret_come_from_aws_and_what_is_made_once_is_used_again(world):
    secrets, name = moto_aws.client("secretsmanager"), f"slack-{world.table}"
    secrets.create_secret(Name=name, SecretString="xoxb-first")
    config = f'[slack]\ntoken = "secretsmanager:{name}"\n[report]\nverdicts = ["all"]\n'
    moto_aws.client("ssm").put_parameter(Name=f"/iacwatch/{name}", Value=config, Type="SecureString")
    world.aws.slack.tokens = {"xoxb-first"}
    settings = {"IACWATCH_SLACK__TOKEN": None, "IACWATCH_CONFIG": f"ssm:/iacwatch/{name}"}
    with world.function(**settings) as function:
        for number in (1, 2, 3):
            world.fill(number)
            assert world.round(function) == set()
            secrets.put_secret_value(SecretId=name, SecretString="xoxb-second")
        output = function.output()
    assert world.told() == {1: 1, 2: 1, 3: 1}
    assert len(world.calls("GetQueueAttributes")) == 1
    assert world.calls("GetCallerIdentity") == []
    assert "xoxb" not in output

"""The function from outside: as Lambda runs it, against the AWS on loopback, its ledger in moto."""

import json
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest

from tests.fixtures import moto_aws
from tests.fixtures.function.poller import failed, ids
from tests.fixtures.function.world import World
from tests.fixtures.small_world import call, change, group_id, listed

pytest.importorskip("awslambdaric", reason="AWS has the runtime client for Linux alone")


BEGIN = """
import json, sys
from iacwatch.lambda_handler import Function

class Context:
    aws_request_id, function_name = "request", "iacwatch"
    invoked_function_arn = "arn:aws:lambda:eu-west-1:111122223333:function:iacwatch"
    left = 300_000

    def get_remaining_time_in_millis(self):
        return self.left

function, context = Function(), Context()
events = json.load(sys.stdin)
"""
ONE_BY_ONE = (
    BEGIN
    + """
function._most = 1
print(json.dumps(function(events[0], context)), file=sys.stderr)
"""
)
TOO_LITTLE_TIME = (
    BEGIN
    + """
quick, slow = events
sizes = []
for event, context.left in ((quick, 300_000), *[(slow, 3_000)] * 2, *[(quick, 300_000)] * 2):
    function(event, context)
    sizes.append(function._most)
print(json.dumps(sizes), file=sys.stderr)
"""
)
NO_SLACK = {"IACWATCH_SLACK__TOKEN": None, "IACWATCH_SLACK__CHANNEL": None}


@pytest.fixture
def world(aws, tmp_path):
    return World(aws, tmp_path)


@pytest.fixture
def function(world):
    with world.function() as started:
        yield started


def once(numbers):
    return dict.fromkeys(numbers, 1)


def in_a_process(world, program, *events, **more):
    """Run a program that makes and calls the function itself; it says what comes of it on stderr."""
    return subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(events),
        env=world.environment(**more),
        capture_output=True,
        text=True,
        check=True,
    )


def metrics(lines):
    """Return what CloudWatch reads out of a log: values by name and dimensions."""
    found = {}
    for document in lines:
        (block,) = document["_aws"]["CloudWatchMetrics"]
        assert block["Namespace"] == "iacwatch"
        assert abs(document["_aws"]["Timestamp"] / 1000 - time.time()) < 600
        for metric in block["Metrics"]:
            for dimensions in block["Dimensions"]:
                where = tuple(document[name] for name in dimensions)
                found[metric["Name"], where] = document[metric["Name"]]
    return found


def test_exactly_what_is_unreadable_or_too_early_goes_back_and_each_message_has_its_line(world, function):
    assert function.invoke({"Records": []}) == {"batchItemFailures": []}
    function.lines()
    first, ignored = change(1), world.send(change(3, tags={}))
    for body in (first, first):
        world.send(body)
    world.aws.add_event(call(1), resource_names=listed(1))
    world.fill(2)
    unreadable, early = world.send("nonsense"), world.send(change(4, 12))
    event = world.receive()
    request_id = function.begin(event)
    kind, answer = function.outcome()
    assert (kind, world.finish(event, answer)) == ("response", {unreadable, early})
    (posted,) = world.aws.slack_messages
    assert "alice@example.com" in posted["text"]
    assert world.told() == once([1, 2])
    left, now = world.left(), world.aws.clock.now()
    assert set(left) == {unreadable, early}
    assert timedelta(minutes=1) < left[early].visible_at - now < timedelta(minutes=4)
    assert timedelta(seconds=60) < left[unreadable].visible_at - now <= timedelta(seconds=120)

    every = function.lines()
    lines = [line for line in every if "_aws" not in line]
    assert all(line["level"] in {"INFO", "WARN", "ERROR"} for line in lines)
    assert all(line["requestId"] == request_id for line in lines)
    assert all(line["timestamp"].endswith("Z") for line in lines)
    messages = {line["message_id"]: line for line in lines if "message_id" in line}
    assert list(messages) == ids(event)
    assert Counter(line["outcome"] for line in messages.values()) == {
        "reported": 2,
        "duplicate": 1,
        "ignored": 1,
        "unreadable": 1,
        "deferred": 1,
    }
    reported = next(line for line in messages.values() if line.get("resource_id") == group_id(1))
    assert (reported["verdict"], reported["actor"]) == ("out-of-band", "alice@example.com")
    assert len(reported["finding_id"]) == 32
    assert reported["looked_up"]
    assert messages[ignored]["reason"] == "unmanaged"
    assert "too early" in messages[early]["waits_for"]
    assert messages[early]["until"].endswith("Z")
    (summary,) = [line for line in lines if "received" in line]
    assert (summary["received"], summary["failed"], summary["deferred"]) == (6, 1, 1)
    assert (summary["given_back"], summary["stopped"]) == (0, None)
    assert summary["lookups"] == len(world.calls("LookupEvents"))
    (error,) = [line["message"] for line in lines if line["level"] == "ERROR"]
    assert "cannot be read" in error
    counted = metrics(line for line in every if "_aws" in line)
    lags = counted.pop(("LagSeconds", ("iacwatch",)))
    assert counted == {
        ("Findings", ("iacwatch", "out-of-band")): 2,
        ("Deferred", ("iacwatch",)): 1,
        ("Failed", ("iacwatch",)): 1,
        ("Ignored", ("iacwatch",)): 1,
        ("Duplicates", ("iacwatch",)): 1,
        ("GivenBack", ("iacwatch",)): 0,
        ("Lookups", ("iacwatch",)): summary["lookups"],
    }
    assert len(lags) == 2
    assert all(3_600 <= lag < 3_700 for lag in lags)

    # The whole record is logged once, however often a message comes, and `show` has it from the table.
    world.aws.add_event(call(4, 12), resource_names=listed(4))
    world.aws.jump(timedelta(minutes=4))
    world.send(first)
    assert world.round(function) == {unreadable}
    assert world.told() == once([1, 2, 4])
    logged = [line for line in (*every, *function.lines()) if line.get("schema") == "iacwatch.finding/1"]
    assert sorted(each["change"]["resource_id"] for each in logged) == [group_id(n) for n in (1, 2, 4)]
    assert list(logged[0])[:5] == ["timestamp", "level", "requestId", "schema", "finding_id"]
    shown = world.run("show", logged[1]["finding_id"][:10], "--format", "jsonl")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert {**logged[1], **json.loads(shown.stdout)} == logged[1]


def test_two_batches_of_the_same_messages_at_once_are_told_once(world):
    world.fill(*range(1, 9))
    event = world.receive()
    with world.function() as one, world.function() as other:
        one.begin(event)
        other.begin(event)
        outcomes = [one.outcome(), other.outcome()]
    assert {kind for kind, _ in outcomes} == {"response"}, outcomes
    assert world.told() == once(range(1, 9))
    # Whoever came second was too late, or has to look again once the first has surely told.
    kept = [failed(event, answer) for _, answer in outcomes]
    assert set.intersection(*kept) == set()


@pytest.mark.slow
def test_time_that_runs_out_loses_nothing_and_hands_the_rest_back(world):
    """Ten changes, hours apart and so without a lookup in common, cost more than one invocation may take."""
    numbers = range(1, 11)
    for number in numbers:
        world.fill(number, minutes=120 * number)
    left = []
    with world.function(hurried=False, IACWATCH_TRAIL__CALLS_PER_SECOND="1.0") as function:
        while world.left() and len(left) < 30:
            left.append(world.round(function, seconds=6))
            world.aws.jump(timedelta(minutes=2))
        lines = function.lines()
    assert world.left() == {}
    assert left[0]
    assert world.told() == once(numbers)
    assert {line["stopped"] for line in lines if line.get("stopped")} == {
        "the function's time is running out"
    }


def test_a_wave_that_took_too_long_is_smaller_the_next_time(world):
    world.send(change(1, tags={}))
    quick = world.receive()
    for number in range(1, 41):
        world.send(change(number))
    slow = world.receive()
    world.aws.trail.rate = 0  # every lookup is refused as too many
    ran = in_a_process(world, TOO_LITTLE_TIME, quick, slow)
    assert json.loads(ran.stderr) == [1_000, 20, 10, 20, 40]
    assert len(world.left()) == 41


def test_a_process_that_is_killed_loses_nothing(world):
    world.fill(1, 2, 3)
    world.aws.trail.rate = 0
    event = world.receive()
    with world.function() as function:
        function.begin(event)
        while not world.calls("LookupEvents"):
            assert function.process.poll() is None, function.output()
            time.sleep(0.02)
        function.kill()
    world.aws.trail.rate = 1000
    world.aws.jump(timedelta(minutes=3))
    again = world.receive()
    assert set(ids(again)) == set(ids(event))
    with world.function() as function:
        assert world.finish(again, function.invoke(again)) == set()
    assert world.told() == once([1, 2, 3])


@pytest.mark.slow
def test_the_largest_event_is_a_few_waves_with_a_few_lookups(world, function):
    """One apply changes 2,000 objects within minutes; somebody changes five of them by hand."""
    for number in range(1, 2_001):
        minutes = 60 + number / 1_000
        world.send(change(number, minutes))
        flow = {"userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.9.0"} if number > 5 else {}
        world.aws.add_event(call(number, minutes, who="ci", **flow), resource_names=listed(number))
    event = world.receive(most=10_000, visibility=600)
    assert len(event["Records"]) == 2_000
    assert 3_000_000 < len(json.dumps(event)) < 6_000_000
    assert world.finish(event, function.invoke(event, timeout=110)) == set()
    assert world.told() == once(range(1, 6))
    assert len(world.calls("LookupEvents")) < 200
    assert len(world.calls("GetQueueAttributes")) == 1


def test_settings_and_a_secret_come_from_aws_and_what_is_made_once_is_used_again(world):
    secrets, name = moto_aws.client("secretsmanager"), f"slack-{world.table}"
    secrets.create_secret(Name=name, SecretString="xoxb-first")
    # The channel takes no replies: every change is told at top level.
    config = f'[slack]\ntoken = "secretsmanager:{name}"\n[report]\nverdicts = ["all"]\n'
    config += '[[workflow]]\nname = "sso"\nprincipals = ["arn:aws:iam::*:role/nobody"]\n'
    moto_aws.client("ssm").put_parameter(Name=f"/iacwatch/{name}", Value=config, Type="SecureString")
    slack = world.aws.slack
    slack.tokens, slack.no_replies = {"xoxb-first"}, "restricted_action_non_threadable_channel"
    settings = {"IACWATCH_SLACK__TOKEN": None, "IACWATCH_CONFIG": f"ssm:/iacwatch/{name}"}
    with world.function(**settings) as function:
        for number in (1, 2, 3):
            world.fill(number)
            assert world.round(function) == set()
            secrets.put_secret_value(SecretId=name, SecretString="xoxb-second")
        output = function.output()
    assert world.told() == once([1, 2, 3])
    assert [each["thread_ts"] for each in world.aws.slack_messages] == [None] * 3
    assert len(world.calls("chat.postMessage")) == 4
    assert len(world.calls("GetQueueAttributes")) == 1
    assert world.calls("GetCallerIdentity") == []
    assert "xoxb" not in output


def test_without_slack_findings_are_written_to_the_log(world):
    world.fill(1)
    with world.function(**NO_SLACK) as function:
        assert world.round(function) == set()
        lines = function.lines()
    (record,) = [line for line in lines if line.get("schema") == "iacwatch.finding/1"]
    assert (record["verdict"], record["actor"]["name"]) == ("out-of-band", "alice@example.com")
    assert any("Slack is not configured" in line.get("message", "") for line in lines)


def test_a_secret_that_is_not_there_fails_the_findings_alone(world):
    world.fill(1)
    world.send(change(2, tags={}))
    event = world.receive()
    with world.function(IACWATCH_SLACK__TOKEN="secretsmanager:nowhere") as function:
        assert world.finish(event, function.invoke(event)) == {ids(event)[0]}
        (error,) = [line["message"] for line in function.lines() if line["level"] == "ERROR"]
    assert "the secret nowhere of Secrets Manager" in error


@pytest.mark.parametrize(
    ("more", "event", "words"),
    [
        ({"IACWATCH_CONFIG": "ssm:/nowhere"}, None, "cannot read the configuration ssm:/nowhere"),
        ({}, {"key1": "value1"}, "this event does not come from an SQS queue"),
    ],
)
def test_what_concerns_every_message_is_an_error_so_that_all_come_back(world, more, event, words):
    world.fill(1)
    with world.function(**more) as function:
        function.begin(event or world.receive())
        kind, document = function.outcome()
    assert kind == "error"
    assert words in document["errorMessage"]
    assert len(world.left()) == 1
    assert world.aws.slack_messages == []


def test_a_fault_after_some_are_done_gives_back_the_others_alone(world):
    done = [world.send(change(number, tags={})) for number in (1, 2)]
    world.fill(3)
    world.send(change(4, tags={}))
    event = world.receive()
    ran = in_a_process(world, ONE_BY_ONE, event, IACWATCH_LEDGER__URL="dynamodb://no-such-table")
    assert world.finish(event, json.loads(ran.stderr)) == set(ids(event)) - set(done)
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    (error,) = [line for line in lines if line.get("level") == "ERROR"]
    assert "no-such-table" in error["message"]
    assert "traceback" not in error
    (counted,) = [line for line in lines if "GivenBack" in line]
    assert counted["GivenBack"] == 2
    assert all(message.visible_at > world.aws.clock.now() for message in world.left().values())


def test_importing_the_function_costs_none_of_what_it_may_need_later():
    code = "import sys, iacwatch.lambda_handler; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {
        "boto3",
        "botocore",
        "slack_sdk",
        "click",
        "rich",
        "iacwatch.cli",
        "iacwatch.demo",
        "iacwatch.deploy",
    }
    assert heavy.isdisjoint(loaded.stdout.split())

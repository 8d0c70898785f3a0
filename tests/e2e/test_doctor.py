"""`iacwatch doctor` from outside: over a healthy set-up, a broken one, and without any permission."""

import json
import re

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command
from tests.fixtures.command import records
from tests.fixtures.doctor_world import ACCOUNT, PROVIDER, REGION, ROLE, SUBJECT, World, trust, web_identity

READS = """
sts:GetCallerIdentity
config:DescribeConfigurationRecorders config:DescribeConfigurationRecorderStatus
config:GetDiscoveredResourceCounts config:GetResourceConfigHistory
events:ListRules events:ListTargetsByRule sqs:GetQueueAttributes
lambda:ListEventSourceMappings lambda:GetFunctionConfiguration
cloudtrail:LookupEvents iam:GetRole dynamodb:BatchGetItem dynamodb:DescribeTimeToLive
"""
JSONL = ("--format", "jsonl")


@pytest.fixture(scope="module")
def world():
    with FakeAws(account_id=ACCOUNT, region=REGION, rate=1000) as aws:
        made = World(aws)
        yield made
        made.close()


def doctor(world, home, *arguments, before=(), settings=True, **more):
    given = {**(world.settings() if settings else {}), **more}
    return command.run(None, home, *before, "doctor", *arguments, **world.environment(**given))


def test_a_healthy_set_up_is_all_ok_and_nothing_is_written_anywhere(world, tmp_path):
    done = doctor(world, tmp_path, before=["-vv"])
    assert done.returncode == 0, done.stdout
    assert {line.split()[0] for line in done.stdout.splitlines()} == {"ok"}
    assert re.search(r"^\d+ checks: \d+ ok, 0 warn, 0 fail$", done.stderr, re.MULTILINE)
    assert set(re.findall(r"AWS call ([a-z]+:\w+)", done.stderr)) == set(READS.split())
    to_slack = {call.operation for call in world.aws.calls if call.service == "slack"}
    assert to_slack == {"auth.test", "conversations.info"}
    assert list(tmp_path.iterdir()) == []
    assert "xoxb-demo" not in done.stdout + done.stderr
    by_function = doctor(world, tmp_path, *JSONL, "--function", world.name, settings=False)
    assert by_function.returncode == 0, by_function.stdout
    told = records(by_function)
    assert {(each["schema"], each["status"]) for each in told} == {("iacwatch.check/1", "ok")}
    assert [each["check"] for each in told][:3] == ["credentials", "clock", "recorder"]


def test_a_broken_set_up_fails_with_a_line_and_a_remedy_for_each_fault(tmp_path):
    with FakeAws(account_id=ACCOUNT, region="eu-west-3", rate=1000) as aws:
        world = World(aws)
        aws.add_recorder(status={"recording": False})
        world.events.disable_rule(Name=world.name)
        aws.add_trust_policy(ROLE, trust("repo:acme/*"))
        world.opened(web_identity(SUBJECT))
        done = doctor(
            world,
            tmp_path,
            IACWATCH_WORKFLOW=json.dumps([{"name": "all", "principals": ["*"]}]),
            IACWATCH_SLACK__TOKEN="expired",
            IACWATCH_LEDGER__URL="dynamodb://nothing",
        )
        world.close()
    assert done.returncode == 1, done.stdout
    rows = done.stdout.splitlines()
    wrong = {(status, name) for status, name, *_ in map(str.split, rows) if status in {"warn", "fail"}}
    assert {name for status, name in wrong if status == "fail"} == {"recorder", "rule", "ledger", "slack"}
    assert {("warn", "workflow.all"), ("warn", "workflow.all.started_by")} <= wrong
    assert f'set started_by = ["{PROVIDER}:{SUBJECT}"] in the workflow all' in done.stdout
    for place, row in enumerate(rows):
        if row.startswith(("warn", "fail")):
            assert rows[place + 1].startswith("      -> "), row
    assert "aws events enable-rule --name" in done.stdout
    assert re.search(r"\d+ ok, \d+ warn, 4 fail", done.stderr)

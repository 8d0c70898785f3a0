"""`iacwatch doctor` from outside: over a healthy set-up, a broken one, and without any permission."""

import json
import re

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command
from tests.fixtures.doctor_world import (
    ACCOUNT,
    IN_MOTO,
    PROVIDER,
    REGION,
    ROLE,
    SUBJECT,
    World,
    trust,
    web_identity,
)

KEYS = ["schema", "check", "status", "message", "mend", "seen"]
READS = {
    "sts:GetCallerIdentity",
    "config:DescribeConfigurationRecorders",
    "config:DescribeConfigurationRecorderStatus",
    "config:GetDiscoveredResourceCounts",
    "config:GetResourceConfigHistory",
    "events:ListRules",
    "events:ListTargetsByRule",
    "sqs:GetQueueAttributes",
    "lambda:ListEventSourceMappings",
    "lambda:GetFunctionConfiguration",
    "cloudtrail:LookupEvents",
    "iam:GetRole",
    "dynamodb:BatchGetItem",
    "dynamodb:DescribeTimeToLive",
}


@pytest.fixture(scope="module")
def world():
    with FakeAws(account_id=ACCOUNT, region=REGION, rate=1000) as aws:
        made = World(aws)
        yield made
        made.close()


def doctor(world, home, *arguments, before=(), moto=IN_MOTO, settings=True, **more):
    given = {**world.settings(), **more} if settings else more
    environ = {
        name: value for name, value in world.environment(moto=moto, **given).items() if value is not None
    }
    return command.run(None, home, *before, "doctor", *arguments, **environ)


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_healthy_set_up_is_all_ok_and_nothing_is_written_anywhere(world, tmp_path):
    done = doctor(world, tmp_path, before=["-vv"])
    assert done.returncode == 0, done.stdout
    assert {line.split()[0] for line in done.stdout.splitlines()} == {"ok"}
    assert re.search(r"^\d+ checks: \d+ ok, 0 warn, 0 fail$", done.stderr, re.MULTILINE)
    called = set(re.findall(r"AWS call ([a-z]+:\w+)", done.stderr))
    assert called == READS
    assert {call.operation for call in world.aws.calls if call.service == "slack"} == {
        "auth.test",
        "conversations.info",
    }
    assert list(tmp_path.iterdir()) == []


def test_json_lines_carry_the_same_for_programs(world, tmp_path):
    done = doctor(world, tmp_path, "--format", "jsonl", "--function", world.name, settings=False)
    assert done.returncode == 0, done.stdout
    told = lines(done)
    assert all(list(each) == KEYS for each in told)
    assert {each["schema"] for each in told} == {"iacwatch.check/1"}
    assert {each["status"] for each in told} == {"ok"}
    assert [each["check"] for each in told][:3] == ["credentials", "clock", "recorder"]


def test_a_broken_set_up_fails_with_a_line_and_a_remedy_for_each_fault(tmp_path):
    with FakeAws(account_id=ACCOUNT, region="eu-west-3", rate=1000) as aws:
        world = World(aws)
        aws.add_recorder(status={"recording": False})
        world.events.disable_rule(Name=world.name)
        world.attributes(DelaySeconds="0", VisibilityTimeout="60", Policy="")
        world.mapping(FunctionResponseTypes=[], ScalingConfig={"MaximumConcurrency": 50})
        flows = json.dumps([{"name": "all", "principals": ["*"]}])
        aws.add_trust_policy(ROLE, trust("repo:acme/*"))
        world.opened(web_identity(SUBJECT))
        done = doctor(
            world,
            tmp_path,
            IACWATCH_WORKFLOW=flows,
            IACWATCH_SLACK__TOKEN="expired",
            IACWATCH_LEDGER__URL="dynamodb://nothing",
        )
        world.close()
    assert done.returncode == 1, done.stdout
    found = [line.split()[:2] for line in done.stdout.splitlines()]
    for name in (
        *("recorder", "rule", "queue.visibility", "queue.policy", "mapping.partial", "ledger", "slack"),
    ):
        assert ["fail", name] in found, name
    for name in ("queue.delay", "mapping.concurrency", "workflow.all", "workflow.all.started_by"):
        assert ["warn", name] in found, name
    assert f'set started_by = ["{PROVIDER}:{SUBJECT}"] in the workflow all' in done.stdout
    rows = done.stdout.splitlines()
    for place, row in enumerate(rows):
        if row.startswith(("warn", "fail")):
            assert rows[place + 1].startswith("      -> "), row
    assert "aws events enable-rule --name" in done.stdout
    assert re.search(r"\d+ ok, \d+ warn, 7 fail", done.stderr)


def test_without_any_permission_it_says_what_it_could_not_see(tmp_path):
    with FakeAws(account_id=ACCOUNT, region=REGION, rate=1000) as aws:
        for service in ("sqs", "events", "lambda", "dynamodb", "cloudtrail", "config", "sts"):
            aws.deny(service, "*")
        done = command.run(
            aws,
            tmp_path,
            "doctor",
            "--format",
            "jsonl",
            "--queue-url",
            f"{aws.url}/{ACCOUNT}/changes",
        )
        alone = command.run(aws, tmp_path, "doctor", "--format", "jsonl", "--function", "watch")
    assert "Traceback" not in done.stderr + alone.stderr
    told = {each["check"]: each for each in lines(done)}
    for name in ("credentials", "recorder", "recorder.known", "rule", "queue", "mapping", "reconcile"):
        assert (told[name]["status"], told[name]["seen"]) == ("warn", False), name
        assert told[name]["mend"].startswith("grant "), name
    assert "grant lambda:ListEventSourceMappings" in told["mapping"]["mend"]
    # These are what `drain` itself needs, and no function is known that does it instead.
    for name in ("trail", "trail.global", "history"):
        assert told[name]["status"] == "fail"
    assert done.returncode == 1
    assert {each["status"] for each in lines(alone)} <= {"ok", "warn"}
    assert alone.returncode == 0


def test_without_credentials_the_rest_is_looked_at_all_the_same(tmp_path):
    done = command.run(
        None,
        tmp_path,
        *("doctor", "--format", "jsonl"),
        AWS_REGION=REGION,
        AWS_EC2_METADATA_DISABLED="true",
        IACWATCH_WORKFLOW='[{"name": "ci", "user_agents": ["*"]}]',
    )
    assert done.returncode == 1
    told = {each["check"]: each for each in lines(done)}
    assert list(told) == ["credentials", "aws", "ledger", "slack", "workflow.ci"]
    assert "no AWS credentials were found" in told["credentials"]["message"]
    assert told["aws"]["seen"] is False


@pytest.mark.parametrize(
    ("before", "environ", "words"),
    [
        ([], {}, "no AWS region is known; pass --region"),
        (["--profile", "nobody"], {"AWS_REGION": REGION}, "there is no such AWS profile"),
        ([], {"AWS_REGION": REGION, "IACWATCH_QUEUE__URL": "changes"}, "queue.url must be an http(s) URL"),
    ],
)
def test_what_cannot_be_looked_for_is_wrong_usage(tmp_path, before, environ, words):
    done = command.run(None, tmp_path, *before, "doctor", AWS_EC2_METADATA_DISABLED="true", **environ)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("form", ["table", "jsonl"])
def test_names_that_strangers_chose_stay_text_and_no_secret_is_shown(world, tmp_path, form):
    flows = json.dumps([{"name": "ci\x1b[31m\u202e\nfail x", "user_agents": ["*"]}])
    done = doctor(
        world, tmp_path, "--format", form, before=["--color", "always", "-vv"], IACWATCH_WORKFLOW=flows
    )
    assert "\x1b[31m\u202e" not in done.stdout
    assert "\u202e" not in done.stdout
    if form == "table":
        assert "\nfail x" not in done.stdout
    assert "xoxb-demo" not in done.stdout + done.stderr
    world.configure(IACWATCH_SLACK__TOKEN="xoxb-other")
    shown = doctor(world, tmp_path, "--function", world.name, before=["-vv"], settings=False)
    world.configure(IACWATCH_SLACK__TOKEN="env:SLACK_TOKEN")
    assert "holds the secret itself" in shown.stdout
    assert "xoxb-other" not in shown.stdout + shown.stderr

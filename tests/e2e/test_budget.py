"""CloudTrail's budget, from outside: how many LookupEvents calls a run makes, and none too early."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from iacwatch.aws.config_api import ConfigCalls
from iacwatch.aws.config_history import ConfigHistory
from iacwatch.aws.rate_limit import RateLimit
from iacwatch.aws.sessions import Sessions
from iacwatch.clock import SystemClock
from iacwatch.core.model import Rules, Verdict
from iacwatch.demo.fake.server import FakeAws
from iacwatch.ledgers.memory import MemoryLedger
from iacwatch.pipeline.run import Pipeline
from iacwatch.ports import Delivered
from iacwatch.settings.rules import built_in_workflows
from iacwatch.sources.sqs.source import SqsQueue
from iacwatch.trails.lookup_events.trail import LookupEvents
from tests.fixtures import command
from tests.fixtures.small_world import ACCOUNT, REGION, call, item, listed, message

TERRAFORM = "APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.20.0"


def lookups(aws):
    return [called for called in aws.calls if called.operation == "LookupEvents"]


def foreign(number, at):
    """Return a write that has nothing to do with any of the changes."""
    record = call(900_000 + number, who="ci@example.com", name="CreateTags")
    return {**record, "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ")}


@pytest.mark.parametrize("changes", [400, pytest.param(1_000, marks=pytest.mark.slow)])
def test_the_changes_of_one_apply_cost_a_few_dozen_calls_and_none_is_throttled(tmp_path, changes):
    rng = random.Random(1)
    now = datetime.now(UTC)
    with FakeAws(rate=2) as aws:
        queue = aws.create_queue("changes", visibility=120)
        for number in range(changes):
            at = now - timedelta(minutes=60) + timedelta(seconds=180 * number / changes)
            aws.send(queue, message(item(number, at + timedelta(seconds=20 + rng.random() * 60))))
            record = call(number, who="GitHubActions", userAgent=TERRAFORM)
            record["eventTime"] = at.strftime("%Y-%m-%dT%H:%M:%SZ")
            aws.add_event(record, resource_names=listed(number))
        others = 3 * changes // 10
        for number in range(others):
            at = now - timedelta(minutes=85) + timedelta(seconds=rng.random() * 2400)
            aws.add_event(foreign(number, at), resource_names=listed(900_000 + number))
        asked = ("drain", "--queue-url", queue, "--verdict", "all", "--format", "jsonl")
        done = command.run(aws, tmp_path, *asked, timeout=110, hurried=False)
        assert done.returncode == 0, done.stderr
        assert [each["verdict"] for each in command.records(done)] == ["in-workflow"] * changes
        calls = lookups(aws)
        print(f"{len(calls)} calls for {changes} changes")
        assert len(calls) <= 1.2 * -(-(changes + others) // 50) + 5
        assert not [called for called in calls if called.throttled]


class Shown:
    remembered = False
    deferred_close = False

    def __init__(self):
        self.findings = []

    def emit(self, findings):
        self.findings.extend(findings)
        return {finding.finding_id: Delivered() for finding in findings}

    def close(self):
        pass


def lone(number, at):
    """Return one of some lone changes: message, record, what event history lists."""
    group, bucket, table = f"web-{number}", f"acme-bucket-{number}", f"orders-{number}"
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}"
    kind, name, arn, called, request, names = (
        ("", group, "", {"who": "alice@example.com"}, {}, listed(number)),
        (
            "AWS::S3::Bucket",
            bucket,
            f"arn:aws:s3:::{bucket}",
            {"name": "PutBucketPolicy", "eventSource": "s3.amazonaws.com"},
            {"bucketName": bucket},
            [("AWS::S3::Bucket", bucket)],
        ),
        (
            "AWS::DynamoDB::Table",
            table,
            arn,
            {"name": "UpdateTable", "eventSource": "dynamodb.amazonaws.com"},
            {"tableName": table},
            [("AWS::DynamoDB::Table", table), ("AWS::DynamoDB::Table", arn)],
        ),
    )[number % 3]
    more = {"resourceType": kind, "resourceId": name, "resourceName": name, "ARN": arn} if kind else {}
    record = call(number, **called, **({"requestParameters": request} if request else {}))
    record["eventTime"] = (at - timedelta(seconds=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return message(item(number, at, **more)), record, names


@pytest.mark.parametrize("changes", [4, pytest.param(40, marks=pytest.mark.slow)])
def test_lone_changes_in_a_busy_account_cost_at_most_four_calls_each(monkeypatch, changes):
    rng = random.Random(2)
    now = datetime.now(UTC)
    with FakeAws(rate=100_000) as aws:
        for name, value in aws.environment().items():
            monkeypatch.setenv(name, value)
        queue = aws.create_queue("changes")
        for number in range(changes):
            at = now - timedelta(minutes=50 + 25 * number)
            body, record, names = lone(number, at)
            aws.send(queue, body)
            aws.add_event(record, resource_names=names)
        begin = now - timedelta(minutes=50 + 25 * changes + 70)
        for number in range(int(1.5 * (now - begin).total_seconds())):
            at = begin + timedelta(seconds=number / 1.5 + rng.random())
            aws.add_event(foreign(number, at), resource_names=listed(900_000 + number))
        clock, sessions, shown = SystemClock(), Sessions(region=REGION), Shown()
        pipeline = Pipeline(
            rules=Rules(workflows=built_in_workflows(), report=frozenset(Verdict)),
            items=ConfigHistory(ConfigCalls(sessions, clock, RateLimit(clock, per_second=1000))),
            trail=LookupEvents(sessions=sessions, clock=clock, rate_limit=RateLimit(clock, per_second=1000)),
            sinks=[shown],
            ledger=MemoryLedger(),
            clock=clock,
        )
        pipeline.run(SqsQueue(client=sessions.client("sqs"), url=queue, clock=clock))
        assert len(shown.findings) == changes
        assert {finding.verdict for finding in shown.findings} == {Verdict.OUT_OF_BAND}
        print(f"{len(lookups(aws))} calls for {changes} lone changes")
        assert len(lookups(aws)) <= 4 * changes

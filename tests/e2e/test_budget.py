"""CloudTrail's budget, from outside: how many LookupEvents calls a run makes, and none too early."""

import random
from datetime import UTC, datetime, timedelta

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command
from tests.fixtures.small_world import call, item, listed, message

TERRAFORM = "APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.20.0"


def test_the_changes_of_one_apply_cost_a_few_dozen_calls_and_none_is_throttled(tmp_path):
    rng, changes = random.Random(1), 200
    now = datetime.now(UTC)
    with FakeAws(rate=2) as aws:

        def made(number, at, **called):
            record = {**call(number, **called), "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
            aws.add_event(record, resource_names=listed(number))

        queue = aws.create_queue("changes", visibility=120)
        for number in range(changes):
            at = now - timedelta(minutes=60) + timedelta(seconds=180 * number / changes)
            aws.send(queue, message(item(number, at + timedelta(seconds=20 + rng.random() * 60))))
            made(number, at, who="GitHubActions", userAgent=TERRAFORM)
        others = 3 * changes // 10  # writes that have nothing to do with any of the changes
        for number in range(900_000, 900_000 + others):
            at = now - timedelta(minutes=85) + timedelta(seconds=rng.random() * 2400)
            made(number, at, who="ci@example.com", name="CreateTags")
        asked = ("drain", "--queue-url", queue, "--verdict", "all", "--format", "jsonl")
        done = command.run(aws, tmp_path, *asked, timeout=110, hurried=False)
        assert done.returncode == 0, done.stderr
        assert [each["verdict"] for each in command.records(done)] == ["in-workflow"] * changes
        calls = [called for called in aws.calls if called.operation == "LookupEvents"]
        assert len(calls) <= 1.2 * -(-(changes + others) // 50) + 5
        assert not [called for called in calls if called.throttled]

"""Runs the real command over HTTP against an AWS that holds a blind world."""

import json
from datetime import timedelta
from pathlib import Path

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command
from tests.worlds.blind.actors import OWN, SECOND
from tests.worlds.blind.world import World


def configuration(world: World, url: str) -> str:
    """Return the TOML that the operators of this world would write."""
    since, until = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (world.since, world.until))
    return f"""
[[workflow]]
name = "terraform-ci"
managed_by = ["terraform"]
principals = ["arn:aws:iam::*:role/gha-terraform-*"]

[[workflow]]
name = "pulumi-ci"
managed_by = ["pulumi"]
principals = ["arn:aws:iam::{OWN}:role/pulumi-deploy", "arn:aws:iam::{SECOND}:role/pulumi-deploy"]

[[workflow]]
name = "cloudformation"
managed_by = ["cloudformation"]
invoked_by = ["cloudformation.amazonaws.com"]

[[workflow]]
name = "migration"
principals = ["arn:aws:iam::*:role/migration-runner"]
not_before = "{since}"
not_after = "{until}"

[[workflow]]
name = "jump-host"
managed_by = ["terraform"]
principals = ["arn:aws:iam::*:role/ops-terraform"]
user_agents = ["*Terraform/*"]
source_ips = ["192.0.2.0/24"]

[accounts]
allowed = ["{SECOND}"]
role_name = "iacwatch-read"

[queue]
url = "{url}"

[[report.ignore]]
resource_types = ["AWS::AutoScaling::AutoScalingGroup"]
resources = ["noisy-*"]
properties = ["Configuration.desiredCapacity"]

[[report.ignore]]
resource_types = ["AWS::DynamoDB::Table"]
resources = ["scratch-*"]
principals = ["arn:aws:iam::*:role/batch-worker"]

[ledger]
url = "memory"
"""


class Account:
    """The fake AWS with a world in it, and the command run against it."""

    def __init__(self, aws: FakeAws, world: World, folder: Path):
        self.aws, self.world, self.folder = aws, world, folder
        self.url = aws.create_queue(
            "iacwatch", visibility=900, max_receives=20, dlq_url=aws.create_queue("dead")
        )
        aws.add_role(f"arn:aws:iam::{SECOND}:role/iacwatch-read")
        for document, lists, delivered_at in world.events:
            aws.add_event(document, resource_names=lists, delivered_at=delivered_at)
        for document, region in world.items:
            aws.add_item(document, recorded_in=region)
        # A standard queue keeps no order.
        for at, body in world.random.sample(world.messages, len(world.messages)):
            aws.send(self.url, body, sent_at=at + timedelta(seconds=2))
        (folder / "iacwatch.toml").write_text(configuration(world, self.url))

    def drain(self, *verdicts, further=()):
        """Run `iacwatch drain` for these verdicts (all); return the lines of its report, and its stderr."""
        wanted = [option for each in verdicts or ("all",) for option in ("--verdict", each)]
        options = ["drain", "--format", "jsonl", *wanted, "--no-slack", *further]
        done = self.run(*options)
        assert done.returncode in {0, 1}, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    def run(self, *arguments, **more):
        """Run the command to its end, with this world's configuration."""
        configured = ("--config", str(self.folder / "iacwatch.toml"))
        return command.run(self.aws, self.folder, *configured, *arguments, timeout=600, **more)

    def queued(self):
        return {message.body for message in self.aws.messages(self.url)}

    def lookups(self):
        return sum(call.operation == "LookupEvents" for call in self.aws.calls)

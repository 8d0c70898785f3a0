"""The company of the world of origins: its rules, and the command run against it once or again."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

from tests.fixtures import command
from tests.worlds.blind.actors import OWN, SECOND
from tests.worlds.blind.run import Account
from tests.worlds.origins.sessions import PROVIDERS, THIRD

GITHUB = "token.actions.githubusercontent.com"
RULES = f"""
[[workflow]]
name = "terraform-ci"
managed_by = ["terraform"]
principals = ["arn:aws:iam::*:role/gha-terraform-*"]

[[workflow]]
name = "release"
managed_by = ["terraform"]
principals = ["arn:aws:iam::*:role/release-*"]
{{started_by}} = [
  "{GITHUB}:repo:acme/infra:ref:refs/heads/main",
  "{GITHUB}:repo:acme/infra:environment:prod",
  "gitlab.com:project_path:acme/infra:ref_type:branch:ref:main",
  "app.terraform.io:organization:acme:project:infra:workspace:prod:run_phase:*",
  "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc:{{{{a1b2c3d4-1111-4222-8333-444455556666}}}}:*",
  "oidc.circleci.com/org/0f9e8d7c-6b5a-4c3d-9e2f-1a0b9c8d7e6f:org/0f9e8d7c-6b5a-4c3d-9e2f-1a0b9c8d7e6f/project/1b2c3d4e/*",
  "agent.buildkite.com:organization:acme:pipeline:infra:ref:refs/heads/main:*",
]

[[workflow]]
name = "jenkins"
managed_by = ["terraform"]
principals = ["arn:aws:iam::*:role/deploy-*"]
{{started_by}} = ["arn:aws:iam::{OWN}:role/ci/jenkins-agent"]

[[workflow]]
name = "agents"
managed_by = ["terraform"]
principals = ["arn:aws:iam::*:role/agent-*"]
{{started_by}} = [
  "{PROVIDERS["eks"]}:system:serviceaccount:atlantis:atlantis",
  "arn:aws:iam::{OWN}:role/agent-jenkins",
  "arn:aws:iam::{OWN}:role/agent-codebuild",
  "arn:aws:iam::{OWN}:role/agent-pod",
]

[[workflow]]
name = "on-call"
principals = ["arn:aws:iam::{OWN}:role/ops-break-glass"]
{{started_by}} = [
  "arn:aws:iam::{OWN}:user/oncall",
  "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Oncall_*",
]

[[workflow]]
name = "stacks"
managed_by = ["cloudformation"]
invoked_by = ["cloudformation.amazonaws.com"]

[[workflow]]
name = "guarded-stacks"
managed_by = ["guarded"]
principals = ["arn:aws:iam::*:role/cfn-guarded"]
{{started_by}} = ["{GITHUB}:repo:acme/infra:ref:refs/heads/main"]

[accounts]
allowed = ["{SECOND}", "{THIRD}"]
role_name = "iacwatch-read"

[queue]
url = "{{url}}"

[ledger]
url = "sqlite:///{{ledger}}"
"""
STARTERS = "started_by" in (Path(__file__).parents[3] / "config.example.toml").read_text()
"""Whether a workflow can say who must have opened its sessions."""
OPENING = (
    "AssumeRole",
    "AssumeRoleWithWebIdentity",
    "AssumeRoleWithSAML",
    "GetFederationToken",
    "GetSessionToken",
)


class Company(Account):
    """The fake AWS with a world of origins in it; the ledger lasts from run to run."""

    def __init__(self, aws, world, folder):
        super().__init__(aws, world, folder)
        rules = RULES if STARTERS else re.sub(r"(?ms)^\{started_by\} = \[.*?\]$", "", RULES)
        ledger = folder / "ledger.sqlite"
        text = rules.format(started_by="started_by", url=self.url, ledger=ledger)
        (folder / "iacwatch.toml").write_text(text)

    def explain(self, body):
        """Return what `explain` prints about one message."""
        options = ["--config", str(self.folder / "iacwatch.toml"), "explain", "-"]
        done = command.run(self.aws, self.folder, *options, stdin=body)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def later(self, span=timedelta(hours=1)):
        """Let what is hidden in the queue, or not yet delivered, come."""
        self.aws.jump(span)

    def asked(self):
        """Return the LookupEvents calls by kind."""
        return Counter(
            kind_of(call.body)
            for call in self.aws.calls
            if call.operation == "LookupEvents" and not call.throttled
        )

    def asked_accounts(self):
        return {call.account_id for call in self.aws.calls if call.operation == "LookupEvents"}


def kind_of(body):
    attributes = body.get("LookupAttributes") or [{}]
    key, value = attributes[0].get("AttributeKey", "none"), str(attributes[0].get("AttributeValue", ""))
    if value.startswith("ASIA"):
        return f"session: {key}"
    if key == "EventName" and value in OPENING:
        return f"session: {key}"
    if (key == "EventSource" and value.startswith("sts.")) or key in {"EventId", "Username"}:
        return f"session: {key}"
    if key == "ReadOnly" and value == "true":
        return f"session: {key} true"
    return key


def extra(asked):
    """Return how many calls were for sessions."""
    return sum(count for kind, count in asked.items() if kind.startswith("session: "))

"""The company of the world of origins: its rules, and the command run against it once or again."""

from collections import Counter
from datetime import timedelta

from tests.worlds.blind.actors import OWN, SECOND
from tests.worlds.blind.run import Account
from tests.worlds.origins.chains import MAIN
from tests.worlds.origins.sessions import PROVIDERS, THIRD
from tests.worlds.origins.stage import OIDC, SAML

GITHUB = PROVIDERS["github"]
RULES = f"""
[[workflow]]
name = "terraform-ci"
managed_by = ["terraform"]
principals = ["arn:aws:iam::*:role/gha-terraform-*"]

[[workflow]]
name = "release"
managed_by = ["terraform"]
principals = ["arn:aws:iam::*:role/release-*"]
started_by = [
  "{GITHUB}:{MAIN}",
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
started_by = ["arn:aws:iam::{OWN}:role/ci/jenkins-agent"]

[[workflow]]
name = "agents"
managed_by = ["terraform"]
principals = ["arn:aws:iam::*:role/agent-*"]
started_by = [
  "{PROVIDERS["eks"]}:system:serviceaccount:atlantis:atlantis",
  "arn:aws:iam::{OWN}:role/agent-jenkins",
  "arn:aws:iam::{OWN}:role/agent-codebuild",
  "arn:aws:iam::{OWN}:role/agent-pod",
]

[[workflow]]
name = "on-call"
principals = ["arn:aws:iam::{OWN}:role/ops-break-glass"]
started_by = [
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
started_by = ["{GITHUB}:{MAIN}"]

[accounts]
allowed = ["{SECOND}", "{THIRD}"]
role_name = "iacwatch-read"

[queue]
url = "{{url}}"

[ledger]
url = "sqlite:///{{ledger}}"
"""
OPENING = {"AssumeRole", OIDC, SAML, "GetFederationToken", "GetSessionToken"}


class Company(Account):
    """The fake AWS with a world of origins in it; the ledger lasts from run to run."""

    def __init__(self, aws, world, folder):
        super().__init__(aws, world, folder)
        text = RULES.format(url=self.url, ledger=folder / "ledger.sqlite")
        (folder / "iacwatch.toml").write_text(text)

    def later(self, span=timedelta(hours=1)):
        """Let what is hidden in the queue, or not yet delivered, come."""
        self.aws.jump(span)

    def lookups(self):
        return [call for call in self.aws.calls if call.operation == "LookupEvents"]

    def asked(self):
        """Return the LookupEvents calls by kind."""
        return Counter(kind_of(call.body) for call in self.lookups() if not call.throttled)


def kind_of(body):
    """Return what a lookup asked by; one about who opened a session begins with `session`."""
    attributes = body.get("LookupAttributes") or [{}]
    key, value = attributes[0].get("AttributeKey", "none"), str(attributes[0].get("AttributeValue", ""))
    by_name = value.startswith("ASIA") or (key == "EventName" and value in OPENING)
    by_source = key == "EventSource" and value.startswith("sts.")
    reads = key == "ReadOnly" and value == "true"
    return f"session: {key}" if by_name or by_source or reads or key in {"EventId", "Username"} else key


def extra(asked):
    """Return how many calls were for sessions."""
    return sum(count for kind, count in asked.items() if kind.startswith("session: "))

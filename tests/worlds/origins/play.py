"""Plays who stands behind changes: `python -m tests.worlds.origins.play SEED`."""

import sys
from datetime import timedelta
from functools import partial

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import log_folder
from tests.worlds.blind.actors import FOREIGN, OWN, SECOND
from tests.worlds.blind.run import Account
from tests.worlds.marks import WRONG
from tests.worlds.origins.chains import MAIN, Chains
from tests.worlds.origins.hands import ATLANTIS, Hands
from tests.worlds.origins.judging import judge
from tests.worlds.origins.services import Services
from tests.worlds.origins.sessions import THIRD
from tests.worlds.origins.stage import PROVIDERS, REGIONS, OriginStage
from tests.worlds.origins.traps import Traps
from tests.worlds.playing import by_hand

GITHUB = PROVIDERS["github"]
RULES = f"""
[[workflow]]
name = "release"
managed_by = ["terraform"]
principals = ["arn:aws:iam::*:role/release-*"]
started_by = [
  "{GITHUB}:{MAIN}",
  "{GITHUB}:repo:acme/infra:environment:prod",
  "gitlab.com:project_path:acme/infra:ref_type:branch:ref:main",
  "app.terraform.io:organization:acme:project:infra:workspace:prod:run_phase:*",
  "{PROVIDERS["bitbucket"]}:{{{{a1b2c3d4-1111-4222-8333-444455556666}}}}:*",
  "{PROVIDERS["circleci"]}:org/0f9e8d7c-6b5a-4c3d-9e2f-1a0b9c8d7e6f/project/1b2c3d4e/*",
  "agent.buildkite.com:organization:acme:pipeline:infra:ref:refs/heads/main:*",
]

[[workflow]]
name = "agents"
managed_by = ["terraform"]
principals = ["arn:aws:iam::*:role/agent-*", "arn:aws:iam::*:role/deploy-*"]
started_by = [
  "arn:aws:iam::{OWN}:role/ci/jenkins-agent",
  "{PROVIDERS["eks"]}:{ATLANTIS}",
  "arn:aws:iam::{OWN}:role/agent-jenkins",
  "arn:aws:iam::{OWN}:role/agent-pod",
]

[[workflow]]
name = "on-call"
principals = ["arn:aws:iam::{OWN}:role/ops-break-glass"]
started_by = ["arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Oncall_*"]

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


def everything(seed, now=None, parts=(Chains, Traps, Services, Hands)):
    stage = OriginStage(seed, now)
    for part in parts:
        part(stage).play()
    return stage


def play(stage, folder, *, files=False):
    """Let `drain` judge what was staged, and once more an hour later, when late STS events are there; return the score.

    `files`: CloudTrail's log files are asked, not LookupEvents.
    """
    world = stage.world
    keys = {each.key for truth in world.truths for each in truth.session.behind() if each.asks}
    with FakeAws(rate=1000) as aws:
        company = Account(aws, world, folder)
        place = folder / "iacwatch.toml"
        place.write_text(RULES.format(url=company.url, ledger=folder / "ledger.sqlite"))
        further = ("--trail", str(written(world, folder / "trail"))) if files else ()
        lines, summary = company.drain(further=further)
        print(summary[-900:])
        marks = judge(world.truths, lines, company.queued())
        asked = [call.account_id for call in aws.calls if call.operation == "LookupEvents"]
        if not files:
            aws.jump(timedelta(hours=1))
            lines, _ = company.drain()
            for truth, verdict in stage.late:
                truth.outcome, truth.verdict, truth.label = "finding", verdict, f"{truth.label}, later"
            late = {truth.id for truth, _ in stage.late}
            lines = [line for line in lines if line["change"]["resource_id"] in late]
            judge([truth for truth, _ in stage.late], lines, company.queued(), marks)
    if FOREIGN in asked:
        marks.note(WRONG, "LookupEvents", "a foreign account was asked")
    marks.sums.update({"lookups": len(asked), "sessions that need one": len(keys)})
    return marks


def written(world, folder):
    """Write what our accounts' trails delivered so far as log files; return their folder."""
    mine = [each for each in world.events if each[0]["recipientAccountId"] in {OWN, SECOND}]
    log_folder.deliver(folder, [each[0] for each in mine if each[2] is None or each[2] <= world.now])
    places = {(account, region) for account in (OWN, SECOND) for region in REGIONS}
    for path, content in log_folder.alive(places, world.ago(days=3), world.ago(minutes=5)).items():
        log_folder.write(folder, path, content)
    return folder


if __name__ == "__main__":
    staged = everything(int(sys.argv[1]))
    by_hand(f"{len(staged.world.truths)} changes", partial(play, staged))

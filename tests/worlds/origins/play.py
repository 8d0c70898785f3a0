"""Plays who stands behind changes: `python -m tests.worlds.origins.play SEED`."""

import sys
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import log_folder
from tests.worlds.blind.actors import OWN, SECOND
from tests.worlds.blind.run import Account
from tests.worlds.marks import Marks
from tests.worlds.origins.chains import MAIN, Chains
from tests.worlds.origins.hands import ATLANTIS, Hands
from tests.worlds.origins.judging import judge
from tests.worlds.origins.services import Services
from tests.worlds.origins.sessions import THIRD
from tests.worlds.origins.stage import OIDC, PROVIDERS, REGIONS, SAML, OriginStage
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
name = "jenkins"
managed_by = ["terraform"]
principals = ["arn:aws:iam::*:role/deploy-*"]
started_by = ["arn:aws:iam::{OWN}:role/ci/jenkins-agent"]

[[workflow]]
name = "agents"
managed_by = ["terraform"]
principals = ["arn:aws:iam::*:role/agent-*"]
started_by = [
  "{PROVIDERS["eks"]}:{ATLANTIS}",
  "arn:aws:iam::{OWN}:role/agent-jenkins",
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


@dataclass(frozen=True)
class Played:
    """One play: its score, that of the second run, and what was asked of LookupEvents."""

    score: Marks
    second: Marks | None
    asked: dict
    sessions: int
    accounts: set
    summary: str

    @property
    def calls_a_session(self):
        """Return how many calls were made for each session that needs one."""
        extra = sum(count for kind, count in self.asked.items() if kind.startswith("session: "))
        return extra / (self.sessions or 1)

    def text(self):
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.asked.items()))
        lines = [self.summary[-900:], self.score.text()]
        lines += [f"LookupEvents: {kinds or 'none'}", f"{self.calls_a_session:.2f} for a session"]
        return "\n".join([*lines, *(["an hour later:", self.second.text()] if self.second else [])])


def everything(seed, now=None):
    stage = OriginStage(seed, now)
    for part in (Chains, Traps, Services, Hands):
        part(stage).play()
    return stage


def few(seed, now=None):
    """Return a small part: each kind of first session once, some traps, the guarded role."""
    stage = OriginStage(seed, now)
    chains, traps, hands = Chains(stage), Traps(stage), Hands(stage)
    for hops, first in enumerate(("by_sso", "by_user", "by_instance", "by_function")):
        chains.chain(first, hops % 4)
    for part in (
        chains.story_from_an_allowed_account, chains.story_from_abroad, traps.story_two_people_in_one_second,
        traps.story_one_key_handed_out_to_two, traps.story_another_session_called_as_the_key, traps.story_missing_event,
        traps.story_event_without_an_answer, traps.story_names_that_lie, hands.story_tokens_of_others,
        hands.story_agents, hands.story_unknown, hands.story_young,
    ):  # fmt: skip
        stage.begin(part.__name__)
        part()
    hands.story_run_of_the_pipeline(7)
    return stage


def play(stage, folder, *, files=False):
    """Let `drain` judge what was staged; once more an hour later where something waits.

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
        score = judge(world, lines, company.queued())
        lookups = [call for call in aws.calls if call.operation == "LookupEvents"]
        asked = Counter(kind_of(call.body) for call in lookups if not call.throttled)
        second = later(stage, company) if stage.late and not files else None
        accounts = {call.account_id for call in aws.calls if call.operation == "LookupEvents"}
    return Played(score, second, asked, len(keys), accounts, summary)


def kind_of(body):
    """Return what a lookup asked by; one about who opened a session begins with `session`."""
    attributes = body.get("LookupAttributes") or [{}]
    key, value = attributes[0].get("AttributeKey", "none"), str(attributes[0].get("AttributeValue", ""))
    by_name = value.startswith("ASIA") or (key == "EventName" and value in OPENING)
    by_source = key == "EventSource" and value.startswith("sts.")
    reads = key == "ReadOnly" and value == "true"
    return f"session: {key}" if by_name or by_source or reads or key in {"EventId", "Username"} else key


def written(world, folder):
    """Write what our accounts' trails delivered so far as log files; return their folder."""
    mine = {OWN, SECOND}
    records = [
        document
        for document, _, delivered_at in world.events
        if document["recipientAccountId"] in mine and (delivered_at is None or delivered_at <= world.now)
    ]
    log_folder.deliver(folder, records)
    places = {(account, region) for account in mine for region in REGIONS}
    for path, content in log_folder.alive(places, world.ago(days=3), world.ago(minutes=5)).items():
        log_folder.write(folder, path, content)
    return folder


def later(stage, company):
    """Run the command again once the STS events that were late are there."""
    company.aws.jump(timedelta(hours=1))
    lines, _ = company.drain()
    for truth, verdict in stage.late:
        truth.outcome, truth.verdict = "finding", verdict
    stage.world.truths = [truth for truth, _ in stage.late]
    ids = {truth.id for truth in stage.world.truths}
    lines = [line for line in lines if line["change"]["resource_id"] in ids]
    return judge(stage.world, lines, company.queued())


if __name__ == "__main__":
    staged = everything(int(sys.argv[1]))
    by_hand(f"{len(staged.world.truths)} changes", partial(play, staged))

"""The manual's page on pipelines: its trust policies let no people in, and its workflows name who is left."""

import re

import pytest

from iacwatch.core.attribution.chains.facts import Answer, Facts
from iacwatch.core.attribution.chains.walk import follow
from iacwatch.core.globs import any_matches
from iacwatch.core.parse.cloudtrail import event
from iacwatch.doctor.checks.started_by import entries
from iacwatch.doctor.trust_policy import takers
from iacwatch.settings.load import File, load
from tests.fixtures.manual import page
from tests.fixtures.trail_records import record, session

CI = (
    *("GitHub Actions", "GitLab CI", "HCP Terraform", "Bitbucket Pipelines", "CircleCI", "Buildkite"),
    *("Jenkins on EC2", "Atlantis on EKS"),
)
BLOCK = re.compile(r"^```(json|toml)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def sections():
    return {text.partition("\n")[0]: text for text in page("pipelines").split("\n## ")[1:]}


def shown():
    for name, text in sections().items():
        policy = ""
        for kind, block in BLOCK.findall(text):
            if kind == "json":
                policy = block
            else:
                yield name, policy, block


def test_every_ci_system_has_its_trust_policy_and_its_workflow_which_let_no_people_in():
    assert [name for name in sections() if name in CI] == list(CI)
    assert {name for name, _, _ in shown()} == set(CI)
    policies = [
        block for text in sections().values() for kind, block in BLOCK.findall(text) if kind == "json"
    ]
    assert len(policies) == len(CI) + 2
    assert not [each for policy in policies for each in takers(policy, "arn:x") if each.people]


@pytest.mark.parametrize(("name", "policy", "toml"), list(shown()))
def test_only_the_pipeline_can_take_the_role_and_started_by_names_it(name, policy, toml):
    (flow,) = load(File("iacwatch.toml", toml)).workflow
    assert entries(takers(policy, flow.principals[0]), ()) == flow.started_by, name


RUNS = {
    "GitHub Actions": ("repo:acme/infra:ref:refs/heads/main", "acme/infra@refs/heads/main"),
    "GitLab CI": ("project_path:acme/infra:ref_type:branch:ref:main", "acme/infra@main"),
    "HCP Terraform": ("organization:acme:project:prod:workspace:net:run_phase:apply", "acme/prod/net"),
    "Bitbucket Pipelines": ("{5a3c8d0e-1b2f-4c6d-8e9a-7b0c1d2e3f40}:{9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a}:{0a1b}", None),
    "CircleCI": ("org/0c2a1d9e-6f0b-4a6e-9b1f-2f6f4b1d7c11/project/77e5b1c3-2d4f-4a6b-8c9d-0e1f2a3b4c5d/user/1f", None),
    "Buildkite": ("organization:acme:pipeline:infra:ref:refs/heads/main:commit:9f2c:step:apply", "acme/infra@refs/heads/main"),
    "Atlantis on EKS": ("system:serviceaccount:atlantis:atlantis", None),
}  # fmt: skip
"""What the token of a run says, and what the page says that the report makes of it."""


@pytest.mark.parametrize("name", RUNS)
def test_a_run_of_the_pipeline_is_covered_and_reported_as_the_page_says(name):
    toml = next(toml for ci, _, toml in shown() if ci == name)
    (flow,), (subject, repository) = load(File("iacwatch.toml", toml)).workflow, RUNS[name]
    provider = flow.started_by[0].partition(":")[0]
    arn = f"arn:aws:iam::111122223333:oidc-provider/{provider}"
    token = {"type": "WebIdentityUser", "userName": subject, "identityProvider": arn}
    other = {**token, "userName": subject + "-x"}
    found, else_ = (origin(flow.principals[0].rpartition("/")[2], each) for each in (token, other))
    assert any_matches(flow.started_by, found.identities)
    assert (str(found.actor.via), found.actor.repository) == ("oidc", repository)
    assert any_matches(flow.started_by, else_.identities) is flow.started_by[0].endswith("*")


def origin(role, token):
    """Return who stands behind a call in a session of a role that was opened with a token."""
    key = "ASIAEXAMPLEEXAMPLE01"
    mine = {**session(role, "run"), "accessKeyId": key}
    answer = {"credentials": {"accessKeyId": key}, "assumedRoleUser": {"arn": mine["arn"]}}
    of_sts = {"eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithWebIdentity", "readOnly": True}
    opened = event(record(token, eventID="opened", responseElements=answer, **of_sts))
    facts = Facts(openings={key: Answer(event=opened)})
    return follow(event(record(mine, eventID="call")), facts, deciding=True)

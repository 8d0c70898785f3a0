"""The manual's page on pipelines: its trust policies let no people in, and its workflows name who is left."""

import re

import pytest

from iacwatch.doctor.checks.started_by import entries
from iacwatch.doctor.trust_policy import takers
from iacwatch.settings.load import File, load
from tests.fixtures.manual import page

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

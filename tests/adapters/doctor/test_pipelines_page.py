"""The manual's page on pipelines: its trust policies let no people in, and its workflows name who is left."""

import re
from itertools import pairwise

from iacwatch.doctor.checks.started_by import entries
from iacwatch.doctor.trust_policy import takers
from iacwatch.settings.load import File, load
from tests.fixtures.manual import page

BLOCK = re.compile(r"^```(json|toml)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


BLOCKS = BLOCK.findall(page("pipelines"))


def test_no_trust_policy_of_the_page_lets_people_in():
    policies = [text for kind, text in BLOCKS if kind == "json"]
    assert len(policies) == 10
    assert not [each for policy in policies for each in takers(policy, "arn:x") if each.people]


def test_started_by_of_each_workflow_is_who_can_take_the_role():
    shown = [(before, text) for (_, before), (kind, text) in pairwise(BLOCKS) if kind == "toml"]
    assert len(shown) == 9
    for policy, toml in shown:
        (flow,) = load(File("iacwatch.toml", toml)).workflow
        assert entries(takers(policy, flow.principals[0]), ()) == flow.started_by

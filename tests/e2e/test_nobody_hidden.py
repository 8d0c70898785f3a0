"""Nobody hides beside the pipeline, or beside what is known noise; what came near is shown as a lead."""

import json

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command
from tests.fixtures.small_world import ACCOUNT, ago, call, change, group_id, item, listed, message

LEFT_OUT = {"reason": "requestParameters too large", "omitted": True, "originalSize": 281_640}
SETTINGS = f"""
[[workflow]]
name = "ci"
managed_by = ["terraform"]
principals = ["arn:aws:iam::{ACCOUNT}:role/ci-deploy"]

[[report.ignore]]
principals = ["arn:aws:iam::{ACCOUNT}:role/cleanup*"]
"""


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


def by(role, number, minutes, **more):
    """Return a call by a session of a role."""
    made = call(number, minutes, who="run", **more)
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    made["userIdentity"]["arn"] = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/run"
    made["userIdentity"]["sessionContext"]["sessionIssuer"] |= {"arn": arn, "userName": role}
    return made


def test_nobody_hides_and_what_came_near_is_a_lead(aws, tmp_path):
    (tmp_path / "iacwatch.toml").write_text(SETTINGS)
    queue = aws.create_queue("changes", visibility=60, max_receives=10, dlq_url=aws.create_queue("dead"))

    def happened(number, *calls, body=None):
        aws.send(queue, body or change(number, 60 + 60 * number))
        for made in calls:
            left_out = made["requestParameters"] == LEFT_OUT
            aws.add_event(made, resource_names=() if left_out else listed(number))

    def ours(number, **more):
        return by("ci-deploy", number, 60 + 60 * number, **more)

    def bobs(number, **more):
        more = {"requestParameters": LEFT_OUT, "responseElements": None, "lag": 30, **more}
        return call(number, 60 + 60 * number, who="bob@example.com", **more)

    happened(1, ours(1), bobs(1))
    happened(2, ours(2, name="RevokeSecurityGroupIngress"), bobs(2, lag=50))
    happened(3, bobs(3))
    happened(4, ours(4), bobs(4, name="DeleteSecurityGroup"))
    happened(5, by("cleanup", 5, 360, lag=20), call(5, 360, lag=30))
    happened(6, by("cleanup", 6, 420, lag=20))
    unlike = {
        "changeType": "UPDATE",
        "changedProperties": {"Configuration.Description": {"changeType": "UPDATE"}},
    }
    associated = {"groupId": group_id(7), "vpcId": "vpc-1"}
    happened(
        7,
        bobs(7, name="AssociateSecurityGroupVpc", requestParameters=associated),
        body=message(item(7, ago(480)), unlike),
    )
    options = ("--queue-url", queue, "--verdict", "all", "--format", "jsonl")
    done = command.run(aws, tmp_path, "--config", "iacwatch.toml", "drain", *options)
    assert done.returncode == 0, done.stderr
    lines = {line["change"]["resource_id"]: line for line in map(json.loads, done.stdout.splitlines())}
    found = {
        number: (
            lines[group_id(number)]["verdict"],
            (lines[group_id(number)]["actor"] or {"principal": ""})["principal"].rpartition("/")[2],
            [lead["actor"] for lead in lines[group_id(number)]["leads"]],
        )
        for number in range(1, 8)
        if group_id(number) in lines
    }
    held = ("unattributed", "", ["bob@example.com"])
    assert found == {
        1: held,
        2: held,
        3: held,
        4: ("in-workflow", "ci-deploy", []),
        5: ("out-of-band", "AWSReservedSSO_Admin_0123456789abcdef", []),
        7: held,
    }
    assert "known-noise" in done.stderr
    (lead,) = lines[group_id(7)]["leads"]
    assert list(lead) == ["event_id", "event_name", "event_time", "actor", "why"]
    assert lead["why"].startswith("what AssociateSecurityGroupVpc sets shows in vpcassociations")

    told = command.run(
        aws, tmp_path, "--config", "iacwatch.toml", "explain", "-", stdin=change(1, 120)
    ).stdout
    left_out = "AuthorizeSecurityGroupIngress by bob@example.com: CloudTrail left out its parameters"
    assert left_out in told
    assert "near: AuthorizeSecurityGroupIngress by bob@example.com at " in told

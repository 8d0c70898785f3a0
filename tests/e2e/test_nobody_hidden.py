"""Nobody hides beside the pipeline, or beside what is known noise; what came near is shown as a lead."""

from tests.fixtures.command import records
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


def at(number):
    return 60 + 60 * number


def by(role, number, **more):
    """Return a call by a session of a role."""
    made = call(number, at(number), who="run", **more)
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    made["userIdentity"]["arn"] = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/run"
    made["userIdentity"]["sessionContext"]["sessionIssuer"] |= {"arn": arn, "userName": role}
    return made


def bobs(number, **more):
    more = {"requestParameters": LEFT_OUT, "responseElements": None, "lag": 30, **more}
    return call(number, at(number), who="bob@example.com", **more)


def test_nobody_hides_and_what_came_near_is_a_lead(aws, queue, drain, run, tmp_path):
    (tmp_path / "iacwatch.toml").write_text(SETTINGS)
    unlike = {
        "changeType": "UPDATE",
        "changedProperties": {"Configuration.Description": {"changeType": "UPDATE"}},
    }
    associated = {"groupId": group_id(7), "vpcId": "vpc-1"}
    happened = {
        1: (by("ci-deploy", 1), bobs(1)),
        2: (by("ci-deploy", 2, name="RevokeSecurityGroupIngress"), bobs(2, lag=50)),
        3: (bobs(3),),
        4: (by("ci-deploy", 4), bobs(4, name="DeleteSecurityGroup")),
        5: (by("cleanup", 5, lag=20), call(5, at(5), lag=30)),
        6: (by("cleanup", 6, lag=20),),
        7: (bobs(7, name="AssociateSecurityGroupVpc", requestParameters=associated),),
    }
    for number, calls in happened.items():
        aws.send(queue, message(item(number, ago(at(number))), unlike if number == 7 else None))
        for made in calls:
            left_out = made["requestParameters"] == LEFT_OUT
            aws.add_event(made, resource_names=() if left_out else listed(number))
    config = ("--config", "iacwatch.toml")
    done = drain("--verdict", "all", before=config)
    assert done.returncode == 0, done.stderr
    lines = {line["change"]["resource_id"]: line for line in records(done)}
    found = {
        number: (
            lines[group_id(number)]["verdict"],
            (lines[group_id(number)]["actor"] or {"principal": ""})["principal"].rpartition("/")[2],
            [lead["actor"] for lead in lines[group_id(number)]["leads"]],
        )
        for number in happened
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
    told = run(*config, "explain", "-", stdin=change(1, at(1))).stdout
    assert "AuthorizeSecurityGroupIngress by bob@example.com: CloudTrail left out its parameters" in told
    assert "near: AuthorizeSecurityGroupIngress by bob@example.com at " in told

"""Whose call made a change, through the real command: objects of many types in one run."""

import json

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, change, group_id, item, listed, message

INSTANCE, CLUSTER = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"
WIDGET = "Acme::Widget::Thing"
ALICE, BOB = "alice@example.com", "bob@example.com"


class Things:
    """Changes in a queue, an hour from each other, with the calls near each."""

    def __init__(self, aws):
        self.aws, self.right = aws, {}
        self.queue = aws.create_queue(
            "changes", visibility=60, max_receives=10, dlq_url=aws.create_queue("dead")
        )

    def changed(self, right, type_, id_, *calls, diff=None, **more):
        """Send a change of an object: who is `right`, and calls (who, service, event name, request), oldest first."""
        minutes = 120 + 60 * len(self.right)
        self.right[id_] = right
        name = more.pop("resourceName", id_)
        thing = {
            "resourceType": type_,
            "resourceId": id_,
            "resourceName": name,
            "ARN": None,
            "configuration": {"a": "b"},
        }
        body = json.loads(message(item(0, ago(minutes), **{**thing, **more})))
        body["resources"] = []
        changes = {
            path: {"previousValue": old, "updatedValue": new, "changeType": "UPDATE"}
            for path, (old, new) in (diff or {}).items()
        }
        body["detail"]["configurationItemDiff"] = (
            {"changeType": "UPDATE", "changedProperties": changes} if diff else None
        )
        self.aws.send(self.queue, json.dumps(body))
        for number, (who, service, event_name, request) in enumerate(calls):
            about = {
                "eventSource": f"{service}.amazonaws.com",
                "requestParameters": request,
                "responseElements": None,
            }
            made = call(0, minutes, who=who, lag=60 - 10 * number, name=event_name, **about)
            self.aws.add_event(made, resource_names=[(None, name)])


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


def play(things):
    """Put one case of each kind into the queue."""
    group = {"dbparameterGroupName": "b", "parameterApplyStatus": "in-sync"}
    things.changed(
        ALICE,
        INSTANCE,
        "sent",
        (ALICE, "rds", "ModifyDBInstance", {"dBInstanceIdentifier": "sent", "multiAZ": True}),
        (BOB, "rds", "ModifyDBInstance", {"dBInstanceIdentifier": "sent", "masterUserPassword": "****"}),
        diff={"Configuration.MultiAZ": (False, True)},
    )
    things.changed(
        None,
        INSTANCE,
        "rebooted",
        (BOB, "rds", "RebootDBInstance", {"dBInstanceIdentifier": "rebooted"}),
        diff={"Configuration.DBParameterGroups.0": (None, group)},
    )
    things.changed(
        ALICE,
        CLUSTER,
        "ordersdb",
        (
            ALICE,
            "rds",
            "AddRoleToDBCluster",
            {"dBClusterIdentifier": "OrdersDB", "roleArn": "arn:aws:iam::1:role/x"},
        ),
        diff={"Configuration.AssociatedRoles.0": (None, {"roleArn": "arn:aws:iam::1:role/x"})},
    )
    things.changed(
        ALICE,
        WIDGET,
        "w-1",
        (ALICE, "config", "PutResourceConfig", {"resourceType": WIDGET, "resourceId": "w-1"}),
        (BOB, "config", "PutResourceConfig", {"resourceType": "Acme::Other::Thing", "resourceId": "w-1"}),
        diff={"Configuration.Colour": ("red", "blue")},
    )
    things.changed(
        ALICE,
        "AWS::RDS::GlobalCluster",
        "everywhere",
        (
            ALICE,
            "rds",
            "FailoverGlobalCluster",
            {"globalClusterIdentifier": "everywhere", "targetDbClusterIdentifier": "x"},
        ),
        diff={"Configuration.GlobalClusterMembers.0": ({"isWriter": True}, {"isWriter": False})},
    )
    things.changed(
        ALICE, INSTANCE, "stopped", (ALICE, "rds", "StopDBInstance", {"dBInstanceIdentifier": "stopped"})
    )
    things.changed(
        ALICE,
        "AWS::Glue::Database",
        "sales",
        (ALICE, "glue", "CreateDatabase", {"databaseInput": {"name": "sales"}}),
        configurationItemStatus="ResourceDiscovered",
    )
    things.changed("no-change", "AWS::Glue::Database", "old", configurationItemStatus="ResourceDiscovered")
    things.changed(None, "AWS::NewService::Gadget", "conjured", configurationItemStatus="ResourceDiscovered")
    things.changed(
        None,
        "AWS::EC2::Instance",
        "i-0a1b2c3d4e5f60718",
        diff={
            "Configuration.State.Name": ("running", "stopped"),
            "Configuration.StateReason": (None, {"code": "Client.UserInitiatedShutdown", "message": ""}),
        },
        resourceName=None,
    )
    things.changed(
        ALICE,
        "AWS::Cognito::IdentityPool",
        f"{REGION}:5f1c2b7a-0d7e-4c0a-9a51-6a7d2f3b4c5d",
        (
            ALICE,
            "cognito-identity",
            "UpdateIdentityPool",
            {"identityPoolId": f"{REGION}:5f1c2b7a-0d7e-4c0a-9a51-6a7d2f3b4c5d", "identityPoolName": "shop"},
        ),
        (
            BOB,
            "cognito-identity",
            "UpdateIdentityPool",
            {"identityPoolId": f"{REGION}:00000000-0d7e-4c0a-9a51-6a7d2f3b4c5d", "identityPoolName": "shop"},
        ),
        diff={"Configuration.AllowClassicFlow": (False, True)},
        resourceName="shop",
    )


def test_who_made_each_change_is_named_and_nobody_else(aws, tmp_path):
    things = Things(aws)
    play(things)
    options = ("--queue-url", things.queue, "--verdict", "all", "--format", "jsonl")
    done = command.run(aws, tmp_path, "drain", *options)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    found = {line["change"]["resource_id"]: line["actor"] and line["actor"]["name"] for line in lines}
    assert found == {id_: right for id_, right in things.right.items() if right != "no-change"}
    assert "no-change" in done.stderr
    assert [line["other_events"] for line in lines] == [[]] * len(lines)
    assert {line["verdict"] for line in lines if not line["actor"]} == {"unattributed"}
    (reboot,) = (lead for line in lines for lead in line["leads"] if lead["event_name"] == "RebootDBInstance")
    assert reboot["why"].startswith("what RebootDBInstance sets shows in ")


ROLE = "release-prod"
RULES = f"""
[[workflow]]
name = "release"
managed_by = ["terraform"]
principals = ["arn:aws:iam::*:role/{ROLE}"]
started_by = ["token.actions.githubusercontent.com:repo:acme/infra:ref:refs/heads/main"]
"""
TOKEN = {
    "type": "WebIdentityUser",
    "userName": "repo:acme/infra:ref:refs/heads/main",
    "identityProvider": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com",
}


def taken(number, role=ROLE):
    """Return a session of a role, by the number of its key."""
    return {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLEEXAMPLE007:run",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/run",
        "accountId": ACCOUNT,
        "accessKeyId": f"ASIAEXAMPLE00000000{number}",
        "sessionContext": {"sessionIssuer": {"arn": f"arn:aws:iam::{ACCOUNT}:role/{role}"}},
    }


def opened(aws, session, by, *, minutes=90, region=REGION):
    """Record that `by` took the role of a session."""
    key = session["accessKeyId"]
    answer = {"credentials": {"accessKeyId": key}, "assumedRoleUser": {"arn": session["arn"]}}
    about = {"eventSource": "sts.amazonaws.com", "requestParameters": None, "responseElements": answer}
    name = "AssumeRoleWithWebIdentity" if by is TOKEN else "AssumeRole"
    record = call(0, minutes, name=name, userIdentity=by, readOnly=True, awsRegion=region, **about)
    aws.add_event(record, resource_names=[(None, key)])
    return record["eventID"]


def test_who_opened_the_session_is_named_and_decides_where_a_workflow_asks(aws, tmp_path):
    queue = aws.create_queue("changes", visibility=60, max_receives=10)
    alice = call(0)["userIdentity"]
    sessions = {1: taken(1), 2: taken(2), 3: taken(3), 4: taken(4), 5: taken(5, "hop")}
    events = [opened(aws, sessions[1], TOKEN), opened(aws, sessions[2], sessions[5], minutes=70)]
    events += [opened(aws, sessions[5], alice, region="us-east-1")]
    opened(aws, sessions[3], TOKEN)
    for number, session in sessions.items():
        for nth in range(3 if number == 1 else 1):
            thing = 10 * number + nth
            aws.send(queue, change(thing))
            aws.add_event(call(thing, userIdentity=session), resource_names=listed(thing))
    (tmp_path / "rules.toml").write_text(RULES)
    options = ("--queue-url", queue, "--verdict", "all", "--format", "jsonl")
    done = command.run(aws, tmp_path, "--config", str(tmp_path / "rules.toml"), "drain", *options)
    assert done.returncode == 0, done.stderr
    lines = {json.loads(line)["change"]["resource_id"]: json.loads(line) for line in done.stdout.splitlines()}
    found = {number: lines[group_id(10 * number)] for number in sessions}
    assert {number: line["verdict"] for number, line in found.items()} == {
        **dict.fromkeys((1, 3), "in-workflow"),
        **dict.fromkeys((2, 4, 5), "out-of-band"),
    }
    by_hand, pipeline, lost = found[2], found[1], found[4]
    assert (by_hand["actor"]["name"], by_hand["actor"]["via"]) == (ALICE, "sso")
    assert [link["event_id"] for link in by_hand["actor"]["chain"]] == [events[1], events[2]]
    assert by_hand["event"]["principal"].endswith(f"role/{ROLE}")
    assert by_hand["reason"].startswith(f"{ALICE} took role {ROLE} by hand, and workflow release")
    assert (pipeline["actor"]["name"], pipeline["actor"]["repository"]) == (
        ROLE,
        "acme/infra@refs/heads/main",
    )
    assert (lost["actor"]["name"], lost["actor"]["chain"]) == (ROLE, [])
    assert f"who opened the session is not known (session run of role {ROLE}: " in lost["reason"]
    asked = [entry for entry in aws.calls if entry.operation == "LookupEvents" and "ASIA" in str(entry.body)]
    assert len(asked) <= 2 * len(sessions)
    explained = command.run(aws, tmp_path, "explain", "-", stdin=change(20)).stdout
    for word in (ALICE, "role hop", *events[1:]):
        assert word in explained

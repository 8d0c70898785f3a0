"""Whose call made a change, through the real command: objects of many types in one run."""

import json

from tests.fixtures.command import records
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, change, group_id, item, listed, message

INSTANCE, DATABASE = "AWS::RDS::DBInstance", "AWS::Glue::Database"
ALICE, BOB, CAROL = "alice@example.com", "bob@example.com", "carol@example.com"
FOUND = {"configurationItemStatus": "ResourceDiscovered"}
GONE = {"configurationItemStatus": "ResourceDeleted", "configuration": None, "tags": {}}
IN_SYNC = {"dbparameterGroupName": "b", "parameterApplyStatus": "in-sync"}
POOL, SPOT = f"{REGION}:5f1c2b7a-0d7e-4c0a-9a51-6a7d2f3b4c5d", "i-0123456789abcdef0"
TAG = "SupplementaryConfiguration.BucketTaggingConfiguration.TagSets.0.Tags.managed-by"


def pool(id_):
    return (
        "cognito-identity",
        "UpdateIdentityPool",
        {"identityPoolId": id_, "identityPoolName": "shop"},
    )


def database(id_):
    sizes = {"allocatedStorage": 110, "maxAllocatedStorage": 500}
    return {"resourceName": id_, "configuration": {"dBInstanceIdentifier": id_, **sizes}}


GROWN = {"Configuration.AllocatedStorage": (100, 110)}
OF_ANOTHER = {"type": "AWSAccount", "principalId": f"AROAX:{CAROL}", "accountId": "444455556666"}
EVICTED = {
    "eventType": "AwsServiceEvent",
    "serviceEventDetails": {"instanceIdSet": [SPOT]},
    "userIdentity": {"accountId": ACCOUNT, "invokedBy": "ec2.amazonaws.com"},
}
THINGS = {
    # id: (who and verdict, type, diff, fields of the item, calls: who, (service, event name, request), further fields)
    "rebooted": (
        (None, "unattributed"),
        INSTANCE,
        {"Configuration.DBParameterGroups.0": (None, IN_SYNC)},
        {},
        (BOB, ("rds", "RebootDBInstance", {"dBInstanceIdentifier": "rebooted"})),
    ),
    "sales": (
        (ALICE, "out-of-band"),
        DATABASE,
        {},
        FOUND,
        (ALICE, ("glue", "CreateDatabase", {"databaseInput": {"name": "sales"}})),
    ),
    "old": ("no-change", DATABASE, {}, FOUND),
    POOL: (
        (ALICE, "out-of-band"),
        "AWS::Cognito::IdentityPool",
        {"Configuration.AllowClassicFlow": (False, True)},
        {"resourceName": "shop"},
        (ALICE, pool(POOL)),
        (BOB, pool(f"{REGION}:00000000-0d7e-4c0a-9a51-6a7d2f3b4c5d")),
    ),
    SPOT: (
        ("ec2.amazonaws.com", "aws-service"),
        "AWS::EC2::Instance",
        {
            "Configuration": (
                {"instanceId": SPOT, "tags": [{"key": "managed-by", "value": "terraform"}]},
                None,
            )
        },
        GONE,
        (ALICE, ("ec2", "BidEvictedEvent", None), EVICTED),
    ),
    "logs": (
        (CAROL, "out-of-band"),
        "AWS::S3::Bucket",
        {TAG: ("terraform", None)},
        {"tags": {}},
        (CAROL, ("s3", "DeleteBucketTagging", {"bucketName": "logs"}), {"userIdentity": OF_ANOTHER}),
    ),
    "db-GROWNBYITSELF": ((None, "side-effect"), INSTANCE, GROWN, database("full")),
    "db-GROWNBYALICE": (
        (ALICE, "out-of-band"),
        INSTANCE,
        GROWN,
        database("idle"),
        (ALICE, ("rds", "ModifyDBInstance", {"dBInstanceIdentifier": "idle", "allocatedStorage": 110})),
    ),
}


def test_who_made_each_change_is_named_and_nobody_else(aws, queue, drain):
    for place, (id_, (_, kind, diff, fields, *calls)) in enumerate(THINGS.items()):
        minutes = 120 + 60 * place
        thing = {"resourceType": kind, "resourceId": id_, "resourceName": id_, "ARN": None, **fields}
        if "configuration" not in fields:
            thing["configuration"] = {"a": "b"}
        changes = {
            path: {"previousValue": old, "updatedValue": new, "changeType": "UPDATE"}
            for path, (old, new) in diff.items()
        }
        body = json.loads(message(item(0, ago(minutes), **thing)))
        body["resources"] = []
        body["detail"]["configurationItemDiff"] = (
            {"changeType": "UPDATE", "changedProperties": changes} if diff else None
        )
        aws.send(queue, json.dumps(body))
        for number, (who, (service, event_name, request), *more) in enumerate(calls):
            about = {"eventSource": f"{service}.amazonaws.com", "requestParameters": request}
            about |= {"responseElements": None, **(more[0] if more else {})}
            made = call(0, minutes, who=who, lag=60 - 10 * number, name=event_name, **about)
            aws.add_event(made, resource_names=[(None, thing["resourceName"])])
    done = drain("--verdict", "all")
    assert done.returncode == 0, done.stderr
    lines = records(done)
    found = {
        line["change"]["resource_id"]: (line["actor"] and line["actor"]["name"], line["verdict"])
        for line in lines
    }
    assert found == {id_: right for id_, (right, *_) in THINGS.items() if right != "no-change"}
    assert "no-change" in done.stderr
    assert [line["other_events"] for line in lines] == [[]] * len(lines)
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


def test_who_opened_the_session_is_named_and_decides_where_a_workflow_asks(aws, queue, drain, run, tmp_path):
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
    done = drain("--verdict", "all", before=("--config", str(tmp_path / "rules.toml")))
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    lines = {line["change"]["resource_id"]: line for line in records(done)}
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
    explained = run("explain", "-", stdin=change(20)).stdout
    for word in (ALICE, "role hop", *events[1:]):
        assert word in explained

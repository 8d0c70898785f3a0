"""A quarter's findings as an auditor gets them: accounts, people, pipelines and AWS, all from one seed."""

import json
import random
from datetime import UTC, datetime, timedelta

from iacwatch.core.model import ActorKind, ChangeType, Evidence, Managed, Verdict, Via
from tests.builders import actor, change, entry, event, finding, match, resource

END = datetime(2026, 11, 20, 17, 40, tzinfo=UTC)
NAMES = {"111122223333": "prod-payments", "444455556666": "prod-web", "777788889999": "staging"}
ACCOUNTS = (*NAMES, "222233334444")
REGIONS = ("eu-west-1", "eu-central-1", "us-east-1")
FIRST_NAMES = (
    *("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "mallory"),
    "zoë.müller",
)
SERVICES = ("autoscaling.amazonaws.com", "rds.amazonaws.com", "config.amazonaws.com")
REASONS = {
    Verdict.IN_WORKFLOW: "belongs to workflow terraform-ci",
    Verdict.AWS_SERVICE: "AWS did it on its own account",
    Verdict.SIDE_EFFECT: "only relationships differ",
    Verdict.UNATTRIBUTED: "nobody found: 3 names tried in eu-west-1, 65 min searched",
}
SHARES = {
    Verdict.OUT_OF_BAND: 18,
    Verdict.IN_WORKFLOW: 60,
    Verdict.AWS_SERVICE: 9,
    Verdict.SIDE_EFFECT: 8,
    Verdict.UNATTRIBUTED: 5,
}


def policy(*actions):
    """Return a policy as a JSON text."""
    read = {"Sid": "Read", "Effect": "Allow", "Action": list(actions), "Resource": "*"}
    write = {"Sid": "Write", "Effect": "Allow", "Action": ["s3:PutObject"], "Resource": "arn:aws:s3:::acme/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [read, write]})


NARROW, WIDE = policy("s3:GetObject", "s3:ListBucket"), policy("s3:*")
PORT = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": ["0.0.0.0/0"]}
SETTINGS = "UpdateFunctionConfiguration20150331v2"

THINGS = (
    ("AWS::EC2::SecurityGroup", "ec2", "web api db cache bastion lambda", "DeleteSecurityGroup"),
    ("AWS::IAM::Role", "iam", "deploy app-runtime batch readonly", "DeleteRole"),
    ("AWS::S3::Bucket", "s3", "acme-reports acme-data acme-logs acme-site", "DeleteBucket"),
    ("AWS::Lambda::Function", "lambda", "resize-images send-mail nightly-export", "DeleteFunction20150331"),
    ("AWS::RDS::DBInstance", "rds", "orders customers", "DeleteDBInstance"),
    ("AWS::DynamoDB::Table", "dynamodb", "sessions carts events", "DeleteTable"),
    ("AWS::SQS::Queue", "sqs", "mail orders orders-dlq", "DeleteQueue"),
    ("AWS::EKS::Cluster", "eks", "main", "DeleteCluster"),
)
"""Type, service, names, and the call that deletes it; the first are the most frequent."""

DEEDS = {
    "ec2": [
        ("AuthorizeSecurityGroupIngress", "Configuration.IpPermissions.0", None, PORT),
        ("RevokeSecurityGroupIngress", "Configuration.IpPermissions.1", PORT, None),
    ],
    "iam": [
        ("PutRolePolicy", "Configuration.RolePolicyList.0", {"document": NARROW}, {"document": WIDE}),
        ("UpdateAssumeRolePolicy", "Configuration.AssumeRolePolicyDocument", NARROW, WIDE),
    ],
    "s3": [
        (
            "PutBucketPolicy",
            "SupplementaryConfiguration.BucketPolicy",
            {"policyText": NARROW},
            {"policyText": WIDE},
        ),
        (
            "DeletePublicAccessBlock",
            "SupplementaryConfiguration.PublicAccessBlockConfiguration",
            {"blockPublicAcls": True},
            None,
        ),
    ],
    "lambda": [
        (SETTINGS, "Configuration.MemorySize", 512, 2048),
        (SETTINGS, "Configuration.Environment", {"variables": {"DB": "a"}}, {"variables": {"DB": "b"}}),
    ],
    "rds": [
        ("ModifyDBInstance", "Configuration.DBInstanceClass", "db.r6g.large", "db.r6g.2xlarge"),
        ("ModifyDBInstance", "Configuration.PubliclyAccessible", False, True),
    ],
    "dynamodb": [("UpdateTable", "Configuration.DeletionProtectionEnabled", True, False)],
    "sqs": [("SetQueueAttributes", "Configuration.VisibilityTimeout", "30", "900")],
    "eks": [("UpdateClusterConfig", "Configuration.Logging", {"enabled": False}, {"enabled": True})],
}
"""What can happen to it, by service: call, path, before, after."""


def findings(count, *, seed=7, days=91.0):
    """Return so many findings of all verdicts but `unmanaged`, spread over so many days as work is."""
    draw = random.Random(seed)
    return [_finding(draw, index, days) for index in range(count)]


def _finding(draw, index, days):
    verdict = draw.choices(list(SHARES), list(SHARES.values()))[0]
    kind, service, names, deletion = draw.choices(THINGS, range(len(THINGS), 0, -1))[0]
    account = draw.choices(ACCOUNTS, [5, 4, 6, 1])[0]
    region = "global" if service == "iam" else draw.choices(REGIONS, [8, 3, 2])[0]
    name = f"{draw.choice(names.split())}-{draw.randrange(40)}"
    unique = f"sg-{draw.randrange(16**17):017x}" if service == "ec2" else name
    gone = draw.random() < 0.07 and verdict is not Verdict.SIDE_EFFECT
    call, path, before, after = draw.choice(DEEDS[service])
    if gone:
        call, path, before, after = deletion, "Configuration", {"name": name, "policy": NARROW}, None
    if verdict is Verdict.SIDE_EFFECT:
        path, before, after = "Relationships.0", None, {"resourceId": f"eni-{index:017x}"}
    captured = _moment(draw, days)
    what = change(
        resource=resource(
            account_id=account,
            region=region,
            type=kind,
            id=unique,
            name=name,
            arn=f"arn:aws:{service}:{region}:{account}:{name}",
        ),
        captured_at=captured,
        change_type=ChangeType.DELETE if gone else ChangeType.UPDATE,
        diff=(entry(path, before, after),),
    )
    value = draw.choices(["terraform", "cloudformation", "pulumi"], [8, 2, 1])[0]
    removed = verdict is Verdict.OUT_OF_BAND and draw.random() < 0.03
    managed = Managed(value=value, evidence=Evidence.TAGS, removed=removed)
    told = {"change": what, "managed": managed, "verdict": verdict}
    if verdict in {Verdict.SIDE_EFFECT, Verdict.UNATTRIBUTED}:
        return finding(**told, match=None, reason=REASONS[verdict])
    who = _actor(draw, verdict, account)
    happened = (captured - timedelta(seconds=draw.randrange(20, 700))).replace(microsecond=0)
    cause = event(
        event_id=f"{index:08x}-9a3e-4a62-9b39-5d7f1f0f2a11",
        event_name=call,
        event_source=f"{service}.amazonaws.com",
        occurred_at=happened,
        region="us-east-1" if service == "iam" else region,
        account_id=account,
        actor=who,
    )
    flow = "terraform-ci" if verdict is Verdict.IN_WORKFLOW else None
    others = (match(event=event(event_id=f"other-{index}", occurred_at=happened)),)
    return finding(
        **told,
        reason=REASONS.get(verdict) or f"{who.principal} matches no workflow for managed-by={value}",
        others=others if draw.random() < 0.1 else (),
        match=match(event=cause, lag=captured - happened, workflow=flow),
    )


def _moment(draw, days):
    """Return a time of capture: mostly by day, mostly on a working day."""
    moment = END - timedelta(days=days * draw.random() ** 0.9)
    if draw.random() < 0.85:
        moment = moment.replace(hour=min(17, max(7, int(draw.gauss(12, 3)))))
    weekend = max(0, moment.weekday() - 4)
    return moment - timedelta(days=weekend * draw.choice((0, 1, 1, 2)) if draw.random() < 0.9 else 0)


def _actor(draw, verdict, account):
    if verdict is Verdict.IN_WORKFLOW:
        return actor(
            **_role(account, "gha-terraform-deploy"),
            via=Via.OIDC,
            tool="terraform",
            source_ip="192.0.2.10",
            repository="acme/infra@refs/heads/main",
        )
    if verdict is Verdict.AWS_SERVICE:
        name = draw.choice(SERVICES)
        return actor(
            kind=ActorKind.AWS_SERVICE,
            name=name,
            arn=None,
            principal=None,
            account_id=None,
            via=Via.SERVICE,
            tool="unknown",
            source_ip=name,
            access_key_id=None,
            on_own_account=True,
        )
    if draw.random() < 0.15:
        return actor(**_role(account, "nightly-resize"), via=Via.INSTANCE, tool="sdk")
    place = min(len(FIRST_NAMES) - 1, int(draw.expovariate(0.45)))
    tool = draw.choice(["console", "console", "cli", "terraform"])
    name = f"{FIRST_NAMES[place]}@example.com"
    return actor(name=name, account_id=account, tool=tool, source_ip=f"198.51.100.{place + 7}")


def _role(account, name):
    role = f"arn:aws:iam::{account}:role/{name}"
    return {"name": name, "principal": role, "arn": role, "account_id": account}

"""Why a call that bears a name of the resource does not count: the rule's own reason, and whether it came near."""

import pytest

from iacwatch.core.model import ChangeType
from tests.core.attribution.test_matching import call, change, of, ranked
from tests.fixtures.builders import ACCOUNT, REGION, entry

GROUP = "sg-0a1b2c3d4e5f60718"
LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:app"
FUNCTION = of("AWS::Lambda::Function", "app", "app", LAMBDA, (entry("Configuration.Timeout", 3, 4),))
INSTANCE = of(
    "AWS::RDS::DBInstance",
    "db-OURS",
    "orders",
    f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders",
    (entry("Configuration.AllocatedStorage", 20, 30),),
)
SERVICE = of(
    "AWS::ECS::Service",
    f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/prod/web",
    "web",
    f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/prod/web",
)
BUCKET = of("AWS::S3::Bucket", "data", "data", "arn:aws:s3:::data")
GUARDRAIL = of(
    "AWS::Bedrock::Guardrail",
    f"arn:aws:bedrock:{REGION}:{ACCOUNT}:guardrail/abcdef012345",
    "safe",
    f"arn:aws:bedrock:{REGION}:{ACCOUNT}:guardrail/abcdef012345",
)
FLOW_LOG = of("AWS::EC2::FlowLog", "fl-1", kind=ChangeType.DELETE, diff=())


@pytest.mark.parametrize(
    ("changed", "tried", "why", "near"),
    [
        (
            FUNCTION,
            call("AddPermission20150331v2", {"functionName": "app"}, source="lambda"),
            "the item does not show what AddPermission20150331v2 sets",
            True,
        ),
        (
            INSTANCE,
            call("RebootDBInstance", {"dBInstanceIdentifier": "orders"}, source="rds"),
            "what RebootDBInstance sets shows in",
            True,
        ),
        (
            INSTANCE,
            call(
                "ModifyDBInstance",
                {"dBInstanceIdentifier": "orders"},
                {"dBInstanceIdentifier": "orders", "dbiResourceId": "db-THEIRS"},
                source="rds",
            ),
            "it names another object of that name: dbiresourceid is db-THEIRS",
            False,
        ),
        (
            SERVICE,
            call("UpdateService", {"cluster": "test", "service": "web"}, source="ecs"),
            "it names another object of that name: cluster is test",
            False,
        ),
        (
            BUCKET,
            call("PutObject", {"bucketName": "data"}, source="s3"),
            "the item does not show what PutObject sets",
            True,
        ),
        (
            GUARDRAIL,
            call("CreateGuardrailVersion", {"guardrailIdentifier": "abcdef012345"}, source="bedrock"),
            "CreateGuardrailVersion acts on a part that has a life of its own",
            True,
        ),
        (
            FLOW_LOG,
            call(
                "DeleteFlowLogs",
                {"DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": "fl-1"}}},
                {"DeleteFlowLogsResponse": {"unsuccessful": {"item": {"resourceId": "fl-1"}}}},
            ),
            "its answer says that it failed for this resource",
            False,
        ),
        (
            change(),
            call("RunInstances", {"groupSet": {"items": [{"groupId": GROUP}]}}),
            "RunInstances is not a call that changes such a resource",
            False,
        ),
        (change(), call("PutRule", {"name": GROUP}, source="events"), "a call of another service", False),
        (
            change(),
            call("AuthorizeSecurityGroupIngress", {"peer": GROUP}),
            "it only mentions the resource",
            False,
        ),
    ],
)
def test_a_refused_call_says_by_which_rule(changed, tried, why, near):
    (candidate,) = ranked(changed, tried).candidates
    assert (candidate.accepted, candidate.near) == (False, near), candidate.reasons
    assert candidate.reasons[0].startswith(why)

"""What else an account does all day: a write a second, none on our things."""

from tests.worlds.blind.actors import OWN, SECOND
from tests.worlds.blind.config import HOME
from tests.worlds.blind.kind import Op

RATES = {(OWN, HOME): 1.0, (OWN, "us-east-1"): 0.5, (OWN, "eu-central-1"): 0.15, (SECOND, HOME): 0.2}
MINUTES = 245


def noise(world, share=1.0):
    """Let others write, and now and then read or fail, for the hours before now; `share` of a busy account's rate."""
    draw = world.random
    known = [kind.thing for kind in world.kinds]
    names = [thing.name for thing in known if thing.name] or ["web"]
    arns = [thing.arn for thing in known if thing.arn]
    of_type = lambda type_: [thing.id for thing in known if thing.type == f"AWS::EC2::{type_}"] or ["x-1"]  # noqa: E731 (asked twice)
    subnets, groups = of_type("Subnet"), of_type("SecurityGroup")

    def hexed(prefix, length=17):
        return prefix + f"{draw.getrandbits(length * 4):0{length}x}"

    def op(service, operation, request, answer=None, *, lists=(), **more):
        return Op(service=service, operation=operation, request=request, answer=answer, lists=lists, **more)

    def launch(operation, prefix, key):
        subnet, group, id_ = draw.choice(subnets), draw.choice(groups), hexed(prefix)
        sent = {"subnetId": subnet, "groupSet": {"items": [{"groupId": group}]}}
        return op(
            "ec2",
            operation,
            sent,
            {key: {"items": [{**sent, "id": id_}]}},
            lists=tuple((None, each) for each in (subnet, group, id_)),
        )

    def named(service, operation, key, name, **more):
        return op(service, operation, {key: name, **more}, {key: name}, lists=((None, name),))

    calls = (
        lambda: op(
            "logs",
            "CreateLogStream",
            {"logGroupName": f"/aws/lambda/{draw.choice(names)}", "logStreamName": hexed("", 20)},
        ),
        lambda: op(
            "ssm", "UpdateInstanceInformation", {"instanceId": hexed("i-"), "agentName": "amazon-ssm-agent"}
        ),
        lambda: launch("RunInstances", "i-", "instancesSet"),
        lambda: launch("CreateNetworkInterface", "eni-", "networkInterface"),
        lambda: op(
            "ssm",
            "PutParameter",
            {"name": f"/app/{draw.choice(names)}", "type": "SecureString"},
            {"version": 2},
        ),
        lambda: op(
            "states",
            "StartExecution",
            {"stateMachineArn": f"arn:aws:states:{HOME}:{OWN}:stateMachine:{hexed('flow', 6)}"},
        ),
        lambda: op(
            "ecs", "StopTask", {"cluster": draw.choice(names), "task": hexed("", 32), "reason": "scale in"}
        ),
        lambda: op(
            "securityhub", "BatchImportFindings", {"findings": [{"resources": [{"id": draw.choice(arns)}]}]}
        ),
        lambda: op(
            "config", "PutEvaluations", {"evaluations": [{"complianceResourceId": draw.choice(known).id}]}
        ),
        lambda: op(
            "backup", "StartBackupJob", {"resourceArn": draw.choice(arns)}, {"backupJobId": hexed("", 12)}
        ),
        lambda: named(
            "monitoring",
            "PutMetricAlarm",
            "alarmName",
            f"{draw.choice(names)}-{hexed('', 8)}",
            dimensions=[{"value": draw.choice(names)}],
        ),
        lambda: named(
            "sqs",
            "CreateQueue",
            "queueUrl",
            f"https://sqs.{HOME}.amazonaws.com/{OWN}/{draw.choice(names)}-{hexed('tmp', 6)}",
        ),
        lambda: named(
            "lambda", "UpdateFunctionCode", "functionName", f"{draw.choice(names)}-{hexed('pr', 4)}"
        ),
        lambda: op(
            "kms",
            "CreateGrant",
            {"keyId": (arn := f"arn:aws:kms:{HOME}:{OWN}:key/{hexed('', 8)}")},
            resources=[{"accountId": OWN, "ARN": arn}],
        ),
    )
    for (account, region), rate in RATES.items():
        cast = world.second if account == SECOND else world.cast
        actors = [
            *(cast.instance(), cast.function(), cast.linked(), cast.app_deploy(), cast.bob(), cast.pod()),
            *(
                cast.linked("ecs.amazonaws.com", "AWSServiceRoleForECS", "ecs"),
                cast.service("lambda.amazonaws.com"),
            ),
        ]
        for _ in range(int(MINUTES * 60 * rate * share)):
            more = {"readOnly": True} if draw.random() < 0.08 else {}
            if draw.random() < 0.04:
                more["errorCode"] = "AccessDenied"
            at = world.ago(seconds=draw.uniform(20, MINUTES * 60))
            world.call(draw.choice(actors), draw.choice(calls)(), at, account=account, region=region, **more)
    return world

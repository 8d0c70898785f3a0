"""What else an account does all day: a write a second, none on our things."""

from tests.worlds.blind.actors import OWN, SECOND
from tests.worlds.blind.config import HOME
from tests.worlds.blind.kind import Op

RATES = {(OWN, HOME): 1.0, (OWN, "us-east-1"): 0.5, (OWN, "eu-central-1"): 0.15, (SECOND, HOME): 0.2}
MINUTES = 245
WRITES = (
    # Service, call, its parameter, and what that holds: @name, @arn, @id are those of one of our things, # is new.
    ("logs", "CreateLogStream", "logGroupName", "/aws/lambda/@name"),
    ("ssm", "UpdateInstanceInformation", "instanceId", "i-#"),
    ("ssm", "PutParameter", "name", "/app/@name"),
    ("states", "StartExecution", "stateMachineArn", f"arn:aws:states:{HOME}:{OWN}:stateMachine:flow#"),
    ("ecs", "StopTask", "cluster", "@name"),
    ("securityhub", "BatchImportFindings", "findings", [{"resources": [{"id": "@arn"}]}]),
    ("config", "PutEvaluations", "evaluations", [{"complianceResourceId": "@id"}]),
    ("backup", "StartBackupJob", "resourceArn", "@arn"),
)
LISTED = (
    # The same, where LookupEvents lists what the parameter holds.
    ("monitoring", "PutMetricAlarm", "alarmName", "@name-#"),
    ("sqs", "CreateQueue", "queueUrl", f"https://sqs.{HOME}.amazonaws.com/{OWN}/@name-tmp#"),
    ("lambda", "UpdateFunctionCode20150331v2", "functionName", "@name-pr#"),
    ("ec2", "RunInstances", "subnetId", "@subnet"),
    ("ec2", "CreateNetworkInterface", "groupId", "@group"),
)


def noise(world, share=1.0):
    """Let others write, and now and then read or fail, for the hours before now; `share` of a busy account's rate."""
    draw = world.random
    known = [kind.thing for kind in world.kinds]
    slots = {
        "@name": [thing.name for thing in known if thing.name],
        "@arn": [thing.arn for thing in known if thing.arn],
        "@id": [thing.id for thing in known],
        "@subnet": [thing.id for thing in known if thing.type == "AWS::EC2::Subnet"],
        "@group": [thing.id for thing in known if thing.type == "AWS::EC2::SecurityGroup"],
    }

    def filled(value):
        if not isinstance(value, str):
            return [{key: filled(each) for key, each in one.items()} for one in value]
        for slot, those in slots.items():
            if slot in value:
                value = value.replace(slot, draw.choice(those or ["x-1"]))
        return value.replace("#", f"{draw.getrandbits(48):012x}")

    for (account, region), rate in RATES.items():
        cast = world.second if account == SECOND else world.cast
        actors = [
            *(cast.instance(), cast.function(), cast.linked(), cast.app_deploy(), cast.bob(), cast.pod()),
            cast.linked("ecs.amazonaws.com", "AWSServiceRoleForECS", "ecs"),
            cast.service("lambda.amazonaws.com"),
        ]
        for _ in range(int(MINUTES * 60 * rate * share)):
            more = {"readOnly": True} if draw.random() < 0.08 else {}
            if draw.random() < 0.04:
                more["errorCode"] = "AccessDenied"
            call = draw.choice((*WRITES, *LISTED))
            service, operation, parameter, template = call
            held = filled(template)
            sent, lists = {parameter: held}, ((None, held),) if call in LISTED else ()
            op = Op(service=service, operation=operation, request=sent, answer=sent, lists=lists)
            at = world.ago(seconds=draw.uniform(20, MINUTES * 60))
            world.call(draw.choice(actors), op, at, account=account, region=region, **more)
    return world

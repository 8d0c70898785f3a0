"""The edits of the weeks: for each setting that somebody changes, the call and the state it leads to."""

from dataclasses import replace

from iacwatch.core.model import Json
from iacwatch.demo.story.calls import ApiCall, acted, tagged
from iacwatch.demo.story.thing import Thing, rule, unique
from iacwatch.demo.story.weeks.recorder import Edit

_CONFIGURED = "UpdateFunctionConfiguration20150331v2"


def units(read: int) -> Edit:
    """Turn a table's provisioned throughput: so many reads, half as many writes."""
    return _setting(
        "UpdateTable", provisionedThroughput={"readCapacityUnits": read, "writeCapacityUnits": 10}
    )


def protection(on: bool) -> Edit:
    """Turn a table's protection against deletion on or off."""
    return _setting("UpdateTable", deletionProtectionEnabled=on)


def memory(megabytes: int) -> Edit:
    """Turn a function's memory."""
    return _setting(_CONFIGURED, memorySize=megabytes)


def timeout(seconds: int) -> Edit:
    """Turn a function's longest run."""
    return _setting(_CONFIGURED, timeout=seconds)


def deploy(version: str) -> Edit:
    """Give a function other code."""

    def after(thing: Thing) -> Thing:
        code = unique("", f"{thing.name}{version}", 44)
        return thing.having(codeSha256=code, revisionId=unique("", f"{thing.name}r{version}", 32))

    return Edit(lambda thing: acted("UpdateFunctionCode20150331v2", thing, publish=False), after)


def visibility(seconds: str) -> Edit:
    """Turn how long a queue's messages are hidden once received."""
    return _attributes(VisibilityTimeout=seconds)


def delay(seconds: str) -> Edit:
    """Turn how long a queue holds its messages back."""
    return _attributes(DelaySeconds=seconds)


def display(name: str) -> Edit:
    """Turn the name that a topic's messages come from."""
    asked = {"attributeName": "DisplayName", "attributeValue": name}
    return Edit(
        lambda thing: acted("SetTopicAttributes", thing, **asked),
        lambda thing: thing.having(DisplayName=name),
    )


def threshold(value: float) -> Edit:
    """Turn the value at which an alarm goes off."""
    return _setting("PutMetricAlarm", threshold=value)


def patience(periods: int) -> Edit:
    """Turn for how many periods an alarm waits."""
    return _setting("PutMetricAlarm", evaluationPeriods=periods)


def backups(days: int) -> Edit:
    """Turn how long a database's backups are kept."""
    return _setting("ModifyDBInstance", backupRetentionPeriod=days)


def storage(gigabytes: int) -> Edit:
    """Turn a database's storage."""
    return _setting("ModifyDBInstance", allocatedStorage=gigabytes)


def public(is_public: bool) -> Edit:
    """Let a database be reached from the internet, or not."""
    return _setting("ModifyDBInstance", publiclyAccessible=is_public)


def session(seconds: int) -> Edit:
    """Turn how long a role's sessions may last: the call that lists nothing in event history."""
    return _setting("UpdateRole", maxSessionDuration=seconds)


def almighty(is_so: bool) -> Edit:
    """Attach AdministratorAccess to a role, or detach it."""
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    held = [{"policyName": "AdministratorAccess", "policyArn": arn}] if is_so else []
    name = "AttachRolePolicy" if is_so else "DetachRolePolicy"
    return Edit(
        lambda thing: acted(name, thing, policyArn=arn),
        lambda thing: thing.having(attachedManagedPolicies=held),
    )


def version(name: str) -> Edit:
    """Give a policy another version."""
    return Edit(
        lambda thing: acted("CreatePolicyVersion", thing, setAsDefault=True, policyDocument="{}"),
        lambda thing: thing.having(defaultVersionId=name),
    )


def kept(status: str) -> Edit:
    """Turn a bucket's versioning."""
    return Edit(
        lambda thing: acted("PutBucketVersioning", thing, VersioningConfiguration={"Status": status}),
        lambda thing: thing.extended(
            BucketVersioningConfiguration={"status": status, "isMfaDeleteEnabled": None}
        ),
    )


def closed(is_closed: bool) -> Edit:
    """Turn a bucket's block of public access."""
    blocks = {"blockPublicAcls": is_closed, "blockPublicPolicy": is_closed}
    return Edit(
        lambda thing: acted("PutBucketPublicAccessBlock", thing, publicAccessBlock=""),
        lambda thing: thing.extended(PublicAccessBlockConfiguration=blocks),
    )


def opened(port: int, network: str, why: str | None = None) -> Edit:
    """Open a port of a security group to a network."""
    new = rule("tcp", port, network, why)
    return Edit(
        lambda thing: acted("AuthorizeSecurityGroupIngress", thing, ipPermissions=_permission(port, network)),
        lambda thing: thing.having(ipPermissions=[*thing.configuration["ipPermissions"], new]),
    )


def shut(port: int, network: str) -> Edit:
    """Close a port of a security group to a network again."""

    def after(thing: Thing) -> Thing:
        left = [
            each
            for each in thing.configuration["ipPermissions"]
            if (each["fromPort"], each["ipRanges"]) != (port, [network])
        ]
        return thing.having(ipPermissions=left)

    return Edit(
        lambda thing: acted("RevokeSecurityGroupIngress", thing, ipPermissions=_permission(port, network)),
        after,
    )


def described(port: int, network: str, why: str | None) -> Edit:
    """Write another description beside a permission of a security group."""
    new = rule("tcp", port, network, why)

    def after(thing: Thing) -> Thing:
        rules = [
            new if (each["fromPort"], each["ipRanges"]) == (port, [network]) else each
            for each in thing.configuration["ipPermissions"]
        ]
        return thing.having(ipPermissions=rules)

    name = "UpdateSecurityGroupRuleDescriptionsIngress"
    return Edit(lambda thing: acted(name, thing, ipPermissions=_permission(port, network)), after)


def marked(**tags: str) -> Edit:
    """Give an object of EC2 further tags, or others."""
    return Edit(lambda thing: tagged("CreateTags", thing, **tags), lambda thing: thing.tagged(**tags))


def bucket_marked(**tags: str) -> Edit:
    """Give a bucket further tags, or others: the call writes them all."""

    def call(thing: Thing) -> ApiCall:
        pairs = [{"Key": key, "Value": value} for key, value in thing.tagged(**tags).tags.items()]
        return acted("PutBucketTagging", thing, Tagging={"TagSet": {"Tag": pairs}}, tagging="")

    return Edit(call, lambda thing: thing.tagged(**tags))


def table_unmarked(key: str) -> Edit:
    """Take a tag off a table: the call bears the ARN alone."""

    def call(thing: Thing) -> ApiCall:
        named = acted("UntagResource", thing)
        asked = {"resourceArn": thing.arn, "tagKeys": [key]}
        return replace(named, request=asked, response=None, listed=((thing.type, thing.arn),))

    return Edit(call, lambda thing: thing.untagged(key))


def kind(name: str) -> Edit:
    """Turn the type of an instance, which is stopped."""

    def call(thing: Thing) -> ApiCall:
        asked = {"instanceId": thing.id, "instanceType": {"value": name}}
        return replace(acted("ModifyInstanceAttribute", thing), request=asked)

    return Edit(call, lambda thing: thing.having(instanceType=name))


def sizes(least: int, most: int) -> Edit:
    """Turn the bounds of a scaling group."""
    bounds: dict[str, Json] = {"minSize": least, "maxSize": most}
    return Edit(
        lambda thing: ApiCall(
            source="autoscaling",
            name="UpdateAutoScalingGroup",
            request={"autoScalingGroupName": thing.name, **bounds},
            listed=((thing.type, str(thing.name)),),
        ),
        lambda thing: thing.having(**bounds),
    )


def timed(expression: str) -> Edit:
    """Turn when a rule goes off: a call that lists nothing in event history."""
    return Edit(
        lambda thing: ApiCall(
            source="events",
            name="PutRule",
            request={"name": thing.name, "scheduleExpression": expression, "state": "ENABLED"},
            response={"ruleArn": thing.arn},
        ),
        lambda thing: thing.having(ScheduleExpression=expression),
    )


def _setting(name: str, **settings: Json) -> Edit:
    """Return a call whose parameters are called as the configuration has them."""
    return Edit(lambda thing: acted(name, thing, **settings), lambda thing: thing.having(**settings))


def _attributes(**attributes: Json) -> Edit:
    return Edit(
        lambda thing: acted("SetQueueAttributes", thing, attributes=attributes),
        lambda thing: thing.having(**attributes),
    )


def _permission(port: int, network: str) -> dict[str, Json]:
    ranges = {"items": [{"cidrIp": network}]}
    return {"items": [{"ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipRanges": ranges}]}

"""What LookupEvents lists in `Resources` beside an event, service by service, as event histories show it."""

import re
from collections.abc import Iterator
from typing import Any

_EC2 = re.compile(
    r"(?:i|vpc|subnet|sg|rtb|igw|nat|eni|vol|eipalloc|eipassoc|rtbassoc|aclassoc|acl|eni-attach|lt|fl|vpce|pcx|vpn|vgw|cgw"
    r"|tgw-attach|ami|snap|dopt)-[0-9a-f]{8,17}"
)
_NEVER = {"logs", "cloudfront", "eks", "elasticbeanstalk", "events", "elasticache", "organizations"}
_UNKNOWN = {
    "ecs",
    "ecr",
    "route53",
    "states",
    "elasticfilesystem",
    "kafka",
    "es",
    "wafv2",
    "kinesis",
    "codebuild",
    "athena",
    "glue",
    "appsync",
    "network-firewall",
    "tagging",
}
_SUB_ONLY = {"DisassociateRouteTable", "DisassociateAddress", "DetachNetworkInterface"}
_SOME = re.compile(
    r"LaunchTemplate|FlowLogs|TransitGateway|VpcEndpoint|Peering|EventSelectors|CreateRole|OrUpdateTags"
)
_IAM = ("userName", "groupName", "roleName", "instanceProfileName", "policyArn", "policyName", "newUserName")
_NAMES = {
    "rds": (
        "dBInstanceIdentifier",
        "newDBInstanceIdentifier",
        "dBClusterIdentifier",
        "dBSnapshotIdentifier",
        "dBSubnetGroupName",
        "dBClusterSnapshotIdentifier",
        "resourceName",
    ),
    "lambda": ("functionName", "resource"),
    "sns": ("topicArn", "resourceArn"),
    "sqs": ("queueUrl",),
    "dynamodb": ("tableName", "tableArn", "tableId", "resourceArn"),
    "autoscaling": ("autoScalingGroupName", "resourceId"),
    "monitoring": ("alarmName", "alarmNames", "resourceARN"),
    "cloudtrail": ("name", "trailARN", "trailName", "resourceId"),
    "secretsmanager": ("secretId", "name"),
    "redshift": ("clusterIdentifier", "resourceName"),
    "acm": ("certificateArn",),
    "codepipeline": ("name", "resourceArn"),
    "elasticloadbalancing": (
        "loadBalancerArn",
        "loadBalancerName",
        "targetGroupArn",
        "listenerArn",
        "resourceArns",
        "name",
        "loadBalancerNames",
    ),
}


def unsure(source: str, name: str) -> bool:
    """Return whether event histories differ: the same call is found by its names here, and not there."""
    tags = "Tag" in name and source in {
        "sns",
        "monitoring",
        "redshift",
        "cloudtrail",
        "lambda",
        "codepipeline",
    }
    return tags or source in {"redshift", "acm", "codepipeline"} or bool(_SOME.search(name))


def listed(source: str, name: str, request: Any, response: Any, resources: list[str]) -> tuple[str, ...]:
    """Return the names that LookupEvents finds the event by."""
    if source in _NEVER or source in _UNKNOWN:
        return ()
    return tuple(dict.fromkeys(_listed(source, name, request, response, resources)))


def _listed(source: str, name: str, request: Any, response: Any, resources: list[str]) -> Iterator[str]:
    match source:
        case "ec2":
            shown = request if name in _SUB_ONLY else [request, response]
            yield from (value for _, value in _strings(shown) if _EC2.fullmatch(value))
            yield from (
                value for key, value in _strings(request) if key in {"groupName", "LaunchTemplateName"}
            )
        case "s3":
            yield from (value for key, value in _strings(request) if key == "bucketName")
        case "iam":
            if name in {"UpdateRole", "CreateServiceLinkedRole", "DeleteServiceLinkedRole"}:
                return
            yield from (value for key, value in _strings(request) if key in _IAM)
            if name.startswith("Create"):
                yield from (value for key, value in _strings(response) if key.endswith("Id") or key == "arn")
        case "kms":
            if "Grant" not in name and not name.startswith("GenerateDataKey"):
                yield from resources
        case "cloudformation":
            if name in {"CreateStack", "UpdateStack"}:
                yield from (value for key, value in _strings(response) if key == "stackId")
            else:
                yield from (value for key, value in _strings(request) if key == "stackName")
        case "apigateway":
            if name in {"CreateStage", "UpdateStage"}:
                yield from (value for key, value in _strings(request) if key in {"restApiId", "stageName"})
        case _:
            if source in {"rds", "elasticloadbalancing"}:
                yield from (value for _, value in _strings(request) if _EC2.fullmatch(value))
            keys = _NAMES.get(source, ())
            found = (value for key, value in _strings([request, response]) if key in keys)
            yield from (value.rpartition(":")[2] if value[:1].isdigit() else value for value in found)


def _strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _strings(each, name)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each, key)
    elif isinstance(value, str):
        yield key, value

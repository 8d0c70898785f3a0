"""What LookupEvents lists in `Resources` beside an event, service by service, as event histories show it."""

import re
from collections.abc import Iterator
from typing import Any

_EC2 = re.compile(
    r"(?:i|vpc|subnet|sg|rtb|igw|nat|eni|vol|eipalloc|eipassoc|rtbassoc|aclassoc|acl|eni-attach|lt|fl|vpce|pcx|vpn|vgw|cgw"
    r"|tgw-attach|ami|snap|dopt)-[0-9a-f]{8,17}"
)
_NEVER = re.compile(
    "logs|cloudfront|eks|elasticbeanstalk|events|elasticache|organizations|ecs|ecr|route53|states|kafka|es|wafv2"
    "|elasticfilesystem|kinesis|codebuild|athena|glue|appsync|network-firewall|tagging"
)
"""Services of which it lists nothing, or nobody knows."""
_SUB_ONLY = {"DisassociateRouteTable", "DisassociateAddress", "DetachNetworkInterface"}
_SOME = re.compile(
    r"LaunchTemplate|FlowLogs|TransitGateway|VpcEndpoint|Peering|EventSelectors|CreateRole|OrUpdateTags"
)
_IAM = ("userName", "groupName", "roleName", "instanceProfileName", "policyArn", "policyName", "newUserName")
_NAMES = {
    service: tuple(names.split())
    for service, names in {
        "rds": "dBInstanceIdentifier newDBInstanceIdentifier dBClusterIdentifier dBSnapshotIdentifier "
        "dBSubnetGroupName dBClusterSnapshotIdentifier resourceName",
        "lambda": "functionName resource",
        "sns": "topicArn resourceArn",
        "sqs": "queueUrl",
        "dynamodb": "tableName tableArn tableId resourceArn",
        "autoscaling": "autoScalingGroupName resourceId",
        "monitoring": "alarmName alarmNames resourceARN",
        "cloudtrail": "name trailARN trailName resourceId",
        "secretsmanager": "secretId name",
        "elasticloadbalancing": "loadBalancerArn loadBalancerName targetGroupArn listenerArn resourceArns name "
        "loadBalancerNames",
    }.items()
}


def unsure(source: str, name: str) -> bool:
    """Return whether event histories differ: the same call is found by its names here, and not there."""
    tags = "Tag" in name and source in {"sns", "monitoring", "cloudtrail", "lambda"}
    return tags or bool(_SOME.search(name))


def listed(source: str, name: str, request: Any, response: Any, resources: list[str]) -> tuple[str, ...]:
    """Return the names that LookupEvents finds the event by."""
    found = () if _NEVER.fullmatch(source) else _listed(source, name, request, response, resources)
    return tuple(dict.fromkeys(found))


def _listed(source: str, name: str, request: Any, response: Any, resources: list[str]) -> Iterator[str]:
    asked, answered = list(_strings(request)), list(_strings(response))
    match source:
        case "ec2":
            shown = asked if name in _SUB_ONLY else asked + answered
            yield from (value for _, value in shown if _EC2.fullmatch(value))
            yield from (value for key, value in asked if key in {"groupName", "LaunchTemplateName"})
        case "s3":
            yield from (value for key, value in asked if key == "bucketName")
        case "iam":
            if name in {"UpdateRole", "CreateServiceLinkedRole", "DeleteServiceLinkedRole"}:
                return
            yield from (value for key, value in asked if key in _IAM)
            if name.startswith("Create"):
                yield from (value for key, value in answered if key.endswith("Id") or key == "arn")
        case "kms":
            if "Grant" not in name and not name.startswith("GenerateDataKey"):
                yield from resources
        case "cloudformation":
            by_answer = name in {"CreateStack", "UpdateStack"}
            shown, wanted = (answered, "stackId") if by_answer else (asked, "stackName")
            yield from (value for key, value in shown if key == wanted)
        case "apigateway":
            if name in {"CreateStage", "UpdateStage"}:
                yield from (value for key, value in asked if key in {"restApiId", "stageName"})
        case _:
            if source in {"rds", "elasticloadbalancing"}:
                yield from (value for _, value in asked if _EC2.fullmatch(value))
            found = (value for key, value in asked + answered if key in _NAMES.get(source, ()))
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

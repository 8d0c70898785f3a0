"""What somebody may mean by a resource's id, name or ARN, before anybody was asked.

Pure guesses: each is worth a call, and a wrong one costs no more than that.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from iacwatch.core.arn import ArnParts, arn_parts
from iacwatch.core.catalog.catalog import TABLE
from iacwatch.core.text import plain
from iacwatch.errors import UsageError

LONGEST: Final = 1_024

_PREFIXES: Final = {
    "acl": "AWS::EC2::NetworkAcl",
    "cgw": "AWS::EC2::CustomerGateway",
    "dopt": "AWS::EC2::DHCPOptions",
    "eigw": "AWS::EC2::EgressOnlyInternetGateway",
    "eipalloc": "AWS::EC2::EIP",
    "eni": "AWS::EC2::NetworkInterface",
    "fl": "AWS::EC2::FlowLog",
    "fs": "AWS::EFS::FileSystem",
    "i": "AWS::EC2::Instance",
    "igw": "AWS::EC2::InternetGateway",
    "lt": "AWS::EC2::LaunchTemplate",
    "nat": "AWS::EC2::NatGateway",
    "pcx": "AWS::EC2::VPCPeeringConnection",
    "pl": "AWS::EC2::PrefixList",
    "rtb": "AWS::EC2::RouteTable",
    "sg": "AWS::EC2::SecurityGroup",
    "subnet": "AWS::EC2::Subnet",
    "tgw": "AWS::EC2::TransitGateway",
    "tgw-attach": "AWS::EC2::TransitGatewayAttachment",
    "tgw-rtb": "AWS::EC2::TransitGatewayRouteTable",
    "vgw": "AWS::EC2::VPNGateway",
    "vol": "AWS::EC2::Volume",
    "vpc": "AWS::EC2::VPC",
    "vpce": "AWS::EC2::VPCEndpoint",
    "vpce-svc": "AWS::EC2::VPCEndpointService",
    "vpn": "AWS::EC2::VPNConnection",
}
"""What the beginning of an EC2 id tells (``sg-0a1b2c3d``)."""

_UNIQUE: Final = (
    (re.compile(r"AROA[A-Z0-9]{12,28}"), "AWS::IAM::Role"),
    (re.compile(r"AIDA[A-Z0-9]{12,28}"), "AWS::IAM::User"),
    (re.compile(r"AGPA[A-Z0-9]{12,28}"), "AWS::IAM::Group"),
    (re.compile(r"ANPA[A-Z0-9]{12,28}"), "AWS::IAM::Policy"),
    (re.compile(r"AIPA[A-Z0-9]{12,28}"), "AWS::IAM::InstanceProfile"),
    (re.compile(r"db-[A-Z0-9]{20,30}"), "AWS::RDS::DBInstance"),
    (re.compile(r"cluster-[A-Z0-9]{20,30}"), "AWS::RDS::DBCluster"),
    (re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "AWS::KMS::Key"),
    (re.compile(r"mrk-[0-9a-f]{32}"), "AWS::KMS::Key"),
    (re.compile(r"https://sqs\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/\d{12}/[\w.-]{1,80}"), "AWS::SQS::Queue"),
)
"""Ids of other services that tell their type by their form."""

_EC2_ID: Final = re.compile(r"([a-z]+(?:-[a-z]+)?)-[0-9a-f]{8,17}")

_WHOLE: Final = {
    ("cloudformation", "stack"): "AWS::CloudFormation::Stack",
    ("elasticloadbalancing", "loadbalancer"): "AWS::ElasticLoadBalancingV2::LoadBalancer",
    ("elasticloadbalancing", "targetgroup"): "AWS::ElasticLoadBalancingV2::TargetGroup",
    ("elasticloadbalancing", "listener"): "AWS::ElasticLoadBalancingV2::Listener",
    ("acm", "certificate"): "AWS::ACM::Certificate",
    ("secretsmanager", "secret"): "AWS::SecretsManager::Secret",
    ("states", "stateMachine"): "AWS::StepFunctions::StateMachine",
}
"""Types whose id in AWS Config is the ARN, by service and by the first word of the ARN's last part."""

_TAIL: Final = {
    ("lambda", "function"): "AWS::Lambda::Function",
    ("dynamodb", "table"): "AWS::DynamoDB::Table",
    ("kms", "key"): "AWS::KMS::Key",
    ("cloudwatch", "alarm"): "AWS::CloudWatch::Alarm",
    ("eks", "cluster"): "AWS::EKS::Cluster",
    ("ecr", "repository"): "AWS::ECR::Repository",
    ("kinesis", "stream"): "AWS::Kinesis::Stream",
    ("cloudfront", "distribution"): "AWS::CloudFront::Distribution",
}
"""Types whose id is what follows that word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One resource as somebody called it.

    `arn` is set where the text is one. `guesses` are (type, id) that it may be in AWS Config's own terms,
    `ids` and `names` what the resource may be called there, `types` those that it may be of (empty: any).
    """

    text: str
    arn: ArnParts | None = None
    guesses: tuple[tuple[str, str], ...] = ()
    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


def reference(text: str) -> Reference:
    """Read what somebody calls a resource; raise `UsageError` where it can be no resource's name."""
    called = text.strip()
    if not called or len(called) > LONGEST or not called.isprintable() or "'" in called or "\\" in called:
        raise UsageError(
            f"{plain(called, 80) or 'an empty text'} is no id, name or ARN that AWS Config can be asked for",
            hint="write it as the console shows it, such as sg-0a1b2c3d4e5f60718",
        )
    arn = arn_parts(called)
    if arn is None:
        guesses = tuple(_by_form(called))
        return Reference(
            text=called,
            guesses=guesses,
            ids=(called,),
            names=(called,),
            types=tuple(dict.fromkeys(kind for kind, _ in guesses)),
        )
    tail = re.split("[:/]", arn.resource)[-1]
    rest = re.split("[:/]", arn.resource, maxsplit=1)[-1]
    guesses = tuple(_by_arn(called, arn, tail, rest))
    types = tuple(kind for kind in sorted(TABLE) if arn.service in TABLE[kind].sources)
    word = re.split("[:/]", arn.resource, maxsplit=1)[0].replace("-", "").lower()
    types = tuple(kind for kind in types if kind.rpartition("::")[2].lower() == word) or types
    return Reference(
        text=called,
        arn=arn,
        guesses=guesses,
        ids=tuple(dict.fromkeys((called, rest, tail))),
        names=tuple(dict.fromkeys((rest, tail))),
        types=tuple(dict.fromkeys((*(kind for kind, _ in guesses), *types))),
    )


def _by_form(called: str) -> Iterator[tuple[str, str]]:
    match = _EC2_ID.fullmatch(called)
    if match and match[1] in _PREFIXES:
        yield _PREFIXES[match[1]], called
    for pattern, kind in _UNIQUE:
        if pattern.fullmatch(called):
            yield kind, called


def _by_arn(called: str, arn: ArnParts, tail: str, rest: str) -> Iterator[tuple[str, str]]:
    word = re.split("[:/]", arn.resource, maxsplit=1)[0]
    match arn.service:
        case "ec2":
            yield from _by_form(tail)
        case "s3":
            yield "AWS::S3::Bucket", arn.resource
        case "sns":
            yield "AWS::SNS::Topic", called
        case "sqs":
            host = "amazonaws.com.cn" if arn.partition == "aws-cn" else "amazonaws.com"
            yield "AWS::SQS::Queue", f"https://sqs.{arn.region}.{host}/{arn.account_id}/{arn.resource}"
    if kind := _WHOLE.get((arn.service, word)):
        yield kind, called
    if kind := _TAIL.get((arn.service, word)):
        yield kind, rest

"""How an object that is in no state is taken into one: an ``import`` block, where its import id is known.

Importing what is in a state fails, and a wrong id imports something else: hence a table, and no guess.
"""

import re
from typing import Final

from iacwatch.core.addresses.usual_types import usual_type
from iacwatch.core.model import Resource

_BY: Final = {
    config_type: attribute
    for attribute, types in {
        "id": """
            CloudFront::Distribution Cognito::UserPool EC2::CustomerGateway EC2::DHCPOptions EC2::EIP
            EC2::Instance EC2::InternetGateway EC2::LaunchTemplate EC2::NatGateway EC2::NetworkAcl
            EC2::NetworkInterface EC2::RouteTable EC2::SecurityGroup EC2::Subnet EC2::TransitGateway EC2::VPC
            EC2::VPCEndpoint EC2::VPCPeeringConnection EC2::Volume EFS::AccessPoint EFS::FileSystem KMS::Key
            Route53::HostedZone SQS::Queue""",
        "name": """
            DynamoDB::Table ECR::Repository ECS::Cluster EKS::Cluster
            ElasticLoadBalancing::LoadBalancer IAM::Group IAM::Role IAM::User Kinesis::Stream Lambda::Function
            Logs::LogGroup RDS::DBInstance S3::Bucket SSM::Parameter""",
        "arn": """
            ACM::Certificate ElasticLoadBalancingV2::Listener ElasticLoadBalancingV2::LoadBalancer
            ElasticLoadBalancingV2::TargetGroup IAM::Policy SNS::Topic SecretsManager::Secret
            StepFunctions::StateMachine""",
    }.items()
    for config_type in types.split()
}
"""Which of an object's names is the id that ``terraform import`` takes, by Config type without ``AWS::``."""

_OF_A_SERVICE: Final = ":role/aws-service-role/"
"""In the ARN of a role that a service made for itself: it is a resource of another type."""

_OTHER: Final = re.compile(r"[^A-Za-z0-9_-]+")
_ESCAPED: Final = {"\\": "\\\\", '"': '\\"', "${": "$${", "%{": "%%{"}


def import_block(resource: Resource) -> str | None:
    """Return the block that imports an object; None where its import id is not known for sure."""
    by, kind = _BY.get(resource.type.removeprefix("AWS::")), usual_type(resource.type)
    arn = resource.arn or ""
    # What has no other name is called by its id where its ARN ends with that.
    name = resource.name or (resource.id if arn.endswith((f":{resource.id}", f"/{resource.id}")) else "")
    known = {"id": resource.id, "name": name, "arn": arn}.get(by or "")
    if not known or not kind or not known.isprintable() or _OF_A_SERVICE in arn:
        return None
    return f"import {{\n  to = {kind}.{_label(resource.name or resource.id)}\n  id = {quoted(known)}\n}}"


def quoted(text: str) -> str:
    """Return printable text as HCL writes a string, so that nothing in it is a template."""
    for part, escaped in _ESCAPED.items():
        text = text.replace(part, escaped)
    return f'"{text}"'


def _label(name: str) -> str:
    """Return a name as a block may be called."""
    label = _OTHER.sub("_", name)[:100].strip("_")
    return label if label and (label[0].isalpha()) else f"_{label}"

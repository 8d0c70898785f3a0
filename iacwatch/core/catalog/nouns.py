"""What people call the AWS resource types: ``AWS::EC2::SecurityGroup`` is a security group."""

import re
from typing import Final

from iacwatch.core.text import plain

_NOUNS: Final = {
    "AWS::ACM::Certificate": "certificate",
    "AWS::ApiGateway::RestApi": "REST API",
    "AWS::ApiGateway::Stage": "REST API stage",
    "AWS::ApiGatewayV2::Api": "HTTP API",
    "AWS::AutoScaling::AutoScalingGroup": "Auto Scaling group",
    "AWS::AutoScaling::LaunchConfiguration": "launch configuration",
    "AWS::CloudFormation::Stack": "CloudFormation stack",
    "AWS::CloudFront::Distribution": "CloudFront distribution",
    "AWS::CloudTrail::Trail": "trail",
    "AWS::CloudWatch::Alarm": "CloudWatch alarm",
    "AWS::DynamoDB::Table": "DynamoDB table",
    "AWS::EC2::CustomerGateway": "customer gateway",
    "AWS::EC2::EIP": "Elastic IP",
    "AWS::EC2::FlowLog": "flow log",
    "AWS::EC2::Instance": "EC2 instance",
    "AWS::EC2::InternetGateway": "internet gateway",
    "AWS::EC2::LaunchTemplate": "launch template",
    "AWS::EC2::NatGateway": "NAT gateway",
    "AWS::EC2::NetworkAcl": "network ACL",
    "AWS::EC2::NetworkInterface": "network interface",
    "AWS::EC2::RouteTable": "route table",
    "AWS::EC2::SecurityGroup": "security group",
    "AWS::EC2::Subnet": "subnet",
    "AWS::EC2::TransitGateway": "transit gateway",
    "AWS::EC2::VPC": "VPC",
    "AWS::EC2::VPCEndpoint": "VPC endpoint",
    "AWS::EC2::VPCPeeringConnection": "VPC peering connection",
    "AWS::EC2::VPNConnection": "VPN connection",
    "AWS::EC2::VPNGateway": "VPN gateway",
    "AWS::EC2::Volume": "EBS volume",
    "AWS::EFS::FileSystem": "EFS file system",
    "AWS::ElasticLoadBalancing::LoadBalancer": "classic load balancer",
    "AWS::ElasticLoadBalancingV2::Listener": "load balancer listener",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "load balancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "target group",
    "AWS::Elasticsearch::Domain": "OpenSearch domain",
    "AWS::Events::Rule": "EventBridge rule",
    "AWS::KMS::Key": "KMS key",
    "AWS::Logs::LogGroup": "log group",
    "AWS::RDS::DBCluster": "RDS cluster",
    "AWS::RDS::DBClusterSnapshot": "RDS cluster snapshot",
    "AWS::RDS::DBInstance": "RDS instance",
    "AWS::RDS::DBParameterGroup": "RDS parameter group",
    "AWS::RDS::DBSecurityGroup": "RDS security group",
    "AWS::RDS::DBSnapshot": "RDS snapshot",
    "AWS::RDS::DBSubnetGroup": "RDS subnet group",
    "AWS::Route53::HostedZone": "hosted zone",
    "AWS::SSM::Parameter": "SSM parameter",
    "AWS::SecretsManager::Secret": "secret",
    "AWS::StepFunctions::StateMachine": "state machine",
    "AWS::WAFv2::WebACL": "web ACL",
}
_WORD: Final = re.compile(r"[A-Z]+[0-9]*(?![a-z0-9])|[A-Z]?[a-z0-9]+|[0-9]+")
_OTHER: Final = re.compile(r"[^A-Za-z0-9]+")
_LONGEST: Final = 60


def noun(resource_type: str) -> str:
    """Return what people call a resource type; made of the type's own name where it isn't listed.

    It consists of ASCII letters and digits alone, whatever the type's name holds.

    ``AWS::Kinesis::Stream`` is a Kinesis stream, ``AWS::EKS::FargateProfile`` an EKS fargate profile.
    """
    known = _NOUNS.get(resource_type)
    if known is not None:
        return known
    parts = [part for part in resource_type.split("::") if part]
    words = [word if word.isupper() else word.lower() for word in _WORD.findall(parts[-1])] if parts else []
    service = _OTHER.sub(" ", parts[1]) if len(parts) > 2 else ""  # noqa: PLR2004  (provider, service, type)
    return plain(" ".join(dict.fromkeys((service, *words))), _LONGEST) or "resource"

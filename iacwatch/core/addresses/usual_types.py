"""Which Terraform type an object of AWS Config's usually is: for code that is to be written, and blocks."""

import re
from typing import Final

from iacwatch.core.text import words

_OTHERS: Final = {
    "ACM::Certificate": "aws_acm_certificate",
    "AutoScaling::AutoScalingGroup": "aws_autoscaling_group",
    "CloudWatch::Alarm": "aws_cloudwatch_metric_alarm",
    "Cognito::UserPool": "aws_cognito_user_pool",
    "EC2::DHCPOptions": "aws_vpc_dhcp_options",
    "EC2::TransitGateway": "aws_ec2_transit_gateway",
    "EC2::Volume": "aws_ebs_volume",
    "ElasticLoadBalancing::LoadBalancer": "aws_elb",
    "ElasticLoadBalancingV2::Listener": "aws_lb_listener",
    "ElasticLoadBalancingV2::LoadBalancer": "aws_lb",
    "ElasticLoadBalancingV2::TargetGroup": "aws_lb_target_group",
    "Events::Rule": "aws_cloudwatch_event_rule",
    "Logs::LogGroup": "aws_cloudwatch_log_group",
    "RDS::DBCluster": "aws_rds_cluster",
    "RDS::DBInstance": "aws_db_instance",
    "Route53::HostedZone": "aws_route53_zone",
    "StepFunctions::StateMachine": "aws_sfn_state_machine",
}
_BY_THING: Final = words(
    "CustomerGateway EIP Instance InternetGateway LaunchTemplate NatGateway NetworkAcl NetworkInterface"
    " RouteTable SecurityGroup Subnet VPC VPCEndpoint VPCPeeringConnection"
)
"""Types of EC2 that are named without their service."""

_BY_SERVICE: Final = words(
    "CloudFront DynamoDB ECR ECS EFS EKS IAM KMS Kinesis Lambda S3 SNS SQS SSM SecretsManager"
)
"""Services whose types are named after service and thing, as they are written."""

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


def usual_type(config_type: str) -> str | None:
    """Return the Terraform type that such an object usually is; None where only a guess could tell."""
    rest = config_type.removeprefix("AWS::")
    service, _, thing = rest.partition("::")
    name = "_".join(word.lower() for word in _WORD.findall(thing))
    if rest in _OTHERS:
        return _OTHERS[rest]
    if service == "EC2" and thing in _BY_THING:
        return f"aws_{name}"
    return f"aws_{service.lower()}_{name}" if service in _BY_SERVICE else None

"""Which of Terraform's types stand for a type of Config, and which only live in one."""

from iacwatch.core.addresses import terraform_parts as parts
from iacwatch.core.addresses.terraform_parts import Standing, standing
from iacwatch.core.addresses.terraform_types import stands_for

STAND_FOR = """
    CertificateManager::Certificate=aws_acm_certificate CloudTrail::Trail=aws_cloudtrail EC2::EIP=aws_eip
    EC2::SecurityGroup=aws_security_group|aws_default_security_group|awscc_ec2_security_group IAM::Role=aws_iam_role
    EC2::TransitGateway=aws_ec2_transit_gateway ECS::Cluster=aws_ecs_cluster EKS::Nodegroup=aws_eks_node_group
    ElasticLoadBalancingV2::LoadBalancer=aws_lb RDS::DBInstance=aws_db_instance|aws_rds_cluster_instance
"""
OTHERS = """
    EC2::SecurityGroup=aws_security_group_rule EC2::SecurityGroup=aws_vpc S3::Bucket=aws_s3_bucket_policy
    IAM::Policy=aws_iam_role_policy RDS::DBCluster=aws_ecs_cluster CloudFormation::Stack=aws_
"""


def test_terraforms_types_stand_for_those_of_config_and_others_do_not():
    for pair in STAND_FOR.split():
        config_type, _, terraform_types = pair.partition("=")
        for terraform_type in terraform_types.split("|"):
            assert stands_for(terraform_type, f"AWS::{config_type}"), pair
            assert not stands_for(terraform_type, "AWS::EC2::CustomerGateway"), pair
    for pair in OTHERS.split():
        assert not stands_for(pair.partition("=")[2], f"AWS::{pair.partition('=')[0]}"), pair
    assert not stands_for("aws_vpc", "nonsense")
    assert not stands_for("aws_vpc", "ACME::EC2::VPC")


def test_what_a_resource_is_in_configs_eyes():
    for type_, expected, parent in (
        ("aws_security_group_rule", Standing.PART, "security_group_id"),
        ("aws_s3_bucket", Standing.OBJECT, None),
        ("aws_s3_bucket_object", Standing.OBJECT, None),
        ("aws_sns_topic_policy", Standing.FACET, "arn"),
        ("aws_iam_role_policies_exclusive", Standing.PART, "role_name"),
    ):
        assert (standing(type_), parts.parent_attribute(type_)) == (expected, parent)
        assert parts.is_exclusive(type_) is type_.endswith("_exclusive")


def test_which_types_are_where_their_provider_is():
    assert all(map(parts.follows_region, ["aws_vpc", "aws_wafv2_ip_set", "aws_route53_resolver_rule"]))
    elsewhere = "aws_iam_role aws_route53_zone aws_waf_web_acl aws_s3_bucket_versioning"
    assert not any(map(parts.follows_region, elsewhere.split()))

"""Which of Terraform's types stand for a type of Config, and which only live in one."""

import pytest

from iacwatch.core.addresses.terraform_parts import (
    PARENTS,
    Standing,
    follows_region,
    is_exclusive,
    parent_attribute,
    standing,
)
from iacwatch.core.addresses.terraform_types import _names, stands_for
from iacwatch.core.catalog.catalog import ROWS

STAND_FOR = """
AWS::ACMPCA::CertificateAuthority aws_acmpca_certificate_authority
AWS::ApiGateway::RestApi aws_api_gateway_rest_api
AWS::ApiGatewayV2::Api aws_apigatewayv2_api
AWS::AutoScaling::AutoScalingGroup aws_autoscaling_group
AWS::AutoScaling::LaunchConfiguration aws_launch_configuration
AWS::Backup::BackupPlan aws_backup_plan
AWS::CertificateManager::Certificate aws_acm_certificate
AWS::CloudFormation::Stack aws_cloudformation_stack
AWS::CloudFront::Distribution aws_cloudfront_distribution
AWS::CloudTrail::Trail aws_cloudtrail
AWS::CloudWatch::Alarm aws_cloudwatch_metric_alarm
AWS::CodeBuild::Project aws_codebuild_project
AWS::DynamoDB::Table aws_dynamodb_table
AWS::DynamoDB::Table aws_dynamodb_table_replica
AWS::EC2::DHCPOptions aws_vpc_dhcp_options
AWS::EC2::EIP aws_eip
AWS::EC2::Instance aws_instance
AWS::EC2::InternetGateway aws_internet_gateway
AWS::EC2::LaunchTemplate aws_launch_template
AWS::EC2::NatGateway aws_nat_gateway
AWS::EC2::NetworkAcl aws_network_acl
AWS::EC2::NetworkInterface aws_network_interface
AWS::EC2::RouteTable aws_route_table
AWS::EC2::SecurityGroup aws_security_group
AWS::EC2::SecurityGroup aws_default_security_group
AWS::EC2::SecurityGroup awscc_ec2_security_group
AWS::EC2::Subnet aws_subnet
AWS::EC2::TransitGateway aws_ec2_transit_gateway
AWS::EC2::VPC aws_vpc
AWS::EC2::VPCEndpoint aws_vpc_endpoint
AWS::EC2::Volume aws_ebs_volume
AWS::ECR::Repository aws_ecr_repository
AWS::ECS::Cluster aws_ecs_cluster
AWS::ECS::Service aws_ecs_service
AWS::ECS::TaskDefinition aws_ecs_task_definition
AWS::EFS::FileSystem aws_efs_file_system
AWS::EKS::Cluster aws_eks_cluster
AWS::EKS::Nodegroup aws_eks_node_group
AWS::ElastiCache::ReplicationGroup aws_elasticache_replication_group
AWS::ElasticLoadBalancing::LoadBalancer aws_elb
AWS::ElasticLoadBalancingV2::Listener aws_lb_listener
AWS::ElasticLoadBalancingV2::LoadBalancer aws_lb
AWS::ElasticLoadBalancingV2::TargetGroup aws_lb_target_group
AWS::Events::Rule aws_cloudwatch_event_rule
AWS::GuardDuty::IPSet aws_guardduty_ipset
AWS::IAM::Group aws_iam_group
AWS::IAM::OIDCProvider aws_iam_openid_connect_provider
AWS::IAM::Policy aws_iam_policy
AWS::IAM::Role aws_iam_role
AWS::IAM::User aws_iam_user
AWS::KMS::Alias aws_kms_alias
AWS::KMS::Key aws_kms_key
AWS::Kinesis::Stream aws_kinesis_stream
AWS::Lambda::Function aws_lambda_function
AWS::Logs::LogGroup aws_cloudwatch_log_group
AWS::MSK::Cluster aws_msk_cluster
AWS::OpenSearch::Domain aws_opensearch_domain
AWS::RDS::DBCluster aws_rds_cluster
AWS::RDS::DBInstance aws_db_instance
AWS::RDS::DBInstance aws_rds_cluster_instance
AWS::RDS::DBSubnetGroup aws_db_subnet_group
AWS::RDS::OptionGroup aws_db_option_group
AWS::Redshift::Cluster aws_redshift_cluster
AWS::Route53::HostedZone aws_route53_zone
AWS::S3::Bucket aws_s3_bucket
AWS::SNS::Topic aws_sns_topic
AWS::SQS::Queue aws_sqs_queue
AWS::SSM::Document aws_ssm_document
AWS::SecretsManager::Secret aws_secretsmanager_secret
AWS::StepFunctions::StateMachine aws_sfn_state_machine
AWS::WAFv2::WebACL aws_wafv2_web_acl
"""


@pytest.mark.parametrize("pair", STAND_FOR.strip().splitlines())
def test_terraforms_types_stand_for_those_of_config(pair):
    config_type, terraform_type = pair.split()
    assert stands_for(terraform_type, config_type)
    assert not stands_for(terraform_type, "AWS::EC2::CustomerGateway")


@pytest.mark.parametrize(
    "pair",
    [
        "AWS::EC2::SecurityGroup aws_security_group_rule",
        "AWS::EC2::SecurityGroup aws_vpc",
        "AWS::S3::Bucket aws_s3_bucket_policy",
        "AWS::IAM::Role aws_iam_role_policy",
        "AWS::IAM::Policy aws_iam_role_policy",
        "AWS::RDS::DBCluster aws_ecs_cluster",
        "AWS::ECS::Cluster aws_rds_cluster",
        "AWS::CloudFormation::Stack aws_",
        "nonsense aws_vpc",
        "ACME::EC2::VPC aws_vpc",
    ],
)
def test_others_do_not(pair):
    config_type, terraform_type = pair.split()
    assert not stands_for(terraform_type, config_type)


def test_no_exception_says_what_the_name_says():
    needless = [
        (config_type, type_)
        for config_type, row in ROWS.items()
        for type_ in row.terraform.split()
        if type_.replace("_", "") in _names(config_type)
    ]
    assert needless == []
    assert sum(bool(row.terraform) for row in ROWS.values()) > 60


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("aws_security_group", Standing.OBJECT),
        ("aws_security_group_rule", Standing.PART),
        ("aws_s3_bucket", Standing.OBJECT),
        ("aws_s3_bucket_versioning", Standing.FACET),
        ("aws_s3_bucket_object", Standing.OBJECT),
        ("aws_sns_topic_policy", Standing.FACET),
        ("aws_iam_role_policies_exclusive", Standing.PART),
    ],
)
def test_what_a_resource_is_in_configs_eyes(type_, expected):
    assert standing(type_) is expected
    assert (parent_attribute(type_) is None) == (expected is Standing.OBJECT)


def test_each_part_is_named_once():
    from iacwatch.core.addresses.terraform_parts import _FACETS, _PARTS

    names = [name for table in (_FACETS, _PARTS) for types in table.values() for name in types.split()]
    assert len(names) == len(set(names)) == len(PARENTS)
    assert all(list(table) == sorted(table) for table in (_FACETS, _PARTS))


@pytest.mark.parametrize(
    ("type_", "follows"),
    [
        ("aws_vpc", True),
        ("aws_wafv2_ip_set", True),
        ("aws_route53_resolver_rule", True),
        ("aws_iam_role", False),
        ("aws_route53_zone", False),
        ("aws_waf_web_acl", False),
        ("aws_s3_bucket_versioning", False),
    ],
)
def test_which_types_are_where_their_provider_is(type_, follows):
    assert follows_region(type_) is follows


def test_exclusive_resources_say_so_in_their_names():
    assert is_exclusive("aws_iam_role_policies_exclusive")
    assert not is_exclusive("aws_iam_role_policy")

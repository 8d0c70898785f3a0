"""Which types of Terraform's providers stand for a type of Config.

Most names differ by little: ``AWS::GuardDuty::IPSet`` is ``aws_guardduty_ipset``, ``AWS::EC2::SecurityGroup``
is ``aws_security_group``. Where a service has another name there, it is in `_SERVICES`; where a type has, or
several stand for it, in `_OTHERS`. The provider ``awscc`` names all as CloudFormation does.
"""

from functools import lru_cache
from typing import Final

_SERVICES: Final = {
    "amazonmq": ("mq",),
    "aps": ("prometheus",),
    "cassandra": ("keyspaces",),
    "certificatemanager": ("acm",),
    "ec2": ("", "ec2", "vpc"),
    "elasticloadbalancingv2": ("lb", "alb"),
    "eventschemas": ("schemas",),
    "events": ("cloudwatchevent",),
    "inspectorv2": ("inspector2",),
    "kafkaconnect": ("mskconnect",),
    "lex": ("lexv2models",),
    "logs": ("cloudwatch", "cloudwatchlog"),
    "opensearchservice": ("opensearch",),
    "rds": ("", "db", "rds"),
    "route53recoverycontrol": ("route53recoverycontrolconfig",),
    "route53resolver": ("route53", "route53resolver"),
    "s3": ("s3", "s3control"),
    "s3express": ("s3",),
    "ses": ("ses", "sesv2"),
    "sso": ("ssoadmin",),
    "stepfunctions": ("sfn",),
}

_OTHERS: Final = {
    "AWS::AutoScaling::LaunchConfiguration": "aws_launch_configuration",
    "AWS::AutoScaling::ScalingPolicy": "aws_autoscaling_policy",
    "AWS::AutoScaling::ScheduledAction": "aws_autoscaling_schedule",
    "AWS::Budgets::BudgetsAction": "aws_budgets_budget_action",
    "AWS::CloudTrail::Trail": "aws_cloudtrail",
    "AWS::CloudWatch::Alarm": "aws_cloudwatch_metric_alarm",
    "AWS::CodeDeploy::Application": "aws_codedeploy_app",
    "AWS::CodePipeline::Pipeline": "aws_codepipeline",
    "AWS::Cognito::UserPoolGroup": "aws_cognito_user_group",
    "AWS::Config::AggregationAuthorization": "aws_config_aggregate_authorization",
    "AWS::DataSync::LocationFSxLustre": "aws_datasync_location_fsx_lustre_file_system",
    "AWS::DataSync::LocationFSxWindows": "aws_datasync_location_fsx_windows_file_system",
    "AWS::DocDB::DBCluster": "aws_docdb_cluster",
    "AWS::DocDB::DBInstance": "aws_docdb_cluster_instance",
    "AWS::DynamoDB::Table": "aws_dynamodb_global_table aws_dynamodb_table_replica",
    "AWS::EC2::ClientVpnTargetNetworkAssociation": "aws_ec2_client_vpn_network_association",
    "AWS::EC2::NetworkAcl": "aws_default_network_acl",
    "AWS::EC2::PrefixList": "aws_ec2_managed_prefix_list",
    "AWS::EC2::RouteTable": "aws_default_route_table",
    "AWS::EC2::SecurityGroup": "aws_default_security_group",
    "AWS::EC2::SnapshotBlockPublicAccess": "aws_ebs_snapshot_block_public_access",
    "AWS::EC2::SpotFleet": "aws_spot_fleet_request",
    "AWS::EC2::Subnet": "aws_default_subnet",
    "AWS::EC2::SubnetCidrBlock": "aws_vpc_ipv6_cidr_block_association",
    "AWS::EC2::SubnetNetworkAclAssociation": "aws_network_acl_association",
    "AWS::EC2::SubnetRouteTableAssociation": "aws_route_table_association",
    "AWS::EC2::TransitGatewayAttachment": "aws_ec2_transit_gateway_vpc_attachment",
    "AWS::EC2::VPC": "aws_default_vpc",
    "AWS::EC2::VPCGatewayAttachment": "aws_internet_gateway_attachment aws_vpn_gateway_attachment",
    "AWS::EC2::VPCPeeringConnection": "aws_vpc_peering_connection_accepter",
    "AWS::EC2::Volume": "aws_ebs_volume",
    "AWS::ElasticLoadBalancing::LoadBalancer": "aws_elb",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "aws_alb aws_lb",
    "AWS::Events::EventBus": "aws_cloudwatch_event_bus",
    "AWS::Glue::Database": "aws_glue_catalog_database",
    "AWS::Glue::Table": "aws_glue_catalog_table",
    "AWS::IAM::OIDCProvider": "aws_iam_openid_connect_provider",
    "AWS::IAM::Role": "aws_iam_service_linked_role",
    "AWS::KMS::Key": "aws_kms_external_key aws_kms_replica_external_key aws_kms_replica_key",
    "AWS::MSK::BatchScramSecret": "aws_msk_scram_secret_association",
    "AWS::Neptune::DBCluster": "aws_neptune_cluster",
    "AWS::Neptune::DBInstance": "aws_neptune_cluster_instance",
    "AWS::RDS::DBCluster": "aws_docdb_cluster aws_neptune_cluster aws_rds_cluster",
    "AWS::RDS::DBClusterParameterGroup": (
        "aws_docdb_cluster_parameter_group aws_neptune_cluster_parameter_group"
        " aws_rds_cluster_parameter_group"
    ),
    "AWS::RDS::DBClusterSnapshot": (
        "aws_docdb_cluster_snapshot aws_neptune_cluster_snapshot aws_rds_cluster_snapshot_copy"
    ),
    "AWS::RDS::DBInstance": (
        "aws_docdb_cluster_instance aws_neptune_cluster_instance aws_rds_cluster_instance"
    ),
    "AWS::RDS::DBParameterGroup": "aws_neptune_parameter_group",
    "AWS::RDS::DBSnapshot": "aws_db_snapshot_copy",
    "AWS::RDS::DBSubnetGroup": "aws_docdb_subnet_group aws_neptune_subnet_group",
    "AWS::RDS::EventSubscription": "aws_neptune_event_subscription",
    "AWS::RDS::GlobalCluster": "aws_docdb_global_cluster aws_neptune_global_cluster",
    "AWS::Redshift::ClusterParameterGroup": "aws_redshift_parameter_group",
    "AWS::Redshift::ClusterSecurityGroup": "aws_redshift_security_group",
    "AWS::Redshift::ClusterSubnetGroup": "aws_redshift_subnet_group",
    "AWS::Route53::DNSSEC": "aws_route53_hosted_zone_dnssec",
    "AWS::Route53::HostedZone": "aws_route53_zone",
    "AWS::Route53Resolver::ResolverQueryLoggingConfig": "aws_route53_resolver_query_log_config",
    "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation": (
        "aws_route53_resolver_query_log_config_association"
    ),
    "AWS::S3::StorageLens": "aws_s3control_storage_lens_configuration",
    "AWS::SageMaker::NotebookInstanceLifecycleConfig": (
        "aws_sagemaker_notebook_instance_lifecycle_configuration"
    ),
    "AWS::SecretsManager::ResourcePolicy": "aws_secretsmanager_secret_policy",
    "AWS::SecretsManager::RotationSchedule": "aws_secretsmanager_secret_rotation",
    "AWS::ServiceCatalog::CloudFormationProduct": "aws_servicecatalog_product",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct": "aws_servicecatalog_provisioned_product",
}
"""The further names: what follows from the type's own name counts as well."""

_FIELDS: Final = 3


@lru_cache(maxsize=4096)
def stands_for(terraform_type: str, config_type: str) -> bool:
    """Return whether resources of a Terraform type are objects of a Config type.

    ``aws_default_security_group`` is one of ``AWS::EC2::SecurityGroup``; ``aws_security_group_rule`` is none,
    but a part of one (see `terraform_parts`).
    """
    return terraform_type in _others(config_type) or _squeezed(terraform_type) in _names(config_type)


@lru_cache(maxsize=4096)
def may_be_in(terraform_type: str, config_type: str) -> bool:
    """Return whether resources of a Terraform type may live in objects of a Config type, by their names.

    ``aws_ecr_lifecycle_policy`` may be in an ``AWS::ECR::Repository`` and in no ``AWS::Backup::BackupVault``.
    """
    words = terraform_type.split("_")
    if any(stands_for("_".join(words[:end]), config_type) for end in range(2, len(words))):
        return True
    _, _, rest = config_type.lower().partition("::")
    service, _, _ = rest.partition("::")
    squeezed = _squeezed(terraform_type)
    return any(squeezed.startswith(f"aws{each}") for each in _SERVICES.get(service, (service,)) if each)


@lru_cache(maxsize=1024)
def _others(config_type: str) -> frozenset[str]:
    return frozenset(_OTHERS.get(config_type, "").split())


@lru_cache(maxsize=1024)
def _names(config_type: str) -> frozenset[str]:
    """Return how Terraform may name a type of Config, without the strokes."""
    fields = config_type.lower().split("::")
    if len(fields) != _FIELDS or fields[0] != "aws":
        return frozenset()
    _, service, type_ = fields
    names = {f"awscc{service}{type_}"}
    short = type_.removeprefix(service)
    for prefix in _SERVICES.get(service, (service,)):
        names |= {f"aws{prefix}{type_}", f"aws{prefix}{short}"}
    return frozenset(names - {"aws", f"aws{service}"})


def _squeezed(terraform_type: str) -> str:
    return terraform_type.replace("_", "")

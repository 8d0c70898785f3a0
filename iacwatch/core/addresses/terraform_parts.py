"""Which Terraform resources are no objects to Config but live within another, and what attribute says so.

To add one, write its type beside others of the same attribute: to `_FACETS` what are settings of the object
itself under an address of their own (a bucket's versioning, a topic's policy), to `_PARTS` what there may be
several of within an object (rules, routes, attachments), whether or not Config knows it by itself as well.
"""

from enum import StrEnum
from typing import Final


class Standing(StrEnum):
    """What a Terraform resource is in Config's eyes."""

    OBJECT = "object"
    FACET = "facet"
    PART = "part"


_FACETS: Final = {
    "access_point_arn": "aws_s3control_access_point_policy",
    "arn": "aws_sns_topic_policy aws_sns_topic_data_protection_policy",
    "backup_vault_name": (
        "aws_backup_vault_policy aws_backup_vault_notifications aws_backup_vault_lock_configuration"
    ),
    "bucket": (
        "aws_s3control_bucket_lifecycle_configuration aws_s3control_bucket_policy awscc_s3_bucket_policy"
    ),
    "cluster_arn": "aws_msk_cluster_policy",
    "cluster_id": "aws_emr_managed_scaling_policy",
    "cluster_identifier": "aws_redshift_cluster_iam_roles aws_redshift_logging aws_redshift_snapshot_copy",
    "cluster_name": "aws_ecs_cluster_capacity_providers awscc_ecs_cluster_capacity_provider_associations",
    "container_name": "aws_media_store_container_policy",
    "detector_id": "aws_guardduty_detector_feature",
    "distribution_id": "aws_cloudfront_monitoring_subscription",
    "domain_name": (
        "aws_opensearch_domain_policy aws_opensearch_domain_saml_options"
        " aws_elasticsearch_domain_policy aws_elasticsearch_domain_saml_options"
    ),
    "email_identity": (
        "aws_sesv2_email_identity_feedback_attributes aws_sesv2_email_identity_mail_from_attributes"
        " aws_sesv2_email_identity_policy"
    ),
    "event_bus_name": "aws_cloudwatch_event_bus_policy",
    "file_system_id": "aws_efs_file_system_policy aws_efs_backup_policy",
    "firewall_arn": "aws_networkfirewall_logging_configuration",
    "function_name": (
        "aws_lambda_function_event_invoke_config aws_lambda_function_recursion_config"
        " aws_lambda_runtime_management_config"
    ),
    "hosted_zone_id": "aws_route53_hosted_zone_dnssec",
    "identity": "aws_ses_identity_policy",
    "identity_pool_id": "aws_cognito_identity_pool_roles_attachment",
    "instance_id": "aws_ec2_instance_state",
    "key_id": "aws_kms_key_policy",
    "log_group_name": "aws_cloudwatch_log_data_protection_policy",
    "model_package_group_name": "aws_sagemaker_model_package_group_policy",
    "permission_set_arn": (
        "aws_ssoadmin_permission_set_inline_policy aws_ssoadmin_permissions_boundary_attachment"
    ),
    "queue": "awscc_sqs_queue_inline_policy",
    "queue_url": "aws_sqs_queue_policy aws_sqs_queue_redrive_policy aws_sqs_queue_redrive_allow_policy",
    "repository": (
        "aws_ecr_repository_policy aws_ecr_lifecycle_policy aws_codeartifact_repository_permissions_policy"
    ),
    "repository_name": "aws_ecrpublic_repository_policy",
    "resource_arn": (
        "aws_acmpca_policy aws_codebuild_resource_policy aws_dynamodb_resource_policy"
        " aws_dynamodb_tag aws_ecs_tag aws_kinesis_resource_policy"
        " aws_networkfirewall_resource_policy aws_rds_cluster_activity_stream aws_transfer_tag"
        " aws_wafv2_web_acl_logging_configuration"
    ),
    "resource_id": "aws_ec2_tag",
    "rest_api_id": "aws_api_gateway_rest_api_policy aws_api_gateway_rest_api_put",
    "secret_arn": "aws_secretsmanager_secret_policy",
    "secret_id": "aws_secretsmanager_secret_rotation aws_secretsmanager_secret_version",
    "source_file_system_id": "aws_efs_replication_configuration",
    "table_bucket_arn": "aws_s3tables_table_bucket_policy",
    "table_name": "aws_dynamodb_contributor_insights aws_dynamodb_kinesis_streaming_destination",
    "topic_arn": "awscc_sns_topic_inline_policy",
    "user_pool_id": "aws_cognito_user_pool_ui_customization",
    "vault_name": "aws_glacier_vault_lock",
    "vpc_endpoint_id": "aws_vpc_endpoint_policy aws_vpc_endpoint_private_dns",
    "vpc_id": "aws_vpc_dhcp_options_association",
    "vpc_peering_connection_id": "aws_vpc_peering_connection_options aws_vpc_peering_connection_accepter",
    "workspace_id": "aws_grafana_workspace_saml_configuration",
}

_PARTS: Final = {
    "allocation_id": "aws_eip_association",
    "analyzer_name": "aws_accessanalyzer_archive_rule",
    "api_id": (
        "aws_apigatewayv2_authorizer aws_apigatewayv2_deployment aws_apigatewayv2_integration"
        " aws_apigatewayv2_integration_response aws_apigatewayv2_model aws_apigatewayv2_route"
        " aws_apigatewayv2_route_response aws_appsync_api_cache aws_appsync_api_key"
        " aws_appsync_datasource aws_appsync_function aws_appsync_resolver aws_appsync_type"
    ),
    "autoscaling_group_name": (
        "aws_autoscaling_attachment aws_autoscaling_group_tag aws_autoscaling_lifecycle_hook"
        " aws_autoscaling_policy aws_autoscaling_schedule aws_autoscaling_traffic_source_attachment"
    ),
    "baseline_id": "aws_ssm_patch_group",
    "client_vpn_endpoint_id": (
        "aws_ec2_client_vpn_authorization_rule aws_ec2_client_vpn_network_association"
        " aws_ec2_client_vpn_route"
    ),
    "cluster_arn": "aws_msk_scram_secret_association aws_msk_single_scram_secret_association",
    "cluster_identifier": "aws_redshift_snapshot_schedule_association",
    "configuration_set_name": "aws_ses_event_destination aws_sesv2_configuration_set_event_destination",
    "db_cluster_identifier": "aws_rds_cluster_role_association",
    "db_instance_identifier": "aws_db_instance_role_association",
    "db_proxy_name": "aws_db_proxy_target",
    "elb": "aws_elb_attachment",
    "event_bus_name": "aws_cloudwatch_event_permission",
    "file_system_id": "aws_efs_mount_target",
    "function_name": (
        "aws_lambda_alias aws_lambda_function_url aws_lambda_permission"
        " aws_lambda_provisioned_concurrency_config awscc_lambda_permission"
    ),
    "global_table_arn": "aws_dynamodb_table_replica",
    "group": "aws_iam_group_membership aws_iam_group_policy aws_iam_group_policy_attachment",
    "group_id": "awscc_ec2_security_group_egress awscc_ec2_security_group_ingress",
    "group_name": (
        "aws_iam_group_policies_exclusive aws_iam_group_policy_attachments_exclusive awscc_iam_group_policy"
    ),
    "hosted_zone_id": "aws_route53_key_signing_key",
    "image_id": "aws_ami_launch_permission",
    "internet_gateway_id": "aws_internet_gateway_attachment",
    "key_id": "aws_kms_grant",
    "layer_name": "aws_lambda_layer_version_permission",
    "listener_arn": (
        "aws_alb_listener_certificate aws_alb_listener_rule aws_lb_listener_certificate"
        " aws_lb_listener_rule awscc_elasticloadbalancingv2_listener_certificate"
        " awscc_elasticloadbalancingv2_listener_rule"
    ),
    "load_balancer": (
        "aws_app_cookie_stickiness_policy aws_lb_cookie_stickiness_policy"
        " aws_lb_ssl_negotiation_policy aws_proxy_protocol_policy"
    ),
    "load_balancer_arn": "aws_alb_listener aws_lb_listener awscc_elasticloadbalancingv2_listener",
    "load_balancer_name": (
        "aws_load_balancer_backend_server_policy aws_load_balancer_listener_policy aws_load_balancer_policy"
    ),
    "log_group_name": "aws_cloudwatch_log_metric_filter aws_cloudwatch_log_subscription_filter",
    "nat_gateway_id": "aws_nat_gateway_eip_association",
    "network_acl_id": "aws_network_acl_association aws_network_acl_rule awscc_ec2_network_acl_entry",
    "network_interface_id": "aws_network_interface_attachment aws_network_interface_sg_attachment",
    "permission_set_arn": (
        "aws_ssoadmin_customer_managed_policy_attachment aws_ssoadmin_managed_policy_attachment"
        " aws_ssoadmin_customer_managed_policy_attachments_exclusive"
        " aws_ssoadmin_managed_policy_attachments_exclusive"
    ),
    "plan_id": "aws_backup_selection",
    "prefix_list_id": "aws_ec2_managed_prefix_list_entry",
    "project_name": "aws_codebuild_webhook",
    "resource_share_arn": "aws_ram_principal_association aws_ram_resource_association",
    "rest_api_id": (
        "aws_api_gateway_authorizer aws_api_gateway_deployment aws_api_gateway_documentation_part"
        " aws_api_gateway_documentation_version aws_api_gateway_gateway_response"
        " aws_api_gateway_integration aws_api_gateway_integration_response aws_api_gateway_method"
        " aws_api_gateway_method_response aws_api_gateway_method_settings aws_api_gateway_model"
        " aws_api_gateway_request_validator aws_api_gateway_resource aws_api_gateway_stage"
    ),
    "role": "aws_iam_role_policy aws_iam_role_policy_attachment",
    "role_name": (
        "aws_iam_role_policies_exclusive aws_iam_role_policy_attachments_exclusive awscc_iam_role_policy"
    ),
    "route_table_id": (
        "aws_main_route_table_association aws_route aws_route_table_association"
        " aws_vpn_gateway_route_propagation awscc_ec2_route awscc_ec2_subnet_route_table_association"
    ),
    "rule": "aws_cloudwatch_event_target",
    "rule_set_name": "aws_ses_receipt_rule",
    "security_group_id": (
        "aws_security_group_rule aws_vpc_security_group_egress_rule"
        " aws_vpc_security_group_ingress_rule aws_vpc_security_group_rules_exclusive"
        " aws_vpc_security_group_vpc_association"
    ),
    "server_id": "aws_transfer_ssh_key aws_transfer_user",
    "shield_protection_id": "aws_shield_protection_health_check_association",
    "snapshot_id": "aws_snapshot_create_volume_permission",
    "spot_instance_id": "aws_spot_instance_request",
    "table_name": "aws_dynamodb_table_item",
    "target_group_arn": "aws_alb_target_group_attachment aws_lb_target_group_attachment",
    "target_key_id": "aws_kms_alias awscc_kms_alias",
    "topic_arn": "aws_sns_topic_subscription awscc_sns_subscription",
    "traffic_mirror_filter_id": "aws_ec2_traffic_mirror_filter_rule",
    "transit_gateway_route_table_id": (
        "aws_ec2_transit_gateway_prefix_list_reference aws_ec2_transit_gateway_route"
        " aws_ec2_transit_gateway_route_table_association"
        " aws_ec2_transit_gateway_route_table_propagation"
    ),
    "user": "aws_iam_user_group_membership aws_iam_user_policy aws_iam_user_policy_attachment",
    "user_group_id": "aws_elasticache_user_group_association",
    "user_name": (
        "aws_iam_user_policies_exclusive aws_iam_user_policy_attachments_exclusive awscc_iam_user_policy"
    ),
    "volume_id": "aws_volume_attachment",
    "vpc_endpoint_id": (
        "aws_vpc_endpoint_route_table_association aws_vpc_endpoint_security_group_association"
        " aws_vpc_endpoint_subnet_association"
    ),
    "vpc_endpoint_service_id": "aws_vpc_endpoint_service_allowed_principal",
    "vpc_id": "aws_vpc_ipv4_cidr_block_association aws_vpc_ipv6_cidr_block_association",
    "vpn_connection_id": "aws_vpn_connection_route",
    "vpn_gateway_id": "aws_vpn_gateway_attachment",
    "web_acl_arn": "aws_wafv2_web_acl_association aws_wafv2_web_acl_rule_group_association",
    "web_acl_id": "aws_wafregional_web_acl_association",
    "window_id": "aws_ssm_maintenance_window_target aws_ssm_maintenance_window_task",
    "zone_id": (
        "aws_route53_query_log aws_route53_record aws_route53_records_exclusive aws_route53_zone_association"
    ),
}

_BUCKETS: Final = "aws_s3_bucket_"
_OBJECT_IN_A_BUCKET: Final = "aws_s3_bucket_object"

PARENTS: Final = {
    type_: (attribute, standing)
    for standing, table in ((Standing.FACET, _FACETS), (Standing.PART, _PARTS))
    for attribute, types in table.items()
    for type_ in types.split()
}

PARENT_ATTRIBUTES: Final = frozenset({*_FACETS, *_PARTS, "bucket"})
"""Every attribute that names a parent, of whatever type."""

_DIRECTIONS: Final = {
    "aws_network_acl_rule": "egress",
    "aws_security_group_rule": "type",
    "awscc_ec2_network_acl_entry": "egress",
}
"""Which attribute says whether a rule leads in or out, where the type does not."""

DIRECTION_ATTRIBUTES: Final = frozenset(_DIRECTIONS.values())

_ARNS: Final = {
    "aws_dms_certificate": "certificate_arn",
    "aws_dms_endpoint": "endpoint_arn",
    "aws_dms_replication_instance": "replication_instance_arn",
    "aws_dms_replication_subnet_group": "replication_subnet_group_arn",
    "aws_dms_replication_task": "replication_task_arn",
    "aws_dms_s3_endpoint": "endpoint_arn",
}
"""Which attribute holds a resource's own ARN, where it is not ``arn``."""

ARN_ATTRIBUTES: Final = frozenset({"arn", *_ARNS.values()})

_ARN_OF_THE_PARENT: Final = frozenset(
    {"aws_sns_topic_policy", "aws_sns_topic_data_protection_policy", "aws_secretsmanager_secret_version"}
)
_ID_IS_A_SECRET: Final = frozenset(
    {"aws_appsync_api_key", "awscc_appsync_api_key", "aws_dynamodb_table_item"}
)
_REGION_OF_ANOTHER: Final = frozenset(
    {
        "aws_cloudformation_stack_set_instance",
        "aws_config_aggregate_authorization",
        "aws_dx_hosted_connection",
    }
)
_GLOBAL: Final = (
    *("aws_iam_", "aws_cloudfront_", "aws_organizations_", "aws_waf_", "aws_globalaccelerator_"),
    *(
        "aws_shield_",
        "aws_account_",
        "aws_route53_",
        "awscc_iam_",
        "awscc_cloudfront_",
        "awscc_organizations_",
    ),
    *("awscc_globalaccelerator_", "awscc_route53_"),
)
_ANYWHERE: Final = ("aws_s3_bucket", "aws_s3_object", "awscc_s3_bucket")
_REGIONAL: Final = ("aws_route53_resolver_", "aws_route53_profiles_", "aws_route53_recovery")


def parent_attribute(type_: str) -> str | None:
    """Return the attribute that names what a resource of this type lives in; None of an object of its own."""
    found = PARENTS.get(type_)
    if found is not None:
        return found[0]
    return "bucket" if standing(type_) is Standing.FACET else None


def standing(type_: str) -> Standing:
    """Return what resources of a Terraform type are in Config's eyes.

    Some parts are objects to Config as well (a listener, an alias of a key): `config_types` tells.
    """
    found = PARENTS.get(type_)
    if found is not None:
        return found[1]
    in_a_bucket = type_.startswith(_BUCKETS) and type_ != _OBJECT_IN_A_BUCKET
    return Standing.FACET if in_a_bucket else Standing.OBJECT


def is_exclusive(type_: str) -> bool:
    """Return whether such a resource removes the parts that it does not name."""
    return type_.endswith("_exclusive")


def direction_attribute(type_: str) -> str | None:
    """Return the attribute that says "ingress" or "egress" of a rule, or True; None for others."""
    return _DIRECTIONS.get(type_)


def arn_attribute(type_: str) -> str | None:
    """Return the attribute that holds the resource's own ARN; None where ``arn`` is its parent's."""
    if type_ in _ARN_OF_THE_PARENT:
        return None
    return _ARNS.get(type_, "arn")


def has_harmless_id(type_: str) -> bool:
    """Return whether the attribute ``id`` tells no secret: of some types it is a key, or holds data."""
    return type_ not in _ID_IS_A_SECRET


def has_own_region(type_: str) -> bool:
    """Return whether the attribute ``region`` says where the resource itself is."""
    return type_ not in _REGION_OF_ANOTHER


def follows_region(type_: str) -> bool:
    """Return whether such resources are in the region that their provider is configured for.

    Others are in none, or, as what belongs to a bucket, in that of something that may be elsewhere.
    """
    return type_.startswith(_REGIONAL) or not type_.startswith((*_GLOBAL, *_ANYWHERE))

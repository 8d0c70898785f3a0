"""Kinds that are seldom met: only their own names tell who changed them."""

from tests.worlds.blind.row import LOWER, N, at, by, call, row, tagging
from tests.worlds.recorded_types.rows import kind_of

resolver_rule, firehose = kind_of("Route53Resolver::ResolverRule"), kind_of("KinesisFirehose::DeliveryStream")
event_bus, addon = kind_of("Events::EventBus"), kind_of("EKS::Addon")
warehouse_subnets = kind_of("Redshift::ClusterSubnetGroup")
warehouse_parameters = kind_of("Redshift::ClusterParameterGroup")
product = kind_of("ServiceCatalog::CloudFormationProduct")
user_pool, vault = kind_of("Cognito::UserPool"), kind_of("Backup::BackupVault")
app_config, detector = kind_of("AppConfig::Application"), kind_of("GuardDuty::Detector")
transfer_server = kind_of("Transfer::Server")

WITHIN = {"applicationName": "$parent"}
deployment_group = row(
    at("AWS::CodeDeploy::DeploymentGroup", "codedeploy", "$uuid", "deploymentgroup:$parent/$name"),
    config={"deploymentGroupId": "$id", "deploymentGroupName": "$name", **WITHIN},
    by={**WITHIN, "deploymentGroupName": "$name"},
    tags=LOWER,
    delete="DeleteDeploymentGroup",
    updates=(
        call(
            "UpdateDeploymentGroup",
            {**WITHIN, "currentDeploymentGroupName": "$name", "deploymentConfigName": "N$n"},
            deploymentConfigName="N$n",
        ),
    ),
    mentions=(by("CreateDeployment", {"description": "release"}, {"deploymentId": "d-1"}),),
)

glue_job = row(
    at("AWS::Glue::Job", "glue", "$name", "job/$name"),
    config={"Name": "$name"},
    by={"jobName": "$name"},
    tags=(),
    tag=tagging(into="tagsToAdd", form="map", keys="tagsToRemove"),
    create=call("CreateJob", {"name": "$name", "role": "r"}, {"name": "$name"}),
    delete="DeleteJob",
    updates=(by("UpdateJob", {"jobUpdate": {"maxRetries": N}}, {"jobName": "$name"}, MaxRetries=N),),
    mentions=(call("CreateCrawler", {"name": "$name"}),),
)

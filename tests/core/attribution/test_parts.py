"""Calls that name an object and change a part with a life of its own are none of the object's."""

import pytest

from tests.core.attribution.called import arn, call, matched, of

PARTS = [
    ("Bedrock::Guardrail", "bedrock", "guardrailIdentifier", "CreateGuardrailVersion", "UpdateGuardrail"),
    ("Bedrock::Prompt", "bedrock", "promptIdentifier", "CreatePromptVersion", "UpdatePrompt"),
    (
        "Bedrock::Agent",
        "bedrock",
        "agentId",
        "CreateAgentAlias UpdateAgentAlias DeleteAgentAlias",
        "UpdateAgent",
    ),
    (
        "BedrockAgentCore::Runtime",
        "bedrock-agentcore",
        "agentRuntimeId",
        "CreateAgentRuntimeEndpoint UpdateAgentRuntimeEndpoint DeleteAgentRuntimeEndpoint",
        "UpdateAgentRuntime",
    ),
    (
        "Route53Resolver::FirewallRuleGroup",
        "route53resolver",
        "arn",
        "PutFirewallRuleGroupPolicy",
        "TagResource",
    ),
    ("Route53Resolver::ResolverRule", "route53resolver", "arn", "PutResolverRulePolicy", "TagResource"),
    (
        "SageMaker::Image",
        "sagemaker",
        "imageName",
        "CreateImageVersion UpdateImageVersion DeleteImageVersion",
        "UpdateImage",
    ),
    (
        "MediaPackageV2::Channel",
        "mediapackagev2",
        "channelName",
        "PutChannelPolicy DeleteChannelPolicy",
        "UpdateChannel",
    ),
    (
        "MediaPackageV2::OriginEndpoint",
        "mediapackagev2",
        "originEndpointName",
        "PutOriginEndpointPolicy DeleteOriginEndpointPolicy",
        "UpdateOriginEndpoint",
    ),
    (
        "S3Tables::TableBucket",
        "s3tables",
        "tableBucketARN",
        "PutTableBucketPolicy DeleteTableBucketPolicy",
        "TagResource",
    ),
    ("Lex::Bot", "lex", "botId", "CreateBotVersion DeleteBotVersion", "UpdateBot"),
    (
        "ElasticBeanstalk::Application",
        "elasticbeanstalk",
        "applicationName",
        "CreateApplicationVersion UpdateApplicationVersion DeleteApplicationVersion",
        "UpdateApplication",
    ),
    (
        "ImageBuilder::ContainerRecipe",
        "imagebuilder",
        "containerRecipeArn",
        "PutContainerRecipePolicy",
        "DeleteContainerRecipe",
    ),
    (
        "ImageBuilder::ImageRecipe",
        "imagebuilder",
        "imageRecipeArn",
        "PutImageRecipePolicy",
        "DeleteImageRecipe",
    ),
    ("Personalize::Solution", "personalize", "solutionArn", "CreateSolutionVersion", "UpdateSolution"),
    ("SSMContacts::Contact", "ssm-contacts", "contactArn", "PutContactPolicy", "UpdateContact"),
    ("MSK::Cluster", "kafka", "clusterArn", "PutClusterPolicy DeleteClusterPolicy", "UpdateBrokerCount"),
    (
        "AppConfig::Application",
        "appconfig",
        "applicationId",
        "CreateEnvironment UpdateEnvironment DeleteConfigurationProfile",
        "UpdateApplication",
    ),
    (
        "AutoScaling::AutoScalingGroup",
        "autoscaling",
        "autoScalingGroupName",
        "PutWarmPool DeleteWarmPool PutScalingPolicy PutLifecycleHook PutScheduledUpdateGroupAction",
        "UpdateAutoScalingGroup",
    ),
    (
        "Cognito::UserPool",
        "cognito-idp",
        "userPoolId",
        "CreateUserPoolClient UpdateUserPoolClient CreateGroup AdminCreateUser",
        "UpdateUserPool",
    ),
    ("Glue::Database", "glue", "databaseName", "CreateTable UpdateTable DeleteTable", None),
    ("ECS::Cluster", "ecs", "cluster", "CreateService UpdateService DeleteService RunTask", "UpdateCluster"),
    (
        "EKS::Cluster",
        "eks",
        "name",
        "CreateNodegroup UpdateNodegroupConfig CreateAddon DeleteFargateProfile",
        None,
    ),
]

DIFFERS = {"AutoScaling::AutoScalingGroup": "MaxSize", "MSK::Cluster": "KafkaVersion"}
"""Where a part may show in fields that nobody knows, what differs is one that is known."""


@pytest.mark.parametrize(("type_", "service", "key", "parts", "whole"), PARTS, ids=[row[0] for row in PARTS])
def test_a_call_on_a_part_is_none_of_the_objects(type_, service, key, parts, whole):
    name = "orders0123"
    id_ = arn(service, f"thing/{name}") if key.lower().endswith("arn") else name
    change = of(
        f"AWS::{type_}",
        id_,
        name,
        id_ if id_ != name else None,
        differs=f"Configuration.{DIFFERS.get(type_, 'Description')}",
    )
    for part in parts.split():
        assert matched(change, call(service, part, {key: id_})) == [], part
    if whole:
        key = "resourceArn" if whole == "TagResource" else key
        assert matched(change, call(service, whole, {key: id_})) == [whole]


def test_enough_of_them_are_tried():
    assert sum(len(row[3].split()) for row in PARTS) >= 50

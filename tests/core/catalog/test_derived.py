"""Calls that a type's own name does not tell, and calls on the very resource that its items never show."""

import re

import pytest

from iacwatch.core.catalog.catalog import ROWS, facts_of
from tests.core.attribution.called import CREATE, DELETE, UUID, arn, call, matched, of
from tests.fixtures.builders import ACCOUNT, REGION

ACTION = arn(
    "autoscaling", f"scheduledUpdateGroupAction:{UUID}:autoScalingGroupName/web:scheduledActionName/night"
)
POLICY = arn("autoscaling", f"scalingPolicy:{UUID}:autoScalingGroupName/web:policyName/up")
POINT = arn("backup", f"recovery-point:{UUID}")
ENDPOINTS = f"arn:aws:globalaccelerator::{ACCOUNT}:accelerator/{UUID}/listener/1a/endpoint-group/2b"
LOCATION = arn("datasync", "location/loc-0a1b2c3d4e5f60718")
STAGE = f"arn:aws:apigateway:{REGION}::/apis/a1/stages/$default"
IN_GROUP = {"autoScalingGroupName": "web"}


@pytest.mark.parametrize(
    ("changed", "event"),
    [
        (
            of("AWS::AutoScaling::ScheduledAction", ACTION, "night", ACTION),
            call(
                "autoscaling", "PutScheduledUpdateGroupAction", {**IN_GROUP, "scheduledActionName": "night"}
            ),
        ),
        (
            of("AWS::AutoScaling::ScheduledAction", ACTION, "night", ACTION, kind=DELETE),
            call(
                "autoscaling", "BatchDeleteScheduledAction", {**IN_GROUP, "scheduledActionNames": ["night"]}
            ),
        ),
        (
            of("AWS::AutoScaling::ScalingPolicy", POLICY, "up", POLICY, kind=DELETE),
            call("autoscaling", "DeletePolicy", {**IN_GROUP, "policyName": "up"}),
        ),
        (
            of("AWS::Route53Resolver::FirewallDomainList", "rslvr-fdl-1", "bad"),
            call("route53resolver", "UpdateFirewallDomains", {"firewallDomainListId": "rslvr-fdl-1"}),
        ),
        (
            of("AWS::Route53Resolver::FirewallRuleGroup", "rslvr-frg-1", "edge"),
            call("route53resolver", "DeleteFirewallRule", {"firewallRuleGroupId": "rslvr-frg-1"}),
        ),
        (
            of("AWS::Route53Resolver::ResolverEndpoint", "rslvr-out-1", "out"),
            call(
                "route53resolver",
                "DisassociateResolverEndpointIpAddress",
                {"resolverEndpointId": "rslvr-out-1"},
            ),
        ),
        (
            of("AWS::Cognito::UserPool", "eu-west-1_AbC", "people"),
            call("cognito-idp", "SetUserPoolMfaConfig", {"userPoolId": "eu-west-1_AbC"}),
        ),
        (
            of("AWS::SSM::Document", "patch", "patch"),
            call("ssm", "UpdateDocumentDefaultVersion", {"name": "patch", "documentVersion": "3"}),
        ),
        (
            of(
                "AWS::AccessAnalyzer::Analyzer",
                arn("access-analyzer", "analyzer/org"),
                "org",
                arn("access-analyzer", "analyzer/org"),
                differs="Configuration.ArchiveRules.0",
            ),
            call("access-analyzer", "CreateArchiveRule", {"analyzerName": "org", "ruleName": "x"}),
        ),
        (
            of("AWS::WorkSpaces::Workspace", "ws-1", kind=DELETE),
            call(
                "workspaces", "TerminateWorkspaces", {"terminateWorkspaceRequests": [{"workspaceId": "ws-1"}]}
            ),
        ),
        (
            of(
                "AWS::Signer::SigningProfile",
                arn("signer", "/signing-profiles/app"),
                "app",
                arn("signer", "/signing-profiles/app"),
                kind=DELETE,
            ),
            call("signer", "CancelSigningProfile", {"profileName": "app"}),
        ),
        (
            of(
                "AWS::Redshift::ClusterSnapshot", "nightly", "nightly", arn("redshift", "snapshot:dw/nightly")
            ),
            call("redshift", "AuthorizeSnapshotAccess", {"snapshotIdentifier": "nightly"}),
        ),
        (
            of(
                "AWS::Redshift::ClusterSnapshot",
                "nightly",
                "nightly",
                arn("redshift", "snapshot:dw/nightly"),
                kind=DELETE,
            ),
            call("redshift", "DeleteClusterSnapshot", {"snapshotIdentifier": "nightly"}),
        ),
        (
            of("AWS::Backup::RecoveryPoint", POINT, arn_=POINT, kind=CREATE, differs=""),
            call(
                "backup",
                "BackupJobCompleted",
                None,
                eventType="AwsServiceEvent",
                serviceEventDetails={"recoveryPointArn": POINT, "state": "COMPLETED"},
            ),
        ),
        (
            of("AWS::Backup::RecoveryPoint", POINT, arn_=POINT, kind=CREATE, differs=""),
            call(
                "backup",
                "StartBackupJob",
                {"resourceArn": "x", "iamRoleArn": "y"},
                {"recoveryPointArn": POINT},
            ),
        ),
        (
            of("AWS::GlobalAccelerator::EndpointGroup", ENDPOINTS, arn_=ENDPOINTS),
            call("globalaccelerator", "RemoveEndpoints", {"endpointGroupArn": ENDPOINTS}),
        ),
        (
            of(
                "AWS::ServiceCatalog::CloudFormationProduct",
                "prod-1",
                "vpc",
                differs="Configuration.ProvisioningArtifactParameters.1",
            ),
            call("servicecatalog", "CreateProvisioningArtifact", {"productId": "prod-1"}),
        ),
        (
            of("AWS::IoT::Policy", "fleet", "fleet"),
            call("iot", "SetDefaultPolicyVersion", {"policyName": "fleet"}),
        ),
        (
            of("AWS::ServiceDiscovery::HttpNamespace", "ns-1", "shop", kind=DELETE),
            call("servicediscovery", "DeleteNamespace", {"id": "ns-1"}),
        ),
        (
            of("AWS::DataSync::LocationS3", LOCATION, arn_=LOCATION, kind=CREATE, differs=""),
            call("datasync", "CreateLocationS3", {"s3BucketArn": "x"}, {"locationArn": LOCATION}),
        ),
        (
            of("AWS::DataSync::LocationS3", LOCATION, arn_=LOCATION, kind=DELETE),
            call("datasync", "DeleteLocation", {"locationArn": LOCATION}),
        ),
        (
            of("AWS::ApiGatewayV2::Integration", "a1|i1"),
            call("apigateway", "UpdateIntegration", {"apiId": "a1", "integrationId": "i1"}),
        ),
        (
            of(
                "AWS::EKS::IdentityProviderConfig",
                "okta|shop|oidc",
                "okta",
                arn("eks", f"identityproviderconfig/shop/oidc/okta/{UUID}"),
                kind=CREATE,
                differs="",
            ),
            call(
                "eks",
                "AssociateIdentityProviderConfig",
                {"name": "shop", "oidc": {"identityProviderConfigName": "okta"}},
            ),
        ),
        (
            of("AWS::EC2::VPCEndpointConnectionNotification", "vpce-nfn-0a", kind=CREATE, differs=""),
            call(
                "ec2",
                "CreateVpcEndpointConnectionNotification",
                {"CreateVpcEndpointConnectionNotificationRequest": {"ServiceId": "vpce-svc-1"}},
                {
                    "CreateVpcEndpointConnectionNotificationResponse": {
                        "connectionNotification": {"connectionNotificationId": "vpce-nfn-0a"}
                    }
                },
            ),
        ),
        (
            of(
                "AWS::ElasticBeanstalk::ApplicationVersion",
                arn("elasticbeanstalk", "applicationversion/shop/v7"),
                "v7",
                arn("elasticbeanstalk", "applicationversion/shop/v7"),
                kind=DELETE,
            ),
            call(
                "elasticbeanstalk",
                "DeleteApplicationVersion",
                {"applicationName": "shop", "versionLabel": "v7"},
            ),
        ),
        (
            of("AWS::Redshift::EndpointAccess", "dwh", "dwh"),
            call("redshift", "ModifyEndpointAccess", {"endpointName": "dwh"}),
        ),
        (
            of("AWS::ApiGatewayV2::Stage", STAGE, "$default", STAGE),
            call("apigateway", "UpdateStage", {"apiId": "a1", "stageName": "%24default"}),
        ),
    ],
)
def test_a_call_that_is_called_otherwise_than_its_type_is_found(changed, event):
    assert matched(changed, event) == [event.event_name]


BUCKET = of("AWS::S3::Bucket", "logs", "logs", differs="SupplementaryConfiguration.BucketPolicy.PolicyText")
FUNCTION = of("AWS::Lambda::Function", "jobs", "jobs", differs="Configuration.Timeout")
SECRET = arn("secretsmanager", "secret:db-AbCdEf")
GROUP = arn("autoscaling", f"autoScalingGroup:{UUID}:autoScalingGroupName/web")
API = f"arn:aws:apigateway:{REGION}::/restapis/a1"


@pytest.mark.parametrize(
    ("changed", "event", "in_other_fields"),
    [
        (
            BUCKET,
            call("s3", "PutBucketInventoryConfiguration", {"bucketName": "logs"}),
            "Configuration.InventoryConfigurations.0",
        ),
        (
            BUCKET,
            call("s3", "DeleteBucketMetricsConfiguration", {"bucketName": "logs"}),
            "Configuration.MetricsConfigurations.0",
        ),
        (
            FUNCTION,
            call("lambda", "CreateFunctionUrlConfig", {"functionName": "jobs"}),
            "Configuration.FunctionUrlConfig",
        ),
        (
            FUNCTION,
            call("lambda", "PutFunctionEventInvokeConfig", {"functionName": "jobs"}),
            "Configuration.EventInvokeConfig",
        ),
        (
            of("AWS::SecretsManager::Secret", SECRET, "db", SECRET),
            call("secretsmanager", "PutSecretValue", {"secretId": SECRET}),
            "Configuration.LastChangedDate",
        ),
        (
            of(
                "AWS::AutoScaling::AutoScalingGroup",
                GROUP,
                "web",
                GROUP,
                differs="Configuration.DesiredCapacity",
            ),
            call("autoscaling", "PutLifecycleHook", {**IN_GROUP, "lifecycleHookName": "h"}),
            "Configuration.LifecycleHookSpecificationList.0",
        ),
        (
            of("AWS::ApiGateway::RestApi", API, "shop", API),
            call("apigateway", "PutGatewayResponse", {"restApiId": "a1", "responseType": "DEFAULT_4XX"}),
            "Configuration.GatewayResponses.0",
        ),
    ],
)
def test_a_call_that_the_item_does_not_show_is_no_cause_of_what_it_shows(changed, event, in_other_fields):
    thing = changed.resource
    assert matched(changed, event) == []
    assert matched(of(thing.type, thing.id, thing.name, thing.arn, differs=in_other_fields), event) == [
        event.event_name
    ]


def test_whoever_sets_a_new_secrets_value_did_not_create_it():
    made = of("AWS::SecretsManager::Secret", SECRET, "db", SECRET, kind=CREATE, differs="")
    creation = call("secretsmanager", "CreateSecret", {"name": "db"}, {"arn": SECRET})
    value = call("secretsmanager", "PutSecretValue", {"secretId": SECRET})
    assert matched(made, creation, value) == ["CreateSecret"]


def test_an_order_that_failed_for_one_of_several_is_not_that_ones_cause():
    event = call(
        "workspaces",
        "TerminateWorkspaces",
        {"terminateWorkspaceRequests": [{"workspaceId": "ws-1"}, {"workspaceId": "ws-2"}]},
        {"failedRequests": [{"workspaceId": "ws-1", "errorCode": "ResourceNotFound"}]},
    )
    assert matched(of("AWS::WorkSpaces::Workspace", "ws-1", kind=DELETE), event) == []
    assert matched(of("AWS::WorkSpaces::Workspace", "ws-2", kind=DELETE), event) == ["TerminateWorkspaces"]


def test_actions_of_one_name_in_two_groups_are_told_apart():
    changed = of("AWS::AutoScaling::ScheduledAction", ACTION, "night", ACTION)
    other = {"autoScalingGroupName": "batch", "scheduledActionName": "night"}
    assert matched(changed, call("autoscaling", "PutScheduledUpdateGroupAction", other)) == []


@pytest.mark.parametrize("type_", sorted(type_ for type_, row in ROWS.items() if row.derived))
def test_what_a_type_adds_is_read_and_takes_nothing_away(type_):
    facts, more = facts_of(type_), ROWS[type_]
    assert facts.derived
    for pattern in (facts.acts, facts.creates, facts.deletes, *(rule.events for rule in facts.shows)):
        re.compile(pattern)
    assert set(more.targets) <= set(facts.targets)
    for added in (more.creates, more.deletes):
        assert added in facts.acts
    assert re.fullmatch(facts.acts, "TagResource")

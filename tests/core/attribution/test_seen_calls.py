"""Calls on the very resource, and in which fields its items show them: nobody is blamed for what he did not change."""

from functools import cache

import pytest
from botocore.session import Session

from iacwatch.core.attribution.aws_fields import ChangedBy, changed_by
from iacwatch.core.attribution.calls import full
from iacwatch.core.catalog.catalog import KNOWN, ROWS, facts_of
from tests.core.attribution.called import CREATE, DELETE, arn, call, matched, of
from tests.fixtures.builders import ACCOUNT, REGION

BOTO = {
    "apigateway": ("apigateway", "apigatewayv2"),
    "elasticfilesystem": ("efs",),
    "elasticloadbalancing": ("elb", "elbv2"),
    "es": ("opensearch", "es"),
    "monitoring": ("cloudwatch",),
    "s3": ("s3", "s3control"),
    "states": ("stepfunctions",),
}
"""What boto3 calls services that CloudTrail calls otherwise."""

INSTANCE = ("AWS::EC2::Instance", "i-0a")
BALANCER = arn("elasticloadbalancing", "loadbalancer/app/web/50dc6c495c0c9188")
LISTENER = arn("elasticloadbalancing", "listener/app/web/50dc6c495c0c9188/0467ef3c8400ae65")
LOAD = ("AWS::ElasticLoadBalancingV2::LoadBalancer", BALANCER, "web", BALANCER)
PORT = ("AWS::ElasticLoadBalancingV2::Listener", LISTENER, None, LISTENER)
SECRET = arn("secretsmanager", "secret:db-AbCdEf")
VAULT = ("AWS::SecretsManager::Secret", SECRET, "db", SECRET)
FUNCTION = ("AWS::Lambda::Function", "jobs", "jobs", arn("lambda", "function:jobs"))
TABLE_ARN = arn("dynamodb", "table/orders")
ORDERS = ("AWS::DynamoDB::Table", "orders", "orders", TABLE_ARN)
SERVICE = arn("ecs", "service/main/web")
TASKS = ("AWS::ECS::Service", SERVICE, "web", SERVICE)
GROUP = arn("autoscaling", "autoScalingGroup:0a:autoScalingGroupName/web")
SCALED = ("AWS::AutoScaling::AutoScalingGroup", GROUP, "web", GROUP)
STREAM = ("AWS::Kinesis::Stream", "clicks", "clicks", arn("kinesis", "stream/clicks"))
ACL = arn("wafv2", "regional/webacl/edge/0a")
WALL = ("AWS::WAFv2::WebACL", ACL, "edge", ACL)
BROKERS = arn("kafka", "cluster/events/0a")
ZONE = ("AWS::Route53::HostedZone", "Z0A", "example.com.")
TRAIL = ("AWS::CloudTrail::Trail", "org", None, arn("cloudtrail", "trail/org"))
API = arn("appsync", "apis/a1")
STAGE = f"arn:aws:apigateway:{REGION}::/restapis/a1/stages/prod"
BUCKET = ("AWS::S3::Bucket", "logs", "logs", "arn:aws:s3:::logs")
CLUSTER_ARN = arn("rds", "cluster:dw")
CLUSTER = ("AWS::RDS::DBCluster", "cluster-0A", "dw", CLUSTER_ARN)
DATABASE = ("AWS::RDS::DBInstance", "db-0A", "dw-1", arn("rds", "db:dw-1"))

UNSEEN = [
    # What an instance, an address, an interface or a VPC has that no item tells.
    (
        INSTANCE,
        call(
            "ec2", "ModifyInstanceAttribute", {"instanceId": "i-0a", "disableApiTermination": {"value": True}}
        ),
        "MetadataOptions.HttpTokens",
        "InstanceType",
    ),
    (
        INSTANCE,
        call(
            "ec2",
            "ModifyInstanceNetworkPerformanceOptions",
            {"ModifyInstanceNetworkPerformanceOptionsRequest": {"InstanceId": "i-0a"}},
        ),
        "State.Name",
        "NetworkPerformanceOptions.BandwidthWeighting",
    ),
    (
        ("AWS::EC2::VPC", "vpc-0a"),
        call("ec2", "ModifyVpcAttribute", {"vpcId": "vpc-0a", "enableDnsHostnames": {"value": True}}),
        "DhcpOptionsId",
        "EnableDnsHostnames",
    ),
    (
        ("AWS::EC2::SecurityGroup", "sg-0a", "web"),
        call("ec2", "AssociateSecurityGroupVpc", {"groupId": "sg-0a", "vpcId": "vpc-0b"}),
        "IpPermissions.0",
        "VpcAssociations.0",
    ),
    (
        ("AWS::EC2::NetworkInterface", "eni-0a"),
        call("ec2", "CreateNetworkInterfacePermission", {"networkInterfaceId": "eni-0a"}),
        "Groups.0",
        "Permissions.0",
    ),
    (
        ("AWS::EC2::EIP", "eipalloc-0a", "52.0.0.9"),
        call("ec2", "ModifyAddressAttribute", {"allocationId": "eipalloc-0a", "domainName": "x.example.com"}),
        "AssociationId",
        "PtrRecord",
    ),
    (
        ("AWS::EC2::EIP", "eipalloc-0a", "52.0.0.9"),
        call("ec2", "EnableAddressTransfer", {"allocationId": "eipalloc-0a", "transferAccountId": "1"}),
        "NetworkInterfaceId",
        "AddressTransferStatus",
    ),
    (
        ("AWS::EC2::Volume", "vol-0a"),
        call("ec2", "ModifyVolumeAttribute", {"volumeId": "vol-0a", "autoEnableIO": {"value": True}}),
        "Size",
        "AutoEnableIO",
    ),
    (
        ("AWS::EC2::LaunchTemplate", "lt-0a", "web"),
        call(
            "ec2",
            "DeleteLaunchTemplateVersions",
            {"DeleteLaunchTemplateVersionsRequest": {"LaunchTemplateId": "lt-0a"}},
        ),
        "LatestVersionNumber",
        "Versions.3",
    ),
    (
        ("AWS::EC2::VPCEndpointService", "vpce-svc-0a"),
        call(
            "ec2",
            "ModifyVpcEndpointServicePermissions",
            {"ModifyVpcEndpointServicePermissionsRequest": {"ServiceId": "vpce-svc-0a"}},
        ),
        "AcceptanceRequired",
        "AllowedPrincipals.0",
    ),
    (
        ("AWS::EC2::VPNConnection", "vpn-0a"),
        call("ec2", "ReplaceVpnTunnel", {"ReplaceVpnTunnelRequest": {"VpnConnectionId": "vpn-0a"}}),
        "Options.TunnelOptions.0",
        "VgwTelemetry.0",
    ),
    # Identities, keys and secrets.
    (
        ("AWS::IAM::Role", "AROA1", "deploy", f"arn:aws:iam::{ACCOUNT}:role/deploy"),
        call("iam", "UpdateRole", {"roleName": "deploy", "maxSessionDuration": 7200}),
        "AssumeRolePolicyDocument",
        "MaxSessionDuration",
    ),
    (
        ("AWS::KMS::Key", "0a-1", None, arn("kms", "key/0a-1")),
        call("kms", "RotateKeyOnDemand", {"keyId": "0a-1"}),
        "KeyState",
        "OnDemandRotationStartDate",
    ),
    (VAULT, call("secretsmanager", "RotateSecret", {"secretId": SECRET}), "Description", "RotationRules.0"),
    (
        VAULT,
        call("secretsmanager", "PutResourcePolicy", {"secretId": "db"}),
        "RotationEnabled",
        "ResourcePolicy",
    ),
    (
        VAULT,
        call("secretsmanager", "ReplicateSecretToRegions", {"secretId": "db"}),
        "KMSKeyId",
        "ReplicaRegions.0",
    ),
    # Data.
    (
        BUCKET,
        call("s3", "PutBucketOwnershipControls", {"bucketName": "logs"}),
        "BucketPolicy",
        "OwnershipControls",
    ),
    (
        ORDERS,
        call("dynamodb", "UpdateTimeToLive", {"tableName": "orders"}),
        "BillingModeSummary",
        "TimeToLive",
    ),
    (
        ORDERS,
        call("dynamodb", "PutResourcePolicy", {"resourceArn": TABLE_ARN}),
        "SSEDescription.Status",
        "ResourcePolicy",
    ),
    (
        STREAM,
        call("kinesis", "EnableEnhancedMonitoring", {"streamName": "clicks"}),
        "ShardCount",
        "DesiredShardLevelMetrics.0",
    ),
    (
        ("AWS::EFS::FileSystem", "fs-0a", "fs-0a"),
        call("elasticfilesystem", "UpdateFileSystemProtection", {"fileSystemId": "fs-0a"}),
        "ThroughputMode",
        "FileSystemProtection",
    ),
    (
        ("AWS::MSK::Cluster", BROKERS, "events", BROKERS),
        call("kafka", "PutClusterPolicy", {"clusterArn": BROKERS}),
        "NumberOfBrokerNodes",
        "ClusterPolicy",
    ),
    (
        DATABASE,
        call("rds", "ApplyPendingMaintenanceAction", {"resourceIdentifier": arn("rds", "db:dw-1")}),
        "DBInstanceClass",
        "EngineVersion",
    ),
    (
        CLUSTER,
        call("rds", "ModifyCurrentDBClusterCapacity", {"dBClusterIdentifier": "dw"}),
        "DeletionProtection",
        "Capacity",
    ),
    (
        ("AWS::Redshift::Cluster", "dw", "dw"),
        call("redshift", "CreateCustomDomainAssociation", {"clusterIdentifier": "dw"}),
        "NodeType",
        "CustomDomainName",
    ),
    (
        ("AWS::OpenSearch::Domain", "search", "search"),
        call("es", "StartServiceSoftwareUpdate", {"domainName": "search"}),
        "EBSOptions.VolumeSize",
        "ServiceSoftwareOptions.UpdateStatus",
    ),
    # What computes and balances.
    (
        FUNCTION,
        call("lambda", "PutRuntimeManagementConfig", {"functionName": "jobs"}),
        "Timeout",
        "RuntimeVersionConfig",
    ),
    (FUNCTION, call("lambda", "AddPermission20150331v2", {"functionName": "jobs"}), "MemorySize", "Policy"),
    (
        FUNCTION,
        call("lambda", "PublishVersion20150331", {"functionName": "jobs"}),
        "State",
        "Version",
    ),
    (
        TASKS,
        call("ecs", "CreateTaskSet", {"cluster": "main", "service": "web"}),
        "DesiredCount",
        "TaskSets.0",
    ),
    (
        ("AWS::EKS::Cluster", "shop", "shop"),
        call("eks", "AssociateIdentityProviderConfig", {"clusterName": "shop"}),
        "Version",
        "IdentityProviders.0",
    ),
    (
        SCALED,
        call("autoscaling", "PutNotificationConfiguration", {"autoScalingGroupName": "web"}),
        "LifeCycleHooks.0",
        "NotificationConfigurations.0",
    ),
    (
        SCALED,
        call("autoscaling", "StartInstanceRefresh", {"autoScalingGroupName": "web"}),
        "DesiredCapacity",
        "Instances.0",
    ),
    (
        LOAD,
        call("elasticloadbalancing", "ModifyCapacityReservation", {"loadBalancerArn": BALANCER}),
        "LoadBalancerAttributes.0",
        "MinimumLoadBalancerCapacity",
    ),
    (
        PORT,
        call("elasticloadbalancing", "AddListenerCertificates", {"listenerArn": LISTENER}),
        "SslPolicy",
        "Certificates.1",
    ),
    (
        ("AWS::ElasticBeanstalk::Environment", "e-1", "web"),
        call("elasticbeanstalk", "RebuildEnvironment", {"environmentName": "web"}),
        "VersionLabel",
        "Health",
    ),
    (
        ("AWS::CodeBuild::Project", "0a-2", "build", arn("codebuild", "project/build")),
        call("codebuild", "PutResourcePolicy", {"resourceArn": arn("codebuild", "project/build")}),
        "Environment.Image",
        "ResourcePolicy",
    ),
    (
        (
            "AWS::CloudFormation::Stack",
            arn("cloudformation", "stack/net/0a"),
            "net",
            arn("cloudformation", "stack/net/0a"),
        ),
        call("cloudformation", "SetStackPolicy", {"stackName": "net"}),
        "Parameters.0",
        "StackPolicy",
    ),
    (
        ("AWS::AppSync::GraphQLApi", "a1", "shop", API),
        call("appsync", "PutGraphqlApiEnvironmentVariables", {"apiId": "a1"}),
        "AuthenticationType",
        "EnvironmentVariables.0",
    ),
    # What tells, routes, guards and watches.
    (TRAIL, call("cloudtrail", "StopLogging", {"name": "org"}), "KmsKeyId", "IsLogging"),
    (
        TRAIL,
        call("cloudtrail", "PutEventSelectors", {"trailName": "org"}),
        "S3BucketName",
        "HasCustomEventSelectors",
    ),
    (
        ZONE,
        call("route53", "EnableHostedZoneDNSSEC", {"hostedZoneId": "Z0A"}),
        "HostedZoneConfig.Comment",
        "DNSSEC",
    ),
    (ZONE, call("route53", "CreateKeySigningKey", {"hostedZoneId": "Z0A"}), "VPCs.0", "KeySigningKeys.0"),
    (
        ("AWS::SNS::Topic", arn("sns", "alerts"), "alerts", arn("sns", "alerts")),
        call("sns", "PutDataProtectionPolicy", {"resourceArn": arn("sns", "alerts")}),
        "KmsMasterKeyId",
        "DataProtectionPolicy",
    ),
    (
        WALL,
        call("wafv2", "PutLoggingConfiguration", {"loggingConfiguration": {"resourceArn": ACL}}),
        "Rules.0",
        "LoggingConfiguration",
    ),
    (
        ("AWS::NetworkFirewall::Firewall", "0a-3", "edge", arn("network-firewall", "firewall/edge")),
        call("network-firewall", "UpdateLoggingConfiguration", {"firewallName": "edge"}),
        "Firewall.DeleteProtection",
        "LoggingConfiguration",
    ),
    (
        ("AWS::ApiGateway::Stage", STAGE, "prod", STAGE),
        call("wafv2", "AssociateWebACL", {"webACLArn": ACL, "resourceArn": STAGE}),
        "TracingEnabled",
        "WebAclArn",
    ),
]


@pytest.mark.parametrize(
    ("thing", "event", "elsewhere", "there"),
    UNSEEN,
    ids=[f"{row[0][0]}-{row[1].event_name}" for row in UNSEEN],
)
def test_a_call_counts_where_the_item_shows_it_and_nowhere_else(thing, event, elsewhere, there):
    assert matched(of(*thing, differs=f"Configuration.{elsewhere}"), event) == []
    assert matched(of(*thing, differs=f"SupplementaryConfiguration.{elsewhere}"), event) == []
    assert matched(of(*thing, differs="Tags.1"), event) == []
    assert matched(of(*thing, differs=f"Configuration.{there}"), event) == [event.event_name]


@pytest.mark.parametrize(
    ("thing", "event"),
    [
        (
            INSTANCE,
            call(
                "ec2",
                "ModifyInstanceCreditSpecification",
                {"instanceCreditSpecification": {"instanceId": "i-0a"}},
                {"successfulInstanceCreditSpecificationSet": {"items": [{"instanceId": "i-0a"}]}},
            ),
        ),
        (INSTANCE, call("ec2", "ModifyInstanceEventStartTime", {"instanceId": "i-0a"})),
        (INSTANCE, call("ec2", "RebootInstances", {"instancesSet": {"items": [{"instanceId": "i-0a"}]}})),
        # A version or an alias is not the function.
        (FUNCTION, call("lambda", "DeleteFunction20150331", {"functionName": "jobs", "qualifier": "3"})),
        (FUNCTION, call("lambda", "AddPermission20150331v2", {"functionName": "jobs", "qualifier": "live"})),
        (
            FUNCTION,
            call("lambda", "DeleteFunction20150331", {"functionName": f"{arn('lambda', 'function:jobs')}:3"}),
        ),
    ],
)
@pytest.mark.parametrize("field", ["SecurityGroups.0", "Policy", "Unknown"])
def test_a_call_on_the_resource_that_changes_nothing_of_it_is_never_the_cause(thing, event, field):
    assert matched(of(*thing, differs=f"Configuration.{field}"), event) == []


VPC = {"VpcId": "vpc-0a"}
IN_VPC = "Configuration.vpcId"
_STAGES = (
    (
        "apigateway",
        "AWS::ApiGateway::Stage",
        "/restapis/r1/stages/live",
        "DeleteRestApi",
        {"restApiId": "r1"},
    ),
    ("apigateway", "AWS::ApiGatewayV2::Stage", "/apis/r1/stages/live", "DeleteApi", {"apiId": "r1"}),
)
MISSED = [
    # A stage's item names its API in the ARN alone.
    *(
        (
            of(
                kind,
                f"arn:aws:apigateway:{REGION}::{path}",
                "live",
                f"arn:aws:apigateway:{REGION}::{path}",
                kind=DELETE,
            ),
            call(service, name, request),
        )
        for service, kind, path, name, request in _STAGES
    ),
    # A VPC's own group, list and table end with it; a new subnet begins with that list.
    (
        of("AWS::EC2::SecurityGroup", "sg-0a", "default", kind=DELETE, differs=IN_VPC, before="vpc-0a"),
        call("ec2", "DeleteVpc", {"vpcId": "vpc-0a"}),
    ),
    (
        of("AWS::EC2::NetworkAcl", "acl-0a", kind=DELETE, differs=IN_VPC, before="vpc-0a"),
        call("ec2", "DeleteVpc", {"vpcId": "vpc-0a"}),
    ),
    (
        of("AWS::EC2::RouteTable", "rtb-0a", kind=DELETE, differs=IN_VPC, before="vpc-0a"),
        call("ec2", "DeleteVpc", {"vpcId": "vpc-0a"}),
    ),
    (
        of(
            "AWS::EC2::NetworkAcl",
            "acl-0a",
            differs="Configuration.associations.0",
            after={"subnetId": "subnet-0a"},
        ),
        call("ec2", "CreateSubnet", {"vpcId": "vpc-0a"}, {"subnet": {"subnetId": "subnet-0a"}}),
    ),
    (
        of(
            "AWS::EC2::RouteTable",
            "rtb-0a",
            differs="Configuration.routes.0",
            before={"natGatewayId": "nat-0a"},
        ),
        call("ec2", "DeleteNatGateway", {"DeleteNatGatewayRequest": {"NatGatewayId": "nat-0a"}}),
    ),
    (
        of(
            "AWS::EC2::RouteTable", "rtb-0a", differs="Configuration.routes.0", before={"gatewayId": "igw-0a"}
        ),
        call("ec2", "DetachInternetGateway", {"internetGatewayId": "igw-0a", "vpcId": "vpc-0a"}),
    ),
    (
        of(
            "AWS::EC2::NetworkInterface",
            "eni-0a",
            differs="Configuration.association",
            state={"attachment": {"instanceId": "i-0a"}},
        ),
        call("ec2", "AssociateAddress", {"instanceId": "i-0a", "publicIp": "52.0.0.9"}),
    ),
    (
        of("AWS::EC2::EIP", "eipalloc-0a", "52.0.0.9", kind=CREATE, differs=""),
        call(
            "ec2",
            "AcceptAddressTransfer",
            {"AcceptAddressTransferRequest": {"Address": "52.0.0.9"}},
            {"AcceptAddressTransferResponse": {"addressTransfer": {"publicIp": "52.0.0.9"}}},
        ),
    ),
    (
        of("AWS::EC2::Volume", "vol-0a", kind=CREATE, differs=""),
        call(
            "ec2",
            "CopyVolumes",
            {"CopyVolumesRequest": {"SourceVolumeId": "vol-0b"}},
            {"CopyVolumesResponse": {"volumeSet": {"item": [{"volumeId": "vol-0a"}]}}},
        ),
    ),
    (
        of("AWS::EC2::Instance", "i-0a", kind=CREATE, differs=""),
        call(
            "ec2",
            "CreateFleet",
            {"CreateFleetRequest": {"Type": "instant"}},
            {"CreateFleetResponse": {"fleetInstanceSet": {"item": {"instanceIds": {"item": "i-0a"}}}}},
        ),
    ),
    (
        of("AWS::EC2::Host", "h-0a", differs="Configuration.hostReservationId"),
        call("ec2", "PurchaseHostReservation", {"PurchaseHostReservationRequest": {"HostIdSet": "h-0a"}}),
    ),
    (
        of(*CLUSTER, differs="Configuration.activityStreamStatus"),
        call("rds", "StartActivityStream", {"resourceArn": CLUSTER_ARN, "mode": "async"}),
    ),
    (
        of(*CLUSTER, differs="Configuration.httpEndpointEnabled"),
        call("rds", "EnableHttpEndpoint", {"resourceArn": CLUSTER_ARN}),
    ),
    (
        of(*DATABASE, differs="Configuration.dBInstanceIdentifier", before="dw-1-green", after="dw-1"),
        call(
            "rds",
            "SwitchoverBlueGreenDeployment",
            {"blueGreenDeploymentIdentifier": "bgd-1"},
            {"blueGreenDeployment": {"source": arn("rds", "db:dw-1"), "target": arn("rds", "db:dw-1-green")}},
        ),
    ),
    (
        of(*DATABASE, differs="Configuration.readReplicaDBInstanceIdentifiers.0", before="dw-2"),
        call("rds", "PromoteReadReplica", {"dBInstanceIdentifier": "dw-2"}),
    ),
    (
        of(
            *DATABASE,
            differs="Configuration.dBParameterGroups.0",
            before={"dBParameterGroupName": "tuned", "parameterApplyStatus": "in-sync"},
        ),
        call("rds", "ModifyDBParameterGroup", {"dBParameterGroupName": "tuned"}),
    ),
    (
        of(
            *CLUSTER,
            differs="Configuration.dbclusterMembers.0",
            state={"dbclusterParameterGroup": "tuned"},
        ),
        call("rds", "ModifyDBClusterParameterGroup", {"dBClusterParameterGroupName": "tuned"}),
    ),
    (
        of(
            *CLUSTER,
            differs="Configuration.globalWriteForwardingStatus",
            state={"dbclusterArn": CLUSTER_ARN},
        ),
        call(
            "rds",
            "SwitchoverGlobalCluster",
            {"globalClusterIdentifier": "g", "targetDbClusterIdentifier": CLUSTER_ARN},
        ),
    ),
    (
        of(
            "AWS::Redshift::Cluster",
            "dw",
            "dw",
            differs="Configuration.clusterParameterGroups.0",
            before={"parameterGroupName": "tuned", "parameterApplyStatus": "in-sync"},
        ),
        call("redshift", "ModifyClusterParameterGroup", {"parameterGroupName": "tuned"}),
    ),
    (
        of(*ORDERS, differs="Configuration.replicas.0"),
        call("dynamodb", "UpdateGlobalTable", {"globalTableName": "orders"}),
    ),
    (
        of("AWS::CloudFront::Distribution", "E1", differs="Configuration.distributionConfig.aliases.0"),
        call(
            "cloudfront",
            "UpdateDomainAssociation",
            {"domain": "x", "targetResource": {"distributionId": "E1"}},
        ),
    ),
]


@pytest.mark.parametrize(
    ("changed", "event"), MISSED, ids=[f"{row[0].resource.type}-{row[1].event_name}" for row in MISSED]
)
def test_a_call_that_names_the_resource_elsewhere_or_a_neighbour_is_found(changed, event):
    assert matched(changed, event) == [event.event_name]


def test_a_group_that_somebody_deleted_did_not_end_with_its_vpc():
    changed = of("AWS::EC2::SecurityGroup", "sg-0a", "web", kind=DELETE, differs=IN_VPC, before="vpc-0a")
    person = call("ec2", "DeleteSecurityGroup", {"groupId": "sg-0a"})
    assert matched(changed, call("ec2", "DeleteVpc", {"vpcId": "vpc-0a"}), person) == ["DeleteSecurityGroup"]


def test_whoever_works_on_a_replica_did_not_change_what_it_is_a_replica_of():
    changed = of(*DATABASE, differs="Configuration.readReplicaDBInstanceIdentifiers.0", after="dw-2")
    made = call("rds", "CreateDBInstanceReadReplica", {"dBInstanceIdentifier": "dw-2"})
    other = call("rds", "ModifyDBInstance", {"dBInstanceIdentifier": "dw-2"})
    assert matched(changed, made, other) == ["CreateDBInstanceReadReplica"]


@pytest.mark.parametrize(
    ("type_", "field"),
    [
        ("AWS::EC2::EIP", "associationId"),
        ("AWS::EC2::Host", "availableCapacity.availableVCpus"),
        ("AWS::ApiGatewayV2::Stage", "deploymentId"),
        ("AWS::AutoScaling::AutoScalingGroup", "predictedCapacity"),
        ("AWS::SecretsManager::Secret", "RotationOccurringAsScheduled"),
        ("AWS::Redshift::Cluster", "dataTransferProgress.status"),
    ],
)
def test_what_follows_a_call_on_something_else_is_a_side_effect_where_no_call_explains_it(type_, field):
    assert changed_by(of(type_, "x", differs=f"Configuration.{field}")) is ChangedBy.FOLLOWS


@pytest.mark.parametrize("type_", sorted(type_ for type_, row in ROWS.items() if row.item_fields))
def test_what_an_item_holds_is_used_by_a_rule_of_its_type_alone(type_):
    facts = facts_of(type_)
    rules = [
        rule
        for rule in facts.shows
        if rule.unless and set(facts.item_fields) <= {*rule.unless, "description"}
    ]
    assert rules, f"no call of {type_} is told apart by what its items hold"
    assert all(key == key.lower() and "." not in key for key in facts.item_fields)


@cache
def operations(source):
    """Return the names of a service's calls, as boto3 knows them."""
    models = BOTO.get(source, (source,))
    return frozenset(name for model in models for name in Session().get_service_model(model).operation_names)


@pytest.mark.parametrize("type_", KNOWN)
def test_a_rule_of_a_type_tells_of_calls_that_exist_and_that_no_other_rule_takes(type_):
    facts = facts_of(type_)
    known = frozenset(name for source in facts.sources for name in operations(source))
    for place, rule in enumerate(facts.shows):
        named = {name for name in known if full(rule.events, name)}
        assert bool(rule.fields) != bool(rule.unless), rule
        assert named, rule.events
        assert not {name for name in named if full(facts.acts, name)}, rule.events
        earlier = facts.shows[:place]
        assert not {name for name in named if any(full(other.events, name) for other in earlier)}
    assert {name for name in known if full(facts.deletes, name)}
    assert {name for name in known if full(facts.creates, name)}

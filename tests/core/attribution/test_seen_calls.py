"""Calls on the very resource, and in which fields its items show them: nobody is blamed for what he did not change."""

from functools import cache

import pytest
from botocore.session import Session

from iacwatch.core.attribution.calls import full
from iacwatch.core.catalog.catalog import KNOWN, ROWS, facts_of
from tests.core.attribution.called import CREATE, DELETE, api, arn, matched, of, ranked
from tests.fixtures.builders import REGION

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


def in_request(name, sent):
    """Return a call whose parameters lie below a key that is called after it."""
    return f"{name} {name}Request.{sent}"


INSTANCE = ("EC2::Instance", "i-0a")
INTERFACE = ("EC2::NetworkInterface", "eni-0a")
ADDRESS = ("EC2::EIP", "eipalloc-0a", "52.0.0.9")
ORDERS = ("DynamoDB::Table", "orders", "orders", arn("dynamodb", "table/orders"))
CLUSTER_ARN, DATABASE_ARN = arn("rds", "cluster:dw"), arn("rds", "db:dw-1")
CLUSTER = ("RDS::DBCluster", "cluster-0A", "dw", CLUSTER_ARN)
DATABASE = ("RDS::DBInstance", "db-0A", "dw-1", DATABASE_ARN)
FUNCTION = ("Lambda::Function", "jobs", "jobs", arn("lambda", "function:jobs"))
STACK = arn("cloudformation", "stack/net/0a")
ALERTS = arn("sns", "alerts")
ACL = arn("wafv2", "regional/webacl/edge/0a")
LIVE = f"arn:aws:apigateway:{REGION}::/restapis/a1/stages/prod"

SEEN = f"""
EC2::Instance i-0a | ec2 {in_request("ModifyInstanceNetworkPerformanceOptions", "InstanceId=i-0a")} | State.Name | NetworkPerformanceOptions.X
EC2::EIP eipalloc-0a 52.0.0.9 | ec2 EnableAddressTransfer allocationId=eipalloc-0a | InstanceId | AddressTransferStatus
EC2::VPNConnection vpn-0a | ec2 {in_request("ReplaceVpnTunnel", "VpnConnectionId=vpn-0a")} | Options.TunnelOptions.0 | VgwTelemetry.0
Kinesis::Stream clicks clicks | kinesis EnableEnhancedMonitoring streamName=clicks | ShardCount | DesiredShardLevelMetrics.0
RDS::DBCluster cluster-0A dw | rds ModifyCurrentDBClusterCapacity dBClusterIdentifier=dw | DeletionProtection | Capacity
Redshift::Cluster dw dw | redshift CreateCustomDomainAssociation clusterIdentifier=dw | NodeType | CustomDomainName
OpenSearch::Domain search search | es StartServiceSoftwareUpdate domainName=search | EBSOptions.VolumeSize | ServiceSoftwareOptions.X
Lambda::Function jobs jobs | lambda PutRuntimeManagementConfig functionName=jobs | Timeout | RuntimeVersionConfig
ElasticBeanstalk::Environment e-1 web | elasticbeanstalk RebuildEnvironment environmentName=web | VersionLabel | Health
CloudFormation::Stack {STACK} net {STACK} | cloudformation SetStackPolicy stackName=net | Parameters.0 | StackPolicy
CloudTrail::Trail org org | cloudtrail StopLogging name=org | KmsKeyId | IsLogging
SNS::Topic {ALERTS} alerts {ALERTS} | sns PutDataProtectionPolicy resourceArn={ALERTS} | KmsMasterKeyId | DataProtectionPolicy
WAFv2::WebACL {ACL} edge {ACL} | wafv2 PutLoggingConfiguration loggingConfiguration.resourceArn={ACL} | Rules.0 | LoggingConfiguration
NetworkFirewall::Firewall 0a-3 edge | network-firewall UpdateLoggingConfiguration firewallName=edge | Firewall.X | LoggingConfiguration
"""
"""A thing, a call on it, a field in which it does not show, and one in which it does; the corpus has many more."""


@pytest.mark.parametrize("row", SEEN.split("\n")[1:-1], ids=lambda row: row.split()[0])
def test_a_call_counts_where_the_item_shows_it_and_nowhere_else(row):
    thing, line, elsewhere, there = row.split(" | ")
    for path in (f"Configuration.{elsewhere}", f"SupplementaryConfiguration.{elsewhere}", "Tags.1"):
        assert matched(of(*thing.split(), differs=path), api(line)) == []
    assert matched(of(*thing.split(), differs=f"Configuration.{there}"), api(line)) == [line.split()[1]]


CREDIT = "InstanceCreditSpecification"
NEVER = [
    (INSTANCE, f"ec2 Modify{CREDIT} x.instanceId=i-0a -> successful{CREDIT}Set.items.instanceId=i-0a"),
    (INSTANCE, "ec2 ModifyInstanceEventStartTime instanceId=i-0a"),
    # A version or an alias is not the function.
    (FUNCTION, "lambda DeleteFunction20150331 functionName=jobs qualifier=3"),
    (FUNCTION, "lambda AddPermission20150331v2 functionName=jobs qualifier=live"),
    (FUNCTION, f"lambda DeleteFunction20150331 functionName={arn('lambda', 'function:jobs')}:3"),
]


@pytest.mark.parametrize(("thing", "line"), NEVER)
def test_a_call_on_the_resource_that_changes_nothing_of_it_is_never_the_cause(thing, line):
    for field in ("SecurityGroups.0", "Policy", "Unknown"):
        assert matched(of(*thing, differs=f"Configuration.{field}"), api(line)) == []


def gone(type_, id_, name=None, **more):
    return of(type_, id_, name, kind=DELETE, **more)


def made(*thing):
    return of(*thing, kind=CREATE, differs="")


def differs(thing, field, **more):
    return of(*thing, differs=f"Configuration.{field}", **more)


IN_VPC = {"differs": "Configuration.vpcId", "before": "vpc-0a"}
ROUTES = ("EC2::RouteTable", "rtb-0a")
TUNED = {"dBParameterGroupName": "tuned", "parameterApplyStatus": "in-sync"}
GREEN = arn("rds", "db:dw-1-green")
MISSED = [
    # A stage's item names its API in the ARN alone.
    (of("ApiGateway::Stage", LIVE, "prod", LIVE, kind=DELETE), "apigateway DeleteRestApi restApiId=a1"),
    # A VPC's own group, list and table end with it; a new subnet begins with that list.
    (gone("EC2::SecurityGroup", "sg-0a", "default", **IN_VPC), "ec2 DeleteVpc vpcId=vpc-0a"),
    (
        differs(("EC2::NetworkAcl", "acl-0a"), "associations.0", after={"subnetId": "subnet-0a"}),
        "ec2 CreateSubnet vpcId=vpc-0a -> subnet.subnetId=subnet-0a",
    ),
    (
        differs(ROUTES, "routes.0", before={"natGatewayId": "nat-0a"}),
        "ec2 DeleteNatGateway DeleteNatGatewayRequest.NatGatewayId=nat-0a",
    ),
    (
        of(*INTERFACE, kind=CREATE, differs="", state={"attachment": {"instanceId": "i-0a"}}),
        "ec2 RunInstances -> instancesSet.items.instanceId=i-0a",
    ),
    (
        of("RDS::DBSnapshot", "s-1", "last", kind=CREATE, differs="", state={"dBInstanceIdentifier": "dw-1"}),
        "rds DeleteDBInstance dBInstanceIdentifier=dw-1",
    ),
    (made(*ADDRESS), "ec2 AcceptAddressTransfer AcceptAddressTransferRequest.Address=52.0.0.9"),
    (made(*INSTANCE), "ec2 CreateFleet -> CreateFleetResponse.fleetInstanceSet.item.instanceIds.item=i-0a"),
    (
        differs(("EC2::Host", "h-0a"), "hostReservationId"),
        "ec2 PurchaseHostReservation PurchaseHostReservationRequest.HostIdSet=h-0a",
    ),
    (differs(CLUSTER, "httpEndpointEnabled"), f"rds EnableHttpEndpoint resourceArn={CLUSTER_ARN}"),
    (
        differs(DATABASE, "dBInstanceIdentifier", before="dw-1-green", after="dw-1"),
        f"rds SwitchoverBlueGreenDeployment -> blueGreenDeployment.source={DATABASE_ARN} b.target={GREEN}",
    ),
    (
        differs(DATABASE, "dBParameterGroups.0", before=TUNED),
        "rds ModifyDBParameterGroup dBParameterGroupName=tuned",
    ),
    (
        differs(CLUSTER, "dbclusterMembers.0", state={"dbclusterParameterGroup": "tuned"}),
        "rds ModifyDBClusterParameterGroup dBClusterParameterGroupName=tuned",
    ),
    (
        differs(CLUSTER, "globalWriteForwardingStatus", state={"dbclusterArn": CLUSTER_ARN}),
        f"rds SwitchoverGlobalCluster globalClusterIdentifier=g targetDbClusterIdentifier={CLUSTER_ARN}",
    ),
    (differs(ORDERS, "replicas.0"), "dynamodb UpdateGlobalTable globalTableName=orders"),
    (
        differs(("CloudFront::Distribution", "E1"), "distributionConfig.aliases.0"),
        "cloudfront UpdateDomainAssociation domain=x targetResource.distributionId=E1",
    ),
]


@pytest.mark.parametrize(("changed", "line"), MISSED, ids=[row[1].split()[1] for row in MISSED])
def test_a_call_that_names_the_resource_elsewhere_or_a_neighbour_is_found(changed, line):
    (match,) = ranked(changed, api(line)).matches
    assert match.event.event_name == line.split()[1]
    # Calls that make, or end, such a resource fit its creation or end best.
    assert match.score[1] == (changed.change_type == "UPDATE")


def test_a_parameter_group_is_the_same_in_any_case_and_another_is_another():
    changed = differs(DATABASE, "dBParameterGroups.0", before=TUNED)
    for name, found in (("TUNED", ["ModifyDBParameterGroup"]), ("other", [])):
        assert matched(changed, api(f"rds ModifyDBParameterGroup dBParameterGroupName={name}")) == found


def test_a_group_that_somebody_deleted_did_not_end_with_its_vpc():
    changed = gone("EC2::SecurityGroup", "sg-0a", "web", **IN_VPC)
    both = api("ec2 DeleteVpc vpcId=vpc-0a"), api("ec2 DeleteSecurityGroup groupId=sg-0a")
    assert matched(changed, *both) == ["DeleteSecurityGroup"]


def test_whoever_works_on_a_replica_did_not_change_what_it_is_a_replica_of():
    changed = differs(DATABASE, "readReplicaDBInstanceIdentifiers.0", after="dw-2")
    create = api("rds CreateDBInstanceReadReplica dBInstanceIdentifier=dw-2")
    modify = api("rds ModifyDBInstance dBInstanceIdentifier=dw-2")
    assert matched(changed, create, modify) == ["CreateDBInstanceReadReplica"]


@pytest.mark.parametrize("type_", sorted(type_ for type_, row in ROWS.items() if row.item_fields))
def test_what_an_item_holds_is_used_by_a_rule_of_its_type_alone(type_):
    facts = facts_of(type_)
    known = set(facts.item_fields)
    assert any(rule.unless and known <= {*rule.unless, "description"} for rule in facts.shows)
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

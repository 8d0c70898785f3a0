"""Objects that settle by themselves minutes after their creation: only a status differs, and nobody called.

A row: type, how it is identified, the call that made it, the place of its status (of `configuration`), before and after.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.worlds.blind.config import Thing
from tests.worlds.blind.kind import Kind, Op
from tests.worlds.blind.world import World

ROWS = (
    (
        "CloudFormation::Stack",
        "arn",
        "cloudformation CreateStack stackName",
        "stackStatus",
        "CREATE_IN_PROGRESS",
        "CREATE_COMPLETE",
    ),
    ("EKS::Cluster", "name", "eks CreateCluster name", "ClusterStatus", "CREATING", "ACTIVE"),
    ("EKS::Addon", "name", "eks CreateAddon addonName", "Status", "CREATING", "ACTIVE"),
    (
        "EKS::FargateProfile",
        "name",
        "eks CreateFargateProfile fargateProfileName",
        "Status",
        "CREATING",
        "ACTIVE",
    ),
    ("EC2::VPC", "vpc-", "ec2 CreateVpc vpc.vpcId", "state", "pending", "available"),
    ("EC2::Subnet", "subnet-", "ec2 CreateSubnet subnet.subnetId", "state", "pending", "available"),
    ("EC2::Volume", "vol-", "ec2 CreateVolume =volumeId", "state", "creating", "available"),
    (
        "EC2::VPNConnection",
        "vpn-",
        "ec2 CreateVpnConnection vpnConnection.vpnConnectionId",
        "state",
        "pending",
        "available",
    ),
    (
        "EC2::VPNGateway",
        "vgw-",
        "ec2 CreateVpnGateway vpnGateway.vpnGatewayId",
        "state",
        "pending",
        "available",
    ),
    (
        "EC2::CustomerGateway",
        "cgw-",
        "ec2 CreateCustomerGateway customerGateway.customerGatewayId",
        "state",
        "pending",
        "available",
    ),
    (
        "EC2::TransitGateway",
        "tgw-",
        "ec2 CreateTransitGateway transitGateway.transitGatewayId",
        "State",
        "pending",
        "available",
    ),
    (
        "EC2::NatGateway",
        "nat-",
        "ec2 CreateNatGateway natGateway.natGatewayId",
        "state",
        "pending",
        "available",
    ),
    (
        "EC2::VPCEndpoint",
        "vpce-",
        "ec2 CreateVpcEndpoint vpcEndpoint.vpcEndpointId",
        "state",
        "pending",
        "available",
    ),
    (
        "EC2::Instance",
        "i-",
        "ec2 RunInstances =instanceId",
        "state",
        {"code": 0, "name": "pending"},
        {"code": 16, "name": "running"},
    ),
    (
        "RDS::DBInstance",
        "name",
        "rds CreateDBInstance dBInstanceIdentifier",
        "dBInstanceStatus",
        "creating",
        "available",
    ),
    ("RDS::DBCluster", "name", "rds CreateDBCluster dBClusterIdentifier", "status", "creating", "available"),
    ("DynamoDB::Table", "name", "dynamodb CreateTable tableName", "tableStatus", "CREATING", "ACTIVE"),
    ("Lambda::Function", "name", "lambda CreateFunction20150331 functionName", "state", "Pending", "Active"),
    (
        "ElasticLoadBalancingV2::LoadBalancer",
        "arn",
        "elasticloadbalancing CreateLoadBalancer name",
        "state",
        {"code": "provisioning"},
        {"code": "active"},
    ),
    (
        "Redshift::Cluster",
        "name",
        "redshift CreateCluster clusterIdentifier",
        "clusterStatus",
        "creating",
        "available",
    ),
    ("MSK::Cluster", "arn", "kafka CreateCluster clusterName", "State", "CREATING", "ACTIVE"),
    (
        "EFS::FileSystem",
        "fs-",
        "elasticfilesystem CreateFileSystem =fileSystemId",
        "LifeCycleState",
        "creating",
        "available",
    ),
    (
        "AppRunner::Service",
        "arn",
        "apprunner CreateService serviceName",
        "Status",
        "OPERATION_IN_PROGRESS",
        "RUNNING",
    ),
    ("QLDB::Ledger", "name", "qldb CreateLedger name", "State", "CREATING", "ACTIVE"),
    ("Kinesis::Stream", "name", "kinesis CreateStream streamName", "StreamStatus", "CREATING", "ACTIVE"),
    (
        "Kinesis::StreamConsumer",
        "arn",
        "kinesis RegisterStreamConsumer consumerName",
        "ConsumerStatus",
        "CREATING",
        "ACTIVE",
    ),
    (
        "ServiceCatalog::CloudFormationProvisionedProduct",
        "pp-",
        "servicecatalog ProvisionProduct provisionedProductName",
        "Status",
        "UNDER_CHANGE",
        "AVAILABLE",
    ),
    ("DataSync::Task", "arn", "datasync CreateTask name", "Status", "CREATING", "AVAILABLE"),
    (
        "KinesisFirehose::DeliveryStream",
        "name",
        "firehose CreateDeliveryStream deliveryStreamName",
        "DeliveryStreamStatus",
        "CREATING",
        "ACTIVE",
    ),
    ("SageMaker::Domain", "d-", "sagemaker CreateDomain domainName", "Status", "Pending", "InService"),
    (
        "SageMaker::NotebookInstance",
        "arn",
        "sagemaker CreateNotebookInstance notebookInstanceName",
        "NotebookInstanceStatus",
        "Pending",
        "InService",
    ),
    (
        "Batch::ComputeEnvironment",
        "arn",
        "batch CreateComputeEnvironment computeEnvironmentName",
        "Status",
        "CREATING",
        "VALID",
    ),
    (
        "AmazonMQ::Broker",
        "b-",
        "amazonmq CreateBroker brokerName",
        "BrokerState",
        "CREATION_IN_PROGRESS",
        "RUNNING",
    ),
    ("Grafana::Workspace", "g-", "grafana CreateWorkspace workspaceName", "Status", "CREATING", "ACTIVE"),
    ("MemoryDB::Cluster", "name", "memorydb CreateCluster clusterName", "Status", "creating", "available"),
    (
        "NetworkFirewall::Firewall",
        "arn",
        "network-firewall CreateFirewall firewallName",
        "FirewallStatus",
        {"Status": "PROVISIONING"},
        {"Status": "READY"},
    ),
    (
        "Route53Resolver::ResolverEndpoint",
        "rslvr-in-",
        "route53resolver CreateResolverEndpoint name",
        "Status",
        "CREATING",
        "OPERATIONAL",
    ),
    ("WorkSpaces::Workspace", "ws-", "workspaces CreateWorkspaces userName", "State", "PENDING", "AVAILABLE"),
)


@dataclass
class Settling:
    """Makes the objects, lets them settle, and beside them some that do not."""

    seed: int
    now: datetime | None = None

    def __post_init__(self):
        self.world = World(self.seed, self.now or datetime.now(UTC))
        self.m, self.random, cast = self.world.maker, self.world.random, self.world.cast
        self.callers = [cast.pipeline(), cast.alice(), cast.iam_user("dora")]

    def play(self):
        for number, row in enumerate(ROWS):
            self.settles(row, self.callers[number % 3], self.world.ago(minutes=self.random.uniform(80, 300)))
        for number, row in enumerate(ROWS[::9]):
            self.drifts(row, self.callers[number % 3], self.world.ago(minutes=self.random.uniform(80, 300)))
        return self.world

    def made(self, row, caller, at):
        """Let somebody create an object, and Config see it."""
        type_, form, call, place, before, _ = row
        source, operation, where = call.split(" ")
        name = f"shop-{self.m.next()}"
        tail = self.m.hex(form) if form.endswith("-") else name
        arn = self.m.arn(source, f"{type_.rpartition(':')[2].lower()}/{tail}")
        id_ = arn if form == "arn" else tail
        config = {"Name": name, place: before, "Size": 1}
        thing = Thing(
            type=f"AWS::{type_}",
            id=id_,
            name=None if form.endswith("-") and source == "ec2" else name,
            arn=arn,
            config=config,
            tags={"managed-by": "terraform", "Name": name},
            created=f"{at:%Y-%m-%dT%H:%M:%S}.000Z",
        )
        kind = Kind(thing=thing)
        outer, _, inner = where.lstrip("=").partition(".")
        if where.startswith("="):
            sent, got = {"count": 1}, {outer: id_}
        elif inner:
            sent, got = {"count": 1}, {outer: {inner: id_}}
        else:
            sent, got = {outer: name}, {"arn": arn, "id": id_}
        made = self.world.call(
            caller, Op(service=source, operation=operation, request=sent, answer=got), at, kind=kind
        )
        seen = at + timedelta(seconds=self.random.uniform(10, 90))
        self.world.capture(
            kind, seen, (made,), label="created", status="ResourceDiscovered", envelope="eventbridge"
        )
        return kind, seen

    def settles(self, row, caller, at):
        kind, _ = self.made(row, caller, at)
        kind.thing.config[row[3]] = row[5]
        form = self.random.choice(
            (("eventbridge", "normal"), ("sns", "normal"), ("eventbridge", "none"), ("big", "normal"))
        )
        self.world.capture(
            kind,
            at + timedelta(minutes=8),
            label="settled",
            verdict="side-effect",
            envelope=form[0],
            diff=form[1],
        )

    def drifts(self, row, caller, at):
        """A status differs and something else too: that is somebody's."""
        kind, _ = self.made(row, caller, at)
        kind.thing.config[row[3]] = row[5]
        kind.thing.config["Size"] = 2
        self.world.capture(
            kind,
            at + timedelta(minutes=8),
            label="settled_and_more",
            verdict="unattributed",
            envelope="eventbridge",
        )

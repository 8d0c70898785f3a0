"""Objects that settle by themselves minutes after their creation: only a status differs, and nobody called.

A row: type, how it is identified, the call that made it (service, operation, and the parameter that names it, or
after `=` or with a dot the place of its id in the answer), the place of its status in `configuration`, before, after.
"""

import json

from tests.worlds.blind.config import Thing
from tests.worlds.blind.kind import Kind
from tests.worlds.stage import Stage

ROWS = """
CloudFormation::Stack arn cloudformation CreateStack stackName stackStatus CREATE_IN_PROGRESS CREATE_COMPLETE
EKS::Cluster name eks CreateCluster name ClusterStatus CREATING ACTIVE
EKS::Addon name eks CreateAddon addonName Status CREATING ACTIVE
EKS::FargateProfile name eks CreateFargateProfile fargateProfileName Status CREATING ACTIVE
EC2::VPC vpc- ec2 CreateVpc vpc.vpcId state pending available
EC2::Subnet subnet- ec2 CreateSubnet subnet.subnetId state pending available
EC2::Volume vol- ec2 CreateVolume =volumeId state creating available
EC2::VPNConnection vpn- ec2 CreateVpnConnection vpnConnection.vpnConnectionId state pending available
EC2::VPNGateway vgw- ec2 CreateVpnGateway vpnGateway.vpnGatewayId state pending available
EC2::CustomerGateway cgw- ec2 CreateCustomerGateway customerGateway.customerGatewayId state pending available
EC2::TransitGateway tgw- ec2 CreateTransitGateway transitGateway.transitGatewayId State pending available
EC2::NatGateway nat- ec2 CreateNatGateway natGateway.natGatewayId state pending available
EC2::VPCEndpoint vpce- ec2 CreateVpcEndpoint vpcEndpoint.vpcEndpointId state pending available
EC2::Instance i- ec2 RunInstances =instanceId state {"code":0,"name":"pending"} {"code":16,"name":"running"}
RDS::DBInstance name rds CreateDBInstance dBInstanceIdentifier dBInstanceStatus creating available
RDS::DBCluster name rds CreateDBCluster dBClusterIdentifier status creating available
DynamoDB::Table name dynamodb CreateTable tableName tableStatus CREATING ACTIVE
Lambda::Function name lambda CreateFunction20150331 functionName state Pending Active
ElasticLoadBalancingV2::LoadBalancer arn elasticloadbalancing CreateLoadBalancer name state {"code":"provisioning"} {"code":"active"}
Redshift::Cluster name redshift CreateCluster clusterIdentifier clusterStatus creating available
MSK::Cluster arn kafka CreateCluster clusterName State CREATING ACTIVE
EFS::FileSystem fs- elasticfilesystem CreateFileSystem =fileSystemId LifeCycleState creating available
AppRunner::Service arn apprunner CreateService serviceName Status OPERATION_IN_PROGRESS RUNNING
QLDB::Ledger name qldb CreateLedger name State CREATING ACTIVE
Kinesis::Stream name kinesis CreateStream streamName StreamStatus CREATING ACTIVE
Kinesis::StreamConsumer arn kinesis RegisterStreamConsumer consumerName ConsumerStatus CREATING ACTIVE
ServiceCatalog::CloudFormationProvisionedProduct pp- servicecatalog ProvisionProduct provisionedProductName Status UNDER_CHANGE AVAILABLE
DataSync::Task arn datasync CreateTask name Status CREATING AVAILABLE
KinesisFirehose::DeliveryStream name firehose CreateDeliveryStream deliveryStreamName DeliveryStreamStatus CREATING ACTIVE
SageMaker::Domain d- sagemaker CreateDomain domainName Status Pending InService
SageMaker::NotebookInstance arn sagemaker CreateNotebookInstance notebookInstanceName NotebookInstanceStatus Pending InService
Batch::ComputeEnvironment arn batch CreateComputeEnvironment computeEnvironmentName Status CREATING VALID
AmazonMQ::Broker b- amazonmq CreateBroker brokerName BrokerState CREATION_IN_PROGRESS RUNNING
Grafana::Workspace g- grafana CreateWorkspace workspaceName Status CREATING ACTIVE
MemoryDB::Cluster name memorydb CreateCluster clusterName Status creating available
NetworkFirewall::Firewall arn network-firewall CreateFirewall firewallName FirewallStatus {"Status":"PROVISIONING"} {"Status":"READY"}
Route53Resolver::ResolverEndpoint rslvr-in- route53resolver CreateResolverEndpoint name Status CREATING OPERATIONAL
WorkSpaces::Workspace ws- workspaces CreateWorkspaces userName State PENDING AVAILABLE
"""
FORMS = (("eventbridge", "normal"), ("sns", "normal"), ("eventbridge", "none"), ("big", "normal"))


class Settling(Stage):
    """Makes the objects, lets them settle, and beside them some that do not."""

    def __init__(self, seed, now=None):
        super().__init__(seed, now, minutes=(80, 300))

    def play(self):
        rows = [line.split() for line in ROWS.strip().splitlines()]
        for part, chosen in ((self.settles, rows), (self.drifts, rows[::9])):
            for number, row in enumerate(chosen):
                self.begin("created")
                part(self.made(row, (self.pipeline, self.alice, self.dora)[number % 3]))
        return self.world

    def made(self, row, caller):
        """Let somebody create an object, and Config see it; return it in its next state."""
        type_, form, source, operation, where, place, *states = row
        before, after = (json.loads(each) if each.startswith("{") else each for each in states)
        name = f"shop-{self.m.next()}"
        tail = self.m.hex(form) if form.endswith("-") else name
        arn = self.m.arn(source, f"{type_.rpartition(':')[2].lower()}/{tail}")
        id_ = arn if form == "arn" else tail
        thing = Thing(
            type=f"AWS::{type_}",
            id=id_,
            name=None if form.endswith("-") and source == "ec2" else name,
            arn=arn,
            config={"Name": name, place: before, "Size": 1},
            tags={"managed-by": "terraform", "Name": name},
            created=f"{self.at:%Y-%m-%dT%H:%M:%S}.000Z",
        )
        kind = Kind(thing=thing)
        outer, _, inner = where.lstrip("=").partition(".")
        answers = inner or where.startswith("=")
        sent = {"count": 1} if answers else {outer: name}
        got = {outer: {inner: id_} if inner else id_} if answers else {"arn": arn, "id": id_}
        call = self.do(caller, self.op(source, operation, sent, answer=got), kind)
        self.seen(kind, call, after=self.random.uniform(10, 90), status="ResourceDiscovered")
        thing.config[place] = after
        return kind

    def settles(self, kind):
        envelope, diff = self.random.choice(FORMS)
        self.label = "settled"
        self.seen(kind, after=480, verdict="side-effect", envelope=envelope, diff=diff)

    def drifts(self, kind):
        """A status differs and something else too: that is somebody's."""
        kind.thing.config["Size"] = 2
        self.label = "settled_and_more"
        self.seen(kind, after=480, verdict="unattributed")

"""Objects that settle by themselves minutes after their creation: only a status differs, and nobody called.

A row: type, how it is identified, the call that made it (service, operation, and the parameter that names it, or
after `=` or with a dot the place of its id in the answer), the place of its status in `configuration`, before, after.
"""

import json

from tests.worlds.blind.config import Thing
from tests.worlds.blind.kind import Kind
from tests.worlds.blind.road import NOW, Run
from tests.worlds.marks import right
from tests.worlds.stage import Stage

ROWS = """
CloudFormation::Stack arn cloudformation CreateStack stackName stackStatus CREATE_IN_PROGRESS CREATE_COMPLETE
EKS::Cluster name eks CreateCluster name ClusterStatus CREATING ACTIVE
EC2::VPC vpc- ec2 CreateVpc vpc.vpcId state pending available
EC2::Volume vol- ec2 CreateVolume =volumeId state creating available
EC2::VPNConnection vpn- ec2 CreateVpnConnection vpnConnection.vpnConnectionId state pending available
EC2::NatGateway nat- ec2 CreateNatGateway natGateway.natGatewayId state pending available
EC2::Instance i- ec2 RunInstances =instanceId state {"code":0,"name":"pending"} {"code":16,"name":"running"}
Lambda::Function name lambda CreateFunction20150331 functionName state Pending Active
ElasticLoadBalancingV2::LoadBalancer arn elasticloadbalancing CreateLoadBalancer name state {"code":"provisioning"} {"code":"active"}
AppRunner::Service arn apprunner CreateService serviceName Status OPERATION_IN_PROGRESS RUNNING
Kinesis::StreamConsumer arn kinesis RegisterStreamConsumer consumerName ConsumerStatus CREATING ACTIVE
ServiceCatalog::CloudFormationProvisionedProduct pp- servicecatalog ProvisionProduct provisionedProductName Status UNDER_CHANGE AVAILABLE
Batch::ComputeEnvironment arn batch CreateComputeEnvironment computeEnvironmentName Status CREATING VALID
AmazonMQ::Broker b- amazonmq CreateBroker brokerName BrokerState CREATION_IN_PROGRESS RUNNING
NetworkFirewall::Firewall arn network-firewall CreateFirewall firewallName FirewallStatus {"Status":"PROVISIONING"} {"Status":"READY"}
Route53Resolver::ResolverEndpoint rslvr-in- route53resolver CreateResolverEndpoint name Status CREATING OPERATIONAL
WorkSpaces::Workspace ws- workspaces CreateWorkspaces userName State PENDING AVAILABLE
"""
FORMS = (("eventbridge", "normal"), ("sns", "normal"), ("eventbridge", "none"), ("big", "normal"))


def made(stage, row, caller):
    """Let somebody create an object, and Config see it; return it in its next state."""
    type_, form, source, operation, where, place, *states = row
    before, after = (json.loads(each) if each.startswith("{") else each for each in states)
    name = f"shop-{stage.m.next()}"
    tail = stage.m.hex(form) if form.endswith("-") else name
    arn = stage.m.arn(source, f"{type_.rpartition(':')[2].lower()}/{tail}")
    id_ = arn if form == "arn" else tail
    thing = Thing(
        type=f"AWS::{type_}",
        id=id_,
        name=None if form.endswith("-") and source == "ec2" else name,
        arn=arn,
        config={"Name": name, place: before, "Size": 1},
        tags={"managed-by": "terraform", "Name": name},
        created=f"{stage.at:%Y-%m-%dT%H:%M:%S}.000Z",
    )
    kind = Kind(thing=thing)
    outer, _, inner = where.lstrip("=").partition(".")
    answers = inner or where.startswith("=")
    sent = {"count": 1} if answers else {outer: name}
    got = {outer: {inner: id_} if inner else id_} if answers else {"arn": arn, "id": id_}
    call = stage.do(caller, stage.op(source, operation, sent, answer=got), kind)
    stage.seen(kind, call, after=stage.random.uniform(10, 90), status="ResourceDiscovered")
    thing.config[place] = after
    return kind


def test_what_settles_by_itself_is_a_side_effect_and_what_differs_besides_is_somebodys():
    stage, rows = Stage(1, NOW, minutes=(80, 300)), [line.split() for line in ROWS.strip().splitlines()]
    for number, row in enumerate(rows):
        caller = (stage.pipeline, stage.alice, stage.dora)[number % 3]
        envelope, diff = stage.random.choice(FORMS)
        stage.begin("settled")
        stage.seen(made(stage, row, caller), after=480, verdict="side-effect", envelope=envelope, diff=diff)
        if number % 6 == 0:
            stage.begin("settled_and_more")
            kind = made(stage, row, caller)
            kind.thing.config["Size"] = 2
            stage.seen(kind, after=480, verdict="unattributed")
    right(Run(stage.world).go().marks())

"""EC2's rarer types: calls as EC2 writes them, some with their parameters wrapped in the request's own name.

A row: type, prefix of ids, the call that creates it, the answer's object, the parameter of its id, and what changes it
(call, parameter, property).
"""

from tests.worlds.blind.config import Thing
from tests.worlds.blind.kind import Kind, store
from tests.worlds.blind.spelling import lower
from tests.worlds.stage import Stage

ROWS = """
EgressOnlyInternetGateway eigw- CreateEgressOnlyInternetGateway EgressOnlyInternetGateway EgressOnlyInternetGatewayId
TransitGatewayRouteTable tgw-rtb- CreateTransitGatewayRouteTable TransitGatewayRouteTable TransitGatewayRouteTableId
TrafficMirrorSession tms- CreateTrafficMirrorSession TrafficMirrorSession TrafficMirrorSessionId ModifyTrafficMirrorSession Description Description
NetworkInsightsAccessScope nis- CreateNetworkInsightsAccessScope NetworkInsightsAccessScope NetworkInsightsAccessScopeId
DHCPOptions dopt- CreateDhcpOptions DhcpOptions DhcpOptionsId
IPAM ipam- CreateIpam Ipam IpamId ModifyIpam Description Description
CapacityReservation cr- CreateCapacityReservation CapacityReservation CapacityReservationId ModifyCapacityReservation InstanceCount InstanceCount
TransitGatewayConnect tgw-attach- CreateTransitGatewayConnect TransitGatewayConnect TransitGatewayAttachmentId
TransitGateway tgw- CreateTransitGateway TransitGateway TransitGatewayId ModifyTransitGateway Description Description
InstanceConnectEndpoint eice- CreateInstanceConnectEndpoint InstanceConnectEndpoint InstanceConnectEndpointId ModifyInstanceConnectEndpoint PreserveClientIp PreserveClientIp
VPCBlockPublicAccessExclusion vpcbpa-exclude- CreateVpcBlockPublicAccessExclusion VpcBlockPublicAccessExclusion ExclusionId ModifyVpcBlockPublicAccessExclusion InternetGatewayExclusionMode InternetGatewayExclusionMode
VerifiedAccessEndpoint vae- CreateVerifiedAccessEndpoint VerifiedAccessEndpoint VerifiedAccessEndpointId ModifyVerifiedAccessEndpoint Description Description
VPNConnection vpn- CreateVpnConnection VpnConnection VpnConnectionId ModifyVpnConnection VpnGatewayId VpnGatewayId
VPNConnection vpn- CreateVpnConnection VpnConnection VpnConnectionId ModifyVpnTunnelOptions TunnelOptions VpnTunnelOptionsSpecifications
VPNConnection vpn- CreateVpnConnection VpnConnection VpnConnectionId CreateVpnConnectionRoute DestinationCidrBlock Routes
VPNGateway vgw- CreateVpnGateway VpnGateway VpnGatewayId AttachVpnGateway VpcId VpcAttachments
PrefixList pl- CreateManagedPrefixList PrefixList PrefixListId ModifyManagedPrefixList AddEntries Entries
ClientVpnEndpoint cvpn-endpoint- CreateClientVpnEndpoint = ClientVpnEndpointId ModifyClientVpnEndpoint Description Description
Subnet subnet- CreateSubnet Subnet SubnetId AssociateSubnetCidrBlock Ipv6CidrBlock Ipv6CidrBlockAssociationSet
VPC vpc- CreateVpc Vpc VpcId ModifyVpcTenancy InstanceTenancy InstanceTenancy
VPCEndpointService vpce-svc- CreateVpcEndpointServiceConfiguration ServiceConfiguration ServiceId ModifyVpcEndpointServicePermissions AddAllowedPrincipals AllowedPrincipals
RouteTable rtb- CreateRouteTable RouteTable RouteTableId EnableVgwRoutePropagation GatewayId PropagatingVgws
Volume vol- CreateVolume = VolumeId EnableVolumeIO DryRun AutoEnableIO
Instance i- RunInstances . InstanceId ModifyInstancePlacement Tenancy Placement
EC2Fleet fleet- CreateFleet = FleetId ModifyFleet ExcessCapacityTerminationPolicy ExcessCapacityTerminationPolicy
Host h- AllocateHosts . HostId ModifyHosts AutoPlacement AutoPlacement
"""
DELETES = {
    "CapacityReservation": "CancelCapacityReservation",
    "Instance": "TerminateInstances",
    "PrefixList": "DeleteManagedPrefixList",
    "Host": "ReleaseHosts",
    "EC2Fleet": "DeleteFleets",
    "VPCEndpointService": "DeleteVpcEndpointServiceConfigurations",
}
STATUS = {"create": "ResourceDiscovered", "update": "OK", "delete": "ResourceDeleted"}
TAGGED = {"DeleteVpcEndpointServiceConfigurations": "ServiceId", "DeleteFleets": "FleetId"}
LISTS = {"Instance": "instancesSet", "Host": "hostIdSet"}


class Ec2Types(Stage):
    """Lets a person create, change and delete one of each."""

    def play(self):
        made = set()
        for line in ROWS.strip().splitlines():
            row = line.split()
            wrapped = self.random.random() < 0.4 and row[3] not in {".", "="}
            deeds = [] if row[0] in made else ["create", "delete"]
            made.add(row[0])
            for deed in (*deeds, *(["update"] if len(row) > 5 else [])):
                self.one(row, deed, wrapped)
        return self.world

    def one(self, row, deed, wrapped):
        type_, prefix, create, outer, member, update, sets, shows = (*row, None, None, None)[:8]
        id_ = self.m.hex(prefix)
        config = {member: id_, "Setting": "before", "Tags": [], **({shows: "before"} if shows else {})}
        arn = self.m.arn("ec2", f"{type_.lower()}/{id_}")
        kind = Kind(thing=Thing(type=f"AWS::EC2::{type_}", id=id_, arn=arn, config=config, created=None))
        named = {LISTS.get(type_): {"items": [{lower(member): id_}]}}
        self.begin(f"{deed} {type_}")
        if deed == "create":
            kind.thing.tags["managed-by"] = "terraform"
            plain = {lower(outer): {lower(member): id_, "state": "available"}}
            plain = {".": named, "=": {lower(member): id_}}.get(outer, plain)
            name, sent, answer = (
                create,
                {"clientToken": "x"},
                {f"{create}Response": plain} if wrapped else plain,
            )
        else:
            self.world.born(kind, managed="terraform")
            name = update if deed == "update" else DELETES.get(type_) or create.replace("Create", "Delete")
            sent, answer = named if type_ in LISTS and name[-1] == "s" else {member: id_}, {"_return": True}
        changed = {sets: "after"} if deed == "update" else {}
        request = {lower(key): each for key, each in {**sent, **changed}.items()}
        if name in TAGGED:
            request = {f"{name}Request": {TAGGED[name]: {"tag": 1, "content": id_}, **changed}}
        elif wrapped:
            request = {f"{name}Request": {**sent, **changed}}
        op = self.op("ec2", name, request, answer=answer, lists=self.m.maybe(0.7, (None, id_)))
        op.change = store(config, **({shows: "after"} if changed else {}))
        call = self.do(self.person(), op, kind)
        self.seen(kind, call, after=self.random.uniform(30, 800), status=STATUS[deed])

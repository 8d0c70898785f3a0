"""EC2's rarer types: calls as EC2 writes them, some with their parameters wrapped in the request's own name.

A row: type, prefix of ids, the call that creates it, the answer's object, the parameter of its id, and what changes it
(call, parameter, property).
"""

from itertools import cycle

from tests.worlds.blind.row import at, call, row
from tests.worlds.blind.spelling import items, lower
from tests.worlds.blind.types.records import DONE, TAGGING, many

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
TAGGED = {"DeleteVpcEndpointServiceConfigurations": "ServiceId", "DeleteFleets": "FleetId"}
LISTS = {"Instance": "instancesSet", "Host": "hostIdSet"}


def rare(line, wrapped):
    """Return a line as a row of the catalogue."""
    type_, prefix, create, outer, member, update, sets, shows = (*line.split(), None, None, None)[:8]
    wrapped = wrapped and outer not in {".", "="}
    named = {LISTS.get(type_): items({lower(member): "$id"})}

    def request(name, changed):
        if name in TAGGED:
            return {f"{name}Request": {TAGGED[name]: many("$id"), **changed}}
        sent = {**(named if type_ in LISTS and name[-1] == "s" else {member: "$id"}), **changed}
        return {f"{name}Request": sent} if wrapped else {lower(key): each for key, each in sent.items()}

    plain = {lower(outer): {lower(member): "$id", "state": "available"}}
    answer = {".": named, "=": {lower(member): "$id"}}.get(outer, plain)
    delete = DELETES.get(type_) or create.replace("Create", "Delete")
    changes = [call(update, request(update, {sets: "after-$n"}), **{shows: "after-$n"})] if update else []
    return row(
        at(f"AWS::EC2::{type_}", "ec2", f"{prefix}${{hex:17}}", f"{type_.lower()}/$id"),
        name=None,
        created=False,
        config={member: "$id"},
        answer=DONE,
        tag=TAGGING,
        create=call(create, {"clientToken": "x"}, {f"{create}Response": answer} if wrapped else answer),
        delete=call(delete, request(delete, {})),
        updates=tuple(changes),
        guessed=True,
    )


def rare_types():
    """Return each line as a row, with its parameters wrapped or not in turn."""
    return [
        rare(line, wrapped)
        for line, wrapped in zip(ROWS.strip().splitlines(), cycle((True, False)), strict=False)
    ]

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
TrafficMirrorTarget tmt- CreateTrafficMirrorTarget TrafficMirrorTarget TrafficMirrorTargetId
TrafficMirrorFilter tmf- CreateTrafficMirrorFilter TrafficMirrorFilter TrafficMirrorFilterId ModifyTrafficMirrorFilterNetworkServices AddNetworkServices NetworkServices
NetworkInsightsPath nip- CreateNetworkInsightsPath NetworkInsightsPath NetworkInsightsPathId
NetworkInsightsAccessScope nis- CreateNetworkInsightsAccessScope NetworkInsightsAccessScope NetworkInsightsAccessScopeId
DHCPOptions dopt- CreateDhcpOptions DhcpOptions DhcpOptionsId
IPAM ipam- CreateIpam Ipam IpamId ModifyIpam Description Description
IPAMScope ipam-scope- CreateIpamScope IpamScope IpamScopeId ModifyIpamScope Description Description
IPAMPool ipam-pool- CreateIpamPool IpamPool IpamPoolId ModifyIpamPool Description Description
IPAMResourceDiscovery ipam-res-disco- CreateIpamResourceDiscovery IpamResourceDiscovery IpamResourceDiscoveryId ModifyIpamResourceDiscovery Description Description
CapacityReservation cr- CreateCapacityReservation CapacityReservation CapacityReservationId ModifyCapacityReservation InstanceCount InstanceCount
CarrierGateway cagw- CreateCarrierGateway CarrierGateway CarrierGatewayId
TransitGatewayConnect tgw-attach- CreateTransitGatewayConnect TransitGatewayConnect TransitGatewayAttachmentId
TransitGatewayMulticastDomain tgw-mcast-domain- CreateTransitGatewayMulticastDomain TransitGatewayMulticastDomain TransitGatewayMulticastDomainId
TransitGateway tgw- CreateTransitGateway TransitGateway TransitGatewayId ModifyTransitGateway Description Description
InstanceConnectEndpoint eice- CreateInstanceConnectEndpoint InstanceConnectEndpoint InstanceConnectEndpointId ModifyInstanceConnectEndpoint PreserveClientIp PreserveClientIp
VPCBlockPublicAccessExclusion vpcbpa-exclude- CreateVpcBlockPublicAccessExclusion VpcBlockPublicAccessExclusion ExclusionId ModifyVpcBlockPublicAccessExclusion InternetGatewayExclusionMode InternetGatewayExclusionMode
VerifiedAccessInstance vai- CreateVerifiedAccessInstance VerifiedAccessInstance VerifiedAccessInstanceId ModifyVerifiedAccessInstance Description Description
VerifiedAccessGroup vagr- CreateVerifiedAccessGroup VerifiedAccessGroup VerifiedAccessGroupId ModifyVerifiedAccessGroupPolicy PolicyDocument PolicyDocument
VerifiedAccessEndpoint vae- CreateVerifiedAccessEndpoint VerifiedAccessEndpoint VerifiedAccessEndpointId ModifyVerifiedAccessEndpoint Description Description
VerifiedAccessTrustProvider vatp- CreateVerifiedAccessTrustProvider VerifiedAccessTrustProvider VerifiedAccessTrustProviderId ModifyVerifiedAccessTrustProvider Description Description
CustomerGateway cgw- CreateCustomerGateway CustomerGateway CustomerGatewayId
VPNConnection vpn- CreateVpnConnection VpnConnection VpnConnectionId ModifyVpnConnection VpnGatewayId VpnGatewayId
VPNConnection vpn- CreateVpnConnection VpnConnection VpnConnectionId ModifyVpnTunnelOptions TunnelOptions VpnTunnelOptionsSpecifications
VPNConnection vpn- CreateVpnConnection VpnConnection VpnConnectionId CreateVpnConnectionRoute DestinationCidrBlock Routes
VPNGateway vgw- CreateVpnGateway VpnGateway VpnGatewayId AttachVpnGateway VpcId VpcAttachments
PrefixList pl- CreateManagedPrefixList PrefixList PrefixListId ModifyManagedPrefixList AddEntries Entries
VPCPeeringConnection pcx- CreateVpcPeeringConnection VpcPeeringConnection VpcPeeringConnectionId AcceptVpcPeeringConnection DryRun Status
VPCPeeringConnection pcx- CreateVpcPeeringConnection VpcPeeringConnection VpcPeeringConnectionId ModifyVpcPeeringConnectionOptions RequesterPeeringConnectionOptions RequesterVpcInfo
ClientVpnEndpoint cvpn-endpoint- CreateClientVpnEndpoint = ClientVpnEndpointId ModifyClientVpnEndpoint Description Description
NetworkInterface eni- CreateNetworkInterface NetworkInterface NetworkInterfaceId AssignPrivateIpAddresses SecondaryPrivateIpAddressCount PrivateIpAddresses
Subnet subnet- CreateSubnet Subnet SubnetId AssociateSubnetCidrBlock Ipv6CidrBlock Ipv6CidrBlockAssociationSet
VPC vpc- CreateVpc Vpc VpcId AssociateVpcCidrBlock CidrBlock CidrBlockAssociationSet
VPC vpc- CreateVpc Vpc VpcId ModifyVpcAttribute EnableDnsHostnames EnableDnsHostnames
VPC vpc- CreateVpc Vpc VpcId ModifyVpcTenancy InstanceTenancy InstanceTenancy
VPCEndpoint vpce- CreateVpcEndpoint VpcEndpoint VpcEndpointId ModifyVpcEndpoint PolicyDocument PolicyDocument
VPCEndpointService vpce-svc- CreateVpcEndpointServiceConfiguration ServiceConfiguration ServiceId ModifyVpcEndpointServicePermissions AddAllowedPrincipals AllowedPrincipals
NetworkAcl acl- CreateNetworkAcl NetworkAcl NetworkAclId DeleteNetworkAclEntry RuleNumber Entries
RouteTable rtb- CreateRouteTable RouteTable RouteTableId ReplaceRoute GatewayId Routes
RouteTable rtb- CreateRouteTable RouteTable RouteTableId EnableVgwRoutePropagation GatewayId PropagatingVgws
Volume vol- CreateVolume = VolumeId EnableVolumeIO DryRun AutoEnableIO
Volume vol- CreateVolume = VolumeId AttachVolume InstanceId Attachments
Instance i- RunInstances . InstanceId ModifyInstanceMetadataOptions HttpTokens MetadataOptions
Instance i- RunInstances . InstanceId ModifyInstancePlacement Tenancy Placement
SecurityGroup sg- CreateSecurityGroup = GroupId UpdateSecurityGroupRuleDescriptionsIngress IpPermissions IpPermissions
NatGateway nat- CreateNatGateway NatGateway NatGatewayId AssociateNatGatewayAddress AllocationIds NatGatewayAddresses
EC2Fleet fleet- CreateFleet = FleetId ModifyFleet ExcessCapacityTerminationPolicy ExcessCapacityTerminationPolicy
Host h- AllocateHosts . HostId ModifyHosts AutoPlacement AutoPlacement
"""
DELETES = {
    "CapacityReservation": "CancelCapacityReservation",
    "Instance": "TerminateInstances",
    "PrefixList": "DeleteManagedPrefixList",
    "Host": "ReleaseHosts",
    "EC2Fleet": "DeleteFleets",
    "VPCEndpoint": "DeleteVpcEndpoints",
    "VPCEndpointService": "DeleteVpcEndpointServiceConfigurations",
}
STATUS = {"update": "OK", "delete": "ResourceDeleted"}
TAGGED = {
    "DeleteVpcEndpoints": "VpcEndpointId",
    "DeleteVpcEndpointServiceConfigurations": "ServiceId",
    "DeleteFleets": "FleetId",
}
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
        thing = Thing(type=f"AWS::EC2::{type_}", id=id_, arn=arn, config=config, created=None)
        kind = Kind(thing=thing)
        self.begin(f"{deed} {type_}")
        if deed == "create":
            thing.tags["managed-by"] = "terraform"
            answer = self.answer(create, outer, member, id_, wrapped)
            op, status = self.call(create, {"clientToken": "x"}, answer, wrapped, id_), "ResourceDiscovered"
        else:
            self.world.born(kind, managed="terraform")
            name = update if deed == "update" else DELETES.get(type_) or create.replace("Create", "Delete")
            sent = self.named(type_, name, member, id_)
            change = store(config)
            if deed == "update":
                sent[sets], change = "after", store(config, **{shows: "after"})
            op, status = self.call(name, sent, {"_return": True}, wrapped, id_), STATUS[deed]
            op.change = change
        call = self.do(self.person(), op, kind)
        self.seen(kind, call, after=self.random.uniform(30, 800), status=status)

    @staticmethod
    def named(type_, name, member, id_):
        """Return the parameters that name the object: most calls one, some a list."""
        if name in TAGGED:
            return {f"{name}Request": {TAGGED[name]: {"tag": 1, "content": id_}}}
        if type_ in LISTS and name[-1] == "s" and name != "ModifyInstanceMetadataOptions":
            return {LISTS[type_]: {"items": [{lower(member): id_}]}}
        return {member: id_}

    @staticmethod
    def answer(create, outer, member, id_, wrapped):
        if outer == ".":
            key = "instancesSet" if create == "RunInstances" else "hostIdSet"
            return {key: {"items": [{lower(member): id_}]}}
        if outer == "=":
            return {lower(member): id_}
        plain = {"requestId": "r", lower(outer): {lower(member): id_, "state": "available"}}
        return {f"{create}Response": plain} if wrapped else plain

    def call(self, name, sent, answer, wrapped, id_):
        request = {lower(key): each for key, each in sent.items()}
        if f"{name}Request" in sent:
            request = sent
        elif wrapped:
            request = {f"{name}Request": sent}
        return self.op("ec2", name, request, answer=answer, lists=self.m.maybe(0.7, (None, id_)))

"""Rows of what a network is made of."""

from typing import Final

from iacwatch.core.catalog.ec2 import ec2
from iacwatch.core.catalog.schema import Indirect, Shows, TypeFacts, beyond, fields

_ROUTES: Final = ("routes",)
_ROUTED: Final = (
    ("routetableid", "routetableid", "(Create|Modify)VpcEndpoint"),
    ("routetableid", "addroutetableid", "ModifyVpcEndpoint"),
    ("routetableid", "removeroutetableid", "ModifyVpcEndpoint"),
    ("routes.gatewayid", "vpcendpointid", "DeleteVpcEndpoints"),
    ("routes.gatewayid", "internetgatewayid", "DetachInternetGateway"),
    ("routes.gatewayid", "vpngatewayid", "DetachVpnGateway"),
    ("routes.natgatewayid", "natgatewayid", "DeleteNatGateway"),
    ("routes.vpcpeeringconnectionid", "vpcpeeringconnectionid", "DeleteVpcPeeringConnection"),
    ("routes.networkinterfaceid", "networkinterfaceid", "DeleteNetworkInterface"),
    ("routes.instanceid", "instanceid", "TerminateInstances"),
)
"""What puts routes into a table or takes them out, and the end of what a route leads to."""

ROWS: Final = (
    TypeFacts(
        "AWS::EC2::ClientVpnEndpoint",
        derived=True,
        shows=(Shows(events="ApplySecurityGroupsToClientVpnTargetNetwork", fields=("securitygroupids",)),),
    ),
    TypeFacts(
        "AWS::EC2::ClientVpnTargetNetworkAssociation",
        terraform="aws_ec2_client_vpn_network_association",
        derived=True,
        creates="AssociateClientVpnTargetNetwork",
        deletes="DisassociateClientVpnTargetNetwork",
    ),
    ec2(
        "AWS::EC2::CustomerGateway",
        "customergatewayid",
        noun="customer gateway",
        id_prefix="cgw",
        creates="CreateCustomerGateway",
        deletes="DeleteCustomerGateway",
        missing=1.0,
    ),
    ec2(
        "AWS::EC2::DHCPOptions",
        "dhcpoptionsid",
        id_prefix="dopt",
        creates="CreateDhcpOptions",
        deletes="DeleteDhcpOptions",
        missing=1.0,
    ),
    ec2(
        "AWS::EC2::EgressOnlyInternetGateway",
        "egressonlyinternetgatewayid",
        id_prefix="eigw",
        creates="CreateEgressOnlyInternetGateway",
        deletes="DeleteEgressOnlyInternetGateway",
        missing=1.0,
    ),
    ec2(
        "AWS::EC2::FlowLog",
        "flowlogid",
        noun="flow log",
        id_prefix="fl",
        creates="CreateFlowLogs",
        deletes="DeleteFlowLogs",
        targets=("flowlogids",),
        answers=("flowlogidset",),
        missing=1.0,
        following=("deliverlogsstatus", "deliverlogserrormessage", "flowlogstatus"),
    ),
    TypeFacts(
        "AWS::EC2::IPAMPool",
        derived=True,
        shows=(Shows(events="(Provision|Deprovision)IpamPoolCidr", fields=("provisionedcidrs",)),),
    ),
    ec2(
        "AWS::EC2::InternetGateway",
        "internetgatewayid",
        noun="internet gateway",
        id_prefix="igw",
        acts="(Attach|Detach)InternetGateway",
        creates="CreateInternetGateway",
        deletes="DeleteInternetGateway",
    ),
    ec2(
        "AWS::EC2::NatGateway",
        "natgatewayid",
        noun="NAT gateway",
        id_prefix="nat",
        acts="(Assign|Unassign|Associate|Disassociate)(PrivateNatGateway|NatGateway)Address|ModifyNatGateway\\w*",
        creates="CreateNatGateway",
        deletes="DeleteNatGateway",
        following=("state", "natgatewayaddresses"),
    ),
    ec2(
        "AWS::EC2::NetworkAcl",
        "networkaclid",
        terraform="aws_default_network_acl",
        noun="network ACL",
        id_prefix="acl",
        acts="(Create|Delete|Replace)NetworkAclEntry|ReplaceNetworkAclAssociation",
        creates="CreateNetworkAcl",
        deletes="DeleteNetworkAcl",
        parts=("associations.networkaclassociationid",),
        part_targets=("associationid",),
        lookups=("id", "part"),
        indirect=(
            Indirect(
                part="associations.subnetid",
                target="subnetid",
                events="DeleteSubnet",
                changes=("UPDATE",),
                fields=("associations",),
            ),
            # A new subnet begins with its VPC's default list.
            Indirect(
                part="associations.subnetid",
                target="response:subnet.subnetid",
                events="Create(Default)?Subnet",
                changes=("UPDATE",),
                fields=("associations",),
            ),
            Indirect(part="vpcid", target="vpcid", events="DeleteVpc", changes=("DELETE",)),
        ),
    ),
    TypeFacts(
        "AWS::EC2::NetworkInsightsAccessScopeAnalysis",
        derived=True,
        creates="StartNetworkInsightsAccessScopeAnalysis",
    ),
    TypeFacts("AWS::EC2::NetworkInsightsAnalysis", derived=True, creates="StartNetworkInsightsAnalysis"),
    ec2(
        "AWS::EC2::PrefixList",
        "prefixlistid",
        terraform="aws_ec2_managed_prefix_list",
        id_prefix="pl",
        acts="ModifyManagedPrefixList|RestoreManagedPrefixListVersion",
        creates="CreateManagedPrefixList",
        deletes="DeleteManagedPrefixList",
        missing=1.0,
    ),
    ec2(
        "AWS::EC2::RouteTable",
        "routetableid",
        terraform="aws_default_route_table",
        noun="route table",
        id_prefix="rtb",
        acts="(Create|Delete|Replace)Route|(Associate|Disassociate)RouteTable|ReplaceRouteTableAssociation"
        "|(Enable|Disable)VgwRoutePropagation",
        creates="CreateRouteTable",
        deletes="DeleteRouteTable",
        shows=(Shows(events="(Enable|Disable)RouteServerPropagation", fields=("routes",)),),
        parts=("associations.routetableassociationid",),
        part_targets=("associationid",),
        lookups=("id", "part"),
        indirect=(
            *(
                Indirect(part=part, target=target, events=events, changes=("UPDATE",), fields=_ROUTES)
                for part, target, events in _ROUTED
            ),
            Indirect(
                part="associations.subnetid",
                target="subnetid",
                events="DeleteSubnet",
                changes=("UPDATE",),
                fields=("associations",),
            ),
            # A VPC's main table ends with it.
            Indirect(part="vpcid", target="vpcid", events="DeleteVpc", changes=("DELETE",)),
        ),
    ),
    TypeFacts(
        "AWS::EC2::SnapshotBlockPublicAccess", derived=True, terraform="aws_ebs_snapshot_block_public_access"
    ),
    ec2(
        "AWS::EC2::Subnet",
        "subnetid",
        terraform="aws_default_subnet",
        noun="subnet",
        id_prefix="subnet",
        acts="ModifySubnetAttribute|(Associate|Disassociate)SubnetCidrBlock",
        creates="Create(Default)?Subnet",
        deletes="DeleteSubnet",
        parts=("ipv6cidrblockassociationset.associationid",),
        part_targets=("associationid",),
        shows=(Shows(events="CreateVpcBlockPublicAccessExclusion", fields=("blockpublicaccessstates",)),),
        lookups=("id", "part"),
        counted=("availableipaddresscount",),
    ),
    TypeFacts(
        "AWS::EC2::SubnetCidrBlock",
        terraform="aws_vpc_ipv6_cidr_block_association",
        derived=True,
        creates="AssociateSubnetCidrBlock",
        deletes="DisassociateSubnetCidrBlock",
        targets=("associationid",),
        answers=("associationid",),
    ),
    ec2(
        "AWS::EC2::SubnetNetworkAclAssociation",
        "associationid",
        terraform="aws_network_acl_association",
        creates="ReplaceNetworkAclAssociation|CreateSubnet",
        deletes="ReplaceNetworkAclAssociation",
        answers=("newassociationid",),
        indirect=(Indirect(part="subnetid", target="subnetid", events="DeleteSubnet", changes=("DELETE",)),),
    ),
    ec2(
        "AWS::EC2::SubnetRouteTableAssociation",
        "associationid",
        terraform="aws_route_table_association",
        acts="ReplaceRouteTableAssociation",
        creates="AssociateRouteTable",
        deletes="DisassociateRouteTable",
        answers=("newassociationid",),
        indirect=(
            Indirect(part="subnetid", target="subnetid", events="DeleteSubnet", changes=("DELETE",)),
            Indirect(
                part="id", target="associationid", events="ReplaceRouteTableAssociation", changes=("DELETE",)
            ),
        ),
    ),
    ec2(
        "AWS::EC2::TransitGateway",
        "transitgatewayid",
        noun="transit gateway",
        id_prefix="tgw",
        acts="ModifyTransitGateway",
        creates="CreateTransitGateway",
        deletes="DeleteTransitGateway",
        missing=1.0,
        following=("state",),
    ),
    ec2(
        "AWS::EC2::TransitGatewayAttachment",
        "transitgatewayattachmentid",
        terraform="aws_ec2_transit_gateway_vpc_attachment",
        id_prefix="tgw-attach",
        acts="(Modify|Accept)TransitGateway\\w*Attachment",
        creates="CreateTransitGateway\\w*Attachment|CreateTransitGatewayConnect",
        deletes="(Delete|Reject)TransitGateway\\w*Attachment|DeleteTransitGatewayConnect",
        shows=(
            Shows(
                events="(Associate|Disassociate)TransitGatewayRouteTable",
                fields=("association", "associationstate", "transitgatewayroutetableid"),
            ),
        ),
        missing=1.0,
        following=("state", "association"),
    ),
    TypeFacts(
        "AWS::EC2::TransitGatewayConnect",
        derived=True,
        targets=("transitgatewayattachmentid",),
        answers=("transitgatewayattachmentid",),
    ),
    ec2(
        "AWS::EC2::TransitGatewayRouteTable",
        "transitgatewayroutetableid",
        id_prefix="tgw-rtb",
        creates="CreateTransitGatewayRouteTable",
        deletes="DeleteTransitGatewayRouteTable",
        shows=(
            Shows(
                events="(Create|Delete|Replace)TransitGatewayRoute|(Associate|Disassociate)TransitGatewayRouteTable"
                "|(Enable|Disable)TransitGatewayRouteTablePropagation",
                fields=("routes", "associations", "propagations"),
            ),
        ),
        missing=1.0,
        following=("state",),
    ),
    ec2(
        "AWS::EC2::VPC",
        "vpcid",
        terraform="aws_default_vpc",
        noun="VPC",
        id_prefix="vpc",
        acts="ModifyVpcTenancy|(Associate|Disassociate)VpcCidrBlock|AssociateDhcpOptions",
        creates="Create(Default)?Vpc",
        deletes="DeleteVpc",
        parts=("cidrblockassociationset.associationid", "ipv6cidrblockassociationset.associationid"),
        part_targets=("associationid",),
        shows=(
            beyond("ModifyVpcAttribute|(Enable|Disable)VpcClassicLink\\w*"),
            Shows(events="(Create|Modify|Delete)VpcEncryptionControl", fields=("encryptioncontrol",)),
            Shows(events="CreateVpcBlockPublicAccessExclusion", fields=("blockpublicaccessstates",)),
        ),
        lookups=("id", "part"),
        item_fields=fields("""
            cidrblock cidrblockassociationset dhcpoptionsid instancetenancy
            ipv6cidrblockassociationset isdefault ownerid state vpcid
        """),
    ),
    ec2(
        "AWS::EC2::VPCEndpoint",
        "vpcendpointid",
        noun="VPC endpoint",
        id_prefix="vpce",
        acts="ModifyVpcEndpoint",
        creates="CreateVpcEndpoint",
        deletes="DeleteVpcEndpoints",
        targets=("vpcendpointids",),
        shows=(
            Shows(events="ModifyVpcEndpointPayerResponsibility", fields=("payerresponsibility",)),
            Shows(
                events="(Accept|Reject)VpcEndpointConnections", fields=("state", "dnsentries", "lasterror")
            ),
        ),
        missing=1.0,
        following=("state", "dnsentries", "networkinterfaceids", "lasterror"),
    ),
    ec2(
        "AWS::EC2::VPCEndpointService",
        "serviceid",
        id_prefix="vpce-svc",
        acts="ModifyVpcEndpointService(Configuration|PayerResponsibility)",
        creates="CreateVpcEndpointServiceConfiguration",
        deletes="DeleteVpcEndpointServiceConfigurations",
        targets=("serviceids",),
        shows=(
            beyond("ModifyVpcEndpointServicePermissions"),
            Shows(
                events="StartVpcEndpointServicePrivateDnsVerification",
                fields=("privatednsnameconfiguration",),
            ),
        ),
        missing=1.0,
        item_fields=fields("""
            acceptancerequired availabilityzones baseendpointdnsnames gatewayloadbalancerarns
            managesvpcendpoints networkloadbalancerarns payerresponsibility privatednsname
            privatednsnameconfiguration serviceid servicename servicestate servicetype
            supportedipaddresstypes supportedregions
        """),
    ),
    ec2(
        "AWS::EC2::VPCGatewayAttachment",
        "vpcid",
        terraform="aws_internet_gateway_attachment aws_vpn_gateway_attachment",
        creates="Attach(Internet|Vpn)Gateway",
        deletes="Detach(Internet|Vpn)Gateway",
        missing=1.0,
    ),
    ec2(
        "AWS::EC2::VPCPeeringConnection",
        "vpcpeeringconnectionid",
        terraform="aws_vpc_peering_connection_accepter",
        noun="VPC peering connection",
        id_prefix="pcx",
        acts="AcceptVpcPeeringConnection|ModifyVpcPeeringConnectionOptions",
        creates="CreateVpcPeeringConnection",
        deletes="(Delete|Reject)VpcPeeringConnection",
        missing=1.0,
        following=("status", "expirationtime"),
    ),
    ec2(
        "AWS::EC2::VPNConnection",
        "vpnconnectionid",
        noun="VPN connection",
        id_prefix="vpn",
        acts="(Create|Delete)VpnConnectionRoute|ModifyVpnConnection(Options)?|ModifyVpnTunnelOptions",
        creates="CreateVpnConnection",
        deletes="DeleteVpnConnection",
        shows=(
            Shows(
                events="ReplaceVpnTunnel|ModifyVpnTunnelCertificate",
                fields=("vgwtelemetry", "customergatewayconfiguration"),
            ),
        ),
        missing=1.0,
        following=("state", "vgwtelemetry"),
    ),
    ec2(
        "AWS::EC2::VPNGateway",
        "vpngatewayid",
        noun="VPN gateway",
        id_prefix="vgw",
        acts="(Attach|Detach)VpnGateway",
        creates="CreateVpnGateway",
        deletes="DeleteVpnGateway",
        missing=1.0,
    ),
    TypeFacts(
        "AWS::EC2::VerifiedAccessInstance", derived=True, acts="(Attach|Detach)VerifiedAccessTrustProvider"
    ),
)

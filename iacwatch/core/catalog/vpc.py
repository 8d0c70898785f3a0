"""What a network is made of: by which names EC2's calls call it, as data."""

from typing import Final

from iacwatch.core.catalog.ec2 import ec2
from iacwatch.core.catalog.held import beyond
from iacwatch.core.catalog.schema import Indirect, Shows, TypeFacts

_ROUTES: Final = ("routes",)
_WAYS: Final = (
    ("gatewayid", "internetgatewayid", "DetachInternetGateway"),
    ("gatewayid", "vpngatewayid", "DetachVpnGateway"),
    ("natgatewayid", "natgatewayid", "DeleteNatGateway"),
    ("vpcpeeringconnectionid", "vpcpeeringconnectionid", "DeleteVpcPeeringConnection"),
    ("networkinterfaceid", "networkinterfaceid", "DeleteNetworkInterface"),
    ("instanceid", "instanceid", "TerminateInstances"),
)
"""What a route leads to, and whose end makes it lead nowhere."""

VPC: Final[dict[str, TypeFacts]] = {
    "AWS::EC2::Subnet": ec2(
        "subnetid",
        "ModifySubnetAttribute|(Associate|Disassociate)SubnetCidrBlock",
        creates="Create(Default)?Subnet",
        deletes="DeleteSubnet",
        parts=("ipv6cidrblockassociationset.associationid",),
        part_targets=("associationid",),
        shows=(
            Shows(
                events="CreateVpcBlockPublicAccessExclusion",
                fields=("blockpublicaccessstates",),
            ),
        ),
        lookups=("id", "part"),
    ),
    "AWS::EC2::VPC": ec2(
        "vpcid",
        "ModifyVpcTenancy|(Associate|Disassociate)VpcCidrBlock|AssociateDhcpOptions",
        creates="Create(Default)?Vpc",
        deletes="DeleteVpc",
        parts=("cidrblockassociationset.associationid", "ipv6cidrblockassociationset.associationid"),
        part_targets=("associationid",),
        shows=(
            beyond("AWS::EC2::VPC", "ModifyVpcAttribute|(Enable|Disable)VpcClassicLink\\w*"),
            Shows(events="(Create|Modify|Delete)VpcEncryptionControl", fields=("encryptioncontrol",)),
            Shows(
                events="CreateVpcBlockPublicAccessExclusion",
                fields=("blockpublicaccessstates",),
            ),
        ),
        lookups=("id", "part"),
    ),
    "AWS::EC2::InternetGateway": ec2(
        "internetgatewayid",
        "(Attach|Detach)InternetGateway",
        creates="CreateInternetGateway",
        deletes="DeleteInternetGateway",
    ),
    "AWS::EC2::RouteTable": ec2(
        "routetableid",
        "(Create|Delete|Replace)Route|(Associate|Disassociate)RouteTable|ReplaceRouteTableAssociation"
        "|(Enable|Disable)VgwRoutePropagation",
        creates="CreateRouteTable",
        deletes="DeleteRouteTable",
        shows=(Shows(events="(Enable|Disable)RouteServerPropagation", fields=("routes",)),),
        parts=("associations.routetableassociationid",),
        part_targets=("associationid",),
        lookups=("id", "part"),
        indirect=(
            Indirect(
                part="routetableid",
                target="routetableid",
                events="(Create|Modify)VpcEndpoint",
                changes=("UPDATE",),
                fields=_ROUTES,
            ),
            Indirect(
                part="routetableid",
                target="addroutetableid",
                events="ModifyVpcEndpoint",
                changes=("UPDATE",),
                fields=_ROUTES,
            ),
            Indirect(
                part="routetableid",
                target="removeroutetableid",
                events="ModifyVpcEndpoint",
                changes=("UPDATE",),
                fields=_ROUTES,
            ),
            Indirect(
                part="routes.gatewayid",
                target="vpcendpointid",
                events="DeleteVpcEndpoints",
                changes=("UPDATE",),
                fields=_ROUTES,
            ),
            *(
                Indirect(
                    part=f"routes.{key}", target=target, events=events, changes=("UPDATE",), fields=_ROUTES
                )
                for key, target, events in _WAYS
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
    "AWS::EC2::SubnetRouteTableAssociation": ec2(
        "associationid",
        "ReplaceRouteTableAssociation",
        creates="AssociateRouteTable",
        deletes="DisassociateRouteTable",
        answers=("newassociationid",),
        indirect=(
            Indirect(part="subnetid", target="subnetid", events="DeleteSubnet", changes=("DELETE",)),
            Indirect(
                part="id",
                target="associationid",
                events="ReplaceRouteTableAssociation",
                changes=("DELETE",),
            ),
        ),
    ),
    "AWS::EC2::SubnetNetworkAclAssociation": ec2(
        "associationid",
        "",
        creates="ReplaceNetworkAclAssociation|CreateSubnet",
        deletes="ReplaceNetworkAclAssociation",
        answers=("newassociationid",),
        indirect=(Indirect(part="subnetid", target="subnetid", events="DeleteSubnet", changes=("DELETE",)),),
    ),
    "AWS::EC2::VPCGatewayAttachment": ec2(
        "vpcid",
        "",
        creates="Attach(Internet|Vpn)Gateway",
        deletes="Detach(Internet|Vpn)Gateway",
        missing=1.0,
    ),
    "AWS::EC2::NatGateway": ec2(
        "natgatewayid",
        "(Assign|Unassign|Associate|Disassociate)(PrivateNatGateway|NatGateway)Address|ModifyNatGateway\\w*",
        creates="CreateNatGateway",
        deletes="DeleteNatGateway",
    ),
    "AWS::EC2::FlowLog": ec2(
        "flowlogid",
        "",
        creates="CreateFlowLogs",
        deletes="DeleteFlowLogs",
        targets=("flowlogids",),
        answers=("flowlogidset",),
        missing=1.0,
    ),
    "AWS::EC2::VPCEndpoint": ec2(
        "vpcendpointid",
        "ModifyVpcEndpoint",
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
    ),
    "AWS::EC2::VPCPeeringConnection": ec2(
        "vpcpeeringconnectionid",
        "AcceptVpcPeeringConnection|ModifyVpcPeeringConnectionOptions",
        creates="CreateVpcPeeringConnection",
        deletes="(Delete|Reject)VpcPeeringConnection",
        missing=1.0,
    ),
    "AWS::EC2::VPNConnection": ec2(
        "vpnconnectionid",
        "(Create|Delete)VpnConnectionRoute|ModifyVpnConnection(Options)?|ModifyVpnTunnelOptions",
        creates="CreateVpnConnection",
        deletes="DeleteVpnConnection",
        shows=(
            Shows(
                events="ReplaceVpnTunnel|ModifyVpnTunnelCertificate",
                fields=("vgwtelemetry", "customergatewayconfiguration"),
            ),
        ),
        missing=1.0,
    ),
    "AWS::EC2::VPNGateway": ec2(
        "vpngatewayid",
        "(Attach|Detach)VpnGateway",
        creates="CreateVpnGateway",
        deletes="DeleteVpnGateway",
        missing=1.0,
    ),
    "AWS::EC2::CustomerGateway": ec2(
        "customergatewayid",
        "",
        creates="CreateCustomerGateway",
        deletes="DeleteCustomerGateway",
        missing=1.0,
    ),
    "AWS::EC2::NetworkAcl": ec2(
        "networkaclid",
        "(Create|Delete|Replace)NetworkAclEntry|ReplaceNetworkAclAssociation",
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
    "AWS::EC2::TransitGateway": ec2(
        "transitgatewayid",
        "ModifyTransitGateway",
        creates="CreateTransitGateway",
        deletes="DeleteTransitGateway",
        missing=1.0,
    ),
    "AWS::EC2::TransitGatewayAttachment": ec2(
        "transitgatewayattachmentid",
        "(Modify|Accept)TransitGateway\\w*Attachment",
        creates="CreateTransitGateway\\w*Attachment|CreateTransitGatewayConnect",
        deletes="(Delete|Reject)TransitGateway\\w*Attachment|DeleteTransitGatewayConnect",
        shows=(
            Shows(
                events="(Associate|Disassociate)TransitGatewayRouteTable",
                fields=("association", "associationstate", "transitgatewayroutetableid"),
            ),
        ),
        missing=1.0,
    ),
    "AWS::EC2::TransitGatewayRouteTable": ec2(
        "transitgatewayroutetableid",
        "",
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
    ),
    "AWS::EC2::DHCPOptions": ec2(
        "dhcpoptionsid", "", creates="CreateDhcpOptions", deletes="DeleteDhcpOptions", missing=1.0
    ),
    "AWS::EC2::PrefixList": ec2(
        "prefixlistid",
        "ModifyManagedPrefixList|RestoreManagedPrefixListVersion",
        creates="CreateManagedPrefixList",
        deletes="DeleteManagedPrefixList",
        missing=1.0,
    ),
    "AWS::EC2::EgressOnlyInternetGateway": ec2(
        "egressonlyinternetgatewayid",
        "",
        creates="CreateEgressOnlyInternetGateway",
        deletes="DeleteEgressOnlyInternetGateway",
        missing=1.0,
    ),
    "AWS::EC2::VPCEndpointService": ec2(
        "serviceid",
        "ModifyVpcEndpointService(Configuration|PayerResponsibility)",
        creates="CreateVpcEndpointServiceConfiguration",
        deletes="DeleteVpcEndpointServiceConfigurations",
        targets=("serviceids",),
        shows=(
            beyond("AWS::EC2::VPCEndpointService", "ModifyVpcEndpointServicePermissions"),
            Shows(
                events="StartVpcEndpointServicePrivateDnsVerification",
                fields=("privatednsnameconfiguration",),
            ),
        ),
        missing=1.0,
    ),
}

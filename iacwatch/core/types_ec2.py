"""EC2's resource types: by which names its calls call them, as data.

Ids are unique, and event history lists every id that a call mentions; a few calls name a part alone.
"""

from typing import Final

from iacwatch.core.type_facts import Indirect, Shows, TypeFacts

_TAGS: Final = "(Create|Delete)Tags"
_ADDRESSING: Final = ("publicipaddress", "publicdnsname", "networkinterfaces")
_ROUTES: Final = ("routes",)


def _ec2(
    key: str,
    acts: str,
    *,
    creates: str,
    deletes: str,
    targets: tuple[str, ...] = (),
    shows: tuple[Shows, ...] = (),
    answers: tuple[str, ...] = (),
    own_ids: tuple[str, ...] = (),
    parts: tuple[str, ...] = (),
    part_targets: tuple[str, ...] = (),
    contradicts: tuple[str, ...] = (),
    indirect: tuple[Indirect, ...] = (),
    lookups: tuple[str, ...] = ("id",),
    missing: float = 0.0,
    nameless: tuple[str, ...] = (),
) -> TypeFacts:
    """Return the facts of a type whose id stands at `key`, in requests and in answers."""
    return TypeFacts(
        sources=("ec2",),
        targets=(key, "resourceid", *targets),
        acts="|".join(part for part in (creates, deletes, acts, _TAGS) if part),
        creates=creates,
        deletes=deletes,
        shows=shows,
        answers=(key, *answers),
        own_ids=own_ids,
        parts=parts,
        part_targets=part_targets,
        contradicts=contradicts,
        indirect=indirect,
        lookups=lookups,
        missing=missing,
        nameless=nameless,
    )


EC2: Final[dict[str, TypeFacts]] = {
    "AWS::EC2::Instance": _ec2(
        "instanceid",
        "(Start|Stop)Instances|(Monitor|Unmonitor)Instances|(Modify|Reset)Instance\\w*|ModifyPrivateDnsNameOptions"
        "|(Attach|Detach)(Volume|NetworkInterface|ClassicLinkVpc)|(Associate|Disassociate|Replace)IamInstanceProfile\\w*",
        creates="RunInstances|CreateFleet|RequestSpotInstances|RunScheduledInstances|ImportInstance",
        deletes="TerminateInstances",
        targets=("instanceids",),
        shows=(
            Shows(events="(Associate|Disassociate)Address", fields=_ADDRESSING),
            Shows(events="CreateReplaceRootVolumeTask", fields=("blockdevicemappings",)),
        ),
        parts=("networkinterfaces.attachment.attachmentid", "networkinterfaces.association.associationid"),
        part_targets=("attachmentid",),
        lookups=("id", "part"),
        indirect=(
            Indirect(
                part="networkinterfaces.networkinterfaceid",
                target="networkinterfaceid",
                events="(Modify|Reset)NetworkInterfaceAttribute|(Assign|Unassign)\\w+Address(es)?|AssociateAddress",
                changes=("UPDATE",),
                fields=(*_ADDRESSING, "securitygroups", "sourcedestcheck", "privateipaddress", "ipv6address"),
            ),
            Indirect(
                part="networkinterfaces.attachment.attachmentid",
                target="attachment.attachmentid",
                events="ModifyNetworkInterfaceAttribute",
                changes=("UPDATE",),
                fields=_ADDRESSING,
            ),
        ),
    ),
    "AWS::EC2::SecurityGroup": _ec2(
        "groupid",
        "(Authorize|Revoke)SecurityGroup(Ingress|Egress)|ModifySecurityGroupRules"
        "|UpdateSecurityGroupRuleDescriptions(Ingress|Egress)|(Associate|Disassociate)SecurityGroupVpc",
        creates="CreateSecurityGroup",
        deletes="DeleteSecurityGroup",
        targets=("groupname",),
        contradicts=("groupid",),
        own_ids=("groupname",),
        lookups=("id", "name", "own"),
    ),
    "AWS::EC2::Subnet": _ec2(
        "subnetid",
        "ModifySubnetAttribute|(Associate|Disassociate)SubnetCidrBlock",
        creates="Create(Default)?Subnet",
        deletes="DeleteSubnet",
        parts=("ipv6cidrblockassociationset.associationid",),
        part_targets=("associationid",),
        lookups=("id", "part"),
    ),
    "AWS::EC2::VPC": _ec2(
        "vpcid",
        "ModifyVpc(Attribute|Tenancy)|(Associate|Disassociate)VpcCidrBlock|AssociateDhcpOptions"
        "|(Enable|Disable)VpcClassicLink\\w*",
        creates="Create(Default)?Vpc",
        deletes="DeleteVpc",
        parts=("cidrblockassociationset.associationid", "ipv6cidrblockassociationset.associationid"),
        part_targets=("associationid",),
        lookups=("id", "part"),
    ),
    "AWS::EC2::InternetGateway": _ec2(
        "internetgatewayid",
        "(Attach|Detach)InternetGateway",
        creates="CreateInternetGateway",
        deletes="DeleteInternetGateway",
    ),
    "AWS::EC2::RouteTable": _ec2(
        "routetableid",
        "(Create|Delete|Replace)Route|(Associate|Disassociate)RouteTable|ReplaceRouteTableAssociation"
        "|(Enable|Disable)(Vgw|RouteServer)(Route)?Propagation",
        creates="CreateRouteTable",
        deletes="DeleteRouteTable",
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
            Indirect(
                part="associations.subnetid",
                target="subnetid",
                events="DeleteSubnet",
                changes=("UPDATE",),
                fields=("associations",),
            ),
        ),
    ),
    "AWS::EC2::SubnetRouteTableAssociation": _ec2(
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
    "AWS::EC2::SubnetNetworkAclAssociation": _ec2(
        "associationid",
        "",
        creates="ReplaceNetworkAclAssociation|CreateSubnet",
        deletes="ReplaceNetworkAclAssociation",
        answers=("newassociationid",),
        indirect=(Indirect(part="subnetid", target="subnetid", events="DeleteSubnet", changes=("DELETE",)),),
    ),
    "AWS::EC2::EIPAssociation": _ec2(
        "associationid",
        "",
        creates="AssociateAddress",
        deletes="DisassociateAddress",
        indirect=(
            Indirect(
                part="allocationid", target="allocationid", events="AssociateAddress", changes=("DELETE",)
            ),
        ),
    ),
    "AWS::EC2::VPCGatewayAttachment": _ec2(
        "vpcid",
        "",
        creates="Attach(Internet|Vpn)Gateway",
        deletes="Detach(Internet|Vpn)Gateway",
        missing=1.0,
    ),
    "AWS::EC2::NetworkInterface": _ec2(
        "networkinterfaceid",
        "(Attach|Detach)NetworkInterface|(Modify|Reset)NetworkInterfaceAttribute|ModifyPublicIpDnsNameOptions"
        "|(Assign|Unassign)(PrivateIp|PrivateNatGateway|Ipv6)Address(es)?|(Associate|Disassociate)Address"
        "|(Create|Delete)NetworkInterfacePermission",
        creates="CreateNetworkInterface",
        deletes="DeleteNetworkInterface",
        parts=("attachment.attachmentid", "association.associationid"),
        part_targets=("attachmentid", "associationid"),
        lookups=("id", "part"),
        nameless=("CreateNetworkInterfacePermission",),
        indirect=(
            Indirect(
                part="networkinterfaceid",
                target="response:instancesset.networkinterfaceid",
                events="RunInstances",
                changes=("CREATE",),
            ),
            Indirect(
                part="attachment.instanceid",
                target="response:instanceid",
                events="RunInstances",
                changes=("CREATE",),
            ),
            Indirect(
                part="attachment.instanceid",
                target="instanceid",
                events="TerminateInstances",
                changes=("DELETE",),
            ),
            Indirect(
                part="attachment.instanceid",
                target="instanceid",
                events="ModifyInstanceAttribute",
                changes=("UPDATE",),
                fields=("groups", "sourcedestcheck"),
            ),
        ),
    ),
    "AWS::EC2::EIP": _ec2(
        "allocationid",
        "(Associate|Disassociate)Address|(Modify|Reset)AddressAttribute|(Move|Restore)AddressTo\\w+"
        "|(Enable|Accept|Disable)AddressTransfer",
        creates="AllocateAddress",
        deletes="ReleaseAddress",
        targets=("publicip",),
        own_ids=("publicip", "allocationid"),
        contradicts=("allocationid",),
        parts=("associationid",),
        part_targets=("associationid",),
        shows=(
            Shows(
                events="CreateNatGateway|(Associate|Disassociate)NatGatewayAddress",
                fields=("associationid", "networkinterfaceid", "networkinterfaceownerid", "privateipaddress"),
            ),
        ),
        lookups=("id", "own", "name", "part"),
        indirect=(
            Indirect(
                part="instanceid",
                target="instanceid",
                events="TerminateInstances",
                changes=("UPDATE",),
                fields=("associationid", "instanceid", "networkinterfaceid", "privateipaddress"),
            ),
        ),
    ),
    "AWS::EC2::Volume": _ec2(
        "volumeid",
        "(Attach|Detach)Volume|ModifyVolume(Attribute)?|EnableVolumeIO",
        creates="CreateVolume|RestoreVolumeFromRecycleBin|ImportVolume",
        deletes="DeleteVolume",
        indirect=(
            Indirect(
                part="attachments.instanceid",
                target="response:instanceid",
                events="RunInstances",
                changes=("CREATE",),
            ),
            Indirect(
                part="attachments.instanceid",
                target="instanceid",
                events="TerminateInstances",
                changes=("DELETE",),
            ),
            Indirect(
                part="attachments.instanceid",
                target="instanceid",
                events="TerminateInstances|ModifyInstanceAttribute",
                changes=("UPDATE",),
                fields=("attachments", "state"),
            ),
        ),
    ),
    "AWS::EC2::NatGateway": _ec2(
        "natgatewayid",
        "(Assign|Unassign|Associate|Disassociate)(PrivateNatGateway|NatGateway)Address|ModifyNatGateway\\w*",
        creates="CreateNatGateway",
        deletes="DeleteNatGateway",
    ),
    "AWS::EC2::FlowLog": _ec2(
        "flowlogid",
        "",
        creates="CreateFlowLogs",
        deletes="DeleteFlowLogs",
        targets=("flowlogids",),
        answers=("flowlogidset",),
        missing=1.0,
    ),
    "AWS::EC2::VPCEndpoint": _ec2(
        "vpcendpointid",
        "ModifyVpcEndpoint(PayerResponsibility)?",
        creates="CreateVpcEndpoint",
        deletes="DeleteVpcEndpoints",
        targets=("vpcendpointids",),
        shows=(
            Shows(
                events="(Accept|Reject)VpcEndpointConnections", fields=("state", "dnsentries", "lasterror")
            ),
        ),
        missing=1.0,
    ),
    "AWS::EC2::VPCPeeringConnection": _ec2(
        "vpcpeeringconnectionid",
        "(Accept|Reject)VpcPeeringConnection|ModifyVpcPeeringConnectionOptions",
        creates="CreateVpcPeeringConnection",
        deletes="DeleteVpcPeeringConnection",
        missing=1.0,
    ),
    "AWS::EC2::VPNConnection": _ec2(
        "vpnconnectionid",
        "(Create|Delete)VpnConnectionRoute|ModifyVpnConnection(Options)?|ModifyVpnTunnel\\w+|ReplaceVpnTunnel",
        creates="CreateVpnConnection",
        deletes="DeleteVpnConnection",
        missing=1.0,
    ),
    "AWS::EC2::VPNGateway": _ec2(
        "vpngatewayid",
        "(Attach|Detach)VpnGateway",
        creates="CreateVpnGateway",
        deletes="DeleteVpnGateway",
        missing=1.0,
    ),
    "AWS::EC2::CustomerGateway": _ec2(
        "customergatewayid",
        "",
        creates="CreateCustomerGateway",
        deletes="DeleteCustomerGateway",
        missing=1.0,
    ),
    "AWS::EC2::NetworkAcl": _ec2(
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
        ),
    ),
    "AWS::EC2::LaunchTemplate": _ec2(
        "launchtemplateid",
        "ModifyLaunchTemplate|CreateLaunchTemplateVersion|DeleteLaunchTemplateVersions",
        creates="CreateLaunchTemplate",
        deletes="DeleteLaunchTemplate",
        targets=("launchtemplatename",),
        contradicts=("launchtemplateid",),
        lookups=("id", "name"),
        nameless=(
            "CreateLaunchTemplate",
            "ModifyLaunchTemplate",
            "DeleteLaunchTemplate",
            "CreateLaunchTemplateVersion",
            "DeleteLaunchTemplateVersions",
        ),
    ),
    "AWS::EC2::TransitGateway": _ec2(
        "transitgatewayid",
        "ModifyTransitGateway",
        creates="CreateTransitGateway",
        deletes="DeleteTransitGateway",
        missing=1.0,
    ),
    "AWS::EC2::TransitGatewayAttachment": _ec2(
        "transitgatewayattachmentid",
        "(Modify|Accept|Reject)TransitGateway\\w*Attachment",
        creates="CreateTransitGateway\\w*Attachment|CreateTransitGatewayConnect",
        deletes="DeleteTransitGateway\\w*Attachment|DeleteTransitGatewayConnect",
        shows=(
            Shows(
                events="(Associate|Disassociate)TransitGatewayRouteTable",
                fields=("association", "associationstate", "transitgatewayroutetableid"),
            ),
        ),
        missing=1.0,
    ),
    "AWS::EC2::TransitGatewayRouteTable": _ec2(
        "transitgatewayroutetableid",
        "",
        creates="CreateTransitGatewayRouteTable",
        deletes="DeleteTransitGatewayRouteTable",
        shows=(
            Shows(
                events="(Create|Delete|Replace)TransitGatewayRoute|\\w+TransitGatewayRouteTable(Propagation)?",
                fields=("routes", "associations", "propagations"),
            ),
        ),
        missing=1.0,
    ),
    "AWS::EC2::DHCPOptions": _ec2(
        "dhcpoptionsid", "", creates="CreateDhcpOptions", deletes="DeleteDhcpOptions", missing=1.0
    ),
    "AWS::EC2::PrefixList": _ec2(
        "prefixlistid",
        "ModifyManagedPrefixList|RestoreManagedPrefixListVersion",
        creates="CreateManagedPrefixList",
        deletes="DeleteManagedPrefixList",
        missing=1.0,
    ),
    "AWS::EC2::EgressOnlyInternetGateway": _ec2(
        "egressonlyinternetgatewayid",
        "",
        creates="CreateEgressOnlyInternetGateway",
        deletes="DeleteEgressOnlyInternetGateway",
        missing=1.0,
    ),
    "AWS::EC2::VPCEndpointService": _ec2(
        "serviceid",
        "ModifyVpcEndpointService\\w*|(Start|Create|Delete)VpcEndpointServicePrivateDns\\w*",
        creates="CreateVpcEndpointServiceConfiguration",
        deletes="DeleteVpcEndpointServiceConfigurations",
        targets=("serviceids",),
        missing=1.0,
    ),
    "AWS::EC2::Host": _ec2(
        "hostid",
        "ModifyHosts",
        creates="AllocateHosts",
        deletes="ReleaseHosts",
        targets=("hostids",),
        answers=("hostidset", "hostids"),
        missing=1.0,
    ),
    "AWS::EC2::EC2Fleet": _ec2(
        "fleetid",
        "ModifyFleet",
        creates="CreateFleet",
        deletes="DeleteFleets",
        targets=("fleetids",),
        missing=1.0,
    ),
    "AWS::EC2::SpotFleet": _ec2(
        "spotfleetrequestid",
        "ModifySpotFleetRequest",
        creates="RequestSpotFleet",
        deletes="CancelSpotFleetRequests",
        targets=("spotfleetrequestids",),
        missing=1.0,
    ),
}

"""What hangs in networks: interfaces, addresses, gateways, endpoints, connections."""

from tests.worlds.blind.row import FLIP, call
from tests.worlds.blind.spelling import items
from tests.worlds.blind.types.records import DONE, UPPER, ec2, many, route, tagged, wrapped

network_interface = ec2(
    "NetworkInterface",
    "eni",
    "network-interface",
    config={
        "networkInterfaceId": "$id",
        "description": "$name",
        "groups": [],
        "subnetId": "$subnet",
        "status": "in-use",
        "attachment": {"attachmentId": "$eniattach", "instanceId": "$i", "status": "attached"},
        "sourceDestCheck": True,
    },
    tags=("configuration.tagSet key/value",),
    create=call(
        "CreateNetworkInterface",
        {"subnetId": "$subnet", "groupSet": {}},
        {"networkInterface": {"networkInterfaceId": "$id", "subnetId": "$subnet", "status": "pending"}},
    ),
    delete=call("DeleteNetworkInterface", {"networkInterfaceId": "$id"}, DONE),
    updates=(
        call(
            "ModifyNetworkInterfaceAttribute",
            {"networkInterfaceId": "$id", "sourceDestCheck": {"value": FLIP}},
            DONE,
            sourceDestCheck=FLIP,
        ),
        call(
            "DetachNetworkInterface",
            {"attachmentId": "$eniattach", "force": False},
            DONE,
            needs="attachment",
            attachment=None,
            status="available",
        ),
        call(
            "AssignPrivateIpAddresses",
            {"networkInterfaceId": "$id", "secondaryPrivateIpAddressCount": 1},
            privateIpAddresses=[{"privateIpAddress": "10.0.0.$n"}],
        ),
    ),
    mentions=(route("networkInterfaceId"), call("CreateTrafficMirrorTarget", {"networkInterfaceId": "$id"})),
)

eip = ec2(
    "EIP",
    "eipalloc",
    "eip-allocation",
    name="$ip",
    config={
        "allocationId": "$id",
        "publicIp": "$ip",
        "associationId": "$eipassoc",
        "domain": "vpc",
        "networkInterfaceId": "$eni",
    },
    create=call(
        "AllocateAddress",
        {"domain": "vpc", **tagged("elastic-ip")},
        {"publicIp": "$ip", "domain": "vpc", "allocationId": "$id"},
    ),
    delete=call("ReleaseAddress", {"allocationId": "$id", "networkBorderGroup": "$region"}, DONE),
    updates=(
        call(
            "AssociateAddress",
            {"allocationId": "$id", "networkInterfaceId": "$eni2"},
            {**DONE, "associationId": "$eipassoc2"},
            associationId="$eipassoc2",
            networkInterfaceId="$eni2",
        ),
        call(
            "DisassociateAddress",
            {"associationId": "$eipassoc"},
            DONE,
            needs="associationId",
            associationId=None,
            networkInterfaceId=None,
        ),
    ),
    mentions=(
        call(
            "CreateTags",
            {"resourcesSet": items({"resourceId": "$eni3"}), "tagSet": items({"key": "eip", "value": "$id"})},
        ),
    ),
)

nat_gateway = ec2(
    "NatGateway",
    "nat",
    "natgateway",
    config={"natGatewayId": "$id", "state": "available", "subnetId": "$subnet", "natGatewayAddresses": []},
    create=wrapped(
        "CreateNatGateway",
        {"SubnetId": "$subnet", "AllocationId": "$eipalloc"},
        {"natGateway": {"natGatewayId": "$id", "subnetId": "$subnet", "state": "pending"}},
    ),
    delete=wrapped("DeleteNatGateway", {"NatGatewayId": "$id"}, {"natGatewayId": "$id"}),
    updates=(
        wrapped(
            "AssociateNatGatewayAddress",
            {"NatGatewayId": "$id", "AllocationId": many("$eipalloc")},
            {"natGatewayId": "$id"},
            natGatewayAddresses=[{"allocationId": "$eipalloc"}],
        ),
    ),
    mentions=(route("natGatewayId"),),
    created=True,
)

flow_log = ec2(
    "FlowLog",
    "fl",
    "vpc-flow-log",
    config={"Id": "$id", "FlowLogStatus": "ACTIVE", "ResourceId": "$vpc", "TrafficType": "ALL"},
    tags=UPPER,
    create=wrapped(
        "CreateFlowLogs",
        {"ResourceId": many("$vpc"), "ResourceType": "VPC"},
        {"unsuccessful": "", "flowLogIdSet": {"item": "$id"}},
    ),
    delete=wrapped("DeleteFlowLogs", {"FlowLogId": many("$id")}, {"unsuccessful": ""}),
)

ATTACHMENT = {"transitGatewayVpcAttachment": {"transitGatewayAttachmentId": "$id", "state": "modifying"}}
transit_attachment = ec2(
    "TransitGatewayAttachment",
    "tgwattach",
    "transit-gateway-attachment",
    config={"Id": "$id", "TransitGatewayId": "$tgw", "VpcId": "$vpc", "SubnetIds": ["$subnet"]},
    tags=UPPER,
    create=wrapped(
        "CreateTransitGatewayVpcAttachment", {"TransitGatewayId": "$tgw", "VpcId": "$vpc"}, ATTACHMENT
    ),
    delete=call(
        "DeleteTransitGatewayVpcAttachment",
        {"DelTGwVpcAttachReq": {"TransitGatewayAttachmentId": "$id"}},
        {"DeleteTransitGatewayVpcAttachmentResponse": ATTACHMENT},
    ),
    updates=(
        wrapped(
            "ModifyTransitGatewayVpcAttachment",
            {"TransitGatewayAttachmentId": "$id", "AddSubnetIds": many("$subnet2")},
            ATTACHMENT,
            SubnetIds=["$subnet2"],
        ),
    ),
    mentions=(wrapped("CreateTransitGatewayRoute", {"TransitGatewayAttachmentId": "$id"}),),
)

vpc_endpoint = ec2(
    "VPCEndpoint",
    "vpce",
    "vpc-endpoint",
    config={
        "vpcEndpointId": "$id",
        "vpcId": "$vpc",
        "serviceName": "com.amazonaws.$region.sqs",
        "subnetIds": [],
        "groups": [],
        "state": "available",
    },
    create=wrapped(
        "CreateVpcEndpoint",
        {"VpcId": "$vpc", "ServiceName": "s3", "RouteTableId": many("$rtb")},
        {"vpcEndpoint": {"vpcEndpointId": "$id", "vpcId": "$vpc"}},
    ),
    delete=wrapped("DeleteVpcEndpoints", {"VpcEndpointId": many("$id")}, {"unsuccessful": ""}),
    updates=(
        wrapped(
            "ModifyVpcEndpoint",
            {"VpcEndpointId": "$id", "AddSecurityGroupId": many("$sg")},
            groups=[{"groupId": "$sg"}],
        ),
        wrapped("ModifyVpcEndpoint", {"VpcEndpointId": "$id", "ResetPolicy": True}, policyDocument="p$n"),
    ),
    mentions=(route("vpcEndpointId"),),
    created=True,
)

PEERING = {"vpcPeeringConnection": {"vpcPeeringConnectionId": "$id"}}
peering = ec2(
    "VPCPeeringConnection",
    "pcx",
    "vpc-peering-connection",
    config={"vpcPeeringConnectionId": "$id", "status": {"code": "pending-acceptance"}, "accepterVpcInfo": {}},
    create=call("CreateVpcPeeringConnection", {"vpcId": "$vpc", "peerVpcId": "$vpc2"}, PEERING),
    delete=call("DeleteVpcPeeringConnection", {"vpcPeeringConnectionId": "$id"}, DONE),
    updates=(
        call(
            "AcceptVpcPeeringConnection",
            {"vpcPeeringConnectionId": "$id"},
            PEERING,
            status={"code": "active"},
        ),
    ),
    mentions=(route("vpcPeeringConnectionId"),),
)

vpn_connection = ec2(
    "VPNConnection",
    "vpn",
    "vpn-connection",
    config={"vpnConnectionId": "$id", "routes": []},
    create=call(
        "CreateVpnConnection",
        {"customerGatewayId": "$cgw", "vpnGatewayId": "$vgw"},
        {"vpnConnection": {"vpnConnectionId": "$id"}},
    ),
    delete=call("DeleteVpnConnection", {"vpnConnectionId": "$id"}, DONE),
    updates=(
        call(
            "CreateVpnConnectionRoute",
            {"vpnConnectionId": "$id", "destinationCidrBlock": "10.$n.0.0/16"},
            DONE,
            routes=[{"destinationCidrBlock": "10.$n.0.0/16"}],
        ),
    ),
)

vpn_gateway = ec2(
    "VPNGateway",
    "vgw",
    "vpn-gateway",
    config={"vpnGatewayId": "$id", "vpcAttachments": []},
    create=call("CreateVpnGateway", {"type": "ipsec.1"}, {"vpnGateway": {"vpnGatewayId": "$id"}}),
    delete=call("DeleteVpnGateway", {"vpnGatewayId": "$id"}, DONE),
    updates=(
        call(
            "AttachVpnGateway",
            {"vpnGatewayId": "$id", "vpcId": "$vpc"},
            {"attachment": {"vpcId": "$vpc"}},
            vpcAttachments=[{"vpcId": "$vpc"}],
        ),
    ),
    mentions=(call("EnableVgwRoutePropagation", {"routeTableId": "$rtb", "gatewayId": "$id"}),),
)

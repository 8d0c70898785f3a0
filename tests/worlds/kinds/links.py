"""EC2: what links networks; most of its parameters come wrapped."""

from tests.worlds.kind import Call
from tests.worlds.kinds.ec2 import DONE, ec2

NAT = ec2(
    "NatGateway",
    "nat",
    "natgateway",
    creation_time=True,
    config={"natGatewayId": "$id", "state": "available"},
    create=Call(
        "CreateNatGateway",
        {
            "CreateNatGatewayRequest": {
                "AllocationId": "eipalloc-0$hex",
                "SubnetId": "$subnet",
                "ClientToken": "$uuid",
            }
        },
        {
            "CreateNatGatewayResponse": {
                "natGateway": {"natGatewayId": "$id", "subnetId": "$subnet", "vpcId": "$vpc"}
            }
        },
    ),
    delete=Call(
        "DeleteNatGateway",
        {"DeleteNatGatewayRequest": {"NatGatewayId": "$id"}},
        {"DeleteNatGatewayResponse": {"natGatewayId": "$id"}},
    ),
    updates=(
        Call(
            "AssociateNatGatewayAddress",
            {"AssociateNatGatewayAddressRequest": {"NatGatewayId": "$id", "AllocationId": "eipalloc-0$hex"}},
            {"AssociateNatGatewayAddressResponse": {"natGatewayId": "$id"}},
            paths=(("Configuration.NatGatewayAddresses.1", None, {"allocationId": "x"}),),
        ),
    ),
    mentions=(
        Call(
            "CreateRoute",
            {"routeTableId": "rtb-0$hex", "destinationCidrBlock": "x", "natGatewayId": "$id"},
            DONE,
        ),
    ),
)

FLOW = ec2(
    "FlowLog",
    "fl",
    "vpc-flow-log",
    config={"flowLogId": "$id", "resourceId": "$vpc"},
    create=Call(
        "CreateFlowLogs",
        {"CreateFlowLogsRequest": {"ResourceId": {"tag": 1, "content": "$vpc"}, "TrafficType": "REJECT"}},
        {"CreateFlowLogsResponse": {"unsuccessful": "", "flowLogIdSet": {"item": "$id"}}},
    ),
    delete=Call(
        "DeleteFlowLogs",
        {"DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": "$id"}}},
        {"DeleteFlowLogsResponse": {"unsuccessful": ""}},
    ),
    updates=(),
)

ENDPOINT = ec2(
    "VPCEndpoint",
    "vpce",
    "vpc-endpoint",
    creation_time=True,
    config={"vpcEndpointId": "$id", "vpcId": "$vpc"},
    create=Call(
        "CreateVpcEndpoint",
        {
            "CreateVpcEndpointRequest": {
                "VpcId": "$vpc",
                "ServiceName": "s3",
                "RouteTableId": {"tag": 1, "content": "rtb-0$hex"},
            }
        },
        {"CreateVpcEndpointResponse": {"vpcEndpoint": {"vpcEndpointId": "$id", "vpcId": "$vpc"}}},
    ),
    delete=Call(
        "DeleteVpcEndpoints",
        {"DeleteVpcEndpointsRequest": {"VpcEndpointId": {"tag": 1, "content": "$id"}}},
        {"DeleteVpcEndpointsResponse": {"unsuccessful": ""}},
    ),
    updates=(
        Call(
            "ModifyVpcEndpoint",
            {"ModifyVpcEndpointRequest": {"VpcEndpointId": "$id", "ResetPolicy": True}},
            {"ModifyVpcEndpointResponse": {"return": True}},
            paths=(("Configuration.PolicyDocument", "a", "b"),),
        ),
    ),
    mentions=(
        Call(
            "CreateRoute",
            {"routeTableId": "rtb-0$hex", "destinationCidrBlock": "x", "vpcEndpointId": "$id"},
            DONE,
        ),
    ),
)

PEERING = ec2(
    "VPCPeeringConnection",
    "pcx",
    "vpc-peering-connection",
    config={"vpcPeeringConnectionId": "$id"},
    create=Call(
        "CreateVpcPeeringConnection",
        {"vpcId": "$vpc", "peerVpcId": "vpc-0$up"},
        {"vpcPeeringConnection": {"vpcPeeringConnectionId": "$id"}},
    ),
    delete=Call("DeleteVpcPeeringConnection", {"vpcPeeringConnectionId": "$id"}, DONE),
    updates=(
        Call(
            "AcceptVpcPeeringConnection",
            {"vpcPeeringConnectionId": "$id"},
            {"vpcPeeringConnection": {"vpcPeeringConnectionId": "$id"}},
            paths=(("Configuration.Status.Code", "pending-acceptance", "active"),),
        ),
    ),
    mentions=(
        Call(
            "CreateRoute",
            {"routeTableId": "rtb-0$hex", "destinationCidrBlock": "x", "vpcPeeringConnectionId": "$id"},
        ),
    ),
)

VPN = ec2(
    "VPNConnection",
    "vpn",
    "vpn-connection",
    config={"vpnConnectionId": "$id"},
    create=Call(
        "CreateVpnConnection",
        {"customerGatewayId": "cgw-0$hex", "vpnGatewayId": "vgw-0$hex", "type": "ipsec.1"},
        {"vpnConnection": {"vpnConnectionId": "$id"}},
    ),
    delete=Call("DeleteVpnConnection", {"vpnConnectionId": "$id"}, DONE),
    updates=(
        Call(
            "CreateVpnConnectionRoute",
            {"vpnConnectionId": "$id", "destinationCidrBlock": "10.8.0.0/16"},
            DONE,
            paths=(("Configuration.Routes.0", None, {"destinationCidrBlock": "10.8.0.0/16"}),),
        ),
    ),
)

ATTACHMENT = ec2(
    "TransitGatewayAttachment",
    "tgw-attach",
    "transit-gateway-attachment",
    tags_in="configuration.Tags",
    config={"Id": "$id", "VpcId": "$vpc"},
    create=Call(
        "CreateTransitGatewayVpcAttachment",
        {"CreateTransitGatewayVpcAttachmentRequest": {"TransitGatewayId": "tgw-0$hex", "VpcId": "$vpc"}},
        {
            "CreateTransitGatewayVpcAttachmentResponse": {
                "transitGatewayVpcAttachment": {"transitGatewayAttachmentId": "$id", "vpcId": "$vpc"}
            }
        },
    ),
    delete=Call(
        "DeleteTransitGatewayVpcAttachment",
        {"DelTGwVpcAttachReq": {"TransitGatewayAttachmentId": "$id"}},
        {
            "DeleteTransitGatewayVpcAttachmentResponse": {
                "transitGatewayVpcAttachment": {"transitGatewayAttachmentId": "$id", "state": "deleting"}
            }
        },
    ),
    updates=(
        Call(
            "ModifyTransitGatewayVpcAttachment",
            {
                "ModifyTransitGatewayVpcAttachmentRequest": {
                    "TransitGatewayAttachmentId": "$id",
                    "AddSubnetIds": "$subnet",
                }
            },
            {
                "ModifyTransitGatewayVpcAttachmentResponse": {
                    "transitGatewayVpcAttachment": {"transitGatewayAttachmentId": "$id"}
                }
            },
            paths=(("Configuration.SubnetIds.1", None, "$subnet"),),
        ),
    ),
    mentions=(
        Call(
            "CreateTransitGatewayRoute",
            {
                "CreateTransitGatewayRouteRequest": {
                    "TransitGatewayAttachmentId": "$id",
                    "DestinationCidrBlock": "x",
                }
            },
        ),
    ),
)

CUSTOMER = ec2(
    "CustomerGateway",
    "cgw",
    "customer-gateway",
    config={"customerGatewayId": "$id"},
    create=Call(
        "CreateCustomerGateway",
        {"ipAddress": "203.0.113.4", "type": "ipsec.1"},
        {"customerGateway": {"customerGatewayId": "$id"}},
    ),
    delete=Call("DeleteCustomerGateway", {"customerGatewayId": "$id"}, DONE),
    updates=(),
    mentions=(
        Call(
            "CreateVpnConnection",
            {"customerGatewayId": "$id"},
            {"vpnConnection": {"vpnConnectionId": "vpn-0$hex"}},
        ),
    ),
)

VGW = ec2(
    "VPNGateway",
    "vgw",
    "vpn-gateway",
    config={"vpnGatewayId": "$id"},
    create=Call("CreateVpnGateway", {"type": "ipsec.1"}, {"vpnGateway": {"vpnGatewayId": "$id"}}),
    delete=Call("DeleteVpnGateway", {"vpnGatewayId": "$id"}, DONE),
    updates=(
        Call(
            "AttachVpnGateway",
            {"vpnGatewayId": "$id", "vpcId": "$vpc"},
            {"attachment": {"vpcId": "$vpc", "state": "attaching"}},
            paths=(("Configuration.VpcAttachments.0", None, {"vpcId": "$vpc"}),),
        ),
    ),
    mentions=(Call("EnableVgwRoutePropagation", {"routeTableId": "rtb-0$hex", "gatewayId": "$id"}),),
)

KINDS = (NAT, FLOW, ENDPOINT, PEERING, VPN, ATTACHMENT, CUSTOMER, VGW)

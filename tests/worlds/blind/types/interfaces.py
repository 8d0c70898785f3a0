"""What hangs in networks: interfaces, addresses, gateways, endpoints, connections."""

from tests.worlds.blind.row import FLIP, call, row
from tests.worlds.blind.spelling import items
from tests.worlds.blind.types.records import ec2, many, route, tagged, wrapped

UPPER = ("configuration.Tags Key/Value",)

network_interface = row(
    ec2("NetworkInterface", "eni", "network-interface"),
    config={
        "networkInterfaceId": "$id",
        "groups": [],
        "status": "in-use",
        "attachment": {"attachmentId": "$eniattach", "instanceId": "$i", "status": "attached"},
        "sourceDestCheck": True,
    },
    tags=("configuration.tagSet key/value",),
    create=call(
        "CreateNetworkInterface", {"subnetId": "$subnet"}, {"networkInterface": {"networkInterfaceId": "$id"}}
    ),
    delete=call("DeleteNetworkInterface", {"networkInterfaceId": "$id"}),
    updates=(
        call(
            "ModifyNetworkInterfaceAttribute",
            {"networkInterfaceId": "$id", "sourceDestCheck": {"value": FLIP}},
            sourceDestCheck=FLIP,
        ),
        call(
            "DetachNetworkInterface",
            {"attachmentId": "$eniattach", "force": False},
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

TAG = {"resourcesSet": items({"resourceId": "$eni3"}), "tagSet": items({"key": "eip", "value": "$id"})}
eip = row(
    ec2("EIP", "eipalloc", "eip-allocation"),
    name="$ip",
    config={
        "allocationId": "$id",
        "publicIp": "$ip",
        "associationId": "$eipassoc",
        "networkInterfaceId": "$eni",
    },
    create=call("AllocateAddress", tagged("elastic-ip"), {"publicIp": "$ip", "allocationId": "$id"}),
    delete=call("ReleaseAddress", {"allocationId": "$id", "networkBorderGroup": "$region"}),
    updates=(
        call(
            "AssociateAddress",
            {"allocationId": "$id", "networkInterfaceId": "$eni2"},
            {"associationId": "$eipassoc2"},
            associationId="$eipassoc2",
            networkInterfaceId="$eni2",
        ),
        call(
            "DisassociateAddress",
            {"associationId": "$eipassoc"},
            needs="associationId",
            associationId=None,
            networkInterfaceId=None,
        ),
    ),
    mentions=(call("CreateTags", TAG),),
)

flow_log = row(
    ec2("FlowLog", "fl", "vpc-flow-log"),
    config={"Id": "$id", "ResourceId": "$vpc"},
    tags=UPPER,
    create=wrapped("CreateFlowLogs", {"ResourceId": many("$vpc")}, {"flowLogIdSet": {"item": "$id"}}),
    delete=wrapped("DeleteFlowLogs", {"FlowLogId": many("$id")}, {"unsuccessful": ""}),
)

ATTACHMENT = {"transitGatewayVpcAttachment": {"transitGatewayAttachmentId": "$id"}}
transit_attachment = row(
    ec2("TransitGatewayAttachment", "tgwattach", "transit-gateway-attachment"),
    config={"Id": "$id", "TransitGatewayId": "$tgw", "VpcId": "$vpc"},
    tags=UPPER,
    create=wrapped("CreateTransitGatewayVpcAttachment", {"TransitGatewayId": "$tgw"}, ATTACHMENT),
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

vpc_endpoint = row(
    ec2("VPCEndpoint", "vpce", "vpc-endpoint"),
    config={"vpcEndpointId": "$id", "vpcId": "$vpc"},
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

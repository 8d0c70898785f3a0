"""What hangs in networks: interfaces, addresses, endpoints."""

from tests.worlds.blind.row import FLIP, by, call, row
from tests.worlds.blind.spelling import items
from tests.worlds.blind.types.records import ec2, many, route, tagged, wrapped

CARD = {"networkInterfaceId": "$id"}
HELD = {"attachmentId": "$eniattach", "instanceId": "$i", "status": "attached"}
network_interface = row(
    {
        **ec2("NetworkInterface", "eni", "network-interface", "networkInterfaceId"),
        "tags": ("configuration.tagSet key/value",),
    },
    config={**CARD, "groups": [], "status": "in-use", "attachment": HELD, "sourceDestCheck": True},
    create=call("CreateNetworkInterface", {"subnetId": "$subnet"}, {"networkInterface": CARD}),
    updates=(
        by("ModifyNetworkInterfaceAttribute", {"sourceDestCheck": {"value": FLIP}}, sourceDestCheck=FLIP),
        call(
            "DetachNetworkInterface",
            {"attachmentId": "$eniattach", "force": False},
            needs="attachment",
            attachment=None,
            status="available",
        ),
        by("AssignPrivateIpAddresses", privateIpAddresses=[{"privateIpAddress": "10.0.0.$n"}]),
    ),
    mentions=(route("networkInterfaceId"), by("CreateTrafficMirrorTarget")),
)

TAG = {"resourcesSet": items({"resourceId": "$eni3"}), "tagSet": items({"key": "eip", "value": "$id"})}
BOUND = {"associationId": "$eipassoc", "networkInterfaceId": "$eni"}
eip = row(
    {**ec2("EIP", "eipalloc", "eip-allocation", "allocationId"), "name": "$ip"},
    config={"allocationId": "$id", "publicIp": "$ip", **BOUND},
    create=call("AllocateAddress", tagged("elastic-ip"), {"publicIp": "$ip", "allocationId": "$id"}),
    delete=by("ReleaseAddress", {"networkBorderGroup": "$region"}),
    updates=(
        by(
            "AssociateAddress",
            {"networkInterfaceId": "$eni2"},
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

ENDPOINT = {"VpcEndpointId": "$id"}
vpc_endpoint = row(
    ec2("VPCEndpoint", "vpce", "vpc-endpoint", "vpcEndpointId"),
    config={"vpcEndpointId": "$id", "vpcId": "$vpc"},
    create=wrapped(
        "CreateVpcEndpoint",
        {"VpcId": "$vpc", "ServiceName": "s3", "RouteTableId": many("$rtb")},
        {"vpcEndpoint": {"vpcEndpointId": "$id", "vpcId": "$vpc"}},
    ),
    delete=wrapped("DeleteVpcEndpoints", {"VpcEndpointId": many("$id")}, {"unsuccessful": ""}),
    updates=(
        wrapped(
            "ModifyVpcEndpoint", {**ENDPOINT, "AddSecurityGroupId": many("$sg")}, groups=[{"groupId": "$sg"}]
        ),
        wrapped("ModifyVpcEndpoint", {**ENDPOINT, "ResetPolicy": True}, policyDocument="p$n"),
    ),
    mentions=(route("vpcEndpointId"),),
)

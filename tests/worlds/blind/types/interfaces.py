"""What hangs in the networks of the blind world: interfaces, addresses, gateways, endpoints."""

from tests.worlds.blind.config import LOWER
from tests.worlds.blind.kind import store
from tests.worlds.blind.spelling import items
from tests.worlds.blind.types.ec2 import UPPER_TAGS, E, call, done, ec2, tag_specification
from tests.worlds.blind.types.network import named, shown, thing_of


def network_interface(m, name):
    attachment = {
        "attachmentId": m.hex("eni-attach-0", 16),
        "instanceId": m.hex("i-0", 16),
        "status": "attached",
    }
    config = {"attachment": attachment, "description": name, "groups": [], "subnetId": m.hex("subnet-0", 16)}
    config |= {"status": "in-use", "sourceDestCheck": True}
    thing = thing_of(m, "NetworkInterface", "eni-0", config, tags=(("configuration", "tagSet", LOWER),))
    named(m, thing, "network-interface", "networkInterfaceId")
    lists = [(E + "NetworkInterface", thing.id)]

    def create():
        sent = {"subnetId": config["subnetId"], "groupSet": {}}
        answer = {
            "requestId": m.uuid(),
            "networkInterface": {"networkInterfaceId": thing.id, "status": "pending"},
        }
        return call("CreateNetworkInterface", sent, answer, [*lists, (E + "Subnet", config["subnetId"])])

    def modify():
        sent = {"networkInterfaceId": thing.id, "sourceDestCheck": {"value": not config["sourceDestCheck"]}}
        change = store(config, sourceDestCheck=not config["sourceDestCheck"])
        return call("ModifyNetworkInterfaceAttribute", sent, done(m), lists, change)

    def detach():
        if "attachment" not in config:
            return None
        part = attachment["attachmentId"]
        sent = {"attachmentId": part, "force": False}
        change = store(config, attachment=None, status="available")
        return call("DetachNetworkInterface", sent, done(m), [(None, part)], change)

    def delete():
        return call("DeleteNetworkInterface", {"networkInterfaceId": thing.id}, done(m), lists)

    read = ("DescribeNetworkInterfaces", {"networkInterfaceIdSet": items({"networkInterfaceId": thing.id})})
    return ec2(m, thing, create=create, updates=[modify, detach], delete=delete, read=read)


def eip(m, name):
    address = f"203.0.113.{1 + m.next() % 250}"
    config = {"publicIp": address, "associationId": m.hex("eipassoc-0", 16), "domain": "vpc"}
    config["networkInterfaceId"] = m.hex("eni-0", 16)
    thing = thing_of(m, "EIP", "eipalloc-0", config, name=address)
    named(m, thing, "eip-allocation", "allocationId")
    listed = (E + "EIP", thing.id)

    def create():
        answer = {"requestId": m.uuid(), "publicIp": address, "domain": "vpc", "allocationId": thing.id}
        sent = {"domain": "vpc", "tagSpecificationSet": tag_specification("elastic-ip", thing)}
        return call("AllocateAddress", sent, answer, [listed, (E + "EIP", address)])

    def associate():
        part, eni = m.hex("eipassoc-0", 16), m.hex("eni-0", 16)
        sent = {"allocationId": thing.id, "networkInterfaceId": eni}
        change = store(config, associationId=part, networkInterfaceId=eni)
        listed_ = [listed, (E + "NetworkInterface", eni), (E + "EIPAssociation", part)]
        return call("AssociateAddress", sent, done(m, associationId=part), listed_, change)

    def disassociate():
        part = config.get("associationId")
        if part is None or part != shown(thing).get("associationId"):
            return None  # nothing is attached, or what no CI has shown yet
        change = store(config, associationId=None, networkInterfaceId=None)
        return call(
            "DisassociateAddress", {"associationId": part}, done(m), [(E + "EIPAssociation", part)], change
        )

    def delete():
        return call(
            "ReleaseAddress", {"allocationId": thing.id, "networkBorderGroup": m.region}, done(m), [listed]
        )

    read = ("DescribeAddresses", {"allocationIdsSet": items({"allocationId": thing.id})})
    return ec2(m, thing, create=create, updates=[associate, disassociate], delete=delete, read=read)


def nat_gateway(m, name):
    config = {"state": "available", "subnetId": m.hex("subnet-0", 16), "natGatewayAddresses": []}
    thing = thing_of(m, "NatGateway", "nat-0", config, created="2025-03-02T09:14:07.000Z")
    named(m, thing, "natgateway", "natGatewayId")
    lists = [(E + "NatGateway", thing.id)]

    def create():
        sent = {
            "CreateNatGatewayRequest": {
                "SubnetId": config["subnetId"],
                "AllocationId": m.hex("eipalloc-0", 16),
            }
        }
        got = {"natGatewayId": thing.id, "subnetId": config["subnetId"], "state": "pending"}
        return call("CreateNatGateway", sent, {"CreateNatGatewayResponse": {"natGateway": got}}, lists)

    def address():
        part = m.hex("eipalloc-0", 16)
        sent = {
            "AssociateNatGatewayAddressRequest": {
                "NatGatewayId": thing.id,
                "AllocationId": {"tag": 1, "content": part},
            }
        }
        answer = {"AssociateNatGatewayAddressResponse": {"natGatewayId": thing.id}}
        change = store(config, natGatewayAddresses=[{"allocationId": part}])
        return call("AssociateNatGatewayAddress", sent, answer, lists, change)

    def delete():
        answer = {"DeleteNatGatewayResponse": {"natGatewayId": thing.id, "requestId": m.uuid()}}
        return call(
            "DeleteNatGateway", {"DeleteNatGatewayRequest": {"NatGatewayId": thing.id}}, answer, lists
        )

    read = (
        "DescribeNatGateways",
        {"DescribeNatGatewaysRequest": {"NatGatewayId": {"tag": 1, "content": thing.id}}},
    )
    return ec2(m, thing, create=create, updates=[address], delete=delete, read=read)


def flow_log(m, name):
    config = {"FlowLogStatus": "ACTIVE", "ResourceId": m.hex("vpc-0", 16), "TrafficType": "ALL"}
    thing = thing_of(m, "FlowLog", "fl-0", config, tags=UPPER_TAGS)
    named(m, thing, "vpc-flow-log", "Id")
    lists = [(E + "FlowLog", thing.id)]

    def create():
        inner = {"ResourceId": {"tag": 1, "content": config["ResourceId"]}, "ResourceType": "VPC"}
        answer = {"CreateFlowLogsResponse": {"unsuccessful": "", "flowLogIdSet": {"item": thing.id}}}
        return call("CreateFlowLogs", {"CreateFlowLogsRequest": inner}, answer, m.maybe(0.5, *lists))

    def delete():
        sent = {"DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": thing.id}}}
        return call(
            "DeleteFlowLogs", sent, {"DeleteFlowLogsResponse": {"unsuccessful": ""}}, m.maybe(0.5, *lists)
        )

    read = ("DescribeFlowLogs", {"DescribeFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": thing.id}}})
    return ec2(m, thing, create=create, updates=[], delete=delete, read=read)


def transit_attachment(m, name):
    config = {
        "TransitGatewayId": m.hex("tgw-0", 16),
        "VpcId": m.hex("vpc-0", 16),
        "SubnetIds": [m.hex("subnet-0", 16)],
    }
    thing = thing_of(m, "TransitGatewayAttachment", "tgw-attach-0", config, tags=UPPER_TAGS)
    named(m, thing, "transit-gateway-attachment", "Id")
    lists = [(E + "TransitGatewayAttachment", thing.id)]

    def modify():
        other = m.hex("subnet-0", 16)
        inner = {"TransitGatewayAttachmentId": thing.id, "AddSubnetIds": {"tag": 1, "content": other}}
        sent = {"ModifyTransitGatewayVpcAttachmentRequest": inner}
        got = {"transitGatewayVpcAttachment": {"transitGatewayAttachmentId": thing.id, "state": "modifying"}}
        answer = {"ModifyTransitGatewayVpcAttachmentResponse": got}
        return call(
            "ModifyTransitGatewayVpcAttachment",
            sent,
            answer,
            m.maybe(0.5, *lists),
            store(config, SubnetIds=[other]),
        )

    def delete():
        got = {
            "transitGatewayAttachmentId": thing.id,
            "transitGatewayId": config["TransitGatewayId"],
            "state": "deleting",
        }
        answer = {"DeleteTransitGatewayVpcAttachmentResponse": {"transitGatewayVpcAttachment": got}}
        sent = {"DelTGwVpcAttachReq": {"TransitGatewayAttachmentId": thing.id}}
        return call("DeleteTransitGatewayVpcAttachment", sent, answer, m.maybe(0.5, *lists))

    read = ("DescribeTransitGatewayAttachments", {"DescribeTransitGatewayAttachmentsRequest": ""})
    return ec2(m, thing, create=None, updates=[modify], delete=delete, read=read)


def vpc_endpoint(m, name):
    config = {
        "serviceName": f"com.amazonaws.{m.region}.sqs",
        "subnetIds": [],
        "groups": [],
        "state": "available",
    }
    thing = thing_of(m, "VPCEndpoint", "vpce-0", config, created="2025-03-02T09:14:07.000Z")
    named(m, thing, "vpc-endpoint", "vpcEndpointId")
    lists = [(E + "VPCEndpoint", thing.id)]

    def modify():
        other = m.hex("sg-0", 16)
        sent = {
            "ModifyVpcEndpointRequest": {
                "VpcEndpointId": thing.id,
                "AddSecurityGroupId": {"tag": 1, "content": other},
            }
        }
        answer = {"ModifyVpcEndpointResponse": {"return": True}}
        return call(
            "ModifyVpcEndpoint",
            sent,
            answer,
            m.maybe(0.5, *lists),
            store(config, groups=[{"groupId": other}]),
        )

    def delete():
        sent = {"DeleteVpcEndpointsRequest": {"VpcEndpointId": {"tag": 1, "content": thing.id}}}
        return call(
            "DeleteVpcEndpoints",
            sent,
            {"DeleteVpcEndpointsResponse": {"unsuccessful": ""}},
            m.maybe(0.5, *lists),
        )

    read = (
        "DescribeVpcEndpoints",
        {"DescribeVpcEndpointsRequest": {"VpcEndpointId": {"tag": 1, "content": thing.id}}},
    )
    return ec2(m, thing, create=None, updates=[modify], delete=delete, read=read)


def peering(m, name):
    config = {
        "status": {"code": "active"},
        "accepterVpcInfo": {"vpcId": m.hex("vpc-0", 16), "peeringOptions": {}},
    }
    thing = thing_of(m, "VPCPeeringConnection", "pcx-0", config)
    named(m, thing, "vpc-peering-connection", "vpcPeeringConnectionId")
    lists = [(E + "VPCPeeringConnection", thing.id)]

    def delete():
        return call(
            "DeleteVpcPeeringConnection", {"vpcPeeringConnectionId": thing.id}, done(m), m.maybe(0.7, *lists)
        )

    read = (
        "DescribeVpcPeeringConnections",
        {"vpcPeeringConnectionIdSet": items({"vpcPeeringConnectionId": thing.id})},
    )
    return ec2(m, thing, create=None, updates=[], delete=delete, read=read)

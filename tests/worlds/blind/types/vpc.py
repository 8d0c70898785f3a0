"""Networks of the blind world: VPCs, subnets, routes."""

from tests.worlds.blind.kind import store
from tests.worlds.blind.spelling import items
from tests.worlds.blind.types.ec2 import E, call, done, ec2, tag_specification
from tests.worlds.blind.types.network import named, shown, thing_of


def subnet(m, name):
    config = {"cidrBlock": "10.20.0.0/20", "availableIpAddressCount": 4068, "mapPublicIpOnLaunch": False}
    config["vpcId"] = m.hex("vpc-0", 16)
    thing = named(m, thing_of(m, "Subnet", "subnet-0", config), "subnet", "subnetId")
    lists = [(E + "Subnet", thing.id)]

    def create():
        sent = {"vpcId": config["vpcId"], "cidrBlock": "10.20.0.0/20"}
        sent["tagSpecificationSet"] = tag_specification("subnet", thing)
        answer = {"requestId": m.uuid(), "subnet": {"subnetId": thing.id, "vpcId": config["vpcId"]}}
        return call("CreateSubnet", sent, answer, [*lists, (E + "VPC", config["vpcId"])])

    def modify():
        value = not config["mapPublicIpOnLaunch"]
        sent = {"subnetId": thing.id, "mapPublicIpOnLaunch": {"value": value}}
        return call("ModifySubnetAttribute", sent, done(m), lists, store(config, mapPublicIpOnLaunch=value))

    def delete():
        return call("DeleteSubnet", {"subnetId": thing.id}, done(m), lists)

    read = ("DescribeSubnets", {"subnetSet": items({"subnetId": thing.id}), "filterSet": {}})
    return ec2(m, thing, create=create, updates=[modify], delete=delete, read=read)


def vpc(m, name):
    config = {
        "cidrBlock": "10.20.0.0/16",
        "dhcpOptionsId": m.hex("dopt-0", 16),
        "cidrBlockAssociationSet": [],
    }
    thing = named(m, thing_of(m, "VPC", "vpc-0", config), "vpc", "vpcId")
    lists = [(E + "VPC", thing.id)]

    def create():
        sent = {"cidrBlock": "10.20.0.0/16", "tagSpecificationSet": tag_specification("vpc", thing)}
        return call("CreateVpc", sent, {"requestId": m.uuid(), "vpc": {"vpcId": thing.id}}, lists)

    def options():
        value = m.hex("dopt-0", 16)
        sent = {"dhcpOptionsId": value, "vpcId": thing.id}
        listed = [*lists, (E + "DHCPOptions", value)]
        return call("AssociateDhcpOptions", sent, done(m), listed, store(config, dhcpOptionsId=value))

    def delete():
        return call("DeleteVpc", {"vpcId": thing.id}, done(m), lists)

    read = ("DescribeVpcAttribute", {"vpcId": thing.id, "attributeType": "enableDnsSupport"})
    return ec2(m, thing, create=create, updates=[options], delete=delete, read=read)


def internet_gateway(m, name):
    config = {"attachments": [], "ownerId": m.account}
    thing = thing_of(m, "InternetGateway", "igw-0", config)
    named(m, thing, "internet-gateway", "internetGatewayId")
    lists = [(E + "InternetGateway", thing.id)]

    def create():
        answer = {
            "requestId": m.uuid(),
            "internetGateway": {"internetGatewayId": thing.id, "attachmentSet": {}},
        }
        sent = {"tagSpecificationSet": tag_specification("internet-gateway", thing)}
        return call("CreateInternetGateway", sent, answer, lists)

    def attach():
        other = m.hex("vpc-0", 16)
        change = store(config, attachments=[{"state": "available", "vpcId": other}])
        sent = {"internetGatewayId": thing.id, "vpcId": other}
        return call("AttachInternetGateway", sent, done(m), [*lists, (E + "VPC", other)], change)

    def delete():
        return call("DeleteInternetGateway", {"internetGatewayId": thing.id}, done(m), lists)

    read = ("DescribeInternetGateways", {"internetGatewayIdSet": items({"internetGatewayId": thing.id})})
    return ec2(m, thing, create=create, updates=[attach], delete=delete, read=read)


def route_table(m, name):
    association = {
        "main": False,
        "routeTableAssociationId": m.hex("rtbassoc-0", 16),
        "subnetId": m.hex("subnet-0", 16),
    }
    config = {"associations": [association], "routes": [], "vpcId": m.hex("vpc-0", 16)}
    thing = named(m, thing_of(m, "RouteTable", "rtb-0", config), "route-table", "routeTableId")
    lists = [(E + "RouteTable", thing.id)]

    def create():
        sent = {"vpcId": config["vpcId"], "tagSpecificationSet": tag_specification("route-table", thing)}
        answer = {"requestId": m.uuid(), "routeTable": {"routeTableId": thing.id, "vpcId": config["vpcId"]}}
        return call("CreateRouteTable", sent, answer, [*lists, (E + "VPC", config["vpcId"])])

    def route():
        block = f"172.{16 + m.next() % 16}.{m.next() % 250}.0/24"
        gateway = m.hex("igw-0", 16)
        sent = {"routeTableId": thing.id, "destinationCidrBlock": block, "gatewayId": gateway}
        change = store(
            config, routes=[{"destinationCidrBlock": block, "gatewayId": gateway, "state": "active"}]
        )
        return call("CreateRoute", sent, done(m), [*lists, (None, gateway)], change)

    def disassociate():
        if not config["associations"] or config["associations"] != shown(thing).get("associations"):
            return None  # nothing is attached, or what no CI has shown yet
        part = config["associations"][0]["routeTableAssociationId"]
        answer = {"requestId": m.uuid(), "associationState": {"state": "disassociating"}, "_return": True}
        listed = [(E + "SubnetRouteTableAssociation", part)]
        return call(
            "DisassociateRouteTable", {"associationId": part}, answer, listed, store(config, associations=[])
        )

    def associate():
        part, other = m.hex("rtbassoc-0", 16), m.hex("subnet-0", 16)
        change = store(config, associations=[{"routeTableAssociationId": part, "subnetId": other}])
        answer = {"requestId": m.uuid(), "associationId": part, "associationState": {"state": "associated"}}
        sent = {"routeTableId": thing.id, "subnetId": other}
        listed = [*lists, (E + "Subnet", other), (E + "SubnetRouteTableAssociation", part)]
        return call("AssociateRouteTable", sent, answer, listed, change)

    def delete():
        return call("DeleteRouteTable", {"routeTableId": thing.id}, done(m), lists)

    read = ("DescribeRouteTables", {"routeTableIdSet": items({"routeTableId": thing.id}), "filterSet": {}})
    return ec2(m, thing, create=create, updates=[route, disassociate, associate], delete=delete, read=read)


def network_acl(m, name):
    config = {"associations": [{"networkAclAssociationId": m.hex("aclassoc-0", 16)}], "entries": []}
    thing = named(m, thing_of(m, "NetworkAcl", "acl-0", config), "network-acl", "networkAclId")
    lists = [(E + "NetworkAcl", thing.id)]

    def entry():
        number = 100 + m.next()
        sent = {"networkAclId": thing.id, "ruleNumber": number, "egress": False, "ruleAction": "allow"}
        change = store(
            config, entries=[{"ruleNumber": number, "ruleAction": "allow", "cidrBlock": "10.0.0.0/8"}]
        )
        return call("CreateNetworkAclEntry", sent, done(m), lists, change)

    def delete():
        return call("DeleteNetworkAcl", {"networkAclId": thing.id}, done(m), lists)

    read = ("DescribeNetworkAcls", {"networkAclIdSet": items({"networkAclId": thing.id}), "filterSet": {}})
    return ec2(m, thing, create=None, updates=[entry], delete=delete, read=read)

"""Networks: VPCs, subnets, routes, access lists."""

from tests.worlds.blind.row import FLIP, N, call
from tests.worlds.blind.types.records import DONE, ec2, many, route, run, tagged, wrapped

subnet = ec2(
    "Subnet",
    "subnet",
    "subnet",
    config={
        "subnetId": "$id",
        "vpcId": "$vpc",
        "cidrBlock": "10.20.0.0/20",
        "availableIpAddressCount": 4068,
        "mapPublicIpOnLaunch": False,
    },
    create=call(
        "CreateSubnet",
        {"vpcId": "$vpc", "cidrBlock": "10.20.0.0/20", **tagged("subnet")},
        {"subnet": {"subnetId": "$id", "vpcId": "$vpc"}},
    ),
    delete=call("DeleteSubnet", {"subnetId": "$id"}, DONE),
    updates=(
        call(
            "ModifySubnetAttribute",
            {"subnetId": "$id", "mapPublicIpOnLaunch": {"value": FLIP}},
            DONE,
            mapPublicIpOnLaunch=FLIP,
        ),
    ),
    mentions=(
        run({"subnetId": "$id", "vpcId": "$vpc"}, subnetId="$id"),
        call(
            "CreateNetworkInterface",
            {"subnetId": "$id", "description": "AWS Lambda VPC ENI"},
            {"networkInterface": {"networkInterfaceId": "$eni", "subnetId": "$id"}},
        ),
        call(
            "AssociateRouteTable", {"subnetId": "$id", "routeTableId": "$rtb"}, {"associationId": "$rtbassoc"}
        ),
        call("CreateDBSubnetGroup", {"dBSubnetGroupName": "x", "subnetIds": ["$id"]}, service="rds"),
    ),
)

vpc = ec2(
    "VPC",
    "vpc",
    "vpc",
    config={
        "vpcId": "$id",
        "cidrBlock": "10.20.0.0/16",
        "dhcpOptionsId": "$dopt",
        "cidrBlockAssociationSet": [],
    },
    create=call("CreateVpc", {"cidrBlock": "10.20.0.0/16", **tagged("vpc")}, {"vpc": {"vpcId": "$id"}}),
    delete=call("DeleteVpc", {"vpcId": "$id"}, DONE),
    updates=(
        call(
            "AssociateDhcpOptions", {"dhcpOptionsId": "$dopt2", "vpcId": "$id"}, DONE, dhcpOptionsId="$dopt2"
        ),
        call(
            "AssociateVpcCidrBlock",
            {"vpcId": "$id", "cidrBlock": "10.1.0.0/16"},
            {"vpcId": "$id", "cidrBlockAssociation": {"associationId": "vpc-cidr-assoc-$n"}},
            cidrBlockAssociationSet=[{"cidrBlock": "10.1.0.0/16", "associationId": "vpc-cidr-assoc-$n"}],
        ),
    ),
    mentions=(
        call(
            "CreateSubnet",
            {"vpcId": "$id", "cidrBlock": "x"},
            {"subnet": {"subnetId": "$subnet", "vpcId": "$id"}},
        ),
        call("CreateSecurityGroup", {"groupName": "x", "vpcId": "$id"}, {"groupId": "$sg"}),
        call("AttachInternetGateway", {"internetGatewayId": "$igw", "vpcId": "$id"}, DONE),
        call("CreateRouteTable", {"vpcId": "$id"}, {"routeTable": {"routeTableId": "$rtb", "vpcId": "$id"}}),
        wrapped(
            "CreateFlowLogs",
            {"ResourceId": many("$id"), "ResourceType": "VPC"},
            {"flowLogIdSet": {"item": "$fl"}},
        ),
    ),
)

internet_gateway = ec2(
    "InternetGateway",
    "igw",
    "internet-gateway",
    config={"internetGatewayId": "$id", "attachments": [{"vpcId": "$vpc"}], "ownerId": "$account"},
    create=call(
        "CreateInternetGateway", tagged("internet-gateway"), {"internetGateway": {"internetGatewayId": "$id"}}
    ),
    delete=call("DeleteInternetGateway", {"internetGatewayId": "$id"}, DONE),
    updates=(
        call(
            "AttachInternetGateway",
            {"internetGatewayId": "$id", "vpcId": "$vpc2"},
            DONE,
            attachments=[{"state": "available", "vpcId": "$vpc2"}],
        ),
        call("DetachInternetGateway", {"internetGatewayId": "$id", "vpcId": "$vpc"}, DONE, attachments=[]),
    ),
    mentions=(route("gatewayId"),),
)

BLOCK = {"destinationCidrBlock": "172.16.$n.0/24", "gatewayId": "$igw"}
route_table = ec2(
    "RouteTable",
    "rtb",
    "route-table",
    config={
        "routeTableId": "$id",
        "vpcId": "$vpc",
        "routes": [{"destinationCidrBlock": "0.0.0.0/0"}],
        "associations": [{"main": False, "routeTableAssociationId": "$rtbassoc", "subnetId": "$subnet"}],
    },
    create=call(
        "CreateRouteTable",
        {"vpcId": "$vpc", **tagged("route-table")},
        {"routeTable": {"routeTableId": "$id", "vpcId": "$vpc"}},
    ),
    delete=call("DeleteRouteTable", {"routeTableId": "$id"}, DONE),
    updates=(
        call("CreateRoute", {"routeTableId": "$id", **BLOCK}, DONE, routes=[{**BLOCK, "state": "active"}]),
        call(
            "DisassociateRouteTable",
            {"associationId": "$rtbassoc"},
            {"associationState": {"state": "x"}, **DONE},
            needs="associations",
            associations=[],
        ),
        call(
            "AssociateRouteTable",
            {"routeTableId": "$id", "subnetId": "$subnet2"},
            {"associationId": "$rtbassoc2"},
            associations=[{"routeTableAssociationId": "$rtbassoc2", "subnetId": "$subnet2"}],
        ),
        call("DeleteRoute", {"routeTableId": "$id", "destinationCidrBlock": "0.0.0.0/0"}, DONE, routes=[]),
    ),
    mentions=(call("DisassociateRouteTable", {"associationId": "$rtbassoc2"}, DONE), route("gatewayId")),
)

MOVED = {"networkAclAssociationId": "$aclassoc2"}
network_acl = ec2(
    "NetworkAcl",
    "acl",
    "network-acl",
    config={"networkAclId": "$id", "associations": [{"networkAclAssociationId": "$aclassoc"}], "entries": []},
    create=call(
        "CreateNetworkAcl", {"vpcId": "$vpc"}, {"networkAcl": {"networkAclId": "$id", "vpcId": "$vpc"}}
    ),
    delete=call("DeleteNetworkAcl", {"networkAclId": "$id"}, DONE),
    updates=(
        call(
            "CreateNetworkAclEntry",
            {"networkAclId": "$id", "ruleNumber": N, "egress": False, "ruleAction": "allow"},
            DONE,
            entries=[{"ruleNumber": N, "ruleAction": "allow", "cidrBlock": "10.0.0.0/8"}],
        ),
        call(
            "ReplaceNetworkAclAssociation",
            {"associationId": "$aclassoc3", "networkAclId": "$id"},
            {"newAssociationId": "$aclassoc2"},
            associations=[MOVED],
        ),
        call(
            "ReplaceNetworkAclAssociation",
            {"associationId": "$aclassoc", "networkAclId": "$acl2"},
            {"newAssociationId": "$aclassoc2"},
            needs="associations",
            associations=[],
        ),
    ),
)

"""Networks: VPCs, subnets, routes, access lists."""

from tests.worlds.blind.row import FLIP, N, call, row
from tests.worlds.blind.types.records import ec2, route, run, tagged

subnet = row(
    ec2("Subnet", "subnet", "subnet"),
    config={"subnetId": "$id", "vpcId": "$vpc", "availableIpAddressCount": 4068},
    create=call("CreateSubnet", {"vpcId": "$vpc", **tagged("subnet")}, {"subnet": {"subnetId": "$id"}}),
    delete=call("DeleteSubnet", {"subnetId": "$id"}),
    updates=(
        call(
            "ModifySubnetAttribute",
            {"subnetId": "$id", "mapPublicIpOnLaunch": {"value": FLIP}},
            mapPublicIpOnLaunch=FLIP,
        ),
    ),
    mentions=(
        run({"subnetId": "$id", "vpcId": "$vpc"}, subnetId="$id"),
        call(
            "CreateNetworkInterface",
            {"subnetId": "$id"},
            {"networkInterface": {"networkInterfaceId": "$eni", "subnetId": "$id"}},
        ),
        call("AssociateRouteTable", {"subnetId": "$id", "routeTableId": "$rtb"}),
        call("CreateDBSubnetGroup", {"dBSubnetGroupName": "x", "subnetIds": ["$id"]}, service="rds"),
    ),
)

BLOCK = {"cidrBlock": "10.1.0.0/16", "associationId": "vpc-cidr-assoc-$n"}
vpc = row(
    ec2("VPC", "vpc", "vpc"),
    config={"vpcId": "$id", "dhcpOptionsId": "$dopt"},
    create=call("CreateVpc", {"cidrBlock": "10.20.0.0/16", **tagged("vpc")}, {"vpc": {"vpcId": "$id"}}),
    delete=call("DeleteVpc", {"vpcId": "$id"}),
    updates=(
        call("AssociateDhcpOptions", {"dhcpOptionsId": "$dopt2", "vpcId": "$id"}, dhcpOptionsId="$dopt2"),
        call(
            "AssociateVpcCidrBlock",
            {"vpcId": "$id", "cidrBlock": "10.1.0.0/16"},
            {"vpcId": "$id", "cidrBlockAssociation": BLOCK},
            cidrBlockAssociationSet=[BLOCK],
        ),
    ),
    mentions=(
        call("CreateSecurityGroup", {"groupName": "x", "vpcId": "$id"}, {"groupId": "$sg"}),
        call("AttachInternetGateway", {"internetGatewayId": "$igw", "vpcId": "$id"}),
        call("CreateRouteTable", {"vpcId": "$id"}, {"routeTable": {"routeTableId": "$rtb", "vpcId": "$id"}}),
    ),
)

ROUTE = {"destinationCidrBlock": "172.16.$n.0/24", "gatewayId": "$igw"}
route_table = row(
    ec2("RouteTable", "rtb", "route-table"),
    config={
        "routeTableId": "$id",
        "vpcId": "$vpc",
        "routes": [{"destinationCidrBlock": "0.0.0.0/0"}],
        "associations": [{"main": False, "routeTableAssociationId": "$rtbassoc", "subnetId": "$subnet"}],
    },
    create=call("CreateRouteTable", {"vpcId": "$vpc"}, {"routeTable": {"routeTableId": "$id"}}),
    delete=call("DeleteRouteTable", {"routeTableId": "$id"}),
    updates=(
        call("CreateRoute", {"routeTableId": "$id", **ROUTE}, routes=[{**ROUTE, "state": "active"}]),
        call("DisassociateRouteTable", {"associationId": "$rtbassoc"}, needs="associations", associations=[]),
        call(
            "AssociateRouteTable",
            {"routeTableId": "$id", "subnetId": "$subnet2"},
            {"associationId": "$rtbassoc2"},
            associations=[{"routeTableAssociationId": "$rtbassoc2", "subnetId": "$subnet2"}],
        ),
    ),
    mentions=(call("DisassociateRouteTable", {"associationId": "$rtbassoc2"}), route("gatewayId")),
)

ENTRY = {"ruleNumber": N, "ruleAction": "allow"}
REPLACE = "ReplaceNetworkAclAssociation"
MOVED = {"newAssociationId": "$aclassoc2"}
network_acl = row(
    ec2("NetworkAcl", "acl", "network-acl"),
    config={"networkAclId": "$id", "associations": [{"networkAclAssociationId": "$aclassoc"}]},
    create=call("CreateNetworkAcl", {"vpcId": "$vpc"}, {"networkAcl": {"networkAclId": "$id"}}),
    delete=call("DeleteNetworkAcl", {"networkAclId": "$id"}),
    updates=(
        call("CreateNetworkAclEntry", {"networkAclId": "$id", **ENTRY}, entries=[ENTRY]),
        call(
            REPLACE,
            {"associationId": "$aclassoc3", "networkAclId": "$id"},
            MOVED,
            associations=[{"networkAclAssociationId": "$aclassoc2"}],
        ),
        call(
            REPLACE,
            {"associationId": "$aclassoc", "networkAclId": "$acl2"},
            MOVED,
            needs="associations",
            associations=[],
        ),
    ),
)

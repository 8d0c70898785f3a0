"""Networks: VPCs, subnets, routes, access lists."""

from tests.worlds.blind.row import FLIP, N, by, call, row
from tests.worlds.blind.types.records import ec2, route, run, tagged

subnet = row(
    ec2("Subnet", "subnet", "subnet", "subnetId"),
    config={"subnetId": "$id", "vpcId": "$vpc", "availableIpAddressCount": 4068},
    create=call("CreateSubnet", {"vpcId": "$vpc", **tagged("subnet")}, {"subnet": {"subnetId": "$id"}}),
    updates=(
        by("ModifySubnetAttribute", {"mapPublicIpOnLaunch": {"value": FLIP}}, mapPublicIpOnLaunch=FLIP),
    ),
    mentions=(
        run({"subnetId": "$id", "vpcId": "$vpc"}, subnetId="$id"),
        by("AssociateRouteTable", {"routeTableId": "$rtb"}),
        call("CreateDBSubnetGroup", {"dBSubnetGroupName": "x", "subnetIds": ["$id"]}, service="rds"),
    ),
)

vpc = row(
    ec2("VPC", "vpc", "vpc", "vpcId"),
    config={"vpcId": "$id", "dhcpOptionsId": "$dopt"},
    create=call("CreateVpc", {"cidrBlock": "10.20.0.0/16", **tagged("vpc")}, {"vpc": {"vpcId": "$id"}}),
    updates=(
        by("AssociateDhcpOptions", {"dhcpOptionsId": "$dopt2"}, dhcpOptionsId="$dopt2"),
        by("AssociateVpcCidrBlock", {"cidrBlock": "10.1.0.0/16"}, cidrBlockAssociationSet=["10.1.$n.0/24"]),
    ),
    mentions=(
        by("CreateSecurityGroup", {"groupName": "x"}, {"groupId": "$sg"}),
        by("AttachInternetGateway", {"internetGatewayId": "$igw"}),
    ),
)

ROUTE = {"destinationCidrBlock": "172.16.$n.0/24", "gatewayId": "$igw"}
HELD, OTHER = ({"routeTableAssociationId": f"$rtbassoc{n}", "subnetId": f"$subnet{n}"} for n in ("", "2"))
route_table = row(
    ec2("RouteTable", "rtb", "route-table", "routeTableId"),
    config={"routeTableId": "$id", "vpcId": "$vpc", "associations": [HELD]},
    create=call("CreateRouteTable", {"vpcId": "$vpc"}, {"routeTable": {"routeTableId": "$id"}}),
    updates=(
        by("CreateRoute", ROUTE, routes=[{**ROUTE, "state": "active"}]),
        call("DisassociateRouteTable", {"associationId": "$rtbassoc"}, needs="associations", associations=[]),
        by(
            "AssociateRouteTable",
            {"subnetId": "$subnet2"},
            {"associationId": "$rtbassoc2"},
            associations=[OTHER],
        ),
    ),
    mentions=(call("DisassociateRouteTable", {"associationId": "$rtbassoc2"}), route("gatewayId")),
)

ENTRY = {"ruleNumber": N, "ruleAction": "allow"}
REPLACE, MOVED = "ReplaceNetworkAclAssociation", {"newAssociationId": "$aclassoc2"}
THERE = {"associationId": "$aclassoc", "networkAclId": "$acl2"}
network_acl = row(
    ec2("NetworkAcl", "acl", "network-acl", "networkAclId"),
    config={"networkAclId": "$id", "associations": [{"networkAclAssociationId": "$aclassoc"}]},
    create=call("CreateNetworkAcl", {"vpcId": "$vpc"}, {"networkAcl": {"networkAclId": "$id"}}),
    updates=(
        by("CreateNetworkAclEntry", ENTRY, entries=[ENTRY]),
        by(
            REPLACE,
            {"associationId": "$aclassoc3"},
            MOVED,
            associations=[{"networkAclAssociationId": "$aclassoc2"}],
        ),
        call(REPLACE, THERE, MOVED, needs="associations", associations=[]),
    ),
)

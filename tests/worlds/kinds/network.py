"""EC2: networks and what guards them."""

from tests.worlds.kind import Call
from tests.worlds.kinds.ec2 import DONE, RULE, RULE_OF_OURS, SOME_TAGS, ec2

GROUP = ec2(
    "SecurityGroup",
    "sg",
    "security-group",
    name="$name",
    config={"groupId": "$id", "groupName": "$name", "vpcId": "$vpc", "ipPermissions": []},
    create=Call(
        "CreateSecurityGroup",
        {"groupName": "$name", "groupDescription": "d", "vpcId": "$vpc", **SOME_TAGS},
        {"groupId": "$id", **DONE},
    ),
    delete=Call("DeleteSecurityGroup", {"groupId": "$id"}, DONE),
    updates=(
        Call(
            "AuthorizeSecurityGroupIngress",
            {"groupId": "$id", "ipPermissions": RULE},
            {
                **DONE,
                "securityGroupRuleSet": {
                    "items": [{"groupId": "$id", "securityGroupRuleId": "sgr-0$hex", "cidrIpv4": "x"}]
                },
            },
            paths=(("Configuration.IpPermissions.0", None, {"fromPort": 22}),),
        ),
        Call(
            "RevokeSecurityGroupIngress",
            {"groupId": "$id", "ipPermissions": RULE},
            DONE,
            paths=(("Configuration.IpPermissions.0", {"fromPort": 22}, None),),
        ),
        Call(
            "AuthorizeSecurityGroupEgress",
            {"groupName": "$name", "ipPermissions": RULE},
            DONE,
            paths=(("Configuration.IpPermissionsEgress.0", None, {"fromPort": 22}),),
        ),
        Call(
            "ModifySecurityGroupRules",
            {
                "ModifySecurityGroupRulesRequest": {
                    "GroupId": "$id",
                    "SecurityGroupRule": {
                        "tag": 1,
                        "SecurityGroupRuleId": "sgr-0$hex",
                        "SecurityGroupRule": {},
                    },
                }
            },
            {"ModifySecurityGroupRulesResponse": {"return": True}},
            paths=(
                ("Configuration.IpPermissions.0", {"fromPort": 22}, None),
                ("Configuration.IpPermissions.1", None, {}),
            ),
        ),
    ),
    mentions=(
        Call(
            "RunInstances",
            {"instancesSet": {"items": [{"imageId": "$ami"}]}, "groupSet": {"items": [{"groupId": "$id"}]}},
            {
                "instancesSet": {
                    "items": [{"instanceId": "$instance", "groupSet": {"items": [{"groupId": "$id"}]}}]
                }
            },
        ),
        Call(
            "AuthorizeSecurityGroupIngress",
            {"groupId": "$sg", "ipPermissions": RULE_OF_OURS},
            {
                **DONE,
                "securityGroupRuleSet": {
                    "items": [
                        {"groupId": "$sg", "referencedGroupInfo": {"groupId": "$id", "userId": "$account"}}
                    ]
                },
            },
        ),
        Call(
            "ModifyInstanceAttribute",
            {"instanceId": "$instance", "groupSet": {"items": [{"groupId": "$id"}]}},
        ),
        Call(
            "CreateNetworkInterface",
            {"subnetId": "$subnet", "groupSet": {"items": [{"groupId": "$id"}]}},
            {"networkInterface": {"networkInterfaceId": "$eni", "groupSet": {"items": [{"groupId": "$id"}]}}},
        ),
        Call("ModifyDBInstance", {"dBInstanceIdentifier": "x", "vpcSecurityGroupIds": ["$id"]}, source="rds"),
        Call(
            "SetSecurityGroups",
            {"loadBalancerArn": "x", "securityGroups": ["$id"]},
            source="elasticloadbalancing",
        ),
        Call("CreatePlacementGroup", {"groupName": "$name", "strategy": "cluster"}),
    ),
)

SUBNET = ec2(
    "Subnet",
    "subnet",
    "subnet",
    config={"subnetId": "$id", "vpcId": "$vpc", "availableIpAddressCount": 250, "mapPublicIpOnLaunch": False},
    create=Call(
        "CreateSubnet",
        {"vpcId": "$vpc", "cidrBlock": "10.0.1.0/24"},
        {"subnet": {"subnetId": "$id", "vpcId": "$vpc"}},
    ),
    delete=Call("DeleteSubnet", {"subnetId": "$id"}, DONE),
    updates=(
        Call(
            "ModifySubnetAttribute",
            {"subnetId": "$id", "mapPublicIpOnLaunch": {"value": True}},
            DONE,
            paths=(
                ("Configuration.MapPublicIpOnLaunch", False, True),
                ("Configuration.AvailableIpAddressCount", 5, 4),
            ),
        ),
    ),
    mentions=(
        Call(
            "RunInstances",
            {"instancesSet": {"items": [{"imageId": "$ami"}]}, "subnetId": "$id"},
            {"instancesSet": {"items": [{"instanceId": "$instance", "subnetId": "$id", "vpcId": "$vpc"}]}},
        ),
        Call(
            "AssociateRouteTable",
            {"subnetId": "$id", "routeTableId": "rtb-0$hex"},
            {"associationId": "rtbassoc-0$hex"},
        ),
        Call("CreateNetworkInterface", {"subnetId": "$id"}, {"networkInterface": {"subnetId": "$id"}}),
        Call("CreateDBSubnetGroup", {"dBSubnetGroupName": "x", "subnetIds": ["$id"]}, source="rds"),
    ),
)

VPC = ec2(
    "VPC",
    "vpc",
    "vpc",
    config={"vpcId": "$id", "cidrBlock": "10.0.0.0/16"},
    create=Call(
        "CreateVpc", {"cidrBlock": "10.0.0.0/16"}, {"vpc": {"vpcId": "$id", "cidrBlock": "10.0.0.0/16"}}
    ),
    delete=Call("DeleteVpc", {"vpcId": "$id"}, DONE),
    updates=(
        Call(
            "AssociateVpcCidrBlock",
            {"vpcId": "$id", "cidrBlock": "10.1.0.0/16"},
            {"vpcId": "$id", "cidrBlockAssociation": {"associationId": "vpc-cidr-assoc-0$hex"}},
            paths=(("Configuration.CidrBlockAssociationSet.1", None, {"cidrBlock": "10.1.0.0/16"}),),
        ),
        Call(
            "AssociateDhcpOptions",
            {"vpcId": "$id", "dhcpOptionsId": "dopt-0$hex"},
            DONE,
            paths=(("Configuration.DhcpOptionsId", "a", "b"),),
        ),
    ),
    mentions=(
        Call(
            "CreateSubnet",
            {"vpcId": "$id", "cidrBlock": "x"},
            {"subnet": {"subnetId": "$subnet", "vpcId": "$id"}},
        ),
        Call("CreateSecurityGroup", {"groupName": "x", "vpcId": "$id"}, {"groupId": "$sg"}),
        Call("AttachInternetGateway", {"internetGatewayId": "igw-0$hex", "vpcId": "$id"}, DONE),
        Call(
            "CreateRouteTable",
            {"vpcId": "$id"},
            {"routeTable": {"routeTableId": "rtb-0$hex", "vpcId": "$id"}},
        ),
        Call(
            "CreateFlowLogs",
            {"CreateFlowLogsRequest": {"ResourceId": {"tag": 1, "content": "$id"}, "ResourceType": "VPC"}},
            {"CreateFlowLogsResponse": {"flowLogIdSet": {"item": "fl-0$hex"}}},
        ),
    ),
)

GATEWAY = ec2(
    "InternetGateway",
    "igw",
    "internet-gateway",
    config={"internetGatewayId": "$id", "attachments": []},
    create=Call("CreateInternetGateway", {}, {"internetGateway": {"internetGatewayId": "$id"}}),
    delete=Call("DeleteInternetGateway", {"internetGatewayId": "$id"}, DONE),
    updates=(
        Call(
            "AttachInternetGateway",
            {"internetGatewayId": "$id", "vpcId": "$vpc"},
            DONE,
            paths=(("Configuration.Attachments.0", None, {"vpcId": "$vpc"}),),
        ),
        Call(
            "DetachInternetGateway",
            {"internetGatewayId": "$id", "vpcId": "$vpc"},
            DONE,
            paths=(("Configuration.Attachments.0", {"vpcId": "$vpc"}, None), ("Relationships.0", "x", None)),
        ),
    ),
    mentions=(
        Call(
            "CreateRoute",
            {"routeTableId": "rtb-0$hex", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "$id"},
        ),
    ),
)

ROUTES = ec2(
    "RouteTable",
    "rtb",
    "route-table",
    config={
        "routeTableId": "$id",
        "vpcId": "$vpc",
        "associations": [
            {"main": True, "routeTableAssociationId": "rtbassoc-0$hex"},
            {"main": False, "routeTableAssociationId": "$part", "subnetId": "$subnet"},
        ],
    },
    create=Call(
        "CreateRouteTable", {"vpcId": "$vpc"}, {"routeTable": {"routeTableId": "$id", "vpcId": "$vpc"}}
    ),
    delete=Call("DeleteRouteTable", {"routeTableId": "$id"}, DONE),
    updates=(
        Call(
            "CreateRoute",
            {"routeTableId": "$id", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-0$hex"},
            DONE,
            paths=(("Configuration.Routes.1", None, {"destinationCidrBlock": "0.0.0.0/0"}),),
        ),
        Call(
            "DeleteRoute",
            {"routeTableId": "$id", "destinationCidrBlock": "0.0.0.0/0"},
            DONE,
            paths=(("Configuration.Routes.1", {"destinationCidrBlock": "0.0.0.0/0"}, None),),
        ),
        Call(
            "DisassociateRouteTable",
            {"associationId": "$part"},
            DONE,
            paths=(
                ("Configuration.Associations.1", {"routeTableAssociationId": "$part"}, None),
                ("Relationships.0", "x", None),
            ),
        ),
        Call(
            "AssociateRouteTable",
            {"routeTableId": "$id", "subnetId": "$subnet"},
            {"associationId": "rtbassoc-0$up"},
            paths=(("Configuration.Associations.1", None, {"routeTableAssociationId": "rtbassoc-0$up"}),),
        ),
    ),
    mentions=(
        Call("DisassociateRouteTable", {"associationId": "rtbassoc-0fedcba987654321"}, DONE),
        Call(
            "CreateRoute",
            {"routeTableId": "rtb-0$up", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "$id"},
        ),
    ),
)

ACL = ec2(
    "NetworkAcl",
    "acl",
    "network-acl",
    config={"networkAclId": "$id", "entries": [], "associations": [{"networkAclAssociationId": "$part"}]},
    create=Call(
        "CreateNetworkAcl", {"vpcId": "$vpc"}, {"networkAcl": {"networkAclId": "$id", "vpcId": "$vpc"}}
    ),
    delete=Call("DeleteNetworkAcl", {"networkAclId": "$id"}, DONE),
    updates=(
        Call(
            "CreateNetworkAclEntry",
            {
                "networkAclId": "$id",
                "ruleNumber": 90,
                "egress": False,
                "ruleAction": "allow",
                "cidrBlock": "0.0.0.0/0",
            },
            DONE,
            paths=(("Configuration.Entries.0", None, {"ruleNumber": 90}),),
        ),
        Call(
            "ReplaceNetworkAclAssociation",
            {"associationId": "aclassoc-0$up", "networkAclId": "$id"},
            {"newAssociationId": "aclassoc-0$hex"},
            paths=(("Configuration.Associations.1", None, {"networkAclAssociationId": "aclassoc-0$hex"}),),
        ),
        Call(
            "ReplaceNetworkAclAssociation",
            {"associationId": "$part", "networkAclId": "acl-0$up"},
            {"newAssociationId": "aclassoc-0$hex"},
            paths=(("Configuration.Associations.0", {"networkAclAssociationId": "$part"}, None),),
        ),
    ),
    mentions=(),
)

KINDS = (GROUP, SUBNET, VPC, GATEWAY, ROUTES, ACL)

"""EC2's instances, groups and disks."""

from tests.worlds.blind.row import More, N, by, call, row
from tests.worlds.blind.spelling import items
from tests.worlds.blind.types.records import ec2, route, run, tagged, wrapped

SELF = {"instancesSet": items({"instanceId": "$id"})}
PLACED = {"subnetId": "$subnet", "groupSet": items({"groupId": "$sg"})}
CARD = {"networkInterfaceId": "$eni", "attachment": {"attachmentId": "$eniattach"}}
RUNNING, STOPPED = {"code": 16, "name": "running"}, {"code": 80, "name": "stopped"}
instance = row(
    ec2("Instance", "i", "instance", "instanceId"),
    config={
        "instanceId": "$id",
        "publicIpAddress": "$ip",
        "state": RUNNING,
        "subnetId": "$subnet",
        "securityGroups": [{"groupName": "$name", "groupId": "$sg"}],
        "networkInterfaces": [CARD],
    },
    create=call(
        "RunInstances",
        {"instancesSet": items({"minCount": 1, "maxCount": 1}), **PLACED, **tagged("instance")},
        {"instancesSet": items({"instanceId": "$id", **PLACED, "networkInterfaceSet": items(CARD)})},
    ),
    delete=call("TerminateInstances", SELF, SELF),
    updates=(
        by("ModifyInstanceAttribute", {"instanceType": {"value": "m${n}.large"}}, instanceType="m${n}.large"),
        by(
            "ModifyInstanceAttribute",
            {"groupSet": items({"groupId": "$sg2"})},
            securityGroups=[{"groupName": "other", "groupId": "$sg2"}],
        ),
        call(
            "StopInstances",
            {"instancesSet": items({"instanceId": "$i2"}, {"instanceId": "$id"}), "force": False},
            SELF,
            state=STOPPED,
            stateTransitionReason="User initiated ($n)",
            publicIpAddress=None,
        ),
        call("StartInstances", SELF, SELF, state=RUNNING, launchTime="t$n"),
        call(
            "DetachNetworkInterface",
            {"attachmentId": "$eniattach", "force": False},
            needs="networkInterfaces",
            networkInterfaces=[],
        ),
    ),
    mentions=(by("UpdateInstanceInformation", {"agentVersion": "3.3"}, service="ssm"), route("instanceId")),
)

PORTS = {"fromPort": N, "toPort": N, "ipProtocol": "tcp"}
PERMISSION = {**PORTS, "ipRanges": ["10.0.0.0/8"], "userIdGroupPairs": []}
RULED = {"ipPermissions": items({**PORTS, "ipRanges": items({"cidrIp": "10.0.0.0/8"})})}
RULES = {"securityGroupRuleSet": items({"groupId": "$id", "securityGroupRuleId": "$sgr"})}
PORT = {"SecurityGroupRuleId": "$sgr", "tag": 1, "SecurityGroupRule": {"FromPort": N}}
MORE, LAST = More(PERMISSION), [PERMISSION]
OURS = {"groupSet": items({"groupId": "$id"})}
security_group = row(
    {**ec2("SecurityGroup", "sg", "security-group", "groupId"), "name": "$name"},
    config={"groupName": "$name", "groupId": "$id", "vpcId": "$vpc", "ipPermissionsEgress": []},
    create=call(
        "CreateSecurityGroup",
        {"groupName": "$name", "vpcId": "$vpc", **tagged("security-group")},
        {"_return": True, "groupId": "$id"},
    ),
    delete=by("DeleteSecurityGroup"),
    updates=(
        by("AuthorizeSecurityGroupIngress", RULED, RULES, ipPermissions=MORE),
        wrapped(
            "ModifySecurityGroupRules", {"GroupId": "$id", "SecurityGroupRule": PORT}, ipPermissions=LAST
        ),
        by(
            "RevokeSecurityGroupEgress",
            {"ipPermissions": {}, "ipProtocol": "tcp"},
            ipPermissionsEgress=LAST,
        ),
        call("AuthorizeSecurityGroupIngress", {"groupName": "$name", **RULED}, RULES, ipPermissions=MORE),
    ),
    mentions=(
        call("ModifyDBInstance", {"vpcSecurityGroupIds": ["$id"]}, service="rds"),
        run(OURS, **OURS),
        call("ModifyInstanceAttribute", {"instanceId": "$i", **OURS}),
        call("CreatePlacementGroup", {"groupName": "$name", "strategy": "cluster"}),
    ),
)

volume = row(
    ec2("Volume", "vol", "volume", "volumeId"),
    config={"volumeId": "$id", "state": "available", "attachments": [{"instanceId": "$i"}]},
    create=call("CreateVolume", {"size": "20", **tagged("volume")}, {"volumeId": "$id", "size": "20"}),
    updates=(
        wrapped(
            "ModifyVolume",
            {"VolumeId": "$id", "Size": N},
            {"volumeModification": {"volumeId": "$id"}},
            size=N,
        ),
        by("DetachVolume", {}, {"volumeId": "$id", "instanceId": "$i"}, attachments=[]),
    ),
    mentions=(by("CreateSnapshot", {}, {"snapshotId": "$snap", "volumeId": "$id"}),),
)

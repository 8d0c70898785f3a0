"""EC2's instances, groups, disks and templates."""

from tests.worlds.blind.row import More, N, call
from tests.worlds.blind.spelling import items
from tests.worlds.blind.types.records import DONE, ec2, route, run, tagged, wrapped

SELF = {"instancesSet": items({"instanceId": "$id"})}
PROFILE = "arn:aws:iam::$account:instance-profile/$name-$n"
instance = ec2(
    "Instance",
    "i",
    "instance",
    config={
        "instanceId": "$id",
        "imageId": "$ami",
        "instanceType": "t3.small",
        "launchTime": "2025-03-02T09:14:07.000Z",
        "monitoring": {"state": "disabled"},
        "privateIpAddress": "10.20.3.41",
        "publicIpAddress": "$ip",
        "state": {"code": 16, "name": "running"},
        "stateTransitionReason": "",
        "subnetId": "$subnet",
        "vpcId": "$vpc",
        "securityGroups": [{"groupName": "$name", "groupId": "$sg"}],
        "blockDeviceMappings": [],
        "networkInterfaces": [{"networkInterfaceId": "$eni", "attachment": {"attachmentId": "$eniattach"}}],
    },
    links=(
        ("$subnet", "AWS::EC2::Subnet", "Is contained in Subnet"),
        ("$sg", "AWS::EC2::SecurityGroup", "Is associated with SecurityGroup"),
    ),
    create=call(
        "RunInstances",
        {
            "instancesSet": items({"imageId": "$ami", "minCount": 1, "maxCount": 1}),
            "subnetId": "$subnet",
            "groupSet": items({"groupId": "$sg"}),
            **tagged("instance"),
        },
        {
            "reservationId": "$r",
            "instancesSet": items(
                {
                    "instanceId": "$id",
                    "imageId": "$ami",
                    "subnetId": "$subnet",
                    "vpcId": "$vpc",
                    "groupSet": items({"groupId": "$sg", "groupName": "$name"}),
                    "networkInterfaceSet": items({"networkInterfaceId": "$eni", "subnetId": "$subnet"}),
                }
            ),
        },
    ),
    delete=call(
        "TerminateInstances",
        SELF,
        {"instancesSet": items({"instanceId": "$id", "currentState": {"code": 32, "name": "shutting-down"}})},
    ),
    updates=(
        call(
            "ModifyInstanceAttribute",
            {"instanceId": "$id", "instanceType": {"value": "m${n}.large"}},
            DONE,
            instanceType="m${n}.large",
        ),
        call(
            "ModifyInstanceAttribute",
            {"instanceId": "$id", "groupSet": items({"groupId": "$sg2"})},
            DONE,
            securityGroups=[{"groupName": "other", "groupId": "$sg2"}],
        ),
        call(
            "StopInstances",
            {"instancesSet": items({"instanceId": "$i2"}, {"instanceId": "$id"}), "force": False},
            {"instancesSet": items({"instanceId": "$id", "currentState": {"code": 64, "name": "stopping"}})},
            state={"code": 80, "name": "stopped"},
            stateTransitionReason="User initiated ($n)",
            publicIpAddress=None,
        ),
        call("MonitorInstances", SELF, SELF, monitoring={"state": "enabled"}),
        wrapped(
            "AssociateIamInstanceProfile",
            {"InstanceId": "$id", "IamInstanceProfile": {"Arn": PROFILE}},
            {"iamInstanceProfileAssociation": {"associationId": "$iipassoc", "instanceId": "$id"}},
            iamInstanceProfile={"arn": PROFILE},
        ),
        call("StartInstances", SELF, SELF, state={"code": 16, "name": "running"}, launchTime="t$n"),
        wrapped(
            "ModifyInstanceMetadataOptions",
            {"InstanceId": "$id", "HttpTokens": "optional"},
            {"instanceId": "$id"},
            metadataOptions={"httpTokens": "optional"},
        ),
        call(
            "AttachVolume",
            {"volumeId": "$vol", "instanceId": "$id", "device": "/dev/sdf"},
            {"volumeId": "$vol", "instanceId": "$id", "status": "attaching"},
            blockDeviceMappings=[{"deviceName": "/dev/sdf", "ebs": {"volumeId": "$vol"}}],
        ),
        call(
            "DetachNetworkInterface",
            {"attachmentId": "$eniattach", "force": False},
            DONE,
            needs="networkInterfaces",
            networkInterfaces=[],
        ),
    ),
    mentions=(
        call("UpdateInstanceInformation", {"instanceId": "$id", "agentVersion": "3.3"}, service="ssm"),
        call(
            "CreateImage", {"instanceId": "$id", "name": "backup-$n", "noReboot": True}, {"imageId": "$ami2"}
        ),
        call(
            "RegisterTargets",
            {"targetGroupArn": "$other", "targets": [{"id": "$id"}]},
            service="elasticloadbalancing",
        ),
        route("instanceId"),
        call("SendCommand", {"documentName": "x", "instanceIds": ["$id"]}, service="ssm"),
    ),
    created=True,
    zone="eu-west-1a",
)

PERMISSION = {
    "fromPort": N,
    "toPort": N,
    "ipProtocol": "tcp",
    "ipv4Ranges": [{"cidrIp": "10.0.0.0/8"}],
    "ipRanges": ["10.0.0.0/8"],
    "ipv6Ranges": [],
    "prefixListIds": [],
    "userIdGroupPairs": [],
}
RULE = {
    "ipProtocol": "tcp",
    "fromPort": N,
    "toPort": N,
    "groups": {},
    "ipRanges": items({"cidrIp": "10.0.0.0/8"}),
}
RULES = {"securityGroupRuleSet": items({"groupId": "$id", "securityGroupRuleId": "$sgr"})}
security_group = ec2(
    "SecurityGroup",
    "sg",
    "security-group",
    name="$name",
    config={
        "description": "$name tier",
        "groupName": "$name",
        "ownerId": "$account",
        "groupId": "$id",
        "vpcId": "$vpc",
        "ipPermissions": [],
        "ipPermissionsEgress": [],
    },
    links=(("$vpc", "AWS::EC2::VPC", "Is contained in Vpc"),),
    create=call(
        "CreateSecurityGroup",
        {"groupName": "$name", "groupDescription": "$name tier", "vpcId": "$vpc", **tagged("security-group")},
        {**DONE, "groupId": "$id"},
    ),
    delete=call("DeleteSecurityGroup", {"groupId": "$id"}, DONE),
    updates=(
        call(
            "AuthorizeSecurityGroupIngress",
            {"groupId": "$id", "ipPermissions": items(RULE)},
            {**DONE, **RULES},
            ipPermissions=More(PERMISSION),
        ),
        wrapped(
            "ModifySecurityGroupRules",
            {
                "GroupId": "$id",
                "SecurityGroupRule": {
                    "SecurityGroupRuleId": "$sgr",
                    "tag": 1,
                    "SecurityGroupRule": {"FromPort": N},
                },
            },
            ipPermissions=[PERMISSION],
        ),
        call(
            "RevokeSecurityGroupEgress",
            {"groupId": "$id", "ipPermissions": {}, "ipProtocol": "tcp"},
            DONE,
            ipPermissionsEgress=[PERMISSION],
        ),
        call(
            "AuthorizeSecurityGroupIngress",
            {"groupName": "$name", "ipPermissions": items(RULE)},
            {**DONE, **RULES},
            ipPermissions=More(PERMISSION),
        ),
        call(
            "RevokeSecurityGroupIngress",
            {"groupId": "$id", "ipPermissions": items(RULE)},
            DONE,
            ipPermissions=[PERMISSION],
        ),
        call(
            "AuthorizeSecurityGroupEgress",
            {"groupId": "$id", "ipPermissions": items(RULE)},
            DONE,
            ipPermissionsEgress=More(PERMISSION),
        ),
    ),
    mentions=(
        call(
            "CreateDBInstance",
            {"dBInstanceIdentifier": "$other", "vpcSecurityGroupIds": ["$id"]},
            service="rds",
        ),
        call(
            "ModifyDBInstance",
            {"dBInstanceIdentifier": "$other", "vpcSecurityGroupIds": ["$id"]},
            service="rds",
        ),
        run({"groupSet": items({"groupId": "$id"})}, groupSet=items({"groupId": "$id"})),
        call(
            "AuthorizeSecurityGroupIngress",
            {
                "groupId": "$sg2",
                "ipPermissions": items({"fromPort": 443, "groups": items({"groupId": "$id"})}),
            },
            {"securityGroupRuleSet": items({"groupId": "$sg2", "referencedGroupInfo": {"groupId": "$id"}})},
        ),
        call("ModifyInstanceAttribute", {"instanceId": "$i", "groupSet": items({"groupId": "$id"})}),
        call(
            "CreateNetworkInterface",
            {"subnetId": "$subnet", "groupSet": items({"groupId": "$id"})},
            {"networkInterface": {"networkInterfaceId": "$eni", "groupSet": items({"groupId": "$id"})}},
        ),
        call(
            "SetSecurityGroups",
            {"loadBalancerArn": "x", "securityGroups": ["$id"]},
            service="elasticloadbalancing",
        ),
        call("CreatePlacementGroup", {"groupName": "$name", "strategy": "cluster"}),
    ),
)

volume = ec2(
    "Volume",
    "vol",
    "volume",
    config={
        "volumeId": "$id",
        "size": 20,
        "volumeType": "gp3",
        "iops": 3000,
        "state": "available",
        "attachments": [{"instanceId": "$i"}],
    },
    create=call(
        "CreateVolume", {"size": "20", "zone": "a", **tagged("volume")}, {"volumeId": "$id", "size": "20"}
    ),
    delete=call("DeleteVolume", {"volumeId": "$id"}, DONE),
    updates=(
        wrapped(
            "ModifyVolume",
            {"VolumeId": "$id", "Size": N},
            {"volumeModification": {"volumeId": "$id", "targetSize": N, "modificationState": "modifying"}},
            size=N,
        ),
        call("DetachVolume", {"volumeId": "$id"}, {"volumeId": "$id", "instanceId": "$i"}, attachments=[]),
    ),
    mentions=(
        call(
            "CreateSnapshot",
            {"volumeId": "$id", "description": "x"},
            {"snapshotId": "$snap", "volumeId": "$id"},
        ),
        run({"blockDeviceMapping": items()}),
    ),
    created=True,
)

TEMPLATE = {"launchTemplate": {"launchTemplateId": "$id", "launchTemplateName": "$name", "versionNumber": N}}
launch_template = ec2(
    "LaunchTemplate",
    "lt",
    "launch-template",
    name="$name",
    config={
        "LaunchTemplateName": "$name",
        "Id": "$id",
        "DefaultVersionNumber": "1",
        "LatestVersionNumber": "1",
    },
    tags=(),
    create=wrapped(
        "CreateLaunchTemplate", {"LaunchTemplateName": "$name", "LaunchTemplateData": {}}, TEMPLATE
    ),
    delete=wrapped("DeleteLaunchTemplate", {"LaunchTemplateId": "$id"}, TEMPLATE),
    updates=(
        wrapped(
            "CreateLaunchTemplateVersion",
            {"LaunchTemplateId": "$id", "LaunchTemplateData": {"ImageId": "$ami"}},
            TEMPLATE,
            LatestVersionNumber="$n",
        ),
        wrapped(
            "CreateLaunchTemplateVersion",
            {"LaunchTemplateName": "$name", "SourceVersion": "1"},
            {"launchTemplateVersion": {"launchTemplateId": "$id"}},
            LatestVersionNumber="$n",
        ),
        wrapped(
            "ModifyLaunchTemplate",
            {"LaunchTemplateId": "$id", "SetDefaultVersion": N},
            TEMPLATE,
            DefaultVersionNumber="$n",
        ),
    ),
    mentions=(
        run(launchTemplate={"launchTemplateId": "$id", "version": "$Latest"}),
        call(
            "UpdateAutoScalingGroup",
            {"autoScalingGroupName": "x", "launchTemplate": {"launchTemplateId": "$id"}},
            service="autoscaling",
        ),
    ),
    zone="Regional",
)

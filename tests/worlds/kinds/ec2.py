"""EC2: instances and their parts."""

from tests.worlds.kind import Call, Kind

TAGS = {"tagSet": {"items": [{"key": "$tagkey", "value": "$tagvalue"}]}}
TAG = Call("CreateTags", {"resourcesSet": {"items": [{"resourceId": "$id"}]}, **TAGS}, {"_return": True})
UNTAG = Call("DeleteTags", {"resourcesSet": {"items": [{"resourceId": "$id"}]}, **TAGS}, {"_return": True})
SOME_TAGS = {
    "tagSpecificationSet": {
        "items": [{"resourceType": "x", "tags": [{"key": "$tagkey", "value": "$tagvalue"}]}]
    }
}
DONE = {"requestId": "$uuid", "_return": True}
RULE = {
    "items": [
        {
            "ipProtocol": "tcp",
            "fromPort": 22,
            "toPort": 22,
            "groups": {},
            "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]},
        }
    ]
}
RULE_OF_OURS = {
    "items": [
        {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "groups": {"items": [{"groupId": "$id"}]}}
    ]
}


def ec2(type_: str, prefix: str, arn: str, **more: object) -> Kind:
    return Kind(
        type=f"AWS::EC2::{type_}",
        source="ec2",
        id=f"{prefix}-0$hex",
        arn=f"arn:aws:ec2:$region:$account:{arn}/$id",
        tag=TAG,
        untag=UNTAG,
        slow=True,
        **{"name": None, "tags_in": "configuration.tags", "creation_time": False, **more},
    )


def _set(*ids: str) -> dict[str, object]:
    return {"items": [{"instanceId": each} for each in ids]}


INSTANCE = ec2(
    "Instance",
    "i",
    "instance",
    creation_time=True,
    config={
        "instanceId": "$id",
        "instanceType": "t3.micro",
        "subnetId": "$subnet",
        "networkInterfaces": [
            {"networkInterfaceId": "$eni", "attachment": {"attachmentId": "$part", "deviceIndex": 0}}
        ],
    },
    create=Call(
        "RunInstances",
        {
            "instancesSet": {"items": [{"imageId": "$ami", "minCount": 1, "maxCount": 1}]},
            "instanceType": "t3.micro",
            "subnetId": "$subnet",
            "groupSet": {"items": [{"groupId": "$sg"}]},
            **SOME_TAGS,
        },
        {
            "reservationId": "r-0$hex",
            "instancesSet": {
                "items": [
                    {
                        "instanceId": "$id",
                        "imageId": "$ami",
                        "subnetId": "$subnet",
                        "vpcId": "$vpc",
                        "groupSet": {"items": [{"groupId": "$sg", "groupName": "launch-wizard-1"}]},
                        "networkInterfaceSet": {
                            "items": [{"networkInterfaceId": "$eni", "subnetId": "$subnet"}]
                        },
                    }
                ]
            },
        },
    ),
    delete=Call(
        "TerminateInstances",
        {"instancesSet": _set("$id")},
        {"instancesSet": {"items": [{"instanceId": "$id", "currentState": {"name": "shutting-down"}}]}},
    ),
    updates=(
        Call(
            "StopInstances",
            {"instancesSet": _set("$other", "$id"), "force": False},
            {"instancesSet": _set("$other", "$id")},
            paths=(
                ("Configuration.State.Name", "running", "stopped"),
                ("Configuration.StateTransitionReason", "", "User initiated"),
                ("Configuration.PublicIpAddress", "203.0.113.9", None),
            ),
        ),
        Call(
            "StartInstances",
            {"instancesSet": _set("$id")},
            paths=(
                ("Configuration.State.Name", "stopped", "running"),
                ("Configuration.LaunchTime", "a", "b"),
            ),
        ),
        Call(
            "ModifyInstanceAttribute",
            {"instanceId": "$id", "groupSet": {"items": [{"groupId": "$sg"}]}},
            DONE,
            paths=(
                ("Configuration.SecurityGroups.0", None, {"groupId": "$sg"}),
                ("Relationships.0", None, "x"),
            ),
        ),
        Call(
            "ModifyInstanceAttribute",
            {"instanceId": "$id", "instanceType": {"value": "m5.large"}},
            DONE,
            paths=(("Configuration.InstanceType", "t3.micro", "m5.large"),),
        ),
        Call(
            "ModifyInstanceMetadataOptions",
            {"ModifyInstanceMetadataOptionsRequest": {"InstanceId": "$id", "HttpTokens": "optional"}},
            {"ModifyInstanceMetadataOptionsResponse": {"instanceId": "$id"}},
            paths=(("Configuration.MetadataOptions.HttpTokens", "required", "optional"),),
        ),
        Call(
            "AttachVolume",
            {"volumeId": "$vol", "instanceId": "$id", "device": "/dev/sdf"},
            {"volumeId": "$vol", "instanceId": "$id", "status": "attaching"},
            paths=(("Configuration.BlockDeviceMappings.1", None, {"deviceName": "/dev/sdf"}),),
        ),
        Call(
            "AssociateIamInstanceProfile",
            {
                "AssociateIamInstanceProfileRequest": {
                    "InstanceId": "$id",
                    "IamInstanceProfile": {"Name": "p"},
                }
            },
            {"AssociateIamInstanceProfileResponse": {"iamInstanceProfileAssociation": {"instanceId": "$id"}}},
            paths=(("Configuration.IamInstanceProfile", None, {"arn": "x"}),),
        ),
        Call(
            "DetachNetworkInterface",
            {"attachmentId": "$part", "force": False},
            DONE,
            paths=(
                (
                    "Configuration.NetworkInterfaces.0",
                    {"networkInterfaceId": "$eni", "attachment": {"attachmentId": "$part"}},
                    None,
                ),
                ("Relationships.1", "x", None),
            ),
        ),
    ),
    mentions=(
        Call(
            "CreateImage", {"instanceId": "$id", "name": "backup", "noReboot": True}, {"imageId": "ami-0$hex"}
        ),
        Call(
            "CreateRoute",
            {"routeTableId": "rtb-0$hex", "destinationCidrBlock": "10.9.0.0/16", "instanceId": "$id"},
        ),
        Call(
            "RegisterTargets",
            {"targetGroupArn": "$hex", "targets": [{"id": "$id"}]},
            source="elasticloadbalancing",
        ),
        Call("SendCommand", {"documentName": "x", "instanceIds": ["$id"]}, source="ssm"),
        Call("UpdateInstanceInformation", {"instanceId": "$id", "agentName": "a"}, source="ssm"),
    ),
)

ENI = ec2(
    "NetworkInterface",
    "eni",
    "network-interface",
    tags_in="configuration.tagSet",
    config={
        "networkInterfaceId": "$id",
        "attachment": {"attachmentId": "$part", "instanceId": "$instance"},
        "description": "before",
    },
    create=Call(
        "CreateNetworkInterface",
        {"subnetId": "$subnet", "groupSet": {"items": [{"groupId": "$sg"}]}},
        {"networkInterface": {"networkInterfaceId": "$id", "subnetId": "$subnet", "vpcId": "$vpc"}},
    ),
    delete=Call("DeleteNetworkInterface", {"networkInterfaceId": "$id"}, DONE),
    updates=(
        Call(
            "ModifyNetworkInterfaceAttribute",
            {"networkInterfaceId": "$id", "groupSet": {"items": [{"groupId": "$sg"}]}},
        ),
        Call(
            "AssignPrivateIpAddresses",
            {"networkInterfaceId": "$id", "secondaryPrivateIpAddressCount": 1},
            paths=(("Configuration.PrivateIpAddresses.1", None, {"privateIpAddress": "10.0.0.9"}),),
        ),
        Call(
            "DetachNetworkInterface",
            {"attachmentId": "$part"},
            DONE,
            paths=(
                ("Configuration.Attachment", {"attachmentId": "$part", "instanceId": "$instance"}, None),
                ("Configuration.Status", "in-use", "available"),
            ),
        ),
    ),
    mentions=(
        Call(
            "CreateRoute",
            {"routeTableId": "rtb-0$hex", "destinationCidrBlock": "0.0.0.0/0", "networkInterfaceId": "$id"},
        ),
        Call("CreateTrafficMirrorTarget", {"networkInterfaceId": "$id"}),
    ),
)

VOLUME = ec2(
    "Volume",
    "vol",
    "volume",
    creation_time=True,
    config={"volumeId": "$id", "size": 8},
    create=Call("CreateVolume", {"size": "8", "zone": "a"}, {"volumeId": "$id", "size": "8"}),
    delete=Call("DeleteVolume", {"volumeId": "$id"}, DONE),
    updates=(
        Call(
            "ModifyVolume",
            {"ModifyVolumeRequest": {"VolumeId": "$id", "Size": 20}},
            {"ModifyVolumeResponse": {"volumeModification": {"volumeId": "$id", "targetSize": 20}}},
            paths=(("Configuration.Size", 8, 20),),
        ),
        Call(
            "DetachVolume",
            {"volumeId": "$id", "force": False},
            {"volumeId": "$id", "instanceId": "$instance"},
            paths=(("Configuration.Attachments.0", {"instanceId": "$instance"}, None),),
        ),
    ),
    mentions=(
        Call("CreateSnapshot", {"volumeId": "$id"}, {"snapshotId": "snap-0$hex", "volumeId": "$id"}),
        Call(
            "RunInstances",
            {"instancesSet": {"items": [{"imageId": "$ami"}]}},
            {"instancesSet": {"items": [{"instanceId": "$other", "blockDeviceMapping": {"items": []}}]}},
        ),
    ),
)

EIP = ec2(
    "EIP",
    "eipalloc",
    "eip-allocation",
    name="$ip",
    config={"allocationId": "$id", "publicIp": "$ip", "associationId": "$part"},
    create=Call(
        "AllocateAddress", {"domain": "vpc"}, {"publicIp": "$ip", "allocationId": "$id", "domain": "vpc"}
    ),
    delete=Call("ReleaseAddress", {"allocationId": "$id"}, DONE),
    updates=(
        Call(
            "AssociateAddress",
            {"allocationId": "$id", "instanceId": "$instance", "allowReassociation": False},
            {"associationId": "eipassoc-0$hex"},
            paths=(("Configuration.InstanceId", None, "$instance"),),
        ),
        Call(
            "DisassociateAddress",
            {"associationId": "$part"},
            DONE,
            paths=(
                ("Configuration.AssociationId", "$part", None),
                ("Configuration.InstanceId", "$instance", None),
            ),
        ),
    ),
    mentions=(
        Call(
            "CreateTags",
            {
                "resourcesSet": {"items": [{"resourceId": "eni-0$hex"}]},
                "tagSet": {"items": [{"key": "eip", "value": "$id"}]},
            },
        ),
    ),
)

TEMPLATE = ec2(
    "LaunchTemplate",
    "lt",
    "launch-template",
    name="$name",
    config={"LaunchTemplateName": "$name", "Id": "$id", "DefaultVersionNumber": "1"},
    create=Call(
        "CreateLaunchTemplate",
        {
            "CreateLaunchTemplateRequest": {
                "LaunchTemplateName": "$name",
                "LaunchTemplateData": {"ImageId": "$ami"},
            }
        },
        {
            "CreateLaunchTemplateResponse": {
                "launchTemplate": {"launchTemplateId": "$id", "launchTemplateName": "$name"}
            }
        },
    ),
    delete=Call(
        "DeleteLaunchTemplate",
        {"DeleteLaunchTemplateRequest": {"LaunchTemplateId": "$id"}},
        {
            "DeleteLaunchTemplateResponse": {
                "launchTemplate": {"launchTemplateId": "$id", "launchTemplateName": "$name"}
            }
        },
    ),
    updates=(
        Call(
            "CreateLaunchTemplateVersion",
            {"CreateLaunchTemplateVersionRequest": {"LaunchTemplateName": "$name", "SourceVersion": "1"}},
            {"CreateLaunchTemplateVersionResponse": {"launchTemplateVersion": {"launchTemplateId": "$id"}}},
            paths=(("Configuration.LatestVersionNumber", "1", "2"),),
        ),
        Call(
            "ModifyLaunchTemplate",
            {"ModifyLaunchTemplateRequest": {"LaunchTemplateId": "$id", "SetDefaultVersion": 2}},
            {"ModifyLaunchTemplateResponse": {"launchTemplate": {"launchTemplateId": "$id"}}},
            paths=(("Configuration.DefaultVersionNumber", "1", "2"),),
        ),
    ),
    mentions=(
        Call(
            "RunInstances",
            {"launchTemplate": {"launchTemplateId": "$id", "version": "1"}},
            {"instancesSet": {}},
        ),
        Call(
            "UpdateAutoScalingGroup",
            {"autoScalingGroupName": "x", "launchTemplate": {"launchTemplateId": "$id"}},
            source="autoscaling",
        ),
    ),
)

KINDS = (INSTANCE, ENI, VOLUME, EIP, TEMPLATE)

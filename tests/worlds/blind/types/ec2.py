"""EC2's kinds in the blind world: instances, groups, disks and templates. Records are spelled by hand."""

from tests.worlds.blind.config import LOWER, UPPER, Thing
from tests.worlds.blind.kind import Kind, Op, retag, store
from tests.worlds.blind.spelling import items, known

E = "AWS::EC2::"


def done(m, **more):
    return {"requestId": m.uuid(), "_return": True, **more}


def tagging(m, thing):
    """Return EC2's tag calls: LookupEvents lists the ids without a type."""

    def tag(tags):
        sent = {
            "resourcesSet": items({"resourceId": thing.id}),
            "tagSet": items(*({"key": k, "value": v} for k, v in tags.items())),
        }
        return Op(
            service="ec2",
            operation="CreateTags",
            request=sent,
            answer=done(m),
            lists=((None, thing.id),),
            change=retag(thing, tags),
        )

    def untag(keys):
        sent = {"resourcesSet": items({"resourceId": thing.id}), "tagSet": items(*({"key": k} for k in keys))}
        return Op(
            service="ec2",
            operation="DeleteTags",
            request=sent,
            answer=done(m),
            lists=((None, thing.id),),
            change=retag(thing, gone=keys),
        )

    return tag, untag


def ec2(m, thing, *, create, updates, delete, read):
    tag, untag = tagging(m, thing)
    return Kind(
        thing=thing,
        create=create,
        updates=updates,
        delete=delete,
        tag=tag,
        untag=untag,
        read=("ec2.amazonaws.com", *read),
    )


def call(operation, request, answer, lists, change=lambda: None):
    return Op(
        service="ec2",
        operation=known("ec2", operation),
        request=request,
        answer=answer,
        lists=tuple(lists),
        change=change,
    )


def tag_specification(kind, thing):
    return items({"resourceType": kind, "tags": [{"key": k, "value": v} for k, v in thing.tags.items()]})


def instance(m, name, place=None):
    place = place or {"subnet": m.hex("subnet-0", 16), "vpc": m.hex("vpc-0", 16), "group": m.hex("sg-0", 16)}
    id_ = m.hex("i-0", 16)
    eni = m.hex("eni-0", 16)
    config = {
        "instanceId": id_,
        "imageId": "ami-0c1d2e3f4a5b6c7d8",
        "instanceType": "t3.small",
        "launchTime": "2025-03-02T09:14:07.000Z",
        "monitoring": {"state": "disabled"},
        "privateIpAddress": "10.20.3.41",
        "state": {"code": 16, "name": "running"},
        "stateTransitionReason": "",
        "subnetId": place["subnet"],
        "vpcId": place["vpc"],
        "securityGroups": [{"groupName": name, "groupId": place["group"]}],
        "networkInterfaces": [
            {"networkInterfaceId": eni, "attachment": {"attachmentId": m.hex("eni-attach-0", 16)}}
        ],
        "blockDeviceMappings": [],
    }
    links = [
        {"resourceId": place["subnet"], "resourceType": E + "Subnet", "name": "Is contained in Subnet"},
        {
            "resourceId": place["group"],
            "resourceType": E + "SecurityGroup",
            "name": "Is associated with SecurityGroup",
        },
    ]
    thing = Thing(
        type=E + "Instance",
        id=id_,
        arn=m.arn("ec2", f"instance/{id_}"),
        account=m.account,
        region=m.region,
        config=config,
        links=links,
        tag_places=(("configuration", "tags", LOWER),),
        zone=m.region + "a",
    )
    lists = [(E + "Instance", id_)]

    def create():
        sent = {
            "instancesSet": items({"imageId": config["imageId"], "minCount": 1, "maxCount": 1}),
            "instanceType": config["instanceType"],
            "subnetId": place["subnet"],
            "groupSet": items({"groupId": place["group"]}),
            "tagSpecificationSet": tag_specification("instance", thing),
        }
        got = {
            "instanceId": id_,
            "subnetId": place["subnet"],
            "vpcId": place["vpc"],
            "groupSet": items({"groupId": place["group"], "groupName": name}),
            "networkInterfaceSet": items({"networkInterfaceId": eni, "subnetId": place["subnet"]}),
        }
        named = [
            (E + "VPC", place["vpc"]),
            (E + "Ami", config["imageId"]),
            (E + "NetworkInterface", eni),
            *lists,
            (E + "SecurityGroup", place["group"]),
            (E + "SecurityGroup", name),
            (E + "Subnet", place["subnet"]),
        ]
        answer = {"requestId": m.uuid(), "reservationId": m.hex("r-0", 16), "instancesSet": items(got)}
        return call("RunInstances", sent, answer, named)

    def attribute():
        kind = m.pick(*({"t3.small", "t3.large", "m7g.large", "c7g.large"} - {config["instanceType"]}))
        sent = {"instanceId": id_, "instanceType": {"value": kind}}
        return call("ModifyInstanceAttribute", sent, done(m), lists, store(config, instanceType=kind))

    def groups():
        group = m.hex("sg-0", 16)
        sent = {"instanceId": id_, "groupSet": items({"groupId": group})}
        change = store(config, securityGroups=[{"groupName": "other", "groupId": group}])
        return call("ModifyInstanceAttribute", sent, done(m), [*lists, (E + "SecurityGroup", group)], change)

    def stop():
        sent = {"instancesSet": items({"instanceId": id_}), "force": False}
        state = {"code": 80, "name": "stopped"}
        change = store(config, state=state, stateTransitionReason=f"User initiated ({m.next()})")
        got = {"instanceId": id_, "currentState": {"code": 64, "name": "stopping"}}
        return call("StopInstances", sent, {"requestId": m.uuid(), "instancesSet": items(got)}, lists, change)

    def monitor():
        if config["monitoring"]["state"] == "enabled":
            return None
        sent = {"instancesSet": items({"instanceId": id_})}
        got = {"instanceId": id_, "monitoring": {"state": "pending"}}
        change = store(config, monitoring={"state": "enabled"})
        return call(
            "MonitorInstances", sent, {"requestId": m.uuid(), "instancesSet": items(got)}, lists, change
        )

    def profile():
        arn = f"arn:aws:iam::{m.account}:instance-profile/{name}-{m.next()}"
        sent = {"AssociateIamInstanceProfileRequest": {"InstanceId": id_, "IamInstanceProfile": {"Arn": arn}}}
        got = {
            "associationId": m.hex("iip-assoc-0", 16),
            "instanceId": id_,
            "iamInstanceProfile": {"arn": arn},
        }
        answer = {"AssociateIamInstanceProfileResponse": {"iamInstanceProfileAssociation": got}}
        return call(
            "AssociateIamInstanceProfile", sent, answer, lists, store(config, iamInstanceProfile={"arn": arn})
        )

    def delete():
        got = {"instanceId": id_, "currentState": {"code": 32, "name": "shutting-down"}}
        answer = {"requestId": m.uuid(), "instancesSet": items(got)}
        return call("TerminateInstances", {"instancesSet": items({"instanceId": id_})}, answer, lists)

    read = ("DescribeInstances", {"instancesSet": items({"instanceId": id_}), "filterSet": {}})
    return ec2(
        m, thing, create=create, updates=[attribute, groups, stop, monitor, profile], delete=delete, read=read
    )


def security_group(m, name):
    id_, vpc = m.hex("sg-0", 16), m.hex("vpc-0", 16)
    config = {
        "description": f"{name} tier",
        "groupName": name,
        "ipPermissions": [],
        "ownerId": m.account,
        "groupId": id_,
        "ipPermissionsEgress": [],
        "vpcId": vpc,
    }
    thing = Thing(
        type=E + "SecurityGroup",
        id=id_,
        name=name,
        arn=m.arn("ec2", f"security-group/{id_}"),
        account=m.account,
        region=m.region,
        config=config,
        created=None,
        tag_places=(("configuration", "tags", LOWER),),
        links=[{"resourceId": vpc, "resourceType": E + "VPC", "name": "Is contained in Vpc"}],
    )
    listed = (E + "SecurityGroup", id_)

    def create():
        sent = {
            "groupName": name,
            "groupDescription": config["description"],
            "vpcId": vpc,
            "tagSpecificationSet": tag_specification("security-group", thing),
        }
        named = [listed, (E + "SecurityGroup", name), (E + "VPC", vpc)]
        return call("CreateSecurityGroup", sent, done(m, groupId=id_), named)

    def permission(port):
        return {
            "fromPort": port,
            "ipProtocol": "tcp",
            "toPort": port,
            "ipv4Ranges": [{"cidrIp": "10.0.0.0/8"}],
            "ipRanges": ["10.0.0.0/8"],
            "ipv6Ranges": [],
            "prefixListIds": [],
            "userIdGroupPairs": [],
        }

    def authorize(by_name=False):
        port = 1024 + m.next()
        span = {"ipProtocol": "tcp", "fromPort": port, "toPort": port, "groups": {}, "ipv6Ranges": {}}
        span["ipRanges"] = items({"cidrIp": "10.0.0.0/8"})
        sent = {"groupName": name} if by_name else {"groupId": id_}
        rule = {"groupOwnerId": m.account, "groupId": id_, "securityGroupRuleId": m.hex("sgr-0", 16)}
        change = store(config, ipPermissions=[*config["ipPermissions"], permission(port)])
        answer = done(m, securityGroupRuleSet=items(rule))
        named = [(E + "SecurityGroup", name)] if by_name else [listed]
        return call(
            "AuthorizeSecurityGroupIngress", {**sent, "ipPermissions": items(span)}, answer, named, change
        )

    def modify():
        port = 1024 + m.next()
        rule = {"SecurityGroupRuleId": m.hex("sgr-0", 16), "tag": 1, "SecurityGroupRule": {"FromPort": port}}
        sent = {"ModifySecurityGroupRulesRequest": {"GroupId": id_, "SecurityGroupRule": rule}}
        answer = {"ModifySecurityGroupRulesResponse": {"return": True, "requestId": m.uuid()}}
        change = store(config, ipPermissions=[permission(port)])
        return call("ModifySecurityGroupRules", sent, answer, [listed], change)

    def revoke():
        sent = {"groupId": id_, "ipPermissions": {}, "ipProtocol": "tcp", "fromPort": 22, "toPort": 22}
        change = store(config, ipPermissionsEgress=[permission(2000 + m.next())])
        return call("RevokeSecurityGroupEgress", sent, done(m), [listed], change)

    def delete():
        return call("DeleteSecurityGroup", {"groupId": id_}, done(m), [listed])

    read = ("DescribeSecurityGroups", {"securityGroupSet": {}, "securityGroupIdSet": items({"groupId": id_})})
    updates = [authorize, modify, revoke, lambda: authorize(by_name=True)]
    return ec2(m, thing, create=create, updates=updates, delete=delete, read=read)


def volume(m, name):
    id_ = m.hex("vol-0", 16)
    config = {
        "volumeId": id_,
        "size": 20,
        "volumeType": "gp3",
        "iops": 3000,
        "state": "available",
        "attachments": [],
    }
    thing = Thing(
        type=E + "Volume",
        id=id_,
        arn=m.arn("ec2", f"volume/{id_}"),
        account=m.account,
        region=m.region,
        config=config,
        tag_places=(("configuration", "tags", LOWER),),
        tags={"Name": name},
    )
    lists = [(E + "Volume", id_)]

    def create():
        sent = {
            "size": "20",
            "zone": m.region + "a",
            "tagSpecificationSet": tag_specification("volume", thing),
        }
        return call(
            "CreateVolume", sent, {"requestId": m.uuid(), "volumeId": id_, "status": "creating"}, lists
        )

    def modify():
        size = config["size"] + 1 + m.next()
        sent = {"ModifyVolumeRequest": {"VolumeId": id_, "Size": size}}
        got = {"volumeModification": {"volumeId": id_, "targetSize": size, "modificationState": "modifying"}}
        return call("ModifyVolume", sent, {"ModifyVolumeResponse": got}, lists, store(config, size=size))

    def delete():
        return call("DeleteVolume", {"volumeId": id_}, done(m), lists)

    read = ("DescribeVolumes", {"volumeSet": items({"volumeId": id_}), "filterSet": {}})
    return ec2(m, thing, create=create, updates=[modify], delete=delete, read=read)


def launch_template(m, name):
    id_ = m.hex("lt-0", 16)
    config = {"LaunchTemplateName": name, "Id": id_, "DefaultVersionNumber": "1", "LatestVersionNumber": "1"}
    thing = Thing(
        type=E + "LaunchTemplate",
        id=id_,
        name=name,
        arn=m.arn("ec2", f"launch-template/{id_}"),
        account=m.account,
        region=m.region,
        config=config,
        created=None,
        zone="Regional",
    )
    listed = (E + "LaunchTemplate", id_)

    def answer(operation):
        got = {"launchTemplateId": id_, "launchTemplateName": name, "versionNumber": m.next()}
        return {f"{operation}Response": {"launchTemplate": got, "requestId": m.uuid()}}

    def create():
        sent = {"CreateLaunchTemplateRequest": {"LaunchTemplateName": name, "LaunchTemplateData": {}}}
        return call("CreateLaunchTemplate", sent, answer("CreateLaunchTemplate"), m.maybe(0.5, listed))

    def version():
        number = str(1 + m.next())
        by = m.pick({"LaunchTemplateId": id_}, {"LaunchTemplateName": name})
        sent = {
            "CreateLaunchTemplateVersionRequest": {
                **by,
                "LaunchTemplateData": {"ImageId": m.hex("ami-0", 16)},
            }
        }
        got = answer("CreateLaunchTemplateVersion")
        return call(
            "CreateLaunchTemplateVersion",
            sent,
            got,
            m.maybe(0.5, listed),
            store(config, LatestVersionNumber=number),
        )

    def delete():
        sent = {"DeleteLaunchTemplateRequest": {"LaunchTemplateId": id_}}
        return call("DeleteLaunchTemplate", sent, answer("DeleteLaunchTemplate"), m.maybe(0.5, listed))

    read = (
        "DescribeLaunchTemplateVersions",
        {"DescribeLaunchTemplateVersionsRequest": {"LaunchTemplateId": id_}},
    )
    return ec2(m, thing, create=create, updates=[version], delete=delete, read=read)


UPPER_TAGS = (("configuration", "Tags", UPPER),)

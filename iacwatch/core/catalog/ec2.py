"""Rows of EC2's machines and of what they hold.

Ids are unique, and event history lists every id that a call mentions; a few calls name a part alone.
"""

from typing import Any, Final

from iacwatch.core.catalog.schema import Indirect, Shows, TypeFacts, beyond, fields

_TAGS: Final = "(Create|Delete)Tags"
_ADDRESSING: Final = ("publicipaddress", "publicdnsname", "networkinterfaces")
_ATTRIBUTES: Final = fields(
    "blockdevicemappings disableapistop disableapitermination ebsoptimized enasupport "
    "instanceinitiatedshutdownbehavior instancetype kernelid ramdiskid networkinterfaces securitygroups "
    "sourcedestcheck sriovnetsupport userdata"
)
"""What the call sets; some of it (user data, the protections) no item was seen to hold."""


def ec2(
    resource_type: str,
    key: str,
    *,
    creates: str,
    deletes: str,
    acts: str = "",
    targets: tuple[str, ...] = (),
    answers: tuple[str, ...] = (),
    lookups: tuple[str, ...] = ("id",),
    missing: float = 0.0,
    **more: Any,
) -> TypeFacts:
    """Return the row of a type whose id stands at `key`, in requests and in answers."""
    return TypeFacts(
        resource_type,
        sources=("ec2",),
        targets=(key, "resourceid", *targets),
        acts="|".join(part for part in (creates, deletes, acts, _TAGS) if part),
        creates=creates,
        deletes=deletes,
        answers=(key, *answers),
        lookups=lookups,
        missing=missing,
        **more,
    )


ROWS: Final = (
    ec2(
        "AWS::EC2::EC2Fleet",
        "fleetid",
        acts="ModifyFleet",
        creates="CreateFleet",
        deletes="DeleteFleets",
        targets=("fleetids",),
        missing=1.0,
    ),
    ec2(
        "AWS::EC2::EIP",
        "allocationid",
        noun="Elastic IP",
        id_prefix="eipalloc",
        acts="(Associate|Disassociate)Address|(Move|Restore)AddressTo\\w+",
        creates="AllocateAddress|AcceptAddressTransfer",
        deletes="ReleaseAddress",
        targets=("publicip", "address"),
        own_ids=("publicip", "allocationid"),
        contradicts=("allocationid",),
        parts=("associationid",),
        part_targets=("associationid",),
        shows=(
            beyond("(Modify|Reset)AddressAttribute|(Enable|Disable)AddressTransfer"),
            Shows(
                events="CreateNatGateway|(Associate|Disassociate)NatGatewayAddress",
                fields=("associationid", "networkinterfaceid", "networkinterfaceownerid", "privateipaddress"),
            ),
        ),
        lookups=("id", "own", "name", "part"),
        indirect=(
            Indirect(
                part="instanceid",
                target="instanceid",
                events="TerminateInstances",
                changes=("UPDATE",),
                fields=("associationid", "instanceid", "networkinterfaceid", "privateipaddress"),
            ),
        ),
        item_fields=fields("""
            allocationid associationid carrierip customerownedip customerownedipv4pool domain
            instanceid networkbordergroup networkinterfaceid networkinterfaceownerid
            privateipaddress publicip publicipv4pool
        """),
        following=fields(
            "associationid instanceid networkinterfaceid networkinterfaceownerid privateipaddress"
        ),
    ),
    ec2(
        "AWS::EC2::EIPAssociation",
        "associationid",
        creates="AssociateAddress",
        deletes="DisassociateAddress",
        indirect=(
            Indirect(
                part="allocationid", target="allocationid", events="AssociateAddress", changes=("DELETE",)
            ),
        ),
    ),
    ec2(
        "AWS::EC2::Host",
        "hostid",
        acts="ModifyHosts",
        creates="AllocateHosts",
        deletes="ReleaseHosts",
        targets=("hostids", "hostidset"),
        shows=(Shows(events="PurchaseHostReservation", fields=("hostreservationid",)),),
        answers=("hostidset", "hostids"),
        missing=1.0,
        following=("availablecapacity", "instances", "state"),
    ),
    ec2(
        "AWS::EC2::Instance",
        "instanceid",
        noun="EC2 instance",
        id_prefix="i",
        acts="(Start|Stop)Instances|(Monitor|Unmonitor)Instances|ModifyPrivateDnsNameOptions"
        "|ModifyInstance(CapacityReservationAttributes|CpuOptions|MaintenanceOptions|MetadataOptions|Placement)"
        "|(Attach|Detach)(Volume|NetworkInterface|ClassicLinkVpc)|(Associate|Disassociate|Replace)IamInstanceProfile\\w*",
        creates="RunInstances|CreateFleet|RequestSpotInstances|RunScheduledInstances|ImportInstance",
        deletes="TerminateInstances|BidEvictedEvent",  # the latter: EC2 takes a Spot instance back
        targets=("instanceids", "instanceidset"),
        answers=("instanceids",),
        shows=(
            Shows(events="(Associate|Disassociate)Address", fields=_ADDRESSING),
            Shows(events="CreateReplaceRootVolumeTask", fields=("blockdevicemappings",)),
            Shows(events="(Modify|Reset)InstanceAttribute", fields=_ATTRIBUTES),
            Shows(events="ModifyInstanceNetworkPerformanceOptions", fields=("networkperformanceoptions",)),
        ),
        parts=("networkinterfaces.attachment.attachmentid", "networkinterfaces.association.associationid"),
        part_targets=("attachmentid",),
        lookups=("id", "part"),
        indirect=(
            Indirect(
                part="networkinterfaces.networkinterfaceid",
                target="networkinterfaceid",
                events="(Modify|Reset)NetworkInterfaceAttribute|(Assign|Unassign)\\w+Address(es)?|AssociateAddress",
                changes=("UPDATE",),
                fields=(*_ADDRESSING, "securitygroups", "sourcedestcheck", "privateipaddress", "ipv6address"),
            ),
            Indirect(
                part="networkinterfaces.attachment.attachmentid",
                target="attachment.attachmentid",
                events="ModifyNetworkInterfaceAttribute",
                changes=("UPDATE",),
                fields=_ADDRESSING,
            ),
        ),
        following=fields("""
            state statetransitionreason statereason publicipaddress publicdnsname launchtime
            networkinterfaces usageoperationupdatetime
        """),
    ),
    ec2(
        "AWS::EC2::LaunchTemplate",
        "launchtemplateid",
        noun="launch template",
        id_prefix="lt",
        acts="ModifyLaunchTemplate|CreateLaunchTemplateVersion",
        creates="CreateLaunchTemplate",
        deletes="DeleteLaunchTemplate",
        targets=("launchtemplatename",),
        shows=(beyond("DeleteLaunchTemplateVersions"),),
        contradicts=("launchtemplateid",),
        lookups=("id", "name"),
        nameless=fields(
            "CreateLaunchTemplate ModifyLaunchTemplate DeleteLaunchTemplate CreateLaunchTemplateVersion "
            "DeleteLaunchTemplateVersions"
        ),
        item_fields=fields("""
            createdby createtime defaultversionnumber latestversionnumber launchtemplatedata
            launchtemplateid launchtemplatename tagspecifications versiondescription
        """),
    ),
    ec2(
        "AWS::EC2::NetworkInterface",
        "networkinterfaceid",
        noun="network interface",
        id_prefix="eni",
        acts="(Attach|Detach)NetworkInterface|(Modify|Reset)NetworkInterfaceAttribute"
        "|(Assign|Unassign)(PrivateIp|PrivateNatGateway|Ipv6)Address(es)?|(Associate|Disassociate)Address",
        creates="CreateNetworkInterface",
        deletes="DeleteNetworkInterface",
        parts=("attachment.attachmentid", "association.associationid"),
        part_targets=("attachmentid", "associationid"),
        shows=(
            beyond("CreateNetworkInterfacePermission"),
            Shows(
                events="ModifyPublicIpDnsNameOptions",
                fields=("publicipdnsnameoptions", "publicdnsname", "association", "privateipaddresses"),
            ),
        ),
        lookups=("id", "part"),
        indirect=(
            Indirect(
                part="networkinterfaceid",
                target="response:instancesset.networkinterfaceid",
                events="RunInstances",
                changes=("CREATE",),
            ),
            Indirect(
                part="attachment.instanceid",
                target="response:instanceid",
                events="RunInstances",
                changes=("CREATE",),
            ),
            Indirect(
                part="attachment.instanceid",
                target="instanceid",
                events="TerminateInstances",
                changes=("DELETE",),
            ),
            Indirect(
                part="attachment.instanceid",
                target="instanceid",
                events="ModifyInstanceAttribute",
                changes=("UPDATE",),
                fields=("groups", "sourcedestcheck"),
            ),
            Indirect(
                part="attachment.instanceid",
                target="instanceid",
                events="AssociateAddress",
                changes=("UPDATE",),
                fields=("association", "privateipaddresses"),
            ),
        ),
        item_fields=fields("""
            association attachment availabilityzone denyalligwtraffic description groups
            interfacetype ipv4prefixes ipv6address ipv6addresses ipv6native ipv6prefixes macaddress
            networkinterfaceid outpostarn ownerid privatednsname privateipaddress privateipaddresses
            requesterid requestermanaged sourcedestcheck status subnetid vpcid
        """),
        following=("status", "attachment", "association", "privateipaddresses"),
    ),
    ec2(
        "AWS::EC2::SecurityGroup",
        "groupid",
        terraform="aws_default_security_group",
        noun="security group",
        id_prefix="sg",
        acts="(Authorize|Revoke)SecurityGroup(Ingress|Egress)|ModifySecurityGroupRules"
        "|UpdateSecurityGroupRuleDescriptions(Ingress|Egress)",
        creates="CreateSecurityGroup",
        deletes="DeleteSecurityGroup",
        targets=("groupname",),
        shows=(
            Shows(
                events="(Associate|Disassociate)SecurityGroupVpc",
                fields=("vpcassociations", "securitygroupvpcassociations"),
            ),
        ),
        contradicts=("groupid",),
        own_ids=("groupname",),
        indirect=(
            # A VPC's default group ends with it.
            Indirect(part="vpcid", target="vpcid", events="DeleteVpc", changes=("DELETE",)),
        ),
        lookups=("id", "name", "own"),
        padded=(
            ("AuthorizeSecurityGroupIngress", "ippermissions"),
            ("AuthorizeSecurityGroupEgress", "ippermissionsegress"),
        ),
        opens_ways=True,
        sample=1,
    ),
    ec2(
        "AWS::EC2::SpotFleet",
        "spotfleetrequestid",
        terraform="aws_spot_fleet_request",
        acts="ModifySpotFleetRequest",
        creates="RequestSpotFleet",
        deletes="CancelSpotFleetRequests",
        targets=("spotfleetrequestids",),
        missing=1.0,
    ),
    ec2(
        "AWS::EC2::Volume",
        "volumeid",
        terraform="aws_ebs_volume",
        noun="EBS volume",
        id_prefix="vol",
        acts="(Attach|Detach)Volume|ModifyVolume",
        creates="CreateVolume|CopyVolumes|RestoreVolumeFromRecycleBin|ImportVolume",
        deletes="DeleteVolume",
        shows=(beyond("ModifyVolumeAttribute|EnableVolumeIO"),),
        indirect=(
            Indirect(
                part="attachments.instanceid",
                target="response:instanceid",
                events="RunInstances",
                changes=("CREATE",),
            ),
            Indirect(
                part="attachments.instanceid",
                target="instanceid",
                events="TerminateInstances",
                changes=("DELETE",),
            ),
            Indirect(
                part="attachments.instanceid",
                target="instanceid",
                events="TerminateInstances|ModifyInstanceAttribute|CreateReplaceRootVolumeTask",
                changes=("UPDATE",),
                fields=("attachments", "state"),
            ),
        ),
        item_fields=fields("""
            attachments availabilityzone createtime encrypted fastrestored iops kmskeyid
            multiattachenabled outpostarn size snapshotid state throughput volumeid volumetype
        """),
        following=("state", "attachments"),
    ),
)

"""EC2's resource types: by which names its calls call them, as data.

Ids are unique, and event history lists every id that a call mentions; a few calls name a part alone.
"""

from typing import Final

from iacwatch.core.catalog.held import beyond
from iacwatch.core.catalog.schema import Indirect, Shows, TypeFacts

_TAGS: Final = "(Create|Delete)Tags"
_ADDRESSING: Final = ("publicipaddress", "publicdnsname", "networkinterfaces")
_ATTRIBUTES: Final = (
    "blockdevicemappings",
    "disableapistop",
    "disableapitermination",
    "ebsoptimized",
    "enasupport",
    "instanceinitiatedshutdownbehavior",
    "instancetype",
    "kernelid",
    "ramdiskid",
    "networkinterfaces",
    "securitygroups",
    "sourcedestcheck",
    "sriovnetsupport",
    "userdata",
)
"""What the call sets; some of it (user data, the protections) no item was seen to hold."""


def ec2(
    key: str,
    acts: str,
    *,
    creates: str,
    deletes: str,
    targets: tuple[str, ...] = (),
    shows: tuple[Shows, ...] = (),
    answers: tuple[str, ...] = (),
    own_ids: tuple[str, ...] = (),
    parts: tuple[str, ...] = (),
    part_targets: tuple[str, ...] = (),
    contradicts: tuple[str, ...] = (),
    indirect: tuple[Indirect, ...] = (),
    lookups: tuple[str, ...] = ("id",),
    missing: float = 0.0,
    nameless: tuple[str, ...] = (),
) -> TypeFacts:
    """Return the facts of a type whose id stands at `key`, in requests and in answers."""
    return TypeFacts(
        sources=("ec2",),
        targets=(key, "resourceid", *targets),
        acts="|".join(part for part in (creates, deletes, acts, _TAGS) if part),
        creates=creates,
        deletes=deletes,
        shows=shows,
        answers=(key, *answers),
        own_ids=own_ids,
        parts=parts,
        part_targets=part_targets,
        contradicts=contradicts,
        indirect=indirect,
        lookups=lookups,
        missing=missing,
        nameless=nameless,
    )


EC2: Final[dict[str, TypeFacts]] = {
    "AWS::EC2::Instance": ec2(
        "instanceid",
        "(Start|Stop)Instances|(Monitor|Unmonitor)Instances|ModifyPrivateDnsNameOptions"
        "|ModifyInstance(CapacityReservationAttributes|CpuOptions|MaintenanceOptions|MetadataOptions|Placement)"
        "|(Attach|Detach)(Volume|NetworkInterface|ClassicLinkVpc)|(Associate|Disassociate|Replace)IamInstanceProfile\\w*",
        creates="RunInstances|CreateFleet|RequestSpotInstances|RunScheduledInstances|ImportInstance",
        deletes="TerminateInstances",
        targets=("instanceids",),
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
    ),
    "AWS::EC2::SecurityGroup": ec2(
        "groupid",
        "(Authorize|Revoke)SecurityGroup(Ingress|Egress)|ModifySecurityGroupRules"
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
    ),
    "AWS::EC2::NetworkInterface": ec2(
        "networkinterfaceid",
        "(Attach|Detach)NetworkInterface|(Modify|Reset)NetworkInterfaceAttribute"
        "|(Assign|Unassign)(PrivateIp|PrivateNatGateway|Ipv6)Address(es)?|(Associate|Disassociate)Address",
        creates="CreateNetworkInterface",
        deletes="DeleteNetworkInterface",
        parts=("attachment.attachmentid", "association.associationid"),
        part_targets=("attachmentid", "associationid"),
        shows=(
            beyond("AWS::EC2::NetworkInterface", "CreateNetworkInterfacePermission"),
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
    ),
    "AWS::EC2::EIP": ec2(
        "allocationid",
        "(Associate|Disassociate)Address|(Move|Restore)AddressTo\\w+",
        creates="AllocateAddress|AcceptAddressTransfer",
        deletes="ReleaseAddress",
        targets=("publicip", "address"),
        own_ids=("publicip", "allocationid"),
        contradicts=("allocationid",),
        parts=("associationid",),
        part_targets=("associationid",),
        shows=(
            beyond("AWS::EC2::EIP", "(Modify|Reset)AddressAttribute|(Enable|Disable)AddressTransfer"),
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
    ),
    "AWS::EC2::EIPAssociation": ec2(
        "associationid",
        "",
        creates="AssociateAddress",
        deletes="DisassociateAddress",
        indirect=(
            Indirect(
                part="allocationid", target="allocationid", events="AssociateAddress", changes=("DELETE",)
            ),
        ),
    ),
    "AWS::EC2::Volume": ec2(
        "volumeid",
        "(Attach|Detach)Volume|ModifyVolume",
        creates="CreateVolume|CopyVolumes|RestoreVolumeFromRecycleBin|ImportVolume",
        deletes="DeleteVolume",
        shows=(beyond("AWS::EC2::Volume", "ModifyVolumeAttribute|EnableVolumeIO"),),
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
    ),
    "AWS::EC2::LaunchTemplate": ec2(
        "launchtemplateid",
        "ModifyLaunchTemplate|CreateLaunchTemplateVersion",
        creates="CreateLaunchTemplate",
        deletes="DeleteLaunchTemplate",
        targets=("launchtemplatename",),
        shows=(beyond("AWS::EC2::LaunchTemplate", "DeleteLaunchTemplateVersions"),),
        contradicts=("launchtemplateid",),
        lookups=("id", "name"),
        nameless=(
            "CreateLaunchTemplate",
            "ModifyLaunchTemplate",
            "DeleteLaunchTemplate",
            "CreateLaunchTemplateVersion",
            "DeleteLaunchTemplateVersions",
        ),
    ),
    "AWS::EC2::Host": ec2(
        "hostid",
        "ModifyHosts",
        creates="AllocateHosts",
        deletes="ReleaseHosts",
        targets=("hostids", "hostidset"),
        shows=(Shows(events="PurchaseHostReservation", fields=("hostreservationid",)),),
        answers=("hostidset", "hostids"),
        missing=1.0,
    ),
    "AWS::EC2::EC2Fleet": ec2(
        "fleetid",
        "ModifyFleet",
        creates="CreateFleet",
        deletes="DeleteFleets",
        targets=("fleetids",),
        missing=1.0,
    ),
    "AWS::EC2::SpotFleet": ec2(
        "spotfleetrequestid",
        "ModifySpotFleetRequest",
        creates="RequestSpotFleet",
        deletes="CancelSpotFleetRequests",
        targets=("spotfleetrequestids",),
        missing=1.0,
    ),
}

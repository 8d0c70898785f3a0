"""Fields that AWS keeps by itself: where only these differ, nobody called an API on the resource.

`COUNTED` are AWS's own counters and book-keeping: no call is looked for. `FOLLOWING` change on their own,
but after calls too (an instance stops because somebody stopped it, or because its host failed): they
are a side effect only where no call explains them.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from iacwatch.core.model import Change, ChangeType, Json, PropertyChange

COUNTED: Final[dict[str, tuple[str, ...]]] = {
    "AWS::EC2::Subnet": ("availableipaddresscount",),
    "AWS::IAM::Policy": ("attachmentcount", "permissionsboundaryusagecount"),
    "AWS::IAM::Role": ("rolelastused",),
    "AWS::IAM::User": ("passwordlastused",),
    "AWS::RDS::DBInstance": ("latestrestorabletime",),
    "AWS::RDS::DBCluster": ("latestrestorabletime", "earliestrestorabletime"),
    "AWS::DynamoDB::Table": ("itemcount", "tablesizebytes"),
    "AWS::ACM::Certificate": ("inuseby", "renewalsummary", "renewaleligibility"),
    "AWS::CloudFormation::Stack": ("driftinformation",),
    "AWS::EFS::FileSystem": ("sizeinbytes", "numberofmounttargets"),
}

_DOMAIN: Final = (
    "processing",
    "created",
    "endpoint",
    "endpoints",
    "domainendpoint",
    "domainprocessingstatus",
    "changeprogressdetails",
    "servicesoftwareoptions",
    "upgradeprocessing",
)

FOLLOWING: Final[dict[str, tuple[str, ...]]] = {
    "AWS::ACM::Certificate": (
        "status",
        "issuedat",
        "issuer",
        "notbefore",
        "notafter",
        "serial",
        "domainvalidationoptions",
        "failurereason",
        "renewaleligibility",
    ),
    "AWS::AmazonMQ::Broker": ("brokerstate", "brokerinstances"),
    "AWS::ApiGatewayV2::Stage": ("deploymentid", "lastdeploymentstatusmessage", "lastupdateddate"),
    "AWS::AutoScaling::AutoScalingGroup": ("instances", "predictedcapacity", "warmpoolsize"),
    "AWS::Batch::ComputeEnvironment": ("status", "statusreason"),
    "AWS::CloudFront::Distribution": ("status", "lastmodifiedtime", "inprogressinvalidationbatches"),
    "AWS::DynamoDB::Table": ("tablestatus",),
    "AWS::EC2::EIP": (
        "associationid",
        "instanceid",
        "networkinterfaceid",
        "networkinterfaceownerid",
        "privateipaddress",
    ),
    "AWS::EC2::FlowLog": ("deliverlogsstatus", "deliverlogserrormessage", "flowlogstatus"),
    "AWS::EC2::Host": ("availablecapacity", "instances", "state"),
    "AWS::EC2::Instance": (
        "state",
        "statetransitionreason",
        "statereason",
        "publicipaddress",
        "publicdnsname",
        "launchtime",
        "networkinterfaces",
        "usageoperationupdatetime",
    ),
    "AWS::EC2::NatGateway": ("state", "natgatewayaddresses"),
    "AWS::EC2::NetworkInterface": ("status", "attachment", "association", "privateipaddresses"),
    "AWS::EC2::TransitGateway": ("state",),
    "AWS::EC2::TransitGatewayAttachment": ("state", "association"),
    "AWS::EC2::TransitGatewayRouteTable": ("state",),
    "AWS::EC2::VPCEndpoint": ("state", "dnsentries", "networkinterfaceids", "lasterror"),
    "AWS::EC2::VPCPeeringConnection": ("status", "expirationtime"),
    "AWS::EC2::VPNConnection": ("state", "vgwtelemetry"),
    "AWS::EC2::Volume": ("state", "attachments"),
    "AWS::ECS::Service": ("runningcount", "pendingcount", "events", "deployments"),
    "AWS::EFS::FileSystem": ("lifecyclestate",),
    "AWS::EKS::Cluster": (
        "status",
        "endpoint",
        "certificateauthority",
        "certificateauthoritydata",
        "clustersecuritygroupid",
        "openidconnectissuerurl",
        "platformversion",
        "health",
    ),
    "AWS::ElasticBeanstalk::Environment": (
        "status",
        "health",
        "healthstatus",
        "dateupdated",
        "endpointurl",
        "abortableoperationinprogress",
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("state",),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("loadbalancerarns",),
    "AWS::Elasticsearch::Domain": _DOMAIN,
    "AWS::Kinesis::Stream": ("streamstatus",),
    "AWS::Lambda::Function": (
        "revisionid",
        "lastmodified",
        "state",
        "statereason",
        "statereasoncode",
        "lastupdatestatus",
        "lastupdatestatusreason",
        "lastupdatestatusreasoncode",
        "runtimeversionconfig",
    ),
    "AWS::MSK::Cluster": ("state", "stateinfo", "currentversion", "activeoperationarn"),
    "AWS::OpenSearch::Domain": _DOMAIN,
    "AWS::RDS::DBCluster": ("status", "clustercreatetime", "percentprogress"),
    "AWS::RDS::DBClusterSnapshot": ("status", "percentprogress", "snapshotcreatetime"),
    "AWS::RDS::DBInstance": (
        "dbinstancestatus",
        "pendingmodifiedvalues",
        "endpoint",
        "instancecreatetime",
        "statusinfos",
    ),
    "AWS::RDS::DBSnapshot": ("status", "percentprogress", "snapshotcreatetime"),
    "AWS::Redshift::Cluster": (
        "clusterstatus",
        "clusteravailabilitystatus",
        "clustercreatetime",
        "clusternodes",
        "datatransferprogress",
        "endpoint",
        "modifystatus",
        "pendingmodifiedvalues",
        "restorestatus",
        "expectednextsnapshotscheduletime",
        "expectednextsnapshotscheduletimestatus",
        "nextmaintenancewindowstarttime",
    ),
    "AWS::SecretsManager::Secret": (
        "lastaccesseddate",
        "lastrotateddate",
        "nextrotationdate",
        "rotationoccurringasscheduled",
    ),
}
"""No call sets them: they show how far AWS is with what somebody ordered, which an item before has told."""


_PENDING: Final = "pendingmodifiedvalues"
"""Where RDS and Redshift keep what was ordered until it is done, minutes or a maintenance window later."""


class Kept(StrEnum):
    """What the diff of a change says about who may have made it."""

    CALLED = "called"
    FOLLOWS = "follows"
    AWS = "aws"


def kept(change: Change) -> Kept:
    """Say whether only relationships or fields that AWS keeps differ."""
    if change.change_type is not ChangeType.UPDATE or not change.diff:
        return Kept.CALLED
    counted = COUNTED.get(change.resource.type, ())
    following = FOLLOWING.get(change.resource.type, ())
    pending = _pending(change.diff) if _PENDING in following else {}
    answer = Kept.AWS
    for entry in change.diff:
        section, _, rest = entry.path.lower().partition(".")
        field = rest.partition(".")[0]
        if section == "relationships" or (section == "configuration" and field in counted):
            continue
        ordered = rest in pending and entry.updated == pending[rest]
        if section == "configuration" and (field in following or ordered):
            answer = Kept.FOLLOWS
            continue
        return Kept.CALLED
    return answer


def _pending(diff: Sequence[PropertyChange]) -> dict[str, Json]:
    """Return what stood among the pending values before, and no longer does, by lower-case field."""
    found: dict[str, Json] = {}
    for entry in diff:
        section, _, rest = entry.path.lower().partition(".")
        field, _, below = rest.partition(".")
        if section != "configuration" or field != _PENDING or entry.previous is None:
            continue
        values = {below: entry.previous} if below else entry.previous
        if isinstance(values, Mapping):
            found.update((key.lower(), value) for key, value in values.items() if value is not None)
    return found

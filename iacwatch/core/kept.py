"""Fields that AWS keeps by itself: where only these differ, nobody called an API on the resource.

`COUNTED` are AWS's own counters and book-keeping: no call is looked for. `FOLLOWING` change on their own,
but after calls too (an instance stops because somebody stopped it, or because its host failed): they
are a side effect only where no call explains them.
"""

from enum import StrEnum
from typing import Final

from iacwatch.core.model import Change, ChangeType

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

FOLLOWING: Final[dict[str, tuple[str, ...]]] = {
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
    "AWS::EC2::NetworkInterface": ("status", "attachment", "association", "privateipaddresses"),
    "AWS::EC2::Volume": ("state", "attachments"),
    "AWS::EC2::NatGateway": ("state",),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("loadbalancerarns",),
    "AWS::AutoScaling::AutoScalingGroup": ("instances",),
    "AWS::RDS::DBInstance": ("dbinstancestatus", "pendingmodifiedvalues"),
    "AWS::RDS::DBCluster": ("status",),
    "AWS::DynamoDB::Table": ("tablestatus",),
    "AWS::Lambda::Function": ("revisionid", "lastmodified", "state", "statereason", "lastupdatestatus"),
    "AWS::ECS::Service": ("runningcount", "pendingcount", "events", "deployments"),
    "AWS::EKS::Cluster": ("status",),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("state",),
}


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
    answer = Kept.AWS
    for entry in change.diff:
        section, _, rest = entry.path.lower().partition(".")
        field = rest.partition(".")[0]
        if section == "relationships" or (section == "configuration" and field in counted):
            continue
        if section == "configuration" and field in following:
            answer = Kept.FOLLOWS
            continue
        return Kept.CALLED
    return answer

"""Which fields AWS keeps by itself, and which follow calls."""

import pytest

from iacwatch.core.attribution.aws_fields import ChangedBy, changed_by
from iacwatch.core.model import ChangeType
from tests.fixtures.builders import change, entry, item, resource


def of(type_, *paths):
    return changed_by(
        change(resource=resource(type=type_), diff=tuple(entry(path, "a", "b") for path in paths))
    )


@pytest.mark.parametrize(
    ("type_", "paths"),
    [
        ("AWS::EC2::SecurityGroup", ["Relationships.0", "Relationships.3"]),
        ("AWS::EC2::Subnet", ["Configuration.AvailableIpAddressCount"]),
        ("AWS::EC2::Subnet", ["Configuration.AvailableIpAddressCount", "Relationships.1"]),
        ("AWS::IAM::Policy", ["Configuration.AttachmentCount"]),
        ("AWS::IAM::Policy", ["Configuration.PermissionsBoundaryUsageCount"]),
        ("AWS::IAM::Role", ["Configuration.RoleLastUsed.LastUsedDate"]),
        ("AWS::RDS::DBInstance", ["Configuration.LatestRestorableTime"]),
        ("AWS::DynamoDB::Table", ["Configuration.ItemCount", "Configuration.TableSizeBytes"]),
        ("AWS::ACM::Certificate", ["Configuration.InUseBy.0", "Configuration.RenewalSummary.RenewalStatus"]),
        ("AWS::CloudFormation::Stack", ["Configuration.DriftInformation.StackDriftStatus"]),
    ],
)
def test_what_aws_counts_by_itself_is_nobodys_call(type_, paths):
    assert of(type_, *paths) is ChangedBy.AWS


@pytest.mark.parametrize(
    ("type_", "paths"),
    [
        ("AWS::EC2::Instance", ["Configuration.State.Name", "Configuration.StateTransitionReason"]),
        (
            "AWS::EC2::Instance",
            ["Configuration.PublicIpAddress", "Configuration.LaunchTime", "Relationships.0"],
        ),
        ("AWS::EC2::NetworkInterface", ["Configuration.Attachment.Status", "Configuration.Association"]),
        ("AWS::AutoScaling::AutoScalingGroup", ["Configuration.Instances.0"]),
        ("AWS::RDS::DBInstance", ["Configuration.DBInstanceStatus", "Configuration.LatestRestorableTime"]),
        ("AWS::DynamoDB::Table", ["Configuration.TableStatus"]),
        (
            "AWS::Lambda::Function",
            ["Configuration.RevisionId", "Configuration.LastModified", "Configuration.State"],
        ),
        # What becomes of an order later, in an item of its own.
        (
            "AWS::RDS::DBInstance",
            ["Configuration.DBInstanceStatus", "Configuration.Endpoint", "Configuration.InstanceCreateTime"],
        ),
        ("AWS::CloudFront::Distribution", ["Configuration.Status", "Configuration.LastModifiedTime"]),
        ("AWS::EKS::Cluster", ["Configuration.Status", "Configuration.Endpoint"]),
        ("AWS::OpenSearch::Domain", ["Configuration.Processing", "Configuration.Endpoint"]),
        ("AWS::EC2::VPNConnection", ["Configuration.VgwTelemetry.0"]),
        (
            "AWS::ACM::Certificate",
            ["Configuration.Status", "Configuration.IssuedAt", "Configuration.InUseBy.0"],
        ),
    ],
)
def test_what_changes_by_itself_and_after_calls_is_looked_into(type_, paths):
    assert of(type_, *paths) is ChangedBy.FOLLOWS


@pytest.mark.parametrize(
    ("type_", "path"),
    [
        ("AWS::EC2::Subnet", "Configuration.MapPublicIpOnLaunch"),
        ("AWS::EC2::Subnet", "SupplementaryConfiguration.AvailableIpAddressCount"),
        ("AWS::EC2::SecurityGroup", "Configuration.AvailableIpAddressCount"),
        ("AWS::EC2::SecurityGroup", "Tags.0"),
        ("AWS::EC2::Instance", "Configuration.InstanceType"),
        ("AWS::RDS::DBInstance", "Configuration.PubliclyAccessible"),
        ("AWS::EKS::Cluster", "Configuration.ResourcesVpcConfig.EndpointPublicAccess"),
        ("AWS::Events::Rule", "Configuration.State"),
        ("AWS::Some::Thing", "ResourceName"),
    ],
)
def test_one_field_of_another_kind_makes_it_somebodys_call(type_, path):
    assert of(type_, path, "Relationships.0", "Configuration.State") is ChangedBy.CALLED


def test_creations_deletions_and_unknown_diffs_are_always_somebodys_call():
    side = (entry("Relationships.0", "a", "b"),)
    assert changed_by(change(change_type=ChangeType.DELETE, diff=side)) is ChangedBy.CALLED
    assert changed_by(change(change_type=ChangeType.CREATE, diff=side)) is ChangedBy.CALLED
    assert changed_by(change(diff=None)) is ChangedBy.CALLED
    assert changed_by(change(diff=())) is ChangedBy.CALLED


@pytest.mark.parametrize(
    "waiting",
    [
        entry("Configuration.PendingModifiedValues.DBInstanceClass", "db.r6g.large", None),
        entry("Configuration.PendingModifiedValues", {"dBInstanceClass": "db.r6g.large"}, {}),
    ],
)
def test_what_was_ordered_before_and_is_done_now_is_nobodys_new_call(waiting):
    def done(*more):
        return changed_by(change(resource=resource(type="AWS::RDS::DBInstance"), diff=(waiting, *more)))

    status = entry("Configuration.DBInstanceStatus", "modifying", "available")
    assert (
        done(status, entry("Configuration.DBInstanceClass", "db.t3.small", "db.r6g.large"))
        is ChangedBy.FOLLOWS
    )
    assert (
        done(status, entry("Configuration.DBInstanceClass", "db.t3.small", "db.x2g.large"))
        is ChangedBy.CALLED
    )
    assert done(status, entry("Configuration.EngineVersion", "14.1", "15.1")) is ChangedBy.CALLED


def test_a_value_that_was_never_pending_is_somebodys_call():
    changed = entry("Configuration.DBInstanceClass", "db.t3.small", "db.r6g.large")
    ordered = entry("Configuration.PendingModifiedValues.DBInstanceClass", None, "db.r6g.large")
    for diff in [(changed,), (ordered, changed)]:
        assert (
            changed_by(change(resource=resource(type="AWS::RDS::DBInstance"), diff=diff)) is ChangedBy.CALLED
        )


@pytest.mark.parametrize(
    ("field", "before", "after", "setting", "by"),
    [
        ("allocatedStorage", 100, 110, {"maxAllocatedStorage": 500}, ChangedBy.FOLLOWS),
        ("allocatedStorage", 100, 600, {"maxAllocatedStorage": 500}, ChangedBy.CALLED),
        ("allocatedStorage", 110, 100, {"maxAllocatedStorage": 500}, ChangedBy.CALLED),
        ("allocatedStorage", 100, 110, {}, ChangedBy.CALLED),
        ("allocatedStorage", None, 110, {"maxAllocatedStorage": 500}, ChangedBy.CALLED),
        ("engineVersion", "15.4", "15.7", {"autoMinorVersionUpgrade": True}, ChangedBy.FOLLOWS),
        ("engineVersion", "8.0.35", "8.0.36", {"autoMinorVersionUpgrade": True}, ChangedBy.FOLLOWS),
        ("engineVersion", "15.4", "16.1", {"autoMinorVersionUpgrade": True}, ChangedBy.CALLED),
        ("engineVersion", "8.0.35", "8.4.3", {"autoMinorVersionUpgrade": True}, ChangedBy.CALLED),
        ("engineVersion", "5.17.6", "5.18", {"autoMinorVersionUpgrade": True}, ChangedBy.CALLED),
        ("engineVersion", "15.4", "15.7", {"autoMinorVersionUpgrade": False}, ChangedBy.CALLED),
    ],
)
def test_what_a_setting_leaves_to_aws_may_change_as_far_as_it_goes(field, before, after, setting, by):
    rds = resource(type="AWS::RDS::DBInstance")
    now = item(configuration={field: after, **setting})
    diff = (entry(f"Configuration.{field}", before, after),)
    assert changed_by(change(resource=rds, item=now, diff=diff)) is by
    assert changed_by(change(resource=rds, item=None, diff=diff)) is ChangedBy.CALLED
    for name in setting:
        more = (*diff, entry(f"Configuration.{name}", None, setting[name]))
        assert changed_by(change(resource=rds, item=now, diff=more)) is ChangedBy.CALLED


@pytest.mark.parametrize(
    ("reason", "answer"),
    [
        ({"code": "Client.UserInitiatedShutdown", "message": "User initiated shutdown"}, ChangedBy.CALLED),
        ({"code": "Client.UserInitiatedHibernate", "message": ""}, ChangedBy.CALLED),
        ("User initiated (2017-09-06 13:02:09 GMT)", ChangedBy.CALLED),
        ("USER_REQUEST", ChangedBy.CALLED),
        ("instance-terminated-by-user", ChangedBy.CALLED),
        ({"code": "Client.InstanceInitiatedShutdown", "message": "Instance initiated"}, ChangedBy.FOLLOWS),
        (
            {"code": "Server.ScheduledStop", "message": "Stopped due to a scheduled retirement"},
            ChangedBy.FOLLOWS,
        ),
        ({"code": "Server.SpotInstanceTermination", "message": "reclaimed"}, ChangedBy.FOLLOWS),
        ("Service initiated (2017-09-06 13:02:09 GMT)", ChangedBy.FOLLOWS),
        (None, ChangedBy.FOLLOWS),
    ],
)
def test_what_an_item_says_that_a_user_asked_for_is_no_side_effect(reason, answer):
    state = entry("Configuration.State.Name", "running", "stopped")
    diff = (state, entry("Configuration.StateReason", None, reason))
    assert changed_by(change(resource=resource(type="AWS::EC2::Instance"), diff=diff)) is answer

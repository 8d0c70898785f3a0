"""Which fields AWS keeps by itself, and which follow calls."""

import pytest

from iacwatch.core.attribution.aws_fields import ChangedBy, changed_by
from iacwatch.core.model import ChangeType
from tests.fixtures.builders import change, entry, item, resource

CALLED, FOLLOWS, AWS = ChangedBy.CALLED, ChangedBy.FOLLOWS, ChangedBy.AWS
RDS = resource(type="AWS::RDS::DBInstance")


@pytest.mark.parametrize(
    ("type_", "paths", "by"),
    [
        # What AWS counts by itself is nobody's call.
        ("EC2::SecurityGroup", "Relationships.0 Relationships.3", AWS),
        ("EC2::Subnet", "Configuration.AvailableIpAddressCount Relationships.1", AWS),
        ("ACM::Certificate", "Configuration.InUseBy.0 Configuration.RenewalSummary.RenewalStatus", AWS),
        # What changes by itself and after calls is looked into.
        ("EC2::Instance", "Configuration.State.Name Configuration.StateTransitionReason", FOLLOWS),
        ("ACM::Certificate", "Configuration.Status Configuration.IssuedAt Configuration.InUseBy.0", FOLLOWS),
        # One field of another kind makes it somebody's call.
        ("EC2::Subnet", "SupplementaryConfiguration.AvailableIpAddressCount Relationships.0", CALLED),
        ("EC2::SecurityGroup", "Configuration.AvailableIpAddressCount Relationships.0", CALLED),
        ("EC2::Instance", "Configuration.InstanceType Configuration.State", CALLED),
        ("Some::Thing", "ResourceName Relationships.0", CALLED),
    ],
)
def test_the_fields_that_differ_say_who_may_have_made_a_change(type_, paths, by):
    diff = tuple(entry(path, "a", "b") for path in paths.split())
    assert changed_by(change(resource=resource(type=f"AWS::{type_}"), diff=diff)) is by


def test_creations_deletions_and_unknown_diffs_are_always_somebodys_call():
    side = (entry("Relationships.0", "a", "b"),)
    for more in (
        {"change_type": ChangeType.DELETE, "diff": side},
        {"change_type": ChangeType.CREATE, "diff": side},
        {"diff": None},
        {"diff": ()},
    ):
        assert changed_by(change(**more)) is CALLED


SMALL, LARGE = "db.t3.small", "db.r6g.large"
WAS_PENDING = entry("Configuration.PendingModifiedValues.DBInstanceClass", LARGE, None)
WERE_PENDING = entry("Configuration.PendingModifiedValues", {"dBInstanceClass": LARGE, "port": None}, {})
ORDERED = entry("Configuration.PendingModifiedValues.DBInstanceClass", None, LARGE)
DONE = entry("Configuration.DBInstanceClass", SMALL, LARGE)


@pytest.mark.parametrize(
    ("diff", "by"),
    [
        ((WAS_PENDING, DONE), FOLLOWS),
        ((WERE_PENDING, entry("Configuration.DBInstanceStatus", "modifying", "available"), DONE), FOLLOWS),
        ((WAS_PENDING, entry("Configuration.DBInstanceClass", SMALL, "db.x2g.large")), CALLED),
        ((WERE_PENDING, entry("Configuration.Port", 1, None)), CALLED),
        ((entry("Supplementary.PendingModifiedValues.DBInstanceClass", LARGE, None), DONE), CALLED),
        ((entry("Configuration.PendingModifiedValues", "x", None), DONE), CALLED),
        ((ORDERED, DONE), CALLED),
    ],
)
def test_what_was_ordered_before_and_is_done_now_is_nobodys_new_call(diff, by):
    assert changed_by(change(resource=RDS, diff=diff)) is by


GROWS, UPGRADES = {"maxAllocatedStorage": 500}, {"autoMinorVersionUpgrade": True}


@pytest.mark.parametrize(
    ("field", "before", "after", "setting", "by"),
    [
        ("allocatedStorage", 100, 500, GROWS, FOLLOWS),
        ("allocatedStorage", 100, 501, GROWS, CALLED),
        ("allocatedStorage", 100, 110, {}, CALLED),
        ("engineVersion", "15.4", "15.7", UPGRADES, FOLLOWS),
        ("engineVersion", "15.4", "16.1", UPGRADES, CALLED),
        ("engineVersion", "5.17.6", "5.18", UPGRADES, CALLED),
    ],
)
def test_what_a_setting_leaves_to_aws_may_change_as_far_as_it_goes(field, before, after, setting, by):
    now = item(configuration={field: after, **setting})
    diff = (entry(f"Configuration.{field}", before, after),)
    assert changed_by(change(resource=RDS, item=now, diff=diff)) is by
    assert changed_by(change(resource=RDS, item=None, diff=diff)) is CALLED
    for name in setting:
        more = (*diff, entry(f"Configuration.{name}", None, setting[name]))
        assert changed_by(change(resource=RDS, item=now, diff=more)) is CALLED


@pytest.mark.parametrize(
    ("reason", "by"),
    [
        ({"code": "Client.UserInitiatedShutdown", "message": "User initiated shutdown"}, CALLED),
        ("USER_REQUEST", CALLED),
        ("instance-terminated-by-user", CALLED),
        ({"code": "Client.InstanceInitiatedShutdown", "message": "Instance initiated"}, FOLLOWS),
        (None, FOLLOWS),
    ],
)
def test_what_an_item_says_that_a_user_asked_for_is_no_side_effect(reason, by):
    state = entry("Configuration.State.Name", "running", "stopped")
    diff = (state, entry("Configuration.StateReason", None, reason))
    assert changed_by(change(resource=resource(type="AWS::EC2::Instance"), diff=diff)) is by

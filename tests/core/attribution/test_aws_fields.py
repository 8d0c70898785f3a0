"""Which fields AWS keeps by itself, which follow calls, and what a resource does by itself after it was made."""

import pytest

from iacwatch.core.attribution.aws_fields import ChangedBy, changed_by
from iacwatch.core.model import ChangeType
from tests.fixtures.builders import change, entry, item, resource

CALLED, FOLLOWS, AWS = ChangedBy.CALLED, ChangedBy.FOLLOWS, ChangedBy.AWS
DATABASE = "RDS::DBInstance"


def made_by(*differs, type_="Some::Thing", **more):
    """Return what is made of a diff: paths, or (path below Configuration, previous, updated)."""
    diff = tuple(
        entry(each, "a", "b") if isinstance(each, str) else entry(f"Configuration.{each[0]}", *each[1:])
        for each in differs
    )
    return changed_by(change(resource=resource(type=f"AWS::{type_}"), diff=diff, **more))


@pytest.mark.parametrize(
    ("type_", "paths", "by"),
    [
        # What AWS counts by itself is nobody's call.
        ("EC2::SecurityGroup", "Relationships.0 Relationships.3", AWS),
        ("EC2::Subnet", "Configuration.AvailableIpAddressCount Relationships.1", AWS),
        ("ACM::Certificate", "Configuration.InUseBy.0 Configuration.RenewalSummary.RenewalStatus", AWS),
        # What changes by itself and after calls is looked into.
        ("EC2::Instance", "Configuration.State.Name Configuration.StateTransitionReason", FOLLOWS),
        # One field of another kind makes it somebody's call.
        ("EC2::Subnet", "SupplementaryConfiguration.AvailableIpAddressCount Relationships.0", CALLED),
        ("EC2::Instance", "Configuration.InstanceType Configuration.State", CALLED),
        ("Some::Thing", "", CALLED),
    ],
)
def test_the_fields_that_differ_say_who_may_have_made_a_change(type_, paths, by):
    assert made_by(*paths.split(), type_=type_) is by
    for kind in (ChangeType.DELETE, ChangeType.CREATE):
        assert made_by(*paths.split(), type_=type_, change_type=kind) is CALLED
    assert changed_by(change(diff=None)) is CALLED


SMALL, LARGE = "db.t3.small", "db.r6g.large"
PENDING = "PendingModifiedValues"
WAS_PENDING = (f"{PENDING}.DBInstanceClass", LARGE, None)
WERE_PENDING = (PENDING, {"dBInstanceClass": LARGE, "port": None}, {})
DONE = ("DBInstanceClass", SMALL, LARGE)
GROWS, UPGRADES = {"maxAllocatedStorage": 500}, {"autoMinorVersionUpgrade": True}


@pytest.mark.parametrize(
    ("differs", "by"),
    [
        ((WAS_PENDING, DONE), FOLLOWS),
        ((WERE_PENDING, ("DBInstanceStatus", "modifying", "available"), DONE), FOLLOWS),
        ((WAS_PENDING, ("DBInstanceClass", SMALL, "db.x2g.large")), CALLED),
        ((WERE_PENDING, ("Port", 1, None)), CALLED),
        (((PENDING, "x", None), DONE), CALLED),
        (((f"{PENDING}.DBInstanceClass", None, LARGE), DONE), CALLED),
        # What a type's row lists goes together with what settles.
        ((("DBInstanceStatus", "creating", "available"), ("Address", None, "198.51.100.7")), FOLLOWS),
        ((("DBInstanceStatus", "creating", "available"), ("AllocatedStorage", 20, 40)), CALLED),
    ],
)
def test_what_was_ordered_before_and_is_done_now_is_nobodys_new_call(differs, by):
    assert made_by(*differs, type_=DATABASE) is by


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
    now, differs = item(configuration={field: after, **setting}), (field, before, after)
    assert made_by(differs, type_=DATABASE, item=now) is by
    assert made_by(differs, type_=DATABASE, item=None) is CALLED
    for name in setting:
        assert made_by(differs, (name, None, setting[name]), type_=DATABASE, item=now) is CALLED


@pytest.mark.parametrize(
    ("reason", "by"),
    [
        ({"code": "Client.UserInitiatedShutdown", "message": "User initiated shutdown"}, CALLED),
        ("USER_REQUEST", CALLED),
        ("instance-terminated-by-user", CALLED),
        (None, FOLLOWS),
    ],
)
def test_what_an_item_says_that_a_user_asked_for_is_no_side_effect(reason, by):
    state = ("State.Name", "running", "stopped")
    assert made_by(state, ("StateReason", None, reason), type_="EC2::Instance") is by


SETTLED = ("Status", "CREATING", "ACTIVE")
AT, LATER = "2026-11-20T10:11:22.000Z", "2026-11-20T10:19:22.000Z"


@pytest.mark.parametrize(
    ("differs", "by"),
    [
        # A status that went from passing to lasting.
        ((SETTLED,), FOLLOWS),
        ((("StackStatus", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"),), FOLLOWS),
        ((("StackStatus", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"),), FOLLOWS),
        ((("State", {"code": 0, "name": "pending"}, {"code": 16, "name": "running"}),), FOLLOWS),
        ((("FirewallStatus", {"Status": "PENDING", "Sync": 1}, {"Status": "READY", "Sync": 1}),), FOLLOWS),
        # What somebody asked for does not settle.
        ((("State.Name", "running", "stopping"),), CALLED),
        ((("StackStatus", "REVIEW_IN_PROGRESS", "CREATE_COMPLETE"),), CALLED),
        ((("Status", "CREATING", "STOPPED"),), CALLED),
        ((("Status", None, "ACTIVE"),), CALLED),
        ((("DesiredState", "PENDING", "RUNNING"),), CALLED),
        ((("Tags.State", "pending", "available"),), CALLED),
        ((("StatusMessage", "creating", "ready"),), CALLED),
        # What AWS fills in comes with it, and is somebody's without.
        *(
            pair
            for filled in (
                ("StateReason", {"code": "Creating", "message": "being created"}, None),
                ("Endpoint", None, "x.example.com"),
                ("Endpoint", None, {"address": "x.example.com", "port": 5432, "hostedZoneId": "Z1"}),
                ("Version", None, "1.31"),
                ("Outputs.0", None, {"outputKey": "Url", "outputValue": "https://x.example.com"}),
                ("LastUpdatedTime", AT, LATER),
            )
            for pair in (((SETTLED, filled), FOLLOWS), ((filled,), CALLED))
        ),
        # Anything else that differs is somebody's.
        ((SETTLED, ("VpcEndpoints", None, ["vpce-1"])), CALLED),
        ((SETTLED, ("StateReason", None, {"code": "Client.UserInitiatedShutdown"})), CALLED),
        ((SETTLED, ("Outputs.0", {"outputKey": "a"}, None)), CALLED),
        ((SETTLED, ("Tags.0", None, {"key": "a", "value": "b"})), CALLED),
        *(
            ((SETTLED, path), CALLED)
            for path in ("Tags.a", "SupplementaryConfiguration.Status", "ResourceName")
        ),
        ((SETTLED, "Relationships.0"), FOLLOWS),
    ],
)
def test_a_status_that_settled_is_nobodys_call_with_what_aws_fills_in(differs, by):
    assert made_by(*differs) is by

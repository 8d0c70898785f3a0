"""What a resource does by itself after it was made, of any type, and what looks like it and is not."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import iacwatch.core.catalog
from iacwatch.core.attribution.aws_fields import ChangedBy, changed_by
from iacwatch.core.model import ChangeType
from tests.fixtures.builders import change, entry, resource

GENERATED = Path(iacwatch.core.catalog.__file__).parent / "generated.json"
AT, LATER = "2026-11-20T10:11:22.000Z", "2026-11-20T10:19:22.000Z"


def of(*entries, type_="AWS::Some::Thing"):
    """Return what is made of a diff, given as (path below Configuration, previous, updated)."""
    diff = tuple(entry(f"Configuration.{path}", old, new) for path, old, new in entries)
    return changed_by(change(resource=resource(type=type_), diff=diff))


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("StackStatus", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"),
        ("StackStatus", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"),
        ("StackStatus", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"),
        ("StackStatus", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"),
        ("StackStatus", "IMPORT_IN_PROGRESS", "IMPORT_COMPLETE"),
        ("StackStatus", "CREATE_IN_PROGRESS", "CREATE_FAILED"),
        ("ClusterStatus", "CREATING", "ACTIVE"),
        ("Status", "UPDATING", "ACTIVE"),
        ("State", "pending", "available"),
        ("State", "Pending", "Active"),
        ("State", {"code": 0, "name": "pending"}, {"code": 16, "name": "running"}),
        ("State", {"code": "provisioning"}, {"code": "active"}),
        ("State.Name", "pending", "running"),
        ("State", "creating", "available"),
        ("DBClusterStatus", "modifying", "available"),
        ("LifeCycleState", "creating", "available"),
        ("Lifecycle", "CREATING", "AVAILABLE"),
        ("Status", "OPERATION_IN_PROGRESS", "RUNNING"),
        ("ConsumerStatus", "CREATING", "ACTIVE"),
        ("Status", "UNDER_CHANGE", "AVAILABLE"),
        ("DeliveryStreamStatus", "CREATING", "ACTIVE"),
        ("Status", "Pending", "InService"),
        ("NotebookInstanceStatus", "Updating", "InService"),
        ("Status", "CREATING", "VALID"),
        ("BrokerState", "CREATION_IN_PROGRESS", "RUNNING"),
        ("FirewallStatus", {"Status": "PROVISIONING"}, {"Status": "READY"}),
        (
            "FirewallStatus",
            {"Status": "PROVISIONING", "ConfigurationSyncStateSummary": "PENDING"},
            {
                "Status": "READY",
                "ConfigurationSyncStateSummary": "IN_SYNC",
                "SyncStates": {"eu-west-1a": {"Attachment": {"Status": "READY", "EndpointId": "vpce-1"}}},
            },
        ),
        ("Status", "CREATING", "OPERATIONAL"),
        ("State", "PENDING", "AVAILABLE"),
        ("Status", "PENDING_CREATION", "ENABLED"),
        ("State", "enabling", "enabled"),
        ("State", "in-progress", "completed"),
        ("State", "attaching", "attached"),
        ("Status", "STARTING", "RUNNING"),
        ("Cluster.Status", "CREATING", "ACTIVE"),
        ("DomainDetails", {"Name": "x", "State": "Processing"}, {"Name": "x", "State": "Active"}),
    ],
)
def test_a_status_that_went_from_passing_to_lasting_settled(path, before, after):
    assert of((path, before, after)) is ChangedBy.FOLLOWS


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("State", "running", "stopped"),
        ("State.Name", "running", "stopping"),
        ("State", "ENABLED", "DISABLED"),
        ("State", "DISABLED", "ENABLED"),
        ("Status", "Suspended", "Enabled"),
        ("Status", "Inactive", "Active"),
        ("Status", "ACTIVE", "DELETING"),
        ("Status", "ACTIVE", "UPDATING"),
        ("Status", "available", "running"),
        ("StackStatus", "CREATE_COMPLETE", "UPDATE_COMPLETE"),
        ("StackStatus", "REVIEW_IN_PROGRESS", "CREATE_COMPLETE"),
        ("StackStatus", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"),
        ("StackStatus", "DELETE_IN_PROGRESS", "DELETE_FAILED"),
        ("Status.Code", "pending-acceptance", "active"),
        ("State", "pendingAcceptance", "available"),
        ("State", "PendingConfirmation", "Active"),
        ("KeyState", "PendingImport", "Enabled"),
        ("KeyState", "PendingDeletion", "Disabled"),
        ("KeyState", "PendingDeletion", "Enabled"),
        ("LifecycleState", "Pending:Wait", "InService"),
        ("Status", "PENDING_APPROVAL", "APPROVED"),
        ("Status", "CREATING", "STOPPED"),
        ("Status", "PENDING", "DISABLED"),
        ("Status", None, "ACTIVE"),
        ("Status", "CREATING", None),
        ("DesiredState", "PENDING", "RUNNING"),
        ("TargetStatus", "PENDING", "RUNNING"),
        ("Estate", 1, 2),
        ("Name", "pending", "available"),
        ("Tags.State", "pending", "available"),
        ("Environment.Variables.STATUS", "pending", "active"),
        ("Labels.status", "creating", "active"),
        ("Metadata", {"State": "pending"}, {"State": "available"}),
        ("State.Code", 0, 16),
        ("StatusMessage", "creating", "ready"),
        ("Endpoint", None, "x.example.com"),
        ("LastUpdatedTime", AT, LATER),
    ],
)
def test_what_somebody_asked_for_does_not_settle(path, before, after):
    assert of((path, before, after)) is ChangedBy.CALLED


SETTLED = ("Status", "CREATING", "ACTIVE")


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("StatusReason", "creating the network", None),
        ("StateTransitionReason", "", "done"),
        ("StatusMessage", None, "ready"),
        ("StateReason", {"code": "Creating", "message": "being created"}, None),
        ("Endpoint", None, "x.example.com"),
        ("Endpoint", None, {"address": "x.example.com", "port": 5432, "hostedZoneId": "Z1"}),
        ("Endpoint.Address", None, "x.example.com"),
        ("ReaderEndpoint", "", "x.example.com"),
        ("Arn", None, "arn:aws:some:eu-west-1:111122223333:thing/x"),
        ("Version", None, "1.31"),
        ("PlatformVersion", None, "eks.4"),
        ("PublicIpAddress", None, "198.51.100.7"),
        ("PrivateDnsName", "", "ip-10-0-0-94.ec2.internal"),
        ("ServiceUrl", None, "https://x.example.com"),
        ("Outputs.0", None, {"outputKey": "Url", "outputValue": "https://x.example.com"}),
        ("LastUpdatedTime", AT, LATER),
        ("UpdatedAt", 1795000000, 1795000480.5),
        ("CreationDate", None, AT),
        ("LastModified", AT, LATER),
        ("Progress", "12%", "100%"),
        ("ClusterEndpointUrl", None, "https://x.example.com"),
        ("MasterPublicDnsName", "", "ec2.example.com"),
        ("NetworkInterfaceIds", None, ["eni-1"]),
        ("BrokerInstances.0", None, {"endpoints": ["ssl://x"]}),
        ("Cluster.StatusReason", "a", "b"),
    ],
)
def test_what_aws_fills_in_comes_with_it(path, before, after):
    assert of(SETTLED, (path, before, after)) is ChangedBy.FOLLOWS
    assert of((path, before, after)) is ChangedBy.CALLED


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("Size", 1, 2),
        ("VpcEndpoints", None, ["vpce-1"]),
        ("NotificationAddress", None, "x@example.com"),
        ("Nested.Endpoint", None, "x.example.com"),
        ("Version", "1.30", "1.31"),
        ("Endpoint", "x.example.com", "y.example.com"),
        ("EndpointPublicAccess", False, True),
        ("RoleArn", None, "arn:aws:iam::111122223333:role/admin"),
        ("MonitoringState", "disabled", "enabled"),
        ("MonitoringStatus", None, "enabled"),
        ("StateReason", None, {"code": "Client.UserInitiatedShutdown"}),
        ("UpdatePolicy", None, "x"),
        ("LaunchTemplate", "a", "b"),
        ("ExpirationDate", AT, LATER),
        ("DeploymentConfiguration", "a", "b"),
        ("Outputs.0", {"outputKey": "a"}, None),
        ("Tags.0", None, {"key": "a", "value": "b"}),
    ],
)
def test_anything_else_that_differs_is_somebodys(path, before, after):
    assert of(SETTLED, (path, before, after)) is ChangedBy.CALLED


def test_tags_and_other_sections_are_somebodys_and_neighbours_nobodys():
    status = entry("Configuration.Status", "CREATING", "ACTIVE")
    for path, made_by in (
        ("Tags.a", ChangedBy.CALLED),
        ("SupplementaryConfiguration.Status", ChangedBy.CALLED),
        ("ResourceName", ChangedBy.CALLED),
        ("Relationships.0", ChangedBy.FOLLOWS),
    ):
        assert changed_by(change(diff=(status, entry(path, "creating", "active")))) is made_by
    assert changed_by(change(change_type=ChangeType.DELETE, diff=(status,))) is ChangedBy.CALLED


def test_what_a_types_row_lists_goes_together_with_what_settles():
    listed = ("DBInstanceStatus", "creating", "available")
    assert of(listed, ("Address", None, "198.51.100.7"), type_="AWS::RDS::DBInstance") is ChangedBy.FOLLOWS
    assert of(listed, ("AllocatedStorage", 20, 40), type_="AWS::RDS::DBInstance") is ChangedBy.CALLED


def test_every_status_that_only_aws_sets_is_known_by_its_name():
    for name in {
        name for told in json.loads(GENERATED.read_text()).values() for name in told.get("status", ())
    }:
        if "message" not in name and "reason" not in name:
            assert of((name, "CREATING", "ACTIVE")) is ChangedBy.FOLLOWS, name


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["CREATING", "ACTIVE", "", AT]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["Status", "name", "a"]), inner, max_size=3)
    ),
    max_leaves=8,
)
paths = st.lists(st.sampled_from(["Status", "State", "Endpoint", "0", "", "x"]), max_size=3).map(".".join)


@given(paths, json_values, json_values)
def test_any_diff_can_be_judged(path, before, after):
    found = of((path, before, after))
    assert found in {ChangedBy.CALLED, ChangedBy.FOLLOWS}

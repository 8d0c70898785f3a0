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
        ("State", {"code": 0, "name": "pending"}, {"code": 16, "name": "running"}),
        ("FirewallStatus.ConfigurationSyncStateSummary", "PENDING", "IN_SYNC"),
        ("FirewallStatus", {"Status": "PROVISIONING", "Sync": 1}, {"Status": "READY", "Sync": 1}),
    ],
)
def test_a_status_that_went_from_passing_to_lasting_settled(path, before, after):
    assert of((path, before, after)) is ChangedBy.FOLLOWS


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("State.Name", "running", "stopping"),
        ("StackStatus", "REVIEW_IN_PROGRESS", "CREATE_COMPLETE"),
        ("Status.Code", "pending-acceptance", "active"),
        ("Status", "CREATING", "STOPPED"),
        ("Status", None, "ACTIVE"),
        ("Status", "CREATING", None),
        ("DesiredState", "PENDING", "RUNNING"),
        ("Name", "pending", "available"),
        ("Tags.State", "pending", "available"),
        ("State.Code", 0, 16),
        ("StatusMessage", "creating", "ready"),
        ("Endpoint", None, "x.example.com"),
    ],
)
def test_what_somebody_asked_for_does_not_settle(path, before, after):
    assert of((path, before, after)) is ChangedBy.CALLED


SETTLED = ("Status", "CREATING", "ACTIVE")


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("StateReason", {"code": "Creating", "message": "being created"}, None),
        ("Endpoint", None, "x.example.com"),
        ("Endpoint", None, {"address": "x.example.com", "port": 5432, "hostedZoneId": "Z1"}),
        ("Version", None, "1.31"),
        ("Outputs.0", None, {"outputKey": "Url", "outputValue": "https://x.example.com"}),
        ("LastUpdatedTime", AT, LATER),
        ("Progress", "12%", "100%"),
    ],
)
def test_what_aws_fills_in_comes_with_it(path, before, after):
    assert of(SETTLED, (path, before, after)) is ChangedBy.FOLLOWS
    assert of((path, before, after)) is ChangedBy.CALLED


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("VpcEndpoints", None, ["vpce-1"]),
        ("Nested.Endpoint", None, "x.example.com"),
        ("Version", "1.30", "1.31"),
        ("RoleArn", None, "arn:aws:iam::111122223333:role/admin"),
        ("StateReason", None, {"code": "Client.UserInitiatedShutdown"}),
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

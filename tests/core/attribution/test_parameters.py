"""Of several updates, the one that sent what differs made the change."""

from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.attribution.matching import TrailIndex, rank
from iacwatch.core.attribution.names import names_of
from iacwatch.core.attribution.parameters import _word
from tests.core.attribution.called import WINDOW, call, matched, of
from tests.fixtures.builders import CAPTURED_AT, entry

INSTANCE = "AWS::RDS::DBInstance"
OMITTED = {"reason": "requestParameters too large", "originalSize": 1, "omitted": True}


def update(number, *, seconds=40, service="rds", name="ModifyDBInstance", **sent):
    """Make a call `seconds` before the capture; the one nearest to it would be named first."""
    at = (CAPTURED_AT - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return call(service, name, {"dBInstanceIdentifier": "orders", **sent}, eventID=number, eventTime=at)


def found(change, *events):
    names = names_of(change)
    near = TrailIndex(events, names.wanted).events(names)
    ranked = rank(change, names, near, WINDOW, previous_at=None)
    return [match.event.event_id for match in ranked.matches]


def orders(differs="Configuration.MultiAZ", **more):
    return of(
        INSTANCE,
        "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "orders",
        differs=differs,
        **{"before": False, "after": True, **more},
    )


def test_who_sent_what_differs_is_named_and_not_who_was_nearer():
    multi_az = update("1", multiAZ=True)
    password = update("2", seconds=31, masterUserPassword="****", applyImmediately=True)
    assert found(orders(), multi_az, password) == ["1"]


def test_a_call_that_stands_alone_counts_whatever_it_sent():
    assert found(orders(), update("1", masterUserPassword="****")) == ["1"]


def test_what_nobody_sent_tells_nobody_apart():
    change = orders("Configuration.Something.Else")
    assert found(change, update("1", multiAZ=True), update("2", seconds=31, masterUserPassword="****")) == [
        "2",
        "1",
    ]


def test_where_more_differs_than_was_sent_nobody_is_left_out():
    events = (
        update("1", multiAZ=True),
        update("2", seconds=31, processorFeatures=[{"name": "a", "value": "b"}]),
    )
    more = of(INSTANCE, "db-A", "orders", differs="Configuration.LicenseModel")
    assert found(more, *events) == ["2", "1"]


@pytest.mark.parametrize("extra", ["LastModifiedTime", "RevisionId", "UpdatedAt"])
def test_what_aws_notes_of_every_change_needs_no_parameter(extra):
    change = orders()
    change = replace(change, diff=(*change.diff, entry(f"Configuration.{extra}", "a", "b")))
    assert found(change, update("1", multiAZ=True), update("2", seconds=31, masterUserPassword="****")) == [
        "1"
    ]


def test_who_sent_only_what_the_item_shows_unchanged_did_not_change_the_rest():
    change = orders(state={"backupRetentionPeriod": 7, "multiAZ": True, "licenseModel": "x"})
    change = replace(change, diff=(*change.diff, entry("Configuration.LicenseModel", "a", "x")))
    kept = update("2", seconds=31, backupRetentionPeriod=7)
    unknown = update("3", seconds=30, masterUserPassword="****")
    assert sorted(found(change, update("1", multiAZ=True), kept, unknown)) == ["1", "3"]


def test_what_a_later_call_overwrote_may_have_been_done_all_the_same():
    first = update("1", multiAZ=False, storageType="gp2")
    assert found(orders(), first, update("2", seconds=31, multiAZ=True)) == ["2", "1"]
    person, pipeline = (
        update("1", storageType="io1"),
        update("2", seconds=31, multiAZ=True, storageType="gp3"),
    )
    assert found(orders(), person, pipeline) == ["2", "1"]


def test_a_text_that_was_sent_is_compared_with_the_one_that_is_there():
    change = orders("Configuration.StorageType", before="gp2", after="gp3")
    assert found(change, update("1", storageType="gp3"), update("2", seconds=31, storageType="gp2")) == ["1"]
    assert found(change, update("1", storageType="gp2"), update("2", seconds=31, storageType="gp3")) == [
        "2",
        "1",
    ]


@pytest.mark.parametrize("request_", [{}, OMITTED])
def test_by_no_parameters_nobody_can_tell(request_):
    change = of(
        "AWS::IAM::Group",
        "AGPA0123456789ABCDEF0",
        "ops",
        differs="Configuration.Path",
        before="/",
        after="/b/",
    )
    events = (
        call("iam", "UpdateGroup", {"groupName": "ops", "newPath": "/b/"}),
        call("iam", "UpdateGroup", {"groupName": "ops", **request_}, eventID="other"),
    )
    assert len(found(change, *events)) == 2


def test_who_only_tags_changed_no_setting_and_the_other_way_round():
    tags = call(
        "rds",
        "AddTagsToResource",
        {"resourceName": "orders", "tags": [{"key": "a", "value": "b"}]},
        eventID="tags",
    )
    setting = update("setting", multiAZ=True)
    assert found(orders(), tags, setting) == ["setting"]
    shown = {"differs": "Configuration.TagList.0", "before": None, "after": {"key": "a", "value": "b"}}
    tagged = orders(**shown, state={"multiAZ": True})
    assert found(tagged, tags, setting) == ["tags"]
    assert found(orders(**shown), tags, setting) == [
        "setting",
        "tags",
    ]  # MultiAZ may have changed, for all we see


def test_a_call_of_another_name_may_call_things_otherwise():
    group = of("AWS::EC2::SecurityGroup", "sg-0a1b2c3d4e5f60718", differs="Configuration.IpPermissions.0")
    opens = call(
        "ec2",
        "AuthorizeSecurityGroupIngress",
        {"groupId": "sg-0a1b2c3d4e5f60718", "ipPermissions": {"items": []}},
    )
    changes = {
        "ModifySecurityGroupRulesRequest": {
            "GroupId": "sg-0a1b2c3d4e5f60718",
            "SecurityGroupRule": {"x": "y"},
        }
    }
    assert len(found(group, opens, call("ec2", "ModifySecurityGroupRules", changes))) == 2


@pytest.mark.parametrize(
    ("parameter", "property_"),
    [
        ("dBInstanceClass", "DBInstanceClass"),
        ("vpcSecurityGroupIds", "VpcSecurityGroups"),
        ("dBParameterGroupName", "DBParameterGroups"),
        ("newDescription", "Description"),
        ("tagKeys", "TagKey"),
        ("enableLogging", "LoggingEnabled"),
        ("scalingConfig", "ScalingConfiguration"),
    ],
)
def test_parameters_and_properties_go_by_like_names(parameter, property_):
    assert _word(parameter) == _word(property_)


def test_a_setting_below_a_list_of_them_is_found():
    assert matched(
        orders("Configuration.PendingModifiedValues.MasterUserPassword"), update("1", masterUserPassword="*")
    )

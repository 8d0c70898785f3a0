"""Changes of the past from Config's API: what it costs, what goes wrong, and what it cannot see."""

import json
from collections import Counter
from contextlib import closing
from datetime import timedelta

import pytest

from iacwatch.aws.config_api import ConfigPlace
from iacwatch.core.model import Window
from iacwatch.errors import UsageError
from tests.fixtures.small_world import ACCOUNT, REGION, ago, group_id, item
from tests.laws import pasts

OTHER = "222233334444"
GROUP = "AWS::EC2::SecurityGroup"
GONE = {"configuration": None, "tags": {}, "configurationItemStatus": "ResourceDeleted"}
NEW = {"configurationItemStatus": "ResourceDiscovered"}
LONG_AGO = -4 * 1440


@pytest.fixture
def world(tmp_path):
    with pasts.world("api", tmp_path) as made:
        yield made


@pytest.fixture
def day():
    end = ago(60).replace(microsecond=0)
    return Window(start=end - timedelta(days=1), end=end)


@pytest.fixture
def add(world, day):
    """Return what adds items of a security group, by minutes since the day began."""

    def add(number, *minutes, last=(), **more):
        for size, at in enumerate(minutes):
            when = day.start + timedelta(minutes=at, milliseconds=123)
            changed = {"configuration": {"groupId": group_id(number), "size": size}, **more}
            world.add(item(number, when, **changed | dict(last if at == minutes[-1] else ())))

    return add


def changes(source):
    with closing(source.waves()) as waves:
        return [json.loads(delivery.document) for wave in waves for delivery in wave]


def queries(world):
    return [call.operation for call in world.aws.calls].count("SelectResourceConfig")


def histories(world):
    """Return how often the history of each resource was asked for."""
    asked = [call for call in world.aws.calls if call.operation == "GetResourceConfigHistory"]
    return Counter(call.body["resourceId"] for call in asked)


def gaps(source, word):
    return [gap for gap in source.gaps if word in gap]


def test_one_call_tells_a_days_changes_and_what_did_not_change_or_went_before_costs_none(world, day, add):
    for number in range(9):
        add(number, LONG_AGO, 10)
    add(9, -8000, 5, last=GONE)
    for number in range(100, 350):
        add(number, LONG_AGO)
    for number in range(400, 420):
        add(number, -8000, -6000 + number, last=GONE)
    source = world.source(day)
    assert len(changes(source)) == 10
    assert histories(world) == {group_id(number): 1 for number in range(10)}
    assert queries(world) == 3 + 1
    assert source.work["resources looked at"] == 10
    notes = [note for phase, _, _, note in world.told if phase == "Config: histories" and note]
    assert (notes[-1], len(notes)) == ("resources, 0 Config calls and 0 s left", 10)


@pytest.mark.parametrize("retention", [None, timedelta(days=365)])
def test_only_a_change_whose_item_before_lies_further_back_costs_more(world, day, add, retention):
    add(1, -40 * 1440, 10)
    add(2, 10, **NEW)
    if retention:  # then empty pages lead back to the beginning, which a creation needs not
        world.aws.config.retention = retention
    assert len(changes(world.source(day))) == 2
    if retention:
        assert histories(world).total() <= 2 * 2 + 6
    else:
        assert histories(world) == {group_id(1): 1 + 5, group_id(2): 1}


@pytest.mark.parametrize("known", [True, False])
def test_what_lost_its_tag_is_seen_or_it_is_said_that_it_is_not(world, day, add, known):
    world.aws.config.inventory.time_conditions = known
    add(1, -30, 10, last={"tags": {}})
    add(2, -30, 10)
    source = world.source(day)
    assert len(changes(source)) == (2 if known else 1)
    assert source.failures == []
    assert bool(gaps(source, "lost the tag")) is not known
    assert known or f"{ACCOUNT} {REGION}" in gaps(source, "lost the tag")[0]
    assert gaps(source, "deleted resources of other than the 4 types")


def test_a_type_that_config_cannot_query_is_seen_deleted_and_where_it_is_named(world, day, add):
    world.aws.config.inventory.unqueryable.add(GROUP)
    add(1, -3000, 5)
    add(2, -3000, 15, last={"tags": {}})
    add(3, -3000)
    add(4, -3000, 5, last=GONE)
    unnamed = world.source(day)
    assert len(changes(unnamed)) == 1
    assert gaps(unnamed, "types that Config's queries do not know")
    named = world.source(day, spool="named", types=(GROUP,))
    assert len(changes(named)) == 3
    assert named.gaps == []


def test_what_is_there_of_a_type_that_was_named_and_did_not_change_costs_one_query_more(world, day, add):
    for number in range(130):
        add(number, -3000, tags={})
    assert changes(world.source(day, types=(GROUP,))) == []
    assert not histories(world)
    assert queries(world) == 2 + 1
    world.aws.deny("config", "SelectResourceConfig")
    source = world.source(day, spool="denied", types=(GROUP,))
    assert changes(source) == []
    assert any("SelectResourceConfig" in failure for failure in source.failures)


def test_a_tag_key_that_a_query_cannot_hold_is_wrong_usage_and_odd_ones_hide_nothing(world, day, add):
    with pytest.raises(UsageError, match="--changes"):
        world.source(day, tag_key="it's")
    for key in ("a=b", "ünlich"):
        add(1, -30, 10, tags={key: "terraform"})
        assert len(changes(world.source(day, tag_key=key, spool=key.encode().hex()))) == 1
        world.aws.config._items.clear()


def test_a_history_that_fails_does_so_alone_and_is_tried_again_and_one_that_is_over_is_said(world, day, add):
    for number in range(5):
        add(number, -30, 10)
    world.aws.fail("config", "GetResourceConfigHistory", "ResourceNotDiscoveredException")
    world.aws.fail("config", "GetResourceConfigHistory", "ValidationException")
    source = world.source(day)
    assert len(changes(source)) == 3
    assert gaps(source, "1 resources that changed")
    (failure,) = source.failures
    assert "cannot read Config's history of AWS::EC2::SecurityGroup sg-" in failure
    source.close()
    again = world.source(day)
    assert (len(changes(again)), again.failures) == (4, [])
    assert histories(world).total() == 6


@pytest.mark.parametrize("role", [True, False])
def test_an_account_is_read_by_its_role_and_one_that_cannot_be_stops_no_other(world, day, add, role):
    if role:
        world.aws.add_role(f"arn:aws:iam::{OTHER}:role/iacwatch")
    source = world.source(day, places=[ConfigPlace(OTHER, REGION), ConfigPlace(ACCOUNT, REGION)])
    world.sessions.admit(allowed=[OTHER], role_name="iacwatch", external_id="")
    for account in (ACCOUNT, OTHER):
        add(1, -30, 10, awsAccountId=account, ARN="arn:aws:ec2:x:y:z/w")
    world.source(day, spool="only to hand the items over")
    assert {each["account"] for each in changes(source)} == ({ACCOUNT, OTHER} if role else {ACCOUNT})
    assert any(OTHER in failure for failure in source.failures) is not role

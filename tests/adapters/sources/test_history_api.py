"""Changes of the past from Config's API: what it costs, what goes wrong, and what it cannot see."""

import json
from collections import Counter
from contextlib import closing
from datetime import timedelta

import pytest

from iacwatch.aws.config_api import ConfigPlace
from iacwatch.core.model import Window
from iacwatch.errors import Stopping, UsageError
from iacwatch.sources.history.inventory import COMMON
from tests.fixtures.small_world import ACCOUNT, REGION, ago, group_id, item
from tests.laws import pasts

OTHER = "222233334444"
GONE = {"configuration": None, "tags": {}, "configurationItemStatus": "ResourceDeleted"}
WEEK = timedelta(days=7)


@pytest.fixture
def world(tmp_path):
    with pasts.world("api", tmp_path) as made:
        yield made


@pytest.fixture
def day():
    end = ago(60).replace(microsecond=0)
    return Window(start=end - timedelta(days=1), end=end)


def at(day, minutes):
    return day.start + timedelta(minutes=minutes, milliseconds=123)


def state(number, when, size=1, **more):
    return item(number, when, **{"configuration": {"groupId": group_id(number), "size": size}, **more})


def changes(source):
    with closing(source.waves()) as waves:
        return [json.loads(delivery.document) for wave in waves for delivery in wave]


def calls(world):
    return Counter(call.operation for call in world.aws.calls)


def histories(world):
    return [call for call in world.aws.calls if call.operation == "GetResourceConfigHistory"]


def test_one_call_tells_a_days_changes_and_the_item_before_as_long_as_that_is_days_old(world, day):
    for number in range(10):
        world.add(state(number, at(day, -4 * 1440)), state(number, at(day, 10), 2))
    assert len(changes(world.source(day))) == 10
    assert len(histories(world)) == 10
    assert {call.body["limit"] for call in histories(world)} == {100}


def test_what_was_last_recorded_before_the_range_costs_no_call(world, day):
    for number in range(250):
        world.add(state(number, at(day, -4 * 1440)))
    world.add(state(1, at(day, 10), 2))
    source = world.source(day)
    assert len(changes(source)) == 1
    assert len(histories(world)) == 1
    assert calls(world)["SelectResourceConfig"] == 3 + 1
    assert source.work["resources looked at"] == 1


def test_a_long_range_costs_a_call_for_each_seven_days_since_the_last_change(world, day):
    quarter = Window(start=day.end - 13 * WEEK, end=day.end)
    recent, early = day.end - timedelta(days=3), quarter.start + timedelta(days=3)
    for number, moments in ((1, (recent, early)), (2, (early,))):
        for size, moment in enumerate((*moments, quarter.start - timedelta(days=1))):
            world.add(state(number, moment, size))
    assert len(changes(world.source(quarter))) == 3
    by_id = Counter(call.body["resourceId"] for call in histories(world))
    assert by_id[group_id(1)] == 13
    assert by_id[group_id(2)] == 1


def test_only_a_change_whose_item_before_lies_further_back_costs_more(world, day):
    world.add(state(1, at(day, -40 * 1440)), state(1, at(day, 10), 2))
    world.add(state(2, at(day, 10), 2, configurationItemStatus="ResourceDiscovered"))
    assert len(changes(world.source(day))) == 2
    by_id = Counter(call.body["resourceId"] for call in histories(world))
    assert by_id == {group_id(1): 1 + 5, group_id(2): 1}


def test_where_history_is_walked_through_empty_pages_a_creation_does_not_walk_to_the_beginning(world, day):
    world.aws.config.retention = timedelta(days=365)
    world.add(state(1, at(day, -40 * 1440)), state(1, at(day, 10), 2))
    world.add(state(2, at(day, 10), 2, configurationItemStatus="ResourceDiscovered"))
    assert len(changes(world.source(day))) == 2
    assert len(histories(world)) <= 2 * 2 + 6


def test_many_resources_and_many_items_come_page_by_page(world, day):
    for number in range(130):
        world.add(state(number, at(day, -30)), state(number, at(day, 10), 2))
    for minute in range(250):
        world.add(state(999, at(day, minute), minute))
    assert len(changes(world.source(day))) == 130 + 250


def test_deleted_resources_are_looked_for_by_type_and_only_those_of_the_range_are_read(world, day):
    for number in range(120):
        world.add(state(number, at(day, -8000)), state(number, at(day, -6000 + number), **GONE))
    world.add(state(500, at(day, -8000)), state(500, at(day, 5), **GONE))
    found = changes(world.source(day))
    assert [each["detail"]["configurationItem"]["resourceId"] for each in found] == [group_id(500)]
    assert {call.body["resourceId"] for call in histories(world)} == {group_id(500)}
    lists = [call for call in world.aws.calls if call.operation == "ListDiscoveredResources"]
    assert len(lists) == len(pasts.TYPES) + 1
    assert all(call.body["includeDeletedResources"] for call in lists)


def test_types_that_are_there_are_listed_beside_the_common_ones(world, day):
    odd = {"resourceType": "AWS::Acme::Rocket", "resourceId": "r1"}
    world.add(state(1, at(day, -9000), **odd), state(2, at(day, -9000), **{**odd, "resourceId": "r2"}))
    world.add(state(2, at(day, 5), **{**odd, "resourceId": "r2"}, **GONE))
    assert len(changes(world.source(day))) == 1


def test_the_types_of_which_calls_are_known_are_looked_for_everywhere():
    assert len(COMMON) > 90
    assert {"AWS::EC2::Instance", "AWS::S3::Bucket", "AWS::IAM::Role", "AWS::RDS::DBInstance"} <= set(COMMON)


def test_what_config_thinks_of_resources_is_no_resource(world, day):
    verdict = {"resourceType": "AWS::Config::ResourceCompliance", "tags": {}}
    world.add(state(1, at(day, -30), **verdict), state(1, at(day, 10), 2, **verdict))
    assert changes(world.source(day)) == []
    assert histories(world) == []


def test_without_a_condition_on_the_capture_time_what_lost_its_tag_is_not_seen_and_that_is_said(world, day):
    world.aws.config.inventory.time_conditions = False
    world.add(state(1, at(day, -30)), state(1, at(day, 10), tags={}))
    world.add(state(2, at(day, -30)), state(2, at(day, 10), 2))
    source = world.source(day)
    assert len(changes(source)) == 1
    assert source.failures == []
    assert any("lost the tag" in gap and f"{ACCOUNT} {REGION}" in gap for gap in source.gaps)


def test_with_it_nothing_is_said_of_lost_tags(world, day):
    source = world.source(day)
    changes(source)
    assert not any("lost the tag" in gap for gap in source.gaps)
    assert any("deleted resources of other than the 4 types" in gap for gap in source.gaps)


def test_types_that_were_named_need_no_such_word(world, day):
    source = world.source(day, types=("AWS::S3::Bucket",))
    changes(source)
    assert source.gaps == []
    expressions = [call.body["Expression"] for call in world.aws.calls if "Expression" in call.body]
    assert all("resourceType IN ('AWS::S3::Bucket')" in each for each in expressions)
    assert len(expressions) == 2


def test_many_types_are_asked_for_in_expressions_of_a_legal_length(world, day):
    types = tuple(f"AWS::Service{number:03d}::{'LongTypeName' * 4}" for number in range(150))
    changes(world.source(day, types=types))
    lengths = [len(call.body["Expression"]) for call in world.aws.calls if "Expression" in call.body]
    assert len(lengths) > 4
    assert max(lengths) <= 4096


def test_a_type_that_config_cannot_query_is_still_seen_when_it_is_deleted(world, day):
    world.aws.config.inventory.unqueryable.add("AWS::EC2::SecurityGroup")
    world.add(state(1, at(day, -3000)), state(1, at(day, 5), **GONE))
    assert len(changes(world.source(day))) == 1


def test_what_is_there_of_a_type_that_config_cannot_query_is_seen_where_the_type_is_named(world, day):
    group = "AWS::EC2::SecurityGroup"
    world.aws.config.inventory.unqueryable.add(group)
    world.add(state(1, at(day, -3000)), state(1, at(day, 5), 2))
    world.add(state(2, at(day, -3000)), state(2, at(day, 15), tags={}))
    world.add(state(3, at(day, -3000)))
    unnamed = world.source(day)
    assert changes(unnamed) == []
    assert any("types that Config's queries do not know" in gap for gap in unnamed.gaps)
    named = world.source(day, spool="named", types=(group,))
    assert len(changes(named)) == 2
    assert named.gaps == []


def test_what_is_there_of_a_type_that_was_named_and_did_not_change_costs_one_query_more(world, day):
    group = "AWS::EC2::SecurityGroup"
    world.add(*(state(number, at(day, -3000), tags={}) for number in range(130)))
    assert changes(world.source(day, types=(group,))) == []
    assert histories(world) == []
    assert calls(world)["SelectResourceConfig"] == 2 + 1


def test_where_a_query_for_a_type_that_was_named_is_refused_that_is_a_failure(world, day):
    group = "AWS::EC2::SecurityGroup"
    world.add(state(1, at(day, -3000), tags={}))
    assert changes(world.source(day, types=(group,))) == []
    world.aws.deny("config", "SelectResourceConfig")
    source = world.source(day, spool="denied", types=(group,))
    assert changes(source) == []
    assert any("SelectResourceConfig" in failure for failure in source.failures)


def test_a_tag_key_that_a_query_cannot_hold_is_wrong_usage(world, day):
    with pytest.raises(UsageError, match="--changes"):
        world.source(day, tag_key="it's")


def test_a_tag_key_that_json_spells_in_several_ways_hides_nothing(world, day):
    for key in ("a=b", "ünlich", "x/y", "é"):
        tags = {key: "terraform"}
        world.add(state(1, at(day, -30), tags=tags), state(1, at(day, 10), 2, tags=tags))
        assert len(changes(world.source(day, tag_key=key, spool=key.encode().hex()))) == 1
        world.aws.config._items.clear()


@pytest.mark.parametrize(
    "operation", ["SelectResourceConfig", "ListDiscoveredResources", "GetResourceConfigHistory"]
)
@pytest.mark.parametrize("code", ["ThrottlingException", "InternalFailure", "drop-before", "drop-after"])
def test_throttling_and_faults_are_waited_out(world, day, operation, code):
    world.add(state(1, at(day, -30)), state(1, at(day, 10), 2))
    world.aws.fail("config", operation, code, status=500 if code == "InternalFailure" else None, times=2)
    source = world.source(day)
    assert len(changes(source)) == 1
    assert source.failures == []


def test_a_history_that_cannot_be_read_fails_alone_and_is_tried_again_by_the_next_run(world, day):
    for number in range(5):
        world.add(state(number, at(day, -30)), state(number, at(day, 10), 2))
    world.aws.fail("config", "GetResourceConfigHistory", "ValidationException")
    source = world.source(day)
    assert len(changes(source)) == 4
    (failure,) = source.failures
    assert "cannot read Config's history of AWS::EC2::SecurityGroup sg-" in failure
    source.close()
    again = world.source(day)
    assert len(changes(again)) == 5
    assert again.failures == []
    assert len(histories(world)) == 6


def test_a_missing_permission_is_one_sentence_that_names_it(world, day):
    world.aws.deny("config", "ListDiscoveredResources")
    source = world.source(day)
    changes(source)
    (failure,) = source.failures
    assert "config:ListDiscoveredResources" in failure
    assert f"({len(pasts.TYPES)} times)" in failure


def test_a_region_that_cannot_be_listed_does_not_stop_the_others(world, day):
    world.add(state(1, at(day, -30)), state(1, at(day, 10), 2))
    source = world.source(day, places=[ConfigPlace(OTHER, REGION), ConfigPlace(ACCOUNT, REGION)])
    world.sessions.admit(allowed=[OTHER], role_name="iacwatch", external_id="")
    assert len(changes(source)) == 1
    assert any(OTHER in failure for failure in source.failures)


def test_several_accounts_are_read_by_their_roles(world, day):
    world.aws.add_role(f"arn:aws:iam::{OTHER}:role/iacwatch")
    world.sessions.admit(allowed=[OTHER], role_name="iacwatch", external_id="")
    for account in (ACCOUNT, OTHER):
        for minutes, size in ((-30, 1), (10, 2)):
            world.add(state(1, at(day, minutes), size, awsAccountId=account, ARN="arn:aws:ec2:x:y:z/w"))
    source = world.source(day, places=[ConfigPlace(ACCOUNT, REGION), ConfigPlace(OTHER, REGION)])
    assert {each["account"] for each in changes(source)} == {ACCOUNT, OTHER}
    assert source.failures == []


def test_a_resource_whose_history_is_over_is_counted_and_said(world, day):
    world.add(state(1, at(day, -30)), state(1, at(day, 10), 2))
    world.aws.fail("config", "GetResourceConfigHistory", "ResourceNotDiscoveredException")
    source = world.source(day)
    assert changes(source) == []
    assert source.failures == []
    assert any("1 resources that changed" in gap for gap in source.gaps)


def test_what_never_carried_the_tag_is_read_but_not_kept(world, day):
    for number in range(40):
        world.add(state(number, at(day, -3000), tags={}), state(number, at(day, number), **GONE))
    source = world.source(day)
    assert changes(source) == []
    assert source.work["resources looked at"] == 40


def test_a_run_that_is_stopped_goes_on_where_it_was(world, day):
    for number in range(120):
        world.add(state(number, at(day, -30)), state(number, at(day, 10), 2))
    source = world.source(day)
    world.clock.stop_after = 60
    with pytest.raises(Stopping):
        changes(source)
    source.close()
    before = len(histories(world))
    assert 0 < before < 120
    world.clock.stop_after = None
    world.clock._stopped.clear()
    assert len(changes(world.source(day))) == 120
    assert len(histories(world)) < 120 + 50
    assert calls(world)["SelectResourceConfig"] == 2 + 2


def test_what_is_waited_for_is_told_while_histories_are_read(world, day):
    for number in range(30):
        world.add(state(number, at(day, -30)), state(number, at(day, 10), 2))
    changes(world.source(day))
    notes = [note for phase, _, _, note in world.told if phase == "Config: histories" and note]
    left = [int(note.split()[1]) for note in notes]
    assert all(note.endswith(" s left") for note in notes)
    assert left[0] >= 29
    assert (left[-1], len(left)) == (0, 30)

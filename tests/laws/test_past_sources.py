"""What every source of past changes keeps: each change once, by time, with the item before it."""

from contextlib import closing
from datetime import timedelta

import pytest

from iacwatch.core.attribution import scope
from iacwatch.core.model import ChangeType, TagRule, Window
from iacwatch.core.parse import config_item as config_items
from iacwatch.core.present.record import finding_id
from tests.fixtures.small_world import ACCOUNT, REGION, ago, group_id, item
from tests.laws import pasts

GONE = {"configuration": None, "tags": {}, "configurationItemStatus": "ResourceDeleted"}
NEW = {"configurationItemStatus": "ResourceDiscovered"}


@pytest.fixture(params=pasts.KINDS)
def world(request, tmp_path):
    with pasts.world(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def day():
    """Give the day that ended an hour ago, and how to name its minutes."""
    end = ago(60).replace(microsecond=0)
    return Window(start=end - timedelta(days=1), end=end)


def at(day, minutes):
    return day.start + timedelta(minutes=minutes, milliseconds=123)


def state(number, when, size=1, **more):
    return item(number, when, **{"configuration": {"groupId": group_id(number), "size": size}, **more})


def deliveries(source):
    with closing(source.waves()) as waves:
        return [delivery for wave in waves for delivery in wave]


def changes(source):
    return [read(delivery) for delivery in deliveries(source)]


def read(delivery):
    change = config_items.parse(delivery.document, previous=delivery.previous_document)
    assert delivery.previous_known or change.diff == ()  # (an item that equals the one before needs no more)
    return change


def told(world, day, **asked):
    """Return each change's object, its time, and the time of the item before."""
    found = changes(world.source(day, **asked))
    return [
        (each.resource.id, each.captured_at, each.previous and each.previous.captured_at) for each in found
    ]


def paths(found):
    return [[entry.path for entry in change.diff] for change in found]


def test_changes_of_the_range_come_once_by_time_each_with_the_item_before(world, day):
    before, first, second = at(day, -30 * 1440), at(day, 10), at(day, 300)
    world.add(state(1, before, 1), state(1, first, 2), state(1, second, 3), state(1, at(day, 1450), 4))
    world.add(state(2, at(day, -30)), state(2, at(day, 60), 2))
    assert told(world, day) == [
        (group_id(1), first, before),
        (group_id(2), at(day, 60), at(day, -30)),
        (group_id(1), second, first),
    ]
    last = {phase: (done, total) for phase, done, total, _ in world.told}
    assert last["Changes"] == (3, 3)
    assert all(done == total for done, total in last.values())


def test_an_item_that_equals_the_one_before_comes_with_an_empty_diff(world, day):
    own = ("configurationStateId", "configurationItemMD5Hash")
    times = [at(day, minutes) for minutes in (-30, 10, 20, 30, 40)]
    for number, when in enumerate(times):
        world.add(state(1, when, 2 if number == 3 else 1, **dict.fromkeys(own, str(number))))
    found = changes(world.source(day))
    assert [change.captured_at for change in found] == times[1:]
    assert paths(found) == [[], [], ["Configuration.Size"], ["Configuration.Size"]]
    assert {scope.assess(each, TagRule(key="managed-by")).reason for each in found[:2]} == {"no-change"}


def test_what_is_called_like_a_part_of_the_item_is_compared_within_its_configuration(world, day):
    for minutes in (-30, 10):
        inner = {"groupId": group_id(1), "configurationStateId": str(minutes)}
        world.add(state(1, at(day, minutes), configuration=inner, configurationStateId=str(minutes)))
    assert paths(changes(world.source(day))) == [["Configuration.ConfigurationStateId"]]


def test_the_range_begins_with_since_and_ends_before_until(world, day):
    last = day.end - timedelta(milliseconds=1)
    world.add(state(1, day.start - timedelta(milliseconds=1)), state(2, day.start))
    world.add(state(3, last), state(4, day.end))
    world.add(*(state(number, at(day, -5)) for number in (1, 2, 4)), state(3, at(day, 5), 2))
    found = [each[:2] for each in told(world, day)]
    assert found == [(group_id(2), day.start), (group_id(3), at(day, 5)), (group_id(3), last)]


def test_a_discovery_is_told_as_config_itself_tells_it_and_nothing_is_looked_for(world, day):
    world.add(state(1, at(day, 10), **NEW), state(1, at(day, 20), 2))
    first, second = changes(world.source(day))
    assert (first.change_type, first.diff, first.previous) == (ChangeType.CREATE, (), None)
    assert second.previous.captured_at == first.captured_at


def test_a_deletion_comes_with_the_state_that_carried_the_tags(world, day):
    world.add(state(1, at(day, -3000)), state(1, at(day, 10), **GONE))
    world.add(state(2, at(day, -3000), tags={}), state(2, at(day, 20), **GONE))
    (change,) = changes(world.source(day))
    assert (change.resource.id, change.change_type) == (group_id(1), ChangeType.DELETE)
    assert change.previous.tags == {"managed-by": "terraform"}
    assert {entry.path for entry in change.diff} >= {"Configuration", "Tags.managed-by"}


def test_what_lost_the_tag_and_what_got_it_are_both_there(world, day):
    world.add(state(1, at(day, -3000)), state(1, at(day, 10), tags={}), state(1, at(day, 30), 9, tags={}))
    world.add(state(2, at(day, -3000), tags={}), state(2, at(day, 20)))
    world.add(state(3, at(day, -3000), tags={}), state(3, at(day, 25), 2, tags={}))
    within = {"tags": {}, "supplementaryConfiguration": {"Tags": [{"key": "managed-by", "value": "x"}]}}
    world.add(state(4, at(day, -3000), **within), state(4, at(day, 40), 2, **within))
    assert told(world, day) == [
        (group_id(1), at(day, 10), at(day, -3000)),
        (group_id(2), at(day, 20), at(day, -3000)),
        (group_id(1), at(day, 30), at(day, 10)),
        (group_id(4), at(day, 40), at(day, -3000)),
    ]


def test_a_global_resource_is_told_by_each_recorder_that_saw_it(world, day):
    arn = f"arn:aws:iam::{ACCOUNT}:role/deploy"
    role = {"resourceType": "AWS::IAM::Role", "resourceId": "AROA1", "awsRegion": "global", "ARN": arn}
    places = {REGION: 10, "us-east-1": 12}
    for region, minute in places.items():
        before, now = state(1, at(day, minute - 300), **role), state(1, at(day, minute), 2, **role)
        world.add(before, now, recorded_in=region)
    found = changes(world.source(day, regions=tuple(places)))
    seen = [(each.resource.region, each.resource.recorded_in, each.previous.captured_at) for each in found]
    assert seen == [("global", region, at(day, minute - 300)) for region, minute in places.items()]


def test_revisions_of_a_task_definition_are_not_compared_with_each_other(world, day):
    for revision in (1, 2):
        arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/web:{revision}"
        task = {"resourceType": "AWS::ECS::TaskDefinition", "resourceId": "web", "ARN": arn}
        for minutes, size in ((revision - 300, revision), (revision, revision + 10)):
            world.add(state(1, at(day, minutes), size, **task))
    seen = [(each.resource.arn, each.previous.resource.arn) for each in changes(world.source(day))]
    assert [(now[-1], before[-1]) for now, before in seen] == [("1", "1"), ("2", "2")]


def test_only_the_types_and_regions_that_are_asked_for_are_told(world, day):
    bucket = {"resourceType": "AWS::S3::Bucket", "resourceId": "acme", "ARN": "arn:aws:s3:::acme"}
    other = {"awsRegion": "eu-west-2"}
    for number, more, region in ((1, {}, REGION), (1, bucket, REGION), (2, other, "eu-west-2")):
        before, now = state(number, at(day, -30), **more), state(number, at(day, 10), 2, **more)
        world.add(before, now, recorded_in=region)
    found = changes(world.source(day, types=("AWS::S3::Bucket",)))
    assert [(each.resource.type, each.resource.region) for each in found] == [("AWS::S3::Bucket", REGION)]


def test_waves_hold_a_thousand_at_most(world, day):
    for number in range(30):
        world.add(state(number, at(day, -30)), *(state(number, at(day, each), each) for each in range(36)))
    with closing(world.source(day).waves()) as waves:
        assert [len(wave) for wave in waves] == [1000, 80]


def test_a_second_source_goes_on_where_the_first_was_left_and_tells_everything(world, day):
    sent = [state(number, at(day, number), 2) for number in range(30)]
    world.add(*(state(number, at(day, -30)) for number in range(30)), *sent)
    source = world.source(day)
    with closing(source.waves()) as waves:
        first = next(waves)
    source.close()
    found = [finding_id(each.resource, each.captured_at) for each in map(read, first)]
    assert found == [finding_id(each.resource, each.captured_at) for each in map(config_items.parse, sent)]
    world.aws.calls.clear()
    again = world.source(day)
    assert [each.id for each in deliveries(again)] == list(dict.fromkeys(each.id for each in first))
    assert world.aws.calls == []
    assert again.failures == []
    again.finish()
    assert not list(world.folder.glob("spool*"))


def test_a_text_of_strangers_cannot_break_out_of_its_item(world, day):
    evil = 'x","configurationItemDiff":{},"y":"' + "\u2028\U0001f600"
    world.add(state(1, at(day, -30)), state(1, at(day, 10), 2, resourceName=evil))
    (change,) = changes(world.source(day))
    assert change.resource.name == evil
    assert change.diff

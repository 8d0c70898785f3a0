"""Which resource somebody means, and every change of it, the newest first, from AWS Config's history."""

import threading
from contextlib import closing
from datetime import timedelta

import pytest

from iacwatch.aws.config_api import ConfigCalls, ConfigPlace
from iacwatch.aws.rate_limit import RateLimit
from iacwatch.core.catalog.references import reference
from iacwatch.core.model import ChangeType, Window
from iacwatch.core.outcome import Deferred, Skipped
from iacwatch.core.parse import config_item as config_items
from iacwatch.errors import AwsError
from iacwatch.sources.history.one_resource import HistoryOfOne, Young
from iacwatch.sources.history.resource_search import Found, Search
from tests.fixtures.small_world import ACCOUNT, REGION, ago, group_id, item
from tests.laws import pasts

GROUP, TASK = "AWS::EC2::SecurityGroup", "AWS::ECS::TaskDefinition"
GONE = {"configuration": None, "tags": {}, "configurationItemStatus": "ResourceDeleted"}
NEW = {"configurationItemStatus": "ResourceDiscovered"}
HERE, HOME = ConfigPlace(ACCOUNT, REGION), ConfigPlace(ACCOUNT, "us-east-1")
DAY = 1440


@pytest.fixture
def world(tmp_path):
    with pasts.world("api", tmp_path) as made:
        yield made


class Barred(ConfigCalls):
    """Calls that fail in the home region, and for what is older than two weeks."""

    def ask(self, place, operation, doing, **asked):
        if place == HOME or asked.get("laterTime", ago(0)) < ago(15 * DAY):
            raise AwsError("it is barred", code="AccessDeniedException")
        return super().ask(place, operation, doing, **asked)


def add(world, *documents):
    for document in documents:
        world.aws.add_item(document, recorded_in=REGION)


def state(minutes, size=1, **more):
    captured_at = ago(minutes).replace(microsecond=123_000)
    return item(1, captured_at, **{"configuration": {"groupId": group_id(1), "size": size}, **more})


def on_days(*days):
    """Return items of those days; the size of each is a hundred less its days."""
    return [state(day * DAY, 100 - day) for day in days]


def source(world, *, days=90, found=None, calls=ConfigCalls, **more):
    end = world.clock.now()
    return HistoryOfOne(
        calls=calls(world.sessions, world.clock, RateLimit(world.clock, per_second=1_000)),
        found=found or Found(HERE, GROUP, group_id(1), exact=True),
        window=Window(start=end - timedelta(days=days), end=end),
        account=world.sessions.own_account,
        progress=world.tell,
        **more,
    )


def waves(made):
    assert made.begin()
    with closing(made.waves()) as found:
        return [list(wave) for wave in found]


def read(delivery):
    assert delivery.previous_known
    return config_items.parse(delivery.document, previous=delivery.previous_document)


def changes(made):
    return [read(each) for wave in waves(made) for each in wave]


def sizes(found):
    """Return what each change ended with, and what was before."""
    both = ((each.item, each.previous) for each in found)
    return [(item.configuration["size"], before and before.configuration["size"]) for item, before in both]


def test_changes_come_once_the_newest_first_each_with_the_item_before_however_far_back(world):
    add(world, state(300 * DAY, 5))
    assert waves(source(world)) == []
    assert not source(world, found=Found(HERE, GROUP, group_id(2))).begin(), "unknown to Config"
    add(world, *on_days(1, 3, 8, 20, 40, 89))
    assert sizes(changes(source(world))) == [(99, 97), (97, 92), (92, 80), (80, 60), (60, 11), (11, 5)]


def test_a_quarter_costs_a_call_for_each_seven_days_and_progress_is_told(world):
    add(world, *on_days(1), state(80 * DAY, 1, **NEW))
    made = source(world)
    waves(made)
    assert made.work == {"Config calls": 13}
    assert [(done, total) for _, done, total, _ in world.told] == [(done, 13) for done in range(14)]


def test_a_deletion_is_a_change_and_what_begins_with_a_discovery_is_compared_with_nothing(world):
    add(world, state(1 * DAY, **GONE), state(2 * DAY, 2), state(10 * DAY, 1, **NEW))
    gone, changed, created = changes(source(world))
    assert (gone.change_type, gone.previous.tags) == (ChangeType.DELETE, {"managed-by": "terraform"})
    assert sizes([changed, created]) == [(2, 1), (1, None)]
    assert created.change_type is ChangeType.CREATE


def test_items_at_a_weeks_very_edge_come_once(world):
    edge = world.clock.now().replace(microsecond=0) - timedelta(days=7)
    for size, second in enumerate((-2, -1, 0, 1, 2)):
        at = edge + timedelta(seconds=second)
        add(world, item(1, at, configuration={"groupId": group_id(1), "size": size}))
    assert sizes(changes(source(world))) == [(4, 3), (3, 2), (2, 1), (1, 0), (0, None)]


def test_what_can_be_read_is_told_and_what_cannot_is_a_failure_and_at_once_where_it_is_all(world):
    add(world, state(1 * DAY, 3), state(2 * DAY, 2), state(40 * DAY, 1))
    made = source(world, calls=Barred)
    assert [len(wave) for wave in waves(made)] == [1]
    assert made.failures == ["it is barred"]
    world.aws.deny("config", "GetResourceConfigHistory")
    with pytest.raises(AwsError, match="cannot read Config's history of AWS::EC2::SecurityGroup"):
        source(world).begin()


def test_of_task_definitions_that_share_a_name_the_one_asked_for_is_told(world):
    arns = [f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/web:{revision}" for revision in (1, 2)]
    for revision, arn in enumerate(arns):
        task = {"resourceType": TASK, "resourceId": "web", "ARN": arn}
        add(world, state(DAY + revision, 10 + revision, **task), state(2 * DAY + revision, revision, **task))
    found = Found(HERE, TASK, "web", arn=arns[1], exact=True)
    assert sizes(changes(source(world, found=found))) == [(11, 1), (1, None)]


def test_what_is_too_young_is_kept_in_mind_and_what_else_is_to_be_said_is_asked_for_at_the_end(world):
    add(world, state(2, 2), state(3 * DAY, 1))
    made = source(world, aside=lambda: ("there was another",))
    assert made.begin()
    found = made.waves()
    (young,) = next(found)
    assert made.gaps == ()
    ((old,),) = found
    assert made.gaps == ("there was another",)
    until = world.clock.now() + timedelta(minutes=40)
    made.settle([(young, Deferred(until=until, why="early")), (old, Skipped(reason="no-change"))])
    assert made.young == [Young(read(young).captured_at, until)]


def test_closing_early_leaves_no_thread_behind(world):
    add(world, *on_days(*range(1, 80)))
    made = source(world)
    made.begin()
    with closing(made), closing(made.waves()) as found:
        next(found)
    for thread in threading.enumerate():
        if thread.name.startswith("history"):
            thread.join(5)
            assert not thread.is_alive()


ARN = f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{group_id(1)}"


def one(number, minutes=60, **more):
    return item(number, ago(minutes).replace(microsecond=0), **more)


def search(world, *, places=(HERE,), homes=(), types=(), calls=ConfigCalls):
    calls = calls(world.sessions, world.clock, RateLimit(world.clock, per_second=1_000))
    return Search(calls=calls, places=places, homes=homes, types=types, progress=world.tell)


def ids(world, called, **more):
    return [each.id for each in search(world, **more).there(reference(called))]


@pytest.mark.parametrize("called", [group_id(1), "web-1", ARN])
@pytest.mark.parametrize("joined", [True, False])
def test_what_is_there_is_found_by_id_name_and_arn_joined_or_one_by_one(world, called, joined):
    compliance = {"resourceType": "AWS::Config::ResourceCompliance", "resourceId": group_id(1)}
    add(world, one(1), one(2), one(1, **compliance))
    if not joined:
        world.aws.fail("config", "SelectResourceConfig", "InvalidExpressionException")
    (found,) = search(world).there(reference(called))
    assert (found.type, found.id, found.name, found.gone_at) == (GROUP, group_id(1), "web-1", None)
    assert found.exact is (called != "web-1")


def test_an_id_goes_before_names_and_several_of_one_name_are_all_found_and_so_are_name_tags(world):
    add(
        world,
        one(1),
        one(2, resourceName=group_id(1)),
        one(3, resourceName="web-1"),
        one(1, resourceType="AWS::S3::Bucket", resourceId="web-1", ARN="arn:aws:s3:::web-1"),
    )
    assert ids(world, group_id(1)) == [group_id(1)]
    assert ids(world, "web-1", types=(GROUP,)) == [group_id(1), group_id(3)]
    add(world, one(4, tags={"Name": "jump host"}), one(5, tags={"Owner": "jump host"}))
    assert ids(world, "jump host") == [group_id(4)]


def test_what_is_gone_is_listed_by_id_and_by_name_with_when_it_went(world):
    add(world, one(1, 600), gone := one(1, **GONE))
    for called in (group_id(1), "web-1"):
        assert ids(world, called) == []
        (found,) = search(world, types=(GROUP,)).listed(reference(called))
        assert found.id == group_id(1)
        assert found.gone_at.isoformat()[:19] == gone["configurationItemCaptureTime"][:19]


def test_a_home_region_that_does_not_answer_hides_nothing_and_an_asked_one_does(world):
    add(world, one(1))
    assert ids(world, "web-1", homes=(HOME,), calls=Barred) == [group_id(1)]
    with pytest.raises(AwsError, match="it is barred"):
        ids(world, "web-1", places=(HERE, HOME), calls=Barred)


def test_guesses_are_checked_with_one_call_each(world):
    add(world, one(1))
    world.aws.add_item(one(1, awsRegion="us-east-1"), recorded_in="us-east-1")
    found = search(world, places=(HERE, HOME)).guessed(reference(group_id(1)))
    assert [each.place for each in found] == [HERE, HOME]
    assert search(world).guessed(reference(group_id(2))) == []

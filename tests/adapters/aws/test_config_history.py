"""Items of the past: exact to the millisecond, through empty pages, and never "none" where nobody looked."""

import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.aws.config_api import ConfigCalls
from iacwatch.aws.config_history import ConfigHistory
from iacwatch.aws.rate_limit import RateLimit
from iacwatch.aws.sessions import Sessions
from iacwatch.core.model import Item, ItemQuery, Resource
from iacwatch.demo.fake.server import FakeAws
from iacwatch.errors import Stopping
from iacwatch.ports import Failure
from tests.fixtures.clocks import WorldClock
from tests.fixtures.small_world import ACCOUNT, REGION, ago, group_id, item

OTHER = "222233334444"


@pytest.fixture
def world(monkeypatch):
    with FakeAws() as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        yield fake


@pytest.fixture
def clock(world):
    return WorldClock(world.clock)


@pytest.fixture
def history(world, clock):
    sessions = Sessions(allowed=[OTHER], role_name="iacwatch")
    return ConfigHistory(ConfigCalls(sessions, clock, RateLimit(clock, per_second=1_000)))


def resource(number=1, **fields):
    made = Resource(
        account_id=ACCOUNT,
        region=REGION,
        type="AWS::EC2::SecurityGroup",
        id=group_id(number),
        recorded_in=REGION,
    )
    return replace(made, **fields)


def minute(minutes):
    """Return a moment in the past, in whole milliseconds as Config's are."""
    at = ago(minutes)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def add(world, *moments, number=1, **more):
    for at in moments:
        world.add_item(item(number, at, **more))


def calls(world):
    return [call for call in world.calls if call.operation == "GetResourceConfigHistory"]


def one(history, ask):
    return history.fetch([ask])[ask]


def before(at, number=1, **fields):
    return ItemQuery(resource=resource(number, **fields), before=at)


def exactly(at, number=1, **fields):
    return ItemQuery(resource=resource(number, **fields), at=at)


def test_the_last_item_before_a_capture_is_found_in_one_call(world, history):
    now = minute(60)
    add(world, now, now - timedelta(minutes=30), now - timedelta(minutes=40), now + timedelta(minutes=5))
    found = one(history, before(now))
    assert found.captured_at == now - timedelta(minutes=30)
    assert found.tags == {"managed-by": "terraform"}
    assert found.resource == resource(name="web-1", arn=found.resource.arn)
    assert len(calls(world)) == 1
    assert calls(world)[0].body["limit"] < 10


@pytest.mark.parametrize(
    "gap", [timedelta(milliseconds=1), timedelta(milliseconds=999), timedelta(seconds=1)]
)
def test_before_is_strict_and_exact_to_the_millisecond(world, history, gap):
    now = minute(60).replace(microsecond=500_000)
    add(world, now, now - gap, now + timedelta(milliseconds=1))
    assert one(history, before(now)).captured_at == now - gap
    assert one(history, before(now - gap)) is None


def test_the_previous_item_is_found_through_empty_pages_however_far_back(world, history):
    now = minute(60)
    old = now - timedelta(days=200)
    add(world, now, old)
    assert one(history, before(now)).captured_at == old
    assert len(calls(world)) > 20


def test_none_means_that_config_says_so(world, history):
    now = minute(60)
    add(world, now)
    assert one(history, before(now)) is None
    assert one(history, before(now, number=99)) is None
    assert one(history, exactly(now - timedelta(seconds=1))) is None
    assert one(history, exactly(now, number=99)) is None


def test_an_item_is_found_by_its_very_millisecond(world, history):
    now = minute(60).replace(microsecond=999_000)
    near = [now + timedelta(milliseconds=span) for span in (-1000, -2, -1, 0, 1, 2, 1000)]
    add(world, *near)
    asks = [exactly(at) for at in near]
    found = history.fetch(asks)
    assert [found[ask].captured_at for ask in asks] == near


def test_asks_about_one_resource_cost_one_walk(world, history):
    now = minute(60)
    captures = [now - timedelta(minutes=index) for index in range(12)]
    add(world, *captures)
    asks = [before(at) for at in captures]
    found = history.fetch(asks)
    assert [found[ask] and found[ask].captured_at for ask in asks] == [*captures[1:], None]
    assert len(calls(world)) == 1


def test_the_same_ask_twice_is_asked_once(world, history):
    now = minute(60)
    add(world, now, now - timedelta(minutes=1))
    assert len(history.fetch([before(now), before(now)])) == 1
    assert len(calls(world)) == 1


def test_nothing_asked_is_nothing_answered(world, history):
    assert history.fetch([]) == {}
    assert calls(world) == []


def test_many_resources_are_asked_for_several_at_once(world, history):
    now = minute(60)
    for number in range(30):
        add(world, now, now - timedelta(minutes=number + 1), number=number)
    at_once, most, lock = Counter(), [], threading.Lock()
    answer = world.config.history

    def watched(scope, body):
        with lock:
            at_once["now"] += 1
            most.append(at_once["now"])
        time.sleep(0.05)
        with lock:
            at_once["now"] -= 1
        return answer(scope, body)

    world._operations["config"] = {"GetResourceConfigHistory": watched}
    asks = [before(now, number=number) for number in range(30)]
    found = history.fetch(asks)
    assert [found[ask].captured_at for ask in asks] == [now - timedelta(minutes=n + 1) for n in range(30)]
    assert 1 < max(most) <= 4


def test_a_global_resource_is_asked_for_where_it_was_recorded(world, history):
    now = minute(60)
    document = {
        **item(1, now),
        "awsRegion": "global",
        "resourceType": "AWS::IAM::Role",
        "resourceId": "AROAEXAMPLE",
        "ARN": f"arn:aws:iam::{ACCOUNT}:role/web",
    }
    world.add_item(document, recorded_in="us-east-1")
    role = resource(type="AWS::IAM::Role", id="AROAEXAMPLE", region="global", recorded_in="us-east-1")
    found = one(history, ItemQuery(resource=role, at=now))
    assert (found.resource.region, found.resource.recorded_in) == ("global", "us-east-1")
    assert calls(world)[0].region == "us-east-1"


def test_where_nothing_tells_the_recorders_region_it_is_a_failure(world, history):
    answer = one(history, before(minute(60), recorded_in="", region="global"))
    assert isinstance(answer, Failure)
    assert "region" in answer.reason


def test_revisions_of_a_task_definition_share_an_id_and_are_told_apart(world, history):
    now = minute(60)
    arns = [f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/web:{revision}" for revision in (1, 2)]
    for index, arn in enumerate(arns * 2):
        document = item(1, now - timedelta(minutes=index), ARN=arn)
        world.add_item({**document, "resourceType": "AWS::ECS::TaskDefinition", "resourceId": "web"})
    first = resource(type="AWS::ECS::TaskDefinition", id="web", arn=arns[0])
    found = one(history, ItemQuery(resource=first, before=now))
    assert (found.resource.arn, found.captured_at) == (arns[0], now - timedelta(minutes=2))
    second = ItemQuery(resource=replace(first, arn=arns[1]), before=now - timedelta(minutes=1))
    both = history.fetch([ItemQuery(resource=first, before=now), second])
    assert both[second].captured_at == now - timedelta(minutes=3)


def test_another_account_is_asked_by_the_role_there(world, history):
    world.add_role(f"arn:aws:iam::{OTHER}:role/iacwatch")
    now = minute(60)
    world.add_item(item(1, now, awsAccountId=OTHER))
    assert one(history, exactly(now, account_id=OTHER)).resource.account_id == OTHER
    assert calls(world)[0].account_id == OTHER


def test_an_account_that_is_not_ours_is_a_failure_with_a_hint(world, history):
    answer = one(history, exactly(minute(60), account_id="333344445555"))
    assert isinstance(answer, Failure)
    assert "[accounts] allowed" in answer.reason


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "Throttling", "TooManyRequestsException", "LimitExceededException"]
)
def test_a_refusal_for_the_moment_is_waited_out(world, history, code):
    now = minute(60)
    add(world, now)
    world.fail("config", "GetResourceConfigHistory", code, times=4)
    assert isinstance(one(history, exactly(now)), Item)


def test_a_service_that_refuses_for_good_is_a_failure_in_the_end(world, history):
    add(world, minute(60))
    world.fail("config", "GetResourceConfigHistory", "ThrottlingException", times=1_000)
    answer = one(history, exactly(minute(60)))
    assert isinstance(answer, Failure)
    assert "too many calls" in answer.reason


@pytest.mark.parametrize("fault", ["drop-before", "drop-after"])
def test_a_connection_that_breaks_off_is_tried_again(world, history, fault):
    now = minute(60)
    add(world, now)
    world.fail("config", "GetResourceConfigHistory", fault, times=2)
    assert isinstance(one(history, exactly(now)), Item)


def test_a_fault_within_aws_is_tried_again_and_then_a_failure(world, history):
    now = minute(60)
    add(world, now)
    world.fail("config", "GetResourceConfigHistory", "InternalError", status=500, times=2)
    assert isinstance(one(history, exactly(now)), Item)
    world.fail("config", "GetResourceConfigHistory", "InternalError", status=500, times=100)
    assert "AWS reported a fault" in one(history, exactly(now)).reason


def test_a_refused_permission_is_a_failure_that_names_it(world, history):
    world.deny("config", "GetResourceConfigHistory")
    answer = one(history, before(minute(60)))
    assert isinstance(answer, Failure)
    assert "grant config:GetResourceConfigHistory" in answer.reason
    assert group_id(1) in answer.reason
    assert len(calls(world)) == 1


def test_one_failure_spoils_no_other_answer(world, history):
    now = minute(60)
    add(world, now, now - timedelta(minutes=3))
    bad = exactly(now, account_id="333344445555")
    found = history.fetch([bad, exactly(now), before(now), before(now, number=7)])
    assert isinstance(found[bad], Failure)
    assert found[exactly(now)].captured_at == now
    assert found[before(now)].captured_at == now - timedelta(minutes=3)
    assert found[before(now, number=7)] is None


def test_a_walk_that_breaks_off_keeps_what_it_found_and_fails_the_rest(world, history):
    now = minute(60)
    add(world, now, now - timedelta(minutes=1), now - timedelta(days=30))
    world.config._tokens.clear()
    answer, seen = world.config.history, []

    def once(scope, body):
        seen.append(body)
        if len(seen) > 1:
            raise AssertionError("the connection breaks off")
        return answer(scope, body)

    world._operations["config"] = {"GetResourceConfigHistory": once}
    found = history.fetch([before(now), before(now - timedelta(minutes=1))])
    assert found[before(now)].captured_at == now - timedelta(minutes=1)
    assert isinstance(found[before(now - timedelta(minutes=1))], Failure)


def test_an_item_that_cannot_be_read_is_a_failure_and_is_not_stepped_over(world, history):
    now = minute(60)
    add(world, now, now - timedelta(minutes=9))
    world.add_item(item(1, now - timedelta(minutes=4), configurationItemStatus="Strange"))
    answer = one(history, before(now))
    assert isinstance(answer, Failure)
    assert "Strange" in answer.reason
    assert one(history, before(now - timedelta(minutes=4))).captured_at == now - timedelta(minutes=9)
    assert isinstance(one(history, exactly(now - timedelta(minutes=4))), Failure)


def test_an_unreadable_neighbour_does_not_hide_the_item_itself(world, history):
    now = minute(60)
    add(world, now)
    world.add_item(item(1, now + timedelta(milliseconds=5), configurationItemStatus="Strange"))
    assert one(history, exactly(now)).captured_at == now
    assert isinstance(one(history, exactly(now + timedelta(milliseconds=1))), Failure)


def test_tokens_without_end_are_a_failure(world, history):
    world._operations["config"] = {
        "GetResourceConfigHistory": lambda *_: {"configurationItems": [], "nextToken": "again"}
    }
    answer = one(history, before(minute(60)))
    assert isinstance(answer, Failure)
    assert "no end" in answer.reason


def test_a_run_that_is_asked_to_end_ends_within_the_walks(world, history, clock):
    now = minute(60)
    for number in range(10):
        add(world, now, now - timedelta(days=2_000), number=number)
    clock.stop_after = 30
    with pytest.raises(Stopping):
        history.fetch([before(now, number=number) for number in range(10)])
    assert len(calls(world)) < 40


def test_calls_keep_the_pace_of_their_account_and_region_and_tell_it_of_refusals(world, clock):
    told = []

    class Watched(RateLimit):
        def wait(self, key):
            told.append(("wait", *key))
            super().wait(key)

        def throttled(self, key):
            told.append(("throttled", *key))

    now = minute(60)
    add(world, now)
    world.fail("config", "GetResourceConfigHistory", "ThrottlingException")
    watched = ConfigCalls(Sessions(), clock, Watched(clock, per_second=1_000))
    one(ConfigHistory(watched), exactly(now))
    assert told == [(what, "config", ACCOUNT, REGION) for what in ("wait", "throttled", "wait")]

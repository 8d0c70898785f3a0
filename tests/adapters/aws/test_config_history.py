"""Items of the past: exact to the millisecond, through empty pages, and never "none" where nobody looked."""

from datetime import timedelta
from unittest.mock import Mock

import pytest

from iacwatch.aws.config_api import ConfigCalls
from iacwatch.aws.config_history import ConfigHistory
from iacwatch.aws.sessions import Sessions
from iacwatch.core.model import ItemQuery, Resource
from iacwatch.demo.fake.server import FakeAws
from iacwatch.ports import Failure
from tests.fixtures.clocks import WorldClock
from tests.fixtures.small_world import ACCOUNT, REGION, ago, group_id, item

OTHER = "222233334444"
NOW = ago(60).replace(microsecond=500_000)
MINUTE, MS = timedelta(minutes=1), timedelta(milliseconds=1)
STRANGE = {"configurationItemStatus": "Strange"}


class World:
    def __init__(self, aws):
        self.aws = aws
        sessions = Sessions(allowed=[OTHER], role_name="iacwatch")
        self.history = ConfigHistory(ConfigCalls(sessions, WorldClock(aws.clock), Mock()))

    def add(self, *moments, number=1, recorded_in=None, **more):
        for at in moments:
            self.aws.add_item(item(number, at, **more), recorded_in=recorded_in)

    def ask(self, *asks):
        found = self.history.fetch(asks)
        return [found[each] for each in asks]

    def times(self, *asks):
        return [each and each.captured_at for each in self.ask(*asks)]

    def why(self, ask):
        (answer,) = self.ask(ask)
        assert isinstance(answer, Failure), answer
        return answer.reason

    def answer_with(self, answer):
        self.aws._operations["config"] = {"GetResourceConfigHistory": answer}


@pytest.fixture
def world(monkeypatch):
    with FakeAws() as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        yield World(fake)


def resource(number=1, **fields):
    group = {"type": "AWS::EC2::SecurityGroup", "id": group_id(number)}
    return Resource(**{"account_id": ACCOUNT, "region": REGION, "recorded_in": REGION, **group, **fields})


def before(at, number=1, **fields):
    return ItemQuery(resource=resource(number, **fields), before=at)


def exactly(at, number=1, **fields):
    return ItemQuery(resource=resource(number, **fields), at=at)


@pytest.mark.parametrize("gap", [MS, 1000 * MS])
def test_before_is_strict_and_exact_to_the_millisecond(world, gap):
    world.add(NOW, NOW - gap, NOW + MS)
    assert world.times(before(NOW), before(NOW - gap)) == [NOW - gap, None]


def test_an_item_is_found_by_its_very_millisecond(world):
    now = NOW.replace(microsecond=999_000)
    near = [now + span * MS for span in (-1000, -2, -1, 0, 1, 2, 1000)]
    world.add(*near)
    assert world.times(*map(exactly, near)) == near


def test_none_means_that_config_says_so(world):
    world.add(NOW)
    asks = before(NOW), before(NOW, number=99), exactly(NOW - timedelta(seconds=1)), exactly(NOW, number=99)
    assert world.ask(*asks) == [None] * 4


def test_a_global_resource_is_asked_for_where_it_was_recorded_or_fails_where_nothing_tells(world):
    iam = {"resourceType": "AWS::IAM::Role", "resourceId": "AROAEXAMPLE", "awsRegion": "global"}
    world.add(NOW, recorded_in="us-east-1", ARN=f"arn:aws:iam::{ACCOUNT}:role/web", **iam)
    role = {"type": "AWS::IAM::Role", "id": "AROAEXAMPLE", "region": "global"}
    (found,) = world.ask(exactly(NOW, **role, recorded_in="us-east-1"))
    assert (found.resource.region, found.resource.recorded_in) == ("global", "us-east-1")
    assert "region" in world.why(before(NOW, recorded_in="", region="global"))


def test_revisions_of_a_task_definition_share_an_id_and_are_told_apart(world):
    arns = [f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/web:{revision}" for revision in (1, 2)]
    for index, arn in enumerate(arns * 2):
        world.add(NOW - index * MINUTE, ARN=arn, resourceType="AWS::ECS::TaskDefinition", resourceId="web")
    first, second = (resource(type="AWS::ECS::TaskDefinition", id="web", arn=arn) for arn in arns)
    asks = ItemQuery(resource=first, before=NOW), ItemQuery(resource=second, before=NOW - MINUTE)
    assert world.times(*asks) == [NOW - 2 * MINUTE, NOW - 3 * MINUTE]


def test_another_account_is_asked_by_the_role_there_and_a_strangers_fails_alone(world):
    world.aws.add_role(f"arn:aws:iam::{OTHER}:role/iacwatch")
    world.add(NOW, awsAccountId=OTHER)
    world.add(NOW, NOW - 3 * MINUTE)
    accounts = [exactly(NOW, account_id=each) for each in (OTHER, "333344445555")]
    asks = *accounts, exactly(NOW), before(NOW), before(NOW, number=7)
    theirs, bad, ours, earlier, nothing = world.ask(*asks)
    assert theirs.resource.account_id == OTHER
    assert OTHER in {call.account_id for call in world.aws.calls}
    assert "[accounts] allowed" in bad.reason
    assert (ours.captured_at, earlier.captured_at, nothing) == (NOW, NOW - 3 * MINUTE, None)


def test_what_does_not_pass_is_a_failure_in_the_end(world):
    world.aws.fail("config", "GetResourceConfigHistory", "ThrottlingException", times=1_000)
    assert "too many calls" in world.why(exactly(NOW))


def test_a_walk_that_breaks_off_keeps_what_it_found_and_fails_the_rest(world):
    world.add(NOW, NOW - MINUTE, NOW - timedelta(days=30))
    answers = [world.aws.config.history]

    def once(scope, body):
        return answers.pop()(scope, body)  # the second call breaks off

    world.answer_with(once)
    found, broken = world.ask(before(NOW), before(NOW - MINUTE))
    assert found.captured_at == NOW - MINUTE
    assert isinstance(broken, Failure)


def test_an_item_that_cannot_be_read_is_a_failure_not_stepped_over_and_hides_no_neighbour(world):
    world.add(NOW, NOW - 9 * MINUTE)
    world.add(NOW - 4 * MINUTE, NOW + 5 * MS, **STRANGE)
    assert "Strange" in world.why(before(NOW))
    assert "Strange" in world.why(exactly(NOW - 4 * MINUTE))
    assert isinstance(world.ask(exactly(NOW + MS))[0], Failure)
    assert world.times(before(NOW - 4 * MINUTE), exactly(NOW)) == [NOW - 9 * MINUTE, NOW]


def test_tokens_without_end_are_a_failure(world):
    world.answer_with(lambda *_: {"configurationItems": [], "nextToken": "again"})
    assert "no end" in world.why(before(NOW))

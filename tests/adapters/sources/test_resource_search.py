"""Which resource somebody means, asked of AWS Config."""

from collections import Counter

import pytest

from iacwatch.aws.config_api import ConfigCalls, ConfigPlace
from iacwatch.aws.rate_limit import RateLimit
from iacwatch.core.catalog.references import reference
from iacwatch.errors import AwsError
from iacwatch.sources.history.resource_search import Search
from tests.fixtures.small_world import ACCOUNT, REGION, ago, group_id, item
from tests.laws import pasts

GONE = {"configuration": None, "tags": {}, "configurationItemStatus": "ResourceDeleted"}
HERE = ConfigPlace(ACCOUNT, REGION)
HOME = ConfigPlace(ACCOUNT, "us-east-1")
ROLE = {
    "resourceType": "AWS::IAM::Role",
    "resourceId": "AROA1234567890ABCDEF",
    "resourceName": "deploy",
    "awsRegion": "global",
    "ARN": f"arn:aws:iam::{ACCOUNT}:role/deploy",
}


@pytest.fixture
def world(tmp_path):
    with pasts.world("api", tmp_path) as made:
        yield made


def add(world, *documents, recorded_in=REGION):
    for document in documents:
        world.aws.add_item(document, recorded_in=recorded_in)


class Barred(ConfigCalls):
    """Calls of somebody who may not ask in the home region."""

    def ask(self, place, operation, doing, **asked):
        if place == HOME:
            raise AwsError("us-east-1 is barred", code="AccessDeniedException")
        return super().ask(place, operation, doing, **asked)


def search(world, *, places=(HERE,), homes=(), types=(), calls=ConfigCalls):
    calls = calls(world.sessions, world.clock, RateLimit(world.clock, per_second=1_000))
    return Search(calls=calls, places=places, homes=homes, types=types, progress=world.tell)


def ids(found):
    return [each.id for each in found]


@pytest.mark.parametrize(
    "called", [group_id(1), "web-1", f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{group_id(1)}"]
)
def test_what_is_there_is_found_by_id_name_and_arn(world, called):
    add(world, item(1, ago(60)), item(2, ago(60)))
    (found,) = search(world).there(reference(called))
    assert (found.type, found.id, found.name, found.gone_at) == (
        "AWS::EC2::SecurityGroup",
        group_id(1),
        "web-1",
        None,
    )
    assert found.exact is (called != "web-1")


def test_what_is_there_is_found_by_its_name_tag_and_by_no_other_tag(world):
    add(world, item(1, ago(60), tags={"Name": "jump host"}), item(2, ago(60), tags={"Owner": "jump host"}))
    assert ids(search(world).there(reference("jump host"))) == [group_id(1)]


def test_an_id_goes_before_names_that_others_have(world):
    add(world, item(1, ago(60)), item(2, ago(60), resourceName=group_id(1)))
    assert ids(search(world).there(reference(group_id(1)))) == [group_id(1)]


def test_several_of_one_name_are_all_told(world):
    add(world, item(1, ago(60), resourceName="web"), item(2, ago(60), resourceName="web"))
    assert ids(search(world).there(reference("web"))) == [group_id(1), group_id(2)]


def test_a_type_narrows_what_is_found(world):
    bucket = {"resourceType": "AWS::S3::Bucket", "resourceId": "web-1", "ARN": "arn:aws:s3:::web-1"}
    add(world, item(1, ago(60)), item(1, ago(60), **bucket))
    assert ids(search(world, types=("AWS::EC2::SecurityGroup",)).there(reference("web-1"))) == [group_id(1)]


def test_conditions_are_asked_one_by_one_where_config_does_not_take_them_joined(world):
    add(world, item(1, ago(60)))
    world.aws.fail("config", "SelectResourceConfig", "InvalidExpressionException")
    assert ids(search(world).there(reference("web-1"))) == [group_id(1)]
    assert Counter(call.operation for call in world.aws.calls)["SelectResourceConfig"] == 5


def test_what_is_gone_is_listed_by_id_and_by_name_with_when_it_went(world):
    gone_at = ago(60).replace(microsecond=0)
    add(world, item(1, ago(600)), item(1, gone_at, **GONE))
    for called in (group_id(1), "web-1"):
        assert search(world).there(reference(called)) == []
        (found,) = search(world, types=("AWS::EC2::SecurityGroup",)).listed(reference(called))
        assert (found.id, found.gone_at) == (group_id(1), gone_at)


def test_a_global_resource_is_found_in_the_home_region_and_nothing_else_there(world):
    add(world, item(1, ago(60), **ROLE), item(2, ago(60), resourceName="deploy"), recorded_in="us-east-1")
    (found,) = search(world, homes=(HOME,)).there(reference("deploy"))
    assert (found.type, found.place) == ("AWS::IAM::Role", HOME)


def test_a_global_resource_that_two_regions_recorded_is_one(world):
    for region in (REGION, "us-east-1"):
        add(world, item(1, ago(60), **ROLE), recorded_in=region)
    (found,) = search(world, homes=(HOME,)).there(reference("deploy"))
    assert found.place == HERE


def test_a_home_region_that_does_not_answer_hides_nothing_and_an_asked_one_does(world):
    add(world, item(1, ago(60)))
    assert ids(search(world, homes=(HOME,), calls=Barred).there(reference("web-1"))) == [group_id(1)]
    with pytest.raises(AwsError, match="us-east-1 is barred"):
        search(world, places=(HERE, HOME), calls=Barred).there(reference("web-1"))


def test_what_config_thinks_of_a_resource_is_not_the_resource(world):
    compliance = {"resourceType": "AWS::Config::ResourceCompliance", "resourceId": group_id(1)}
    add(world, item(1, ago(60)), item(1, ago(60), **compliance))
    (found,) = search(world).there(reference(group_id(1)))
    assert found.type == "AWS::EC2::SecurityGroup"


def test_guesses_are_checked_with_one_call_each(world):
    add(world, item(1, ago(60)))
    add(world, item(1, ago(60), awsRegion="us-east-1"), recorded_in="us-east-1")
    found = search(world, places=(HERE, HOME)).guessed(reference(group_id(1)))
    assert [each.place for each in found] == [HERE, HOME]
    assert search(world).guessed(reference(group_id(2))) == []


def test_it_says_what_was_looked_at(world):
    looking = search(world, homes=(HOME,), types=("AWS::S3::Bucket",))
    looking.there(reference("web"))
    looking.listed(reference("web"))
    assert looking.looked == [
        "what is there in 111122223333 eu-west-1 (and what is global in 111122223333 us-east-1), by id, ARN,"
        " name and Name tag",
        "what was deleted of AWS::S3::Bucket, by id and name",
    ]

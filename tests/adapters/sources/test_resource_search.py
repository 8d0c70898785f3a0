"""Which resource somebody means, asked of AWS Config."""

import pytest

from iacwatch.aws.config_api import ConfigCalls, ConfigPlace
from iacwatch.aws.rate_limit import RateLimit
from iacwatch.core.catalog.references import reference
from iacwatch.errors import AwsError
from iacwatch.sources.history.resource_search import Search
from tests.fixtures.small_world import ACCOUNT, REGION, ago, group_id, item
from tests.laws import pasts

GONE = {"configuration": None, "tags": {}, "configurationItemStatus": "ResourceDeleted"}
GROUP = "AWS::EC2::SecurityGroup"
HERE, HOME = ConfigPlace(ACCOUNT, REGION), ConfigPlace(ACCOUNT, "us-east-1")
ARN = f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{group_id(1)}"
BUCKET = {"resourceType": "AWS::S3::Bucket", "resourceId": "web-1", "ARN": "arn:aws:s3:::web-1"}


class Barred(ConfigCalls):
    """Calls of somebody who may not ask in the home region."""

    def ask(self, place, operation, doing, **asked):
        if place == HOME:
            raise AwsError("us-east-1 is barred", code="AccessDeniedException")
        return super().ask(place, operation, doing, **asked)


@pytest.fixture
def world(tmp_path):
    with pasts.world("api", tmp_path) as made:
        yield made


def add(world, *documents):
    for document in documents:
        world.aws.add_item(document, recorded_in=REGION)


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


def test_an_id_goes_before_names_that_others_have_and_several_of_one_name_are_all_told(world):
    add(world, one(1), one(2, resourceName=group_id(1)), one(3, resourceName="web-1"), one(1, **BUCKET))
    assert ids(world, group_id(1)) == [group_id(1)]
    assert ids(world, "web-1", types=(GROUP,)) == [group_id(1), group_id(3)]


def test_what_is_there_is_found_by_its_name_tag_and_by_no_other_tag(world):
    add(world, one(1, tags={"Name": "jump host"}), one(2, tags={"Owner": "jump host"}))
    assert ids(world, "jump host") == [group_id(1)]


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
    with pytest.raises(AwsError, match="us-east-1 is barred"):
        ids(world, "web-1", places=(HERE, HOME), calls=Barred)


def test_guesses_are_checked_with_one_call_each(world):
    add(world, one(1))
    world.aws.add_item(one(1, awsRegion="us-east-1"), recorded_in="us-east-1")
    found = search(world, places=(HERE, HOME)).guessed(reference(group_id(1)))
    assert [each.place for each in found] == [HERE, HOME]
    assert search(world).guessed(reference(group_id(2))) == []

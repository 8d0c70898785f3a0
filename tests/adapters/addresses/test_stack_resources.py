"""What is asked of CloudFormation about what its stacks made, and what is made of its answers."""

import json
from dataclasses import replace

import pytest

from iacwatch.addresses.stack_resources import MOST_CALLS, StackResources
from iacwatch.core.iac import StackMetadata, StackResource
from iacwatch.errors import AwsError
from tests.fixtures.clocks import TickingClock
from tests.fixtures.quick_dynamodb import refusal

WEB = StackResource(account_id="111122223333", region="eu-west-1", stack="arn:aws:x", logical_id="Web")


class Cloud:
    def __init__(self, answer):
        self.answer, self.asked, self.clients = answer, [], []

    def client(self, service, *, region, account_id):
        self.clients.append((service, region, account_id))
        return self

    def describe_stack_resource(self, **asked):
        self.asked.append(asked)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def answer(metadata):
    return {"StackResourceDetail": {"LogicalResourceId": "Web", "Metadata": metadata}}


def book(cloud):
    return StackResources(client=cloud.client, clock=TickingClock())


def test_the_path_of_a_construct_and_sams_id_are_read_once():
    cloud = Cloud(answer(json.dumps({"aws:cdk:path": "Net/Web/Resource", "SamResourceId": "W", "x": {}})))
    asked = book(cloud)
    for _ in range(2):
        assert asked.metadata([WEB]) == {WEB: StackMetadata(cdk_path="Net/Web/Resource", sam_id="W")}
    assert cloud.asked == [{"StackName": "arn:aws:x", "LogicalResourceId": "Web"}]
    assert cloud.clients == [("cloudformation", "eu-west-1", "111122223333")]


METADATA = (None, "no JSON", "[" * 9_000, "[]", '{"aws:cdk:path": 7}', 7)


@pytest.mark.parametrize("odd", [*map(answer, METADATA), {}, {"StackResourceDetail": []}])
def test_metadata_may_be_anything(odd):
    assert book(Cloud(odd)).metadata([WEB]) == {WEB: StackMetadata()}


@pytest.mark.parametrize(("code", "calls"), [("AccessDenied", 1), ("ValidationError", 2), ("Throttling", 12)])
def test_where_it_is_refused_that_place_is_not_asked_again(code, calls):
    cloud = Cloud(refusal("DescribeStackResource", code))
    asked, other = book(cloud), replace(WEB, logical_id="Db")
    for _ in range(3):
        assert all(found == StackMetadata() for found in asked.metadata([WEB, other]).values())
    assert len(cloud.asked) == calls


def test_an_account_that_is_not_ours_to_look_into_says_nothing():
    def client(*_args, **_more):
        raise AwsError("account 999988887777 is not ours", code="NotAllowed")

    assert StackResources(client=client, clock=TickingClock()).metadata([WEB]) == {}


def test_findings_do_not_wait_for_many_calls():
    cloud = Cloud(answer("{}"))
    many = [replace(WEB, logical_id=f"L{number}") for number in range(60)]
    asked = book(cloud)
    assert len(asked.metadata(many)) == MOST_CALLS == len(cloud.asked)
    assert len(asked.metadata(many)) == 2 * MOST_CALLS

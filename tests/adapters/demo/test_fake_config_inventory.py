"""The fake AWS Config's inventory: as strict as the real one."""

import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures.small_world import ACCOUNT, REGION, ago, group_id, item

GROUP = "AWS::EC2::SecurityGroup"


@pytest.fixture
def aws():
    with FakeAws() as fake:
        yield fake


def client(aws, region=REGION, account=ACCOUNT):
    return boto3.client(
        "config",
        endpoint_url=aws.url,
        region_name=region,
        aws_access_key_id=f"AKIATEST{account}",
        aws_secret_access_key="x",
    )


def select(aws, expression, **arguments):
    answer = client(aws).select_resource_config(Expression=expression, **{"Limit": 100, **arguments})
    return [json.loads(row) for row in answer["Results"]]


def ids(rows):
    return sorted(row["resourceId"] for row in rows)


def test_only_the_latest_state_of_what_is_still_there_is_selected(aws):
    aws.add_item(item(1, ago(90), tags={"managed-by": "terraform"}))
    aws.add_item(item(1, ago(30), tags={"managed-by": "pulumi"}))
    aws.add_item(item(2, ago(90)))
    aws.add_item(item(2, ago(30), tags={}, configurationItemStatus="ResourceDeleted", configuration=None))
    rows = select(aws, "SELECT resourceId, resourceType, tags WHERE tags.key = 'managed-by'")
    assert rows == [
        {
            "resourceId": group_id(1),
            "resourceType": GROUP,
            "tags": [{"key": "managed-by", "value": "pulumi", "tag": "managed-by=pulumi"}],
        }
    ]


def test_a_tags_key_and_value_may_be_two_different_tags(aws):
    aws.add_item(item(1, ago(30), tags={"managed-by": "pulumi", "team": "terraform"}))
    query = "SELECT resourceId WHERE tags.key = 'managed-by' AND tags.value = 'terraform'"
    assert ids(select(aws, query)) == [group_id(1)]
    assert select(aws, "SELECT resourceId WHERE tags.tag = 'managed-by=terraform'") == []


def test_the_capture_time_is_a_text_in_milliseconds_and_may_be_a_condition(aws):
    at = datetime.now(UTC).replace(microsecond=123_000) - timedelta(hours=1)
    aws.add_item(item(1, at))
    aws.add_item(item(2, at - timedelta(days=3)))
    since = (at - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    query = f"SELECT resourceId, configurationItemCaptureTime WHERE configurationItemCaptureTime >= '{since}'"
    (row,) = select(aws, query)
    assert row["configurationItemCaptureTime"] == at.strftime("%Y-%m-%dT%H:%M:%S.123Z")
    aws.config.inventory.time_conditions = False
    with pytest.raises(ClientError, match="InvalidExpressionException"):
        select(aws, query)


@pytest.mark.parametrize(
    "expression",
    [
        "SELECT resourceId FROM resources",
        "SELECT DISTINCT resourceType",
        "SELECT resourceId AS id",
        "SELECT resourceId WHERE resourceName LIKE '%web'",
        "SELECT resourceId WHERE resourceName LIKE 'w%'",
        "SELECT madeUp",
        "SELECT resourceId WHERE tags.name = 'x'",
        "SELECT resourceId WHERE resourceName = 'it''s'",
        "SELECT resourceId WHERE resourceName = ",
        "SELECT resourceId HAVING resourceId = 'x'",
        f"SELECT resourceId WHERE resourceName = '{'x' * 4_096}'",
    ],
)
def test_what_the_query_language_refuses(aws, expression):
    with pytest.raises(ClientError, match=r"InvalidExpressionException|4096"):
        select(aws, expression)


def test_rows_come_in_pages_whose_tokens_belong_to_their_own_request(aws):
    for number in range(1, 61):
        aws.add_item(item(number, ago(30)))
    config, query = client(aws), "SELECT resourceId"
    assert len(config.select_resource_config(Expression=query)["Results"]) == 25
    first = config.select_resource_config(Expression=query, Limit=40)
    second = config.select_resource_config(Expression=query, Limit=40, NextToken=first["NextToken"])
    assert (len(first["Results"]), len(second["Results"])) == (40, 20)
    assert "NextToken" not in second
    with pytest.raises(ClientError, match="InvalidNextTokenException"):
        config.select_resource_config(Expression=query, Limit=30, NextToken=first["NextToken"])
    for other in (client(aws, region="us-east-1"), client(aws, account="999988887777")):
        assert other.select_resource_config(Expression=query)["Results"] == []


def test_a_list_has_what_was_deleted_only_where_asked_for_and_is_narrowed_by_ids_or_by_a_name(aws):
    gone = ago(60).replace(microsecond=456_000)
    for number in (1, 2, 3):
        aws.add_item(item(number, ago(600)))
    aws.add_item(item(3, gone, tags={}, configurationItemStatus="ResourceDeleted", configuration=None))
    config = client(aws)

    def listed(**more):
        answer = config.list_discovered_resources(**{"resourceType": GROUP, **more})
        return {
            each["resourceId"]: each.get("resourceDeletionTime") for each in answer["resourceIdentifiers"]
        }

    there = {group_id(1): None, group_id(2): None}
    assert listed() == there
    assert listed(includeDeletedResources=True) == {**there, group_id(3): gone}
    assert listed(resourceType="AWS::S3::Bucket") == {}
    assert listed(resourceName="web-2") == {group_id(2): None}
    assert listed(resourceIds=[group_id(1), group_id(2)]) == there
    for wrong in (
        {"resourceIds": [group_id(1)], "resourceName": "web-1"},
        {"resourceIds": [group_id(number) for number in range(21)]},
    ):
        with pytest.raises(ClientError, match="ValidationException"):
            listed(**wrong)

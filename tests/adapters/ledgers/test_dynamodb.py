"""The ledger's table where the laws end: throttling, lost answers, TTL, faults told in a sentence."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from iacwatch.aws import dynamodb_table
from iacwatch.aws.dynamodb_table import KEY, TTL
from iacwatch.errors import AccessDenied, AwsError, NotThere
from iacwatch.ledgers.dynamodb.ledger import DynamoLedger
from iacwatch.ports import Claim
from tests.fixtures import moto_aws
from tests.fixtures.clocks import NOON
from tests.fixtures.dynamodb_line import Answer, Line, carried_out_and_lost, refused

LEASE = timedelta(seconds=60)
DENIED = (
    "User: arn:aws:sts::111122223333:assumed-role/iacwatch/iacwatch is not authorized to perform: "
    "dynamodb:{operation} on resource: arn:aws:dynamodb:eu-west-1:111122223333:table/t because no "
    "identity-based policy allows the dynamodb:{operation} action"
)


@pytest.fixture
def line(monkeypatch):
    monkeypatch.setattr(dynamodb_table, "_PAUSES", (timedelta(0), timedelta(0)))
    return Line(moto_aws.client("dynamodb", attempts=1))


@pytest.fixture
def table():
    return moto_aws.table()


@pytest.fixture
def ledger(line, table):
    return DynamoLedger(lambda: line.client, table)


def claim(ledger, *ids, now=NOON):
    return ledger.claim(ids, now=now, lease=LEASE)


def grants(ledger, *ids, now=NOON):
    return [each.grant for each in claim(ledger, *ids, now=now).values()]


def item(line, table, name):
    return line.client.get_item(TableName=table, Key={KEY: {"S": f"told#{name}"}}).get("Item")


def test_no_client_is_made_before_something_is_asked():
    def make():
        raise AssertionError

    DynamoLedger(make, "table")


def test_what_was_told_is_kept_for_four_hundred_days_and_a_claim_for_a_day(line, table, ledger):
    (granted,) = grants(ledger, "a")
    claimed = item(line, table, "a")
    assert datetime.fromtimestamp(int(claimed[TTL]["N"]), UTC) == NOON + LEASE + timedelta(days=1)
    ledger.complete([granted], now=NOON)
    told = item(line, table, "a")
    assert datetime.fromtimestamp(int(told[TTL]["N"]), UTC) == NOON + timedelta(days=400)
    assert "lease_until" not in told


def test_an_item_that_ttl_should_have_deleted_is_still_told(ledger):
    ledger.complete(grants(ledger, "a"), now=NOON)
    later = NOON + timedelta(days=500)
    assert claim(ledger, "a", now=later)["a"].claim is Claim.REPORTED


@pytest.fixture
def stubborn():
    return Line(moto_aws.client("dynamodb", attempts=2))


def test_a_claim_whose_answer_was_lost_is_recognized_as_ours(stubborn, table):
    ledger, line = DynamoLedger(lambda: stubborn.client, table), stubborn
    line.faults["PutItem"] = [carried_out_and_lost]
    (granted,) = grants(ledger, "a")
    assert granted is not None
    assert line.asked == ["PutItem", "PutItem"]
    ledger.complete([granted], now=NOON)
    assert ledger.reported(["a"]) == {"a"}


def test_a_completion_whose_answer_was_lost_is_no_error(stubborn, table):
    ledger, line = DynamoLedger(lambda: stubborn.client, table), stubborn
    granted = grants(ledger, "a")
    line.faults["UpdateItem"] = [carried_out_and_lost]
    ledger.complete(granted, now=NOON)
    assert ledger.reported(["a"]) == {"a"}


def test_a_release_whose_answer_was_lost_is_no_error(stubborn, table):
    ledger, line = DynamoLedger(lambda: stubborn.client, table), stubborn
    granted = grants(ledger, "a")
    line.faults["DeleteItem"] = [carried_out_and_lost]
    ledger.release(granted)
    assert claim(ledger, "a")["a"].claim is Claim.GRANTED


@pytest.mark.parametrize(
    "code", ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"]
)
def test_what_is_throttled_is_tried_again(line, ledger, code):
    line.faults["PutItem"] = [refused(code)] * 2
    (granted,) = grants(ledger, "a")
    line.faults["UpdateItem"] = [refused(code)] * 2
    ledger.complete([granted], now=NOON)
    line.faults["BatchGetItem"] = [refused(code)] * 2
    assert ledger.reported(["a"]) == {"a"}


def test_a_throttling_that_lasts_is_told(line, ledger):
    line.faults["PutItem"] = [refused("ThrottlingException")] * 1_000
    with pytest.raises(AwsError, match="too many calls"):
        claim(ledger, "a")


def test_keys_that_were_not_processed_are_asked_for_again(line, table, ledger):
    ids = [f"id-{number}" for number in range(5)]
    ledger.complete(grants(ledger, *ids), now=NOON)

    def half(request):
        asked = json.loads(request.body)["RequestItems"][table]
        keys = asked["Keys"]
        found = [{KEY: key[KEY], "status": {"S": "told"}} for key in keys[:2]]
        left = {table: {**asked, "Keys": keys[2:]}}
        return Answer(200, {"Responses": {table: found}, "UnprocessedKeys": left}).response(request.url)

    line.faults["BatchGetItem"] = [half]
    assert ledger.reported(ids) == set(ids)
    assert line.asked.count("BatchGetItem") == 2


def test_keys_that_are_never_processed_are_no_answer(line, table, ledger):
    def none(request):
        asked = json.loads(request.body)["RequestItems"]
        return Answer(200, {"Responses": {}, "UnprocessedKeys": asked}).response(request.url)

    line.faults["BatchGetItem"] = [none] * 100
    with pytest.raises(AwsError, match=f"the ledger table {table}: it answers only a part"):
        ledger.reported(["a"])


@pytest.mark.parametrize(
    ("operation", "use"),
    [
        ("PutItem", lambda ledger, _: claim(ledger, "b")),
        ("BatchGetItem", lambda ledger, _: ledger.reported(["b"])),
        ("UpdateItem", lambda ledger, granted: ledger.complete(granted, now=NOON)),
        ("DeleteItem", lambda ledger, granted: ledger.release(granted)),
    ],
)
def test_a_denied_access_names_the_action_to_grant(line, table, ledger, operation, use):
    granted = grants(ledger, "a")
    line.faults[operation] = [refused("AccessDeniedException", DENIED.format(operation=operation))]
    with pytest.raises(AccessDenied) as told:
        use(ledger, granted)
    assert f"cannot use the ledger table {table}" in str(told.value)
    assert f"grant dynamodb:{operation} to arn:aws:sts::111122223333:assumed-role/" in str(told.value)
    assert "\n" not in str(told.value)


def test_a_table_that_is_not_there_is_one_sentence(line):
    with pytest.raises(NotThere, match=r"the ledger table nowhere: it does not exist .*; check its name"):
        DynamoLedger(lambda: line.client, "nowhere").reported(["a"])
    with pytest.raises(NotThere, match="nowhere"):
        claim(DynamoLedger(lambda: line.client, "nowhere"), *"abcdef")


def test_a_table_of_another_make_says_which_key_it_needs(line, table):
    name = f"{table}-other"
    line.client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    with pytest.raises(AwsError, match="its only key has to be pk, a string"):
        claim(DynamoLedger(lambda: line.client, name), "a")


def test_claims_that_were_granted_before_one_failed_are_released(line, ledger):
    line.faults["PutItem"] = [None, None, *[refused("InternalServerError", status=500)] * 1_000]
    with pytest.raises(AwsError):
        claim(ledger, *"abc")
    line.faults.clear()
    assert {each.claim for each in claim(ledger, *"abc").values()} == {Claim.GRANTED}


def test_what_is_denied_is_not_asked_for_a_thousand_times(line, ledger):
    line.faults["PutItem"] = [refused("AccessDeniedException", "no")] * 10_000
    with pytest.raises(AccessDenied):
        claim(ledger, *[str(number) for number in range(1_000)])
    assert len(line.asked) < 50

"""The ledger's table where the laws end: throttling, lost answers, TTL, faults told in a sentence."""

from datetime import timedelta

import pytest

from iacwatch.aws import dynamodb_table
from iacwatch.errors import AccessDenied, AwsError
from iacwatch.ledgers.dynamodb.ledger import DynamoLedger
from iacwatch.ports import Claim
from tests.fixtures import moto_aws
from tests.fixtures.clocks import NOON
from tests.fixtures.dynamodb_line import Line, carried_out_and_lost, refused

LEASE = timedelta(seconds=60)


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


def test_what_was_done_though_its_answer_was_lost_is_recognized_as_ours(table):
    line = Line(moto_aws.client("dynamodb", attempts=2))
    ledger = DynamoLedger(lambda: line.client, table)
    line.faults = {name: [carried_out_and_lost] for name in ("PutItem", "UpdateItem", "DeleteItem")}
    (granted,) = grants(ledger, "a")
    assert granted is not None
    assert line.asked == ["PutItem", "PutItem"]
    ledger.complete([granted], now=NOON)
    assert ledger.reported(["a"]) == {"a"}
    ledger.release(grants(ledger, "b"))
    assert claim(ledger, "b")["b"].claim is Claim.GRANTED


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

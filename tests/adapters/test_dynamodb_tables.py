"""What ledger, notes and index of addresses make of a table's faults, which they share: each is one sentence."""

import json
from datetime import timedelta

import pytest

from iacwatch.addresses.index.dynamodb.index import DynamoIndex
from iacwatch.aws import dynamodb_table
from iacwatch.errors import AccessDenied, AwsError, NotThere
from iacwatch.ledgers.dynamodb.ledger import DynamoLedger
from iacwatch.ledgers.dynamodb.notes import DynamoNotes
from tests.fixtures import moto_aws
from tests.fixtures.clocks import NOON
from tests.fixtures.dynamodb_line import Answer, Line, carried_out_and_lost, refused
from tests.fixtures.state_rows import row, state

HOUR = timedelta(hours=1)
DENIED = (
    "User: arn:aws:sts::111122223333:assumed-role/ci/ci is not authorized to perform: dynamodb:{}"
    " on resource: arn:aws:dynamodb:eu-west-1:111122223333:table/t"
)


def claimed(ledger, *ids):
    return [each.grant for each in ledger.claim(ids, now=NOON, lease=HOUR).values()]


class Ledger(DynamoLedger):
    noun, operations = "ledger", ("PutItem", "UpdateItem", "DeleteItem", "BatchGetItem")

    def fill(self, text="a"):
        self.complete(claimed(self, text), now=NOON)
        self.release(claimed(self, "b"))

    def filled(self):
        return self.reported(["a", "b"]) == {"a"}


class Notes(DynamoNotes):
    noun, operations = "ledger", ("PutItem", "BatchGetItem")

    def fill(self, text="one"):
        self.write({"a": text}, now=NOON, expires_at=NOON + HOUR)

    def filled(self):
        return self.read(["a"], now=NOON) == {"a": "one"}


class Index(DynamoIndex):
    noun, operations = "address index", ("PutItem", "UpdateItem", "BatchGetItem")

    def fill(self, text="web"):
        self.replace(state(row(text), lineage=text), now=NOON)

    def filled(self):
        return [head.serial for head in self.states()] == [1]


KINDS = [Ledger, Notes, Index]


@pytest.fixture
def line(monkeypatch):
    monkeypatch.setattr(dynamodb_table, "_PAUSES", (timedelta(0), timedelta(0)))
    return Line(moto_aws.client("dynamodb", attempts=1))


@pytest.fixture(params=KINDS)
def store(request, line):
    """Give each of them in a table of its own; `table` is its name."""
    name = moto_aws.table()
    made = request.param(lambda: line.client, name)
    made.table = name
    return made


@pytest.mark.parametrize("code", ["ProvisionedThroughputExceededException", "RequestLimitExceeded"])
def test_what_is_throttled_is_tried_again_and_a_throttling_that_lasts_is_reported(line, store, code):
    for operation in store.operations:
        line.faults[operation] = [refused(code)] * 2
    store.fill()
    assert store.filled()
    line.faults["PutItem"] = [refused(code)] * 1_000
    with pytest.raises(AwsError, match="too many calls"):
        store.fill("more")


def unprocessed(request):
    asked = json.loads(request.body)["RequestItems"]
    return Answer(200, {"Responses": {}, "UnprocessedKeys": asked}).response(request.url)


def test_keys_that_were_not_processed_are_asked_for_again_and_are_no_answer(line, store):
    store.fill()
    line.faults["BatchGetItem"] = [unprocessed]
    assert store.filled()
    line.faults["BatchGetItem"] = [unprocessed] * 100
    with pytest.raises(AwsError, match=f"the {store.noun} table {store.table}: it answers only a part"):
        store.filled()


def test_a_denied_access_names_the_action_to_grant(line, store):
    for operation in store.operations:
        line.faults = {operation: [refused("AccessDeniedException", DENIED.format(operation))] * 100}
        with pytest.raises(AccessDenied) as denied:
            store.filled() if operation == "BatchGetItem" else store.fill(operation)
        assert f"cannot use the {store.noun} table {store.table}" in str(denied.value)
        assert f"grant dynamodb:{operation} to arn:aws:sts::111122223333:assumed-role/" in str(denied.value)
        assert "\n" not in str(denied.value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_that_is_not_there_or_of_another_make_is_one_sentence(line, kind):
    nowhere = kind(lambda: line.client, "nowhere")
    for use in (nowhere.fill, nowhere.filled):
        with pytest.raises(
            NotThere, match=f"{kind.noun} table nowhere: it does not exist .*; check its name"
        ):
            use()
    other = f"{moto_aws.table()}-other"
    line.client.create_table(
        TableName=other,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    with pytest.raises(AwsError, match="its only key has to be pk, a string"):
        kind(lambda: line.client, other).fill()


def test_what_was_done_though_its_answer_was_lost_is_recognized_as_ours():
    line, table = Line(moto_aws.client("dynamodb", attempts=2)), moto_aws.table()
    ledger, notes = (kind(lambda: line.client, table) for kind in (Ledger, Notes))
    line.faults = {name: [carried_out_and_lost] for name in ("PutItem", "UpdateItem", "DeleteItem")}
    ledger.fill()
    assert ledger.filled()
    assert line.asked[:2] == ["PutItem", "PutItem"]
    assert claimed(ledger, "b") != [None]
    for seen, new in ((None, "mine"), ("mine", "more")):
        line.faults["PutItem"] = [carried_out_and_lost]
        assert notes.swap("a", seen=seen, new=new, now=NOON, expires_at=NOON + HOUR) == new
    assert not line.faults["PutItem"]


def test_claims_that_were_granted_before_one_failed_are_released(line):
    ledger = Ledger(lambda: line.client, moto_aws.table())
    line.faults["PutItem"] = [None, None, *[refused("InternalServerError", status=500)] * 1_000]
    with pytest.raises(AwsError):
        claimed(ledger, *"abc")
    line.faults.clear()
    assert None not in claimed(ledger, *"abc")


def test_what_is_denied_is_not_asked_for_a_thousand_times(line):
    line.faults["PutItem"] = [refused("AccessDeniedException", "no")] * 10_000
    with pytest.raises(AccessDenied):
        claimed(Ledger(lambda: line.client, moto_aws.table()), *map(str, range(1_000)))
    assert len(line.asked) < 50

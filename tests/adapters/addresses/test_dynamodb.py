"""The index's table where the laws end: what it may be asked, how often, faults reported in a sentence."""

import random
from datetime import timedelta

import pytest

from iacwatch.addresses.index.dynamodb import key_items
from iacwatch.addresses.index.dynamodb import writer as dynamodb_writer
from iacwatch.addresses.index.dynamodb.index import DynamoIndex
from iacwatch.aws import dynamodb_table
from iacwatch.core.addresses.keys import row_keys
from iacwatch.core.addresses.versions import GONE_FOR
from iacwatch.errors import AwsError
from iacwatch.ports import Failure, Replaced
from tests.fixtures import moto_aws
from tests.fixtures.clocks import NOON
from tests.fixtures.dynamodb_line import Line
from tests.fixtures.quick_dynamodb import LOST, QuickTable
from tests.fixtures.state_rows import firewall, group, role, row, state

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def line(monkeypatch):
    monkeypatch.setattr(dynamodb_table, "_PAUSES", (timedelta(0), timedelta(0)))
    return Line(moto_aws.client("dynamodb", attempts=1))


@pytest.fixture
def table():
    return moto_aws.table()


@pytest.fixture
def index(line, table):
    return DynamoIndex(lambda: line.client, table)


def addresses(index, asked, now=LATER):
    (known,) = index.find([asked], now=now).values()
    return [f"({each.row.address})" if each.gone_at else each.row.address for each in known.rows]


def contents(table):
    """Return the items without the counts of their changes."""
    return {
        key: {name: value for name, value in item.items() if name != "changes"}
        for key, item in table.items.items()
    }


def test_who_reads_needs_one_permission_and_who_writes_four(line, index):
    index.replace(state(row(), group()), now=NOON)
    index.replace(state(row(), serial=2), now=NOON)
    index.drop(["s3://acme/web.tfstate"], now=NOON)
    index.drop([], now=NOON + GONE_FOR)
    assert set(line.asked) == {"BatchGetItem", "PutItem", "UpdateItem", "DeleteItem"}
    line.asked.clear()
    index.find([role()], now=NOON)
    index.search("web", now=NOON)
    index.states()
    assert set(line.asked) == {"BatchGetItem"}


def test_a_thousand_findings_take_one_call_for_each_25_and_one_for_each_hundred_states():
    calls = []
    table = QuickTable()
    index = DynamoIndex(lambda: table.client(calls.append), "addresses")
    for number in range(150):
        rows = [row(f"r{part}") for part in range(number * 7, number * 7 + 7)]
        index.replace(state(*rows, place=f"place {number}"), now=NOON)
    asked = [role(f"r{number}") for number in range(1_000)]
    calls.clear()
    answered = index.find(asked, now=LATER)
    assert [len(answered[each].rows) for each in asked] == [1] * 1_000
    assert calls == ["BatchGetItem"] * (41 + 2)  # the accounts come on top
    # What was written just now is looked at twice, since a part of it may have been seen.
    calls.clear()
    index.find(asked[:10], now=NOON)
    assert len(calls) == 4
    calls.clear()
    assert index.find([], now=NOON) == {}
    assert calls == []


def test_a_state_that_has_not_changed_takes_three_calls(line, index):
    index.replace(state(row()), now=NOON)
    line.asked.clear()
    assert index.replace(state(row(), seen_at=LATER), now=LATER) is Replaced.WRITTEN
    assert line.asked == ["BatchGetItem", "BatchGetItem", "UpdateItem"]
    assert [head.seen_at for head in index.states()] == [LATER]


def test_only_what_changed_is_written(index, line):
    rows = [row(f"r{number}") for number in range(40)]
    index.replace(state(*rows), now=NOON)
    line.asked.clear()
    index.replace(state(*rows[1:], row("new"), serial=2), now=NOON)
    keys = len(row_keys(row("new")) + row_keys(row("r0")))
    assert line.asked.count("UpdateItem") == keys + 3  # begun, committed, tidied up


def test_nothing_is_left_of_a_state_that_was_dropped_long_ago(monkeypatch):
    monkeypatch.setattr(key_items, "_INLINE", 2_000)
    table = QuickTable()
    index = DynamoIndex(table.client, "addresses")
    index.replace(state(row("other"), place="other"), now=NOON)
    before = contents(table)
    dice = random.Random(1)
    many = [group(dice.randbytes(9).hex(), parent="sg-web", id="") for _ in range(300)]
    index.replace(state(*many), now=NOON)
    index.replace(state(*many[:-1], serial=2), now=NOON)
    assert any(key.startswith("part#key#") for key in table.items)
    index.drop(["s3://acme/web.tfstate"], now=NOON)
    index.drop([], now=NOON + GONE_FOR - timedelta(seconds=1))
    assert len(addresses(index, firewall(), NOON + GONE_FOR - timedelta(seconds=1))) == 300
    index.drop([], now=NOON + GONE_FOR)
    left = {key: item for key, item in contents(table).items() if before.get(key) != item}
    assert left == {key: {"pk": {"S": key}} for key in left if key.startswith("states#")}
    assert index.replace(state(row(), serial=0), now=NOON + 2 * GONE_FOR) is Replaced.WRITTEN
    assert addresses(index, role(), NOON + 2 * GONE_FOR) == ["aws_iam_role.web"]


def test_what_dead_writers_left_never_comes_to_count():
    """A writer dies with its entries written, the state is forgotten, and put in again until its number is passed."""
    table = QuickTable()
    index, fatal = DynamoIndex(table.client, "addresses"), []

    class DeadError(Exception):
        pass

    def before(operation):
        fatal.append(operation)
        if operation == "UpdateItem" and fatal.count("PutItem"):  # the commit
            raise DeadError

    index.replace(state(row("first")), now=NOON)
    with pytest.raises(DeadError):
        DynamoIndex(lambda: table.client(before), "addresses").replace(
            state(row("ghost"), serial=9), now=NOON
        )
    index.drop(["s3://acme/web.tfstate"], now=NOON)
    index.drop([], now=NOON + GONE_FOR)
    for serial in range(20):
        index.replace(state(row(f"r{serial}"), serial=serial), now=NOON + GONE_FOR)
    assert addresses(index, role("ghost"), NOON + GONE_FOR) == []
    index.replace(state(row("ghost", address="a.b"), serial=30), now=NOON + GONE_FOR)
    assert addresses(index, role("ghost"), NOON + GONE_FOR) == ["a.b"]


@pytest.mark.parametrize(("mine", "theirs"), [(2, 3), (3, 2), (2, 2)])
def test_another_writer_may_finish_at_any_point_and_the_newer_serial_stands(mine, theirs):
    point, reached = -1, True
    while reached:
        point += 1
        table, steps = QuickTable(), [point]
        other = DynamoIndex(table.client, "addresses")
        other.replace(state(row("old"), row("kept")), now=NOON)

        def before(_, steps=steps, other=other):
            steps[0] -= 1
            if steps[0] == -1:
                other.replace(state(row("theirs"), row("kept"), serial=theirs), now=NOON)

        index = DynamoIndex(lambda table=table, before=before: table.client(before), "addresses")
        index.replace(state(row("mine"), row("kept"), serial=mine), now=NOON)
        reached = steps[0] < 0
        there = [
            name for name in ("mine", "theirs") if f"aws_iam_role.{name}" in addresses(other, role(name))
        ]
        assert len(there) == 1, point
        if not reached or mine > theirs:
            assert there == ["mine"]
        elif theirs > mine:
            assert there == ["theirs"]
        assert addresses(other, role("old")) == ["(aws_iam_role.old)"]
        assert addresses(other, role("kept")) == ["aws_iam_role.kept"]
    assert point > 10


def test_a_reader_who_is_overtaken_by_writers_sees_one_version():
    """Between any two calls of a reader, a writer puts in a whole version."""
    for point in range(6):
        table = QuickTable()
        writer = DynamoIndex(table.client, "addresses")

        def version(serial):
            return state(
                row(address=f"a.v{serial}"), row("x", address=f"b.v{serial}", parent="web"), serial=serial
            )

        writer.replace(version(1), now=NOON)
        steps = [point]

        def before(_, steps=steps, writer=writer, version=version):
            steps[0] -= 1
            if steps[0] == -1:
                for serial in (2, 3):
                    writer.replace(version(serial), now=NOON)

        reader = DynamoIndex(lambda table=table, before=before: table.client(before), "addresses")
        (known,) = reader.find([role()], now=NOON).values()
        there = {each.row.address.rpartition(".")[2] for each in known.rows if not each.gone_at}
        assert len(there) == 1, (point, there)
        assert len([each for each in known.rows if not each.gone_at]) == 2


def test_a_table_that_is_written_to_without_end_is_not_waited_for(monkeypatch):
    table = QuickTable()
    writer, serials = DynamoIndex(table.client, "addresses"), iter(range(1_000))
    writer.replace(state(row(), serial=0), now=NOON)

    def before(_):
        serial = next(serials)
        writer.replace(state(row(address=f"a.v{serial}"), serial=serial), now=NOON)

    index = DynamoIndex(lambda: table.client(before), "addresses")
    (answer,) = index.find([role()], now=NOON).values()
    assert answer == Failure(
        reason="cannot use the address index table addresses: it is written to faster than it can be read; try again"
    )
    monkeypatch.setattr(dynamodb_writer, "_ATTEMPTS", 5)
    with pytest.raises(AwsError, match=r"addresses: others keep writing s3://acme/web.tfstate; try again"):
        DynamoIndex(lambda: table.client(before), "addresses").replace(state(row(), serial=5_000), now=NOON)


def test_any_call_whose_answer_was_lost_is_no_error():
    point, reached = -1, True
    while reached:
        point += 1
        table, steps = QuickTable(), [point]

        def before(_, steps=steps):
            steps[0] -= 1
            return LOST if steps[0] == -1 else None

        index = DynamoIndex(lambda table=table, before=before: table.client(before), "addresses")
        assert index.replace(state(row("a")), now=NOON) is Replaced.WRITTEN
        assert index.replace(state(row("b"), serial=2), now=NOON) is Replaced.WRITTEN
        assert index.replace(state(row("b"), serial=3), now=NOON) is Replaced.WRITTEN
        index.drop(["s3://acme/web.tfstate"], now=NOON)
        assert addresses(index, role("b")) == ["(aws_iam_role.b)"]
        index.drop([], now=NOON + GONE_FOR)
        reached = steps[0] < 0
        assert all(key.startswith("states#") or key == "accounts" for key in table.items), point
    assert point > 40


def test_an_index_may_share_the_ledgers_table(line, table, index):
    line.client.put_item(TableName=table, Item={"pk": {"S": "told#a"}, "status": {"S": "told"}})
    index.replace(state(row()), now=NOON)
    assert addresses(index, role()) == ["aws_iam_role.web"]
    assert [head.serial for head in index.states()] == [1]


def test_what_cannot_be_used_is_a_failure_of_each_finding(line):
    answered = DynamoIndex(lambda: line.client, "nowhere").find([role(), firewall()], now=NOON)
    assert len(answered) == 2
    for failure in answered.values():
        assert failure.reason.startswith("cannot use the address index table nowhere: it does not exist")


def search(index):
    index.search("web", now=NOON)


def replace(index):
    index.replace(state(row("b"), serial=2), now=NOON)


@pytest.mark.parametrize(
    ("prefix", "nonsense", "use"),
    [
        ("head#", {"S": "{nonsense"}, search),
        ("key#", {"S": "{nonsense"}, search),
        ("part#manifest", {"B": b"{nonsense"}, replace),
    ],
)
def test_an_item_that_cannot_be_read_is_named_in_a_sentence(prefix, nonsense, use):
    table = QuickTable()
    index = DynamoIndex(table.client, "addresses")
    index.replace(state(row()), now=NOON)
    for key, item in table.items.items():
        if key.startswith(prefix):
            table.items[key] = {name: value if name == "pk" else nonsense for name, value in item.items()}
    with pytest.raises(AwsError, match=f"its item {prefix}.* cannot be read; delete it, and put the states"):
        use(index)

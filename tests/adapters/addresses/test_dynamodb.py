"""The index's table where the laws end: what it may be asked, how often, faults reported in a sentence."""

import random
from datetime import timedelta
from itertools import count

import pytest

from iacwatch.addresses.index.dynamodb import key_items
from iacwatch.addresses.index.dynamodb import writer as dynamodb_writer
from iacwatch.addresses.index.dynamodb.index import DynamoIndex
from iacwatch.core.addresses.keys import row_keys
from iacwatch.core.addresses.versions import GONE_FOR
from iacwatch.errors import AwsError
from iacwatch.ports import Failure, Replaced
from tests.fixtures import moto_aws
from tests.fixtures.clocks import NOON
from tests.fixtures.quick_dynamodb import LOST, QuickTable
from tests.fixtures.state_rows import firewall, group, role, row, state

LATER = NOON + timedelta(hours=1)


def addresses(index, asked, now=LATER):
    (known,) = index.find([asked], now=now).values()
    return [f"({each.row.address})" if each.gone_at else each.row.address for each in known.rows]


def contents(table):
    return {key: {**item, "changes": None} for key, item in table.items.items()}


class Once:
    def __init__(self, point, act):
        self._left, self._act = point, act

    @property
    def reached(self):
        return self._left < 0

    def __call__(self, _operation):
        self._left -= 1
        return self._act() if self._left == -1 else None


def opened(table, before=lambda _: None):
    return DynamoIndex(lambda: table.client(before), "addresses")


def test_who_reads_needs_one_permission_who_writes_four_and_only_what_changed_is_written():
    calls, rows = [], [row(f"r{number}") for number in range(40)]
    index = opened(QuickTable(), calls.append)
    index.replace(state(*rows), now=NOON)
    calls.clear()
    assert index.replace(state(*rows, seen_at=LATER), now=LATER) is Replaced.WRITTEN
    assert calls == ["BatchGetItem", "BatchGetItem", "UpdateItem"]
    calls.clear()
    index.replace(state(*rows[1:], row("new"), serial=2), now=NOON)
    keys = len(row_keys(row("new")) + row_keys(row("r0")))
    assert calls.count("UpdateItem") == keys + 3  # begun, committed, tidied up
    index.replace(state(group(), serial=3), now=NOON)
    index.drop(["s3://acme/web.tfstate"], now=NOON)
    index.drop([], now=NOON + GONE_FOR)
    assert set(calls) == {"BatchGetItem", "PutItem", "UpdateItem", "DeleteItem"}
    calls.clear()
    index.find([role()], now=NOON)
    index.search("web", now=NOON)
    index.states()
    assert set(calls) == {"BatchGetItem"}


def test_nothing_is_left_of_a_state_that_was_dropped_long_ago(monkeypatch):
    monkeypatch.setattr(key_items, "_INLINE", 2_000)
    table = QuickTable()
    index = opened(table)
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
    assert left == {key: {"pk": {"S": key}, "changes": None} for key in left if key.startswith("states#")}
    assert index.replace(state(row(), serial=0), now=NOON + 2 * GONE_FOR) is Replaced.WRITTEN
    assert addresses(index, role(), NOON + 2 * GONE_FOR) == ["aws_iam_role.web"]


def test_what_dead_writers_left_never_comes_to_count():
    table, made = QuickTable(), []
    index = opened(table)

    def dies(operation):
        made.append(operation)
        if operation == "UpdateItem" and made.count("PutItem"):  # the commit
            raise KeyboardInterrupt

    index.replace(state(row("first")), now=NOON)
    with pytest.raises(KeyboardInterrupt):
        opened(table, dies).replace(state(row("ghost"), serial=9), now=NOON)
    index.drop(["s3://acme/web.tfstate"], now=NOON)
    index.drop([], now=NOON + GONE_FOR)
    for serial in range(20):
        index.replace(state(row(f"r{serial}"), serial=serial), now=NOON + GONE_FOR)
    assert addresses(index, role("ghost"), NOON + GONE_FOR) == []


def version(serial):
    of_role, of_part = row(address=f"a.v{serial}"), row("x", address=f"b.v{serial}", parent="web")
    return state(of_role, of_part, serial=serial)


def test_a_reader_who_is_overtaken_by_writers_sees_one_version():
    for point in range(6):
        table = QuickTable()
        writer = opened(table)
        writer.replace(version(1), now=NOON)
        before = Once(point, lambda: [writer.replace(version(each), now=NOON) for each in (2, 3)] and None)  # noqa: B023
        found = addresses(opened(table, before), role(), NOON)
        there = [each.partition(".v")[2] for each in found if not each.startswith("(")]
        assert (len(there), len(set(there))) == (2, 1), (point, found)


def test_a_table_that_is_written_to_without_end_is_not_waited_for(monkeypatch):
    table, serials = QuickTable(), count()
    writer = opened(table)

    def before(_):
        writer.replace(version(next(serials)), now=NOON)

    before("")
    (answer,) = opened(table, before).find([role()], now=NOON).values()
    said = "it is written to faster than it can be read; try again"
    assert answer == Failure(reason=f"cannot use the address index table addresses: {said}")
    monkeypatch.setattr(dynamodb_writer, "_ATTEMPTS", 5)
    with pytest.raises(AwsError, match=r"addresses: others keep writing s3://acme/web.tfstate; try again"):
        opened(table, before).replace(state(row(), serial=5_000), now=NOON)


def test_any_call_whose_answer_was_lost_is_no_error():
    for point in count():
        table = QuickTable()
        before = Once(point, lambda: LOST)
        index = opened(table, before)
        for serial, name in enumerate("abb", 1):
            assert index.replace(state(row(name), serial=serial), now=NOON) is Replaced.WRITTEN
        index.drop(["s3://acme/web.tfstate"], now=NOON)
        assert addresses(index, role("b")) == ["(aws_iam_role.b)"]
        index.drop([], now=NOON + GONE_FOR)
        assert all(key.startswith("states#") or key == "accounts" for key in table.items), point
        if not before.reached:
            break
    assert point > 40


def test_what_cannot_be_used_is_a_failure_of_each_finding():
    index = DynamoIndex(lambda: moto_aws.client("dynamodb"), "nowhere")
    one, other = index.find([role(), firewall()], now=NOON).values()
    assert one == other
    assert one.reason.startswith("cannot use the address index table nowhere: it does not exist")


@pytest.mark.parametrize(
    ("prefix", "nonsense", "use"),
    [
        ("head#", {"S": "{nonsense"}, lambda index: index.search("web", now=NOON)),
        ("key#", {"S": "{nonsense"}, lambda index: index.search("web", now=NOON)),
        ("part#manifest", {"B": b"{nonsense"}, lambda index: index.replace(state(row("b")), now=NOON)),
    ],
)
def test_an_item_that_cannot_be_read_is_named_in_a_sentence(prefix, nonsense, use):
    table = QuickTable()
    index = opened(table)
    index.replace(state(row()), now=NOON)
    for key, item in table.items.items():
        if key.startswith(prefix):
            table.items[key] = {name: value if name == "pk" else nonsense for name, value in item.items()}
    with pytest.raises(AwsError, match=f"its item {prefix}.* cannot be read; delete it, and put the states"):
        use(index)

"""The records beside the ledger: kept once reported, found by a few digits, never in the way of a report."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.present.record import record
from iacwatch.errors import AwsError, ParseError
from iacwatch.ledgers.memory import MemoryNotes
from iacwatch.pipeline.records import Records
from iacwatch.ports import RETENTION
from tests.fixtures.builders import change, entry, finding
from tests.fixtures.clocks import NOON


def called(digits, **fields):
    return replace(finding(**fields), finding_id=digits.ljust(32, "0"))


def found(records, digits, now=NOON):
    return [each.finding_id[:10] for each in records.find(digits, now=now)]


def test_a_finding_is_found_by_eight_digits_or_more_as_long_as_the_ledger_remembers():
    records = Records(MemoryNotes())
    records.keep([called("9f2c1a0411"), called("9f2c1a0422"), called("00000000")], now=NOON)
    records.keep([called("9f2c1a0433"), called("9f2c1a0411", reason="again")], now=NOON)
    alike = ["9f2c1a0411", "9f2c1a0422", "9f2c1a0433"]
    for digits, ids in (("9f2c1a04", alike), ("9f2c1a0412", []), ("ffffffff", []), (alike[1], alike[1:2])):
        assert found(records, digits) == ids
        assert found(records, digits.ljust(32, "0")) == (ids if len(ids) < 2 else [])
    assert records.find(alike[0], now=NOON)[0].reason == "again"
    assert found(records, "9f2c1a04", NOON + RETENTION - timedelta(seconds=1)) == alike
    assert not found(records, "9f2c1a04", NOON + RETENTION)


def test_a_finding_of_any_size_is_kept_and_two_of_them_are():
    records = Records(MemoryNotes())
    values = tuple(entry(f"Configuration.p{number}", "ü" * 20_000, "y") for number in range(10))
    large = [called(f"9f2c1a04{end}", change=change(diff=values)) for end in (11, 22)]
    records.keep(large, now=NOON)
    for each in large:
        (kept,) = records.find(each.finding_id, now=NOON)
        shown = record(kept)["change"]["changed_properties"]
        assert [entry["path"] for entry in shown] == [f"Configuration.p{number}" for number in range(10)]
        assert {entry["previous"] for entry in shown} == {"(too large to be kept)"}


class Broken(MemoryNotes):
    def read(self, keys, *, now):
        raise AwsError("cannot use the ledger table x: no answer")


def test_where_nothing_can_be_kept_the_log_says_so_and_the_report_stands(caplog):
    with caplog.at_level(logging.WARNING):
        Records(Broken()).keep([finding()], now=NOON)
    why = "cannot use the ledger table x: no answer"
    assert caplog.messages == [f"the record of what was reported is not kept: {why}"]
    with pytest.raises(AwsError):
        Records(Broken()).find("9f2c1a04", now=NOON)


NO_RECORD = "the ledger's note record:9f2c1a04 is not a record; delete it"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        *((text, NO_RECORD) for text in ("", "no JSON", "[]", "null", "[" * 100_000)),
        ('{"9f2c1a04": 1}', "a kept record cannot be read"),
    ],
)
def test_a_note_that_is_no_record_or_one_of_another_make_is_an_error(text, why):
    notes = MemoryNotes()
    notes.write({"record:9f2c1a04": text}, now=NOON, expires_at=NOON + RETENTION)
    with pytest.raises(ParseError, match=why):
        Records(notes).find("9f2c1a04", now=NOON)

"""JSON that nobody vouches for: times however they are written, values however often they are encoded."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from iacwatch.core.parse.json_values import decoded, loads, moment, shown
from iacwatch.core.parse.plain_values import plain
from iacwatch.errors import ParseError

NOON = datetime(2026, 11, 20, 12, 0, 0, 123_000, tzinfo=UTC)
SECONDS = NOON.timestamp()


def test_a_time_is_read_to_the_millisecond_however_it_is_written():
    for written in (
        "2026-11-20T12:00:00.1234567Z",
        "2026-11-20 12:00:00,1225",
        "2026-11-20T13:30:00.123+01:30",
        SECONDS,
        SECONDS * 1000,
        NOON.replace(tzinfo=None),
        NOON.astimezone(timezone(timedelta(hours=-8))) + timedelta(microseconds=499),
    ):
        assert moment(written, "a time") == NOON
        assert moment(written, "a time").utcoffset() == timedelta(0)


def test_a_text_that_is_json_is_what_it_stands_for_however_often_it_was_encoded():
    for text, value in (
        ('{"a": 1}', {"a": 1}),
        (r'"\"true\""', True),
        (" null ", None),
        ("0", 0),
        # What is no JSON, no number as JSON writes it, or too long for one stays text.
        *((each, each) for each in ("{a}", "yes", "007", "1e5", "+1", "12345678901234567", "", " ")),
    ):
        assert decoded(text) == value
        assert type(decoded(text)) is type(value)


def test_a_value_in_a_sentence_is_short_and_escaped():
    for value, told in (
        (None, "null"),
        (False, "false"),
        (b"", "a bytes"),
        (1 << 2047, str(1 << 2047)[:80] + "…"),
        (1 << 2048, "a number beyond all bounds"),
        ((), "a list"),
        ("x" * 78, f"'{'x' * 78}'"),
        ("\n" * 90, "'" + "\\n" * 39 + "\\…"),
    ):
        assert shown(value) == told


def test_a_text_beyond_all_bounds_is_not_read():
    most = " " * (32 * 2**20 - 1)
    assert loads(f"{most}1", "it") == 1
    with pytest.raises(ParseError, match="it is larger than 32 MB"):
        loads(f"{most}12", "it")


def test_what_is_deeper_than_a_hundred_levels_is_refused():
    deep = 16.0
    for _ in range(100):
        deep = [deep]
    assert repr(plain(deep, "it")) == "[" * 100 + "16" + "]" * 100
    value = {"a": [{"b": None, "c": 1}, None], "d": {"e": None, "f": {"g": None}}, "h": None}
    assert plain(value, "it") == {"a": [{"c": 1}, None], "d": {"f": {}}}
    with pytest.raises(ParseError, match="it is nested too deeply"):
        plain([deep], "it")


def test_half_a_surrogate_pair_is_replaced_at_any_level_and_what_is_alike_is_taken_from_the_item_before():
    assert plain({"a": "\ud800", "b": {"c": ["x"]}}, "it") == {"a": "\ufffd", "b": {"c": ["x"]}}
    before = {"a": [{"x": "1"}, {"x": "2"}, 3]}
    after = plain({"a": [{"x": "1"}, {"x": "4"}, 3, 5]}, "it", like=before)
    assert after == {"a": [{"x": "1"}, {"x": "4"}, 3, 5]}
    assert after["a"][0] is before["a"][0]

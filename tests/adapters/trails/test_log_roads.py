"""Every road through a log file (bytes or patterns, zlib or isal, one process or several) gives what parsing gives."""

import gzip
import importlib.util
import json
import multiprocessing
import os
import signal
import sys
import time
import zlib
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iacwatch.clock import SystemClock
from iacwatch.core.parse import cloudtrail
from iacwatch.errors import Stopping
from iacwatch.storage import zipping
from iacwatch.trails import needle_scanner, record_filter, record_splitter
from iacwatch.trails.log_files import workers
from iacwatch.trails.record_filter import RecordFilter
from tests.adapters.trails.test_log_files import AT, GROUP, HOUR, Logs, event, query
from tests.fixtures import log_folder
from tests.fixtures.clocks import NOON

FAST = all(importlib.util.find_spec(name) for name in ("hyperscan", "isal"))
ROADS = [
    "plain",
    "each record",
    pytest.param("fast", marks=pytest.mark.skipif(not FAST, reason="iacwatch[fast] is not installed")),
]


@pytest.fixture(params=ROADS)
def road(request, monkeypatch):
    """Take one road, whatever a file's size."""
    monkeypatch.setattr(record_filter, "_WORTH", 0)
    if request.param == "each record":
        monkeypatch.setattr(record_filter, "_HANDFUL", 0)
    if request.param != "fast":
        monkeypatch.setattr(zipping, "_LIBRARY", zlib)
        monkeypatch.setattr(record_filter, "compiled", lambda _: False)
    return request.param


@pytest.fixture
def logs(tmp_path):
    return Logs(tmp_path)


HEAD = {"eventVersion": "1.11", "userIdentity": {}, "eventTime": "2001-01-01T00:00:00Z"}
TAIL = {"eventID": "0" * 8 + "-1111-4222-8333-" + "9" * 12, "readOnly": True}
HOSTILE = {
    "a record in a list": {"list": [{"a": 1}, HEAD], "groupId": GROUP},
    "a record that reads in a list": {"list": [{"a": 1, **TAIL}, {**HEAD, **TAIL}, {"b": 1}], "groupId": GROUP},
    "braces in strings": {"a": "}}}", "list": [{"a": "{{"}, {**HEAD, **TAIL}], "groupId": GROUP},
    "a string that ends in a brace": {"a": "{", "b": '{"', "c": "\\", "list": [{"a": '\\"{'}, HEAD], "groupId": GROUP},
    "reads within": {**TAIL, "groupId": GROUP},
    "reads within, at the end": {"groupId": GROUP, "z": {**TAIL}},
}  # fmt: skip


@pytest.mark.parametrize("readOnly", [False, None])
@pytest.mark.parametrize("parameters", HOSTILE.values(), ids=HOSTILE)
def test_what_strangers_write_into_a_record_hides_and_forges_nothing(logs, road, parameters, readOnly):
    forged = {**event(666), "eventVersion": "1.11"}
    listed = {"list": [{"a": "}}"}, forged, forged, {"a": "{"}]}
    odd = event(2, requestParameters=parameters, readOnly=readOnly, serviceEventDetails=parameters)
    old = event(3, AT - 9 * HOUR, requestParameters=listed)
    logs.write(log_folder.body([event(1), odd, old, event(4)]))
    assert logs.ask(query()) == {1, 2, 4}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"sg-0a1b", b"s\\u0067-0a1b"),
        lambda text: text.replace(b"sg-0a1b", b"%73g-0a1b"),
        lambda text: text.replace(b'"groupId"', b'"gr\\u006fupId"'),
        lambda text: text.replace(b'"eventTime":', b'"event\\u0054ime":'),
        lambda text: text.replace(b'"eventTime":', b'"eventTime" : '),
        lambda text: text.replace(b'},{"eventVersion":', b'} , {"eventVersion":', 1),
        lambda text: text.replace(b'{"eventVersion":"1.11",', b"{").replace(b'"Management"}', b'"Management","eventVersion":"1.11"}'),
        lambda text: text + b"\n \n",
        lambda text: text.replace(b"Z", b".000Z"),
        gzip.compress,
    ],
)  # fmt: skip
def test_names_and_blanks_written_oddly_hide_nothing(logs, road, change):
    logs.write(change(log_folder.body([event(1), event(2)])))
    assert logs.ask(query()) == {1, 2}


NAMES = ["eventVersion", "eventTime", "eventID", "readOnly", "a", "}", "{"]
TEXTS = ["}", "{", '{"', '"', "\\", "%", "%67", ',{"eventVersion":', GROUP, "é\n", "]}", "x"]
VALUES = st.recursive(
    st.one_of(st.sampled_from(TEXTS), st.booleans(), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
        st.just({**HEAD, **TAIL}),
    ),
    max_leaves=12,
)
MADE = st.tuples(VALUES, st.integers(-90, 20), st.sampled_from([True, False, None]))


@given(st.lists(MADE, min_size=1, max_size=6), st.integers(1, 4000), st.booleans(), st.booleans())
@settings(deadline=None, max_examples=40)
def test_any_record_is_found_as_parsing_finds_it(made, size, escaped, patterns):
    records = [
        event(number, AT + timedelta(minutes=at), requestParameters={"v": value}, readOnly=reads)
        for number, (value, at, reads) in enumerate(made)
    ]
    text = json.dumps({"Records": records}, separators=(",", ":"), ensure_ascii=escaped).encode()
    asked_for = query()
    wanted = {
        each["eventID"]
        for each in records
        if each.get("readOnly") is not True
        and cloudtrail.event(each).occurred_at in asked_for.window
        and GROUP in json.dumps(each)
    }
    filtered = RecordFilter([asked_for])
    filtered._scan = needle_scanner.compiled(frozenset({GROUP.encode(), b"omitted"})) if patterns else False
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    picked = []
    try:
        for block in record_splitter.blocks(pieces):
            picked += [record_splitter.parsed(body) for body in filtered.found(block, None)]
    except record_splitter.UnusualLayout:
        return  # then it is parsed whole
    assert {each["eventID"] for each in picked} >= wanted
    assert all(each in records for each in picked)


MANY = log_folder.body([event(number) for number in range(200)])
SPOILT = {
    "beyond all bounds": lambda _: gzip.compress(log_folder.body([event(1, requestParameters={"x": "y" * (20 << 20)})])),
    "no end of zip": lambda zipped: zipped[:-4],
    "zeros": lambda zipped: zipped[:40] + b"\0\0\0\0" + zipped[44:],
    "no end of JSON": lambda _: gzip.compress(MANY[:-2]),
    "no end of a record": lambda _: gzip.compress(MANY[:-900]),
    "odd JSON": lambda _: gzip.compress(MANY.split(b"true")[0] + b"true}"),
    "empty": lambda _: b"",
    "other JSON": lambda _: gzip.compress(b'{"name": "not a log file"}'),
    "no text": lambda _: gzip.compress(b"\xff\xfe{}"),
}  # fmt: skip


@pytest.mark.parametrize("how", SPOILT)
def test_a_damaged_file_fails_the_queries_near_it_and_no_others(logs, road, how):
    path = logs.write(MANY)
    path.write_bytes(SPOILT[how](path.read_bytes()))
    near, far = query(), query(AT - 5 * HOUR)
    failures = logs.trail.collect([near, far]).failures
    assert list(failures) == [near]
    assert path.name in failures[near].reason
    assert "\n" not in failures[near].reason
    assert how != "beyond all bounds" or "holds a record beyond all bounds" in failures[near].reason


@pytest.fixture
def four(logs, monkeypatch):
    """Give four files, read by two processes that take long."""
    monkeypatch.setattr(workers, "_WORTH", 0)
    monkeypatch.setattr(workers, "_BATCH", 1)
    monkeypatch.setattr(workers.os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    monkeypatch.setattr(workers, "deepcopy", lambda _: time.sleep(60))
    for number in range(4):
        logs.write(log_folder.body([event(number)]))
    return logs


def test_a_process_that_ends_early_is_a_failure_and_one_that_lasts_ends_with_the_run(four, monkeypatch):
    begun, four.clock.stop_at = time.monotonic(), NOON
    with pytest.raises(Stopping):
        four.trail.collect([query()])
    four.clock.stop_at = None
    monkeypatch.setattr(workers, "_end_with", lambda _: os._exit(9))
    assert "ended early (exit code 9)" in four.why(query())
    assert time.monotonic() - begun < 5


def read_until_told(logs):
    """Read as a group of processes of its own, until a signal comes."""
    os.setsid()
    logs.clock = SystemClock()
    logs.begin()
    with logs.clock.listening():
        try:
            logs.trail.collect([query()])
        except Stopping as stopping:
            sys.exit(stopping.exit_code)


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_all_processes_quietly(four, capfd, number):
    process = multiprocessing.get_context("fork").Process(target=read_until_told, args=(four,))
    process.start()
    time.sleep(1)
    (os.kill if number == signal.SIGKILL else os.killpg)(process.pid, number)
    process.join(timeout=5)
    assert process.exitcode == {signal.SIGTERM: 143, signal.SIGKILL: -9}[number]
    assert capfd.readouterr().err == ""
    with pytest.raises(ProcessLookupError):
        wait_for(process.pid)


def wait_for(group):
    """Look for a group of processes for five seconds; raise `ProcessLookupError` when nobody is left of it."""
    for _ in range(50):
        time.sleep(0.1)
        os.killpg(group, 0)

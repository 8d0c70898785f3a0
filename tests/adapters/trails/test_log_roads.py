"""Every road through a log file (bytes or patterns, zlib or isal, one process or several) gives what parsing gives."""

import gzip
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
import zlib
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iacwatch.aws.sessions import Sessions
from iacwatch.core.parse import cloudtrail
from iacwatch.errors import Stopping
from iacwatch.storage import files, zipping
from iacwatch.storage.files import open_store
from iacwatch.trails import needle_scanner, record_filter, record_splitter
from iacwatch.trails.log_files import workers
from iacwatch.trails.log_files.trail import LogFiles
from iacwatch.trails.record_filter import RecordFilter
from tests.adapters.trails.test_log_layouts import AT, GROUP, event, query
from tests.fixtures import log_folder
from tests.fixtures.clocks import NOON, TickingClock
from tests.fixtures.trail_records import OWN

REGION = "eu-west-1"
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
def folder(tmp_path):
    for at in (AT - timedelta(days=2), NOON - timedelta(minutes=20)):
        log_folder.deliver(tmp_path, [log_folder.heartbeat(OWN, REGION, at)])
    return tmp_path


def write(folder, content, at=AT + timedelta(minutes=5)):
    return log_folder.write(folder, log_folder.name(OWN, REGION, at), content)


def asked(folder, *queries, clock=None):
    store = open_store(str(folder), Sessions())
    return LogFiles(store=store, clock=clock or TickingClock(NOON)).collect(queries)


def found(folder, *queries):
    collected = asked(folder, *(queries or [query()]))
    assert not collected.failures, collected.failures
    return sorted(int(each.event_id[-12:]) for each in collected.events)


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
def test_what_strangers_write_into_a_record_hides_and_forges_nothing(folder, road, parameters, readOnly):
    forged = {**event(666), "eventVersion": "1.11"}
    listed = {"list": [{"a": "}}"}, forged, forged, {"a": "{"}]}
    odd = event(2, requestParameters=parameters, readOnly=readOnly)
    old = event(3, AT - timedelta(hours=9), requestParameters=listed)
    write(folder, log_folder.body([event(1), odd, old, event(4)]))
    assert found(folder) == [1, 2, 4]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"sg-0a1b", b"s\\u0067-0a1b"),
        lambda text: text.replace(b"sg-0a1b", b"%73g-0a1b"),
        lambda text: text.replace(b'"groupId"', b'"gr\\u006fupId"'),
        lambda text: text.replace(b'"eventTime":', b'"event\\u0054ime":'),
        lambda text: text.replace(b'"eventTime":', b'"eventTime" : '),
        lambda text: text.replace(b'},{"eventVersion":', b'} , {"eventVersion":', 1),
        lambda text: text.replace(b'},{"eventVersion":', b'},\n{"eventVersion":'),
        lambda text: text.replace(b'{"eventVersion":"1.11",', b"{").replace(b'"Management"}', b'"Management","eventVersion":"1.11"}'),
        lambda text: text + b"\n \n",
        lambda text: text.replace(b"Z", b".000Z"),
        gzip.compress,
    ],
)  # fmt: skip
def test_names_and_blanks_written_oddly_hide_nothing(folder, road, change):
    names = [record["requestParameters"]["groupId"] for record in (event(1), event(2))]
    assert names == [GROUP, GROUP]
    write(folder, change(log_folder.body([event(1), event(2)])))
    assert found(folder) == [1, 2]


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


def test_a_file_of_many_pieces_is_read_as_one_of_few(folder, road, monkeypatch):
    monkeypatch.setattr(files, "_CHUNK", 700)
    write(folder, log_folder.body([event(number, AT + timedelta(seconds=number)) for number in range(60)]))
    assert found(folder) == list(range(60))


@pytest.mark.parametrize("cut", [-4, -40, -400, 30])
def test_a_file_that_was_cut_short_is_a_failure(folder, road, cut):
    path = write(folder, log_folder.body([event(number) for number in range(200)]))
    path.write_bytes(path.read_bytes()[:cut])
    assert list(asked(folder, query()).failures) == [query()]


@pytest.fixture
def two_workers(monkeypatch):
    monkeypatch.setattr(workers, "_WORTH", 0)
    monkeypatch.setattr(workers, "_BATCH", 1)
    monkeypatch.setattr(workers.os, "sched_getaffinity", lambda _: {0, 1}, raising=False)


def test_processes_find_the_same_in_the_same_order(folder, road, two_workers):
    for number in range(20):
        write(folder, log_folder.body([event(number)]), AT + timedelta(minutes=number % 7))
    write(folder, b'{"Records":[{"eventVersion"', AT + timedelta(minutes=3))
    together = asked(folder, query())
    workers._WORTH = 1 << 40
    alone = asked(folder, query())
    assert together.failures == alone.failures
    assert list(together.failures) == [query()]
    assert len(together.events) == 20
    for one, other in zip(together.events, alone.events, strict=True):
        assert all(getattr(one, each.name) == getattr(other, each.name) for each in fields(one))


def four(folder):
    for number in range(4):
        write(folder, log_folder.body([event(number)]))


def test_no_process_is_started_for_little_work_and_none_is_left(folder, two_workers, monkeypatch):
    four(folder)
    started = []
    real = workers._started
    monkeypatch.setattr(workers, "_started", lambda *task: started.append(real(*task)) or started[-1])
    assert found(folder) == [0, 1, 2, 3]
    assert len(started) == 2
    assert all(process.exitcode is not None for process, _ in started)
    monkeypatch.setattr(workers, "_WORTH", 1 << 20)
    assert found(folder) == [0, 1, 2, 3]
    assert len(started) == 2


def test_a_process_that_ends_early_fails_what_it_was_to_read(folder, two_workers, monkeypatch):
    four(folder)
    monkeypatch.setattr(workers, "_end_with", lambda _: os._exit(9))
    monkeypatch.setattr(workers, "deepcopy", lambda _: time.sleep(5))
    (failure,) = asked(folder, query()).failures.values()
    assert "ended early (exit code 9)" in failure.reason


def test_a_run_that_has_to_end_ends_its_processes(folder, two_workers, monkeypatch):
    four(folder)
    monkeypatch.setattr(workers, "deepcopy", lambda _: time.sleep(60))
    clock = TickingClock(NOON)
    clock.stop_at = NOON
    begun = time.monotonic()
    with pytest.raises(Stopping):
        asked(folder, query(), clock=clock)
    assert time.monotonic() - begun < 5


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_to_all_processes_ends_all_quietly(folder, number):
    four(folder)
    program = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parents[3])!r})
from datetime import timedelta
from iacwatch.clock import SystemClock
from iacwatch.errors import Stopping
from iacwatch.aws.sessions import Sessions
from iacwatch.storage.files import open_store
from iacwatch.trails.log_files import workers
from iacwatch.trails.log_files.trail import LogFiles
from tests.adapters.trails.test_log_layouts import query
workers._WORTH, workers._BATCH = 0, 1
workers.deepcopy = lambda _: time.sleep(60)
workers.os.sched_getaffinity = lambda _: (0, 1)
clock = SystemClock()
with clock.listening():
    print("begun", flush=True)
    try:
        LogFiles(store=open_store({str(folder)!r}, Sessions()), clock=clock).collect([query()])
    except Stopping as stopping:
        sys.exit(stopping.exit_code)
"""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, **streams, start_new_session=True) as process:
        process.stdout.readline()
        time.sleep(1.5)
        begun = time.monotonic()
        (os.kill if number == signal.SIGKILL else os.killpg)(process.pid, number)
        _, trouble = process.communicate(timeout=20)
    assert time.monotonic() - begun < 5
    assert trouble == ""
    assert process.returncode == {signal.SIGTERM: 143, signal.SIGKILL: -9}[number]
    assert any(ended(process.pid) for _ in range(50))


def ended(group):
    """Wait a moment, and say whether nobody is left of a group of processes."""
    time.sleep(0.1)
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False

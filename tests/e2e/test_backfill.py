"""`iacwatch backfill` from outside: the real command against the AWS on loopback."""

import json
import os
import pty
import re
import signal
import time
from collections import Counter
from contextlib import suppress
from functools import partial

import pytest

from tests.fixtures import command, history_folder
from tests.fixtures.command import records, slack
from tests.fixtures.small_world import REGION, ago, call, group_id, item, listed, message

ONLY = ("--resource-type", "AWS::EC2::SecurityGroup")
JSONL = ("--format", "jsonl")
DAY = ("--since", "1d", *JSONL)
GONE = {"configuration": None, "tags": {}, "configurationItemStatus": "ResourceDeleted"}
OPENED = {"ipPermissions": [{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": ["0.0.0.0/0"]}]}


def opened(number, minutes=60):
    """Return the item of a group that somebody opened, to the millisecond."""
    return item(number, ago(minutes), configuration={"groupId": group_id(number), **OPENED})


def fill(aws, *numbers, minutes=60):
    """Let somebody open groups that have been there for days; return their items."""
    documents = [opened(number, minutes) for number in numbers]
    for number, document in zip(numbers, documents, strict=True):
        aws.add_item(item(number, ago(4000)))
        aws.add_item(document)
        aws.add_event(call(number, minutes), resource_names=listed(number))
    return documents


@pytest.fixture
def backfill(run):
    return partial(run, "backfill", *ONLY, timeout=100)


def calls(aws):
    return Counter(each.operation for each in aws.calls)


def ids(done):
    return sorted(found["change"]["resource_id"] for found in records(done))


def groups(*numbers):
    return [group_id(number) for number in numbers]


def kept(home):
    return [path.name for path in (home / ".local/state/iacwatch/backfill").glob("*")]


def test_who_opened_groups_in_the_range_is_named_and_what_changed_is_worked_out(aws, run, tmp_path):
    fill(aws, 1, 2, minutes=120)
    fill(aws, 3, minutes=3 * 1440)
    aws.add_item(item(4, ago(4000)))
    aws.add_item(item(4, ago(90), **GONE))
    aws.add_event(call(4, 90, name="DeleteSecurityGroup"), resource_names=listed(4))
    fill(aws, 5, minutes=60)
    until = ago(80).strftime("%Y-%m-%dT%H:%M:%SZ")
    line = ("backfill", "--since", "36h", "--until", until, *JSONL, "--fail-on", "out-of-band")
    done = run("--log-format", "json", *line, **slack(aws))
    assert done.returncode == 3, done.stderr
    assert ids(done) == groups(1, 2, 4)
    for found in records(done):
        assert (found["verdict"], found["actor"]["name"]) == ("out-of-band", "alice@example.com")
        if found["change"]["resource_id"] == group_id(4):
            assert (found["change"]["change_type"], found["change"]["managed_by"]) == ("DELETE", "terraform")
            assert found["event"]["event_name"] == "DeleteSecurityGroup"
            continue
        assert found["change"]["previous_captured_at"] is not None
        paths = [each["path"] for each in found["change"]["changed_properties"]]
        assert paths == ["Configuration.GroupName", "Configuration.IpPermissions.0"]
    entries = [json.loads(text) for text in done.stderr.splitlines()]
    (data,) = [entry["data"] for entry in entries if "data" in entry]
    assert data["reported"] == {"out-of-band": 3}
    assert "Config: histories" not in done.stderr, "a pipe shows no bars"
    # Nothing is written to AWS, and nobody is told unless asked.
    reads = {"SelectResourceConfig", "ListDiscoveredResources", "GetResourceConfigHistory", "LookupEvents"}
    assert set(calls(aws)) == {"GetCallerIdentity", *reads}
    assert aws.slack_messages == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 143)])
def test_a_run_that_was_killed_goes_on_where_it_was_and_its_report_is_whole(
    aws, backfill, tmp_path, number, code
):
    fill(aws, *range(1, 41))
    aws.latency = 0.05
    report = tmp_path / "drift.jsonl"
    report.write_text("last week's")
    line = (*DAY, "--output", str(report))
    process = command.start(aws, tmp_path, "backfill", *ONLY, *line)
    while calls(aws)["GetResourceConfigHistory"] < 30:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == code
    assert (out, report.read_text()) == ("", "last week's")
    if number == signal.SIGTERM:
        assert list(tmp_path.glob(".*unfinished*")) == []
    assert "Traceback" not in err
    before = calls(aws)["GetResourceConfigHistory"]
    aws.latency = 0
    done = backfill(*line)
    assert done.returncode == 0, done.stderr
    assert len(report.read_text().splitlines()) == 40
    assert "going on with the run of" in done.stderr
    assert calls(aws)["GetResourceConfigHistory"] - before <= 40 - 10
    assert kept(tmp_path) == []


def test_the_files_of_config_are_enough_and_what_holds_none_is_no_answer(aws, backfill, tmp_path):
    documents = [*fill(aws, 1, 2, 3), *(item(number, ago(4000)) for number in (1, 2, 3))]
    history_folder.deliver(tmp_path / "files", [(each, REGION) for each in documents])
    files = backfill(*DAY, "--changes", str(tmp_path / "files"))
    assert (files.returncode, ids(files)) == (0, groups(1, 2, 3)), files.stderr
    assert set(calls(aws)) == {"GetCallerIdentity", "LookupEvents"}
    (tmp_path / "empty").mkdir()
    none = backfill(*DAY, "--changes", str(tmp_path / "empty"), "--fail-on", "out-of-band")
    assert (none.returncode, none.stderr.count("Error: ")) == (1, 1)
    assert "there is no file of AWS Config's history: check --changes" in none.stderr


def test_a_failure_costs_its_object_alone_and_the_same_command_goes_on(aws, backfill, tmp_path):
    fill(aws, *range(1, 6))
    aws.fail("config", "GetResourceConfigHistory", "ValidationException")
    first = backfill(*DAY)
    assert (first.returncode, len(records(first)), len(kept(tmp_path))) == (1, 4, 1)
    assert "the same command tries again" in first.stderr
    second = backfill(*DAY)
    assert (second.returncode, ids(second), kept(tmp_path)) == (0, groups(*range(1, 6)), []), second.stderr


def test_the_reconciliation_tells_exactly_what_the_queue_missed(aws, queue, drain, backfill):
    documents = fill(aws, *range(1, 7))
    for document in documents[:3]:
        aws.send(queue, message(document))
    drained = drain(**slack(aws))
    assert (drained.returncode, len(records(drained))) == (0, 3), drained.stderr
    new = ("--since", "26h", "--new", *JSONL)
    assert ids(backfill(*new)) == groups(4, 5, 6)
    posts = len(aws.slack_messages)
    first = backfill(*new, "--slack", **slack(aws))  # what was shown without Slack was not remembered
    assert (first.returncode, ids(first)) == (0, groups(4, 5, 6)), first.stderr
    assert "3 reported before" in first.stderr
    (post,) = aws.slack_messages[posts:]
    assert all(f"web-{number}" in json.dumps(post) for number in (4, 5, 6))
    second = backfill(*new, "--slack", **slack(aws))
    assert (second.returncode, second.stdout) == (0, ""), second.stderr
    assert len(aws.slack_messages) == posts + 1


def test_a_terminal_shows_how_far_it_is_and_the_report_is_not_torn(aws, tmp_path):
    fill(aws, *range(1, 11))
    aws.latency = 0.1
    ours, theirs = pty.openpty()
    streams = {"stderr": theirs}
    line = ("backfill", *DAY, *ONLY)
    process = command.start(aws, tmp_path, *line, streams=streams, TERM="xterm-256color", COLUMNS="120")
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # Linux's way to say that the other end is closed
        while piece := os.read(ours, 65536):
            shown += piece
    os.close(ours)
    report, _ = process.communicate(timeout=30)
    assert (process.returncode, len([*map(json.loads, report.splitlines())])) == (0, 10)
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode())
    assert re.search(r"\d+ of 10 resources, \d+ Config calls and \d+ s left", plain)
    assert "10 changes: 10 findings" in plain

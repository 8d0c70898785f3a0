"""`iacwatch backfill` from outside: the real command against the AWS on loopback."""

import json
import os
import pty
import re
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress
from functools import partial

import pytest

from tests.fixtures import command, history_folder, moto_aws
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
    fill(aws, 1, 2)
    fill(aws, 3, minutes=3 * 1440)
    aws.add_item(item(4, ago(4000)))
    aws.add_item(item(4, ago(90), **GONE))
    aws.add_event(call(4, 90, name="DeleteSecurityGroup"), resource_names=listed(4))
    left = tmp_path / ".local/state/iacwatch/backfill"
    left.mkdir(parents=True)
    for name, days in (("old", 20), ("recent", 2)):
        (left / f"{name}.sqlite3").touch()
        os.utime(left / f"{name}.sqlite3", (ago(days * 1440).timestamp(),) * 2)
    line = ("--log-format", "json", "backfill", "--since", "36h", *JSONL, "--fail-on", "out-of-band")
    done = run(*line, **slack(aws))
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
    assert data["work"]["resources looked at"] >= 2
    # Nothing is written to AWS, nobody is told unless asked, and what an old run left is thrown away.
    reads = {"SelectResourceConfig", "ListDiscoveredResources", "GetResourceConfigHistory", "LookupEvents"}
    assert set(calls(aws)) == {"GetCallerIdentity", *reads}
    assert aws.slack_messages == []
    assert kept(tmp_path) == ["recent.sqlite3"]


def test_the_range_may_be_given_by_times_and_ends_where_things_have_settled(aws, backfill):
    for number, minutes in ((1, 10), (2, 300), (3, 600)):
        fill(aws, number, minutes=minutes)
    until = ago(200).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert ids(backfill("--since", "400m", "--until", until, *JSONL)) == groups(2)
    for document in (item(4, ago(4000)), opened(4, 10)):
        aws.add_item(document)
    young = backfill("--since", "15m", "--until", "1m", *JSONL)
    assert ids(young) == groups(1)
    assert "too early to judge: 1; ask again after" in young.stderr
    assert "Config: histories" not in young.stderr, "a pipe shows no bars"


def test_the_files_of_config_are_enough_and_what_holds_none_is_no_answer(aws, backfill, tmp_path):
    documents = [*fill(aws, 1, 2, 3), *(item(number, ago(4000)) for number in (1, 2, 3))]
    history_folder.deliver(tmp_path / "files", [(each, REGION) for each in documents])
    files = backfill(*DAY, "--changes", str(tmp_path / "files"))
    assert (files.returncode, ids(files)) == (0, groups(1, 2, 3)), files.stderr
    assert set(calls(aws)) == {"GetCallerIdentity", "LookupEvents"}
    (tmp_path / "empty").mkdir()
    for place, words in (
        ("s3://no-such-bucket-here", "s3://no-such-bucket-here"),
        (str(tmp_path / "empty"), "there is no file of AWS Config's history: check --changes"),
    ):
        none = backfill(*DAY, "--changes", place, "--fail-on", "out-of-band", **moto_aws.environment())
        assert (none.returncode, none.stderr.count("Error: ")) == (1, 1)
        assert words in none.stderr


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


def test_what_was_answered_before_a_failure_is_not_asked_again_by_the_same_command(aws, backfill, tmp_path):
    fill(aws, *range(1, 11))
    fill(aws, 11, minutes=900)
    aws.fail("config", "GetResourceConfigHistory", "ValidationException")
    first = backfill(*DAY)
    assert first.returncode == 1
    assert "the same command tries again" in first.stderr
    assert len(records(first)) == 10
    assert len(kept(tmp_path)) == 1
    aws.calls.clear()
    second = backfill(*DAY)
    assert second.returncode == 0, second.stderr
    assert [found["actor"]["name"] for found in records(second)] == ["alice@example.com"] * 11
    assert calls(aws)["LookupEvents"] <= 3
    assert calls(aws)["SelectResourceConfig"] == 0
    assert kept(tmp_path) == []


def test_the_reconciliation_tells_exactly_what_the_queue_missed(aws, queue, drain, backfill):
    documents = fill(aws, *range(1, 13))
    for document in documents[:9]:
        aws.send(queue, message(document))
    drained = drain(**slack(aws))
    assert drained.returncode == 0, drained.stderr
    assert len(records(drained)) == 9
    new = ("--since", "26h", "--new", *JSONL)
    for _ in range(2):  # without Slack, what is new is shown and not remembered
        assert ids(backfill(*new)) == groups(10, 11, 12)
    posts = len(aws.slack_messages)
    first = backfill(*new, "--slack", **slack(aws))
    assert first.returncode == 0, first.stderr
    assert ids(first) == groups(10, 11, 12)
    assert "9 reported before" in first.stderr
    (post,) = aws.slack_messages[posts:]
    assert all(f"web-{number}" in json.dumps(post) for number in (10, 11, 12))
    for more in ("--slack", "--dry-run"):
        second = backfill(*new, more, **slack(aws))
        assert (second.returncode, second.stdout) == (0, ""), second.stderr
    assert len(aws.slack_messages) == posts + 1


def test_a_terminal_shows_how_far_it_is_and_the_report_is_not_torn(aws, tmp_path):
    fill(aws, *range(1, 31))
    aws.latency = 0.03
    ours, theirs = pty.openpty()
    report = tmp_path / "report.jsonl"
    with report.open("w") as out:
        streams = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": theirs}
        line = ("backfill", *DAY, *ONLY)
        process = command.start(aws, tmp_path, *line, streams=streams, TERM="xterm-256color", COLUMNS="120")
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # Linux's way to say that the other end is closed
        while piece := os.read(ours, 65536):
            shown += piece
    os.close(ours)
    assert process.wait(timeout=30) == 0
    assert len([json.loads(line) for line in report.read_text().splitlines()]) == 30
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode())
    assert "Config: histories" in plain
    assert re.search(r"\d+ of 30 resources, \d+ Config calls and \d+ s left", plain)
    assert "30 changes: 30 findings" in plain

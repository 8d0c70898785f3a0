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
from datetime import UTC, datetime
from functools import partial

import pytest

from tests.fixtures import command, history_folder, moto_aws
from tests.fixtures.command import records, slack
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, group_id, item, listed, message

GROUP = "AWS::EC2::SecurityGroup"
ONLY = ("--resource-type", GROUP)
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
    return list((home / ".local/state/iacwatch/backfill").glob("*"))


def test_who_opened_groups_in_the_range_is_named_and_what_changed_is_worked_out(aws, run, tmp_path):
    fill(aws, 1, 2)
    fill(aws, 3, minutes=3 * 1440)
    aws.add_item(item(4, ago(4000)))
    aws.add_item(item(4, ago(90), **GONE))
    aws.add_event(call(4, 90, name="DeleteSecurityGroup"), resource_names=listed(4))
    left = tmp_path / ".local/state/iacwatch/backfill"
    left.mkdir(parents=True)
    for name, days in (("old", 20), ("recent", 2)):
        path = left / f"{name}.sqlite3"
        path.touch()
        os.utime(path, (ago(days * 1440).timestamp(),) * 2)
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
        assert [each["path"] for each in found["change"]["changed_properties"]] == [
            "Configuration.GroupName",
            "Configuration.IpPermissions.0",
        ]
    entries = [json.loads(text) for text in done.stderr.splitlines()]
    (data,) = [entry["data"] for entry in entries if "data" in entry]
    assert data["reported"] == {"out-of-band": 3}
    assert data["work"]["resources looked at"] >= 2
    # Nothing is written to AWS, nobody is told unless asked, and what an old run left is thrown away.
    assert set(calls(aws)) == {
        "GetCallerIdentity",
        "SelectResourceConfig",
        "ListDiscoveredResources",
        "GetResourceConfigHistory",
        "LookupEvents",
    }
    assert aws.slack_messages == []
    assert [path.name for path in kept(tmp_path)] == ["recent.sqlite3"]


def test_the_range_may_be_given_by_times_and_ends_where_things_have_settled(aws, backfill):
    for number, minutes in ((1, 10), (2, 300), (3, 600)):
        fill(aws, number, minutes=minutes)
    until = ago(200).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert ids(backfill("--since", "400m", "--until", until, *JSONL)) == groups(2)
    assert ids(backfill("--since", "400m", *JSONL)) == groups(2)
    aws.add_item(item(4, ago(4000)))
    aws.add_item(opened(4, 10))
    young = backfill("--since", "15m", "--until", "1m", *JSONL)
    assert ids(young) == groups(1)
    assert "too early to judge: 1; ask again after" in young.stderr
    assert "Config: histories" not in young.stderr, "a pipe shows no bars"
    assert "\x1b" not in young.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Missing option '--since'"),
        (("--since", "10m"), "now less give_up_after"),
        (("--since", "3d", "--until", "4d"), "which is --until"),
        (("--since", "3d", "--until", "2999-01-01"), "--until lies in the future"),
        (("--since", "3d", "--resource-type", "bucket"), "bucket is not a resource type"),
        (("--since", "3d", "--account", "12"), "12 is not an account id"),
        (("--since", "3d", "--account", "999988887777"), "not in [accounts] allowed"),
        (("--since", "3d", "--regions", "eu-west-1,mars"), "mars is not an AWS region"),
        (("--since", "3d", "--changes", "/no/such/folder"), "no file or folder"),
        (("--since", "3d", "--changes", "s3://"), "names no bucket"),
        (("--since", "1d", "--changes", " "), "--changes is empty"),
    ],
)
def test_wrong_usage_is_one_sentence_and_asks_nothing_of_config(aws, run, arguments, words):
    done = run("backfill", *arguments)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert done.stderr.count("Error: ") == 1
    assert set(calls(aws)) <= {"GetCallerIdentity"}


def test_several_accounts_and_regions_are_looked_at(aws, backfill):
    other, far = "222233334444", "us-east-1"
    aws.add_role(f"arn:aws:iam::{other}:role/iacwatch-read")
    for account, region in ((ACCOUNT, REGION), (ACCOUNT, far), (other, REGION)):
        for document in (item(1, ago(4000)), opened(1)):
            arn = f"arn:aws:ec2:{region}:{account}:security-group/{group_id(1)}"
            aws.add_item({**document, "awsAccountId": account, "awsRegion": region, "ARN": arn})
    done = backfill(
        *(*DAY, "--regions", f"{REGION},{far}", "--account", ACCOUNT, "--account", other),
        IACWATCH_ACCOUNTS__ALLOWED=json.dumps([other]),
        IACWATCH_ACCOUNTS__ROLE_NAME="iacwatch-read",
    )
    assert done.returncode == 0, done.stderr
    places = {(found["change"]["account_id"], found["change"]["region"]) for found in records(done)}
    assert places == {(ACCOUNT, REGION), (ACCOUNT, far), (other, REGION)}


def history_document(row):
    """Return an item that the fake holds as a file of Config's spells it."""
    renamed = {"version": "configurationItemVersion", "accountId": "awsAccountId", "arn": "ARN"}
    document = {renamed.get(name, name): value for name, value in row.items()}
    document["configuration"] = json.loads(document.get("configuration", "null"))
    at = datetime.fromtimestamp(row["configurationItemCaptureTime"], UTC)
    document["configurationItemCaptureTime"] = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return document


def test_the_files_of_config_in_a_folder_or_a_bucket_give_the_same_report_as_its_api(aws, backfill, tmp_path):
    fill(aws, *range(1, 8))
    aws.add_item(item(9, ago(4000)))
    aws.add_item(item(9, ago(90), **GONE))
    root, bucket = tmp_path / "files", moto_aws.bucket()
    held = [(history_document(row), place[1]) for place, rows in aws.config._items.items() for _, row in rows]
    history_folder.deliver(root, held)
    client = moto_aws.client("s3")
    for path in root.rglob("*.gz"):
        client.put_object(Bucket=bucket, Key=path.relative_to(root).as_posix(), Body=path.read_bytes())
    api = backfill(*DAY)
    assert (api.returncode, len(records(api))) == (0, 8), api.stderr
    aws.calls.clear()
    for place in (str(root), f"s3://{bucket}"):
        files = backfill(*DAY, "--changes", place, **moto_aws.environment())
        assert (files.returncode, records(files)) == (0, records(api)), files.stderr
    assert set(calls(aws)) == {"GetCallerIdentity", "LookupEvents"}
    # What holds no file of Config's is no answer.
    (tmp_path / "empty").mkdir()
    for place, words in (
        ("s3://no-such-bucket-here", "s3://no-such-bucket-here"),
        (str(tmp_path / "empty"), "there is no file of AWS Config's history: check --changes"),
    ):
        none = backfill(*DAY, "--changes", place, "--fail-on", "out-of-band", **moto_aws.environment())
        assert (none.returncode, none.stderr.count("Error: ")) == (1, 1)
        assert words in none.stderr


def wait_for(aws, process, operation, count):
    end = time.monotonic() + 30
    while calls(aws)[operation] < count:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_was_killed_goes_on_where_it_was_and_its_report_is_whole(aws, backfill, tmp_path, number):
    fill(aws, *range(1, 81))
    aws.latency = 0.05
    report = tmp_path / "drift.jsonl"
    report.write_text("last week's")
    line = (*DAY, "--output", str(report))
    process = command.start(aws, tmp_path, "backfill", *ONLY, *line)
    wait_for(aws, process, "GetResourceConfigHistory", 45)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == {signal.SIGKILL: -9, signal.SIGTERM: 143}[number]
    assert (out, report.read_text()) == ("", "last week's")
    if number == signal.SIGTERM:
        assert list(tmp_path.glob(".*unfinished*")) == []
    assert "Traceback" not in err
    before = calls(aws)["GetResourceConfigHistory"]
    aws.latency = 0
    done = backfill(*line)
    assert done.returncode == 0, done.stderr
    assert len(report.read_text().splitlines()) == 80
    assert "going on with the run of" in done.stderr
    assert calls(aws)["GetResourceConfigHistory"] <= 80 + 45
    assert calls(aws)["GetResourceConfigHistory"] - before <= 80 - 25
    assert kept(tmp_path) == []


def test_what_was_answered_before_a_failure_is_not_asked_again_by_the_same_command(aws, backfill, tmp_path):
    fill(aws, *range(1, 11))
    fill(aws, 11, minutes=900)
    aws.fail("config", "GetResourceConfigHistory", "ValidationException")
    first = backfill(*DAY)
    assert first.returncode == 1
    assert "the same command tries again" in first.stderr
    assert len(records(first)) == 10
    asked = calls(aws)["LookupEvents"]
    other = backfill("--since", "25h", *JSONL)
    assert other.returncode == 0
    assert "going on" not in other.stderr
    asked_by_other = calls(aws)["LookupEvents"] - asked
    assert len(kept(tmp_path)) == 1
    second = backfill(*DAY)
    assert second.returncode == 0, second.stderr
    assert len(records(second)) == 11
    assert {found["actor"]["name"] for found in records(second)} == {"alice@example.com"}
    assert calls(aws)["LookupEvents"] - asked - asked_by_other <= 3
    assert calls(aws)["SelectResourceConfig"] == 2 * 2
    assert kept(tmp_path) == []
    for form in ("jsonl", "html"):
        full = backfill("--since", "26h", "--format", form, "--output", "/dev/full")
        assert full.returncode == 1
        assert "No space left on device" in full.stderr
        aws.calls.clear()
        assert backfill("--since", "26h", "--format", form).returncode == 0
        assert calls(aws)["GetResourceConfigHistory"] == 0, "what was gathered was kept"


def test_the_reconciliation_tells_exactly_what_the_queue_missed(aws, queue, drain, backfill):
    documents = fill(aws, *range(1, 13))
    for document in documents[:9]:
        aws.send(queue, message(document))
    drained = drain(**slack(aws))
    assert drained.returncode == 0, drained.stderr
    told = {found["finding_id"] for found in records(drained)}
    assert len(told) == 9
    new = ("--since", "26h", "--new", *JSONL)
    for _ in range(2):  # without Slack, what is new is shown and not remembered
        assert ids(backfill(*new)) == groups(10, 11, 12)
    posts = len(aws.slack_messages)
    first = backfill(*new, "--slack", **slack(aws))
    assert first.returncode == 0, first.stderr
    assert ids(first) == groups(10, 11, 12)
    assert told.isdisjoint(found["finding_id"] for found in records(first))
    assert "9 reported before" in first.stderr
    (post,) = aws.slack_messages[posts:]
    assert all(f"web-{number}" in json.dumps(post) for number in (10, 11, 12))
    for more in (("--slack",), ("--dry-run",)):
        second = backfill(*new, *more, **slack(aws))
        assert (second.returncode, second.stdout) == (0, ""), second.stderr
    assert len(aws.slack_messages) == posts + 1
    everything = backfill("--since", "26h", *JSONL)
    assert {found["finding_id"] for found in records(everything)} > told


def test_a_global_change_that_another_region_told_is_not_new(aws, run):
    of_iam, arn = "AWS::IAM::Role", f"arn:aws:iam::{ACCOUNT}:role/deploy"
    role = {
        "resourceType": of_iam,
        "resourceId": "AROAEXAMPLE0000000001",
        "resourceName": "deploy",
        "ARN": arn,
    }
    for region, minutes in ((REGION, 90), ("us-east-1", 89)):
        for when, size in ((4000, 1), (minutes, 2)):
            state = {"roleName": "deploy", "maxSessionDuration": size}
            document = item(1, ago(when), configuration=state, awsRegion="global", **role)
            aws.add_item(document, recorded_in=region)
    event = call(1, 90, name="UpdateRole", eventSource="iam.amazonaws.com", awsRegion="us-east-1")
    event["requestParameters"] = {"roleName": "deploy", "maxSessionDuration": 2}
    event["responseElements"] = None
    aws.add_event(event)
    line = ("backfill", "--since", "26h", *JSONL, "--verdict", "all", "--resource-type", of_iam)
    (found,) = records(run(*line, "--slack", "--regions", REGION, **slack(aws)))
    assert (found["verdict"], found["event"]["event_name"]) == ("out-of-band", "UpdateRole")
    second = run(*line, "--new", "--regions", "us-east-1")
    assert (second.returncode, second.stdout) == (0, ""), second.stderr
    assert len(records(run(*line, "--regions", f"{REGION},us-east-1"))) == 1


def test_a_terminal_shows_how_far_it_is_and_the_report_is_not_torn(aws, tmp_path):
    fill(aws, *range(1, 31))
    aws.latency = 0.03
    ours, theirs = pty.openpty()
    report = tmp_path / "report.jsonl"
    with report.open("w") as out:
        process = command.start(
            *(aws, tmp_path, "backfill", *DAY, *ONLY),
            streams={"stdin": subprocess.DEVNULL, "stdout": out, "stderr": theirs},
            TERM="xterm-256color",
            COLUMNS="120",
        )
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

"""`iacwatch backfill` from outside: the real command against the AWS on loopback."""

import json
import os
import pty
import re
import signal
import subprocess
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command, history_folder, moto_aws
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, group_id, item, listed, message

GROUP = "AWS::EC2::SecurityGroup"
ONLY = ("--resource-type", GROUP)
GONE = {"configuration": None, "tags": {}, "configurationItemStatus": "ResourceDeleted"}
OPENED = {"ipPermissions": [{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": ["0.0.0.0/0"]}]}


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


def opened(number, minutes=60):
    """Return the item of a group that somebody opened, to the millisecond."""
    return item(number, ago(minutes), configuration={"groupId": group_id(number), **OPENED})


def fill(aws, *numbers, minutes=60, who="alice@example.com"):
    """Let somebody open groups that have been there for days; return their items."""
    documents = [opened(number, minutes) for number in numbers]
    for number, document in zip(numbers, documents, strict=True):
        aws.add_item(item(number, ago(4000)))
        aws.add_item(document)
        aws.add_event(call(number, minutes, who=who), resource_names=listed(number))
    return documents


def backfill(aws, home, *arguments, before=(), types=ONLY, **more):
    return command.run(aws, home, *before, "backfill", *arguments, *types, timeout=100, **more)


def findings(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def calls(aws):
    return Counter(each.operation for each in aws.calls)


def kept(home):
    return list((home / ".local/state/iacwatch/backfill").glob("*"))


def slack(aws):
    return {
        "IACWATCH_SLACK__TOKEN": "xoxb-demo",
        "IACWATCH_SLACK__CHANNEL": "#infra",
        "IACWATCH_SLACK__API_URL": aws.slack_url,
    }


def test_who_opened_groups_in_the_range_is_named_and_what_changed_is_worked_out(aws, tmp_path):
    fill(aws, 1, 2)
    fill(aws, 3, minutes=3 * 1440)
    done = backfill(aws, tmp_path, "--since", "36h", "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    assert {found["change"]["resource_id"] for found in findings(done)} == {group_id(1), group_id(2)}
    for found in findings(done):
        assert (found["verdict"], found["actor"]["name"]) == ("out-of-band", "alice@example.com")
        assert found["change"]["previous_captured_at"] is not None
        assert [each["path"] for each in found["change"]["changed_properties"]] == [
            "Configuration.GroupName",
            "Configuration.IpPermissions.0",
        ]
    assert "2 changes: 2 findings" in done.stderr
    assert "Config calls" in done.stderr
    assert kept(tmp_path) == []


def test_nothing_is_written_to_aws_and_nobody_is_told_unless_asked(aws, tmp_path):
    fill(aws, 1)
    done = backfill(aws, tmp_path, "--since", "1d", types=(), **slack(aws))
    assert done.returncode == 0, done.stderr
    assert set(calls(aws)) == {
        "GetCallerIdentity",
        "SelectResourceConfig",
        "ListDiscoveredResources",
        "GetResourceConfigHistory",
        "LookupEvents",
    }
    assert aws.slack_messages == []


def test_a_managed_group_that_was_deleted_by_hand_is_told(aws, tmp_path):
    aws.add_item(item(1, ago(4000)))
    aws.add_item(item(1, ago(60), **GONE))
    aws.add_event(call(1, 60, name="DeleteSecurityGroup"), resource_names=listed(1))
    done = backfill(aws, tmp_path, "--since", "1d", "--format", "jsonl", "--fail-on", "out-of-band")
    assert done.returncode == 3, done.stderr
    (found,) = findings(done)
    assert (found["change"]["change_type"], found["change"]["managed_by"]) == ("DELETE", "terraform")
    assert found["event"]["event_name"] == "DeleteSecurityGroup"


def test_the_range_may_be_given_by_times_and_ends_where_things_have_settled(aws, tmp_path):
    fill(aws, 1, minutes=10)
    fill(aws, 2, minutes=300)
    fill(aws, 3, minutes=600)
    until = ago(200).strftime("%Y-%m-%dT%H:%M:%SZ")
    done = backfill(aws, tmp_path, "--since", "400m", "--until", until, "--format", "jsonl")
    assert [found["change"]["resource_id"] for found in findings(done)] == [group_id(2)]
    done = backfill(aws, tmp_path, "--since", "400m", "--format", "jsonl")
    assert [found["change"]["resource_id"] for found in findings(done)] == [group_id(2)]
    done = backfill(aws, tmp_path, "--since", "15m", "--until", "1m", "--format", "jsonl")
    assert [found["change"]["resource_id"] for found in findings(done)] == [group_id(1)]


def test_what_is_too_young_for_a_verdict_is_said(aws, tmp_path):
    aws.add_item(item(1, ago(4000)))
    aws.add_item(opened(1, 10))
    done = backfill(aws, tmp_path, "--since", "15m", "--until", "1m")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "too early to judge: 1; ask again after" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Missing option '--since'"),
        (("--since", "soon"), "--since soon is not a time; write 2026-11-20"),
        (("--since", "2026-11-01T10:00:00"), "has no time zone"),
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
def test_wrong_usage_is_one_sentence_and_asks_nothing_of_config(aws, tmp_path, arguments, words):
    done = backfill(aws, tmp_path, *arguments, types=())
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert done.stderr.count("Error: ") == 1
    assert set(calls(aws)) <= {"GetCallerIdentity"}


def test_beyond_the_trails_reach_it_says_so_at_once_and_points_to_the_log_files(aws, tmp_path):
    fill(aws, 1, minutes=100 * 1440)
    done = backfill(aws, tmp_path, "--since", "120d", "--format", "jsonl")
    first = done.stderr.index("does not reach back so far")
    assert "--trail" in done.stderr
    assert first < done.stderr.index("changes:")
    assert {found["verdict"] for found in findings(done)} == {"unattributed"}
    within = backfill(aws, tmp_path, "--since", "30d")
    assert "does not reach" not in within.stderr


def test_several_accounts_and_regions_are_looked_at(aws, tmp_path):
    other, far = "222233334444", "us-east-1"
    aws.add_role(f"arn:aws:iam::{other}:role/iacwatch-read")
    for account, region in ((ACCOUNT, REGION), (ACCOUNT, far), (other, REGION)):
        for minutes in (4000, 60):
            document = opened(1, minutes) if minutes == 60 else item(1, ago(minutes))
            arn = f"arn:aws:ec2:{region}:{account}:security-group/{group_id(1)}"
            aws.add_item({**document, "awsAccountId": account, "awsRegion": region, "ARN": arn})
    done = backfill(
        aws,
        tmp_path,
        *("--since", "1d", "--format", "jsonl", "--regions", f"{REGION},{far}"),
        *("--account", ACCOUNT, "--account", other),
        IACWATCH_ACCOUNTS__ALLOWED=json.dumps([other]),
        IACWATCH_ACCOUNTS__ROLE_NAME="iacwatch-read",
    )
    assert done.returncode == 0, done.stderr
    places = {(found["change"]["account_id"], found["change"]["region"]) for found in findings(done)}
    assert places == {(ACCOUNT, REGION), (ACCOUNT, far), (other, REGION)}


def test_the_files_of_config_give_the_same_report_as_its_api_without_asking_it(aws, tmp_path):
    fill(aws, *range(1, 8))
    aws.add_item(item(9, ago(4000)))
    aws.add_item(item(9, ago(90), **GONE))
    items = [
        (history_document(row), place[1]) for place, rows in aws.config._items.items() for _, row in rows
    ]
    root = tmp_path / "files"
    history_folder.deliver(root, items)
    api = backfill(aws, tmp_path, "--since", "1d", "--format", "jsonl")
    aws.calls.clear()
    files = backfill(aws, tmp_path, "--since", "1d", "--format", "jsonl", "--changes", str(root))
    assert (api.returncode, files.returncode) == (0, 0), files.stderr
    assert len(findings(api)) == 8
    assert findings(api) == findings(files)
    assert set(calls(aws)) == {"GetCallerIdentity", "LookupEvents"}


def test_files_in_a_bucket_are_read_with_our_own_credentials(aws, tmp_path):
    root, bucket = tmp_path / "files", f"config-{uuid4().hex}"
    items = [(item(1, ago(4000)), REGION), (opened(1), REGION)]
    history_folder.deliver(root, items)
    client = moto_aws.client("s3")
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    for path in root.rglob("*.gz"):
        client.put_object(Bucket=bucket, Key=path.relative_to(root).as_posix(), Body=path.read_bytes())
    arguments = ("--since", "1d", "--format", "jsonl", "--changes")
    done = backfill(aws, tmp_path, *arguments, f"s3://{bucket}", **moto_aws.environment())
    assert done.returncode == 0, done.stderr
    assert [found["change"]["resource_id"] for found in findings(done)] == [group_id(1)]
    missing = backfill(aws, tmp_path, *arguments, "s3://no-such-bucket-here", **moto_aws.environment())
    assert missing.returncode == 1
    assert "s3://no-such-bucket-here" in missing.stderr
    assert missing.stderr.count("Error: ") == 1


def history_document(row):
    """Return an item that the fake holds as a file of Config's spells it."""
    renamed = {"version": "configurationItemVersion", "accountId": "awsAccountId", "arn": "ARN"}
    document = {renamed.get(name, name): value for name, value in row.items()}
    document["configuration"] = json.loads(document.get("configuration", "null"))
    at = datetime.fromtimestamp(row["configurationItemCaptureTime"], UTC)
    document["configurationItemCaptureTime"] = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return document


def started(aws, home, *arguments):
    return command.start(aws, home, "backfill", *arguments, *ONLY)


def wait_for(aws, process, operation, count):
    end = time.monotonic() + 30
    while calls(aws)[operation] < count:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_run_that_was_killed_goes_on_where_it_was_and_its_report_is_whole(aws, tmp_path, number):
    fill(aws, *range(1, 81))
    aws.latency = 0.05
    arguments = ("--since", "1d", "--format", "jsonl")
    process = started(aws, tmp_path, *arguments)
    wait_for(aws, process, "GetResourceConfigHistory", 45)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == {signal.SIGKILL: -9, signal.SIGTERM: 143, signal.SIGINT: 130}[number]
    assert out == ""
    assert "Traceback" not in err
    before = calls(aws)["GetResourceConfigHistory"]
    aws.latency = 0
    done = backfill(aws, tmp_path, *arguments)
    assert done.returncode == 0, done.stderr
    assert len(findings(done)) == 80
    assert "going on with the run of" in done.stderr
    assert calls(aws)["GetResourceConfigHistory"] <= 80 + 45
    assert calls(aws)["GetResourceConfigHistory"] - before <= 80 - 25
    assert kept(tmp_path) == []


def test_what_cloudtrail_answered_before_the_end_is_not_asked_again(aws, tmp_path):
    fill(aws, *range(1, 11))
    fill(aws, 11, minutes=900)
    aws.fail("config", "GetResourceConfigHistory", "ValidationException")
    arguments = ("--since", "1d", "--format", "jsonl")
    first = backfill(aws, tmp_path, *arguments)
    assert first.returncode == 1
    assert "the same command tries again" in first.stderr
    assert len(findings(first)) == 10
    asked = calls(aws)["LookupEvents"]
    second = backfill(aws, tmp_path, *arguments)
    assert second.returncode == 0, second.stderr
    assert len(findings(second)) == 11
    assert {found["actor"]["name"] for found in findings(second)} == {"alice@example.com"}
    assert calls(aws)["LookupEvents"] - asked <= 3
    assert calls(aws)["SelectResourceConfig"] == 2
    assert kept(tmp_path) == []


def test_a_run_with_other_arguments_begins_anew(aws, tmp_path):
    fill(aws, 1)
    aws.fail("config", "GetResourceConfigHistory", "ValidationException")
    assert backfill(aws, tmp_path, "--since", "1d").returncode == 1
    other = backfill(aws, tmp_path, "--since", "2d")
    assert other.returncode == 0
    assert "going on" not in other.stderr
    assert len(kept(tmp_path)) == 1


def test_the_reconciliation_tells_exactly_what_the_queue_missed(aws, tmp_path):
    queue = aws.create_queue("changes")
    documents = fill(aws, *range(1, 13))
    for document in documents[:9]:
        aws.send(queue, message(document))
    drained = command.run(aws, tmp_path, "drain", "--queue-url", queue, "--format", "jsonl", **slack(aws))
    assert drained.returncode == 0, drained.stderr
    told = {found["finding_id"] for found in findings(drained)}
    assert len(told) == 9
    posts = len(aws.slack_messages)
    arguments = ("--since", "26h", "--slack", "--new", "--format", "jsonl")
    first = backfill(aws, tmp_path, *arguments, **slack(aws))
    assert first.returncode == 0, first.stderr
    missed = {group_id(number) for number in (10, 11, 12)}
    assert {found["change"]["resource_id"] for found in findings(first)} == missed
    assert told.isdisjoint(found["finding_id"] for found in findings(first))
    assert "9 reported before" in first.stderr
    (post,) = aws.slack_messages[posts:]
    assert all(f"web-{number}" in json.dumps(post) for number in (10, 11, 12))
    second = backfill(aws, tmp_path, *arguments, **slack(aws))
    assert (second.returncode, second.stdout) == (0, ""), second.stderr
    assert len(aws.slack_messages) == posts + 1
    everything = backfill(aws, tmp_path, "--since", "26h", "--format", "jsonl")
    assert {found["finding_id"] for found in findings(everything)} > told


def test_new_without_slack_shows_what_is_new_and_remembers_nothing(aws, tmp_path):
    fill(aws, 1)
    for _ in range(2):
        done = backfill(aws, tmp_path, "--since", "26h", "--new", "--format", "jsonl")
        assert len(findings(done)) == 1, done.stderr
    told = backfill(aws, tmp_path, "--since", "26h", "--slack", **slack(aws))
    assert told.returncode == 0, told.stderr
    assert len(aws.slack_messages) == 1
    done = backfill(aws, tmp_path, "--since", "26h", "--new", "--format", "jsonl", "--dry-run")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_a_global_change_that_another_region_told_is_not_new(aws, tmp_path):
    role = {
        "resourceType": "AWS::IAM::Role",
        "resourceId": "AROAEXAMPLE0000000001",
        "resourceName": "deploy",
        "awsRegion": "global",
        "ARN": f"arn:aws:iam::{ACCOUNT}:role/deploy",
    }
    for region, minutes in ((REGION, 90), ("us-east-1", 89)):
        for when, size in ((4000, 1), (minutes, 2)):
            configuration = {"roleName": "deploy", "maxSessionDuration": size}
            aws.add_item(item(1, ago(when), configuration=configuration, **role), recorded_in=region)
    event = call(1, 90, name="UpdateRole", eventSource="iam.amazonaws.com", awsRegion="us-east-1")
    event["requestParameters"] = {"roleName": "deploy", "maxSessionDuration": 2}
    event["responseElements"] = None
    aws.add_event(event)
    arguments = ("--since", "26h", "--format", "jsonl", "--verdict", "all")
    types = ("--resource-type", "AWS::IAM::Role")
    first = backfill(aws, tmp_path, *arguments, "--slack", "--regions", REGION, types=types, **slack(aws))
    (found,) = findings(first)
    assert (found["verdict"], found["event"]["event_name"]) == ("out-of-band", "UpdateRole")
    second = backfill(aws, tmp_path, *arguments, "--new", "--regions", "us-east-1", types=types)
    assert (second.returncode, second.stdout) == (0, ""), second.stderr
    both = backfill(aws, tmp_path, *arguments, "--regions", f"{REGION},us-east-1", types=types)
    assert len(findings(both)) == 1, both.stderr


def test_a_report_in_a_file_is_whole(aws, tmp_path):
    fill(aws, *range(1, 6))
    report = tmp_path / "report.jsonl"
    done = backfill(aws, tmp_path, "--since", "1d", "--format", "jsonl", "--output", str(report))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert len(report.read_text().splitlines()) == 5


def test_a_folder_that_is_not_configs_is_no_answer(aws, tmp_path):
    (tmp_path / "empty").mkdir()
    done = backfill(
        aws, tmp_path, "--since", "1d", "--changes", str(tmp_path / "empty"), "--fail-on", "out-of-band"
    )
    assert done.returncode == 1
    assert "there is no file of AWS Config's history: check --changes" in done.stderr


@pytest.mark.parametrize("form", ["jsonl", "html"])
def test_a_report_that_could_not_be_written_is_a_failure_and_what_was_gathered_is_kept(aws, tmp_path, form):
    fill(aws, 1)
    asked = ("--since", "1d", "--format", form)
    done = backfill(aws, tmp_path, *asked, "--output", "/dev/full")
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    aws.calls.clear()
    assert backfill(aws, tmp_path, *asked).returncode == 0
    assert calls(aws)["GetResourceConfigHistory"] == 0


def test_a_run_that_is_stopped_leaves_an_earlier_report_as_it_was(aws, tmp_path):
    fill(aws, *range(1, 60))
    aws.latency = 0.1
    report = tmp_path / "drift.md"
    report.write_text("last week's")
    process = started(aws, tmp_path, "--since", "1d", "--format", "markdown", "--output", str(report))
    wait_for(aws, process, "GetResourceConfigHistory", 3)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 143
    assert report.read_text() == "last week's"
    assert [each.name for each in tmp_path.glob(".*unfinished*")] == []


def test_the_log_is_structured_where_that_is_asked_for(aws, tmp_path):
    fill(aws, 1)
    done = backfill(aws, tmp_path, "--since", "1d", before=("--log-format", "json"), types=())
    (summary,) = [json.loads(line) for line in done.stderr.splitlines() if '"data"' in line]
    data = summary["data"]
    assert data["reported"] == {"out-of-band": 1}
    assert data["work"]["resources looked at"] == 1
    assert any("deleted resources of other than" in gap for gap in data["not_seen"])


def test_a_denied_call_is_told_once_and_is_a_failure(aws, tmp_path):
    fill(aws, 1)
    aws.deny("config", "SelectResourceConfig")
    done = backfill(aws, tmp_path, "--since", "1d")
    assert done.returncode == 1
    assert "config:SelectResourceConfig" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_terminal_shows_how_far_it_is_and_the_report_is_not_torn(aws, tmp_path):
    fill(aws, *range(1, 31))
    aws.latency = 0.03
    ours, theirs = pty.openpty()
    report = tmp_path / "report.jsonl"
    with report.open("w") as out:
        process = command.start(
            *(aws, tmp_path, "backfill", "--since", "1d", "--format", "jsonl", *ONLY),
            streams={"stdin": subprocess.DEVNULL, "stdout": out, "stderr": theirs},
            TERM="xterm-256color",
            COLUMNS="120",
        )
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert process.wait(timeout=30) == 0
    assert len([json.loads(line) for line in report.read_text().splitlines()]) == 30
    told = shown.decode()
    assert "Config: histories" in told
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", told)
    assert re.search(r"\d+ of 30 resources, \d+ Config calls and \d+ s left", plain)
    assert "30 changes: 30 findings" in told


def test_a_pipe_shows_no_bars(aws, tmp_path):
    fill(aws, 1)
    done = backfill(aws, tmp_path, "--since", "1d")
    assert "Config: histories" not in done.stderr
    assert "\x1b" not in done.stderr


def test_help_tells_each_option(tmp_path):
    told = command.run(None, tmp_path, "backfill", "--help").stdout
    for name in ("--since", "--until", "--changes", "--resource-type", "--account", "--regions", "--new"):
        assert name in told


def test_old_leftovers_are_thrown_away(aws, tmp_path):
    folder = tmp_path / ".local/state/iacwatch/backfill"
    folder.mkdir(parents=True)
    for name, days in (("old", 20), ("recent", 2)):
        path = folder / f"{name}.sqlite3"
        path.write_bytes(b"")
        moment = (datetime.now(UTC) - timedelta(days=days)).timestamp()
        os.utime(path, (moment, moment))
    backfill(aws, tmp_path, "--since", "1d")
    assert [path.name for path in kept(tmp_path)] == ["recent.sqlite3"]

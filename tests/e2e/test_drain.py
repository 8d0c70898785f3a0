"""`iacwatch drain` from outside: the real command against the AWS on loopback."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import time
from datetime import timedelta

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command
from tests.fixtures.small_world import ago, call, change, group_id, item, listed, message
from tests.fixtures.unreadable import UNREADABLE


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


@pytest.fixture
def queue(aws):
    dead = aws.create_queue("dead")
    return aws.create_queue("changes", visibility=30, max_receives=10, dlq_url=dead)


def fill(aws, queue, *numbers, minutes=60):
    for number in numbers:
        aws.send(queue, change(number, minutes))
        aws.add_event(call(number, minutes), resource_names=listed(number))


def drain(aws, home, queue, *arguments, before=(), **more):
    return command.run(aws, home, *before, "drain", "--queue-url", queue, *arguments, **more)


def findings(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def slack(aws):
    return {
        "IACWATCH_SLACK__TOKEN": "xoxb-demo",
        "IACWATCH_SLACK__CHANNEL": "#infra",
        "IACWATCH_SLACK__API_URL": aws.slack_url,
    }


def test_answers_that_are_none_are_failures_and_all_messages_stay(aws, queue, tmp_path):
    fill(aws, queue, 1)
    gone = item(2, ago(50), configurationItemStatus="ResourceDeleted", configuration=None)
    del gone["tags"]
    aws.send(queue, message(gone, {"changedProperties": {}, "changeType": "DELETE"}))
    aws.fail("cloudtrail", "LookupEvents", "page", times=1_000)
    aws.fail("config", "GetResourceConfigHistory", "empty", times=1_000)
    done = drain(aws, tmp_path, queue)
    assert done.returncode == 1
    assert len(aws.messages(queue)) == 2
    assert (
        "AWS's address answered with a page (HTML); check for a proxy, a captive portal or a wrong"
        in done.stderr
    )
    assert "AWS's address answered with no configurationItems" in done.stderr
    assert "2 messages: 0 findings, 0 ignored, 0 reported before, 0 deferred, 2 failed" in done.stderr


def test_a_refusal_names_the_kind_of_policy_that_refuses(aws, queue, tmp_path):
    fill(aws, queue, 1)
    aws.deny("cloudtrail", "LookupEvents", "with an explicit deny in a service control policy")
    done = drain(aws, tmp_path, queue)
    assert done.returncode == 1
    assert (
        "on cloudtrail:LookupEvents; an explicit deny in a service control policy forbids it" in done.stderr
    )
    assert "grant cloudtrail" not in done.stderr


def test_who_opened_a_group_by_hand_is_named_and_the_message_is_deleted(aws, queue, tmp_path):
    fill(aws, queue, 1)
    done = drain(aws, tmp_path, queue, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    (found,) = findings(done)
    assert found["verdict"] == "out-of-band"
    assert found["actor"]["name"] == "alice@example.com"
    assert found["change"]["resource_id"] == group_id(1)
    assert found["change"]["changed_properties"][0]["path"] == "Configuration.IpPermissions.0"
    assert found["event"]["lag_s"] in {40, 41}
    assert aws.messages(queue) == []
    assert "1 message: 1 finding" in done.stderr


def test_the_table_names_the_person_and_the_object(aws, queue, tmp_path):
    fill(aws, queue, 1)
    done = drain(aws, tmp_path, queue)
    assert done.returncode == 0, done.stderr
    assert "alice@example.com" in done.stdout
    assert "web-1" in done.stdout
    assert "\x1b" not in done.stdout


def test_no_aws_call_writes_but_to_the_queue(aws, queue, tmp_path):
    fill(aws, queue, 1, 2)
    aws.send(queue, change(3))
    drain(aws, tmp_path, queue, **slack(aws))
    operations = {(called.service, called.operation) for called in aws.calls if called.service != "slack"}
    assert operations <= {
        ("sqs", "GetQueueAttributes"),
        ("sqs", "ReceiveMessage"),
        ("sqs", "DeleteMessageBatch"),
        ("sqs", "ChangeMessageVisibilityBatch"),
        ("sts", "GetCallerIdentity"),
        ("cloudtrail", "LookupEvents"),
        ("config", "GetResourceConfigHistory"),
    }
    assert ("cloudtrail", "LookupEvents") in operations


def test_a_change_whose_event_is_late_waits_in_the_queue_and_is_told_when_the_event_comes(
    aws, queue, tmp_path
):
    aws.send(queue, change(1, 12))
    aws.add_event(call(1, 12), resource_names=listed(1), delivered_at=ago(-5))
    first = drain(aws, tmp_path, queue, "--format", "jsonl")
    assert (first.returncode, first.stdout) == (0, ""), first.stderr
    assert "1 deferred" in first.stderr
    (waiting,) = aws.messages(queue)
    assert timedelta(minutes=1) < waiting.visible_at - aws.clock.now() < timedelta(minutes=4)
    aws.jump(timedelta(minutes=6))
    second = drain(aws, tmp_path, queue, "--format", "jsonl")
    (found,) = findings(second)
    assert (found["verdict"], found["actor"]["name"]) == ("out-of-band", "alice@example.com")
    assert aws.messages(queue) == []


def test_what_nothing_explains_is_unattributed_only_after_giving_up(aws, queue, tmp_path):
    aws.send(queue, change(1, 30))
    aws.send(queue, change(2, 46))
    done = drain(aws, tmp_path, queue, "--format", "jsonl")
    (found,) = findings(done)
    assert (found["verdict"], found["change"]["resource_id"]) == ("unattributed", group_id(2))
    assert (found["actor"], found["event"]) == (None, None)
    assert len(aws.messages(queue)) == 1


def test_unreadable_messages_stay_for_redrive_with_a_line_each_and_the_good_are_told(aws, queue, tmp_path):
    fill(aws, queue, 1, 2, 3)
    bad = {aws.send(queue, body): name for name, body in UNREADABLE if body}
    assert len(bad) >= 55
    done = drain(aws, tmp_path, queue, "--format", "jsonl")
    assert done.returncode == 1
    assert {found["change"]["resource_id"] for found in findings(done)} == {group_id(n) for n in (1, 2, 3)}
    assert {left.id for left in aws.messages(queue)} == set(bad)
    assert "Traceback" not in done.stderr
    for message_id, name in bad.items():
        lines = [line for line in done.stderr.splitlines() if message_id in line]
        assert len(lines) == 1, name
        assert "cannot be read: " in lines[0], name
        assert len(lines[0]) < 700, name


def test_denied_lookups_are_one_sentence_and_lose_nothing(aws, queue, tmp_path):
    fill(aws, queue, 1)
    aws.deny("cloudtrail", "LookupEvents")
    done = drain(aws, tmp_path, queue)
    assert done.returncode == 1
    assert "cloudtrail:LookupEvents" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(aws.messages(queue)) == 1


def test_a_queue_that_is_not_there_is_one_sentence(aws, queue, tmp_path):
    done = drain(aws, tmp_path, queue + "-missing")
    assert done.returncode == 1
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1
    assert "does not exist" in errors[0]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"IACWATCH_ATTRIBUTION__LOOKBACK": "20"}, "attribution.lookback must be a duration"),
        ({"IACWATCH_ATTRIBUTION__LOKBACK": "20m"}, "did you mean IACWATCH_ATTRIBUTION__LOOKBACK?"),
        ({"IACWATCH_TRAIL__CALLS_PER_SECOND": "3"}, "trail.calls_per_second must be a number"),
    ],
)
def test_a_wrong_configuration_is_refused_before_anything_is_received(aws, queue, tmp_path, more, words):
    fill(aws, queue, 1)
    done = drain(aws, tmp_path, queue, **more)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("Error: ") == 1
    assert not [called for called in aws.calls if called.operation == "ReceiveMessage"]


def test_an_unknown_key_of_the_file_names_the_nearest(aws, queue, tmp_path):
    (tmp_path / "iacwatch.toml").write_text("[attribution]\nlook_back = '20m'\n")
    done = drain(aws, tmp_path, queue)
    assert done.returncode == 2
    assert "did you mean attribution.lookback?" in done.stderr


def test_without_a_queue_the_command_says_how_to_name_one(aws, tmp_path):
    done = command.run(aws, tmp_path, "drain")
    assert done.returncode == 2
    assert "--queue-url" in done.stderr


def test_fail_on_exits_with_three_where_such_a_finding_was_reported(aws, queue, tmp_path):
    fill(aws, queue, 1)
    assert drain(aws, tmp_path, queue, "--fail-on", "out-of-band").returncode == 3
    aws.send(queue, change(2, 60))
    assert drain(aws, tmp_path, queue, "--fail-on", "out-of-band").returncode == 0
    refused = drain(aws, tmp_path, queue, "--fail-on", "in-workflow")
    assert refused.returncode == 2
    assert "--verdict in-workflow" in refused.stderr


def test_a_reader_that_goes_away_is_no_error(aws, queue, tmp_path):
    fill(aws, queue, *range(1, 31))
    line = " ".join(command.line("drain", "--queue-url", queue, "--format", "jsonl"))
    done = subprocess.run(
        ["bash", "-c", f"{line} | head -1; exit ${{PIPESTATUS[0]}}"],
        env=command.environment(aws, tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
    assert done.returncode in {0, 141}


def test_sigterm_hands_everything_back_and_exits_with_143(queue, aws, tmp_path):
    aws.trail.rate = 0.5
    fill(aws, queue, *range(1, 41))
    started = command.start(aws, tmp_path, "drain", "--queue-url", queue, hurried=False)
    while not any(called.operation == "LookupEvents" for called in aws.calls):
        assert started.poll() is None, started.communicate()
        time.sleep(0.02)
    aws.deny("cloudtrail", "LookupEvents-none")
    aws.trail.rate = 0  # every lookup is refused as too many: the run waits, and is asked to end
    started.send_signal(signal.SIGTERM)
    out, err = started.communicate(timeout=25)
    assert started.returncode == 143, err
    assert "SIGTERM" in err
    assert "Traceback" not in err
    left = aws.messages(queue)
    done = 40 - len(left)
    assert len(out.splitlines()) >= done
    assert all(each.visible_at <= aws.clock.now() for each in left)


def test_a_dry_run_posts_nothing_deletes_nothing_and_gives_everything_back(aws, queue, tmp_path):
    fill(aws, queue, 1, 2)
    done = drain(aws, tmp_path, queue, "--format", "jsonl", "--dry-run", **slack(aws))
    assert done.returncode == 0, done.stderr
    assert len(findings(done)) == 2
    assert aws.slack_messages == []
    left = aws.messages(queue)
    assert len(left) == 2
    assert all(each.visible_at <= aws.clock.now() for each in left)
    assert not (tmp_path / ".local/state/iacwatch/ledger.sqlite3").exists()


def test_what_one_person_did_is_one_slack_message(aws, queue, tmp_path):
    fill(aws, queue, 1, 2, 3)
    done = drain(aws, tmp_path, queue, "--format", "jsonl", **slack(aws))
    assert done.returncode == 0, done.stderr
    (posted,) = aws.slack_messages
    assert "alice@example.com" in posted["text"]
    assert all(f"web-{number}" in json.dumps(posted) for number in (1, 2, 3))


def test_what_was_told_to_slack_is_not_told_again(aws, queue, tmp_path):
    first = change(1)
    aws.send(queue, first)
    aws.send(queue, first)
    aws.add_event(call(1), resource_names=listed(1))
    drain(aws, tmp_path, queue, **slack(aws))
    aws.send(queue, first)
    again = drain(aws, tmp_path, queue, **slack(aws))
    assert again.returncode == 0, again.stderr
    assert len(aws.slack_messages) == 1
    assert aws.messages(queue) == []


def test_slack_being_down_loses_nothing(aws, queue, tmp_path):
    fill(aws, queue, 1)
    aws.fail("slack", "chat.postMessage", "server_error", status=500, times=1000)
    down = drain(aws, tmp_path, queue, **slack(aws))
    assert down.returncode == 1
    assert "Slack" in down.stderr
    assert len(aws.messages(queue)) == 1
    aws.faults._faults.clear()
    aws.jump(timedelta(minutes=15))
    up = drain(aws, tmp_path, queue, **slack(aws))
    assert up.returncode == 0, up.stderr
    assert len(aws.slack_messages) == 1
    assert aws.messages(queue) == []


def test_an_answer_that_is_not_slacks_costs_that_message_alone(aws, queue, tmp_path):
    for number, who in enumerate(("alice", "bob", "carol"), start=1):
        aws.send(queue, change(number))
        aws.add_event(call(number, who=f"{who}@example.com"), resource_names=listed(number))
    aws.fail("slack", "chat.postMessage", "ratelimited")
    aws.fail("slack", "chat.postMessage", 'raw:"ok"')
    done = drain(aws, tmp_path, queue, **slack(aws))
    assert done.returncode == 1
    assert (
        "something other than Slack answered the message to #infra, perhaps a proxy (HTTP 200)" in done.stderr
    )
    assert "fault in iacwatch" not in done.stderr
    assert "3 messages: 2 findings, 0 ignored, 0 reported before, 0 deferred, 1 failed" in done.stderr
    assert (len(aws.slack_messages), len(aws.messages(queue))) == (2, 1)


def test_no_secret_reaches_the_log(aws, queue, tmp_path):
    fill(aws, queue, 1)
    aws.fail("slack", "chat.postMessage", "invalid_auth", times=1000)
    done = drain(aws, tmp_path, queue, before=("-vv",), **slack(aws))
    told = done.stdout + done.stderr
    assert "invalid_auth" in told
    assert "xoxb-demo" not in told
    assert "a-secret-of-the-demo" not in told


def test_output_is_whole_and_messages_are_deleted_only_then(aws, queue, tmp_path):
    fill(aws, queue, 1, 2)
    report = tmp_path / "report.jsonl"
    done = drain(aws, tmp_path, queue, "--format", "jsonl", "--output", str(report))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert len(report.read_text().splitlines()) == 2
    assert aws.messages(queue) == []
    fill(aws, queue, 3)
    for wrong in (
        ("--output", str(tmp_path / "missing" / "report.csv")),
        ("--output", "report"),
        ("--output", "a.csv", "--output", "./a.csv"),
        ("--output", "a.csv", "--output", "b.xlsx", "--format", "csv"),
        ("--output", "a.csv", "--summary", "a.csv"),
        ("--summary", str(tmp_path / "missing" / "run.json")),
    ):
        lost = drain(aws, tmp_path, queue, *wrong)
        assert (lost.returncode, lost.stdout) == (2, ""), wrong
        assert re.match(r"Error: --(output|summary) [^\n]+\n$", lost.stderr), (wrong, lost.stderr)
    assert len(aws.messages(queue)) == 1


def test_several_reports_the_figures_and_what_github_actions_shows_in_one_run(aws, queue, tmp_path):
    fill(aws, queue, 1, 2)
    aws.send(queue, "nonsense")
    files = [tmp_path / f"all.{ending}" for ending in ("txt", "jsonl", "csv", "md", "html")]
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "page.md")}
    outputs = [word for file in files for word in ("--output", str(file))]
    asked = ("--format", "jsonl", *outputs, "--summary", "run.json", "--fail-on", "out-of-band")
    done = drain(aws, tmp_path, queue, *asked, **actions)
    assert done.returncode == 3, "findings outrank the message that nobody can read"
    assert len(findings(done)) == 2
    for file in files:
        assert f"sg-{1:017x}" in file.read_text() or group_id(1) in file.read_text(), file
    figures = json.loads((tmp_path / "run.json").read_text())
    assert (figures["schema"], figures["command"], figures["exit_code"]) == ("iacwatch.run/1", "drain", 3)
    assert figures["verdicts"] == {"out-of-band": 2}
    assert figures["outcomes"] == {
        "reported": 2,
        "ignored": 0,
        "reported_before": 0,
        "deferred": 0,
        "failed": 1,
    }
    (failure,) = figures["failures"]
    assert failure["what"].startswith("message ")
    assert failure["why"]
    assert figures["calls"]["LookupEvents"] >= 1
    assert figures["waiting"] == {"count": 0, "until": None}
    assert figures["started_at"] <= figures["ended_at"]
    notes = [line for line in done.stderr.splitlines() if line.startswith("::")]
    assert [line.partition(" ")[0] for line in notes] == ["::error", "::error"]
    assert (tmp_path / "page.md").read_text() == (tmp_path / "all.md").read_text()
    fill(aws, queue, 3)
    quiet = drain(aws, tmp_path, queue, "--no-ci", "--output", "one.csv", **actions)
    assert quiet.returncode == 0, quiet.stderr
    assert "::" not in {line[:2] for line in quiet.stderr.splitlines()}
    assert group_id(3) in quiet.stdout
    assert group_id(3) in (tmp_path / "one.csv").read_text()


def test_what_a_full_disk_kept_from_the_report_is_counted_as_failed_alone(aws, queue, tmp_path):
    fill(aws, queue, 1, 2)
    (tmp_path / "report.jsonl").symlink_to("/dev/full")
    done = drain(aws, tmp_path, queue, "--format", "jsonl", "--output", "report.jsonl")
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "2 messages: 0 findings, 0 ignored, 0 reported before, 0 deferred, 2 failed" in done.stderr
    assert "not reported" not in done.stderr
    assert len(aws.messages(queue)) == 2


def test_the_log_can_be_json(aws, queue, tmp_path):
    fill(aws, queue, 1)
    aws.send(queue, "nonsense")
    done = drain(aws, tmp_path, queue, before=("--log-format", "json"))
    entries = [json.loads(line) for line in done.stderr.splitlines()]
    assert {entry["level"] for entry in entries} == {"warning", "error", "info"}
    (summary,) = [entry for entry in entries if "data" in entry]
    assert summary["data"]["reported"] == {"out-of-band": 1}
    assert summary["data"]["failed"] == 1


def test_quiet_tells_errors_only(aws, queue, tmp_path):
    fill(aws, queue, 1)
    assert drain(aws, tmp_path, queue, before=("-q",)).stderr == ""


def test_a_workflow_silences_the_warning_and_covers_its_role(aws, queue, tmp_path):
    aws.send(queue, change(1))
    aws.add_event(call(1), resource_names=listed(1))
    flow = [{"name": "admins", "principals": ["arn:aws:iam::111122223333:role/aws-reserved/*"]}]
    done = drain(
        aws, tmp_path, queue, "--format", "jsonl", "--verdict", "all", IACWATCH_WORKFLOW=json.dumps(flow)
    )
    (found,) = findings(done)
    assert (found["verdict"], found["event"]["workflow"]) == ("in-workflow", "admins")
    assert "Warning" not in done.stderr


def test_without_a_workflow_what_terragrunt_does_itself_is_terraforms_workflow(aws, queue, tmp_path):
    aws.send(queue, change(1))
    agent = "aws-sdk-go/1.55.5 (go1.23.4; linux; amd64) terragrunt/v0.72.6"
    aws.add_event(call(1, userAgent=agent), resource_names=listed(1))
    (found,) = findings(drain(aws, tmp_path, queue, "--format", "jsonl", "--verdict", "all"))
    assert (found["verdict"], found["event"]["workflow"]) == ("in-workflow", "terraform (built in)")
    assert found["actor"]["tool"] == "terragrunt"


def test_the_ledger_is_private(aws, queue, tmp_path):
    fill(aws, queue, 1)
    drain(aws, tmp_path, queue, **slack(aws))
    ledger = tmp_path / ".local/state/iacwatch/ledger.sqlite3"
    assert ledger.stat().st_mode & 0o077 == 0
    with sqlite3.connect(ledger) as opened:
        assert opened.execute("pragma integrity_check").fetchone() == ("ok",)


def test_max_messages_leaves_the_rest(aws, queue, tmp_path):
    fill(aws, queue, *range(1, 31))
    done = drain(aws, tmp_path, queue, "--format", "jsonl", "--max-messages", "7")
    assert done.returncode == 0, done.stderr
    assert len(findings(done)) == 7
    assert len(aws.messages(queue)) == 23


def test_an_oversized_notification_is_completed_from_history(aws, queue, tmp_path):
    at = ago(60)
    document = item(1, at)
    before = item(1, ago(4000))
    before["configuration"] = {**before["configuration"], "description": "old"}
    aws.add_item(document)
    aws.add_item(before)
    summary = {
        name: document[name]
        for name in (
            "configurationItemCaptureTime",
            "configurationItemStatus",
            "awsAccountId",
            "awsRegion",
            "resourceType",
            "resourceId",
            "ARN",
        )
    }
    body = json.loads(message(document))
    body["detail"] = {
        "recordVersion": "1.0",
        "messageType": "OversizedConfigurationItemChangeNotification",
        "configurationItemSummary": {**summary, "changeType": "UPDATE"},
        "s3DeliverySummary": {"s3BucketLocation": None},
    }
    aws.send(queue, json.dumps(body))
    aws.add_event(call(1), resource_names=listed(1))
    done = drain(aws, tmp_path, queue, "--format", "jsonl")
    (found,) = findings(done)
    assert found["actor"]["name"] == "alice@example.com"
    assert [entry["path"] for entry in found["change"]["changed_properties"]] == ["Configuration.Description"]


def test_an_account_that_is_not_ours_fails_with_a_hint(aws, queue, tmp_path):
    aws.send(queue, change(1, awsAccountId="444455556666"))
    done = drain(aws, tmp_path, queue)
    assert done.returncode == 1
    assert "444455556666" in done.stderr
    assert "[accounts] allowed" in done.stderr
    assert len(aws.messages(queue)) == 1


def test_an_interrupt_exits_with_130(queue, aws, tmp_path):
    aws.trail.rate = 0
    fill(aws, queue, 1)
    started = command.start(aws, tmp_path, "drain", "--queue-url", queue, hurried=False)
    while not any(called.operation == "LookupEvents" for called in aws.calls):
        assert started.poll() is None
        time.sleep(0.02)
    os.kill(started.pid, signal.SIGINT)
    _, err = started.communicate(timeout=25)
    assert started.returncode == 130, err
    assert len(aws.messages(queue)) == 1


def test_odd_spellings_of_calls_callers_and_tags_are_read(aws, queue, tmp_path):
    def sent(kind, name, arn, diff, **fields):
        named = {"resourceType": kind, "resourceId": name, "resourceName": name, "ARN": arn, **fields}
        aws.send(queue, message(item(1, ago(60), **named), {"changedProperties": diff}))

    def called(name, service, request, **fields):
        source = f"{service}.amazonaws.com"
        aws.add_event(call(1, name=name, eventSource=source, requestParameters=request, **fields))

    spot = "i-0123456789abcdef0"
    state = {"instanceId": spot, "tags": [{"key": "managed-by", "value": "terraform"}]}
    gone = {"Configuration": {"previousValue": state, "updatedValue": None, "changeType": "DELETE"}}
    deleted = {"configurationItemStatus": "ResourceDeleted", "configuration": None, "tags": {}}
    sent("AWS::EC2::Instance", spot, f"arn:aws:ec2:eu-west-1:111122223333:instance/{spot}", gone, **deleted)
    taken = {"eventType": "AwsServiceEvent", "serviceEventDetails": {"instanceIdSet": [spot]}}
    service = {"accountId": "111122223333", "invokedBy": "ec2.amazonaws.com"}
    called("BidEvictedEvent", "ec2", None, userIdentity=service, **taken)

    longer = {"Configuration.Timeout": {"previousValue": 3, "updatedValue": 30, "changeType": "UPDATE"}}
    sent("AWS::Lambda::Function", "pay", "arn:aws:lambda:eu-west-1:111122223333:function:pay", longer)
    called("UpdateFunctionConfiguration20150331v2", "lambda", {"functionName": "pay:$LATEST"})

    path = "SupplementaryConfiguration.BucketTaggingConfiguration.TagSets.0.Tags.managed-by"
    untagged = {path: {"previousValue": "terraform", "updatedValue": None, "changeType": "DELETE"}}
    sent("AWS::S3::Bucket", "logs", "arn:aws:s3:::logs", untagged, tags={})
    carol = {"type": "AWSAccount", "principalId": "AROAX:carol@example.com", "accountId": "444455556666"}
    called("DeleteBucketTagging", "s3", {"bucketName": "logs"}, userIdentity=carol)

    grown = {
        "Configuration.AllocatedStorage": {"previousValue": 100, "updatedValue": 110, "changeType": "UPDATE"}
    }
    for name, at in (("db-GROWNBYITSELF", "full"), ("db-GROWNBYALICE", "idle")):
        database = {"dBInstanceIdentifier": at, "allocatedStorage": 110, "maxAllocatedStorage": 500}
        arn = f"arn:aws:rds:eu-west-1:111122223333:db:{at}"
        sent("AWS::RDS::DBInstance", name, arn, grown, resourceName=at, configuration=database)
    called("ModifyDBInstance", "rds", {"dBInstanceIdentifier": "idle", "allocatedStorage": 110})

    done = drain(aws, tmp_path, queue, "--format", "jsonl", "--verdict", "all")
    found = {
        each["change"]["resource_id"]: (each["verdict"], (each["actor"] or {}).get("name"))
        for each in findings(done)
    }
    assert found == {
        spot: ("aws-service", "ec2.amazonaws.com"),
        "pay": ("out-of-band", "alice@example.com"),
        "logs": ("out-of-band", "carol@example.com"),
        "db-GROWNBYITSELF": ("side-effect", None),
        "db-GROWNBYALICE": ("out-of-band", "alice@example.com"),
    }

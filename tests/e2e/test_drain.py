"""`iacwatch drain` from outside: the real command against the AWS on loopback."""

import json
import re
from datetime import timedelta

from tests.fixtures.command import records, slack
from tests.fixtures.small_world import ago, call, change, group_id, happen, listed


def test_who_opened_groups_by_hand_is_named_reported_once_and_the_messages_are_deleted(
    aws, queue, drain, tmp_path
):
    happen(aws, queue, 1, 2, copies=2)
    first = aws.messages(queue)[0].body
    done = drain(before=("-vv",), **slack(aws))
    assert done.returncode == 0, done.stderr
    assert "4 messages: 2 findings" in done.stderr
    for secret in ("xoxb-demo", "a-secret-of-the-demo"):
        assert secret not in done.stdout + done.stderr
    found, other = records(done)
    assert (found["verdict"], found["actor"]["name"]) == ("out-of-band", "alice@example.com")
    assert {found["change"]["resource_id"], other["change"]["resource_id"]} == {group_id(1), group_id(2)}
    assert found["change"]["changed_properties"][0]["path"] == "Configuration.IpPermissions.0"
    assert found["event"]["lag_s"] in {40, 41}
    (posted,) = aws.slack_messages
    assert "alice@example.com" in posted["text"]
    assert all(f"web-{number}" in json.dumps(posted) for number in (1, 2))
    assert (tmp_path / ".local/state/iacwatch/ledger.sqlite3").stat().st_mode & 0o077 == 0

    # What was posted is not posted again; a table and a log of JSON say the same to others.
    nonsense, early = aws.send(queue, "nonsense"), aws.send(queue, change(4, 12))
    for body in (first, change(3)):
        aws.send(queue, body)
    again = drain(form="table", before=("--log-format", "json"), **slack(aws))
    assert again.returncode == 1
    assert len(aws.slack_messages) == 2, "one more, of the lone change that nobody made"
    assert {each.id for each in aws.messages(queue)} == {nonsense, early}
    assert "alice@example.com" in again.stdout
    assert "web-1" in again.stdout
    assert "\x1b" not in again.stdout
    entries = [json.loads(line) for line in again.stderr.splitlines()]
    assert {entry["level"] for entry in entries} == {"warning", "error", "info"}
    (data,) = [entry["data"] for entry in entries if "data" in entry]
    assert data["reported"] == {"out-of-band": 1, "unattributed": 1}
    assert (data["failed"], data["deferred"]) == (1, 1)

    # No call writes but to the queue.
    writes = ("GetQueueAttributes", "ReceiveMessage", "DeleteMessageBatch", "ChangeMessageVisibilityBatch")
    reads = {"LookupEvents", "GetResourceConfigHistory"}
    operations = {called.operation for called in aws.calls if called.service != "slack"}
    assert reads < operations <= {*writes, *reads, "GetCallerIdentity"}


def test_a_change_whose_event_is_late_waits_in_the_queue(aws, queue, run, drain):
    aws.send(queue, change(1, 12))
    aws.add_event(call(1, 12), resource_names=listed(1), delivered_at=ago(-5))
    first = drain("--fail-on", "out-of-band")
    assert (first.returncode, first.stdout) == (0, ""), first.stderr
    assert "1 deferred" in first.stderr
    aws.jump(timedelta(minutes=6))
    second = drain("--fail-on", "out-of-band")
    assert second.returncode == 3
    (found,) = records(second)
    assert (found["verdict"], found["actor"]["name"]) == ("out-of-band", "alice@example.com")
    missing = run("drain", "--queue-url", queue + "-missing")
    assert (missing.returncode, missing.stderr.count("Error: ")) == (1, 1)
    assert "does not exist" in missing.stderr


def test_a_dry_run_posts_nothing_deletes_nothing_and_gives_everything_back(aws, queue, drain, tmp_path):
    happen(aws, queue, *range(20))
    done = drain("--dry-run", "--max-messages", "7", before=("-q",), **slack(aws))
    assert (done.returncode, done.stderr) == (0, "")
    assert len(records(done)) == 7
    assert aws.slack_messages == []
    left = aws.messages(queue)
    assert len(left) == 20
    assert all(each.visible_at <= aws.clock.now() for each in left)
    assert not (tmp_path / ".local/state/iacwatch/ledger.sqlite3").exists()


def test_several_reports_the_figures_and_what_github_actions_shows_in_one_run(aws, queue, drain, tmp_path):
    happen(aws, queue, 1, 2)
    aws.send(queue, "nonsense")
    files = [tmp_path / f"all.{ending}" for ending in ("txt", "jsonl", "csv", "md", "html")]
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "page.md")}
    outputs = [word for file in files for word in ("--output", str(file))]
    done = drain(*outputs, "--summary", "run.json", "--fail-on", "out-of-band", **actions)
    assert done.returncode == 3, "findings outrank the message that nobody can read"
    assert len(records(done)) == 2
    for file in files:
        assert group_id(1) in file.read_text(), file
    figures = json.loads((tmp_path / "run.json").read_text())
    assert (figures["schema"], figures["command"], figures["exit_code"]) == ("iacwatch.run/1", "drain", 3)
    assert figures["verdicts"] == {"out-of-band": 2}
    outcomes = {"reported": 2, "ignored": 0, "reported_before": 0, "deferred": 0, "failed": 1}
    assert figures["outcomes"] == outcomes
    assert figures["failures"][0]["what"].startswith("message ")
    notes = [line for line in done.stderr.splitlines() if line.startswith("::")]
    assert [line.partition(" ")[0] for line in notes] == ["::error", "::error"]
    assert (tmp_path / "page.md").read_text() == (tmp_path / "all.md").read_text()

    # A run that may not write its reports takes nothing from the queue.
    happen(aws, queue, 3)
    waiting = len(aws.messages(queue))
    for wrong in (
        ("--output", "missing/report.csv"),
        ("--output", "a.csv", "--output", "./a.csv"),
        ("--output", "a.csv", "--output", "b.xlsx", "--format", "csv"),
    ):
        lost = drain(*wrong)
        assert (lost.returncode, lost.stdout) == (2, ""), wrong
        assert re.match(r"Error: --(output|summary) [^\n]+\n$", lost.stderr), (wrong, lost.stderr)
    assert len(aws.messages(queue)) == waiting

    quiet = drain("--no-ci", "--output", "one", **actions)
    assert (quiet.returncode, quiet.stdout) == (0, ""), "--format is that of the one file"
    assert "::" not in {line[:2] for line in quiet.stderr.splitlines()}
    assert json.loads((tmp_path / "one").read_text())["change"]["resource_id"] == group_id(3)

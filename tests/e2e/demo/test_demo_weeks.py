"""The demo's weeks, and any command run against the demo: the truth held against what `backfill` says."""

import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from iacwatch.core.model import Verdict
from iacwatch.demo.fake.server import FakeAws
from iacwatch.demo.runner import Runner
from iacwatch.demo.story import stock
from iacwatch.demo.story.callers import Caller
from iacwatch.demo.story.day import day
from iacwatch.demo.story.thing import REGION, Thing
from iacwatch.demo.story.weeks import stock as weeks_stock
from iacwatch.demo.story.weeks import weeks
from tests.fixtures import command

ALL = ("--verdict", "all", "--format", "jsonl")
NOW = datetime(2026, 11, 24, 16, 30, 12, 345678, tzinfo=UTC)
WEEKS = weeks.recorded(NOW)


# What they hold.


def test_they_hold_some_two_hundred_changes_of_every_kind_that_the_product_tells_apart():
    assert 150 <= len(WEEKS.changes) <= 250
    verdicts = Counter(told.truth.verdict for told in WEEKS.changes)
    assert set(verdicts) == {*Verdict, None} - {Verdict.UNMANAGED}
    assert verdicts[Verdict.IN_WORKFLOW] > verdicts[Verdict.OUT_OF_BAND] >= 20
    assert len({told.thing.type for told in WEEKS.changes}) >= 14
    assert len({told.truth.actor for told in WEEKS.changes}) >= 10
    assert sum(told.thing.name == "web" for told in WEEKS.changes) >= 14


def test_they_end_four_days_ago_and_began_when_config_was_switched_on_ten_weeks_ago():
    captures = [datetime.fromisoformat(item["configurationItemCaptureTime"]) for item, _ in WEEKS.items]
    assert timedelta(days=69) < NOW - min(captures) < timedelta(days=70)
    assert max(captures) < NOW - timedelta(days=4)
    calls = [datetime.fromisoformat(each.document["eventTime"]) for each in WEEKS.events]
    assert min(calls) > NOW - timedelta(days=70)
    assert max(calls) < NOW - timedelta(days=3, hours=12)


def test_what_they_end_with_is_what_the_day_begins_with():
    things = [
        thing
        for thing in vars(stock).values()
        if isinstance(thing, Thing) and thing is not stock.REFUNDS_QUEUE  # which the day makes
    ]
    assert len(things) > 20
    assert {thing.arn: WEEKS.states[thing.type, thing.id, REGION] for thing in things} == {
        thing.arn: thing for thing in things
    }


def test_the_day_is_the_same_after_them_but_needs_no_items_of_last_week():
    alone, after = day.recorded(NOW), day.recorded(NOW, WEEKS.states)
    assert [each.body for each in after.arrivals] == [each.body for each in alone.arrivals]
    assert [each.document for each in after.events] == [each.document for each in alone.events]
    captures = [datetime.fromisoformat(item["configurationItemCaptureTime"]) for item, _ in after.items]
    assert min(captures) > NOW - timedelta(hours=9)
    assert after.items == [each for each in alone.items if each in after.items]


def test_each_history_looks_as_config_has_it():
    histories = defaultdict(list)
    for item, region in WEEKS.items:
        histories[item["resourceType"], item["resourceId"], region].append(item)
    for items in histories.values():
        captures = [item["configurationItemCaptureTime"] for item in items]
        assert captures == sorted(set(captures))
        first, *rest = [item["configurationItemStatus"] for item in items]
        assert first == "ResourceDiscovered"
        assert set(rest[:-1]) <= {"OK"}
        assert set(rest) <= {"OK", "ResourceDeleted"}
        parts = ("configuration", "supplementaryConfiguration", "relationships", "tags")
        states = [[item[part] for part in parts] for item in items]
        assert not any(one == other for one, other in pairwise(states))


def test_each_capture_follows_its_call_by_seconds_to_minutes():
    calls = defaultdict(list)
    for each in WEEKS.events:
        if not each.document["readOnly"] and "errorCode" not in each.document:
            calls[each.document["userIdentity"].get("arn")].append(
                datetime.fromisoformat(each.document["eventTime"])
            )
    for told in WEEKS.changes:
        if told.truth.actor is None:
            continue
        arns = {each.identity["arn"] for each in people() if each.name == told.truth.actor}
        lags = [(told.captured_at - at).total_seconds() for arn in arns for at in calls[arn]]
        assert any(20 <= lag <= 900 for lag in lags), told


def people():
    here = {**vars(stock), **vars(weeks_stock)}.values()
    return [each for each in here if isinstance(each, Caller)]


def test_one_object_was_never_touched_since_and_one_never_was_managed():
    quiet = [item for item, _ in WEEKS.items if item["resourceId"] == weeks_stock.AUDIT.id]
    assert [item["configurationItemStatus"] for item in quiet] == ["ResourceDiscovered"]
    assert quiet[0]["tags"]["managed-by"] == "terraform"
    grace = [item for item, _ in WEEKS.items if item["resourceId"] == weeks_stock.NOTEBOOKS.id]
    assert len(grace) == 4
    assert "managed-by" not in json.dumps(grace)


def test_they_are_the_same_for_the_same_now():
    again = weeks.recorded(NOW)
    assert again.items == WEEKS.items
    assert [each.document for each in again.events] == [each.document for each in WEEKS.events]
    ids = [each.document["eventID"] for each in WEEKS.events]
    assert len(set(ids)) == len(ids)


# What backfill says of them.


class Looked:
    """The weeks and the day, looked back at, all verdicts written as JSON Lines; AWS's pace is kept elsewhere."""

    def __init__(self, home: Path) -> None:
        with FakeAws(rate=1000) as aws:
            queue = aws.create_queue("iacwatch")
            self.weeks, self.day = weeks.and_day(aws.clock.now())
            self.weeks.put_into(aws)
            self.day.put_into(aws, queue)
            runner = Runner(aws=aws, queue_url=queue, home=home)
            self.done = subprocess.run(
                command.line("backfill", "--since", "65d", *ALL, hurried=True),
                env=runner.environment(),
                cwd=home,
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            self.calls = list(aws.calls)
        self.findings = {
            (
                found["change"]["resource_type"],
                found["change"]["resource_id"],
                found["change"]["captured_at"],
            ): found
            for found in map(json.loads, self.done.stdout.splitlines())
        }


@pytest.fixture(scope="module")
def looked(tmp_path_factory):
    return Looked(tmp_path_factory.mktemp("home"))


def test_every_change_gets_the_verdict_and_the_name_that_it_deserves(looked):
    assert looked.done.returncode == 0, looked.done.stderr
    wrong = {}
    for told in looked.weeks.changes:
        if told.recorded_in != REGION:
            continue
        truth, found = told.truth, looked.findings.get(told.key)
        said = found and (found["verdict"], found["actor"] and found["actor"]["name"])
        if truth.verdict is None:
            right = found is None
        elif truth.verdict is Verdict.AWS_SERVICE:
            right = found is not None and found["verdict"] == truth.verdict
        else:
            right = said == (truth.verdict, truth.actor)
        if not right:
            wrong[told.key] = (truth, said)
    assert wrong == {}, looked.done.stderr


def test_nothing_else_is_told_but_the_day(looked):
    ours = {told.key for told in looked.weeks.changes} | {each.key for each in looked.day.arrivals}
    assert looked.findings.keys() <= ours


def test_what_really_changed_is_worked_out_from_the_item_before(looked):
    untold = [
        key
        for told in looked.weeks.changes
        if (key := told.key) in looked.findings
        and told.before is not None  # it was there before
        and told.before is not told.thing  # and was not deleted
        and not looked.findings[key]["change"]["changed_properties"]
    ]
    assert untold == []


def test_few_look_ups_do_for_the_sixty_five_days(looked):
    look_ups = Counter(call.region for call in looked.calls if call.operation == "LookupEvents")
    events = (*looked.weeks.events, *looked.day.events)
    opened = sum(each.document["eventSource"] == "sts.amazonaws.com" for each in events)
    assert 20 < opened < 40
    assert look_ups.total() <= 45 + 1.3 * opened
    assert set(look_ups) == {"eu-west-1", "us-east-1"}


# Any command against the demo, from outside.


def demo(folder, *arguments, before=(), **more):
    return command.run(None, folder, *before, "demo", *arguments, **more)


def demo_as_it_is_typed(folder, *arguments, **more):
    return subprocess.run(
        [sys.executable, "-P", "-m", "iacwatch", "demo", *arguments],
        env=command.environment(None, folder, PYTHONPATH=str(Path(__file__).parents[3]), **more),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_command_runs_where_the_user_is_with_nothing_of_the_users_configuration(tmp_path):
    (tmp_path / "iacwatch.toml").write_text("nonsense = true\n")
    (tmp_path / "json.py").write_text("raise SystemExit('not this one')\n")
    (tmp_path / "tmp").mkdir()
    wrong = {
        "AWS_PROFILE": "missing",
        "AWS_ENDPOINT_URL_CONFIG": "http://127.0.0.1:9",
        "IACWATCH_REGION": "x",
    }
    done = demo_as_it_is_typed(
        tmp_path,
        *("backfill", "--since", "50d", "--resource-type", "AWS::SNS::Topic", "--verdict", "all"),
        *("--format", "jsonl", "--output", "past.jsonl", "--fail-on", "out-of-band"),
        TMPDIR=str(tmp_path / "tmp"),
        **wrong,
    )
    assert (done.returncode, done.stdout) == (3, ""), done.stderr
    found = [json.loads(line) for line in (tmp_path / "past.jsonl").read_text().splitlines()]
    (gone,) = (
        each
        for each in found
        if each["change"]["resource_name"] == "deploy-notices" and each["change"]["change_type"] == "DELETE"
    )
    assert (gone["verdict"], gone["actor"]["name"]) == ("out-of-band", "bob@example.com")
    assert list((tmp_path / "tmp").iterdir()) == []


def test_options_before_it_are_handed_on(tmp_path):
    done = demo(
        tmp_path, "who", "acme-audit-trail", before=("--log-format", "json", "-v", "--color", "always")
    )
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert any("acme-audit-trail" in each["message"] for each in told)
    nowhere = demo(tmp_path, "backfill", "--since", "3d", before=("--config", "none.toml"))
    assert nowhere.returncode == 2
    assert "none.toml" in nowhere.stderr


def test_what_was_given_up_is_in_the_dead_letter_queue(tmp_path):
    done = demo(tmp_path, "replay-dlq", "--list")
    assert done.returncode == 0, done.stderr
    assert "2 messages: 1 unreadable, 1 told" in done.stderr
    assert stock.ASSETS.id in done.stdout


def test_doctor_finds_the_account_set_up_but_for_what_the_demo_leaves_out(tmp_path):
    done = demo(tmp_path, "doctor", "--format", "jsonl")
    assert (done.returncode, done.stderr) == (0, "33 checks: 29 ok, 4 warn, 0 fail\n")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(each["seen"] or each["check"] == "slack.channel" for each in found)
    less = {each["check"] for each in found if each["status"] != "ok"}
    assert less == {"addresses.objects", "mapping", "reconcile", "slack.channel"}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("demo",), 2, "demo runs any command but itself"),
        (("show", "12345678"), 2, "the demo forgets what it reported"),
        (("--since", "5d"), 2, "--since is not an option of demo"),
        (("backfil",), 2, "there is no command 'backfil'; did you mean backfill?"),
        (("backfill", "--since", "never"), 2, "--since never is not a time"),
        (("who", "--help"), 0, "Usage: iacwatch who"),
        (("--help",), 0, "iacwatch demo backfill --since 60d"),
    ],
)
def test_the_exit_code_and_the_words_are_those_of_the_command(tmp_path, arguments, code, words):
    done = demo(tmp_path, *arguments)
    assert (done.returncode, words in done.stdout + done.stderr) == (code, True), done.stderr
    assert done.stderr.count("Error: ") == (1 if code else 0)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_is_passed_on_and_the_command_ends_in_its_own_way(tmp_path, number, code):
    (tmp_path / "tmp").mkdir()
    line = ("-v", "demo", "backfill", "--since", "60d")
    process = command.start(None, tmp_path, *line, TMPDIR=str(tmp_path / "tmp"))
    said = ""
    while "changes captured from" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    process.send_signal(number)
    _, rest = process.communicate(timeout=30)
    assert process.returncode == code, said + rest
    assert number.name in rest
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_terminal_gets_colour_and_a_table_that_fits(tmp_path):
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 90, 0, 0))
    process = subprocess.Popen(
        command.line("demo", "who", "grace-notebooks", "--resource-type", "AWS::S3::Bucket"),
        env=command.environment(
            None, tmp_path, PYTHONPATH=str(Path(__file__).parents[3]), TERM="xterm-256color", LANG="C.UTF-8"
        ),
        cwd=tmp_path,
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    read = b""
    try:
        while chunk := os.read(master, 65536):
            read += chunk
    except OSError:  # how a terminal says on Linux that nobody is at its other end any more
        pass
    finally:
        os.close(master)
    assert process.wait(timeout=60) == 0, read
    assert b"\x1b[" in read
    assert read.count(b"unmanaged") >= 4

"""The demo's weeks, and any command run against the demo: the truth held against what `backfill` says."""

import json
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from iacwatch.core.model import Verdict
from iacwatch.demo.fake.server import FakeAws
from iacwatch.demo.runner import Runner
from iacwatch.demo.story import stock
from iacwatch.demo.story.day import day
from iacwatch.demo.story.thing import REGION, Thing
from iacwatch.demo.story.weeks import weeks
from tests.e2e.demo.test_demo import said_of, wrong
from tests.fixtures import command
from tests.fixtures.manual import ROOT

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


def test_they_and_the_day_are_the_same_for_the_same_now():
    again, today = weeks.recorded(NOW), day.recorded(NOW)
    assert again.items == WEEKS.items
    assert [each.document for each in again.events] == [each.document for each in WEEKS.events]
    ids = [each.document["eventID"] for each in WEEKS.events]
    assert len(set(ids)) == len(ids)
    # The day is the same after them, but needs no items of last week.
    after = day.recorded(NOW, WEEKS.states)
    assert [each.body for each in after.arrivals] == [each.body for each in today.arrivals]
    assert [each.document for each in after.events] == [each.document for each in today.events]
    captures = [datetime.fromisoformat(item["configurationItemCaptureTime"]) for item, _ in after.items]
    assert min(captures) > NOW - timedelta(hours=9)
    assert after.items == [each for each in today.items if each in after.items]


# What backfill says of them.


class Looked:
    """The weeks and the day, looked back at, all verdicts written as JSON Lines; AWS's pace is kept elsewhere."""

    def __init__(self, home):
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
        self.findings = command.records(self.done)


@pytest.fixture(scope="module")
def looked(tmp_path_factory):
    return Looked(tmp_path_factory.mktemp("home"))


def test_every_change_gets_the_verdict_and_the_name_that_it_deserves(looked):
    assert looked.done.returncode == 0, looked.done.stderr
    said, changes = said_of(looked.findings), looked.weeks.changes
    here = ((each.key, each.truth) for each in changes if each.recorded_in == REGION)
    assert wrong(here, said) == {}, looked.done.stderr
    assert said.keys() <= {each.key for each in (*changes, *looked.day.arrivals)}, "nothing else is told"
    # What really changed is worked out from the item before, unless there was none, or it was deleted.
    shown = {
        key for key, found in zip(said, looked.findings, strict=True) if found["change"]["changed_properties"]
    }
    untold = [each for each in changes if each.key in said.keys() - shown and each.before is not None]
    assert [each for each in untold if each.before is not each.thing] == []


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


def test_a_command_runs_where_the_user_is_with_nothing_of_the_users_configuration(tmp_path):
    (tmp_path / "iacwatch.toml").write_text("nonsense = true\n")
    (tmp_path / "json.py").write_text("raise SystemExit('not this one')\n")
    (tmp_path / "tmp").mkdir()
    wrong = {
        "AWS_PROFILE": "missing",
        "AWS_ENDPOINT_URL_CONFIG": "http://127.0.0.1:9",
        "IACWATCH_REGION": "x",
    }
    past = ("--since", "50d", "--resource-type", "AWS::SNS::Topic", *ALL, "--output", "past.jsonl")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "iacwatch", "demo", "backfill", *past, "--fail-on", "out-of-band"],
        env=command.environment(None, tmp_path, PYTHONPATH=str(ROOT), TMPDIR=str(tmp_path / "tmp"), **wrong),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
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


def test_options_before_it_are_handed_on_and_what_was_given_up_is_in_the_dead_letter_queue(tmp_path):
    before = ("--log-format", "json", "-v", "--color", "always")
    done = demo(tmp_path, "replay-dlq", "--list", before=before)
    assert done.returncode == 0, done.stderr
    entries = [json.loads(line) for line in done.stderr.splitlines()]
    assert any("2 messages: 1 unreadable, 1 told" in each["message"] for each in entries)
    assert stock.ASSETS.id in done.stdout
    nowhere = demo(tmp_path, "backfill", "--since", "3d", before=("--config", "none.toml"))
    assert nowhere.returncode == 2
    assert "none.toml" in nowhere.stderr


def test_doctor_finds_the_account_set_up_but_for_what_the_demo_leaves_out(tmp_path):
    done = demo(tmp_path, "doctor", "--format", "jsonl")
    assert (done.returncode, done.stderr) == (0, "33 checks: 29 ok, 4 warn, 0 fail\n")
    found = command.records(done)
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


def test_a_terminal_gets_colour_and_a_table(tmp_path):
    line = ("demo", "who", "grace-notebooks", "--resource-type", "AWS::S3::Bucket")
    shown = command.on_a_terminal(None, tmp_path, *line, columns="90")
    assert "\x1b[" in shown
    assert shown.count("unmanaged") >= 4

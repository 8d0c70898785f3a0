"""`--trail athena`: every command that names people, with CloudTrail's table in Athena instead of lookups."""

import os
import re
import signal
import time
from collections import Counter
from datetime import timedelta

import pytest
import sqlglot
from sqlglot import exp

from iacwatch.demo.fake.server import FakeAws
from tests.e2e.test_backfill import ONLY, backfill, findings, opened
from tests.fixtures import command
from tests.fixtures.athena import tables
from tests.fixtures.athena.engine import Table
from tests.fixtures.athena.world import FakeAthena
from tests.fixtures.manual import page
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, group_id, item, message

DAYS = 120
OLD = DAYS * 1440
ATHENA = ("--trail", "athena")


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


@pytest.fixture
def athena():
    with FakeAthena() as fake:
        yield fake


def alive(athena, minutes):
    """Let the trail be seen to have been on around a time."""
    athena.alive([(ACCOUNT, REGION)], ago(minutes) - timedelta(days=1), min(ago(minutes - 1440), ago(2)))


def done_by(athena, *numbers, minutes=OLD, who="alice@example.com"):
    """Let somebody open groups, as the table tells it."""
    alive(athena, minutes)
    athena.add(*(call(number, minutes, who=who) for number in numbers))


def run(aws, athena, home, *line, **more):
    return command.run(aws, home, *line, **athena.environment(), **more)


def test_a_queue_is_drained_with_a_table_and_without_a_single_lookup(aws, athena, tmp_path):
    queue = aws.create_queue("changes")
    for number in (1, 2, 3):
        aws.send(queue, message(opened(number, OLD)))
    done_by(athena, 1, 2, 3)
    done = run(aws, athena, tmp_path, "drain", "--queue-url", queue, "--format", "jsonl", *ATHENA)
    assert done.returncode == 0, done.stderr
    assert [found["verdict"] for found in findings(done)] == ["out-of-band"] * 3
    assert {found["actor"]["name"] for found in findings(done)} == {"alice@example.com"}
    assert Counter(each.operation for each in aws.calls)["LookupEvents"] == 0
    assert aws.messages(queue) == []
    assert len(athena.asked) == 1


def test_what_passes_by_itself_is_asked_again_within_the_run_and_the_rest_says_what_to_do(
    aws, athena, tmp_path
):
    queue = aws.create_queue("changes")
    aws.send(queue, message(opened(1, OLD)))
    done_by(athena, 1)
    missing = "COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved or requester is not authorized"
    athena.failures = [("Please reduce your request rate. (Error Code: SlowDown)", {}), (missing, {})]
    done = run(aws, athena, tmp_path, "drain", "--queue-url", queue, *ATHENA)
    assert done.returncode == 1
    assert "COLUMN_NOT_FOUND" in done.stderr
    assert "`iacwatch doctor` says what the table must declare" in done.stderr
    assert "grant s3:" not in done.stderr
    assert len(aws.messages(queue)) == 1
    assert athena.failures == []


def test_a_past_of_half_a_year_stands_in_the_table_alone(aws, athena, tmp_path):
    for number in (1, 2):
        aws.add_item(item(number, ago(240 * 1440)))
        aws.add_item(opened(number, OLD))
    done_by(athena, 1, 2)
    source = {"IACWATCH_TRAIL__SOURCE": "athena"}
    done = backfill(
        *(aws, tmp_path, "--since", "200d", "--format", "jsonl"), **athena.environment(), **source
    )
    assert done.returncode == 0, done.stderr
    assert [found["verdict"] for found in findings(done)] == ["out-of-band"] * 2
    assert "does not reach back" not in done.stderr
    assert Counter(each.operation for each in aws.calls)["LookupEvents"] == 0


def test_more_than_may_be_scanned_is_refused_and_the_same_command_goes_on_with_more(aws, athena, tmp_path):
    queue = aws.create_queue("changes")
    aws.send(queue, message(opened(1, OLD)))
    done_by(athena, 1)
    line = ("drain", "--queue-url", queue, "--format", "jsonl", "--dry-run", *ATHENA)
    athena.polls = 1
    refused = run(aws, athena, tmp_path, *line, "--max-scan", "0.000001")
    assert refused.returncode == 1
    assert "cannot scan more than 1.0 kB" in refused.stderr
    assert "raise --max-scan" in refused.stderr
    assert not findings(refused)
    done = run(aws, athena, tmp_path, *line, "--max-scan", "1")
    assert done.returncode == 0, done.stderr
    assert re.search(r"Athena: [0-9.]+ kB scanned, about 0.01 USD at 5 USD a TB", done.stderr)
    assert len(findings(done)) == 1
    other = run(aws, athena, tmp_path, *line[:-2], "--trail", "api", "--max-scan", "1")
    assert other.returncode == 2
    assert "--max-scan limits what Athena reads, and no trail is a table there" in other.stderr


def test_a_run_over_the_past_whose_query_failed_goes_on_with_the_same_command(aws, athena, tmp_path):
    aws.add_item(item(1, ago(240 * 1440)))
    aws.add_item(opened(1, OLD))
    done_by(athena, 1)
    line = (aws, tmp_path, "--since", "200d", *ATHENA, "--format", "jsonl")
    athena.outcome = ("FAILED", "GENERIC_INTERNAL_ERROR: oops")
    first = backfill(*line, **athena.environment())
    assert first.returncode == 1
    assert "the query failed (GENERIC_INTERNAL_ERROR: oops); try again" in first.stderr
    athena.outcome = None
    again = backfill(*line, **athena.environment())
    assert again.returncode == 0, again.stderr
    assert [found["actor"]["name"] for found in findings(again)] == ["alice@example.com"]


def test_who_and_explain_ask_the_table_too(aws, athena, tmp_path):
    aws.add_item(item(1, ago(240 * 1440)))
    aws.add_item(opened(1, OLD))
    done_by(athena, 1)
    who = run(
        *(aws, athena, tmp_path, "who", group_id(1), "--since", "200d", *ONLY, *ATHENA, "--format", "jsonl")
    )
    assert who.returncode == 0, who.stderr
    assert findings(who)[0]["actor"]["name"] == "alice@example.com"
    told = run(aws, athena, tmp_path, "explain", "-", *ATHENA, stdin=message(opened(1, OLD)))
    assert told.returncode == 0, told.stderr
    assert "Athena's table audit.cloudtrail_logs_pp, eu-west-1" in told.stdout
    assert "alice@example.com" in told.stdout
    assert Counter(each.operation for each in aws.calls)["LookupEvents"] == 0


def test_dead_letters_are_replayed_with_the_table(aws, athena, tmp_path):
    dead = aws.create_queue("dead")
    aws.send(dead, message(opened(1, OLD)))
    done_by(athena, 1)
    done = run(aws, athena, tmp_path, "replay-dlq", "--dlq-url", dead, *ATHENA, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    assert [found["actor"]["name"] for found in findings(done)] == ["alice@example.com"]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda athena: athena.deny("StartQueryExecution"), "grant athena:StartQueryExecution"),
        (lambda athena: athena.workgroups.clear(), "check trail.athena_workgroup"),
        (lambda athena: athena.workgroups["primary"].update(output=None), "set trail.athena_output"),
        (lambda athena: athena.records.clear(), "it has no record of this account and region"),
        (lambda athena: setattr(athena, "table", Table({"a": "string"})), "does not declare eventid"),
    ],
)
def test_what_the_table_cannot_answer_is_a_failure_and_never_nobody(aws, athena, tmp_path, spoil, told):
    queue = aws.create_queue("changes")
    aws.send(queue, message(opened(1, OLD)))
    done_by(athena, 1)
    spoil(athena)
    done = run(aws, athena, tmp_path, "drain", "--queue-url", queue, "--format", "jsonl", *ATHENA)
    assert done.returncode == 1
    assert done.stdout == ""
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert len(aws.messages(queue)) == 1


def test_a_quiet_table_gives_nobody_once_it_is_known_to_hold_that_time(aws, athena, tmp_path):
    queue = aws.create_queue("changes")
    aws.add_item(item(1, ago(OLD + 2000)))
    aws.send(queue, message(opened(1, OLD)))
    alive(athena, OLD)
    done = run(aws, athena, tmp_path, "drain", "--queue-url", queue, "--format", "jsonl", *ATHENA)
    assert done.returncode == 0, done.stderr
    assert [found["verdict"] for found in findings(done)] == ["unattributed"]


def test_the_newest_change_is_not_judged_before_its_files_can_have_come(aws, athena, tmp_path):
    queue = aws.create_queue("changes")
    aws.add_item(item(1, ago(4000)))
    aws.send(queue, message(opened(1, 11)))
    athena.alive([(ACCOUNT, REGION)], ago(3000), ago(15))
    athena.add(call(1, 11, lag=300), delivered_at=ago(-5))
    done = run(aws, athena, tmp_path, "drain", "--queue-url", queue, "--format", "jsonl", *ATHENA)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "deferred: 1" in done.stderr
    assert len(aws.messages(queue)) == 1


def test_sigterm_stops_the_query_and_gives_the_messages_back(aws, athena, tmp_path):
    queue = aws.create_queue("changes")
    aws.send(queue, message(opened(1, OLD)))
    done_by(athena, 1)
    athena.polls = 10_000
    process = command.start(aws, tmp_path, "drain", "--queue-url", queue, *ATHENA, **athena.environment())
    while "GetQueryExecution" not in athena.calls:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 143
    assert [each["state"] for each in athena.executions.values()] == ["CANCELLED"]
    assert len(aws.messages(queue)) == 1


def test_the_table_that_awss_own_statement_makes_is_enough(aws, athena, tmp_path):
    athena.table = Table(tables.OFFICIAL, properties=tables.projected())
    queue = aws.create_queue("changes")
    aws.send(queue, message(opened(1, OLD)))
    done_by(athena, 1)
    done = run(aws, athena, tmp_path, "drain", "--queue-url", queue, "--format", "jsonl", *ATHENA)
    assert done.returncode == 0, done.stderr
    (found,) = findings(done)
    assert (found["verdict"], found["actor"]["via"]) == ("out-of-band", "sso")


def the_manuals_table():
    """Return the table that the manual's statement makes."""
    (statement,) = re.findall(r"<!-- the table: .*?```sql\n(.*?)```", page("athena"), re.DOTALL)
    tree = sqlglot.parse_one(statement, read="athena")
    assert (tree.this.this.db, tree.this.this.name) == ("audit", "cloudtrail")
    columns = {each.name: each.kind.sql(dialect="hive").lower() for each in tree.this.expressions}
    keys = {
        each.name: each.kind.sql(dialect="hive").lower()
        for each in tree.find(exp.PartitionedByProperty).this.expressions
    }
    properties = {
        each.name: each.args["value"].name
        for each in tree.args["properties"].expressions
        if type(each) is exp.Property
    }

    def parted(record, came):
        return {
            "account": record["recipientAccountId"],
            "region": record["awsRegion"],
            "timestamp": f"{came:%Y/%m/%d}",
        }

    return Table(columns, keys, properties, parted=parted)


def test_the_table_that_the_manual_makes_lacks_nothing(aws, athena, tmp_path):
    athena.table = the_manuals_table()
    assert athena.table.properties["projection.timestamp.format"] == "yyyy/MM/dd"
    queue = aws.create_queue("changes")
    aws.send(queue, message(opened(1, OLD)))
    done_by(athena, 1)
    told = run(aws, athena, tmp_path, "explain", "-", *ATHENA, stdin=message(opened(1, OLD)))
    assert "alice@example.com" in told.stdout
    assert "not declared" not in told.stdout
    (asked,) = athena.asked
    for part in (f"\"account\" IN ('{ACCOUNT}')", f"\"region\" IN ('{REGION}')", '"timestamp" IN ('):
        assert part in asked["statement"]
    looked = run(aws, athena, tmp_path, "doctor", IACWATCH_TRAIL__SOURCE="athena")
    for line in ("trail.columns", "trail.partitions", "trail.workgroup"):
        assert re.search(rf"^ok +{line} ", looked.stdout, re.MULTILINE), looked.stdout


def test_the_permissions_that_the_manual_names_are_those_that_are_used(aws, athena, tmp_path):
    section = page("athena")
    named = set(re.findall(r"athena:([A-Z]\w+)", section))
    queue = aws.create_queue("changes")
    aws.send(queue, message(opened(1, OLD)))
    done_by(athena, 1)
    run(aws, athena, tmp_path, "drain", "--queue-url", queue, *ATHENA, "--dry-run")
    assert set(athena.calls) == named - {"StopQueryExecution"}

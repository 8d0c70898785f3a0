"""`--trail athena`: every command that names people, with CloudTrail's table in Athena instead of lookups."""

import re
from datetime import timedelta
from functools import cache

import pytest
import sqlglot
from sqlglot import exp

from tests.e2e.test_backfill import JSONL, ONLY, opened
from tests.fixtures import command
from tests.fixtures.athena import tables
from tests.fixtures.athena.engine import Table
from tests.fixtures.athena.world import FakeAthena
from tests.fixtures.command import records
from tests.fixtures.manual import page
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, group_id, item, message

OLD = 120 * 1440
ATHENA = ("--trail", "athena")
ALICE = "alice@example.com"


@cache
def long_ago():
    """Return the one item of what alice did."""
    return opened(1, OLD)


@pytest.fixture
def athena():
    with FakeAthena() as fake:
        yield fake


@pytest.fixture
def ask(aws, athena, tmp_path):
    """Run a command that asks Athena."""

    def run(*line, **more):
        return command.run(aws, tmp_path, *line, **athena.environment(), **more)

    return run


@pytest.fixture
def old(aws, athena, queue):
    """Let alice have opened a group long ago, as the table and AWS Config tell it; return `drain`'s command line."""
    alive(athena, OLD)
    athena.add(call(1, OLD, who=ALICE))
    aws.add_item(item(1, ago(240 * 1440)))
    aws.add_item(long_ago())
    aws.send(queue, message(long_ago()))
    return ("drain", "--queue-url", queue, *JSONL, *ATHENA)


def alive(athena, minutes):
    """Let the trail be seen to have been on around a time."""
    athena.alive([(ACCOUNT, REGION)], ago(minutes) - timedelta(days=1), min(ago(minutes - 1440), ago(2)))


def names(done):
    assert done.returncode == 0, done.stderr
    return [(found["verdict"], found["actor"] and found["actor"]["name"]) for found in records(done)]


def test_every_command_that_names_people_asks_the_table_alone(aws, athena, ask, old):
    hers = [("out-of-band", ALICE)]
    assert names(ask(*old, "--dry-run")) == hers
    assert len(athena.asked) == 1
    past = ("--since", "200d", *ONLY, *JSONL)
    backfill = ask("backfill", *past, IACWATCH_TRAIL__SOURCE="athena")
    assert names(backfill) == hers
    assert "does not reach back" not in backfill.stderr
    assert names(ask("who", group_id(1), *past, *ATHENA)) == hers
    explained = ask("explain", "-", *ATHENA, stdin=message(long_ago()))
    assert "Athena's table audit.cloudtrail_logs_pp, eu-west-1" in explained.stdout
    assert ALICE in explained.stdout
    dead = aws.create_queue("letters")
    aws.send(dead, message(long_ago()))
    assert names(ask("replay-dlq", "--dlq-url", dead, *ATHENA, *JSONL)) == hers
    assert "LookupEvents" not in {each.operation for each in aws.calls}
    # The permissions that the manual names are those that are used, and AWS's own table is enough.
    used = set(re.findall(r"athena:([A-Z]\w+)", page("athena")))
    assert set(athena.calls) == used - {"StopQueryExecution"}
    athena.table = Table(tables.OFFICIAL, properties=tables.projected())
    (found,) = records(ask(*old))
    assert (found["verdict"], found["actor"]["via"]) == ("out-of-band", "sso")


def the_manuals_table():
    """Return the table that the manual's statement makes."""
    (statement,) = re.findall(r"<!-- the table: .*?```sql\n(.*?)```", page("athena"), re.DOTALL)
    tree = sqlglot.parse_one(statement, read="athena")
    assert (tree.this.this.db, tree.this.this.name) == ("audit", "cloudtrail")

    def typed(columns):
        return {each.name: each.kind.sql(dialect="hive").lower() for each in columns}

    keys = typed(tree.find(exp.PartitionedByProperty).this.expressions)
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

    return Table(typed(tree.this.expressions), keys, properties, parted=parted)


@pytest.mark.usefixtures("old")
def test_the_table_that_the_manual_makes_lacks_nothing(athena, ask):
    athena.table = the_manuals_table()
    assert athena.table.properties["projection.timestamp.format"] == "yyyy/MM/dd"
    told = ask("explain", "-", *ATHENA, stdin=message(long_ago()))
    assert ALICE in told.stdout
    assert "not declared" not in told.stdout
    (asked,) = athena.asked
    for part in (f"\"account\" IN ('{ACCOUNT}')", f"\"region\" IN ('{REGION}')", '"timestamp" IN ('):
        assert part in asked["statement"]
    looked = ask("doctor", IACWATCH_TRAIL__SOURCE="athena")
    for line in ("trail.columns", "trail.partitions", "trail.workgroup"):
        assert re.search(rf"^ok +{line} ", looked.stdout, re.MULTILINE), looked.stdout

"""`--trail athena`: every command that names people, with CloudTrail's table in Athena instead of lookups."""

import re

import sqlglot
from sqlglot import exp

from tests.e2e.test_backfill import JSONL, ONLY, opened
from tests.fixtures import command
from tests.fixtures.athena.engine import Table
from tests.fixtures.athena.world import FakeAthena
from tests.fixtures.command import records
from tests.fixtures.manual import page
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, group_id, item, message

OLD = 120 * 1440
ATHENA = ("--trail", "athena")


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


def names(done):
    assert done.returncode == 0, done.stderr
    return [(found["verdict"], found["actor"] and found["actor"]["name"]) for found in records(done)]


def test_every_command_that_names_people_asks_the_table_that_the_manual_makes_alone(aws, queue, tmp_path):
    document, hers = opened(1, OLD), [("out-of-band", "alice@example.com")]
    for each in (document, item(1, ago(2 * OLD))):
        aws.add_item(each)
    dead = aws.create_queue("letters")
    for url in (queue, dead):
        aws.send(url, message(document))
    with FakeAthena() as athena:
        athena.table = the_manuals_table()
        athena.alive([(ACCOUNT, REGION)], ago(OLD + 1440), ago(OLD - 1440))
        athena.add(call(1, OLD))

        def ask(*line, **more):
            return command.run(aws, tmp_path, *line, **athena.environment(), **more)

        assert names(ask("drain", "--queue-url", queue, *JSONL, *ATHENA, "--dry-run")) == hers
        (asked,) = athena.asked
        for part in (f"\"account\" IN ('{ACCOUNT}')", f"\"region\" IN ('{REGION}')", '"timestamp" IN ('):
            assert part in asked["statement"]
        past = ("--since", "200d", *ONLY, *JSONL)
        assert names(ask("backfill", *past, IACWATCH_TRAIL__SOURCE="athena")) == hers
        assert names(ask("who", group_id(1), *past, *ATHENA)) == hers
        assert names(ask("replay-dlq", "--dlq-url", dead, *ATHENA, *JSONL, "--dry-run")) == hers
        explained = ask("explain", "-", *ATHENA, stdin=message(document))
        assert ("alice@example.com" in explained.stdout, "not declared" in explained.stdout) == (True, False)
        # The permissions that the manual names are those that are used.
        used = set(re.findall(r"athena:([A-Z]\w+)", page("athena")))
        assert set(athena.calls) == used - {"StopQueryExecution"}
        athena.polls = 1
        refused = ask("drain", "--queue-url", queue, *ATHENA, "--max-scan", "0.000001")
        assert (refused.returncode, "raise --max-scan" in refused.stderr) == (1, True)
        looked = ask("doctor", IACWATCH_TRAIL__SOURCE="athena")
    for line in ("trail.columns", "trail.partitions", "trail.workgroup"):
        assert re.search(rf"^ok +{line} ", looked.stdout, re.MULTILINE), looked.stdout
    assert "LookupEvents" not in {each.operation for each in aws.calls}

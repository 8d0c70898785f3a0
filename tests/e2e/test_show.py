"""`iacwatch show` from outside: what a drain posted is shown again, from its ledger."""

import json
import sqlite3
from contextlib import closing

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command, moto_aws
from tests.fixtures.small_world import call, change, listed


def test_what_was_posted_is_shown_again_in_any_format_and_anything_else_is_a_sentence(tmp_path):
    with FakeAws(rate=1000) as aws:
        queue = aws.create_queue("changes")
        for number in (1, 2):
            aws.send(queue, change(number, 60))
            aws.add_event(call(number, 60), resource_names=listed(number))
        slack = {
            "IACWATCH_SLACK__TOKEN": "xoxb-demo",
            "IACWATCH_SLACK__CHANNEL": "#infra",
            "IACWATCH_SLACK__API_URL": aws.slack_url,
        }

        def run(*arguments, **more):
            return command.run(aws, tmp_path, *arguments, **more)

        nothing = run("show", "9f2c1a04")
        assert (nothing.returncode, nothing.stdout) == (1, "")
        assert "keeps no finding 9f2c1a04; it keeps what was posted" in nothing.stderr
        assert not (tmp_path / ".local").exists()

        done = run("drain", "--queue-url", queue, "--format", "jsonl", **slack)
        lines = {json.loads(line)["finding_id"]: line for line in done.stdout.splitlines()}
        assert len(lines) == 2
        for name, line in lines.items():
            assert run("show", name[:8], "--format", "jsonl").stdout == f"{line}\n"
        for form in ("table", "csv", "markdown", "html"):
            shown = run("show", name.upper(), "--format", form)
            assert (shown.returncode, shown.stderr) == (0, "")
            assert "alice@example.com" in shown.stdout

        for wrong in ("9f2c1a0", "", "9f2c1a0g", name + "0", "\x1b[31m9f2c1a04"):
            done = run("show", wrong)
            assert done.returncode == 2
            assert "is not the id of a finding; give the id, or its first 8 digits" in done.stderr
            assert "\x1b" not in done.stderr
        assert run("show").returncode == 2
        forgetful = run("show", name, IACWATCH_LEDGER__URL="memory")
        assert (forgetful.returncode, "in memory" in forgetful.stderr) == (2, True)

        (ledger,) = tmp_path.rglob("ledger.sqlite3")
        with closing(sqlite3.connect(ledger)) as database:
            database.execute("UPDATE note SET text = 'x'")
            database.commit()
        spoilt = run("show", name)
        assert spoilt.returncode == 1
        assert f"its note note#record:{name[:8]} cannot be read; delete that" in spoilt.stderr
        assert "Traceback" not in spoilt.stderr


def test_records_are_kept_in_a_table_too_and_only_where_they_are_wanted(tmp_path):
    with FakeAws(rate=1000) as aws:
        queue = aws.create_queue("changes")
        settings = {
            **moto_aws.environment(),
            "IACWATCH_LEDGER__URL": f"dynamodb://{moto_aws.table()}",
            "IACWATCH_SLACK__TOKEN": "xoxb-demo",
            "IACWATCH_SLACK__CHANNEL": "#infra",
            "IACWATCH_SLACK__API_URL": aws.slack_url,
        }

        def drained(number, **more):
            aws.send(queue, change(number, 60))
            aws.add_event(call(number, 60), resource_names=listed(number))
            line = ("drain", "--queue-url", queue, "--format", "jsonl")
            done = command.run(aws, tmp_path, *line, **settings, **more)
            return json.loads(done.stdout)["finding_id"]

        def shown(name, **more):
            return command.run(aws, tmp_path, "show", name, **settings, **more)

        assert "alice@example.com" in shown(drained(1)).stdout
        unkept = {"IACWATCH_LEDGER__KEEP_RECORDS": "false"}
        missing = shown(drained(2, **unkept), **unkept)
        assert missing.returncode == 1
        assert "(ledger.keep_records is false)" in missing.stderr

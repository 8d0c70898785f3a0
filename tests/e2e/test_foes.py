"""What strangers write acts in no output, and secrets that Config records are in none."""

import json
import re

import pytest

from tests.fixtures import command, hostile_messages
from tests.fixtures.hostile_messages import SECRET, through

pytestmark = pytest.mark.slow


@pytest.fixture
def line(aws):
    """Fill a queue with all of it; return the command line that tells it, and gives the messages back each time."""
    queue = aws.create_queue("foes", visibility=300, max_receives=100, dlq_url=aws.create_queue("foes-dead"))
    hostile_messages.fill(aws, queue)
    for kind in hostile_messages.SECRETS:
        aws.send(queue, hostile_messages.secretive(kind, deleted=True))
    aws.send(queue, hostile_messages.secretive("AWS::ECS::TaskDefinition", deleted=False))
    return ("drain", "--queue-url", queue, "--verdict", "all", "--dry-run")


def test_no_output_holds_a_secret_or_what_steers_a_terminal_or_hides_and_all_that_was_sent_is_told(
    aws, line, tmp_path
):
    told = {}
    for form in ("table", "jsonl", "csv", "markdown", "html"):
        log = ("-vv", "--log-format", "json" if form == "csv" else "text")
        utf_8 = {"PYTHONIOENCODING": "utf-8"}
        done = command.run(aws, tmp_path, *log, *line, "--format", form, timeout=110, **utf_8)
        told[form] = done
        assert "Traceback" not in done.stderr
        assert through(done.stdout, allowed="\r\n" if form == "csv" else "\n") == set()
        assert through(done.stderr) == set()
        assert "thing-aws-lambda-function-gone" in done.stdout
        assert SECRET not in done.stdout + done.stderr
        for entry in done.stderr.split("\n")[:-1]:
            assert (
                json.loads(entry) if form == "csv" else not re.match(r'Error: all is well|\{"level"', entry)
            )
    findings = command.records(told["jsonl"])
    groups = [each for each in findings if each["change"]["resource_type"] == "AWS::EC2::SecurityGroup"]
    assert len(groups) == len(hostile_messages.TEXTS)
    refused = told["jsonl"].stderr.count("resourceId is ")
    ids = [each["change"]["resource_id"] for each in findings]
    assert len([text for text in hostile_messages.IDS if text in ids]) + refused == len(hostile_messages.IDS)
    lines = told["table"].stdout.splitlines()
    assert len(lines) == len(findings)
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ [a-z-]+: ", line) for line in lines)


def test_explain_shows_one_plain_line_for_each_thing_it_tells_and_no_secret(aws, tmp_path):
    number, text = 5_000, "\x1b]8;;http://evil.io\x07x [red]y[/red] \u202ex\ny\u2028z\x9b1m<!channel>"
    for each in hostile_messages.hostile_calls(number, text):
        aws.add_event(each, resource_names=hostile_messages.listed(number))
    body = hostile_messages.hostile_change(number, text)
    done = command.run(aws, tmp_path, "explain", "-", stdin=body)
    assert done.returncode == 0, done.stderr
    assert through(done.stdout) == through(done.stderr) == set()
    assert "Candidates" in done.stdout
    assert all(re.match(r"[A-Z][a-z ]+ |  +", line) for line in done.stdout.splitlines())
    secretive = hostile_messages.secretive("AWS::Lambda::Function", deleted=True)
    done = command.run(aws, tmp_path, "-vv", "explain", "-", stdin=secretive)
    assert "unattributed" in done.stdout
    assert SECRET not in done.stdout + done.stderr

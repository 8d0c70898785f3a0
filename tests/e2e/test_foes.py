"""What strangers write acts in no output, and secrets that Config records are in none."""

import csv
import io
import json
import re
from functools import cache
from html.parser import HTMLParser

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command, hostile_messages
from tests.fixtures.slack_posts import assert_harmless

SLACK = {"IACWATCH_SLACK__TOKEN": "xoxb-demo", "IACWATCH_SLACK__CHANNEL": "#infra"}
FORMATS = ("table", "jsonl", "csv", "markdown", "html")


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def aws():
    with FakeAws(rate=10_000) as fake:
        fake.slack_rate = None
        yield fake


@pytest.fixture(scope="module")
def queue(aws):
    made = aws.create_queue("foes", visibility=300, max_receives=100, dlq_url=aws.create_queue("foes-dead"))
    hostile_messages.fill(aws, made)
    for kind in hostile_messages.SECRETS:
        aws.send(made, hostile_messages.secretive(kind, deleted=True))
    aws.send(made, hostile_messages.secretive("AWS::ECS::TaskDefinition", deleted=False))
    return made


FIELDS = (
    *(
        "schema",
        "finding_id",
        "verdict",
        "reason",
        "change",
        "actor",
        "event",
        "other_events",
        "leads",
        "iac",
    ),
    *("next_apply", "next_steps", "links"),
)
OUR_LINK = r"\x1b\]8;(id=\d+;https://[a-z0-9-]+\.console\.aws\.amazon\.com/[!-~]*|;)\x1b\\"


def drain(aws, home, queue, *arguments, before=("-vv",), **more):
    line = (*before, "drain", "--queue-url", queue, "--verdict", "all", *arguments)
    return command.run(aws, home, *line, timeout=110, PYTHONIOENCODING="utf-8", **more)


@pytest.fixture(scope="module")
def told(aws, queue, tmp_path_factory):
    """Give what a format tells of all of them, told once; the messages go back into the queue each time."""
    home = tmp_path_factory.mktemp("foes")

    @cache
    def tell(kind):
        log = ("-vv", "--log-format", "json" if kind == "csv" else "text")
        return drain(aws, home, queue, "--dry-run", "--format", kind, before=log)

    return tell


def records(told):
    return [json.loads(line) for line in told("jsonl").stdout.split("\n") if line]


def test_everything_that_was_sent_was_told_or_named_on_stderr(told):
    groups = [each for each in records(told) if each["change"]["resource_type"] == "AWS::EC2::SecurityGroup"]
    assert len(groups) == len(hostile_messages.TEXTS)
    refused = told("jsonl").stderr.count("resourceId is ")
    ids = [each["change"]["resource_id"] for each in records(told)]
    assert len([text for text in hostile_messages.IDS if text in ids]) + refused == len(hostile_messages.IDS)
    assert refused > 5


@pytest.mark.parametrize("kind", FORMATS)
def test_no_output_holds_what_steers_a_terminal_or_hides(told, kind):
    done = told(kind)
    assert "Traceback" not in done.stderr
    assert hostile_messages.through(done.stdout, allowed="\r\n" if kind == "csv" else "\n") == set()
    assert hostile_messages.through(done.stderr) == set()


def test_no_text_makes_a_line_of_its_own(told):
    count = len(records(told))
    lines = told("table").stdout.splitlines()
    assert len(lines) == count
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ [a-z-]+: ", line) for line in lines)
    assert "\nError: all is well" not in told("table").stderr
    assert all(line.isascii() for line in told("jsonl").stdout.splitlines())
    assert {tuple(each) for each in records(told)} == {FIELDS}
    assert not [each for each in records(told) if each["verdict"] == "in-workflow"]


def test_no_cell_of_a_spreadsheet_is_a_formula(told):
    text = told("csv").stdout
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == len(records(told)) + 1
    assert len({len(row) for row in rows}) == 1
    cells = [cell for row in rows[1:] for cell in row]
    assert not [cell for cell in cells if re.match(r"[=+@\t\r]|-(?!\d+$)", cell)]
    assert not [cell for cell in cells if "\n" in cell or "\r" in cell]


def test_markdown_shows_strangers_text_as_code_alone(told):
    left = hostile_messages.outside_code(told("markdown").stdout)
    for sign in (
        "evil",
        "octocat",
        "alert(",
        "channel>",
        "[red]",
        "![",
        "<img",
        "<script",
        "<svg",
        "U1",
        "jndi",
    ):
        assert sign not in left, sign
    assert set(re.findall(r"</?([a-zA-Z]+)", left)) <= {"details", "summary", "br", "sub", "b"}


class Elements(HTMLParser):
    """The elements of a page, and where they lead to."""

    def __init__(self, text):
        super().__init__()
        self.names, self.attributes = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self.attributes += attrs


def test_the_page_holds_no_element_that_a_stranger_wrote(told):
    page = Elements(told("html").stdout)
    assert page.names.count("script") == 2
    assert not {"img", "svg", "iframe", "object", "embed", "form", "base"} & set(page.names) - {"svg"}
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    leads = [value for name, value in page.attributes if name in {"href", "src", "action"} and value]
    assert not [
        value
        for value in leads
        if not re.match(r"https://[a-z0-9-]+\.console\.aws\.amazon\.com/|#|data:", value)
    ]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_log_is_one_entry_a_line_as_json_or_as_text(told, kind):
    lines = told(kind).stderr.split("\n")[:-1]
    assert len(lines) > 20
    for line in lines:
        if kind == "csv":
            assert set(json.loads(line)) <= {"time", "level", "logger", "message", "data", "traceback"}
            assert line.isascii()
        else:
            assert not re.match(r'Error: all is well|\{"level"', line)


@pytest.mark.parametrize("columns", ["60", "130"])
def test_a_terminal_is_steered_by_nobody_but_us(aws, queue, tmp_path, columns):
    line = ("drain", "--queue-url", queue, "--verdict", "all", "--dry-run")
    bare = command.on_a_terminal(aws, tmp_path, "--color", "never", *line, columns=columns)
    assert "out-of-band" in bare
    assert hostile_messages.through(bare) == set()


def test_a_terminal_with_colour_gets_our_colours_alone(aws, queue, tmp_path):
    shown = command.on_a_terminal(
        aws, tmp_path, "drain", "--queue-url", queue, "--verdict", "all", "--dry-run"
    )
    assert "\x1b[" in shown
    assert hostile_messages.through(re.sub(rf"\x1b\[[0-9;]*m|{OUR_LINK}", "", shown)) == set()
    # Ours: bold, dim, bold red, bold magenta, yellow and their end; a plain red is what a stranger asked for.
    assert set(re.findall(r"\x1b\[([0-9;]*)m", shown)) <= {"0", "1", "2", "1;31", "1;35", "32", "33", "34"}


@pytest.mark.parametrize(
    "text",
    ["\x1b]8;;http://evil.example.com\x07x [red]y[/red]", "\u202ex\ny\u2028z\x9b1m", "<!channel> \ud800"],
)
def test_explain_shows_one_plain_line_for_each_thing_it_tells(aws, tmp_path, text):
    number = 5_000 + len(text)
    for each in hostile_messages.hostile_calls(number, text):
        aws.add_event(each, resource_names=hostile_messages.listed(number))
    body = hostile_messages.hostile_change(number, text)
    done = command.run(aws, tmp_path, "explain", "-", stdin=body)
    assert done.returncode == 0, done.stderr
    assert hostile_messages.through(done.stdout) == hostile_messages.through(done.stderr) == set()
    assert "Candidates" in done.stdout
    assert all(re.match(r"[A-Z][a-z ]+ |  +", line) for line in done.stdout.splitlines())
    bare = command.on_a_terminal(aws, tmp_path, "--color", "never", "explain", "-", body=body)
    assert "Candidates" in bare
    assert hostile_messages.through(bare) == set()


def test_slack_gets_no_mention_no_link_and_no_markup(aws, tmp_path):
    # A few, each a person of its own and so a message: a channel takes one a second.
    few = aws.create_queue("few", visibility=300, max_receives=100, dlq_url=aws.create_queue("few-dead"))
    for number, text in enumerate(
        (*hostile_messages.MENTIONS[:6], *hostile_messages.MARKUP[6:8], hostile_messages.FORGED[0]), 6_000
    ):
        aws.send(few, hostile_messages.hostile_change(number, text))
        aws.add_event(
            hostile_messages.hostile_calls(number, text)[0], resource_names=hostile_messages.listed(number)
        )
    for kind in hostile_messages.SECRETS:
        aws.send(few, hostile_messages.secretive(kind, deleted=True))
    done = drain(aws, tmp_path, few, **SLACK, IACWATCH_SLACK__API_URL=aws.slack_url)
    assert "Traceback" not in done.stderr
    posted = aws.slack_messages
    assert len(posted) >= 9
    for each in posted:
        assert_harmless(each)
    assert "thing-aws-lambda-function-gone" in json.dumps(posted)
    assert hostile_messages.SECRET not in json.dumps(posted)


@pytest.mark.parametrize("kind", FORMATS)
def test_no_report_shows_a_secret_that_config_recorded(told, kind):
    assert "thing-aws-lambda-function-gone" in told(kind).stdout
    assert hostile_messages.SECRET not in told(kind).stdout + told(kind).stderr


@pytest.mark.parametrize("kind", ["AWS::Lambda::Function", "AWS::DMS::Endpoint"])
def test_explain_shows_no_secret_either(aws, tmp_path, kind):
    done = command.run(
        aws, tmp_path, "-vv", "explain", "-", stdin=hostile_messages.secretive(kind, deleted=True)
    )
    assert "unattributed" in done.stdout
    assert hostile_messages.SECRET not in done.stdout + done.stderr

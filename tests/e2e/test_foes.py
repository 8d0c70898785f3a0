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
from tests.fixtures.hostile_messages import SECRET, through

pytestmark = pytest.mark.slow

FORMATS = ("table", "jsonl", "csv", "markdown", "html")
OUR_LINK = r"\x1b\]8;(id=\d+;https://[a-z0-9-]+\.console\.aws\.amazon\.com/[!-~]*|;)\x1b\\"


@pytest.fixture(scope="module")
def aws():
    with FakeAws(rate=10_000) as fake:
        yield fake


@pytest.fixture(scope="module")
def line(aws):
    """Fill a queue with all of it; return the command line that tells it, and gives the messages back each time."""
    queue = aws.create_queue("foes", visibility=300, max_receives=100, dlq_url=aws.create_queue("foes-dead"))
    hostile_messages.fill(aws, queue)
    for kind in hostile_messages.SECRETS:
        aws.send(queue, hostile_messages.secretive(kind, deleted=True))
    aws.send(queue, hostile_messages.secretive("AWS::ECS::TaskDefinition", deleted=False))
    return ("drain", "--queue-url", queue, "--verdict", "all", "--dry-run")


@pytest.fixture(scope="module")
def told(aws, line, tmp_path_factory):
    """Give what a format tells of all of them, told once."""
    home = tmp_path_factory.mktemp("foes")

    @cache
    def tell(kind):
        log = ("-vv", "--log-format", "json" if kind == "csv" else "text")
        utf_8 = {"PYTHONIOENCODING": "utf-8"}
        return command.run(aws, home, *log, *line, "--format", kind, timeout=110, **utf_8)

    return tell


@pytest.fixture(scope="module")
def findings(told):
    return command.records(told("jsonl"))


def test_everything_that_was_sent_was_told_or_named_on_stderr(told, findings):
    groups = [each for each in findings if each["change"]["resource_type"] == "AWS::EC2::SecurityGroup"]
    assert len(groups) == len(hostile_messages.TEXTS)
    refused = told("jsonl").stderr.count("resourceId is ")
    ids = [each["change"]["resource_id"] for each in findings]
    assert len([text for text in hostile_messages.IDS if text in ids]) + refused == len(hostile_messages.IDS)
    assert refused > 5
    assert len({tuple(each) for each in findings}) == 1
    assert not [each for each in findings if each["verdict"] == "in-workflow"]


@pytest.mark.parametrize("kind", FORMATS)
def test_no_output_holds_a_secret_or_what_steers_a_terminal_or_hides(told, kind):
    done = told(kind)
    assert "Traceback" not in done.stderr
    assert through(done.stdout, allowed="\r\n" if kind == "csv" else "\n") == set()
    assert through(done.stderr) == set()
    assert "thing-aws-lambda-function-gone" in done.stdout
    assert SECRET not in done.stdout + done.stderr
    for entry in done.stderr.split("\n")[:-1]:
        if kind == "csv":
            assert set(json.loads(entry)) <= {"time", "level", "logger", "message", "data", "traceback"}
            assert entry.isascii()
        else:
            assert not re.match(r'Error: all is well|\{"level"', entry)


def test_no_text_makes_a_line_of_its_own_and_no_cell_is_a_formula(told, findings):
    lines = told("table").stdout.splitlines()
    assert len(lines) == len(findings)
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ [a-z-]+: ", line) for line in lines)
    assert all(line.isascii() for line in told("jsonl").stdout.splitlines())
    rows = list(csv.reader(io.StringIO(told("csv").stdout, newline="")))
    assert len(rows) == len(findings) + 1
    assert len({len(row) for row in rows}) == 1
    cells = [cell for row in rows[1:] for cell in row]
    assert not [cell for cell in cells if re.match(r"[=+@\t\r]|-(?!\d+$)", cell) or {"\n", "\r"} & set(cell)]


def test_markdown_shows_strangers_text_as_code_alone(told):
    left = hostile_messages.outside_code(told("markdown").stdout)
    for sign in [
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
    ]:
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
    assert not {"img", "iframe", "object", "embed", "form", "base"} & set(page.names)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    leads = [value for name, value in page.attributes if name in {"href", "src", "action"} and value]
    console = r"https://[a-z0-9-]+\.console\.aws\.amazon\.com/|#|data:"
    assert not [value for value in leads if not re.match(console, value)]


def test_a_terminal_is_steered_by_nobody_but_us(aws, line, tmp_path):
    for columns in ("60", "130"):
        bare = command.on_a_terminal(aws, tmp_path, "--color", "never", *line, columns=columns)
        assert "out-of-band" in bare
        assert through(bare) == set()
    shown = command.on_a_terminal(aws, tmp_path, *line)
    assert "\x1b[" in shown
    assert through(re.sub(rf"\x1b\[[0-9;]*m|{OUR_LINK}", "", shown)) == set()
    # Ours: bold, dim, bold red, bold magenta, yellow and their end; a plain red is what a stranger asked for.
    assert set(re.findall(r"\x1b\[([0-9;]*)m", shown)) <= {"0", "1", "2", "1;31", "1;35", "32", "33", "34"}


@pytest.mark.parametrize(
    "text",
    ["\x1b]8;;http://evil.example.com\x07x [red]y[/red]", "\u202ex\ny\u2028z\x9b1m", "<!channel> \ud800"],
)
def test_explain_shows_one_plain_line_for_each_thing_it_tells_and_no_secret(aws, tmp_path, text):
    number = 5_000 + len(text)
    for each in hostile_messages.hostile_calls(number, text):
        aws.add_event(each, resource_names=hostile_messages.listed(number))
    body = hostile_messages.hostile_change(number, text)
    done = command.run(aws, tmp_path, "explain", "-", stdin=body)
    assert done.returncode == 0, done.stderr
    assert through(done.stdout) == through(done.stderr) == set()
    assert "Candidates" in done.stdout
    assert all(re.match(r"[A-Z][a-z ]+ |  +", line) for line in done.stdout.splitlines())
    assert (
        through(command.on_a_terminal(aws, tmp_path, "--color", "never", "explain", "-", body=body)) == set()
    )
    secretive = hostile_messages.secretive("AWS::Lambda::Function", deleted=True)
    done = command.run(aws, tmp_path, "-vv", "explain", "-", stdin=secretive)
    assert "unattributed" in done.stdout
    assert SECRET not in done.stdout + done.stderr

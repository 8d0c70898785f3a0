"""The sinks that the laws are run over. Each gives a function that opens the sink once more."""

from contextlib import contextmanager
from io import StringIO

from rich.console import Console

from iacwatch.demo.fake.server import FakeAws
from iacwatch.sinks.atomic_file import AtomicFile
from iacwatch.sinks.csv_report import CsvReport
from iacwatch.sinks.html_page.sink import HtmlPage
from iacwatch.sinks.jsonl import JsonLines
from iacwatch.sinks.markdown.sink import Markdown
from iacwatch.sinks.slack.sink import Slack
from iacwatch.sinks.table import Table
from tests.fixtures.clocks import TickingClock


@contextmanager
def table(_folder):
    """Give a table on a terminal of 80 columns."""
    yield lambda: Table(console=Console(file=StringIO(), width=80, force_terminal=True))


@contextmanager
def piped_table(_folder):
    """Give a table in a pipe."""
    yield lambda: Table(console=Console(file=StringIO(), width=140))


@contextmanager
def json_lines(_folder):
    """Give JSON Lines."""
    yield lambda: JsonLines(out=StringIO())


@contextmanager
def csv_file(_folder):
    """Give CSV."""
    yield lambda: CsvReport(out=StringIO())


@contextmanager
def markdown(_folder):
    """Give Markdown."""
    yield lambda: Markdown(out=StringIO())


@contextmanager
def html_page(_folder):
    """Give a page."""
    yield lambda: HtmlPage(out=StringIO(), clock=TickingClock())


@contextmanager
def whole_page(folder):
    """Give a page in a file."""
    path = folder / "report.html"
    yield lambda: AtomicFile(path, lambda out: HtmlPage(out=out, clock=TickingClock()))


@contextmanager
def atomic_file(folder):
    """Give JSON Lines in a file."""
    yield lambda: AtomicFile(folder / "report.jsonl", lambda out: JsonLines(out=out))


@contextmanager
def slack_bot(_folder):
    """Give a Slack app that posts to a channel."""
    with FakeAws(rate=1000) as aws:
        yield lambda: Slack(clock=TickingClock(), token="xoxb-law", api_url=aws.slack_url, channel="#iac")


@contextmanager
def slack_webhook(_folder):
    """Give an incoming webhook."""
    with FakeAws(rate=1000) as aws:
        yield lambda: Slack(clock=TickingClock(), webhook_url=aws.webhook_url)


SINKS = {
    "table": table,
    "piped table": piped_table,
    "json lines": json_lines,
    "csv": csv_file,
    "markdown": markdown,
    "html": html_page,
    "whole page": whole_page,
    "whole file": atomic_file,
    "slack bot": slack_bot,
    "slack webhook": slack_webhook,
}

"""The sinks that the laws are run over. Each gives a function that opens the sink once more.

Every registered report format is among them, in a stream and in a file.
"""

from contextlib import contextmanager
from io import StringIO

import boto3
from botocore.config import Config
from rich.console import Console

from iacwatch.app.sinks import FORMATS, ReportContext
from iacwatch.demo.fake.server import FakeAws
from iacwatch.ledgers.memory import MemoryNotes
from iacwatch.sinks.event_bus import EventBus
from iacwatch.sinks.report_file import ReportFile
from iacwatch.sinks.slack.sink import Slack
from iacwatch.sinks.style import DEFAULT_STYLE
from tests.fixtures.clocks import TickingClock


def report(form, out, *, width=140, terminal=False, style=DEFAULT_STYLE):
    """Return the sink of a format on a stream."""

    def console(out):
        return Console(file=out, width=width, force_terminal=terminal)

    return form.make(ReportContext(out=out, style=style, clock=TickingClock(), console=console))


def in_a_stream(form, **console):
    @contextmanager
    def given(_folder):
        yield lambda: report(form, StringIO(), **console)

    return given


def in_a_file(form):
    @contextmanager
    def given(folder):
        path = folder / f"report{form.ending}"
        yield lambda: ReportFile(path, lambda out: report(form, out))

    return given


@contextmanager
def slack_bot(_folder):
    """Give a Slack app that posts to a channel."""
    with FakeAws(rate=1000) as aws:
        yield lambda: Slack(
            clock=TickingClock(), notes=MemoryNotes(), token="xoxb-law", api_url=aws.slack_url, channel="#iac"
        )


@contextmanager
def slack_webhook(_folder):
    """Give an incoming webhook."""
    with FakeAws(rate=1000) as aws:
        yield lambda: Slack(clock=TickingClock(), notes=MemoryNotes(), webhook_url=aws.webhook_url)


@contextmanager
def event_bus(_folder):
    """Give a bus of EventBridge's."""
    with FakeAws(rate=1000) as aws:
        aws.create_bus("findings")
        client = events_client(aws)
        yield lambda: EventBus(client=lambda: client, bus="findings", clock=TickingClock())


def events_client(aws):
    """Return a client of EventBridge's, led to a fake AWS."""
    return boto3.client(
        "events",
        endpoint_url=aws.url,
        region_name=aws.region,
        aws_access_key_id=f"AKIATEST{aws.account_id}",
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}),
    )


SINKS = {
    **{form.name: in_a_stream(form) for form in FORMATS},
    **{f"{form.name} on a terminal": in_a_stream(form, width=80, terminal=True) for form in FORMATS[:1]},
    **{f"{form.name} in a file": in_a_file(form) for form in FORMATS},
    "slack bot": slack_bot,
    "slack webhook": slack_webhook,
    "event bus": event_bus,
}

"""The sinks that the laws are run over, each as a function that opens it once more; all formats are among them."""

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


def on_loopback(make):
    """Give a sink that is made of a fake AWS, which also plays Slack."""

    @contextmanager
    def given(_folder):
        with FakeAws(rate=1000) as aws:
            yield lambda: make(aws)

    return given


def slack_bot(aws):
    notes, where = MemoryNotes(), {"api_url": aws.slack_url, "channel": "#iac"}
    return Slack(clock=TickingClock(), notes=notes, token="xoxb-law", **where)


def slack_webhook(aws):
    return Slack(clock=TickingClock(), notes=MemoryNotes(), webhook_url=aws.webhook_url)


def event_bus(aws):
    aws.create_bus("findings")
    client = events_client(aws)
    return EventBus(client=lambda: client, bus="findings", clock=TickingClock())


def events_client(aws):
    """Return a client of EventBridge's, led to a fake AWS."""
    keys = {"aws_access_key_id": f"AKIATEST{aws.account_id}", "aws_secret_access_key": "x"}
    once = Config(retries={"total_max_attempts": 1})
    return boto3.client("events", endpoint_url=aws.url, region_name=aws.region, config=once, **keys)


SINKS = {
    **{form.name: in_a_stream(form) for form in FORMATS},
    **{f"{form.name} on a terminal": in_a_stream(form, width=80, terminal=True) for form in FORMATS[:1]},
    **{f"{form.name} in a file": in_a_file(form) for form in FORMATS},
    "slack bot": on_loopback(slack_bot),
    "slack webhook": on_loopback(slack_webhook),
    "event bus": on_loopback(event_bus),
}

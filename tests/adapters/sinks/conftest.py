"""A Slack app and a bus, a clock, and sinks that post to Slack."""

import pytest

from iacwatch.demo.fake.server import FakeAws
from iacwatch.ledgers.memory import MemoryNotes
from iacwatch.sinks.slack.sink import Slack
from iacwatch.sinks.style import ReportStyle
from tests.fixtures.clocks import TickingClock
from tests.fixtures.slack_posts import NAMES, NOW, TOKEN


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        fake.create_bus("findings")
        yield fake


@pytest.fixture
def clock():
    return TickingClock(NOW)


@pytest.fixture
def make(aws, clock):
    """Return what makes a sink with a token; `webhook` makes one without."""

    def build(*, webhook=False, **fields):
        given = {"clock": clock, "notes": MemoryNotes(), "style": ReportStyle(names=NAMES), "channel": "#iac"}
        way = {"webhook_url": aws.webhook_url} if webhook else {"token": TOKEN, "api_url": aws.slack_url}
        return Slack(**{**given, **way, **fields})

    return build

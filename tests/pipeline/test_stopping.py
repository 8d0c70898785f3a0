"""A run that ends half-way: what had failed by then is named, whatever was still being looked into."""

from datetime import timedelta

import pytest

from iacwatch.core.model import Window
from iacwatch.core.outcome import Failed, Skipped
from iacwatch.errors import Stopping
from iacwatch.ledgers.memory import MemoryLedger
from iacwatch.pipeline.run import Pipeline
from iacwatch.ports import Delivery
from tests.fixtures import small_world
from tests.fixtures.clocks import NOON, TickingClock
from tests.worlds.world_runner import RULES

REFUSED = "444455556666"


class Source:
    """One wave, and what was settled of it."""

    def __init__(self, *documents):
        self.deliveries = [
            Delivery(id=str(number), document=document) for number, document in enumerate(documents)
        ]
        self.settled = {}

    def waves(self):
        yield self.deliveries

    def settle(self, done):
        assert not self.settled.keys() & {delivery.id for delivery, _ in done}
        self.settled |= {delivery.id: outcome for delivery, outcome in done}


class StoppedTrail:
    """A trail at which the run is asked to end."""

    def reach(self, account_id, region, *, now):
        return Window(start=now - timedelta(days=90), end=now)

    def collect(self, queries):
        raise Stopping("SIGTERM", exit_code=143)


def test_what_had_failed_before_a_run_is_stopped_is_counted_named_and_settled_once():
    source = Source(
        "nonsense",
        small_world.change(1),
        '{"detail-type": "Something Else"}',
        small_world.change(2).replace("111122223333", REFUSED),
    )
    pipeline = Pipeline(
        rules=RULES,
        items=None,
        trail=StoppedTrail(),
        sinks=[],
        ledger=MemoryLedger(),
        clock=TickingClock(NOON),
        refuse=lambda account: "it is not in accounts.allowed" if account == REFUSED else None,
    )
    with pytest.raises(Stopping):
        pipeline.run(source)
    summary = pipeline.summary
    assert (summary.deliveries, summary.failed, sum(summary.skipped.values())) == (4, 2, 1)
    assert list(summary.failures.values()) == ["message 0", "message 3"]
    assert {key: type(each) for key, each in source.settled.items()} == {
        "0": Failed,
        "2": Skipped,
        "3": Failed,
    }

"""Where lookups take long, what is decided is reported and settled while the rest is looked up."""

from datetime import UTC, datetime, timedelta

from iacwatch.core.model import Rules, Verdict, Window
from iacwatch.core.outcome import Reported
from iacwatch.core.parse import cloudtrail
from iacwatch.ledgers.memory import MemoryLedger
from iacwatch.pipeline.run import Pipeline
from iacwatch.ports import Collected, Delivered, Delivery
from tests.fixtures.clocks import TickingClock
from tests.fixtures.small_world import call, change, listed


class SlowWorld:
    """Clock, trail, history, sink and source of some changes; `steps` is what happened, in order.

    The trail answers two queries a time, which takes so many seconds.
    """

    remembered = deferred_close = False

    def __init__(self, count, seconds):
        self.clock, self._seconds = TickingClock(datetime.now(UTC)), seconds
        self._changes = [change(number, 60) for number in range(count)]
        records = [(call(number, 60), listed(number)) for number in range(count)]
        self._events = tuple(cloudtrail.event(each, resource_names=names) for each, names in records)
        self.steps = []

    def fetch(self, asks):
        return dict.fromkeys(asks)

    def reach(self, account_id, region, *, now):
        return Window(start=now - timedelta(days=90), end=now)

    def collect(self, queries):
        self.clock.advance(timedelta(seconds=self._seconds))
        self.steps.append(("asked", len(queries)))
        return Collected(events=self._events, calls=2, unanswered=frozenset(queries[2:]))

    def waves(self):
        yield [Delivery(id=str(place), document=each) for place, each in enumerate(self._changes)]

    def settle(self, done):
        assert all(isinstance(outcome, Reported) for _, outcome in done)
        self.steps.append(("settled", len(done)))

    def emit(self, findings):
        self.steps.append(("reported", len(findings)))
        return {finding.finding_id: Delivered() for finding in findings}

    def close(self):
        pass

    def run(self, **more):
        pipeline = Pipeline(
            rules=Rules(report=frozenset(Verdict)),
            items=self,
            trail=self,
            sinks=[self],
            ledger=MemoryLedger(),
            clock=self.clock,
        )
        summary = pipeline.run(self, **more)
        assert summary.lookups == 2 * sum(name == "asked" for name, _ in self.steps)
        return self.steps


def test_what_is_decided_is_reported_and_settled_at_once_and_then_ever_more_rarely():
    part = [("reported", 2), ("settled", 2)]
    assert SlowWorld(8, seconds=9).run() == [
        ("asked", 8),
        *part,
        ("asked", 6),
        ("asked", 4),
        ("reported", 4),
        ("settled", 4),
        ("asked", 2),
        *part,
    ]


def test_what_does_not_take_long_is_reported_together():
    asked = [("asked", count) for count in (6, 4, 2)]
    assert SlowWorld(6, seconds=2).run() == [*asked, ("reported", 6), ("settled", 6)]


def test_the_past_is_reported_together_however_long_it_takes():
    asked = [("asked", count) for count in (6, 4, 2)]
    assert SlowWorld(6, seconds=60).run(settle_late=False) == [*asked, ("reported", 6), ("settled", 6)]

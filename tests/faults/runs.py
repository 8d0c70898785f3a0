"""Runs of `drain` inside this process, by the real container, with a clock that can stop it anywhere."""

import threading
from datetime import timedelta
from types import SimpleNamespace

from iacwatch.app.container import Container
from iacwatch.aws.sessions import Sessions
from iacwatch.errors import Stopping
from iacwatch.settings.load import Given
from tests.faults.foul_aws import numbers
from tests.fixtures import command
from tests.fixtures.small_world import REGION, happen

LATER = timedelta(minutes=3)
"""By then, what a run had in hand when it was killed is visible again, and its claims are free."""


class FoulClock:
    """The world's time, in which waiting moves its clock; from wait `stop_at` (counted from 1) the run has to end."""

    def __init__(self, world, *, stop_at=None, skew=timedelta(0)):
        self._world, self.stop_at, self.skew = world, stop_at, skew
        self._lock = threading.Lock()
        self.asked = 0
        self.stopped = False

    def now(self):
        return self._world.now() + self.skew

    def sleep(self, span):
        with self._lock:
            self.asked += 1
            self.stopped = self.stopped or (self.stop_at is not None and self.asked >= self.stop_at)
        if self.stopped:
            raise Stopping("SIGTERM", exit_code=143)
        if span > timedelta(0):
            self._world.advance(span)


class Place:
    """One machine: its folder, its ledger, its sessions; `run` drains the queue once."""

    def __init__(self, aws, folder, queue, **environ):
        self.aws, self.folder, self.queue = aws, folder, queue
        self.environ = {
            **command.slack(aws),
            "IACWATCH_LEDGER__URL": f"sqlite://{folder}/ledger.sqlite3",
            "HOME": str(folder),
            **environ,
        }
        self.sessions = Sessions(region=REGION)

    def container(self, **clock):
        made = Container(
            environ=self.environ,
            sessions=self.sessions,
            usual_places=False,
            overrides={"queue.url": Given("--queue-url", self.queue)},
        )
        made.clock = FoulClock(self.aws.clock, **clock)
        return made

    def run(self, *, output=None, slack=True, report=None, **clock):
        """Drain once; return what ended it early, and its clock. `output` is ``--output``, `report` a stream."""
        container = self.container(**clock)
        sinks = [slack_of(container)] if slack else []
        if output is not None:
            sinks.append(container.sinks.report_file(output, container.sinks.json_lines))
        elif report is not None:
            sinks.append(container.sinks.json_lines(report))
        pipeline = container.pipeline(sinks)
        try:
            pipeline.run(container.queue())
        except Exception as error:
            return SimpleNamespace(error=error, clock=container.clock)
        return SimpleNamespace(error=None, clock=container.clock)

    def finish(self, rounds=12, **more):
        """Drain, later and later, until the queue is empty; fail where that never comes."""
        for _ in range(rounds):
            self.aws.jump(LATER)
            self.run(**more)
            if not self.aws.messages(self.queue):
                return
        left = self.aws.messages(self.queue)
        raise AssertionError(f"{len(left)} messages are still in the queue")

    def fill(self, *which, **more):
        """Let groups be opened by hand, as `small_world.happen` does."""
        happen(self.aws, self.queue, *which, **more)


def slack_of(container):
    """Return the sink that posts to Slack."""
    (make,) = container.sinks.posting({"slack": True}, by_default=False).values()
    return make()


def shown(text):
    """Return the numbers of the groups that a report's lines tell of, line by line."""
    return [numbers(line) for line in text.splitlines()]

"""Sets up the demo's AWS: weeks in its histories, a day in its queue, and a home folder for the runs."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from iacwatch.demo.fake.server import FakeAws
from iacwatch.demo.runner import Runner
from iacwatch.demo.story import code, stock
from iacwatch.demo.story.day import day
from iacwatch.demo.story.recorder import Arrival, Day
from iacwatch.demo.story.weeks import weeks

_DELAY: Final = 600
_VISIBILITY: Final = 60
_RETENTION: Final = 1_209_600
_CHANGES: Final = {
    "source": ["aws.config"],
    "detail-type": ["Config Configuration Item Change"],
    "detail": {
        "messageType": [
            "ConfigurationItemChangeNotification",
            "OversizedConfigurationItemChangeNotification",
        ]
    },
}
"""The pattern of the rule that sends changes to the queue."""
_PATIENCE: Final = 0.2
"""Seconds that a poll of the empty queue takes: people look on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAws:
    """The demo's AWS as set up, the day in its queue, and the runner of commands against it."""

    aws: FakeAws
    day: Day
    queue_url: str
    dlq_url: str
    runner: Runner


@contextmanager
def raised(*, given_up: bool = False) -> Iterator[DemoAws]:
    """Start the demo's AWS, and end it.

    `given_up`: the queue has given two messages of the day up, so that they are in its dead-letter queue.
    """
    with tempfile.TemporaryDirectory(prefix="iacwatch-demo-") as home, FakeAws() as aws:
        aws.sqs.patience = _PATIENCE
        aws.add_recorder()
        dlq_url = aws.create_queue("iacwatch-dlq", retention=_RETENTION)
        queue_url = aws.create_queue(
            "iacwatch", delay=_DELAY, visibility=_VISIBILITY, max_receives=day.MAX_RECEIVES, dlq_url=dlq_url
        )
        aws.add_rule(
            "iacwatch",
            _CHANGES,
            queue_url=queue_url,
            dlq_url=aws.create_queue("iacwatch-rule-dlq", retention=_RETENTION),
        )
        before, today = weeks.and_day(aws.clock.now())
        before.put_into(aws)
        if given_up:
            _give_up(aws, queue_url, today)
        today.put_into(aws, queue_url)
        states = Path(home) / "states"
        runner = Runner(
            aws=aws, queue_url=queue_url, dlq_url=dlq_url, home=Path(home), stacks=(code.write(states),)
        )
        runner.scan(states)
        yield DemoAws(aws=aws, day=today, queue_url=queue_url, dlq_url=dlq_url, runner=runner)


def command(name: str, front: Sequence[str], arguments: Sequence[str]) -> int:
    """Run one command of the real iacwatch against the demo's AWS; return its exit code.

    `front` are options before the command, `arguments` what comes after its `name`.
    """
    with raised(given_up=name == "replay-dlq") as stage:
        return stage.runner.command([*front, name, *arguments])


def _give_up(aws: FakeAws, queue_url: str, today: Day) -> None:
    """Let SQS move a message that nobody can read, and one that could not be reported, to the other queue."""
    dead = [each for each in today.arrivals if _is_dead(each)]
    for each in dead:
        aws.send(queue_url, each.body, receives=day.MAX_RECEIVES, sent_at=each.sent_at)
    aws.redrive(queue_url)
    today.arrivals = [each for each in today.arrivals if each not in dead]


def _is_dead(arrival: Arrival) -> bool:
    return arrival.thing is None or arrival.thing.id == stock.ASSETS.id

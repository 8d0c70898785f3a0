"""Checks the queue and its dead-letter queue: delay, retention, visibility and redrive."""

import json
from collections.abc import Iterator
from typing import Final

from iacwatch.doctor.examination import Examination
from iacwatch.doctor.queues import ExaminedQueue, arn_of, look, url_of
from iacwatch.doctor.registry import check
from iacwatch.doctor.result import Result, broken, fail, ok, refused, warn
from iacwatch.doctor.setup import Setup
from iacwatch.errors import NotThere

DELAY: Final = 600
_SHORTEST_DELAY: Final = 420
RECEIVES: Final = 10
_FEWEST_RECEIVES: Final = 5
"""Waiting for late trail events costs a change some four receives; a fault or two cost more."""

_DAY: Final = 86_400
_HOUR: Final = 3_600
LONGEST_RETENTION: Final = 1_209_600
_ADVISED: Final = 6
"""Times the function's time-out that Lambda advises for the visibility; less than one is refused."""


@check("queue.url", after="recorder")
def queue_url(examination: Examination) -> Iterator[Result]:
    """Report which queue is examined where none is set, or why none is."""
    yield from examination.queue_choice.results


@check("queue", after="rule")
def queue(examination: Examination) -> Iterator[Result]:
    """Judge the queue by its attributes."""
    setup, queue = examination.setup, examination.queue
    if queue is None:
        return
    if queue.failure is not None:
        yield (broken if isinstance(queue.failure, NotThere) else refused)("queue", queue.failure)
        return
    yield ok("queue", f"the queue {queue.arn} is there (receiving is not tried); {_waiting(queue)}")
    if queue.arn.endswith(".fifo"):
        yield fail(
            "queue",
            "the queue is a FIFO queue: one change that waits would hold up all behind it",
            "make a standard queue; `iacwatch template` does",
        )
    yield judge_delay(setup, queue)
    yield judge_retention(setup, queue)
    yield judge_visibility(setup, queue, examination.reader.timeout)
    yield from _dead_letters(setup, queue)


def _waiting(queue: ExaminedQueue) -> str:
    visible = queue.number("ApproximateNumberOfMessages")
    later = queue.number("ApproximateNumberOfMessagesDelayed")
    hidden = queue.number("ApproximateNumberOfMessagesNotVisible")
    return f"messages in it: about {visible} to be received, {later} delayed, {hidden} received or deferred"


def judge_delay(setup: Setup, queue: ExaminedQueue) -> Result:
    """Judge how long changes wait: CloudTrail's events come minutes later."""
    delay = queue.number("DelaySeconds")
    if delay >= _SHORTEST_DELAY:
        return ok("queue.delay", f"changes wait {delay} s for CloudTrail to catch up")
    return warn(
        "queue.delay",
        f"changes wait {delay} s, not {DELAY}: they are looked into before CloudTrail knows,"
        " which spends receives and lookups",
        _set(setup, queue.url, DelaySeconds=DELAY),
    )


def judge_retention(setup: Setup, queue: ExaminedQueue) -> Result:
    """Judge how long the queue retains messages that nobody reads."""
    retention = queue.number("MessageRetentionPeriod")
    if retention >= _DAY:
        return ok("queue.retention", f"changes are kept for {_span(retention)}")
    mend = _set(setup, queue.url, MessageRetentionPeriod=4 * _DAY)
    message = f"changes are kept for {_span(retention)} only: after that they are lost, read or not"
    return (warn if retention >= 6 * _HOUR else fail)("queue.retention", message, mend)


def judge_visibility(setup: Setup, queue: ExaminedQueue, timeout: int | None) -> Result:
    """Judge how long a received message stays hidden, by the time-out of the function that receives it."""
    hidden = queue.number("VisibilityTimeout")
    if timeout is None:
        return ok(
            "queue.visibility", f"a received message is hidden for {hidden} s, and longer where it is kept"
        )
    advised = _ADVISED * timeout
    mend = _set(setup, queue.url, VisibilityTimeout=min(advised + 60, 43_200))
    message = f"a received message is hidden for {hidden} s, the function may take {timeout} s"
    if hidden < timeout:
        return fail("queue.visibility", f"{message}: it comes again while it is worked on", mend)
    if hidden < advised:
        return warn("queue.visibility", f"{message}: Lambda advises six times as long ({advised} s)", mend)
    return ok("queue.visibility", message)


def _dead_letters(setup: Setup, queue: ExaminedQueue) -> Iterator[Result]:
    yield judge_redrive(setup, queue)
    arn, _ = queue.redrive
    if not arn:
        return
    if setup.dlq_url and arn_of(setup.dlq_url, setup.region) != arn:
        yield warn(
            "queue.dead-letters",
            f"queue.dlq_url names {arn_of(setup.dlq_url, setup.region)}; dead letters go to {arn}",
            f'set queue.dlq_url = "{url_of(arn)}"',
        )
    dead = look(setup, url_of(arn))
    if dead.failure is not None:
        yield (broken if isinstance(dead.failure, NotThere) else refused)("queue.dead-letters", dead.failure)
        return
    yield from judge_dead_letters(setup, queue, dead)


def judge_redrive(setup: Setup, queue: ExaminedQueue) -> Result:
    """Judge after how many receives a message goes to the dead-letter queue."""
    arn, receives = queue.redrive
    if not arn:
        policy = json.dumps({"deadLetterTargetArn": f"{queue.arn}-dlq", "maxReceiveCount": 15})
        create = setup.command(
            *("sqs", "create-queue", "--queue-name", f"{queue.arn.rpartition(':')[2]}-dlq"),
            *("--attributes", json.dumps({"MessageRetentionPeriod": str(LONGEST_RETENTION)})),
        )
        return fail(
            "queue.redrive",
            "the queue has no dead-letter queue: a message that cannot be read comes back until it is lost",
            f"{create} && {_set(setup, queue.url, RedrivePolicy=policy)}",
        )
    if receives >= RECEIVES:
        return ok("queue.redrive", f"a message is put aside after {receives} receives")
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 15})
    return (fail if receives < _FEWEST_RECEIVES else warn)(
        "queue.redrive",
        f"a message is put aside after {receives} receives already, and each wait for late events is one",
        _set(setup, queue.url, RedrivePolicy=policy),
    )


def judge_dead_letters(setup: Setup, queue: ExaminedQueue, dead: ExaminedQueue) -> Iterator[Result]:
    """Judge the dead-letter queue: there, a message's age still counts from when it was first sent."""
    retention, there = queue.number("MessageRetentionPeriod"), dead.number("MessageRetentionPeriod")
    if there <= retention:
        yield warn(
            "queue.dead-letters",
            f"the dead-letter queue keeps messages for {_span(there)}, the queue for {_span(retention)}:"
            " their age counts on, so that they may be lost as they arrive there",
            _set(setup, dead.url, MessageRetentionPeriod=LONGEST_RETENTION),
        )
    if waiting := dead.number("ApproximateNumberOfMessages"):
        yield warn(
            "queue.dead-letters",
            f"about {waiting} messages are in the dead-letter queue: changes that were not reported",
            "`iacwatch replay-dlq --list` says why; `iacwatch replay-dlq` tries them again",
        )
    elif there > retention:
        yield ok(
            "queue.dead-letters", f"the dead-letter queue is empty, and keeps messages for {_span(there)}"
        )


def _set(setup: Setup, url: str, **attributes: str | int) -> str:
    """Return the command that sets attributes of a queue."""
    text = json.dumps({name: str(value) for name, value in attributes.items()})
    return setup.command("sqs", "set-queue-attributes", "--queue-url", url, "--attributes", text)


def _span(seconds: int) -> str:
    days, hours = seconds / _DAY, seconds / _HOUR
    return f"{days:g} days" if days >= 1 else f"{hours:.3g} hours"

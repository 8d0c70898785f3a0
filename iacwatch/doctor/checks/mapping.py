"""Checks the event source mapping, which hands the queue's messages to the function: how many, how fast."""

from collections.abc import Iterator
from typing import Final

from iacwatch.doctor.examination import Examination
from iacwatch.doctor.queue_reader import OFF, Document, QueueReader
from iacwatch.doctor.queues import ExaminedQueue
from iacwatch.doctor.registry import check
from iacwatch.doctor.result import Result, fail, ok, refused, unseen, warn
from iacwatch.doctor.setup import Setup

BUDGET: Final = 2.0
"""LookupEvents calls a second that CloudTrail allows in one account and region, to everybody together."""

_WINDOW: Final = 10
_FEWEST: Final = 2
"""Copies; Lambda takes no smaller limit."""

_SPEED: Final = "IACWATCH_TRAIL__CALLS_PER_SECOND"
_CONFIG: Final = "IACWATCH_CONFIG"


@check("mapping", after="queue.policy")
def mapping(examination: Examination) -> Iterator[Result]:
    """Judge what gives the queue's messages to a function."""
    if examination.queue is not None:
        yield from judge_reader(examination.setup, examination.reader, examination.queue)


def judge_reader(setup: Setup, reader: QueueReader, queue: ExaminedQueue) -> Iterator[Result]:
    """Judge the mappings from the queue to a function."""
    if reader.failure is not None:
        yield refused("mapping", reader.failure)
    elif not reader.mappings:
        yield judge_nobody(setup, queue)
    elif len(reader.mappings) > 1:
        yield warn(
            "mapping",
            f"{len(reader.mappings)} mappings take messages from the queue: each change goes to one of them",
            "keep one: `aws lambda delete-event-source-mapping --uuid ...` for the others",
        )
    if reader.mappings:
        yield from judge_mapping(setup, reader.mappings[0])
        if setup.lookups:
            yield judge_speed(setup, reader)


def judge_nobody(setup: Setup, queue: ExaminedQueue) -> Result:
    """Judge a queue that no function reads, so that something else has to."""
    if setup.function:
        return fail(
            "mapping",
            f"no mapping gives the queue's messages to {setup.function}",
            _create(setup, queue.arn),
        )
    waiting = queue.number("ApproximateNumberOfMessages")
    if queue.failure is None and not waiting:
        return ok("mapping", "no function reads the queue, and nothing waits in it")
    return warn(
        "mapping",
        f"no function reads the queue, and about {waiting} messages wait in it"
        if queue.failure is None
        else "no function reads the queue",
        "run `iacwatch drain` every few minutes, such as from CI, or deploy `iacwatch template`",
    )


def _create(setup: Setup, arn: str) -> str:
    return setup.command(
        *("lambda", "create-event-source-mapping", "--function-name", setup.function),
        *("--event-source-arn", arn, "--batch-size", "1000", "--maximum-batching-window-in-seconds", "60"),
        *("--function-response-types", "ReportBatchItemFailures"),
        *("--scaling-config", '{"MaximumConcurrency": 2}'),
    )


def judge_mapping(setup: Setup, mapping: Document) -> Iterator[Result]:
    """Judge how messages are given to the function."""
    name = str(mapping.get("FunctionArn", "")).split(":function:")[-1]
    if mapping.get("State") in OFF:
        yield fail("mapping", f"the mapping to {name} is disabled", _update(setup, mapping, "--enabled"))
    else:
        yield ok("mapping", f"the function {name} gets the queue's messages")
    if "ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or ()):
        yield ok("mapping.partial", "only what is done leaves the queue (ReportBatchItemFailures)")
    else:
        yield fail(
            "mapping.partial",
            "the mapping takes no ReportBatchItemFailures: what waits for events is deleted, and never"
            " reported",
            _update(setup, mapping, "--function-response-types", "ReportBatchItemFailures"),
        )
    if (mapping.get("FilterCriteria") or {}).get("Filters"):
        yield warn(
            "mapping.filter",
            "the mapping filters messages: what does not fit is deleted, and never reported",
            _update(setup, mapping, "--filter-criteria", "{}"),
        )
    size, window = int(mapping.get("BatchSize", 10)), int(mapping.get("MaximumBatchingWindowInSeconds", 0))
    batch = f"batches of up to {size} messages, gathered for {window} s"
    if window >= _WINDOW and size > _WINDOW:
        yield ok("mapping.batch", f"changes share their lookups: {batch}")
    else:
        more = ("--batch-size", "1000", "--maximum-batching-window-in-seconds", "60")
        yield warn(
            "mapping.batch", f"few changes share their lookups: {batch}", _update(setup, mapping, *more)
        )


def _update(setup: Setup, mapping: Document, *words: str) -> str:
    return setup.command(
        "lambda", "update-event-source-mapping", "--uuid", str(mapping.get("UUID", "")), *words
    )


def judge_speed(setup: Setup, reader: QueueReader) -> Result:
    """Judge how fast all copies of the function together may ask CloudTrail."""
    mapping = reader.mappings[0]
    most = (mapping.get("ScalingConfig") or {}).get("MaximumConcurrency")
    if most is None:
        return warn(
            "mapping.concurrency",
            f"as many copies of {reader.name} may run at once as Lambda likes; CloudTrail answers {BUDGET:g}"
            " calls a second to all of them together",
            _update(setup, mapping, "--scaling-config", '{"MaximumConcurrency": 2}'),
        )
    speed = _speed(setup, reader)
    if speed is None:
        return unseen(
            "mapping.concurrency",
            f"how often each of {most} copies of {reader.name} may ask CloudTrail cannot be seen",
            f"`iacwatch doctor --function {reader.name}` reads its settings",
        )
    message = f"{most} copies of {reader.name} make up to {most * speed:g} calls a second together"
    if most * speed <= BUDGET:
        return ok("mapping.concurrency", f"{message}, which CloudTrail allows")
    fewer = int(BUDGET / speed)
    return warn(
        "mapping.concurrency",
        f"{message}; CloudTrail answers {BUDGET:g}, to everybody in the account",
        _update(setup, mapping, "--scaling-config", f'{{"MaximumConcurrency": {fewer}}}')
        if fewer >= _FEWEST
        else f"set {_SPEED}={BUDGET / _FEWEST:g} for the function, and let {_FEWEST} copies run",
    )


def _speed(setup: Setup, reader: QueueReader) -> float | None:
    """Return the calls a second that each copy allows itself; None where that is unknown."""
    if setup.function and setup.trouble is None:
        return setup.calls_per_second
    variables = reader.variables
    if variables is None or (_SPEED not in variables and _CONFIG in variables):
        return None
    try:
        return float(variables.get(_SPEED, BUDGET))
    except ValueError:
        return None

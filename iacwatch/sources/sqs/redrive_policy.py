"""What a queue's redrive policy says, and the dead-letter queue that it names."""

import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from iacwatch.aws.errors import calling
from iacwatch.core.arn import arn_parts
from iacwatch.core.text import plain

_log = logging.getLogger(__name__)

_COUNTS: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a queue holds, about: SQS counts roughly. `retention` is how long it keeps a message at most."""

    visible: int
    hidden: int
    retention: timedelta


def max_receives(client: Any, url: str) -> int | None:
    """Return the queue's ``maxReceiveCount``; None where it has no redrive policy, or none to be read.

    Raises `AwsError` where the queue's attributes cannot be had.
    """
    allowed = _policy(client, url).get("maxReceiveCount")
    try:
        return None if allowed is None else int(allowed)
    except (ValueError, TypeError):
        _log.debug("the redrive policy cannot be read")
        return None


def dead_letters_of(client: Any, url: str) -> str | None:
    """Return the URL of a queue's dead-letter queue; None where its redrive policy names none.

    Both are always in the same account and region. Raises `AwsError` where SQS does not answer.
    """
    target = _policy(client, url).get("deadLetterTargetArn")
    parts = arn_parts(target) if isinstance(target, str) else None
    if parts is None:
        return None
    name = parts.resource
    with calling(f"cannot find the dead-letter queue {plain(str(target), 200)}", action="sqs:GetQueueUrl"):
        answer = client.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=parts.account_id)
    return str(answer["QueueUrl"])


def sources_of(client: Any, url: str) -> tuple[str, ...]:
    """Return the URLs of the queues whose dead-letter queue this is."""
    doing = f"cannot tell whose dead-letter queue {url} is"
    with calling(doing, action="sqs:ListDeadLetterSourceQueues"):
        pages = client.get_paginator("list_dead_letter_source_queues").paginate(QueueUrl=url)
        return tuple(source for page in pages for source in page.get("queueUrls", ()))


def arn_of(client: Any, url: str) -> str:
    """Return a queue's ARN."""
    return _attributes(client, url, "QueueArn")["QueueArn"]


def contents(client: Any, url: str) -> Contents:
    """Return about how many messages a queue holds."""
    found = _attributes(client, url, *_COUNTS, "MessageRetentionPeriod")
    visible, delayed, hidden = (int(found.get(name, 0)) for name in _COUNTS)
    retention = timedelta(seconds=int(found["MessageRetentionPeriod"]))
    return Contents(visible=visible, hidden=delayed + hidden, retention=retention)


def _policy(client: Any, url: str) -> dict[str, Any]:
    """Return a queue's redrive policy; {} where it has none, or none to be read."""
    try:
        found = json.loads(_attributes(client, url, "QueueArn", "RedrivePolicy").get("RedrivePolicy") or "{}")
    except ValueError:
        found = None
    if isinstance(found, dict):
        return found
    _log.debug("the redrive policy cannot be read")
    return {}


def _attributes(client: Any, url: str, *names: str) -> dict[str, str]:
    with calling(f"cannot read the queue {url}", action="sqs:GetQueueAttributes"):
        answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=list(names))
    found: dict[str, str] = answer.get("Attributes", {})
    return found

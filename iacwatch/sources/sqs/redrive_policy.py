"""How often a queue lets a message be received before it goes to the dead-letter queue."""

import json
import logging
from typing import Any

from iacwatch.aws.sessions import calling

_log = logging.getLogger(__name__)


def max_receives(client: Any, url: str) -> int | None:
    """Return the queue's ``maxReceiveCount``; None where it has no redrive policy, or none to be read.

    Raises `AwsError` where the queue's attributes cannot be had.
    """
    with calling(f"cannot read the queue {url}", action="sqs:GetQueueAttributes"):
        answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
    try:
        policy = json.loads(answer.get("Attributes", {}).get("RedrivePolicy") or "{}")
        return int(policy["maxReceiveCount"]) if "maxReceiveCount" in policy else None
    except (ValueError, TypeError):
        _log.debug("the redrive policy cannot be read")
        return None

"""SQS's operations on queues, over awsJson1.0."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from iacwatch.core.model import Json
from iacwatch.demo.fake.sqs.checks import SETTABLE, Body, check_attributes
from iacwatch.demo.fake.sqs.store import FakeQueue, QueueStore, missing_queue
from iacwatch.demo.fake.wire import ApiError, Scope

_COMPUTED = frozenset(
    {
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesDelayed",
        "ApproximateNumberOfMessagesNotVisible",
        "CreatedTimestamp",
        "LastModifiedTimestamp",
        "QueueArn",
    }
)


@dataclass(slots=True)
class SqsQueues:
    """The operations on queues."""

    store: QueueStore

    def operations(self) -> Mapping[str, Callable[[Scope, Body], Json]]:
        """Return what can be done with queues, by operation."""
        return {
            "CreateQueue": self.create_queue,
            "GetQueueUrl": self.get_queue_url,
            "ListQueues": self.list_queues,
            "GetQueueAttributes": self.get_attributes,
            "SetQueueAttributes": self.set_attributes,
            "PurgeQueue": self.purge,
            "ListDeadLetterSourceQueues": self.dead_letter_sources,
        }

    def create_queue(self, scope: Scope, body: Body) -> Json:
        """Answer CreateQueue."""
        attributes = body.get("Attributes") or {}
        check_attributes(attributes)
        return {"QueueUrl": self.store.create(scope, body["QueueName"], attributes).url}

    def get_queue_url(self, scope: Scope, body: Body) -> Json:
        """Answer GetQueueUrl."""
        account = body.get("QueueOwnerAWSAccountId", scope.account_id)
        queue = self.store.queues.get((account, scope.region, str(body.get("QueueName"))))
        if queue is None:
            raise missing_queue()
        return {"QueueUrl": queue.url}

    def list_queues(self, scope: Scope, body: Body) -> Json:
        """Answer ListQueues."""
        prefix = body.get("QueueNamePrefix", "")
        return {
            "QueueUrls": [
                queue.url
                for (account, region, name), queue in sorted(self.store.queues.items())
                if (account, region) == (scope.account_id, scope.region) and name.startswith(prefix)
            ]
        }

    def get_attributes(self, scope: Scope, body: Body) -> Json:
        """Answer GetQueueAttributes: nothing where nothing is asked for."""
        queue = self.store.by_url(scope, body["QueueUrl"])
        asked = set(body.get("AttributeNames") or ())
        if (
            unknown := asked
            - SETTABLE
            - _COMPUTED
            - {"All", "KmsMasterKeyId", "SqsManagedSseEnabled", "FifoQueue"}
        ):
            raise ApiError("InvalidAttributeName", f"Unknown Attribute {min(unknown)}.")
        with self.store.changed:
            values = queue.attributes | _counts(queue, self.store.clock.now())
        return {
            "Attributes": {name: value for name, value in values.items() if name in asked or "All" in asked}
        }

    def set_attributes(self, scope: Scope, body: Body) -> Json:
        """Answer SetQueueAttributes."""
        queue = self.store.by_url(scope, body["QueueUrl"])
        check_attributes(body.get("Attributes") or {})
        with self.store.changed:
            queue.attributes.update(body.get("Attributes") or {})
        return {}

    def purge(self, scope: Scope, body: Body) -> Json:
        """Answer PurgeQueue."""
        queue = self.store.by_url(scope, body["QueueUrl"])
        with self.store.changed:
            queue.messages.clear()
        return {}

    def dead_letter_sources(self, scope: Scope, body: Body) -> Json:
        """Answer ListDeadLetterSourceQueues."""
        queue = self.store.by_url(scope, body["QueueUrl"])
        return {"queueUrls": [source.url for source in self.store.sources_of(queue.arn)]}


def _counts(queue: FakeQueue, now: datetime) -> dict[str, str]:
    hidden = [message for message in queue.messages.values() if message.visible_at > now]
    delayed = sum(message.received_at is None for message in hidden)
    created = str(int(queue.created_at.timestamp()))
    return {
        "ApproximateNumberOfMessages": str(len(queue.messages) - len(hidden)),
        "ApproximateNumberOfMessagesDelayed": str(delayed),
        "ApproximateNumberOfMessagesNotVisible": str(len(hidden) - delayed),
        "CreatedTimestamp": created,
        "LastModifiedTimestamp": created,
        "QueueArn": queue.arn,
    }

"""The queues that the laws of change sources are run over: our own fake's, and moto's; and the doors to each."""

import json
import time
import uuid
from contextlib import contextmanager

import boto3

from iacwatch.demo.fake.server import FakeAws
from iacwatch.sources.lambda_event import LambdaBatch
from iacwatch.sources.sqs.source import SqsQueue
from tests.fixtures import moto_aws
from tests.fixtures.clocks import WorldClock, seconds
from tests.fixtures.function.poller import finished, received


class QueueWorld:
    """One queue with a redrive policy, somewhere, and what a law does to it besides the source."""

    def __init__(self, client, clock, passes, *, takes_time=False):
        self.client, self.clock, self._passes, self.takes_time = client, clock, passes, takes_time
        name, asked = f"changes-{uuid.uuid4().hex}", ["QueueArn"]
        dead = client.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        found = client.get_queue_attributes(QueueUrl=dead, AttributeNames=asked)["Attributes"]
        redrive = json.dumps({"deadLetterTargetArn": found["QueueArn"], "maxReceiveCount": 5})
        attributes = {"RedrivePolicy": redrive, "VisibilityTimeout": "30"}
        self.url = client.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def source(self, **options):
        return SqsQueue(client=self.client, url=self.url, clock=self.clock, **options)

    def batch(self, *, hold=30, **options):
        """Receive what there is, as Lambda does; return a source over it, and the event."""
        event = received(self.client, self.url, visibility=hold)
        return LambdaBatch(event=event, client=lambda _: self.client, clock=self.clock, **options), event

    def handled(self, door, outcome, *, late=False, hold=30, **options):
        """Handle what there is through a door, settling each wave or all at the end; return what it delivered."""
        event = None
        if door == "queue":
            source = self.source(hold=seconds(hold), **options)
        else:
            source, event = self.batch(hold=hold, **options)
        found = []
        for wave in source.waves():
            found.extend(wave)
            if not late:
                source.settle([(delivery, outcome(delivery)) for delivery in wave])
        if late:
            source.settle([(delivery, outcome(delivery)) for delivery in found])
        if event is not None:
            self.answered(source, event)
        return found

    def answered(self, batch, event):
        """Delete what the batch does not list as failed, as Lambda does."""
        listed = {"batchItemFailures": [{"itemIdentifier": key} for key in batch.left]}
        finished(self.client, self.url, event, listed)

    def send(self, *bodies):
        for start in range(0, len(bodies), 10):
            entries = [
                {"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies[start : start + 10])
            ]
            self.client.send_message_batch(QueueUrl=self.url, Entries=entries)

    def counts(self):
        """Return how many messages can be received, and how many are hidden."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return tuple(int(found[name]) for name in names)

    def receive(self):
        """Receive as somebody else; return bodies by how often they were received."""
        count = "ApproximateReceiveCount"
        asked = {"MaxNumberOfMessages": 10, "WaitTimeSeconds": 0, "MessageSystemAttributeNames": [count]}
        answer = self.client.receive_message(QueueUrl=self.url, **asked)
        return {each["Body"]: int(each["Attributes"][count]) for each in answer.get("Messages", [])}

    def passes(self, count):
        """Let some seconds pass."""
        self._passes(seconds(count))


@contextmanager
def own():
    """Give a queue of our own fake, whose time can be moved."""
    with FakeAws() as aws:
        aws.sqs.patience = 0
        keys = {"aws_access_key_id": "AKIATEST111122223333", "aws_secret_access_key": "x"}
        client = boto3.client("sqs", endpoint_url=aws.url, region_name="eu-west-1", **keys)
        yield QueueWorld(client, WorldClock(aws.clock), aws.jump)


@contextmanager
def moto():
    """Give a queue of moto's, where time has to pass."""
    yield QueueWorld(
        moto_aws.client("sqs"), WorldClock(), lambda span: time.sleep(span.total_seconds()), takes_time=True
    )


QUEUES = {"own": own, "moto": moto}

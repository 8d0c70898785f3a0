"""The queues that the laws of change sources are run over: our own fake's, and moto's."""

import os
from contextlib import contextmanager

import boto3
import requests
from moto.server import ThreadedMotoServer

from iacwatch.demo.fake.server import FakeAws
from iacwatch.sources.sqs.source import SqsQueue
from tests.fixtures.clocks import WorldClock


class QueueWorld:
    """One queue with a redrive policy, somewhere, and what a law does to it besides the source."""

    def __init__(self, endpoint, clock, max_receives=5):
        self.clock = clock
        self.client = boto3.client(
            "sqs",
            endpoint_url=endpoint,
            region_name="eu-west-1",
            aws_access_key_id="AKIATEST111122223333",
            aws_secret_access_key="x",
        )
        dead = self.client.create_queue(QueueName="dead")["QueueUrl"]
        arn = self.client.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        policy = f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": {max_receives}}}'
        self.url = self.client.create_queue(
            QueueName="changes", Attributes={"RedrivePolicy": policy, "VisibilityTimeout": "30"}
        )["QueueUrl"]

    def source(self, **options):
        return SqsQueue(client=self.client, url=self.url, clock=self.clock, **options)

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
        answer = self.client.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        return {
            message["Body"]: int(message["Attributes"]["ApproximateReceiveCount"])
            for message in answer.get("Messages", [])
        }

    def comes(self):
        """Wait until something can be received, as somebody else; return what came, and when it had."""
        for _ in range(60):
            if came := self.receive():
                return came, self.clock.now()
        raise AssertionError("nothing came for a minute")


@contextmanager
def own():
    """Give a queue of our own fake."""
    with FakeAws() as aws:
        yield QueueWorld(aws.url, WorldClock(aws.clock))


@contextmanager
def moto():
    """Give a queue of moto's."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        requests.post(f"http://{host}:{port}/moto-api/reset", timeout=10)
        yield QueueWorld(f"http://{host}:{port}", WorldClock())
    finally:
        server.stop()


QUEUES = {"own": own, "moto": moto}
os.environ.setdefault("NO_PROXY", "127.0.0.1")

"""The function's world: an AWS on loopback with the queue, a ledger in moto, and Lambda between them."""

import json
import re
from collections import Counter

import boto3

from tests import command, moto_aws
from tests.lambda_poller import finished, received
from tests.lambda_runtime import Function
from tests.small_world import call, change, listed


class World:
    """An AWS with a queue, a ledger's table, and the function's settings."""

    def __init__(self, aws, folder):
        self.aws, self._folder = aws, folder
        self.queue = aws.create_queue(
            "changes", visibility=120, max_receives=15, dlq_url=aws.create_queue("dead")
        )
        self.table = moto_aws.table()
        self.sqs = boto3.client(
            "sqs",
            endpoint_url=aws.url,
            region_name="eu-west-1",
            aws_access_key_id="AKIATEST111122223333",
            aws_secret_access_key="x",
        )

    def environment(self, **more):
        """Return the function's environment; what is None is left out."""
        every = {
            **self.aws.environment(),
            **moto_aws.environment(),
            "IACWATCH_SLACK__TOKEN": "xoxb-demo",
            "IACWATCH_SLACK__CHANNEL": "#infra",
            "IACWATCH_SLACK__API_URL": self.aws.slack_url,
            "IACWATCH_LEDGER__URL": f"dynamodb://{self.table}",
            **more,
        }
        return {name: value for name, value in every.items() if value is not None}

    def function(self, **more):
        return Function(self._folder, **self.environment(**more))

    def drain(self, *arguments):
        line = ("drain", "--queue-url", self.queue, *arguments)
        return command.run(self.aws, self._folder, *line, **self.environment())

    def send(self, body):
        return self.aws.send(self.queue, body)

    def fill(self, *numbers, minutes=60):
        for number in numbers:
            self.send(change(number, minutes))
            self.aws.add_event(call(number, minutes), resource_names=listed(number))

    def receive(self, **more):
        return received(self.sqs, self.queue, **more)

    def finish(self, event, answer):
        return finished(self.sqs, self.queue, event, answer)

    def round(self, function, **more):
        """Receive what there is, let the function handle it, delete what is done; return what is not."""
        event = self.receive()
        return self.finish(event, function.invoke(event, **more))

    def left(self):
        return {message.id: message for message in self.aws.messages(self.queue)}

    def calls(self, operation):
        return [each for each in self.aws.calls if each.operation == operation]

    def told(self):
        """Return in how many messages each group was told of."""
        return Counter(
            int(number)
            for message in self.aws.slack_messages
            for number in set(re.findall(r"web-(\d+)", json.dumps(message)))
        )

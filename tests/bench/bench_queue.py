"""How fast a queue is drained, beside a plain loop of receive and delete.

Run it as `python -m tests.bench.bench_queue [MESSAGES]`. The AWS on loopback is a process of its own, and answers after 10 ms.
"""

import multiprocessing
import os
import statistics
import time
from functools import partial

from iacwatch.aws.sessions import Sessions
from iacwatch.clock import SystemClock
from iacwatch.core.outcome import Skipped
from iacwatch.demo.fake.server import FakeAws
from iacwatch.sources.sqs.source import SqsQueue
from tests.bench.paired import line, number, paired, ratio, seconds

ROUNDS = 3
DONE = Skipped(reason="unmanaged")


def serve(pipe, messages):
    """Serve an AWS; each word on the pipe fills the queue again."""
    with FakeAws() as aws:
        aws.latency = 0.01
        url = aws.create_queue("changes")
        pipe.send((aws.environment(), url))
        while pipe.recv():
            for _ in range(messages):
                aws.send(url, "x" * 2_000)
            pipe.send(len(aws.messages(url)))


def plainly(client, url):
    """Drain as a loop of ten lines does: receive, delete, one after the other."""
    asked = {"QueueUrl": url, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 1}
    while messages := client.receive_message(**asked).get("Messages"):
        entries = [
            {"Id": str(at), "ReceiptHandle": each["ReceiptHandle"]} for at, each in enumerate(messages)
        ]
        client.delete_message_batch(QueueUrl=url, Entries=entries)


def ours(client, url):
    """Drain as the source does."""
    source = SqsQueue(client=client, url=url, clock=SystemClock())
    for wave in source.waves():
        source.settle([(delivery, DONE) for delivery in wave])


def main():
    """Print the seconds of both, and messages a second."""
    messages = number(2_000)
    pipe, far = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(far, messages), daemon=True)
    server.start()
    environment, url = pipe.recv()
    os.environ.update(environment)
    client = Sessions().client("sqs")

    def timed(way):
        pipe.send("fill")
        assert pipe.recv() == messages
        return seconds(partial(way, client, url), time.perf_counter) - 1  # the last empty poll

    taken = paired({way.__name__: partial(timed, way) for way in (plainly, ours)}, ROUNDS)
    line(f"{messages} messages of 2,000 bytes", "seconds", "a second", "ratio")
    for name, took in taken.items():
        middle = statistics.median(took)
        line(name, middle, round(messages / middle), ratio(took, taken["plainly"]))
    pipe.send("")
    server.join()


if __name__ == "__main__":
    main()

"""How fast a queue is drained, a ledger claims, and how well a pace keeps to CloudTrail's limit.

Run it as `python -m tests.bench.bench_adapters [MESSAGES]`. The AWS on loopback is a process of its own, and
answers after 10 ms. Each comparison pairs runs of one round; medians of ratios.
"""

import multiprocessing
import os
import statistics
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from iacwatch.aws.rate_limit import RateLimit
from iacwatch.aws.sessions import Sessions
from iacwatch.clock import SystemClock
from iacwatch.core.outcome import Skipped
from iacwatch.demo.fake.server import FakeAws
from iacwatch.ledgers.sqlite.ledger import SqliteLedger
from iacwatch.sources.sqs.source import SqsQueue
from tests.bench.paired import number, paired, ratio, seconds

ROUNDS = 3
BODY = "x" * 2_000
DONE = Skipped(reason="unmanaged")


def serve(pipe, messages):
    """Serve an AWS; each word on the pipe fills the queue again."""
    with FakeAws() as aws:
        aws.latency = 0.01
        url = aws.create_queue("changes")
        pipe.send((aws.environment(), url))
        while pipe.recv() == "fill":
            for _ in range(messages):
                aws.send(url, BODY)
            pipe.send(len(aws.messages(url)))
        pipe.send(sum(call.throttled for call in aws.calls))


def plainly(client, url):
    """Drain as a loop of ten lines does: receive, delete, one after the other."""
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get(
        "Messages"
    ):
        entries = [
            {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]}
            for index, message in enumerate(messages)
        ]
        client.delete_message_batch(QueueUrl=url, Entries=entries)


def ours(client, url):
    """Drain as the source does."""
    source = SqsQueue(client=client, url=url, clock=SystemClock())
    for wave in source.waves():
        source.settle([(delivery, DONE) for delivery in wave])


def queue(pipe, url, messages):
    """Print how long both take for as many messages."""
    client = Sessions().client("sqs")

    def timed(way):
        pipe.send("fill")
        assert pipe.recv() == messages
        return seconds(partial(way, client, url), time.perf_counter) - 1  # the last empty poll

    taken = paired({way.__name__: partial(timed, way) for way in (plainly, ours)}, ROUNDS)
    rate = messages / statistics.median(taken["ours"])
    times = ratio(taken["ours"], taken["plainly"])
    print(f"queue: {messages} messages of {len(BODY)} bytes: {rate:.0f} a second, {times:.2f} x a plain loop")


def ledger():
    """Print how many ids are claimed and completed in a second, in waves and one by one."""
    with tempfile.TemporaryDirectory() as folder:
        store, now, lease = SqliteLedger(Path(folder) / "ledger"), datetime.now(UTC), timedelta(seconds=60)
        for size, waves in ((1, 200), (1_000, 5)):
            began = time.perf_counter()
            for wave in range(waves):
                claims = store.claim([f"{size}-{wave}-{n}" for n in range(size)], now=now, lease=lease)
                store.complete([each.grant for each in claims.values()], now=now)
            each = (time.perf_counter() - began) / (size * waves)
            print(f"ledger: {size} at once: {each * 1e6:.0f} us to claim and complete one id")


def pace():
    """Print how long so many LookupEvents take beside what the limit allows."""
    client, clock, count = Sessions().client("cloudtrail"), SystemClock(), 40
    for streams in (1, 2, 4):
        kept = RateLimit(clock, per_second=2)
        key, left, lock = ("cloudtrail", str(streams)), [count], threading.Lock()

        def work(kept=kept, key=key, left=left, lock=lock):
            while True:
                with lock:
                    if not left[0]:
                        return
                    left[0] -= 1
                kept.wait(key)
                try:
                    client.lookup_events(MaxResults=1)
                except client.exceptions.ClientError:
                    kept.throttled(key)

        began = time.perf_counter()
        threads = [threading.Thread(target=work) for _ in range(streams)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        taken = time.perf_counter() - began
        print(f"pace: {count} calls, {streams} streams: {taken:.1f} s, {taken / (count / 2):.2f} x the limit")
        time.sleep(2)


def main():
    """Print all figures."""
    messages = number(2_000)
    pipe, far = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(far, messages), daemon=True)
    server.start()
    environment, url = pipe.recv()
    os.environ.update(environment)
    queue(pipe, url, messages)
    ledger()
    pace()
    pipe.send("end")
    print(f"pace: {pipe.recv()} calls were refused")
    server.join()


if __name__ == "__main__":
    main()

"""What never answers: a run that is asked to end does so, gives back what it had, and says what it did."""

import signal
import threading
import time

import boto3
import pytest

from iacwatch.function import log as lambda_log
from iacwatch.lambda_handler import Function
from tests.faults.runs import LATER
from tests.fixtures import command
from tests.fixtures.function.poller import ids, received
from tests.fixtures.function.runtime import ARN
from tests.fixtures.small_world import happen

COUNT = 12


class Hanging:
    """Lets every call of one operation hang; `reached` is set by the first."""

    def __init__(self, aws, service, operation):
        self._called, self._over = (service, operation), threading.Event()
        self.reached = threading.Event()
        aws.before = self

    def __call__(self, request):
        if (request.service, request.operation) == self._called:
            self.reached.set()
            self._over.wait(60)

    def end(self):
        self._over.set()


def hung(aws, queue, tmp_path, *called):
    """Start a run whose call hangs; return both, once it does."""
    happen(aws, queue, *range(COUNT))
    hanging = Hanging(aws, *called)
    line = ("drain", "--queue-url", queue, "--format", "jsonl")
    process = command.start(aws, tmp_path, *line, hurried=False, **command.slack(aws))
    assert hanging.reached.wait(30)
    return hanging, process


@pytest.mark.parametrize(
    ("called", "number"),
    [(("slack", "chat.postMessage"), signal.SIGINT), (("sqs", "ReceiveMessage"), signal.SIGTERM)],
)
def test_a_run_ends_soon_although_a_call_hangs(aws, queue, tmp_path, called, number):
    hanging, process = hung(aws, queue, tmp_path, *called)
    asked_at = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert time.monotonic() - asked_at < 8, "less than five, on a machine that has nothing else to do"
    hanging.end()
    assert process.returncode == 128 + number, said
    assert f"stopped: {number.name}; what was not done was given back" in said
    assert "Traceback" not in said
    left = aws.messages(queue)
    assert len(left) == COUNT
    assert all(each.visible_at <= aws.clock.now() for each in left)


def test_a_second_signal_ends_a_process_at_once(aws, queue, tmp_path):
    hanging, process = hung(aws, queue, tmp_path, "slack", "chat.postMessage")
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    hanging.end()
    assert (process.returncode, "given back" in said) == (143, False), said


class Context:
    """What Lambda says about an invocation that it ends after so many seconds."""

    aws_request_id, function_name, invoked_function_arn = "1", "iacwatch", ARN

    def __init__(self, seconds):
        self._ends_at = time.monotonic() + seconds

    def get_remaining_time_in_millis(self):
        return int((self._ends_at - time.monotonic()) * 1000)


@pytest.mark.usefixtures("capfd")
def test_a_function_answers_in_time_although_a_call_hangs(aws, queue, monkeypatch):
    happen(aws, queue, *range(COUNT))
    hanging = Hanging(aws, "cloudtrail", "LookupEvents")
    event = received(boto3.client("sqs"), queue)
    monkeypatch.setattr(lambda_log, "set_up", lambda *_more, **_named: None)
    function, context = Function(), Context(5)
    answer = function(event, context)
    left = context.get_remaining_time_in_millis()
    hanging.end()
    assert left > 0
    assert [each["itemIdentifier"] for each in answer["batchItemFailures"]] == ids(event)
    assert len(aws.messages(queue)) == COUNT
    assert all(20 < (each.visible_at - aws.clock.now()).total_seconds() < 31 for each in aws.messages(queue))
    # What was left behind is not used again, and the next invocation has a clock of its own.
    aws.quiet()
    aws.jump(LATER)
    event = received(boto3.client("sqs"), queue)
    assert function(event, Context(60)) == {"batchItemFailures": []}

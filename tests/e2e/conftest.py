"""What the tests from outside share: an AWS on loopback, a queue of changes, and the command run against them."""

from functools import partial

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


@pytest.fixture
def dead(aws):
    return aws.create_queue("dead")


@pytest.fixture
def queue(aws, dead):
    return aws.create_queue("changes", visibility=30, max_receives=10, dlq_url=dead)


@pytest.fixture
def run(aws, tmp_path):
    """Run a command to its end, as `command.run` does."""
    return partial(command.run, aws, tmp_path)


@pytest.fixture
def drain(run, queue):
    """Drain the queue, with further arguments and environment variables; the report is JSON Lines, if nothing else is said."""

    def drained(*arguments, before=(), form="jsonl", **more):
        line = ("drain", "--queue-url", queue, *(("--format", form) if form else ()))
        return run(*before, *line, *arguments, **more)

    return drained

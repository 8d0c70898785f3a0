"""What the fault tests share: a foul AWS, a machine beside it, and no waiting that is not the point."""

import pytest
from botocore.retries import standard

from iacwatch.sources.sqs import receive
from tests.faults.foul_aws import FoulAws
from tests.faults.runs import Place


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Let empty polls answer at once, and botocore try again without a pause."""
    monkeypatch.setattr(receive, "POLL", 0)
    monkeypatch.setattr(standard.ExponentialBackoff, "delay_amount", lambda self, context: 0)


@pytest.fixture
def aws(monkeypatch):
    with FoulAws() as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        yield fake


@pytest.fixture
def dead(aws):
    return aws.create_queue("dead")


@pytest.fixture
def queue(aws, dead):
    return aws.create_queue("changes", visibility=30, max_receives=50, dlq_url=dead)


@pytest.fixture
def place(aws, queue, tmp_path):
    return Place(aws, tmp_path, queue)

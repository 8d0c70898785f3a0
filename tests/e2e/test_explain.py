"""`iacwatch explain`: one message, step by step, and nothing is changed."""

import json

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command
from tests.fixtures.small_world import call, change, group_id, listed


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


def explain(aws, home, body):
    return command.run(aws, home, "explain", "-", stdin=body)


def test_every_step_from_the_message_to_the_verdict_is_told(aws, tmp_path):
    aws.add_event(call(1), resource_names=listed(1))
    refused = call(1, who="mallory@example.com", lag=50, errorCode="Client.UnauthorizedOperation")
    aws.add_event(refused, resource_names=listed(1))
    done = explain(aws, tmp_path, change(1))
    assert done.returncode == 0, done.stderr
    told = done.stdout
    for step in ("Parsed", "Managed", "Window", "Names", "Looked up", "Candidates", "Verdict"):
        assert f"\n{step} " in f"\n{told}", step
    assert group_id(1) in told
    assert "managed-by=terraform" in told
    assert "Configuration.IpPermissions.0" in told
    assert "+ " in told
    assert "alice@example.com" in told
    assert "Client.UnauthorizedOperation" in told
    assert "out-of-band" in told


def test_nothing_is_changed(aws, tmp_path):
    aws.add_event(call(1), resource_names=listed(1))
    explain(aws, tmp_path, change(1))
    assert {called.operation for called in aws.calls} <= {
        "GetCallerIdentity",
        "LookupEvents",
        "GetResourceConfigHistory",
    }


def test_what_sqs_says_of_a_message_is_taken_as_well_as_its_body(aws, tmp_path):
    received = {"Messages": [{"MessageId": "m", "ReceiptHandle": "r", "Body": change(1)}]}
    assert group_id(1) in explain(aws, tmp_path, json.dumps(received)).stdout


def test_an_unmanaged_resource_needs_no_lookup(aws, tmp_path):
    done = explain(aws, tmp_path, change(1, tags={}))
    assert done.returncode == 0
    assert "ignored (unmanaged)" in done.stdout
    assert not [called for called in aws.calls if called.operation == "LookupEvents"]


def test_what_is_too_early_says_when_it_would_come_back(aws, tmp_path):
    done = explain(aws, tmp_path, change(1, 5))
    assert done.returncode == 0
    assert "not reported yet" in done.stdout


def test_an_unreadable_message_says_what_is_wrong_with_it(aws, tmp_path):
    done = explain(aws, tmp_path, '{"detail-type": 7')
    assert done.returncode == 1
    assert "is not JSON" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_wrong_usage(aws, tmp_path):
    done = command.run(aws, tmp_path, "explain", "missing.json")
    assert done.returncode == 2
    assert "missing.json" in done.stderr

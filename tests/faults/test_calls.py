"""Every call of a run fails in every way, once and for good: nothing is lost, and told twice only where it must.

Only a message that Slack took without an answer is told again: nobody can know that it is there.
"""

import time
from datetime import timedelta

import pytest

from iacwatch.sources.sqs import receive
from tests.faults.foul_aws import numbers
from tests.faults.runs import LATER
from tests.fixtures.small_world import ago, change, item, message

CALLS = (
    ("sqs", "GetQueueAttributes"),
    ("sqs", "ReceiveMessage"),
    ("sqs", "DeleteMessageBatch"),
    ("sqs", "ChangeMessageVisibilityBatch"),
    ("sts", "GetCallerIdentity"),
    ("cloudtrail", "LookupEvents"),
    ("config", "GetResourceConfigHistory"),
    ("slack", "chat.postMessage"),
    ("slack", "chat.update"),
)
FAULTS = {
    "throttled": ("ThrottlingException", 400),
    "internal error": ("InternalError", 500),
    "unavailable": ("ServiceUnavailable", 503),
    "denied": ("AccessDenied", 403),
    "cut before": ("drop-before", None),
    "cut after": ("drop-after", None),
    "a proxy's page": ("page", None),
    "an empty answer": ("empty", None),
}
SLACK = {
    "throttled": ("ratelimited", 429),
    "internal error": ("internal_error", 200),
    "unavailable": ("server_error", 503),
    "denied": ("not_in_channel", 200),
    "cut before": ("drop-before", None),
    "cut after": ("drop-after", None),
    "a proxy's page": ("page", None),
    "an empty answer": ("empty", None),
}
ALL = frozenset({1, 2, 3, 4, 5, 7, 8})


@pytest.fixture
def filled(aws, place, monkeypatch):
    """Three people's changes in several waves, one of a deleted object, one that is too young, and noise."""
    monkeypatch.setattr(receive, "MOST", 2)
    place.fill(1, 2, 8, who="alice@example.com")
    place.fill(3, who="bob@example.com", copies=2)
    place.fill(5, who="carol@example.com", minutes=13)
    gone = item(4, ago(50), configurationItemStatus="ResourceDeleted", configuration=None)
    aws.add_item(item(4, ago(5_000)))
    del gone["tags"]
    aws.send(place.queue, message(gone, {"changedProperties": {}, "changeType": "DELETE"}))
    aws.send(place.queue, change(6, tags={}))
    aws.send(place.queue, change(7, 12))
    return place


def faults(service, fault):
    code, status = (SLACK if service == "slack" else FAULTS)[fault]
    return {"code": code, "status": status}


def repeats(aws):
    """Return how many messages told what another had told before."""
    seen, again = set(), 0
    for told in aws.tellings():
        again += bool(told & seen)
        seen |= told
    return again


def kept(call, fault, times):
    """Say whether a case is of every run: the others take minutes together.

    Every call fails in every way for good, and once in two ways that differ from call to call.
    """
    return times > 3 or (times == 1 and (CALLS.index(call) + list(FAULTS).index(fault)) % 3 == 0)


CASES = [
    pytest.param(call, fault, times, marks=() if kept(call, fault, times) else pytest.mark.slow)
    for call in CALLS
    for fault in FAULTS
    for times in (1, 3, 10_000)
]


@pytest.mark.parametrize(("call", "fault", "times"), CASES)
def test_whatever_call_fails_everything_is_told_in_the_end(aws, filled, call, fault, times):
    service, operation = call
    aws.fail(service, operation, **faults(service, fault), times=times)
    for _ in range(2):
        filled.run()
        waiting = {number for each in aws.messages(filled.queue) for number in numbers(each.body)}
        assert waiting | set(aws.told()) >= ALL
        aws.jump(LATER)
    assert (service, operation) in {(each.service, each.operation) for each in aws.calls}
    aws.quiet()
    aws.jump(timedelta(minutes=45))
    filled.finish()
    assert set(aws.told()) == ALL
    unknown = fault == "cut after" and (service, operation) == ("slack", "chat.postMessage")
    if unknown:
        assert repeats(aws) <= 2 * len(ALL)
    else:
        assert repeats(aws) == 0


@pytest.mark.parametrize("service", ["sqs", "sts", "cloudtrail", "config"])
def test_slow_answers_are_waited_for(aws, filled, service):
    aws.before = lambda request: time.sleep(0.05 if request.service == service else 0)
    filled.run()
    aws.quiet()
    aws.jump(timedelta(minutes=45))
    filled.finish()
    assert aws.told() == dict.fromkeys(ALL, 1)

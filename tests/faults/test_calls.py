"""Every call of a run fails in every way: nothing is lost, and told twice only where Slack took it unanswered."""

from datetime import timedelta

import pytest

from iacwatch.sources.sqs import receive
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
    "throttled": (("ThrottlingException", 400), ("ratelimited", 429)),
    "internal error": (("InternalError", 500), ("internal_error", 200)),
    "unavailable": (("ServiceUnavailable", 503), ("server_error", 503)),
    "denied": (("AccessDenied", 403), ("not_in_channel", 200)),
    "cut before": (("drop-before", None),) * 2,
    "cut after": (("drop-after", None),) * 2,
    "a proxy's page": (("page", None),) * 2,
    "an empty answer": (("empty", None),) * 2,
}
"""The code and the status of AWS's answer, and of Slack's."""

ALL = frozenset({1, 2, 3, 4, 5, 7, 8})
FOR_GOOD = 10_000


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


CASES = [
    (call, fault, times)
    for at, call in enumerate(CALLS)
    for nth, fault in enumerate(FAULTS)
    for times, every in ((1, 4), (FOR_GOOD, 3))
    if (at + nth) % every == 0  # some ways for each call, which differ from call to call
]


@pytest.mark.parametrize(("call", "fault", "times"), CASES)
def test_whatever_call_fails_everything_is_told_in_the_end(aws, filled, call, fault, times):
    code, status = FAULTS[fault][call[0] == "slack"]
    aws.fail(*call, code, status=status, times=times)
    for _ in range(2):
        filled.run()
        assert aws.waiting(filled.queue) | set(aws.told()) >= ALL
        aws.jump(LATER)
    assert call in {(each.service, each.operation) for each in aws.calls}
    aws.quiet()
    aws.jump(timedelta(minutes=45))
    filled.finish()
    assert set(aws.told()) == ALL
    unknown = fault == "cut after" and call == ("slack", "chat.postMessage")
    assert aws.repeats() <= (2 * len(ALL) if unknown else 0)

"""The one retry loop: what is tried again, how often, after which waits, and what ends it."""

from unittest.mock import Mock
from unittest.mock import call as once

import pytest
from botocore import exceptions as botocore

from iacwatch.aws.caller import ApiCaller, Retries
from iacwatch.errors import AccessDenied, AwsError, Stopping
from tests.fixtures.clocks import NOON, TickingClock, seconds

KEY = ("111122223333", "eu-west-1")
PAUSES = (seconds(1), seconds(4))
DONE = {"done": 1}


def refused(code, status=400):
    answer = {"Error": {"Code": code, "Message": "x"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return botocore.ClientError(answer, "ListThings")


THROTTLED = refused("ThrottlingException")
FAULT = refused("InternalError", status=500)
LOST = botocore.ConnectionClosedError(endpoint_url="https://x")


class Client:
    """A client that answers with what it was given, in turn."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), 0

    def list_things(self):
        self.asked += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def clock():
    return TickingClock()


def caller(clock, *, rate_limit=None, **more):
    retries = Retries(**{"throttled": 2, "faults": 3, "pauses": PAUSES, **more})
    return ApiCaller("things", clock=clock, retries=retries, rate_limit=rate_limit)


def call(made, *answers, client=None):
    return made.call(client or Client(*answers), "ListThings", {}, doing="cannot list", key=KEY)


@pytest.mark.parametrize("error", [FAULT, LOST])
def test_a_fault_is_tried_again_after_the_pauses_and_then_raised(clock, error):
    made = caller(clock)
    assert call(made, error, error, error, DONE) == DONE
    assert (made.made, list(filter(None, clock.sleeps))) == (4, [PAUSES[0], PAUSES[1], PAUSES[1]])
    client = Client(*[error] * 9)
    with pytest.raises(AwsError, match=r"^cannot list: "):
        call(made, client=client)
    assert client.asked == 4


def test_a_call_without_an_answer_is_final_where_that_is_asked_for(clock):
    made = caller(clock, unanswered=False)
    with pytest.raises(AwsError, match=r"broke off|failed"):
        call(made, LOST, {})
    assert made.made == 1
    assert call(caller(clock, unanswered=False), FAULT, {}) == {}


def test_a_throttled_call_waits_for_the_rate_limit_alone_and_for_the_pauses_where_there_is_none(clock):
    limit = Mock()
    made = caller(clock, rate_limit=limit)
    assert call(made, THROTTLED, THROTTLED, {}) == {}
    assert limit.mock_calls == [once.wait(KEY), once.throttled(KEY)] * 2 + [once.wait(KEY)]
    assert (made.made, clock.sleeps) == (3, [])
    call(caller(clock), THROTTLED, THROTTLED, {})
    assert list(filter(None, clock.sleeps)) == list(PAUSES)


def test_throttling_ends_in_the_error_after_so_many_refusals_counted_apart_from_faults(clock):
    client = Client(*[THROTTLED] * 9)
    with pytest.raises(AwsError, match="too many calls"):
        call(caller(clock), client=client)
    assert client.asked == 3
    assert call(caller(clock), THROTTLED, FAULT, FAULT, THROTTLED, FAULT, DONE) == DONE


def test_throttling_ends_in_the_error_after_so_long_without_any_answer(clock):
    made = caller(clock, throttled=seconds(12))
    with pytest.raises(AwsError, match="too many calls"):
        call(made, *[THROTTLED] * 99)
    assert clock.now() - NOON == seconds(13)
    call(made, {})
    call(made, *[THROTTLED] * 3, {})


def test_a_refusal_is_raised_at_once_with_what_is_to_be_granted(clock):
    client = Client(refused("AccessDeniedException"), {})
    with pytest.raises(AccessDenied, match="on things:ListThings"):
        call(caller(clock), client=client)
    assert client.asked == 1


def test_a_run_that_has_to_end_makes_no_further_call(clock):
    clock.stop_at = NOON + seconds(5)
    client = Client(*[FAULT] * 9)
    with pytest.raises(Stopping):
        call(caller(clock), client=client)
    assert client.asked == 2

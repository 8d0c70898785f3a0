"""LookupEvents over HTTP, against a service as strict as AWS's: requests, refusals, faults, what is kept."""

import itertools
import threading
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest

from iacwatch.aws.rate_limit import RateLimit
from iacwatch.aws.sessions import Sessions
from iacwatch.core.model import TrailQuery, Window
from iacwatch.demo.fake.server import FakeAws
from iacwatch.demo.fake.wire import ApiError
from iacwatch.trails.lookup_events import client, workers
from iacwatch.trails.lookup_events import trail as lookup_events
from iacwatch.trails.lookup_events.trail import LookupEvents
from tests.fixtures.trail_records import OWN, record

REGION, ELSEWHERE = "eu-west-1", "us-east-1"
NAME = "sg-0a1b2c3d4e5f60718"
ARN = f"arn:aws:ec2:{REGION}:{OWN}:security-group/{NAME}"
HOUR = 3600


class Bench:
    """A trail on a fake AWS, with what a test needs around it."""

    def __init__(self, aws):
        self.aws, self.clock = aws, SimpleNamespace(now=aws.clock.now, sleep=aws.jump)
        self.rate_limit = RateLimit(self.clock, per_second=1000)
        sessions = Sessions(region=REGION)
        self.trail = LookupEvents(sessions=sessions, clock=self.clock, rate_limit=self.rate_limit)
        yesterday = aws.clock.now() - timedelta(days=1)
        self.base = yesterday.replace(hour=10, minute=11, second=22, microsecond=0)

    def at(self, seconds):
        return self.base + timedelta(seconds=seconds)

    def add(self, name, seconds, *names, **fields):
        at = f"{self.at(seconds):%Y-%m-%dT%H:%M:%SZ}"
        given = {"eventID": name, "eventTime": at, "requestParameters": {"groupId": NAME}, **fields}
        self.aws.add_event(record(**given), resource_names=[(None, each) for each in names])

    def fill(self, count):
        """Add writes that have nothing to do with anything; return their ids."""
        for number in range(count):
            self.add(f"w-{number}", number, requestParameters={"groupId": "sg-1"})
        return {f"w-{number}" for number in range(count)}

    def query(self, *, start=0, end=600, names=(NAME,), missing=0.0, region=REGION):
        window = Window(start=self.at(start), end=self.at(end))
        return TrailQuery(account_id=OWN, region=region, window=window, names=names, missing=missing)

    def collect(self, *queries):
        return self.trail.collect(queries)

    def ids(self, query):
        collected = self.collect(query)
        assert not collected.failures
        return {event.event_id for event in collected.events}

    def why(self, query):
        return self.collect(query).failures[query].reason

    @property
    def calls(self):
        return [call for call in self.aws.calls if call.operation == "LookupEvents"]

    def answer_with(self, wrap):
        """Put `wrap(scope, body)` before the service's own operation: it raises, answers, or returns None."""
        operations = self.aws._operations["cloudtrail"]
        original = operations["LookupEvents"]
        operations["LookupEvents"] = lambda scope, body: wrap(scope, body) or original(scope, body)


@pytest.fixture
def bench(monkeypatch):
    with FakeAws(rate=100_000) as aws:
        for name, value in {**aws.environment(), "TZ": "Pacific/Chatham"}.items():
            monkeypatch.setenv(name, value)
        time.tzset()
        yield Bench(aws)
    monkeypatch.undo()
    time.tzset()


def assert_threads_end():
    threads = [thread for thread in threading.enumerate() if thread.name.startswith("lookup-events")]
    for thread in threads:
        thread.join(timeout=10)
    assert not [thread for thread in threads if thread.is_alive()]


def test_a_lookup_is_of_one_attribute_in_whole_seconds_with_both_ends_included_and_follows_tokens(bench):
    written = bench.fill(130)
    bench.add("mine", 3, NAME)
    assert bench.ids(bench.query(start=1.5, end=600.2)) == {"mine"}
    assert bench.ids(bench.query(start=1.5, end=600.2, missing=1.0)) == {"mine", *written} - {"w-0", "w-1"}
    span = {"StartTime": bench.at(2).timestamp(), "EndTime": bench.at(600).timestamp(), "MaxResults": 50}
    for call, (key, value) in zip(
        bench.calls, [("ResourceName", NAME)] + [("ReadOnly", "false")] * 3, strict=True
    ):
        call.body.pop("NextToken", None)
        assert call.body == {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}], **span}


def test_an_event_found_by_two_names_comes_once_with_its_own_time(bench):
    bench.add("mine", 3, NAME, ARN)
    (event,) = bench.collect(bench.query(names=(NAME, ARN))).events
    assert (event.resource_names, event.occurred_at) == ((NAME, ARN), bench.at(3))


def test_nothing_is_asked_beyond_what_event_history_keeps(bench):
    now = bench.clock.now()
    days = bench.trail.reach(OWN, REGION, now=now)
    assert (days.end - days.start, days.end) == (timedelta(days=90), now)
    start = (days.start - bench.base).total_seconds()
    gone = bench.query(start=start - 5 * 86_400, end=start - 4 * 86_400)
    collected = bench.collect(gone, bench.query(start=start - 30, end=start + 1200))
    assert collected.failures.keys() == {gone}
    assert "90 days" in collected.failures[gone].reason
    (call,) = bench.calls
    assert call.body["StartTime"] >= days.start.timestamp()


def test_what_is_denied_in_one_region_fails_only_what_was_asked_there(bench):
    bench.add("here", 1, NAME)

    def denied(scope, _body):
        if scope.region == ELSEWHERE:
            raise ApiError("AccessDeniedException", "not authorized to perform: cloudtrail:LookupEvents")

    bench.answer_with(denied)
    there = bench.query(region=ELSEWHERE)
    collected = bench.collect(bench.query(), there)
    assert [event.event_id for event in collected.events] == ["here"]
    ((failed, failure),) = collected.failures.items()
    assert (failed, failure.denied) == (there, True)
    for said in (f"the trail of {OWN} in us-east-1, {bench.base:%H:%M}-", "grant cloudtrail:LookupEvents"):
        assert said in failure.reason


def test_refusals_now_and_then_are_no_failure_however_long_it_takes(bench):
    turns, one_by_one = itertools.count(1), threading.Lock()

    def refused(_scope, _body):
        with one_by_one:  # streams run side by side: never two refusals in a row
            turn = next(turns)
            bench.aws.jump(timedelta(seconds=50))
        if turn % 2:
            raise ApiError("ThrottlingException", "Rate exceeded")

    bench.answer_with(refused)
    collected = bench.collect(*(bench.query(names=(f"n{number}",)) for number in range(5)))
    assert not collected.failures
    assert collected.calls == next(turns) - 1


def test_an_expired_token_costs_no_event(bench):
    written, lost = bench.fill(300), []

    def expired(_scope, body):
        if "NextToken" in body and len(lost) < 2:
            lost.append(body)
            raise ApiError("InvalidNextTokenException", "Invalid token.")

    bench.answer_with(expired)
    assert bench.ids(bench.query(missing=1.0)) == written
    assert len(bench.calls) <= 9


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "no end"),
        ("InvalidNextTokenException", "InvalidNextToken"),
        ("ThrottlingException", "too many calls"),
    ],
)
def test_what_would_never_come_to_an_end_is_a_failure_after_a_while(bench, monkeypatch, code, said):
    assert timedelta(minutes=3) == client._PATIENCE
    monkeypatch.setattr(client, "_PATIENCE", timedelta(seconds=20))
    monkeypatch.setattr(workers, "_MOST_STUCK", 20)

    def endless(_scope, body):
        if code == "ThrottlingException" or (code and "NextToken" in body):
            raise ApiError(code, "no")
        return {"Events": [], "NextToken": "again"}

    began = bench.clock.now()
    bench.answer_with(endless)
    assert said in bench.why(bench.query(missing=1.0))
    assert bench.clock.now() - began <= timedelta(seconds=60)


def test_a_name_that_the_service_does_not_take_leads_to_a_sweep(bench):
    bench.add("mine", 1, NAME)
    bench.aws.fail("cloudtrail", "LookupEvents", "InvalidLookupAttributesException")
    assert "mine" in bench.ids(bench.query())
    keys = [call.body["LookupAttributes"][0]["AttributeKey"] for call in bench.calls]
    assert keys == ["ResourceName", "ReadOnly"]


def test_a_fault_of_ours_in_one_region_is_not_swallowed_and_ends_the_others_too(bench):
    answered = []

    def faulty(scope, _body):
        if scope.region == ELSEWHERE:
            while len(answered) < 3:
                time.sleep(0.01)
            raise ApiError("ThrottlingException", "Rate exceeded")
        answered.append(scope.region)
        return {"Events": [], "NextToken": f"more-{len(answered)}"}

    bench.answer_with(faulty)
    bench.rate_limit.throttled = None
    with pytest.raises(TypeError):
        bench.collect(bench.query(missing=1.0), bench.query(missing=1.0, region=ELSEWHERE))
    assert_threads_end()
    assert len(answered) < 1_000


def apart(bench, count):
    """Return queries of an hour each."""
    spans = [{"start": -HOUR * number, "end": HOUR - HOUR * number} for number in range(count)]
    return [bench.query(names=(f"sg-{number}",), **span) for number, span in enumerate(spans)]


def test_what_takes_long_is_answered_by_and_by_at_the_same_cost(bench, monkeypatch):
    monkeypatch.setattr(lookup_events, "_PATIENCE", 0.2)
    bench.answer_with(lambda _scope, _body: time.sleep(0.05))
    for number in range(20):
        bench.add(f"e-{number}", -HOUR * number, f"sg-{number}")
    left, found, parts = frozenset(apart(bench, 20)), set(), 0
    while left:
        part = bench.collect(*left)
        assert part.unanswered < left
        assert (set(part.tried), part.failures) == (left - part.unanswered, {})
        left, parts = part.unanswered, parts + 1
        found |= {event.event_id for event in part.events}
    assert parts > 1
    assert len(bench.calls) <= 21
    assert found == {f"e-{number}" for number in range(20)}


def test_another_question_ends_what_was_still_looked_up(bench, monkeypatch):
    monkeypatch.setattr(lookup_events, "_PATIENCE", 0.1)
    bench.answer_with(lambda _scope, _body: time.sleep(0.05))
    bench.add("mine", 1, NAME)
    assert bench.collect(*apart(bench, 40)).unanswered
    monkeypatch.setattr(lookup_events, "_PATIENCE", 60)
    assert bench.ids(bench.query()) == {"mine"}
    assert_threads_end()
    assert len(bench.calls) < 40


def test_what_is_remembered_is_bounded_and_what_is_forgotten_is_asked_again(bench, monkeypatch):
    monkeypatch.setattr(lookup_events, "_MOST_EVENTS", 100)
    monkeypatch.setattr(lookup_events, "_LEAST_EVENTS", 10)
    written = bench.fill(300)
    assert bench.ids(bench.query(missing=1.0)) == written
    assert sum(len(known.events) for known in bench.trail._known.values()) <= 100
    asked = len(bench.calls)
    assert bench.ids(bench.query(missing=1.0)) == written
    assert asked < len(bench.calls) < 2 * asked

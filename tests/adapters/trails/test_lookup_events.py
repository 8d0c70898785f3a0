"""LookupEvents over HTTP, against a service as strict as AWS's: requests, refusals, faults, what is kept."""

import itertools
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from iacwatch.aws.rate_limit import RateLimit
from iacwatch.aws.sessions import Sessions
from iacwatch.clock import SystemClock
from iacwatch.core.model import TrailQuery, Window
from iacwatch.demo.fake.server import FakeAws
from iacwatch.demo.fake.wire import ApiError
from iacwatch.errors import Stopping
from iacwatch.trails.lookup_events import client, workers
from iacwatch.trails.lookup_events import trail as lookup_events
from iacwatch.trails.lookup_events.trail import LookupEvents
from tests.fixtures.trail_records import OTHER, OWN, record

REGION = "eu-west-1"
NAME = "sg-0a1b2c3d4e5f60718"
ARN = f"arn:aws:ec2:{REGION}:{OWN}:security-group/{NAME}"


class JumpingClock:
    """The fake's time; to wait moves it. `stop_after`: so many waits later the run has to end."""

    def __init__(self, aws):
        self.aws = aws
        self.waits = []
        self.stop_after = None

    def now(self):
        return self.aws.clock.now()

    def sleep(self, span):
        self.waits.append(span)
        if self.stop_after is not None and len(self.waits) > self.stop_after:
            raise Stopping("SIGTERM", exit_code=143)
        self.aws.jump(span)


class Bench:
    """A trail on a fake AWS, with what a test needs around it."""

    def __init__(self, aws):
        self.aws = aws
        self.clock = JumpingClock(aws)
        self.sessions = Sessions(region=REGION, allowed=[OTHER], role_name="iacwatch")
        self.rate_limit = RateLimit(self.clock, per_second=1000)
        self.trail = LookupEvents(sessions=self.sessions, clock=self.clock, rate_limit=self.rate_limit)
        yesterday = aws.clock.now() - timedelta(days=1)
        self.base = yesterday.replace(hour=10, minute=11, second=22, microsecond=0)

    def add(self, name, seconds, *names, delivered_at=None, **fields):
        at = (self.base + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        document = record(
            **{"eventID": name, "eventTime": at, "requestParameters": {"groupId": NAME}, **fields}
        )
        self.aws.add_event(
            document, resource_names=[(None, each) for each in names], delivered_at=delivered_at
        )

    def fill(self, count, *, every=1.0, region=REGION):
        """Add writes that have nothing to do with anything."""
        for number in range(count):
            self.add(
                f"w-{region}-{number}",
                number * every,
                awsRegion=region,
                requestParameters={"groupId": "sg-1"},
            )

    def query(self, *, start=0, end=600, names=(NAME,), missing=0.0, account=OWN, region=REGION, **more):
        window = Window(start=self.base + timedelta(seconds=start), end=self.base + timedelta(seconds=end))
        return TrailQuery(
            account_id=account, region=region, window=window, names=names, missing=missing, **more
        )

    def collect(self, *queries):
        return self.trail.collect(queries)

    def ids(self, *queries):
        collected = self.collect(*queries)
        assert not collected.failures
        return {event.event_id for event in collected.events}

    @property
    def calls(self):
        return [call for call in self.aws.calls if call.operation == "LookupEvents"]

    def answer_with(self, wrap):
        """Put `wrap(original, scope, body)` before the service's own operation."""
        operations = self.aws._operations["cloudtrail"]
        original = operations["LookupEvents"]
        operations["LookupEvents"] = lambda scope, body: wrap(original, scope, body)


@pytest.fixture
def bench(monkeypatch):
    with FakeAws(rate=100_000) as aws:
        for name, value in aws.environment().items():
            monkeypatch.setenv(name, value)
        aws.add_role(f"arn:aws:iam::{OTHER}:role/iacwatch")
        yield Bench(aws)


def threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("lookup-events")]


# Requests and answers.


def test_a_lookup_asks_for_one_attribute_in_whole_seconds_with_both_ends_included(bench):
    bench.collect(bench.query(start=1.5, end=600.2))
    (call,) = bench.calls
    assert call.body == {
        "LookupAttributes": [{"AttributeKey": "ResourceName", "AttributeValue": NAME}],
        "StartTime": (bench.base + timedelta(seconds=2)).timestamp(),
        "EndTime": (bench.base + timedelta(seconds=600)).timestamp(),
        "MaxResults": 50,
    }


def test_how_many_lookups_are_left_is_told_after_each_and_none_at_the_end(bench):
    told = []
    trail = LookupEvents(
        sessions=bench.sessions, clock=bench.clock, rate_limit=bench.rate_limit, budget=told.append
    )
    collected = trail.collect([bench.query(names=(f"sg-{number}",)) for number in range(3)])
    assert collected.calls == 3
    assert [left[OWN, REGION] for left in told[:-1]] == [2, 1, 0]
    assert told[-1] == {}


def test_windows_of_one_quiet_name_are_read_with_one_lookup_however_far_apart(bench):
    bench.add("mine", 3, NAME)
    weeks = [bench.query(start=-days * 86_400, end=600 - days * 86_400) for days in (0, 7, 21, 60)]
    assert bench.ids(*weeks) == {"mine"}
    assert len(bench.calls) == 1


def test_the_gaps_between_windows_of_a_busy_name_are_left_out(bench):
    for number in range(400):
        bench.add(f"r-{number}", -number * 600, NAME)
    queries = [bench.query(start=-days * 86_400, end=600 - days * 86_400) for days in (0, 1, 2)]
    assert "r-0" in bench.ids(*queries)
    assert len(bench.calls) == 3


def test_a_sweep_asks_for_writes_and_follows_the_tokens(bench):
    bench.fill(130)
    bench.add("mine", 3, NAME)
    assert bench.ids(bench.query(missing=1.0)) >= {"mine", "w-eu-west-1-0", "w-eu-west-1-129"}
    assert len(bench.calls) == 3
    assert [call.body["LookupAttributes"] for call in bench.calls] == [
        [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}]
    ] * 3
    assert len({(call.body["StartTime"], call.body["EndTime"]) for call in bench.calls}) == 1


def test_an_event_found_by_two_names_comes_once(bench):
    bench.add("mine", 3, NAME, ARN)
    events = bench.collect(bench.query(names=(NAME, ARN))).events
    assert [event.event_id for event in events] == ["mine"]
    assert events[0].resource_names == (NAME, ARN)
    assert len(bench.calls) == 2


def test_the_time_of_an_event_is_right_wherever_this_machine_stands(bench, monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Chatham")
    time.tzset()
    try:
        bench.add("mine", 0, NAME)
        (event,) = bench.collect(bench.query(end=1)).events
        assert event.occurred_at == bench.base
    finally:
        monkeypatch.undo()
        time.tzset()


def test_reads_are_dropped_and_refused_calls_are_told_as_what_they_are(bench):
    bench.add("read", 1, NAME, readOnly=True, eventName="DescribeSecurityGroups")
    bench.add("failed", 2, NAME, errorCode="Client.UnauthorizedOperation")
    bench.add("mine", 3, NAME)
    found = {event.event_id: event.can_change for event in bench.collect(bench.query()).events}
    assert found == {"mine": True, "failed": False}


def test_what_was_tried_and_the_calls_are_told(bench):
    bench.aws.fail("cloudtrail", "LookupEvents", "ThrottlingException", times=2)
    swept, named = bench.query(missing=1.0, end=60), bench.query(start=60, names=("other",))
    collected = bench.collect(swept, named)
    first, last = bench.base, bench.base + timedelta(seconds=59)
    assert collected.tried[swept] == (f"all writes {first:%H:%M:%S}-{last:%H:%M:%S}Z",)
    assert collected.tried[named][0].startswith(("ResourceName other", "all writes"))
    assert collected.calls == len(bench.calls) >= 3


# Several accounts and regions.


def test_several_accounts_and_regions_are_asked_at_once(bench):
    here, there, theirs = bench.query(), bench.query(region="us-east-1"), bench.query(account=OTHER)
    bench.add("here", 1, NAME)
    bench.add("there", 1, NAME, awsRegion="us-east-1")
    bench.add("theirs", 1, NAME, recipientAccountId=OTHER)
    meeting = threading.Barrier(3, timeout=20)

    def wrap(original, scope, body):
        meeting.wait()
        return original(scope, body)

    bench.answer_with(wrap)
    assert bench.ids(here, there, theirs) == {"here", "there", "theirs"}
    assert {(call.account_id, call.region) for call in bench.calls} == {
        (OWN, REGION),
        (OWN, "us-east-1"),
        (OTHER, REGION),
    }


def test_what_is_denied_in_one_region_fails_only_what_was_asked_there(bench):
    bench.add("here", 1, NAME)

    def wrap(original, scope, body):
        if scope.region == "us-east-1":
            raise ApiError(
                "AccessDeniedException",
                "User: arn:aws:iam::1:user/iacwatch is not authorized to perform: cloudtrail:LookupEvents",
            )
        return original(scope, body)

    bench.answer_with(wrap)
    here, there = bench.query(), bench.query(region="us-east-1")
    collected = bench.collect(here, there)
    assert [event.event_id for event in collected.events] == ["here"]
    assert collected.failures.keys() == {there}
    assert collected.failures[there].denied
    begin, end = bench.base, bench.base + timedelta(seconds=600)
    reason = collected.failures[there].reason
    assert f"cannot read the trail of {OWN} in us-east-1, {begin:%H:%M}-{end:%H:%M}Z" in reason
    assert "cloudtrail:LookupEvents" in reason
    assert "grant" in reason


def test_an_account_whose_role_cannot_be_assumed_fails_alone(bench):
    bench.add("here", 1, NAME)
    stranger = bench.query(account="999988887777")
    collected = bench.collect(bench.query(), stranger)
    assert [event.event_id for event in collected.events] == ["here"]
    assert collected.failures.keys() == {stranger}
    assert "999988887777" in collected.failures[stranger].reason


def test_without_credentials_every_query_fails_with_a_hint(bench, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    query = bench.query()
    failure = bench.collect(query).failures[query]
    assert "credentials" in failure.reason


# Refusals and faults.


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"]
)
def test_calls_that_others_used_up_are_waited_for(bench, code):
    bench.add("mine", 1, NAME)
    bench.aws.fail("cloudtrail", "LookupEvents", code, times=6)
    before = bench.clock.now()
    collected = bench.collect(bench.query())
    assert [event.event_id for event in collected.events] == ["mine"]
    assert not collected.failures
    assert collected.calls == 7
    assert bench.clock.now() > before


def test_refusals_that_go_on_fail_what_was_not_answered(bench, monkeypatch):
    patience = client._PATIENCE
    assert patience == timedelta(minutes=3)
    monkeypatch.setattr(client, "_PATIENCE", timedelta(seconds=20))
    bench.add("mine", 1, NAME)
    done, left = bench.query(), bench.query(names=("other",))

    def wrap(original, scope, body):
        if body["LookupAttributes"][0]["AttributeValue"] != NAME:
            raise ApiError("ThrottlingException", "Rate exceeded")
        return original(scope, body)

    bench.answer_with(wrap)
    began = bench.clock.now()
    collected = bench.collect(done, left)
    assert collected.failures.keys() == {left}
    assert "too many calls" in collected.failures[left].reason
    assert [event.event_id for event in collected.events] == ["mine"]
    assert timedelta(seconds=20) <= bench.clock.now() - began <= timedelta(seconds=60)


def test_refusals_now_and_then_are_no_failure_however_long_it_takes(bench):
    turns = itertools.count(1)
    one_by_one = threading.Lock()

    def wrap(original, scope, body):
        with one_by_one:  # streams run side by side: never two refusals in a row
            turn = next(turns)
            bench.aws.jump(timedelta(seconds=50))
        if turn % 2:
            raise ApiError("ThrottlingException", "Rate exceeded")
        return original(scope, body)

    bench.answer_with(wrap)
    collected = bench.collect(*(bench.query(names=(f"n{number}",)) for number in range(5)))
    assert not collected.failures
    assert collected.calls == next(turns) - 1


@pytest.mark.parametrize("fault", ["drop-before", "drop-after", "InternalServerError"])
def test_a_fault_of_the_network_or_of_aws_is_tried_again(bench, fault):
    bench.add("mine", 1, NAME)
    bench.aws.fail("cloudtrail", "LookupEvents", fault, status=500, times=2)
    assert bench.ids(bench.query()) == {"mine"}
    assert len(bench.calls) == 3


def test_a_fault_that_stays_is_told(bench):
    bench.aws.fail("cloudtrail", "LookupEvents", "drop-before", times=50)
    query = bench.query()
    assert "connection" in bench.collect(query).failures[query].reason
    assert len(bench.calls) == 4


def test_an_expired_token_costs_no_event(bench):
    bench.fill(300)
    lost = []

    def wrap(original, scope, body):
        if "NextToken" in body and len(lost) < 2:
            lost.append(body)
            raise ApiError("InvalidNextTokenException", "Invalid token.")
        return original(scope, body)

    bench.answer_with(wrap)
    assert bench.ids(bench.query(missing=1.0)) == {f"w-eu-west-1-{number}" for number in range(300)}
    assert len(bench.calls) <= 9


def test_tokens_that_expire_at_once_are_no_endless_loop(bench):
    bench.fill(300)

    def wrap(original, scope, body):
        if "NextToken" in body:
            raise ApiError("InvalidNextTokenException", "Invalid token.")
        return original(scope, body)

    bench.answer_with(wrap)
    query = bench.query(missing=1.0)
    assert "InvalidNextToken" in bench.collect(query).failures[query].reason


def test_pages_that_lead_nowhere_are_no_endless_loop(bench, monkeypatch):
    monkeypatch.setattr(workers, "_MOST_STUCK", 20)
    bench.answer_with(lambda _original, _scope, _body: {"Events": [], "NextToken": "again"})
    query = bench.query(missing=1.0)
    assert "no end" in bench.collect(query).failures[query].reason


def test_a_name_that_the_service_does_not_take_leads_to_a_sweep(bench):
    bench.add("mine", 1, NAME)
    bench.aws.fail("cloudtrail", "LookupEvents", "InvalidLookupAttributesException")
    assert "mine" in bench.ids(bench.query())
    assert [call.body["LookupAttributes"][0]["AttributeKey"] for call in bench.calls] == [
        "ResourceName",
        "ReadOnly",
    ]


def test_names_too_long_for_the_service_are_not_sent(bench):
    bench.add("mine", 1)
    assert bench.ids(bench.query(names=(NAME, "_" * 1001))) == {"mine"}
    assert [call.body["LookupAttributes"][0]["AttributeKey"] for call in bench.calls] == ["ReadOnly"]


# Time.


def test_an_event_that_comes_late_is_found_by_a_later_wave_and_what_had_settled_is_not_asked_again(bench):
    late = bench.clock.now() + timedelta(minutes=2)
    old = bench.query(missing=1.0)
    offset = (bench.clock.now() - bench.base).total_seconds() - 60
    bench.add("late", offset - 30, NAME, delivered_at=late)

    def fresh(as_of):
        return bench.query(start=offset - 60, end=offset, missing=1.0, as_of=as_of)

    assert bench.ids(old, fresh(bench.clock.now())) == set()
    bench.aws.jump(timedelta(minutes=3))
    asked = len(bench.calls)
    again = bench.query(missing=1.0, as_of=bench.clock.now())
    assert bench.ids(again, fresh(bench.clock.now())) == {"late"}
    assert len(bench.calls) == asked + 1


def test_nothing_is_asked_beyond_what_event_history_keeps(bench):
    now = bench.clock.now()
    days = bench.trail.reach(OWN, REGION, now=now)
    assert (days.end - days.start, days.end) == (timedelta(days=90), now)
    gone = TrailQuery(
        account_id=OWN,
        region=REGION,
        window=Window(start=now - timedelta(days=95), end=now - timedelta(days=94)),
        names=(NAME,),
    )
    edge = TrailQuery(
        account_id=OWN,
        region=REGION,
        window=Window(start=days.start - timedelta(seconds=30), end=days.start + timedelta(minutes=20)),
        names=(NAME,),
        missing=0.0,
    )
    collected = bench.collect(gone, edge)
    assert collected.failures.keys() == {gone}
    assert "90 days" in collected.failures[gone].reason
    (call,) = bench.calls
    assert call.body["StartTime"] >= days.start.timestamp()


# What can't be read.


def test_a_record_that_cannot_be_read_fails_the_queries_that_it_may_concern(bench, caplog):
    caplog.set_level("DEBUG", logger="iacwatch")
    bench.add("broken", 10, NAME, errorCode=["x"])
    bench.add("mine", 20, "sg-2", requestParameters={"groupId": "sg-2"})
    concerned, earlier, other = bench.query(), bench.query(end=10), bench.query(names=("sg-2",))
    collected = bench.collect(concerned, earlier, other)
    assert collected.failures.keys() == {concerned}
    reason = collected.failures[concerned].reason
    assert "event broken" in reason
    assert NAME in reason
    assert [event.event_id for event in collected.events] == ["mine"]
    assert "broken" in caplog.text


def test_a_record_that_lists_nothing_and_cannot_be_read_concerns_whoever_stands_in_its_text(bench):
    bench.add("broken", 10, errorCode=["x"])
    concerned, other = bench.query(missing=1.0), bench.query(names=("sg-2",), missing=1.0)
    assert bench.collect(concerned, other).failures.keys() == {concerned}


def test_a_read_that_cannot_be_read_concerns_nobody(bench):
    bench.add("broken", 10, NAME, errorCode=["x"], readOnly=True)
    assert bench.ids(bench.query()) == set()


# Many requests at once.


def test_long_round_trips_are_made_up_for_by_several_requests_at_once(bench):
    bench.fill(500)
    at_once, most, lock = [], [], threading.Lock()

    def wrap(original, scope, body):
        with lock:
            at_once.append(body)
            most.append(len(at_once))
        bench.aws.jump(timedelta(seconds=1.2))
        time.sleep(0.2)
        with lock:
            at_once.remove(body)
        return original(scope, body)

    bench.answer_with(wrap)
    found = bench.ids(bench.query(missing=1.0))
    assert found == {f"w-eu-west-1-{number}" for number in range(500)}
    assert 2 <= max(most) <= 6
    assert len(bench.calls) <= 15
    assert not threads()


def test_short_round_trips_need_one_request_at_a_time(bench):
    bench.fill(200)
    bench.ids(bench.query(missing=1.0))
    assert len({thread.ident for thread in threads()}) == 0
    assert len(bench.calls) == 4


def test_the_pace_of_an_account_and_region_is_kept_by_all_requests_together(monkeypatch):
    with FakeAws(rate=2) as aws:
        for name, value in aws.environment().items():
            monkeypatch.setenv(name, value)
        aws.latency = 0.7
        clock = SystemClock()
        trail = LookupEvents(
            sessions=Sessions(region=REGION), clock=clock, rate_limit=RateLimit(clock, per_second=2)
        )
        window = Window(
            start=datetime.now(UTC) - timedelta(hours=3), end=datetime.now(UTC) - timedelta(hours=2)
        )
        queries = [
            TrailQuery(account_id=OWN, region=region, window=window, names=(f"sg-{number}", "x"), missing=0.0)
            for number in range(3)
            for region in (REGION, "us-east-1")
        ]
        collected = trail.collect(queries)
        assert not collected.failures
        assert collected.calls == len([call for call in aws.calls if call.operation == "LookupEvents"])
        assert not [call for call in aws.calls if call.throttled]


# Stopping.


@pytest.mark.parametrize("regions", [(REGION,), (REGION, "us-east-1", "us-west-2")])
def test_the_wish_to_end_ends_every_request_and_is_passed_on(bench, regions):
    bench.fill(2_000, every=0.2)
    bench.clock.stop_after = 30

    def wrap(original, scope, body):
        bench.aws.jump(timedelta(seconds=1.2))
        return (
            {**original(scope, body), "NextToken": "more"}
            if scope.region != REGION
            else original(scope, body)
        )

    bench.answer_with(wrap)
    queries = [bench.query(missing=1.0, region=region) for region in regions]
    collected = bench.collect(*queries)
    assert collected.unanswered == frozenset(queries)
    assert collected.failures == {}
    assert collected.calls > 0
    with pytest.raises(Stopping) as stopped:
        bench.collect(*queries)
    assert stopped.value.exit_code == 143
    for thread in threads():
        thread.join(timeout=10)
    assert not threads()


def test_a_fault_of_ours_in_one_thread_is_not_swallowed(bench):
    bench.fill(120)

    def wrap(original, scope, body):
        bench.aws.jump(timedelta(seconds=1.2))
        return original(scope, body)

    bench.answer_with(wrap)
    bench.rate_limit.throttled = None
    bench.aws.fail("cloudtrail", "LookupEvents", "ThrottlingException")
    with pytest.raises(TypeError):
        bench.collect(bench.query(missing=1.0))


def test_a_fault_of_ours_in_one_region_ends_the_others_too(bench):
    answered = []

    def wrap(_original, scope, _body):
        if scope.region == "us-east-1":
            while len(answered) < 3:
                time.sleep(0.01)
            raise ApiError("ThrottlingException", "Rate exceeded")
        answered.append(scope.region)
        return {"Events": [], "NextToken": f"more-{len(answered)}"}

    bench.answer_with(wrap)
    bench.rate_limit.throttled = None
    with pytest.raises(TypeError):
        bench.collect(bench.query(missing=1.0), bench.query(missing=1.0, region="us-east-1"))
    for thread in threads():
        thread.join(timeout=10)
    assert not threads()
    assert len(answered) < 1_000


# Answers that come while others are still looked up.

HOUR = 3600


def apart(bench, count):
    """Return queries of an hour each."""
    spans = [{"start": -HOUR * number, "end": HOUR - HOUR * number} for number in range(count)]
    return [bench.query(names=(f"sg-{number}",), **span) for number, span in enumerate(spans)]


def test_what_takes_long_is_answered_by_and_by_at_the_same_cost(bench, monkeypatch):
    def wrap(original, scope, body):
        time.sleep(0.05)
        return original(scope, body)

    bench.answer_with(wrap)
    for number in range(20):
        bench.add(f"e-{number}", -HOUR * number, f"sg-{number}")
    queries = apart(bench, 20)
    whole = bench.collect(*queries)
    monkeypatch.setattr(lookup_events, "_PATIENCE", 0.2)
    bench.trail = LookupEvents(sessions=bench.sessions, clock=bench.clock, rate_limit=bench.rate_limit)
    parts, left = [], frozenset(queries)
    while left:
        parts.append(bench.collect(*left))
        assert parts[-1].unanswered < left
        assert set(parts[-1].tried) == left - parts[-1].unanswered
        assert not parts[-1].failures
        left = parts[-1].unanswered
    assert len(parts) > 1
    assert sum(part.calls for part in parts) <= whole.calls + 1
    assert {event.event_id for part in parts for event in part.events} == {
        event.event_id for event in whole.events
    }


def test_another_question_ends_what_was_still_looked_up(bench, monkeypatch):
    monkeypatch.setattr(lookup_events, "_PATIENCE", 0.1)
    slow = threading.Event()

    def wrap(original, scope, body):
        slow.wait(0.05)
        return original(scope, body)

    bench.answer_with(wrap)
    bench.add("mine", 1, NAME)
    assert bench.collect(*apart(bench, 40)).unanswered
    slow.set()
    assert bench.ids(bench.query()) == {"mine"}
    for thread in threads():
        thread.join(timeout=10)
    assert len(bench.calls) < 40


# What is kept from one round to the next.


def test_a_second_round_of_the_same_wave_asks_nothing_again(bench):
    bench.fill(60)
    as_of = bench.clock.now()
    first = bench.ids(bench.query(missing=1.0, as_of=as_of))
    asked = len(bench.calls)
    assert bench.ids(bench.query(names=("other",), as_of=as_of)) == first
    assert len(bench.calls) == asked


def test_what_is_remembered_is_bounded_and_what_is_forgotten_is_asked_again(bench, monkeypatch):
    monkeypatch.setattr(lookup_events, "_MOST_EVENTS", 100)
    monkeypatch.setattr(lookup_events, "_LEAST_EVENTS", 10)
    bench.fill(300)
    everything = {f"w-eu-west-1-{number}" for number in range(300)}
    assert bench.ids(bench.query(missing=1.0)) == everything
    assert sum(len(known.events) for known in bench.trail._known.values()) <= 100
    asked = len(bench.calls)
    assert bench.ids(bench.query(missing=1.0)) == everything
    assert asked < len(bench.calls) < 2 * asked


def test_events_outside_of_what_is_asked_for_are_left_out(bench):
    bench.fill(60)
    bench.ids(bench.query(missing=1.0))
    found = bench.collect(bench.query(start=10, end=20, missing=1.0)).events
    assert {event.event_id for event in found} == {f"w-eu-west-1-{number}" for number in range(10, 20)}

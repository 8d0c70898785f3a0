"""What every trail keeps: all that was asked for, each event once, and never silence for "could not look"."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from iacwatch.core.model import TrailQuery, Window
from iacwatch.core.parse import cloudtrail
from tests.fixtures.trail_records import OTHER, OWN
from tests.laws.trail_laws import GROUP, GROUP_ARN, KEY, REGION, ROLE, TRAILS, Listed, opening, twelve

WRITES = {"plain", "first-second", "last-second", "by-arn", "answer-only", "old"}


@pytest.fixture(params=TRAILS, scope="module")
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def shared(kind):
    """Give a place with the twelve records in it, for laws that only read; and the records."""
    with TRAILS[kind]() as world:
        made = twelve(whole(world))
        world.add(*made.values())
        yield world, made


@pytest.fixture
def served(shared):
    """Give the trail over the twelve records."""
    return shared[0].open()


@pytest.fixture
def base(shared):
    return whole(shared[0])


@pytest.fixture
def own(kind):
    """Give an empty place for one law alone."""
    with TRAILS[kind]() as world:
        yield world


def whole(world):
    return world.now.replace(microsecond=0) - timedelta(hours=2)


def query(base, *, start=0, end=600, names=(GROUP, GROUP_ARN), account=OWN, region=REGION, **more):
    window = Window(start=base + timedelta(seconds=start), end=base + timedelta(seconds=end))
    asked = TrailQuery(account_id=account, region=region, window=window, names=names, missing=0.0)
    return replace(asked, **more)


def reads(base, *, names=(KEY,), **more):
    return query(base, start=-6 * 3600, end=600, names=names, reads=True, **more)


def answered(served, *queries):
    """Ask, and return what came by the records' names; nothing may have failed."""
    collected = served.collect(queries)
    assert not collected.failures
    ids = [event.event_id for event in collected.events]
    assert len(ids) == len(set(ids)), "an event came twice"
    return {event.event_id.removeprefix("e-"): event for event in collected.events}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, WRITES),
        ({"missing": 1.0}, WRITES | {"service-event"}),
        ({"thorough": True}, WRITES | {"service-event"}),
        ({"names": ()}, WRITES | {"service-event", "unlisted"}),
        ({"names": (ROLE,), "missing": 1.0}, {"unlisted"}),
        ({"names": (ROLE,), "missing": 0.1}, {"unlisted"}),
        ({"names": (ROLE,), "event_names": ("UpdateRole",)}, {"unlisted"}),
    ],
    ids=["by name", "missing", "thorough", "all", "unlisted", "maybe unlisted", "by call"],
)
def test_all_that_is_asked_for_is_answered_each_time_and_reads_and_failed_calls_do_no_harm(
    served, base, asked, expected
):
    asked = query(base, **asked)
    for queries in ([asked], [asked], [asked, asked]):
        found = answered(served, *queries)
        assert found.keys() >= expected
        assert not [name for name in ("read", "failed") if name in found and found[name].can_change]


def test_an_event_is_the_same_whichever_trail_it_came_by(served, base, shared):
    found = answered(served, query(base, missing=1.0))
    for name in sorted(WRITES | {"service-event"}):
        expected = cloudtrail.event(shared[1][name].document)
        for field in fields(expected):
            if field.name != "resource_names":
                assert getattr(found[name], field.name) == getattr(expected, field.name), (name, field.name)


def test_a_window_takes_in_its_first_second_in_whole_and_ends_before_its_last(served, base):
    assert "first-second" in answered(served, query(base, start=0, end=1))
    assert "last-second" in answered(served, query(base, start=599, end=600))
    assert "first-second" not in answered(served, query(base, start=1, end=60))
    assert "plain" in answered(served, query(base, start=59.2, end=60.3))


def test_each_account_and_region_answers_for_itself(served, base):
    both = [query(base, region="us-east-1"), query(base, account=OTHER)]
    found = answered(served, *both)
    assert {"elsewhere", "others"} <= found.keys()
    assert not WRITES & found.keys()
    assert found["others"].account_id == OTHER
    assert not {"elsewhere", "others"} & answered(served, query(base)).keys()


def test_many_queries_together_are_answered_like_each_alone(served, base):
    starts, shares = range(0, 600, 100), (0.0, 1.0)
    queries = [query(base, start=at, end=at + 100, missing=share) for at in starts for share in shares]
    assert answered(served, *queries).keys() >= WRITES
    assert set().union(*(answered(served, each) for each in queries)) >= WRITES


def test_what_came_in_after_an_answer_is_found_by_a_later_question(own):
    # The event is fresh: its window had not settled when it was asked about first.
    base, trail = own.now.replace(microsecond=0) - timedelta(minutes=12), own.open()
    assert not answered(trail, query(base, missing=1.0, as_of=own.now - timedelta(seconds=60)))
    own.add(twelve(base)["plain"])
    now = datetime.now(UTC)
    for missing in (1.0, 0.0):
        assert "plain" in answered(trail, query(base, missing=missing, as_of=now))


def test_nothing_asked_is_nothing_answered_and_a_quiet_window_is_no_failure(served, base):
    collected = served.collect([])
    assert (collected.events, collected.failures, collected.calls) == ((), {}, 0)
    assert answered(served, query(base, names=("sg-none",), start=-3600, end=-1800)) == {}


def test_what_could_not_be_looked_up_is_told_for_each_query(own):
    base, trail = whole(own), own.open()
    own.add(twelve(base)["plain"], opening(base))
    own.refuse()
    likely = Window(start=base, end=base + timedelta(minutes=1))
    queries = [query(base), query(base, start=60, end=120), query(base, account=OTHER)]
    queries.append(replace(reads(base), likely=likely))
    collected = trail.collect(queries)
    assert collected.failures.keys() == set(queries)
    for asked, failure in collected.failures.items():
        assert asked.account_id in failure.reason
        assert "\n" not in failure.reason
    assert not collected.events


def test_each_query_is_told_in_words_what_was_looked_up(served, base):
    queries = [query(base), query(base, missing=1.0, start=60)]
    collected = served.collect(queries)
    for asked in queries:
        assert collected.tried[asked]
        assert all(words and "\n" not in words for words in collected.tried[asked])


def test_a_trail_reaches_back_from_now_and_far_enough_for_a_late_message(served, shared):
    now = shared[0].now
    reach = served.reach(OWN, REGION, now=now)
    assert reach.start <= now - timedelta(days=14)
    assert now - timedelta(minutes=20) < reach.end <= now


def test_a_record_that_nobody_can_read_is_no_silence(own):
    base = whole(own)
    plain = twelve(base)["plain"]
    broken = plain.document | {"eventID": "e-broken", "errorCode": ["x"]}
    own.add(plain, Listed(document=broken, names=(GROUP,)))
    asked, other = query(base), query(base, names=("sg-0f0f0f0f0f0f0f0f0",))
    assert own.open().collect([asked, other]).failures.keys() == {asked}


def test_who_opened_sessions_is_answered_in_one_round_and_only_where_it_is_asked_for(own):
    base = whole(own)
    keys, first = [f"ASIAEXAMPLEOPENED{number:03}" for number in range(1, 61)], base - timedelta(hours=3)
    times = [first, *(base + timedelta(seconds=number) for number in range(1, 60))]
    own.add(*twelve(base).values(), *map(opening, times, keys))
    # A sweep of writes is no answer to who opened a session, not even beside that question.
    sweep = query(base, names=(), thorough=True)
    for swept in (query(base, start=-4 * 3600, names=(KEY,), missing=1.0), sweep):
        assert not answered(own.open(), swept).keys() & set(keys)
    found = answered(own.open(), sweep, *(reads(base, names=(key,)) for key in keys))
    assert found.keys() >= {*keys, *WRITES}
    expected = cloudtrail.event(opening(first).document)
    for field in ("opened", "principal", "shared_event_id"):
        assert getattr(found[KEY], field) == getattr(expected, field)
    assert "read" not in answered(own.open(), reads(base))
    # The likely window is enough where the answer lies in it.
    near = Window(start=first - timedelta(minutes=5), end=first + timedelta(minutes=15))
    asked, trail = replace(reads(base), likely=near), own.open()
    assert KEY in answered(trail, asked)
    assert trail.collect([asked]).tried[asked]

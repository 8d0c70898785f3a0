"""What every trail keeps: all that was asked for, each event once, and never silence for "could not look"."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from iacwatch.core.model import TrailQuery, Window
from iacwatch.core.parse import cloudtrail
from tests.laws.trail_laws import (
    GROUP,
    GROUP_ARN,
    KEY,
    OTHER,
    OWN,
    REGION,
    ROLE,
    TRAILS,
    Listed,
    opening,
    twelve,
)

WRITES = {"plain", "first-second", "last-second", "by-arn", "answer-only", "old"}


@pytest.fixture(params=TRAILS)
def served(request):
    with TRAILS[request.param]() as opened:
        yield opened


@pytest.fixture
def base(served):
    return served.now.replace(microsecond=0) - timedelta(hours=2)


@pytest.fixture
def twelve_records(served, base):
    made = twelve(base)
    for listed in made.values():
        served.add(listed)
    return made


def query(base, *, start=0, end=600, names=(GROUP, GROUP_ARN), account=OWN, region=REGION, **more):
    window = Window(start=base + timedelta(seconds=start), end=base + timedelta(seconds=end))
    return TrailQuery(
        **{"account_id": account, "region": region, "window": window, "names": names, "missing": 0.0, **more}
    )


def answered(served, *queries):
    """Ask, and return what came by the records' names; nothing may have failed."""
    collected = served.trail.collect(queries)
    assert not collected.failures
    ids = [event.event_id for event in collected.events]
    assert len(ids) == len(set(ids)), "an event came twice"
    return {event.event_id.removeprefix("e-"): event for event in collected.events}


def test_every_successful_write_that_bears_a_name_is_answered(served, base, twelve_records):
    assert answered(served, query(base)).keys() >= WRITES


def test_what_no_lookup_by_name_can_find_is_answered_where_it_is_asked_for(served, base, twelve_records):
    found = answered(served, query(base, missing=1.0))
    assert found.keys() >= WRITES | {"service-event"}
    assert "unlisted" in answered(served, query(base, names=(ROLE,), missing=1.0))
    assert "unlisted" in answered(served, query(base, names=(ROLE,), event_names=("UpdateRole",)))


def test_where_names_find_nothing_though_some_may_be_missing_more_is_looked_at(served, base, twelve_records):
    assert "unlisted" in answered(served, query(base, names=(ROLE,), missing=0.1))


def test_a_thorough_query_misses_nothing(served, base, twelve_records):
    assert answered(served, query(base, thorough=True)).keys() >= WRITES | {"service-event"}


def test_a_query_without_names_is_about_all_writes(served, base, twelve_records):
    assert answered(served, query(base, names=())).keys() >= WRITES | {"service-event", "unlisted"}


def test_an_event_is_the_same_whichever_trail_it_came_by(served, base, twelve_records):
    found = answered(served, query(base, missing=1.0))
    for name in sorted(WRITES | {"service-event"}):
        expected = cloudtrail.event(twelve_records[name].document)
        for field in fields(expected):
            if field.name != "resource_names":
                assert getattr(found[name], field.name) == getattr(expected, field.name), (name, field.name)


def test_reads_and_failed_calls_do_no_harm(served, base, twelve_records):
    for missing in (0.0, 1.0):
        found = answered(served, query(base, missing=missing))
        assert not [name for name in ("read", "failed") if name in found and found[name].can_change]


def test_a_window_takes_in_its_first_second_and_ends_before_its_last(served, base, twelve_records):
    assert "first-second" in answered(served, query(base, start=0, end=1))
    assert "last-second" in answered(served, query(base, start=599, end=600))
    assert "first-second" not in answered(served, query(base, start=1, end=60))


def test_parts_of_seconds_count_by_the_whole_second_in_which_the_event_lies(served, base, twelve_records):
    found = answered(served, query(base, start=59.2, end=60.3))
    assert "plain" in found


def test_each_account_and_region_answers_for_itself(served, base, twelve_records):
    both = [query(base, region="us-east-1"), query(base, account=OTHER)]
    found = answered(served, *both)
    assert {"elsewhere", "others"} <= found.keys()
    assert not WRITES & found.keys()
    assert found["others"].account_id == OTHER
    assert not {"elsewhere", "others"} & answered(served, query(base)).keys()


def test_many_queries_together_are_answered_like_each_alone(served, base, twelve_records):
    queries = [
        query(base, start=start, end=start + 60, missing=share)
        for start in range(0, 600, 60)
        for share in (0.0, 1.0)
    ]
    together = answered(served, *queries)
    alone = set().union(*(answered(served, each) for each in queries))
    assert together.keys() >= WRITES
    assert alone >= WRITES


def test_asking_again_gives_the_same(served, base, twelve_records):
    once = answered(served, query(base)).keys()
    assert answered(served, query(base)).keys() >= once >= WRITES


def test_the_same_query_twice_in_one_round_is_one_query(served, base, twelve_records):
    assert answered(served, query(base), query(base)).keys() >= WRITES


def test_what_came_in_after_an_answer_is_found_by_a_later_question(served):
    # The event is fresh: its window had not settled when it was asked about first.
    base = served.now.replace(microsecond=0) - timedelta(minutes=12)
    early = query(base, missing=1.0, as_of=served.now - timedelta(seconds=60))
    assert not answered(served, early)
    served.add(twelve(base)["plain"])
    now = datetime.now(UTC)
    later, by_name = query(base, missing=1.0, as_of=now), query(base, missing=0.0, as_of=now)
    assert "plain" in answered(served, later)
    assert "plain" in answered(served, by_name)


def test_nothing_asked_is_nothing_answered(served):
    collected = served.trail.collect([])
    assert (collected.events, collected.failures, collected.calls) == ((), {}, 0)


def test_a_quiet_window_is_no_failure(served, base):
    assert answered(served, query(base)) == {}


def test_what_could_not_be_looked_up_is_told_for_each_query(served, base, twelve_records):
    served.refuse()
    queries = [query(base), query(base, start=60, end=120), query(base, account=OTHER)]
    collected = served.trail.collect(queries)
    assert collected.failures.keys() == set(queries)
    for asked, failure in collected.failures.items():
        assert asked.account_id in failure.reason
        assert "\n" not in failure.reason
    assert not collected.events


def test_each_query_is_told_in_words_what_was_looked_up(served, base, twelve_records):
    queries = [query(base), query(base, missing=1.0, start=60)]
    collected = served.trail.collect(queries)
    for asked in queries:
        assert collected.tried[asked]
        assert all(words and "\n" not in words for words in collected.tried[asked])


def test_a_trail_reaches_back_from_now_and_far_enough_for_a_late_message(served):
    reach = served.trail.reach(OWN, REGION, now=served.now)
    assert reach.start <= served.now - timedelta(days=14)
    assert served.now - timedelta(minutes=20) < reach.end <= served.now


def test_a_record_that_nobody_can_read_is_no_silence(served, base, twelve_records):
    broken = twelve(base)["plain"].document | {"eventID": "e-broken", "errorCode": ["x"]}
    served.add(Listed(document=broken, names=(GROUP,)))
    asked, other = query(base), query(base, names=("sg-0f0f0f0f0f0f0f0f0",))
    failures = served.trail.collect([asked, other]).failures
    assert asked in failures
    assert other not in failures


def reads(base, *, names=(KEY,), **more):
    return query(base, start=-6 * 3600, end=600, names=names, reads=True, **more)


def test_who_opened_a_session_is_answered_where_it_is_asked_for(served, base, twelve_records):
    for at, key in ((-3 * 3600, KEY), (30, "ASIAEXAMPLEOPENED002"), (40, "ASIAEXAMPLEOPENED003")):
        served.add(opening(base + timedelta(seconds=at), key))
    assert KEY not in answered(served, query(base, start=-4 * 3600, names=(KEY,), missing=1.0))
    found = answered(served, reads(base))
    expected = cloudtrail.event(opening(base - timedelta(hours=3)).document)
    assert found[KEY].opened == expected.opened
    assert found[KEY].principal == expected.principal
    assert found[KEY].shared_event_id == expected.shared_event_id
    assert not [event for name, event in found.items() if name == "read"]


def test_a_sweep_of_writes_is_no_answer_to_who_opened_a_session(served, base, twelve_records):
    served.add(opening(base + timedelta(seconds=30)))
    swept = query(base, names=(), thorough=True)
    assert KEY not in answered(served, swept)
    together = answered(served, swept, reads(base))
    assert KEY in together
    assert together.keys() >= WRITES


def test_who_opened_many_sessions_is_answered_in_one_round(served, base, twelve_records):
    keys = [f"ASIAEXAMPLEOPENED{number:03}" for number in range(1, 61)]
    for number, key in enumerate(keys):
        served.add(opening(base + timedelta(seconds=number), key))
    assert answered(served, *(reads(base, names=(key,)) for key in keys)).keys() >= set(keys)


def test_the_likely_window_is_enough_where_the_answer_lies_in_it(served, base):
    served.add(opening(base))
    near = Window(start=base - timedelta(minutes=5), end=base + timedelta(minutes=15))
    asked = replace(reads(base), likely=near)
    assert KEY in answered(served, asked)
    assert served.trail.collect([asked]).tried[asked]


def test_a_lookup_of_who_opened_a_session_that_fails_is_told(served, base):
    served.add(opening(base))
    served.refuse()
    asked = replace(reads(base), likely=Window(start=base, end=base + timedelta(minutes=1)))
    assert asked in served.trail.collect([asked]).failures

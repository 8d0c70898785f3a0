"""When and where a cause is looked for, what is looked at next, and when a verdict is ripe."""

from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.attribution.names import names_of
from iacwatch.core.attribution.search import (
    Next,
    Stage,
    again,
    first_discovery,
    next_visit,
    query,
    ripe_at,
    window,
)
from iacwatch.core.model import ChangeType, Timing, Verdict
from tests.fixtures.builders import CAPTURED_AT, actor, change, entry, event, item, match, resource

TIMING = Timing()
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
WHOLE = CAPTURED_AT.replace(microsecond=0)


def test_a_cause_is_looked_for_from_the_lookback_to_a_little_after_the_capture():
    found = window(change(), Stage(), TIMING)
    assert found.start == WHOLE - 20 * MINUTE
    assert found.end == WHOLE + 6 * SECOND


def test_the_previous_captures_whole_second_bounds_the_window():
    previous = CAPTURED_AT - 3 * MINUTE
    found = window(change(), Stage(previous_known=True, previous_at=previous), TIMING)
    assert found.start == previous.replace(microsecond=0)


def test_a_previous_capture_long_ago_bounds_nothing():
    found = window(change(), Stage(previous_known=True, previous_at=CAPTURED_AT - timedelta(days=3)), TIMING)
    assert found.start == WHOLE - 20 * MINUTE


def test_a_wider_stage_looks_further_back():
    assert window(change(), Stage(widened=1), TIMING).start == WHOLE - 60 * MINUTE


def daily():
    return change(item=item(daily=True))


def test_with_daily_recording_the_window_reaches_back_to_the_previous_capture_however_long_ago():
    previous = CAPTURED_AT - timedelta(days=9)
    assert window(
        daily(), Stage(previous_known=True, previous_at=previous), TIMING
    ).start == previous.replace(microsecond=0)


def test_with_daily_recording_and_no_previous_capture_it_reaches_back_a_day():
    assert window(daily(), Stage(previous_known=True), TIMING).start == WHOLE - timedelta(days=1, minutes=20)


def created(seconds_before, **fields):
    made = item(status="ResourceDiscovered", created_at=CAPTURED_AT - seconds_before * SECOND)
    return change(change_type=ChangeType.CREATE, status="ResourceDiscovered", diff=(), item=made, **fields)


def test_the_end_of_one_of_that_name_that_config_saw_late_does_not_hide_the_creation():
    stage = Stage(previous_known=True, previous_at=CAPTURED_AT - 10 * SECOND)
    assert window(created(40), stage, TIMING).start == WHOLE - 45 * SECOND


def test_a_creation_time_never_widens_the_window_beyond_the_lookback():
    stage = Stage(previous_known=True, previous_at=CAPTURED_AT - 10 * SECOND)
    assert window(created(9000), stage, TIMING).start == WHOLE - 20 * MINUTE


def test_a_query_asks_by_the_names_that_event_history_lists():
    asked = query(change(), names_of(change()), Stage(), TIMING, as_of=CAPTURED_AT)
    assert asked.names == ("sg-0a1b2c3d4e5f60718", "web")
    assert (asked.account_id, asked.region, asked.missing, asked.thorough) == (
        "111122223333",
        "eu-west-1",
        0.0,
        False,
    )
    assert asked.as_of == CAPTURED_AT


def test_a_query_about_a_global_type_goes_to_its_home():
    role = change(
        resource=resource(type="AWS::IAM::Role", id="AROA1", region="global", recorded_in="eu-north-1")
    )
    assert query(role, names_of(role), Stage(), TIMING, as_of=CAPTURED_AT).region == "us-east-1"


def test_calls_that_list_no_resource_are_looked_up_by_their_own_name():
    role = change(resource=resource(type="AWS::IAM::Role", id="AROA1", region="global"))
    assert "UpdateRole" in query(role, names_of(role), Stage(), TIMING, as_of=CAPTURED_AT).event_names


def test_the_tag_editors_calls_are_looked_up_only_where_a_tag_differs():
    tagged = change(diff=(entry("Tags.0", None, "someone"),))
    assert "TagResources" in query(tagged, names_of(tagged), Stage(), TIMING, as_of=CAPTURED_AT).event_names
    assert query(change(), names_of(change()), Stage(), TIMING, as_of=CAPTURED_AT).event_names == ()


def test_calls_that_may_be_too_large_to_name_anything_are_looked_up_before_a_verdict_clears_somebody():
    late = CAPTURED_AT + TIMING.settle_after
    ingress = query(change(), names_of(change()), Stage(), TIMING, as_of=late)
    assert ingress.event_names == ("AuthorizeSecurityGroupIngress",)
    other = change(diff=(entry("Configuration.Description", "a", "b"),))
    assert query(other, names_of(other), Stage(), TIMING, as_of=late).event_names == ()
    assert query(change(), names_of(change()), Stage(), TIMING, as_of=late - SECOND).event_names == ()
    made = query(created(40), names_of(created(40)), Stage(), TIMING, as_of=late)
    assert made.event_names == ("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress")


def step(matches, verdict, stage=None, *, age=MINUTE * 50, missing=0.0, of=None, timing=TIMING):
    of = of or change()
    return again(of, stage or Stage(), matches, verdict, timing, missing=missing, now=of.captured_at + age)


def lagging(seconds, **fields):
    return match(lag=seconds * SECOND, event=event(**fields))


def test_a_fresh_lone_call_needs_no_look_at_the_previous_capture():
    assert step([lagging(41)], Verdict.OUT_OF_BAND) is Next.NOTHING
    assert step([lagging(240)], Verdict.IN_WORKFLOW) is Next.NOTHING


def test_an_older_call_accuses_only_after_a_look_at_the_previous_capture():
    assert step([lagging(100)], Verdict.OUT_OF_BAND) is Next.PREVIOUS
    assert step([lagging(400)], Verdict.IN_WORKFLOW) is Next.PREVIOUS


def test_several_actors_are_told_apart_by_the_previous_capture():
    both = [lagging(10), lagging(5, actor=actor(name="bob", arn="arn:bob"))]
    assert step(both, Verdict.OUT_OF_BAND) is Next.PREVIOUS
    assert step([lagging(10), lagging(5)], Verdict.OUT_OF_BAND) is Next.NOTHING


def test_what_follows_a_call_by_itself_may_be_the_calls_second_item():
    state = change(
        resource=resource(type="AWS::EC2::Instance", id="i-1"),
        diff=(entry("Configuration.State.Name", "a", "b"),),
    )
    assert step([lagging(20)], Verdict.OUT_OF_BAND, of=state) is Next.PREVIOUS


def test_a_bound_that_is_known_is_not_asked_for_again():
    assert step([lagging(900)], Verdict.OUT_OF_BAND, Stage(previous_known=True)) is Next.NOTHING


def test_nothing_else_is_looked_at_while_events_may_still_come():
    assert step([], Verdict.UNATTRIBUTED, age=10 * MINUTE) is Next.NOTHING


def test_where_nothing_was_found_the_bound_comes_first_then_wider_windows_then_a_sweep():
    known = Stage(previous_known=True)
    assert step([], Verdict.UNATTRIBUTED, age=16 * MINUTE) is Next.PREVIOUS
    assert step([], Verdict.UNATTRIBUTED, known, age=16 * MINUTE) is Next.WIDER
    assert step([], Verdict.UNATTRIBUTED, replace(known, widened=1), age=16 * MINUTE) is Next.NOTHING
    assert step([], Verdict.UNATTRIBUTED, replace(known, widened=1), age=46 * MINUTE) is Next.SWEEP
    assert (
        step([], Verdict.UNATTRIBUTED, replace(known, widened=1, swept=True), age=46 * MINUTE) is Next.NOTHING
    )


def test_no_window_is_widened_beyond_the_previous_capture():
    bounded = Stage(previous_known=True, previous_at=CAPTURED_AT - 5 * MINUTE)
    assert step([], Verdict.UNATTRIBUTED, bounded, age=16 * MINUTE) is Next.NOTHING


def test_what_was_swept_from_the_start_is_not_swept_again():
    done = Stage(previous_known=True, widened=1)
    assert step([], Verdict.UNATTRIBUTED, done, missing=1.0) is Next.NOTHING


def test_a_daily_change_is_never_widened():
    assert (
        step([], Verdict.UNATTRIBUTED, Stage(previous_known=True), age=16 * MINUTE, of=daily())
        is Next.NOTHING
    )


def test_without_wider_windows_nothing_is_widened():
    timing = Timing(widen=())
    assert (
        step([], Verdict.UNATTRIBUTED, Stage(previous_known=True), age=16 * MINUTE, timing=timing)
        is Next.NOTHING
    )


@pytest.mark.parametrize(("before", "old"), [(30, False), (3599, False), (3601, True), (9_000_000, True)])
def test_a_resource_that_is_older_than_any_window_was_only_discovered(before, old):
    assert first_discovery(created(before), TIMING) is old


def test_only_a_creation_that_tells_its_time_can_be_a_first_discovery():
    assert not first_discovery(change(item=item(created_at=CAPTURED_AT - timedelta(days=9))), TIMING)
    assert not first_discovery(change(change_type=ChangeType.CREATE, diff=()), TIMING)


def test_with_daily_recording_a_day_more_is_no_discovery():
    made = item(status="ResourceDiscovered", daily=True, created_at=CAPTURED_AT - timedelta(hours=20))
    assert not first_discovery(change(change_type=ChangeType.CREATE, diff=(), item=made), TIMING)


def test_an_accusation_is_ripe_at_once():
    assert ripe_at(change(), Verdict.OUT_OF_BAND, TIMING, explained=True) is None
    assert ripe_at(change(), Verdict.UNMANAGED, TIMING, explained=True) is None


def test_an_accusation_that_a_late_call_may_explain_otherwise_waits():
    ripe = ripe_at(change(), Verdict.OUT_OF_BAND, TIMING, explained=True, doubtful=True)
    assert ripe == CAPTURED_AT + TIMING.settle_after


@pytest.mark.parametrize("verdict", [Verdict.IN_WORKFLOW, Verdict.AWS_SERVICE, Verdict.SIDE_EFFECT])
def test_clearing_somebody_waits_until_late_events_have_come(verdict):
    assert ripe_at(change(), verdict, TIMING, explained=True) == CAPTURED_AT + TIMING.settle_after


@pytest.mark.parametrize("verdict", [Verdict.UNATTRIBUTED, Verdict.UNMANAGED, Verdict.SIDE_EFFECT])
def test_what_rests_on_there_being_no_event_waits_longest(verdict):
    assert ripe_at(change(), verdict, TIMING, explained=False) == CAPTURED_AT + TIMING.give_up_after


def visit(age, ripe=45, receives=1, max_receives=10):
    at = next_visit(
        change(),
        CAPTURED_AT + ripe * MINUTE,
        TIMING,
        now=CAPTURED_AT + age * MINUTE,
        receives=receives,
        max_receives=max_receives,
    )
    return (at - CAPTURED_AT) / MINUTE


def test_an_unripe_change_is_visited_after_15_25_and_45_minutes():
    assert [visit(10), visit(15), visit(25)] == [15, 25, 45]


def test_a_change_that_waits_to_be_cleared_comes_back_when_it_is():
    assert visit(10, ripe=15) == 15


def test_the_last_receive_that_the_queue_allows_is_kept_for_the_decision():
    assert visit(10, receives=3, max_receives=4) == 45
    assert visit(10, receives=2, max_receives=4) == 15
    assert visit(10, receives=999, max_receives=None) == 15

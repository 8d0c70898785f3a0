"""When and where a cause is looked for, what is looked at next, and when a verdict is ripe."""

from datetime import timedelta

import pytest

from iacwatch.core.attribution import search
from iacwatch.core.attribution.names import names_of
from iacwatch.core.attribution.search import Next, Stage
from iacwatch.core.model import ChangeType, Timing, Verdict
from tests.fixtures.builders import CAPTURED_AT, GROUP_ID, actor, change, entry, event, item, match, resource

TIMING = Timing()
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
WHOLE = CAPTURED_AT.replace(microsecond=0)
DAILY = change(item=item(daily=True))


def created(seconds_before, **fields):
    at = CAPTURED_AT - seconds_before * SECOND
    made = item(status="ResourceDiscovered", created_at=at, **fields)
    return change(change_type=ChangeType.CREATE, status="ResourceDiscovered", diff=(), item=made)


def known(before=None, **more):
    """Return the stage at which the previous capture, `before` this one, is known (None: there is none)."""
    at = None if before is None else CAPTURED_AT - before
    return Stage(previous_known=True, previous_at=at, **more)


@pytest.mark.parametrize(
    ("changed", "stage", "start"),
    [
        (change(), Stage(), WHOLE - 20 * MINUTE),
        (change(), Stage(widened=1), WHOLE - 60 * MINUTE),
        # The previous capture's whole second bounds the window; one long ago bounds nothing.
        (change(), known(3 * MINUTE + 999 * SECOND / 1000), WHOLE - 3 * MINUTE - SECOND),
        (change(), known(3 * DAY), WHOLE - 20 * MINUTE),
        # With daily recording it reaches back to the previous capture however long ago, or a day.
        (DAILY, known(9 * DAY), WHOLE - 9 * DAY),
        (DAILY, known(), WHOLE - DAY - 20 * MINUTE),
        # The end of one of that name that Config saw late does not hide the creation.
        (created(40), known(10 * SECOND), WHOLE - 45 * SECOND),
        (created(4), known(10 * SECOND), WHOLE - 10 * SECOND),
    ],
)
def test_a_cause_is_looked_for_from_the_lookback_or_what_bounds_it_to_a_little_after(changed, stage, start):
    found = search.window(changed, stage, TIMING)
    assert (found.start, found.end) == (start, WHOLE + 6 * SECOND)


def asked(changed, as_of=CAPTURED_AT, stage=None):
    return search.query(changed, names_of(changed), stage or Stage(), TIMING, as_of=as_of)


def test_a_query_asks_by_the_names_that_event_history_lists_where_calls_of_its_type_are_recorded():
    found = asked(change())
    assert (found.names, found.account_id, found.region) == ((GROUP_ID, "web"), "111122223333", "eu-west-1")
    assert (found.missing, found.thorough, found.event_names, found.as_of) == (0.0, False, (), CAPTURED_AT)
    assert found.resource_type == change().resource.type
    assert found.window == search.window(change(), Stage(), TIMING)
    assert asked(change(), stage=Stage(swept=True)).thorough
    role = resource(type="AWS::IAM::Role", id="AROA1", region="global", recorded_in="eu-north-1")
    assert asked(change(resource=role)).region == "us-east-1"


LATE = CAPTURED_AT + TIMING.settle_after
INGRESS, EGRESS = "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"
MODIFY = "ModifyLaunchTemplate"
OF_TEMPLATES = (MODIFY, "CreateLaunchTemplateVersion", "DeleteLaunchTemplateVersions")


def template(kind):
    return change(change_type=kind, resource=resource(type="AWS::EC2::LaunchTemplate", id="lt-1"))


@pytest.mark.parametrize(
    ("changed", "as_of", "event_names"),
    [
        # The tag editor's calls only where a tag differs.
        (change(diff=(entry("Tags.0", None, "someone"),)), CAPTURED_AT, ("TagResources", "UntagResources")),
        # Calls that may be too large to name anything: before a verdict clears somebody.
        (change(), LATE, (INGRESS,)),
        (change(), LATE - SECOND, ()),
        (change(diff=(entry("Configuration.Description", "a", "b"),)), LATE, ()),
        (change(diff=None), LATE, (INGRESS, EGRESS)),
        (created(40), LATE, (INGRESS, EGRESS)),
        # Calls of a kind that cannot have made the change are not worth a lookup.
        (template(ChangeType.CREATE), CAPTURED_AT, ("CreateLaunchTemplate", *OF_TEMPLATES)),
        (template(ChangeType.UPDATE), CAPTURED_AT, OF_TEMPLATES),
        (template(ChangeType.DELETE), CAPTURED_AT, (MODIFY, "DeleteLaunchTemplate", *OF_TEMPLATES[1:])),
    ],
)
def test_calls_that_list_no_resource_are_looked_up_by_their_own_name_where_they_may_matter(
    changed, as_of, event_names
):
    assert asked(changed, as_of).event_names == event_names


def step(matches, verdict, stage=None, *, age=50, missing=0.0, of=None, timing=TIMING):
    of, now = of or change(), CAPTURED_AT + age * MINUTE
    return search.again(of, stage or Stage(), matches, verdict, timing, missing=missing, now=now)


def lagging(seconds, **fields):
    return match(lag=seconds * SECOND, event=event(**fields))


OUT, IN, NOBODY = Verdict.OUT_OF_BAND, Verdict.IN_WORKFLOW, Verdict.UNATTRIBUTED
BOB = lagging(5, actor=actor(name="bob", arn="arn:bob"))


@pytest.mark.parametrize(
    ("matches", "verdict", "more", "expected"),
    [
        # Nobody is accused of an update before the previous capture is known; a fresh lone call clears.
        ([lagging(1)], OUT, {}, Next.PREVIOUS),
        ([lagging(90)], OUT, {"of": change(change_type=ChangeType.DELETE)}, Next.NOTHING),
        ([lagging(91)], OUT, {"of": change(change_type=ChangeType.DELETE)}, Next.PREVIOUS),
        ([lagging(300)], IN, {}, Next.NOTHING),
        ([lagging(301)], IN, {}, Next.PREVIOUS),
        ([lagging(10), BOB], IN, {}, Next.PREVIOUS),
        ([lagging(900)], OUT, {"stage": known()}, Next.NOTHING),
        # Nothing else is looked at while events may still come; then the bound, wider windows, a sweep.
        ([], NOBODY, {"age": 14}, Next.NOTHING),
        ([], NOBODY, {"age": 15}, Next.PREVIOUS),
        ([], NOBODY, {"age": 16, "stage": known()}, Next.WIDER),
        ([], NOBODY, {"age": 16, "stage": known(widened=1)}, Next.NOTHING),
        ([], NOBODY, {"age": 45, "stage": known(widened=1)}, Next.SWEEP),
        ([], IN, {"age": 45, "stage": known(widened=1)}, Next.NOTHING),
        # No window is widened beyond the previous capture, nor with daily recording; nothing is swept twice.
        ([], NOBODY, {"age": 16, "stage": known(20 * MINUTE)}, Next.NOTHING),
        ([], NOBODY, {"age": 16, "stage": known(20 * MINUTE + SECOND)}, Next.WIDER),
        ([], NOBODY, {"stage": known(widened=1), "missing": 1.0}, Next.NOTHING),
        ([], NOBODY, {"age": 16, "stage": known(), "of": DAILY}, Next.NOTHING),
        ([], NOBODY, {"age": 16, "stage": known(), "timing": Timing(widen=())}, Next.NOTHING),
    ],
)
def test_what_is_looked_at_next(matches, verdict, more, expected):
    assert step(matches, verdict, **more) is expected


def test_an_earlier_capture_matters_as_far_back_as_the_longest_window_or_a_week_for_parts():
    for parts, back in ((False, 60 * MINUTE), (True, 6 * DAY)):
        assert search.history_since(change(), TIMING, parts=parts) == CAPTURED_AT - back - SECOND
        assert search.history_since(DAILY, TIMING, parts=parts) is None


def test_a_resource_that_is_older_than_any_window_was_only_discovered():
    for changed, old in (
        (created(3600), False),
        (created(3601), True),
        (created(20 * 3600, daily=True), False),
        (created(25 * 3600 + 1, daily=True), True),
        # Only a creation that tells its time can be a first discovery.
        (change(item=item(created_at=CAPTURED_AT - 9 * DAY)), False),
        (change(change_type=ChangeType.CREATE, diff=()), False),
    ):
        assert search.first_discovery(changed, TIMING) is old


SETTLED, GIVEN_UP = CAPTURED_AT + TIMING.settle_after, CAPTURED_AT + TIMING.give_up_after


def test_accusing_waits_for_nothing_and_clearing_or_finding_nobody_does():
    for verdict, explained, doubtful, ripe in (
        (OUT, True, False, None),
        (Verdict.UNMANAGED, True, False, None),
        (OUT, True, True, SETTLED),
        (IN, True, False, SETTLED),
        (Verdict.SIDE_EFFECT, True, False, SETTLED),
        (NOBODY, False, False, GIVEN_UP),
        (Verdict.SIDE_EFFECT, False, False, GIVEN_UP),
    ):
        more = {"explained": explained, "doubtful": doubtful}
        assert search.ripe_at(change(), verdict, TIMING, **more) == ripe


@pytest.mark.parametrize(
    ("age", "ripe", "receives", "max_receives", "visit"),
    [
        (10, 45, 1, 10, 15),
        (25, 45, 1, 10, 45),
        # The last receive that the queue allows is kept for the decision.
        (10, 45, 3, 4, 45),
        (10, 45, 2, 4, 15),
        (10, 45, 999, None, 15),
    ],
)
def test_an_unripe_change_is_visited_now_and_then(age, ripe, receives, max_receives, visit):
    ripe, now = (CAPTURED_AT + minutes * MINUTE for minutes in (ripe, age))
    counts = {"receives": receives, "max_receives": max_receives}
    assert search.next_visit(change(), ripe, TIMING, now=now, **counts) == CAPTURED_AT + visit * MINUTE

"""What a change's investigation asks, of whom, in which order, and what comes of the answers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.model import IgnoreRule, Verdict, Window, Workflow
from iacwatch.core.outcome import Deferred, Duplicate, Failed, Skipped
from iacwatch.core.parse import cloudtrail
from iacwatch.core.parse import config_item as config_items
from iacwatch.ports import Failure
from tests.core.attribution.test_chains import by_token, key
from tests.fixtures import small_world
from tests.fixtures.trail_records import session, user
from tests.pipeline.test_run import RULES, Source, Trail, at, ran

MINUTE = timedelta(minutes=1)
OUT, IN, NOBODY = Verdict.OUT_OF_BAND, Verdict.IN_WORKFLOW, Verdict.UNATTRIBUTED
GROUP = small_world.group_id(1)
CAPTURED = 60
"""Minutes ago; other times are minutes before the capture."""


def item(minutes=0, **more):
    return small_world.item(1, small_world.ago(CAPTURED + minutes), **more)


def before(minutes, **more):
    """Return what Config holds of the group from before."""
    return at(1, config_items.item(item(minutes, **more), region=small_world.REGION))


def call(minutes=1, **more):
    return cloudtrail.event(small_world.call(1, CAPTURED, lag=60 * minutes, **more))


PIPELINE = {"userIdentity": session("gha-terraform-deploy", "run")}
"""A session of a role whose name says nothing of who opened it."""

OPS = {"userIdentity": session("ops", "run")}


def updated(path):
    value = {"previousValue": "a", "updatedValue": "b", "changeType": "UPDATE"}
    return {"changedProperties": {path: value}, "changeType": "UPDATE"}


def looked_into(*events, rules=RULES, document=None, **trail):
    """Return what became of one change, and the trail that was asked for it."""
    source, trail = Source([document or small_world.change(1, CAPTURED)]), Trail(list(events), **trail)
    ran(source, trail=trail, rules=rules)
    return source.settled["0"], trail


def spans(trail):
    """Return how many minutes each question reached back; "+" where it was for everything."""
    asked = [(round((each.window.end - each.window.start) / MINUTE), each.thorough) for each in trail.queries]
    return " ".join(f"{minutes}{'+' if thorough else ''}" for minutes, thorough in asked)


def ids(events):
    return [event.event_id for event in events]


HIDDEN = {"requestParameters": {"omitted": True, "reason": "requestParameters too large"}}
BESIDE = [{**PIPELINE, "minutes": 0.3}, {"minutes": 2, **HIDDEN}]


@pytest.mark.parametrize(
    ("called", "given", "verdict", "asked", "fetches"),
    [
        # Where nothing is found: the capture before, a wider window, and a sweep, in turn.
        ([], {}, NOBODY, "20 60 60+", 1),
        # A lone call out of band costs one look at Config's history, which bounds how far back it may lie.
        ([{"minutes": 5}], {}, OUT, "20", 1),
        ([{"minutes": 5}], {"previous": 3}, NOBODY, "20 3+", 1),
        # Who opened the session is looked up in two regions.
        ([PIPELINE], {}, IN, "20 720 720", 0),
        # With daily recording the capture before is learnt first.
        ([{"minutes": 200}], {"recordingFrequency": "DAILY", "previous": 300}, OUT, "300", 1),
        # A trail is asked no further back than it reaches.
        ([{}], {"reaches": CAPTURED + 10}, OUT, "10", 1),
        ([{}], {"reaches": CAPTURED - 30}, NOBODY, "", 1),
        # A call that shows no parameters is cleared by the capture before alone, and else a lead.
        (BESIDE, {"previous": 0.5}, IN, "20 720 720", 1),
        (BESIDE, {"previous": 30}, NOBODY, "20", 1),
    ],
)
def test_no_more_is_asked_than_can_change_the_answer(called, given, verdict, asked, fetches):
    events, given = [call(**each) for each in called], dict(given)
    previous, reaches = given.pop("previous", None), given.pop("reaches", 90 * 24 * 60)
    reach = Window(start=small_world.ago(reaches), end=small_world.ago(0))
    document = small_world.message(item(**given))
    held = before(previous) if previous else {}
    outcome, trail = looked_into(*events, document=document, held=held, reaches=reach)
    finding = outcome.finding
    assert (finding.verdict, spans(trail), len(trail.fetched)) == (verdict, asked, fetches)
    named = [match.event for match in (finding.match, *finding.others) if match]
    assert ids(named) == (ids(events[:1]) if verdict is not NOBODY else [])
    leads = [lead.event for lead in finding.leads]
    assert ids(leads) == (ids(events[1:]) if verdict is NOBODY else [])


def test_the_reason_says_what_was_tried_where_nobody_was_found():
    outcome, trail = looked_into()
    captured = outcome.finding.change.captured_at
    (asked,) = trail.fetched
    assert (asked.before, asked.since) == (captured, captured - 60 * MINUTE - timedelta(seconds=1))
    said = "nobody found: 2 names tried in eu-west-1, 60 min searched; trail: event history"
    assert (outcome.finding.reason, outcome.finding.tried) == (said, ("tried by name",))
    short = Window(start=small_world.ago(30), end=small_world.ago(30) + timedelta(days=7, hours=1))
    unreached, _ = looked_into(call(), reaches=short)
    assert unreached.finding.reason == "nobody found: the trail reaches back 7 days only"
    # A trail that does not say what it tried is not quoted.
    untold, _ = looked_into(call(), tells=False)
    assert untold.finding.tried == ()
    assert untold.finding.reason.endswith("matches no workflow for managed-by=terraform")


def test_a_name_that_only_the_item_before_tells_is_asked_for():
    """A route table's calls name its associations, which the change itself may not show."""
    table = {"resourceType": "AWS::EC2::RouteTable"}
    held = {"associations": [{"routeTableAssociationId": "rtbassoc-9"}]}
    document = small_world.message(item(configuration={}, **table), updated("Configuration.Tags.0"))
    made = call(name="DisassociateRouteTable", requestParameters={"associationId": "rtbassoc-9"})
    outcome, trail = looked_into(made, held=before(30, configuration=held, **table), document=document)
    assert "rtbassoc-9" in trail.queries[1].names
    assert ids([outcome.finding.match.event]) == ids([made])


def test_a_capture_that_the_run_has_seen_bounds_the_next_one():
    source = Source([small_world.change(1, CAPTURED + 4)], [small_world.change(1, CAPTURED)])
    trail = Trail([call(5)])
    ran(source, trail=trail)
    assert [each.finding.verdict for each in source.settled.values()] == [OUT, NOBODY]
    assert "4" in spans(trail).split()


def test_what_was_only_discovered_and_nobody_created_is_no_change():
    made = item(configurationItemStatus="ResourceDiscovered")
    document = small_world.message(made, {"changedProperties": {}, "changeType": "CREATE"})
    outcome, trail = looked_into(document=document)
    assert (type(outcome), outcome.reason) == (Skipped, "no-change")
    assert trail.queries


def test_an_explanation_names_who_stands_behind_what_came_near_and_what_is_noise_too():
    hidden, by_ops = call(2, **OPS, **HIDDEN), call(**OPS)
    noise = replace(RULES, ignore=(IgnoreRule(principals=("*role/ops",)),))
    for made, rules, leads in ((hidden, RULES, ids([hidden])), (by_ops, noise, None)):
        pipeline, _ = ran(Source(), trail=Trail([made]), rules=rules)
        case = pipeline.explain(small_world.change(1, CAPTURED), now=small_world.ago(0))
        assert (case.finding and ids(lead.event for lead in case.finding.leads)) == leads
        assert "holds no event that opened it" in case.origins[made.event_id].unknown


def test_a_workflow_that_asks_who_opened_the_session_covers_the_call_once_the_trail_says_so():
    asks = Workflow(name="ci", principals=("*:role/gha-terraform-deploy",), started_by=("token.*",))
    rules = replace(RULES, workflows=(asks,))
    opened = by_token(2, PIPELINE["userIdentity"])
    opened = replace(opened, occurred_at=call(3).occurred_at)
    outcome, trail = looked_into(call(**PIPELINE), opened, rules=rules)
    assert outcome.finding.verdict is IN
    assert trail.queries[-1].names == (key(2),)
    alone, _ = looked_into(call(**PIPELINE), rules=rules)
    assert alone.finding.verdict is OUT
    assert "holds no event that opened it" in alone.finding.reason
    failed, _ = looked_into(call(**PIPELINE), rules=rules, at={key(2): Failure(reason="throttled")})
    assert isinstance(failed, Failed)
    assert failed.reason.startswith("who opened the session cannot be looked up: ")


def test_what_is_noise_by_who_called_waits_until_no_other_call_can_come_and_nobody_hides_beside_it():
    rules = replace(RULES, ignore=(IgnoreRule(principals=("*AWSReservedSSO*",)),))
    covered = Skipped(reason="known-noise", detail="a rule of [[report.ignore]] covers it")
    assert looked_into(call(), rules=rules)[0] == covered
    bob = call(50 / 60, userIdentity=user("bob"))
    finding = looked_into(call(), bob, rules=rules)[0].finding
    assert (finding.verdict, finding.actor.name, len(finding.others)) == (OUT, "bob", 1)
    known = replace(RULES, ignore=(IgnoreRule(resources=(GROUP,)),))
    outcome, trail = looked_into(call(), rules=known)
    assert (outcome, trail.queries) == (covered, [])
    document = small_world.change(1, CAPTURED)
    captured = config_items.parse(document).captured_at
    for waited, kind in ((15 * MINUTE, Skipped), (15 * MINUTE - timedelta(milliseconds=1), Deferred)):
        source = Source([document])
        ran(source, trail=Trail([call()]), rules=rules, now=captured + waited)
        assert source.kinds == {"0": kind}


def test_a_global_resource_that_several_regions_record_is_one_finding_and_its_next_change_another():
    arn = f"arn:aws:iam::{small_world.ACCOUNT}:role/deploy"
    role = {"resourceType": "AWS::IAM::Role", "resourceId": "AROA1", "resourceName": "deploy", "ARN": arn}
    asked = {"eventSource": "iam.amazonaws.com", "awsRegion": "us-east-1", "name": "UpdateAssumeRolePolicy"}
    events = [call(minutes, requestParameters={"roleName": "deploy"}, **asked) for minutes in (1, -9)]
    diff = updated("Configuration.AssumeRolePolicyDocument")
    source = Source(
        [
            small_world.message(item(-later, awsRegion=region, **role), diff)
            for region, later in (("eu-west-1", 0), ("eu-north-1", 0.5), ("eu-west-1", 10))
        ]
    )
    ran(source, trail=Trail(events))
    first, copy, second = source.settled.values()
    assert copy == Duplicate(finding_id=first.finding.finding_id)
    assert ids(each.finding.match.event for each in (first, second)) == ids(events)

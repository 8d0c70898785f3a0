"""What a change's investigation asks, of whom, in which order, and what comes of the answers."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from iacwatch.core.model import IgnoreRule, Verdict, Window, Workflow
from iacwatch.core.outcome import Deferred, Duplicate, Failed, Reported, Skipped
from iacwatch.core.parse import cloudtrail
from iacwatch.core.parse import config_item as config_items
from iacwatch.ports import Failure
from tests.fixtures import small_world
from tests.pipeline.test_run import RULES, Items, Source, Trail, at, ran

MINUTE = timedelta(minutes=1)
OUT, IN, NOBODY = Verdict.OUT_OF_BAND, Verdict.IN_WORKFLOW, Verdict.UNATTRIBUTED
GROUP = small_world.group_id(1)
CAPTURED = 60
"""Minutes ago; other times are minutes before the capture."""


def before(minutes, **more):
    """Return what Config holds of the group from before."""
    document = small_world.item(1, small_world.ago(CAPTURED + minutes), **more)
    return config_items.item(document, region=small_world.REGION)


def call(minutes=1, **more):
    return cloudtrail.event(small_world.call(1, CAPTURED, lag=60 * minutes, **more))


def looked_into(*events, items=None, rules=RULES, document=None, ago=CAPTURED, **trail):
    """Return what became of one change, and what the trail and Config were asked for it."""
    source = Source([document or small_world.change(1, ago)])
    trail, items = Trail(list(events), **trail), Items(**items or {})
    ran(source, trail=trail, items=items, rules=rules)
    return source.settled["0"], trail, items


def spans(trail):
    """Return how many minutes each question reached back, and whether it was for everything."""
    return [(round((each.window.end - each.window.start) / MINUTE), each.thorough) for each in trail.queries]


def test_a_lone_fresh_call_out_of_band_is_told_at_once_and_costs_one_look_at_configs_history():
    early = cloudtrail.event(small_world.call(1, 6))
    outcome, trail, items = looked_into(early, ago=6)
    assert (outcome.finding.verdict, outcome.finding.match.event.event_id) == (OUT, early.event_id)
    assert (spans(trail), len(items.asked)) == ([(20, False)], 1)


def test_where_nothing_is_found_the_capture_before_a_wider_window_and_a_sweep_are_tried_in_turn():
    outcome, trail, items = looked_into()
    assert spans(trail) == [(20, False), (60, False), (60, True)]
    (asked,) = items.asked
    captured = outcome.finding.change.captured_at
    assert (asked.before, asked.since) == (captured, captured - 60 * MINUTE - timedelta(seconds=1))
    assert outcome.finding.verdict is NOBODY
    said = "nobody found: 2 names tried in eu-west-1, 60 min searched; trail: event history"
    assert outcome.finding.reason == said
    assert outcome.finding.tried == ("tried by name",)


@pytest.mark.parametrize("minutes", [3, None])
def test_the_capture_before_bounds_how_far_back_a_call_may_lie(minutes):
    old = call(5)
    outcome, trail, _ = looked_into(old, items=at(1, before(minutes) if minutes else None))
    assert outcome.finding.verdict is (NOBODY if minutes else OUT)
    assert spans(trail) == ([(20, False), (3, True)] if minutes else [(20, False)])


def test_a_name_that_only_the_item_before_tells_is_asked_for():
    """A route table's calls name its associations, which the change itself may not show."""
    gone = {"routeTableAssociationId": "rtbassoc-9"}
    table = small_world.item(
        1, small_world.ago(CAPTURED), resourceType="AWS::EC2::RouteTable", configuration={}
    )
    older = {**table, "configurationItemCaptureTime": small_world.stamp(small_world.ago(CAPTURED + 30))}
    older["configuration"] = {"associations": [gone]}
    diff = {
        "changedProperties": {
            "Configuration.Tags.0": {"previousValue": "a", "updatedValue": "b", "changeType": "UPDATE"}
        },
        "changeType": "UPDATE",
    }
    events = [call(name="DisassociateRouteTable", requestParameters={"associationId": "rtbassoc-9"})]
    items = at(1, config_items.item(older, region=small_world.REGION))
    outcome, trail, _ = looked_into(*events, items=items, document=small_world.message(table, diff))
    assert "rtbassoc-9" in trail.queries[1].names
    assert (outcome.finding.verdict, outcome.finding.match.event.event_id) == (OUT, events[0].event_id)


def test_with_daily_recording_the_capture_before_is_learnt_first():
    document = small_world.message(small_world.item(1, small_world.ago(CAPTURED), recordingFrequency="DAILY"))
    outcome, trail, items = looked_into(call(200), document=document, items=at(1, before(300)))
    assert (outcome.finding.verdict, spans(trail)) == (OUT, [(300, False)])
    assert items.asked[0].since is None


def test_a_trail_that_does_not_reach_back_so_far_is_not_asked():
    short = Window(start=small_world.ago(30), end=small_world.ago(30) + timedelta(days=7, hours=1))
    outcome, trail, _ = looked_into(call(), reaches=short)
    assert trail.queries == []
    assert outcome.finding.reason == "nobody found: the trail reaches back 7 days only"
    part = Window(start=small_world.ago(CAPTURED + 10), end=small_world.ago(0))
    assert spans(looked_into(call(), reaches=part)[1]) == [(10, False)]


LEFT_OUT = {"requestParameters": {"omitted": True, "reason": "requestParameters too large"}}
PIPELINE = "gha-terraform-deploy"


def by_role(role=PIPELINE, **more):
    """Return a call in a session of a role whose name says nothing of who opened it."""
    arn = f"arn:aws:iam::{small_world.ACCOUNT}:role/{role}"
    who = {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLEEXAMPLE009:run",
        "arn": f"arn:aws:sts::{small_world.ACCOUNT}:assumed-role/{role}/run",
        "accountId": small_world.ACCOUNT,
        "accessKeyId": "ASIAEXAMPLEEXAMPLE99",
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": arn, "userName": role}},
    }
    return call(userIdentity=who, **more)


@pytest.mark.parametrize(("minutes", "verdict"), [(0.5, IN), (30, NOBODY)])
def test_a_call_that_shows_no_parameters_is_cleared_by_the_capture_before_alone(minutes, verdict):
    hidden = call(2, **LEFT_OUT)
    outcome, _, items = looked_into(by_role(minutes=0.3), hidden, items=at(1, before(minutes)))
    assert (outcome.finding.verdict, len(items.asked)) == (verdict, 1)
    leads = [lead.event.event_id for lead in outcome.finding.leads]
    assert leads == ([] if verdict is IN else [hidden.event_id])


def test_an_explanation_names_who_stands_behind_what_came_near_too():
    hidden = by_role("ops", minutes=2, **LEFT_OUT)
    pipeline, _ = ran(Source(), trail=Trail([hidden]))
    case = pipeline.explain(small_world.change(1, CAPTURED), now=small_world.ago(0))
    assert [lead.event.event_id for lead in case.finding.leads] == [hidden.event_id]
    assert "holds no event that opened it" in case.origins[hidden.event_id].unknown
    noise = replace(RULES, ignore=(IgnoreRule(principals=("*role/ops",)),))
    by_ops = by_role("ops")
    pipeline, _ = ran(Source(), trail=Trail([by_ops]), rules=noise)
    case = pipeline.explain(small_world.change(1, CAPTURED), now=small_world.ago(0))
    assert (case.finding, case.outcome.reason) == (None, "known-noise")
    assert "holds no event that opened it" in case.origins[by_ops.event_id].unknown


USER = {
    "type": "IAMUser",
    "userName": "bob",
    "arn": f"arn:aws:iam::{small_world.ACCOUNT}:user/bob",
    "accountId": small_world.ACCOUNT,
}
GUARDED = replace(
    RULES,
    workflows=(
        Workflow(name="ci", principals=(f"arn:aws:iam::*:role/{PIPELINE}",), started_by=("token.*",)),
    ),
)
OPENED = {
    "eventSource": "sts.amazonaws.com",
    "name": "AssumeRoleWithWebIdentity",
    "readOnly": True,
    "userIdentity": {
        "type": "WebIdentityUser",
        "userName": "repo:acme/infra:ref:refs/heads/main",
        "identityProvider": f"arn:aws:iam::{small_world.ACCOUNT}:oidc-provider/token.actions.githubusercontent.com",
    },
    "requestParameters": {"roleSessionName": "run"},
    "responseElements": {
        "credentials": {"accessKeyId": "ASIAEXAMPLEEXAMPLE99", "expiration": "Nov 20, 2030, 11:00:00 AM"},
        "assumedRoleUser": {"arn": f"arn:aws:sts::{small_world.ACCOUNT}:assumed-role/{PIPELINE}/run"},
    },
}


def test_a_workflow_that_asks_who_opened_the_session_covers_the_call_once_the_trail_says_so():
    events = [by_role(), call(3, **OPENED)]
    outcome, trail, _ = looked_into(*events, rules=GUARDED)
    assert outcome.finding.verdict is IN
    assert trail.queries[-1].names == ("ASIAEXAMPLEEXAMPLE99",)
    alone, _, _ = looked_into(by_role(), rules=GUARDED)
    assert alone.finding.verdict is OUT
    assert "holds no event that opened it" in alone.finding.reason
    shut = {"ASIAEXAMPLEEXAMPLE99": Failure(reason="throttled")}
    failed, _, _ = looked_into(by_role(), rules=GUARDED, at=shut)
    assert isinstance(failed, Failed)
    assert failed.reason.startswith("who opened the session cannot be looked up: ")
    early, _, _ = looked_into(cloudtrail.event(small_world.call(1, 12)), rules=GUARDED, ago=12)
    assert isinstance(early, Reported)


def test_what_was_only_discovered_and_nobody_created_is_no_change():
    made = small_world.item(1, small_world.ago(CAPTURED), configurationItemStatus="ResourceDiscovered")
    made.pop("resourceCreationTime", None)
    document = small_world.message(made, {"changedProperties": {}, "changeType": "CREATE"})
    outcome, trail, _ = looked_into(document=document)
    assert (type(outcome), outcome.reason) == (Skipped, "no-change")
    assert trail.queries


def test_what_is_noise_by_who_called_waits_until_no_other_call_can_come():
    rules = replace(RULES, ignore=(IgnoreRule(principals=("*AWSReservedSSO*",)),))
    for ago, kind in ((12, Deferred), (CAPTURED, Skipped)):
        called = cloudtrail.event(small_world.call(1, ago))
        outcome, _, _ = looked_into(called, rules=rules, ago=ago)
        assert isinstance(outcome, kind)
    assert outcome.reason == "known-noise"
    # Nobody hides beside it.
    bob = cloudtrail.event(small_world.call(1, CAPTURED, lag=50, userIdentity=USER))
    beside, _, _ = looked_into(called, bob, rules=rules)
    assert (beside.finding.verdict, beside.finding.actor.name, len(beside.finding.others)) == (OUT, "bob", 1)
    known = replace(RULES, ignore=(IgnoreRule(resources=(GROUP,)),))
    covered = Skipped(reason="known-noise", detail="a rule of [[report.ignore]] covers it")
    assert outcome == covered
    outcome, trail, _ = looked_into(call(), rules=known)
    assert (outcome, trail.queries) == (covered, [])
    # It has waited long enough once the last event may have come.
    document = small_world.change(1, CAPTURED)
    item = json.loads(document)["detail"]["configurationItem"]
    captured = datetime.fromisoformat(item["configurationItemCaptureTime"])
    for waited, kind in ((15 * MINUTE, Skipped), (15 * MINUTE - timedelta(milliseconds=1), Deferred)):
        source = Source([document])
        ran(source, trail=Trail([called]), rules=rules, now=captured + waited)
        assert source.kinds == {"0": kind}


def test_a_capture_that_the_run_has_seen_bounds_the_next_one():
    source = Source([small_world.change(1, CAPTURED + 4)], [small_world.change(1, CAPTURED)])
    trail = Trail([call(5)])
    ran(source, trail=trail)
    assert [each.finding.verdict for each in source.settled.values()] == [OUT, NOBODY]
    assert (4, False) in spans(trail)


def test_a_trail_that_does_not_say_what_it_tried_is_not_quoted():
    outcome, _, _ = looked_into(call(), tells=False)
    assert outcome.finding.tried == ()
    assert outcome.finding.reason.endswith("matches no workflow for managed-by=terraform")


def test_a_global_resource_that_several_regions_record_is_one_finding_and_its_next_change_another():
    policy = {"previousValue": "a", "updatedValue": "b", "changeType": "UPDATE"}
    diff = {
        "changedProperties": {"Configuration.AssumeRolePolicyDocument": policy},
        "changeType": "UPDATE",
    }
    role = {
        "resourceType": "AWS::IAM::Role",
        "resourceId": "AROAEXAMPLEEXAMPLE001",
        "resourceName": "deploy",
        "ARN": f"arn:aws:iam::{small_world.ACCOUNT}:role/deploy",
    }
    asked = {
        "eventSource": "iam.amazonaws.com",
        "name": "UpdateAssumeRolePolicy",
        "awsRegion": "us-east-1",
        "requestParameters": {"roleName": "deploy"},
    }
    captures = (("eu-west-1", 60), ("eu-north-1", 59.5), ("sa-east-1", 59), ("eu-west-1", 50))
    documents = [
        small_world.message(small_world.item(1, small_world.ago(ago), awsRegion=region, **role), diff)
        for region, ago in captures
    ]
    events = [cloudtrail.event(small_world.call(1, ago, **asked)) for ago in (60, 50)]
    source = Source(documents)
    ran(source, trail=Trail(events))
    first, *copies, second = source.settled.values()
    assert copies == [Duplicate(finding_id=first.finding.finding_id)] * 2
    assert [type(each) for each in (first, second)] == [Reported, Reported]
    assert second.finding.match.event.event_id == events[1].event_id

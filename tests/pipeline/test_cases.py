"""The cases that the easy version gets wrong, one by one, through the whole road in process."""

import copy
from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.model import IgnoreRule, Verdict
from iacwatch.core.outcome import Deferred, Duplicate, Reported, Skipped
from iacwatch.ledgers.memory import MemoryLedger
from iacwatch.pipeline.run import Pipeline
from tests.worlds import people
from tests.worlds.kind import Call
from tests.worlds.kinds import compute, data, ec2, iam, network, storage
from tests.worlds.staging import nothing, ready
from tests.worlds.world import KEY, START, World
from tests.worlds.world_runner import RULES, Shown, WorldClock, WorldItems, WorldQueue, WorldTrail

AT = START + timedelta(hours=2)
OUR = "111122223333"
OUT, IN, SIDE, NOBODY = Verdict.OUT_OF_BAND, Verdict.IN_WORKFLOW, Verdict.SIDE_EFFECT, Verdict.UNATTRIBUTED
BUCKET, GROUP, ROLE, INSTANCE = storage.BUCKET, network.GROUP, iam.ROLE, data.INSTANCE
POLICY = BUCKET.updates[0]
OPEN, CLOSE = GROUP.updates[0], GROUP.updates[1]
EDITOR = Call("TagResources", {"resourceARNList": ["$arn"], "tags": {"owner": "x"}}, source="tagging")
ALICE, CI, ROOT = people.sso(OUR, "alice"), people.pipeline(OUR), people.root(OUR)
CLEANUP = people.instance(OUR, "cleanup")
NOISE = replace(RULES, ignore=(IgnoreRule(principals=("arn:aws:iam::*:role/cleanup*",)),))


def did(who, call, after=0, **more):
    """Describe a call, so many seconds after `AT`."""
    return lambda case: case.events.append(case.call(who, call, after, **more))


def seen(after, *shown, **more):
    """Describe a capture that shows these calls."""
    return lambda case: case.capture(after, *shown, **more)


class Case:
    """One small account, told step by step."""

    def __init__(self, kind, *steps, rules=RULES, **more):
        self.world, self.events, self.rules = World(1), [], rules
        self.thing = ready(self.world, kind, *kind.updates[:1], account=OUR, region="eu-west-1", **more)
        for step in steps:
            step(self)

    def call(self, who, call, after, **more):
        return self.world.call(who, AT + timedelta(seconds=after), call, self.thing, **more)

    def capture(self, after, *shown, **more):
        entries = [path for call in shown for path in call.paths] or more.pop("entries", ())
        at = AT + timedelta(seconds=after)
        self.world.capture(self.thing, at, nothing("case", ""), entries=entries, **more)

    def run(self):
        """Return what became of each capture in the end."""
        clock = WorldClock()
        self.queue, self.items = WorldQueue(self.world.captures, clock), WorldItems(self.world)
        Pipeline(
            rules=self.rules,
            items=self.items,
            trail=WorldTrail(self.world, clock),
            sinks=[Shown()],
            ledger=MemoryLedger(),
            clock=clock,
        ).run(self.queue)
        return [self.queue.outcomes[capture.id] for capture in self.world.captures]

    def finding(self):
        (outcome,) = self.run()
        assert isinstance(outcome, Reported), outcome
        return outcome.finding

    def says(self):
        """Return of each capture the verdict and the numbers of the calls it names, or why it was skipped."""
        return [
            each.reason if isinstance(each, Skipped) else (each.finding.verdict, *self.named(each.finding))
            for each in self.run()
        ]

    def named(self, finding):
        matches = [finding.match, *finding.others] if finding.match else []
        return [self.events.index(match.event.event_id) for match in matches]


def lone(kind, number=0, who=ROOT, after=50, **more):
    """Return the case of one call and its capture."""
    call = kind.updates[number]
    return Case(kind, did(who, call), seen(after, call, **more))


JUDGED = {
    "5: a person among the pipeline's calls in one item is named": (
        Case(GROUP, did(CI, OPEN), did(ALICE, CLOSE, 20), did(CI, GROUP.updates[3], 40), seen(60, OPEN)),
        [(OUT, 1, 2, 0)],
    ),
    "5: one call that yields several items accuses once": (
        Case(
            INSTANCE,
            did(ALICE, INSTANCE.updates[0]),
            seen(10, INSTANCE.updates[0]),
            seen(70, entries=[("Configuration.DBInstanceStatus", "modifying", "available")]),
        ),
        [(OUT, 0), (SIDE,)],
    ),
    "6: an item that is captured a quarter of an hour after the call": (lone(GROUP, after=890), [(OUT, 0)]),
    "6: with daily recording the call may be hours old": (lone(BUCKET, after=54_000, daily=True), [(OUT, 0)]),
    "7: what a stack does with the workflow's role is the workflow's": (
        Case(GROUP, did(people.stack_role(OUR), OPEN), seen(30, OPEN), tags={KEY: "cloudformation"}),
        [(IN, 0)],
    ),
    "7: a service on its own account is no person": (
        lone(compute.SERVICE, who=people.linked(OUR, "ecs.application-autoscaling"), after=3),
        [(Verdict.AWS_SERVICE, 0)],
    ),
    "9: a failed or read-only call is never the cause": (
        Case(
            GROUP,
            did(CI, OPEN),
            did(ALICE, OPEN, 1, error="AccessDenied"),
            did(ALICE, OPEN, 1, error="Client.DryRunOperation"),
            did(ALICE, OPEN, 1, read_only=True),
            seen(3, OPEN),
        ),
        [(IN, 0)],
    ),
    "13: an item that equals the one before is no change": (Case(GROUP, seen(0, form="bare")), ["no-change"]),
    "13: nor is a discovery that tells no creation time": (
        Case(GROUP, seen(0, status="ResourceDiscovered")),
        ["no-change"],
    ),
    "the person of an earlier change is not blamed for the pipeline's next one": (
        Case(GROUP, did(ALICE, OPEN), seen(20, OPEN), did(CI, CLOSE, 100), seen(130, CLOSE)),
        [(OUT, 0), (IN, 1)],
    ),
    "only relationships differ": (
        Case(GROUP, did(ALICE, GROUP.mentions[0]), seen(20, entries=[("Relationships.0", None, {"x": "i"})])),
        [(SIDE,)],
    ),
    "the tag editor beside the pipeline": (
        Case(
            BUCKET,
            did(CI, POLICY),
            did(ALICE, EDITOR, 5),
            seen(30, POLICY, tags={KEY: "terraform", "x": "y"}),
        ),
        [(OUT, 1, 0)],
    ),
    "noise alone": (Case(GROUP, did(CLEANUP, CLOSE, -10), seen(0, CLOSE), rules=NOISE), ["known-noise"]),
    **{
        f"nobody hides beside noise: {hers}, {its}, {late}": (
            Case(
                GROUP,
                did(ALICE, OPEN, hers, shown_after=late),
                did(CLEANUP, CLOSE, its),
                seen(0, OPEN),
                rules=NOISE,
            ),
            [(OUT, 0, 1)],
        )
        for hers, its in ((-20, -10), (-10, -20))
        for late in (60, 740)
    },
}


@pytest.mark.parametrize(("case", "expected"), JUDGED.values(), ids=JUDGED.keys())
def test_the_verdict_names_whose_call_it_was(case, expected):
    assert case.says() == expected


@pytest.mark.parametrize(
    ("form", "evidence"), [("message", "previous-tags"), ("bare", "history"), ("oversized", "history")]
)
def test_case_1_a_deleted_resource_is_managed_by_the_tags_that_it_carried(form, evidence):
    case = Case(BUCKET, did(ALICE, BUCKET.delete), seen(5, status="ResourceDeleted", form=form))
    found = case.finding()
    assert (found.verdict, case.named(found)) == (OUT, [0])
    assert (found.managed.value, found.managed.evidence) == ("terraform", evidence)


def test_case_2_a_tag_that_goes_is_still_managed_and_one_that_changes_needs_a_workflow_for_both():
    untag = did(ALICE, GROUP.untag, tagkey=KEY, tagvalue="terraform")
    found = Case(GROUP, untag, seen(50, tags={"team": "payments"})).finding()
    assert (found.verdict, found.managed.value, found.managed.removed) == (OUT, "terraform", True)
    retag = did(CI, GROUP.tag, tagkey=KEY, tagvalue="cloudformation")
    found = Case(GROUP, retag, seen(50, tags={KEY: "cloudformation"})).finding()
    assert (found.verdict, found.managed.value) == (OUT, "terraform")
    assert found.managed.new_value == "cloudformation"


@pytest.mark.parametrize(
    ("kind", "form", "path"),
    [
        (BUCKET, "oversized", "SupplementaryConfiguration.BucketPolicy"),
        (GROUP, "bare", "Configuration.IpPermissions.0"),
    ],
)
def test_cases_4_and_13_what_a_notification_left_out_is_compared_with_the_item_before(kind, form, path):
    found = lone(kind, form=form).finding()
    assert (found.verdict, [entry.path for entry in found.change.diff]) == (OUT, [path])


def test_case_6_a_late_event_is_waited_for_and_the_pipelines_proves_nothing_meanwhile():
    late = Case(GROUP, did(ALICE, OPEN, shown_after=2000), seen(30, OPEN))
    beside = Case(GROUP, did(CI, OPEN), did(ALICE, CLOSE, 5, shown_after=880), seen(30, OPEN))
    for case, expected, waits in ((late, (OUT, 0), 3), (beside, (OUT, 1, 0), 1)):
        assert case.says() == [expected]
        assert [type(outcome) for outcome in case.queue.seen["m0"]] == [*[Deferred] * waits, Reported]


def test_case_6_an_event_out_of_band_is_told_as_soon_as_it_is_found_and_costs_no_look_at_configs_history():
    case = lone(GROUP, who=ALICE, after=41)
    assert case.says() == [(OUT, 0)]
    assert (len(case.queue.seen["m0"]), case.items.fetches) == (1, 0)


def test_case_6_unattributed_waits_until_it_is_given_up():
    case = Case(GROUP, seen(0, OPEN))
    assert case.says() == [(NOBODY,)]
    assert max(outcome.until for outcome in case.queue.seen["m0"][:-1]) == AT + timedelta(minutes=45)


def test_case_11_a_call_that_names_it_only_in_the_answer_may_be_its_cause():
    case = Case(ec2.INSTANCE, did(ROOT, ec2.INSTANCE.create))
    case.thing.created_at = AT
    case.capture(30, status="ResourceDiscovered")
    assert case.says() == [(OUT, 0)]


def test_case_12_a_global_resource_that_several_regions_record_is_one_finding():
    call, regions = ROLE.updates[0], ("eu-west-1", "eu-north-1", "sa-east-1")
    case = Case(ROLE, did(ROOT, call))
    history = case.world.history
    held = history[OUR, "eu-west-1", ROLE.type, case.thing.id]
    for number, region in enumerate(regions):
        place = (OUR, region, ROLE.type, case.thing.id)
        history[place] = [dict(each, awsRegion=region) for each in copy.deepcopy(held)]
        case.capture(20 + 40 * number, call, recorded_in=region)
    first, *copies = case.run()
    assert isinstance(first, Reported)
    assert copies == [Duplicate(finding_id=first.finding.finding_id)] * 2


def test_case_12_another_change_of_a_global_resource_is_a_finding_of_its_own():
    first, second = ROLE.updates[:2]
    case = Case(ROLE, did(ROOT, first), seen(20, first), did(ROOT, second, 40), seen(60, second))
    assert [type(each) for each in case.run()] == [Reported, Reported]

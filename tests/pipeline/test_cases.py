"""The cases that the easy version gets wrong, one by one, through the whole road in process."""

from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.model import IgnoreRule, Verdict
from iacwatch.core.outcome import Deferred, Duplicate, Reported, Skipped
from tests.worlds.blind.config import stamp
from tests.worlds.blind.kind import Op, retag
from tests.worlds.blind.road import NOW, Run, rules_of
from tests.worlds.blind.row import Call
from tests.worlds.blind.types import (
    compute,
    databases,
    ec2,
    iam,
    storage,
)
from tests.worlds.blind.world import KEY, World

AT = NOW - timedelta(hours=2)
OUT, IN, SIDE, NOBODY = Verdict.OUT_OF_BAND, Verdict.IN_WORKFLOW, Verdict.SIDE_EFFECT, Verdict.UNATTRIBUTED
BUCKET, GROUP, ROLE, INSTANCE = storage.bucket, ec2.security_group, iam.role, databases.db_instance
POLICY = BUCKET.updates[0]
OPEN, MODIFY, _, _, CLOSE, _ = GROUP.updates
WORLD = World(1, NOW)
CAST, RULES = WORLD.cast, rules_of(WORLD)
ALICE, CI, ROOT = CAST.alice(), CAST.pipeline(), CAST.root()
CLEANUP = CAST.plain("cleanup", "i-0ba7c4e0d9f8a7b6c")
NOISE = replace(RULES, ignore=(IgnoreRule(principals=("arn:aws:iam::*:role/cleanup*",)),))
FORMS = {"message": {"envelope": "eventbridge"}, "bare": {"envelope": "eventbridge", "diff": "none"}}


def editor(kind):
    request = {"resourceARNList": [kind.thing.arn], "tags": {"owner": "x"}}
    return Op(
        service="tagging", operation="TagResources", request=request, change=retag(kind.thing, {"owner": "x"})
    )


def did(who, call, after=0, **more):
    """Describe a call, so many seconds after `AT`."""
    return lambda case: case.call(who, call, after, **more)


def seen(after, *shown, **more):
    """Describe a capture that shows these calls."""
    return lambda case: case.capture(after, *shown, **more)


class Case:
    """One small account, told step by step; an operation is a row's call, or made from the thing."""

    def __init__(self, row, *steps, rules=RULES, managed="terraform", regions=()):
        self.world, self.events, self.rules = World(1, NOW), [], rules
        self.kind = self.world.born(row(self.world.maker.at(), "web"), managed=managed, regions=regions)
        for step in steps:
            step(self)

    def op(self, call):
        return self.kind.op(call) if isinstance(call, Call) else call(self.kind)

    def call(self, who, call, after, shown_after=None, **more):
        at = AT + timedelta(seconds=after)
        if shown_after:
            more["delivered_at"] = at + timedelta(seconds=shown_after)
        self.events.append(self.world.call(who, self.op(call), at, kind=self.kind, **more).id)

    def capture(self, after, *shown, form="message", sets=(), **more):
        thing = self.kind.thing
        thing.config |= dict(sets)
        for call in shown:
            if thing.shot() == thing.captured:
                self.op(call).change()
        told = {"label": "", **FORMS.get(form, {"envelope": "big"}), **more}
        self.world.capture(self.kind, AT + timedelta(seconds=after), **told)

    def run(self):
        """Return what became of each capture in the end."""
        self.went = Run(self.world).go(rules=self.rules)
        return self.went.outcomes()

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


def related(after):
    """Describe a capture that shows another relationship alone."""

    def step(case):
        case.kind.thing.links.append({"resourceId": "i-1", "resourceType": "AWS::EC2::Instance", "name": "x"})
        case.capture(after)

    return step


def lone(kind, number=0, who=ROOT, after=50, **more):
    """Return the case of one call and its capture."""
    call = kind.updates[number]
    return Case(kind, did(who, call), seen(after, call, **more))


JUDGED = {
    "5: a person among the pipeline's calls in one item is named": (
        Case(GROUP, did(CI, OPEN), did(ALICE, CLOSE, 20), did(CI, MODIFY, 40), seen(60, OPEN)),
        [(OUT, 1, 2, 0)],
    ),
    "5: one call that yields several items accuses once": (
        Case(
            INSTANCE,
            did(ALICE, INSTANCE.updates[0]),
            seen(10, INSTANCE.updates[0]),
            seen(70, sets={"dBInstanceStatus": "modifying"}),
        ),
        [(OUT, 0), (SIDE,)],
    ),
    "6: an item that is captured a quarter of an hour after the call": (lone(GROUP, after=890), [(OUT, 0)]),
    "6: with daily recording the call may be hours old": (lone(BUCKET, after=54_000, daily=True), [(OUT, 0)]),
    "7: what a stack does with the workflow's role is the workflow's": (
        Case(GROUP, did(CAST.cloudformation_role(), OPEN), seen(30, OPEN), managed="cloudformation"),
        [(IN, 0)],
    ),
    "7: a service on its own account is no person": (
        lone(compute.service, who=CAST.linked("ecs.application-autoscaling.amazonaws.com"), after=3),
        [(Verdict.AWS_SERVICE, 0)],
    ),
    "9: a failed or read-only call is never the cause": (
        Case(
            GROUP,
            did(CI, OPEN),
            did(ALICE, OPEN, 1, errorCode="AccessDenied"),
            did(ALICE, OPEN, 1, errorCode="Client.DryRunOperation"),
            did(ALICE, OPEN, 1, readOnly=True),
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
        Case(GROUP, did(ALICE, GROUP.mentions[0]), related(20)),
        [(SIDE,)],
    ),
    "the tag editor beside the pipeline": (
        Case(
            BUCKET,
            did(CI, POLICY),
            did(ALICE, editor, 5),
            seen(30, POLICY),
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
    case = Case(BUCKET, did(ALICE, lambda kind: kind.delete()), seen(5, status="ResourceDeleted", form=form))
    found = case.finding()
    assert (found.verdict, case.named(found)) == (OUT, [0])
    assert (found.managed.value, found.managed.evidence) == ("terraform", evidence)


def test_case_2_a_tag_that_goes_is_still_managed_and_one_that_changes_needs_a_workflow_for_both():
    found = Case(GROUP, did(ALICE, lambda kind: kind.untag([KEY])), seen(50)).finding()
    assert (found.verdict, found.managed.value, found.managed.removed) == (OUT, "terraform", True)
    other = did(CI, lambda kind: kind.tag({KEY: "cloudformation"}))
    found = Case(GROUP, other, seen(50)).finding()
    assert (found.verdict, found.managed.value) == (OUT, "terraform")
    assert found.managed.new_value == "cloudformation"


@pytest.mark.parametrize(
    ("kind", "form", "path"),
    [
        (BUCKET, "oversized", "SupplementaryConfiguration.BucketPolicy.PolicyText"),
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
        assert [type(outcome) for outcome in case.went.queue.seen[0]] == [*[Deferred] * waits, Reported]


def test_case_6_an_event_out_of_band_is_told_as_soon_as_it_is_found_and_costs_no_look_at_configs_history():
    case = lone(GROUP, who=ALICE, after=41)
    assert case.says() == [(OUT, 0)]
    assert (len(case.went.queue.seen[0]), case.went.items.fetches) == (1, 0)


def test_case_6_unattributed_waits_until_it_is_given_up():
    case = Case(GROUP, seen(0, OPEN))
    assert case.says() == [(NOBODY,)]
    assert max(outcome.until for outcome in case.went.queue.seen[0][:-1]) == AT + timedelta(minutes=45)


def test_case_11_a_call_that_names_it_only_in_the_answer_may_be_its_cause():
    case = Case(ec2.instance, did(ROOT, lambda kind: kind.create()))
    case.kind.thing.created, case.kind.thing.captured = stamp(AT), None
    case.capture(30, status="ResourceDiscovered")
    assert case.says() == [(OUT, 0)]


def test_case_12_a_global_resource_that_several_regions_record_is_one_finding():
    regions = ("eu-west-1", "eu-north-1", "sa-east-1")
    case = Case(ROLE, did(ROOT, ROLE.updates[0]), regions=regions)
    before = case.kind.thing.captured
    for number, region in enumerate(regions):
        case.kind.thing.captured = before
        case.capture(20 + 40 * number, regions=(region,))
    first, *copies = case.run()
    assert isinstance(first, Reported)
    assert copies == [Duplicate(finding_id=first.finding.finding_id)] * 2


def test_case_12_another_change_of_a_global_resource_is_a_finding_of_its_own():
    first, second = ROLE.updates[:2]
    case = Case(ROLE, did(ROOT, first), seen(20, first), did(ROOT, second, 40), seen(60, second))
    assert [type(each) for each in case.run()] == [Reported, Reported]

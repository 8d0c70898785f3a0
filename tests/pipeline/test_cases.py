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
from tests.worlds.kinds import compute, data, ec2, edge, iam, network, storage
from tests.worlds.staging import before, nothing, ready
from tests.worlds.world import KEY, START, World
from tests.worlds.world_runner import RULES, Shown, WorldClock, WorldItems, WorldQueue, WorldTrail

AT = START + timedelta(hours=2)
SECOND = timedelta(seconds=1)
OUR = "111122223333"
OUT, IN = Verdict.OUT_OF_BAND, Verdict.IN_WORKFLOW
BUCKET, GROUP, ROLE = storage.BUCKET, network.GROUP, iam.ROLE
POLICY = BUCKET.updates[0]
OPEN, CLOSE = GROUP.updates[0], GROUP.updates[1]
ALICE, CI, ROOT = people.sso(OUR, "alice"), people.pipeline(OUR), people.root(OUR)


class Case:
    """One small account, told change by change; times are seconds after `AT`."""

    def __init__(self, kind=GROUP, *calls, **more):
        self.world = World(1)
        self.thing = ready(self.world, kind, *calls, account=OUR, region="eu-west-1", **more)

    def call(self, who, call, after=0, **more):
        return self.world.call(who, AT + after * SECOND, call, self.thing, **more)

    def capture(self, after, call=None, **more):
        entries = call.paths if call else more.pop("entries", ())
        self.world.capture(self.thing, AT + after * SECOND, nothing("case", ""), entries=entries, **more)

    def run(self, rules=RULES):
        """Return what became of each capture in the end."""
        clock = WorldClock()
        self.queue, self.items = WorldQueue(self.world.captures, clock), WorldItems(self.world)
        Pipeline(
            rules=rules,
            items=self.items,
            trail=WorldTrail(self.world, clock),
            sinks=[Shown()],
            ledger=MemoryLedger(),
            clock=clock,
        ).run(self.queue)
        return [self.queue.outcomes[capture.id] for capture in self.world.captures]

    def finding(self):
        outcomes = self.run()
        assert isinstance(outcomes[-1], Reported), outcomes[-1]
        return outcomes[-1].finding

    def says(self, rules=RULES):
        """Return the verdict on each capture and whose call it names, or why it was skipped."""
        return [
            each.reason if isinstance(each, Skipped) else (each.finding.verdict, named(each.finding))
            for each in self.run(rules)
        ]


def named(finding):
    return finding.match.event.event_id if finding.match else None


def changed(kind, call, who=ROOT, after=50, **more):
    """Return the case of one call and its capture, and the call's event."""
    case = Case(kind, call)
    event = case.call(who, call)
    case.capture(after, call, **more)
    return case, event


@pytest.mark.parametrize(
    ("form", "evidence"), [("message", "previous-tags"), ("bare", "history"), ("oversized", "history")]
)
def test_case_1_a_deleted_resource_is_managed_by_the_tags_that_it_carried(form, evidence):
    case = Case(BUCKET)
    event = case.call(ALICE, BUCKET.delete)
    case.capture(5, status="ResourceDeleted", form=form)
    found = case.finding()
    assert (found.verdict, named(found)) == (OUT, event)
    assert (found.managed.value, found.managed.evidence) == ("terraform", evidence)


def test_case_2_the_change_that_removes_the_tag_is_still_managed_and_says_by_whom():
    case = Case()
    event = case.call(people.user(OUR, "carol"), GROUP.untag, tagkey=KEY, tagvalue="terraform")
    case.capture(50, tags={"team": "payments"})
    found = case.finding()
    assert (found.verdict, named(found)) == (OUT, event)
    assert (found.managed.value, found.managed.removed) == ("terraform", True)


def test_case_2_the_change_of_the_tags_value_tells_both_and_needs_a_workflow_for_both():
    case = Case()
    case.call(CI, GROUP.tag, tagkey=KEY, tagvalue="cloudformation")
    case.capture(50, tags={KEY: "cloudformation"})
    found = case.finding()
    assert (found.managed.value, found.managed.new_value) == ("terraform", "cloudformation")
    assert found.verdict is OUT


@pytest.mark.parametrize(
    "kind",
    [GROUP, BUCKET, storage.KEY, storage.FILES, compute.FUNCTION, ec2.ENI, edge.TOPIC],
    ids=lambda kind: kind.type,
)
def test_case_3_a_tag_that_sits_elsewhere_in_the_item_than_in_its_map_counts(kind):
    case, event = changed(kind, kind.updates[0], top_tags=False)
    assert case.says() == [(OUT, event)]


@pytest.mark.parametrize(
    ("kind", "call", "form", "path"),
    [
        (BUCKET, POLICY, "oversized", "SupplementaryConfiguration.BucketPolicy"),
        (GROUP, OPEN, "bare", "Configuration.IpPermissions.0"),
    ],
)
def test_cases_4_and_13_what_a_notification_left_out_is_fetched_and_compared_with_the_item_before(
    kind, call, form, path
):
    case, event = changed(kind, call, form=form)
    found = case.finding()
    assert (named(found), [entry.path for entry in found.change.diff]) == (event, [path])


def test_case_5_a_person_among_the_pipelines_calls_in_one_item_is_named():
    case = Case(GROUP, OPEN, CLOSE)
    case.call(CI, OPEN)
    mine = case.call(ALICE, CLOSE, 20)
    last = case.call(CI, GROUP.updates[3], 40)
    case.capture(60, OPEN)
    found = case.finding()
    assert (found.verdict, named(found)) == (OUT, mine)
    assert [match.workflow for match in found.others] == ["terraform-ci", "terraform-ci"]
    assert found.others[0].event.event_id == last


def test_case_5_one_call_that_yields_several_items_accuses_once():
    case, event = changed(data.INSTANCE, data.INSTANCE.updates[0], ALICE, 10)
    case.capture(70, entries=[("Configuration.DBInstanceStatus", "modifying", "available")])
    assert case.says() == [(OUT, event), (Verdict.SIDE_EFFECT, None)]


@pytest.mark.parametrize(("after", "more"), [(890, {}), (15 * 3600, {"daily": True})])
def test_case_6_an_item_captured_long_after_the_call_finds_it(after, more):
    case, event = changed(GROUP, OPEN, ALICE, after, **more)
    assert case.says() == [(OUT, event)]


def test_case_6_a_late_event_is_waited_for_and_neither_reported_wrong_nor_lost():
    case = Case(GROUP, OPEN)
    event = case.call(ALICE, OPEN, shown_after=2000)
    case.capture(30, OPEN)
    assert case.says() == [(OUT, event)]
    *visits, _ = case.queue.seen["m0"]
    assert [type(outcome) for outcome in visits] == [Deferred] * len(visits)
    assert len(visits) >= 2


def test_case_6_the_pipelines_event_proves_nothing_while_a_persons_may_be_on_the_way():
    case = Case(GROUP, OPEN)
    case.call(CI, OPEN, shown_after=60)
    mine = case.call(ALICE, CLOSE, 5, shown_after=880)
    case.capture(30, OPEN)
    assert case.says() == [(OUT, mine)]
    assert isinstance(case.queue.seen["m0"][0], Deferred)


def test_case_6_an_event_out_of_band_is_told_as_soon_as_it_is_found_and_costs_no_look_at_configs_history():
    case, event = changed(GROUP, OPEN, ALICE, 41)
    assert case.says() == [(OUT, event)]
    assert (len(case.queue.seen["m0"]), case.items.fetches) == (1, 0)


def test_case_6_unattributed_waits_until_it_is_given_up():
    case = Case(GROUP, OPEN)
    case.capture(0, OPEN)
    assert case.says() == [(Verdict.UNATTRIBUTED, None)]
    assert max(outcome.until for outcome in case.queue.seen["m0"][:-1]) == AT + timedelta(minutes=45)


@pytest.mark.parametrize(
    ("who", "name", "via"),
    [
        (ALICE, "alice@example.com", "sso"),
        (people.pipeline(OUR, "gha-app-deploy"), "gha-app-deploy", "oidc"),
        (people.instance(OUR), "batch-worker", "instance"),
        (people.function(OUR), "nightly-cleanup-role", "function"),
        (people.foreign(OUR, "999988887777", "Admin", "judy"), "judy", "cross-account"),
        (people.on_behalf(people.user(OUR, "heidi")), "heidi", "iam-user"),
        (ROOT, "root", "root"),
    ],
)
def test_case_7_an_actor_behind_a_session_or_a_service_is_named(who, name, via):
    found = changed(GROUP, OPEN, who)[0].finding()
    assert (found.verdict, found.actor.name, found.actor.via) == (OUT, name, via)


def test_case_7_what_a_stack_does_with_the_workflows_role_is_the_workflows_and_a_service_no_person():
    case = Case(GROUP, OPEN, tags={KEY: "cloudformation"})
    case.call(people.stack_role(OUR), OPEN)
    case.capture(30, OPEN)
    assert case.finding().verdict is IN
    call, scaling = compute.SERVICE.updates[0], people.linked(OUR, "ecs.application-autoscaling")
    assert changed(compute.SERVICE, call, scaling, 3)[0].finding().verdict is Verdict.AWS_SERVICE


@pytest.mark.parametrize("kind", [ROLE, edge.DISTRIBUTION, edge.ZONE], ids=lambda kind: kind.type)
def test_case_8_a_global_services_calls_are_looked_for_in_its_home_region(kind):
    case, event = changed(kind, kind.updates[0])
    assert case.world.records[-1].document["awsRegion"] == "us-east-1"
    assert case.says() == [(OUT, event)]


@pytest.mark.parametrize(
    ("kind", "harmless"),
    [
        (GROUP, [{"error": "AccessDenied"}, {"error": "Client.DryRunOperation"}, {"read_only": True}]),
        *((kind, [{}]) for kind in (GROUP, network.SUBNET, ROLE, iam.POLICY, BUCKET, compute.CLUSTER)),
    ],
    ids=lambda value: getattr(value, "type", ""),
)
def test_cases_9_and_11_a_call_that_failed_only_reads_or_mentions_the_resource_is_never_the_cause(
    kind, harmless
):
    case = Case(kind, kind.updates[0])
    mine = case.call(CI, kind.updates[0])
    for more in harmless:
        for call in kind.mentions if not more else [kind.updates[0]]:
            case.call(people.sso(OUR, "mallory"), call, 2, **more)
    case.capture(3, kind.updates[0])
    found = case.finding()
    assert (found.verdict, named(found), found.others) == (IN, mine, ())


@pytest.mark.parametrize(
    "kind",
    [
        data.INSTANCE,
        edge.QUEUE,
        edge.PROJECT,
        edge.FIREWALL,
        edge.STACK,
        compute.GROUP,
        storage.SECRET,
        edge.API,
    ],
    ids=lambda kind: kind.type,
)
def test_case_10_a_resource_whose_id_is_in_no_call_is_found_by_its_other_names(kind):
    for call in kind.updates:
        case, event = changed(kind, call)
        assert named(case.finding()) == event, call.name


def test_case_11_a_call_that_names_it_only_in_the_answer_may_be_its_cause():
    case = Case(ec2.INSTANCE)
    event = case.call(ROOT, ec2.INSTANCE.create)
    case.thing.created_at = AT
    case.capture(30, status="ResourceDiscovered")
    assert case.says() == [(OUT, event)]


def test_case_12_a_global_resource_that_several_regions_record_is_one_finding():
    call = ROLE.updates[0]
    case = Case(ROLE, call)
    history = case.world.history
    for region in ("eu-north-1", "sa-east-1"):
        held = copy.deepcopy(history[OUR, "eu-west-1", ROLE.type, case.thing.id])
        history[OUR, region, ROLE.type, case.thing.id] = [dict(each, awsRegion=region) for each in held]
    case.call(ROOT, call)
    for number, region in enumerate(("eu-west-1", "eu-north-1", "sa-east-1")):
        case.capture(20 + 40 * number, call, recorded_in=region)
    first, *copies = case.run()
    assert isinstance(first, Reported)
    assert copies == [Duplicate(finding_id=first.finding.finding_id)] * 2


def test_case_12_another_change_of_a_global_resource_is_a_finding_of_its_own():
    first, second = ROLE.updates[0], ROLE.updates[1]
    case = Case(ROLE, first, second)
    for after, call in ((0, first), (40, second)):
        case.call(ROOT, call, after)
        case.capture(after + 20, call)
    assert [type(each) for each in case.run()] == [Reported, Reported]


@pytest.mark.parametrize("more", [{"form": "bare"}, {"status": "ResourceDiscovered"}])
def test_case_13_an_item_that_equals_the_one_before_or_was_only_discovered_is_no_change(more):
    case = Case()
    case.capture(0, **more)
    assert case.says() == ["no-change"]


def test_the_person_of_an_earlier_change_is_not_blamed_for_the_pipelines_next_one():
    case, mine = changed(GROUP, OPEN, ALICE, 20)
    before(case.thing, CLOSE)
    theirs = case.call(CI, CLOSE, 100)
    case.capture(130, CLOSE)
    assert case.says() == [(OUT, mine), (IN, theirs)]


def test_only_relationships_differ_and_nobody_is_asked_for():
    case = Case()
    case.call(ALICE, GROUP.mentions[0])
    case.capture(20, entries=[("Relationships.0", None, {"resourceId": "i-1"})])
    assert case.says() == [(Verdict.SIDE_EFFECT, None)]


def test_a_tag_that_the_tag_editor_set_is_found_beside_the_pipelines_change():
    case = Case(BUCKET, POLICY)
    case.call(CI, POLICY)
    editor = Call("TagResources", {"resourceARNList": ["$arn"], "tags": {"owner": "x"}}, source="tagging")
    mine = case.call(ALICE, editor, 5)
    case.capture(30, POLICY, tags={**case.thing.tags, "owner": "x"})
    assert case.says() == [(OUT, mine)]


NOISE = replace(RULES, ignore=(IgnoreRule(principals=("arn:aws:iam::*:role/cleanup*",)),))
CLEANUP = people.instance(OUR, "cleanup")


@pytest.mark.parametrize("late", [False, True], ids=["at once", "12 minutes late"])
@pytest.mark.parametrize(("hers", "its"), [(-20, -10), (-10, -20)], ids=["alice first", "alice last"])
def test_a_person_does_not_hide_beside_a_principal_whose_changes_are_noise(hers, its, late):
    case = Case()
    event = case.call(people.user(OUR, "alice"), OPEN, hers)
    shown = AT + timedelta(minutes=12 if late else 0)
    case.world.records[-1] = replace(case.world.records[-1], shown_at=shown)
    case.call(CLEANUP, CLOSE, its)
    case.capture(0, OPEN)
    assert case.says(NOISE) == [(OUT, event)]


def test_a_principal_whose_changes_are_noise_is_ignored_alone():
    case = Case()
    case.call(CLEANUP, CLOSE, -10)
    case.capture(0, CLOSE)
    assert case.says(NOISE) == ["known-noise"]

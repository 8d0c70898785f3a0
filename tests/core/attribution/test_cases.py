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
ANY = nothing("case", "")
SECOND = timedelta(seconds=1)


class Case:
    """One small account, told change by change."""

    def __init__(self, kind, *calls, **more):
        self.world = World(1)
        self.thing = ready(self.world, kind, *calls, account="111122223333", region="eu-west-1", **more)
        self.account = self.thing.account

    def call(self, who, call, at=AT, **more):
        return self.world.call(who, at, call, self.thing, **more)

    def capture(self, at, call=None, **more):
        self.world.capture(
            self.thing, at, ANY, entries=call.paths if call else more.pop("entries", ()), **more
        )

    def run(self, rules=RULES):
        """Return what became of each capture in the end, and the findings."""
        clock = WorldClock()
        self.queue, self.trail, self.items = (
            WorldQueue(self.world.captures, clock),
            WorldTrail(self.world, clock),
            WorldItems(self.world),
        )
        Pipeline(
            rules=rules,
            items=self.items,
            trail=self.trail,
            sinks=[Shown()],
            ledger=MemoryLedger(),
            clock=clock,
        ).run(self.queue)
        return [self.queue.outcomes[capture.id] for capture in self.world.captures]

    def finding(self):
        outcomes = self.run()
        assert isinstance(outcomes[-1], Reported), outcomes[-1]
        return outcomes[-1].finding


def named(finding):
    return finding.match.event.event_id if finding.match else None


BUCKET, GROUP, ROLE = storage.BUCKET, network.GROUP, iam.ROLE
POLICY = BUCKET.updates[0]
OPEN, CLOSE = GROUP.updates[0], GROUP.updates[1]


@pytest.mark.parametrize("form", ["message", "bare", "oversized"])
def test_case_1_a_deleted_resource_is_managed_by_the_tags_that_it_carried(form):
    case = Case(BUCKET)
    event = case.call(people.sso(case.account, "alice"), BUCKET.delete)
    case.capture(AT + 5 * SECOND, status="ResourceDeleted", form=form)
    found = case.finding()
    assert (found.verdict, found.managed.value, named(found)) == (Verdict.OUT_OF_BAND, "terraform", event)
    assert found.managed.evidence == ("previous-tags" if form == "message" else "history")


def test_case_2_the_change_that_removes_the_tag_is_still_managed_and_says_by_whom():
    case = Case(GROUP)
    event = case.call(people.user(case.account, "carol"), GROUP.untag, tagkey=KEY, tagvalue="terraform")
    case.capture(AT + 50 * SECOND, tags={"team": "payments"})
    found = case.finding()
    assert (found.verdict, found.managed.removed, found.managed.value, named(found)) == (
        Verdict.OUT_OF_BAND,
        True,
        "terraform",
        event,
    )


def test_case_2_the_change_of_the_tags_value_tells_both_and_needs_a_workflow_for_both():
    case = Case(GROUP)
    case.call(people.pipeline(case.account), GROUP.tag, tagkey=KEY, tagvalue="cloudformation")
    case.capture(AT + 50 * SECOND, tags={KEY: "cloudformation"})
    found = case.finding()
    assert (found.verdict, found.managed.value, found.managed.new_value) == (
        Verdict.OUT_OF_BAND,
        "terraform",
        "cloudformation",
    )


@pytest.mark.parametrize(
    "kind",
    [
        GROUP,
        BUCKET,
        storage.KEY,
        storage.FILES,
        compute.FUNCTION,
        ec2.ENI,
        edge.TOPIC,
    ],
    ids=lambda kind: kind.type,
)
def test_case_3_a_tag_that_sits_elsewhere_in_the_item_than_in_its_map_counts(kind):
    case = Case(kind, kind.updates[0])
    event = case.call(people.root(case.account), kind.updates[0])
    case.capture(AT + 50 * SECOND, kind.updates[0], top_tags=False)
    assert named(case.finding()) == event


def test_case_4_an_oversized_notification_is_fetched_with_the_item_before():
    case = Case(BUCKET, POLICY)
    event = case.call(people.root(case.account), POLICY)
    case.capture(AT + 5 * SECOND, POLICY, form="oversized")
    found = case.finding()
    assert named(found) == event
    assert [entry.path for entry in found.change.diff] == ["SupplementaryConfiguration.BucketPolicy"]


def test_case_5_a_person_among_the_pipelines_calls_in_one_item_is_named():
    case = Case(GROUP, OPEN, CLOSE)
    case.call(people.pipeline(case.account), OPEN)
    mine = case.call(people.sso(case.account, "alice"), CLOSE, AT + 20 * SECOND)
    last = case.call(people.pipeline(case.account), GROUP.updates[3], AT + 40 * SECOND)
    case.capture(AT + 60 * SECOND, OPEN)
    found = case.finding()
    assert (found.verdict, named(found)) == (Verdict.OUT_OF_BAND, mine)
    assert [match.workflow for match in found.others] == ["terraform-ci", "terraform-ci"]
    assert found.others[0].event.event_id == last


def test_case_5_one_call_that_yields_several_items_accuses_once():
    kind = data.INSTANCE
    case = Case(kind, kind.updates[0])
    event = case.call(people.sso(case.account, "alice"), kind.updates[0])
    case.capture(AT + 10 * SECOND, kind.updates[0])
    case.capture(AT + 70 * SECOND, entries=[("Configuration.DBInstanceStatus", "modifying", "available")])
    first, second = (outcome.finding for outcome in case.run())
    assert (first.verdict, named(first)) == (Verdict.OUT_OF_BAND, event)
    assert (second.verdict, named(second)) == (Verdict.SIDE_EFFECT, None)


def test_case_6_an_item_captured_a_quarter_of_an_hour_after_the_call_finds_it():
    case = Case(GROUP, OPEN)
    event = case.call(people.sso(case.account, "alice"), OPEN)
    case.capture(AT + 890 * SECOND, OPEN)
    assert named(case.finding()) == event


def test_case_6_a_late_event_is_waited_for_and_neither_reported_wrong_nor_lost():
    case = Case(GROUP, OPEN)
    event = case.call(people.sso(case.account, "alice"), OPEN, shown_after=2000)
    case.capture(AT + 30 * SECOND, OPEN)
    assert named(case.finding()) == event
    visits = case.queue.seen["m0"]
    assert [type(outcome) for outcome in visits[:-1]] == [Deferred] * (len(visits) - 1)
    assert len(visits) >= 3


def test_case_6_the_pipelines_event_proves_nothing_while_a_persons_may_be_on_the_way():
    case = Case(GROUP, OPEN)
    case.call(people.pipeline(case.account), OPEN, shown_after=60)
    mine = case.call(people.sso(case.account, "alice"), CLOSE, AT + 5 * SECOND, shown_after=880)
    case.capture(AT + 30 * SECOND, OPEN)
    found = case.finding()
    assert (found.verdict, named(found)) == (Verdict.OUT_OF_BAND, mine)
    assert isinstance(case.queue.seen["m0"][0], Deferred)


def test_case_6_an_event_out_of_band_is_told_as_soon_as_it_is_found():
    case = Case(GROUP, OPEN)
    case.call(people.sso(case.account, "alice"), OPEN)
    case.capture(AT + 30 * SECOND, OPEN)
    case.run()
    assert len(case.queue.seen["m0"]) == 1


def test_case_6_unattributed_waits_until_it_is_given_up():
    case = Case(GROUP, OPEN)
    case.capture(AT, OPEN)
    assert case.finding().verdict is Verdict.UNATTRIBUTED
    assert max(outcome.until for outcome in case.queue.seen["m0"][:-1]) == AT + timedelta(minutes=45)


ACTORS = [
    (people.sso("111122223333", "alice"), "alice@example.com", "sso"),
    (people.pipeline("111122223333", "gha-app-deploy"), "gha-app-deploy", "oidc"),
    (people.instance("111122223333"), "batch-worker", "instance"),
    (people.function("111122223333"), "nightly-cleanup-role", "function"),
    (people.foreign("111122223333", "999988887777", "Admin", "judy"), "judy", "cross-account"),
    (people.on_behalf(people.user("111122223333", "heidi")), "heidi", "iam-user"),
    (people.root("111122223333"), "root", "root"),
]


@pytest.mark.parametrize(("who", "name", "via"), ACTORS, ids=[name for _, name, _ in ACTORS])
def test_case_7_an_actor_behind_a_session_or_a_service_is_named(who, name, via):
    case = Case(GROUP, OPEN)
    case.call(who, OPEN)
    case.capture(AT + 30 * SECOND, OPEN)
    found = case.finding()
    assert (found.verdict, found.actor.name, found.actor.via) == (Verdict.OUT_OF_BAND, name, via)


def test_case_7_what_a_stack_does_with_the_workflows_role_is_the_workflows():
    case = Case(GROUP, OPEN, tags={KEY: "cloudformation"})
    case.call(people.stack_role(case.account), OPEN)
    case.capture(AT + 30 * SECOND, OPEN)
    assert case.finding().verdict is Verdict.IN_WORKFLOW


def test_case_7_a_service_on_its_own_account_is_no_person():
    case = Case(compute.SERVICE, compute.SERVICE.updates[0])
    case.call(people.linked(case.account, "ecs.application-autoscaling"), compute.SERVICE.updates[0])
    case.capture(AT + 3 * SECOND, compute.SERVICE.updates[0])
    assert case.finding().verdict is Verdict.AWS_SERVICE


@pytest.mark.parametrize("kind", [ROLE, edge.DISTRIBUTION, edge.ZONE], ids=lambda kind: kind.type)
def test_case_8_a_global_services_calls_are_looked_for_in_its_home_region(kind):
    case = Case(kind, kind.updates[0])
    event = case.call(people.root(case.account), kind.updates[0])
    assert case.world.records[-1].document["awsRegion"] == "us-east-1"
    case.capture(AT + 30 * SECOND, kind.updates[0])
    assert named(case.finding()) == event


@pytest.mark.parametrize(
    "more", [{"error": "AccessDenied"}, {"error": "Client.DryRunOperation"}, {"read_only": True}]
)
def test_case_9_a_failed_or_read_only_call_is_never_the_cause(more):
    case = Case(GROUP, OPEN)
    mine = case.call(people.pipeline(case.account), OPEN)
    case.call(people.sso(case.account, "mallory"), OPEN, AT + 1 * SECOND, **more)
    case.capture(AT + 3 * SECOND, OPEN)
    found = case.finding()
    assert (found.verdict, named(found), found.others) == (Verdict.IN_WORKFLOW, mine, ())


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
        case = Case(kind, call)
        event = case.call(people.root(case.account), call)
        case.capture(AT + 30 * SECOND, call)
        assert named(case.finding()) == event, call.name


@pytest.mark.parametrize(
    "kind",
    [GROUP, network.SUBNET, ROLE, iam.POLICY, BUCKET, compute.CLUSTER],
    ids=lambda kind: kind.type,
)
def test_case_11_a_call_that_only_mentions_the_resource_is_not_its_cause_however_near(kind):
    case = Case(kind, kind.updates[0])
    event = case.call(people.pipeline(case.account), kind.updates[0])
    for mention in kind.mentions:
        case.call(people.sso(case.account, "mallory"), mention, AT + 2 * SECOND)
    case.capture(AT + 3 * SECOND, kind.updates[0])
    found = case.finding()
    assert (found.verdict, named(found), found.others) == (Verdict.IN_WORKFLOW, event, ())


def test_case_11_a_call_that_names_it_only_in_the_answer_may_be_its_cause():
    case = Case(ec2.INSTANCE)
    event = case.call(people.root(case.account), ec2.INSTANCE.create)
    case.thing.created_at = AT
    case.capture(AT + 30 * SECOND, status="ResourceDiscovered")
    assert named(case.finding()) == event


def test_case_12_a_global_resource_that_several_regions_record_is_one_finding():
    call = ROLE.updates[0]
    case = Case(ROLE, call)
    history = case.world.history
    for region in ("eu-north-1", "sa-east-1"):
        held = copy.deepcopy(history[case.account, "eu-west-1", ROLE.type, case.thing.id])
        history[case.account, region, ROLE.type, case.thing.id] = [
            dict(each, awsRegion=region) for each in held
        ]
    case.call(people.root(case.account), call)
    for number, region in enumerate(("eu-west-1", "eu-north-1", "sa-east-1")):
        case.capture(AT + (20 + 40 * number) * SECOND, call, recorded_in=region)
    first, *copies = case.run()
    assert isinstance(first, Reported)
    assert [type(each) for each in copies] == [Duplicate, Duplicate]
    assert {each.finding_id for each in copies} == {first.finding.finding_id}


def test_case_12_another_change_of_a_global_resource_is_a_finding_of_its_own():
    first, second = ROLE.updates[0], ROLE.updates[1]
    case = Case(ROLE, first, second)
    case.call(people.root(case.account), first)
    case.capture(AT + 20 * SECOND, first)
    case.call(people.root(case.account), second, AT + 40 * SECOND)
    case.capture(AT + 60 * SECOND, second)
    assert [type(each) for each in case.run()] == [Reported, Reported]


def test_case_13_where_no_diff_came_it_is_computed_from_the_item_before():
    case = Case(GROUP, OPEN)
    case.call(people.root(case.account), OPEN)
    case.capture(AT + 30 * SECOND, OPEN, form="bare")
    found = case.finding()
    assert [entry.path for entry in found.change.diff] == ["Configuration.IpPermissions.0"]


def test_case_13_an_item_that_equals_the_one_before_is_no_change():
    case = Case(GROUP)
    case.capture(AT, form="bare")
    (outcome,) = case.run()
    assert isinstance(outcome, Skipped)
    assert outcome.reason == "no-change"


def test_the_person_of_an_earlier_change_is_not_blamed_for_the_pipelines_next_one():
    case = Case(GROUP, OPEN)
    mine = case.call(people.sso(case.account, "alice"), OPEN)
    case.capture(AT + 20 * SECOND, OPEN)
    before(case.thing, CLOSE)
    theirs = case.call(people.pipeline(case.account), CLOSE, AT + 100 * SECOND)
    case.capture(AT + 130 * SECOND, CLOSE)
    first, second = (outcome.finding for outcome in case.run())
    assert (first.verdict, named(first)) == (Verdict.OUT_OF_BAND, mine)
    assert (second.verdict, named(second), second.others) == (Verdict.IN_WORKFLOW, theirs, ())


def test_a_lone_fresh_call_needs_no_look_at_configs_history():
    case = Case(GROUP, OPEN)
    case.call(people.sso(case.account, "alice"), OPEN)
    case.capture(AT + 41 * SECOND, OPEN)
    case.run()
    assert case.items.fetches == 0


def test_with_daily_recording_the_call_may_be_hours_old():
    case = Case(BUCKET, POLICY)
    event = case.call(people.root(case.account), POLICY)
    case.capture(AT + timedelta(hours=15), POLICY, daily=True)
    assert named(case.finding()) == event


def test_only_relationships_differ_and_nobody_is_asked_for():
    case = Case(GROUP)
    case.call(people.sso(case.account, "alice"), GROUP.mentions[0])
    case.capture(AT + 20 * SECOND, entries=[("Relationships.0", None, {"resourceId": "i-1"})])
    found = case.finding()
    assert (found.verdict, found.match) == (Verdict.SIDE_EFFECT, None)


def test_a_discovery_that_tells_no_creation_time_and_nothing_explains_is_no_change():
    case = Case(GROUP)
    case.capture(AT, status="ResourceDiscovered")
    (outcome,) = case.run()
    assert isinstance(outcome, Skipped)
    assert outcome.reason == "no-change"


def test_a_tag_that_the_tag_editor_set_is_found_beside_the_pipelines_change():
    case = Case(BUCKET, POLICY)
    case.call(people.pipeline(case.account), POLICY)
    editor = Call("TagResources", {"resourceARNList": ["$arn"], "tags": {"owner": "x"}}, source="tagging")
    mine = case.call(people.sso(case.account, "alice"), editor, AT + 5 * SECOND)
    case.capture(AT + 30 * SECOND, POLICY, tags={**case.thing.tags, "owner": "x"})
    found = case.finding()
    assert (found.verdict, named(found)) == (Verdict.OUT_OF_BAND, mine)


NOISE = replace(RULES, ignore=(IgnoreRule(principals=("arn:aws:iam::*:role/cleanup*",)),))


@pytest.mark.parametrize("late", [False, True], ids=["at once", "12 minutes late"])
@pytest.mark.parametrize("lags", [(20, 10), (10, 20)], ids=["alice first", "alice last"])
def test_a_person_does_not_hide_beside_a_principal_whose_changes_are_noise(lags, late):
    case = Case(GROUP)
    hers = case.call(people.user(case.account, "alice"), OPEN, AT - lags[0] * SECOND)
    shown = AT + timedelta(minutes=12 if late else 0)
    case.world.records[-1] = replace(case.world.records[-1], shown_at=shown)
    case.call(people.instance(case.account, "cleanup"), CLOSE, AT - lags[1] * SECOND)
    case.capture(AT, OPEN)
    (outcome,) = case.run(NOISE)
    assert (outcome.finding.verdict, named(outcome.finding)) == (Verdict.OUT_OF_BAND, hers)


def test_a_principal_whose_changes_are_noise_is_ignored_alone():
    case = Case(GROUP)
    case.call(people.instance(case.account, "cleanup"), CLOSE, AT - 10 * SECOND)
    case.capture(AT, CLOSE)
    (outcome,) = case.run(NOISE)
    assert isinstance(outcome, Skipped)
    assert outcome.reason == "known-noise"

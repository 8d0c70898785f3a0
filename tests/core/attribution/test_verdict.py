"""The verdict on a change, in the contract's words, and what known noise is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.attribution.aws_fields import ChangedBy
from iacwatch.core.attribution.chains.facts import Origin
from iacwatch.core.attribution.verdict import asked_after, classify, ignored, noise_last
from iacwatch.core.model import (
    ActorKind,
    ChainLink,
    ChangeType,
    Evidence,
    IgnoreRule,
    Managed,
    Principal,
    Verdict,
    Via,
    Workflow,
)
from tests.fixtures.builders import CALLED_AT, CAPTURED_AT, actor, change, entry, event, match, resource

OUT, IN, SIDE, NOBODY = Verdict.OUT_OF_BAND, Verdict.IN_WORKFLOW, Verdict.SIDE_EFFECT, Verdict.UNATTRIBUTED
MANAGED = Managed(value="terraform", evidence=Evidence.TAGS)
ACCOUNT_ROLE = "arn:aws:iam::111122223333:role"
ROLE = f"{ACCOUNT_ROLE}/gha-terraform-deploy"
CI = Workflow(name="ci", managed_by=("terraform",), principals=("arn:aws:iam::*:role/gha-terraform-*",))


def by(role=ROLE, event_id="ci", **fields):
    """Return a match of a call by a role's session."""
    who = actor(name=role.rsplit("/", 1)[-1], arn=f"{role}/s", principal=role, **fields)
    principal = Principal(type="AssumedRole", arn=f"{role}/s", issuer_arn=role)
    return match(event=event(event_id=event_id, actor=who, principal=principal))


def service():
    who = actor(kind=ActorKind.AWS_SERVICE, name="rds.amazonaws.com", principal=None, on_own_account=True)
    return match(event=event(event_id="aws", actor=who, principal=Principal(type="AWSService")))


ALICE = match(event=event(event_id="alice"))
JUDY = {"kind": ActorKind.AWS_ACCOUNT, "principal": None, "arn": None, "account_id": "444455556666"}
FOREIGN = match(event=event(event_id="judy", actor=actor(name="judy", **JUDY)))


def judged(*matches, managed=MANAGED, workflows=(CI,), changed_by=ChangedBy.CALLED, **fields):
    return classify(change(), managed, matches, workflows, changed_by=changed_by, **fields)


AWS, FOLLOWS = {"changed_by": ChangedBy.AWS}, {"changed_by": ChangedBy.FOLLOWS}
WILD = {"managed": Managed(value=None, evidence=Evidence.TAGS)}
KEPT = "only IpPermissions changed, a field that AWS maintains"


NO_WORKFLOW = "matches no workflow for managed-by=terraform"
SECOND = Workflow(name="second", principals=("*",))


@pytest.mark.parametrize(
    ("matches", "more", "verdict", "reason", "ids"),
    [
        ([ALICE], {}, OUT, f"AWSReservedSSO_Admin_0123456789abcdef {NO_WORKFLOW}", "alice"),
        ([ALICE], {"tag_key": "iac"}, OUT, "matches no workflow for iac=terraform", "alice"),
        ([FOREIGN], {}, OUT, f"judy of account 444455556666 {NO_WORKFLOW}", "judy"),
        # The first workflow that covers a call is told.
        ([by()], {"workflows": (CI, SECOND)}, IN, "workflow ci may change managed-by=terraform", "ci"),
        ([service()], {}, Verdict.AWS_SERVICE, "rds.amazonaws.com did it on its own account", "aws"),
        # One call out of band among many of the workflow is named first, and AWS's own last.
        ([by(event_id="1"), service(), ALICE, by(event_id="5")], {}, OUT, "", "alice 1 5 aws"),
        ([service(), by()], {}, IN, "", "ci aws"),
        ([], {"tried": "nobody found: 3 names tried"}, NOBODY, "nobody found: 3 names tried", ""),
        # Fields that AWS keeps are a side effect whoever called; those that follow calls where none is found.
        ([ALICE], AWS, SIDE, KEPT, ""),
        ([], FOLLOWS, SIDE, KEPT, ""),
        ([ALICE], FOLLOWS, OUT, "", "alice"),
        # What was never managed is unmanaged, whoever changed it.
        ([by(), ALICE, service()], WILD, Verdict.UNMANAGED, "it was never managed", "alice ci aws"),
        ([], WILD, Verdict.UNMANAGED, "it was never managed, and no trail event explains it", ""),
        ([], {**WILD, **FOLLOWS}, SIDE, KEPT, ""),
    ],
)
def test_a_change_is_judged_by_the_calls_that_made_it(matches, more, verdict, reason, ids):
    found = judged(*matches, **more)
    assert (found.verdict, [each.event.event_id for each in found.matches]) == (verdict, ids.split())
    assert found.reason.endswith(reason)


PULUMI = Managed(value="pulumi", evidence=Evidence.TAGS)
CHANGED = Managed(value="terraform", new_value="hand", evidence=Evidence.PREVIOUS_TAGS)
BOTH = {"managed_by": ("terraform", "hand")}
ELSEWHERE = ROLE.replace("1111", "9999")
STRANGERS = {"principals": CI.principals}
STRICT = {
    "user_agents": ("*Terraform*",),
    "invoked_by": ("cloudformation.amazonaws.com",),
    "source_ips": ("192.0.2.0/24", "192.0.3.1/8"),
}
GOOD = {"user_agent": "Terraform/1.9", "invoked_by": "cloudformation.amazonaws.com", "source_ip": "192.0.2.7"}
TOOL = {"principals": (), "tools": ("terraform",)}
OFFICE = {"principals": (), "source_ips": ("192.0.2.0/24",)}


def hours(number):
    return CALLED_AT + timedelta(hours=number)


@pytest.mark.parametrize(
    ("workflow", "call", "managed", "covered"),
    [
        # A workflow may change its own tag values only: both, where the tag changed.
        ({"managed_by": ("terraform",)}, by(), PULUMI, False),
        ({"managed_by": ("terraform",)}, by(), CHANGED, False),
        (BOTH, by(), CHANGED, True),
        # A role that only looks like the workflow's is none of it.
        (STRANGERS, by(f"{ACCOUNT_ROLE}/people/gha-terraform-deploy"), MANAGED, False),
        (STRANGERS, by(ELSEWHERE), MANAGED, True),
        ({"principals": (f"{ACCOUNT_ROLE}/gha-terraform-*",)}, by(ELSEWHERE), MANAGED, False),
        # A session's name is its caller's word, and no principal.
        ({"principals": ("*/s",)}, by(), MANAGED, False),
        # All conditions have to hold, and there has to be one.
        (STRICT, by(**GOOD), MANAGED, True),
        (STRICT, by(**GOOD | {"source_ip": "192.9.9.9"}), MANAGED, True),
        (STRICT, by(**GOOD | {"invoked_by": None}), MANAGED, False),
        ({"principals": ()}, by(), MANAGED, False),
        (TOOL, by(tool="terraform"), MANAGED, True),
        (TOOL, by(tool="cli"), MANAGED, False),
        *((OFFICE, by(source_ip=text), MANAGED, False) for text in (None, "192.0.2.7.evil", "::1")),
        # From its beginning to before its end.
        ({"not_before": hours(1)}, by(), MANAGED, False),
        ({"not_before": hours(-1), "not_after": hours(0)}, by(), MANAGED, False),
    ],
)
def test_a_workflow_covers_what_fits_all_its_conditions(workflow, call, managed, covered):
    asked = Workflow(**{"name": "x", "principals": (ROLE,), **workflow})
    found = judged(call, managed=managed, workflows=(asked,))
    assert found.verdict is (IN if covered else OUT)
    assert covered or managed is not CHANGED or found.reason.endswith("managed-by=terraform and hand")


TOKEN = "token.actions.githubusercontent.com:repo:acme/infra:ref:refs/heads/main"
GUARDED = replace(CI, started_by=(TOKEN,))
FREE, OTHERS = replace(CI, name="free"), replace(GUARDED, name="others", started_by=("arn:*",))
CHAIN = {"chain": (ChainLink(arn="arn:x"),)}
MAY = f"and workflow ci may only be started by {TOKEN}"


def known(*identities, **fields):
    return Origin(actor=actor(name="bob", **fields), identities=identities)


NO_ONE = Origin(actor=actor(), unknown="it is in no trail")
BY_HAND = known("arn:bob", **CHAIN)


@pytest.mark.parametrize(
    ("origin", "who"),
    [
        (known(ROLE, TOKEN), ""),
        (known(ROLE, f"{TOKEN}x"), f"{TOKEN}x took role gha-terraform-deploy"),
        (BY_HAND, "bob took role gha-terraform-deploy by hand"),
        (known("arn:y", via=Via.INSTANCE, **CHAIN), "bob took role gha-terraform-deploy"),
        (known("arn:bob"), "arn:bob called"),
        (known(), "bob called"),
        (NO_ONE, "who opened the session is not known (it is in no trail)"),
        (None, "who opened the session is not known (nobody looked)"),
    ],
)
def test_who_takes_the_role_otherwise_is_out_of_band_and_named_in_the_reason(origin, who):
    more = {"workflows": (GUARDED,), "origins": {"ci": origin} if origin else {}}
    made = by()
    found = judged(made, **more)
    assert (found.verdict, found.matches[0].workflow) == ((OUT, None) if who else (IN, "ci"))
    assert not who or found.reason == f"{who}, {MAY}"
    # An origin that nobody knows covers nothing, and is waited for, but for where a person is named at once.
    assert found.unsure == ((made.event,) if "not known" in who else ())
    beside = judged(made, ALICE, **more)
    assert (beside.verdict, beside.unsure) == (OUT, ())
    assert "not known" not in who or beside.matches[0].event == ALICE.event


def test_of_several_workflows_that_ask_one_covers_and_else_the_first_says_why_not():
    asked = {"workflows": (GUARDED, OTHERS)}
    assert judged(by(), origins={"ci": BY_HAND}, **asked).matches[0].workflow == "others"
    for origin in (NO_ONE, known("x")):
        assert MAY in judged(by(), origins={"ci": origin}, **asked).reason
    assert judged(by(), workflows=(GUARDED, FREE)).matches[0].workflow == "free"
    for starters, told in (("ab", "a or b"), ("abcd", "a or b or 2 more")):
        many = replace(GUARDED, started_by=tuple(starters))
        assert judged(by(), workflows=(many,), origins={"ci": BY_HAND}).reason.endswith(f"started by {told}")
    # No lookup is worth it where the answer changes nothing.
    elsewhere, call = replace(GUARDED, managed_by=("pulumi",)), by().event
    for workflows, asked in (([GUARDED], [call]), ([GUARDED, FREE], []), ([elsewhere], [])):
        assert asked_after(MANAGED, [call, ALICE.event], workflows) == asked


def test_a_call_whose_parameters_are_left_out_clears_nobody_while_its_origin_is_unknown():
    pipeline, hidden = known(ROLE, TOKEN), by(event_id="hidden").event
    for origin, verdict, held in ((NO_ONE, NOBODY, (hidden,)), (pipeline, IN, ())):
        origins = {"ci": pipeline, "hidden": origin}
        found = judged(by(), workflows=(GUARDED,), origins=origins, unseen=(hidden,))
        assert (found.verdict, found.held, found.unsure) == (verdict, held, held)
    # One of two is held whoever opened its session: nothing has to be waited for.
    both = judged(workflows=(GUARDED,), origins={"hidden": NO_ONE}, unseen=(hidden, ALICE.event))
    assert (both.held, both.unsure) == ((hidden, ALICE.event), ())


def update(*paths, **more):
    return change(diff=tuple(entry(path, 1, 2) for path in paths), **more)


BY_RESOURCE = IgnoreRule(resource_types=("AWS::EC2::*",), resources=("web", "*db*"))
BY_PROPERTY = IgnoreRule(properties=("Configuration.desiredCapacity",))
BY_PRINCIPAL = IgnoreRule(principals=("*role/gha-*",))
UNTIL = IgnoreRule(resources=("web",), until=CAPTURED_AT + timedelta(seconds=1))
CAPACITY = "Configuration.DesiredCapacity"


@pytest.mark.parametrize(
    ("rule", "changed", "found", "noise"),
    [
        (IgnoreRule(), change(), [], False),
        (BY_RESOURCE, change(resource=resource(name="api", id="sg-1")), [], False),
        (BY_RESOURCE, change(resource=resource(type="AWS::RDS::DBInstance", id="db-1")), [], False),
        # Nothing else may differ.
        (BY_PROPERTY, update(CAPACITY), [], True),
        (BY_PROPERTY, update(CAPACITY, "Relationships.0"), [], True),
        (BY_PROPERTY, update(CAPACITY, "Configuration.MaxSize"), [], False),
        (BY_PROPERTY, update(), [], False),
        (BY_PROPERTY, update(CAPACITY, change_type=ChangeType.DELETE), [], False),
        # Nobody hides beside a principal whose changes are noise; AWS's own calls do not count beside one.
        (BY_PRINCIPAL, change(), [by(), by(event_id="again"), service()], True),
        (BY_PRINCIPAL, change(), [by(), ALICE, by(event_id="again")], False),
        (BY_PRINCIPAL, change(), [service()], False),
        # An acknowledgement expires.
        (UNTIL, change(), [], True),
        (IgnoreRule(resources=("web",), until=CAPTURED_AT), change(), [], False),
    ],
)
def test_known_noise_is_what_a_rule_describes(rule, changed, found, noise):
    events = [each.event for each in found]
    assert ignored(changed, (IgnoreRule(), rule), events, now=CAPTURED_AT) is (rule if noise else None)
    # Of several calls those that are noise by themselves are named last.
    last = noise_last(change(), (BY_PRINCIPAL,), [by(), ALICE, by(event_id="again")], now=CAPTURED_AT)
    assert [each.event.event_id for each in last] == ["alice", "ci", "again"]


def test_a_side_effect_says_what_aws_keeps():
    for paths, said in (
        ("AvailableIpAddressCount A.B.C.0 A.B.C.1", "A.B, AvailableIpAddressCount changed, fields"),
        ("F0 F1 F2 F3 F4", "F0, F1, F2, F3 and 1 more changed, fields"),
        ("F0 F1 F2 F3", "F0, F1, F2, F3 changed, fields"),
    ):
        changed = update(*(f"Configuration.{path}" for path in paths.split()))
        reason = classify(changed, MANAGED, (), (), changed_by=ChangedBy.AWS).reason
        assert reason == f"only {said} that AWS maintains"

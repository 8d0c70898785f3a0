"""The verdict on a change, in the contract's words, and what known noise is."""

from datetime import timedelta

import pytest

from iacwatch.core.attribution.aws_fields import ChangedBy
from iacwatch.core.attribution.verdict import classify, ignored
from iacwatch.core.model import (
    ActorKind,
    ChangeType,
    Evidence,
    IgnoreRule,
    Managed,
    Principal,
    Verdict,
    Workflow,
)
from tests.fixtures.builders import CALLED_AT, CAPTURED_AT, actor, change, entry, event, match, resource

MANAGED = Managed(value="terraform", evidence=Evidence.TAGS)
ROLE = "arn:aws:iam::111122223333:role/gha-terraform-deploy"
CI = Workflow(name="ci", managed_by=("terraform",), principals=("arn:aws:iam::*:role/gha-terraform-*",))


def by(role=ROLE, event_id="ci", **fields):
    """Return a match of a call by a role's session."""
    who = actor(name=role.rsplit("/", 1)[-1], arn=f"{role}/s", principal=role, **fields)
    principal = Principal(type="AssumedRole", arn=f"{role}/s", issuer_arn=role)
    return match(event=event(event_id=event_id, actor=who, principal=principal))


def service(event_id="aws"):
    who = actor(kind=ActorKind.AWS_SERVICE, name="rds.amazonaws.com", principal=None, on_own_account=True)
    return match(event=event(event_id=event_id, actor=who, principal=Principal(type="AWSService")))


def judged(*matches, managed=MANAGED, workflows=(CI,), changed_by=ChangedBy.CALLED, **fields):
    return classify(change(), managed, matches, workflows, changed_by=changed_by, **fields)


def ids(found):
    return [each.event.event_id for each in found.matches]


def test_a_person_outside_every_workflow_is_out_of_band():
    found = judged(match())
    assert found.verdict is Verdict.OUT_OF_BAND
    assert found.reason.endswith("matches no workflow for managed-by=terraform")


def test_a_call_of_the_workflow_is_in_workflow_and_tells_which():
    found = judged(by())
    assert (found.verdict, found.matches[0].workflow) == (Verdict.IN_WORKFLOW, "ci")
    assert found.reason == "workflow ci may change managed-by=terraform"


def test_a_service_on_its_own_account_is_aws_service():
    found = judged(service())
    assert (found.verdict, found.reason) == (
        Verdict.AWS_SERVICE,
        "rds.amazonaws.com did it on its own account",
    )


def test_one_call_out_of_band_among_many_of_the_workflow_is_out_of_band_and_named_first():
    found = judged(
        by(event_id="1"), by(event_id="2"), service("3"), match(event=event(event_id="4")), by(event_id="5")
    )
    assert found.verdict is Verdict.OUT_OF_BAND
    assert ids(found) == ["4", "1", "2", "5", "3"]


def test_the_workflow_counts_before_a_service():
    found = judged(service(), by())
    assert (found.verdict, ids(found)) == (Verdict.IN_WORKFLOW, ["ci", "aws"])


def test_nothing_found_is_unattributed_and_says_what_was_tried():
    found = judged(tried="nobody found: 3 names tried")
    assert (found.verdict, found.reason, found.matches) == (
        Verdict.UNATTRIBUTED,
        "nobody found: 3 names tried",
        (),
    )


def test_only_fields_that_aws_keeps_are_a_side_effect_whoever_called():
    assert judged(match(), changed_by=ChangedBy.AWS).verdict is Verdict.SIDE_EFFECT


def test_fields_that_follow_calls_are_a_side_effect_only_where_no_call_is_found():
    assert judged(changed_by=ChangedBy.FOLLOWS).verdict is Verdict.SIDE_EFFECT
    assert judged(match(), changed_by=ChangedBy.FOLLOWS).verdict is Verdict.OUT_OF_BAND


def test_a_workflow_may_change_its_own_tag_values_only():
    other = Managed(value="cloudformation", evidence=Evidence.TAGS)
    assert judged(by(), managed=other).verdict is Verdict.OUT_OF_BAND


def test_where_the_tag_changed_the_workflow_must_allow_both_values():
    changed = Managed(value="terraform", new_value="hand", evidence=Evidence.PREVIOUS_TAGS)
    found = judged(by(), managed=changed)
    assert found.verdict is Verdict.OUT_OF_BAND
    assert found.reason.endswith("managed-by=terraform and hand")
    both = Workflow(name="both", managed_by=("terraform", "hand"), principals=CI.principals)
    assert judged(by(), managed=changed, workflows=(both,)).verdict is Verdict.IN_WORKFLOW


def test_a_workflow_that_names_no_values_may_change_any():
    found = judged(
        by(),
        managed=Managed(value="pulumi", evidence=Evidence.TAGS),
        workflows=(Workflow(name="x", principals=(ROLE,)),),
    )
    assert found.verdict is Verdict.IN_WORKFLOW


@pytest.mark.parametrize(
    "role",
    [
        "arn:aws:iam::111122223333:role/people/gha-terraform-deploy",
        "arn:aws:iam::111122223333:role/my-gha-terraform-deploy",
        "arn:aws:iam::111122223333:role/GHA-terraform-deploy",
        "arn:aws:iam::111122223333:user/gha-terraform-deploy",
    ],
)
def test_a_role_that_only_looks_like_the_workflows_is_none_of_it(role):
    assert judged(by(role)).verdict is Verdict.OUT_OF_BAND


def test_a_role_of_another_account_counts_only_where_the_workflow_says_any_account():
    here = Workflow(name="here", principals=("arn:aws:iam::111122223333:role/gha-terraform-*",))
    elsewhere = by("arn:aws:iam::999988887777:role/gha-terraform-deploy")
    assert judged(elsewhere, workflows=(here,)).verdict is Verdict.OUT_OF_BAND
    assert judged(elsewhere).verdict is Verdict.IN_WORKFLOW


def test_a_sessions_name_is_its_callers_word_and_no_principal():
    forged = by("arn:aws:iam::111122223333:role/Admin")
    workflow = Workflow(name="x", principals=("*gha-terraform-deploy*",))
    session = match(
        event=event(
            actor=actor(arn="arn:aws:sts::111122223333:assumed-role/Admin/gha-terraform-deploy"),
            principal=Principal(
                type="AssumedRole",
                arn="arn:aws:sts::111122223333:assumed-role/Admin/gha-terraform-deploy",
                session_name="gha-terraform-deploy",
                issuer_arn="arn:aws:iam::111122223333:role/Admin",
            ),
        )
    )
    assert judged(forged, workflows=(workflow,)).verdict is Verdict.OUT_OF_BAND
    assert judged(session, workflows=(workflow,)).verdict is Verdict.OUT_OF_BAND


def test_all_conditions_of_a_workflow_have_to_hold():
    workflow = Workflow(
        name="strict",
        principals=(ROLE,),
        user_agents=("*Terraform*",),
        invoked_by=("cloudformation.amazonaws.com",),
        source_ips=("192.0.2.0/24",),
    )
    good = {
        "user_agent": "APN/1.0 HashiCorp/1.0 Terraform/1.9",
        "invoked_by": "cloudformation.amazonaws.com",
        "source_ip": "192.0.2.7",
    }
    assert judged(by(**good), workflows=(workflow,)).verdict is Verdict.IN_WORKFLOW
    for name, bad in {"user_agent": "aws-cli", "invoked_by": None, "source_ip": "198.51.100.1"}.items():
        assert judged(by(**(good | {name: bad})), workflows=(workflow,)).verdict is Verdict.OUT_OF_BAND, name


@pytest.mark.parametrize(
    "source_ip", [None, "", "cloudformation.amazonaws.com", "AWS Internal", "192.0.2.7.evil", "2001:db8::1"]
)
def test_what_is_no_address_is_in_no_network(source_ip):
    workflow = Workflow(name="office", source_ips=("192.0.2.0/24",))
    assert judged(by(source_ip=source_ip), workflows=(workflow,)).verdict is Verdict.OUT_OF_BAND


def test_a_workflow_without_conditions_covers_nobody():
    assert judged(by(), workflows=(Workflow(name="empty"),)).verdict is Verdict.OUT_OF_BAND
    timed = Workflow(name="timed", not_after=CALLED_AT + timedelta(days=1))
    assert judged(by(), workflows=(timed,)).verdict is Verdict.OUT_OF_BAND


@pytest.mark.parametrize(
    ("begin", "end", "covered"),
    [
        (-1, 1, True),
        (0, 1, True),
        (1, 2, False),
        (-2, -1, False),
        (-1, 0, False),
        (None, 1, True),
        (-1, None, True),
    ],
)
def test_a_time_boxed_workflow_counts_from_its_beginning_to_before_its_end(begin, end, covered):
    at = [None if hours is None else CALLED_AT + timedelta(hours=hours) for hours in (begin, end)]
    workflow = Workflow(name="break-glass", principals=(ROLE,), not_before=at[0], not_after=at[1])
    assert judged(by(), workflows=(workflow,)).verdict is (
        Verdict.IN_WORKFLOW if covered else Verdict.OUT_OF_BAND
    )


def test_a_built_in_workflow_goes_by_the_tool():
    workflow = Workflow(name="terraform (built in)", tools=("terraform",))
    assert judged(by(tool="terraform"), workflows=(workflow,)).verdict is Verdict.IN_WORKFLOW
    assert judged(by(tool="cli"), workflows=(workflow,)).verdict is Verdict.OUT_OF_BAND


def test_the_first_workflow_that_covers_a_call_is_told():
    second = Workflow(name="second", principals=("*",))
    assert judged(by(), workflows=(CI, second)).matches[0].workflow == "ci"


NEVER = Managed(value=None, evidence=Evidence.TAGS)


def test_what_was_never_managed_is_unmanaged_whoever_changed_it():
    assert judged(match(), by(), managed=NEVER).verdict is Verdict.UNMANAGED
    assert judged(managed=NEVER).verdict is Verdict.UNMANAGED
    assert ids(judged(by(), match(event=event(event_id="p")), managed=NEVER))[0] == "p"


def noise(rule, of=None, *found, now=CAPTURED_AT):
    return ignored(of or change(), (rule,), [each.event for each in found], now=now) is rule


def test_an_empty_rule_ignores_nothing():
    assert not noise(IgnoreRule())


def test_a_rule_by_type_and_resource_ignores_what_both_describe():
    rule = IgnoreRule(resource_types=("AWS::EC2::*",), resources=("web", "*db*"))
    assert noise(rule)
    assert not noise(rule, change(resource=resource(name="api", id="sg-1")))
    assert not noise(rule, change(resource=resource(type="AWS::RDS::DBInstance", id="db-1")))


def test_a_rule_by_property_needs_that_nothing_else_differs():
    rule = IgnoreRule(properties=("Configuration.desiredCapacity",))
    capacity = entry("Configuration.DesiredCapacity", 1, 2)
    assert noise(rule, change(diff=(capacity,)))
    assert noise(rule, change(diff=(capacity, entry("Relationships.0", "a", "b"))))
    assert noise(rule, change(diff=(entry("Configuration.DesiredCapacity.0", 1, 2),)))
    assert not noise(rule, change(diff=(capacity, entry("Configuration.MaxSize", 1, 2))))
    assert not noise(rule, change(diff=(entry("Configuration.DesiredCapacityType", 1, 2),)))
    assert not noise(rule, change(diff=()))
    assert not noise(rule, change(change_type=ChangeType.DELETE, diff=(capacity,)))


def test_a_rule_by_principal_needs_the_call():
    rule = IgnoreRule(principals=("*role/gha-*",))
    assert noise(rule, None, by())
    assert not noise(rule, None, match())
    assert not noise(rule)


def test_nobody_hides_beside_a_principal_whose_changes_are_noise():
    rule = IgnoreRule(principals=("*role/gha-*",))
    assert noise(rule, None, by(), by(event_id="again"), service())
    assert not noise(rule, None, by(), match(), by(event_id="again"))
    assert not noise(rule, None, match(), by())
    assert not noise(rule, None, service())


def test_an_acknowledgement_expires():
    rule = IgnoreRule(resources=("web",), until=CAPTURED_AT)
    assert noise(rule, now=CAPTURED_AT - timedelta(seconds=1))
    assert not noise(rule, now=CAPTURED_AT)


def test_a_side_effect_says_what_aws_keeps():
    diff = tuple(
        entry(path, 1, 2)
        for path in ("Configuration.AvailableIpAddressCount", "Relationships.0", "Relationships.1")
    )
    found = classify(change(diff=diff), MANAGED, (), (), changed_by=ChangedBy.AWS)
    assert found.reason == "only AvailableIpAddressCount, Relationships changed, fields that AWS maintains"
    many = tuple(entry(f"Configuration.Field{number}", 1, 2) for number in range(7))
    assert "and 3 more" in classify(change(diff=many), MANAGED, (), (), changed_by=ChangedBy.AWS).reason

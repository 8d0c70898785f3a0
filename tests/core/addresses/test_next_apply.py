"""What is said of the next apply, by the table: never a claim that might be wrong."""

from datetime import timedelta
from pathlib import Path

import pytest

import iacwatch
from iacwatch.core.addresses.next.apply import BEFORE_PLANS, RULES, next_apply
from iacwatch.core.model import ChangeType, Evidence, Managed, Mention, Relationship, Verdict
from tests.fixtures import builders as make
from tests.fixtures.builders import ACCOUNT, CALLED_AT, CAPTURED_AT, GROUP_ID, REGION, RULE
from tests.fixtures.indexed import head, ingress, plan, row, where

HTTPS = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipRanges": ["10.0.0.0/8"]}
SSH = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": ["0.0.0.0/0"]}
HOUR = timedelta(hours=1)
STACK = {
    "managed-by": "cloudformation", "aws:cloudformation:stack-name": "net", "aws:cloudformation:logical-id": "Web",
    "aws:cloudformation:stack-id": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/net/0a1b",
}  # fmt: skip
CROSSPLANE = {"managed-by": "crossplane", "crossplane-kind": "x.ec2.aws.upbound.io", "crossplane-name": "web"}


def told(*entries, rows=(), tags=None, verdict=Verdict.OUT_OF_BAND, covered=True, **fields):
    tags = tags or {"managed-by": "terraform"}
    given = {"diff": entries or (make.entry("Configuration.IpPermissions.0", None, SSH),), **fields}
    if given.get("change_type") is not ChangeType.DELETE and "item" not in given:
        given["item"] = old(given.get("resource"), {"ipPermissions": [HTTPS]}, tags=tags)
    managed = Managed(value=tags.get("managed-by"), evidence=Evidence.TAGS, tags=tags)
    found = make.finding(change=make.change(**given), managed=managed, verdict=verdict)
    return next_apply(found, where(found, *rows, covered=covered))


def old(thing=None, configuration=None, **fields):
    """Return the item of an object that nobody made lately."""
    made = CAPTURED_AT - timedelta(days=90)
    return make.item(
        resource=thing or make.resource(), configuration=configuration or {}, created_at=made, **fields
    )


ADDED = make.entry("Configuration.IpPermissions.0", None, SSH)
REMOVED = make.entry("Configuration.IpPermissions.0", SSH, None)
WIDER = (
    make.entry("Configuration.IpPermissions.0", HTTPS, None),
    make.entry("Configuration.IpPermissions.1", None, {**HTTPS, "ipRanges": ["10.0.0.0/8", "0.0.0.0/0"]}),
)
OUT = make.entry("Configuration.IpPermissionsEgress.0", None, SSH)
TAG = make.entry("Tags.team", "net", "web")
NEAR = make.entry("Relationships.0", None, {"resourceId": "eni-1"})
DELETED = {"change_type": ChangeType.DELETE}
OLD_RULE = {"type": "aws_security_group_rule", "id": "sgrule-1"}
EXCLUSIVE = ingress(9, type="aws_vpc_security_group_rules_exclusive", exclusive=True, id="")
GONE_AFTER = {"gone_at": CAPTURED_AT + HOUR}
GONE_BEFORE = {"gone_at": CALLED_AT - HOUR}

YOUNG = make.item(configuration={"ipPermissions": []}, created_at=CAPTURED_AT - timedelta(minutes=20))
DISK = make.resource(type="AWS::EC2::Volume", id="vol-0a1b2c3d4e5f60718", arn="arn:aws:ec2:::volume/x")
INSTANCE = Relationship(type="AWS::EC2::Instance", id="i-1", name=None, label="Is attached to Instance")
IAM_ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
APP = make.resource(type="AWS::IAM::Role", id="AROAEXAMPLEEXAMPLE001", name="app", arn=IAM_ROLE)
OF_APP = {"resource": APP, "item": old(APP)}
IN_STATE = row("own.x", type="aws_iam_role", region="", arn=IAM_ROLE, id="app")
BESIDE = row("a.x", type="aws_iam_role_policy_attachment", region="", id="app-1", parent="app")
INLINE = row("a.x", type="aws_iam_role_policy", region="", id="app:x", parent="app")
POLICIES = [{"policyName": name, "policyArn": f"arn:aws:iam::aws:policy/{name}"} for name in "AB"]
ATTACHED = make.entry("Configuration.AttachedManagedPolicies.0", None, POLICIES[1])
ALL_ATTACHED = make.entry("Configuration.AttachedManagedPolicies", POLICIES[:1], POLICIES)

CASES = {
    "the object is deleted": ("tf-deleted", "recreate", [], {"rows": [row()], **DELETED}),
    "deleted, and a refresh let it go": ("tf-deleted-since", "unknown", [], {"rows": [row(**GONE_AFTER)], **DELETED}),
    "the state had let it go before": ("tf-left-state", "unknown", [], {"rows": [row(**GONE_BEFORE)], **DELETED}),
    "a deposed object is deleted": ("tf-deposed", "nothing", [], {"rows": [row(deposed="0a1b2c3d")], **DELETED}),
    "a deposed object is changed": ("tf-deposed-kept", "unknown", [TAG], {"rows": [row(deposed="0a1b2c3d")]}),
    "a rule beside separate ones": ("tf-part-siblings", "nothing", [ADDED], {"rows": [row(), ingress()]}),
    "a range added to a rule": ("tf-part-siblings", "nothing", [*WIDER], {"rows": [row(), ingress()]}),
    "only rules of the other direction": ("tf-part", "unknown", [OUT], {"rows": [row(), ingress()]}),
    "old-style rules of the other direction": ("tf-part", "unknown", [ADDED], {"rows": [row(), ingress(direction="egress", **OLD_RULE)]}),
    "siblings that were gone before": ("tf-part", "unknown", [ADDED], {"rows": [row(), ingress(**GONE_BEFORE)]}),
    "an exclusive resource": ("tf-part-exclusive", "revert", [ADDED], {"rows": [row(), ingress(), EXCLUSIVE]}),
    "siblings, the group itself in no state": ("no-address", "unknown", [ADDED], {"rows": [ingress()]}),
    "all rules are separate, one removed": ("tf-part-deleted", "recreate", [REMOVED], {"rows": [row(), ingress(1), ingress(2)]}),
    "fewer separate rules than there were": ("tf-part-siblings-removed", "unknown", [REMOVED], {"rows": [row(), ingress(1)]}),
    "the removed rule's row is gone since": ("tf-part-deleted-since", "unknown", [REMOVED], {"rows": [row(), ingress(1), ingress(2, **GONE_AFTER)]}),
    "one removed and one added": ("tf-attribute", "unknown", [REMOVED, OUT], {"rows": [row(), ingress(1), ingress(2)]}),
    "in no state": ("orphan", "nothing", [ADDED], {}),
    "in no state, and its tags name code": ("orphan-tagged", "unknown", [ADDED], {"tags": {"managed-by": "terraform", "git_file": "net/main.tf"}}),
    "an instance that a spot request holds": ("no-address", "unknown", [TAG], {"rows": [row("aws_spot_instance_request.web", type="aws_spot_instance_request", id="sir-0a1b2c3d", arn="", parent=GROUP_ID)]}),
    "in no state, account not covered": ("no-address", "unknown", [ADDED], {"covered": False}),
    "in no state, deleted": ("no-address", "unknown", [], DELETED),
    "a bare name in a state of an unknown account": ("no-address", "unknown", [ADDED], {"rows": [row(id="web", account_id="")]}),
    "equal name, another kind without an ARN": ("no-address", "unknown", [ADDED], {"rows": [row("aws_ecs_cluster.web", type="aws_ecs_cluster", id="web")]}),
    "in no state, by another tool": ("no-address", "unknown", [ADDED], {"tags": {"managed-by": "platform"}}),
    "a stack": ("cfn-no-drift", "nothing", [ADDED], {"tags": STACK}),
    "a stack by CDK": ("cdk-no-drift", "nothing", [TAG], {"tags": {**STACK, "managed-by": "cdk"}}),
    "a stack and a state": ("sources-disagree", "unknown", [ADDED], {"tags": STACK, "rows": [row(), ingress()]}),
    "a type without stack tags": ("cfn-no-drift", "nothing", [ADDED], {"tags": {"managed-by": "cloudformation"}}),
    "Pulumi": ("pulumi-no-refresh", "nothing", [TAG], {"tags": {"managed-by": "pulumi"}}),
    "Crossplane": ("crossplane-controller", "revert", [TAG], {"tags": CROSSPLANE}),
    "a plan at the very moment": ("tf-attribute", "unknown", [TAG], {"rows": [row(), plan("update", after=0 * HOUR)]}),
    "a plan that only refreshed": ("tf-attribute", "unknown", [TAG], {"rows": [row(), plan("update", drift_only=True)]}),
    "a plan that leaves it": ("plan", "nothing", [TAG], {"rows": [row(), plan("no-op")]}),
    "a plan that replaces": ("plan", "replace", [TAG], {"rows": [row(), plan("delete", "create", replace_paths=("name",))]}),
    "a plan that makes it again": ("plan", "recreate", [], {"rows": [row(), plan("create")], **DELETED}),
    "a plan that does not know that it is gone": ("plan", "unknown", [], {"rows": [row(), plan("no-op")], **DELETED}),
    "a plan that makes a removed rule again": ("plan", "recreate", [REMOVED], {"rows": [row(), plan("no-op"), ingress(**GONE_AFTER), plan("create", like=ingress())]}),
    "a plan that does not know a further address": ("tf-attribute", "unknown", [TAG], {"rows": [row(), row("aws_ec2_tag.a", type="aws_ec2_tag", id="x", parent=GROUP_ID), plan("no-op")]}),
    "one removed where an exclusive resource holds all": ("tf-part-deleted", "recreate", [REMOVED], {"rows": [row(), ingress(1), EXCLUSIVE]}),
    "a plan that makes a rule that no state held": ("tf-part", "unknown", [REMOVED], {"rows": [row(), plan("no-op"), plan("create", like=ingress())]}),
    "a rule added, and a plan that makes another": ("plan", "nothing", [ADDED], {"rows": [row(), ingress(1), plan("no-op"), plan("no-op", like=ingress(1)), plan("create", like=ingress(7))]}),
    "a plan that makes an old-style rule again": ("plan", "recreate", [REMOVED], {"rows": [row(), ingress(**OLD_RULE), plan("no-op"), plan("create", like=ingress(**OLD_RULE))]}),
    "a plan that does not know an old-style rule": ("tf-part", "unknown", [REMOVED], {"rows": [row(), ingress(**OLD_RULE), plan("no-op")]}),
    "a group that is adopted": ("tf-adopted", "unknown", [ADDED], {"rows": [row("aws_default_security_group.x", type="aws_default_security_group", id=GROUP_ID), ingress()]}),
    "made lately": ("orphan-young", "unknown", [ADDED], {"item": YOUNG}),
    "a disk of an instance": ("orphan-within", "unknown", [TAG], {"resource": DISK, "item": old(DISK, relationships=(INSTANCE,))}),
    "a copy in another region": ("orphan-within", "unknown", [TAG], {"resource": DISK, "item": old(DISK, {"replicas": [{"regionName": "us-east-1"}]})}),
    "a policy attached beside others": ("tf-part-siblings", "nothing", [ATTACHED], {**OF_APP, "rows": [IN_STATE, BESIDE]}),
    "a policy attached beside another kind": ("tf-part", "unknown", [ATTACHED], {**OF_APP, "rows": [IN_STATE, INLINE]}),
    "only a plan of before": ("tf-planned-only", "unknown", [TAG], {"rows": [plan("update", after=-HOUR)]}),
    "the latest of two plans": ("plan", "nothing", [TAG], {"rows": [row(), plan("update"), plan("no-op", after=2 * HOUR)]}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_case_has_its_rule(case):
    rule, does, entries, more = CASES[case]
    found = told(*entries, **more)
    assert (found.rule, str(found.does)) == (rule, does)
    assert found.reason.strip()
    assert "{" not in found.reason


def test_every_rule_is_met_by_a_case_and_stands_in_the_manual():
    met = {rule for rule, *_ in CASES.values()} | {"index-unread"}
    assert {rule.name for rule in (*BEFORE_PLANS, *RULES)} == met - {"plan"}
    page = (Path(iacwatch.__file__).parent / "manual" / "addresses.md").read_text()
    listed = [line for line in page.splitlines() if line.startswith("| `")]
    for rule in (*BEFORE_PLANS, *RULES):
        [line] = [each for each in listed if f"`{rule.name}`" in each]
        assert f"`{rule.does}`" in line


def test_what_the_code_wants_has_no_next_apply_and_an_index_that_was_not_read_proves_nothing():
    wanted = {verdict for verdict in Verdict if told(rows=[row()], verdict=verdict) is None}
    assert set(Verdict) - wanted == {Verdict.OUT_OF_BAND, Verdict.UNATTRIBUTED}
    found = make.finding()
    said = next_apply(found, where(found, covered=False, unread="the file is locked"))
    assert (said.rule, said.does) == ("index-unread", "unknown")
    assert said.reason == "address not looked up: the file is locked"


def test_a_plan_says_what_and_why():
    setting = {"type": "aws_ec2_tag", "id": "x", "parent": GROUP_ID, "arn": ""}
    made = plan("create", like=row("aws_ec2_tag.a", **setting))
    said = told(TAG, rows=[row(), row("aws_ec2_tag.a", **setting), plan("no-op"), made])
    assert (said.does, said.rule) == ("unknown", "plan")
    assert said.reason.endswith(" makes aws_ec2_tag.a")
    why = {"action_reason": "replace_because_cannot_update", "replace_paths": ("ami", "disk.0")}
    said = told(TAG, rows=[row(), plan("delete", "create", **why)]).reason
    assert (
        said
        == "the plan of 2026-11-20 11:12Z replaces it (because of ami, disk.0; replace because cannot update)"
    )
    other = row("x.y", head=head(place="other"))
    said = told(TAG, rows=[row(head=head(seen_at=CAPTURED_AT)), other])
    assert said.reason.endswith("; other holds it, too, as x.y")


TABLE = make.resource(
    type="AWS::EC2::RouteTable", id="rtb-0a1b2c3d4e5f60718", name=None, arn="arn:aws:ec2:::x"
)
ACL = make.resource(type="AWS::EC2::NetworkAcl", id="acl-1", name=None, arn="arn:aws:ec2:::network-acl/acl-1")
ROUTES = [{"destinationCidrBlock": cidr, "gatewayId": "igw-1"} for cidr in ("10.0.0.0/8", "0.0.0.0/0")]
INLINES = [{"policyName": name, "policyDocument": "{}"} for name in ("read", "write")]
ENTRIES = [{"ruleNumber": number, "egress": False, "protocol": "6"} for number in (200, 100)]
PARTS = {
    "route": (TABLE, "aws_route_table", "aws_route", "routes", ROUTES),
    "policy": (APP, "aws_iam_role", "aws_iam_role_policy", "rolePolicyList", INLINES),
    "entry": (ACL, "aws_network_acl", "aws_network_acl_rule", "entries", ENTRIES),
}


# The part of which the second is gone, the ids of such parts that states hold, what is said.
def test_a_removed_part_is_known_by_its_id():
    for part, ids, rule in (
        # A route is known by its id or by all being separate.
        ("route", ["r-rtb-0a1b2c3d4e5f607181080289494"], "tf-part-deleted"),
        ("route", ["r-rtb-0a1b2c3d4e5f607182"], "tf-part-siblings-removed"),
        ("route", ["r-1", "r-2"], "tf-part-deleted"),
        ("route", [], "tf-part"),
        ("policy", ["app:write"], "tf-part-deleted"),
        ("policy", ["app:read"], "tf-part-siblings-removed"),
        # A network ACL's rule is called after its protocol's number or name.
        ("entry", ["nacl-3520746376"], "tf-part-deleted"),
        ("entry", ["nacl-1629013207"], "tf-part-deleted"),
        ("entry", ["nacl-0"], "tf-part-siblings-removed"),
    ):
        thing, own, type_, field, (left, gone) = PARTS[part]
        name = thing.name or thing.id
        rows = [row("own.x", type=own, arn=thing.arn, id=name)]
        rows += [row(f"part.x{each}", type=type_, id=each, parent=name) for each in ids]
        path = f"Configuration.{field[0].upper()}{field[1:]}"
        for diff in (make.entry(f"{path}.0", gone, None), make.entry(path, [left, gone], [left])):
            assert told(diff, resource=thing, item=old(thing, {field: [left]}), rows=rows).rule == rule


def test_a_removed_rule_is_known_where_the_call_names_it():
    mention = Mention(path=("request", "securitygroupruleids", "items"), value=ingress().row.id)
    called = make.match(event=make.event(name="RevokeSecurityGroupIngress", mentions=(mention,)))
    now = old(configuration={"ipPermissions": [HTTPS, RULE]})
    found = make.finding(match=called, change=make.change(diff=(REMOVED,), item=now))
    assert next_apply(found, where(found, row(), ingress())).rule == "tf-part-deleted"
    assert next_apply(found, where(found, row(), ingress(7))).rule == "tf-part-siblings-removed"

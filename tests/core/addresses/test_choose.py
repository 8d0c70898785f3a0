"""Where an object lives: which source counts, which row of an index it is, and what the others say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.iac import AddressRules, StackMetadata, StackRule
from iacwatch.core.model import ChangeType, Evidence, Managed
from tests.fixtures.builders import ACCOUNT, CAPTURED_AT, REGION, change, entry, finding, item, resource
from tests.fixtures.indexed import ADDRESS, PLACE, SEEN_AT, head, row, where

STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/net/0a1b"
STACK = {
    "aws:cloudformation:stack-name": "net", "aws:cloudformation:stack-id": STACK_ID, "aws:cloudformation:logical-id": "Web",
}  # fmt: skip
YOR = {
    "git_org": "acme", "git_repo": "infra", "git_file": "modules/web/main.tf", "git_commit": "0a1b2c3d",
    "yor_name": "web", "yor_trace": "b0c1", "team": "net",
}  # fmt: skip
CROSSPLANE = {
    "crossplane-kind": "x.s3.aws.upbound.io",
    "crossplane-name": "logs",
    "crossplane-providerconfig": "p",
}
DAY = timedelta(days=1)


def tagged(tags, value="terraform"):
    tags = {**tags, "managed-by": value}
    managed = Managed(value=value, evidence=Evidence.TAGS, tags=tags)
    return finding(change=change(item=item(tags=tags)), managed=managed)


def about(thing):
    return finding(change=change(resource=thing, item=item(resource=thing)))


def kept(type_, id_, **fields):
    """Build the row of the only resource of a type."""
    return row(f"{type_}.x", type=type_, id=id_, **fields)


def rules(**fields):
    return AddressRules(stacks=(StackRule(**fields),))


BUCKET = resource(type="AWS::S3::Bucket", id="acme-logs", name="acme-logs", arn="arn:aws:s3:::acme-logs")
APP = f"arn:aws:iam::{ACCOUNT}:role/app"
ROLE = resource(type="AWS::IAM::Role", id="AROAEXAMPLEEXAMPLE001", name="app", region="global", arn=APP)
TOPIC = resource(type="AWS::SNS::Topic", id="t", name="alerts", arn=f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts")
TASK_ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/app:7"
TASK = resource(type="AWS::ECS::TaskDefinition", id="app", name="app", arn=TASK_ARN)
LINK = resource(type="AWS::EC2::SubnetRouteTableAssociation", id="rtbassoc-0a1b2c3d4e5f60718", name=None)
VAULT_ARN = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:app"
VAULT = resource(type="AWS::Backup::BackupVault", id="app", name="app", arn=VAULT_ARN)

BESIDE = ("bucket_versioning", "bucket_policy", "object")
IN_BUCKET = [
    *(kept(f"aws_s3_{name}", "acme-logs", parent="acme-logs") for name in BESIDE),
    kept("aws_s3_bucket_acl", "acme-logs", parent="acme-logs", head=head(place="other")),
    kept("aws_s3_bucket", "acme-logs", arn=BUCKET.arn),
]
IN_VAULT = [
    *(kept("aws_ecr_lifecycle_policy", "app", parent="app"), kept("aws_ecr_repository", "app")),
    *(kept("aws_backup_vault_policy", "app", parent="app"), kept("aws_backup_vault", "app")),
]
LATER = head(place="a", seen_at=SEEN_AT + DAY)
COPY = row("x.y", head=head(place="backup", lineage="l", serial=12, seen_at=SEEN_AT + DAY))
NOW = {"head": head(lineage="l", serial=40)}
BY_STACK = tagged(STACK, "cloudformation")
TAGS = [{"key": key, "value": value} for key, value in {**STACK, "managed-by": "terraform"}.items()]
GONE = change(change_type=ChangeType.DELETE, diff=(entry("Configuration", {"tags": TAGS}, None),))
GONE_MANAGED = Managed(value="terraform", evidence=Evidence.PREVIOUS_TAGS)
BEFORE = change(previous=item(tags={**STACK, "managed-by": "terraform"}))
SAID = {"repository": "acme/infra", "directory": "live/{1}", "owner": "@acme/{1}", "command": "tofu"}
BY_RULE = {"repository": "acme/infra", "directory": "live/net", "owner": "@acme/net", "command": "tofu"}

# what it is: (the finding, the rows of the index, what is said of its address, the rules)
CASES = {
    "the index knows the instance": (finding(), [row()], {"engine": "terraform", "address": ADDRESS, "evidence": "index", "precision": "instance"}),
    "and what the pipeline said of its state and code": (finding(), [row()], {"stack": "live/prod/net", "state": PLACE, "serial": 17, "seen_at": SEEN_AT, "repository": "acme/infra", "path": "live/prod/net", "directory": "live/prod/net", "owner": "@acme/net", "disagreement": None}),
    "further addresses are those of the same object": (about(BUCKET), IN_BUCKET, {"address": "aws_s3_bucket.x", "also": ("aws_s3_bucket_policy.x", "aws_s3_bucket_versioning.x", "aws_s3_bucket_acl.x")}),
    "what lives in another of that name is none": (about(VAULT), IN_VAULT, {"address": "aws_backup_vault.x", "also": ("aws_backup_vault_policy.x",)}),
    "of two states the one seen last counts": (finding(), [row("x.y", head=LATER), row()], {"address": "x.y", "state": "a", "also": (ADDRESS,), "disagreement": f"{PLACE} holds it, too, as {ADDRESS}"}),
    "a state that let it go": (finding(), [row("x.y", head=LATER, gone_at=CAPTURED_AT)], {"address": "x.y", "disagreement": "a no longer holds it since 2026-11-20 10:12Z"}),
    "a state before its older copy": (finding(), [COPY, row(**NOW)], {"address": ADDRESS, "state": PLACE}),
    "of two lineages the serials say nothing": (finding(), [row("x.y", head=head(place="b", lineage="m", serial=1, seen_at=SEEN_AT + DAY)), row(**NOW)], {"address": "x.y"}),
    "the object before its deposed one": (finding(), [row("a.a", deposed="0a1b2c3d", head=LATER), row()], {"address": ADDRESS, "also": ()}),
    "a plan alone": (finding(), [row(head=head(place=f"{PLACE}#plan", planned_at=CAPTURED_AT))], {"address": ADDRESS, "state": PLACE, "serial": None}),
    "the tags of a stack before all": (BY_STACK, [row()], {"engine": "cloudformation", "address": "Web", "evidence": "stack-tags", "stack": "net", "state": STACK_ID, "precision": "instance", "disagreement": f"the index has it as {ADDRESS} in {PLACE}"}),
    "CDK's tag": (tagged({**STACK, "aws:cdk:path": "Net/Web"}, "x"), [], {"engine": "cdk", "address": "Net/Web"}),
    "SAM's tag": (tagged({**STACK, "lambda:createdBy": "SAM"}, "x"), [], {"engine": "sam", "address": "Web"}),
    "a stack's tags in a deletion's diff": (finding(change=GONE, managed=GONE_MANAGED), [], {"address": "Web"}),
    "a stack's tags in the item before": (finding(change=BEFORE), [], {"stack": "net"}),
    "a rule fits the id of a stack": (BY_STACK, [], {"repository": "acme/s", "path": f"{REGION}:{ACCOUNT}", "directory": f"{REGION}:{ACCOUNT}", "owner": "@a"}, rules(state="arn:aws:cloudformation:*:stack/net/*", repository="acme/s", directory="{1}", owner="@a")),
    "a stack's name alone": (tagged({"aws:cloudformation:stack-name": "net"}), [], {"stack": "net", "address": None, "state": None, "precision": "stack"}),
    "Yor's tags name a block": (tagged(YOR), [], {"engine": "terraform", "address": "aws_security_group.web", "precision": "block", "evidence": "tags", "owner": "net", "repository": "acme/infra", "path": "modules/web/main.tf", "commit": "0a1b2c3d"}),
    "tags complete the index of the same repository": (tagged(YOR), [row()], {"evidence": "index", "path": "modules/web/main.tf", "commit": "0a1b2c3d", "owner": "@acme/net"}),
    "and no other's": (tagged({**YOR, "git_repo": "x"}), [row()], {"path": "live/prod/net", "commit": None, "repository": "acme/infra", "disagreement": "its tags name the repository acme/x"}),
    "Crossplane's tags name the object": (tagged(CROSSPLANE, "crossplane"), [], {"engine": "crossplane", "address": "x.s3.aws.upbound.io/logs", "stack": "p", "evidence": "tags", "precision": "instance"}),
    "a tag of the stack lets a rule tell the rest": (tagged({"stack": "live/net"}), [], {"address": None, "stack": "live/net", "precision": "stack", **BY_RULE}, rules(state="live/*", **SAID)),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_where_an_object_lives(case):
    a_finding, rows, said, *given = CASES[case]
    found = where(a_finding, *rows, rules=given[0] if given else None)
    assert {name: getattr(found.iac, name) for name in said} == said
    assert found.iac.engine in {None, found.engine}


def of(thing, *rows, **more):
    """Return the address of a resource, with an index that answers these rows."""
    iac = where(about(thing), *rows, **more).iac
    return iac.address if iac else None


def test_a_replica_is_the_table_of_its_region_and_a_part_of_the_one_it_copies():
    arn = "arn:aws:dynamodb:{}:111122223333:table/orders".format
    here, there = "eu-west-1", "us-west-2"
    table = kept("aws_dynamodb_table", "orders", arn=arn(here), region=here)
    copied = {"arn": arn(there), "region": there, "parent": arn(here)}
    replica = kept("aws_dynamodb_table_replica", f"orders:{here}", **copied)
    for region, address in ((here, table.row.address), (there, replica.row.address)):
        thing = {"type": "AWS::DynamoDB::Table", "id": "orders", "name": "orders", "arn": arn(region)}
        assert of(resource(**thing, region=region), table, replica) == address


def test_an_equal_name_is_no_equal_object():
    for thing, type_, id_, fields, fits in (
        (ROLE, "iam_role", "app", {"arn": APP, "region": ""}, True),
        (ROLE, "iam_role", "app", {"region": ""}, True),
        (ROLE, "iam_instance_profile", "app", {"region": ""}, False),
        (ROLE, "iam_role", "app", {"account_id": "999988887777"}, False),
        (TOPIC, "sns_topic", TOPIC.arn, {"arn": TOPIC.arn}, True),
        (TOPIC, "sns_topic_policy", TOPIC.arn, {"parent": TOPIC.arn}, False),
        (TASK, "ecs_task_definition", "app", {"arn": f"{TASK_ARN[:-1]}6"}, False),
        (LINK, "route_table_association", LINK.id, {"parent": "rtb-1"}, True),
        (BUCKET, "s3_bucket", "acme-logs", {"account_id": "", "region": ""}, True),
        (BUCKET, "dynamodb_table", "acme-logs", {}, False),
    ):
        assert of(thing, row("x.y", type=f"aws_{type_}", id=id_, **fields)) == ("x.y" if fits else None)


def test_the_account_of_a_rule_tells_whose_bare_rows_are():
    bare = kept("aws_iam_role", "app", account_id="", region="")
    for account, address in ((ACCOUNT, "aws_iam_role.x"), ("999988887777", None)):
        assert of(ROLE, bare, rules=rules(state="s3://acme-tfstate/live/**", account=account)) == address
    # A plan that tells no account is of the same address in its state.
    own = kept("aws_iam_role", "app", region="")
    planned, elsewhere = (
        replace(bare, head=head(place=f"{place}#plan", planned_at=CAPTURED_AT)) for place in (PLACE, "other")
    )
    assert where(about(ROLE), own, planned, elsewhere).rows.planned == (planned,)


def test_the_metadata_of_a_stack_names_what_its_tags_do_not():
    for metadata, expected in (
        ({"cdk_path": "Net/Web"}, ("cdk", "Net/Web")),
        ({"sam_id": "App"}, ("sam", "App")),
    ):
        iac = where(BY_STACK, metadata=StackMetadata(**metadata)).iac
        assert (iac.engine, iac.address) == expected
    # An owner alone is no place.
    assert where(tagged({"team": "net", "owner": "x"})).iac is where(finding()).iac is None


def test_the_one_rule_of_an_account_tells_whose_code_its_objects_are():
    more = {"repository": "acme/infra", "directory": "live/{1}", "owner": "@acme/all"}
    rule = StackRule(state="s3://states/**", account=ACCOUNT, **more)
    bare = where(finding(), covered=False, rules=AddressRules(stacks=(rule,))).iac
    assert (bare.address, bare.evidence, bare.precision) == (None, "config", "stack")
    assert (bare.repository, bare.directory, bare.owner) == ("acme/infra", None, "@acme/all")
    for stacks, covered in (
        ((rule, replace(rule, state="s3://others/**")), False),  # which of them holds it is not known
        ((replace(rule, account="444455556666"),), False),
        ((replace(rule, repository="acme/{1}"),), False),
        ((rule,), True),  # the account's states are known, and none holds it
    ):
        assert where(finding(), covered=covered, rules=AddressRules(stacks=stacks)).iac is None

"""Where an object lives: which source counts, which row of an index it is, and what the others say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.addresses.choose import located
from iacwatch.core.iac import (
    AddressEvidence,
    AddressRules,
    Engine,
    Indexed,
    Precision,
    StackMetadata,
    StackRule,
)
from iacwatch.core.model import ChangeType, Evidence, Managed
from tests.fixtures.builders import ACCOUNT, CAPTURED_AT, REGION, change, entry, finding, item, resource
from tests.fixtures.indexed import ADDRESS, PLACE, SEEN_AT, head, row, where

STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/net/0a1b"
STACK = {
    "aws:cloudformation:stack-name": "net",
    "aws:cloudformation:stack-id": STACK_ID,
    "aws:cloudformation:logical-id": "WebGroup0A1B2C3D",
}
YOR = {
    "managed-by": "terraform",
    "git_org": "acme",
    "git_repo": "infra",
    "git_file": "modules/web/main.tf",
    "git_commit": "0a1b2c3d",
    "yor_name": "web",
    "yor_trace": "b0c1",
    "team": "net",
}
DAY = timedelta(days=1)


def tagged(tags, value="terraform", **fields):
    now = item(tags={**tags, "managed-by": value})
    return finding(
        change=change(**{"item": now, **fields}),
        managed=Managed(value=value, evidence=Evidence.TAGS, tags={**tags, "managed-by": value}),
    )


def of(thing, *rows, rules=None):
    """Return the address of a resource, with an index that answers these rows."""
    found = finding(change=change(resource=thing, item=item(resource=thing)))
    iac = where(found, *rows, rules=rules).iac
    return iac.address if iac else None


def test_the_index_knows_the_instance_and_what_the_pipeline_said_of_its_state():
    iac = where(finding(), row()).iac
    assert (iac.engine, iac.address, iac.evidence) == (Engine.TERRAFORM, ADDRESS, AddressEvidence.INDEX)
    assert (iac.precision, iac.stack, iac.state) == (Precision.INSTANCE, "live/prod/net", PLACE)
    assert (iac.serial, iac.seen_at, iac.repository) == (17, SEEN_AT, "acme/infra")
    assert (iac.path, iac.directory, iac.owner, iac.disagreement) == (
        "live/prod/net",
        "live/prod/net",
        "@acme/net",
        None,
    )


BUCKET = resource(type="AWS::S3::Bucket", id="acme-logs", name="acme-logs", arn="arn:aws:s3:::acme-logs", region=REGION)  # fmt: skip
ROLE = resource(type="AWS::IAM::Role", id="AROAEXAMPLEEXAMPLE001", name="app", region="global", arn=f"arn:aws:iam::{ACCOUNT}:role/app")  # fmt: skip
TOPIC = resource(type="AWS::SNS::Topic", id="t", name="alerts", arn=f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts")
TASK = resource(type="AWS::ECS::TaskDefinition", id="app", name="app", arn=f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/app:7")  # fmt: skip
LINK = resource(
    type="AWS::EC2::SubnetRouteTableAssociation", id="rtbassoc-0a1b2c3d4e5f60718", name=None, arn=None
)


def test_further_addresses_are_those_of_the_same_object_and_no_parts():
    bucket = row("aws_s3_bucket.logs", type="aws_s3_bucket", id="acme-logs", arn=BUCKET.arn)
    more = [
        row(f"aws_s3_bucket_{kind}.logs", type=f"aws_s3_bucket_{kind}", id="acme-logs", parent="acme-logs")
        for kind in ("versioning", "policy")
    ]
    thing = row("aws_s3_object.x", type="aws_s3_object", id="acme-logs", parent="acme-logs")
    elsewhere = row("aws_s3_bucket_acl.x", type="aws_s3_bucket_acl", id="acme-logs", parent="acme-logs", head=head(place="other"))  # fmt: skip
    found = finding(change=change(resource=BUCKET, item=item(resource=BUCKET)))
    iac = where(found, *more, thing, elsewhere, bucket).iac
    assert iac.address == "aws_s3_bucket.logs"
    assert iac.also == (
        "aws_s3_bucket_policy.logs",
        "aws_s3_bucket_versioning.logs",
        "aws_s3_bucket_acl.x",
    )


def test_a_replica_is_the_table_of_its_region_and_a_part_of_the_one_it_copies():
    arn = "arn:aws:dynamodb:{}:111122223333:table/orders"
    table = row(
        "aws_dynamodb_table.a",
        type="aws_dynamodb_table",
        id="orders",
        arn=arn.format("eu-west-1"),
        region="eu-west-1",
    )
    replica = row(
        "aws_dynamodb_table_replica.b",
        type="aws_dynamodb_table_replica",
        id="orders:eu-west-1",
        arn=arn.format("us-west-2"),
        region="us-west-2",
        parent=arn.format("eu-west-1"),
    )
    for region, address in (("eu-west-1", "aws_dynamodb_table.a"), ("us-west-2", replica.row.address)):
        thing = resource(
            type="AWS::DynamoDB::Table", id="orders", name="orders", region=region, arn=arn.format(region)
        )
        assert of(thing, table, replica) == address


def test_what_lives_in_another_of_that_name_is_no_further_address():
    vault = resource(type="AWS::Backup::BackupVault", id="app", name="app", arn=f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:app")  # fmt: skip
    own = row("aws_backup_vault.app", type="aws_backup_vault", id="app")
    policy = row("aws_backup_vault_policy.app", type="aws_backup_vault_policy", id="app", parent="app")
    others = [
        row("aws_ecr_lifecycle_policy.app", type="aws_ecr_lifecycle_policy", id="app", parent="app"),
        row("aws_ecr_repository.app", type="aws_ecr_repository", id="app"),
    ]
    found = finding(change=change(resource=vault, item=item(resource=vault)))
    iac = where(found, *others, policy, own).iac
    assert (iac.address, iac.also) == ("aws_backup_vault.app", ("aws_backup_vault_policy.app",))


@pytest.mark.parametrize(
    ("thing", "fields", "fits"),
    [
        (ROLE, {"type": "aws_iam_role", "id": "app", "arn": ROLE.arn, "region": ""}, True),
        (ROLE, {"type": "aws_iam_role", "id": "app", "region": ""}, True),
        (ROLE, {"type": "aws_iam_instance_profile", "id": "app", "region": ""}, False),
        (ROLE, {"type": "aws_iam_role", "id": "app", "account_id": "999988887777"}, False),
        (ROLE, {"type": "aws_iam_role", "id": "app", "account_id": ""}, False),
        (ROLE, {"type": "aws_iam_role_policy_attachment", "id": "app-1", "parent": "app"}, False),
        (TOPIC, {"type": "aws_sns_topic", "id": TOPIC.arn, "arn": TOPIC.arn}, True),
        (TOPIC, {"type": "aws_sns_topic_policy", "id": TOPIC.arn, "parent": TOPIC.arn}, False),
        (TASK, {"type": "aws_ecs_task_definition", "id": "app", "arn": TASK.arn}, True),
        (TASK, {"type": "aws_ecs_task_definition", "id": "app", "arn": f"{TASK.arn[:-1]}6"}, False),
        (LINK, {"type": "aws_route_table_association", "id": LINK.id, "parent": "rtb-1"}, True),
        (LINK, {"type": "aws_route_table_association", "id": LINK.id, "region": "us-east-1"}, False),
        (BUCKET, {"type": "aws_s3_bucket", "id": "acme-logs", "account_id": "", "region": ""}, True),
        (BUCKET, {"type": "aws_s3_bucket_object", "id": "acme-logs", "parent": "acme-logs"}, False),
        (BUCKET, {"type": "aws_dynamodb_table", "id": "acme-logs"}, False),
    ],
)
def test_an_equal_name_is_no_equal_object(thing, fields, fits):
    assert of(thing, row("x.y", **fields)) == ("x.y" if fits else None)


def test_the_account_of_a_rule_tells_whose_bare_rows_are():
    bare = row("aws_iam_role.app", type="aws_iam_role", id="app", account_id="", region="")
    rule = StackRule(state="s3://acme-tfstate/live/**", account=ACCOUNT)
    assert of(ROLE, bare) is None
    assert of(ROLE, bare, rules=AddressRules(stacks=(rule,))) == "aws_iam_role.app"
    other = StackRule(state="s3://acme-tfstate/live/**", account="999988887777")
    assert of(ROLE, bare, rules=AddressRules(stacks=(other,))) is None


def test_of_two_states_the_one_seen_last_counts_and_the_other_is_named():
    new, old = row(head=head(place="b", seen_at=SEEN_AT + DAY)), row("x.y", head=head(place="a"))
    for rows in ([new, old], [old, new]):
        iac = where(finding(), *rows).iac
        assert (iac.address, iac.state, iac.also) == (ADDRESS, "b", ("x.y",))
        assert iac.disagreement == "a holds it, too, as x.y"


def test_a_state_that_holds_it_counts_before_one_that_let_it_go():
    gone = row("x.y", head=head(place="a", seen_at=SEEN_AT + DAY), gone_at=CAPTURED_AT)
    iac = where(finding(), gone, row()).iac
    assert (iac.address, iac.disagreement) == (ADDRESS, None)
    iac = where(finding(), gone).iac
    assert (iac.address, iac.disagreement) == ("x.y", "a no longer holds it since 2026-11-20 10:12Z")


def test_a_state_counts_before_its_older_copy_even_if_that_holds_what_it_let_go():
    copy = row("x.y", head=head(place="backup", lineage="l", serial=12, seen_at=SEEN_AT + DAY))
    now = {"head": head(lineage="l", serial=40)}
    iac = where(finding(), copy, row(**now)).iac
    assert (iac.address, iac.state) == (ADDRESS, PLACE)
    iac = where(finding(), copy, row(**now, gone_at=CAPTURED_AT)).iac
    assert (iac.address, iac.state) == (ADDRESS, PLACE)
    assert "no longer holds it since" in iac.disagreement
    assert "backup holds it, too, as x.y" in iac.disagreement
    # Of two lineages, the serials say nothing.
    other = row("x.y", head=head(place="b", lineage="m", serial=1, seen_at=SEEN_AT + DAY))
    assert where(finding(), other, row(**now)).iac.address == "x.y"


def test_the_object_counts_before_its_deposed_one():
    deposed = row("a.a", deposed="0a1b2c3d", head=head(seen_at=SEEN_AT + DAY))
    iac = where(finding(), deposed, row()).iac
    assert (iac.address, iac.also) == (ADDRESS, ())


def test_a_plan_alone_tells_the_address_too():
    iac = where(finding(), row(head=head(place=f"{PLACE}#plan", planned_at=CAPTURED_AT))).iac
    assert (iac.address, iac.state, iac.serial) == (ADDRESS, PLACE, None)


def test_a_plan_that_tells_no_account_is_of_the_same_address_in_its_state():
    own = row("aws_iam_role.app", type="aws_iam_role", id="app", region="")
    bare = row("aws_iam_role.app", type="aws_iam_role", id="app", region="", account_id="")
    planned = replace(bare, head=head(place=f"{PLACE}#plan", planned_at=CAPTURED_AT))
    elsewhere = replace(bare, head=head(place="other#plan", planned_at=CAPTURED_AT))
    found = finding(change=change(resource=ROLE, item=item(resource=ROLE)))
    assert where(found, own, planned, elsewhere).rows.planned == (planned,)


def test_the_tags_of_a_stack_count_before_all():
    found = tagged(STACK, value="cloudformation")
    iac = where(found, row()).iac
    assert (iac.engine, iac.address, iac.evidence) == (
        Engine.CLOUDFORMATION,
        "WebGroup0A1B2C3D",
        AddressEvidence.STACK_TAGS,
    )
    assert (iac.stack, iac.state, iac.precision) == ("net", STACK_ID, Precision.INSTANCE)
    assert iac.disagreement == f"the index has it as {ADDRESS} in {PLACE}"
    named = located(
        found.change,
        found.managed,
        Indexed(),
        AddressRules(),
        metadata=StackMetadata(cdk_path="Net/Web/Resource"),
    )
    assert (named.iac.engine, named.iac.address) == (Engine.CDK, "Net/Web/Resource")
    sam = located(
        found.change, found.managed, Indexed(), AddressRules(), metadata=StackMetadata(sam_id="Web")
    )
    assert (sam.iac.engine, sam.iac.address) == (Engine.SAM, "Web")


def test_the_tags_of_a_stack_are_found_in_what_was_before():
    tags = [{"key": key, "value": value} for key, value in {**STACK, "managed-by": "terraform"}.items()]
    gone = change(change_type=ChangeType.DELETE, diff=(entry("Configuration", {"tags": tags}, None),))
    found = finding(change=gone, managed=Managed(value="terraform", evidence=Evidence.PREVIOUS_TAGS))
    assert where(found).iac.address == "WebGroup0A1B2C3D"
    before = item(tags={**STACK, "managed-by": "terraform"})
    found = finding(change=change(previous=before))
    assert where(found).iac.stack == "net"


def test_only_part_of_the_stacks_tags_is_enough_for_the_stack():
    iac = where(tagged({"aws:cloudformation:stack-name": "net"})).iac
    assert (iac.stack, iac.address, iac.state, iac.precision) == ("net", None, None, Precision.STACK)


def test_a_rule_fits_the_id_of_a_stack():
    rule = StackRule(
        state="arn:aws:cloudformation:*:stack/net/*", repository="acme/stacks", directory="{1}", owner="@a"
    )
    iac = where(tagged(STACK), rules=AddressRules(stacks=(rule,))).iac
    assert (iac.repository, iac.directory, iac.owner) == ("acme/stacks", f"{REGION}:{ACCOUNT}", "@a")


def test_yors_tags_name_a_block():
    iac = where(tagged(YOR)).iac
    assert (iac.engine, iac.address, iac.precision) == (
        Engine.TERRAFORM,
        "aws_security_group.web",
        Precision.BLOCK,
    )
    assert (iac.repository, iac.path, iac.commit) == ("acme/infra", "modules/web/main.tf", "0a1b2c3d")
    assert (iac.evidence, iac.owner) == (AddressEvidence.TAGS, "net")


def test_tags_complete_the_index_where_they_name_the_same_repository():
    iac = where(tagged(YOR), row()).iac
    assert (iac.evidence, iac.path, iac.commit, iac.owner) == (
        AddressEvidence.INDEX,
        "modules/web/main.tf",
        "0a1b2c3d",
        "@acme/net",
    )
    iac = where(tagged({**YOR, "git_repo": "other/code"}), row()).iac
    assert (iac.path, iac.commit, iac.repository) == ("live/prod/net", None, "acme/infra")
    assert iac.disagreement == "its tags name the repository other/code"


def test_crossplanes_tags_name_the_object():
    tags = {
        "crossplane-kind": "bucket.s3.aws.upbound.io",
        "crossplane-name": "logs",
        "crossplane-providerconfig": "p",
    }
    iac = where(tagged(tags, value="crossplane")).iac
    assert (iac.engine, iac.address, iac.stack) == (Engine.CROSSPLANE, "bucket.s3.aws.upbound.io/logs", "p")
    assert (iac.evidence, iac.precision) == (AddressEvidence.TAGS, Precision.INSTANCE)


def test_a_tag_of_the_stack_lets_a_rule_tell_the_rest():
    rule = StackRule(
        state="live/*", repository="acme/infra", directory="live/{1}", owner="@acme/{1}", command="tofu"
    )
    iac = where(tagged({"stack": "live/net"}), rules=AddressRules(stacks=(rule,))).iac
    assert (iac.address, iac.stack, iac.precision) == (None, "live/net", Precision.STACK)
    assert (iac.repository, iac.directory, iac.owner, iac.command) == (
        "acme/infra",
        "live/net",
        "@acme/net",
        "tofu",
    )


def test_an_owner_alone_is_no_place():
    assert where(tagged({"team": "net", "owner": "x"})).iac is None
    assert where(finding()).iac is None


def test_the_one_rule_of_an_account_tells_whose_code_its_objects_are():
    rule = StackRule(
        state="s3://states/**",
        repository="acme/infra",
        directory="live/{1}",
        owner="@acme/all",
        account=ACCOUNT,
    )
    bare = located(finding().change, finding().managed, Indexed(), AddressRules(stacks=(rule,))).iac
    assert (bare.address, bare.evidence, bare.precision) == (None, AddressEvidence.CONFIG, Precision.STACK)
    assert (bare.repository, bare.directory, bare.owner) == ("acme/infra", None, "@acme/all")
    for stacks, covered in (
        ((rule, replace(rule, state="s3://others/**")), False),  # which of them holds it is not known
        ((replace(rule, account="444455556666"),), False),
        ((replace(rule, repository="acme/{1}"),), False),
        ((rule,), True),  # the account's states are known, and none holds it
    ):
        rules = AddressRules(stacks=stacks)
        assert located(finding().change, finding().managed, Indexed(covered=covered), rules).iac is None

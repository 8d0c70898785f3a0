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


def about(thing):
    return finding(change=change(resource=thing, item=item(resource=thing)))


def of(thing, *rows, rules=None):
    """Return the address of a resource, with an index that answers these rows."""
    iac = where(about(thing), *rows, rules=rules).iac
    return iac.address if iac else None


def told(iac, names):
    """Return some fields of an address."""
    return tuple(getattr(iac, name) for name in names.split())


def test_the_index_knows_the_instance_and_what_the_pipeline_said_of_its_state():
    iac = where(finding(), row()).iac
    assert told(iac, "engine address evidence precision") == ("terraform", ADDRESS, "index", "instance")
    assert told(iac, "stack state serial seen_at") == ("live/prod/net", PLACE, 17, SEEN_AT)
    assert told(iac, "repository path owner") == ("acme/infra", "live/prod/net", "@acme/net")
    assert told(iac, "directory disagreement") == ("live/prod/net", None)


BUCKET = resource(type="AWS::S3::Bucket", id="acme-logs", name="acme-logs", arn="arn:aws:s3:::acme-logs")
APP = f"arn:aws:iam::{ACCOUNT}:role/app"
ROLE = resource(type="AWS::IAM::Role", id="AROAEXAMPLEEXAMPLE001", name="app", region="global", arn=APP)
TOPIC = resource(type="AWS::SNS::Topic", id="t", name="alerts", arn=f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts")
TASK_ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/app:7"
TASK = resource(type="AWS::ECS::TaskDefinition", id="app", name="app", arn=TASK_ARN)
LINK = resource(type="AWS::EC2::SubnetRouteTableAssociation", id="rtbassoc-0a1b2c3d4e5f60718", name=None)
VAULT_ARN = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:app"
VAULT = resource(type="AWS::Backup::BackupVault", id="app", name="app", arn=VAULT_ARN)


def kept(type_, id_, **fields):
    """Build the row of the only resource of a type."""
    return row(f"{type_}.x", type=type_, id=id_, **fields)


def test_further_addresses_are_those_of_the_same_object_and_no_parts():
    within = {"parent": "acme-logs"}
    rows = [
        kept("aws_s3_bucket_versioning", "acme-logs", **within),
        kept("aws_s3_bucket_policy", "acme-logs", **within),
        kept("aws_s3_object", "acme-logs", **within),
        kept("aws_s3_bucket_acl", "acme-logs", **within, head=head(place="other")),
        kept("aws_s3_bucket", "acme-logs", arn=BUCKET.arn),
    ]
    iac = where(about(BUCKET), *rows).iac
    assert iac.address == "aws_s3_bucket.x"
    assert iac.also == ("aws_s3_bucket_policy.x", "aws_s3_bucket_versioning.x", "aws_s3_bucket_acl.x")


def test_a_replica_is_the_table_of_its_region_and_a_part_of_the_one_it_copies():
    arn = "arn:aws:dynamodb:{}:111122223333:table/orders".format
    here, there = "eu-west-1", "us-west-2"
    table = kept("aws_dynamodb_table", "orders", arn=arn(here), region=here)
    replica = kept(
        "aws_dynamodb_table_replica", f"orders:{here}", arn=arn(there), region=there, parent=arn(here)
    )
    for region, address in ((here, table.row.address), (there, replica.row.address)):
        thing = {"type": "AWS::DynamoDB::Table", "id": "orders", "name": "orders", "arn": arn(region)}
        assert of(resource(**thing, region=region), table, replica) == address


def test_what_lives_in_another_of_that_name_is_no_further_address():
    rows = [
        kept("aws_ecr_lifecycle_policy", "app", parent="app"),
        kept("aws_ecr_repository", "app"),
        kept("aws_backup_vault_policy", "app", parent="app"),
        kept("aws_backup_vault", "app"),
    ]
    iac = where(about(VAULT), *rows).iac
    assert (iac.address, iac.also) == ("aws_backup_vault.x", ("aws_backup_vault_policy.x",))


@pytest.mark.parametrize(
    ("thing", "type_", "id_", "fields", "fits"),
    [
        (ROLE, "iam_role", "app", {"arn": APP, "region": ""}, True),
        (ROLE, "iam_role", "app", {"region": ""}, True),
        (ROLE, "iam_instance_profile", "app", {"region": ""}, False),
        (ROLE, "iam_role", "app", {"account_id": "999988887777"}, False),
        (ROLE, "iam_role", "app", {"account_id": ""}, False),
        (ROLE, "iam_role_policy_attachment", "app-1", {"parent": "app"}, False),
        (TOPIC, "sns_topic", TOPIC.arn, {"arn": TOPIC.arn}, True),
        (TOPIC, "sns_topic_policy", TOPIC.arn, {"parent": TOPIC.arn}, False),
        (TASK, "ecs_task_definition", "app", {"arn": TASK_ARN}, True),
        (TASK, "ecs_task_definition", "app", {"arn": f"{TASK_ARN[:-1]}6"}, False),
        (LINK, "route_table_association", LINK.id, {"parent": "rtb-1"}, True),
        (LINK, "route_table_association", LINK.id, {"region": "us-east-1"}, False),
        (BUCKET, "s3_bucket", "acme-logs", {"account_id": "", "region": ""}, True),
        (BUCKET, "s3_bucket_object", "acme-logs", {"parent": "acme-logs"}, False),
        (BUCKET, "dynamodb_table", "acme-logs", {}, False),
    ],
)
def test_an_equal_name_is_no_equal_object(thing, type_, id_, fields, fits):
    assert of(thing, row("x.y", type=f"aws_{type_}", id=id_, **fields)) == ("x.y" if fits else None)


def test_the_account_of_a_rule_tells_whose_bare_rows_are():
    bare = kept("aws_iam_role", "app", account_id="", region="")
    rule = StackRule(state="s3://acme-tfstate/live/**", account=ACCOUNT)
    assert of(ROLE, bare) is None
    assert of(ROLE, bare, rules=AddressRules(stacks=(rule,))) == "aws_iam_role.x"
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
    own = kept("aws_iam_role", "app", region="")
    bare = kept("aws_iam_role", "app", region="", account_id="")
    planned = replace(bare, head=head(place=f"{PLACE}#plan", planned_at=CAPTURED_AT))
    elsewhere = replace(bare, head=head(place="other#plan", planned_at=CAPTURED_AT))
    assert where(about(ROLE), own, planned, elsewhere).rows.planned == (planned,)


def test_the_tags_of_a_stack_count_before_all():
    found = tagged(STACK, value="cloudformation")
    iac = where(found, row()).iac
    assert told(iac, "engine address evidence") == ("cloudformation", "WebGroup0A1B2C3D", "stack-tags")
    assert told(iac, "stack state precision") == ("net", STACK_ID, "instance")
    assert iac.disagreement == f"the index has it as {ADDRESS} in {PLACE}"
    cdk, sam = (
        where(found, metadata=StackMetadata(**said)).iac
        for said in ({"cdk_path": "Net/Web"}, {"sam_id": "Web"})
    )
    assert told(cdk, "engine address") == ("cdk", "Net/Web")
    assert told(sam, "engine address") == ("sam", "Web")
    by_tag = where(tagged({**STACK, "aws:cdk:path": "Net/Web"}, value="x")).iac
    assert told(by_tag, "engine address") == ("cdk", "Net/Web")
    by_tag = where(tagged({**STACK, "lambda:createdBy": "SAM"}, value="x")).iac
    assert told(by_tag, "engine address") == ("sam", "WebGroup0A1B2C3D")


def test_the_tags_of_a_stack_are_found_in_what_was_before():
    tags = [{"key": key, "value": value} for key, value in {**STACK, "managed-by": "terraform"}.items()]
    gone = change(change_type=ChangeType.DELETE, diff=(entry("Configuration", {"tags": tags}, None),))
    found = finding(change=gone, managed=Managed(value="terraform", evidence=Evidence.PREVIOUS_TAGS))
    assert where(found).iac.address == "WebGroup0A1B2C3D"
    before = item(tags={**STACK, "managed-by": "terraform"})
    found = finding(change=change(previous=before))
    assert where(found).iac.stack == "net"


def test_a_rule_fits_the_id_of_a_stack_and_its_name_alone_is_enough_for_the_stack():
    rule = StackRule(
        state="arn:aws:cloudformation:*:stack/net/*", repository="acme/stacks", directory="{1}", owner="@a"
    )
    iac = where(tagged(STACK), rules=AddressRules(stacks=(rule,))).iac
    assert told(iac, "repository directory owner") == ("acme/stacks", f"{REGION}:{ACCOUNT}", "@a")
    iac = where(tagged({"aws:cloudformation:stack-name": "net"})).iac
    assert told(iac, "stack address state precision") == ("net", None, None, "stack")


def test_yors_tags_name_a_block():
    iac = where(tagged(YOR)).iac
    assert told(iac, "engine address precision") == ("terraform", "aws_security_group.web", "block")
    assert told(iac, "repository path commit") == ("acme/infra", "modules/web/main.tf", "0a1b2c3d")
    assert told(iac, "evidence owner") == ("tags", "net")


def test_tags_complete_the_index_where_they_name_the_same_repository():
    iac = where(tagged(YOR), row()).iac
    assert told(iac, "evidence path commit") == ("index", "modules/web/main.tf", "0a1b2c3d")
    assert iac.owner == "@acme/net"
    iac = where(tagged({**YOR, "git_repo": "other/code"}), row()).iac
    assert told(iac, "path commit repository") == ("live/prod/net", None, "acme/infra")
    assert iac.disagreement == "its tags name the repository other/code"


def test_crossplanes_tags_name_the_object():
    tags = {"crossplane-kind": "bucket.s3.aws.upbound.io", "crossplane-name": "logs"}
    iac = where(tagged({**tags, "crossplane-providerconfig": "p"}, value="crossplane")).iac
    assert told(iac, "engine address stack") == ("crossplane", "bucket.s3.aws.upbound.io/logs", "p")
    assert told(iac, "evidence precision") == ("tags", "instance")


def test_a_tag_of_the_stack_lets_a_rule_tell_the_rest():
    more = {"repository": "acme/infra", "directory": "live/{1}", "owner": "@acme/{1}", "command": "tofu"}
    rules = AddressRules(stacks=(StackRule(state="live/*", **more),))
    iac = where(tagged({"stack": "live/net"}), rules=rules).iac
    assert told(iac, "address stack precision") == (None, "live/net", "stack")
    assert told(iac, " ".join(more)) == ("acme/infra", "live/net", "@acme/net", "tofu")


def test_an_owner_alone_is_no_place():
    assert where(tagged({"team": "net", "owner": "x"})).iac is None
    assert where(finding()).iac is None


def test_the_one_rule_of_an_account_tells_whose_code_its_objects_are():
    more = {"repository": "acme/infra", "directory": "live/{1}", "owner": "@acme/all"}
    rule = StackRule(state="s3://states/**", account=ACCOUNT, **more)
    bare = where(finding(), covered=False, rules=AddressRules(stacks=(rule,))).iac
    assert told(bare, "address evidence precision") == (None, "config", "stack")
    assert told(bare, "repository directory owner") == ("acme/infra", None, "@acme/all")
    for stacks, covered in (
        ((rule, replace(rule, state="s3://others/**")), False),  # which of them holds it is not known
        ((replace(rule, account="444455556666"),), False),
        ((replace(rule, repository="acme/{1}"),), False),
        ((rule,), True),  # the account's states are known, and none holds it
    ):
        assert where(finding(), covered=covered, rules=AddressRules(stacks=stacks)).iac is None

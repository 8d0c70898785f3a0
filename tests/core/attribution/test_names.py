"""By which names a call may call a resource, and which of them event history can be asked for."""

import pytest

from iacwatch.core.attribution.names import MAX_LOOKUPS, MAX_NAMES, canonical, changed_fields, names_of
from iacwatch.core.catalog.catalog import KNOWN, facts_of
from iacwatch.core.model import ChangeType, MatchKind
from tests.fixtures.builders import ACCOUNT, REGION, change, entry, item, resource


def names(type_, id_, name=None, arn=None, configuration=None, **fields):
    thing = resource(type=type_, id=id_, name=name, arn=arn)
    return names_of(
        change(resource=thing, item=item(resource=thing, configuration=configuration or {}), **fields)
    )


def test_id_name_and_arn_are_names_of_their_kinds():
    found = names(
        "AWS::SQS::Queue",
        f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/jobs",
        "jobs",
        f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs",
    )
    assert found.kinds["jobs"] is MatchKind.NAME
    assert found.kinds[f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"] is MatchKind.ARN
    assert found.kinds[f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/jobs"] is MatchKind.ID


def test_a_queue_is_looked_up_by_every_spelling_of_its_url():
    found = names("AWS::SQS::Queue", f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/jobs", "jobs")
    assert f"https://{REGION}.queue.amazonaws.com/{ACCOUNT}/jobs" in found.lookups
    assert f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/jobs" in found.lookups


def test_an_arn_is_no_id_even_where_config_says_so():
    arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"
    found = names("AWS::SNS::Topic", arn, "alerts", arn)
    assert found.kinds[arn] is MatchKind.ARN
    assert found.lookups == (arn,)


def test_the_tail_of_an_arn_is_what_calls_use_for_an_id():
    arn = f"arn:aws:apigateway:{REGION}::/restapis/abc123"
    found = names("AWS::ApiGateway::RestApi", arn, "shop", arn)
    assert found.kinds["abc123"] is MatchKind.NAME
    assert "abc123" in found.own


def test_the_last_part_of_a_name_with_slashes_is_another_things_name():
    found = names(
        "AWS::ECR::Repository", "team/app", "team/app", f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/team/app"
    )
    assert "team/app" in found.kinds
    assert "app" not in found.kinds
    secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:prod/db-AbCd3f"
    assert "db-AbCd3f" not in names("AWS::SecretsManager::Secret", secret, "prod/db", secret).kinds


def test_a_role_with_a_path_is_called_by_its_name_alone():
    found = names("AWS::IAM::Role", "AROA1", "deploy", f"arn:aws:iam::{ACCOUNT}:role/ci/deploy")
    assert "deploy" in found.kinds
    assert "ci/deploy" not in found.kinds


def test_a_secret_may_be_called_by_its_arn_without_the_suffix():
    arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:prod/db-AbCd3f"
    found = names("AWS::SecretsManager::Secret", arn, "prod/db", arn)
    assert found.kinds[arn.removesuffix("-AbCd3f")] is MatchKind.ALIAS


def test_a_function_may_be_called_by_a_part_of_its_arn_with_the_account():
    found = names("AWS::Lambda::Function", "jobs", "jobs", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:jobs")
    assert f"{ACCOUNT}:function:jobs" in found.kinds
    assert f"{REGION}:{ACCOUNT}:function:jobs" in found.kinds
    assert "999988887777:function:jobs" not in found.kinds


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (
            f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:jobs:$LATEST",
            f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:jobs",
        ),
        (f"{ACCOUNT}:function:jobs:$LATEST", f"{ACCOUNT}:function:jobs"),
        ("jobs:$LATEST", "jobs"),
        # A version, or an alias, is not the function.
        (f"{ACCOUNT}:function:jobs:7", f"{ACCOUNT}:function:jobs:7"),
        ("function:jobs", "function:jobs"),
        ("/hostedzone/Z1", "Z1"),
        ("arn%3Aaws%3Akafka%3Aeu-west-1%3A1%3Acluster%2Fx%2Fy", "arn:aws:kafka:eu-west-1:1:cluster/x/y"),
        ("%24default", "$default"),
        ("web", "web"),
        ("100%", "100%"),
    ],
)
def test_a_name_is_known_in_every_spelling(written, meant):
    assert canonical(written) == meant


def test_revisions_of_a_task_definition_share_no_name():
    arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/web:7"
    found = names("AWS::ECS::TaskDefinition", "web", "web:7", arn)
    assert set(found.kinds) == {arn, "web:7"}


def test_an_instances_database_is_called_by_its_identifier_not_its_id():
    arn = f"arn:aws:rds:{REGION}:{ACCOUNT}:db:main"
    found = names("AWS::RDS::DBInstance", "db-ABC", "main", arn, {"dBInstanceIdentifier": "main"})
    assert found.lookups == ("main", arn)
    assert found.kinds["db-ABC"] is MatchKind.ID


def test_a_renamed_resource_is_known_by_its_old_name_too():
    renamed = entry("Configuration.DBInstanceIdentifier", "main", "main-2")
    found = names("AWS::RDS::DBInstance", "db-ABC", "main-2", diff=(renamed,))
    assert found.kinds["main"] is MatchKind.ALIAS or found.kinds["main"] is MatchKind.NAME
    before = item(resource=resource(type="AWS::IAM::User", id="AIDA1", name="old", arn=None))
    found = names("AWS::IAM::User", "AIDA1", "new", previous=before, previous_known=True)
    assert found.kinds["old"] is MatchKind.ALIAS


def test_a_part_that_was_taken_away_is_known_from_the_diff():
    gone = entry("Configuration.Associations.1", {"routeTableAssociationId": "rtbassoc-9"}, None)
    found = names("AWS::EC2::RouteTable", "rtb-1", diff=(gone,))
    assert found.parts == {"rtbassoc-9"}
    assert found.lookups == ("rtb-1", "rtbassoc-9")


def test_a_resource_with_many_parts_is_worth_a_sweep_only():
    parts = [{"routeTableAssociationId": f"rtbassoc-{number}"} for number in range(20)]
    found = names("AWS::EC2::RouteTable", "rtb-1", configuration={"associations": parts})
    assert len(found.lookups) == MAX_LOOKUPS
    assert found.missing == 1.0


def test_a_hostile_document_has_no_more_names_than_fit():
    parts = [{"routeTableAssociationId": f"rtbassoc-{number}"} for number in range(5 * MAX_NAMES)]
    assert (
        len(names("AWS::EC2::RouteTable", "rtb-1", configuration={"associations": parts}).parts) <= MAX_NAMES
    )
    odd = {
        "associations": [{"routeTableAssociationId": value} for value in (7, None, "", "x" * 5000, [], {})]
    }
    assert names("AWS::EC2::RouteTable", "rtb-1", configuration=odd).parts == frozenset()


def test_a_neighbour_is_looked_for_only_where_its_call_can_have_shown():
    state = {"networkInterfaces": [{"networkInterfaceId": "eni-1"}]}
    groups = entry("Configuration.SecurityGroups.0", None, {"groupId": "sg-1"})
    kind = entry("Configuration.InstanceType", "a", "b")
    assert "eni-1" in names("AWS::EC2::Instance", "i-1", configuration=state, diff=(groups,)).wanted
    assert "eni-1" not in names("AWS::EC2::Instance", "i-1", configuration=state, diff=(kind,)).wanted


def test_a_services_cluster_is_told_by_its_arn_and_else_by_its_configuration():
    new = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/main/web"
    old = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/web"
    assert names("AWS::ECS::Service", new, "web", new).parent == {"main"}
    cluster = {"Cluster": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main"}
    assert names("AWS::ECS::Service", old, "web", old, cluster).parent == {"main"}


def test_a_rule_is_on_the_default_bus_unless_its_arn_says_otherwise():
    default, other = (
        f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{tail}" for tail in ("nightly", "orders/nightly")
    )
    assert names("AWS::Events::Rule", "nightly", "nightly", default).parent == {"default"}
    assert names("AWS::Events::Rule", "nightly", "nightly", other).parent == {"orders"}


def test_an_id_of_several_parts_is_looked_for_by_all_of_them():
    assert names("AWS::ApiGateway::Method", "api1234|res567|GET").composite == {"api1234", "res567"}
    assert names("AWS::EC2::Instance", "i-1234567").composite == frozenset()


def test_an_oversized_notification_borrows_the_name_from_the_item():
    thing = resource(name=None)
    fetched = item(resource=resource(name="web"))
    assert "web" in names_of(change(resource=thing, item=fetched)).kinds


def test_changed_fields_are_the_first_keys_below_the_sections():
    diff = tuple(
        entry(path, "a", "b")
        for path in ("Configuration.State.Name", "SupplementaryConfiguration.Policy", "Tags.0", "ARN")
    )
    assert changed_fields(change(diff=diff)) == {"state", "policy"}
    assert changed_fields(change(diff=None)) == frozenset()


def test_what_a_row_leaves_out_is_derived_from_the_types_own_name():
    facts = facts_of("AWS::Backup::BackupPlan")
    assert facts.sources == ("backup",)
    assert {"backupplanid", "planid", "name", "resourcearn"} <= set(facts.targets)
    assert facts.missing == 1.0


@pytest.mark.parametrize(
    "type_", ["", "AWS", "Custom::Thing", "AWS::X::", "AWS::" + "A" * 60 + "::B", "AWS::X::(((", "AWS::é::ö"]
)
def test_odd_types_are_guessed_without_complaint(type_):
    assert names_of(change(resource=resource(type=type_, arn=None))).facts is facts_of(type_)


@pytest.mark.parametrize("type_", KNOWN)
def test_every_row_says_how_its_resources_begin_and_end(type_):
    facts = facts_of(type_)
    assert facts.sources
    assert facts.targets
    assert facts.deletes
    assert facts.creates
    assert set(facts.lookups) <= {"id", "name", "arn", "own", "url", "bare", "part", "old"}
    assert all(target == target.lower() for target in facts.targets)
    for rule in facts.indirect:
        assert set(rule.changes) <= set(ChangeType)
        assert "UPDATE" not in rule.changes or rule.fields, "an update is explained by a field only"

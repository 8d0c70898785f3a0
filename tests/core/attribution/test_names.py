"""By which names a call may call a resource, and which of them event history can be asked for."""

from dataclasses import replace

import pytest

from iacwatch.core.attribution.calls import full
from iacwatch.core.attribution.names import MAX_LOOKUPS, MAX_NAMES, names_of
from iacwatch.core.catalog.catalog import KNOWN, facts_of
from iacwatch.core.model import MatchKind
from tests.core.attribution.called import arn, of
from tests.fixtures.builders import ACCOUNT, REGION, change, entry, item, resource
from tests.tools.make_catalog import calls_of

ARN, ID, NAME, ALIAS = MatchKind.ARN, MatchKind.ID, MatchKind.NAME, MatchKind.ALIAS


def names(*thing, **more):
    return names_of(of(*thing, **more))


def by_arn(type_, name, arn_):
    """Return a resource whose id is its ARN."""
    return names(type_, arn_, name, arn_)


QUEUE = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/jobs"
TOPIC, JOBS = arn("sns", "alerts"), arn("lambda", "function:jobs")
API = f"arn:aws:apigateway:{REGION}::/restapis/abc123"
STACK = arn("cloudformation", "stack/net/0a")
SECRET = arn("secretsmanager", "secret:prod/db-AbCd3f")
MACHINE = arn("states", "stateMachine:a1")
IMAGES = arn("ecr", "repository/team/app")
SQS = names("SQS::Queue", QUEUE, "jobs", arn("sqs", "jobs"))
VAULT = by_arn("SecretsManager::Secret", "prod/db", SECRET)
FUNCTION = names("Lambda::Function", "jobs", "jobs", JOBS)
CALLED = {"dBInstanceIdentifier": "main"}
MAIN = names("RDS::DBInstance", "db-ABC", "main", arn("rds", "db:main"), state=CALLED)
DEPLOY = names("IAM::Role", "AROA1", "deploy", f"arn:aws:iam::{ACCOUNT}:role/ci/deploy")
REVISION = names("ECS::TaskDefinition", "web", "web:7", arn("ecs", "task-definition/web:7"))


@pytest.mark.parametrize(
    ("found", "name", "kind"),
    [
        (SQS, "jobs", NAME),
        (SQS, QUEUE, ID),
        (SQS, f"https://{REGION}.queue.amazonaws.com/{ACCOUNT}/jobs", ALIAS),
        (MAIN, "db-ABC", ID),
        # An ARN is no id even where Config says so; its tail is what calls use for an id.
        (by_arn("SNS::Topic", "alerts", TOPIC), TOPIC, ARN),
        (by_arn("ApiGateway::RestApi", "shop", API), "abc123", NAME),
        # The last part of a name with slashes is another thing's; a path is no part of a role's.
        (names("ECR::Repository", "team/app", "team/app", IMAGES), "app", None),
        (VAULT, "db-AbCd3f", None),
        (VAULT, SECRET.removesuffix("-AbCd3f"), ALIAS),
        (DEPLOY, "deploy", NAME),
        (by_arn("StepFunctions::StateMachine", "shop", MACHINE), "a1", NAME),
        (names("CloudFormation::Stack", STACK, None, STACK), "net", NAME),
        # A part of a function's ARN with the account.
        (FUNCTION, f"{ACCOUNT}:function:jobs", NAME),
        # A name is known in every spelling; a version of a function, or an alias, is not the function.
        (FUNCTION, "jobs:$LATEST", ID),
        (FUNCTION, "jobs:7", None),
        (FUNCTION, JOBS.replace(":", "%3A"), ARN),
        (FUNCTION, "100%", None),
        # Revisions of a task definition share no name.
        (REVISION, "web:7", NAME),
        (REVISION, "web", None),
    ],
)
def test_each_name_of_a_resource_is_known_by_its_kind(found, name, kind):
    assert found.kinds.get(found.known(name)) is kind


def routes(values, **more):
    associations = [{"routeTableAssociationId": value} for value in values]
    return names("EC2::RouteTable", "rtb-1", state={"associations": associations}, **more)


GONE = entry("Configuration.Associations.1", {"routeTableAssociationId": "rtbassoc-9"}, None)
MANY = [f"rtbassoc-{number}" for number in range(5 * MAX_NAMES)]


@pytest.mark.parametrize(
    ("found", "lookups", "missing"),
    [
        (SQS, (QUEUE, f"https://{REGION}.queue.amazonaws.com/{ACCOUNT}/jobs"), 0.0),
        (by_arn("SNS::Topic", "alerts", TOPIC), (TOPIC,), 0.0),
        (MAIN, ("main", arn("rds", "db:main")), 0.0),
        (names("EC2::LaunchTemplate", "lt-1", "web"), ("lt-1", "web"), 0.0),
        # A part that was taken away is known from the diff; a resource with many parts is worth a sweep only.
        (routes((), diff=(GONE,)), ("rtb-1", "rtbassoc-9"), 0.0),
        (routes(MANY[: MAX_LOOKUPS - 1]), ("rtb-1", *MANY[: MAX_LOOKUPS - 1]), 0.0),
        (routes(MANY[:MAX_LOOKUPS]), ("rtb-1", *MANY[: MAX_LOOKUPS - 1]), 1.0),
        # A hostile document has no more names than fit.
        (routes((7, None, "", "x" * 5000, [], {})), ("rtb-1",), 0.0),
    ],
)
def test_what_event_history_is_asked_for(found, lookups, missing):
    assert (found.lookups, found.missing) == (lookups, missing)
    assert len(routes(MANY).parts) == MAX_NAMES


def test_a_renamed_resource_is_known_by_its_old_name_too_and_an_oversized_one_by_its_items():
    renamed = entry("Configuration.DBInstanceIdentifier", "main", "main-2")
    assert names("RDS::DBInstance", "db-ABC", "main-2", diff=(renamed,)).kinds["main"] is NAME
    thing = resource(type="AWS::IAM::User", id="AIDA1", name="new", arn=None)
    before = item(resource=replace(thing, name="old"))
    assert names_of(change(resource=thing, previous=before, previous_known=True)).kinds["old"] is ALIAS
    for path in ("ResourceName", "Configuration.UserName", "Configuration.GroupName"):
        assert names("IAM::User", "AIDA1", "new", differs=path, before="old").kinds["old"] is ALIAS
    fetched = item(resource=resource(name="web"))
    assert "web" in names_of(change(resource=resource(name=None), item=fetched)).kinds


CLUSTER = {"Cluster": arn("ecs", "cluster/main")}
OLD, NEW = arn("ecs", "service/web"), arn("ecs", "service/main/web")


def rule(bus=""):
    return names("Events::Rule", "nightly", "nightly", arn("events", f"rule/{bus}nightly"))


@pytest.mark.parametrize(
    ("found", "told", "value"),
    [
        # An id that is no more than the name.
        (FUNCTION, "named_by_id", True),
        (names("CloudTrail::Trail", "org", None, arn("cloudtrail", "trail/org")), "named_by_id", True),
        (names("EC2::SecurityGroup", "sg-1", None, arn("ec2", "security-group/sg-2")), "named_by_id", False),
        (MAIN, "named_by_id", False),
        # What a bare name is unique in is told by the ARN, and else by the configuration.
        (names("ECS::Service", NEW, "web", NEW), "parent", {"main"}),
        (names("ECS::Service", OLD, "web", OLD, state=CLUSTER), "parent", {"main"}),
        (rule(), "parent", {"default"}),
        (rule("orders/"), "parent", {"orders"}),
        (names("Signer::SigningProfile", "x", "x", arn("signer", "/signing-profiles/x")), "parent", set()),
        # An id of several parts is looked for by all of them.
        (names("ApiGateway::Method", "api1234|res567|GET"), "composite", {"api1234", "res567"}),
        (names("EC2::Instance", "i-1234567"), "composite", set()),
    ],
)
def test_what_else_the_names_of_a_resource_tell(found, told, value):
    assert getattr(found, told) == value


def test_the_arn_of_a_type_without_a_row_tells_who_takes_its_calls_too():
    moved = by_arn("NewService::Box", "b", arn("boxes", "box/b")).facts
    assert moved.sources == (*facts_of("AWS::NewService::Box").sources, "boxes")
    for type_ in ("", "AWS::X::", "AWS::" + "A" * 60 + "::B", "AWS::X::(((", "AWS::é::ö"):
        assert names_of(change(resource=resource(type=type_, arn=None))).facts is facts_of(type_)


def test_a_types_row_tells_of_calls_that_exist_and_of_each_once():
    for facts in map(facts_of, KNOWN):
        known = calls_of(facts.sources)
        taken = {name for name in known if full(facts.acts, name)}
        for rule in facts.shows:
            named = {name for name in known if full(rule.events, name)}
            assert named, (facts.type, rule.events)
            assert named.isdisjoint(taken), (facts.type, rule.events)
            taken |= named
        # An update is explained by a field only.
        assert all(rule.fields for rule in facts.indirect if "UPDATE" in rule.changes), facts.type

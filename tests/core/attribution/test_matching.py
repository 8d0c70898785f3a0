"""Which events made a change: what names it as the thing acted on, in time, and nothing else; and why others did not."""

from datetime import timedelta

import pytest

from iacwatch.core.attribution.matching import MOST_LEADS, TrailIndex, doubtful, leads
from iacwatch.core.attribution.names import names_of
from iacwatch.core.model import MatchKind, Verdict
from tests.core.attribution.called import CREATE, DELETE, api, arn, call, matched, of, ranked
from tests.fixtures.builders import ACCOUNT, CAPTURED_AT, GROUP_ID, REGION, change, entry

ON_GROUP = f"groupId={GROUP_ID}"
OPEN = f"ec2 AuthorizeSecurityGroupIngress {ON_GROUP}"
CLOSE = f"ec2 RevokeSecurityGroupIngress {ON_GROUP}"
EGRESS = f"ec2 AuthorizeSecurityGroupEgress {ON_GROUP}"
MODIFY = f"ec2 ModifySecurityGroupRules {ON_GROUP}"
ENDS_LOG = "DeleteFlowLogs DeleteFlowLogsRequest.FlowLogId.content=fl-1"

FLOW_LOG = of("EC2::FlowLog", "fl-1")
APP = arn("lambda", "function:app")
FUNCTION = of("Lambda::Function", "app", "app", APP, differs="Configuration.Timeout")
TABLE = of("DynamoDB::Table", "orders", "orders", arn("dynamodb", "table/orders"))
WEB = arn("ecs", "service/prod/web")
SERVICE = of("ECS::Service", WEB, "web", WEB)
RULE = of("Events::Rule", "nightly", "nightly", arn("events", "rule/nightly"))
SAFE = arn("bedrock", "guardrail/abcdef012345")
GUARDRAIL = of("Bedrock::Guardrail", SAFE, "safe", SAFE)
JOBS = arn("sqs", "jobs")
QUEUE = of("SQS::Queue", "u", "jobs", JOBS)
PLAN = of("Backup::BackupPlan", "0f-1", "daily", arn("backup", "backup-plan:0f-1"))
METHOD = of("ApiGateway::Method", "api1234|res567|GET")
BUCKET = of("S3::Bucket", "data", "data", "arn:aws:s3:::data")
TARGETS = arn("elasticloadbalancing", "targetgroup/web/1")
REGISTER = f"elasticloadbalancing RegisterTargets targetGroupArn={TARGETS}"
INSTANCE = of("EC2::Instance", "i-1", kind=CREATE, differs="")
POOL = of("Cognito::IdentityPool", "eu-west-1:5f1c2b7a", "shop")
ON_POOL = "cognito-identity UpdateIdentityPool identityPoolName=shop identityPoolId=eu-west-1:"
LIVE = f"arn:aws:apigateway:{REGION}::/restapis/a1/stages/prod"
GROUPS = "Configuration.DBParameterGroups"
TUNED = {"dBParameterGroupName": "tuned", "parameterApplyStatus": "in-sync"}


def database(differs="Configuration.Description", before="a", after="b", **more):
    named = ("RDS::DBInstance", "db-OURS", "main", arn("rds", "db:main"))
    return of(*named, differs=differs, before=before, after=after, **more)


DATABASE = database()


def target_group(field):
    named = ("ElasticLoadBalancingV2::TargetGroup", TARGETS, "web", TARGETS)
    return of(*named, differs=f"Configuration.{field}")


def test_a_call_that_names_the_id_where_it_acts_is_a_match_and_says_why():
    named = ranked(change(), api(OPEN, before=41)).matches[0]
    assert (named.kind, named.lag) == (MatchKind.ID, timedelta(seconds=41, milliseconds=123))
    said = "AuthorizeSecurityGroupIngress names it in groupid by id"
    assert named.reasons == (said, "41 s before the capture")
    answered = api("ec2 RunInstances -> instancesSet.items.instanceId=i-1", before=75)
    said = "RunInstances answers with it in instancesset.items.instanceid by id"
    assert ranked(INSTANCE, answered).matches[0].reasons == (said, "1 min 15 s before the capture")
    assert ranked(change(), api(OPEN, before=-3)).matches[0].reasons[1] == "2 s after the capture"


GONE = entry("Configuration.Associations.1", {"routeTableAssociationId": "rtbassoc-9"}, None)
ROUTES = of("EC2::RouteTable", "rtb-1", diff=(GONE,))
STAGE = of("ApiGateway::Stage", LIVE, "prod", LIVE, kind=DELETE)
DEFAULT = of(
    "EC2::SecurityGroup", "sg-0a", "default", kind=DELETE, differs="Configuration.vpcId", before="v-1"
)
LIST = of("EC2::NetworkAcl", "acl-1", differs="Configuration.associations.0", after={"subnetId": "subnet-1"})
IN_USE = {"attachment": {"instanceId": "i-1"}}
INTERFACE = of("EC2::NetworkInterface", "eni-1", kind=CREATE, differs="", state=IN_USE)
CLUSTER_ARN = arn("rds", "cluster:main")
CLUSTER = of("RDS::DBCluster", "c-1", "main", CLUSTER_ARN, differs="Configuration.httpEndpointEnabled")
APPLIED = database(diff=(entry(f"{GROUPS}.0", {**TUNED, "parameterApplyStatus": "x"}, TUNED),))
REBOOT = "rds RebootDBInstance dBInstanceIdentifier=main"
MATCHED = [
    # Services' own spellings.
    (change(), f"ec2 CreateTags resourcesSet.items.resourceId=[i-1,{GROUP_ID}]"),
    (change(), "ec2 AuthorizeSecurityGroupIngress groupName=web"),
    (FLOW_LOG, "ec2 CreateFlowLogs -> CreateFlowLogsResponse.flowLogIdSet.item=fl-1"),
    (of("CloudFront::Distribution", "E1"), "cloudfront UpdateDistribution2020_05_31 id=E1"),
    # An answer names the resource at its top.
    (DATABASE, "rds ModifyDBInstance dBInstanceIdentifier=x -> dbiResourceId=db-OURS"),
    # The tag editor names any type by its ARN.
    (QUEUE, f"tagging UntagResources resourceARNList=[arn:aws:s3:::x,{JOBS}]"),
    # A name that is unique within its parent only, or is a part's alone.
    (SERVICE, f"ecs UpdateService cluster={arn('ecs', 'cluster/prod')} service=web"),
    (RULE, "events DisableRule name=nightly"),
    (ROUTES, "ec2 DisassociateRouteTable associationId=rtbassoc-9"),
    # An id of several parts, and a type without a row, whose calls are called after it.
    (METHOD, "apigateway PutMethod restApiId=api1234 resourceId=res567 httpMethod=GET"),
    (PLAN, "backup UpdateBackupPlan backupPlanId=0f-1"),
    (target_group("Targets.0"), REGISTER),
    # An id is believed before the name; databases take their identifiers in any case.
    (POOL, f"{ON_POOL}5f1c2b7a"),
    (DATABASE, "rds ModifyDBInstance dBInstanceIdentifier=MAIN"),
    (of("EC2::Instance", "i-1", differs=None), "ec2 ModifyInstanceAttribute instanceId=i-1"),
    # Whoever reboots shows in whether parameters are applied.
    (database(f"{GROUPS}.0.ParameterApplyStatus"), REBOOT),
    (APPLIED, REBOOT),
    # A neighbour's call shows: the item names it in an ARN, before the change, after it, or in what it holds.
    (STAGE, "apigateway DeleteRestApi restApiId=a1"),
    (DEFAULT, "ec2 DeleteVpc vpcId=v-1"),
    (LIST, "ec2 CreateSubnet vpcId=v-1 -> subnet.subnetId=subnet-1"),
    (INTERFACE, "ec2 RunInstances -> instancesSet.items.instanceId=i-1"),
    (database(f"{GROUPS}.0", TUNED), "rds ModifyDBParameterGroup dBParameterGroupName=TUNED"),
    (CLUSTER, f"rds EnableHttpEndpoint resourceArn={CLUSTER_ARN}"),
]


@pytest.mark.parametrize(("changed", "line"), MATCHED, ids=[line[:70] for _, line in MATCHED])
def test_a_call_that_names_the_resource_as_the_thing_acted_on_is_a_match(changed, line):
    (match,) = ranked(changed, api(line)).matches
    assert match.event.event_name == line.split()[1]
    # Calls that make, or end, such a resource fit its creation or end best.
    assert match.score[1] == (changed.change_type == "UPDATE")


ANOTHER = "it names another object of that name: "
MENTION = "it only mentions the resource"
BY_NAME = "ec2 AuthorizeSecurityGroupIngress groupName=web -> securityGroupRuleSet.groupId=sg-2"
DEEP = f"securityGroupRuleSet.items.ipPermissions.items.groups.items.{ON_GROUP}"
LAUNCH = f"ec2 RunInstances groupSet.{ON_GROUP} -> instancesSet.items.groupSet.items.{ON_GROUP}"
TAG_JOBS = f"tagging TagResources resourceARNList=[{JOBS}]"
FAILED = "its answer says that it failed for this resource"
ON_APP = "lambda AddPermission20150331v2 functionName=app"
ON_MAIN = "rds ModifyDBInstance dBInstanceIdentifier=main"
ON_SAFE = "bedrock CreateGuardrailVersion guardrailIdentifier="
REFUSED = [
    (change(), api(OPEN, errorCode="Client.X"), "the call failed (Client.X): it changed nothing"),
    (change(), api(MODIFY, readOnly=True), "a read-only call changes nothing"),
    (change(), api(MODIFY, eventType="AwsConsoleAction"), "a read-only call changes nothing"),
    (change(), api(MODIFY, eventCategory="Data"), "a call on data"),
    (change(), api(OPEN, before=1300), "outside the time in which the change was made"),
    (change(), api(OPEN, account="999988887777"), "it is in another account's trail"),
    # A mere mention, however near.
    (change(), f"ec2 AuthorizeSecurityGroupIngress peer={GROUP_ID}", MENTION),
    (change(), f"ec2 AuthorizeSecurityGroupIngress groupId=sg-1 -> {DEEP}", MENTION),
    (DATABASE, "rds ModifyDBInstance -> a.b.dbiResourceId=db-OURS", MENTION),
    (METHOD, "apigateway PutMethod restApiId=api1234 resourceId=res999 httpMethod=GET", MENTION),
    (of("Foo::Widget", "wid-1", "prod"), "foo UpdateWidget clusterName=prod", MENTION),
    (change(), LAUNCH, "RunInstances is not a call that changes such"),
    (change(), f"ec2 ModifyInstanceAttribute groupSet.items.{ON_GROUP}", "ModifyInstanceAttribute is not a"),
    (PLAN, "backup CreateBackupSelection backupPlanId=0f-1", "CreateBackupSelection is not a call"),
    (change(), "iam CreateGroup groupName=web", "a call of another service, which only mentions"),
    (QUEUE, f"tagging GetResources resourceARNList=[{JOBS}]", "a call of another service, which only"),
    # Another object of that name.
    (change(), BY_NAME, f"{ANOTHER}groupid is sg-2"),
    (DATABASE, f"{ON_MAIN} -> dbiResourceId=db-2", f"{ANOTHER}dbiresourceid is db-2"),
    (POOL, f"{ON_POOL}00000000", f"{ANOTHER}identitypoolid is eu-west-1:00000000"),
    (SERVICE, "ecs UpdateService cluster=test service=web", f"{ANOTHER}cluster is test"),
    (SERVICE, "ecs UpdateService service=web", f"{ANOTHER}cluster is default"),
    (RULE, "events DisableRule name=nightly eventBusName=orders", f"{ANOTHER}eventbusname is orders"),
    # The right object: the call failed for it, or what it sets shows elsewhere, or nowhere.
    (FLOW_LOG, f"ec2 {ENDS_LOG} -> DeleteFlowLogsResponse.unsuccessful.item.resourceId=fl-1", FAILED),
    (QUEUE, f"{TAG_JOBS} -> failedResourcesMap.{JOBS}.errorCode=x", FAILED),
    (FUNCTION, ON_APP, "the item does not show what"),
    (BUCKET, "s3 PutObject bucketName=data", "the item does not show what"),
    (DATABASE, REBOOT, "what RebootDBInstance sets shows in"),
    (database(f"{GROUPS}.1", None, TUNED), REBOOT, "what RebootDBInstance sets shows in"),
    (target_group("HealthCheckPath"), REGISTER, "what RegisterTargets sets shows in targets"),
    (GUARDRAIL, f"{ON_SAFE}abcdef012345", "CreateGuardrailVersion acts on a part that has a life of its own"),
]
NEAR = ("the item does not show", "what ", "CreateGuardrailVersion")


@pytest.mark.parametrize(("changed", "tried", "why"), REFUSED)
def test_any_other_call_that_bears_a_name_of_it_is_refused_by_a_rule_and_says_by_which(changed, tried, why):
    found = ranked(changed, api(tried) if isinstance(tried, str) else tried)
    (candidate,) = found.candidates
    assert (found.matches, candidate.accepted) == ((), False)
    assert candidate.reasons[0].startswith(why)
    assert candidate.near is why.startswith(NEAR)


def test_a_call_on_a_name_that_only_looks_alike_is_no_match():
    foreign = "arn:aws:dynamodb:eu-west-1:999988887777:table/orders"
    for changed, call_on, others in (
        (TABLE, "dynamodb UpdateTable tableName=", f"orders-2 old-orders Orders order {foreign}"),
        # A version of a function, or an alias, is not the function.
        (FUNCTION, "lambda UpdateFunctionConfiguration20150331v2 functionName=", "App app:3 app:live"),
    ):
        for name in others.split():
            assert matched(changed, api(f"{call_on}{name}")) == [], name
        assert matched(changed, api(f"{call_on}{changed.resource.name}"))


HEALTH = target_group("HealthCheckPath")
BY_AWS = api(REGISTER, userIdentity={"type": "AWSService", "invokedBy": "ecs.amazonaws.com"})
MODIFY_GROUP = api(f"elasticloadbalancing ModifyTargetGroup targetGroupArn={TARGETS}")
INTERFACES = {"networkInterfaces": [{"networkInterfaceId": "eni-1"}]}
GUARDED = of("EC2::Instance", "i-1", differs="Configuration.SecurityGroups.0", state=INTERFACES)
NEIGHBOURS = api("ec2 ModifyNetworkInterfaceAttribute networkInterfaceId=eni-1")
ITS_OWN = api("ec2 ModifyInstanceAttribute instanceId=i-1")
LATE, AT_PREVIOUS, EARLY = api(CLOSE, before=-3), api(CLOSE, before=60), api(EGRESS)
TAKEN_BACK = call(
    "ec2",
    "BidEvictedEvent",
    eventType="AwsServiceEvent",
    userIdentity={"accountId": ACCOUNT, "invokedBy": "ec2.amazonaws.com"},
    serviceEventDetails={"instanceIdSet": ["i-0123456789abcdef0"]},
)
BY_GROUPS_NAME, REVOKE = "ec2 RevokeSecurityGroupEgress groupName=web", "RevokeSecurityGroupIngress"
NEARER = [api(BY_GROUPS_NAME, before=5), api(CLOSE, before=90), api(OPEN, before=10)]


@pytest.mark.parametrize(
    ("changed", "events", "named", "doubted"),
    [
        # What AWS does by itself needs no evidence, and gives way to everything else.
        (HEALTH, [BY_AWS], "RegisterTargets", True),
        (HEALTH, [BY_AWS, MODIFY_GROUP], "ModifyTargetGroup", False),
        # A neighbour's call counts only where no call names the resource.
        (GUARDED, [NEIGHBOURS], "ModifyNetworkInterfaceAttribute", True),
        (GUARDED, [NEIGHBOURS, ITS_OWN], "ModifyInstanceAttribute", False),
        # So do one after the capture, and one in the second of the previous capture.
        (change(), [LATE], "RevokeSecurityGroupIngress", True),
        (change(), [LATE, EARLY], "AuthorizeSecurityGroupEgress", False),
        (change(), [AT_PREVIOUS], "RevokeSecurityGroupIngress", False),
        (change(), [AT_PREVIOUS, EARLY], "AuthorizeSecurityGroupEgress", False),
        # The strongest match comes first, then the nearest.
        (change(), NEARER, f"AuthorizeSecurityGroupIngress {REVOKE} RevokeSecurityGroupEgress", False),
        # A spot instance that EC2 takes back is ended by EC2.
        (of("EC2::Instance", "i-0123456789abcdef0", kind=DELETE), [TAKEN_BACK], "BidEvictedEvent", False),
        # Services in China are the same services.
        (change(), [api(OPEN, eventSource="ec2.amazonaws.com.cn")], "AuthorizeSecurityGroupIngress", False),
        (change(), [], "", False),
    ],
)
def test_of_several_calls_the_surest_are_named_and_a_doubtful_one_alone_is_waited_for(
    changed, events, named, doubted
):
    for arrived in (events, events[::-1]):
        found = ranked(changed, *arrived, previous_at=CAPTURED_AT - timedelta(seconds=60))
        assert [match.event.event_name for match in found.matches] == named.split()
        assert {each.event for each in found.candidates} == set(events)
        assert doubtful(found.matches) is doubted


def on_bucket(name, before):
    return api(f"s3 {name} bucketName=data", before=before)


POLICY, END, BEGIN, TAGS = "PutBucketPolicy", "DeleteBucket", "CreateBucket", "PutBucketTagging"
LIFE = [on_bucket(POLICY, 60), on_bucket(END, 50), on_bucket(BEGIN, 40), on_bucket(TAGS, 30)]
AT_ONCE = [on_bucket(name, 50) for name in (END, BEGIN, POLICY)]
NO_CREATION, NO_DELETION = ("a deletion does not create", True), ("a creation does not delete", True)
BEFORE, AFTER = "it acted on one of that name, deleted since", "it acted on another of that name, made since"
NO_END = "it does not delete, and nothing that was found does"


@pytest.mark.parametrize(
    ("kind", "events", "made", "refused"),
    [
        (CREATE, LIFE, [BEGIN, TAGS], {END: NO_CREATION, POLICY: (BEFORE, False)}),
        (CREATE, AT_ONCE, [BEGIN, POLICY], {END: NO_CREATION}),
        (CREATE, LIFE[:2], [POLICY], {END: NO_CREATION}),
        (DELETE, LIFE, [END, POLICY], {BEGIN: NO_DELETION, TAGS: (AFTER, False)}),
        (DELETE, AT_ONCE, [END, POLICY], {BEGIN: NO_DELETION}),
        (DELETE, [on_bucket(BEGIN, 60), LIFE[1]], [END, BEGIN], {}),
        (DELETE, LIFE[:1], [], {POLICY: (NO_END, True)}),
    ],
)
def test_what_a_name_saw_before_its_creation_or_after_its_deletion_is_of_another_of_that_name(
    kind, events, made, refused
):
    found = ranked(of("S3::Bucket", "data", "data", "arn:aws:s3:::data", kind=kind, differs=""), *events)
    assert [match.event.event_name for match in found.matches] == made
    dropped = [each for each in found.candidates if not each.accepted]
    assert {each.event.event_name: (each.reasons[0], each.near) for each in dropped} == refused


def test_leads_are_the_near_ones_latest_first_and_so_many_at_most():
    refused = [api(ON_APP, before=before, eventID=f"{before}") for before in range(30)]
    failed = api("lambda UpdateFunctionCode20150331v2 functionName=app", errorCode="x")
    found = ranked(FUNCTION, *refused, failed)
    near = leads(found, Verdict.UNATTRIBUTED, ())
    assert [lead.event.event_id for lead in near] == [f"{before}" for before in range(MOST_LEADS)]
    assert [lead.event for lead in leads(found, Verdict.OUT_OF_BAND, refused[3:4])] == refused[3:4]


def test_a_table_of_names_is_asked_once_for_a_whole_wave():
    events = [api(f"ec2 DeleteSecurityGroup groupId=sg-{number}") for number in range(9)]
    index = TrailIndex(events, frozenset({"sg-3"}))
    for id_, found in (("sg-3", [events[3]]), ("sg-77", [])):
        assert list(index.events(names_of(of("EC2::SecurityGroup", id_)))) == found

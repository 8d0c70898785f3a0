"""Which events made a change: what names it as the thing acted on, in time, and nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.attribution.matching import TrailIndex, doubtful, rank
from iacwatch.core.attribution.names import names_of
from iacwatch.core.model import ChangeType, MatchKind, Window
from iacwatch.core.parse import cloudtrail
from tests.fixtures.builders import ACCOUNT, CAPTURED_AT, REGION, change, entry, item, resource

WINDOW = Window(start=CAPTURED_AT - timedelta(minutes=20), end=CAPTURED_AT + timedelta(seconds=6))
GROUP = "sg-0a1b2c3d4e5f60718"


def call(name, request=None, response=None, *, source="ec2", before=41.0, account=ACCOUNT, **fields):
    """Return an event so many seconds before the capture."""
    at = CAPTURED_AT - timedelta(seconds=before)
    return cloudtrail.event(
        {
            "eventID": f"{name}-{before}",
            "eventName": name,
            "eventSource": f"{source}.amazonaws.com",
            "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "awsRegion": REGION,
            "recipientAccountId": account,
            "readOnly": False,
            "userIdentity": {
                "type": "IAMUser",
                "userName": "alice",
                "accountId": account,
                "arn": f"arn:aws:iam::{account}:user/alice",
            },
            "requestParameters": request,
            "responseElements": response,
            **fields,
        }
    )


def of(type_, id_, name=None, arn=None, diff=None, *, kind=ChangeType.UPDATE, configuration=None):
    thing = resource(type=type_, id=id_, name=name, arn=arn)
    found = diff if diff is not None else (entry("Configuration.Description", "a", "b"),)
    state = item(resource=thing, configuration=configuration or {})
    return change(
        resource=thing, change_type=kind, diff=found, item=None if kind is ChangeType.DELETE else state
    )


def ranked(changed, *events, window=WINDOW, previous_at=None):
    names = names_of(changed)
    near = TrailIndex(events, names.wanted).events(names)
    return rank(changed, names, near, window, previous_at=previous_at)


def matched(changed, *events, **more):
    return [match.event.event_name for match in ranked(changed, *events, **more).matches]


def why_not(changed, *events, **more):
    return [
        candidate.reasons[0]
        for candidate in ranked(changed, *events, **more).candidates
        if not candidate.accepted
    ]


def test_a_call_that_names_the_id_where_it_acts_is_a_match_and_says_why():
    found = ranked(change(), call("AuthorizeSecurityGroupIngress", {"groupId": GROUP})).matches[0]
    assert (found.kind, found.lag) == (MatchKind.ID, timedelta(seconds=41, milliseconds=123))
    assert found.reasons == (
        "AuthorizeSecurityGroupIngress names it in groupid by id",
        "41 s before the capture",
    )


def test_a_failed_call_is_no_match_and_says_so():
    refused = call(
        "AuthorizeSecurityGroupIngress", {"groupId": GROUP}, errorCode="Client.UnauthorizedOperation"
    )
    assert matched(change(), refused) == []
    assert why_not(change(), refused) == [
        "the call failed (Client.UnauthorizedOperation): it changed nothing"
    ]


def test_a_dry_run_is_no_match():
    assert (
        matched(change(), call("DeleteSecurityGroup", {"groupId": GROUP}, errorCode="Client.DryRunOperation"))
        == []
    )


@pytest.mark.parametrize(
    "more",
    [{"readOnly": True}, {"readOnly": "true"}, {"eventCategory": "Data"}, {"eventType": "AwsConsoleAction"}],
)
def test_what_only_reads_is_no_match(more):
    assert matched(change(), call("ModifySecurityGroupRules", {"groupId": GROUP}, **more)) == []


def test_a_call_outside_the_window_is_no_match():
    assert why_not(change(), call("DeleteSecurityGroup", {"groupId": GROUP}, before=1300)) == [
        "outside the time in which the change was made"
    ]


def test_another_accounts_trail_tells_nothing():
    assert (
        matched(change(), call("RevokeSecurityGroupIngress", {"groupId": GROUP}, account="999988887777"))
        == []
    )


@pytest.mark.parametrize(
    "event",
    [
        call(
            "RunInstances",
            {"groupSet": {"items": [{"groupId": GROUP}]}},
            {"instancesSet": {"items": [{"groupSet": {"items": [{"groupId": GROUP}]}}]}},
        ),
        call(
            "AuthorizeSecurityGroupIngress",
            {"groupId": "sg-1", "ipPermissions": {"items": [{"groups": {"items": [{"groupId": GROUP}]}}]}},
        ),
        call(
            "AuthorizeSecurityGroupIngress",
            {"groupId": "sg-1"},
            {
                "securityGroupRuleSet": {
                    "items": [{"groupId": "sg-1", "referencedGroupInfo": {"groupId": GROUP}}]
                }
            },
        ),
        call("ModifyInstanceAttribute", {"instanceId": "i-1", "groupSet": {"items": [{"groupId": GROUP}]}}),
        call("ModifyDBInstance", {"vpcSecurityGroupIds": [GROUP]}, source="rds"),
        call("CreatePlacementGroup", {"groupName": "web"}),
        call("CreateGroup", {"groupName": "web"}, source="iam"),
    ],
    ids=lambda event: event.event_name,
)
def test_a_mere_mention_is_no_match_however_near(event):
    assert matched(change(), event) == []


def test_a_bare_name_counts_with_the_right_service_and_nothing_that_contradicts():
    assert matched(change(), call("AuthorizeSecurityGroupIngress", {"groupName": "web"})) == [
        "AuthorizeSecurityGroupIngress"
    ]
    other = {"securityGroupRuleSet": {"items": [{"groupId": "sg-0ther"}]}}
    assert matched(change(), call("AuthorizeSecurityGroupIngress", {"groupName": "web"}, other)) == []


def test_a_spot_instance_that_ec2_takes_back_is_ended_by_ec2():
    instance = {"type_": "AWS::EC2::Instance", "id_": "i-0123456789abcdef0"}
    taken = call(
        "BidEvictedEvent",
        eventType="AwsServiceEvent",
        userIdentity={"accountId": ACCOUNT, "invokedBy": "ec2.amazonaws.com"},
        serviceEventDetails={"instanceIdSet": [instance["id_"]]},
    )
    gone = of(**instance, diff=(), kind=ChangeType.DELETE)
    stopped = of(**instance, diff=(entry("Configuration.State.Name", "running", "stopped"),))
    for changed in (gone, stopped):
        (match,) = ranked(changed, taken).matches
        assert match.event.actor.on_own_account
    assert not ranked(of(**{**instance, "id_": "i-0fedcba9876543210"}, diff=()), taken).matches


def test_services_in_china_are_the_same_services():
    opened = call("AuthorizeSecurityGroupIngress", {"groupId": GROUP}, source="ec2")
    assert matched(change(), replace(opened, event_source="ec2.amazonaws.com.cn")) == [opened.event_name]


def test_a_call_on_a_name_that_only_looks_alike_is_no_match():
    table = of(
        "AWS::DynamoDB::Table", "orders", "orders", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"
    )
    for name in (
        "orders-2",
        "orders2",
        "old-orders",
        "Orders",
        "order",
        f"arn:aws:dynamodb:{REGION}:999988887777:table/orders",
    ):
        assert matched(table, call("UpdateTable", {"tableName": name}, source="dynamodb")) == [], name
    assert matched(table, call("UpdateTable", {"tableName": "orders"}, source="dynamodb")) == ["UpdateTable"]


@pytest.mark.parametrize(
    ("source", "key"), [("eks", "name"), ("rds", "dBClusterIdentifier"), ("redshift", "clusterIdentifier")]
)
def test_the_same_name_in_another_service_is_another_thing(source, key):
    cluster = of("AWS::ECS::Cluster", "main", "main", f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main")
    assert matched(cluster, call("DeleteCluster", {key: "main"}, source=source)) == []


@pytest.mark.parametrize(
    ("changed", "event"),
    [
        (
            of("AWS::EC2::NatGateway", "nat-1"),
            call("DeleteNatGateway", {"DeleteNatGatewayRequest": {"NatGatewayId": "nat-1"}}),
        ),
        (
            of("AWS::EC2::FlowLog", "fl-1"),
            call("DeleteFlowLogs", {"DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": "fl-1"}}}),
        ),
        (
            of("AWS::EC2::FlowLog", "fl-1"),
            call("CreateFlowLogs", {}, {"CreateFlowLogsResponse": {"flowLogIdSet": {"item": "fl-1"}}}),
        ),
        (
            of("AWS::EC2::VPCEndpoint", "vpce-1"),
            call("DeleteVpcEndpoints", {"vpcEndpointIdSet": {"items": [{"vpcEndpointId": "vpce-1"}]}}),
        ),
        (
            of("AWS::EC2::TransitGatewayAttachment", "tgw-attach-1"),
            call(
                "DeleteTransitGatewayVpcAttachment",
                {"DelTGwVpcAttachReq": {"TransitGatewayAttachmentId": "tgw-attach-1"}},
            ),
        ),
        (
            change(),
            call(
                "ModifySecurityGroupRules",
                {"ModifySecurityGroupRulesRequest": {"GroupId": GROUP, "SecurityGroupRule": []}},
            ),
        ),
        (
            change(),
            call("CreateTags", {"resourcesSet": {"items": [{"resourceId": "i-1"}, {"resourceId": GROUP}]}}),
        ),
        (
            of("AWS::CloudFront::Distribution", "E1"),
            call("UpdateDistribution2020_05_31", {"id": "E1"}, source="cloudfront"),
        ),
        (
            of("AWS::Lambda::Function", "jobs", "jobs"),
            call("UpdateFunctionCode20150331v2", {"functionName": "jobs"}, source="lambda"),
        ),
        (of("AWS::AmazonMQ::Broker", "b-1", "jobs"), call("UpdateBroker", {"broker-id": "b-1"}, source="mq")),
    ],
    ids=lambda value: getattr(value, "event_name", ""),
)
def test_services_own_spellings_are_read(changed, event):
    assert matched(changed, event) == [event.event_name]


def test_a_call_that_names_a_part_alone_is_a_match_by_alias():
    gone = entry("Configuration.Associations.1", {"routeTableAssociationId": "rtbassoc-9"}, None)
    table = of("AWS::EC2::RouteTable", "rtb-1", diff=(gone,))
    found = ranked(table, call("DisassociateRouteTable", {"associationId": "rtbassoc-9"})).matches
    assert [each.kind for each in found] == [MatchKind.ALIAS]
    assert matched(table, call("DisassociateRouteTable", {"associationId": "rtbassoc-8"})) == []


def test_a_call_that_names_it_only_in_the_answer_may_be_the_cause():
    made = of("AWS::EC2::Instance", "i-1", kind=ChangeType.CREATE, diff=())
    assert matched(made, call("RunInstances", {}, {"instancesSet": {"items": [{"instanceId": "i-1"}]}})) == [
        "RunInstances"
    ]


def test_an_answer_names_the_resource_at_its_top_and_neighbours_deeper():
    database = of("AWS::RDS::DBInstance", "db-ABC", "main-2")
    assert matched(
        database,
        call("ModifyDBInstance", {"dBInstanceIdentifier": "x"}, {"dbiResourceId": "db-ABC"}, source="rds"),
    ) == ["ModifyDBInstance"]
    assert (
        matched(
            database, call("ModifyDBInstance", {}, {"a": {"b": {"dbiResourceId": "db-ABC"}}}, source="rds")
        )
        == []
    )


def test_a_call_that_succeeded_as_a_whole_and_failed_for_this_one_is_no_match():
    flow = of("AWS::EC2::FlowLog", "fl-1")
    request = {"DeleteFlowLogsRequest": {"FlowLogId": {"content": "fl-1"}}}
    refused = {
        "DeleteFlowLogsResponse": {"unsuccessful": {"item": {"resourceId": "fl-1", "error": {"code": "x"}}}}
    }
    assert matched(flow, call("DeleteFlowLogs", request, refused)) == []
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"
    queue = of("AWS::SQS::Queue", "u", "jobs", arn)
    tagging = call(
        "TagResources",
        {"resourceARNList": [arn]},
        {"failedResourcesMap": {arn: {"errorCode": "x"}}},
        source="tagging",
    )
    assert matched(queue, tagging) == []


def test_the_tag_editor_names_any_type_by_arn():
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"
    queue = of("AWS::SQS::Queue", "u", "jobs", arn)
    assert matched(
        queue, call("UntagResources", {"resourceARNList": ["arn:aws:s3:::x", arn]}, source="tagging")
    ) == ["UntagResources"]
    assert matched(queue, call("GetResources", {"resourceARNList": [arn]}, source="tagging")) == []


def test_the_same_service_name_in_two_clusters_is_told_apart():
    arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/main/web"
    service = of("AWS::ECS::Service", arn, "web", arn)
    for cluster in ("main", f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main"):
        assert matched(
            service, call("UpdateService", {"cluster": cluster, "service": "web"}, source="ecs")
        ) == ["UpdateService"]
    assert matched(service, call("UpdateService", {"cluster": "other", "service": "web"}, source="ecs")) == []
    assert matched(service, call("UpdateService", {"service": "web"}, source="ecs")) == []


def test_a_rule_of_another_bus_is_another_rule():
    rule = of("AWS::Events::Rule", "nightly", "nightly", f"arn:aws:events:{REGION}:{ACCOUNT}:rule/nightly")
    assert matched(rule, call("DisableRule", {"name": "nightly"}, source="events")) == ["DisableRule"]
    assert (
        matched(rule, call("DisableRule", {"name": "nightly", "eventBusName": "orders"}, source="events"))
        == []
    )


def test_a_call_that_shows_in_some_fields_counts_only_where_they_differ():
    arn = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/web/1"
    register = call("RegisterTargets", {"targetGroupArn": arn}, source="elasticloadbalancing")
    targets = of(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        arn,
        "web",
        arn,
        (entry("Configuration.Targets.0", None, {}),),
    )
    health = of(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        arn,
        "web",
        arn,
        (entry("Configuration.HealthCheckPath", "a", "b"),),
    )
    assert matched(targets, register) == ["RegisterTargets"]
    assert matched(health, register) == []


def test_what_aws_does_by_itself_needs_no_such_evidence_and_gives_way_to_everything_else():
    arn = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/web/1"
    health = of(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        arn,
        "web",
        arn,
        (entry("Configuration.HealthCheckPath", "a", "b"),),
    )
    own = call(
        "RegisterTargets",
        {"targetGroupArn": arn},
        source="elasticloadbalancing",
        userIdentity={"type": "AWSService", "invokedBy": "ecs.amazonaws.com"},
    )
    modify = call("ModifyTargetGroup", {"targetGroupArn": arn}, source="elasticloadbalancing")
    assert matched(health, own) == ["RegisterTargets"]
    assert matched(health, own, modify) == ["ModifyTargetGroup"]


def test_a_neighbours_call_counts_only_where_no_call_names_the_resource():
    state = {"networkInterfaces": [{"networkInterfaceId": "eni-1"}]}
    instance = of(
        "AWS::EC2::Instance",
        "i-1",
        diff=(entry("Configuration.SecurityGroups.0", None, {}),),
        configuration=state,
    )
    neighbour = call("ModifyNetworkInterfaceAttribute", {"networkInterfaceId": "eni-1"})
    own = call("ModifyInstanceAttribute", {"instanceId": "i-1"})
    assert matched(instance, neighbour) == ["ModifyNetworkInterfaceAttribute"]
    assert matched(instance, neighbour, own) == ["ModifyInstanceAttribute"]
    assert doubtful(ranked(instance, neighbour).matches)
    assert not doubtful(ranked(instance, own).matches)


def bucket(kind):
    return of("AWS::S3::Bucket", "logs", "logs", "arn:aws:s3:::logs", (), kind=kind)


def on(name, before):
    return call(name, {"bucketName": "logs"}, source="s3", before=before)


def test_a_deletion_does_not_create_and_what_came_before_it_is_of_another_of_that_name():
    events = (
        on("PutBucketPolicy", 60),
        on("DeleteBucket", 50),
        on("CreateBucket", 40),
        on("PutBucketTagging", 30),
    )
    assert matched(bucket(ChangeType.CREATE), *events) == ["CreateBucket", "PutBucketTagging"]


def test_a_creation_does_not_delete_and_what_came_after_is_of_another_of_that_name():
    events = (
        on("PutBucketPolicy", 60),
        on("DeleteBucket", 50),
        on("CreateBucket", 40),
        on("PutBucketTagging", 30),
    )
    assert matched(bucket(ChangeType.DELETE), *events) == ["DeleteBucket", "PutBucketPolicy"]


def test_no_change_but_a_deletion_explains_that_something_is_gone():
    assert matched(bucket(ChangeType.DELETE), on("PutBucketPolicy", 60)) == []
    assert why_not(bucket(ChangeType.DELETE), on("PutBucketPolicy", 60)) == [
        "it does not delete, and nothing that was found does"
    ]


def test_a_call_after_the_capture_counts_only_where_nothing_before_explains_it():
    late, early = (
        call("RevokeSecurityGroupIngress", {"groupId": GROUP}, before=-3),
        call("AuthorizeSecurityGroupEgress", {"groupId": GROUP}),
    )
    assert matched(change(), late) == ["RevokeSecurityGroupIngress"]
    assert matched(change(), late, early) == ["AuthorizeSecurityGroupEgress"]
    assert doubtful(ranked(change(), late).matches)


def test_a_call_in_the_second_of_the_previous_capture_counts_only_where_nothing_later_explains_it():
    first, second = (
        call("RevokeSecurityGroupIngress", {"groupId": GROUP}, before=60),
        call("AuthorizeSecurityGroupEgress", {"groupId": GROUP}),
    )
    previous = CAPTURED_AT - timedelta(seconds=60)
    window = Window(start=previous.replace(microsecond=0), end=WINDOW.end)
    assert matched(change(), first, window=window, previous_at=previous) == ["RevokeSecurityGroupIngress"]
    assert matched(change(), first, second, window=window, previous_at=previous) == [
        "AuthorizeSecurityGroupEgress"
    ]


def test_the_strongest_match_comes_first_then_the_nearest():
    by_name = call("AuthorizeSecurityGroupEgress", {"groupName": "web"}, before=5)
    far, near = (call("RevokeSecurityGroupIngress", {"groupId": GROUP}, before=before) for before in (90, 10))
    found = ranked(change(), by_name, far, near).matches
    assert [(each.kind, each.lag.seconds) for each in found] == [
        (MatchKind.ID, 10),
        (MatchKind.ID, 90),
        (MatchKind.NAME, 5),
    ]


def test_a_table_of_names_is_asked_once_for_a_whole_wave():
    events = [call("DeleteSecurityGroup", {"groupId": f"sg-{number}"}) for number in range(9)]
    index = TrailIndex(events, frozenset({"sg-3"}))
    names = names_of(of("AWS::EC2::SecurityGroup", "sg-3"))
    assert [event.mentions[0].value for event in index.events(names)] == ["sg-3"]
    assert index.events(names_of(of("AWS::EC2::SecurityGroup", "sg-77"))) == ()


def test_a_type_without_a_row_is_matched_by_calls_that_are_called_after_it():
    plan = of(
        "AWS::Backup::BackupPlan", "0f-1", "daily", f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-plan:0f-1"
    )
    assert matched(plan, call("UpdateBackupPlan", {"backupPlanId": "0f-1"}, source="backup")) == [
        "UpdateBackupPlan"
    ]
    assert matched(plan, call("CreateBackupSelection", {"backupPlanId": "0f-1"}, source="backup")) == []
    assert matched(plan, call("UpdateBackupPlan", {"backupPlanId": "0f-1"}, source="dlm")) == []


def test_an_id_of_several_parts_has_to_be_named_whole():
    method = of("AWS::ApiGateway::Method", "api1234|res567|GET")
    whole = call(
        "PutMethod",
        {"restApiId": "api1234", "resourceId": "res567", "httpMethod": "GET"},
        source="apigateway",
    )
    other = call(
        "PutMethod",
        {"restApiId": "api1234", "resourceId": "res999", "httpMethod": "GET"},
        source="apigateway",
    )
    assert matched(method, whole) == ["PutMethod"]
    assert matched(method, other) == []

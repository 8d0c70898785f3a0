"""Calls that a type's own name does not tell, and calls on the very resource that its items never show."""

import re
from dataclasses import replace

import pytest

from iacwatch.core.catalog import generated
from iacwatch.core.catalog.derived import completed
from iacwatch.core.catalog.schema import Shows, TypeFacts
from tests.core.attribution.called import CREATE, DELETE, UPDATE, UUID, arn, call, matched, of
from tests.fixtures.builders import ACCOUNT, REGION, entry

IN_GROUP = f"{UUID}:autoScalingGroupName/web"
ACTION = arn("autoscaling", f"scheduledUpdateGroupAction:{IN_GROUP}:scheduledActionName/night")
POINT = arn("backup", f"recovery-point:{UUID}")
ENDPOINTS = f"arn:aws:globalaccelerator::{ACCOUNT}:accelerator/{UUID}/listener/1a/endpoint-group/2b"
LOCATION = arn("datasync", "location/loc-0a1b2c3d4e5f60718")
ANALYZER = arn("access-analyzer", "analyzer/org")
VERSION = arn("elasticbeanstalk", "applicationversion/shop/v7")
SNAPSHOT = arn("redshift", "snapshot:dw/nightly")
OKTA = arn("eks", f"identityproviderconfig/shop/oidc/okta/{UUID}")
STAGE = f"arn:aws:apigateway:{REGION}::/apis/a1/stages/$default"
NOTIFIED = {"connectionNotification": {"connectionNotificationId": "vpce-nfn-0a"}}


def case(
    called, type_, id_, request, response=None, *, name=None, arn_=None, kind=UPDATE, differs=None, **fields
):
    """Return a change of an object, which its ARN or another id names, and the call that made it."""
    service, event_name = called.split()
    arn_ = arn_ or (id_ if id_.startswith("arn:") else None)
    differs = differs or ("" if kind is CREATE else "Configuration.Description")
    changed = of(f"AWS::{type_}", id_, name or id_, arn_, kind=kind, differs=differs)
    return changed, call(service, event_name, request, response, **fields)


@pytest.mark.parametrize(
    ("changed", "event"),
    [
        case("autoscaling BatchDeleteScheduledAction", "AutoScaling::ScheduledAction", ACTION,
             {"autoScalingGroupName": "web", "scheduledActionNames": ["night"]}, name="night", kind=DELETE),
        case("cognito-idp SetUserPoolMfaConfig", "Cognito::UserPool", "eu-west-1_A", {"userPoolId": "eu-west-1_A"}),
        case("access-analyzer CreateArchiveRule", "AccessAnalyzer::Analyzer", ANALYZER,
             {"analyzerName": "org", "ruleName": "x"}, name="org", differs="Configuration.ArchiveRules.0"),
        case("redshift DeleteClusterSnapshot", "Redshift::ClusterSnapshot", "nightly", {"snapshotIdentifier": "nightly"}, arn_=SNAPSHOT, kind=DELETE),
        case("backup BackupJobCompleted", "Backup::RecoveryPoint", POINT, None, kind=CREATE,
             eventType="AwsServiceEvent", serviceEventDetails={"recoveryPointArn": POINT, "state": "COMPLETED"}),
        case("globalaccelerator RemoveEndpoints", "GlobalAccelerator::EndpointGroup", ENDPOINTS,
             {"endpointGroupArn": ENDPOINTS}),
        case("datasync DeleteLocation", "DataSync::LocationS3", LOCATION, {"locationArn": LOCATION}, kind=DELETE),
        case("apigateway UpdateStage", "ApiGatewayV2::Stage", STAGE, {"apiId": "a1", "stageName": "%24default"},
             name="$default"),
        case("eks AssociateIdentityProviderConfig", "EKS::IdentityProviderConfig", "okta|shop|oidc",
             {"name": "shop", "oidc": {"identityProviderConfigName": "okta"}}, name="okta", arn_=OKTA, kind=CREATE),
        case("ec2 CreateVpcEndpointConnectionNotification", "EC2::VPCEndpointConnectionNotification", "vpce-nfn-0a",
             {"CreateVpcEndpointConnectionNotificationRequest": {"ServiceId": "vpce-svc-1"}},
             {"CreateVpcEndpointConnectionNotificationResponse": NOTIFIED}, kind=CREATE),
        case("elasticbeanstalk DeleteApplicationVersion", "ElasticBeanstalk::ApplicationVersion", VERSION,
             {"applicationName": "shop", "versionLabel": "v7"}, name="v7", kind=DELETE),
    ],
)  # fmt: skip
def test_a_call_that_is_called_otherwise_than_its_type_is_found(changed, event):
    assert matched(changed, event) == [event.event_name]


SECRET = arn("secretsmanager", "secret:db-AbCdEf")
GROUP = arn("autoscaling", f"autoScalingGroup:{IN_GROUP}")
API = f"arn:aws:apigateway:{REGION}::/restapis/a1"
HOOK = {"autoScalingGroupName": "web", "lifecycleHookName": "h"}
IN_POLICY = "SupplementaryConfiguration.BucketPolicy.PolicyText"
IN_TIME, IN_SIZE = "Configuration.Timeout", "Configuration.DesiredCapacity"


def test_a_call_that_the_item_does_not_show_is_no_cause_of_what_it_shows():
    for changed, event, shows_in in (
        (*case("s3 PutBucketInventoryConfiguration", "S3::Bucket", "logs", {"bucketName": "logs"}, differs=IN_POLICY),
         "InventoryConfigurations.0"),
        (*case("secretsmanager PutSecretValue", "SecretsManager::Secret", SECRET, {"secretId": SECRET}, name="db"),
         "LastChangedDate"),
        (*case("autoscaling PutLifecycleHook", "AutoScaling::AutoScalingGroup", GROUP, HOOK, name="web", differs=IN_SIZE),
         "LifecycleHookSpecificationList.0"),
    ):  # fmt: skip
        assert matched(changed, event) == []
        shown = replace(changed, diff=(entry(f"Configuration.{shows_in}", "a", "b"),))
        assert matched(shown, event) == [event.event_name]


def test_whoever_sets_a_new_secrets_value_did_not_create_it():
    made = of("AWS::SecretsManager::Secret", SECRET, "db", SECRET, kind=CREATE, differs="")
    creation = call("secretsmanager", "CreateSecret", {"name": "db"}, {"arn": SECRET})
    value = call("secretsmanager", "PutSecretValue", {"secretId": SECRET})
    assert matched(made, creation, value) == ["CreateSecret"]


def test_an_order_that_failed_for_one_of_several_is_not_that_ones_cause():
    ordered = {"terminateWorkspaceRequests": [{"workspaceId": "ws-1"}, {"workspaceId": "ws-2"}]}
    failed = {"failedRequests": [{"workspaceId": "ws-1", "errorCode": "ResourceNotFound"}]}
    event = call("workspaces", "TerminateWorkspaces", ordered, failed)
    assert matched(of("AWS::WorkSpaces::Workspace", "ws-1", kind=DELETE), event) == []
    assert matched(of("AWS::WorkSpaces::Workspace", "ws-2", kind=DELETE), event) == ["TerminateWorkspaces"]


def test_actions_of_one_name_in_two_groups_are_told_apart():
    changed = of("AWS::AutoScaling::ScheduledAction", ACTION, "night", ACTION)
    for group, found in (("batch", []), ("web", ["PutScheduledUpdateGroupAction"])):
        said = {"autoScalingGroupName": group, "scheduledActionName": "night"}
        assert matched(changed, call("autoscaling", "PutScheduledUpdateGroupAction", said)) == found


BOX = completed(TypeFacts("AWS::NewService::GadgetBox", derived=True))


def test_a_types_name_tells_its_calls():
    for calls, places in (
        ("CreateGadgetBox ImportGadgetBoxs CreateCustomGadgetBox", "acts creates anywhere"),
        ("DeleteGadgetBox TerminateGadgetBoxs ReleaseManagedGadgetBox DeleteGadgetBoxV2", "acts deletes anywhere"),
        ("BatchDeleteGadgetBoxes", "deletes"),
        ("UpdateGadgetBoxPolicyStatus ModifyGadgetBoxName", "acts anywhere"),
        ("AddToGadgetBox RemoveFromGadgetBox TagResource UntagResources AddTagsToResource", "acts"),
        ("StartGadgetBox StopGadgetBoxs SuspendNewServiceGadgetBox", "shows anywhere"),
        ("UpdateGadgetBoxRouteTable DescribeGadgetBox CreateGadget StartBox", ""),
    ):  # fmt: skip
        rules = {name: getattr(BOX, name) for name in ("acts", "creates", "deletes", "anywhere")}
        rules["shows"] = BOX.shows[0].events
        for call_ in calls.split():
            assert {name for name, rule in rules.items() if re.fullmatch(rule, call_)} == set(
                places.split()
            ), call_


def test_a_types_name_tells_who_takes_its_calls_and_where_they_name_it():
    assert BOX.sources == ("newservice", "new-service")
    stems = ("gadgetbox", "box")
    named = [f"{stem}{end}" for stem in stems for end in ("id", "name", "arn", "identifier", "")]
    current = ["currentgadgetboxname", "currentgadgetboxid"]
    assert list(BOX.targets[:12]) == named + current
    assert {"id", "name", "arn", "resourcearn", "resourceid"} <= set(BOX.targets)
    assert BOX.answers == ("arn", "id", "gadgetboxid", "gadgetboxarn", "boxid", "boxarn")
    assert BOX.shows[0].fields == (
        "status",
        "state",
        *(f"{stem}{end}" for stem in stems for end in ("status", "state")),
    )
    # What a type repeats of its service's name may be missing in its calls.
    assert "widgetid" in completed(TypeFacts("AWS::Acme::AcmeWidget", derived=True)).targets


def test_what_awss_models_say_comes_on_top_unless_the_row_says_otherwise(monkeypatch):
    locks = {f"{verb}s": f"{verb.title()}GadgetBoxLock" for verb in ("act", "create", "delete")}
    said = {
        "sources": ["box", "newservice"], "creates": ["PackBox"], "deletes": ["CrushBox"], "targets": ["boxkey"],
        "changes": ["PaintBox", "ShakeBox", "StartGadgetBox"], "answers": ["boxid", "boxkey"],
        "shows": {"lid": ["OpenBox", "ShutBox"]}, "parts": ["UpdateGadgetBoxLabel", *locks.values()],
    }  # fmt: skip
    monkeypatch.setattr(generated, "from_models", {BOX.type: said}.get)
    shaken = replace(BOX, never="BreakBox", shows=(*BOX.shows, Shows(events="ShakeBox")))
    found = generated.joined(shaken, TypeFacts(BOX.type, derived=True, **locks))
    assert found.sources == ("newservice", "new-service", "box")
    rules = {
        "PackBox": "acts creates",
        "PaintBox": "acts",
        "CrushBox": "acts deletes",
        "UpdateGadgetBoxLabel": "never",
        "BreakBox": "never",
    }
    for call_, names in rules.items():
        assert all(re.fullmatch(getattr(found, name), call_) for name in names.split())
    assert not any(re.fullmatch(found.never, call_) for call_ in locks.values())
    assert not any(re.fullmatch(found.acts, call_) for call_ in ("StartGadgetBox", "ShakeBox"))
    assert (found.targets[-1], found.answers[-1]) == ("boxkey", "boxkey")
    assert found.shows == (*shaken.shows, Shows(events="OpenBox|ShutBox", fields=("lid",)))
    assert generated.joined(BOX, BOX) != BOX
    other = TypeFacts("AWS::A::B", derived=True)
    assert generated.joined(other, other) is other

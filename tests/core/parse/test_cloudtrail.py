"""CloudTrail's documents become trail events."""

import copy
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from iacwatch.core.parse.cloudtrail import event
from iacwatch.core.parse.mentions import sent
from iacwatch.errors import ParseError
from tests.fixtures.trail_records import OTHER, OWN, record, user


def named(found):
    return [(".".join(mention.path), mention.value) for mention in found.mentions]


def test_a_name_is_without_its_version_suffix():
    for version in ("20150331", "20150331v2"):
        found = event(record(eventName=f"UpdateFunctionCode{version}"))
        assert (found.name, found.event_name) == ("UpdateFunctionCode", f"UpdateFunctionCode{version}")
    for name in ("CreateDistribution2020_05_31", "20150331"):
        assert event(record(eventName=name)).name == name


def test_a_record_may_have_a_member_that_is_called_as_the_envelopes():
    assert event(record(eventID="own", detail={"eventID": "another"})).event_id == "own"


READS = "DescribeInstances GetBucketAcl ListBuckets LookupEvents BatchGetProjects AssumeRoleWithSAML Decrypt"


def test_read_only_is_what_the_record_says_else_what_the_name_proves():
    for names, fields, read_only in (
        ("CreateTags", {"readOnly": "True"}, True),
        ("GetFederationToken", {"readOnly": "False"}, False),
        (READS, {"readOnly": None}, True),
        (READS, {"readOnly": ""}, True),
        ("CreateTags Getaway ListenerDelete Assumed", {"readOnly": None}, None),
        # What people do at the console itself changes no resource.
        ("ConsoleLogin", {"readOnly": False, "eventType": "AwsConsoleSignIn"}, True),
    ):
        for name in names.split():
            found = event(record(eventName=name, **fields))
            assert (found.read_only, found.can_change) == (read_only, not read_only), name


def test_only_management_events_can_change_a_resource():
    for said, category, expected in (
        (None, None, True), ("true", None, True), (False, None, False), (None, "Data", False), (True, 7, False)
    ):  # fmt: skip
        found = event(record(managementEvent=said, eventCategory=category))
        assert (found.management, found.can_change) == (expected, expected)


def test_a_failed_call_bears_its_error_wherever_the_service_tells_it():
    for fields, code in (
        ({"errorCode": ""}, ""),
        ({"errorCode": "Client.DryRunOperation", "errorMessage": "You may"}, "Client.DryRunOperation"),
        ({"errorMessage": "Failed authentication"}, "Failed authentication"),
        ({"errorCode": 403}, "403"),
        ({"responseElements": {"errorCode": "ThrottlingException"}}, "ThrottlingException"),
        ({"responseElements": {"Error": {"Code": "Busy", "message": "x"}}}, "Busy"),
        ({"responseElements": '{"error": {"errorCode": "Busy"}}'}, "Busy"),
        ({"errorCode": "x" * 300}, "x" * 256),
        ({"responseElements": {"errorCode": None, "error": None}}, ""),
        ({"responseElements": {"errorSet": {"items": [{"errorCode": "x"}]}}}, ""),
    ):
        found = event(record(**fields))
        assert found.error_code == code
        assert found.can_change is (code == "")


NOBODY = {"recipientAccountId": "", "userIdentity": {"type": "AWSAccount", "accountId": "anonymous"}}


def test_the_account_is_the_trails_own_then_the_resources_then_the_callers():
    for fields, account in (
        ({"recipientAccountId": OTHER}, OTHER),
        ({"recipientAccountId": None}, OWN),
        (NOBODY, ""),
        ({"recipientAccountId": None, "resources": [{"ARN": "arn:aws:s3:::b", "accountId": OTHER}]}, OTHER),
        ({"recipientAccountId": None, "resources": [{"accountId": OTHER}, {"accountId": OWN}]}, OWN),
    ):
        assert event(record(**fields)).account_id == account


def test_an_old_record_in_eventbridges_envelope_takes_account_and_region_from_there():
    envelope = {"detail-type": "AWS API Call via CloudTrail", "account": OTHER, "region": "eu-west-2"}
    found = event({**envelope, "detail": record(awsRegion=None, **NOBODY)})
    assert (found.account_id, found.region) == (OTHER, "eu-west-2")


def test_the_time_is_in_whole_seconds_and_utc_and_what_was_left_out_is_known():
    found = event(record(eventTime="2026-11-20T11:11:22.987+01:00", requestParameters={"omitted": True}))
    assert found.occurred_at == datetime(2026, 11, 20, 10, 11, 22, tzinfo=UTC)
    assert found.omitted == ("request",)
    assert event(record(responseElements='{"omitted": "true"}')).omitted == ("response",)


def test_mentions_hold_every_string_with_lower_cased_keys_and_without_list_places():
    parameters = {
        "instancesSet": {"items": [{"instanceId": "i-1"}, {"instanceId": "i-2"}]},
        "DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": "fl-1"}},
        "nothing": {"dryRun": False, "empty": {}, "none": None, "blank": ""},
    }
    of = [{"ARN": "arn:aws:s3:::b", "accountId": OWN}]
    for sent_ in (parameters, json.dumps(parameters)):
        document = record(requestParameters=sent_, responseElements={"vpc": {"vpcId": "vpc-1"}}, resources=of)
        before = copy.deepcopy(document)
        found = event(document)
        assert document == before
        assert named(found) == [
            ("request.instancesset.items.instanceid", "i-1"),
            ("request.instancesset.items.instanceid", "i-2"),
            ("request.deleteflowlogsrequest.flowlogid.content", "fl-1"),
            ("response.vpc.vpcid", "vpc-1"),
            ("resources.arn", "arn:aws:s3:::b"),
            ("resources.accountid", OWN),
        ]
        assert {"instancesset.items", "deleteflowlogsrequest.flowlogid"} <= found.sent
        for text in (json.dumps(document), json.dumps(document).encode()):
            assert asdict(event(text)) == asdict(found)


def test_a_service_event_mentions_what_its_details_and_its_additional_data_name():
    for section in ("serviceEventDetails", "additionalEventData"):
        fields = {"requestParameters": None, "responseElements": None, section: {"snapshotId": "snap-1"}}
        found = event(record(eventType="AwsServiceEvent", **fields))
        assert (found.service_event, named(found)) == (True, [("service.snapshotid", "snap-1")])
        assert named(event(record(**fields))) == []


def test_what_a_call_names_is_bounded_in_number_length_and_depth():
    many = {"ids": [f"i-{place}" for place in range(20_000)]}
    assert len(event(record(requestParameters=many)).mentions) == 5_000
    deep = {"id": "i-1"}
    for _ in range(500):
        deep = {"a": deep}
    for request_, expected in (
        ({"a": "x" * 2_048, "b": "x" * 2_049}, ["request.a"]),
        ({"k" * 257: "x", "k" * 256: "y"}, ["request." + "k" * 256]),
        ({"more": [1] * 50_000, "ids": [*[1] * 49_990, "i-1"]}, ["request.ids"]),
        ({"more": [1] * 50_000, "ids": [*[1] * 50_000, "i-1"]}, []),
        ({"deep": deep, "id": "i-1"}, ["request.id"]),
        # A path has a key after its root.
        ("just text", []),
    ):
        found = event(record(requestParameters=request_, responseElements=["text", ["more"]], resources="x"))
        assert [path for path, _ in named(found)] == expected
    assert len(sent({f"k{number}": {"a" * 300: 1, "b": 2} for number in range(5_000)})) <= 200
    found = event(record(), resource_names=["sg-1", "web", "sg-1", "", "x" * 5_000])
    assert found.resource_names == ("sg-1", "web")


def test_what_is_no_event_is_refused_with_a_sentence():
    for document, sentence in (
        (record(eventID=" "), "eventID is missing"),
        (record(eventTime="yesterday"), "eventTime is 'yesterday', not a time"),
        (record(eventName=["x"]), "eventName is a list, not text"),
        (record(eventID="x" * 300), "eventID has 300 characters"),
        (record(readOnly="perhaps"), "readOnly is 'perhaps', neither true nor false"),
        (record(errorCode=["x"]), "errorCode is a list, not text"),
        ("null", "the record is null, not an object"),
        ({"detail": 3}, "detail is 3, not an object"),
        ("[" * 100_000, "nested too deeply"),
    ):
        with pytest.raises(ParseError, match=sentence) as caught:
            event(document)
        assert len(str(caught.value)) < 200


def test_half_a_surrogate_pair_does_not_get_through():
    found = event(record(user("\ud800x"), userAgent="\udfff", requestParameters={"a": "\ud800"}))
    assert f"{found.actor.name} {found.actor.user_agent} {found.mentions[0].value}".encode()


def test_recorded_events_are_of_whoever_is_behind_them_and_the_same_from_elsewhere():
    folder = Path(__file__).parents[2] / "data" / "cloudtrail"
    data = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
    logged = [event(each) for each in data["log-file"]["Records"]]
    changed = [(each.event_name, each.actor.name, each.actor.tool) for each in logged if each.can_change]
    assert len(logged) == 12
    assert changed == [
        ("AuthorizeSecurityGroupIngress", "alice@example.com", "console"),
        ("CreateTags", "gha-terraform", "terraform"),
        ("CreateQueue", "cfn-exec", "cloudformation"),
        ("CreateNetworkInterface", "rds.amazonaws.com", "unknown"),
        ("EndSecretVersionDelete", "secretsmanager.amazonaws.com", "unknown"),
        ("PutBucketVersioning", "carol", "console"),
        ("CreateFlowLogs", "carol", "terraform"),
        ("UpdateFunctionCode20150331v2", "web-server", "sdk"),
    ]
    for row in data["lookup-events-answer"]["Events"]:
        (same,) = (asdict(each) for each in logged if each.event_id == row["EventId"])
        names = [each["ResourceName"] for each in row["Resources"]]
        found = event(row["CloudTrailEvent"], resource_names=names)
        assert asdict(found) == {**same, "resource_names": ("sg-0a1b2c3d4e5f60718",)}
    assert asdict(event(data["eventbridge-event"])) == asdict(logged[7])
    old = event(data["old-record"])
    assert (old.account_id, old.region, old.management) == (OWN, "eu-west-1", True)
    assert (old.actor.name, old.actor.tool, old.can_change) == ("dora", "console", True)


def test_what_a_call_sent_is_known_by_its_keys():
    for request_, keys in (
        ("text", ""),
        ({"MultiAZ": True, "port": None, "s": {"Min": 1, "max": [2]}}, "multiaz s s.min s.max"),
        ('{"multiAZ": true}', "multiaz"),
        ({"ModifyThingRequest": {"Size": 1}}, "size"),
        ({"OtherThing": {"Size": 1}}, "otherthing otherthing.size"),
    ):
        assert sent(request_) == set(keys.split())

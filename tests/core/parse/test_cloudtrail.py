"""CloudTrail's documents become trail events, and every identity the actor that people would name."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iacwatch.core.model import Mention
from iacwatch.core.parse.cloudtrail import event
from iacwatch.core.parse.mentions import sent
from iacwatch.errors import ParseError
from tests.fixtures.trail_records import OTHER, OWN, SSO, record, session, user


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("UpdateFunctionCode20150331v2", "UpdateFunctionCode"),
        ("CreateFunction20150331", "CreateFunction"),
        ("CreateDistribution2020_05_31", "CreateDistribution2020_05_31"),
        ("CreateBucket", "CreateBucket"),
        ("20150331", "20150331"),
    ],
)
def test_a_name_is_without_its_version_suffix(name, expected):
    found = event(record(eventName=name))
    assert (found.name, found.event_name) == (expected, name)


@pytest.mark.parametrize(
    ("name", "flag", "read_only"),
    [
        ("AuthorizeSecurityGroupIngress", False, False),
        ("DescribeInstances", True, True),
        ("DescribeInstances", "true", True),
        ("CreateTags", "false", False),
        ("CreateTags", "False", False),
        ("CreateTags", None, None),
        ("CreateTags", "", None),
        ("DescribeInstances", None, True),
        ("GetBucketAcl", None, True),
        ("ListBuckets", None, True),
        ("HeadBucket", None, True),
        ("LookupEvents", None, True),
        ("BatchGetProjects", None, True),
        ("AssumeRole", None, True),
        ("AssumeRoleWithSAML", None, True),
        ("Decrypt", None, True),
        ("GetFederationToken", False, False),
        ("Getaway", None, None),
        ("ListenerDelete", None, None),
        ("Assumed", None, None),
    ],
)
def test_read_only_is_what_the_record_says_else_what_the_name_proves(name, flag, read_only):
    assert event(record(eventName=name, readOnly=flag)).read_only is read_only


@pytest.mark.parametrize("kind", ["AwsConsoleSignIn", "AwsConsoleAction"])
def test_what_people_do_at_the_console_itself_changes_no_resource(kind):
    found = event(record(eventType=kind, eventName="ConsoleLogin", readOnly=False))
    assert found.read_only is True
    assert not found.can_change


@pytest.mark.parametrize(
    ("fields", "management"),
    [
        ({}, True),
        ({"eventCategory": None, "managementEvent": None}, True),
        ({"eventCategory": None, "managementEvent": False}, False),
        ({"eventCategory": None, "managementEvent": "false"}, False),
        ({"eventCategory": "Data"}, False),
        ({"eventCategory": "Insight"}, False),
        ({"eventCategory": "NetworkActivity"}, False),
        ({"eventCategory": 7}, False),
    ],
)
def test_only_management_events_can_change_a_resource(fields, management):
    found = event(record(**fields))
    assert found.management is management
    assert found.can_change is management


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, ""),
        ({"errorCode": ""}, ""),
        (
            {"errorCode": "Client.UnauthorizedOperation", "errorMessage": "You are not"},
            "Client.UnauthorizedOperation",
        ),
        ({"errorCode": "Client.DryRunOperation"}, "Client.DryRunOperation"),
        ({"errorMessage": "Failed authentication"}, "Failed authentication"),
        ({"errorCode": 403}, "403"),
        ({"responseElements": {"errorCode": "ThrottlingException"}}, "ThrottlingException"),
        ({"responseElements": {"ErrorCode": "NotFound"}}, "NotFound"),
        ({"responseElements": {"error": {"code": "Conflict", "message": "busy"}}}, "Conflict"),
        ({"responseElements": {"errorCode": None, "error": None}}, ""),
        ({"responseElements": {"errorCode": 0}}, ""),
        ({"responseElements": {"errorSet": {"items": [{"errorCode": "x"}]}}}, ""),
    ],
)
def test_a_failed_call_bears_its_error_wherever_the_service_tells_it(fields, code):
    found = event(record(**fields))
    assert found.error_code == code
    assert found.can_change is (code == "")


@pytest.mark.parametrize(
    ("fields", "account"),
    [
        ({}, OWN),
        ({"recipientAccountId": OTHER}, OTHER),
        ({"recipientAccountId": None}, OWN),
        ({"recipientAccountId": "", "userIdentity": {"type": "AWSAccount", "accountId": "anonymous"}}, ""),
        ({"recipientAccountId": None, "resources": [{"ARN": "arn:aws:s3:::b", "accountId": OTHER}]}, OTHER),
        ({"recipientAccountId": None, "resources": [{"accountId": OTHER}, {"accountId": OWN}]}, OWN),
    ],
)
def test_the_account_is_the_trails_own_then_the_resources_then_the_callers(fields, account):
    assert event(record(**fields)).account_id == account


def test_an_old_record_in_eventbridges_envelope_takes_account_and_region_from_there():
    bare = record(
        recipientAccountId=None,
        awsRegion=None,
        userIdentity={"type": "AWSService", "invokedBy": "x.amazonaws.com"},
    )
    found = event(
        {
            "detail-type": "AWS API Call via CloudTrail",
            "account": OTHER,
            "region": "eu-west-2",
            "detail": bare,
        }
    )
    assert (found.account_id, found.region) == (OTHER, "eu-west-2")


def test_the_time_is_in_whole_seconds_and_utc():
    assert event(record(eventTime="2026-11-20T10:11:22.987Z")).occurred_at == datetime(
        2026, 11, 20, 10, 11, 22, tzinfo=UTC
    )
    assert event(record(eventTime="2026-11-20T11:11:22+01:00")).occurred_at == datetime(
        2026, 11, 20, 10, 11, 22, tzinfo=UTC
    )


def test_text_and_object_give_equal_events():
    document = record(session(SSO, "alice@example.com"))
    one, other, raw = event(document), event(json.dumps(document)), event(json.dumps(document).encode())
    for found in (other, raw):
        assert (found.event_id, found.actor, found.principal, found.mentions) == (
            one.event_id,
            one.actor,
            one.principal,
            one.mentions,
        )


def test_parsing_leaves_the_document_as_it_was():
    document = record(session(SSO, "alice@example.com"))
    before = copy.deepcopy(document)
    event(document)
    assert document == before


def test_mentions_hold_every_string_with_lower_cased_keys_and_without_list_places():
    found = event(
        record(
            requestParameters={
                "instancesSet": {"items": [{"instanceId": "i-1"}, {"instanceId": "i-2"}]},
                "DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": "fl-1"}},
                "dryRun": False,
                "empty": {},
                "none": None,
                "blank": "",
            },
            responseElements={"vpc": {"vpcId": "vpc-1"}},
            resources=[{"ARN": "arn:aws:s3:::b", "accountId": OWN, "type": "AWS::S3::Bucket"}],
        )
    )
    assert set(found.mentions) == {
        Mention(path=("request", "instancesset", "items", "instanceid"), value="i-1"),
        Mention(path=("request", "instancesset", "items", "instanceid"), value="i-2"),
        Mention(path=("request", "deleteflowlogsrequest", "flowlogid", "content"), value="fl-1"),
        Mention(path=("response", "vpc", "vpcid"), value="vpc-1"),
        Mention(path=("resources", "arn"), value="arn:aws:s3:::b"),
        Mention(path=("resources", "accountid"), value=OWN),
        Mention(path=("resources", "type"), value="AWS::S3::Bucket"),
    }


def test_parameters_as_json_text_are_read_like_the_object():
    parameters = {"groupId": "sg-1", "items": [{"groupName": "web"}]}
    assert (
        event(record(requestParameters=json.dumps(parameters))).mentions
        == event(record(requestParameters=parameters)).mentions
    )


def test_a_service_event_mentions_what_its_details_name():
    details = {"snapshotId": "snap-1"}
    found = event(record(eventType="AwsServiceEvent", requestParameters=None, serviceEventDetails=details))
    assert Mention(path=("service", "snapshotid"), value="snap-1") in found.mentions
    assert found.service_event
    call = event(record(serviceEventDetails=details))
    assert all(mention.path[0] != "service" for mention in call.mentions)


def test_a_service_event_mentions_what_only_its_additional_data_name():
    found = event(
        record(eventType="AwsServiceEvent", additionalEventData={"SecretId": "arn:aws:secretsmanager:x"})
    )
    assert Mention(path=("service", "secretid"), value="arn:aws:secretsmanager:x") in found.mentions


def test_mentions_are_bounded_in_number_length_and_depth():
    many = event(record(requestParameters={"ids": [f"i-{place}" for place in range(20_000)]}))
    assert len(many.mentions) == 5_000
    long = event(record(requestParameters={"a": "x" * 2_048, "b": "x" * 2_049}, responseElements=None))
    assert [mention.path for mention in long.mentions] == [("request", "a")]
    deep = "bottom"
    for _ in range(500):
        deep = {"a": deep}
    assert event(record(requestParameters={"deep": deep, "id": "i-1"}, responseElements=None)).mentions == (
        Mention(path=("request", "id"), value="i-1"),
    )


def test_a_path_has_a_key_after_its_root():
    found = event(record(requestParameters="just text", responseElements=["text", ["more"]], resources="x"))
    assert found.mentions == ()


def test_resource_names_beside_the_record_are_kept_once_each():
    found = event(record(), resource_names=["sg-1", "web", "sg-1", "", "x" * 5_000])
    assert found.resource_names == ("sg-1", "web")


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (record(eventID=None), "eventID is missing"),
        (record(eventID=" "), "eventID is missing"),
        (record(eventName=None), "eventName is missing"),
        (record(eventTime=None), "eventTime is missing"),
        (record(eventTime="yesterday"), "eventTime is 'yesterday', not a time"),
        (record(eventTime=True), "eventTime is true, not a time"),
        (record(eventName=["x"]), "eventName is a list, not text"),
        (record(eventID="x" * 300), "eventID has 300 characters"),
        (record(readOnly="perhaps"), "readOnly is 'perhaps', neither true nor false"),
        (record(readOnly=3), "readOnly is 3, neither true nor false"),
        (record(errorCode=["x"]), "errorCode is a list, not text"),
        ("", "the record is empty"),
        ("{", "the record is not JSON"),
        ("[]", "the record is a list, not an object"),
        ("null", "the record is null, not an object"),
        ({}, "is missing"),
        ({"detail": 3}, "detail is 3, not an object"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_event_is_refused_with_a_sentence(document, sentence):
    with pytest.raises(ParseError, match=sentence.replace("(", r"\(")) as caught:
        event(document)
    assert len(str(caught.value)) < 200


def test_half_a_surrogate_pair_does_not_get_through():
    found = event(record(user("\ud800x"), userAgent="\udfff", requestParameters={"a": "\ud800"}))
    json.dumps(
        [found.actor.name, found.actor.user_agent, found.mentions[0].value], ensure_ascii=False
    ).encode()


DATA = Path(__file__).parents[2] / "data" / "cloudtrail"

# The records of log-file.json: (event name, actor's name, via, tool, can have changed something)
LOGGED = [
    ("AuthorizeSecurityGroupIngress", "alice@example.com", "sso", "console", True),
    ("CreateTags", "gha-terraform", "oidc", "terraform", True),
    ("AssumeRoleWithWebIdentity", "repo:acme/infra:ref:refs/heads/main", "oidc", "cli", False),
    ("CreateQueue", "cfn-exec", "service", "cloudformation", True),
    ("CreateNetworkInterface", "rds.amazonaws.com", "service", "unknown", True),
    ("EndSecretVersionDelete", "secretsmanager.amazonaws.com", "service", "unknown", True),
    ("AssumeRole", "autoscaling.amazonaws.com", "service", "unknown", False),
    ("PutBucketVersioning", "carol", "iam-user", "console", True),
    ("CreateFlowLogs", "carol", "iam-user", "terraform", True),
    ("TerminateInstances", "carol", "iam-user", "cli", False),
    ("UpdateFunctionCode20150331v2", "web-server", "instance", "sdk", True),
    ("ConsoleLogin", "root", "root", "console", False),
]


def data(name):
    return json.loads((DATA / name).read_text())


def test_a_log_files_records_are_events_of_whoever_is_behind_them():
    found = [event(each) for each in data("log-file.json")["Records"]]
    assert [
        (each.event_name, each.actor.name, each.actor.via, each.actor.tool, each.can_change) for each in found
    ] == LOGGED


def test_an_answer_of_event_history_holds_the_same_events_as_the_log_file():
    logged = {each["eventID"]: event(each) for each in data("log-file.json")["Records"]}
    for row in data("lookup-events-answer.json")["Events"]:
        names = [each["ResourceName"] for each in row["Resources"]]
        found, same = event(row["CloudTrailEvent"], resource_names=names), logged[row["EventId"]]
        assert (found.actor, found.principal, found.mentions) == (same.actor, same.principal, same.mentions)
        assert (found.occurred_at, found.read_only) == (same.occurred_at, same.read_only)
        assert found.resource_names == ("sg-0a1b2c3d4e5f60718",)
        assert same.resource_names == ()


def test_an_eventbridge_event_holds_the_same_event_as_the_log_file():
    found, same = event(data("eventbridge-event.json")), event(data("log-file.json")["Records"][7])
    assert (found.event_id, found.actor, found.mentions) == (same.event_id, same.actor, same.mentions)


def test_an_old_record_is_read_without_the_fields_that_came_later():
    found = event(data("old-record.json"))
    assert (found.account_id, found.region, found.read_only, found.management) == (
        OWN,
        "eu-west-1",
        None,
        True,
    )
    assert (found.actor.name, found.actor.tool, found.can_change) == ("dora", "console", True)


def refusal(document):
    """Return the sentence with which a document is refused; None where it is read."""
    try:
        found = event(document)
    except ParseError as error:
        return str(error)
    assert found.event_id
    assert found.actor.name
    return None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
FIELDS = st.sampled_from([*record(), "errorCode", "resources", "serviceEventDetails", "detail", "account"])


@settings(max_examples=80, deadline=None)
@given(document=JSON | st.text(max_size=50) | st.binary(max_size=50))
def test_whatever_it_is_given_it_raises_parse_error_only(document):
    for given_document in (document, json.dumps(document) if not isinstance(document, bytes) else document):
        assert refusal(given_document) != ""


@settings(max_examples=80, deadline=None)
@given(changes=st.dictionaries(FIELDS, JSON, min_size=1, max_size=5))
def test_whatever_stands_in_its_fields_it_gives_an_event_or_parse_error(changes):
    assert refusal(record() | changes) != ""


@pytest.mark.parametrize(
    ("request_", "keys"),
    [
        (None, set()),
        ("text", set()),
        (
            {"MultiAZ": True, "port": None, "scaling": {"Min": 1, "max": [2]}},
            {"multiaz", "scaling", "scaling.min", "scaling.max"},
        ),
        ('{"multiAZ": true}', {"multiaz"}),
        ({"ModifyThingRequest": {"Size": 1}}, {"size"}),
        ({"OtherThing": {"Size": 1}}, {"otherthing", "otherthing.size"}),
    ],
)
def test_what_a_call_sent_is_known_by_its_keys(request_, keys):
    assert sent(request_) == keys


def test_of_a_hostile_call_no_more_keys_are_taken_than_anybody_sends():
    assert len(sent({f"k{number}": {"a" * 300: 1, "b": 2} for number in range(5_000)})) <= 200

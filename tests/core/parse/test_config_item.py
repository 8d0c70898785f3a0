"""AWS Config's documents become changes: the same from every envelope, or a sentence says what is wrong."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.model import Change, ChangeType, Relationship
from iacwatch.core.parse.config_item import item, parse, with_items
from iacwatch.core.parse.diff import diff
from iacwatch.core.present.record import finding_id
from iacwatch.errors import ParseError
from tests.fixtures import envelopes
from tests.fixtures.unreadable import DIFF, ITEM, SAYS, UNREADABLE

DATA = Path(__file__).parents[2] / "data" / "config"
KEY = {"resourceType": "AWS::KMS::Key", "resourceId": "k", "resourceName": None, "name": "Is encrypted by"}
QUEUE = {
    **ITEM,
    "resourceCreationTime": "2026-11-20T09:27:29.000Z",
    "configuration": {"DelaySeconds": "0", "Timeout": 30, "Dead": None, "Nested": [{"a": 1.5, "b": None}]},
    "relationships": [KEY],
}
OWN, OTHER = envelopes.ACCOUNT, "444455556666"
DAY_BEFORE = {"configurationItemCaptureTime": "2026-11-19T10:12:03.000Z"}


def changed(document):
    found = parse(document)
    assert isinstance(found, Change)
    return found


def facts(change, *, without=()):
    """Return all that a change tells, to compare: the nouns themselves are compared by identity."""
    told = asdict(change)
    for each in (told, told.get("item") or {}):
        each["resource"] = {**each.get("resource", {}), "recorded_in": None}
    return {name: value for name, value in told.items() if name not in without}


def diffs(change):
    return [(each.path, each.previous, each.updated) for each in change.diff]


def test_a_change_tells_what_the_notification_tells():
    change = changed(on_bus(QUEUE))
    assert change.captured_at == datetime(2026, 11, 20, 10, 12, 3, 123000, UTC)
    assert change.notified_at == datetime(2026, 11, 20, 10, 12, 4, 1000, UTC)
    assert (change.change_type, change.status, change.daily) == (ChangeType.UPDATE, "OK", False)
    assert (change.resource.type, change.resource.id) == ("AWS::SQS::Queue", ITEM["resourceId"])
    assert (change.resource.name, change.resource.arn) == ("orders", ITEM["ARN"])
    assert change.item.created_at == datetime(2026, 11, 20, 9, 27, 29, tzinfo=UTC)
    assert change.item.configuration == {"DelaySeconds": "0", "Timeout": 30, "Nested": [{"a": 1.5}]}
    assert change.item.supplementary == {"Tags": {"managed-by": "terraform"}}
    assert change.item.tags == {"managed-by": "terraform"}
    key = Relationship(type="AWS::KMS::Key", id="k", name=None, label="Is encrypted by")
    assert change.item.relationships == (key,)
    assert diffs(change) == [("Configuration.DelaySeconds", "5", "0")]
    assert changed({**ITEM, "recordingFrequency": "DAILY"}).daily
    for status, kind in {"ResourceDeletedNotRecorded": "DELETE", "discovered": "CREATE"}.items():
        assert changed({**ITEM, "configurationItemStatus": status}).change_type == kind


def test_a_diff_that_came_along_says_what_became_of_each_property_with_whole_sections_decoded():
    properties = {
        "Configuration.A": (None, "[1]", "CREATE"),
        "Configuration.B": ("x", None, "DELETE"),
        "Configuration": ('{"a": 1}', '{"a": 2}', "UPDATE"),
        "SupplementaryConfiguration.Policy": ("[1]", "[2]", "UPDATE"),
    }
    written = {
        path: {"previousValue": old, "updatedValue": new} for path, (old, new, _) in properties.items()
    }
    change = changed(envelopes.notification(QUEUE, {"changeType": "UPDATE", "changedProperties": written}))
    assert {each.path: str(each.change_type) for each in change.diff} == (
        {path: kind for path, (_, _, kind) in properties.items()}
    )
    assert [each.updated for each in change.diff] == ["[1]", None, {"a": 2}, [2]]


def test_a_change_is_known_by_its_message_type_too_and_an_oversized_one_by_its_summary():
    assert changed(on_bus(QUEUE, **{"detail-type": "Config Item Change, renamed"}))
    for kind in ("CREATE", "UPDATE", "DELETE"):
        assert (
            changed(envelopes.oversized({**QUEUE, "configurationItemStatus": None}, kind)).change_type == kind
        )


def on_bus(document, **more):
    return envelopes.event_bridge(envelopes.notification(document, DIFF)) | more


def on_topic(document, subject=None):
    return envelopes.sns(envelopes.notification(document, DIFF)) | {"Subject": subject}


def large(document):
    return envelopes.event_bridge(envelopes.oversized(document, "UPDATE"))


def in_a_rule(document):
    return envelopes.rule(document, DIFF) | {
        "accountId": OTHER,
        "configRuleArn": "arn:aws:config:ap-south-1:1:rule/r",
    }


# Every envelope, with what it does not tell.
ENVELOPES = [
    *((wrap, ()) for wrap in (on_bus, on_topic, partial(envelopes.rule, diff=DIFF))),
    (lambda document: envelopes.sns(on_bus(document)), ()),
    (lambda document: envelopes.with_floats(on_bus(document)), ()),
    (envelopes.rule, ("diff", "notified_at")),
    (envelopes.api_item, ("diff", "notified_at")),
    (partial(envelopes.api_item, twice=True), ("diff", "notified_at")),
    (lambda document: {"configurationItems": [envelopes.api_item(document)]}, ("diff", "notified_at")),
    (envelopes.history_file, ("diff", "notified_at")),
    (large, ("diff", "item")),
    (lambda document: envelopes.sns(envelopes.oversized(document, "UPDATE")), ("diff", "item")),
]


IAM = {"resourceType": "AWS::IAM::Role"}
GATEWAY = "arn:aws:ec2:ap-south-1:111122223333:customer-gateway/cgw-35e72a98"
NO_REGION = {"awsRegion": None, "ARN": None}
NOWHERE = {**NO_REGION, "awsAccountId": None}


@pytest.mark.parametrize(
    ("fields", "wrapped", "region", "recorded_in", "account_id"),
    [
        ({"awsRegion": "global", **IAM, "ARN": None}, dict, "global", "", OWN),
        ({"awsRegion": "us-east-1", **IAM}, dict, "global", "us-east-1", OWN),
        # One that is missing comes from the envelope first, as the account does, then from the ARN.
        ({"awsRegion": None}, dict, "eu-west-1", "eu-west-1", OWN),
        (NOWHERE, partial(on_bus, region="us-east-2", account=OTHER), "us-east-2", "us-east-2", OTHER),
        (NO_REGION, partial(on_topic, subject="[AWS Config:us-east-2] AWS::SQS::Queue"), "us-east-2", "us-east-2", OWN),
        (NO_REGION, partial(on_topic, subject="[AWS Config:nowhere] AWS::SQS::Queue"), "eu-west-1", "eu-west-1", OWN),
        (NOWHERE, in_a_rule, "ap-south-1", "ap-south-1", OTHER),
        ({"awsAccountId": None}, partial(on_bus, account="acme", region="nowhere"), "eu-west-1", "eu-west-1", OWN),
        # One that is not applicable is the ARN's, else the envelope's.
        ({"ARN": GATEWAY, "awsRegion": "NOT APPLICABLE"}, on_bus, "ap-south-1", "ap-south-1", OWN),
        ({"ARN": "arn:aws:s3:::b", "awsRegion": "Not Applicable"}, on_bus, "eu-west-1", "eu-west-1", OWN),
        # An account that became a number gets its leading zeros back.
        ({"awsAccountId": 22223333.0}, dict, "eu-west-1", "eu-west-1", "000022223333"),
    ],
)  # fmt: skip
def test_where_a_resource_is(fields, wrapped, region, recorded_in, account_id):
    resource = changed(wrapped({**QUEUE, **fields})).resource
    assert (resource.region, resource.recorded_in, resource.account_id) == (region, recorded_in, account_id)
    fetched = {**QUEUE, "ARN": "arn:aws:s3:::bucket", "awsRegion": "Not Applicable"}
    assert item(fetched, region="eu-west-3").resource.region == "eu-west-3"


def test_the_item_before_gives_the_diff_that_did_not_come_along():
    before = {**QUEUE, **DAY_BEFORE, "configuration": {**QUEUE["configuration"], "Timeout": 20}}
    change = parse(envelopes.rule(QUEUE), previous=before)
    assert diffs(change) == [("Configuration.Timeout", 20, 30)]
    assert change.previous_known
    assert change.previous.captured_at < change.captured_at
    # A diff that came along is kept, whatever the item before says.
    change = parse(on_bus(QUEUE), previous=before)
    assert [each.path for each in change.diff] == ["Configuration.DelaySeconds"]
    assert change.previous is not None
    # A deletion of which nothing came along is of the item before.
    gone = large({**QUEUE, "configurationItemStatus": "ResourceDeleted"})
    change = parse(gone, previous={**QUEUE, **DAY_BEFORE})
    assert (change.item, change.resource.name) == (None, "orders")
    assert {each.path for each in change.diff if each.updated is None} >= {"Configuration", "Tags.managed-by"}
    with pytest.raises(ParseError, match="the item before is of another resource"):
        parse(envelopes.rule(QUEUE), previous={**QUEUE, "resourceId": "another"})


def test_what_is_fetched_completes_an_oversized_change():
    found = item(envelopes.api_item(QUEUE))
    before = item(envelopes.api_item({**QUEUE, "tags": {}, "configuration": {"DelaySeconds": "5"}}))
    filled = with_items(changed(large(QUEUE)), item=found, previous=before)
    assert (filled.item, filled.previous) == (found, before)
    assert "Configuration.DelaySeconds" in {each.path for each in filled.diff}
    nameless = changed(large({**QUEUE, "resourceName": None, "ARN": None}))
    for items in ({"item": found, "previous": None}, {"item": None, "previous": before}):
        known = with_items(nameless, **items).resource
        assert (known.name, known.arn) == ("orders", QUEUE["ARN"])


def test_what_config_and_its_plumbing_say_besides_is_no_change():
    for document, kind in (
        ({**ITEM, "configurationItemStatus": "ResourceNotRecorded"}, "AWS::SQS::Queue"),
        (envelopes.sns({"messageType": "ConfigurationSnapshotDeliveryCompleted"}), "SnapshotDelivery"),
        ({"invokingEvent": json.dumps({"messageType": "ScheduledNotification"})}, "ScheduledNotification"),
        ({"detail-type": "Config Rules Compliance Change", "detail": {}}, "Config Rules Compliance"),
        ({"Type": "SubscriptionConfirmation", "TopicArn": "x"}, "SubscriptionConfirmation"),
        ({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"}, "s3:TestEvent"),
    ):
        found = parse(json.dumps(document))
        assert found.reason == "not-a-change"
        assert kind in found.detail


@pytest.mark.parametrize(("name", "body"), UNREADABLE, ids=[name for name, _ in UNREADABLE])
def test_what_cannot_be_read_is_refused_with_a_sentence_that_says_what_is_wrong(name, body):
    with pytest.raises(ParseError) as caught:
        parse(body)
    sentence = str(caught.value)
    assert SAYS[name] in sentence
    assert len(sentence) < 250
    assert sentence.isprintable()


def test_every_recorded_shape_is_read():
    for path in DATA.glob("*.json"):
        document = json.loads(path.read_text())
        for each in document.get("configurationItems", [document]):
            assert isinstance(parse(each), Change) == (path.stem not in {"rule-scheduled", "sns-compliance"})
    assert changed((DATA / "sns-load-balancer-deleted.json").read_text()).item.deleted


ROLE = {**IAM, "awsRegion": "global", "resourceName": None, "ARN": None, "configuration": None, "tags": {}}
GONE = {"configurationItemStatus": "ResourceDeleted", "awsRegion": "us-gov-west-1", "configuration": {}}
ODD = {"tags": {"é": "<x>"}, "supplementaryConfiguration": {"A": "[1]", "B": [1.5, {"c": None}], "": "text"}}


@pytest.mark.parametrize("fields", [{}, ROLE, GONE, ODD])
def test_one_item_is_one_change_in_every_envelope_and_as_text_or_bytes(fields):
    document = {**QUEUE, **fields}
    raw = changed(envelopes.notification(document, DIFF))
    for wrap, untold in ENVELOPES:
        change = changed(wrap(document))
        assert finding_id(change.resource, change.captured_at) == finding_id(raw.resource, raw.captured_at)
        assert facts(change, without=untold) == facts(raw, without=untold)
        assert (change.diff is None, change.item is None) == ("diff" in untold, "item" in untold)
        body = json.dumps(wrap(document), default=datetime.isoformat)
        for spelled in (body.encode(), "\ufeff" + body):
            assert facts(changed(spelled)) == facts(change)


PARTS = st.recursive(
    st.none() | st.booleans() | st.sampled_from([0, 1, 1.0, 16.0, "", "x", "\ud800", "é"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
)


@given(st.dictionaries(st.sampled_from("abcd"), PARTS), st.dictionaries(st.sampled_from("abcd"), PARTS))
def test_the_item_before_reads_the_same_beside_the_one_after_as_alone(after, before):
    new, old = {**QUEUE, "configuration": {**before, **after}}, {**QUEUE, "configuration": before}
    change = parse(json.dumps(new), previous=json.dumps(old))
    assert repr(change.previous) == repr(item(json.loads(json.dumps(old))))
    assert repr(change.diff) == repr(diff(item(old), item(new)))


def test_the_item_before_names_its_resource_as_it_does_alone():
    account = [{"awsAccountId": int(OWN)}, {"awsAccountId": None, "accountId": OWN}]
    elsewhere = [{"awsRegion": "Not Applicable"}, NO_REGION]
    for renamed in ({}, {"resourceName": "x"}, {"ARN": None}, *elsewhere, *account):
        before = {**QUEUE, **renamed}
        change = parse(envelopes.rule(QUEUE), previous=before)
        assert change.previous.resource == item(before, region=change.resource.recorded_in).resource
        assert (change.previous.resource is change.item.resource) == (not renamed)
    one, true = ({**QUEUE, "awsAccountId": number, "accountId": "000000000001"} for number in (1, True))
    with pytest.raises(ParseError, match="awsAccountId"):
        parse(envelopes.rule(one), previous=true)

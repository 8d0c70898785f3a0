"""Messages in which no change can be read, each with what its error has to say.

`UNREADABLE` holds (name, body) pairs for whoever needs a queue full of them; `SAYS` what the sentence about
each names.
"""

import copy
import json

ITEM = {
    "configurationItemVersion": "1.3",
    "configurationItemCaptureTime": "2026-11-20T10:12:03.123Z",
    "configurationStateId": 1795169523123,
    "configurationItemStatus": "OK",
    "awsAccountId": "111122223333",
    "awsRegion": "eu-west-1",
    "availabilityZone": "Not Applicable",
    "resourceType": "AWS::SQS::Queue",
    "resourceId": "https://sqs.eu-west-1.amazonaws.com/111122223333/orders",
    "resourceName": "orders",
    "ARN": "arn:aws:sqs:eu-west-1:111122223333:orders",
    "relatedEvents": [],
    "relationships": [],
    "configuration": {"DelaySeconds": "0"},
    "supplementaryConfiguration": {"Tags": {"managed-by": "terraform"}},
    "tags": {"managed-by": "terraform"},
}
DIFF = {
    "changeType": "UPDATE",
    "changedProperties": {
        "Configuration.DelaySeconds": {"previousValue": "5", "updatedValue": "0", "changeType": "UPDATE"}
    },
}
SUMMARY = {
    name: value
    for name, value in {**ITEM, "changeType": "UPDATE"}.items()
    if name not in {"configuration", "supplementaryConfiguration", "tags", "relationships", "relatedEvents"}
}
_AWAY = object()


def _item(**fields):
    document = {**copy.deepcopy(ITEM), **fields}
    return {name: value for name, value in document.items() if value is not _AWAY}


def _notification(**fields):
    document = {
        "recordVersion": "1.3",
        "messageType": "ConfigurationItemChangeNotification",
        "notificationCreationTime": "2026-11-20T10:12:04.001Z",
        "configurationItem": copy.deepcopy(ITEM),
        "configurationItemDiff": copy.deepcopy(DIFF),
        **fields,
    }
    return {name: value for name, value in document.items() if value is not _AWAY}


def _event(detail, **fields):
    return {
        "version": "0",
        "id": "6f9f4f3a-0f1e-4d58-9a35-6f8f2f4f7b11",
        "detail-type": "Config Configuration Item Change",
        "source": "aws.config",
        "account": "111122223333",
        "time": "2026-11-20T10:12:04Z",
        "region": "eu-west-1",
        "resources": [],
        "detail": detail,
        **fields,
    }


def _in_event(**fields):
    """Return an EventBridge event with fields of its CI changed."""
    return _event(_notification(configurationItem=_item(**fields)))


def _bare(**fields):
    """Return an item as history files hold it, without an envelope that could stand in for what it lacks."""
    return _item(**fields)


def _oversized(**fields):
    summary = {name: value for name, value in {**SUMMARY, **fields}.items() if value is not _AWAY}
    return _event(
        {
            "messageType": "OversizedConfigurationItemChangeNotification",
            "configurationItemSummary": summary,
            "s3DeliverySummary": {"s3BucketLocation": "bucket/key"},
        }
    )


def _sns(message, **fields):
    return {
        "Type": "Notification",
        "TopicArn": "arn:aws:sns:eu-west-1:111122223333:c",
        "Message": message,
        **fields,
    }


def _deep(levels):
    value = "bottom"
    for _ in range(levels):
        value = {"a": value}
    return value


def _layers(number):
    message = json.dumps(_notification())
    for _ in range(number):
        message = json.dumps(_sns(message))
    return message


_CASES = [
    # No document at all.
    ("nothing", "", "is empty"),
    ("blanks", "  \n\t ", "is empty"),
    ("words", "the queue says hello", "is not JSON"),
    ("half a document", json.dumps(_event(_notification()))[:700], "is not JSON"),
    ("two documents", json.dumps(_notification()) * 2, "is not JSON"),
    ("a line of XML", "<Message>hello</Message>", "is not JSON"),
    ("a number", "42", "is 42, not an object"),
    ("null", "null", "is null, not an object"),
    ("a truth", "true", "is true, not an object"),
    ("a list", json.dumps([_notification()]), "is a list, not an object"),
    ("not a number", '{"messageType": NaN}', "number"),
    ("a number without an end", '{"messageType": ' + "9" * 6_000 + "}", "number"),
    ("brackets without an end", "[" * 100_000, "nested too deeply"),
    ("objects without an end", '{"a":' * 100_000, "nested too deeply"),
    # Somebody else's message.
    ("an empty object", {}, "no document of AWS Config"),
    ("an alarm", {"AlarmName": "cpu", "NewStateValue": "ALARM"}, "no document of AWS Config"),
    ("somebody's own event", {"eventVersion": "1", "body": {"hello": "world"}}, "no document of AWS Config"),
    (
        "another service's event",
        _event(_notification(), source="aws.ec2"),
        "source is 'aws.ec2', not aws.config",
    ),
    ("a source that is a list", _event(_notification(), source=["aws.config"]), "source is a list"),
    ("a kind that is a number", _event(_notification(), **{"detail-type": 7}), "detail-type is 7, not text"),
    ("an unknown SNS type", _sns("{}", Type="Surprise"), "Type is 'Surprise', not Notification"),
    ("an SNS type that is a number", _sns("{}", Type=3), "Type is 3, not Notification"),
    ("an unknown message type", _notification(messageType="Hello"), "messageType is 'Hello'"),
    ("a message type that is a list", _notification(messageType=["x"]), "messageType is a list, not text"),
    # Envelopes with nothing, or something else, in them.
    ("an event without a detail", _event(None), "detail is null, not an object"),
    ("an event with words for a detail", _event("hello"), "detail is not JSON"),
    ("an event with a list for a detail", _event([]), "detail is a list, not an object"),
    ("SNS with words in it", _sns("hello"), "Message is not JSON"),
    ("SNS with nothing in it", _sns(None), "Message is null, not an object"),
    ("SNS with an empty text in it", _sns(""), "Message is empty"),
    ("SNS with an empty object in it", _sns("{}"), "no document of AWS Config"),
    (
        "a rule without its event",
        {"invokingEvent": None, "accountId": "111122223333"},
        "invokingEvent is null",
    ),
    ("a rule with words for its event", {"invokingEvent": "hello"}, "invokingEvent is not JSON"),
    ("envelopes without an end", _layers(9), "too many envelopes"),
    # Notifications without an item.
    (
        "a notification without an item",
        _event(_notification(configurationItem=_AWAY)),
        "configurationItem is missing",
    ),
    (
        "a notification with words for an item",
        _notification(configurationItem="hello"),
        "configurationItem is not JSON",
    ),
    (
        "a notification with two items",
        _notification(configurationItem=[ITEM, ITEM]),
        "holds 2 configuration items",
    ),
    ("a file without items", {"fileVersion": "1.0", "configurationItems": []}, "holds 0 configuration items"),
    (
        "a file of many items",
        {"fileVersion": "1.0", "configurationItems": [ITEM] * 3},
        "holds 3 configuration items",
    ),
    (
        "an oversized one without a summary",
        _event({"messageType": "OversizedConfigurationItemChangeNotification"}),
        "configurationItemSummary is missing",
    ),
    # Items that do not tell what they are of.
    ("no type", _in_event(resourceType=_AWAY), "resourceType is missing"),
    ("a type that is none", _in_event(resourceType="queue"), "resourceType is 'queue'"),
    ("a type that is a number", _in_event(resourceType=9), "resourceType is 9, not text"),
    ("a type with a line break", _in_event(resourceType="AWS::SQS::Queue\n"), "resourceType"),
    ("no id", _in_event(resourceId=None), "resourceId is missing"),
    ("a blank id", _in_event(resourceId="  "), "resourceId is missing"),
    ("an id that is an object", _in_event(resourceId={"id": "x"}), "resourceId is an object, not text"),
    ("an id with an escape in it", _in_event(resourceId="\x1b[31mred"), "resourceId"),
    ("an id with half a character in it", _in_event(resourceId="q\ud83d"), "resourceId"),
    ("an id as long as a book", _in_event(resourceId="x" * 5_000), "resourceId has 5000 characters"),
    ("a name as long as a book", _in_event(resourceName="x" * 5_000), "resourceName has 5000 characters"),
    ("an ARN that is a list", _in_event(ARN=["arn"]), "ARN is a list, not text"),
    ("no account anywhere", _bare(awsAccountId=_AWAY, ARN=_AWAY), "awsAccountId is missing"),
    ("an account that is none", _in_event(awsAccountId="acme"), "awsAccountId is 'acme', not 12 digits"),
    ("an account with too many digits", _in_event(awsAccountId="1111222233334"), "not 12 digits"),
    ("no region anywhere", _bare(awsRegion=_AWAY, ARN=_AWAY), "awsRegion is missing"),
    ("a region that is a host", _in_event(awsRegion="evil.example.com/"), "which is no region"),
    ("a region that is an object", _in_event(awsRegion={}), "awsRegion is an object, not text"),
    # Items that do not tell when, or what happened.
    ("no time", _in_event(configurationItemCaptureTime=_AWAY), "configurationItemCaptureTime is missing"),
    ("words for a time", _in_event(configurationItemCaptureTime="yesterday"), "is 'yesterday', not a time"),
    ("a thirteenth month", _in_event(configurationItemCaptureTime="2026-13-01T00:00:00Z"), "not a time"),
    ("a time that is a truth", _in_event(configurationItemCaptureTime=True), "is true, not a time"),
    ("a time before all times", _in_event(configurationItemCaptureTime=0), "1970-01-01, which cannot be"),
    ("a time beyond all times", _in_event(configurationItemCaptureTime=1e300), "not a time"),
    (
        "a time in the far future",
        _in_event(configurationItemCaptureTime="2999-01-01T00:00:00Z"),
        "which cannot be",
    ),
    ("no status", _bare(configurationItemStatus=_AWAY), "configurationItemStatus is missing"),
    ("an unknown status", _in_event(configurationItemStatus="Gone"), "configurationItemStatus is 'Gone'"),
    (
        "a status that is a list",
        _in_event(configurationItemStatus=["OK"]),
        "configurationItemStatus is a list",
    ),
    ("an oversized one without an id", _oversized(resourceId=_AWAY), "resourceId is missing"),
    (
        "an oversized one without a time",
        _oversized(configurationItemCaptureTime=None),
        "CaptureTime is missing",
    ),
    # Items whose content is no content.
    ("words for a configuration", _in_event(configuration="hello"), "configuration is 'hello'"),
    ("a list for a configuration", _in_event(configuration=[1]), "configuration is a list"),
    (
        "a configuration without a bottom",
        _in_event(configuration=_deep(300)),
        "configuration is nested too deeply",
    ),
    ("a number beyond all bounds", _in_event(configuration={"n": 10**1_000}), "number beyond all bounds"),
    (
        "a list for the rest of it",
        _in_event(supplementaryConfiguration=[1]),
        "supplementaryConfiguration is a list",
    ),
    ("a list for tags", _in_event(tags=[{"key": "a", "value": "b"}]), "tags is a list"),
    ("a tag that is an object", _in_event(tags={"managed-by": {}}), "tags has an object"),
    ("words for relationships", _in_event(relationships="none"), "relationships is 'none', not a list"),
    ("a relationship that is a number", _in_event(relationships=[4]), "relationships is 4, not an object"),
    ("a list for a diff", _notification(configurationItemDiff=[1]), "configurationItemDiff is a list"),
    (
        "a list for changed properties",
        _notification(configurationItemDiff={"changeType": "UPDATE", "changedProperties": [1]}),
        "changedProperties is a list",
    ),
    (
        "words for a changed property",
        _notification(configurationItemDiff={"changedProperties": {"Tags.0": "gone"}}),
        "changedProperties is not JSON",
    ),
]

UNREADABLE = [(name, body if isinstance(body, str) else json.dumps(body)) for name, body, _ in _CASES]
SAYS = {name: says for name, _, says in _CASES}

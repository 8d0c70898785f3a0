"""The envelopes in which one and the same configuration item may come."""

import json
from datetime import datetime

ACCOUNT, REGION = "111122223333", "eu-west-1"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:config-changes"
RENAMED = {
    "configurationItemVersion": "version",
    "awsAccountId": "accountId",
    "ARN": "arn",
    "configurationStateMd5Hash": "configurationItemMD5Hash",
}
KEPT_BY_SUMMARIES = (
    "configurationItemVersion",
    "configurationItemCaptureTime",
    "configurationStateId",
    "awsAccountId",
    "configurationItemStatus",
    "resourceType",
    "resourceId",
    "resourceName",
    "ARN",
    "awsRegion",
    "availabilityZone",
)


def notification(item, diff):
    return {
        "recordVersion": "1.3",
        "messageType": "ConfigurationItemChangeNotification",
        "notificationCreationTime": "2026-11-20T10:12:04.001Z",
        "configurationItem": item,
        "configurationItemDiff": diff,
    }


def oversized(item, change_type):
    """Return a notification that holds a summary only."""
    summary = {name: item[name] for name in KEPT_BY_SUMMARIES if name in item}
    return {
        "recordVersion": "1.0",
        "messageType": "OversizedConfigurationItemChangeNotification",
        "notificationCreationTime": "2026-11-20T10:12:04.001Z",
        "configurationItemSummary": {**summary, "changeType": change_type},
        "s3DeliverySummary": {"s3BucketLocation": "bucket/key", "errorCode": None, "errorMessage": None},
    }


def event_bridge(detail):
    """Return EventBridge's event, which drops null members."""
    return {
        "version": "0",
        "id": "6f9f4f3a-0f1e-4d58-9a35-6f8f2f4f7b11",
        "detail-type": "Config Configuration Item Change",
        "source": "aws.config",
        "account": ACCOUNT,
        "time": "2026-11-20T10:12:04Z",
        "region": REGION,
        "resources": [],
        "detail": without_nulls(detail),
    }


def sns(message):
    return {"Type": "Notification", "TopicArn": TOPIC, "Subject": None, "Message": json.dumps(message)}


def rule(item, diff=None):
    """Return what a Config rule's function is handed; its diff is null mostly."""
    return {
        "version": "1.0",
        "invokingEvent": json.dumps(notification(item, diff)),
        "accountId": ACCOUNT,
        "configRuleName": "tags",
        "eventLeftScope": False,
        "resultToken": "EXAMPLE",
    }


def api_item(item, *, twice=False):
    """Return the item as boto3 gives it from GetResourceConfigHistory: renamed, in part as JSON text.

    `twice`: supplementary values are encoded once more, as Config does with some.
    """
    document = {RENAMED.get(name, name): value for name, value in item.items()}
    document["configurationItemCaptureTime"] = datetime.fromisoformat(item["configurationItemCaptureTime"])
    document["configurationStateId"] = str(item["configurationStateId"])
    if item["configuration"] is not None:
        document["configuration"] = json.dumps(item["configuration"])
    encoded = {name: json.dumps(value) for name, value in item["supplementaryConfiguration"].items()}
    document["supplementaryConfiguration"] = (
        {name: json.dumps(value) for name, value in encoded.items()} if twice else encoded
    )
    document["relationships"] = [
        {"relationshipName" if name == "name" else name: value for name, value in each.items()}
        for each in item["relationships"]
    ]
    return document


def history_file(*items):
    return {"fileVersion": "1.0", "configurationItems": [without_nulls(item) for item in items]}


def without_nulls(value):
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


def with_floats(value):
    """Return the same document with its whole numbers as ``16.0``, which EventBridge is free to do."""
    if isinstance(value, dict):
        return {name: with_floats(each) for name, each in value.items()}
    if isinstance(value, list):
        return [with_floats(each) for each in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value

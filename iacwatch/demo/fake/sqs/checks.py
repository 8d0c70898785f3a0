"""What SQS refuses, and with which code."""

import json
from collections.abc import Mapping, Sequence

from iacwatch.core.model import Json
from iacwatch.demo.fake.wire import ApiError

BATCH = 10
SETTABLE = frozenset(
    {
        "DelaySeconds",
        "MaximumMessageSize",
        "MessageRetentionPeriod",
        "Policy",
        "ReceiveMessageWaitTimeSeconds",
        "RedriveAllowPolicy",
        "RedrivePolicy",
        "VisibilityTimeout",
    }
)
Body = Mapping[str, Json]


def entries(body: Body) -> Sequence[Body]:
    """Return the entries of a batch; raise `ApiError` where there are none, too many, or two of one id."""
    found: Sequence[Body] = body.get("Entries") or []
    prefix = "AWS.SimpleQueueService."
    if not found:
        raise ApiError(
            "EmptyBatchRequest", "There should be at least one entry.", code=prefix + "EmptyBatchRequest"
        )
    if len(found) > BATCH:
        raise ApiError(
            "TooManyEntriesInBatchRequest",
            f"Maximum number of entries per request are 10. You have sent {len(found)}.",
            code=prefix + "TooManyEntriesInBatchRequest",
        )
    ids = [str(entry.get("Id")) for entry in found]
    if len(set(ids)) < len(ids):
        raise ApiError("BatchEntryIdsNotDistinct", "Id repeated.", code=prefix + "BatchEntryIdsNotDistinct")
    for each in ids:
        plain = each.replace("-", "").replace("_", "")
        if len(each) > 80 or not plain.isalnum() or not plain.isascii():  # noqa: PLR2004  (SQS's own limit)
            raise ApiError(
                "InvalidBatchEntryId",
                "A batch entry id can only contain alphanumeric characters, hyphens and underscores.",
                code=prefix + "InvalidBatchEntryId",
            )
    return found


def within(body: Body, name: str, low: int, high: int, default: int) -> int:
    """Return a number of the request, or its default; raise `ApiError` outside ``low`` to ``high``."""
    value = body.get(name, default)
    if not isinstance(value, int) or not low <= value <= high:
        raise invalid(
            f"Value {value} for parameter {name} is invalid. Reason: Must be >= {low} and <= {high}."
        )
    return value


def invalid(message: str) -> ApiError:
    """Return the error for a value that SQS does not take."""
    return ApiError("InvalidParameterValueException", message, code="InvalidParameterValue")


def check_attributes(attributes: Mapping[str, str]) -> None:
    """Raise `ApiError` where an attribute does not exist or makes no sense."""
    if unknown := set(attributes) - SETTABLE:
        raise ApiError("InvalidAttributeName", f"Unknown Attribute {min(unknown)}.")
    for name, value in attributes.items():
        if name == "RedrivePolicy" and value:
            policy = json.loads(value)
            if not {"deadLetterTargetArn", "maxReceiveCount"} <= set(policy):
                raise ApiError(
                    "InvalidAttributeValue", f"Value {value} for parameter RedrivePolicy is invalid."
                )

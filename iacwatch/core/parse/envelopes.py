"""Takes AWS Config's documents out of the envelopes in which they travel.

EventBridge, SNS (wrapped or raw), a Config rule's invocation, the history API's answer, a history or
snapshot file's item, and one within the other (EventBridge over SNS). Other messages of AWS Config, SNS or S3
are skipped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from iacwatch.core.arn import arn_parts, is_account, is_region
from iacwatch.core.model import Json
from iacwatch.core.outcome import Skipped
from iacwatch.core.parse.json_values import mapping, moment, shown
from iacwatch.errors import ParseError

_MOST_LAYERS: Final = 6
_CHANGE: Final = "Config Configuration Item Change"
_CHANGES: Final = frozenset(
    {
        "ConfigurationItemChangeNotification",
        "OversizedConfigurationItemChangeNotification",
        "OversizedConfigurationItemChangeDeliveryFailed",
    }
)
_OTHERS: Final = (
    "AggregatorAuthorization",
    "ComplianceChange",
    "ConfigRule",
    "ConfigurationHistoryDelivery",
    "ConfigurationSnapshotDelivery",
    "ConformancePack",
    "RemediationExecution",
    "ResourceEvaluation",
    "ScheduledNotification",
)
"""How the kinds of notification begin that Config sends beside changes."""

_SNS: Final = "Notification"
_SNS_PLUMBING: Final = frozenset({"SubscriptionConfirmation", "UnsubscribeConfirmation"})
_ITEM_KEYS: Final = frozenset({"configurationItemCaptureTime", "configurationItemStatus", "resourceId"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLocation:
    """Where an item comes from, as far as its envelopes say; "" where they do not.

    `hint` is a region that is the item's most likely, but not surely (its SNS topic's).
    """

    account_id: str = ""
    region: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnwrappedChange:
    """A change out of its envelopes: `document` is the CI, or, where it was oversized, its summary."""

    document: Mapping[str, Json]
    location: ItemLocation
    oversized: bool = False
    diff: Json = None
    change_type: Json = None
    notified_at: datetime | None = None


def unwrap(document: str | bytes | Mapping[str, Json]) -> UnwrappedChange | Skipped:
    """Take a change out of its envelopes; raise `ParseError` where it is nothing that Config writes."""
    location, name = ItemLocation(), "the message"
    content: Json = document
    for _ in range(_MOST_LAYERS):
        body = mapping(content, name)
        if "detail-type" in body or ("detail" in body and "source" in body):
            if other := _other_event(body):
                return other
            location = _at(location, account_id=body.get("account"), region=body.get("region"))
            content, name = body.get("detail"), "detail"
        elif "invokingEvent" in body:
            location = _at(
                location, account_id=body.get("accountId"), hint=_region_of_arn(body.get("configRuleArn"))
            )
            content, name = body["invokingEvent"], "invokingEvent"
        elif "Type" in body and ("TopicArn" in body or "Message" in body):
            if other := _other_sns(body):
                return other
            location = _at(location, hint=_region_of_sns(body))
            content, name = body.get("Message"), "Message"
        elif body.get("Event") == "s3:TestEvent":
            return _not_a_change("s3:TestEvent")
        else:
            return _notification(body, location)
    raise ParseError("the message has too many envelopes, one within the other")


def _other_event(body: Mapping[str, Json]) -> Skipped | None:
    """Return why an EventBridge event is not a change, if it is not; raise where it isn't even Config's."""
    source, kind = body.get("source"), body.get("detail-type")
    if not (source is None or source in ("", "aws.config")):
        raise ParseError(f"source is {shown(source)}, not aws.config")
    detail = body.get("detail")
    if not isinstance(kind, str | None):
        raise ParseError(f"detail-type is {shown(kind)}, not text")
    if kind in {None, "", _CHANGE}:
        return None
    message_type = detail.get("messageType") if isinstance(detail, Mapping) else None
    if isinstance(message_type, str) and message_type in _CHANGES:
        return None
    return _not_a_change(kind)


def _other_sns(body: Mapping[str, Json]) -> Skipped | None:
    kind = body["Type"]
    if kind == _SNS:
        return None
    if isinstance(kind, str) and kind in _SNS_PLUMBING:
        return _not_a_change(kind)
    raise ParseError(f"Type is {shown(kind)}, not {_SNS}")


def _notification(body: Mapping[str, Json], location: ItemLocation) -> UnwrappedChange | Skipped:
    kind = body.get("messageType")
    if not isinstance(kind, str | None):
        raise ParseError(f"messageType is {shown(kind)}, not text")
    if kind:
        if kind.startswith(_OTHERS):
            return _not_a_change(kind)
        if kind not in _CHANGES:
            raise ParseError(f"messageType is {shown(kind)}, which AWS Config does not send")
    item, summary = body.get("configurationItem"), body.get("configurationItemSummary")
    if item or summary:
        return _change(body, location, item, summary)
    if "configurationItems" in body:
        return UnwrappedChange(
            document=_single(body["configurationItems"], "configurationItems"), location=location
        )
    if kind:
        missing = "configurationItemSummary" if kind.startswith("Oversized") else "configurationItem"
        raise ParseError(f"{missing} is missing")
    if "resourceType" in body or not _ITEM_KEYS.isdisjoint(body):
        return UnwrappedChange(document=body, location=location)
    raise ParseError("the message is not a document of AWS Config: it holds no configuration item")


def _change(body: Mapping[str, Json], location: ItemLocation, item: Json, summary: Json) -> UnwrappedChange:
    notified = body.get("notificationCreationTime") or body.get("NotificationCreateTime")
    try:
        notified_at = moment(notified, "notificationCreationTime") if notified is not None else None
    except ParseError:
        notified_at = None  # nothing depends on it
    if not item:
        document = mapping(summary, "configurationItemSummary")
        change_type = document.get("changeType")
        return UnwrappedChange(
            document=document,
            location=location,
            oversized=True,
            change_type=change_type,
            notified_at=notified_at,
        )
    diff = body.get("configurationItemDiff")
    return UnwrappedChange(
        document=_single(item, "configurationItem"),
        location=location,
        diff=diff,
        change_type=diff.get("changeType") if isinstance(diff, Mapping) else None,
        notified_at=notified_at,
    )


def _single(value: Json, name: str) -> Mapping[str, Json]:
    """Return the one item, which old documents and whole answers have in a list."""
    if isinstance(value, list | tuple):
        if len(value) != 1:
            raise ParseError(f"{name} holds {len(value)} configuration items, not one")
        value = value[0]
    return mapping(value, name)


def _at(location: ItemLocation, *, account_id: Json = "", region: Json = "", hint: str = "") -> ItemLocation:
    """Add what one envelope says; a value that is not an account or region is left out."""
    return ItemLocation(
        account_id=account_id
        if isinstance(account_id, str) and is_account(account_id)
        else location.account_id,
        region=region if isinstance(region, str) and is_region(region) else location.region,
        hint=hint or location.hint,
    )


def _region_of_sns(body: Mapping[str, Json]) -> str:
    """Return the region that the subject names (``[AWS Config:us-east-2] ...``), else the topic's."""
    subject = body.get("Subject")
    if isinstance(subject, str) and subject.startswith("[AWS Config:"):
        region = subject[len("[AWS Config:") :].partition("]")[0]
        if is_region(region):
            return region
    return _region_of_arn(body.get("TopicArn"))


def _region_of_arn(value: Json) -> str:
    parts = arn_parts(value) if isinstance(value, str) else None
    return parts.region if parts is not None and is_region(parts.region) else ""


def _not_a_change(kind: str) -> Skipped:
    return Skipped(reason="not-a-change", detail=f"it is a message of another kind: {shown(kind)}")

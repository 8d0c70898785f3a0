"""CloudTrail's LookupEvents, as strict as the real one."""

import json
import threading
import time
import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from iacwatch.core.model import Json
from iacwatch.demo.fake.clock import FakeClock
from iacwatch.demo.fake.wire import ApiError, Scope, epoch, moment_of

_KEYS = frozenset(
    {
        "EventId",
        "EventName",
        "ReadOnly",
        "Username",
        "ResourceType",
        "ResourceName",
        "EventSource",
        "AccessKeyId",
    }
)
_RETENTION = timedelta(days=90)
_PAGE = 50
_LONGEST_VALUE = 2_000
_DOUBLE = frozenset("_ ,\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """One management event as event history holds it."""

    summary: Mapping[str, Json]
    at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    asked: str
    scope: Scope
    rows: tuple[Mapping[str, Json], ...]


@dataclass(slots=True)
class EventHistory:
    """Event history, by account and region. `rate`: calls a second for each of those pairs, in real time."""

    clock: FakeClock
    rate: float = 2
    _events: dict[tuple[str, str], list[StoredEvent]] = field(default_factory=lambda: defaultdict(list))
    _stamps: dict[tuple[str, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _tokens: dict[str, _Page] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(
        self,
        record: Mapping[str, Json],
        *,
        resource_names: Sequence[tuple[str | None, str]] = (),
        delivered_at: datetime | None = None,
    ) -> None:
        """Store a CloudTrail record; data events are kept out, as event history does."""
        if record.get("eventCategory", "Management") != "Management":
            return
        event = StoredEvent(
            summary=_summary(record, resource_names),
            at=moment_of(record["eventTime"]).replace(microsecond=0),
            delivered_at=delivered_at,
        )
        with self._lock:
            self._events[record["recipientAccountId"], record["awsRegion"]].append(event)

    def operations(self) -> Mapping[str, Callable[[Scope, Mapping[str, Json]], Json]]:
        """Return what this service can do, by operation."""
        return {"LookupEvents": self.lookup}

    def lookup(self, scope: Scope, body: Mapping[str, Json]) -> Json:
        """Answer LookupEvents; raise `ApiError` wherever the real service does."""
        self._throttle((scope.account_id, scope.region))
        _check(body)
        asked = json.dumps(
            {name: value for name, value in body.items() if name != "NextToken"}, sort_keys=True
        )
        token = body.get("NextToken")
        with self._lock:
            if token is None:
                rows = self._select(scope, body)
            else:
                page = self._tokens.get(token)
                if page is None or page.asked != asked or page.scope != scope:
                    raise ApiError("InvalidNextTokenException", "Invalid token.")
                rows = page.rows
            size = body.get("MaxResults", _PAGE)
            answer: dict[str, Json] = {"Events": list(rows[:size])}
            if len(rows) > size:
                answer["NextToken"] = uuid.uuid4().hex
                self._tokens[answer["NextToken"]] = _Page(asked=asked, scope=scope, rows=rows[size:])
        return answer

    def _throttle(self, key: tuple[str, str]) -> None:
        with self._lock:
            stamps, now = self._stamps[key], time.monotonic()
            while stamps and now - stamps[0] >= 1:
                stamps.popleft()
            if len(stamps) >= self.rate:
                raise ApiError("ThrottlingException", "Rate exceeded")
            stamps.append(now)

    def _select(self, scope: Scope, body: Mapping[str, Json]) -> tuple[Mapping[str, Json], ...]:
        if "EventCategory" in body:  # Insights events: a quiet account has none
            return ()
        now = self.clock.now()
        since = max(_second(body.get("StartTime", 0)), now - _RETENTION)
        until = min(_second(body["EndTime"]), now) if "EndTime" in body else now
        wanted = [
            (each["AttributeKey"], each["AttributeValue"]) for each in body.get("LookupAttributes") or ()
        ]
        rows = [
            stored
            for stored in self._events[scope.account_id, scope.region]
            if since <= stored.at <= until
            and (stored.delivered_at is None or stored.delivered_at <= now)
            and all(_bears(stored.summary, key, value) for key, value in wanted)
        ]
        rows.sort(key=lambda stored: stored.at, reverse=True)
        return tuple(stored.summary for stored in rows)


def _second(value: float) -> datetime:
    return datetime.fromtimestamp(int(value), UTC)


def _bears(summary: Mapping[str, Json], key: str, value: str) -> bool:
    if key in {"ResourceType", "ResourceName"}:
        return any(resource.get(key) == value for resource in summary.get("Resources", ()))
    return bool(summary.get(key) == value)


def _check(body: Mapping[str, Json]) -> None:
    attributes = body.get("LookupAttributes") or []
    if len(attributes) > 1:
        raise ApiError("InvalidLookupAttributesException", "You can specify only one lookup attribute.")
    for attribute in attributes:
        _check_attribute(attribute)
    start, end = body.get("StartTime"), body.get("EndTime")
    if any(value is not None and (not isinstance(value, int | float) or value < 0) for value in (start, end)):
        raise ApiError("InvalidTimeRangeException", "The specified time is not a valid epoch time.")
    if start is not None and end is not None and start > end:
        raise ApiError("InvalidTimeRangeException", "The start time occurs after the end time.")
    size = body.get("MaxResults", _PAGE)
    if not isinstance(size, int) or not 1 <= size <= _PAGE:
        raise ApiError("InvalidMaxResultsException", "A maximum of 50 results can be returned.")
    if body.get("EventCategory", "insight") != "insight":
        raise ApiError("InvalidEventCategoryException", "The only valid event category is insight.")


def _check_attribute(attribute: Mapping[str, Json]) -> None:
    key, value = attribute.get("AttributeKey"), attribute.get("AttributeValue")
    if key not in _KEYS:
        raise ApiError("InvalidLookupAttributesException", f"{key} is not a valid lookup attribute.")
    if not isinstance(value, str) or not value:
        raise ApiError("InvalidLookupAttributesException", "The attribute value must not be empty.")
    if sum(2 if letter in _DOUBLE else 1 for letter in value) > _LONGEST_VALUE:
        raise ApiError("InvalidLookupAttributesException", "The attribute value exceeds 2,000 characters.")
    if key == "ReadOnly" and value not in {"true", "false"}:
        raise ApiError("InvalidLookupAttributesException", "ReadOnly is true or false.")


def _summary(
    record: Mapping[str, Json], resource_names: Sequence[tuple[str | None, str]]
) -> Mapping[str, Json]:
    """Return what stands outside `CloudTrailEvent`: the last three may be missing even on writes."""
    summary: dict[str, Json] = {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "EventSource": record["eventSource"],
        "EventTime": epoch(moment_of(record["eventTime"]).replace(microsecond=0)),
        "Resources": [
            {"ResourceName": name} if kind is None else {"ResourceType": kind, "ResourceName": name}
            for kind, name in resource_names
        ],
        "CloudTrailEvent": json.dumps(record, ensure_ascii=False, separators=(",", ":")),
    }
    if record.get("readOnly") is not None:
        summary["ReadOnly"] = "true" if record["readOnly"] else "false"
    identity = record.get("userIdentity") or {}
    if user := _user_name(identity):
        summary["Username"] = user
    if identity.get("accessKeyId"):
        summary["AccessKeyId"] = identity["accessKeyId"]
    return summary


def _user_name(identity: Mapping[str, Json]) -> str:
    """Return user name, session name or ``root``, as event history shows it."""
    if identity.get("type") == "Root":
        return "root"
    if identity.get("userName"):
        return str(identity["userName"])
    if identity.get("type") == "AssumedRole":
        return str(identity.get("arn", "")).rpartition("/")[2]
    return ""

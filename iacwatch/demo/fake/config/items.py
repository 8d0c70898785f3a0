"""AWS Config's memory of what it recorded, and GetResourceConfigHistory, as strict as the real one."""

import json
import threading
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from iacwatch.core.model import Json
from iacwatch.demo.fake.clock import FakeClock
from iacwatch.demo.fake.config.inventory import ConfigInventory
from iacwatch.demo.fake.wire import ApiError, Scope, epoch, moment_of

_PAGE_SPAN = timedelta(days=7)
_DEFAULT_LIMIT = 10
_HIGHEST_LIMIT = 100
_TIMES = ("configurationItemCaptureTime", "resourceCreationTime", "configurationItemDeliveryTime")
_SPELLING = {  # notification: API
    "configurationItemVersion": "version",
    "awsAccountId": "accountId",
    "ARN": "arn",
    "configurationStateMd5Hash": "configurationItemMD5Hash",
}
_TASK_DEFINITION = "AWS::ECS::TaskDefinition"
_NOT_STORED = frozenset({"configurationItemDiff"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cursor:
    """Where the next page begins; `edge` is the near end of its seven days."""

    asked: str
    scope: Scope
    edge: datetime
    skip: int


@dataclass(slots=True)
class ConfigItems:
    """Configuration items, by the account and region of the recorder that wrote them.

    `retention`: where set, history begins so long ago, and pages go on to there, empty, with a token, after
    the oldest item too: people report that of the real service.
    """

    clock: FakeClock
    home_region: str
    retention: timedelta | None = None
    _items: dict[tuple[str, str, str, str], list[tuple[datetime, Mapping[str, Json]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    inventory: ConfigInventory = field(init=False)
    _tokens: dict[str, _Cursor] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.inventory = ConfigInventory(self.latest)

    def add(self, document: Mapping[str, Json], *, recorded_in: str | None = None) -> None:
        """Store a CI in either spelling; `recorded_in` is the recorder's region where it isn't the CI's."""
        item = _api_spelling(document)
        region = recorded_in or item["awsRegion"]
        if region == "global":
            region = self.home_region
        key = (item["accountId"], region, item["resourceType"], item["resourceId"])
        with self._lock:
            self._items[key].append((moment_of(document["configurationItemCaptureTime"]), item))
            self._items[key].sort(key=lambda row: row[0], reverse=True)

    def operations(self) -> Mapping[str, Callable[[Scope, Mapping[str, Json]], Json]]:
        """Return what this service can do, by operation."""
        return {"GetResourceConfigHistory": self.history, **self.inventory.operations()}

    def latest(self, scope: Scope) -> Iterator[Mapping[str, Json]]:
        """Yield the latest item of each resource of an account and region, as the API spells it."""
        with self._lock:
            stored = [
                rows for place, rows in self._items.items() if place[:2] == (scope.account_id, scope.region)
            ]
        for rows in stored:
            newest: dict[str, Mapping[str, Json]] = {}
            for _, item in rows:
                # The revisions of an ECS task definition are resources of their own, with one id.
                revision = item.get("arn", "") if item["resourceType"] == _TASK_DEFINITION else ""
                newest.setdefault(revision, item)
            yield from newest.values()

    def history(self, scope: Scope, body: Mapping[str, Json]) -> Json:
        """Answer GetResourceConfigHistory: a page spans seven days at most, so empty pages are normal."""
        limit, forward = _check(body)
        asked = json.dumps(
            {name: value for name, value in body.items() if name != "nextToken"}, sort_keys=True
        )
        with self._lock:
            stored = self._items.get(
                (scope.account_id, scope.region, body["resourceType"], body["resourceId"]), []
            )
            if not stored:
                raise ApiError(
                    "ResourceNotDiscoveredException",
                    f"Resource {body['resourceId']} of resourceType:{body['resourceType']} is unknown or has "
                    "not been discovered",
                )
            rows = _between(stored, body)
            if forward:
                rows.reverse()
            cursor = self._cursor(body, scope, asked, rows, forward=forward)
            floor = None
            if self.retention is not None and not forward:
                floor = _time(body.get("earlierTime")) or self.clock.now() - self.retention
            return self._page(rows, cursor, limit, forward=forward, floor=floor)

    def _cursor(
        self,
        body: Mapping[str, Json],
        scope: Scope,
        asked: str,
        rows: list[tuple[datetime, Mapping[str, Json]]],
        *,
        forward: bool,
    ) -> _Cursor:
        token = body.get("nextToken")
        if token:
            cursor = self._tokens.get(token)
            if cursor is None or cursor.asked != asked or cursor.scope != scope:
                raise ApiError("InvalidNextTokenException", "The nextToken provided is invalid")
            return cursor
        if forward:
            first = rows[0][0] if rows else self.clock.now()
            edge = _time(body.get("earlierTime")) or first
        else:
            edge = _time(body.get("laterTime")) or self.clock.now()
        return _Cursor(asked=asked, scope=scope, edge=edge, skip=0)

    def _page(
        self,
        rows: list[tuple[datetime, Mapping[str, Json]]],
        cursor: _Cursor,
        limit: int,
        *,
        forward: bool,
        floor: datetime | None,
    ) -> Json:
        far = cursor.edge + _PAGE_SPAN if forward else cursor.edge - _PAGE_SPAN
        left = rows[cursor.skip :]
        within = [item for at, item in left if (at < far if forward else at > far)]
        answer: dict[str, Json] = {"configurationItems": within[:limit]}
        given = min(len(within), limit)
        if len(left) > given or (floor is not None and far > floor):
            edge = cursor.edge if len(within) > limit else far
            answer["nextToken"] = uuid.uuid4().hex
            self._tokens[answer["nextToken"]] = _Cursor(
                asked=cursor.asked, scope=cursor.scope, edge=edge, skip=cursor.skip + given
            )
        return answer


def _check(body: Mapping[str, Json]) -> tuple[int, bool]:
    for name in ("resourceType", "resourceId"):
        if not isinstance(body.get(name), str) or not body[name]:
            raise ApiError(
                "ValidationException",
                f"Value at '{name}' failed to satisfy constraint: Member must not be null",
            )
    limit = body.get("limit", 0)
    if not isinstance(limit, int) or not 0 <= limit <= _HIGHEST_LIMIT:
        raise ApiError(
            "ValidationException",
            "Value at 'limit' failed to satisfy constraint: Member must be between 0 and 100",
        )
    order = body.get("chronologicalOrder", "Reverse")
    if order not in {"Reverse", "Forward"}:
        raise ApiError("ValidationException", "Value at 'chronologicalOrder' is one of [Reverse, Forward]")
    earlier, later = _time(body.get("earlierTime")), _time(body.get("laterTime"))
    if earlier and later and earlier > later:
        raise ApiError("InvalidTimeRangeException", "The earlier time is after the later time.")
    return limit or _DEFAULT_LIMIT, order == "Forward"


def _time(value: float | None) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(value, UTC)


def _between(
    stored: list[tuple[datetime, Mapping[str, Json]]], body: Mapping[str, Json]
) -> list[tuple[datetime, Mapping[str, Json]]]:
    earlier, later = _time(body.get("earlierTime")), _time(body.get("laterTime"))
    return [
        row for row in stored if (earlier is None or row[0] >= earlier) and (later is None or row[0] <= later)
    ]


def _api_spelling(document: Mapping[str, Json]) -> dict[str, Json]:
    item = {
        _SPELLING.get(name, name): value
        for name, value in document.items()
        if value is not None and name not in _NOT_STORED
    }
    for name in _TIMES:
        if name in item:
            item[name] = epoch(moment_of(item[name]))
    if "configurationStateId" in item:
        item["configurationStateId"] = str(item["configurationStateId"])
    if "configuration" in item:
        item["configuration"] = _text(item["configuration"])
    item["supplementaryConfiguration"] = {
        name: _text(value) for name, value in (item.get("supplementaryConfiguration") or {}).items()
    }
    item["relationships"] = [_relationship(each) for each in item.get("relationships") or ()]
    item.setdefault("relatedEvents", [])
    item.setdefault("tags", {})
    return item


def _relationship(document: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "relationshipName" if name == "name" else name: value
        for name, value in document.items()
        if value is not None
    }


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

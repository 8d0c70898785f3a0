"""AWS Config's inventory of what exists: SelectResourceConfig, ListDiscoveredResources, and their counts."""

import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from iacwatch.core.model import Json
from iacwatch.demo.fake.config import query as config_query
from iacwatch.demo.fake.wire import ApiError, Scope

_HIGHEST_LIMIT = 100
_SELECTED = 25
_MOST_IDS = 20

Latest = Callable[[Scope], Iterator[Mapping[str, Json]]]
"""Gives the latest item of every resource of an account and region, in the API's spelling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _QueryCursor:
    asked: str
    scope: Scope
    rows: tuple[Json, ...]


@dataclass(slots=True)
class ConfigInventory:
    """The current state of what is recorded. `unqueryable`: types that SelectResourceConfig doesn't know.

    `time_conditions` False: it does not take a condition on the capture time either (nobody documents it).
    """

    latest: Latest
    unqueryable: set[str] = field(default_factory=set)
    time_conditions: bool = True
    _tokens: dict[str, _QueryCursor] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def operations(self) -> Mapping[str, Callable[[Scope, Mapping[str, Json]], Json]]:
        """Return what this service can do, by operation."""
        return {
            "SelectResourceConfig": self.select,
            "ListDiscoveredResources": self.discovered,
            "GetDiscoveredResourceCounts": self.counts,
        }

    def select(self, scope: Scope, body: Mapping[str, Json]) -> Json:
        """Answer SelectResourceConfig: rows are JSON texts; what is deleted or unqueryable has none."""
        query = config_query.understood(body.get("Expression"))
        if query.timed and not self.time_conditions:
            raise ApiError("InvalidExpressionException", "configurationItemCaptureTime is no condition")
        limit = _limit(body.get("Limit"), default=_SELECTED)
        states = (
            _state(item)
            for item in self.latest(scope)
            if not _deleted(item) and item["resourceType"] not in self.unqueryable
        )
        rows, token = self._paged(
            scope,
            {name: value for name, value in body.items() if name != "NextToken"},
            body.get("NextToken"),
            limit,
            lambda: [json.dumps(row, ensure_ascii=False) for row in query.rows(states)],
        )
        answer: dict[str, Json] = {
            "Results": list(rows),
            "QueryInfo": {"SelectFields": [{"Name": name} for name in query.columns]},
        }
        return answer | ({"NextToken": token} if token else {})

    def discovered(self, scope: Scope, body: Mapping[str, Json]) -> Json:
        """Answer ListDiscoveredResources: one type; those that are gone only where they are asked for."""
        wanted = body.get("resourceType")
        if not isinstance(wanted, str) or not wanted:
            raise ApiError("ValidationException", "Value at 'resourceType' must not be null")
        ids, name = body.get("resourceIds"), body.get("resourceName")
        if ids is not None and (name is not None or not 1 <= len(ids) <= _MOST_IDS):
            raise ApiError("ValidationException", "1 to 20 resourceIds, or a resourceName, but not both")
        limit = _limit(body.get("limit"), default=_HIGHEST_LIMIT)

        def found() -> list[Json]:
            return [
                _identifier(item)
                for item in self.latest(scope)
                if item["resourceType"] == wanted
                and (ids is None or item["resourceId"] in ids)
                and (name is None or item.get("resourceName") == name)
                and (body.get("includeDeletedResources") is True or not _deleted(item))
            ]

        asked = {key: value for key, value in body.items() if key != "nextToken"}
        rows, token = self._paged(scope, asked, body.get("nextToken"), limit, found)
        return {"resourceIdentifiers": list(rows)} | ({"nextToken": token} if token else {})

    def counts(self, scope: Scope, body: Mapping[str, Json]) -> Json:
        """Answer GetDiscoveredResourceCounts: how many there are of each type, the most first."""
        wanted, limit = body.get("resourceTypes"), _limit(body.get("limit"), default=_HIGHEST_LIMIT)
        there = Counter(
            item["resourceType"]
            for item in self.latest(scope)
            if not _deleted(item) and (not wanted or item["resourceType"] in wanted)
        )
        asked = {key: value for key, value in body.items() if key != "nextToken"}
        rows, token = self._paged(
            scope,
            asked,
            body.get("nextToken"),
            limit,
            lambda: [{"resourceType": kind, "count": count} for kind, count in there.most_common()],
        )
        answer: dict[str, Json] = {
            "totalDiscoveredResources": there.total(),
            "resourceCounts": list(rows),
        }
        return answer | ({"nextToken": token} if token else {})

    def _paged(
        self,
        scope: Scope,
        asked: Mapping[str, Json],
        token: str | None,
        limit: int,
        make: Callable[[], Sequence[Json]],
    ) -> tuple[Sequence[Json], str | None]:
        """Return a page and the token of the next; a token is good for its own request only."""
        spelled = json.dumps(asked, sort_keys=True)
        with self._lock:
            if token:
                cursor = self._tokens.get(token)
                if cursor is None or cursor.asked != spelled or cursor.scope != scope:
                    raise ApiError("InvalidNextTokenException", "The nextToken provided is invalid")
                rows: Sequence[Json] = cursor.rows
            else:
                rows = tuple(make())
            if len(rows) <= limit:
                return rows, None
            more = uuid.uuid4().hex
            self._tokens[more] = _QueryCursor(asked=spelled, scope=scope, rows=tuple(rows[limit:]))
        return rows[:limit], more


def _limit(value: Json, *, default: int) -> int:
    if value is not None and (not isinstance(value, int) or not 0 <= value <= _HIGHEST_LIMIT):
        raise ApiError("InvalidLimitException", "The limit is from 0 to 100")
    return value or default


def _deleted(item: Mapping[str, Json]) -> bool:
    return str(item["configurationItemStatus"]).startswith("ResourceDeleted")


def _identifier(item: Mapping[str, Json]) -> Json:
    found = {name: item[name] for name in ("resourceType", "resourceId", "resourceName") if item.get(name)}
    if _deleted(item):
        found["resourceDeletionTime"] = item["configurationItemCaptureTime"]
    return found


def _state(item: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return an item as the query language sees it: texts decoded, times written, tags as a list."""
    state = {**item, "configuration": _decoded(item.get("configuration"))}
    state["supplementaryConfiguration"] = {
        name: _decoded(value) for name, value in (item.get("supplementaryConfiguration") or {}).items()
    }
    for name in ("configurationItemCaptureTime", "resourceCreationTime"):
        if name in item:
            moment = datetime.fromtimestamp(item[name], UTC)
            state[name] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    state["tags"] = [
        {"key": key, "value": value, "tag": f"{key}={value}"}
        for key, value in (item.get("tags") or {}).items()
    ]
    return state


def _decoded(value: Json) -> Json:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value

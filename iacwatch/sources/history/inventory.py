"""Which resources may have changed in a range: what AWS Config's API can list, as cheaply as it allows.

Config knows what is there now (SelectResourceConfig) and, type by type, what is gone
(ListDiscoveredResources), and of each when it was last recorded. What was last recorded before the range did
not change in it: its history, one call and more for each resource, need not be asked for.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from iacwatch.aws.config_api import ConfigCalls, ConfigPlace
from iacwatch.core.catalog.catalog import JUDGES, KNOWN
from iacwatch.core.model import Json, Window
from iacwatch.core.parse.json_values import moment
from iacwatch.core.text import plain
from iacwatch.errors import AwsError, ParseError, UsageError

COMMON: Final = KNOWN
"""Types of which deleted resources are looked for wherever they may be: those whose calls are known."""

_PAGE: Final = 100
_LONGEST: Final = 4096
MARGIN: Final = timedelta(hours=1)
"""How much wider than the range is listed: a deletion is captured later than it happened, an index may lag,
and nobody documents how texts of times are compared."""

_PLAIN_TEXT: Final = re.compile(r"[^'\\\x00-\x1f]{1,256}")
_UNSUPPORTED: Final = frozenset({"InvalidExpressionException", "ValidationException"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedResource:
    """One resource to look at; `last_at` is when it was last recorded, None where that is not known."""

    place: ConfigPlace
    type: str
    id: str
    last_at: datetime | None = None


class Inventory:
    """Lists the resources of one account and region that may have changed in a window.

    `types` (empty: all) narrows to those. Each method yields pages, so that what was listed is saved early.
    """

    def __init__(
        self, calls: ConfigCalls, place: ConfigPlace, window: Window, *, tag_key: str, types: Sequence[str]
    ) -> None:
        """Take where to look; raise `UsageError` where the tag's key cannot be asked for."""
        if _PLAIN_TEXT.fullmatch(tag_key) is None:
            raise UsageError(
                f"AWS Config cannot be asked for the tag {plain(tag_key, 80)}",
                hint="use Config's history files: --changes PATH",
            )
        self._calls, self._place = calls, place
        self._tag_key, self._types = tag_key, tuple(types)
        self._since = window.start - MARGIN
        self.seen: set[str] = set()
        """The types of what carries the tag, changed or not."""

    def tagged(self) -> Iterator[list[ListedResource]]:
        """Yield what carries the managed tag now and was recorded in the window or after it."""
        for narrowed in self._narrowed():
            yield from self._selected(f"tags.key = '{self._tag_key}'{narrowed}")

    def changed(self) -> Iterator[list[ListedResource]]:
        """Yield all that was recorded since the window's start, tagged or not: what lost its tag is among it.

        Raises `AwsError` with the code ``InvalidExpressionException`` where Config takes no such condition,
        which is documented nowhere.
        """
        others = f" AND resourceType NOT IN ({', '.join(map(repr, JUDGES))})"
        since = self._since.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        for narrowed in self._narrowed():
            yield from self._selected(f"configurationItemCaptureTime >= '{since}'{narrowed or others}")

    def deleted(self, resource_type: str) -> Iterator[list[ListedResource]]:
        """Yield the resources of a type that were deleted in the window or after it.

        Of a type that was named, and that Config's queries do not know, what is there is yielded too: nothing
        else shows it.
        """
        doing = f"cannot list the deleted resources of {self._place}"
        asked = {"resourceType": resource_type, "includeDeletedResources": True, "limit": _PAGE}
        there: list[ListedResource] = []
        for page in self._calls.pages(self._place, "ListDiscoveredResources", doing, **asked):
            resources = [
                ListedResource(
                    place=self._place,
                    type=resource_type,
                    id=found["resourceId"],
                    last_at=found.get("resourceDeletionTime"),
                )
                for found in page.get("resourceIdentifiers", ())
            ]
            yield [each for each in resources if each.last_at is not None and each.last_at >= self._since]
            if resource_type in self._types:
                there.extend(each for each in resources if each.last_at is None)
        if there and not self._queried(resource_type):
            yield there

    def _queried(self, resource_type: str) -> bool:
        """Return whether a query shows anything of a type of which there are resources."""
        if resource_type in self.seen:
            return True
        asked = {"Expression": f"SELECT resourceId WHERE resourceType IN ('{resource_type}')", "Limit": 1}
        doing = f"cannot list the resources of {self._place}"
        try:
            return any(
                page.get("Results")
                for page in self._calls.pages(self._place, "SelectResourceConfig", doing, **asked)
            )
        except AwsError as error:
            if unsupported(error):
                return False
            raise

    def _narrowed(self) -> Iterator[str]:
        """Yield the conditions on the type: an expression has a longest length."""
        if not self._types:
            yield ""
        most = (_LONGEST - 600) // (max(map(len, self._types), default=0) + 4)
        for start in range(0, len(self._types), most):
            listed = ", ".join(f"'{each}'" for each in self._types[start : start + most])
            yield f" AND resourceType IN ({listed})"

    def _selected(self, condition: str) -> Iterator[list[ListedResource]]:
        columns = "resourceId, resourceType, configurationItemCaptureTime"
        asked = {"Expression": f"SELECT {columns} WHERE {condition}", "Limit": _PAGE}
        doing = f"cannot list the resources of {self._place}"
        for page in self._calls.pages(self._place, "SelectResourceConfig", doing, **asked):
            resources = [self._resource(json.loads(row)) for row in page.get("Results", ())]
            self.seen.update(resource.type for resource in resources)
            yield [each for each in resources if each.last_at is None or each.last_at >= self._since]

    def _resource(self, row: Json) -> ListedResource:
        try:
            last_at = moment(row.get("configurationItemCaptureTime"), "configurationItemCaptureTime")
        except ParseError:
            last_at = None  # it is looked at all the same
        return ListedResource(
            place=self._place, type=row["resourceType"], id=row["resourceId"], last_at=last_at
        )


def unsupported(error: AwsError) -> bool:
    """Return whether Config did not understand what it was asked: a query, or a type unknown to it."""
    return error.code in _UNSUPPORTED

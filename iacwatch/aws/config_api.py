"""AWS Config's API in any account and region, each with a rate limit of its own."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from iacwatch.aws.caller import ApiCaller, Retries, pages
from iacwatch.aws.rate_limit import RateLimit
from iacwatch.aws.sessions import Sessions
from iacwatch.core.model import Json
from iacwatch.core.text import plain
from iacwatch.errors import AwsError
from iacwatch.ports import Clock

PAGE_SPAN: Final = timedelta(days=7)
"""What one call of GetResourceConfigHistory reads, whatever it is asked for."""

PAGE: Final = 100
"""Items that one call may bring at most."""

UNKNOWN: Final = "ResourceNotDiscoveredException"
"""What Config answers of a resource that it never saw, or has forgotten."""

_MOST_PAGES: Final = 400
"""Config keeps history for 2,557 days at most: 366 pages of seven days each."""

_RETRIES: Final = Retries(throttled=8, faults=3, pauses=(timedelta(seconds=0.5),))


class ConfigPlace(NamedTuple):
    """Where a recorder writes: an account ("": that of our own credentials, whichever it is) and a region."""

    account_id: str
    region: str

    def __str__(self) -> str:
        """Return it as sentences have it."""
        return f"{self.account_id} {self.region}".strip()


class ConfigCalls:
    """Makes calls in any account and region, from any thread; `made` counts them, refused ones included."""

    def __init__(self, sessions: Sessions, clock: Clock, rate_limit: RateLimit) -> None:
        """Take what makes clients, what waits, and how fast Config may be asked."""
        self._sessions = sessions
        self._caller = ApiCaller("config", clock=clock, retries=_RETRIES, rate_limit=rate_limit)

    @property
    def made(self) -> int:
        """Return how many requests were sent."""
        return self._caller.made

    def ready(self, place: ConfigPlace) -> None:
        """Make the client of a place, so that calls go out in the order in which they are asked for."""
        self._client(place)

    def ask(self, place: ConfigPlace, operation: str, doing: str, **asked: Any) -> Mapping[str, Json]:
        """Make one call and return its answer, as `ApiCaller.call` does, or raise as it does."""
        return self._caller.call(self._client(place), operation, asked, doing=doing, key=("config", *place))

    def pages(
        self, place: ConfigPlace, operation: str, doing: str, **asked: Any
    ) -> Iterator[Mapping[str, Json]]:
        """Yield an operation's answers page by page."""
        return pages(partial(self.ask, place, operation, doing), asked)

    def history(
        self,
        place: ConfigPlace,
        resource_type: str,
        resource_id: str,
        *,
        later: datetime,
        earlier: datetime | None = None,
        limit: int = PAGE,
    ) -> Iterator[list[dict[str, Json]]]:
        """Yield a resource's items captured in ``[earlier, later]``, page by page, the newest page first.

        An empty page is normal: each spans seven days. Times are asked for in whole seconds, and nobody
        documents whether the ends count.
        Raises `AwsError`, with the code `UNKNOWN` where Config does not know the resource.
        """
        doing = reading_history(place, resource_type, resource_id)
        asked: dict[str, Any] = {
            "resourceType": resource_type,
            "resourceId": resource_id,
            "laterTime": later,
            "limit": limit,
        }
        if earlier is not None:
            asked["earlierTime"] = earlier
        for number, page in enumerate(self.pages(place, "GetResourceConfigHistory", doing, **asked), 1):
            yield page.get("configurationItems", [])
            if number == _MOST_PAGES and page.get("nextToken"):
                raise AwsError(f"{doing}: it has no end after {_MOST_PAGES} pages")

    def _client(self, place: ConfigPlace) -> Any:
        return self._sessions.client("config", region=place.region, account_id=place.account_id or None)


def reading_history(place: ConfigPlace, resource_type: str, resource_id: str) -> str:
    """Begin the sentence about a resource's history that could not be read."""
    return f"cannot read Config's history of {resource_type} {plain(resource_id, 80)} in {place}"

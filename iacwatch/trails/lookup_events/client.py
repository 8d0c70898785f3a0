"""One LookupEvents request: sent within AWS's rate limit, again where that helps; its rows, read."""

import logging
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from iacwatch.aws.caller import ApiCaller, Retries
from iacwatch.aws.rate_limit import RateLimit
from iacwatch.aws.sessions import Sessions
from iacwatch.core.parse import cloudtrail
from iacwatch.core.text import plain
from iacwatch.errors import AwsError, ParseError
from iacwatch.ports import Clock
from iacwatch.trails.lookup_events.state import WRITES, Ask, Page, Seen

_log = logging.getLogger(__name__)

_PAGE: Final = 50
_PATIENCE: Final = timedelta(minutes=3)
"""How long AWS may refuse every single call for being too many until that counts as a failure."""

_PAUSES: Final = (timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=3))
_NEWEST: Final = 0.3
"""The weight of the last round trip in the running mean."""

_USUAL: Final = timedelta(seconds=0.6)
"""What a round trip is thought to take until one is over: the second call need not wait for the first."""


class TokenLostError(AwsError):
    """A token is no longer good: its span has to be asked for anew."""


class NotTakenError(AwsError):
    """The service does not take this attribute's value."""


class LookupEventsClient:
    """The calls to one account and region.

    `made` counts all requests, `round_trip` is what one takes (a guess until one has been answered), `doing`
    begins the sentence about what went wrong.
    """

    def __init__(
        self,
        *,
        sessions: Sessions,
        clock: Clock,
        rate_limit: RateLimit,
        account_id: str,
        region: str,
        doing: str,
    ) -> None:
        """Take what sends and what waits."""
        self._sessions = sessions
        self._place = (account_id, region)
        retries = Retries(throttled=_PATIENCE, faults=len(_PAUSES), pauses=_PAUSES)
        self._caller = ApiCaller(
            "cloudtrail", clock=clock, retries=retries, rate_limit=rate_limit, took=self._note
        )
        self.doing = doing
        self._lock = threading.Lock()
        self.round_trip = _USUAL
        self._timed = False

    @property
    def made(self) -> int:
        """Return how many requests were sent."""
        return self._caller.made

    def page(self, ask: Ask) -> Page:
        """Return the answer to one request. Any number of threads may ask at once.

        Waits as long as AWS refuses calls for being too many, which others in the account may have caused.
        Raises `TokenLostError`, `NotTakenError`, an `IacwatchError` for all other reasons, and `Stopping`.
        """
        account_id, region = self._place
        client = self._sessions.client("cloudtrail", region=region, account_id=account_id)
        try:
            answer = self._caller.call(
                client, "LookupEvents", _request(ask), doing=self.doing, key=self._place
            )
        except AwsError as error:
            raise _named(error, ask) from error.__cause__
        rows = [_seen(row, ask) for row in answer.get("Events", ())]
        return Page(rows=rows, token=answer.get("NextToken") or None)

    def _note(self, took: timedelta) -> None:
        """Take in how long an answer took."""
        with self._lock:
            self.round_trip = took * _NEWEST + self.round_trip * (1 - _NEWEST) if self._timed else took
            self._timed = True


def _named(error: AwsError, ask: Ask) -> AwsError:
    """Return the error as the class that says what to do about it."""
    if ask.token is not None and error.code == "InvalidNextTokenException":
        return TokenLostError(error.message, hint=error.hint, code=error.code)
    if ask.lookup != WRITES and error.code == "InvalidLookupAttributesException":
        return NotTakenError(error.message, hint=error.hint, code=error.code)
    return error


def _request(ask: Ask) -> dict[str, Any]:
    """Return the parameters; start and end both count, in whole seconds."""
    request: dict[str, Any] = {
        "LookupAttributes": [{"AttributeKey": ask.lookup.key, "AttributeValue": ask.lookup.value}],
        "StartTime": datetime.fromtimestamp(ask.lo, UTC),
        "EndTime": datetime.fromtimestamp(ask.hi - 1, UTC),
        "MaxResults": _PAGE,
    }
    if ask.token is not None:
        request["NextToken"] = ask.token
    return request


def _seen(row: Mapping[str, Any], ask: Ask) -> Seen:
    """Read one row. Reads are known by what stands beside the record, which is then not parsed."""
    names = tuple(each["ResourceName"] for each in row.get("Resources", ()) if each.get("ResourceName"))
    event_id, reported_at = str(row.get("EventId", "")), row.get("EventTime")
    # Its own time is all that places a row that can't be read; without one, anywhere in the span will do.
    at = int(reported_at.timestamp()) if isinstance(reported_at, datetime) else ask.hi - 1
    if row.get("ReadOnly") == "true" and not ask.lookup.reads:
        return Seen(event_id=event_id, at=at, can_change=False)
    record = row.get("CloudTrailEvent", "")
    try:
        event = cloudtrail.event(record, resource_names=names)
    except ParseError as error:
        _log.debug("the record of event %s cannot be read: %s", plain(event_id, 80), error)
        return Seen(event_id=event_id, at=at, names=names, unreadable=str(record))
    return Seen(
        event_id=event_id or event.event_id,
        at=at,
        event_name=event.event_name,
        names=names,
        can_change=event.can_change,
        wanted=ask.lookup.reads and event.management and not event.error_code,
        mentions=frozenset(mention.value for mention in event.mentions),
        event=event,
    )

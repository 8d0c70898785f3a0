"""Calls to CloudTrail and to AWS Config's history that several checks make."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from iacwatch.aws.caller import ApiCaller, Retries
from iacwatch.aws.errors import calling, code_of
from iacwatch.core.catalog.references import reference
from iacwatch.core.model import TrailEvent
from iacwatch.core.parse.cloudtrail import event
from iacwatch.doctor.setup import Setup
from iacwatch.errors import AwsError, ParseError

PAGES: Final = 3
"""The most LookupEvents calls made to find the newest writes; 50 writes each."""

_DAY: Final = timedelta(days=1)
_RETRIES: Final = Retries(throttled=3, faults=0)
_NOWHERE: Final = reference("sg-00000000000000000").guesses[0]
_ANSWERED: Final = frozenset({"ResourceNotDiscoveredException", "NoAvailableConfigurationRecorderException"})
"""How Config answers about an object that it never saw; whoever may not ask gets another error."""


def lookup(setup: Setup, *, region: str, account_id: str | None = None, **asked: Any) -> Mapping[str, Any]:
    """Make one LookupEvents call within the rate limit; raise `AwsError` where it is not answered."""
    key = (account_id or "", region)
    doing = f"cannot read the trail in {region}" + (f" of {account_id}" if account_id else "")
    client = setup.sessions.client("cloudtrail", region=region, account_id=account_id)
    caller = ApiCaller("cloudtrail", clock=setup.clock, retries=_RETRIES, rate_limit=setup.rate_limit)
    return caller.call(client, "LookupEvents", asked, doing=doing, key=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestWrites:
    """The newest calls that changed something in our region within 7 days; `more`: there were others.

    `failure`: why they could not be looked up.
    """

    events: Sequence[TrailEvent] = ()
    more: bool = False
    failure: AwsError | None = None


def newest_writes(setup: Setup) -> NewestWrites:
    """Return the newest writes in our region, of `PAGES` pages."""
    now = setup.clock.now()
    asked: dict[str, Any] = {
        "LookupAttributes": [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}],
        "StartTime": now - 7 * _DAY,
        "EndTime": now,
    }
    found: list[TrailEvent] = []
    for _ in range(PAGES):
        try:
            answer = lookup(setup, region=setup.region, **asked)
        except AwsError as error:
            return NewestWrites(failure=error)
        found.extend(each for each in events(answer) if each.can_change)
        if not answer.get("NextToken"):
            return NewestWrites(events=found)
        asked["NextToken"] = answer["NextToken"]
    return NewestWrites(events=found, more=True)


def events(answer: Mapping[str, Any]) -> Iterator[TrailEvent]:
    """Yield the events of an answer of LookupEvents that can be read."""
    for row in answer.get("Events", ()):
        with suppress(ParseError):
            yield event(row.get("CloudTrailEvent", ""))


def ask_history(setup: Setup, account_id: str | None = None) -> None:
    """Ask for the history of an object that does not exist; raise `AwsError` where that is not answered."""
    from botocore.exceptions import ClientError  # noqa: PLC0415  (only where AWS is asked)

    kind, nobody = _NOWHERE
    doing = f"cannot read AWS Config's history in {setup.region}" + (
        f" of {account_id}" if account_id else ""
    )
    with calling(doing, action="config:GetResourceConfigHistory"):
        client = setup.sessions.client("config", region=setup.region, account_id=account_id)
        try:
            client.get_resource_config_history(resourceType=kind, resourceId=nobody, limit=1)
        except ClientError as error:
            if code_of(error) not in _ANSWERED:
                raise

"""Calls to CloudTrail and to AWS Config's history that several checks make."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from iacwatch.aws.caller import ApiCaller, Retries
from iacwatch.aws.errors import calling, code_of
from iacwatch.core.catalog.references import reference
from iacwatch.doctor.setup import Setup

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


def writes(setup: Setup, *, pages: int) -> tuple[Sequence[Mapping[str, Any]], bool]:
    """Return the newest writes in our region, and whether there were more than so many pages of them."""
    now = setup.clock.now()
    asked: dict[str, Any] = {
        "LookupAttributes": [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}],
        "StartTime": now - 7 * _DAY,
        "EndTime": now,
    }
    found: list[Mapping[str, Any]] = []
    for _ in range(pages):
        answer = lookup(setup, region=setup.region, **asked)
        found.extend(answer.get("Events", ()))
        if not answer.get("NextToken"):
            return found, False
        asked["NextToken"] = answer["NextToken"]
    return found, True


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
